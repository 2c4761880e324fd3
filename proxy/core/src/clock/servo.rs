//! A clock that a servo of linuxptp disciplines: ptp4l from a master, ts2phc from a 1PPS. Lock-state, O-RAN.WG6
//! O-Cloud Notification API v04.00, 7.2.3.3.
//!
//! HOLDOVER is entered from LOCKED only, and ends: in LOCKED by an in-range sample, in FREERUN by an unlocked
//! one, by the end of the process or by its timeout, if it has one.

use super::{ClockState, Figures, OffsetRule, Verdict};
use crate::Mono;
use ptp_lines::Servo;

/// What one sees of such a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Observation {
    /// A sample of the offset.
    Sample(Verdict),
    /// A sample, but not of the source: ptp4l has no path delay, or ts2phc says that it is in holdover.
    Coasting,
    /// The port that followed a master no longer does.
    SourceLost,
    /// The holdover timeout has passed.
    HoldoverExpired,
    /// The process is down.
    ProcessDown,
}

/// One clock.
#[derive(Debug)]
pub(crate) struct ServoClock {
    state: ClockState,
    /// The offset that the next event will carry; none when the process that measures it is down.
    offset_ns: Option<i64>,
    /// End of the holdover: set only while the state is HOLDOVER.
    holdover_until: Option<Mono>,
    figures: Option<Figures>,
}

impl ServoClock {
    pub(crate) const fn new() -> Self {
        Self { state: ClockState::Unknown, offset_ns: None, holdover_until: None, figures: None }
    }

    /// A clock that an earlier run left like this.
    pub(crate) fn recalled(state: ClockState, offset_ns: Option<i64>, holdover_until: Option<Mono>) -> Self {
        Self { state, offset_ns, holdover_until, figures: None }
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

    pub(crate) fn figures(&self) -> Option<Figures> {
        self.figures
    }

    pub(crate) fn measure(&mut self, figures: Figures) {
        self.figures = Some(figures.after(self.figures));
    }

    /// Returns whether the state has changed. `sample_ns` is the offset of a sample; `holdover_end` is when a
    /// holdover that begins now will end, if it ends by itself.
    pub(crate) fn observe(
        &mut self,
        observation: Observation,
        sample_ns: Option<i64>,
        holdover_end: Option<Mono>,
    ) -> bool {
        let (next, rule) = step(self.state, observation);
        self.offset_ns = rule.apply(self.offset_ns, sample_ns);
        self.holdover_until = match next {
            ClockState::Holdover => self.holdover_until.or(holdover_end),
            ClockState::Unknown | ClockState::Freerun | ClockState::Locked => None,
        };
        let changed = next != self.state;
        self.state = next;
        changed
    }

    /// Takes a state by which nobody else goes; returns whether it has changed.
    pub(crate) fn show(&mut self, state: ClockState, offset_ns: i64) -> bool {
        self.offset_ns = Some(offset_ns);
        self.holdover_until = None;
        core::mem::replace(&mut self.state, state) != state
    }

    /// Takes the state that the servo prints, without thresholds and holdover; returns whether it has changed.
    pub(crate) fn take_servo(&mut self, servo: Servo, offset_ns: i64) -> bool {
        let verdict = if servo.is_locked() { Verdict::InRange } else { Verdict::Unlocked };
        self.observe(Observation::Sample(verdict), Some(offset_ns), None)
    }

    /// The port has lost its master, and there is no holdover to count on; returns whether the state has changed.
    pub(crate) fn lose_source(&mut self) -> bool {
        self.observe(Observation::SourceLost, None, None)
            | self.observe(Observation::HoldoverExpired, None, None)
    }
}

/// The state after an observation, and what becomes of the offset.
pub(super) fn step(state: ClockState, observation: Observation) -> (ClockState, OffsetRule) {
    use ClockState::{Freerun, Holdover, Locked, Unknown};
    use Observation::{Coasting, HoldoverExpired, ProcessDown, Sample, SourceLost};
    use OffsetRule::{Forget, Keep, Take};
    use Verdict::{InRange, OutOfRange, Unlocked};
    match (state, observation) {
        (Unknown | Freerun | Locked | Holdover, Sample(InRange)) => (Locked, Take),

        (Unknown | Locked, Sample(OutOfRange)) => (Freerun, Take),
        (Freerun, Sample(OutOfRange)) => (Freerun, Keep),
        // The clock still counts on its stability; the offset that it was locked with stays.
        (Holdover, Sample(OutOfRange)) => (Holdover, Keep),

        (Unknown | Freerun | Locked | Holdover, Sample(Unlocked)) => (Freerun, Take),

        (Unknown | Freerun, Coasting) => (Freerun, Take),
        (Locked | Holdover, Coasting) => (Holdover, Take),

        (Unknown, SourceLost | HoldoverExpired | ProcessDown) => (Unknown, Keep),
        (Freerun, SourceLost | HoldoverExpired) => (Freerun, Keep),
        (Locked | Holdover, SourceLost) => (Holdover, Keep),
        (Locked, HoldoverExpired) => (Locked, Keep),
        (Holdover, HoldoverExpired) => (Freerun, Keep),
        (Freerun | Locked | Holdover, ProcessDown) => (Freerun, Forget),
    }
}
