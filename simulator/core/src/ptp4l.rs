//! ptp4l: ports that hear masters and follow their state machines, one clock for all of them, and a servo
//! (`port.c`, `clock.c` of linuxptp 4.4).
//!
//! What a port that serves sends is heard by nobody, so it is left out.

use crate::clock_check::ClockCheck;
use crate::network::{Announce, Packet};
use crate::phc2sys::Phc2sysInput;
use crate::port_state::Machine;
use crate::process::Life;
use crate::reach::Reach;
use crate::servo::PiServo;
use crate::summary::SummaryWindow;
use crate::time::NS_PER_S;
use crate::timestamps::{Offset, Timestamps};
use crate::{DataSet, Leap, Ptp4lSetup};
use foreign::Heard;
use free_running::FrequencyEstimate;
use port::Port;
use ptp_lines::{
    Body, ClockIdentity, ForeignMaster, PortEvent, PortIdentity, PortState, PortTransition, Servo,
};

mod best_master;
mod boot;
mod clock;
mod decision;
mod foreign;
mod free_running;
mod link;
mod port;
mod resume;

/// The clock class of a client-only clock, IEEE 1588-2019 7.6.2.5.
pub(crate) const OWN_CLASS: u8 = 255;
/// Between two complaints about the same thing, in whole seconds (`pl_err`).
const COMPLAINT_INTERVAL_S: u64 = 60;
/// An Announce from so far away is ignored (maxStepsRemoved).
const MAX_STEPS_REMOVED: u16 = 255;
/// utc_offset, the default of linuxptp 4.4: TAI minus UTC since 2017.
pub(crate) const UTC_OFFSET_S: i16 = 37;
/// Grandmasters send from their only port.
const SENDER_PORT: u16 = 1;

/// What ptp4l handles. Ports are numbered from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ptp4lInput {
    /// A message has come over a link to a port.
    Packet { port: u16, link: usize, packet: Packet },
    /// The announce receipt timer, unless it has been set anew.
    AnnounceReceiptTimeout { port: u16 },
    /// The timer for the next Delay_Req, unless it has been set anew.
    DelayTimer { port: u16 },
    /// The timer of a port that is about to serve, unless it has been set anew.
    QualificationTimeout { port: u16 },
    /// The timer for the next Sync, unless it has been set anew.
    SyncTimer { port: u16 },
    /// The timer of a fault, unless it has been set anew.
    FaultTimer { port: u16 },
    /// The port has been initialized anew.
    FaultCleared { port: u16 },
    /// The kernel says that the link of a port is down.
    LinkDown { port: u16 },
    /// The kernel says that the link of a port is up.
    LinkUp { port: u16 },
    /// The best master is to be chosen anew.
    StateDecision,
    /// The driver is going to lose so many transmit time stamps of a port.
    TransmitStampsLost { port: u16, count: u32 },
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
    ports: Vec<Port>,
    own: OwnClock,
    /// The best master, unless it is the own clock.
    best: Option<Best>,
    best_identity: Option<ClockIdentity>,
    /// A choice of the best master is due.
    must_decide: bool,
    parent_class: u8,
    steps_removed: u16,
    leap: Leap,
    utc_offset_s: i16,
    complained_at_s: Option<u64>,
    /// The interface whose card's clock is steered.
    clock_interface: String,
    timestamps: Timestamps,
    servo: PiServo,
    servo_state: Option<Servo>,
    check: ClockCheck,
    summary: Option<SummaryWindow>,
    /// If it runs free.
    estimate: Option<FrequencyEstimate>,
    /// The last offset of a clock that runs free.
    last_offset: Offset,
}

/// What is compared of the own clock.
#[derive(Clone, Copy, Debug)]
struct OwnClock {
    identity: ClockIdentity,
    data_set: DataSet,
    local_priority: u8,
}

/// The master that is followed, and where it is heard.
#[derive(Clone, Copy, Debug)]
struct Best {
    /// By its place, from 0.
    port: usize,
    sender: PortIdentity,
    link: usize,
    grandmaster: ClockIdentity,
}

impl OwnClock {
    fn new(setup: &Ptp4lSetup) -> Self {
        let data_set = DataSet {
            clock_class: if setup.client_only { OWN_CLASS } else { setup.clock_class },
            clock_accuracy: setup.clock_accuracy,
            offset_scaled_log_variance: setup.offset_scaled_log_variance,
            priority1: setup.priority1,
            priority2: setup.priority2,
            grandmaster_identity: None,
            steps_removed: 0,
        };
        Self { identity: setup.clock_identity, data_set, local_priority: setup.local_priority }
    }
}

impl Ptp4l {
    /// A process that has just initialized its ports.
    pub(crate) fn start(setup: &Ptp4lSetup, life: Life, seed: u64, reach: &mut Reach<'_>) -> Self {
        let own = OwnClock::new(setup);
        let ports = setup.ports.iter().enumerate();
        let clock_interface = setup.ports.first().map(|port| port.interface.clone()).unwrap_or_default();
        let card = reach.hardware.card_of(&clock_interface);
        let adjustment_ppb = card.map_or(0.0, |card| card.phc.adjustment_ppb());
        let mut ptp4l = Self {
            life,
            ports: ports.map(|(index, port)| Port::new(index, setup, port, life, seed)).collect(),
            parent_class: own.data_set.clock_class,
            own,
            best: None,
            best_identity: None,
            must_decide: false,
            steps_removed: 0,
            leap: Leap::None,
            utc_offset_s: UTC_OFFSET_S,
            complained_at_s: None,
            clock_interface,
            timestamps: Timestamps::new(setup.timestamps),
            servo: clock::servo(setup, adjustment_ppb),
            servo_state: None,
            check: ClockCheck::new(setup.sanity_freq_limit_ppb),
            summary: clock::summary(setup),
            estimate: FrequencyEstimate::new(setup),
            last_offset: Offset { offset_ns: 0, path_delay_ns: 0, weight: 1.0 },
            setup: setup.clone(),
        };
        ptp4l.announce_start(reach);
        for port in &mut ptp4l.ports {
            port.start_timers(setup, 0, reach, life);
            if !reach.hardware.is_up(&port.setup.interface) {
                life.plan(reach.now, Ptp4lInput::LinkDown { port: port.number }, reach.queue);
            }
        }
        ptp4l
    }

    /// The ports by number, from 1, with their states: what phc2sys asks for.
    pub(crate) fn port_states(&self) -> Vec<(u16, PortState)> {
        self.ports.iter().map(|port| (port.number, port.state)).collect()
    }

    /// The state of the port that follows, or else of the first one.
    pub(crate) fn port_state(&self) -> PortState {
        let port = self.ports.iter().find(|port| port.follows()).or(self.ports.first());
        port.map_or(PortState::Disabled, |port| port.state)
    }

    /// The leap second that its grandmaster announces: what phc2sys asks for.
    pub(crate) fn leap(&self) -> Leap {
        self.leap
    }

    /// State of the servo after the last sample.
    pub(crate) fn servo_state(&self) -> Option<Servo> {
        self.servo_state
    }

    pub(crate) fn handle(&mut self, input: Ptp4lInput, reach: &mut Reach<'_>) {
        match input {
            Ptp4lInput::Packet { port, link, packet } => {
                self.on(port, |ptp4l, index| ptp4l.packet(index, link, packet, reach));
            }
            Ptp4lInput::AnnounceReceiptTimeout { port } => {
                self.on(port, |ptp4l, index| ptp4l.announce_receipt_timeout(index, reach));
            }
            Ptp4lInput::DelayTimer { port } => self.on(port, |ptp4l, index| ptp4l.delay_timer(index, reach)),
            Ptp4lInput::QualificationTimeout { port } => {
                self.on(port, |ptp4l, index| ptp4l.qualification_timeout(index, reach));
            }
            Ptp4lInput::SyncTimer { port } => self.on(port, |ptp4l, index| ptp4l.sync_timer(index, reach)),
            Ptp4lInput::FaultTimer { port } => self.on(port, |ptp4l, index| {
                if ptp4l.ports[index].timers.fault == Some(reach.now) {
                    ptp4l.fault_timer(index, reach);
                }
            }),
            Ptp4lInput::FaultCleared { port } => {
                self.on(port, |ptp4l, index| ptp4l.fault_cleared(index, reach))
            }
            Ptp4lInput::LinkDown { port } => self.on(port, |ptp4l, index| ptp4l.link_down(index, reach)),
            Ptp4lInput::LinkUp { port } => self.on(port, |ptp4l, index| ptp4l.link_up(index, reach)),
            Ptp4lInput::StateDecision => self.must_decide = true,
            Ptp4lInput::TransmitStampsLost { port, count } => {
                self.on(port, |ptp4l, index| ptp4l.lose_stamps(index, count, reach));
            }
            Ptp4lInput::GrandmasterSettings(settings) => self.grandmaster_settings(&settings),
        }
        if self.must_decide {
            self.decide(reach);
        }
    }

    /// Something for a port, if there is one of this number.
    fn on(&mut self, number: u16, act: impl FnOnce(&mut Self, usize)) {
        let index = usize::from(number).checked_sub(1);
        if let Some(index) = index.filter(|index| *index < self.ports.len()) {
            act(self, index);
        }
    }

    fn packet(&mut self, index: usize, link: usize, packet: Packet, reach: &mut Reach<'_>) {
        match packet {
            Packet::Announce(announce) => {
                if let Some(clock) = reach.network.sender(link) {
                    let sender = PortIdentity { clock, number: SENDER_PORT };
                    self.announce(index, (sender, link), announce, reach);
                }
            }
            Packet::Sync { t1_ns } => self.sync(index, link, t1_ns, reach),
            Packet::DelayResponse { t3_ns, t4_ns, round } => {
                self.delay_response((index, link), (t3_ns, t4_ns), round);
            }
        }
    }

    /// `process_announce`
    fn announce(
        &mut self,
        index: usize,
        from: (PortIdentity, usize),
        announce: Announce,
        reach: &mut Reach<'_>,
    ) {
        if announce.data_set.clock_class > self.setup.clock_class_threshold {
            self.complain_about_class(index, reach);
            return;
        }
        if announce.data_set.steps_removed >= MAX_STEPS_REMOVED {
            return;
        }
        let stands_back = match self.ports[index].state {
            PortState::Initializing | PortState::Faulty | PortState::Disabled => return,
            PortState::Listening | PortState::PreMaster | PortState::Master | PortState::GrandMaster => false,
            PortState::Passive | PortState::Uncalibrated | PortState::Slave => true,
        };
        let heard = if stands_back && self.ports[index].foreign.is_best(from.0) {
            if self.ports[index].follows() {
                self.time_properties(&announce, reach);
            }
            self.ports[index].set_announce(&self.setup, reach, self.life);
            self.ports[index].foreign.hear_best(reach.now, announce)
        } else {
            self.ports[index].foreign.hear(reach.now, from, announce)
        };
        match heard {
            Heard::NewMaster => {
                let body = ForeignMaster { port: self.ports[index].name(), master: from.0 };
                reach.printer.linuxptp(reach.now, self.life.process, Body::ForeignMaster(body));
            }
            Heard::Change => self.must_decide = true,
            Heard::Same => {}
        }
    }

    fn announce_receipt_timeout(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].timers.announce != Some(reach.now) {
            return;
        }
        self.ports[index].foreign.forget_best();
        self.ports[index].set_announce(&self.setup, reach, self.life);
        self.must_decide = true;
        self.dispatch(index, PortEvent::AnnounceReceiptTimeoutExpires, false, reach);
    }

    fn qualification_timeout(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].timers.qualification == Some(reach.now) {
            self.dispatch(index, PortEvent::QualificationTimeoutExpires, false, reach);
        }
    }

    fn delay_timer(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].timers.delay != Some(reach.now) {
            return;
        }
        self.ports[index].set_delay(&self.setup, reach, self.life);
        if self.loses_stamp(index, "delay request", reach) {
            return;
        }
        if let Some((t3_ns, best)) = self.stamp_ns(index, reach).zip(self.best) {
            let request = (t3_ns, self.ports[index].delay_round);
            reach.network.carry_delay_request(reach.now, best.link, request, reach.queue);
        }
    }

    fn sync_timer(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].timers.sync == Some(reach.now) {
            self.loses_stamp(index, "sync", reach);
        }
    }

    fn lose_stamps(&mut self, index: usize, count: u32, reach: &mut Reach<'_>) {
        let port = &mut self.ports[index];
        port.stamps_to_lose = port.stamps_to_lose.saturating_add(count);
        if port.serves() {
            port.set_sync(&self.setup, reach, self.life);
        }
    }

    fn complain_about_class(&mut self, index: usize, reach: &mut Reach<'_>) {
        let now_s = reach.now.ns / NS_PER_S;
        if self.complained_at_s.is_some_and(|at_s| now_s < at_s + COMPLAINT_INTERVAL_S) {
            return;
        }
        self.complained_at_s = Some(now_s);
        self.say(index, "Master clock quality received is greater than configured, ignoring master!", reach);
    }

    /// `port_dispatch`: the state machine, and what follows from another state.
    fn dispatch(&mut self, index: usize, event: PortEvent<'static>, new_master: bool, reach: &mut Reach<'_>) {
        let machine = if self.setup.client_only { Machine::ClientOnly } else { Machine::Any };
        let port = &mut self.ports[index];
        let from = port.state;
        let mut event = event;
        let mut to = machine.next(from, event, new_master);
        if to == PortState::Initializing {
            // The port is initialized on the spot, and only the outcome is printed (`port_state_update`).
            event = PortEvent::InitComplete;
            to = machine.next(to, event, false);
        }
        if from == to {
            return;
        }
        port.state = to;
        let fault = (event == PortEvent::FaultDetected).then_some("FT_UNSPECIFIED");
        let transition = PortTransition { port: port.name(), from, to, event, fault };
        reach.printer.linuxptp(reach.now, self.life.process, Body::PortTransition(transition));
        port.start_timers(&self.setup, self.steps_removed, reach, self.life);
        let (profile, port) = (self.life.process.profile, port.number);
        reach.tell_followers(profile, Phc2sysInput::PortChanged { profile, port, state: to });
        if to == PortState::Uncalibrated && self.setup.boundary_clock_jbod {
            self.switch_clock(index, reach);
        }
    }

    /// A line about a port.
    fn say(&self, index: usize, text: &str, reach: &mut Reach<'_>) {
        self.print(&format!("{}: {text}", self.ports[index].name()), reach);
    }

    fn print(&self, text: &str, reach: &mut Reach<'_>) {
        reach.printer.linuxptp_text(reach.now, self.life.process, text);
    }
}
