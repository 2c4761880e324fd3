Feature: Subscriptions outlive the proxy
  Consumers subscribe once; a crash of the proxy is not their business.

  @P30

  @req:restart-still-subscribed
  Scenario: After a crash a consumer is still subscribed
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the proxy is killed and started again
    And ptp4l reports an offset of 500 ns in s2
    Then 1 subscription is listed
    And consumer A is told that lock-state is FREERUN

  @req:restart-same-ids
  Scenario: After a crash a subscription has the id that it had before
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the proxy is killed and started again
    And somebody reads the subscription
    Then the answer is 200

  @req:restart-deleted
  Scenario: After a crash a deleted subscription does not come back
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the subscription is deleted
    And the proxy is killed and started again
    Then the list of subscriptions is []

  @req:restart-duplicate
  Scenario: After a crash a duplicate is still one
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the proxy is killed and started again
    And consumer A subscribes to lock-state
    Then the answer is 409 with an empty body

  @req:restart-nothing-lost
  Scenario: A crash in the middle of many requests loses none that was answered
    Given an ordinary clock
    When 100 endpoints subscribe at once and the proxy is killed after 20 answers
    Then every subscription that was answered with 201 is listed
