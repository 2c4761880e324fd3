//! The simulator beside real linuxptp with the same model of clocks and network: the same lock time, the same
//! transitions at the same pace, and distributions that a Kolmogorov-Smirnov test does not tell apart.
//!
//! `FIDELITY_RECORDINGS=DIR` takes the recordings of another folder; [`recording`] says what is in it.

use compare::Comparison;
use recording::{Recording, recordings};
use simulation::Simulation;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

mod compare;
mod distributions;
mod lines;
mod pace;
mod recording;
mod simulation;
mod statistics;

/// The seeds that are judged, chosen before any of them was looked at.
const SEEDS: std::ops::RangeInclusive<u64> = 101..=120;
/// Of these no offset may be told apart at all.
const STRICT_SEEDS: std::ops::RangeInclusive<u64> = 101..=103;

/// A recording and what each seed makes of its model.
struct Case {
    recording: Recording,
    simulations: Vec<Simulation>,
}

/// The recordings of the tree.
fn own_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/recorded/4.4")
}

/// Read and simulated once for all tests.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let folder = std::env::var_os("FIDELITY_RECORDINGS").map_or_else(own_folder, PathBuf::from);
        let case = |recording| Case { simulations: Simulation::several(&recording, SEEDS), recording };
        recordings(&folder).into_iter().map(case).collect()
    })
}

/// Every comparison of every recording.
fn comparisons() -> Vec<(&'static str, Vec<Comparison>)> {
    let compare = |case: &'static Case| {
        (case.recording.name.as_str(), compare::comparisons(&case.recording, &case.simulations))
    };
    cases().iter().map(compare).collect()
}

/// Tells figures even when the test holds: they are the point of it.
fn tell(line: &str) {
    writeln!(std::io::stdout().lock(), "{line}").expect("somebody reads");
}
