//! The whole tables of both clocks, printed: a changed cell is a visible difference.

use super::os::{self, OsObservation};
use super::ptp::{self, PtpObservation};
use super::{ClockState, OffsetRule, Verdict};
use alloc::format;
use alloc::string::String;

const STATES: [ClockState; 4] =
    [ClockState::Unknown, ClockState::Freerun, ClockState::Locked, ClockState::Holdover];

const VERDICTS: [Verdict; 3] = [Verdict::InRange, Verdict::OutOfRange, Verdict::Unlocked];

fn cell(before: ClockState, (after, offset): (ClockState, OffsetRule)) -> String {
    let published = if after == before { "" } else { " published" };
    format!("{after:?}, {offset:?} offset{published}")
}

#[test]
fn ptp_clock_follows_its_table() {
    let mut table = String::new();
    let samples = VERDICTS.map(PtpObservation::Sample);
    let others = [
        PtpObservation::NoPathDelay,
        PtpObservation::SourceLost,
        PtpObservation::HoldoverExpired,
        PtpObservation::ProcessDown,
    ];
    for state in STATES {
        for observation in samples.into_iter().chain(others) {
            let cell = cell(state, ptp::step(state, observation));
            table += &format!("{:<10} {:<20} {cell}\n", format!("{state:?}"), format!("{observation:?}"));
        }
    }
    insta::assert_snapshot!("ptp_clock", table);
}

#[test]
fn os_clock_follows_its_table() {
    let mut table = String::new();
    let samples = VERDICTS.into_iter().flat_map(|verdict| {
        STATES.map(|ptp| (format!("{verdict:?} while PTP {ptp:?}"), OsObservation::Sample { verdict, ptp }))
    });
    let changes = [(true, "measured"), (false, "unmeasured")].into_iter().flat_map(|(measured, word)| {
        STATES.map(|ptp| (format!("PTP {ptp:?} {word}"), OsObservation::PtpChanged { ptp, measured }))
    });
    let rows: alloc::vec::Vec<_> =
        samples.chain(changes).chain([("process down".into(), OsObservation::ProcessDown)]).collect();
    for state in STATES {
        for (name, observation) in &rows {
            let cell = cell(state, os::step(state, *observation));
            table += &format!("{:<10} {name:<30} {cell}\n", format!("{state:?}"));
        }
    }
    insta::assert_snapshot!("os_clock", table);
}
