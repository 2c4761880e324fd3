//! A port of ptp4l: its state, its timers, and the masters that it hears.

use super::Ptp4lInput;
use super::foreign::ForeignMasters;
use crate::noise::{Noise, Stream};
use crate::process::Life;
use crate::reach::Reach;
use crate::time::interval_ns;
use crate::{PortSetup, Ptp4lSetup, SimTime};
use ptp_lines::{Port as PortName, PortIdentity, PortState};

/// Streams of randomness of ports begin anew here: two for each of the first sixteen.
const PORTS_WITH_STREAMS: u8 = 16;

/// One port.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    pub(super) setup: PortSetup,
    pub(super) state: PortState,
    pub(super) foreign: ForeignMasters,
    pub(super) timers: Timers,
    /// Delay requests sent in an earlier round are no longer waited for.
    pub(super) delay_round: u32,
    /// As the kernel has told.
    pub(super) link_is_up: bool,
    /// Transmit time stamps that the driver is yet to lose.
    pub(super) stamps_to_lose: u32,
    pub(super) announce_interval_ns: u64,
    announce_jitter: Noise,
    delay_jitter: Noise,
}

/// When its timers fire. One that has been set anew meanwhile fires no more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timers {
    pub(super) announce: Option<SimTime>,
    pub(super) delay: Option<SimTime>,
    pub(super) qualification: Option<SimTime>,
    pub(super) sync: Option<SimTime>,
    pub(super) fault: Option<SimTime>,
}

impl Timers {
    /// Every timer that drives the protocol (`port_e2e_transition`); that of the fault goes on.
    fn stop(&mut self) {
        *self = Self { fault: self.fault, ..Self::default() };
    }
}

impl Port {
    pub(super) fn new(index: usize, setup: &Ptp4lSetup, port: &PortSetup, life: Life, seed: u64) -> Self {
        let announce_interval_ns = interval_ns(setup.log_announce_interval);
        let number = u16::try_from(index + 1).unwrap_or(u16::MAX);
        let stream = 2 * (number.saturating_sub(1) % u16::from(PORTS_WITH_STREAMS)).to_le_bytes()[0];
        let noise = |which| Noise::new(seed, Stream::ptp4l(life.process.profile, stream + which));
        Self {
            number,
            setup: port.clone(),
            state: PortState::Listening,
            foreign: ForeignMasters::new(announce_interval_ns),
            timers: Timers::default(),
            delay_round: 0,
            link_is_up: true,
            stamps_to_lose: 0,
            announce_interval_ns,
            announce_jitter: noise(0),
            delay_jitter: noise(1),
        }
    }

    pub(super) fn name(&self) -> PortName<'_> {
        PortName { number: self.number, name: Some(&self.setup.interface) }
    }

    pub(super) fn identity(&self, clock: ptp_lines::ClockIdentity) -> PortIdentity {
        PortIdentity { clock, number: self.number }
    }

    pub(super) fn follows(&self) -> bool {
        [PortState::Uncalibrated, PortState::Slave].contains(&self.state)
    }

    pub(super) fn serves(&self) -> bool {
        [PortState::Master, PortState::GrandMaster].contains(&self.state)
    }

    /// What becomes of the timers in a new state (`port_e2e_transition`).
    pub(super) fn start_timers(
        &mut self,
        setup: &Ptp4lSetup,
        steps_removed: u16,
        reach: &mut Reach<'_>,
        life: Life,
    ) {
        self.timers.stop();
        match self.state {
            PortState::Initializing => {}
            PortState::Faulty | PortState::Disabled => self.foreign.forget_all(),
            PortState::Listening | PortState::Passive => self.set_announce(setup, reach, life),
            PortState::PreMaster => self.set_qualification(steps_removed, reach, life),
            PortState::Master | PortState::GrandMaster => self.set_sync(setup, reach, life),
            PortState::Uncalibrated => {
                self.delay_round += 1;
                self.set_delay(setup, reach, life);
                self.set_announce(setup, reach, life);
            }
            PortState::Slave => {
                self.set_delay(setup, reach, life);
                self.set_announce(setup, reach, life);
            }
        }
    }

    /// announceReceiptTimeout intervals, and a random part of one more (`port_set_announce_tmo`).
    pub(super) fn set_announce(&mut self, setup: &Ptp4lSetup, reach: &mut Reach<'_>, life: Life) {
        let wait_ns = u64::from(setup.announce_receipt_timeout) * self.announce_interval_ns;
        let deadline = reach.now.after_ns(wait_ns + self.announce_jitter.below(self.announce_interval_ns));
        self.timers.announce = Some(deadline);
        life.plan(deadline, Ptp4lInput::AnnounceReceiptTimeout { port: self.number }, reach.queue);
    }

    /// Anything up to two intervals (`port_set_delay_tmo`).
    pub(super) fn set_delay(&mut self, setup: &Ptp4lSetup, reach: &mut Reach<'_>, life: Life) {
        let interval_ns = interval_ns(setup.log_min_delay_request_interval);
        let deadline = reach.now.after_ns(1 + self.delay_jitter.below(2 * interval_ns));
        self.timers.delay = Some(deadline);
        life.plan(deadline, Ptp4lInput::DelayTimer { port: self.number }, reach.queue);
    }

    /// One announce interval more than there are clocks to the grandmaster (`port_set_qualification_tmo`).
    fn set_qualification(&mut self, steps_removed: u16, reach: &mut Reach<'_>, life: Life) {
        let wait_ns = (u64::from(steps_removed) + 1) * self.announce_interval_ns;
        let deadline = reach.now.after_ns(wait_ns);
        self.timers.qualification = Some(deadline);
        life.plan(deadline, Ptp4lInput::QualificationTimeout { port: self.number }, reach.queue);
    }

    /// Nobody hears what a port that serves sends: it sends only to lose time stamps.
    pub(super) fn set_sync(&mut self, setup: &Ptp4lSetup, reach: &mut Reach<'_>, life: Life) {
        if self.stamps_to_lose > 0 {
            let deadline = reach.now.after_ns(interval_ns(setup.log_sync_interval));
            self.timers.sync = Some(deadline);
            life.plan(deadline, Ptp4lInput::SyncTimer { port: self.number }, reach.queue);
        }
    }
}
