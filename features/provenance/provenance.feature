Feature: Why a state changed
  The log has one line for each change, with the line of the daemon that made it, and none for a line that made none.

  @req:provenance-line
  Scenario: Each change is logged with the line that made it
    Given an ordinary clock
    And its clocks are locked
    When the grandmaster falls silent
    Then the log says once that lock-state became HOLDOVER, because of:
      """
      ptp4l[100.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      """
    And the log says once that sync-state became HOLDOVER, because of:
      """
      ptp4l[100.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      """
    And the log says once that os-clock-sync-state became HOLDOVER, because of:
      """
      ptp4l[100.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES
      """

  @req:provenance-timeout
  Scenario: A change that no line made says what did
    Given an ordinary clock
    And its PTP clock is locked
    And the grandmaster is silent
    When 5 seconds pass
    Then the log says once that lock-state became FREERUN, because of:
      """
      the holdover timeout has passed
      """

  @req:provenance-handover
  Scenario: A clock that nobody takes over says so
    Given a node that falls back on NTP
    And phc2sys reports an offset of 12 ns in s2
    When phc2sys ends
    And 5 seconds pass
    Then the log says once that os-clock-sync-state became FREERUN, because of:
      """
      nothing has taken over the system clock in time
      """

  @req:provenance-configuration
  Scenario: A change that new files made says so
    Given two boundary clocks
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.0.config] master offset          5 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.1.config] master offset        500 s2 freq   +1931 path delay       469
      """
    When the daemon no longer has a ptp4l.1.config
    Then the log says once that sync-state became LOCKED, because of:
      """
      the configuration of the node has changed
      """

  @req:provenance-report
  Scenario: A change that a report made is logged with the report
    Given an ordinary clock
    When the daemon reports:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """
    Then the log says once that lock-state became LOCKED, because of:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """

  @P36
  @req:provenance-quiet
  Scenario: Lines that change nothing are not logged
    Given an ordinary clock
    And its clocks are locked
    When ptp4l reports an offset of -20 ns in s2, 1000 times
    And the daemon writes bytes that are no text
    Then the log tells of 3 changes
    And the log has no line about ordinary lines
