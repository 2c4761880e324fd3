//! From a seed to a case: one file for each topology, and what all have in common.
//!
//! Every kind of choice draws from a stream of its own, so that a new kind of fault does not change the nodes of all
//! seeds.

mod dice;
mod faults;
mod node;
mod subscribers;

use super::limits::QUIET_END_S;
use super::{Case, Restart, Story};
use dice::{Dice, Purpose};
use ptp_scenario::{DraftThresholds, Topology};

/// How often each topology is drawn.
const TOPOLOGIES: [(u64, Topology); 9] = [
    (5, Topology::OrdinaryClock),
    (2, Topology::BoundaryClock),
    (2, Topology::DualFollower),
    (2, Topology::DualNicBoundaryClock),
    (2, Topology::TelecomGrandmaster),
    (1, Topology::TelecomGrandmasterTwoCards),
    (2, Topology::TelecomBoundaryClock),
    (1, Topology::SynchronousEthernet),
    (1, Topology::NtpFailover),
];

/// Seconds of a case without its quiet end.
const BUSY_S: std::ops::RangeInclusive<u64> = 60..=240;

/// Deaths of the proxy in a case.
const RESTARTS_MAX: u64 = 3;

/// UNIX time of the start of every case: 2026-11-22T12:20:00Z.
const START_UNIX_S: u64 = 1_795_350_000;

/// The case of a seed.
pub fn draw(seed: u64) -> Case {
    let mut dice = Dice::new(seed, Purpose::Node);
    let topology = *dice.weighted(&TOPOLOGIES);
    let thresholds = thresholds(&mut dice);
    let mut setup = topology.setup();
    setup.seed = seed;
    setup.start_unix_s = START_UNIX_S;
    let busy_s = dice.between(*BUSY_S.start(), *BUSY_S.end());
    setup.duration_s = busy_s + u64::from(thresholds.holdover_timeout_s) + QUIET_END_S;
    node::vary(&mut setup, &mut dice);
    faults::draw(&mut setup, busy_s, &mut Dice::new(seed, Purpose::Faults));
    let subscribers = subscribers::draw(setup.duration_s, &mut Dice::new(seed, Purpose::Subscribers));
    let mut case = Case { seed, topology, setup, thresholds, subscribers, restarts: Vec::new() };
    case.restarts = restarts(&case, &mut Dice::new(seed, Purpose::Restarts));
    case
}

fn thresholds(dice: &mut Dice) -> DraftThresholds {
    let max_offset_ns = dice.pick(&[20, 50, 100, 100, 100, 400, 1000]);
    let min_offset_ns = if dice.chance(80) { -max_offset_ns } else { -dice.pick(&[30, 80, 700]) };
    let holdover_timeout_s = dice.pick(&[1, 2, 5, 5, 10, 30]);
    DraftThresholds { max_offset_ns, min_offset_ns, holdover_timeout_s }
}

/// Half of the cases have restarts; those whose processes all go on may also have times without a proxy.
fn restarts(case: &Case, dice: &mut Dice) -> Vec<Restart> {
    if dice.chance(50) {
        return Vec::new();
    }
    let lines = u64::try_from(Story::of(case).lines.len()).unwrap_or(u64::MAX);
    // What a stopped process has said in such a time nobody says again.
    let may_be_down = !faults::stops_a_process(&case.setup);
    let last_down_ns = case.setup.duration_s.saturating_sub(QUIET_END_S) * super::limits::NS_PER_S;
    let mut restarts: Vec<Restart> = (0..dice.between(1, RESTARTS_MAX))
        .map(|_| Restart {
            line: usize::try_from(dice.between(0, lines)).unwrap_or(usize::MAX),
            down_ns: if may_be_down && dice.chance(40) {
                dice.between(1, 20_000).saturating_mul(super::limits::NS_PER_MS).min(last_down_ns)
            } else {
                0
            },
        })
        .collect();
    restarts.sort_by_key(|restart| restart.line);
    restarts
}
