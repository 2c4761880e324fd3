Feature: Telecom grandmaster
  The daemon sees the GNSS receiver and the DPLLs and says what the node is worth as a grandmaster: its word is the lock
  state. O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.3.

  Background:
    Given a telecom grandmaster
    And the daemon has written:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      dpll[1700000000]:[ts2phc.0.config] ens7f0 frequency_status 3 offset 4 phase_status 3 pps_status 1 s2
      ts2phc[1937.757]: [ts2phc.0.config] ens7f0 offset         12 s3 freq   +1512
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      ptp4l[1700000000]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 6
      phc2sys[100.000]: [ptp4l.0.config] CLOCK_REALTIME phc offset        12 s2 freq  -12024 delay    522
      """

  @req:tgm-locked
  Scenario: The status of the daemon is the lock state, with the offset of the DPLL
    When consumer A subscribes to lock-state
    Then consumer A is told that lock-state of ens7fx/master is LOCKED with an offset of 4 ns
    And the current state of sync-state is LOCKED

  @P10
  @req:tgm-gnss-lost
  Scenario: A grandmaster that loses GNSS is in holdover, and so is the node
    Given consumer A is subscribed to /sync
    When 2 seconds pass
    And the daemon writes:
      """
      gnss[1700000002]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 1534 s0
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      ts2phc[1939.757]: [ts2phc.0.config] source ts not valid
      ts2phc[1939.757]: [ts2phc.0.config] ens7f0 offset         -8 s3 freq   +1494 holdover
      ts2phc[1700000002]:[ts2phc.0.config] ens7f0 nmea_status 1 offset -8 s1
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      ptp4l[1700000002]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 7
      """
    Then consumer A is told, in this order, of gnss-sync-status, lock-state, sync-state, os-clock-sync-state, clock-class
    And the current state of gnss-sync-status is FAILURE-NOFIX
    And the current state of lock-state is HOLDOVER
    And the current state of sync-state is HOLDOVER
    And the current state of clock-class is 7

  @req:tgm-holdover-lasts
  Scenario: Its holdover lasts as long as the daemon says, whatever the profile says
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      """
    And 14399 seconds pass
    Then consumer A is told that lock-state became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told nothing more

  @P14
  @req:tgm-holdover-ends
  Scenario: When the daemon ends the holdover, everything runs free
    Given the daemon has written:
      """
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      """
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      dpll[1700014402]:[ts2phc.0.config] ens7f0 frequency_status 4 offset 1501 phase_status 4 pps_status 0 s0
      GM[1700014402]:[ts2phc.0.config] ens7f0 T-GM-STATUS s0
      ptp4l[1700014402]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 248
      """
    Then consumer A is told that lock-state of ens7fx/master is FREERUN with an offset of 1501 ns
    And consumer A is told that sync-state is FREERUN
    And consumer A is told that os-clock-sync-state of CLOCK_REALTIME is FREERUN with an offset of 12 ns
    And consumer A is told that clock-class of ens7fx/master is 248
    And consumer A is told nothing more

  @P13
  @req:tgm-recovery
  Scenario: When GNSS is back, the grandmaster is locked again, and the system clock with its next sample
    Given the daemon has written:
      """
      gnss[1700000002]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 1534 s0
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      """
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      gnss[1700000060]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 6 s2
      dpll[1700000062]:[ts2phc.0.config] ens7f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2
      GM[1700000062]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      phc2sys[162.100]: [ptp4l.0.config] CLOCK_REALTIME phc offset         9 s2 freq  -12024 delay    522
      """
    Then consumer A is told, in this order, of gnss-sync-status, lock-state, os-clock-sync-state, sync-state
    And the current state of lock-state is LOCKED
    And the current state of os-clock-sync-state is LOCKED
    And the current state of sync-state is LOCKED

  @P18
  @req:tgm-other-card
  Scenario: A fault of another card is told of the grandmaster as a whole
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      dpll[1700000010]:[ts2phc.0.config] ens8f0 frequency_status 1 offset 99999999999 phase_status 1 pps_status 0 s0
      GM[1700000010]:[ts2phc.0.config] ens7f0 T-GM-STATUS s0
      """
    Then consumer A is told that lock-state of ens7fx/master is FREERUN with an offset of 4 ns
    And consumer A is told nothing more
    And the current state of lock-state says nothing of ens8fx

  @P22
  @req:tgm-ts2phc-restarts
  Scenario: After a restart of ts2phc the grandmaster recovers
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ts2phc[1700000010]:[ts2phc.0.config] PTP_PROCESS_STATUS:0
      GM[1700000010]:[ts2phc.0.config] ens7f0 T-GM-STATUS s0
      ts2phc[1700000011]:[ts2phc.0.config] PTP_PROCESS_STATUS:1
      ts2phc[2000.757]: [ts2phc.0.config] ens7f0 offset          5 s2 freq   +1497
      GM[1700000020]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    Then consumer A is told that lock-state is FREERUN
    And consumer A is told that lock-state is LOCKED
    And consumer A is told nothing more

  @P17
  @req:tgm-metrics
  Scenario Outline: Metrics say what the lines said of the grandmaster
    When the daemon writes:
      """
      ts2phc[1939.757]: [ts2phc.0.config] ens7f0 offset         -8 s3 freq   +1494 holdover
      ts2phc[1700000002]:[ts2phc.0.config] ens7f0 nmea_status 1 offset -8 s1
      GM[1700000002]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      ptp4l[1700000002]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 7
      """
    Then the metric <series> is <value>

    Examples:
      | series                                                                                    | value |
      | openshift_ptp_clock_state{iface="ens7fx",node="node1",process="GM"}                       | 2     |
      | openshift_ptp_clock_state{iface="ens7fx",node="node1",process="ts2phc"}                   | 2     |
      | openshift_ptp_clock_state{iface="ens7fx",node="node1",process="dpll"}                     | 1     |
      | openshift_ptp_clock_state{iface="ens7fx",node="node1",process="gnss"}                     | 1     |
      | openshift_ptp_clock_state{iface="CLOCK_REALTIME",node="node1",process="phc2sys"}          | 2     |
      | openshift_ptp_offset_ns{from="GM",iface="ens7fx",node="node1",process="GM"}               | 4     |
      | openshift_ptp_offset_ns{from="dpll",iface="ens7fx",node="node1",process="dpll"}           | 4     |
      | openshift_ptp_offset_ns{from="master",iface="ens7fx",node="node1",process="ts2phc"}       | -8    |
      | openshift_ptp_nmea_status{iface="ens7fx",node="node1",process="ts2phc"}                   | 1     |
      | openshift_ptp_frequency_status{from="dpll",iface="ens7fx",node="node1",process="dpll"}    | 3     |
      | openshift_ptp_phase_status{from="dpll",iface="ens7fx",node="node1",process="dpll"}        | 3     |
      | openshift_ptp_pps_status{from="dpll",iface="ens7fx",node="node1",process="dpll"}          | 1     |
      | openshift_ptp_gnss_status{from="gnss",iface="ens7fx",node="node1",process="gnss"}         | 3     |
      | openshift_ptp_clock_class{config="ptp4l.0.config",node="node1",process="ptp4l"}           | 7     |

  @P26
  @req:tgm-no-empty-label
  Scenario: Every label of every metric names something
    When the daemon writes:
      """
      ts2phc[1939.757]: [ts2phc.0.config] ens7f0 offset         -8 s3 freq   +1494 holdover
      ts2phc[1700000002]:[ts2phc.0.config] PTP_PROCESS_STATUS:1
      """
    Then no metric of the node has an empty label
