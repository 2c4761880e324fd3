Feature: The clock of the operating system
  It is as good as the worse of what phc2sys reports and the clock that it follows.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.8.

  @req:os-clock-locked
  Scenario: It is locked when it is in range of a locked clock
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys reports an offset of -65 ns in s2
    Then consumer A is told that os-clock-sync-state is LOCKED with an offset of -65 ns

  @req:os-clock-out-of-range
  Scenario Outline: It runs free when phc2sys says so
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys reports an offset of <offset> ns in <servo>
    Then consumer A is told that os-clock-sync-state is FREERUN with an offset of <offset> ns

    Examples:
      | offset    | servo |
      | 100       | s2    |
      | -132      | s2    |
      | 499879228 | s0    |
      | 3         | s1    |

  @P14

  @req:os-clock-follows-down
  Scenario: It goes down with the clock that it follows, at once
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to os-clock-sync-state
    When the grandmaster falls silent
    And 5 seconds pass
    Then consumer A is told that os-clock-sync-state became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told that os-clock-sync-state became FREERUN at 2023-11-14T22:13:25Z
    And consumer A is told nothing more

  @req:os-clock-follows-up
  Scenario: It comes up again with the next report of phc2sys, not before
    Given an ordinary clock
    And its clocks are locked
    And ptp4l reports an offset of 500 ns in s2
    And consumer A is subscribed to os-clock-sync-state
    When ptp4l reports an offset of 5 ns in s2
    And 2 seconds pass
    And phc2sys reports an offset of 12 ns in s2
    Then consumer A is told that os-clock-sync-state became LOCKED at 2023-11-14T22:13:22Z

  @req:os-clock-holdover-out-of-range
  Scenario: Out of range it runs free even in holdover
    Given an ordinary clock
    And its clocks are locked
    And the grandmaster is silent
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys reports an offset of 667 ns in s2
    Then consumer A is told that os-clock-sync-state is FREERUN
    And the current state of lock-state is HOLDOVER

  @req:os-clock-holdover-in-range
  Scenario: In range of a clock in holdover it is in holdover, not locked
    Given an ordinary clock
    And its clocks are locked
    And the grandmaster is silent
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys reports an offset of 12 ns in s2
    Then consumer A is told nothing
    And the current state of os-clock-sync-state is HOLDOVER
