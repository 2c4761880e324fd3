Feature: A telecom grandmaster before the daemon has its status
  Lines of a node that starts come in any order, and the status of the whole is not the first of them.

  @P16
  @req:tgm-status-first
  Scenario: The first status counts, even if nothing else is known
    Given a telecom grandmaster
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    Then consumer A is told that lock-state of ens7fx/master is LOCKED with an offset of 99999999999 ns

  @P16
  @req:tgm-accuracy-is-no-offset
  Scenario: The accuracy of the receiver is not taken for an offset
    Given a telecom grandmaster
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      ts2phc[1938.757]: [ts2phc.0.config] ens7f0 offset         -4 s3 freq   +1500
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s0
      """
    Then consumer A is told that lock-state of ens7fx/master is LOCKED with an offset of -4 ns
    And consumer A is told that lock-state of ens7fx/master is FREERUN with an offset of -4 ns

  @req:ts2phc-each-interface
  Scenario: Until then each clock of ts2phc stands for itself
    Given a telecom grandmaster
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ts2phc[1906.757]: [ts2phc.0.config] ens7f0 offset     256335 s0 freq      -0
      ts2phc[1906.757]: [ts2phc.0.config] ens8f0 offset         17 s2 freq      +3
      ts2phc[1908.758]: [ts2phc.0.config] ens7f0 offset          5 s2 freq   +1497
      """
    Then consumer A is told that lock-state of ens7fx/master is FREERUN with an offset of 256335 ns
    And consumer A is told that lock-state of ens8fx/master is LOCKED with an offset of 17 ns
    And consumer A is told that lock-state of ens7fx/master is LOCKED with an offset of 5 ns

  @req:ts2phc-superseded
  Scenario: With the status the grandmaster is the only clock
    Given a telecom grandmaster
    And the daemon has written:
      """
      ts2phc[1906.757]: [ts2phc.0.config] ens7f0 offset          5 s2 freq   +1497
      ts2phc[1906.757]: [ts2phc.0.config] ens8f0 offset        500 s2 freq      +3
      """
    When the daemon writes:
      """
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    Then the current state of lock-state of ens7fx/master is LOCKED
    And the current state of lock-state says nothing of ens8fx
    And the current state of sync-state is LOCKED

  @req:ts2phc-holdover
  Scenario: ts2phc says itself when it is in holdover, and when that is over
    Given a telecom grandmaster
    And the daemon has written:
      """
      ts2phc[1938.757]: [ts2phc.0.config] ens7f0 offset         -4 s3 freq   +1500
      """
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ts2phc[1939.757]: [ts2phc.0.config] ens7f0 offset         -8 s3 freq   +1494 holdover
      ts2phc[1940.757]: [ts2phc.0.config] ens7f0 offset          7 s3 freq   +1496 holdover
      """
    And 60 seconds pass
    And the daemon writes:
      """
      ts2phc[2000.757]: [ts2phc.0.config] ens7f0 offset          3 s3 freq   +1495
      """
    Then consumer A is told that lock-state became HOLDOVER with an offset of -8 ns at 2023-11-14T22:13:20Z
    And consumer A is told that lock-state became LOCKED with an offset of 3 ns at 2023-11-14T22:14:20Z
    And consumer A is told nothing more

  @P9
  @req:ts2phc-ends
  Scenario: Without ts2phc its clocks run free
    Given a telecom grandmaster
    And the daemon has written:
      """
      ts2phc[1938.757]: [ts2phc.0.config] ens7f0 offset         -4 s3 freq   +1500
      """
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ts2phc[1700000000]:[ts2phc.0.config] PTP_PROCESS_STATUS:0
      """
    Then consumer A is told that lock-state of ens7fx/master is FREERUN with an offset of -9999999999999999 ns
    And the metric openshift_ptp_clock_state{iface="ens7fx",node="node1",process="ts2phc"} is 0
