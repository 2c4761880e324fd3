Feature: Simulated nodes
  A whole node, simulated to the nanosecond: what the proxy publishes is what the scenario expects, in order, and
  nothing else. The stories are in `scenarios/`.

  @req:scenario
  Scenario Outline: <scenario>
    When the scenario <scenario> is played
    Then the proxy publishes what the scenario expects, in order, and nothing else

    Examples:
      | scenario                      |
      | grandmaster_clock_class_steps |
      | grandmaster_lost_and_back     |
      | holdover_runs_out             |
      | link_down_and_up              |
      | oc_cold_boot                  |
      | packet_delay_burst            |
