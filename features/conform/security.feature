Feature: Security
  Who may change something, and what is not for anybody outside.

  @check-94 @quality @clause:RFC-9110
  Scenario: An event with a number for a value breaks no connection
    When the event of a number is posted to /create/event
    Then it was answered
    When GET /subscriptions is sent
    Then the answer is 200

  @check-95 @P42 @quality @clause:rest-api-server.go
  Scenario Outline: Routes for internal use are closed to other machines
    Given the subject serves other machines too
    When <method> <path> is sent from another address
    Then it was refused
    And the publishers are as before

    Examples:
      | method | path                                                       |
      | POST   | /create/event                                              |
      | POST   | /publishers                                                |
      | DELETE | /publishers                                                |
      | DELETE | /publishers/:publisher                                     |
      | POST   | /log                                                       |
      | PUT    | /subscriptions/status/33333333-3333-4333-8333-333333333333 |

  @check-95 @P42 @quality @clause:rest-api-server.go
  Scenario: Nobody on another machine can make up an event
    Given the subject serves other machines too
    And consumer C is subscribed to lock-state
    When an event of lock-state is posted to /create/event from another address
    Then it was refused
    And consumer C is told nothing

  @check-96 @P42 @spec @quality @clause:3.1.3 @clause:RFC-9110-11.6.1 @needs:launch
  Scenario Outline: Nothing is changed without credentials where they are demanded
    Given changes demand <credentials>
    When somebody without credentials sends <method> <path>
    Then the answer is 401
    And the answer has the header WWW-Authenticate
    And consumer C is told nothing

    Examples:
      | credentials               | method | path                |
      | a certificate             | POST   | /subscriptions      |
      | a certificate             | DELETE | /subscriptions      |
      | a certificate             | DELETE | /subscriptions/none |
      | a token                   | POST   | /subscriptions      |
      | a token                   | DELETE | /subscriptions      |
      | a token                   | DELETE | /subscriptions/none |
      | a certificate and a token | POST   | /subscriptions      |
      | a certificate and a token | DELETE | /subscriptions      |
      | a certificate and a token | DELETE | /subscriptions/none |

  @check-96 @P42 @dropin @clause:ptp-daemon.yaml @needs:launch
  Scenario Outline: Reading takes no credentials
    Given changes demand a certificate and a token
    When somebody without credentials sends GET <path>
    Then the answer is 200

    Examples:
      | path           |
      | /health        |
      | /subscriptions |

  @check-96 @check-98 @P42 @quality @clause:RFC-5280-4.2.1.12 @needs:launch
  Scenario Outline: Whoever has what is demanded may subscribe
    Given changes demand <credentials>
    When somebody with <credentials> subscribes consumer C to lock-state
    Then the answer is 201
    And consumer C was sent 1 notification

    Examples:
      | credentials               |
      | a certificate             |
      | a token                   |
      | a certificate and a token |

  @check-96 @P42 @quality @clause:RFC-6750 @needs:launch
  Scenario Outline: One of two credentials is not enough
    Given changes demand a certificate and a token
    When somebody with <credentials> subscribes consumer C to lock-state
    Then the answer is 401
    And the answer has the header WWW-Authenticate
    And consumer C is told nothing

    Examples:
      | credentials   |
      | a certificate |
      | a token       |

  @check-97 @P42 @quality @clause:RFC-7519-7.2 @needs:launch
  Scenario Outline: A token that is not good opens nothing
    Given changes demand a token
    When somebody with a token <fault> subscribes consumer C to lock-state
    Then the answer is <status>
    And the answer has the header WWW-Authenticate
    And consumer C is told nothing

    Examples:
      | fault                      | status |
      | that a stranger has signed | 401    |
      | that nobody has signed     | 401    |
      | that was changed           | 401    |
      | that has expired           | 401    |
      | of another issuer          | 401    |
      | for somebody else          | 401    |
      | without the scope          | 403    |

  @check-98 @P42 @quality @clause:RFC-5280 @needs:launch
  Scenario Outline: A certificate that is not good opens nothing
    Given changes demand a certificate
    When somebody with a certificate <fault> subscribes consumer C to lock-state
    Then it was refused, or the connection was
    And consumer C is told nothing
    When somebody with a certificate subscribes consumer D to lock-state
    Then the answer is 201

    Examples:
      | fault                |
      | of another authority |
      | that has expired     |
      | for servers only     |

  @check-98 @P42 @quality @clause:RFC-5280-6.1 @needs:launch
  Scenario: A client certificate of an authority below the trusted one is good
    Given changes demand a certificate
    When somebody with a certificate of an intermediate authority subscribes consumer C to lock-state
    Then the answer is 201
