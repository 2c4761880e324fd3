//! The metrics page as scrapers and test suites read it.

use super::text;
use crate::driver::{Counters, Scrape};
use crate::rest::RequestCounts;
use proxy_core::{
    ClockClassReading, ClockStateReading, DeliveryCounts, InterfaceRole, Measurement, PortRole,
    ProcessReading, Profile, Resource, Snapshot, SyncState, Thresholds,
};
use ptp_lines::{ConfigName, ConfigProgram, Ppb};

const CONFIG: ConfigName = ConfigName { program: ConfigProgram::Ptp4l, index: 0 };

fn snapshot() -> Snapshot {
    Snapshot {
        measurements: vec![Measurement {
            process: "ptp4l",
            from: "master",
            iface: "ens1fx".to_owned(),
            offset_ns: -5,
            max_offset_ns: 7,
            frequency_adjustment: Ppb::rounded(-3972.0),
            delay_ns: 89,
        }],
        clock_states: [SyncState::Freerun, SyncState::Locked, SyncState::Holdover]
            .into_iter()
            .zip(["a", "b", "c"])
            .map(|(state, iface)| ClockStateReading { process: "ptp4l", iface: iface.to_owned(), state })
            .collect(),
        profiles: vec![Profile { name: "oc".to_owned(), thresholds: Thresholds::default() }],
        interface_roles: vec![InterfaceRole { iface: "ens1f0".to_owned(), role: PortRole::Listening }],
        clock_classes: vec![ClockClassReading { process: "ptp4l".to_owned(), config: CONFIG, class: 165 }],
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
        subscriptions_active: 6,
        subscriptions_ended: 7,
        subscriptions_not_adopted: 12,
    }
}

fn page() -> String {
    let mut counters = Counters { lines: 8, lines_malformed: 9, lines_overlong: 10, ..Counters::default() };
    counters.delivered(Resource::LockState, true);
    counters.delivered(Resource::LockState, false);
    let scrape = Scrape { snapshot: snapshot(), counters, connections_open: 11 };
    String::from_utf8(text("compute-1", &scrape, &RequestCounts::default()).unwrap()).unwrap()
}

#[test]
fn clocks_have_the_series_that_test_suites_parse() {
    let page = page();
    for line in [
        r#"openshift_ptp_offset_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} -5"#,
        r#"openshift_ptp_max_offset_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} 7"#,
        r#"openshift_ptp_frequency_adjustment_ns{from="master",iface="ens1fx",node="compute-1",process="ptp4l"} -3972"#,
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
        "# HELP openshift_ptp_clock_state 0 = FREERUN, 1 = LOCKED, 2 = HOLDOVER",
        "# TYPE openshift_ptp_process_restart_count counter",
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing in\n{page}");
    }
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
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing in\n{page}");
    }
}
