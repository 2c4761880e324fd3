//! The metrics page as scrapers and test suites read it.

use super::{Limits, MetricsPage, Servers};
use crate::auth::{AuthCounts, AuthProblem};
use crate::driver::{ClusterCounters, Counters, Scrape};
use crate::rest::RequestCounts;
use proxy_core::{
    Backlog, ClockClassReading, ClockStateReading, DeliveryCounts, HaProfileReading, InterfaceRole,
    InterfaceStatus, InterfaceStatusKind, Measurement, PortRole, ProcessReading, Profile, ProfileKind,
    Resource, ServoFigures, Snapshot, SyncState, SyncePort, SynceQualityReading, Thresholds,
};
use ptp_lines::{ConfigName, ConfigProgram, Ppb};
use std::collections::BTreeMap;
use tokio::sync::mpsc;

const CONFIG: ConfigName = ConfigName { program: ConfigProgram::Ptp4l, index: 0 };
const SYNCE_CONFIG: ConfigName = ConfigName { program: ConfigProgram::Synce4l, index: 0 };

fn measurements() -> Vec<Measurement> {
    let servo = ServoFigures {
        max_offset_ns: 7,
        // As `freq      -0` is read.
        frequency_adjustment: Ppb::rounded(-0.4),
        delay_ns: 89,
    };
    [("ptp4l", "master", "ens1fx", -5, Some(servo)), ("dpll", "dpll", "ens7fx", 9, None)]
        .map(|(process, from, iface, offset_ns, servo)| Measurement {
            process,
            from,
            iface: iface.to_owned(),
            offset_ns,
            servo,
        })
        .into()
}

fn interface_statuses() -> Vec<InterfaceStatus> {
    [
        (InterfaceStatusKind::Nmea, 1),
        (InterfaceStatusKind::GnssFix, 3),
        (InterfaceStatusKind::DpllFrequency, -1),
        (InterfaceStatusKind::DpllPhase, 4),
        (InterfaceStatusKind::Pps, 0),
    ]
    .map(|(kind, value)| InterfaceStatus { kind, iface: "ens7fx".to_owned(), value })
    .into()
}

fn synce_qualities() -> Vec<SynceQualityReading> {
    let reading = |interface: &str, ql, extended_ql| SynceQualityReading {
        config: SYNCE_CONFIG,
        port: SyncePort { device: "synce1".to_owned(), interface: interface.to_owned() },
        network_option: 2,
        ql,
        extended_ql,
    };
    vec![reading("ens7f0", 1, Some(32)), reading("ens7f1", 1, None)]
}

fn snapshot() -> Snapshot {
    Snapshot {
        measurements: measurements(),
        clock_states: [SyncState::Freerun, SyncState::Locked, SyncState::Holdover]
            .into_iter()
            .zip(["a", "b", "c"])
            .map(|(state, iface)| ClockStateReading { process: "ptp4l", iface: iface.to_owned(), state })
            .collect(),
        profiles: vec![Profile {
            name: "oc".to_owned(),
            thresholds: Thresholds::default(),
            kind: ProfileKind::Clock,
            has_chronyd: false,
        }],
        interface_roles: vec![InterfaceRole { iface: "ens1f0".to_owned(), role: PortRole::Listening }],
        clock_classes: vec![ClockClassReading { process: "ptp4l".to_owned(), config: CONFIG, class: 165 }],
        interface_statuses: interface_statuses(),
        synce_qualities: synce_qualities(),
        ha_profiles: vec![
            HaProfileReading { profile: "bc1".to_owned(), is_active: true },
            HaProfileReading { profile: "bc2".to_owned(), is_active: false },
        ],
        processes: vec![ProcessReading {
            process: "phc2sys".to_owned(),
            config: CONFIG,
            status: 1,
            starts: 2,
        }],
        lines: vec![("ptp4l", 3)],
        ignored: vec![("unknown_config", 4)],
        events: vec![(Resource::LockState, 5)],
        deliveries: DeliveryCounts { accepted: 1, answered: 2, failed: 3, dropped: 4 },
        backlog: Backlog {
            events_waiting: 14,
            longest_queue: 15,
            attempts_under_way: 16,
            retries_scheduled: 17,
            handshakes_pending: 18,
        },
        queue_lengths: vec![0, 20, 3, 1],
        endpoint_limit_refusals: 19,
        subscriptions_active: 6,
        subscriptions_ended: 7,
        subscriptions_not_adopted: 12,
    }
}

fn page() -> String {
    let mut counters = Counters { lines: 8, lines_malformed: 9, lines_overlong: 10, ..Counters::default() };
    counters.delivered(Resource::LockState, crate::deliver::Sent::Accepted);
    counters.delivered(Resource::LockState, crate::deliver::Sent::Failed(crate::deliver::Failure::Refused));
    counters.reports_ignored.insert("other_version", 13);
    page_of(snapshot(), counters)
}

fn page_of(snapshot: Snapshot, counters: Counters) -> String {
    let scrape = Scrape { snapshot, counters, connections_open: 11 };
    let (commands, _) = mpsc::channel(1);
    MetricsPage::new(commands, RequestCounts::default(), Servers::default(), "compute-1").text(&scrape)
}

#[test]
fn clocks_have_the_series_that_test_suites_parse() {
    let page = page();
    for line in [
        r#"openshift_ptp_offset_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} -5"#,
        r#"openshift_ptp_max_offset_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} 7"#,
        r#"openshift_ptp_frequency_adjustment_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} 0"#,
        r#"openshift_ptp_delay_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} 89"#,
        r#"openshift_ptp_clock_state{iface="a",node="compute-1",process="ptp4l"} 0"#,
        r#"openshift_ptp_clock_state{iface="b",node="compute-1",process="ptp4l"} 1"#,
        r#"openshift_ptp_clock_state{iface="c",node="compute-1",process="ptp4l"} 2"#,
        r#"openshift_ptp_threshold{node="compute-1",profile="oc",threshold="MinOffsetThreshold"} -100"#,
        r#"openshift_ptp_threshold{node="compute-1",profile="oc",threshold="HoldOverTimeout"} 5"#,
        r#"openshift_ptp_interface_role{iface="ens1f0",node="compute-1",process="ptp4l"} 5"#,
        r#"openshift_ptp_clock_class{config="ptp4l.0.config",node="compute-1",process="ptp4l"} 165"#,
        r#"openshift_ptp_process_status{config="ptp4l.0.config",node="compute-1",process="phc2sys"} 1"#,
        r#"openshift_ptp_process_restart_count{config="ptp4l.0.config",node="compute-1",process="phc2sys"} 2"#,
        r#"openshift_ptp_offset_ns{from="dpll",iface="ens7fx",node="compute-1",process="dpll"} 9"#,
        r#"openshift_ptp_nmea_status{iface="ens7fx",node="compute-1",process="ts2phc"} 1"#,
        r#"openshift_ptp_gnss_status{from="gnss",iface="ens7fx",node="compute-1",process="gnss"} 3"#,
        r#"openshift_ptp_frequency_status{from="dpll",iface="ens7fx",node="compute-1",process="dpll"} -1"#,
        r#"openshift_ptp_phase_status{from="dpll",iface="ens7fx",node="compute-1",process="dpll"} 4"#,
        r#"openshift_ptp_pps_status{from="dpll",iface="ens7fx",node="compute-1",process="dpll"} 0"#,
        r#"openshift_ptp_synce_clock_quality{device="synce1",iface="ens7f0",network_option="2",node="compute-1",process="synce4l",profile="synce4l.0.config"} 33"#,
        r#"openshift_ptp_synce_clock_quality{device="synce1",iface="ens7f1",network_option="2",node="compute-1",process="synce4l",profile="synce4l.0.config"} 256"#,
        r#"openshift_ptp_synce_ssm_ql{device="synce1",iface="ens7f0",network_option="2",node="compute-1",process="synce4l",profile="synce4l.0.config",ql_type="SSM"} 1"#,
        r#"openshift_ptp_synce_ssm_ql{device="synce1",iface="ens7f0",network_option="2",node="compute-1",process="synce4l",profile="synce4l.0.config",ql_type="Extended SSM"} 32"#,
        r#"openshift_ptp_synce_ssm_ql{device="synce1",iface="ens7f1",network_option="2",node="compute-1",process="synce4l",profile="synce4l.0.config",ql_type="Extended SSM"} 255"#,
        r#"openshift_ptp_ha_profile_status{node="compute-1",process="phc2sys",profile="bc1"} 1"#,
        r#"openshift_ptp_ha_profile_status{node="compute-1",process="phc2sys",profile="bc2"} 0"#,
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing in\n{page}");
    }
}

/// redhat-cne/cloud-event-proxy `plugins/ptp_operator/metrics/registry.go`, and for what is made on first use
/// `metrics/logparser.go`.
#[test]
fn names_have_the_types_and_help_texts_of_existing_proxies() {
    let page = page();
    for (name, kind, help) in [
        ("offset_ns", "gauge", ""),
        ("max_offset_ns", "gauge", ""),
        ("frequency_adjustment_ns", "gauge", ""),
        ("delay_ns", "gauge", ""),
        ("clock_state", "gauge", "0 = FREERUN, 1 = LOCKED, 2 = HOLDOVER"),
        ("nmea_status", "gauge", "0 = UNAVAILABLE, 1 = AVAILABLE"),
        ("threshold", "gauge", ""),
        (
            "interface_role",
            "gauge",
            "0 = PASSIVE, 1 = SLAVE, 2 = MASTER, 3 = FAULTY, 4 = UNKNOWN, 5 = LISTENING",
        ),
        (
            "clock_class",
            "gauge",
            "6 = Locked, 7 = PRC unlocked in-spec, 52/187 = PRC unlocked out-of-spec, 135 = T-BC holdover in-spec, 165 = T-BC holdover out-of-spec, 248 = Default, 255 = Slave Only Clock",
        ),
        ("process_status", "gauge", "0 = DOWN, 1 = UP"),
        ("process_restart_count", "counter", ""),
        ("ha_profile_status", "gauge", "0 = INACTIVE 1 = ACTIVE"),
        (
            "synce_clock_quality",
            "gauge",
            "network_option1: ePRTC = 32 PRTC = 34 PRC = 257  SSU-A = 259 SSU-B = 263 EEC1 = 266 QL-DNU = 270 network_option2: ePRTC = 34 PRTC = 33 PRS = 256 STU = 255 ST2 = 262 TNC = 259 ST3E =268 EEC2 = 265 PROV = 269 QL-DUS = 270",
        ),
        (
            "synce_ssm_ql",
            "gauge",
            "network_option1: ePRTC: {0, 0x2, 0x21}, PRTC:  {1, 0x2, 0x20}, PRC:   {2, 0x2, 0xFF}, SSUA:  {3, 0x4, 0xFF}, SSUB:  {4, 0x8, 0xFF}, EEC1:  {5, 0xB, 0xFF}, QL-DNU: {6,0xF,0xFF}    network_option2 ePRTC: {0, 0x1, 0x21}, PRTC:  {1, 0x1, 0x20}, PRS:   {2, 0x1, 0xFF}, STU:   {3, 0x0, 0xFF}, ST2:   {4, 0x7, 0xFF}, TNC:   {5, 0x4, 0xFF}, ST3E:  {6, 0xD, 0xFF}, EEC2:  {7, 0xA, 0xFF}, PROV:  {8, 0xE, 0xFF}, QL-DUS: {9,0xF,0xFF}",
        ),
        (
            "gnss_status",
            "gauge",
            "0=NOFIX, 1=Dead Reckoning Only, 2=2D-FIX, 3=3D-FIX, 4=GPS+dead reckoning fix, 5=Time only fix",
        ),
        (
            "frequency_status",
            "gauge",
            "-1=UNKNOWN, 0=INVALID, 1=FREERUN, 2=LOCKED, 3=LOCKED_HO_ACQ, 4=HOLDOVER",
        ),
        ("phase_status", "gauge", "-1=UNKNOWN, 0=INVALID, 1=FREERUN, 2=LOCKED, 3=LOCKED_HO_ACQ, 4=HOLDOVER"),
        ("pps_status", "gauge", "0=UNAVAILABLE, 1=AVAILABLE"),
    ] {
        let header = format!(
            "# HELP openshift_ptp_{name} {help}\n# TYPE openshift_ptp_{name} {kind}\nopenshift_ptp_{name}{{"
        );
        assert!(page.contains(&header), "{header} is missing in\n{page}");
    }
}

/// A label without text is the same to Prometheus as no label: the series would belong to no clock.
#[test]
fn what_has_no_interface_has_no_series() {
    let mut snapshot = snapshot();
    snapshot.measurements.iter_mut().for_each(|one| one.iface.clear());
    snapshot.clock_states.iter_mut().for_each(|one| one.iface.clear());
    snapshot.interface_roles.iter_mut().for_each(|one| one.iface.clear());
    snapshot.interface_statuses.iter_mut().for_each(|one| one.iface.clear());
    snapshot.synce_qualities.iter_mut().for_each(|one| one.port.interface.clear());
    let page = page_of(snapshot, Counters::default());
    assert!(!page.contains("iface="), "{page}");
}

/// Two configurations whose phc2sys steers the one clock of the operating system have one series; a page that names it
/// twice would be refused as a whole.
#[test]
fn no_series_is_named_twice() {
    let mut snapshot = snapshot();
    let os_clock =
        |state| ClockStateReading { process: "phc2sys", iface: "CLOCK_REALTIME".to_owned(), state };
    snapshot.clock_states = vec![os_clock(SyncState::Freerun), os_clock(SyncState::Locked)];
    let page = page_of(snapshot, Counters::default());
    let series = page.lines().filter_map(|line| line.rsplit_once(' ')).map(|(series, _)| series);
    let mut series: Vec<&str> = series.filter(|series| !series.starts_with('#')).collect();
    let all = series.len();
    series.sort_unstable();
    series.dedup();
    assert_eq!(series.len(), all, "{page}");
}

#[test]
fn names_are_in_alphabetical_order() {
    let page = page();
    let names: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    assert!(names.len() > 30 && names.is_sorted(), "{names:?}");
}

#[test]
fn the_shell_has_its_series() {
    let page = page();
    for line in [
        r#"cne_api_subscriptions{status="active"} 6"#,
        r#"cne_api_events_published{address="/sync/ptp-status/lock-state",status="success"} 5"#,
        r#"cne_events_received{status="success",type="/cluster/node/compute-1/sync/ptp-status/lock-state"} 1"#,
        r#"cne_events_received{status="failed",type="/cluster/node/compute-1/sync/ptp-status/lock-state"} 1"#,
        "cloud_event_proxy_lines_total 8",
        "cloud_event_proxy_lines_malformed_total 9",
        "cloud_event_proxy_lines_overlong_total 10",
        "cloud_event_proxy_connections_open 11",
        r#"cloud_event_proxy_deliveries_total{outcome="answered"} 2"#,
        "cloud_event_proxy_events_dropped_total 4",
        "cloud_event_proxy_subscriptions_ended_total 7",
        "cloud_event_proxy_subscriptions_not_adopted_total 12",
        r#"cloud_event_proxy_program_lines_total{program="ptp4l"} 3"#,
        r#"cloud_event_proxy_ignored_total{reason="unknown_config"} 4"#,
        r#"cloud_event_proxy_reports_ignored_total{reason="other_version"} 13"#,
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing in\n{page}");
    }
}

/// A name with its kind and its labels.
type Described = BTreeMap<String, (String, Vec<String>)>;

/// The table of `METRICS.md`.
fn documented() -> Described {
    let rows = include_str!("../../METRICS.md").lines().filter_map(|line| line.strip_prefix("| `"));
    let table = rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [name, kind, labels, ..] = cells[..] else { panic!("{row}") };
        let labels = labels.split(", ").map(|label| label.trim_matches('`'));
        let labels = labels.filter(|label| !label.is_empty()).map(str::to_owned).collect();
        (name.trim_end_matches('`').to_owned(), (kind.to_owned(), labels))
    });
    let table: Vec<_> = table.collect();
    let names = table.len();
    let table: Described = table.into_iter().collect();
    assert_eq!(table.len(), names, "a name has two rows");
    table
}

/// What a page announces and has samples of.
fn exported(page: &str) -> Described {
    let mut names = Described::new();
    let mut last = None;
    for line in page.lines().filter(|line| !line.starts_with("# HELP ")) {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            last = Some(names.entry(name.to_owned()).or_insert((kind.to_owned(), Vec::new())));
            continue;
        }
        let series = line.rsplit_once(' ').unwrap().0;
        let labels = series.split_once('{').map_or("", |(_, labels)| labels);
        let labels = labels.split("\",").filter_map(|label| label.split_once('=')).map(|(label, _)| label);
        last.as_mut().unwrap().1 = labels.filter(|label| *label != "le").map(str::to_owned).collect();
    }
    names
}

#[test]
fn the_table_of_the_documentation_is_what_is_exported() {
    let servers = Servers::default();
    servers.api.refused("too_many_requests");
    let refusals = AuthCounts::default();
    refusals.count(&AuthProblem::NoToken);
    let cluster = Some(ClusterCounters::default());
    let mut counters = Counters { cluster, ..Counters::default() };
    counters.delivered(Resource::LockState, crate::deliver::Sent::Failed(crate::deliver::Failure::Refused));
    counters.reports_ignored.insert("other_version", 13);
    let scrape = Scrape { snapshot: snapshot(), counters, connections_open: 11 };
    let (commands, _) = mpsc::channel(1);
    let page = MetricsPage::new(commands, RequestCounts::default(), servers, "compute-1")
        .with_limits(Limits::of_one())
        .with_refusals(Some(refusals));
    let mut documented = documented();
    let names: Vec<String> = page.families(&scrape).iter().map(|family| family.name().to_owned()).collect();
    assert_eq!(names, documented.keys().cloned().collect::<Vec<_>>());
    // What only a server counts; the tests of the program look at their labels.
    for name in ["http_connections_closed_total", "http_requests_total"] {
        assert!(documented.remove(&format!("cloud_event_proxy_{name}")).is_some());
    }
    assert_eq!(exported(&page.text(&scrape)), documented);
}
