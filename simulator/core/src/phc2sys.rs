//! phc2sys with `-a -r`: it follows the port state of ptp4l and steers the clock of the operating system
//! (`phc2sys.c` of linuxptp 4.4).

use crate::expression::{Evaluation, Packet};
use crate::noise::{Noise, Stream, whole_ns};
use crate::process::Life;
use crate::reach::Reach;
use crate::servo::{PiServo, ServoSetup};
use crate::time::NS_PER_S;
use crate::{Expression, Phc2sysSetup, Ptp4lSetup, SimTime};
use ptp_lines::{
    Body, Clock as ClockName, ClockIdentity, Dialect, OffsetSource, Phc2sysOffset, Phc2sysSelection,
    PortIdentity, PortState, Ppb, Servo,
};

/// What phc2sys handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phc2sysInput {
    /// Its interval has passed.
    Tick,
    /// The ptp4l of a profile has sent a change of the state of a port.
    PortChanged { profile: usize, port: u16, state: PortState },
}

impl From<Phc2sysInput> for crate::process::ProcessInput {
    fn from(input: Phc2sysInput) -> Self {
        Self::Phc2sys(input)
    }
}

/// A phc2sys process.
#[derive(Debug)]
pub(crate) struct Phc2sys {
    life: Life,
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
    /// In place of the reading noise.
    reading_error: Option<Evaluation>,
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
    pub(crate) fn start(
        options: Phc2sysSetup,
        (ptp4l, port_state): (&Ptp4lSetup, PortState),
        life: Life,
        seed: u64,
        reach: &mut Reach<'_>,
    ) -> Self {
        let servo = ServoSetup {
            gains: options.servo,
            interval_s: 1.0 / f64::from(options.rate_hz.max(1)),
            first_step_threshold_ns: options.first_step_threshold_ns,
            step_threshold_ns: options.step_threshold_ns,
            max_frequency_ppb: options.max_frequency_ppb,
        };
        let noise = |which| Noise::new(seed, Stream::phc2sys(life.process.profile, which));
        let phc2sys = Self {
            life,
            setup: options,
            interface: ptp4l.ports.first().map(|port| port.interface.clone()).unwrap_or_default(),
            identity: ptp4l.clock_identity,
            port_role: PortRole::of(port_state),
            unread: Vec::new(),
            must_reconfigure: true,
            utc_offset_known_from: reach.now.after_ns(options.utc_offset_after_ns),
            steers: false,
            servo: PiServo::new(servo),
            servo_state: None,
            reading: noise(0),
            reading_delay: noise(1),
            reading_error: None,
        };
        life.plan(reach.now.after_ns(phc2sys.interval_ns()), Phc2sysInput::Tick, reach.queue);
        phc2sys
    }

    /// Reads hardware clocks by so many seconds too little as that expression says.
    pub(crate) fn misreading(mut self, error: &Expression, seed: u64) -> Self {
        let noise = Noise::new(seed, Stream::phc2sys(self.life.process.profile, 2));
        self.reading_error = Some(Evaluation::new(error.clone(), noise));
        self
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        self.life.plan(reach.now, Phc2sysInput::Tick, reach.queue);
    }

    pub(crate) fn handle(&mut self, input: Phc2sysInput, reach: &mut Reach<'_>) {
        match input {
            Phc2sysInput::Tick => self.tick(reach),
            Phc2sysInput::PortChanged { state, .. } => self.unread.push(PortRole::of(state)),
        }
    }

    /// State of the servo after the last sample, if it gets samples now.
    pub(crate) fn steering(&self) -> Option<Servo> {
        if self.steers { self.servo_state } else { None }
    }

    fn tick(&mut self, reach: &mut Reach<'_>) {
        self.life.plan(reach.now.after_ns(self.interval_ns()), Phc2sysInput::Tick, reach.queue);
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
                self.print(Phc2sysSelection::PortChangedState(port), reach);
            }
        }
        // Whatever it was told, it stops before it uses a clock that is no source any more.
        self.steers &= self.port_role == PortRole::Slave;
    }

    fn reconfigure(&mut self, reach: &mut Reach<'_>) {
        let device = ClockName::Device(&self.interface);
        let dialect = Dialect::V4;
        self.print(Phc2sysSelection::Reconfiguring, reach);
        match self.port_role {
            PortRole::Slave => {
                self.print(Phc2sysSelection::AsSource { clock: device, dialect }, reach);
                self.print(Phc2sysSelection::ForSynchronization(ClockName::Realtime), reach);
            }
            PortRole::Uncalibrated => self.print(Phc2sysSelection::SourceNotReady { dialect }, reach),
            PortRole::Disabled => self.print(Phc2sysSelection::ForSynchronization(device), reach),
        }
        self.steers = self.port_role == PortRole::Slave;
    }

    fn synchronize(&mut self, reach: &mut Reach<'_>) {
        let reading_ns = match &mut self.reading_error {
            Some(error) => error.next(&Packet::default()) * 1e9,
            None => self.setup.reading_noise_ns * self.reading.normal(),
        };
        let Some(card) = reach.hardware.card_of(&self.interface) else { return };
        let phc_error_ns = card.phc.error_ns(reach.now);
        let os_clock = &mut reach.hardware.os_clock;
        let difference_ns = os_clock.error_ns(reach.now) - phc_error_ns;
        let offset_ns = whole_ns(difference_ns + reading_ns);
        let correction = self.servo.sample(offset_ns, os_clock.read_ns(reach.now));
        self.servo_state = Some(correction.state);
        let line = Phc2sysOffset {
            clock: ClockName::Realtime,
            source: OffsetSource::Phc,
            offset_ns,
            servo: correction.state,
            freq: Ppb::rounded(correction.freq_ppb),
            delay_ns: Some(self.reading_delay_ns()),
        };
        reach.printer.linuxptp(reach.now, self.life.process, Body::Phc2sysOffset(line));
        match correction.state {
            Servo::Unlocked => {}
            Servo::Jump => {
                reach.hardware.os_clock.steer(reach.now, -correction.freq_ppb);
                reach.hardware.os_clock.step(reach.now, -offset_ns);
            }
            Servo::Locked | Servo::LockedStable => {
                reach.hardware.os_clock.steer(reach.now, -correction.freq_ppb)
            }
        }
    }

    /// phc2sys takes the quickest of several readings, so the slow side of the distribution is short.
    fn reading_delay_ns(&mut self) -> i64 {
        const QUICKEST: f64 = -3.3;
        const SLOWEST: f64 = 1.5;
        let deviations = self.reading_delay.normal().clamp(QUICKEST, SLOWEST);
        whole_ns(self.setup.reading_delay_ns + self.setup.reading_delay_noise_ns * deviations)
    }

    fn print(&self, selection: Phc2sysSelection<'_>, reach: &mut Reach<'_>) {
        reach.printer.linuxptp(reach.now, self.life.process, Body::Phc2sysSelection(selection));
    }
}
