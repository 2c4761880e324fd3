Feature: Drop-in
  What the operator, its tests and consumers of redhat-cne/cloud-event-proxy rely on beside the specification.

  @check-99 @dropin @clause:ptp-daemon.yaml
  Scenario: The health of the subject can be asked before anything is known
    When GET /health is sent
    Then the answer is 200
    And the answer says OK

  @check-100 @dropin @clause:ptp-operator-ptp.go
  Scenario: The publishers are the seven resources of the node
    When GET /publishers is sent
    Then the answer is 200
    And the answer is one publisher for each of the seven resources

  @check-101 @dropin @clause:examples-consumer-main.go
  Scenario: The example consumer of redhat-cne runs for two minutes
    Given lock-state is known
    And sync-state is known
    And os-clock-sync-state is known
    And clock-class is known
    And gnss-sync-status is known
    When the example consumer runs as consumer C for 2 minutes
    Then the example consumer has created all subscriptions
    And the example consumer was always told that the subject is well, its subscriptions are there, and what the states are
    And consumer C was sent an initial notification of each of the seven resources

  @check-101 @dropin @clause:examples-consumer-main.go @needs:alone
  Scenario: The example consumer begins anew when it finds its subscriptions there
    Given lock-state is known
    And sync-state is known
    And os-clock-sync-state is known
    And clock-class is known
    And gnss-sync-status is known
    When the example consumer runs as consumer C for 1 minute
    And the example consumer runs as consumer C for 1 minute
    Then the example consumer has deleted all subscriptions once and created them again
    And the example consumer was always told that the subject is well, its subscriptions are there, and what the states are

  @check-102 @dropin @clause:cloud-event-proxy-main.go @needs:launch
  Scenario: The first version of the API is served, or refused in words
    When the subject is started with --api-version=1.0
    Then it has ended with an error that names the version, or serves the first version
