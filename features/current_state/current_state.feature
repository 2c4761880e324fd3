Feature: The current state on request
  Whoever asks is told what subscribers were told last. O-RAN.WG6 O-Cloud Notification API v04.00, 6.1.

  @req:current-state-equals-push
  Scenario Outline: The answer is the last notification
    Given an ordinary clock
    And its clocks are locked
    And the clock class is 6
    And consumer A is subscribed to <resource>
    When ptp4l reports an offset of 500 ns in s2
    And the clock class becomes 7
    And 60 seconds pass
    Then the current state of <resource> says the same as the last notification of consumer A

    Examples:
      | resource            |
      | lock-state          |
      | os-clock-sync-state |
      | sync-state          |
      | clock-class         |

  @req:current-state-no-subscription
  Scenario: Nobody need be subscribed
    Given an ordinary clock
    And its PTP clock is locked
    When somebody asks for the current state of lock-state
    Then the answer is 200

  @req:current-state-no-data
  Scenario Outline: What is not known is not made up
    Given an ordinary clock
    When somebody asks for the current state of <resource>
    Then the answer is 404 with an empty body

    Examples:
      | resource                           |
      | lock-state                         |
      | os-clock-sync-state                |
      | sync-state                         |
      | clock-class                        |
      | /sync/gnss-status/gnss-sync-status |

  @req:current-state-unknown
  Scenario Outline: What does not exist on this node is not found
    Given an ordinary clock
    And its clocks are locked
    When somebody asks for the current state of the address <address>
    Then the answer is 404 with an empty body

    Examples:
      | address                                           |
      | /cluster/node/node1/sync/ptp-status/no-such-state |
      | /cluster/node/node2/sync/ptp-status/lock-state    |
