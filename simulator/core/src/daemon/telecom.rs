//! The node as a telecom grandmaster or boundary clock: what GNSS, DPLLs, ts2phc and ptp4l say becomes one state.

use super::boundary::{Boundary, Class, InSync, Trigger};
use super::dpll_watch::{DpllLine, Reported, THRESHOLD_NS};
use super::grandmaster::{Cause, Grandmaster};
use super::{Daemon, DaemonInput, Reach};
use crate::dpll::{DpllInput, DpllReport, Signal};
use crate::gnss::GnssReport;
use crate::printer::Printed;
use crate::queue::Event;
use crate::time::{NS_PER_MS, NS_PER_S};
use crate::{ClockRole, Connection, DpllSource, ProcessId, ProcessProgram, Setup, SimTime};
use ptp_lines::{
    Body, BoundaryClockStatus, DpllStatus, GnssStatus, GrandmasterStatus, NmeaStatus, PortEvent, PortState,
    PortTransition, Program, ReportedState, Servo, Ts2phcNotice, Ts2phcOffset,
};

/// A fix that counts: three dimensions.
const FIX_3D: u8 = 3;
/// pmc tells of the new class once more so much later.
const UPSTREAM_AGAIN_NS: u64 = 150 * NS_PER_MS;
/// A grandmaster that announces this is not followed.
const FREERUN_CLASS: u8 = 248;

/// The node in one profile.
#[derive(Debug)]
pub(super) struct Telecom {
    /// The interface that its lines name: the first of the card that leads.
    interface: String,
    role: Role,
    /// The UNIX second in which its state was told last.
    told_s: Option<u64>,
}

#[derive(Debug)]
enum Role {
    Grandmaster(Grandmaster),
    Boundary(Boundary),
}

impl Telecom {
    /// None if it is neither in this profile.
    pub(super) fn new(setup: &Setup, profile: usize) -> Option<Self> {
        let own = setup.profiles.get(profile)?;
        let ts2phc = own.ts2phc.as_ref()?;
        let role = match own.role {
            ClockRole::TelecomGrandmaster => Role::Grandmaster(Grandmaster::default()),
            ClockRole::TelecomBoundaryClock => {
                let dplls = setup.cards.iter().filter_map(|card| card.dpll);
                let leading = dplls.into_iter().find(|dpll| leads(dpll.source));
                let holdover = leading.map(|dpll| dpll.holdover).unwrap_or_default();
                let in_sync = InSync {
                    threshold_ns: setup.daemon.in_sync_threshold_ns,
                    times: setup.daemon.in_sync_times,
                };
                Role::Boundary(Boundary::new(holdover, in_sync))
            }
            ClockRole::OrdinaryClock | ClockRole::BoundaryClock => return None,
        };
        Some(Self { interface: ts2phc.interfaces.first()?.clone(), role, told_s: None })
    }
}

/// A DPLL that follows another card does not lead.
fn leads(source: DpllSource) -> bool {
    match source {
        DpllSource::Gnss | DpllSource::HardwareClock | DpllSource::Synce => true,
        DpllSource::Card(_) => false,
    }
}

fn printed(state: Reported) -> ReportedState<'static> {
    match state {
        Reported::Freerun => ReportedState::S0,
        Reported::Holdover => ReportedState::S1,
        Reported::Locked => ReportedState::S2,
    }
}

impl Daemon {
    /// The receiver of a card, through gpsd.
    pub(super) fn gnss_told(&mut self, card: usize, report: GnssReport, reach: &mut Reach<'_>) {
        let Some(profile) = self.watcher(card) else { return };
        let accuracy_ns = i64::from(report.accuracy_ns);
        let is_good = report.fix >= FIX_3D && accuracy_ns < THRESHOLD_NS;
        let state = if is_good { Reported::Locked } else { Reported::Freerun };
        let Some(interface) = self.first_interface(card) else { return };
        let body = Body::Gnss(GnssStatus {
            interface: &interface,
            fix: report.fix.into(),
            offset_ns: accuracy_ns,
            state: printed(state),
        });
        self.tell(profile, Program::Gnss, body, reach);
        if let Some(grandmaster) = self.grandmaster(profile) {
            grandmaster.gnss(state, !is_good);
            self.judge_grandmaster(profile, Cause::Gnss, reach);
        }
    }

    /// The kernel, of the DPLL of a card.
    pub(super) fn dpll_told(&mut self, card: usize, report: DpllReport, reach: &mut Reach<'_>) {
        let Some(profile) = self.watcher(card) else { return };
        let Some(Some(dpll)) = self.dplls.get_mut(card) else { return };
        let line = dpll.told(reach.now, report);
        if dpll.held_since() == Some(reach.now) {
            Self::count_holdover(card, reach.now, reach);
        }
        if let Some(line) = line {
            self.dpll_judged(profile, card, line, reach);
        }
    }

    fn dpll_judged(&mut self, profile: usize, card: usize, line: DpllLine, reach: &mut Reach<'_>) {
        let Some(interface) = self.first_interface(card) else { return };
        let body = Body::Dpll(DpllStatus {
            interface: &interface,
            frequency_status: Some(line.frequency as i64),
            offset_ns: Some(line.offset_ns),
            phase_status: Some(line.phase as i64),
            pps_status: Some(line.has_pps.into()),
            state: printed(line.state),
        });
        self.tell(profile, Program::Dpll, body, reach);
        let leads = self.setup.cards[card].dpll.is_some_and(|dpll| leads(dpll.source));
        match self.telecom[profile].as_mut().map(|telecom| &mut telecom.role) {
            Some(Role::Grandmaster(grandmaster)) => {
                grandmaster.dpll(card, line.state, leads);
                self.judge_grandmaster(profile, Cause::Dpll { offset_ns: line.offset_ns }, reach);
            }
            Some(Role::Boundary(boundary)) => {
                boundary.dpll(reach.now, card, line, leads);
                let trigger = if leads { Trigger::LeadingDpll } else { Trigger::Other };
                self.judge_boundary(profile, trigger, reach);
            }
            None => {}
        }
    }

    /// A second of its own clock has passed.
    pub(super) fn second(&mut self, reach: &mut Reach<'_>) {
        reach.queue.plan(Self::next_second(reach.now), Event::Daemon(DaemonInput::Second));
        for profile in 0..self.telecom.len() {
            let Some(boundary) = self.boundary(profile) else { continue };
            if boundary.second_is_over(reach.now) {
                self.judge_boundary(profile, Trigger::Other, reach);
            }
        }
    }

    /// A second of a holdover, which began then, has passed.
    pub(super) fn holdover_second(&mut self, card: usize, since: SimTime, reach: &mut Reach<'_>) {
        let Some(profile) = self.watcher(card) else { return };
        let Some(Some(dpll)) = self.dplls.get_mut(card) else { return };
        if dpll.held_since() != Some(since) {
            return;
        }
        let lines = dpll.holdover_second(reach.now);
        if dpll.held_since().is_some() {
            Self::count_holdover(card, since, reach);
        }
        for line in lines {
            self.dpll_judged(profile, card, line, reach);
        }
    }

    fn count_holdover(card: usize, since: SimTime, reach: &mut Reach<'_>) {
        let input = DaemonInput::HoldoverSecond { card, since };
        reach.queue.plan(reach.now.after_ns(NS_PER_S), Event::Daemon(input));
    }

    /// ts2phc has printed an offset.
    pub(super) fn ts2phc_offset(&mut self, profile: usize, line: &Ts2phcOffset<'_>, reach: &mut Reach<'_>) {
        let in_range = line.offset_ns.abs() < THRESHOLD_NS;
        let state = match line.servo {
            _ if line.holdover => Reported::Holdover,
            Servo::Locked | Servo::LockedStable if in_range => Reported::Locked,
            Servo::Locked | Servo::LockedStable | Servo::Unlocked | Servo::Jump => Reported::Freerun,
        };
        let Some(card) = self.card_named(line.interface) else { return };
        let Some(interface) = self.first_interface(card) else { return };
        let Some(grandmaster) = self.grandmaster(profile) else { return };
        grandmaster.ts2phc(&interface, state);
        if self.setup.cards[card].gnss.is_some() {
            let body = Body::NmeaStatus(NmeaStatus {
                interface: &interface,
                status: 1,
                offset_ns: line.offset_ns,
                state: printed(state),
            });
            self.tell(profile, Program::Ts2phc, body, reach);
        }
        self.judge_grandmaster(profile, Cause::Ts2phc, reach);
    }

    /// ts2phc has printed something else. What it means is seen with the next event.
    pub(super) fn ts2phc_notice(&mut self, profile: usize, notice: &Ts2phcNotice<'_>) {
        if let (Ts2phcNotice::SourceNotValid, Some(grandmaster)) = (notice, self.grandmaster(profile)) {
            grandmaster.source_not_valid();
        }
    }

    /// ts2phc has ended.
    pub(super) fn forget_sources(&mut self, profile: usize) {
        if let Some(grandmaster) = self.grandmaster(profile) {
            grandmaster.reset();
        }
    }

    /// ptp4l has printed an offset.
    pub(super) fn ptp_offset(&mut self, profile: usize, offset_ns: i64, reach: &mut Reach<'_>) {
        if self.boundary(profile).is_some_and(|boundary| boundary.offset(offset_ns)) {
            self.judge_boundary(profile, Trigger::Other, reach);
        }
    }

    /// A port of ptp4l has changed its state.
    pub(super) fn port_changed(
        &mut self,
        profile: usize,
        transition: &PortTransition<'_>,
        line: &Printed,
        reach: &mut Reach<'_>,
    ) {
        self.keep_port_line(profile, transition, line);
        let lost = transition.from == PortState::Slave
            || (transition.to == PortState::Master
                && transition.event == PortEvent::AnnounceReceiptTimeoutExpires);
        let selected =
            transition.to == PortState::Slave && transition.event == PortEvent::MasterClockSelected;
        let Some(boundary) = self.boundary(profile) else { return };
        if selected {
            boundary.source_selected();
            self.select_sources(profile, Signal::Usable, reach);
        } else if lost {
            boundary.source_lost();
            self.select_sources(profile, Signal::Lost, reach);
            self.judge_boundary(profile, Trigger::Other, reach);
        }
    }

    /// The daemon takes the 1PPS of a hardware clock off its DPLL while ptp4l has no master.
    fn select_sources(&self, profile: usize, signal: Signal, reach: &mut Reach<'_>) {
        for (card, setup) in self.setup.cards.iter().enumerate() {
            let is_own = setup.dpll.is_some_and(|dpll| dpll.source == DpllSource::HardwareClock);
            if is_own && self.watcher(card) == Some(profile) {
                let input = DpllInput::Select(signal);
                reach.queue.plan(reach.now, Event::Dpll { card, input });
            }
        }
    }

    fn judge_grandmaster(&mut self, profile: usize, cause: Cause, reach: &mut Reach<'_>) {
        let serves = self.running.contains(&ProcessId { program: ProcessProgram::Ptp4l, profile });
        let Some(grandmaster) = self.grandmaster(profile) else { return };
        let judgement = grandmaster.judge(cause, serves);
        if judgement.state.is_some() {
            self.tell_state(profile, reach);
        }
        if let Some((class, accuracy)) = judgement.class {
            self.set_announced(profile, (class.number(), accuracy), reach);
            self.tell_class(profile, ProcessProgram::Ts2phc, class.number(), reach);
        }
    }

    fn judge_boundary(&mut self, profile: usize, trigger: Trigger, reach: &mut Reach<'_>) {
        let now = reach.now;
        let Some(boundary) = self.boundary(profile) else { return };
        let class = boundary.judge(now, trigger);
        self.tell_state(profile, reach);
        match class {
            None => {}
            Some(Class::Own(class)) => self.announce_downstream(profile, class, reach),
            Some(Class::Upstream) => {
                self.tell_upstream_class(profile, reach);
                let again = Event::Daemon(DaemonInput::UpstreamClass { profile });
                reach.queue.plan(now.after_ns(UPSTREAM_AGAIN_NS), again);
            }
        }
    }

    /// The class of the grandmaster that a locked boundary clock follows.
    pub(super) fn tell_upstream_class(&mut self, profile: usize, reach: &mut Reach<'_>) {
        if let Some(class) = self.upstream_class[profile] {
            self.announce_downstream(profile, class, reach);
        }
    }

    /// The grandmaster of a boundary clock announces another class. 248 is not passed on.
    pub(super) fn follow_upstream_class(&mut self, profile: usize, reach: &mut Reach<'_>) {
        let class = self.upstream_class[profile].filter(|class| *class != FREERUN_CLASS);
        let is_locked = self.boundary(profile).is_some_and(|boundary| boundary.state() == Reported::Locked);
        if class.is_some() && is_locked {
            self.tell_upstream_class(profile, reach);
        }
    }

    /// Tells a class, and has the ports that serve announce it: those of the other profiles of the clock.
    fn announce_downstream(&mut self, profile: usize, class: u8, reach: &mut Reach<'_>) {
        for other in 0..self.setup.profiles.len() {
            let serves = self.setup.profiles[other].role == ClockRole::TelecomBoundaryClock;
            if other != profile && serves {
                self.set_announced(other, (class, 0xfe), reach);
            }
        }
        self.tell_class(profile, ProcessProgram::Ts2phc, class, reach);
    }

    /// The state after an event: at most once in a second of UNIX time, whatever has become of it since.
    fn tell_state(&mut self, profile: usize, reach: &mut Reach<'_>) {
        let second = reach.outbox.unix_s(reach.now);
        let Some(Some(telecom)) = self.telecom.get_mut(profile) else { return };
        if telecom.told_s.replace(second) != Some(second) {
            self.write_state(profile, reach);
        }
    }

    fn write_state(&mut self, profile: usize, reach: &mut Reach<'_>) {
        let Some(Some(telecom)) = self.telecom.get(profile) else { return };
        let interface = telecom.interface.clone();
        match &telecom.role {
            Role::Grandmaster(grandmaster) => {
                let Some(state) = grandmaster.state() else { return };
                let state = printed(state);
                let body = Body::GrandmasterStatus(GrandmasterStatus { interface: &interface, state });
                self.tell(profile, Program::Grandmaster, body, reach);
            }
            Role::Boundary(boundary) => {
                let body = Body::BoundaryClockStatus(BoundaryClockStatus {
                    interface: &interface,
                    offset_ns: boundary.offset_ns(reach.now),
                    state: printed(boundary.state()),
                });
                self.tell(profile, Program::BoundaryClock, body, reach);
            }
        }
    }

    /// The last state of every profile, for a proxy that has just connected.
    pub(super) fn replay_states(&mut self, reach: &mut Reach<'_>) {
        for profile in 0..self.telecom.len() {
            self.write_state(profile, reach);
        }
    }

    fn tell(&mut self, profile: usize, program: Program<'_>, body: Body<'_>, reach: &mut Reach<'_>) {
        let tag = reach.printer.tag(ProcessId { program: ProcessProgram::Ts2phc, profile });
        let text = reach.outbox.daemon_line(reach.now, program, tag, body);
        self.write(Connection::EventHandler, text, reach);
    }

    /// The profile whose ts2phc steers the clock of a card, while its children run.
    fn watcher(&self, card: usize) -> Option<usize> {
        let interfaces = &self.setup.cards.get(card)?.interfaces;
        let profile = self.setup.profiles.iter().position(|profile| {
            let sinks = profile.ts2phc.iter().flat_map(|ts2phc| &ts2phc.interfaces);
            sinks.into_iter().any(|sink| interfaces.contains(sink))
        })?;
        self.is_watched.get(profile).copied().unwrap_or(false).then_some(profile)
    }

    fn first_interface(&self, card: usize) -> Option<String> {
        self.setup.cards.get(card)?.interfaces.first().cloned()
    }

    /// The card that ts2phc names by its interface or its device.
    fn card_named(&self, name: &str) -> Option<usize> {
        let device = name.strip_prefix("/dev/ptp").and_then(|number| number.parse::<u32>().ok());
        self.setup.cards.iter().position(|card| {
            device == Some(card.ptp_device) || card.interfaces.iter().any(|interface| interface == name)
        })
    }

    fn grandmaster(&mut self, profile: usize) -> Option<&mut Grandmaster> {
        match &mut self.telecom.get_mut(profile)?.as_mut()?.role {
            Role::Grandmaster(grandmaster) => Some(grandmaster),
            Role::Boundary(_) => None,
        }
    }

    fn boundary(&mut self, profile: usize) -> Option<&mut Boundary> {
        match &mut self.telecom.get_mut(profile)?.as_mut()?.role {
            Role::Grandmaster(_) => None,
            Role::Boundary(boundary) => Some(boundary),
        }
    }
}
