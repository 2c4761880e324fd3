//! `truth.csv`: what is really so on a simulated node.
//!
//! The first column is `at_ns`, nanoseconds since the start. A column `<clock>_state` says how a clock stands to what it
//! follows: `unsynchronized`, `tracking` or `coasting`. A column `<clock>_error_ns` is that clock minus true time, in
//! nanoseconds, positive when it is ahead. Empty means that there is nothing. Whoever reads the file goes by these endings,
//! so that a node with more clocks has more columns and needs no other reader.

use sim_core::{DpllLock, TrueState, Truth};

/// The columns of a truth: names and values, in order. The same node has the same names every time.
///
/// The second card is `ptp_clock_2`, the second grandmaster `grandmaster_2`, and so on.
pub(super) fn columns(at_ns: u64, truth: &Truth) -> Vec<(String, String)> {
    let mut columns = vec![("at_ns".to_owned(), at_ns.to_string())];
    let mut add = |name: &str, index: usize, what: &str, value: String| {
        let name = if index == 0 { name.to_owned() } else { format!("{name}_{}", index + 1) };
        columns.push((format!("{name}_{what}"), value));
    };
    for (index, card) in truth.cards.iter().enumerate() {
        add("ptp_clock", index, "state", state(card.clock).to_owned());
        add("ptp_clock", index, "error_ns", nanoseconds(card.phc_error_ns));
        if let Some(dpll) = card.dpll {
            add("dpll", index, "frequency_lock", lock(dpll.frequency).to_owned());
            add("dpll", index, "phase_lock", lock(dpll.phase).to_owned());
            add("dpll", index, "output_error", nanoseconds(dpll.output_error_ns));
        }
        if let Some(gnss) = card.gnss {
            add("gnss", index, "fix", gnss.fix.to_string());
            add("gnss", index, "accuracy", gnss.accuracy_ns.to_string());
        }
    }
    add("os_clock", 0, "state", state(truth.os_clock).to_owned());
    add("os_clock", 0, "error_ns", nanoseconds(truth.os_error_ns));
    for (index, class) in truth.grandmaster_classes.iter().enumerate() {
        add("grandmaster", index, "clock_class", whole(*class));
    }
    columns
}

fn lock(lock: DpllLock) -> &'static str {
    match lock {
        DpllLock::Unlocked => "unlocked",
        DpllLock::Locked => "locked",
        DpllLock::LockedHoldoverAcquired => "locked-ho-acq",
        DpllLock::Holdover => "holdover",
    }
}

fn state(state: TrueState) -> &'static str {
    match state {
        TrueState::Unsynchronized => "unsynchronized",
        TrueState::Tracking => "tracking",
        TrueState::Coasting { .. } => "coasting",
    }
}

/// To the picosecond: the last bits are no property of a clock.
fn nanoseconds(ns: f64) -> String {
    format!("{ns:.3}")
}

fn whole(number: Option<u8>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}
