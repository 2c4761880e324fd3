//! The true states of the clocks, judged from inside the simulation.

use crate::phc2sys::Phc2sys;
use crate::ptp4l::Ptp4l;
use crate::{SimTime, TrueState};
use ptp_lines::{PortState, Servo};

/// What is true now.
#[derive(Debug)]
pub(crate) struct TrueStates {
    ptp_clock: TrueState,
    os_clock: TrueState,
}

impl Default for TrueStates {
    fn default() -> Self {
        Self { ptp_clock: TrueState::Unsynchronized, os_clock: TrueState::Unsynchronized }
    }
}

impl TrueStates {
    pub(crate) fn ptp_clock(&self) -> TrueState {
        self.ptp_clock
    }

    pub(crate) fn os_clock(&self) -> TrueState {
        self.os_clock
    }

    /// Looks at the processes; returns whether a state has changed.
    pub(crate) fn observe(&mut self, now: SimTime, ptp4l: &Ptp4l, phc2sys: Option<&Phc2sys>) -> bool {
        let follows = ptp4l.port_state() == PortState::Slave;
        let starts_over = ptp4l.port_state() == PortState::Uncalibrated;
        let ptp_servo = if follows || starts_over { ptp4l.servo_state() } else { None };
        // While a new master is being measured the servo still stands at its last state: that is no sample of it.
        let ptp_servo = ptp_servo.filter(|state| follows || *state < Servo::Locked);
        let ptp_clock = next(self.ptp_clock, ptp_servo, now);
        let os_clock = next(self.os_clock, phc2sys.and_then(Phc2sys::steering), now);
        let changed = self.ptp_clock != ptp_clock || self.os_clock != os_clock;
        *self = Self { ptp_clock, os_clock };
        changed
    }
}

/// The next state of a clock whose servo stands at this state, or gets no samples.
fn next(state: TrueState, servo: Option<Servo>, now: SimTime) -> TrueState {
    match (servo, state) {
        (Some(Servo::Unlocked | Servo::Jump), _) => TrueState::Unsynchronized,
        (Some(Servo::Locked | Servo::LockedStable), _) => TrueState::Tracking,
        (None, TrueState::Tracking) => TrueState::Coasting { since: now },
        (None, TrueState::Unsynchronized | TrueState::Coasting { .. }) => state,
    }
}
