//! Which clocks stand for a configuration, and what lines make of them: one fold for each topology.
//!
//! ```text
//! ordinary clock, boundary clock, dual follower   the clock that ptp4l disciplines
//! ts2phc alone, before a T-GM has its status      each clock that ts2phc disciplines
//! T-GM with any number of cards                   the daemon's T-GM status
//! T-BC, T-TSC                                     the daemon's T-BC status
//! PTP-HA, dual NIC, chronyd                       several configurations: see [`os_bound`] and `clock/os.rs`
//! ```

use crate::ClockName;
use crate::clock::{ClockState, Observation, ReportedClock, ServoClock, Verdict};
use crate::instance::Instance;
use crate::interface::Interfaces;
use crate::{Mono, ProfileKind, Reading, Thresholds};
use alloc::string::ToString;
use alloc::vec::Vec;
use ptp_lines::{ReportedState, Servo};

/// The clocks of a configuration, but for that of the operating system.
#[derive(Debug)]
pub(crate) struct Clocks {
    pub(crate) topology: Topology,
    /// The clock that ptp4l disciplines.
    pub(crate) ptp4l: ServoClock,
    /// Those that ts2phc disciplines, and what is known beside.
    pub(crate) interfaces: Interfaces,
}

/// What the lines of a configuration add up to.
#[derive(Debug)]
pub(crate) enum Topology {
    /// Each clock stands for itself.
    Direct,
    /// A telecom grandmaster whose status has been reported.
    Grandmaster(ReportedClock),
    /// A telecom boundary clock: by its profile, or because its status has been reported.
    BoundaryClock(Option<ReportedClock>),
}

/// What a line tells of a clock.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fact<'a> {
    /// ptp4l has measured the offset from its master.
    MasterSample { servo: Servo, offset_ns: i64, has_path_delay: bool },
    /// The port that followed a master no longer does.
    SourceLost,
    /// The holdover timeout has passed.
    HoldoverExpired,
    /// ts2phc has measured the offset of an interface, which is in the table.
    PpsSample { interface: &'a str, servo: Servo, offset_ns: i64, holdover: bool },
    /// The daemon's view of the telecom grandmaster.
    GrandmasterStatus { interface: &'a str, state: ReportedState<'a> },
    /// The daemon's view of the telecom boundary clock.
    BoundaryClockStatus { interface: &'a str, state: ReportedState<'a>, offset_ns: i64 },
    /// ptp4l is down.
    Ptp4lDown,
    /// ts2phc is down.
    Ts2phcDown,
}

/// A clock that stands for a configuration: its lock-state is published, and counts for the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MainClock {
    pub(crate) name: ClockName,
    pub(crate) state: ClockState,
    pub(crate) offset_ns: i64,
    /// Whether the offset is one that somebody measures.
    pub(crate) is_measured: bool,
}

impl Clocks {
    pub(crate) fn new(kind: &ProfileKind) -> Self {
        let topology = match kind {
            ProfileKind::Clock | ProfileKind::HighAvailability { .. } => Topology::Direct,
            ProfileKind::TelecomBoundaryClock => Topology::BoundaryClock(None),
        };
        Self { topology, ptp4l: ServoClock::new(), interfaces: Interfaces::default() }
    }

    /// Takes in a fact; returns whether the state of a clock has changed.
    pub(crate) fn apply(&mut self, fact: Fact<'_>, thresholds: &Thresholds, now: Mono) -> bool {
        match fact {
            Fact::MasterSample { servo, offset_ns, has_path_delay } => {
                self.master_sample(servo, offset_ns, has_path_delay, (thresholds, now))
            }
            Fact::SourceLost => match self.topology {
                Topology::Direct | Topology::Grandmaster(_) => {
                    self.ptp4l.observe(Observation::SourceLost, None, Some(holdover_end(thresholds, now)))
                }
                Topology::BoundaryClock(_) => self.ptp4l.lose_source(),
            },
            Fact::HoldoverExpired => self.ptp4l.observe(Observation::HoldoverExpired, None, None),
            Fact::PpsSample { interface, servo, offset_ns, holdover } => {
                let verdict = (!holdover).then(|| Verdict::of(servo, offset_ns, thresholds));
                self.pps_sample(interface, offset_ns, verdict)
            }
            Fact::GrandmasterStatus { interface, state } => self.grandmaster_status(interface, state),
            Fact::BoundaryClockStatus { interface, state, offset_ns } => {
                self.boundary_clock_status(interface, state, offset_ns)
            }
            Fact::Ptp4lDown => {
                let whole = match &mut self.topology {
                    Topology::BoundaryClock(Some(status)) => status.process_down(),
                    Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(None) => false,
                };
                self.ptp4l.observe(Observation::ProcessDown, None, None) | whole
            }
            Fact::Ts2phcDown => self.interfaces.iter_mut().fold(false, |changed, interface| {
                interface.ts2phc.observe(Observation::ProcessDown, None, None) | changed
            }),
        }
    }

    fn master_sample(
        &mut self,
        servo: Servo,
        offset_ns: i64,
        has_path_delay: bool,
        (thresholds, now): (&Thresholds, Mono),
    ) -> bool {
        let observation = match self.topology {
            Topology::BoundaryClock(_) => return self.ptp4l.take_servo(servo, offset_ns),
            Topology::Direct | Topology::Grandmaster(_) if has_path_delay => {
                Observation::Sample(Verdict::of(servo, offset_ns, thresholds))
            }
            Topology::Direct | Topology::Grandmaster(_) => Observation::Coasting,
        };
        self.ptp4l.observe(observation, Some(offset_ns), Some(holdover_end(thresholds, now)))
    }

    /// A sample of ts2phc; without a verdict ts2phc says that it is in holdover, and for how long is its own affair.
    fn pps_sample(&mut self, interface: &str, offset_ns: i64, verdict: Option<Verdict>) -> bool {
        let Ok(interface) = self.interfaces.entry(interface, || true) else { return false };
        match self.topology {
            Topology::Direct => {
                let observation = verdict.map_or(Observation::Coasting, Observation::Sample);
                interface.ts2phc.observe(observation, Some(offset_ns), None)
            }
            // The daemon judges; what ts2phc makes of its own sample is a figure.
            Topology::Grandmaster(_) | Topology::BoundaryClock(_) => {
                let state = match verdict {
                    Some(Verdict::InRange) => ClockState::Locked,
                    Some(Verdict::OutOfRange | Verdict::Unlocked) => ClockState::Freerun,
                    None => ClockState::Holdover,
                };
                interface.ts2phc.show(state, offset_ns)
            }
        }
    }

    fn grandmaster_status(&mut self, interface: &str, state: ReportedState<'_>) -> bool {
        let state = ClockState::of_word(state);
        let offset_ns = self.interfaces.get(interface).and_then(super::interface::Interface::offset_ns);
        match &mut self.topology {
            Topology::Grandmaster(status) => status.report(interface, state, offset_ns),
            Topology::Direct => {
                self.topology = Topology::Grandmaster(ReportedClock::new(interface, state, offset_ns));
                true
            }
            // Its profile says what it is.
            Topology::BoundaryClock(_) => false,
        }
    }

    fn boundary_clock_status(&mut self, interface: &str, state: ReportedState<'_>, offset_ns: i64) -> bool {
        let state = ClockState::of_word(state);
        match &mut self.topology {
            Topology::BoundaryClock(Some(status)) => status.report(interface, state, Some(offset_ns)),
            Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(None) => {
                let status = ReportedClock::new(interface, state, Some(offset_ns));
                self.topology = Topology::BoundaryClock(Some(status));
                true
            }
        }
    }

    /// The clocks that stand for the configuration, as far as something is known of them.
    pub(crate) fn main(&self) -> Vec<MainClock> {
        let mut clocks = match &self.topology {
            Topology::Direct => self.direct(),
            Topology::Grandmaster(status) => {
                Vec::from([main_clock(ClockName::Grandmaster, status.state(), status.offset_ns())
                    .or_offset(Reading::OFFSET_NOT_MEASURED_NS)])
            }
            Topology::BoundaryClock(status) => status
                .iter()
                .map(|status| main_clock(ClockName::BoundaryClock, status.state(), status.offset_ns()))
                .collect(),
        };
        clocks.retain(|clock| clock.state != ClockState::Unknown);
        clocks
    }

    fn direct(&self) -> Vec<MainClock> {
        let interfaces = self.interfaces.iter().map(|(name, interface)| {
            let clock = &interface.ts2phc;
            main_clock(ClockName::Interface(name.to_string()), clock.state(), clock.offset_ns())
        });
        let ptp4l = main_clock(ClockName::Ptp4l, self.ptp4l.state(), self.ptp4l.offset_ns());
        core::iter::once(ptp4l).chain(interfaces).collect()
    }

    /// The clock that the daemon reports, if it has.
    pub(crate) fn reported(&self) -> Option<&ReportedClock> {
        match &self.topology {
            Topology::Grandmaster(status) | Topology::BoundaryClock(Some(status)) => Some(status),
            Topology::Direct | Topology::BoundaryClock(None) => None,
        }
    }

    pub(crate) fn reported_mut(&mut self) -> Option<&mut ReportedClock> {
        match &mut self.topology {
            Topology::Grandmaster(status) | Topology::BoundaryClock(Some(status)) => Some(status),
            Topology::Direct | Topology::BoundaryClock(None) => None,
        }
    }

    /// The clock whose class the configuration announces.
    pub(crate) fn announcing(&self) -> ClockName {
        match &self.topology {
            Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(None) => ClockName::Ptp4l,
            Topology::BoundaryClock(Some(_)) => ClockName::BoundaryClock,
        }
    }
}

/// The PTP clock behind the clock of the operating system of this configuration: the worst that stands for it.
///
/// The phc2sys of a PTP-HA profile follows the best of several boundary clocks: there it is the best of them, and
/// one that has said nothing may be good.
pub(crate) fn os_bound(instances: &[Instance], index: usize) -> ClockState {
    let instance = &instances[index];
    match &instance.profile.kind {
        ProfileKind::Clock | ProfileKind::TelecomBoundaryClock => instance.behind_os,
        ProfileKind::HighAvailability { profiles } => instances
            .iter()
            .filter(|member| profiles.contains(&member.configuration.profile) && member.is_clock())
            .map(|member| member.behind_os)
            .min_by_key(|state| state.published())
            .unwrap_or(ClockState::Unknown),
    }
}

/// What the clock of the operating system of a configuration follows, by itself: the worst of the clocks that stand for
/// it, and in a T-BC that has no status yet the one that ptp4l disciplines.
pub(crate) fn behind_os(clocks: &Clocks, lock_state: ClockState) -> ClockState {
    match &clocks.topology {
        Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(Some(_)) => lock_state,
        Topology::BoundaryClock(None) => clocks.ptp4l.state(),
    }
}

/// The worst of several states of which something is known.
pub(crate) fn worst(states: impl Iterator<Item = ClockState>) -> ClockState {
    states.max_by_key(|state| state.published()).unwrap_or(ClockState::Unknown)
}

fn main_clock(name: ClockName, state: ClockState, offset_ns: Option<i64>) -> MainClock {
    let is_measured = offset_ns.is_some();
    MainClock { name, state, offset_ns: offset_ns.unwrap_or(Reading::OFFSET_UNKNOWN_NS), is_measured }
}

impl MainClock {
    /// With another offset for "unknown".
    fn or_offset(self, offset_ns: i64) -> Self {
        if self.is_measured { self } else { Self { offset_ns, is_measured: true, ..self } }
    }
}

/// When a holdover that begins now will end.
pub(crate) fn holdover_end(thresholds: &Thresholds, now: Mono) -> Mono {
    let timeout_ns = u64::from(thresholds.holdover_timeout_s) * 1_000_000_000;
    Mono { ns: now.ns.saturating_add(timeout_ns) }
}

#[cfg(test)]
mod tests;
