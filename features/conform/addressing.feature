Feature: Addressing
  Which events an address stands for. O-RAN.WG6 O-Cloud Notification API v04.00, clause 3.1.4, tables 1 and 2.

  @check-82 @spec @clause:table-2 @needs:stimulus
  Scenario: Who has subscribed to one resource is told nothing of others
    Given clock-class is 6
    And consumer C is subscribed to lock-state
    And consumer W is subscribed to clock-class
    When clock-class becomes 7
    Then consumer W is told that clock-class is 7
    And consumer C is told nothing

  @check-82 @spec @clause:table-2 @needs:stimulus
  Scenario: Resources whose names end alike are different ones
    Given synce-lock-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer W is subscribed to synce-lock-state
    When synce-lock-state becomes HOLDOVER
    Then consumer W is told that synce-lock-state is HOLDOVER
    And consumer C is told nothing

  @check-83 @spec @clause:table-2 @needs:stimulus
  Scenario Outline: A subscription to all of a node's synchronization is told of each resource
    Given <resource> is <before>
    And consumer C is subscribed to the address /cluster/node/<name>/sync
    When <resource> becomes <after>
    Then consumer C is told that <resource> is <after>

    Examples:
      | name   | resource            | before       | after         |
      | <node> | sync-state          | LOCKED       | FREERUN       |
      | <node> | lock-state          | LOCKED       | FREERUN       |
      | <node> | os-clock-sync-state | LOCKED       | FREERUN       |
      | <node> | clock-class         | 6            | 7             |
      | <node> | gnss-sync-status    | SYNCHRONIZED | FAILURE-NOFIX |
      | <node> | synce-lock-state    | LOCKED       | HOLDOVER      |
      | <node> | synce-clock-quality | 1            | 15            |

  @check-83 @spec @clause:table-2 @needs:stimulus
  Scenario: A subscription to a parent is told of what is below it
    Given lock-state is LOCKED
    And clock-class is 6
    And consumer C is subscribed to the address /cluster/node/<node>/sync/ptp-status
    When lock-state becomes FREERUN
    And clock-class becomes 7
    Then consumer C is told that lock-state is FREERUN
    And consumer C is told that clock-class is 7

  @check-83 @spec @clause:table-2 @needs:stimulus
  Scenario: A subscription to a parent is told nothing of what is beside it
    Given gnss-sync-status is SYNCHRONIZED
    And consumer C is subscribed to the address /cluster/node/<node>/sync/ptp-status
    And consumer W is subscribed to gnss-sync-status
    When gnss-sync-status becomes FAILURE-NOFIX
    Then consumer W is told that gnss-sync-status is FAILURE-NOFIX
    And consumer C is told nothing

  @check-83 @spec @clause:table-2 @P33 @needs:stimulus
  Scenario: A narrower subscription beside a broader one of the same consumer brings no event twice
    Given clock-class is 6
    And consumer C is subscribed to the address /cluster/node/<node>/sync
    And consumer C is subscribed to clock-class
    When clock-class becomes 7
    Then consumer C is told that clock-class is 7
    And consumer C is told nothing more

  @check-84 @spec @clause:table-2 @needs:stimulus
  Scenario Outline: A pattern that the node's name matches stands for the node
    Given lock-state is LOCKED
    And consumer C is subscribed to the address <address>
    When lock-state becomes FREERUN
    Then consumer C is told that lock-state is FREERUN

    Examples:
      | address                                              |
      | /cluster/node/*/sync/ptp-status/lock-state           |
      | /cluster/node/<node-prefix>*/sync/ptp-status/lock-state |
      | /cluster/node/<node>*/sync/ptp-status/lock-state     |

  @check-85 @spec @clause:table-2 @needs:stimulus
  Scenario Outline: A dot stands for the current node
    Given lock-state is LOCKED
    And consumer C is subscribed to the address <address>
    When lock-state becomes FREERUN
    Then consumer C is told that lock-state is FREERUN

    Examples:
      | address                              |
      | /././sync/ptp-status/lock-state      |
      | /./<node>/sync/ptp-status/lock-state |
      | /./*/sync/ptp-status/lock-state      |

  @check-86 @spec @clause:4.1.2.1 @P39 @needs:stimulus
  Scenario: A slash at the end of an address does not count
    Given lock-state is LOCKED
    And consumer C is subscribed to the address /cluster/node/<node>/sync/ptp-status/lock-state/
    When lock-state becomes FREERUN
    Then consumer C is told that lock-state is FREERUN

  @check-87 @quality @clause:2 @P39 @needs:stimulus
  Scenario Outline: An address is refused, or its events are told
    Given lock-state is LOCKED
    When consumer C tries to subscribe to the address <address>
    And lock-state becomes FREERUN
    Then consumer C was refused with 404 or is told that lock-state is FREERUN

    Examples:
      | address                                                      |
      | /cluster/node/<node>/sync/ptp-status/lock-state              |
      | /sync/ptp-status/lock-state                                  |
      | sync/ptp-status/lock-state                                   |
      | cluster/node/<node>/sync/ptp-status/lock-state               |
      | foo/sync/ptp-status/lock-state                               |
      | //cluster/node/<node>/sync/ptp-status/lock-state             |
      | /cluster/node/<node>//sync/ptp-status/lock-state             |
      | /cluster/node/<node>/sync/ptp-status/lock-state//            |
      | /cluster/node/<node>/sync/ptp-status/lock-state/extra        |
      | /cluster/node/<node>/sync/ptp-status/lock-state?key=value    |
      | /cluster/node/<node>/sync/ptp-status/lock-state/CurrentState |
      | /cluster/node/<node>/sync/ptp-status/LOCK-STATE              |
      | /cluster/node/<node>/x/sync/ptp-status/lock-state            |
      | /cluster/node/no-such-node/sync/ptp-status/lock-state        |
      | /cluster/site/<node>/sync/ptp-status/lock-state              |
      | /other/node/<node>/sync/ptp-status/lock-state                |
      | /./sync/ptp-status/lock-state                                |
      | /./<node>/./sync/ptp-status/lock-state                       |
      | /cluster/node/<node>/../<node>/sync/ptp-status/lock-state    |
      | /cluster/node/<node>/sync/*/lock-state                       |
      | /cluster/node/<node>                                         |
      | /cluster/node/<node>/                                        |
      | /                                                            |

  @check-87 @quality @clause:table-2 @P39 @needs:stimulus
  Scenario Outline: An address of another resource is refused, or brings nothing of this one
    Given lock-state is LOCKED
    And consumer W is subscribed to lock-state
    When consumer C tries to subscribe to the address <address>
    And lock-state becomes HOLDOVER
    Then consumer W is told that lock-state is HOLDOVER
    And consumer C is told nothing

    Examples:
      | address                                                |
      | /cluster/node/<node>/sync/ptp-status/lock              |
      | /cluster/node/<node>/sync/ptp-status/lock-state-x      |
      | /cluster/node/<node>2/sync/ptp-status/lock-state       |
      | /cluster/node/<node>/sync/gnss-status                  |
