Feature: One clock with two ports that may follow
  When the port in use is lost, the other takes over, and the clock is locked again before its holdover is over.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.3.

  Background:
    Given a dual follower
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.0.config] port 1 (ens3f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[100.000]: [ptp4l.0.config] port 2 (ens3f1): LISTENING to PASSIVE on RS_PASSIVE
      ptp4l[100.062]: [ptp4l.0.config] master offset          7 s2 freq   +1931 path delay       469
      """

  @P21
  @req:dual-follower-takes-over
  Scenario: The other port takes over
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens3f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 0.5 seconds pass
    And the daemon writes:
      """
      ptp4l[101.400]: [ptp4l.0.config] port 2 (ens3f1): PASSIVE to UNCALIBRATED on RS_SLAVE
      ptp4l[101.437]: [ptp4l.0.config] port 2 (ens3f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[101.500]: [ptp4l.0.config] master offset         -3 s2 freq   +1931 path delay       469
      """
    And 60 seconds pass
    Then consumer A is told that lock-state of ens3fx/master became HOLDOVER with an offset of 7 ns at 2023-11-14T22:13:20Z
    And consumer A is told that lock-state of ens3fx/master became LOCKED with an offset of -3 ns at 2023-11-14T22:13:20.5Z
    And consumer A is told nothing more

  @P21
  @req:dual-follower-spare-lost
  Scenario: The loss of the port that is not in use changes nothing
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 2 (ens3f1): PASSIVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      ptp4l[101.062]: [ptp4l.0.config] master offset         -3 s2 freq   +1931 path delay       469
      """
    And 60 seconds pass
    Then consumer A is told nothing
    And the current state of lock-state is LOCKED

  @req:dual-follower-both-lost
  Scenario: Without both ports holdover ends in its time
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens3f0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      ptp4l[101.000]: [ptp4l.0.config] port 2 (ens3f1): PASSIVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      """
    And 60 seconds pass
    Then consumer A is told that lock-state became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told that lock-state became FREERUN at 2023-11-14T22:13:25Z
    And the metric openshift_ptp_interface_role{iface="ens3f0",node="node1",process="ptp4l"} is 5
    And the metric openshift_ptp_interface_role{iface="ens3f1",node="node1",process="ptp4l"} is 5

  @req:dual-follower-back
  Scenario: A port that comes back after both were lost locks the clock
    Given the daemon has written:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens3f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      ptp4l[101.000]: [ptp4l.0.config] port 2 (ens3f1): PASSIVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[161.000]: [ptp4l.0.config] port 2 (ens3f1): FAULTY to LISTENING on INIT_COMPLETE
      ptp4l[161.800]: [ptp4l.0.config] port 2 (ens3f1): LISTENING to UNCALIBRATED on RS_SLAVE
      ptp4l[162.000]: [ptp4l.0.config] port 2 (ens3f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[162.062]: [ptp4l.0.config] master offset         -3 s2 freq   +1931 path delay       469
      """
    Then consumer A is told that lock-state of ens3fx/master is LOCKED with an offset of -3 ns
    And the metric openshift_ptp_interface_role{iface="ens3f1",node="node1",process="ptp4l"} is 1

  @req:port-by-name
  Scenario: The port that a line names is the port that it means
    Given consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 2 (ens3f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    Then consumer A is told that lock-state is HOLDOVER
    And the metric openshift_ptp_interface_role{iface="ens3f0",node="node1",process="ptp4l"} is 3
    And the metric openshift_ptp_interface_role{iface="ens3f1",node="node1",process="ptp4l"} is 0
