Feature: The state of the node
  It is the worst of its clocks. O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1.

  @req:sync-state-worst
  Scenario Outline: The node is as good as the worse of its two clocks
    Given an ordinary clock
    And its PTP clock is locked
    When phc2sys reports an offset of <os offset> ns in s2
    And ptp4l reports an offset of <ptp offset> ns in s2
    Then the current state of sync-state is <state>

    Examples:
      | ptp offset | os offset | state   |
      | 5          | 5         | LOCKED  |
      | 5          | 500       | FREERUN |
      | 500        | 5         | FREERUN |
      | 500        | 500       | FREERUN |

  @P10

  @req:sync-state-holdover
  Scenario: In holdover the node is in holdover
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to sync-state
    When the grandmaster falls silent
    And 5 seconds pass
    Then consumer A is told that sync-state became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told that sync-state became FREERUN at 2023-11-14T22:13:25Z
    And consumer A is told nothing more

  @req:sync-state-quiet
  Scenario: A second clock that goes down does not make the node worse than it is
    Given an ordinary clock
    And its clocks are locked
    And phc2sys reports an offset of 500 ns in s2
    And consumer A is subscribed to sync-state
    When ptp4l reports an offset of 500 ns in s2
    Then consumer A is told nothing
