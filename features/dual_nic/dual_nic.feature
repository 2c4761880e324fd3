Feature: A boundary clock on each of two network cards
  Each has a state of its own, and the node is as good as the worst of them.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1 and 7.2.3.3.

  Background:
    Given two boundary clocks
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.0.config] master offset          5 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.1.config] master offset          6 s2 freq   +1931 path delay       469
      phc2sys[100.000]: [ptp4l.0.config] CLOCK_REALTIME phc offset        12 s2 freq  -12024 delay    522
      """

  @req:dual-nic-locked
  Scenario: Both are told apart by their cards
    Then the current state of lock-state of ens1fx/master is LOCKED
    And the current state of lock-state of ens2fx/master is LOCKED
    And the current state of sync-state is LOCKED

  @P25
  @req:dual-nic-second-lost
  Scenario: The loss of the second card is told as its own, and lowers the node and not the system clock
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    Then consumer A is told that lock-state of ens2fx/master is HOLDOVER with an offset of 6 ns
    And consumer A is told that sync-state is HOLDOVER
    And consumer A is told nothing more
    And the metric openshift_ptp_clock_state{iface="ens1fx",node="node1",process="ptp4l"} is 1
    And the metric openshift_ptp_clock_state{iface="ens2fx",node="node1",process="ptp4l"} is 2

  @P25
  @req:dual-nic-first-lost
  Scenario: The loss of the card that phc2sys follows lowers the system clock at once
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    Then consumer A is told that lock-state of ens1fx/master is HOLDOVER with an offset of 5 ns
    And consumer A is told that sync-state is HOLDOVER
    And consumer A is told that os-clock-sync-state is HOLDOVER with an offset of 12 ns
    And consumer A is told nothing more

  @req:dual-nic-own-timers
  Scenario: Each has a holdover of its own
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 2 seconds pass
    And the daemon writes:
      """
      ptp4l[103.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    Then consumer A is told that lock-state of ens1fx/master became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told that lock-state of ens2fx/master became HOLDOVER at 2023-11-14T22:13:22Z
    And consumer A is told that lock-state of ens1fx/master became FREERUN at 2023-11-14T22:13:25Z
    And consumer A is told that lock-state of ens2fx/master became FREERUN at 2023-11-14T22:13:27Z
    And consumer A is told nothing more

  @req:dual-nic-recovery
  Scenario: A card that is back raises the node, if the other is good
    Given the daemon has written:
      """
      ptp4l[101.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And consumer A is subscribed to /sync
    When 1 second passes
    And the daemon writes:
      """
      ptp4l[102.000]: [ptp4l.1.config] port 1 (ens2f0): FAULTY to LISTENING on INIT_COMPLETE
      ptp4l[102.400]: [ptp4l.1.config] port 1 (ens2f0): LISTENING to UNCALIBRATED on RS_SLAVE
      ptp4l[102.500]: [ptp4l.1.config] port 1 (ens2f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[102.562]: [ptp4l.1.config] master offset         -9 s2 freq   +1931 path delay       469
      """
    Then consumer A is told that lock-state of ens2fx/master is LOCKED with an offset of -9 ns
    And consumer A is told that sync-state is LOCKED
    And consumer A is told nothing more

  @req:dual-nic-serving-port
  Scenario: A port that serves others may fail without a word about the clock
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 2 (ens1f1): MASTER to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    Then consumer A is told nothing
    And the metric openshift_ptp_interface_role{iface="ens1f1",node="node1",process="ptp4l"} is 3

  @P25
  @req:dual-nic-class
  Scenario: Each announces a class of its own
    Given consumer A is subscribed to clock-class
    When the daemon writes:
      """
      ptp4l[1700000000]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6
      ptp4l[1700000000]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 248
      """
    Then consumer A is told that clock-class of ens1fx/master is 6
    And consumer A is told that clock-class of ens2fx/master is 248
    And consumer A is told nothing more
