Feature: Clock class
  The quality of the source, as the daemon reports it. O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.10.

  @req:clock-class-change
  Scenario: A change of the clock class is told
    Given an ordinary clock
    And its PTP clock is locked
    And the clock class is 6
    And consumer A is subscribed to clock-class
    When the clock class becomes 7
    And the clock class becomes 140
    Then consumer A is told that clock-class is 7
    And consumer A is told that clock-class is 140
    And consumer A is told nothing more

  @P33

  @req:clock-class-repeat
  Scenario: A clock class that is only repeated is not told
    Given an ordinary clock
    And its PTP clock is locked
    And the clock class is 6
    And consumer A is subscribed to clock-class
    When the daemon repeats the clock class 6
    Then consumer A is told nothing

  @req:clock-class-apart
  Scenario: The clock class does not change the lock state
    Given an ordinary clock
    And its PTP clock is locked
    And the clock class is 6
    And consumer A is subscribed to lock-state
    When the clock class becomes 248
    Then consumer A is told nothing
    And the current state of lock-state is LOCKED
