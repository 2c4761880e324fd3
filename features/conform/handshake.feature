Feature: Initial notification
  Before a subscription is made its consumer is sent the current state, and confirms with 204.
  O-RAN.WG6 O-Cloud Notification API v04.00, clauses 4.1.1 and 5.1.1.2.

  @check-30 @spec @clause:5.1.1.2
  Scenario: The consumer is sent one notification before the subscription is answered
    When consumer C subscribes to lock-state
    Then the answer is 201
    And consumer C was sent 1 notification, before the answer

  @check-31 @spec @test @clause:table-32 @clause:7.2.2
  Scenario Outline: The initial notification is an event of the subscribed resource
    When consumer C subscribes to <resource>
    Then the answer is 201
    And consumer C is sent a well-formed event of <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-32 @spec @clause:7.2.3
  Scenario Outline: The initial notification has the source and the type of its resource
    When consumer C subscribes to <resource>
    Then the answer is 201
    And consumer C is sent an event with the source and the type of <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-33 @P32 @spec @clause:5.1.1.2
  Scenario Outline: The initial notification says what the current state is
    Given <resource> is known
    When consumer C subscribes to <resource>
    Then the answer is 201
    And consumer C is sent the current state of <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-34 @spec @quality @clause:table-40
  Scenario Outline: Where nothing is known the initial notification is legal and says so
    Given <resource> is not known
    When consumer C subscribes to <resource>
    Then the answer is 201
    And consumer C is sent a placeholder for <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-35 @spec @clause:table-24
  Scenario Outline: Success other than 204 does not confirm
    Given consumer C answers with <status>
    When consumer C subscribes to lock-state
    Then the answer is 400
    And consumer C is not subscribed

    Examples:
      | status |
      | 200    |
      | 201    |
      | 202    |

  @check-36 @spec @clause:5.1.1.2
  Scenario Outline: An error does not confirm
    Given consumer C answers with <status>
    When consumer C subscribes to lock-state
    Then the answer is 400
    And consumer C is not subscribed

    Examples:
      | status |
      | 400    |
      | 404    |
      | 408    |
      | 500    |
      | 503    |

  @check-37 @spec @quality @clause:5.1.1.2
  Scenario Outline: A consumer that does not answer is refused within 5 seconds
    Given consumer C <conduct>
    When consumer C subscribes to lock-state
    Then the answer is 400
    And the answer came within 5 seconds
    And consumer C is not subscribed

    Examples:
      | conduct                            |
      | takes requests and never answers   |
      | answers byte by byte for ever      |
      | accepts connections, reads nothing |

  @check-38 @spec @clause:5.1.1.2
  Scenario Outline: A consumer that breaks the connection is refused
    Given consumer C <conduct>
    When consumer C subscribes to lock-state
    Then the answer is 400
    And consumer C is not subscribed

    Examples:
      | conduct                        |
      | refuses connections            |
      | resets connections             |
      | resets connections in a request |
      | closes without an answer       |
      | answers with garbage           |

  @check-39 @spec @quality @clause:table-24
  Scenario Outline: A redirection does not confirm and is not followed
    Given consumer C sends requests on to consumer D with <status>
    When consumer C subscribes to lock-state
    Then the answer is 400
    And consumer D was sent 0 notifications
    And consumer C is not subscribed

    Examples:
      | status |
      | 301    |
      | 302    |
      | 307    |
      | 308    |

  @check-40 @spec @clause:5.1.1.2 @needs:stimulus
  Scenario: A change during the handshake is not lost
    Given lock-state is LOCKED
    When consumer C subscribes to lock-state, which becomes FREERUN before it confirms
    Then the answer is 201
    And the last thing that consumer C is told of lock-state is FREERUN
