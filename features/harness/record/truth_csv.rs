//! `truth.csv`: what is really so on a simulated node.
//!
//! The first column is `at_ns`, nanoseconds since the start. A column `<clock>_state` says how a clock stands to what it
//! follows: `unsynchronized`, `tracking` or `coasting`. A column `<clock>_error_ns` is that clock minus true time, in
//! nanoseconds, positive when it is ahead. Empty means that there is nothing. Whoever reads the file goes by these endings,
//! so that a node with more clocks has more columns and needs no other reader.

use sim_core::{TrueState, Truth};

/// The columns of a truth: names and values, in order. The same node has the same names every time.
pub(super) fn columns(at_ns: u64, truth: &Truth) -> Vec<(String, String)> {
    let column = |name: &str, value: String| (name.to_owned(), value);
    vec![
        column("at_ns", at_ns.to_string()),
        column("ptp_clock_state", state(truth.ptp_clock).to_owned()),
        column("ptp_clock_error_ns", nanoseconds(truth.phc_error_ns)),
        column("os_clock_state", state(truth.os_clock).to_owned()),
        column("os_clock_error_ns", nanoseconds(truth.os_error_ns)),
        column("grandmaster_clock_class", whole(truth.grandmaster_clock_class)),
    ]
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
