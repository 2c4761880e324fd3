Feature: The start of a telecom boundary clock
  Its processes start one after another, and the order is not always the same.

  @P16
  @req:tbc-start-order
  Scenario Outline: In whatever order the processes start, the node ends up locked
    Given a telecom boundary clock
    When the daemon writes:
      """
      <first>
      <second>
      <third>
      """
    And the daemon writes:
      """
      phc2sys[101.000]: [ptp4l.1.config] CLOCK_REALTIME phc offset         9 s2 freq  -12024 delay    522
      """
    Then the current state of lock-state of ens4fx/master is LOCKED
    And the current state of os-clock-sync-state is LOCKED
    And the current state of sync-state is LOCKED
    And no metric of the node has an empty label

    Examples:
      | first | second | third |
      | T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2 | ptp4l[100.000]: [ptp4l.1.config] master offset -2 s2 freq -2 path delay 1590 | phc2sys[100.000]: [ptp4l.1.config] CLOCK_REALTIME phc offset 12 s2 freq -12024 delay 522 |
      | ptp4l[100.000]: [ptp4l.1.config] master offset -2 s2 freq -2 path delay 1590 | ts2phc[100.000]: [ts2phc.1.config] ens4f0 offset 3 s2 freq +3 | T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2 |
      | phc2sys[100.000]: [ptp4l.1.config] CLOCK_REALTIME phc offset 12 s2 freq -12024 delay 522 | ts2phc[100.000]: [ts2phc.1.config] ens4f0 offset 300 s0 freq +3 | T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2 |
      | ts2phc[100.000]: [ts2phc.1.config] ens4f0 offset 3 s2 freq +3 | T-BC[1700000000]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2 | ptp4l[100.000]: [ptp4l.1.config] master offset -2 s0 freq -2 path delay 1590 |

  @req:tbc-class-taken-over
  Scenario: When the boundary clock takes over, it announces its class afresh
    Given a telecom boundary clock
    And consumer A is subscribed to clock-class
    When the daemon writes:
      """
      ptp4l[1700000000]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 248
      T-BC[1700000001]:[ts2phc.1.config] ens4f0 offset 99999999999 T-BC-STATUS s0
      ptp4l[1700000001]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 248
      ptp4l[1700000002]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 248
      """
    Then consumer A is told that clock-class of ens4fx/master is 248
    And consumer A is told that clock-class of ens4fx/master is 248
    And consumer A is told nothing more
