Feature: Unsubscribing
  A consumer that has heard enough. O-RAN.WG6 O-Cloud Notification API v04.00, 4.1.3.

  @req:unsubscribe-silence
  Scenario: After its subscription is deleted a consumer is told nothing
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the subscription is deleted
    And the grandmaster falls silent
    Then the answer is 204 with an empty body
    And consumer A is told nothing
    And the list of subscriptions is []

  @req:unsubscribe-gone
  Scenario: A deleted subscription cannot be read
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the subscription is deleted
    And somebody reads the subscription
    Then the answer is 404 with an empty body

  @req:unsubscribe-twice
  Scenario: A deleted subscription cannot be deleted again
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the subscription is deleted
    And the subscription is deleted again
    Then the answer is 404 with an empty body

  @req:unsubscribe-all
  Scenario: All subscriptions can be deleted at once
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to sync-state
    When all subscriptions are deleted
    And the grandmaster falls silent
    Then the answer is 204 with an empty body
    And the list of subscriptions is []
    And consumer A is told nothing
    And consumer B is told nothing

  @req:unsubscribe-subscribe-again
  Scenario: Who has unsubscribed may subscribe again
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the subscription is deleted
    And consumer A subscribes to lock-state
    Then the answer is 201
    And 1 subscription is listed
