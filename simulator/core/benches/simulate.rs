//! Simulated seconds and lines per second of real time. The goal is 1000 times real time.

use divan::Bencher;
use divan::counter::ItemsCount;
use sim_core::{Setup, What, World};

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
