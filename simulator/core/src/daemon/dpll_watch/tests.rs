//! The states of a DPLL as linuxptp-daemon makes them of reports.

use super::{DpllLine, DpllWatch, NO_OFFSET_NS, Reported};
use crate::DpllLock::{self, Holdover, Locked, LockedHoldoverAcquired, Unlocked};
use crate::dpll::DpllReport;
use crate::{DpllSource, HoldoverSetup, SimTime};

const FOLLOWER: DpllSource = DpllSource::Card(0);

fn holdover(max_offset_ns: u32, timeout_s: u32, max_in_spec_offset_ns: u32) -> HoldoverSetup {
    HoldoverSetup { max_offset_ns, timeout_s, max_in_spec_offset_ns }
}

fn report((frequency, phase): (DpllLock, DpllLock), phase_offset_ns: i64) -> DpllReport {
    DpllReport { frequency, phase, phase_offset_ns }
}

/// State, offset and pps_status of a line.
fn words(line: DpllLine) -> (Reported, i64, bool) {
    (line.state, line.offset_ns, line.has_pps)
}

/// A watch that has been locked, and has then gone into holdover at 0 s.
fn held(source: DpllSource, holdover: HoldoverSetup) -> DpllWatch {
    let mut watch = DpllWatch::new(holdover, source);
    let _ = watch.told(SimTime::START, report((LockedHoldoverAcquired, LockedHoldoverAcquired), 0));
    let first = watch.told(SimTime::START, report((Holdover, Holdover), 0)).unwrap();
    assert_eq!(words(first), (Reported::Holdover, 0, true));
    watch
}

/// What is said in the seconds of a holdover, until it is given up.
fn seconds(mut watch: DpllWatch, max_s: u64) -> Vec<Vec<(Reported, i64, bool)>> {
    let mut said = Vec::new();
    for s in 1..=max_s {
        let lines = watch.holdover_second(SimTime::from_s(s));
        if lines.is_empty() {
            break;
        }
        said.push(lines.into_iter().map(words).collect());
    }
    said
}

#[test]
fn the_worse_of_both_loops_counts_but_only_the_phase_behind_a_hardware_clock() {
    // UNKNOWN < INVALID < FREERUN < HOLDOVER < LOCKED < LOCKED_HO_ACQ in `getDpllState`.
    let state = |source, locks| {
        let mut watch = DpllWatch::new(HoldoverSetup::default(), source);
        let _ = watch.told(SimTime::START, report((Locked, Locked), 0));
        watch.told(SimTime::START, report(locks, 0)).unwrap().state
    };
    for (locks, gnss, hardware_clock) in [
        ((Unlocked, LockedHoldoverAcquired), Reported::Freerun, Reported::Locked),
        ((LockedHoldoverAcquired, Unlocked), Reported::Freerun, Reported::Freerun),
        ((Holdover, Locked), Reported::Holdover, Reported::Locked),
        ((Locked, Holdover), Reported::Holdover, Reported::Holdover),
        ((Unlocked, Holdover), Reported::Freerun, Reported::Holdover),
        ((Locked, LockedHoldoverAcquired), Reported::Locked, Reported::Locked),
    ] {
        assert_eq!(state(DpllSource::Gnss, locks), gnss, "{locks:?}");
        assert_eq!(state(DpllSource::HardwareClock, locks), hardware_clock, "{locks:?}");
    }
}

#[test]
fn a_dpll_that_runs_free_has_no_offset_and_no_pps() {
    let mut watch = DpllWatch::new(HoldoverSetup::default(), DpllSource::Gnss);
    let line = watch.told(SimTime::START, report((Unlocked, Unlocked), 5)).unwrap();
    assert_eq!(words(line), (Reported::Freerun, NO_OFFSET_NS, false));
}

#[test]
fn a_locked_dpll_is_good_up_to_its_threshold() {
    let mut watch = DpllWatch::new(HoldoverSetup::default(), DpllSource::Gnss);
    for (offset_ns, expected) in [
        (100, (Reported::Locked, 100)),
        (-100, (Reported::Locked, -100)),
        (101, (Reported::Freerun, NO_OFFSET_NS)),
        (-101, (Reported::Freerun, NO_OFFSET_NS)),
    ] {
        let line = watch.told(SimTime::START, report((Locked, Locked), offset_ns)).unwrap();
        assert_eq!((line.state, line.offset_ns), expected);
    }
}

#[test]
fn only_a_leading_dpll_that_was_good_holds_over() {
    let mut fresh = DpllWatch::new(HoldoverSetup::default(), DpllSource::Gnss);
    let line = fresh.told(SimTime::START, report((Holdover, Holdover), 0)).unwrap();
    assert_eq!(words(line), (Reported::Freerun, NO_OFFSET_NS, false));
    let mut follower = DpllWatch::new(HoldoverSetup::default(), FOLLOWER);
    let _ = follower.told(SimTime::START, report((Locked, Locked), 0));
    let line = follower.told(SimTime::START, report((Holdover, Holdover), 0)).unwrap();
    // sourceLost stays what it was.
    assert_eq!(words(line), (Reported::Freerun, NO_OFFSET_NS, true));
}

#[test]
fn a_holdover_is_counted_once_per_second_and_reports_add_nothing() {
    // 1500 ns in 14,400 s: 0.104 ns each second; 4.8 s make 0.5 ns, 14.4 s make 1.5 ns.
    let mut watch = held(DpllSource::Gnss, holdover(1_500, 14_400, 1_500));
    assert_eq!(watch.told(SimTime::from_s(1), report((Holdover, Holdover), 0)), None);
    let said = seconds(watch, 15);
    let offsets: Vec<i64> = said.iter().map(|lines| lines[0].1).collect();
    assert_eq!(offsets, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert!(said.iter().all(|lines| lines.len() == 1 && lines[0].0 == Reported::Holdover && lines[0].2));
}

#[test]
fn with_the_defaults_a_holdover_ends_by_its_timeout_in_one_line() {
    // 1500 ns are reached with the last second; they are in specification.
    let said = seconds(held(DpllSource::Gnss, holdover(1_500, 14_400, 1_500)), 20_000);
    assert_eq!(said.len(), 14_400);
    assert_eq!(said[14_398], [(Reported::Holdover, 1_500, true)]);
    assert_eq!(said[14_399], [(Reported::Freerun, NO_OFFSET_NS, false)]);
}

#[test]
fn a_holdover_that_leaves_its_specification_ends_in_two_lines() {
    // 2 ns per second: more than 100 ns after 51 s.
    let said = seconds(held(DpllSource::Gnss, holdover(600, 300, 100)), 400);
    assert_eq!(said.len(), 51);
    assert_eq!(said[49], [(Reported::Holdover, 100, true)]);
    assert_eq!(said[50], [(Reported::Freerun, 102, true), (Reported::Freerun, NO_OFFSET_NS, false)]);
}

#[test]
fn behind_ptp_a_holdover_goes_on_out_of_specification() {
    // The settings of the conformance tests: 500 ns in 300 s.
    let said = seconds(held(DpllSource::HardwareClock, holdover(500, 300, 100)), 400);
    assert_eq!(said.len(), 300);
    assert_eq!(said[60], [(Reported::Holdover, 102, true)]);
    assert_eq!(said[298], [(Reported::Holdover, 498, true)]);
    assert_eq!(said[299], [(Reported::Freerun, NO_OFFSET_NS, false)]);
}

#[test]
fn behind_ptp_the_offset_of_the_chip_ends_a_holdover_too() {
    let mut watch = held(DpllSource::HardwareClock, holdover(500, 300, 100));
    assert_eq!(watch.told(SimTime::from_s(2), report((Unlocked, Holdover), 500)), None);
    let line = watch.told(SimTime::from_s(3), report((Unlocked, Holdover), -501)).unwrap();
    assert_eq!(words(line), (Reported::Freerun, NO_OFFSET_NS, false));
    assert!(watch.holdover_second(SimTime::from_s(4)).is_empty());
}

#[test]
fn a_source_that_is_back_ends_the_holdover() {
    let mut watch = held(DpllSource::Gnss, holdover(1_500, 14_400, 1_500));
    let line = watch.told(SimTime::from_s(9), report((Locked, Locked), 3)).unwrap();
    assert_eq!(words(line), (Reported::Locked, 3, true));
    assert_eq!(watch.held_since(), None);
    // And the next one is counted from its own start.
    let _ = watch.told(SimTime::from_s(20), report((Holdover, Holdover), 0));
    assert_eq!(watch.held_since(), Some(SimTime::from_s(20)));
}
