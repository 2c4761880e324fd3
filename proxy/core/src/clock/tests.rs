//! The whole tables of both clocks, printed: a changed cell is a visible difference.

use super::os::{self, Fallback, OsObservation};
use super::servo::{self, Observation};
use super::{ClockState, OffsetRule, Verdict};
use crate::NtpSource;
use crate::Steering;
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
fn a_clock_of_a_servo_follows_its_table() {
    let mut table = String::new();
    let samples = VERDICTS.map(Observation::Sample);
    let others = [
        Observation::Coasting,
        Observation::SourceLost,
        Observation::HoldoverExpired,
        Observation::ProcessDown,
    ];
    for state in STATES {
        for observation in samples.into_iter().chain(others) {
            let cell = cell(state, servo::step(state, observation));
            table += &format!("{:<10} {:<20} {cell}\n", format!("{state:?}"), format!("{observation:?}"));
        }
    }
    insta::assert_snapshot!("servo_clock", table);
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
    let fallbacks = [
        Fallback::None,
        Fallback::Silent,
        Fallback::Heard(NtpSource::Selected),
        Fallback::Heard(NtpSource::Missing),
    ];
    let downs = fallbacks.map(|fallback| {
        (format!("phc2sys down, chronyd {fallback:?}"), OsObservation::Phc2sysDown(fallback))
    });
    let chronyd = [
        ("chronyd selected".into(), OsObservation::Chronyd(NtpSource::Selected)),
        ("chronyd without source".into(), OsObservation::Chronyd(NtpSource::Missing)),
        ("chronyd down".into(), OsObservation::ChronydDown),
        ("handover expired".into(), OsObservation::HandoverExpired),
    ];
    let coasting = STATES.map(|ptp| (format!("coasting while PTP {ptp:?}"), OsObservation::Coasting { ptp }));
    let rows: alloc::vec::Vec<_> =
        samples.chain(coasting).chain(changes).chain(downs).chain(chronyd).collect();
    for steering in [Steering::Nobody, Steering::Phc2sys, Steering::Chronyd, Steering::Awaited] {
        for state in STATES {
            for (name, observation) in &rows {
                let (after, by, offset) = os::step(state, steering, *observation);
                let cell = cell(state, (after, offset));
                let steers = if by == steering { String::new() } else { format!(", then {by:?}") };
                table += &format!(
                    "{:<8} {:<9} {name:<40} {cell}{steers}\n",
                    format!("{steering:?}"),
                    format!("{state:?}")
                );
            }
        }
    }
    insta::assert_snapshot!("os_clock", table);
}
