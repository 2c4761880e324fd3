Feature: Subscribing
  What a request for a subscription is answered with, and what comes of it.
  O-RAN.WG6 O-Cloud Notification API v04.00, clause 4.1.1.

  @check-08 @spec @test @clause:table-7 @clause:table-30 @clause:5.3.1
  Scenario: The answer to a subscription describes it
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer describes the subscription

  @check-08 @dropin @clause:rest-api-of-redhat-cne
  Scenario: A subscription has a UUID and a whole URL
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer has the form of the schema of subscriptions

  @check-08 @spec @test @clause:table-7 @clause:5.3.1
  Scenario Outline: Each resource can be subscribed
    When consumer C subscribes to <resource>
    Then the answer is 201
    And the answer describes the subscription
    And consumer C is listed once for <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-09 @spec @clause:table-3.1.3.3-1
  Scenario: The Location of a new subscription is its UriLocation
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the answer has its UriLocation as its Location

  @check-10 @spec @clause:table-30 @P39
  Scenario: The UriLocation of a subscription leads to it
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the UriLocation leads to the subscription

  @check-11 @spec @clause:table-30,-note-1
  Scenario: An id and a location that a client sends are ignored
    When consumer C subscribes to lock-state with an id and a location of its own
    Then the answer is 201
    And the answer describes the subscription
    And the subscription has an id and a location of the server's own

  @check-12 @test @clause:5.3.1
  Scenario: A subscription has the address and the endpoint that were sent
    When consumer C subscribes to lock-state
    Then the answer is 201
    And the subscription has the address /cluster/node/<node>/sync/ptp-status/lock-state
    And the subscription has the endpoint <endpoint>

  @check-12 @test @clause:5.3.1
  Scenario Outline: An endpoint is kept letter by letter
    When somebody subscribes to lock-state with the endpoint <written>
    Then the answer is 201
    And the subscription has the endpoint <written>

    Examples:
      | written                                   |
      | <endpoint>/Of/A%20Consumer?key=a%2Fb&c    |
      | <endpoint>/                               |

  @check-13 @test @clause:5.3.1
  Scenario: A request without a body is refused with 400
    When POST /subscriptions is sent
    Then the answer is 400
    And nothing was subscribed

  @check-14 @test @clause:5.3.1
  Scenario Outline: A body that is no JSON object is refused with 400
    When POST /subscriptions is sent with the body <body>
    Then the answer is 400
    And nothing was subscribed

    Examples:
      | body                                                                                             |
      | {                                                                                                |
      | []                                                                                               |
      | null                                                                                             |
      | "x"                                                                                              |
      | 7                                                                                                |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":"<endpoint>"  |
      | [{"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":"<endpoint>"}] |

  @check-15 @spec @test @clause:table-6 @clause:5.3.1
  Scenario Outline: A subscription without an EndpointUri is refused with 400
    When POST /subscriptions is sent with the body <body>
    Then the answer is 400
    And nothing was subscribed

    Examples:
      | body                                                                                   |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state"}                  |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":""} |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":null} |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":7}  |

  @check-16 @spec @test @clause:table-6 @clause:5.3.1
  Scenario Outline: A subscription without a ResourceAddress is refused with 400
    When POST /subscriptions is sent with the body <body>
    Then the answer is 400
    And nothing was subscribed
    And consumer C is told nothing

    Examples:
      | body                                               |
      | {"EndpointUri":"<endpoint>"}                       |
      | {"ResourceAddress":"","EndpointUri":"<endpoint>"}  |
      | {"ResourceAddress":null,"EndpointUri":"<endpoint>"} |
      | {"ResourceAddress":["/cluster/node/<node>/sync/ptp-status/lock-state"],"EndpointUri":"<endpoint>"} |

  @check-17 @spec @clause:table-7
  Scenario Outline: An EndpointUri that nothing can be sent to is refused with 400
    When somebody subscribes to lock-state with the endpoint <written>
    Then the answer is 400
    And nothing was subscribed
    And consumer C is told nothing

    Examples:
      | written                        |
      | not a uri                      |
      | /event                         |
      | localhost:<port>/event         |
      | //localhost:<port>/event       |
      | ftp://localhost:<port>/event   |
      | http://[::1                    |
      | http://                        |
      | http:///event                  |
      | http://localhost:99999/event   |

  @check-18 @test @clause:5.3.1
  Scenario: An endpoint whose host does not exist is refused with 400
    When somebody subscribes to lock-state with the endpoint http://consumer.invalid/event
    Then the answer is 400
    And nothing was subscribed

  @check-19 @test @clause:5.3.1 @clause:5.3.3 @reading:error-body=empty
  Scenario Outline: An error has no body
    When <method> <path> is sent with the body <body>
    Then the answer is <status>
    And the answer has no body

    Examples:
      | method | path                                                | status | body |
      | POST   | /subscriptions                                      | 400    | {    |
      | POST   | /subscriptions                                      | 400    | {}   |
      | POST   | /subscriptions                                      | 404    | {"ResourceAddress":"/cluster/node/<node>/sync/no-such-state","EndpointUri":"<endpoint>"} |
      | DELETE | /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 | 404    | {}   |

  @check-19 @test @clause:5.3.1 @reading:error-body=empty
  Scenario: The refusal of a duplicate has no body
    Given consumer C is subscribed to lock-state
    When consumer C subscribes to lock-state
    Then the answer is 409
    And the answer has no body

  @check-19 @spec @clause:3.1.2 @reading:error-body=problem-details
  Scenario Outline: An error carries problem details
    When <method> <path> is sent by a client that takes problem details with the body <body>
    Then the answer is <status>
    And the answer carries problem details

    Examples:
      | method | path                                                | status | body |
      | POST   | /subscriptions                                      | 400    | {    |
      | POST   | /subscriptions                                      | 404    | {"ResourceAddress":"/cluster/node/<node>/sync/no-such-state","EndpointUri":"<endpoint>"} |
      | DELETE | /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 | 404    | {}   |

  @check-19 @spec @clause:3.1.2 @reading:error-body=problem-details
  Scenario Outline: An error without a request body carries problem details
    When GET <path> is sent by a client that takes problem details
    Then the answer is 404
    And the answer carries problem details

    Examples:
      | path                                                |
      | /subscriptions/3f0cb1e5-2d0c-4d0a-9d0b-6a9a0e4d7c11 |
      | /cluster/node/<node>/sync/no-such-state/CurrentState |

  @check-20 @spec @test @clause:table-7 @clause:5.3.1 @reading:missing-resource=status
  Scenario Outline: A resource that is not there is refused with 404, and its consumer is not asked
    When consumer C subscribes to the address <address>
    Then the answer is 404
    And nothing was subscribed
    And consumer C is told nothing

    Examples:
      | address                                             |
      | /cluster/node/<node>/notfound                       |
      | /cluster/node/<node>/sync/ptp-status/no-such-state  |
      | /cluster/node/<node>/sync/ptp-status/lock-stat      |
      | /cluster/node/<node>/sync/ptp-status/lock-states    |
      | /cluster/node/<node>/syn                            |

  @check-20 @spec @clause:4.1.1 @reading:missing-resource=either
  Scenario: A resource that is not there is refused, by the answer or by a request to the endpoint
    When consumer C subscribes to the address /cluster/node/<node>/notfound
    Then the refusal is told by the answer 404 or to consumer C
    And nothing was subscribed

  @check-21 @spec @clause:4.1.1 @clause:table-7
  Scenario Outline: A resource of another node is refused with 404
    When consumer C subscribes to the address <address>
    Then the answer is 404
    And nothing was subscribed

    Examples:
      | address                                               |
      | /cluster/node/no-such-node/sync/ptp-status/lock-state |
      | /cluster/node/<node>2/sync/ptp-status/lock-state      |
      | /cluster/node/<node-prefix>/sync/ptp-status/lock-state |
      | /cluster/node/no-such-*/sync/ptp-status/lock-state    |
      | /./no-such-node/sync/ptp-status/lock-state            |

  @check-22 @spec @test @clause:table-7 @clause:5.3.1
  Scenario: The same address and endpoint cannot be subscribed twice
    Given consumer C is subscribed to lock-state
    When consumer C subscribes to lock-state
    Then the answer is 409
    And nothing was subscribed
    And consumer C is listed once for lock-state
    And consumer C is told nothing

  @check-23 @spec @clause:2 @P31
  Scenario: Two endpoints may subscribe to the same address
    Given consumer A is subscribed to lock-state
    When consumer B subscribes to lock-state
    Then the answer is 201
    And each subscription is listed once, as it was made

  @check-23 @spec @clause:2 @P31
  Scenario: Two endpoints of one host and port may subscribe to the same address
    Given 2 endpoints of consumer C are subscribed to lock-state
    Then each subscription is listed once, as it was made

  @check-23 @spec @clause:2 @P31 @needs:stimulus
  Scenario: A second consumer takes nothing from the first
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to lock-state
    When lock-state becomes FREERUN
    Then consumer A is told that lock-state is FREERUN
    And consumer B is told that lock-state is FREERUN

  @check-33 @spec @clause:5.1.1.2 @P32
  Scenario: A consumer that comes late is told the current state
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    When consumer B subscribes to lock-state
    Then the answer is 201
    And consumer B is told that lock-state is LOCKED

  @check-33 @spec @clause:5.1.1.2 @P32 @needs:stimulus
  Scenario: A consumer that comes after a change is told the latest state, then what follows
    Given lock-state is LOCKED
    And consumer A is subscribed to lock-state
    And lock-state becomes FREERUN
    When consumer B subscribes to lock-state
    And lock-state becomes LOCKED
    Then consumer B is told that lock-state is FREERUN
    And consumer B is told that lock-state is LOCKED
    And consumer B is told nothing more

  @check-24 @dropin @clause:example-consumer-of-cloud-event-proxy
  Scenario: One endpoint may subscribe to all resources at once
    When consumer C subscribes to all seven resources at once
    Then all answers are 201
    And each subscription is listed once, as it was made

  @check-25 @quality @clause:table-7
  Scenario: Of equal requests at once one is answered with 201
    When consumer C subscribes to lock-state 8 times at once
    Then one answer is 201 and the others are 409
    And consumer C is listed once for lock-state

  @check-26 @dropin @clause:sdk-go @P40 @P41
  Scenario Outline: Keys of version 1 of the API, or written otherwise, are refused with 400
    When POST /subscriptions is sent with the body <body>
    Then the answer is 400
    And nothing was subscribed
    And consumer C is told nothing

    Examples:
      | body                                                                                               |
      | {"resource":"/cluster/node/<node>/sync/ptp-status/lock-state","endpointUri":"<endpoint>"}          |
      | {"resourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","endpointUri":"<endpoint>"}   |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","endpointUri":"<endpoint>"}   |
      | {"resource":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri":"<endpoint>"}          |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndPointUri":"<endpoint>"}   |
      | {"ResourceAddress":"/cluster/node/<node>/sync/ptp-status/lock-state","EndpointUri ":"<endpoint>"}  |

  @check-27 @dropin @clause:rest-api-of-redhat-cne @P40
  Scenario Outline: The media type of a request is not asked for
    When consumer C subscribes to lock-state with <media type>
    Then the answer is 201
    And the answer describes the subscription

    Examples:
      | media type                |
      | no media type             |
      | the media type text/plain |

  @check-28 @spec @clause:4.1.1 @clause:table-7 @clause:table-30 @P43 @reading:endpoint-host=localhost
  Scenario Outline: An endpoint on another host than localhost is refused with 400, and nothing is sent to it
    When consumer C subscribes to lock-state under the host <host>
    Then the answer is 400
    And nothing was subscribed
    And consumer C is told nothing

    Examples:
      | host                |
      | 127.0.0.1           |
      | [::1]               |
      | 127.1               |
      | localhost@127.0.0.1 |
      | localhost.invalid   |

  @check-28 @dropin @clause:OpenShift-documentation @reading:endpoint-host=any
  Scenario: An endpoint need not be named localhost
    When consumer C subscribes to lock-state under the host 127.0.0.1
    Then the answer is 201
    And the subscription has the endpoint http://127.0.0.1:<port>/event

  @check-29 @quality @clause:RFC-9110,-15.5.14
  Scenario: A body of 5 MB is refused
    When consumer C subscribes to lock-state in a body of 5 MB
    Then the request is refused for its size
    And nothing was subscribed
    And consumer C is told nothing
