//! The clock that a ptp4l process disciplines: lock-state, O-RAN.WG6 O-Cloud Notification API v04.00,
//! 7.2.3.3.
//!
//! HOLDOVER is entered from LOCKED only, and always ends: in LOCKED by an in-range sample, in FREERUN by an
//! unlocked one, by the end of the process or by its timeout.

use super::{ClockState, Figures, OffsetRule, Verdict};
use crate::Mono;

/// What a ptp4l process lets one see of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PtpObservation {
    /// A sample of the offset, with its path delay.
    Sample(Verdict),
    /// A sample without path delay: the master is heard but not measured.
    NoPathDelay,
    /// The port that followed a master no longer does.
    SourceLost,
    /// The holdover timeout has passed.
    HoldoverExpired,
    /// The process is down.
    ProcessDown,
}

/// One clock.
#[derive(Debug)]
pub(crate) struct PtpClock {
    state: ClockState,
    /// The offset that the next event will carry; none when the process that measures it is down.
    offset_ns: Option<i64>,
    /// End of the holdover: set exactly while the state is HOLDOVER.
    holdover_until: Option<Mono>,
    /// Index of the port that the clock follows or has followed last, which names it.
    pub(crate) port: Option<usize>,
    pub(crate) figures: Option<Figures>,
}

impl PtpClock {
    pub(crate) fn new() -> Self {
        Self { state: ClockState::Unknown, offset_ns: None, holdover_until: None, port: None, figures: None }
    }

    pub(crate) fn state(&self) -> ClockState {
        self.state
    }

    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.offset_ns
    }

    pub(crate) fn holdover_until(&self) -> Option<Mono> {
        self.holdover_until
    }

    /// Returns whether the state has changed. `sample_ns` is the offset of a sample; `holdover_end` is when a
    /// holdover that begins now will end.
    pub(crate) fn observe(
        &mut self,
        observation: PtpObservation,
        sample_ns: Option<i64>,
        holdover_end: Mono,
    ) -> bool {
        let (next, rule) = step(self.state, observation);
        self.offset_ns = rule.apply(self.offset_ns, sample_ns);
        self.holdover_until =
            (next == ClockState::Holdover).then(|| self.holdover_until.unwrap_or(holdover_end));
        let changed = next != self.state;
        self.state = next;
        changed
    }
}

/// The state after an observation, and what becomes of the offset. A change of state is published.
pub(super) fn step(state: ClockState, observation: PtpObservation) -> (ClockState, OffsetRule) {
    use ClockState::{Freerun, Holdover, Locked, Unknown};
    use OffsetRule::{Forget, Keep, Take};
    use PtpObservation::{HoldoverExpired, NoPathDelay, ProcessDown, Sample, SourceLost};
    use Verdict::{InRange, OutOfRange, Unlocked};
    match (state, observation) {
        (Unknown | Freerun | Locked | Holdover, Sample(InRange)) => (Locked, Take),

        (Unknown | Locked, Sample(OutOfRange)) => (Freerun, Take),
        (Freerun, Sample(OutOfRange)) => (Freerun, Keep),
        // The clock still counts on its stability; the offset that it was locked with stays.
        (Holdover, Sample(OutOfRange)) => (Holdover, Keep),

        (Unknown | Freerun | Locked | Holdover, Sample(Unlocked)) => (Freerun, Take),

        (Unknown | Freerun, NoPathDelay) => (Freerun, Take),
        (Locked | Holdover, NoPathDelay) => (Holdover, Take),

        (Unknown, SourceLost | HoldoverExpired | ProcessDown) => (Unknown, Keep),
        (Freerun, SourceLost | HoldoverExpired) => (Freerun, Keep),
        (Locked | Holdover, SourceLost) => (Holdover, Keep),
        (Locked, HoldoverExpired) => (Locked, Keep),
        (Holdover, HoldoverExpired) => (Freerun, Keep),
        (Freerun | Locked | Holdover, ProcessDown) => (Freerun, Forget),
    }
}
