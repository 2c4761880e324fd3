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
    And the answer has a body of the media type application/json

  @check-02 @spec @clause:3.1 @reading:http-version=both
  Scenario: A subscription can be made over HTTP/2 with prior knowledge
    When consumer C subscribes to lock-state over HTTP/2 with prior knowledge
    Then the answer is 201
    And the answer describes the subscription

  @check-02 @spec @clause:3.1 @reading:http-version=http1
  Scenario: A subscription can be made over HTTP/1.1
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer describes the subscription

  @check-03 @spec @clause:3.1.2
  Scenario Outline: What is read comes as application/json
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When GET <path> is sent
    Then the answer is 200
    And the answer has a body of the media type application/json

    Examples:
      | path                                                        |
      | /subscriptions                                              |
      | /subscriptions/<subscription>                               |
      | /cluster/node/<node>/sync/ptp-status/lock-state/CurrentState |

  @check-03 @spec @clause:3.1.2
  Scenario: The description of a new subscription comes as application/json
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer has a body of the media type application/json

  @check-04 @spec @clause:table-3.1.3.3-1
  Scenario: A long list comes with its Content-Length
    Given 12 endpoints of consumer C are subscribed to lock-state
    When GET /subscriptions is sent
    Then the answer is 200
    And the answer has the Content-Length of its body

  @check-04 @spec @clause:table-3.1.3.3-1
  Scenario: The description of a new subscription comes with its Content-Length
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer has the Content-Length of its body

  @check-05 @quality @clause:RFC-9110,-15.5.6
  Scenario Outline: A method that a path does not have is answered with 405 and with those that it has
    Given consumer C is subscribed to lock-state
    When <method> <path> is sent
    Then the answer is 405
    And the answer allows GET and not <method>

    Examples:
      | method | path                                                         |
      | PUT    | /subscriptions                                               |
      | PATCH  | /subscriptions                                               |
      | PUT    | /subscriptions/<subscription>                                |
      | PATCH  | /subscriptions/<subscription>                                |
      | POST   | /subscriptions/<subscription>                                |
      | PUT    | /cluster/node/<node>/sync/ptp-status/lock-state/CurrentState |
      | PATCH  | /cluster/node/<node>/sync/ptp-status/lock-state/CurrentState |

  @check-05 @quality @clause:RFC-9110,-15.5.6
  Scenario Outline: A request with a method that its path does not have changes nothing
    Given consumer C is subscribed to lock-state
    When <method> <path> is sent
    Then the answer is 405
    And each subscription is listed once, as it was made

    Examples:
      | method | path                          |
      | PUT    | /subscriptions                |
      | PATCH  | /subscriptions/<subscription> |

  @check-06 @quality @clause:RFC-9110,-15.5.5
  Scenario Outline: A path that there is not is answered with 404
    When GET <path> is sent
    Then the answer is 404

    Examples:
      | path                   |
      | /no-such-path          |
      | /Subscriptions         |
      | /subscriptions/1/2     |
      | /subscriptionsandmore  |

  @check-07 @quality @clause:CWE-200
  Scenario Outline: The base path shows nothing of the request
    When <method> / is sent with a marker
    Then the answer shows nothing of the request

    Examples:
      | method |
      | GET    |
      | POST   |
      | PUT    |
