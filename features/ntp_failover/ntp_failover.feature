Feature: NTP instead of PTP for the clock of the operating system
  The daemon stops phc2sys and starts chronyd when PTP fails it. One process steers the clock at a time, and what that
  one says counts. O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.8.

  Background:
    Given a node that falls back on NTP
    And ptp4l reports an offset of 7 ns in s2
    And phc2sys reports an offset of 12 ns in s2

  @req:ntp-handover
  Scenario: While chronyd takes over, the clock keeps its state
    Given consumer A is subscribed to os-clock-sync-state
    When phc2sys ends
    And 2 seconds pass
    And the daemon writes:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:50Z chronyd version 4.3 starting
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1
      """
    And 60 seconds pass
    Then consumer A is told nothing
    And the current state of os-clock-sync-state is LOCKED
    And the metric openshift_ptp_clock_state{iface="CLOCK_REALTIME",node="node1",process="chronyd"} is 1

  @req:ntp-handover-fails
  Scenario: When nothing takes over in time, the clock runs free
    Given consumer A is subscribed to os-clock-sync-state
    When phc2sys ends
    And 60 seconds pass
    Then consumer A is told that os-clock-sync-state became FREERUN with an offset of -9999999999999999 ns at 2023-11-14T22:13:25Z
    And consumer A is told nothing more

  @req:ntp-source-lost
  Scenario: While chronyd steers, its sources decide
    Given phc2sys has ended
    And the daemon has written:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1
      """
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:22:16Z Can't synchronise: no selectable sources
      """
    And 6 seconds pass
    And the daemon writes:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:22:22Z Selected source 10.9.9.1
      """
    Then consumer A is told that os-clock-sync-state became FREERUN with an offset of 0 ns at 2023-11-14T22:13:20Z
    And consumer A is told that sync-state became FREERUN at 2023-11-14T22:13:20Z
    And consumer A is told that os-clock-sync-state became LOCKED with an offset of 0 ns at 2023-11-14T22:13:26Z
    And consumer A is told that sync-state became LOCKED at 2023-11-14T22:13:26Z
    And consumer A is told nothing more

  @P12
  @req:ntp-one-steers
  Scenario: While phc2sys steers, what chronyd says does not move the clock
    Given consumer A is subscribed to os-clock-sync-state
    When the daemon writes:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:50Z Can't synchronise: no selectable sources
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:22:16Z Can't synchronise: no selectable sources
      """
    Then consumer A is told nothing
    And the current state of os-clock-sync-state is LOCKED

  @req:ntp-ptp-lost-meanwhile
  Scenario: While chronyd steers, a PTP clock that is lost does not lower the clock
    Given phc2sys has ended
    And the daemon has written:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1
      """
    And consumer A is subscribed to os-clock-sync-state
    When the daemon writes:
      """
      ptp4l[101.000]: [ptp4l.0.config] port 1 (ens3f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And 60 seconds pass
    Then consumer A is told nothing
    And the current state of lock-state is FREERUN
    And the current state of sync-state is FREERUN

  @P12
  @req:ntp-back-to-ptp
  Scenario: phc2sys takes the clock back when its servo has locked
    Given phc2sys has ended
    And the daemon has written:
      """
      chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1
      """
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys starts
    And phc2sys reports an offset of 31250 ns in s0
    And phc2sys reports an offset of 30999 ns in s1
    And phc2sys reports an offset of -65 ns in s2
    And the daemon writes:
      """
      chronyd[1700000010]:[chronyd.0.config] PTP_PROCESS_STATUS:0
      """
    And 60 seconds pass
    And phc2sys reports an offset of 400 ns in s2
    Then consumer A is told that os-clock-sync-state is FREERUN with an offset of 400 ns
    And consumer A is told nothing more
