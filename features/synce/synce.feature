Feature: Synchronous Ethernet
  Where the frequency of a card comes from, and how good it is. O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.9 and
  7.2.3.11.

  @req:synce-notification
  Scenario: The form of a change of the lock state
    Given a node with Synchronous Ethernet
    And consumer A is subscribed to synce-lock-state
    When the daemon writes:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2
      """
    Then consumer A is sent, for synce-lock-state and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/synce-status/lock-state","type":"event.sync.synce-status.synce-state-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/synce1/ens7f0","data_type":"notification","value_type":"enumeration","value":"LOCKED"}]}}
      """

  @req:synce-quality-notification
  Scenario: The form of a change of the quality
    Given a node with Synchronous Ethernet
    And consumer A is subscribed to synce-clock-quality
    When the daemon writes:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2
      """
    Then consumer A is sent, for synce-clock-quality and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/synce-status/clock-quality","type":"event.sync.synce-status.synce-clock-quality-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/synce1/ens7f0/Ql","data_type":"metric","value_type":"decimal64.3","value":"1"},
        {"ResourceAddress":"/cluster/node/node1/synce1/ens7f0/extQl","data_type":"metric","value_type":"decimal64.3","value":"32"}]}}
      """

  @P33
  @req:synce-holdover
  Scenario: Holdover and return are told once each, however often the daemon repeats them
    Given a node with Synchronous Ethernet
    And the daemon has written:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2
      """
    And consumer A is subscribed to synce-lock-state
    When the daemon writes:
      """
      synce4l[1700000001]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1
      synce4l[1700000002]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1
      synce4l[1700000003]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED_HO_ACQ network_option 2 s2
      synce4l[1700000004]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2
      """
    Then consumer A is told that synce-lock-state of synce1/ens7f0 is HOLDOVER
    And consumer A is told that synce-lock-state of synce1/ens7f0 is LOCKED
    And consumer A is told nothing more

  @req:synce-degraded
  Scenario: A source of lower quality is told, and a better one
    Given a node with Synchronous Ethernet
    And the daemon has written:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2
      """
    And consumer A is subscribed to synce-clock-quality
    When the daemon writes:
      """
      synce4l[1700000001]:[synce4l.0.config] ens7f0 clock_quality DUS device synce1 ext_ql 0xff network_option 2 ql 0xf s2
      synce4l[1700000002]:[synce4l.0.config] ens7f0 clock_quality DUS device synce1 ext_ql 0xff network_option 2 ql 0xf s2
      synce4l[1700000003]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 network_option 2 ql 0x1 s2
      """
    Then consumer A is told that synce-clock-quality of synce1/ens7f0/Ql is 15
    And consumer A is told that synce-clock-quality of synce1/ens7f0/Ql is 1
    And consumer A is told nothing more

  @req:synce-quality-before-state
  Scenario: A quality that comes before the first state counts
    Given a node with Synchronous Ethernet
    And consumer A is subscribed to synce-clock-quality
    When the daemon writes:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 network_option 2 ql 0x1
      """
    Then consumer A is told that synce-clock-quality of synce1/ens7f0/Ql is 1

  @req:synce-ports-apart
  Scenario: Each port of a device has a state of its own
    Given a node with Synchronous Ethernet
    When the daemon writes:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2
      synce4l[1700000000]:[synce4l.0.config] ens7f1 device synce1 eec_state EEC_FREERUN network_option 2 s0
      """
    Then the current state of synce-lock-state of synce1/ens7f0 is LOCKED
    And the current state of synce-lock-state of synce1/ens7f1 is FREERUN

  @req:synce-raw-lines
  Scenario: What synce4l says itself changes nothing
    Given a node with Synchronous Ethernet
    And consumer A is subscribed to /sync
    When the daemon writes:
      """
      synce4l[627602.540]: [synce4l.0.config] EEC_HOLDOVER on synce1
      synce4l[627602.593]: [synce4l.0.config] act on EEC_HOLDOVER for ens7f0
      synce4l[627602.593]: [synce4l.0.config] tx_rebuild_tlv: attached new TLV, QL=0xf on ens7f0
      """
    Then consumer A is told nothing

  @req:synce-metrics
  Scenario Outline: Metrics say what the lines said of Synchronous Ethernet
    Given a node with Synchronous Ethernet
    When the daemon writes:
      """
      synce4l[1700000000]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2
      synce4l[1700000000]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2
      """
    Then the metric <series> is <value>

    Examples:
      | series | value |
      | openshift_ptp_clock_state{iface="ens7f0",node="node1",process="synce4l"} | 1 |
      | openshift_ptp_synce_clock_quality{device="synce1",iface="ens7f0",network_option="2",node="node1",process="synce4l",profile="synce4l.0.config"} | 33 |
      | openshift_ptp_synce_ssm_ql{device="synce1",iface="ens7f0",network_option="2",node="node1",process="synce4l",profile="synce4l.0.config",ql_type="SSM"} | 1 |
