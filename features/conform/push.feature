@needs:stimulus
Feature: Notifications
  What is sent when a state changes. O-RAN.WG6 O-Cloud Notification API v04.00, clauses 5.1.1.1 and 7.2.

  @check-60 @spec @clause:3.1.2 @clause:5.1.1.1
  Scenario: A change is posted as one JSON object
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When lock-state becomes FREERUN
    Then consumer C is sent a POST of one JSON object with the content type application/json
    And consumer C is told nothing more

  @check-61 @check-62 @spec @clause:7.2.3
  Scenario Outline: A change has the source and the type of its resource
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then consumer C is sent an event with the source and the type of <resource>

    Examples:
      | resource            | before       | after         |
      | sync-state          | LOCKED       | FREERUN       |
      | lock-state          | LOCKED       | HOLDOVER      |
      | os-clock-sync-state | LOCKED       | FREERUN       |
      | clock-class         | 6            | 7             |
      | gnss-sync-status    | SYNCHRONIZED | FAILURE-NOFIX |
      | synce-lock-state    | LOCKED       | HOLDOVER      |
      | synce-clock-quality | 1            | 15            |

  @check-63 @spec @test @clause:table-35
  Scenario Outline: A change is a well-formed event
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then consumer C is sent a well-formed event of <resource>

    Examples:
      | resource            | before       | after         |
      | sync-state          | LOCKED       | FREERUN       |
      | lock-state          | LOCKED       | HOLDOVER      |
      | os-clock-sync-state | LOCKED       | FREERUN       |
      | clock-class         | 6            | 7             |
      | gnss-sync-status    | SYNCHRONIZED | FAILURE-NOFIX |
      | synce-lock-state    | LOCKED       | HOLDOVER      |
      | synce-clock-quality | 1            | 15            |

  @check-68 @dropin @clause:cloud-event-proxy-manager.go
  Scenario Outline: The addresses of values begin as existing consumers expect
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then consumer C is sent values whose addresses are all below /cluster/node and the node

    Examples:
      | resource            | before       | after         |
      | sync-state          | LOCKED       | FREERUN       |
      | lock-state          | LOCKED       | HOLDOVER      |
      | clock-class         | 6            | 7             |
      | gnss-sync-status    | SYNCHRONIZED | FAILURE-NOFIX |
      | synce-clock-quality | 1            | 15            |

  @check-64 @spec @clause:table-36 @clause:table-37
  Scenario Outline: The state of a clock is a notification with one of three values
    Given <resource> is LOCKED
    And consumer C is subscribed to <resource>
    When <resource> becomes FREERUN
    Then consumer C is sent for <resource> the notification of the enumeration value FREERUN

    Examples:
      | resource            |
      | sync-state          |
      | lock-state          |
      | os-clock-sync-state |

  @check-65 @spec @clause:table-39
  Scenario: The lock state of Synchronous Ethernet is a notification with one of three values
    Given synce-lock-state is LOCKED
    And consumer C is subscribed to synce-lock-state
    When synce-lock-state becomes HOLDOVER
    Then consumer C is sent for synce-lock-state the notification of the enumeration value HOLDOVER

  @check-66 @spec @clause:table-40
  Scenario Outline: The state of a GNSS receiver is one of nine values, with hyphens
    Given gnss-sync-status is <before>
    And consumer C is subscribed to gnss-sync-status
    When gnss-sync-status becomes <after>
    Then consumer C is sent for gnss-sync-status the notification of the enumeration value <after>

    Examples:
      | before       | after          |
      | SYNCHRONIZED | FAILURE-NOFIX  |
      | SYNCHRONIZED | ACQUIRING-SYNC |

  @check-67 @spec @clause:7.2.3.10 @reading:code-value-type=metric
  Scenario Outline: A clock class and a quality are metrics of the type metric
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then consumer C is sent for <resource> the metric <after> of the type metric

    Examples:
      | resource            | before | after |
      | clock-class         | 6      | 7     |
      | synce-clock-quality | 1      | 15    |

  @check-67 @dropin @clause:sdk-go-event_unmarshal.go @reading:code-value-type=decimal64.3
  Scenario Outline: A clock class and a quality are metrics of the type that sdk-go reads
    Given <resource> is <before>
    And consumer C is subscribed to <resource>
    When <resource> becomes <after>
    Then consumer C is sent for <resource> the metric <after> of the type decimal64.3

    Examples:
      | resource            | before | after |
      | clock-class         | 6      | 7     |
      | synce-clock-quality | 1      | 15    |

  @check-69 @spec @clause:table-31 @clause:table-32
  Scenario: The time of an event is that of the change, in UTC
    Given lock-state is LOCKED
    And consumer C is subscribed to lock-state
    When lock-state becomes FREERUN
    Then consumer C is sent for lock-state a time in UTC that is within 1 second of the change

  @check-70 @spec @clause:table-32
  Scenario: No two events have the same source and id
    Given sync-state is LOCKED
    And consumer C is subscribed to lock-state
    And consumer C is subscribed to sync-state
    When sync-state goes to FREERUN and back 25 times
    Then consumer C is sent 100 events, no two with the same source and id

  @check-71 @P33 @dropin @clause:FUNC-TGM005-R5
  Scenario Outline: A state that is only reported again is not told
    Given <resource> is <state>
    And consumer C is subscribed to <resource>
    When <resource> is reported again 10 times
    Then consumer C is told nothing

    Examples:
      | resource            | state        |
      | lock-state          | LOCKED       |
      | os-clock-sync-state | LOCKED       |
      | clock-class         | 6            |
      | gnss-sync-status    | SYNCHRONIZED |
      | synce-lock-state    | LOCKED       |
      | synce-clock-quality | 1            |

  @check-72 @dropin @clause:clock-requirements-12.5
  Scenario: The state of the node is the worst of its clocks, whichever changes
    Given sync-state is LOCKED
    And consumer C is subscribed to sync-state
    When os-clock-sync-state becomes FREERUN
    Then consumer C is told that sync-state is FREERUN
    When os-clock-sync-state becomes LOCKED
    Then consumer C is told that sync-state is LOCKED
    When lock-state becomes HOLDOVER
    Then consumer C is told that sync-state is HOLDOVER
    And consumer C is told nothing more

  @check-73 @dropin @clause:clock-requirements-12.5 @clause:table-37
  Scenario Outline: The system clock is not locked to a clock that is not
    Given sync-state is LOCKED
    And consumer C is subscribed to os-clock-sync-state
    And consumer D is subscribed to lock-state
    When lock-state becomes <state>
    Then consumer D is told that lock-state is <state>
    And the current state of os-clock-sync-state is not LOCKED

    Examples:
      | state    |
      | HOLDOVER |
      | FREERUN  |

  @check-74 @dropin @clause:clock-requirements-12.5
  Scenario: Each change of the clock class is told, and is no change of the lock state
    Given lock-state is LOCKED
    And clock-class is 6
    And consumer C is subscribed to clock-class
    And consumer D is subscribed to lock-state
    When clock-class becomes 7
    And clock-class becomes 140
    Then consumer C is told that clock-class is 7
    And consumer C is told that clock-class is 140
    And consumer C is told nothing more
    And consumer D is told nothing
