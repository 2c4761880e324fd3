Feature: Holdover
  A clock that was locked and loses its grandmaster is trusted for as long as its profile says, and not longer.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.3.

  @req:holdover-entered
  Scenario: A locked clock that loses its grandmaster goes into holdover
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the grandmaster falls silent
    Then consumer A is told that lock-state is HOLDOVER with an offset of 7 ns
    And consumer A is told nothing more

  @req:holdover-link-down
  Scenario: A locked clock whose link goes down goes into holdover
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the link of the port goes down
    Then consumer A is told that lock-state is HOLDOVER

  @req:holdover-not-early
  Scenario: Holdover lasts to the last nanosecond of its timeout
    Given an ordinary clock whose holdover lasts 10 seconds
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When 9.999999999 seconds pass
    Then consumer A is told nothing
    And the current state of lock-state is HOLDOVER

  @P8

  @req:holdover-ends
  Scenario: Holdover ends in FREERUN when its timeout has passed
    Given an ordinary clock whose holdover lasts 10 seconds
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When 9.999999999 seconds pass
    And 0.000000001 more seconds pass
    Then consumer A is told that lock-state became FREERUN at 2023-11-14T22:13:30Z
    And consumer A is told nothing more

  @req:holdover-end-time
  Scenario: The end of holdover is stamped with its own time, however late somebody looks
    Given an ordinary clock whose holdover lasts 14400 seconds
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When 86400 seconds pass
    Then consumer A is told that lock-state became FREERUN at 2023-11-15T02:13:20Z

  @req:holdover-recovery
  Scenario: A clock that is in range again leaves holdover
    Given an ordinary clock
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When 3 seconds pass
    And the port follows the grandmaster again
    And ptp4l reports an offset of -91 ns in s2
    And 60 seconds pass
    Then consumer A is told that lock-state became LOCKED at 2023-11-14T22:13:23Z
    And consumer A is told nothing more

  @req:holdover-out-of-range
  Scenario: A sample out of range does not end holdover
    Given an ordinary clock
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When the port follows the grandmaster again
    And ptp4l reports an offset of -149 ns in s2
    Then consumer A is told nothing
    And the current state of lock-state is HOLDOVER

  @req:holdover-port-not-slave
  Scenario: Samples do not count while the port follows nobody
    Given an ordinary clock
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    When ptp4l reports an offset of 5 ns in s2
    Then consumer A is told nothing
    And the current state of lock-state is HOLDOVER

  @req:holdover-never-locked
  Scenario: A clock that never was locked does not go into holdover
    Given an ordinary clock
    And its port follows the grandmaster
    And ptp4l reports an offset of 352475 ns in s0
    And consumer A is subscribed to lock-state
    When the grandmaster falls silent
    Then consumer A is told nothing
    And the current state of lock-state is FREERUN

  @P9

  @req:holdover-process-ends
  Scenario: Without ptp4l there is no holdover
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When ptp4l ends
    Then consumer A is told that lock-state is FREERUN with an offset of -9999999999999999 ns
