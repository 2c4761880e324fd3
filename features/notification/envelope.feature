Feature: The form of notifications
  CloudEvents as consumers of redhat-cne/cloud-event-proxy read them.
  O-RAN.WG6 O-Cloud Notification API v04.00, 7.2 and 7.2.3.

  @req:notification-lock-state
  Scenario: A change of the lock state
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    When 1.5 seconds pass
    And the grandmaster falls silent
    Then consumer A is sent, for lock-state and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/ptp-status/lock-state","type":"event.sync.ptp-status.ptp-state-change",
       "time":"2023-11-14T22:13:21.5Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/ens1fx/master","data_type":"notification","value_type":"enumeration","value":"HOLDOVER"},
        {"ResourceAddress":"/cluster/node/node1/ens1fx/master","data_type":"metric","value_type":"decimal64.3","value":"7"}]}}
      """

  @req:notification-os-clock
  Scenario: A change of the clock of the operating system
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to os-clock-sync-state
    When phc2sys reports an offset of -600 ns in s2
    Then consumer A is sent, for os-clock-sync-state and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/sync-status/os-clock-sync-state",
       "type":"event.sync.sync-status.os-clock-sync-state-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/CLOCK_REALTIME","data_type":"notification","value_type":"enumeration","value":"FREERUN"},
        {"ResourceAddress":"/cluster/node/node1/CLOCK_REALTIME","data_type":"metric","value_type":"decimal64.3","value":"-600"}]}}
      """

  @req:notification-sync-state
  Scenario: A change of the state of the node
    Given an ordinary clock
    And its clocks are locked
    And consumer A is subscribed to sync-state
    When ptp4l reports an offset of 500 ns in s2
    Then consumer A is sent, for sync-state and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/sync-status/sync-state",
       "type":"event.sync.sync-status.synchronization-state-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/sync/sync-status/sync-state","data_type":"notification","value_type":"enumeration","value":"FREERUN"}]}}
      """

  @req:notification-clock-class
  Scenario: A change of the clock class
    Given an ordinary clock
    And its PTP clock is locked
    And the clock class is 6
    And consumer A is subscribed to clock-class
    When the clock class becomes 7
    Then consumer A is sent, for clock-class and apart from its id:
      """
      {"specversion":"1.0","source":"/sync/ptp-status/clock-class","type":"event.sync.ptp-status.ptp-clock-class-change",
       "time":"2023-11-14T22:13:20Z","data":{"version":"1.0","values":[
        {"ResourceAddress":"/cluster/node/node1/ens1fx/master","data_type":"metric","value_type":"decimal64.3","value":"7"}]}}
      """
