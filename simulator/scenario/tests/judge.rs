//! The comparison of expected and observed events.

use ptp_scenario::{Difference, Expectation, Observed, Window, judge};
use sim_core::SimTime;
use std::collections::BTreeMap;

const LOCK: &str = "/sync/ptp-status/lock-state";
const OS: &str = "/sync/sync-status/os-clock-sync-state";

fn window(from_s: u64, until_s: u64) -> Window {
    Window { from: SimTime::from_s(from_s), until: SimTime::from_s(until_s) }
}

fn expect(resource: &str, value: &str, from_s: u64, until_s: u64) -> Expectation {
    Expectation::Event {
        resource: resource.to_owned(),
        value: value.to_owned(),
        window: window(from_s, until_s),
    }
}

fn flapping(at_least: usize, end: &str) -> Expectation {
    Expectation::Flapping {
        resources: vec![LOCK.to_owned()],
        values: vec!["LOCKED".to_owned(), "FREERUN".to_owned()],
        window: window(10, 20),
        at_least,
        ends: BTreeMap::from([(LOCK.to_owned(), end.to_owned())]),
    }
}

fn saw(at_s: u64, resource: &str, value: &str) -> Observed {
    Observed { at: SimTime::from_s(at_s), resource: resource.to_owned(), value: value.to_owned() }
}

#[test]
fn events_in_order_and_in_their_windows_pass() {
    let expected = [expect(LOCK, "LOCKED", 1, 2), expect(OS, "LOCKED", 1, 3)];
    let verdict = judge(&expected, &[saw(1, LOCK, "LOCKED"), saw(3, OS, "LOCKED")]);
    assert!(verdict.passed(), "both ends of a window belong to it: {verdict}");
    assert_eq!(verdict.to_string(), "as expected");
}

#[test]
fn nothing_is_expected_of_nothing() {
    assert!(judge(&[], &[]).passed());
}

#[test]
fn an_event_that_does_not_come_is_missing_and_the_others_still_match() {
    let expected = [expect(LOCK, "LOCKED", 1, 2), expect(OS, "LOCKED", 1, 3)];
    let verdict = judge(&expected, &[saw(2, OS, "LOCKED")]);
    assert!(matches!(&verdict.differences[..], [Difference::Missing { index: 0, .. }]), "{verdict}");
    let told =
        "1 differences\n1s..2s: expectation 1, /sync/ptp-status/lock-state LOCKED, did not come in its turn";
    assert_eq!(verdict.to_string(), told);
}

#[test]
fn an_event_too_many_is_unexpected() {
    let verdict = judge(&[expect(LOCK, "LOCKED", 1, 2)], &[saw(1, LOCK, "LOCKED"), saw(2, LOCK, "FREERUN")]);
    assert_eq!(verdict.differences, [Difference::Unexpected { observed: saw(2, LOCK, "FREERUN") }]);
}

#[test]
fn events_in_the_wrong_order_are_told_once_as_missing_and_once_as_unexpected() {
    let expected = [expect(LOCK, "LOCKED", 1, 9), expect(OS, "LOCKED", 1, 9)];
    let verdict = judge(&expected, &[saw(2, OS, "LOCKED"), saw(3, LOCK, "LOCKED")]);
    assert_eq!(verdict.differences.len(), 2, "{verdict}");
}

#[test]
fn an_event_outside_its_window_is_told_with_the_window() {
    for at_s in [0, 3] {
        let verdict = judge(&[expect(LOCK, "LOCKED", 1, 2)], &[saw(at_s, LOCK, "LOCKED")]);
        let [Difference::OutsideWindow { index: 0, .. }] = &verdict.differences[..] else {
            panic!("{verdict}")
        };
        assert!(verdict.to_string().ends_with("is outside the window of expectation 1, 1s..2s"), "{verdict}");
    }
}

#[test]
fn differences_are_told_in_the_order_of_time() {
    let expected = [expect(OS, "LOCKED", 8, 9)];
    let verdict = judge(&expected, &[saw(2, LOCK, "LOCKED"), saw(1, LOCK, "FREERUN")]);
    let order: Vec<_> = verdict.to_string().lines().skip(1).map(|line| line[..2].to_owned()).collect();
    assert_eq!(order, ["1s", "2s", "8s"]);
}

#[test]
fn a_flapping_resource_may_change_as_it_likes_in_its_window() {
    let seen = [
        saw(10, LOCK, "FREERUN"),
        saw(12, LOCK, "LOCKED"),
        saw(12, OS, "LOCKED"),
        saw(13, LOCK, "FREERUN"),
        saw(20, LOCK, "LOCKED"),
    ];
    let expected = [flapping(4, "LOCKED"), expect(OS, "LOCKED", 11, 13)];
    let verdict = judge(&expected, &seen);
    assert!(verdict.passed(), "{verdict}");
}

#[test]
fn flapping_is_bounded_by_its_window_its_values_its_number_and_its_end() {
    let too_early = judge(&[flapping(0, "LOCKED")], &[saw(9, LOCK, "FREERUN"), saw(11, LOCK, "LOCKED")]);
    assert!(matches!(&too_early.differences[..], [Difference::Unexpected { .. }]), "{too_early}");

    let forbidden = judge(&[flapping(1, "LOCKED")], &[saw(11, LOCK, "HOLDOVER"), saw(12, LOCK, "LOCKED")]);
    assert!(matches!(&forbidden.differences[..], [Difference::ForbiddenValue { .. }]), "{forbidden}");

    let few = judge(&[flapping(3, "LOCKED")], &[saw(11, LOCK, "FREERUN"), saw(12, LOCK, "LOCKED")]);
    assert!(matches!(&few.differences[..], [Difference::TooFew { seen: 2, at_least: 3, .. }]), "{few}");

    let end = judge(&[flapping(1, "LOCKED")], &[saw(11, LOCK, "FREERUN")]);
    assert!(matches!(&end.differences[..], [Difference::WrongEnd { .. }]), "{end}");

    let unchanged = judge(&[flapping(0, "LOCKED")], &[]);
    assert!(unchanged.to_string().ends_with("to end LOCKED, it ended unchanged"), "{unchanged}");
}

#[test]
fn a_flood_of_events_is_told_event_by_event_without_being_aligned() {
    let expected = [expect(OS, "LOCKED", 1, 9)];
    let mut seen = vec![saw(2, LOCK, "LOCKED"); 2500];
    seen.insert(0, saw(1, OS, "LOCKED"));
    assert_eq!(judge(&expected, &seen).differences.len(), 2500);
    // Beyond the first 2000 nothing is laid beside an expectation any more.
    seen.remove(0);
    seen.push(saw(3, OS, "LOCKED"));
    assert_eq!(judge(&expected, &seen).differences.len(), 2502);
}

#[test]
fn a_change_is_told_when_there_must_be_none_in_that_time() {
    let unchanged = Expectation::Unchanged { resources: vec![OS.to_owned()], window: window(10, 20) };
    let expected = [expect(LOCK, "HOLDOVER", 9, 11), unchanged, expect(OS, "FREERUN", 21, 22)];
    let quiet = [saw(10, LOCK, "HOLDOVER"), saw(21, OS, "FREERUN")];
    assert!(judge(&expected, &quiet).passed(), "other resources and other times are free");
    let verdict =
        judge(&expected, &[saw(10, LOCK, "HOLDOVER"), saw(20, OS, "FREERUN"), saw(21, OS, "FREERUN")]);
    assert!(matches!(&verdict.differences[..], [Difference::Changed { index: 1, .. }]), "{verdict}");
    let told = "20s: /sync/sync-status/os-clock-sync-state FREERUN is a change that expectation 2 rules out";
    assert_eq!(verdict.to_string(), format!("1 differences\n{told}"));
}
