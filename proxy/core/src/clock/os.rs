//! The clock of the operating system, which phc2sys steers: os-clock-sync-state, O-RAN.WG6 O-Cloud
//! Notification API v04.00, 7.2.3.8.
//!
//! It is as good as the worse of its own latest sample and the PTP clock of its configuration. Only a fresh
//! sample raises it; a PTP clock that gets worse lowers it at once.

use super::{ClockState, Figures, OffsetRule, Verdict};
use ptp_lines::OffsetSource;

/// What is seen of the clock of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OsObservation {
    /// A sample of phc2sys, while the PTP clock of the configuration is in this state.
    Sample { verdict: Verdict, ptp: ClockState },
    /// The PTP clock has changed its state; whether its offset is still measured.
    PtpChanged { ptp: ClockState, measured: bool },
    /// phc2sys is down.
    ProcessDown,
}

/// The clock as one configuration's phc2sys sees it.
#[derive(Debug)]
pub(crate) struct OsClock {
    state: ClockState,
    offset_ns: Option<i64>,
    /// Figures against a hardware clock and against another system clock.
    phc: Option<Figures>,
    sys: Option<Figures>,
}

impl OsClock {
    pub(crate) fn new() -> Self {
        Self { state: ClockState::Unknown, offset_ns: None, phc: None, sys: None }
    }

    pub(crate) fn state(&self) -> ClockState {
        self.state
    }

    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.offset_ns
    }

    /// Figures by the label of their source.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (&'static str, Figures)> {
        [("phc", self.phc), ("sys", self.sys)]
            .into_iter()
            .filter_map(|(source, figures)| figures.map(|figures| (source, figures)))
    }

    pub(crate) fn measure(&mut self, source: OffsetSource, figures: Figures) {
        let kept = match source {
            OffsetSource::Phc => &mut self.phc,
            OffsetSource::Sys => &mut self.sys,
        };
        *kept = Some(figures.after(*kept));
    }

    /// Takes a sample of phc2sys; returns whether the state has changed.
    pub(crate) fn sample(&mut self, verdict: Verdict, offset_ns: i64, ptp: ClockState) -> bool {
        self.observe(OsObservation::Sample { verdict, ptp }, Some(offset_ns))
    }

    /// Follows a change of the PTP clock; returns whether the state has changed.
    pub(crate) fn follow(&mut self, ptp: ClockState, measured: bool) -> bool {
        self.observe(OsObservation::PtpChanged { ptp, measured }, None)
    }

    /// phc2sys is down; returns whether the state has changed.
    pub(crate) fn process_down(&mut self) -> bool {
        self.observe(OsObservation::ProcessDown, None)
    }

    fn observe(&mut self, observation: OsObservation, sample_ns: Option<i64>) -> bool {
        let (next, rule) = step(self.state, observation);
        self.offset_ns = rule.apply(self.offset_ns, sample_ns);
        let changed = next != self.state;
        self.state = next;
        changed
    }
}

/// The state after an observation, and what becomes of the offset. A change of state is published.
pub(super) fn step(state: ClockState, observation: OsObservation) -> (ClockState, OffsetRule) {
    use ClockState::{Freerun, Holdover, Locked, Unknown};
    match observation {
        OsObservation::Sample { verdict, ptp } => (after_sample(verdict, ptp), OffsetRule::Take),
        OsObservation::PtpChanged { ptp, measured } => {
            let next = match (state, ptp) {
                (Unknown | Freerun | Locked | Holdover, Unknown | Locked) => state,
                (Unknown | Freerun | Holdover, Holdover) | (Unknown | Freerun, Freerun) => state,
                (Locked, Holdover) => Holdover,
                (Locked | Holdover, Freerun) => Freerun,
            };
            let forget = next != state && !measured;
            (next, if forget { OffsetRule::Forget } else { OffsetRule::Keep })
        }
        OsObservation::ProcessDown => match state {
            Unknown => (Unknown, OffsetRule::Keep),
            Freerun | Locked | Holdover => (Freerun, OffsetRule::Forget),
        },
    }
}

/// The worse of a sample and the PTP clock; without a PTP clock the sample stands alone.
fn after_sample(verdict: Verdict, ptp: ClockState) -> ClockState {
    match verdict {
        Verdict::OutOfRange | Verdict::Unlocked => ClockState::Freerun,
        Verdict::InRange => match ptp {
            ClockState::Unknown | ClockState::Locked => ClockState::Locked,
            ClockState::Holdover => ClockState::Holdover,
            ClockState::Freerun => ClockState::Freerun,
        },
    }
}
