Feature: Whatever comes over the event socket
  The proxy reads what a daemon writes, and outlives what none should write.

  @req:input-garbage
  Scenario: Lines that mean nothing change nothing
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to /sync
    When the daemon writes:
      """

      ptp4l
      ptp4l[100.000]: [ptp4l.0.config]
      ptp4l[100.000]: [ptp4l.0.config] master offset many s2 freq +1 path delay 1
      ptp4l[100.000]: [ens1f0] master offset 500 s2 freq +1 path delay 1
      ptp4l[100.000]: [ptp4l.99999999999999999999.config] master offset 500 s2 freq +1 path delay 1
      CMD NONSENSE
      cmd restart
      """
    And the daemon writes bytes that are no text
    Then consumer A is told nothing
    And the current state of lock-state is LOCKED

  @req:input-after-garbage
  Scenario: A good line after garbage counts
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon writes bytes that are no text
    And ptp4l reports an offset of 500 ns in s2
    Then consumer A is told that lock-state is FREERUN

  @req:input-over-long
  Scenario: A line that is too long is passed over, and the connection lives on
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon writes a line of 1000000 bytes
    And ptp4l reports an offset of 500 ns in s2
    Then consumer A is told that lock-state is FREERUN

  @req:input-torn
  Scenario: A line that arrives in pieces is one line
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And the daemon has written ptp4l[100.000]: [ptp4l.0.config] master off without a line end
    When the daemon writes:
      """
      set        500 s2 freq   +1931 path delay       469
      """
    Then consumer A is told that lock-state is FREERUN with an offset of 500 ns

  @P2

  @req:input-reconnect
  Scenario: After a lost connection the next one counts
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon connects again
    And ptp4l reports an offset of 500 ns in s2
    Then consumer A is told that lock-state is FREERUN

  @P3

  @req:input-reconnect-glue
  Scenario: Half a line is not joined with the first line of the next connection
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And the daemon has written ptp4l[100.000]: [ptp4l.0.config] mas without a line end
    When the daemon connects again
    And ptp4l reports an offset of 500 ns in s2
    Then consumer A is told that lock-state is FREERUN with an offset of 500 ns

  @req:input-level-suffix
  Scenario: A replayed line that still has the level in its tag counts
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon writes:
      """
      ptp4l[72444.514]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)
      """
    Then consumer A is told that lock-state is HOLDOVER

  @req:input-restart-command
  Scenario: CMD RESTART does not end subscriptions
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon says CMD RESTART
    And ptp4l reports an offset of 500 ns in s2
    Then 1 subscription is listed
    And consumer A is told that lock-state is FREERUN

  @req:input-emit-logs
  Scenario: For each connection the daemon is asked for its logs, without which it would hold its lines back
    Given an ordinary clock
    When the daemon connects again
    And the daemon connects again
    Then the daemon has been asked for its logs 3 times
