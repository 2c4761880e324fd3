Feature: The current state on request
  Whoever asks is told what a resource is. O-RAN.WG6 O-Cloud Notification API v04.00, clause 6.1.

  @check-50 @spec @test @clause:table-29 @clause:table-32 @clause:5.3.6
  Scenario Outline: The current state of a subscribed resource is one event of it
    Given <resource> is known
    And consumer C is subscribed to <resource>
    When CurrentState of <resource> is requested
    Then the answer is one event of <resource>

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-50 @spec @clause:table-2 @clause:table-29 @reading:subtree-pull=event
  Scenario: The current state of several resources is one event
    Given lock-state is known
    And clock-class is known
    When GET /cluster/node/<node>/sync/ptp-status/CurrentState is sent
    Then the answer is one event with values of lock-state and clock-class

  @check-50 @spec @clause:table-2 @clause:table-29 @reading:subtree-pull=array
  Scenario: The current state of several resources is an array of their events
    Given lock-state is known
    And clock-class is known
    When GET /cluster/node/<node>/sync/ptp-status/CurrentState is sent
    Then the answer is an array with an event of lock-state and one of clock-class

  @check-51 @spec @clause:6.1.1.1 @needs:alone @P38
  Scenario: The current state can be read without a subscription
    Given lock-state is known, and nobody is subscribed
    When CurrentState of lock-state is requested
    Then the answer is one event of lock-state

  @check-52 @spec @test @clause:table-29 @clause:5.3.6
  Scenario Outline: A resource that is not there has no current state
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When GET <path> is sent
    Then the answer is 404

    Examples:
      | path                                                           |
      | /resourceDoesNotExist/CurrentState                             |
      | /cluster/node/<node>/resourceDoesNotExist/CurrentState         |
      | /cluster/node/<node>/sync/ptp-status/lock-stat/CurrentState    |
      | /cluster/node/<node>/sync/ptp-status/lock-state/x/CurrentState |
      | /cluster/node/<node>/CurrentState                              |
      | /CurrentState                                                  |

  @check-52 @check-19 @spec @test @clause:table-29 @clause:5.3.6 @reading:error-body=empty
  Scenario: That a resource is not there is told without a body
    When GET /cluster/node/<node>/resourceDoesNotExist/CurrentState is sent
    Then the answer is 404
    And the answer has no body

  @check-53 @dropin @quality @clause:rest-api-of-redhat-cne @needs:launch @P38
  Scenario Outline: What nothing is known of has no current state
    When CurrentState of <resource> is requested
    Then the answer is 404

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |
      | clock-class         |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-53 @dropin @quality @clause:rest-api-of-redhat-cne @needs:launch @P38
  Scenario Outline: A subscription makes no state of what nothing is known of
    Given consumer C is subscribed to <resource>
    When CurrentState of <resource> is requested
    Then the answer is 404

    Examples:
      | resource         |
      | lock-state       |
      | gnss-sync-status |

  @check-53 @dropin @quality @clause:rest-api-of-redhat-cne @P38
  Scenario Outline: The current state is one of the resource's own, or none
    Given consumer C is subscribed to <resource>
    When CurrentState of <resource> is requested
    Then the answer is 404 or one event of <resource>

    Examples:
      | resource            |
      | gnss-sync-status    |
      | synce-lock-state    |
      | synce-clock-quality |

  @check-54 @spec @clause:6.1
  Scenario Outline: Another node has no current state here
    Given lock-state is known
    When GET <path> is sent
    Then the answer is 404

    Examples:
      | path                                                                |
      | /cluster/node/no-such-node/sync/ptp-status/lock-state/CurrentState  |
      | /cluster/node/<node>2/sync/ptp-status/lock-state/CurrentState       |
      | /cluster/node/<node-prefix>/sync/ptp-status/lock-state/CurrentState |

  @check-55 @dropin @clause:OpenShift-documentation @P39
  Scenario: A slash too many before the address is no obstacle
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When GET //cluster/node/<node>/sync/ptp-status/lock-state/CurrentState is sent and redirects are followed
    Then the answer is one event of lock-state

  @check-56 @spec @clause:table-2 @P39
  Scenario Outline: The current node can be named by a dot
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When GET <path> is sent
    Then the answer is one event of lock-state

    Examples:
      | path                                                |
      | /././sync/ptp-status/lock-state/CurrentState        |
      | /./<node>/sync/ptp-status/lock-state/CurrentState   |

  @check-57 @spec @clause:table-32
  Scenario: As long as nothing changes the current state has the same time
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When CurrentState of lock-state is requested twice while nothing changes
    Then both have the same time and the same values

  @check-57 @spec @clause:table-32 @needs:stimulus
  Scenario: The time of the current state is the time of the change
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When lock-state becomes FREERUN
    And 2 s pass
    Then CurrentState of lock-state has the time of the last notification to consumer C

  @check-58 @quality @clause:6.1.1.1 @needs:stimulus
  Scenario Outline: The current state is what was last told
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then CurrentState of <resource> has the values of the last notification to consumer C

    Examples:
      | resource            | before       | after         |
      | sync-state          | LOCKED       | FREERUN       |
      | lock-state          | LOCKED       | HOLDOVER      |
      | os-clock-sync-state | LOCKED       | FREERUN       |
      | clock-class         | 6            | 7             |
      | gnss-sync-status    | SYNCHRONIZED | FAILURE-NOFIX |
      | synce-lock-state    | LOCKED       | HOLDOVER      |
      | synce-clock-quality | 1            | 15            |

  @check-59 @quality @clause:RFC-9110,-15.5.6
  Scenario Outline: The current state can only be read
    Given lock-state is known
    And consumer C is subscribed to lock-state
    When <method> /cluster/node/<name>/sync/ptp-status/lock-state/CurrentState is sent
    Then the answer is 405

    Examples:
      | method | name   |
      | POST   | <node> |
      | PUT    | <node> |
      | DELETE | <node> |

  @check-50 @quality @clause:6.1.1.1 @P38 @needs:stimulus
  Scenario: Each of many requests during changes is answered with one whole event
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When CurrentState of lock-state is requested 200 times while it changes between LOCKED and FREERUN
    Then all answers are 200
    And each answer is one event of lock-state with the value LOCKED or FREERUN
