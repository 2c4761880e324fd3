Feature: A configuration that changes while the proxy runs
  What it does not touch stays as it is: states, subscriptions, connections. It is noticed by the word of the daemon, and
  without it by a look at the files.

  @P45
  @req:configuration-state-kept
  Scenario: A new threshold takes hold, and nothing else changes
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to /sync
    When the daemon applies a profile with a maximum offset of 50 ns
    And ptp4l reports an offset of 49 ns in s2
    Then consumer A is told nothing
    And 1 subscription is listed
    And the metric openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="MaxOffsetThreshold"} is 50

  @P45
  @req:configuration-noticed
  Scenario: Changed files are noticed though nobody says so
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the profile file gets a maximum offset of 50 ns, and nobody says so
    Then the metric openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="MaxOffsetThreshold"} becomes 50
    And consumer A is told nothing
    And the current state of lock-state is LOCKED

  @P45
  @req:configuration-added
  Scenario: A clock that is added is told beside those that were there
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon applies a ptp4l.1.config that is:
      """
      #profile: ordinary-clock
      [global]
      [ens2f0]
      """
    And the daemon writes:
      """
      ptp4l[100.000]: [ptp4l.1.config] master offset          9 s2 freq   +1931 path delay       469
      """
    Then consumer A is told that lock-state of ens2f0/master is LOCKED with an offset of 9 ns
    And consumer A is told nothing more
    And the current state of lock-state of ens1fx/master is LOCKED

  @P45
  @req:configuration-removed
  Scenario: A clock that is removed no longer counts
    Given two boundary clocks
    And the daemon has written:
      """
      ptp4l[100.000]: [ptp4l.0.config] master offset          5 s2 freq   +1931 path delay       469
      ptp4l[100.000]: [ptp4l.1.config] master offset        500 s2 freq   +1931 path delay       469
      """
    And consumer A is subscribed to /sync
    When the daemon no longer has a ptp4l.1.config
    Then consumer A is told that sync-state is LOCKED
    And consumer A is told nothing more
    And the current state of lock-state says nothing of ens2fx
    And no metric speaks of ens2f

  @req:configuration-torn
  Scenario: A profile file that is half written changes nothing
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon applies a profile file that is:
      """
      [{"name":"ordinary-clock","ptpClockThreshold":{"maxOffsetThres
      """
    And ptp4l reports an offset of 99 ns in s2
    Then consumer A is told nothing
    And the metric openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="MaxOffsetThreshold"} is 100

  @req:configuration-nameless-profile
  Scenario: A profile without a name is left out, and the others hold
    Given an ordinary clock
    When the daemon applies a profile file that is:
      """
      [{"ptp4lOpts":"-2 -s"},{"name":"ordinary-clock","ptpClockThreshold":{"maxOffsetThreshold":50}}]
      """
    Then the metric openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="MaxOffsetThreshold"} is 50

  @req:configuration-minimum-omitted
  Scenario: Without a minimum it is -100 ns
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When the daemon applies a profile file that is:
      """
      [{"name":"ordinary-clock","ptpClockThreshold":{"maxOffsetThreshold":100,"holdOverTimeout":5}}]
      """
    And ptp4l reports an offset of -99 ns in s2
    Then consumer A is told nothing
    And the metric openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="MinOffsetThreshold"} is -100

  @req:configuration-unknown-profile
  Scenario: A profile that is not in the file has the defaults, and not those of another
    Given an ordinary clock
    And the daemon has applied a ptp4l.0.config that is:
      """
      #profile: elsewhere
      [global]
      [ens1f0]
      """
    And consumer A is subscribed to lock-state
    When the daemon applies a profile with a maximum offset of 500 ns
    And ptp4l reports an offset of 5 ns in s2
    And ptp4l reports an offset of 150 ns in s2
    Then consumer A is told that lock-state is LOCKED
    And consumer A is told that lock-state is FREERUN with an offset of 150 ns

  @req:configuration-profile-name
  Scenario: The name of a profile is the whole of it
    Given an ordinary clock
    And the daemon has applied a ptp4l.0.config that is:
      """
      #profile: oc.v1 (east)
      [global]
      [ens1f0]
      """
    When the daemon applies a profile file that is:
      """
      [{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":50}},{"name":"oc.v1 (east)","ptpClockThreshold":{"maxOffsetThreshold":200}}]
      """
    And ptp4l reports an offset of 150 ns in s2
    Then the current state of lock-state is LOCKED

  @P26
  @req:configuration-sections
  Scenario: A section that is no port is none
    Given an ordinary clock
    And the daemon has applied a ptp4l.0.config that is:
      """
      #profile: ordinary-clock
      # [a comment]
      [global]
      message_tag [ptp4l.0.config:{level}]
      [unicast_master_table]
      table_id 1
      L2 aa:bb:cc:dd:ee:ff
      [ens1f0]
      unicast_master_table 1
      """
    And its PTP clock is locked
    When the grandmaster falls silent
    Then the current state of lock-state of ens1fx/master is HOLDOVER
    And the metric openshift_ptp_interface_role{iface="ens1f0",node="node1",process="ptp4l"} is 5
    And no metric speaks of unicast_master_table
    And no metric speaks of comment
