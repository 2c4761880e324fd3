//! The bytes of events, against samples of existing producers; times against a calendar that is counted day by day.

use super::{Renderer, rfc3339};
use crate::config::ApiProfile;
use proxy_core::{
    Absence, Cause, Event, EventId, Extent, GnssState, Reading, Resource, ResourceValues, Subject, SyncState,
    SyncePort, Utc, Value,
};

const NODE: &str = "compute-1.example.com";

/// 2026-11-22T12:11:32 UTC.
const SAMPLE_S: u64 = 1_795_349_492;

fn event(id: [u8; 16], resource: Resource, nanoseconds: u64, values: Vec<Value>) -> Event {
    let time = Utc { unix_ns: SAMPLE_S * 1_000_000_000 + nanoseconds };
    Event { id: EventId(id), resource, time, values, cause: Cause::Nothing, extent: Extent::Resource }
}

fn value(subject: Subject, reading: Reading) -> Value {
    Value { subject, reading }
}

fn master() -> Subject {
    Subject::Master { alias: "ens1f0".to_owned() }
}

fn synce_port() -> SyncePort {
    SyncePort { device: "synce1".to_owned(), interface: "ens1f0".to_owned() }
}

/// A GNSS receiver in use, 5 ns off, with a 3D fix.
fn gnss_values() -> Vec<Value> {
    vec![
        value(master(), Reading::Gnss(GnssState::Synchronized)),
        value(master(), Reading::OffsetNs(5)),
        value(Subject::GnssFix { alias: "ens1f0".to_owned() }, Reading::GnssFix(3)),
    ]
}

/// ePRTC in network option 2, ITU-T G.781: SSM 0x1, enhanced SSM 0x20.
fn quality_values() -> Vec<Value> {
    vec![
        value(Subject::SynceQuality(synce_port()), Reading::QualityLevel(1)),
        value(Subject::SynceExtendedQuality(synce_port()), Reading::QualityLevel(32)),
    ]
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
fn a_gnss_receiver_has_a_state_an_offset_and_a_fix() {
    let mut event = event(
        id("2f21364b-5c64-4bce-ad88-daf6fd3da6ed"),
        Resource::GnssSyncStatus,
        709_039_613,
        gnss_values(),
    );
    event.time.unix_ns += 11_000_000_000;
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"2f21364b-5c64-4bce-ad88-daf6fd3da6ed","source":"/sync/gnss-status/gnss-sync-status","type":"event.sync.gnss-status.gnss-state-change","time":"2026-11-22T12:11:43.709039613Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"notification","value_type":"enumeration","value":"SYNCHRONIZED"},{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"metric","value_type":"decimal64.3","value":"5"},{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master/gpsFix","data_type":"metric","value_type":"decimal64.3","value":"3"}]}}"#
    );
}

/// As existing producers answer a pull; what they push calls the state a decimal number, O-RAN.WG6 O-Cloud Notification
/// API v04.00, 7.2.3.9, calls it an enumeration.
#[test]
fn the_synce_state_is_an_enumeration() {
    let mut event = event(
        id("4e4f7962-0000-4000-8000-000000000000"),
        Resource::SynceLockState,
        161_005_591,
        vec![value(Subject::SyncePort(synce_port()), Reading::State(SyncState::Locked))],
    );
    event.time.unix_ns += 12_000_000_000;
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"4e4f7962-0000-4000-8000-000000000000","source":"/sync/synce-status/lock-state","type":"event.sync.synce-status.synce-state-change","time":"2026-11-22T12:11:44.161005591Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/synce1/ens1f0","data_type":"notification","value_type":"enumeration","value":"LOCKED"}]}}"#
    );
}

#[test]
fn the_synce_quality_has_a_level_and_an_enhanced_level() {
    let mut event = event(
        id("86543414-0000-4000-8000-000000000000"),
        Resource::SynceClockQuality,
        312_683_112,
        quality_values(),
    );
    event.time.unix_ns += 12_000_000_000;
    assert_eq!(
        json(ApiProfile::Compat, &event),
        r#"{"specversion":"1.0","id":"86543414-0000-4000-8000-000000000000","source":"/sync/synce-status/clock-quality","type":"event.sync.synce-status.synce-clock-quality-change","time":"2026-11-22T12:11:44.312683112Z","data":{"version":"1.0","values":[{"ResourceAddress":"/cluster/node/compute-1.example.com/synce1/ens1f0/Ql","data_type":"metric","value_type":"decimal64.3","value":"1"},{"ResourceAddress":"/cluster/node/compute-1.example.com/synce1/ens1f0/extQl","data_type":"metric","value_type":"decimal64.3","value":"32"}]}}"#
    );
}

/// The addresses, data types, value types and values of an event.
fn items(profile: ApiProfile, event: &Event) -> Vec<[String; 4]> {
    let body: serde_json::Value = serde_json::from_str(&json(profile, event)).unwrap();
    let items = body["data"]["values"].as_array().unwrap().iter();
    items
        .map(|item| {
            ["ResourceAddress", "data_type", "value_type", "value"]
                .map(|key| item[key].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn by_the_letter_no_two_metrics_of_an_event_have_the_same_address() {
    const NODE_PATH: &str = "/cluster/node/compute-1.example.com";
    let gnss = event([0; 16], Resource::GnssSyncStatus, 0, gnss_values());
    let status = format!("{NODE_PATH}/sync/gnss-status/gnss-sync-status");
    assert_eq!(
        items(ApiProfile::Oran, &gnss),
        [
            [status.as_str(), "notification", "enumeration", "SYNCHRONIZED"],
            [&status, "metric", "decimal64.3", "5"],
            [&format!("{status}/gpsFix"), "metric", "decimal64.3", "3"],
        ]
    );
    let quality = event([0; 16], Resource::SynceClockQuality, 0, quality_values());
    let level = format!("{NODE_PATH}/sync/synce-status/clock-quality");
    assert_eq!(
        items(ApiProfile::Oran, &quality),
        [[level.as_str(), "metric", "metric", "1"], [&format!("{level}/extQl"), "metric", "metric", "32"]]
    );
    let state = vec![value(Subject::SyncePort(synce_port()), Reading::State(SyncState::Holdover))];
    let state = event([0; 16], Resource::SynceLockState, 0, state);
    let address = format!("{NODE_PATH}/sync/synce-status/lock-state");
    assert_eq!(items(ApiProfile::Oran, &state), [[&address, "notification", "enumeration", "HOLDOVER"]]);
}

/// A subtree of which these resources are known, the state of the node first.
fn subtree() -> Event {
    let node = vec![value(Subject::Node, Reading::State(SyncState::Holdover))];
    let lock =
        vec![value(master(), Reading::State(SyncState::Holdover)), value(master(), Reading::OffsetNs(-5))];
    let others = [
        (Resource::LockState, lock),
        (Resource::GnssSyncStatus, gnss_values()),
        (Resource::ClockClass, vec![value(master(), Reading::ClockClass(7))]),
        (Resource::SynceClockQuality, quality_values()),
    ];
    let others = others.map(|(resource, values)| ResourceValues { resource, values }).into();
    Event { extent: Extent::Subtree { others }, ..event([1; 16], Resource::SyncState, 0, node) }
}

/// Where the values of several resources are together, `/ens1f0/master` would not tell them apart.
#[test]
fn every_value_of_a_subtree_has_the_full_address_of_its_resource() {
    let full = |path: &str| format!("/cluster/node/compute-1.example.com/sync/{path}");
    for (profile, code_type) in [(ApiProfile::Compat, "decimal64.3"), (ApiProfile::Oran, "metric")] {
        assert_eq!(
            items(profile, &subtree()),
            [
                [&full("sync-status/sync-state"), "notification", "enumeration", "HOLDOVER"],
                [&full("ptp-status/lock-state"), "notification", "enumeration", "HOLDOVER"],
                [&full("ptp-status/lock-state"), "metric", "decimal64.3", "-5"],
                [&full("gnss-status/gnss-sync-status"), "notification", "enumeration", "SYNCHRONIZED"],
                [&full("gnss-status/gnss-sync-status"), "metric", "decimal64.3", "5"],
                [&full("gnss-status/gnss-sync-status/gpsFix"), "metric", "decimal64.3", "3"],
                [&full("ptp-status/clock-class"), "metric", code_type, "7"],
                [&full("synce-status/clock-quality"), "metric", code_type, "1"],
                [&full("synce-status/clock-quality/extQl"), "metric", code_type, "32"],
            ]
        );
    }
}

#[test]
fn a_subtree_is_one_event_of_its_leading_resource() {
    let body: serde_json::Value = serde_json::from_str(&json(ApiProfile::Compat, &subtree())).unwrap();
    let envelope = ["id", "source", "type", "time"].map(|key| body[key].as_str().unwrap().to_owned());
    assert_eq!(
        envelope,
        [
            "01010101-0101-0101-0101-010101010101",
            "/sync/sync-status/sync-state",
            "event.sync.sync-status.synchronization-state-change",
            "2026-11-22T12:11:32Z"
        ]
    );
}

/// O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.6, Table 40.
#[test]
fn a_gnss_receiver_has_the_nine_states_of_the_specification() {
    let names = GnssState::ALL.map(|state| {
        let event = event([0; 16], Resource::GnssSyncStatus, 0, vec![value(master(), Reading::Gnss(state))]);
        let [[_, _, _, name]] = <[_; 1]>::try_from(items(ApiProfile::Compat, &event)).unwrap();
        name
    });
    assert_eq!(
        names,
        [
            "SYNCHRONIZED",
            "ACQUIRING-SYNC",
            "FAILURE-NOFIX",
            "BOOTING",
            "ANTENNA-DISCONNECTED",
            "ANTENNA-SHORT-CIRCUIT",
            "FAILURE-MULTIPATH",
            "FAILURE-LOW-SNR",
            "FAILURE-PLL",
        ]
    );
}

#[test]
fn what_has_no_name_leaves_no_gap_in_an_address() {
    let port = |device: &str, interface: &str| SyncePort {
        device: device.to_owned(),
        interface: interface.to_owned(),
    };
    let master = |alias: &str| Subject::Master { alias: alias.to_owned() };
    let cases = [
        (master(""), "/master"),
        (master("/a//b/"), "/a/b/master"),
        (Subject::GnssFix { alias: String::new() }, "/master/gpsFix"),
        (Subject::SyncePort(port("", "ens1f0")), "/ens1f0"),
        (Subject::SyncePort(port("synce1", "")), "/synce1"),
        (Subject::SyncePort(port("", "")), ""),
        (Subject::SynceQuality(port("", "ens1f0")), "/ens1f0/Ql"),
        (Subject::SynceExtendedQuality(port("", "")), "/extQl"),
    ];
    for (subject, path) in cases {
        let event = event([0; 16], Resource::LockState, 0, vec![value(subject, Reading::OffsetNs(0))]);
        let [[address, ..]] = <[_; 1]>::try_from(items(ApiProfile::Compat, &event)).unwrap();
        assert_eq!(address, format!("/cluster/node/compute-1.example.com{path}"));
    }
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
