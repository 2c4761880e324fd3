//! Messages as openshift/linuxptp-daemon `pkg/ipc/ipc.go` writes them, and what is none.

use super::{Message, STATUS_REQUEST, parse};
use proxy_core::{GnssState, Reported, SyncState};

/// What a message with these type and values says.
fn said(kind: &str, values: &str) -> Reported {
    let text = format!(r#"{{"version":1,"type":"{kind}","values":{values}}}"#);
    parse(text.as_bytes()).unwrap().said
}

/// Why a message is skipped.
fn reason(text: &str) -> &'static str {
    parse(text.as_bytes()).unwrap_err().label()
}

#[test]
fn every_type_has_its_meaning() {
    for (kind, report) in [
        ("sync_state", Reported::SyncState as fn(SyncState) -> Reported),
        ("synce_state", Reported::SynceState),
    ] {
        assert_eq!(said(kind, r#"{"state":"LOCKED"}"#), report(SyncState::Locked));
        assert_eq!(said(kind, r#"{"state":"HOLDOVER"}"#), report(SyncState::Holdover));
        assert_eq!(said(kind, r#"{"state":"FREERUN"}"#), report(SyncState::Freerun));
    }
    for (values, state, offset_ns) in [
        (r#"{"state":"LOCKED","offset":-5}"#, SyncState::Locked, Some(-5)),
        (r#"{"state":"HOLDOVER","offset":null}"#, SyncState::Holdover, None),
        (r#"{"state":"FREERUN"}"#, SyncState::Freerun, None),
    ] {
        assert_eq!(said("ptp_state", values), Reported::PtpState { state, offset_ns });
        assert_eq!(said("os_clock_state", values), Reported::OsClockState { state, offset_ns });
    }
    assert_eq!(said("clock_class", r#"{"clock_class":248}"#), Reported::ClockClass(248));
    assert_eq!(said("cache_clear", "null"), Reported::Clear);
    assert_eq!(parse(br#"{"version":1,"type":"cache_clear"}"#).unwrap().said, Reported::Clear);
    for (values, extended_ql) in [
        (r#"{"ql":2,"extended_ql":32}"#, Some(32)),
        (r#"{"ql":2,"extended_ql":255}"#, Some(255)),
        (r#"{"ql":2,"extended_ql":null}"#, None),
        (r#"{"ql":2}"#, None),
    ] {
        assert_eq!(said("synce_clock_quality", values), Reported::SynceQuality { ql: 2, extended_ql });
    }
}

#[test]
fn gnss_states_are_written_with_underscores_or_as_the_specification_has_them() {
    for (name, state) in [
        ("SYNCHRONIZED", GnssState::Synchronized),
        ("ACQUIRING_SYNC", GnssState::AcquiringSync),
        ("ACQUIRING-SYNC", GnssState::AcquiringSync),
        ("ANTENNA_DISCONNECTED", GnssState::AntennaDisconnected),
        ("BOOTING", GnssState::Booting),
        ("ANTENNA_SHORT_CIRCUIT", GnssState::AntennaShortCircuit),
        ("FAILURE_MULTIPATH", GnssState::FailureMultipath),
        ("FAILURE_NOFIX", GnssState::FailureNofix),
        ("FAILURE_LOW_SNR", GnssState::FailureLowSnr),
        ("FAILURE_PLL", GnssState::FailurePll),
    ] {
        assert_eq!(said("gnss_state", &format!(r#"{{"state":"{name}"}}"#)), Reported::GnssState(state));
    }
}

#[test]
fn a_message_names_its_profile_and_interface_and_may_have_more_keys() {
    let text = r#"{"version":1,"type":"ptp_state","timestamp":"2026-11-22T12:11:32.5Z","profile":"o\"c","iface":"ens1f0","values":{"state":"LOCKED","offset":-5,"new":[{}]},"later":{"a":[1]}}"#;
    let expected = Message {
        profile: "o\"c".to_owned(),
        interface: "ens1f0".to_owned(),
        said: Reported::PtpState { state: SyncState::Locked, offset_ns: Some(-5) },
    };
    assert_eq!(parse(text.as_bytes()).unwrap(), expected);
    let nameless = r#"{"values":{"clock_class":6},"iface":null,"type":"clock_class","version":1}"#;
    let Message { profile, interface, .. } = parse(nameless.as_bytes()).unwrap();
    assert_eq!((profile, interface), (String::new(), String::new()));
}

#[test]
fn what_is_no_message_says_so() {
    for text in [
        "",
        " ",
        "LOCKED",
        "{",
        "[]",
        "1",
        "\"ptp_state\"",
        r#"{"version":"1","type":"cache_clear"}"#,
        r#"{"version":1,"type":7}"#,
        r#"{"version":1,"type":"cache_clear"}{"version":1,"type":"cache_clear"}"#,
        r#"{"version":1,"type":"cache_clear","iface":["ens1f0"]}"#,
        "ptp4l[1.000]: [ptp4l.0.config] master offset -1 s2 freq -3972 path delay 89",
    ] {
        assert_eq!(reason(text), "not_a_message", "{text}");
    }
    assert!(parse(b"{\"version\":1,\"type\":\"\xff\"}").is_err());
    let deep = format!(r#"{{"version":1,"type":"cache_clear","values":{}"#, "[".repeat(60_000));
    assert_eq!(reason(&deep), "not_a_message");
}

#[test]
fn another_version_or_type_reports_nothing() {
    assert_eq!(reason(r#"{"type":"cache_clear"}"#), "other_version");
    assert_eq!(reason(r#"{"version":2,"type":"cache_clear"}"#), "other_version");
    for kind in ["", "status_response", "PTP_STATE", "holdover_state"] {
        assert_eq!(reason(&format!(r#"{{"version":1,"type":"{kind}"}}"#)), "not_a_report", "{kind}");
    }
    // What is asked here is not answered here.
    assert_eq!(reason(STATUS_REQUEST), "not_a_report");
}

#[test]
fn unreadable_values_are_not_zero() {
    for (kind, values) in [
        ("ptp_state", "null"),
        ("ptp_state", "{}"),
        ("ptp_state", "[]"),
        ("ptp_state", r#""LOCKED""#),
        ("ptp_state", r#"{"state":"locked"}"#),
        ("ptp_state", r#"{"state":"SYNCHRONIZED"}"#),
        ("ptp_state", r#"{"state":1}"#),
        ("ptp_state", r#"{"state":"LOCKED","offset":"x"}"#),
        ("gnss_state", r#"{"state":"LOCKED"}"#),
        ("gnss_state", "{}"),
        ("clock_class", "{}"),
        ("clock_class", r#"{"clock_class":256}"#),
        ("clock_class", r#"{"clock_class":-1}"#),
        ("clock_class", r#"{"clock_class":6.5}"#),
        ("clock_class", r#"{"clock_class":"6"}"#),
        ("synce_clock_quality", r#"{"extended_ql":32}"#),
        ("synce_clock_quality", r#"{"ql":2,"extended_ql":"x"}"#),
        ("synce_clock_quality", r#"{"ql":999}"#),
    ] {
        let text = format!(r#"{{"version":1,"type":"{kind}","values":{values}}}"#);
        assert_eq!(reason(&text), "unreadable_values", "{text}");
    }
}
