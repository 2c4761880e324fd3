Feature: Operating the proxy
  What the platform around it looks at.

  @req:operations-health
  Scenario: It is healthy before there is any data
    Given an ordinary clock
    When somebody asks for its health
    Then the answer is 200
    And the body is OK

  @req:operations-publishers
  Scenario: Its publishers are listed
    Given an ordinary clock
    When somebody asks for its publishers
    Then the answer is 200
    And 7 publishers are listed, each with an address of this node and an endpoint

  @req:operations-metrics
  Scenario Outline: Metrics say what the lines said
    Given an ordinary clock
    And its clocks are locked
    When ptp4l reports an offset of -20 ns in s2
    And the clock class becomes 6
    Then the metric <series> is <value>

    Examples:
      | series                                                                                           | value |
      | openshift_ptp_offset_ns{from="master",iface="ens1fx",node="node1",process="ptp4l"}                | -20   |
      | openshift_ptp_offset_ns{from="phc",iface="CLOCK_REALTIME",node="node1",process="phc2sys"}         | 12    |
      | openshift_ptp_clock_state{iface="ens1fx",node="node1",process="ptp4l"}                            | 1     |
      | openshift_ptp_clock_state{iface="CLOCK_REALTIME",node="node1",process="phc2sys"}                  | 1     |
      | openshift_ptp_interface_role{iface="ens1f0",node="node1",process="ptp4l"}                         | 1     |
      | openshift_ptp_threshold{node="node1",profile="ordinary-clock",threshold="HoldOverTimeout"}        | 5     |
      | openshift_ptp_clock_class{config="ptp4l.0.config",node="node1",process="ptp4l"}                   | 6     |

  @P17

  @req:operations-metrics-holdover
  Scenario: The clock state of a clock in holdover is 2
    Given an ordinary clock
    And its PTP clock is locked
    When the grandmaster falls silent
    Then the metric openshift_ptp_clock_state{iface="ens1fx",node="node1",process="ptp4l"} is 2

  @req:operations-terminate
  Scenario: Told to end, it ends well
    Given an ordinary clock
    And consumer A is subscribed to lock-state
    When the proxy is told to end
    Then it ends with exit code 0

  @req:operations-drain
  Scenario: Told to end, it finishes the notification that it has begun
    Given an ordinary clock
    And its PTP clock is locked
    And consumer A is subscribed to lock-state
    And consumer A no longer answers
    When the PTP clock leaves its range and nobody waits
    And the proxy is told to end before consumer A answers the notification in its hands
    Then it ends with exit code 0
    And no notification to consumer A was cut off
    And consumer A is told that lock-state is FREERUN
