//! The true states of the clocks, judged from inside the simulation.

use crate::chronyd::Chronyd;
use crate::dpll::Dpll;
use crate::gnss::Gnss;
use crate::hardware::{Card, Hardware};
use crate::processes::Processes;
use crate::{CardTruth, Setup, SimTime, TrueState};
use ptp_lines::{PortState, Servo};

/// What is true now.
#[derive(Debug)]
pub(crate) struct TrueStates {
    /// By card: what its clock should follow, and the state.
    cards: Vec<(Option<Follows>, TrueState)>,
    os_clock: TrueState,
}

/// What the clock of a card should follow, and what sees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// The grandmaster, by the ptp4l of a profile.
    Ptp4l { profile: usize },
    /// GNSS, or the clock of `leader` that is itself no business of it, by the ts2phc of a profile.
    Ts2phc { profile: usize, leader: usize },
}

/// How the clock of a card is looked after at this moment.
#[derive(Clone, Copy, Debug)]
enum Care {
    /// Its servo makes this of its samples.
    Sampled(Servo),
    /// It gets no samples that can be trusted.
    LeftAlone,
}

impl TrueStates {
    pub(crate) fn new(setup: &Setup) -> Self {
        let cards = setup.cards.iter();
        Self {
            cards: cards.map(|card| (follows(setup, &card.interfaces), TrueState::Unsynchronized)).collect(),
            os_clock: TrueState::Unsynchronized,
        }
    }

    /// The truth about each card.
    pub(crate) fn cards(&self, now: SimTime, hardware: &mut Hardware) -> Vec<CardTruth> {
        let cards = self.cards.iter().zip(&mut hardware.cards);
        cards.map(|((_, clock), card)| card_truth(now, *clock, card)).collect()
    }

    pub(crate) fn os_clock(&self) -> TrueState {
        self.os_clock
    }

    /// Looks at everything; returns whether a state has changed.
    pub(crate) fn observe(&mut self, now: SimTime, processes: &Processes, hardware: &Hardware) -> bool {
        let mut changed = false;
        for card in 0..self.cards.len() {
            let Some(&(follows, state)) = self.cards.get(card) else { continue };
            let care = match follows {
                None => Care::LeftAlone,
                Some(Follows::Ptp4l { profile }) => ptp_care(processes, profile),
                Some(Follows::Ts2phc { profile, leader }) => {
                    let leads_well = self.leads_well(card, leader);
                    let care = ts2phc_care((processes, profile), hardware, (card, leader), now);
                    if leads_well { care } else { at_most_left_alone(care) }
                }
            };
            let next = next(state, care, now);
            changed |= state != next;
            self.cards[card].1 = next;
        }
        let steering = processes.phc2sys.iter().find_map(|slot| slot.running()?.steering());
        let by_chronyd =
            processes.chronyd.iter().any(|slot| slot.running().is_some_and(Chronyd::is_steering));
        let steering = steering.or(by_chronyd.then_some(Servo::Locked));
        let os_clock = next(self.os_clock, steering.map_or(Care::LeftAlone, Care::Sampled), now);
        changed |= self.os_clock != os_clock;
        self.os_clock = os_clock;
        changed
    }

    /// Whether the leader's clock, if ptp4l steers that, follows its grandmaster.
    fn leads_well(&self, card: usize, leader: usize) -> bool {
        match self.cards.get(leader) {
            Some((Some(Follows::Ptp4l { .. }), state)) if leader != card => *state == TrueState::Tracking,
            Some(_) | None => true,
        }
    }
}

fn card_truth(now: SimTime, clock: TrueState, card: &mut Card) -> CardTruth {
    let output_ns = card.phc.output_ns(now);
    CardTruth {
        clock,
        phc_error_ns: card.phc.error_ns(now),
        dpll: card.dpll.as_ref().map(|dpll: &Dpll| dpll.truth(output_ns)),
        gnss: card.gnss.as_ref().map(|gnss: &Gnss| gnss.truth(now)),
    }
}

/// What a card with these interfaces should follow.
fn follows(setup: &Setup, interfaces: &[String]) -> Option<Follows> {
    let has = |interface: &String| interfaces.contains(interface);
    let by_ts2phc = setup.profiles.iter().enumerate().find_map(|(profile, processes)| {
        let listed = &processes.ts2phc.as_ref()?.interfaces;
        let first = listed.first()?;
        let leader = setup.cards.iter().position(|card| card.interfaces.contains(first))?;
        let leads_by_gnss = setup.cards.get(leader)?.gnss.is_some();
        let is_steered = listed.iter().any(has) && (leads_by_gnss || !has(first));
        is_steered.then_some(Follows::Ts2phc { profile, leader })
    });
    by_ts2phc.or_else(|| {
        let profile = setup.profiles.iter().position(|profile| {
            let ports = profile.ptp4l.iter().flat_map(|ptp4l| &ptp4l.ports);
            ports.filter(|port| !port.server_only).any(|port| has(&port.interface))
        })?;
        Some(Follows::Ptp4l { profile })
    })
}

/// What the servo of a profile's ptp4l makes of its samples, if it gets any.
fn ptp_care(processes: &Processes, profile: usize) -> Care {
    let Some(ptp4l) = processes.ptp4l.get(profile).and_then(|slot| slot.running()) else {
        return Care::LeftAlone;
    };
    let follows = ptp4l.port_state() == PortState::Slave;
    let starts_over = ptp4l.port_state() == PortState::Uncalibrated;
    let servo = if follows || starts_over { ptp4l.servo_state() } else { None };
    // While a new master is being measured the servo still stands at its last state: that is no sample of it.
    servo.filter(|state| follows || *state < Servo::Locked).map_or(Care::LeftAlone, Care::Sampled)
}

/// What the servo of a profile's ts2phc makes of a card, if the edges come from somewhere and their time is known.
fn ts2phc_care(
    (processes, profile): (&Processes, usize),
    hardware: &Hardware,
    (card, leader): (usize, usize),
    now: SimTime,
) -> Care {
    let ts2phc = processes.ts2phc.get(profile).and_then(|slot| slot.running());
    let Some(steering) = ts2phc.and_then(|ts2phc| ts2phc.steering(now, card)) else { return Care::LeftAlone };
    let care = Care::Sampled(steering.servo);
    let is_followed = steering.has_source && hardware.is_edge_traceable(card, leader);
    if is_followed { care } else { at_most_left_alone(care) }
}

/// A servo that starts over does so whatever it follows.
fn at_most_left_alone(care: Care) -> Care {
    match care {
        Care::Sampled(Servo::Unlocked | Servo::Jump) => care,
        Care::Sampled(Servo::Locked | Servo::LockedStable) | Care::LeftAlone => Care::LeftAlone,
    }
}

/// The next state of a clock.
fn next(state: TrueState, care: Care, now: SimTime) -> TrueState {
    match (care, state) {
        (Care::Sampled(Servo::Unlocked | Servo::Jump), _) => TrueState::Unsynchronized,
        (Care::Sampled(Servo::Locked | Servo::LockedStable), _) => TrueState::Tracking,
        (Care::LeftAlone, TrueState::Tracking) => TrueState::Coasting { since: now },
        (Care::LeftAlone, TrueState::Unsynchronized | TrueState::Coasting { .. }) => state,
    }
}
