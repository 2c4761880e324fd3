Feature: HTTP
  How the API is spoken, whatever it says. O-RAN.WG6 O-Cloud Notification API v04.00, clause 3.1.

  @check-01 @dropin @clause:OpenShift-documentation
  Scenario: The API is served over HTTP/1.1
    When GET /subscriptions is sent
    Then the answer is 200

  @check-02 @spec @clause:3.1 @reading:http-version=both
  Scenario: The API is served over HTTP/2 with prior knowledge
    When GET /subscriptions is sent over HTTP/2 with prior knowledge
    Then the answer is 200

  @check-08 @spec @test @clause:table-7 @clause:table-30 @clause:5.3.1
  Scenario: The answer to a subscription describes it
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer describes the subscription
