Feature: The GNSS receiver
  What the daemon reports of it is the kind of fix and whether it is in use as a source.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.6.

  @req:gnss-notification
  Scenario: The form of the notification
    Given a telecom grandmaster
    And consumer A is subscribed to gnss-sync-status
    When the daemon writes:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      """
    Then consumer A is sent, for gnss-sync-status and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/gnss-status/gnss-sync-status","type":"event.sync.gnss-status.gnss-state-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/ens7fx/master","data_type":"notification","value_type":"enumeration","value":"SYNCHRONIZED"},
        {"ResourceAddress":"/cluster/node/node1/ens7fx/master","data_type":"metric","value_type":"decimal64.3","value":"5"},
        {"ResourceAddress":"/cluster/node/node1/ens7fx/master/gpsFix","data_type":"metric","value_type":"decimal64.3","value":"3"}]}}
      """

  @P15
  @req:gnss-state
  Scenario Outline: The state follows from the fix and its use, and no cause is made up
    Given a telecom grandmaster
    When the daemon writes:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status <fix> offset 5 <used>
      """
    Then the current state of gnss-sync-status is <state>

    Examples:
      | fix | used | state          |
      | 0   | s0   | FAILURE-NOFIX  |
      | 1   | s0   | ACQUIRING-SYNC |
      | 2   | s0   | ACQUIRING-SYNC |
      | 3   | s0   | ACQUIRING-SYNC |
      | 3   | s2   | SYNCHRONIZED   |
      | 4   | s2   | SYNCHRONIZED   |
      | 5   | s2   | SYNCHRONIZED   |

  @req:gnss-acquired
  Scenario: Every step from no fix to a source is told, and no repetition
    Given a telecom grandmaster
    And consumer A is subscribed to gnss-sync-status
    When the daemon writes:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 99999999 s0
      gnss[1700000001]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 99999999 s0
      gnss[1700000002]:[ts2phc.0.config] ens7f0 gnss_status 2 offset 900 s0
      gnss[1700000003]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 250 s0
      gnss[1700000004]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 6 s2
      gnss[1700000005]:[ts2phc.0.config] ens7f0 gnss_status 5 offset 4 s2
      """
    Then consumer A is told that gnss-sync-status is FAILURE-NOFIX with an offset of 99999999 ns
    And consumer A is told that gnss-sync-status is ACQUIRING-SYNC with an offset of 900 ns
    And consumer A is told that gnss-sync-status is SYNCHRONIZED with an offset of 6 ns
    And consumer A is told nothing more
    And the metric openshift_ptp_gnss_status{from="gnss",iface="ens7fx",node="node1",process="gnss"} is 5
    And the metric openshift_ptp_offset_ns{from="gnss",iface="ens7fx",node="node1",process="gnss"} is 4

  @req:gnss-lost
  Scenario: A lost fix and its return are told
    Given a telecom grandmaster
    And the daemon has written:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      """
    And consumer A is subscribed to gnss-sync-status
    When 1.25 seconds pass
    And the daemon writes:
      """
      gnss[1700000001]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 1534 s0
      """
    And 58 seconds pass
    And the daemon writes:
      """
      gnss[1700000059]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 6 s2
      """
    Then consumer A is told that gnss-sync-status became FAILURE-NOFIX at 2023-11-14T22:13:21.25Z
    And consumer A is told that gnss-sync-status became SYNCHRONIZED at 2023-11-14T22:14:19.25Z

  @req:gnss-apart
  Scenario: A receiver without a fix does not lower a clock: that is for the daemon to say
    Given a telecom grandmaster
    And the daemon has written:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      GM[1700000000]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2
      """
    And consumer A is subscribed to lock-state
    And consumer B is subscribed to sync-state
    When the daemon writes:
      """
      gnss[1700000001]:[ts2phc.0.config] ens7f0 gnss_status 0 offset 1534 s0
      """
    Then consumer A is told nothing
    And consumer B is told nothing

  @req:gnss-every-configuration
  Scenario: Receivers and DPLLs of every configuration have their metrics
    Given a telecom grandmaster
    And the daemon has applied a ptp4l.1.config that is:
      """
      #profile: grandmaster
      [global]
      [ens9f0]
      masterOnly 1
      """
    When the daemon writes:
      """
      gnss[1700000000]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2
      dpll[1700000000]:[ts2phc.0.config] ens7f0 frequency_status 3 offset 4 phase_status 3 pps_status 1 s2
      gnss[1700000000]:[ts2phc.1.config] ens9f0 gnss_status 2 offset 5 s0
      dpll[1700000000]:[ts2phc.1.config] ens9f0 frequency_status 1 offset 4 phase_status 1 pps_status 0 s0
      """
    Then the metric openshift_ptp_gnss_status{from="gnss",iface="ens7fx",node="node1",process="gnss"} is 3
    And the metric openshift_ptp_gnss_status{from="gnss",iface="ens9f0",node="node1",process="gnss"} is 2
    And the metric openshift_ptp_frequency_status{from="dpll",iface="ens7fx",node="node1",process="dpll"} is 3
    And the metric openshift_ptp_frequency_status{from="dpll",iface="ens9f0",node="node1",process="dpll"} is 1
