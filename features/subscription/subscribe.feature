Feature: Subscribing
  A consumer asks for the changes of a resource and is told at once what it is now.
  O-RAN.WG6 O-Cloud Notification API v04.00, 4.1.1 and 5.1.1.2.

  @P32

  @req:subscribe-initial-state
  Scenario: A new subscriber is told the current state
    Given an ordinary clock
    And its PTP clock is locked
    When consumer A subscribes to lock-state
    Then the answer is 201
    And consumer A is told that lock-state is LOCKED with an offset of 7 ns
    And consumer A is told nothing more

  @req:subscribe-no-data
  Scenario: A subscriber may come before there is anything to tell
    Given an ordinary clock
    When consumer A subscribes to lock-state
    Then the answer is 201
    And consumer A is sent, for lock-state and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/ptp-status/lock-state","type":"event.sync.ptp-status.ptp-state-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/ptp-not-set","data_type":"notification","value_type":"enumeration","value":"FREERUN"},
        {"ResourceAddress":"/cluster/node/node1/ptp-not-set","data_type":"metric","value_type":"decimal64.3","value":"0"}]}}
      """

  @req:subscribe-answer
  Scenario: The answer describes the subscription
    Given an ordinary clock
    When consumer A subscribes to lock-state
    Then the answer is 201
    And the answer names the subscription, its address, its endpoint and where to find it

  @req:subscribe-read
  Scenario: A subscription can be read
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When somebody reads the subscription
    Then the answer is 200
    And 1 subscription is listed

  @req:subscribe-duplicate
  Scenario: The same address and endpoint cannot be subscribed twice
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When consumer A subscribes to lock-state
    Then the answer is 409 with an empty body
    And consumer A is told nothing
    And 1 subscription is listed

  @P31

  @req:subscribe-second-endpoint
  Scenario: Two consumers may subscribe the same resource
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When consumer B subscribes to lock-state
    Then the answer is 201
    And 2 subscriptions are listed

  @req:subscribe-unknown-resource
  Scenario Outline: What can never fire cannot be subscribed
    Given an ordinary clock
    When consumer A subscribes to the address <address>
    Then the answer is 404 with an empty body
    And consumer A is told nothing
    And the list of subscriptions is []

    Examples:
      | address                                          |
      | /cluster/node/node1/sync/ptp-status/no-such-state |
      | /cluster/node/node2/sync/ptp-status/lock-state    |
      | /cluster/node/node1/syn                           |
      | lock-state                                        |

  @req:subscribe-malformed
  Scenario Outline: A request that is no subscription is refused
    Given an ordinary clock
    When somebody posts to the subscriptions:
      """
      <body>
      """
    Then the answer is 400 with an empty body
    And the list of subscriptions is []

    Examples:
      | body                                                                                                 |
      | {                                                                                                    |
      | []                                                                                                   |
      | null                                                                                                 |
      | {"ResourceAddress":"/cluster/node/node1/sync/ptp-status/lock-state"}                                  |
      | {"EndpointUri":"http://127.0.0.1:1/event"}                                                            |
      | {"ResourceAddress":"/cluster/node/node1/sync/ptp-status/lock-state","EndpointUri":"ftp://127.0.0.1/"} |

  @req:subscribe-unconfirmed
  Scenario Outline: An endpoint that does not confirm with 204 is not subscribed
    Given an ordinary clock
    And consumer A answers with <status>
    When consumer A subscribes to lock-state
    Then the answer is 400 with an empty body
    And the list of subscriptions is []

    Examples:
      | status |
      | 200    |
      | 301    |
      | 404    |
      | 503    |

  @req:subscribe-unreachable
  Scenario: An endpoint that refuses the connection is not subscribed
    Given an ordinary clock
    And consumer A refuses connections
    When consumer A subscribes to lock-state
    Then the answer is 400 with an empty body
    And the list of subscriptions is []

  @req:subscribe-hang
  Scenario: An endpoint that takes the connection and never answers is not subscribed
    Given an ordinary clock
    And consumer A no longer answers
    When consumer A subscribes to lock-state
    Then the answer is 400 with an empty body
    And the list of subscriptions is []

  @req:subscribe-addressing
  Scenario Outline: Every way to address the node leads to its events
    Given an ordinary clock
    And its PTP clock is locked
    When consumer A subscribes to the address <address>
    And ptp4l reports an offset of 500 ns in s2
    Then consumer A is told that lock-state is LOCKED
    And consumer A is told that lock-state is FREERUN

    Examples:
      | address                                         |
      | /cluster/node/node1/sync/ptp-status/lock-state  |
      | /cluster/node/node1/sync/ptp-status/lock-state/ |
      | /cluster/node/./sync/ptp-status/lock-state      |
      | /./node1/sync/ptp-status/lock-state             |
      | /././sync/ptp-status/lock-state                 |
      | /cluster/node/*/sync/ptp-status/lock-state      |
      | /cluster/node/node*/sync/ptp-status/lock-state  |
