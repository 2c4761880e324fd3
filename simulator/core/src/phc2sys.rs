//! phc2sys with `-a -r`: it follows the port state of ptp4l and steers the clock of the operating system
//! (`phc2sys.c` of linuxptp 4.4).

use crate::noise::{Noise, Purpose, whole_ns};
use crate::oscillator::Clock;
use crate::outbox::{Outbox, Process};
use crate::queue::{Event, Queue};
use crate::servo::{PiServo, ServoSetup};
use crate::time::NS_PER_S;
use crate::{Phc2sysSetup, Setup, SimTime};
use ptp_lines::{
    Body, Clock as ClockName, ClockIdentity, Dialect, OffsetSource, Phc2sysOffset, Phc2sysSelection,
    PortIdentity, PortState, Ppb, Servo,
};

/// What phc2sys reaches out to at a tick.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) now: SimTime,
    pub(crate) phc: &'a mut Clock,
    pub(crate) os_clock: &'a mut Clock,
    pub(crate) queue: &'a mut Queue,
    pub(crate) outbox: &'a mut Outbox,
}

/// A phc2sys process.
#[derive(Debug)]
pub(crate) struct Phc2sys {
    setup: Phc2sysSetup,
    interface: String,
    identity: ClockIdentity,
    port_role: PortRole,
    /// State changes that ptp4l has sent and no tick has read.
    unread: Vec<PortRole>,
    must_reconfigure: bool,
    utc_offset_known_from: SimTime,
    steers: bool,
    servo: PiServo,
    servo_state: Option<Servo>,
    reading: Noise,
    reading_delay: Noise,
}

/// A port state as phc2sys tells them apart (`normalize_state`); a client-only port has no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PortRole {
    /// The port's clock may become the source.
    Uncalibrated,
    /// The port's clock is the source.
    Slave,
    /// The port's clock is nobody's source.
    Disabled,
}

impl PortRole {
    fn of(state: PortState) -> Self {
        match state {
            PortState::Uncalibrated => Self::Uncalibrated,
            PortState::Slave => Self::Slave,
            PortState::Initializing
            | PortState::Faulty
            | PortState::Disabled
            | PortState::Listening
            | PortState::PreMaster
            | PortState::Master
            | PortState::Passive
            | PortState::GrandMaster => Self::Disabled,
        }
    }
}

impl Phc2sys {
    /// A process that starts now and has read the state of the port.
    pub(crate) fn new(setup: &Setup, port_state: PortState, now: SimTime, queue: &mut Queue) -> Self {
        let options = setup.phc2sys;
        let servo = ServoSetup {
            gains: options.servo,
            interval_s: 1.0 / f64::from(options.rate_hz.max(1)),
            first_step_threshold_ns: options.first_step_threshold_ns,
            step_threshold_ns: options.step_threshold_ns,
            max_frequency_ppb: options.max_frequency_ppb,
        };
        let phc2sys = Self {
            setup: options,
            interface: setup.node.interface.clone(),
            identity: setup.node.clock_identity,
            port_role: PortRole::of(port_state),
            unread: Vec::new(),
            must_reconfigure: true,
            utc_offset_known_from: now.after_ns(options.utc_offset_after_ns),
            steers: false,
            servo: PiServo::new(servo),
            servo_state: None,
            reading: Noise::new(setup.seed, Purpose::ClockReading),
            reading_delay: Noise::new(setup.seed, Purpose::ClockReadingDelay),
        };
        queue.plan(now.after_ns(phc2sys.interval_ns()), Event::Phc2sysTick);
        phc2sys
    }

    /// State of the servo after the last sample, if it gets samples now.
    pub(crate) fn steering(&self) -> Option<Servo> {
        if self.steers { self.servo_state } else { None }
    }

    /// ptp4l has sent a state change.
    pub(crate) fn port_changed(&mut self, state: PortState) {
        self.unread.push(PortRole::of(state));
    }

    pub(crate) fn tick(&mut self, reach: &mut Reach<'_>) {
        reach.queue.plan(reach.now.after_ns(self.interval_ns()), Event::Phc2sysTick);
        self.read_changes(reach);
        if self.must_reconfigure && reach.now >= self.utc_offset_known_from {
            self.must_reconfigure = false;
            self.reconfigure(reach);
        }
        if self.steers {
            self.synchronize(reach);
        }
    }

    fn interval_ns(&self) -> u64 {
        NS_PER_S / u64::from(self.setup.rate_hz.max(1))
    }

    fn read_changes(&mut self, reach: &mut Reach<'_>) {
        for role in std::mem::take(&mut self.unread) {
            if self.port_role != role {
                self.port_role = role;
                self.must_reconfigure = true;
                let port = PortIdentity { clock: self.identity, number: 1 };
                print(Phc2sysSelection::PortChangedState(port), reach);
            }
        }
        // Whatever it was told, it stops before it uses a clock that is no source any more.
        self.steers &= self.port_role == PortRole::Slave;
    }

    fn reconfigure(&mut self, reach: &mut Reach<'_>) {
        let device = ClockName::Device(&self.interface);
        let dialect = Dialect::V4;
        print(Phc2sysSelection::Reconfiguring, reach);
        match self.port_role {
            PortRole::Slave => {
                print(Phc2sysSelection::AsSource { clock: device, dialect }, reach);
                print(Phc2sysSelection::ForSynchronization(ClockName::Realtime), reach);
            }
            PortRole::Uncalibrated => print(Phc2sysSelection::SourceNotReady { dialect }, reach),
            PortRole::Disabled => print(Phc2sysSelection::ForSynchronization(device), reach),
        }
        self.steers = self.port_role == PortRole::Slave;
    }

    fn synchronize(&mut self, reach: &mut Reach<'_>) {
        let reading_ns = self.setup.reading_noise_ns * self.reading.normal();
        let difference_ns = reach.os_clock.error_ns(reach.now) - reach.phc.error_ns(reach.now);
        let offset_ns = whole_ns(difference_ns + reading_ns);
        let correction = self.servo.sample(offset_ns, reach.os_clock.read_ns(reach.now));
        self.servo_state = Some(correction.state);
        let line = Phc2sysOffset {
            clock: ClockName::Realtime,
            source: OffsetSource::Phc,
            offset_ns,
            servo: correction.state,
            freq: Ppb::rounded(correction.freq_ppb),
            delay_ns: Some(self.reading_delay_ns()),
        };
        reach.outbox.linuxptp(reach.now, Process::Phc2sys, Body::Phc2sysOffset(line));
        match correction.state {
            Servo::Unlocked => {}
            Servo::Jump => {
                reach.os_clock.steer(reach.now, -correction.freq_ppb);
                reach.os_clock.step(reach.now, -offset_ns);
            }
            Servo::Locked | Servo::LockedStable => reach.os_clock.steer(reach.now, -correction.freq_ppb),
        }
    }

    /// phc2sys takes the quickest of several readings, so the slow side of the distribution is short.
    fn reading_delay_ns(&mut self) -> i64 {
        const QUICKEST: f64 = -3.3;
        const SLOWEST: f64 = 1.5;
        let deviations = self.reading_delay.normal().clamp(QUICKEST, SLOWEST);
        whole_ns(self.setup.reading_delay_ns + self.setup.reading_delay_noise_ns * deviations)
    }
}

fn print(selection: Phc2sysSelection<'_>, reach: &mut Reach<'_>) {
    reach.outbox.linuxptp(reach.now, Process::Phc2sys, Body::Phc2sysSelection(selection));
}
