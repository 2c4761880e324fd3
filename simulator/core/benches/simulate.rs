//! Simulated seconds and lines per second of real time. The goal is 1000 times real time.

use divan::Bencher;
use divan::counter::ItemsCount;
use sim_core::{Action, Fleet, Setup, SimTime, What, World};

const SIMULATED_S: u64 = 600;

fn main() {
    divan::main();
}

fn setup() -> Setup {
    Setup { duration_s: SIMULATED_S, ..Setup::default() }
}

/// Items are simulated seconds.
#[divan::bench]
fn simulated_seconds(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(SIMULATED_S)).bench(|| World::new(setup()).count());
}

/// Items are lines.
#[divan::bench]
fn lines(bencher: Bencher<'_, '_>) {
    let is_line = |what: &What| matches!(what, What::Line { .. });
    let lines = World::new(setup()).filter(|emission| is_line(&emission.what)).count();
    bencher.counter(ItemsCount::new(lines)).bench(|| World::new(setup()).count());
}

/// 500 nodes, each of which loses one of its two grandmasters. Items are simulated seconds of a node.
#[divan::bench(sample_count = 3)]
fn fleet(bencher: Bencher<'_, '_>) {
    const NODES: u64 = 500;
    const DURATION_S: u64 = 20;
    let silent = || vec![(SimTime::from_s(10), Action::GrandmasterSilent { grandmaster: 0 })];
    let node = |seed| Setup { seed, duration_s: DURATION_S, timeline: silent(), ..Setup::dual_follower() };
    bencher.counter(ItemsCount::new(NODES * DURATION_S)).bench(|| Fleet::new((0..NODES).map(node)).count());
}
