//! A clock whose state the daemon derives: the telecom grandmaster and the telecom boundary clock.
//!
//! The daemon sees the DPLLs and the GNSS receiver and decides; its word is taken as it is.

use super::{ClockState, OffsetRule};
use alloc::string::{String, ToString};
use ptp_lines::ReportedState;

/// One such clock.
#[derive(Debug)]
pub(crate) struct ReportedClock {
    state: ClockState,
    offset_ns: Option<i64>,
    /// The interface that names it.
    interface: String,
    /// Second of UNIX time of the latest report.
    said_s: Option<u64>,
    /// Reports up to this second of UNIX time are from before the end of a process that the clock cannot do without.
    void_until_s: Option<u64>,
    /// An earlier run has left it, so that the daemon may repeat what that run has heard.
    is_recalled: bool,
}

/// A report of the daemon.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status<'a> {
    pub(crate) interface: &'a str,
    pub(crate) state: ClockState,
    pub(crate) offset_ns: Option<i64>,
    /// Second of UNIX time, if it has one.
    pub(crate) said_s: Option<u64>,
}

impl ReportedClock {
    pub(crate) fn new(status: Status<'_>) -> Self {
        Self {
            state: status.state,
            offset_ns: status.offset_ns,
            interface: status.interface.to_string(),
            said_s: status.said_s,
            void_until_s: None,
            is_recalled: false,
        }
    }

    /// A clock that an earlier run left like this.
    pub(crate) fn recalled(status: Status<'_>, void_until_s: Option<u64>) -> Self {
        Self { void_until_s, is_recalled: true, ..Self::new(status) }
    }

    pub(crate) fn state(&self) -> ClockState {
        self.state
    }

    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.offset_ns
    }

    pub(crate) fn interface(&self) -> &str {
        &self.interface
    }

    /// Reports up to this second of UNIX time say nothing when they are repeated.
    pub(crate) fn void_until_s(&self) -> Option<u64> {
        self.void_until_s
    }

    /// Takes a report; returns whether the state has changed.
    pub(crate) fn report(&mut self, status: Status<'_>) -> bool {
        if self.is_recalled && status.said_s.is_some() && status.said_s <= self.void_until_s {
            return false;
        }
        if self.interface != status.interface {
            self.interface = status.interface.to_string();
        }
        self.offset_ns = status.offset_ns;
        self.said_s = status.said_s;
        self.void_until_s = None;
        let changed = self.state != status.state;
        self.state = status.state;
        changed
    }

    /// A process that the clock cannot do without is down; returns whether the state has changed.
    pub(crate) fn process_down(&mut self) -> bool {
        let changed = self.state != ClockState::Freerun;
        self.state = ClockState::Freerun;
        if changed {
            self.void_until_s = self.said_s;
        }
        self.offset_ns = OffsetRule::Forget.apply(self.offset_ns, None);
        changed
    }
}

impl ClockState {
    /// The state that a word of the daemon means. Existing consumers take every other word for free-running
    /// (`redhat-cne/cloud-event-proxy logparser.go`, `GetSyncState`), and so does this.
    pub(crate) fn of_word(word: ReportedState<'_>) -> Self {
        match word {
            ReportedState::S2 => Self::Locked,
            ReportedState::S1 => Self::Holdover,
            ReportedState::S0 | ReportedState::Other(_) => Self::Freerun,
        }
    }
}
