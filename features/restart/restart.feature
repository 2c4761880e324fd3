Feature: States outlive the proxy
  A crash of the proxy is not an event of a clock: what was known is known again at once, and what happens next is told as
  if nothing had happened.

  @P1
  @req:restart-state-known
  Scenario Outline: After a crash the current state is known before any line comes
    Given an ordinary clock
    And its clocks are locked
    And the clock class is 6
    When the proxy is killed and started again
    Then the current state of <resource> is <value>

    Examples:
      | resource            | value  |
      | lock-state          | LOCKED |
      | os-clock-sync-state | LOCKED |
      | sync-state          | LOCKED |
      | clock-class         | 6      |

  @P1
  @req:restart-nothing-twice
  Scenario: After a crash nothing is told that was told before
    Given an ordinary clock
    And its clocks are locked
    And the clock class is 6
    And consumer A is subscribed to /sync
    When the proxy is killed and started again
    And the daemon replays:
      """
      ptp4l[100.000]: [ptp4l.0.config] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[1700000000]:[ptp4l.0.config] PTP_PROCESS_STATUS:1
      phc2sys[1700000000]:[ptp4l.0.config] PTP_PROCESS_STATUS:1
      ptp4l[1700000000]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6
      """
    And ptp4l reports an offset of 5 ns in s2
    And phc2sys reports an offset of 9 ns in s2
    Then consumer A is told nothing

  @P1
  @req:restart-next-change
  Scenario: After a crash the next change is told
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to lock-state
    When the proxy is killed and started again
    And the grandmaster falls silent
    Then consumer A is told that lock-state of ens1fx/master is HOLDOVER with an offset of 7 ns
    And consumer A is told nothing more

  @req:restart-in-holdover
  Scenario: A holdover goes on over a crash, and ends in its time
    Given an ordinary clock whose holdover lasts 10 seconds
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    And 4 seconds pass
    And the proxy is killed
    When 2 seconds pass and the proxy is started again
    And 3.999999999 seconds pass
    Then consumer A is told nothing
    And the current state of lock-state is HOLDOVER
    When 0.000000001 more seconds pass
    Then consumer A is told that lock-state became FREERUN at 2023-11-14T22:13:30Z

  @req:restart-after-holdover
  Scenario: A holdover that ends while the proxy is away is over when it is back
    Given an ordinary clock whose holdover lasts 10 seconds
    And its PTP clock is locked
    And the grandmaster is silent
    And consumer A is subscribed to lock-state
    And the proxy is killed
    When 3600 seconds pass and the proxy is started again
    Then consumer A is told that lock-state is FREERUN with an offset of 7 ns
    And consumer A is told nothing more
    And the current state of lock-state is FREERUN

  @req:restart-undelivered
  Scenario: A consumer that was away before the crash is told after it
    Given an ordinary clock whose holdover lasts 14400 seconds
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A refuses connections
    When the grandmaster falls silent
    And the proxy is killed and started again
    And consumer A accepts connections again
    And 10 seconds pass 10 times
    Then consumer A is told that lock-state became HOLDOVER at 2023-11-14T22:13:20Z
    And consumer A is told nothing more

  @P1
  @req:restart-stale-replay
  Scenario Outline: An old line that is replayed does not undo what is newer, before a crash or after it
    Given an ordinary clock
    And the daemon has written:
      """
      ptp4l[90.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      ptp4l[95.000]: [ptp4l.0.config] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
      ptp4l[95.062]: [ptp4l.0.config] master offset          7 s2 freq   +1931 path delay       469
      """
    And consumer A is subscribed to lock-state
    When <meanwhile>
    And the daemon replays:
      """
      ptp4l[90.000]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    And ptp4l reports an offset of 5 ns in s2
    Then consumer A is told nothing
    And the current state of lock-state is LOCKED

    Examples:
      | meanwhile                               |
      | 0 seconds pass                          |
      | the proxy is killed and started again   |

  @req:restart-roles
  Scenario: After a crash a port that follows nobody still does not
    Given an ordinary clock whose holdover lasts 14400 seconds
    And its PTP clock is locked
    And the link of the port has gone down
    And consumer A is subscribed to lock-state
    When the proxy is killed and started again
    And ptp4l reports an offset of 5 ns in s2
    Then consumer A is told nothing
    And the metric openshift_ptp_interface_role{iface="ens1f0",node="node1",process="ptp4l"} is 3

  @P5
  @req:restart-late-subscriber
  Scenario: Who subscribes after a crash is told the clock class at once
    Given an ordinary clock
    And the clock class is 6
    When the proxy is killed and started again
    And consumer A subscribes to clock-class
    Then consumer A is told that clock-class is 6

  @req:restart-telecom-grandmaster
  Scenario: A telecom grandmaster is one after a crash, too
    Given a telecom grandmaster
    And the daemon has written:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    And consumer A is subscribed to /sync
    When the proxy is killed and started again
    And the daemon replays:
      """
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    And the daemon writes:
      """
      gnss[1700000001]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      ts2phc[1938.757]: [ts2phc.0.config] ens7f0 offset        500 s0 freq   +1500
      GM[1700000001]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1
      """
    Then consumer A is told that lock-state of ens7fx/master is HOLDOVER
    And consumer A is told that sync-state is HOLDOVER
    And consumer A is told nothing more
