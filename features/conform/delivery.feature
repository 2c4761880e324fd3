@needs:stimulus
Feature: Delivery
  Who is told when, and what becomes of consumers that fail. O-RAN.WG6 O-Cloud Notification API v04.00, clauses 2 and 5.1.1.

  @check-75 @P33 @quality @clause:clock-requirements-12.2
  Scenario: Each change of a burst is told once, in order
    Given clock-class is 6
    And consumer C is subscribed to clock-class
    When clock-class changes 30 times in a burst
    Then consumer C is told each of the 30 changes of clock-class once, in order

  @P33 @quality @clause:5.1.1.2
  Scenario: The initial notification goes to the new consumer alone
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When consumer D subscribes to lock-state
    Then the answer is 201
    And consumer D was sent 1 notification
    And consumer C is told nothing

  @check-76 @P7 @spec @clause:2 @clause:FUNC-TGM005-R1
  Scenario: Consumers that hang delay nobody else
    Given clock-class is 6
    And consumer H is subscribed to clock-class, and hangs from then on
    And consumer I is subscribed to clock-class, and hangs from then on
    And consumer J is subscribed to clock-class, and hangs from then on
    And consumer C is subscribed to clock-class
    When clock-class changes 3 times in a burst
    Then consumer C is told each of the 3 changes of clock-class once, in order
    And that came within 1 second, while consumers H, I and J still hung

  @P7 @quality @clause:2
  Scenario: A consumer that comes back is brought to the latest state
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C refuses connections
    When lock-state becomes FREERUN
    And consumer C accepts connections again
    And 10 seconds go by
    Then the last thing that consumer C is told of lock-state is FREERUN

  @check-77 @quality @clause:FUNC-TGM005-R1
  Scenario: Forty new subscriptions do not delay the next change
    Given lock-state is LOCKED
    When consumer C makes 40 new subscriptions to lock-state
    And lock-state turns FREERUN
    Then each of the 40 endpoints of consumer C is told FREERUN once, within 1 second

  @check-77 @quality @clause:FUNC-TGM005-R1 @needs:launch
  Scenario: A cluster that does not answer delays no change
    Given the subject keeps its subscriptions in a ConfigMap too
    And lock-state is LOCKED
    And the cluster stops answering
    When consumer C makes 40 new subscriptions to lock-state
    And lock-state turns FREERUN
    Then each of the 40 endpoints of consumer C is told FREERUN once, within 1 second
    And the cluster was asked and has still not answered

  @check-78 @dropin @clause:cloud-event-proxy-main.go
  Scenario Outline: An answer that is an error does not end a subscription
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C answers with <status>
    When lock-state changes until consumer C was sent 12 notifications
    Then consumer C still has its subscriptions
    When consumer C answers with 204
    Then a change of lock-state reaches consumer C

    Examples:
      | status |
      | 500    |
      | 404    |

  @check-79 @dropin @clause:sdk-go-subscriber.go
  Scenario: A consumer that is gone is given up with all its subscriptions, and no other is
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C is subscribed to clock-class
    And consumer D is subscribed to lock-state
    And consumer C refuses connections
    When lock-state changes 10 times, and time goes by, until consumer C is given up
    Then consumer C is not subscribed
    And consumer D still has its subscriptions

  @check-80 @dropin @clause:cloud-event-proxy-main.go
  Scenario: Failures count only in a row
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C fails 9 times, confirms once, and fails 5 times more
    When lock-state changes until consumer C was sent 15 notifications
    Then consumer C still has its subscriptions
    And a change of lock-state reaches consumer C

  @check-81 @quality @clause:sdk-go-subscriber.go
  Scenario Outline: A consumer that breaks off each of twenty attempts is given up, however it does that
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C <conduct>
    When lock-state changes 20 times, and time goes by, until consumer C is given up
    Then consumer C is not subscribed

    Examples:
      | conduct                  |
      | resets connections       |
      | closes without an answer |
