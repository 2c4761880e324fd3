//! The plug-in `ntpfailover` of linuxptp-daemon (`addons/generic/ntpfailover.go`): which of phc2sys and chronyd steers the
//! clock of the operating system.

use crate::{NtpFailoverSetup, ProcessProgram, Setup, SimTime};

/// What the plug-in wants done to a process of its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Start(ProcessProgram),
    Stop(ProcessProgram),
}

/// Who steers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Both may run; nothing has been ordered yet.
    Startup,
    /// phc2sys.
    Active,
    /// chronyd.
    Failover,
}

/// The plug-in for one profile.
#[derive(Debug)]
pub(super) struct NtpFailover {
    setup: NtpFailoverSetup,
    state: State,
    /// Until when ts2phc counts as having its source.
    expiry: SimTime,
}

impl NtpFailover {
    /// None if the profile does without.
    pub(super) fn new(setup: &Setup, profile: usize) -> Option<Self> {
        let profile = setup.profiles.get(profile)?;
        let failover = profile.chronyd.as_ref()?.failover?;
        profile.phc2sys.as_ref()?;
        let expiry = SimTime::START.after_ns(failover.startup_delay_ns);
        Some(Self { setup: failover, state: State::Startup, expiry })
    }

    /// A process of the profile has printed a line. Time counts only when ts2phc prints one.
    pub(super) fn heard(&mut self, now: SimTime, program: ProcessProgram, text: &str) -> Vec<Order> {
        let by_ts2phc = program == ProcessProgram::Ts2phc;
        if by_ts2phc && has_source(text) {
            self.expiry = now.after_ns(self.setup.ts2phc_tolerance_ns);
        }
        let mut orders = Vec::new();
        if self.state == State::Failover && by_ts2phc && now < self.expiry {
            self.state = State::Startup;
        }
        if self.state == State::Startup {
            orders.extend([Order::Stop(ProcessProgram::Chronyd), Order::Start(ProcessProgram::Phc2sys)]);
            self.state = State::Active;
        }
        if self.state == State::Active {
            if by_ts2phc && now > self.expiry {
                orders.extend([Order::Start(ProcessProgram::Chronyd), Order::Stop(ProcessProgram::Phc2sys)]);
                self.state = State::Failover;
            } else if program == ProcessProgram::Chronyd && is_starting(text) {
                orders.push(Order::Stop(ProcessProgram::Chronyd));
            }
        }
        orders
    }
}

/// `offset .*s3 freq`
fn has_source(text: &str) -> bool {
    text.split_once("offset ").is_some_and(|(_, rest)| rest.contains("s3 freq"))
}

/// `chronyd .* starting`
fn is_starting(text: &str) -> bool {
    text.split_once("chronyd ").is_some_and(|(_, rest)| rest.contains(" starting"))
}

#[cfg(test)]
mod tests {
    use super::{NtpFailover, Order};
    use crate::{ProcessProgram, Setup, SimTime};

    const CHRONYD: ProcessProgram = ProcessProgram::Chronyd;
    const PHC2SYS: ProcessProgram = ProcessProgram::Phc2sys;
    const TS2PHC: ProcessProgram = ProcessProgram::Ts2phc;
    const STABLE: &str = "ts2phc[9.1]: [ts2phc.0.config] ens7f0 offset         -2 s3 freq   +1500";
    const NO_SOURCE: &str = "ts2phc[9.1]: [ts2phc.0.config] source ts not valid";
    const STARTING: &str = "2026-11-22T12:21:50Z chronyd version 4.3 starting (+CMDMON)";

    fn at(s: u64) -> SimTime {
        SimTime::from_s(s)
    }

    #[test]
    fn phc2sys_steers_until_ts2phc_has_been_without_its_source_for_five_seconds() {
        let mut failover = NtpFailover::new(&Setup::ntp_failover(), 0).unwrap();
        let to_phc2sys = [Order::Stop(CHRONYD), Order::Start(PHC2SYS)];
        let to_chronyd = [Order::Start(CHRONYD), Order::Stop(PHC2SYS)];
        assert_eq!(failover.heard(at(20), TS2PHC, STABLE), to_phc2sys);
        assert_eq!(failover.heard(at(25), TS2PHC, NO_SOURCE), [], "not later than 20 + 5");
        assert_eq!(failover.heard(at(40), PHC2SYS, "any line"), [], "only ts2phc counts");
        assert_eq!(failover.heard(at(41), TS2PHC, NO_SOURCE), to_chronyd);
        assert_eq!(failover.heard(at(41), CHRONYD, STARTING), [], "it may run now");
        assert_eq!(failover.heard(at(60), TS2PHC, NO_SOURCE), []);
        assert_eq!(failover.heard(at(61), TS2PHC, STABLE), to_phc2sys);
    }

    #[test]
    fn the_start_has_a_grace_of_ninety_seconds() {
        let mut failover = NtpFailover::new(&Setup::ntp_failover(), 0).unwrap();
        failover.heard(at(1), TS2PHC, NO_SOURCE);
        assert_eq!(failover.heard(at(90), TS2PHC, NO_SOURCE), []);
        assert_eq!(failover.heard(at(91), TS2PHC, NO_SOURCE), [Order::Start(CHRONYD), Order::Stop(PHC2SYS)]);
    }

    #[test]
    fn a_chronyd_that_starts_out_of_turn_is_stopped_again() {
        let mut failover = NtpFailover::new(&Setup::ntp_failover(), 0).unwrap();
        failover.heard(at(20), TS2PHC, STABLE);
        assert_eq!(failover.heard(at(21), CHRONYD, STARTING), [Order::Stop(CHRONYD)]);
    }
}
