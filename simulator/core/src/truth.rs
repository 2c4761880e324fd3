//! The true states of the clocks, judged from inside the simulation.

use crate::processes::Processes;
use crate::{Setup, SimTime, TrueState};
use ptp_lines::{PortState, Servo};

/// What is true now.
#[derive(Debug)]
pub(crate) struct TrueStates {
    /// By card: the profile whose ptp4l steers its clock, and the state.
    cards: Vec<(Option<usize>, TrueState)>,
    os_clock: TrueState,
}

impl TrueStates {
    pub(crate) fn new(setup: &Setup) -> Self {
        let steered_by = |interfaces: &[String]| {
            setup.profiles.iter().position(|profile| {
                let ports = profile.ptp4l.iter().flat_map(|ptp4l| &ptp4l.ports);
                ports.map(|port| &port.interface).any(|interface| interfaces.contains(interface))
            })
        };
        let cards = setup.cards.iter();
        Self {
            cards: cards.map(|card| (steered_by(&card.interfaces), TrueState::Unsynchronized)).collect(),
            os_clock: TrueState::Unsynchronized,
        }
    }

    pub(crate) fn cards(&self) -> impl Iterator<Item = TrueState> {
        self.cards.iter().map(|(_, state)| *state)
    }

    pub(crate) fn os_clock(&self) -> TrueState {
        self.os_clock
    }

    /// Looks at the processes; returns whether a state has changed.
    pub(crate) fn observe(&mut self, now: SimTime, processes: &Processes) -> bool {
        let mut changed = false;
        for (profile, state) in &mut self.cards {
            let servo = profile.and_then(|profile| ptp_servo(processes, profile));
            let next = next(*state, servo, now);
            changed |= *state != next;
            *state = next;
        }
        let steering = processes.phc2sys.iter().find_map(|slot| slot.running()?.steering());
        let os_clock = next(self.os_clock, steering, now);
        changed |= self.os_clock != os_clock;
        self.os_clock = os_clock;
        changed
    }
}

/// What the servo of a profile's ptp4l makes of its samples, if it gets any.
fn ptp_servo(processes: &Processes, profile: usize) -> Option<Servo> {
    let ptp4l = processes.ptp4l.get(profile)?.running()?;
    let follows = ptp4l.port_state() == PortState::Slave;
    let starts_over = ptp4l.port_state() == PortState::Uncalibrated;
    let servo = if follows || starts_over { ptp4l.servo_state() } else { None };
    // While a new master is being measured the servo still stands at its last state: that is no sample of it.
    servo.filter(|state| follows || *state < Servo::Locked)
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
