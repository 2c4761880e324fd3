Feature: Simulated nodes
  A whole node, simulated to the nanosecond: what the proxy publishes is what the scenario expects, in order, and
  nothing else. The stories are in `scenarios/`.

  @req:scenario
  Scenario Outline: <scenario>
    When the scenario <scenario> is played
    Then the proxy publishes what the scenario expects, in order, and nothing else

    Examples:
      | scenario                                 |
      | antenna_flaps                            |
      | boundary_clock_upstream_lost             |
      | clock_class_is_repeated                  |
      | daemon_pod_restarts                      |
      | dpll_unlocked                            |
      | dual_follower_active_port_down           |
      | first_of_two_cards_loses_its_link        |
      | gnss_jammed                              |
      | gnss_lost_beyond_holdover                |
      | gnss_lost_within_holdover                |
      | gpsd_dies                                |
      | grandmaster_clock_class_steps            |
      | grandmaster_lost_and_back                |
      | hardware_clock_stepped                   |
      | holdover_runs_out                        |
      | leap_second_is_inserted                  |
      | link_down_and_up                         |
      | network_time_source_lost                 |
      | network_time_takes_over                  |
      | oc_cold_boot                             |
      | os_clock_stepped                         |
      | packet_delay_burst                       |
      | path_becomes_asymmetric                  |
      | phc2sys_dies                             |
      | phc2sys_stalls                           |
      | profiles_are_applied_anew                |
      | proxy_is_blocked                         |
      | proxy_restarts                           |
      | ptp4l_dies                               |
      | pulse_lost                               |
      | second_dpll_unlocked                     |
      | synce_holdover                           |
      | synce_quality_degrades                   |
      | telecom_boundary_clock_cold_boot         |
      | telecom_boundary_clock_holdover_runs_out |
      | telecom_boundary_clock_short_loss        |
      | telecom_grandmaster_cold_boot            |
      | time_of_day_lost                         |
      | transmit_stamps_lost                     |
      | ts2phc_dies                              |
