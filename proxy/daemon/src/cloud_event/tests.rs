//! The bytes of events, against samples of existing producers; times against a calendar that is counted day by day.

use super::{Renderer, rfc3339};
use crate::config::ApiProfile;
use proxy_core::{Absence, Event, EventId, Reading, Resource, Subject, SyncState, Utc, Value};

const NODE: &str = "compute-1.example.com";

/// 2026-11-22T12:11:32 UTC.
const SAMPLE_S: u64 = 1_795_349_492;

fn event(id: [u8; 16], resource: Resource, nanoseconds: u64, values: Vec<Value>) -> Event {
    Event { id: EventId(id), resource, time: Utc { unix_ns: SAMPLE_S * 1_000_000_000 + nanoseconds }, values }
}

fn value(subject: Subject, reading: Reading) -> Value {
    Value { subject, reading }
}

fn master() -> Subject {
    Subject::Master { alias: "ens1f0".to_owned() }
}

fn json(profile: ApiProfile, event: &Event) -> String {
    String::from_utf8(Renderer::new(NODE, profile).json(event)).unwrap()
}

/// The UUID of a sample as bytes.
fn id(text: &str) -> [u8; 16] {
    *uuid::Uuid::parse_str(text).unwrap().as_bytes()
}

#[test]
fn the_sync_state_is_written_as_existing_producers_write_it() {
    let event = event(
        id("e2c4b62a-2c62-466b-a567-7099d28f7dba"),
        Resource::SyncState,
        799_209_745,
        vec![value(Subject::Node, Reading::State(SyncState::Locked))],
    );
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"e2c4b62a-2c62-466b-a567-7099d28f7dba","source":"/sync/sync-status/sync-state","type":"event.sync.sync-status.synchronization-state-change","time":"2026-11-22T12:11:32.799209745Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/sync/sync-status/sync-state","data_type":"notification","value_type":"enumeration","value":"LOCKED"}]}}"#
    );
}

#[test]
fn the_lock_state_carries_a_state_and_an_offset() {
    let event = event(
        id("f69ba682-1681-4ea7-b3a7-b163257c0957"),
        Resource::LockState,
        798_914_014,
        vec![value(master(), Reading::State(SyncState::Locked)), value(master(), Reading::OffsetNs(-5))],
    );
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"f69ba682-1681-4ea7-b3a7-b163257c0957","source":"/sync/ptp-status/lock-state","type":"event.sync.ptp-status.ptp-state-change","time":"2026-11-22T12:11:32.798914014Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"notification","value_type":"enumeration","value":"LOCKED"},{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"metric","value_type":"decimal64.3","value":"-5"}]}}"#
    );
}

#[test]
fn the_os_clock_is_named_by_its_posix_name() {
    let mut event = event(
        id("1235af98-dfd0-4475-83bb-c2ef0f31b7a1"),
        Resource::OsClockSyncState,
        0,
        vec![
            value(Subject::OsClock, Reading::State(SyncState::Freerun)),
            value(Subject::OsClock, Reading::OffsetNs(600)),
        ],
    );
    event.time.unix_ns += 2_754_058_944;
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"1235af98-dfd0-4475-83bb-c2ef0f31b7a1","source":"/sync/sync-status/os-clock-sync-state","type":"event.sync.sync-status.os-clock-sync-state-change","time":"2026-11-22T12:11:34.754058944Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/CLOCK_REALTIME","data_type":"notification","value_type":"enumeration","value":"FREERUN"},{"ResourceAddress":"/cluster/node/compute-1.example.com/CLOCK_REALTIME","data_type":"metric","value_type":"decimal64.3","value":"600"}]}}"#
    );
}

#[test]
fn the_clock_class_is_a_decimal_for_existing_consumers() {
    let mut event = event(
        id("1e472756-7650-431c-b0d4-a8a927a9f32d"),
        Resource::ClockClass,
        0,
        vec![value(master(), Reading::ClockClass(6))],
    );
    event.time.unix_ns += 1_098_417_647;
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"1e472756-7650-431c-b0d4-a8a927a9f32d","source":"/sync/ptp-status/clock-class","type":"event.sync.ptp-status.ptp-clock-class-change","time":"2026-11-22T12:11:33.098417647Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"metric","value_type":"decimal64.3","value":"6"}]}}"#
    );
}

#[test]
fn the_letter_of_the_specification_has_metrics_and_full_addresses() {
    let class = event([0; 16], Resource::ClockClass, 0, vec![value(master(), Reading::ClockClass(6))]);
    assert_eq!(
        json(ApiProfile::Oran, &class),
        r#"{"specversion":"1.0","id":"00000000-0000-0000-0000-000000000000","source":"/sync/ptp-status/clock-class","type":"event.sync.ptp-status.ptp-clock-class-change","time":"2026-11-22T12:11:32Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/sync/ptp-status/clock-class","data_type":"metric","value_type":"metric","value":"6"}]}}"#
    );
    let lock = event([0; 16], Resource::LockState, 0, vec![value(master(), Reading::OffsetNs(1))]);
    assert!(
        json(ApiProfile::Oran, &lock)
            .contains(r#"/sync/ptp-status/lock-state","data_type":"metric","value_type":"decimal64.3""#)
    );
}

#[test]
fn what_is_not_known_has_the_markers_that_consumers_know() {
    let nothing = Subject::Absent(Absence::NothingReported);
    let nothing = event([1; 16], Resource::GnssSyncStatus, 0, vec![value(nothing, Reading::OffsetNs(0))]);
    assert!(
        json(ApiProfile::Compat, &nothing).contains(r#""/cluster/node/compute-1.example.com/ptp-not-set""#)
    );
    let other = Subject::Absent(Absence::ResourceNotReported);
    let other = event([1; 16], Resource::GnssSyncStatus, 0, vec![value(other, Reading::OffsetNs(0))]);
    assert!(
        json(ApiProfile::Compat, &other).contains(r#""/cluster/node/compute-1.example.com/event-not-found""#)
    );
}

#[test]
fn an_unknown_offset_is_the_number_that_consumers_know() {
    let event = event(
        [1; 16],
        Resource::LockState,
        0,
        vec![value(master(), Reading::OffsetNs(Reading::OFFSET_UNKNOWN_NS))],
    );
    assert!(json(ApiProfile::Compat, &event).contains(r#""value":"-9999999999999999""#));
}

#[test]
fn a_master_without_alias_is_the_nodes() {
    let subject = Subject::Master { alias: String::new() };
    let event = event([1; 16], Resource::LockState, 0, vec![value(subject, Reading::OffsetNs(0))]);
    assert!(json(ApiProfile::Compat, &event).contains(r#""/cluster/node/compute-1.example.com/master""#));
}

/// Seconds from the epoch to the start of a year, by counting its years one by one.
fn start_of_year_s(year: u64) -> u64 {
    (1970..year).map(|y| if is_leap(y) { 366 * 86_400 } else { 365 * 86_400 }).sum()
}

fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

#[test]
fn every_day_of_five_centuries_has_its_date() {
    let month_days = |year| [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for year in 1970..2500 {
        let mut day_s = start_of_year_s(year);
        for (month, days) in (1..).zip(month_days(year)) {
            for day in 1..=days {
                let time = Utc { unix_ns: (day_s + 86_399) * 1_000_000_000 };
                assert_eq!(rfc3339(time), format!("{year}-{month:02}-{day:02}T23:59:59Z"));
                day_s += 86_400;
            }
        }
    }
}

#[test]
fn times_have_nanoseconds_without_trailing_zeros() {
    let cases: [(u64, &str); 7] = [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (120_000_000, "1970-01-01T00:00:00.12Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999999Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00Z"),
        (u64::MAX, "2554-07-21T23:34:33.709551615Z"),
    ];
    for (unix_ns, text) in cases {
        assert_eq!(rfc3339(Utc { unix_ns }), text);
    }
}
