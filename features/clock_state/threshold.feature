Feature: Thresholds
  A clock counts as locked while its offset lies strictly between the bounds of its profile, here -100 ns and 100 ns.

  @req:threshold-leave
  Scenario Outline: A locked clock that leaves its range runs free
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When ptp4l reports an offset of <offset> ns in <servo>
    Then consumer A is told that lock-state is FREERUN with an offset of <offset> ns

    Examples:
      | offset      | servo |
      | 100         | s2    |
      | -100        | s2    |
      | 36999999729 | s2    |
      | 5           | s0    |
      | 5           | s1    |

  @req:threshold-within
  Scenario Outline: A locked clock within its range stays locked without a word
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When ptp4l reports an offset of <offset> ns in <servo>
    Then consumer A is told nothing
    And the current state of lock-state is LOCKED

    Examples:
      | offset | servo |
      | 99     | s2    |
      | -99    | s2    |
      | 0      | s3    |

  @req:threshold-return
  Scenario: A clock that comes back into its range is locked again
    Given an ordinary clock
    And its PTP clock is locked
    And ptp4l reports an offset of 500 ns in s2
    And consumer A is subscribed to lock-state
    When ptp4l reports an offset of 99 ns in s2
    Then consumer A is told that lock-state is LOCKED with an offset of 99 ns

  @req:threshold-from-profile
  Scenario: Thresholds of a newly applied profile hold from then on
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon applies a profile with a maximum offset of 50 ns
    And ptp4l reports an offset of 50 ns in s2
    Then consumer A is told that lock-state is FREERUN
