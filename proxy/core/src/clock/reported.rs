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
    /// The offset that the next event will carry; none when nobody measures it.
    offset_ns: Option<i64>,
    /// The latest that was reported, for metrics.
    reported_ns: Option<i64>,
    /// The interface that names it.
    interface: String,
    /// Second of UNIX time of the latest report.
    said_s: Option<u64>,
    /// Reports up to this second of UNIX time are from before the end of a process that the clock cannot do without.
    void_until_s: Option<u64>,
    /// An earlier run has left it, so that the daemon may repeat what that run has heard.
    is_recalled: bool,
}

impl ReportedClock {
    pub(crate) fn new(interface: &str, state: ClockState, offset_ns: Option<i64>) -> Self {
        let interface = interface.to_string();
        Self {
            state,
            offset_ns,
            reported_ns: offset_ns,
            interface,
            said_s: None,
            void_until_s: None,
            is_recalled: false,
        }
    }

    /// A clock that an earlier run left like this.
    pub(crate) fn recalled(self, void_until_s: Option<u64>) -> Self {
        Self { void_until_s, is_recalled: true, ..self }
    }

    pub(crate) fn state(&self) -> ClockState {
        self.state
    }

    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.offset_ns
    }

    pub(crate) fn reported_ns(&self) -> Option<i64> {
        self.reported_ns
    }

    pub(crate) fn interface(&self) -> &str {
        &self.interface
    }

    /// Reports up to this second of UNIX time say nothing when they are repeated to the next run.
    pub(crate) fn void_until_s(&self) -> Option<u64> {
        self.void_until_s
    }

    /// Whether a report of this second of UNIX time repeats what no longer holds.
    pub(crate) fn is_repeated(&self, said_s: Option<u64>) -> bool {
        self.is_recalled && said_s.is_some() && said_s <= self.void_until_s
    }

    /// A report of this second of UNIX time has been taken.
    pub(crate) fn heard(&mut self, said_s: Option<u64>) {
        self.said_s = said_s;
        self.is_recalled = false;
    }

    /// Takes a report; returns whether the state has changed.
    pub(crate) fn report(&mut self, interface: &str, state: ClockState, offset_ns: Option<i64>) -> bool {
        if self.interface != interface {
            self.interface = interface.to_string();
        }
        self.offset_ns = offset_ns;
        self.reported_ns = offset_ns;
        let changed = self.state != state;
        self.state = state;
        changed
    }

    /// A process that the clock cannot do without is down; returns whether the state has changed.
    pub(crate) fn process_down(&mut self) -> bool {
        let changed = self.state != ClockState::Freerun;
        self.state = ClockState::Freerun;
        if changed {
            self.void_until_s = self.said_s.or(self.void_until_s);
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
