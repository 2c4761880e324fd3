Feature: Two boundary clocks for high availability
  phc2sys follows whichever of the two is better, so the clock of the operating system is lost only with both.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.3 and 7.2.3.8.

  Background:
    Given a high-availability pair
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.0.config] master offset          5 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.1.config] master offset          6 s2 freq   +1931 path delay       469
      phc2sys[1700000000]:[phc2sys.2.config] ptp_ha_profile bc1 state 1
      phc2sys[1700000000]:[phc2sys.2.config] ptp_ha_profile bc2 state 0
      phc2sys[100.000]: [phc2sys.2.config] CLOCK_REALTIME phc offset        12 s2 freq  -12024 delay    522
      """

  @req:ha-both-locked
  Scenario: Each boundary clock has a lock state of its own
    Then the current state of lock-state of ens1fx/master is LOCKED
    And the current state of lock-state of ens2fx/master is LOCKED
    And the current state of os-clock-sync-state is LOCKED
    And the current state of sync-state is LOCKED

  @P21
  @req:ha-one-lost
  Scenario: When one is lost, the node is in holdover and the system clock is not
    Given consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      phc2sys[1700000001]:[phc2sys.2.config] ptp_ha_profile bc1 state 0
      phc2sys[1700000001]:[phc2sys.2.config] ptp_ha_profile bc2 state 1
      phc2sys[101.100]: [phc2sys.2.config] CLOCK_REALTIME phc offset        14 s2 freq  -12024 delay    522
      """
    Then consumer A is told that lock-state of ens1fx/master is HOLDOVER with an offset of 5 ns
    And consumer A is told that sync-state is HOLDOVER
    And consumer A is told nothing more
    And the current state of os-clock-sync-state is LOCKED
    And the metric openshift_ptp_ha_profile_status{node="node1",process="phc2sys",profile="bc1"} is 0
    And the metric openshift_ptp_ha_profile_status{node="node1",process="phc2sys",profile="bc2"} is 1

  @req:ha-one-gone
  Scenario: The system clock stays locked when the holdover of the lost one is over
    Given consumer A is subscribed to os-clock-sync-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    Then consumer A is told nothing
    And the current state of lock-state of ens1fx/master is FREERUN
    And the current state of lock-state of ens2fx/master is LOCKED
    And the current state of sync-state is FREERUN

  @req:ha-both-lost
  Scenario: The system clock goes down with the better of the two
    Given the daemon has written:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And consumer A is subscribed to os-clock-sync-state
    When 2 seconds pass
    And the daemon writes:
      """
      ptp4l[103.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    Then consumer A is told that os-clock-sync-state became HOLDOVER at 2023-11-14T22:13:22Z
    And consumer A is told that os-clock-sync-state became FREERUN at 2023-11-14T22:13:27Z
    And consumer A is told nothing more

  @req:ha-recovery
  Scenario: One that comes back is enough for the system clock
    Given the daemon has written:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      ptp4l[101.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      ptp4l[161.000]: [ptp4l.1.config] port 1 (ens2f0): FAULTY to LISTENING on INIT_COMPLETE
      ptp4l[161.800]: [ptp4l.1.config] port 1 (ens2f0): LISTENING to UNCALIBRATED on RS_SLAVE
      ptp4l[162.000]: [ptp4l.1.config] port 1 (ens2f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[162.062]: [ptp4l.1.config] master offset         -9 s2 freq   +1931 path delay       469
      phc2sys[162.100]: [phc2sys.2.config] CLOCK_REALTIME phc offset        14 s2 freq  -12024 delay    522
      """
    Then consumer A is told that lock-state of ens2fx/master is LOCKED with an offset of -9 ns
    And consumer A is told that os-clock-sync-state is LOCKED with an offset of 14 ns
    And consumer A is told nothing more
    And the current state of sync-state is FREERUN

  @req:ha-unreadable-profile-state
  Scenario: A state of a profile that cannot be read is passed over
    When the daemon writes:
      """
      phc2sys[1700000001]:[phc2sys.2.config] ptp_ha_profile bc1 state maybe
      """
    Then the metric openshift_ptp_ha_profile_status{node="node1",process="phc2sys",profile="bc1"} is 1

  @P26
  @req:ha-no-phantom-interface
  Scenario: A message tag in a file of phc2sys is no interface
    Then no metric speaks of {level}
    And no metric of the node has an empty label
