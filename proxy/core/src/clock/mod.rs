//! The kinds of clocks that have a state of their own.
//!
//! Each is a pure step function over (state, observation) with a small struct around it that keeps the latest
//! offset and the measurements. A clock knows neither its name nor who is told about it.

mod os;
mod reported;
mod servo;
#[cfg(test)]
mod tests;

pub(crate) use os::OsClock;
pub(crate) use reported::ReportedClock;
pub(crate) use servo::{Observation, ServoClock};

use crate::{SyncState, Thresholds};
use ptp_lines::{Ppb, Servo};

/// State of a clock, from before its first sample on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockState {
    /// Nothing has been said of it.
    Unknown,
    /// Not synchronized.
    Freerun,
    /// Synchronized within its thresholds.
    Locked,
    /// Was locked and has lost its source.
    Holdover,
}

impl ClockState {
    /// The state as consumers see it: none as long as nothing is known.
    pub(crate) fn published(self) -> Option<SyncState> {
        match self {
            Self::Unknown => None,
            Self::Freerun => Some(SyncState::Freerun),
            Self::Locked => Some(SyncState::Locked),
            Self::Holdover => Some(SyncState::Holdover),
        }
    }
}

impl From<SyncState> for ClockState {
    fn from(state: SyncState) -> Self {
        match state {
            SyncState::Locked => Self::Locked,
            SyncState::Holdover => Self::Holdover,
            SyncState::Freerun => Self::Freerun,
        }
    }
}

/// What a sample says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The servo is locked and the offset is between the thresholds.
    InRange,
    /// The servo is locked and the offset is not between the thresholds.
    OutOfRange,
    /// The servo is not locked.
    Unlocked,
}

impl Verdict {
    pub(crate) fn of(servo: Servo, offset_ns: i64, thresholds: &Thresholds) -> Self {
        if !servo.is_locked() {
            Self::Unlocked
        } else if thresholds.min_offset_ns < offset_ns && offset_ns < thresholds.max_offset_ns {
            Self::InRange
        } else {
            Self::OutOfRange
        }
    }
}

/// What becomes of the offset that the next event will carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OffsetRule {
    /// It stays.
    Keep,
    /// That of the sample replaces it.
    Take,
    /// Nobody measures it any more.
    Forget,
}

impl OffsetRule {
    fn apply(self, kept: Option<i64>, sample: Option<i64>) -> Option<i64> {
        match self {
            Self::Keep => kept,
            Self::Take => sample,
            Self::Forget => None,
        }
    }
}

/// The latest figures of a measurement, for metrics only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    pub(crate) offset_ns: i64,
    pub(crate) max_offset_ns: u64,
    pub(crate) frequency_adjustment: Ppb,
    pub(crate) delay_ns: i64,
}

impl Figures {
    /// Newer figures; the largest offset is that since the start.
    pub(crate) fn after(self, earlier: Option<Self>) -> Self {
        let largest_so_far = earlier.map_or(0, |figures| figures.max_offset_ns);
        Self { max_offset_ns: self.max_offset_ns.max(largest_so_far), ..self }
    }
}
