//! What happens to a node: faults at random times, most of them healed, some of them at the same time.

use super::dice::Dice;
use sim_core::{Action, DpllChange, GnssChange, ProcessId, ProcessProgram, ProfileSetup, Setup, SimTime};

/// Faults of a case.
const FAULTS_MAX: u64 = 8;

/// A fault and what heals it.
type Fault = (Action, Option<Action>);

/// Draws one, of a grandmaster and on an interface.
type DrawFault = fn(&Setup, &mut Dice, usize, String) -> Fault;

/// Draws the timeline; the last entry lies before the end of the busy part.
pub(super) fn draw(setup: &mut Setup, busy_s: u64, dice: &mut Dice) {
    let end_ms = busy_s * 1000;
    let mut timeline = Vec::new();
    for _ in 0..dice.between(0, FAULTS_MAX) {
        let (fault, healing) = fault(setup, dice);
        let from_ms = dice.between(0, end_ms);
        timeline.push((SimTime::from_ms(from_ms), fault));
        if let Some(healing) = healing.filter(|_| !dice.chance(8)) {
            let lasts_ms = dice.pick(&[10, 100, 700, 2_000, 5_000, 12_000, 40_000]);
            let until_ms = from_ms + dice.between(lasts_ms / 2, lasts_ms * 3 / 2);
            timeline.push((SimTime::from_ms(until_ms.min(end_ms)), healing));
        }
    }
    timeline.sort_by_key(|(at, _)| *at);
    setup.timeline = timeline;
}

/// Whether a process is stopped in the timeline.
pub(super) fn stops_a_process(setup: &Setup) -> bool {
    setup.timeline.iter().any(|(_, action)| matches!(action, Action::ProcessStall { .. }))
}

fn fault(setup: &Setup, dice: &mut Dice) -> Fault {
    let link = place(setup.links.len(), dice);
    let interface = setup.links.get(link).map(|link| link.interface.clone()).unwrap_or_default();
    let grandmaster = place(setup.grandmasters.len(), dice);
    let of_sources: [(u64, DrawFault); 2] = [
        (6, |setup, dice, _, _| source_fault(setup, dice)),
        (4, |setup, dice, _, _| process_fault(setup, dice)),
    ];
    if setup.links.is_empty() {
        return dice.weighted(&of_sources)(setup, dice, grandmaster, interface);
    }
    let kinds: [(u64, DrawFault); 5] = [
        (6, |_, _, grandmaster, _| {
            (Action::GrandmasterSilent { grandmaster }, Some(Action::GrandmasterSpeaks { grandmaster }))
        }),
        (5, |_, _, _, interface| {
            (Action::LinkDown { interface: interface.clone() }, Some(Action::LinkUp { interface }))
        }),
        (4, |setup, dice, _, _| process_fault(setup, dice)),
        (4, |setup, dice, grandmaster, interface| network_fault(setup, dice, grandmaster, interface)),
        (3, |_, dice, _, interface| clock_fault(dice, interface)),
    ];
    dice.weighted(&kinds)(setup, dice, grandmaster, interface)
}

fn network_fault(setup: &Setup, dice: &mut Dice, grandmaster: usize, interface: String) -> Fault {
    match dice.between(0, 3) {
        0 => {
            let class = dice.pick(&[7, 52, 135, 140, 248]);
            (
                Action::GrandmasterClockClass { grandmaster, class },
                Some(Action::GrandmasterClockClass { grandmaster, class: 6 }),
            )
        }
        1 => {
            let priority2 = dice.pick(&[1, 127, 129, 255]);
            (
                Action::GrandmasterPriority2 { grandmaster, priority2 },
                Some(Action::GrandmasterPriority2 { grandmaster, priority2: 128 }),
            )
        }
        // The time of one grandmaster of several says nothing of which one is followed.
        2 if setup.grandmasters.len() == 1 => {
            (Action::GrandmasterStep { grandmaster, by_ns: dice.signed(1..=9) }, None)
        }
        _ => {
            let mean_ns = dice.pick(&[50.0, 300.0, 3_000.0, 100_000.0]);
            (
                Action::PacketDelayBurst { interface: interface.clone(), mean_ns },
                Some(Action::PacketDelayNormal { interface }),
            )
        }
    }
}

fn clock_fault(dice: &mut Dice, interface: String) -> Fault {
    match dice.between(0, 2) {
        0 => (Action::HardwareClockStep { card: 0, by_ns: dice.signed(1..=9) }, None),
        1 => (Action::OsClockStep { by_ns: dice.signed(1..=9) }, None),
        _ => {
            let count = u32::try_from(dice.between(1, 5)).unwrap_or(1);
            (Action::TransmitStampsLost { interface, count }, None)
        }
    }
}

fn process_fault(setup: &Setup, dice: &mut Dice) -> Fault {
    let profile = place(setup.profiles.len(), dice);
    let Some(program) = program_of(&setup.profiles[profile], dice) else {
        return (Action::OsClockStep { by_ns: dice.signed(1..=9) }, None);
    };
    let process = ProcessId { program, profile };
    if dice.chance(60) {
        (Action::ProcessCrash { process }, None)
    } else {
        (Action::ProcessStall { process }, Some(Action::ProcessResume { process }))
    }
}

/// A program that a profile runs.
fn program_of(profile: &ProfileSetup, dice: &mut Dice) -> Option<ProcessProgram> {
    let has = [
        (profile.ptp4l.is_some(), ProcessProgram::Ptp4l),
        (profile.phc2sys.is_some(), ProcessProgram::Phc2sys),
        (profile.ts2phc.is_some(), ProcessProgram::Ts2phc),
        (profile.synce4l.is_some(), ProcessProgram::Synce4l),
    ];
    let programs: Vec<ProcessProgram> =
        has.iter().filter(|(has, _)| *has).map(|(_, program)| *program).collect();
    programs.get(place(programs.len(), dice)).copied()
}

/// GNSS and the DPLL of the first card that has them, and network time.
fn source_fault(setup: &Setup, dice: &mut Dice) -> Fault {
    let card = setup.cards.iter().position(|card| card.gnss.is_some()).unwrap_or_default();
    let gnss = |change| Action::Gnss { card, change };
    let (lost, back) = match dice.between(0, 5) {
        0 | 1 => (GnssChange::AntennaOff, GnssChange::AntennaOn),
        2 => (GnssChange::Jamming { accuracy_ns: 250 }, GnssChange::JammingOver),
        3 => (GnssChange::NmeaLost, GnssChange::NmeaBack),
        4 => (GnssChange::PpsLost, GnssChange::PpsBack),
        _ => {
            let dpll = |change| Action::Dpll { card, change };
            return (dpll(DpllChange::Unlock), Some(dpll(DpllChange::Relock)));
        }
    };
    (gnss(lost), Some(gnss(back)))
}

fn place(places: usize, dice: &mut Dice) -> usize {
    let last = u64::try_from(places.saturating_sub(1)).unwrap_or_default();
    usize::try_from(dice.between(0, last)).unwrap_or_default()
}
