Feature: Telecom boundary clock
  The daemon weighs what ptp4l and the DPLLs say: its word is the lock state, and the lines of ptp4l are figures only.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.3.

  Background:
    Given a telecom boundary clock
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.1.config] port 1 (ens4f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[100.000]: [ptp4l.1.config] master offset         -2 s2 freq      -2 path delay      1590
      T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2
      ptp4l[1700000000]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 6
      phc2sys[100.000]: [ptp4l.1.config] CLOCK_REALTIME phc offset        12 s2 freq  -12024 delay    522
      """

  @req:tbc-locked
  Scenario: The status of the daemon is the lock state, with the offset that it names
    When consumer A subscribes to lock-state
    Then consumer A is told that lock-state of ens4fx/master is LOCKED with an offset of 2 ns
    And the current state of sync-state is LOCKED

  @P10
  @req:tbc-upstream-lost
  Scenario: Without its upstream it is in holdover, and announces so
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.1.config] port 1 (ens4f0): SLAVE to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      dpll[1700000001]:[ts2phc.1.config] ens4f0 frequency_status 1 offset 2 phase_status 3 pps_status 1 s2
      T-BC[1700000001]:[ts2phc.1.config] ens4f0 offset 0 T-BC-STATUS s1
      ptp4l[1700000001]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 135
      """
    Then consumer A is told that lock-state of ens4fx/master is HOLDOVER with an offset of 0 ns
    And consumer A is told that sync-state is HOLDOVER
    And consumer A is told that os-clock-sync-state is HOLDOVER with an offset of 12 ns
    And consumer A is told that clock-class of ens4fx/master is 135
    And consumer A is told nothing more

  @req:tbc-out-of-specification
  Scenario: In holdover out of its specification only the class changes
    Given the daemon has written:
      """
      T-BC[1700000001]:[ts2phc.1.config] ens4f0 offset 0 T-BC-STATUS s1
      ptp4l[1700000001]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 135
      """
    And consumer A is subscribed to /sync
    When 62 seconds pass
    And the daemon writes:
      """
      T-BC[1700000062]:[ts2phc.1.config] ens4f0 offset 102 T-BC-STATUS s1
      ptp4l[1700000062]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 165
      """
    Then consumer A is told that clock-class of ens4fx/master is 165
    And consumer A is told nothing more
    And the current state of lock-state is HOLDOVER

  @P14
  @req:tbc-freerun
  Scenario: When the daemon ends the holdover, everything runs free
    Given the daemon has written:
      """
      T-BC[1700000001]:[ts2phc.1.config] ens4f0 offset 0 T-BC-STATUS s1
      """
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      T-BC[1700000301]:[ts2phc.1.config] ens4f0 offset 99999999999 T-BC-STATUS s0
      ptp4l[1700000301]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 248
      """
    Then consumer A is told that lock-state of ens4fx/master is FREERUN with an offset of 99999999999 ns
    And consumer A is told that sync-state is FREERUN
    And consumer A is told that os-clock-sync-state is FREERUN
    And consumer A is told that clock-class of ens4fx/master is 248
    And consumer A is told nothing more

  @P13
  @req:tbc-recovery
  Scenario: With its upstream back it leaves holdover
    Given the daemon has written:
      """
      T-BC[1700000001]:[ts2phc.1.config] ens4f0 offset 0 T-BC-STATUS s1
      ptp4l[1700000001]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 135
      """
    And consumer A is subscribed to /sync
    When 27 seconds pass
    And the daemon writes:
      """
      ptp4l[127.000]: [ptp4l.1.config] port 1 (ens4f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      T-BC[1700000027]:[ts2phc.1.config] ens4f0 offset 3 T-BC-STATUS s2
      ptp4l[1700000027]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 6
      ptp4l[1700000027]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 6
      phc2sys[127.100]: [ptp4l.1.config] CLOCK_REALTIME phc offset         9 s2 freq  -12024 delay    522
      """
    Then consumer A is told that lock-state of ens4fx/master became LOCKED with an offset of 3 ns at 2023-11-14T22:13:47Z
    And consumer A is told that clock-class is 6
    And consumer A is told that os-clock-sync-state is LOCKED with an offset of 9 ns
    And consumer A is told that sync-state is LOCKED
    And consumer A is told nothing more

  @req:tbc-ptp4l-figures-only
  Scenario: An offset of ptp4l is a figure, and no more
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.1.config] master offset       5000 s2 freq      -2 path delay      1590
      """
    Then consumer A is told nothing
    And the metric openshift_ptp_offset_ns{from="master",iface="ens4fx",node="node1",process="ptp4l"} is 5000
    And the metric openshift_ptp_clock_state{iface="ens4fx",node="node1",process="ptp4l"} is 1

  @req:tbc-port-fault
  Scenario: A fault of the upstream port is a figure, until the daemon has weighed it
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.1.config] port 1 (ens4f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    Then consumer A is told nothing
    And the metric openshift_ptp_clock_state{iface="ens4fx",node="node1",process="ptp4l"} is 0
    And the metric openshift_ptp_clock_state{iface="ens4fx",node="node1",process="T-BC"} is 1
    And the metric openshift_ptp_interface_role{iface="ens4f0",node="node1",process="ptp4l"} is 3

  @P9
  @req:tbc-ptp4l-ends
  Scenario: Without the ptp4l that receives there is no boundary clock
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[1700000001]:[ptp4l.1.config] PTP_PROCESS_STATUS:0
      """
    Then consumer A is told that lock-state of ens4fx/master is FREERUN with an offset of -9999999999999999 ns

  @P6
  @req:tbc-class-after-crash
  Scenario: After a crash of the proxy the class is known at once
    When the proxy is killed and started again
    Then the current state of clock-class is 6
    And the current state of lock-state is LOCKED

  @P6
  @req:tbc-class-replayed
  Scenario: A class that the daemon replays is known and not told again
    Given consumer A is subscribed to clock-class
    When the daemon replays:
      """
      T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2
      ptp4l[1700000000]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 6
      """
    Then consumer A is told nothing
    And the current state of clock-class is 6
