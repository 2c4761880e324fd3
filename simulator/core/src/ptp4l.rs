//! ptp4l as a client with one port: it hears announces, chooses its master, follows its port state machine, and steers
//! the hardware clock (`port.c`, `clock.c`, `foreign.h` of linuxptp 4.4).
//!
//! The choice of the best master is reduced to one question: is there a qualified foreign master or not.

use crate::daemon::DaemonInput;
use crate::network::{Announce, Packet};
use crate::noise::{Noise, Stream};
use crate::phc2sys::Phc2sysInput;
use crate::port_state;
use crate::process::Life;
use crate::queue::{Event, Queue};
use crate::reach::Reach;
use crate::servo::{PiServo, ServoSetup};
use crate::time::{NS_PER_S, interval_ns};
use crate::timestamps::{Offset, Timestamps};
use crate::{DataSet, Ptp4lSetup, SimTime};
use ptp_lines::{
    BestMaster, Body, ClockIdentity, ForeignMaster, Port, PortEvent, PortIdentity, PortState, PortTransition,
    Ppb, Ptp4lOffset, Servo,
};
use std::collections::VecDeque;

mod link;

/// The clock class of a client-only clock, IEEE 1588-2019 7.6.2.5.
pub(crate) const OWN_CLASS: u8 = 255;
/// FOREIGN_MASTER_THRESHOLD and FOREIGN_MASTER_TIME_WINDOW, IEEE 1588-2019 9.3.2.4.5.
const QUALIFYING_ANNOUNCES: usize = 2;
const QUALIFYING_INTERVALS: u64 = 4;
/// Between two complaints about the same thing (`pl_err`).
const COMPLAINT_INTERVAL_S: u64 = 60;
/// Port 1 of the configuration.
const PORT_NUMBER: u16 = 1;

/// What ptp4l handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ptp4lInput {
    /// A message has come over a link to a port, numbered from 1.
    Packet { port: u16, link: usize, packet: Packet },
    /// The announce receipt timer, unless it has been set anew.
    AnnounceReceiptTimeout,
    /// The timer for the next Delay_Req, unless it has been set anew.
    DelayTimer,
    /// The kernel says that the link of a port is down.
    LinkDown { port: u16 },
    /// The port's fault is taken into account in the choice of the best master.
    FaultDecision,
    /// The kernel says that the link of a port is up.
    LinkUp { port: u16 },
    /// The port has been initialized anew.
    FaultCleared,
    /// linuxptp-daemon sets what its own clock announces (`SET GRANDMASTER_SETTINGS_NP`).
    GrandmasterSettings(DataSet),
}

impl From<Ptp4lInput> for crate::process::ProcessInput {
    fn from(input: Ptp4lInput) -> Self {
        Self::Ptp4l(input)
    }
}

/// A ptp4l process.
#[derive(Debug)]
pub(crate) struct Ptp4l {
    life: Life,
    setup: Ptp4lSetup,
    interface: String,
    /// The link over which the master is heard.
    link: usize,
    master_identity: ClockIdentity,
    port_state: PortState,
    best: Option<ClockIdentity>,
    parent_class: u8,
    foreign: Option<VecDeque<SimTime>>,
    complained_at_s: Option<u64>,
    announce_deadline: Option<SimTime>,
    delay_deadline: Option<SimTime>,
    delay_round: u32,
    timestamps: Timestamps,
    servo: PiServo,
    servo_state: Option<Servo>,
    announce_jitter: Noise,
    delay_jitter: Noise,
}

impl Ptp4l {
    /// A process that has just initialized its port.
    pub(crate) fn start(setup: &Ptp4lSetup, life: Life, seed: u64, reach: &mut Reach<'_>) -> Self {
        let servo = ServoSetup {
            gains: setup.servo,
            interval_s: interval_ns(setup.log_sync_interval) as f64 / NS_PER_S as f64,
            first_step_threshold_ns: setup.first_step_threshold_ns,
            step_threshold_ns: setup.step_threshold_ns,
            max_frequency_ppb: setup.max_frequency_ppb,
        };
        let profile = life.process.profile;
        let mut ptp4l = Self {
            life,
            setup: setup.clone(),
            interface: setup.ports.first().map(|port| port.interface.clone()).unwrap_or_default(),
            link: 0,
            master_identity: setup.clock_identity,
            port_state: PortState::Listening,
            best: None,
            parent_class: OWN_CLASS,
            foreign: None,
            complained_at_s: None,
            announce_deadline: None,
            delay_deadline: None,
            delay_round: 0,
            timestamps: Timestamps::new(setup.timestamps),
            servo: PiServo::scaled(servo, setup.servo_scales),
            servo_state: None,
            announce_jitter: Noise::new(seed, Stream::ptp4l(profile, 0)),
            delay_jitter: Noise::new(seed, Stream::ptp4l(profile, 1)),
        };
        ptp4l.set_announce_timer(reach.now, reach.queue);
        ptp4l
    }

    /// The ports by number, from 1, with their states: what phc2sys asks for.
    pub(crate) fn port_states(&self) -> Vec<(u16, PortState)> {
        vec![(PORT_NUMBER, self.port_state)]
    }

    pub(crate) fn port_state(&self) -> PortState {
        self.port_state
    }

    /// State of the servo after the last sample.
    pub(crate) fn servo_state(&self) -> Option<Servo> {
        self.servo_state
    }

    /// It goes on after it was stopped: what was planned meanwhile was lost.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        self.start_timers(reach);
    }

    pub(crate) fn handle(&mut self, input: Ptp4lInput, reach: &mut Reach<'_>) {
        match input {
            Ptp4lInput::Packet { link, packet, .. } => self.packet(link, packet, reach),
            Ptp4lInput::AnnounceReceiptTimeout => self.announce_receipt_timeout(reach),
            Ptp4lInput::DelayTimer => self.delay_timer(reach),
            Ptp4lInput::LinkDown { .. } => self.link_down(reach),
            Ptp4lInput::FaultDecision => self.fault_decision(reach),
            Ptp4lInput::LinkUp { .. } => self.link_up(reach),
            Ptp4lInput::FaultCleared => self.fault_cleared(reach),
            Ptp4lInput::GrandmasterSettings(_) => {}
        }
    }

    fn packet(&mut self, link: usize, packet: Packet, reach: &mut Reach<'_>) {
        match packet {
            Packet::Announce(announce) => {
                if let Some(sender) = reach.network.sender(link) {
                    self.link = link;
                    self.master_identity = sender;
                }
                self.announce(announce, reach);
            }
            Packet::Sync { t1_ns } => self.sync(t1_ns, reach),
            Packet::DelayResponse { t3_ns, t4_ns, round } => self.delay_response(t3_ns, t4_ns, round),
        }
    }

    fn announce(&mut self, announce: Announce, reach: &mut Reach<'_>) {
        let class = announce.data_set.clock_class;
        if class > self.setup.clock_class_threshold {
            self.complain_about_class(reach);
            return;
        }
        match self.port_state {
            PortState::Listening => {
                if self.hear_foreign_master(reach) {
                    self.choose_foreign_master(class, reach);
                }
            }
            PortState::Uncalibrated | PortState::Slave => {
                self.set_announce_timer(reach.now, reach.queue);
                self.set_parent_class(class, reach);
            }
            PortState::Initializing
            | PortState::Faulty
            | PortState::Disabled
            | PortState::PreMaster
            | PortState::Master
            | PortState::Passive
            | PortState::GrandMaster => {}
        }
    }

    fn announce_receipt_timeout(&mut self, reach: &mut Reach<'_>) {
        if self.announce_deadline != Some(reach.now) {
            return;
        }
        // Only a master that was qualified is forgotten (`fc_clear(p->best)`): one that is being heard is not.
        if self.follows_master()
            && let Some(heard) = &mut self.foreign
        {
            heard.clear();
        }
        self.set_announce_timer(reach.now, reach.queue);
        self.dispatch(PortEvent::AnnounceReceiptTimeoutExpires, false, reach);
        self.choose_local_clock(reach);
    }

    fn sync(&mut self, t1_ns: i64, reach: &mut Reach<'_>) {
        if !self.follows_master() {
            return;
        }
        let Some(t2_ns) = self.stamp_ns(reach) else { return };
        if let Some(sample) = self.timestamps.sync(t1_ns, t2_ns) {
            self.synchronize(sample, t2_ns, reach);
        }
    }

    fn stamp_ns(&self, reach: &mut Reach<'_>) -> Option<i64> {
        Some(reach.hardware.card_of(&self.interface)?.stamp_ns(reach.now))
    }

    fn delay_timer(&mut self, reach: &mut Reach<'_>) {
        if self.delay_deadline != Some(reach.now) {
            return;
        }
        self.set_delay_timer(reach.now, reach.queue);
        if let Some(t3_ns) = self.stamp_ns(reach) {
            let request = (t3_ns, self.delay_round);
            reach.network.carry_delay_request(reach.now, self.link, request, reach.queue);
        }
    }

    fn delay_response(&mut self, t3_ns: i64, t4_ns: i64, round: u32) {
        if self.follows_master() && round == self.delay_round {
            self.timestamps.delay(t3_ns, t4_ns);
        }
    }

    fn follows_master(&self) -> bool {
        [PortState::Uncalibrated, PortState::Slave].contains(&self.port_state)
    }

    fn complain_about_class(&mut self, reach: &mut Reach<'_>) {
        let now_s = reach.now.ns / NS_PER_S;
        if self.complained_at_s.is_some_and(|at_s| now_s < at_s + COMPLAINT_INTERVAL_S) {
            return;
        }
        self.complained_at_s = Some(now_s);
        let port = self.port();
        let text =
            format!("{port}: Master clock quality received is greater than configured, ignoring master!");
        reach.printer.linuxptp_text(reach.now, self.life.process, &text);
    }

    /// Whether this Announce makes the master qualified (`add_foreign_master`). The very first one does not count.
    fn hear_foreign_master(&mut self, reach: &mut Reach<'_>) -> bool {
        let window_ns = QUALIFYING_INTERVALS * interval_ns(self.setup.log_announce_interval);
        let Some(heard) = &mut self.foreign else {
            self.foreign = Some(VecDeque::new());
            let master = PortIdentity { clock: self.master_identity, number: 1 };
            let body = Body::ForeignMaster(ForeignMaster { port: self.port(), master });
            reach.printer.linuxptp(reach.now, self.life.process, body);
            return false;
        };
        heard.retain(|&at| reach.now.since(at) < window_ns);
        heard.push_back(reach.now);
        heard.len() == QUALIFYING_ANNOUNCES
    }

    fn choose_foreign_master(&mut self, class: u8, reach: &mut Reach<'_>) {
        let new_master = self.best != Some(self.master_identity);
        if new_master {
            self.best = Some(self.master_identity);
            self.timestamps.forget_all();
            let best = BestMaster::Foreign(self.master_identity);
            reach.printer.linuxptp(reach.now, self.life.process, Body::BestMaster(best));
        }
        self.dispatch(PortEvent::RsSlave, new_master, reach);
        self.set_parent_class(class, reach);
    }

    fn choose_local_clock(&mut self, reach: &mut Reach<'_>) {
        if self.best == Some(self.setup.clock_identity) {
            return;
        }
        self.best = Some(self.setup.clock_identity);
        self.timestamps.forget_all();
        let best = Body::BestMaster(BestMaster::Local(self.setup.clock_identity));
        reach.printer.linuxptp(reach.now, self.life.process, best);
        self.set_parent_class(OWN_CLASS, reach);
    }

    fn set_parent_class(&mut self, class: u8, reach: &mut Reach<'_>) {
        if self.parent_class != class {
            self.parent_class = class;
            let input = DaemonInput::ParentChanged { profile: self.life.process.profile, class };
            reach.queue.plan(reach.now, Event::Daemon(input));
        }
    }

    /// `clock_synchronize` and what follows from it.
    fn synchronize(&mut self, sample: Offset, t2_ns: i64, reach: &mut Reach<'_>) {
        let correction = self.servo.weighted_sample(sample.offset_ns, t2_ns, sample.weight);
        self.servo_state = Some(correction.state);
        let line = Ptp4lOffset {
            offset_ns: sample.offset_ns,
            servo: correction.state,
            freq: Ppb::rounded(correction.freq_ppb),
            path_delay_ns: Some(sample.path_delay_ns),
        };
        reach.printer.linuxptp(reach.now, self.life.process, Body::Ptp4lOffset(line));
        match correction.state {
            Servo::Unlocked => self.dispatch(PortEvent::SynchronizationFault, false, reach),
            Servo::Jump => {
                self.steer(-correction.freq_ppb, reach);
                if let Some(card) = reach.hardware.card_of(&self.interface) {
                    card.phc.step(reach.now, -sample.offset_ns);
                }
                self.timestamps.forget_time_stamps();
                self.delay_round += 1;
                self.dispatch(PortEvent::SynchronizationFault, false, reach);
            }
            Servo::Locked | Servo::LockedStable => {
                self.steer(-correction.freq_ppb, reach);
                self.dispatch(PortEvent::MasterClockSelected, false, reach);
            }
        }
    }

    fn steer(&self, adjustment_ppb: f64, reach: &mut Reach<'_>) {
        if let Some(card) = reach.hardware.card_of(&self.interface) {
            card.phc.steer(reach.now, adjustment_ppb);
        }
    }

    /// `port_dispatch` and `port_e2e_transition`.
    fn dispatch(&mut self, event: PortEvent<'static>, new_master: bool, reach: &mut Reach<'_>) {
        let from = self.port_state;
        let mut event = event;
        let mut to = port_state::next(from, event, new_master);
        if to == PortState::Initializing {
            // The port is initialized on the spot, and only the outcome is printed (`port_state_update`).
            event = PortEvent::InitComplete;
            to = port_state::next(to, event, false);
        }
        if from == to {
            return;
        }
        self.port_state = to;
        let fault = (event == PortEvent::FaultDetected).then_some("FT_UNSPECIFIED");
        let transition = PortTransition { port: self.port(), from, to, event, fault };
        reach.printer.linuxptp(reach.now, self.life.process, Body::PortTransition(transition));
        self.start_timers(reach);
        let input =
            Phc2sysInput::PortChanged { profile: self.life.process.profile, port: PORT_NUMBER, state: to };
        reach.tell_followers(self.life.process.profile, input);
    }

    fn start_timers(&mut self, reach: &mut Reach<'_>) {
        self.announce_deadline = None;
        self.delay_deadline = None;
        if self.port_state == PortState::Uncalibrated {
            self.delay_round += 1;
        }
        if self.follows_master() {
            self.set_delay_timer(reach.now, reach.queue);
        }
        if self.port_state != PortState::Faulty {
            self.set_announce_timer(reach.now, reach.queue);
        }
    }

    fn port(&self) -> Port<'_> {
        Port { number: PORT_NUMBER, name: Some(&self.interface) }
    }

    /// announceReceiptTimeout intervals, and a random part of one more (`port_set_announce_tmo`).
    fn set_announce_timer(&mut self, now: SimTime, queue: &mut Queue) {
        let interval_ns = interval_ns(self.setup.log_announce_interval);
        let wait_ns = u64::from(self.setup.announce_receipt_timeout) * interval_ns;
        let deadline = now.after_ns(wait_ns + self.announce_jitter.below(interval_ns));
        self.announce_deadline = Some(deadline);
        self.life.plan(deadline, Ptp4lInput::AnnounceReceiptTimeout, queue);
    }

    /// Anything up to two intervals (`port_set_delay_tmo`).
    fn set_delay_timer(&mut self, now: SimTime, queue: &mut Queue) {
        let interval_ns = interval_ns(self.setup.log_min_delay_request_interval);
        let deadline = now.after_ns(1 + self.delay_jitter.below(2 * interval_ns));
        self.delay_deadline = Some(deadline);
        self.life.plan(deadline, Ptp4lInput::DelayTimer, queue);
    }
}
