Feature: A daemon that reports states
  Instead of lines for others to read, a daemon may report the states that it has derived: newline-delimited JSON as in
  openshift/linuxptp-daemon pkg/ipc/ipc.go, on a socket of its own.

  @req:reports-asked
  Scenario: Whoever connects is asked for everything
    Given an ordinary clock
    When the daemon opens a connection for reports
    Then it is asked for everything that it has to report

  @req:reports-types
  Scenario Outline: Each kind of report is told as its resource
    Given an ordinary clock
    And consumer A is subscribed to <resource>
    When the daemon reports:
      """
      {"version":1,"type":"<type>","timestamp":"2023-11-14T22:13:20Z","profile":"ordinary-clock","iface":"ens1f0","values":<values>}
      """
    Then consumer A is told that <resource> of <subject> is <value>
    And consumer A is told nothing more

    Examples:
      | type                | values                      | resource            | subject        | value          |
      | ptp_state           | {"state":"LOCKED"}          | lock-state          | ens1fx/master  | LOCKED         |
      | os_clock_state      | {"state":"HOLDOVER"}        | os-clock-sync-state | CLOCK_REALTIME | HOLDOVER       |
      | clock_class         | {"clock_class":7}           | clock-class         | ens1fx/master  | 7              |
      | gnss_state          | {"state":"ACQUIRING_SYNC"}  | gnss-sync-status    | ens1fx/master  | ACQUIRING-SYNC |
      | gnss_state          | {"state":"FAILURE_LOW_SNR"} | gnss-sync-status    | ens1fx/master  | FAILURE-LOW-SNR |
      | synce_state         | {"state":"FREERUN"}         | synce-lock-state    | ens1f0         | FREERUN        |
      | synce_clock_quality | {"ql":2,"extended_ql":32}   | synce-clock-quality | ens1f0/Ql      | 2              |

  @P33
  @req:reports-fault
  Scenario: Fault and recovery are told once each
    Given an ordinary clock
    And the daemon has reported:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """
    And consumer A is subscribed to /sync
    When the daemon reports:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"HOLDOVER"}}
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"HOLDOVER"}}
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """
    Then consumer A is told, in this order, of lock-state, sync-state, lock-state, sync-state
    And consumer A is told nothing more

  @req:reports-beside-lines
  Scenario: Lines and reports count together for the node
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to sync-state
    When the daemon reports:
      """
      {"version":1,"type":"os_clock_state","profile":"ordinary-clock","iface":"CLOCK_REALTIME","values":{"state":"FREERUN"}}
      """
    Then consumer A is told that sync-state is FREERUN
    And the current state of lock-state is LOCKED

  @req:reports-cleared
  Scenario: What the daemon takes back is not known any more
    Given an ordinary clock
    And the daemon has reported:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """
    When the daemon reports:
      """
      {"version":1,"type":"cache_clear"}
      """
    Then the current state of lock-state is not known
    And the current state of sync-state is not known

  @req:reports-garbage
  Scenario: What is no report changes nothing, and the next report counts
    Given an ordinary clock
    And consumer A is subscribed to /sync
    When the daemon reports:
      """
      {"version":1,"type":"ptp_state","profile":"ordin
      {"version":2,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      {"version":1,"type":"weather","values":{"state":"LOCKED"}}
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"SPLENDID"}}
      ptp4l[100.000]: [ptp4l.0.config] master offset          5 s2 freq   +1931 path delay       469
      """
    Then consumer A is told nothing
    When the daemon reports:
      """
      {"version":1,"type":"ptp_state","profile":"ordinary-clock","iface":"ens1f0","values":{"state":"LOCKED"}}
      """
    Then consumer A is told that lock-state is LOCKED
