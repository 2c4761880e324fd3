Feature: Restarts
  What outlives the process. O-RAN.WG6 O-Cloud Notification API v04.00, clause 4.1, and what users of redhat-cne/cloud-event-proxy
  rely on.

  @check-88 @P30 @dropin @clause:ptp-operator-ptp.go @needs:restart
  Scenario Outline: Subscriptions survive a restart as they are
    Given consumer C is subscribed to lock-state
    And consumer C is subscribed to clock-class
    And consumer D is subscribed to sync-state
    When the subject is <ended> and started again
    Then each subscription is still listed as it was

    Examples:
      | ended      |
      | killed     |
      | terminated |

  @check-88 @P30 @dropin @clause:ptp-operator-ptp.go @needs:restart @needs:stimulus
  Scenario: Subscribers are told of changes after a restart as before
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When the subject is killed and started again
    And lock-state becomes FREERUN
    Then consumer C is told that lock-state is FREERUN
    And consumer C is told nothing more

  @P5 @quality @clause:OCPBUGS-77881 @needs:restart @needs:stimulus
  Scenario Outline: A state is known again at once after a restart
    Given <resource> is <value>
    When the subject is killed and started again
    And consumer C subscribes to <resource>
    Then the answer is 201
    And consumer C is told that <resource> is <value>

    Examples:
      | resource    | value  |
      | clock-class | 7      |
      | lock-state  | LOCKED |

  @P2 @quality @clause:OCPBUGS-77881 @needs:launch
  Scenario: No change is lost when the daemon connects anew
    Given clock-class is 6
    And consumer C is subscribed to clock-class
    When clock-class changes 10 times in a burst and the daemon connects anew
    Then consumer C is told each of the 10 changes of clock-class once, in order
    When clock-class changes 10 times in a burst and the daemon connects anew
    Then consumer C is told each of the 10 changes of clock-class once, in order

  @P2 @quality @clause:OCPBUGS-77881 @needs:launch
  Scenario: A change during an outage is told after it
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When the subject is killed, lock-state becomes FREERUN, and the subject is started again
    Then consumer C is told that lock-state is FREERUN
    And consumer C is told nothing more

  @check-89 @dropin @clause:sdk-go-subscriber.go @needs:launch
  Scenario: The store of redhat-cne/cloud-event-proxy is adopted
    Given the store has the subscriptions of consumers C and D to lock-state as redhat-cne/cloud-event-proxy writes them
    When lock-state becomes LOCKED
    Then the subscriptions of the store are listed with their ids
    And consumer C is told that lock-state is LOCKED
    And consumer D is told that lock-state is LOCKED

  @check-90 @P30 @dropin @clause:cloud-event-proxy-client.go @needs:launch
  Scenario: The ConfigMap of redhat-cne/cloud-event-proxy is adopted
    Given the subject keeps its subscriptions in a ConfigMap too
    And the ConfigMap has the subscriptions of consumers C and D to lock-state as redhat-cne/cloud-event-proxy writes them
    When lock-state becomes LOCKED
    Then the subscriptions of the store are listed with their ids
    And consumer C is told that lock-state is LOCKED
    And consumer D is told that lock-state is LOCKED

  @check-90 @P30 @dropin @clause:cloud-event-proxy-client.go @needs:launch
  Scenario: Subscriptions survive the loss of the store where a ConfigMap has them
    Given the subject keeps its subscriptions in a ConfigMap too
    And consumer C is subscribed to lock-state
    And consumer D is subscribed to sync-state
    When the ConfigMap has 2 entries
    And the subject is killed and started again with an empty store
    Then each subscription is still listed as it was

  @check-91 @quality @clause:cloud-event-proxy-main.go @needs:restart @needs:stimulus
  Scenario: A consumer that was given up does not return with a restart
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C refuses connections
    When lock-state changes 10 times, and time goes by, until consumer C is given up
    And the subject is killed and started again
    Then consumer C is not subscribed

  @check-91 @quality @clause:cloud-event-proxy-main.go @needs:launch
  Scenario: A consumer that was given up does not return from the ConfigMap
    Given the subject keeps its subscriptions in a ConfigMap too
    And lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And the ConfigMap has 1 entry
    And consumer C refuses connections
    When lock-state changes 10 times, and time goes by, until consumer C is given up
    And the ConfigMap has 0 entries
    And the subject is killed and started again with an empty store
    Then consumer C is not subscribed

  @check-92 @spec @clause:4.1.3.1 @needs:restart
  Scenario: A subscription that was deleted does not return with a restart
    Given consumer C is subscribed to lock-state
    And consumer D is subscribed to lock-state
    When the subscription of consumer C is deleted
    And the subject is killed and started again
    Then consumer C is not subscribed
    And consumer D still has its subscriptions

  @check-93 @P30 @quality @clause:4.1.1 @needs:restart
  Scenario: What was acknowledged survives a kill while many subscribe
    When the subject is killed 2 times and started again while 8 clients subscribe consumer C
    Then each subscription that was acknowledged is listed as it was
    When consumer D subscribes to lock-state
    Then the answer is 201
