Feature: Delivery
  Every subscriber gets every change of its resources, in order, whatever the others do.

  @req:delivery-order
  Scenario: The state of the node follows the change that caused it
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to /sync
    When ptp4l reports an offset of 500 ns in s2
    Then consumer A is told, in this order, of lock-state, sync-state

  @req:delivery-all-in-order
  Scenario: A burst of changes arrives whole and in order
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[100.000]: [ptp4l.0.config] master offset        500 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.0.config] master offset          1 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.0.config] master offset        501 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.0.config] master offset          2 s2 freq   +1931 path delay       469
      """
    Then consumer A is told that lock-state is FREERUN with an offset of 500 ns
    And consumer A is told that lock-state is LOCKED with an offset of 1 ns
    And consumer A is told that lock-state is FREERUN with an offset of 501 ns
    And consumer A is told that lock-state is LOCKED with an offset of 2 ns
    And consumer A is told nothing more

  @req:delivery-same-event
  Scenario: All subscribers of a resource get the same event
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to lock-state
    When the grandmaster falls silent
    Then consumers A and B are sent the same event

  @req:delivery-distinct-ids
  Scenario: No two events have the same id
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to /sync
    When the grandmaster falls silent
    And 5 seconds pass
    Then consumer A is sent 6 events with 6 different ids

  @P7

  @req:delivery-independent
  Scenario: A consumer that hangs does not delay another
    Given an ordinary clock
    And its PTP clock is locked
    And consumer H is subscribed to lock-state
    And consumer A is subscribed to lock-state
    And consumer H no longer answers
    When the grandmaster falls silent
    Then consumer A was told before the proxy gave up on consumer H

  @req:delivery-unasked
  Scenario: Nobody is told of a resource that it has not subscribed
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to clock-class
    When the grandmaster falls silent
    Then consumer A is told nothing

  @req:delivery-answer-not-204
  Scenario: A consumer that answers with an error stays subscribed
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A answers with 500
    When the grandmaster falls silent
    And 5 seconds pass
    Then consumer A is told that lock-state is HOLDOVER
    And consumer A is told that lock-state is FREERUN
    And 1 subscription is listed

  @req:delivery-retry
  Scenario: A consumer that was away for a while is told what it missed
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A refuses connections
    When ptp4l reports an offset of 500 ns in s2
    And consumer A accepts connections again
    And 60 seconds pass
    Then consumer A is told that lock-state became FREERUN at 2023-11-14T22:13:20Z
    And consumer A is told nothing more

  @req:delivery-latest-state
  Scenario: A consumer that was away through many changes ends with the latest state
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A refuses connections
    When the PTP clock leaves its range and comes back 1000 times
    And consumer A accepts connections again
    And 60 seconds pass
    Then the last thing that consumer A is told of lock-state is LOCKED
    And 1 subscription is listed

  @req:delivery-dead-consumer
  Scenario: A consumer that is gone for good is unsubscribed
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A refuses connections
    When ptp4l reports an offset of 500 ns in s2
    And 60 seconds pass 10 times
    Then the list of subscriptions is []

  @req:delivery-flapping-consumer
  Scenario: A consumer that fails nine times, answers once and fails nine times again stays subscribed
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When consumer A refuses connections
    And ptp4l reports an offset of 500 ns in s2
    And 60 seconds pass 8 times
    And consumer A accepts connections again
    And 60 seconds pass
    And consumer A refuses connections
    And ptp4l reports an offset of 5 ns in s2
    And 60 seconds pass 8 times
    Then consumer A is told that lock-state is FREERUN
    And consumer A is told nothing more
    And 1 subscription is listed
