//! ptp4l as a client with one port: it hears announces, chooses its master, follows its port state machine, and steers
//! the hardware clock (`port.c`, `clock.c`, `foreign.h` of linuxptp 4.4).
//!
//! The choice of the best master is reduced to one question: is there a qualified foreign master or not.

use crate::grandmaster::Grandmaster;
use crate::noise::{Noise, Purpose};
use crate::oscillator::Clock;
use crate::outbox::{Outbox, Process};
use crate::port_state;
use crate::queue::{Event, Ptp4lInput, Queue};
use crate::servo::{PiServo, ServoSetup};
use crate::time::NS_PER_S;
use crate::timestamps::{Offset, Timestamps};
use crate::{Ptp4lSetup, Setup, SimTime};
use ptp_lines::{
    BestMaster, Body, ClockIdentity, ForeignMaster, Port, PortEvent, PortIdentity, PortState, PortTransition,
    Ppb, Ptp4lOffset, Servo,
};
use std::collections::VecDeque;

mod link;

/// What ptp4l reaches out to while it handles something.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) now: SimTime,
    pub(crate) phc: &'a mut Clock,
    pub(crate) grandmaster: &'a mut Grandmaster,
    pub(crate) queue: &'a mut Queue,
    pub(crate) outbox: &'a mut Outbox,
}

/// The clock class of a client-only clock, IEEE 1588-2019 7.6.2.5.
pub(crate) const OWN_CLASS: u8 = 255;
/// FOREIGN_MASTER_THRESHOLD and FOREIGN_MASTER_TIME_WINDOW, IEEE 1588-2019 9.3.2.4.5.
const QUALIFYING_ANNOUNCES: usize = 2;
const QUALIFYING_INTERVALS: u64 = 4;
/// Between two complaints about the same thing (`pl_err`).
const COMPLAINT_INTERVAL_S: u64 = 60;
/// Port 1 of the configuration.
const PORT_NUMBER: u16 = 1;

/// A ptp4l process.
#[derive(Debug)]
pub(crate) struct Ptp4l {
    setup: Ptp4lSetup,
    interface: String,
    own_identity: ClockIdentity,
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
    pub(crate) fn new(setup: &Setup, queue: &mut Queue) -> Self {
        let servo = ServoSetup {
            gains: setup.ptp4l.servo,
            interval_s: interval_ns(setup.ptp4l.log_sync_interval) as f64 / NS_PER_S as f64,
            first_step_threshold_ns: setup.ptp4l.first_step_threshold_ns,
            step_threshold_ns: setup.ptp4l.step_threshold_ns,
            max_frequency_ppb: setup.ptp4l.max_frequency_ppb,
        };
        let mut ptp4l = Self {
            setup: setup.ptp4l,
            interface: setup.node.interface.clone(),
            own_identity: setup.node.clock_identity,
            master_identity: setup.grandmaster.clock_identity,
            port_state: PortState::Listening,
            best: None,
            parent_class: OWN_CLASS,
            foreign: None,
            complained_at_s: None,
            announce_deadline: None,
            delay_deadline: None,
            delay_round: 0,
            timestamps: Timestamps::default(),
            servo: PiServo::new(servo),
            servo_state: None,
            announce_jitter: Noise::new(setup.seed, Purpose::AnnounceTimer),
            delay_jitter: Noise::new(setup.seed, Purpose::DelayTimer),
        };
        ptp4l.set_announce_timer(SimTime::START, queue);
        ptp4l
    }

    pub(crate) fn port_state(&self) -> PortState {
        self.port_state
    }

    /// State of the servo after the last sample.
    pub(crate) fn servo_state(&self) -> Option<Servo> {
        self.servo_state
    }

    /// Returns the offset from the master, if one was measured.
    pub(crate) fn handle(&mut self, input: Ptp4lInput, reach: &mut Reach<'_>) -> Option<i64> {
        match input {
            Ptp4lInput::Announce { class } => self.announce(class, reach),
            Ptp4lInput::Sync { t1_ns } => return self.sync(t1_ns, reach),
            Ptp4lInput::DelayResponse { t3_ns, t4_ns, round } => self.delay_response(t3_ns, t4_ns, round),
            Ptp4lInput::AnnounceReceiptTimeout => self.announce_receipt_timeout(reach),
            Ptp4lInput::DelayTimer => self.delay_timer(reach),
            Ptp4lInput::LinkDown => self.link_down(reach),
            Ptp4lInput::FaultDecision => self.fault_decision(reach),
            Ptp4lInput::LinkUp => self.link_up(reach),
            Ptp4lInput::FaultCleared => self.fault_cleared(reach),
        }
        None
    }

    fn announce(&mut self, class: u8, reach: &mut Reach<'_>) {
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

    fn sync(&mut self, t1_ns: i64, reach: &mut Reach<'_>) -> Option<i64> {
        if !self.follows_master() {
            return None;
        }
        let t2_ns = reach.phc.read_ns(reach.now);
        let sample = self.timestamps.sync(t1_ns, t2_ns)?;
        self.synchronize(sample, t2_ns, reach);
        Some(sample.offset_ns)
    }

    fn delay_timer(&mut self, reach: &mut Reach<'_>) {
        if self.delay_deadline != Some(reach.now) {
            return;
        }
        self.set_delay_timer(reach.now, reach.queue);
        let t3_ns = reach.phc.read_ns(reach.now);
        reach.grandmaster.carry_delay_request(reach.now, t3_ns, self.delay_round, reach.queue);
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
        reach.outbox.linuxptp_text(reach.now, Process::Ptp4l, &text);
    }

    /// Whether this Announce makes the master qualified (`add_foreign_master`). The very first one does not count.
    fn hear_foreign_master(&mut self, reach: &mut Reach<'_>) -> bool {
        let window_ns = QUALIFYING_INTERVALS * interval_ns(self.setup.log_announce_interval);
        let Some(heard) = &mut self.foreign else {
            self.foreign = Some(VecDeque::new());
            let master = PortIdentity { clock: self.master_identity, number: 1 };
            let body = Body::ForeignMaster(ForeignMaster { port: self.port(), master });
            reach.outbox.linuxptp(reach.now, Process::Ptp4l, body);
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
            reach.outbox.linuxptp(reach.now, Process::Ptp4l, Body::BestMaster(best));
        }
        self.dispatch(PortEvent::RsSlave, new_master, reach);
        self.set_parent_class(class, reach);
    }

    fn choose_local_clock(&mut self, reach: &mut Reach<'_>) {
        if self.best == Some(self.own_identity) {
            return;
        }
        self.best = Some(self.own_identity);
        self.timestamps.forget_all();
        let best = Body::BestMaster(BestMaster::Local(self.own_identity));
        reach.outbox.linuxptp(reach.now, Process::Ptp4l, best);
        self.set_parent_class(OWN_CLASS, reach);
    }

    fn set_parent_class(&mut self, class: u8, reach: &mut Reach<'_>) {
        if self.parent_class != class {
            self.parent_class = class;
            reach.queue.plan(reach.now, Event::ParentChanged { class });
        }
    }

    /// `clock_synchronize` and what follows from it.
    fn synchronize(&mut self, sample: Offset, t2_ns: i64, reach: &mut Reach<'_>) {
        let correction = self.servo.sample(sample.offset_ns, t2_ns);
        self.servo_state = Some(correction.state);
        let line = Ptp4lOffset {
            offset_ns: sample.offset_ns,
            servo: correction.state,
            freq: Ppb::rounded(correction.freq_ppb),
            path_delay_ns: Some(sample.path_delay_ns),
        };
        reach.outbox.linuxptp(reach.now, Process::Ptp4l, Body::Ptp4lOffset(line));
        match correction.state {
            Servo::Unlocked => self.dispatch(PortEvent::SynchronizationFault, false, reach),
            Servo::Jump => {
                reach.phc.steer(reach.now, -correction.freq_ppb);
                reach.phc.step(reach.now, -sample.offset_ns);
                self.timestamps.forget_time_stamps();
                self.delay_round += 1;
                self.dispatch(PortEvent::SynchronizationFault, false, reach);
            }
            Servo::Locked | Servo::LockedStable => {
                reach.phc.steer(reach.now, -correction.freq_ppb);
                self.dispatch(PortEvent::MasterClockSelected, false, reach);
            }
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
        reach.outbox.linuxptp(reach.now, Process::Ptp4l, Body::PortTransition(transition));
        self.start_timers(reach);
        reach.queue.plan(reach.now, Event::PortChanged { state: to });
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
        queue.plan(deadline, Event::Ptp4l(Ptp4lInput::AnnounceReceiptTimeout));
    }

    /// Anything up to two intervals (`port_set_delay_tmo`).
    fn set_delay_timer(&mut self, now: SimTime, queue: &mut Queue) {
        let interval_ns = interval_ns(self.setup.log_min_delay_request_interval);
        let deadline = now.after_ns(1 + self.delay_jitter.below(2 * interval_ns));
        self.delay_deadline = Some(deadline);
        queue.plan(deadline, Event::Ptp4l(Ptp4lInput::DelayTimer));
    }
}

/// 2 to this power, in seconds, as nanoseconds; powers beyond -9 to 9 count as those.
pub(crate) fn interval_ns(log2_s: i8) -> u64 {
    let log2_s = log2_s.clamp(-9, 9);
    let power = 1 << log2_s.unsigned_abs();
    if log2_s < 0 { NS_PER_S / power } else { NS_PER_S * power }
}
