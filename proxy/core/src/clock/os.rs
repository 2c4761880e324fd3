//! The clock of the operating system: os-clock-sync-state, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.8.
//!
//! One process steers it at a time. phc2sys does from a hardware clock: then it is as good as the worse of the
//! latest sample and the PTP clock behind it, only a fresh sample raises it, and a PTP clock that gets worse
//! lowers it at once. chronyd takes over when phc2sys is down: then chronyd's words decide. Between the two the
//! clock keeps its state for a bounded time, the handover.

use super::{ClockState, Figures, OffsetRule, Verdict};
use crate::{Mono, NtpSource, RememberedOs, Steering, Utc};
use ptp_lines::OffsetSource;

/// What is seen of the clock of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OsObservation {
    /// A sample of phc2sys, while the PTP clock behind it is in this state.
    Sample { verdict: Verdict, ptp: ClockState },
    /// A sample of phc2sys that does not say how long it took to read the clock: existing consumers take it for one of
    /// a clock that coasts.
    Coasting { ptp: ClockState },
    /// The PTP clock has changed its state; whether its offset is still measured.
    PtpChanged { ptp: ClockState, measured: bool },
    /// phc2sys is down.
    Phc2sysDown(Fallback),
    /// chronyd has selected a source, or has none to select.
    Chronyd(NtpSource),
    /// chronyd is down.
    ChronydDown,
    /// Nothing has taken over in time.
    HandoverExpired,
}

/// What there is beside phc2sys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// Nothing.
    None,
    /// chronyd, which has not spoken since it was last down.
    Silent,
    /// chronyd, and this is the latest that it has said.
    Heard(NtpSource),
}

/// The clock.
#[derive(Debug)]
pub(crate) struct OsClock {
    state: ClockState,
    steering: Steering,
    offset_ns: Option<i64>,
    /// End of the handover: set exactly while another process is awaited.
    handover_until: Option<Mono>,
    /// What chronyd has said since it was last down.
    chronyd: Option<NtpSource>,
    /// What each process last made of the clock, for metrics.
    by_phc2sys: ClockState,
    by_chronyd: ClockState,
    /// Figures of phc2sys by its source.
    phc: Option<Figures>,
    sys: Option<Figures>,
    pps: Option<Figures>,
}

impl OsClock {
    pub(crate) const fn new() -> Self {
        Self {
            state: ClockState::Unknown,
            steering: Steering::Nobody,
            offset_ns: None,
            handover_until: None,
            chronyd: None,
            by_phc2sys: ClockState::Unknown,
            by_chronyd: ClockState::Unknown,
            phc: None,
            sys: None,
            pps: None,
        }
    }

    /// A clock that an earlier run left like this.
    pub(crate) fn recalled(
        state: ClockState,
        offset_ns: Option<i64>,
        from: &RememberedOs,
        handover_until: Option<Mono>,
    ) -> Self {
        let known = |state: Option<_>| state.map_or(ClockState::Unknown, ClockState::from);
        Self {
            state,
            steering: from.steered_by,
            offset_ns,
            handover_until,
            chronyd: from.ntp_source,
            by_phc2sys: known(from.by_phc2sys),
            by_chronyd: known(from.by_chronyd),
            ..Self::new()
        }
    }

    /// What it needs, beside its state and offset, to go on. `handover_ends` is [`Self::handover_until`].
    pub(crate) fn remembered(&self, handover_ends: Option<Utc>) -> RememberedOs {
        RememberedOs {
            steered_by: self.steering,
            handover_ends,
            ntp_source: self.chronyd,
            by_phc2sys: self.by_phc2sys.published(),
            by_chronyd: self.by_chronyd.published(),
        }
    }

    pub(crate) fn state(&self) -> ClockState {
        self.state
    }

    pub(crate) fn steering(&self) -> Steering {
        self.steering
    }

    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.offset_ns
    }

    /// What chronyd has said since it was last down.
    pub(crate) fn ntp_source(&self) -> Option<NtpSource> {
        self.chronyd
    }

    pub(crate) fn handover_until(&self) -> Option<Mono> {
        self.handover_until
    }

    /// What each process last made of the clock.
    pub(crate) fn states(&self) -> [(&'static str, ClockState); 2] {
        [("phc2sys", self.by_phc2sys), ("chronyd", self.by_chronyd)]
    }

    /// Figures by the label of their source.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (&'static str, Figures)> {
        [("phc", self.phc), ("sys", self.sys), ("pps", self.pps)]
            .into_iter()
            .filter_map(|(source, figures)| figures.map(|figures| (source, figures)))
    }

    pub(crate) fn measure(&mut self, source: OffsetSource, figures: Figures) {
        let kept = match source {
            OffsetSource::Phc => &mut self.phc,
            OffsetSource::Sys => &mut self.sys,
            OffsetSource::Pps => &mut self.pps,
        };
        *kept = Some(figures.after(*kept));
    }

    /// Takes a sample of phc2sys; returns whether the state has changed.
    pub(crate) fn sample(&mut self, verdict: Verdict, offset_ns: i64, ptp: ClockState) -> bool {
        self.observe(OsObservation::Sample { verdict, ptp }, Some(offset_ns), None)
    }

    /// Takes a sample of phc2sys that lacks its delay; returns whether the state has changed.
    pub(crate) fn coast(&mut self, offset_ns: i64, ptp: ClockState) -> bool {
        self.observe(OsObservation::Coasting { ptp }, Some(offset_ns), None)
    }

    /// Follows a change of the PTP clock; returns whether the state has changed.
    pub(crate) fn follow(&mut self, ptp: ClockState, measured: bool) -> bool {
        self.observe(OsObservation::PtpChanged { ptp, measured }, None, None)
    }

    /// phc2sys is down; returns whether the state has changed. `handover_end` is when a handover that begins now
    /// will end.
    pub(crate) fn phc2sys_down(&mut self, has_chronyd: bool, handover_end: Mono) -> bool {
        let fallback = match (has_chronyd, self.chronyd) {
            (false, _) => Fallback::None,
            (true, None) => Fallback::Silent,
            (true, Some(source)) => Fallback::Heard(source),
        };
        self.observe(OsObservation::Phc2sysDown(fallback), Some(NTP_OFFSET_NS), Some(handover_end))
    }

    /// chronyd has spoken of its sources; returns whether the state has changed.
    pub(crate) fn chronyd(&mut self, source: NtpSource) -> bool {
        self.chronyd = Some(source);
        self.by_chronyd = of_ntp(source);
        self.observe(OsObservation::Chronyd(source), Some(NTP_OFFSET_NS), None)
    }

    /// chronyd is down; returns whether the state has changed.
    pub(crate) fn chronyd_down(&mut self, handover_end: Mono) -> bool {
        self.chronyd = None;
        self.observe(OsObservation::ChronydDown, None, Some(handover_end))
    }

    /// The handover has ended and nothing has taken over; returns whether the state has changed.
    pub(crate) fn handover_expired(&mut self) -> bool {
        self.observe(OsObservation::HandoverExpired, None, None)
    }

    fn observe(
        &mut self,
        observation: OsObservation,
        sample_ns: Option<i64>,
        handover_end: Option<Mono>,
    ) -> bool {
        let (next, steering, rule) = step(self.state, self.steering, observation);
        self.offset_ns = rule.apply(self.offset_ns, sample_ns);
        self.steering = steering;
        self.handover_until = match steering {
            Steering::Awaited => self.handover_until.or(handover_end),
            Steering::Nobody | Steering::Phc2sys | Steering::Chronyd => None,
        };
        let changed = next != self.state;
        self.state = next;
        match steering {
            Steering::Phc2sys => self.by_phc2sys = next,
            // Nothing steers the clock: whoever did has to answer for it.
            Steering::Nobody => {
                for by in [&mut self.by_phc2sys, &mut self.by_chronyd] {
                    *by = if *by == ClockState::Unknown { ClockState::Unknown } else { next };
                }
            }
            Steering::Chronyd | Steering::Awaited => {}
        }
        changed
    }
}

/// chronyd does not print an offset; existing consumers get this one.
const NTP_OFFSET_NS: i64 = 0;

/// The state after an observation, who steers then, and what becomes of the offset.
pub(super) fn step(
    state: ClockState,
    steering: Steering,
    observation: OsObservation,
) -> (ClockState, Steering, OffsetRule) {
    use OffsetRule::{Forget, Keep, Take};
    use OsObservation::{Chronyd, ChronydDown, Coasting, HandoverExpired, Phc2sysDown, PtpChanged, Sample};
    use Steering::{Awaited, Nobody, Phc2sys};
    match (steering, observation) {
        // A servo that is not locked yet does not take the clock from chronyd.
        (Steering::Chronyd, Sample { verdict: Verdict::Unlocked, .. } | Coasting { .. })
            if state == ClockState::Locked =>
        {
            (state, steering, Keep)
        }
        (Nobody | Phc2sys | Steering::Chronyd | Awaited, Sample { verdict, ptp }) => {
            (after_sample(verdict, ptp), Phc2sys, Take)
        }

        (Nobody | Phc2sys | Steering::Chronyd | Awaited, Coasting { ptp }) => {
            (after_coasting(state, ptp), Phc2sys, Take)
        }

        (Phc2sys, PtpChanged { ptp, measured }) => {
            let next = lowered_by(ptp, state);
            (next, Phc2sys, if next != state && !measured { Forget } else { Keep })
        }
        (Nobody | Steering::Chronyd | Awaited, PtpChanged { .. }) => (state, steering, Keep),

        (Phc2sys, Phc2sysDown(Fallback::None)) => (ClockState::Freerun, Nobody, Forget),
        (Phc2sys, Phc2sysDown(Fallback::Silent)) => (state, Awaited, Keep),
        (Phc2sys, Phc2sysDown(Fallback::Heard(source))) => (of_ntp(source), Steering::Chronyd, Take),
        (Nobody | Steering::Chronyd | Awaited, Phc2sysDown(_)) => (state, steering, Keep),

        (Phc2sys, Chronyd(_)) => (state, Phc2sys, Keep),
        (Nobody | Steering::Chronyd | Awaited, Chronyd(source)) => (of_ntp(source), Steering::Chronyd, Take),

        (Steering::Chronyd, ChronydDown) => (state, Awaited, Keep),
        (Nobody | Phc2sys | Awaited, ChronydDown) => (state, steering, Keep),

        (Awaited, HandoverExpired) => (ClockState::Freerun, Nobody, Forget),
        (Nobody | Phc2sys | Steering::Chronyd, HandoverExpired) => (state, steering, Keep),
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

/// HOLDOVER from LOCKED only, and never better than the PTP clock.
fn after_coasting(state: ClockState, ptp: ClockState) -> ClockState {
    match (state, ptp) {
        (ClockState::Unknown | ClockState::Freerun, _) | (_, ClockState::Freerun) => ClockState::Freerun,
        (ClockState::Locked | ClockState::Holdover, _) => ClockState::Holdover,
    }
}

/// What a PTP clock in this state leaves of the clock.
fn lowered_by(ptp: ClockState, state: ClockState) -> ClockState {
    use ClockState::{Freerun, Holdover, Locked, Unknown};
    match (state, ptp) {
        (Unknown | Freerun | Locked | Holdover, Unknown | Locked) => state,
        (Unknown | Freerun | Holdover, Holdover) | (Unknown | Freerun, Freerun) => state,
        (Locked, Holdover) => Holdover,
        (Locked | Holdover, Freerun) => Freerun,
    }
}

fn of_ntp(source: NtpSource) -> ClockState {
    match source {
        NtpSource::Selected => ClockState::Locked,
        NtpSource::Missing => ClockState::Freerun,
    }
}
