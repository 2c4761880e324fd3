Feature: Managing subscriptions
  Subscriptions are listed, read and deleted. O-RAN.WG6 O-Cloud Notification API v04.00, clauses 4.1.2 and 4.1.3.

  @check-41 @spec @test @clause:table-9 @clause:5.3.2 @needs:alone
  Scenario: Without subscriptions the list is an empty array
    Given there are no subscriptions
    When GET /subscriptions is sent
    Then the answer is 200
    And the answer is an empty list

  @check-41 @spec @test @clause:table-9 @clause:5.3.2 @needs:alone
  Scenario: After the last subscription was deleted the list is an empty array
    Given there are no subscriptions
    And consumer C is subscribed to lock-state
    And DELETE /subscriptions/<subscription> has been sent
    When GET /subscriptions is sent
    Then the answer is 200
    And the answer is an empty list

  @check-42 @test @clause:5.3.2
  Scenario: The list has each subscription once
    Given consumer A is subscribed to lock-state
    And consumer A is subscribed to clock-class
    And consumer B is subscribed to lock-state
    When GET /subscriptions is sent
    Then the answer is 200
    And each subscription is listed once, as it was made
    And the list is an array of different subscriptions, each with all its members

  @check-42 @test @clause:5.3.2
  Scenario: A long list is whole
    Given 50 endpoints of consumer C are subscribed to lock-state
    Then each subscription is listed once, as it was made
    And the list is an array of different subscriptions, each with all its members

  @check-43 @spec @test @clause:table-16 @clause:5.3.3
  Scenario: A subscription is read as it was made
    Given consumer C is subscribed to lock-state
    And consumer C is subscribed to clock-class
    When GET /subscriptions/<subscription> is sent
    Then the answer is 200
    And the answer is the subscription as it was made

  @check-44 @spec @test @clause:table-16 @clause:5.3.3
  Scenario Outline: A subscription that there is not is answered with 404
    Given consumer C is subscribed to lock-state
    When GET <path> is sent
    Then the answer is 404

    Examples:
      | path                                                |
      | /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 |
      | /subscriptions/no-such-id                           |
      | /subscriptions/%FF                                  |

  @check-44 @check-19 @spec @test @clause:table-16 @clause:5.3.3 @reading:error-body=empty
  Scenario: That a subscription is not there is told without a body
    When GET /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 is sent
    Then the answer is 404
    And the answer has no body

  @check-45 @spec @test @clause:table-13 @clause:5.3.4
  Scenario: The deletion of a subscription is answered with 204
    Given consumer C is subscribed to lock-state
    When DELETE /subscriptions/<subscription> is sent
    Then the answer is 204
    And the answer has no body

  @check-45 @spec @test @clause:table-13 @clause:5.3.4
  Scenario: A deleted subscription is no longer there
    Given consumer C is subscribed to lock-state
    And DELETE /subscriptions/<subscription> has been sent
    When GET /subscriptions/<subscription> is sent
    Then the answer is 404
    And the subscription is not listed

  @check-45 @spec @clause:table-13 @P31 @needs:stimulus
  Scenario: The deletion of a subscription leaves the others
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to lock-state
    And consumer A is subscribed to clock-class
    When DELETE /subscriptions/<subscription> is sent
    And lock-state becomes FREERUN
    Then consumer B is listed once for lock-state
    And consumer A is listed once for clock-class
    And consumer B is told that lock-state is FREERUN
    And consumer A is told nothing

  @check-46 @dropin @clause:rest-api-of-redhat-cne
  Scenario: A subscription that is deleted cannot be deleted again
    Given consumer C is subscribed to lock-state
    And DELETE /subscriptions/<subscription> has been sent
    When DELETE /subscriptions/<subscription> is sent
    Then the answer is 404

  @check-46 @dropin @clause:rest-api-of-redhat-cne
  Scenario: A subscription that there is not cannot be deleted
    Given consumer C is subscribed to lock-state
    When DELETE /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 is sent
    Then the answer is 404
    And the subscription is listed

  @check-47 @spec @clause:4.1.3.1 @needs:stimulus
  Scenario: After its subscription was deleted a consumer is told nothing
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to lock-state
    And DELETE /subscriptions/<subscription> has been sent
    When lock-state becomes FREERUN
    Then consumer B is told that lock-state is FREERUN
    And consumer A is told nothing

  @check-48 @dropin @clause:rest-api-of-redhat-cne @needs:alone
  Scenario: All subscriptions can be deleted at once
    Given consumer A is subscribed to lock-state
    And consumer B is subscribed to clock-class
    And DELETE /subscriptions has been sent
    When GET /subscriptions is sent
    Then the answer is 200
    And the answer is an empty list

  @check-48 @dropin @clause:rest-api-of-redhat-cne @needs:alone
  Scenario: The deletion of all subscriptions is answered with 204
    Given consumer C is subscribed to lock-state
    When DELETE /subscriptions is sent
    Then the answer is 204
    And the answer has no body

  @check-48 @dropin @clause:rest-api-of-redhat-cne @needs:alone
  Scenario: The deletion of all subscriptions is answered with 204 when there are none
    Given there are no subscriptions
    When DELETE /subscriptions is sent
    Then the answer is 204

  @check-48 @dropin @clause:rest-api-of-redhat-cne @needs:alone @needs:stimulus
  Scenario: After the deletion of all subscriptions nobody is told anything
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to sync-state
    And DELETE /subscriptions has been sent
    When lock-state becomes FREERUN
    Then consumer A is told nothing
    And consumer B is told nothing

  @check-49 @quality @clause:table-7
  Scenario: Who has unsubscribed may subscribe again, under a new id
    Given consumer C is subscribed to lock-state
    And DELETE /subscriptions/<subscription> has been sent
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the latest subscription has another id than the first
    And consumer C is listed once for lock-state
