//! Lines of the telecom forms that no program prints exactly so: what is read nevertheless, what is refused, what is
//! not known, and what no damage may do.

use ptp_lines::LineError::{Expected, Missing, Unreadable};
use ptp_lines::{
    Body, DpllStatus, Field, Line, LineError, Message, ReportedState, SynceQuality, SynceState, Ts2phcNotice,
    parse,
};

const TS2PHC: &str = "ts2phc[1.000]: [ts2phc.0.config] ";
const TS2PHC_DAEMON: &str = "ts2phc[1]:[ts2phc.0.config] ";
const GM: &str = "GM[1]:[ts2phc.0.config] ";
const T_BC: &str = "T-BC[1]:[ts2phc.0.config] ";
const DPLL: &str = "dpll[1]:[ts2phc.0.config] ";
const GNSS: &str = "gnss[1]:[ts2phc.0.config] ";
const SYNCE4L: &str = "synce4l[1.000]: [synce4l.0.config] ";
const SYNCE4L_DAEMON: &str = "synce4l[1]:[synce4l.0.config] ";
const CHRONYD: &str = "chronyd[4711][chronyd.0.config]: ";
const PHC2SYS: &str = "phc2sys[1]:[phc2sys.0.config] ";

/// One line of every form with something in it that varies.
const SAMPLES: [(&str, &str); 25] = [
    (TS2PHC, "ens7f0 offset         -2 s3 freq   +1500"),
    (TS2PHC, "ens7f0 offset         -2 s3 freq   +1500 holdover"),
    (TS2PHC, "ens7f0 master offset         -2 s2 freq      -0"),
    (TS2PHC, "ens7f0 lost holdover lock (offset       -250)"),
    (TS2PHC, "ens7f0 extts index 0 at 1673031129.000000000 corr 0 src 1673031129.911642976 diff 0"),
    (TS2PHC, "ens7f0 SKIP extts index 0 at 1673031129.500000000 src 1673031129.911642976"),
    (TS2PHC, "adding tstamp 1795349886.000251833 to clock /dev/ptp0"),
    (TS2PHC, "PPS sink ens1f0 has ptp index 0"),
    (TS2PHC, "nmea delay: 120893548 ns"),
    (TS2PHC, "nmea sentence: GNRMC,,"),
    (TS2PHC, "config item ens1f0.ts2phc.channel is 0"),
    (TS2PHC, "source ts not valid"),
    (TS2PHC_DAEMON, "ens2f0 nmea_status 0 offset 999999 s0"),
    (GM, "ens2f1 T-GM-STATUS s0"),
    (T_BC, "ens2f0 offset 123 T-BC-STATUS s2"),
    (DPLL, "ens2f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2"),
    (GNSS, "ens2f1 gnss_status 5 offset 0 s2"),
    (SYNCE4L, "EEC_LOCKED/EEC_LOCKED_HO_ACQ on GNSS of synce1"),
    (SYNCE4L, "act on EEC_HOLDOVER for ens7f0"),
    (SYNCE4L, "tx_rebuild_tlv: attached new TLV, QL=0xf on ens7f0"),
    (SYNCE4L, "tx_rebuild_tlv: attached new extended TLV, EXT_QL=0xff on ens7f0"),
    (SYNCE4L_DAEMON, "ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1"),
    (SYNCE4L_DAEMON, "ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2"),
    (CHRONYD, "2026-11-22T12:21:56Z Selected source 10.9.9.1"),
    (PHC2SYS, "ptp_ha_profile profile1 state 1"),
];

fn printed(line: Line<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    line.print(&mut bytes);
    bytes
}

/// The line is read, and prints as its canonical form.
#[track_caller]
fn reads_as(line: &str, canonical: &str) {
    let read = parse(line.as_bytes()).expect("no field is bad");
    assert!(!matches!(read, Line::Other(_)), "{line}");
    assert_eq!(printed(read).escape_ascii().to_string(), canonical.as_bytes().escape_ascii().to_string());
    assert_eq!(parse(canonical.as_bytes()), Ok(read));
}

#[track_caller]
fn body(prefix: &str, text: &str) -> Body<'static> {
    let line = format!("{prefix}{text}");
    match parse(line.leak().as_bytes()) {
        Ok(Line::Message(Message { body, .. })) => body,
        other => panic!("{other:?}"),
    }
}

/// Whatever was read means what it prints.
#[track_caller]
fn holds_together(line: &[u8]) {
    if let Ok(read) = parse(line) {
        assert_eq!(parse(&printed(read)), Ok(read), "{}", line.escape_ascii());
    }
}

#[test]
fn other_blanks_signs_and_zeros_change_nothing() {
    let table = [
        // redhat-cne/cloud-event-proxy metrics_test.go:296
        (TS2PHC, "ens2f0 master offset  0 s2 freq -0", "ens2f0 master offset          0 s2 freq      -0"),
        (
            TS2PHC,
            "\tens7f0  offset 1 s3 freq 007 holdover ",
            "ens7f0 offset          1 s3 freq      +7 holdover",
        ),
        (TS2PHC_DAEMON, "ens2f0  nmea_status +1 offset 00 s2", "ens2f0 nmea_status 1 offset 0 s2"),
        (GM, "ens2f1\tT-GM-STATUS   s2", "ens2f1 T-GM-STATUS s2"),
        // logparser_test.go:115
        (T_BC, "ens2f0  offset 123 T-BC-STATUS s0", "ens2f0 offset 123 T-BC-STATUS s0"),
        (GNSS, "ens2f1 gnss_status 03 offset -0 s0", "ens2f1 gnss_status 3 offset 0 s0"),
        (PHC2SYS, "ptp_ha_profile  p state 01", "ptp_ha_profile p state 1"),
        (SYNCE4L, "EEC_HOLDOVER  on synce1", "EEC_HOLDOVER on synce1"),
        (
            SYNCE4L_DAEMON,
            "ens7f0 clock_quality PRTC device synce1 ql 0x01 ext_ql 0xFF s2",
            "ens7f0 clock_quality PRTC device synce1 ext_ql 0xff ql 0x1 s2",
        ),
    ];
    for (prefix, text, canonical) in table {
        reads_as(&format!("{prefix}{text}"), &format!("{prefix}{canonical}"));
    }
}

#[test]
fn words_after_a_complete_form_are_passed_over() {
    let table = [
        (TS2PHC, "ens7f0 offset          1 s3 freq      +1", " foo"),
        (TS2PHC, "ens7f0 offset          1 s3 freq      +1 holdover", " foo"),
        (TS2PHC_DAEMON, "ens2f0 nmea_status 1 offset 0 s2", " s0"),
        (GM, "ens2f1 T-GM-STATUS s2", " s0"),
        // tbc_test.go: a state that the daemon does not use, and a word
        (T_BC, "ens2f0 offset 123 T-BC-STATUS s3", " holdover"),
        (DPLL, "ens2f0 frequency_status 3 s2", " offset 5 s0"),
        (GNSS, "ens2f1 gnss_status 3 offset 5 s2", " s0"),
        (SYNCE4L, "act on EEC_HOLDOVER for ens7f0", " now"),
        (SYNCE4L_DAEMON, "ens7f0 device synce1 eec_state EEC_HOLDOVER s1", " device synce2"),
        (PHC2SYS, "ptp_ha_profile p state 1", " state 0"),
    ];
    for (prefix, text, after) in table {
        reads_as(&format!("{prefix}{text}{after}"), &format!("{prefix}{text}"));
    }
}

#[test]
fn pairs_come_in_any_order_and_unknown_ones_are_skipped() {
    let status = DpllStatus {
        interface: "ens7f0",
        frequency_status: Some(2),
        offset_ns: Some(9),
        phase_status: Some(3),
        pps_status: Some(1),
        state: ReportedState::S2,
    };
    for text in [
        "ens7f0 pps_status 1 phase_status 3 offset 9 frequency_status 2 s2",
        "ens7f0 pps_status 1 phase_offset 12.5 phase_status 3 offset 9 frequency_status 2 s2",
        "ens7f0 offset 5 pps_status 1 phase_status 3 offset 9 frequency_status 2 s2",
    ] {
        assert_eq!(body(DPLL, text), Body::Dpll(status), "{text}");
    }
    let state = SynceState {
        interface: "ens7f0",
        device: "synce1",
        eec_state: "EEC_LOCKED",
        network_option: Some(2),
        state: Some(ReportedState::S2),
    };
    let text = "ens7f0 network_option 2 priority high eec_state EEC_LOCKED device synce1 s2";
    assert_eq!(body(SYNCE4L_DAEMON, text), Body::SynceState(state));
    // A state wins over a quality: redhat-cne/cloud-event-proxy metrics/logData.go
    let text = "ens7f0 clock_quality PRTC device synce1 eec_state EEC_LOCKED network_option 2 ql 0x1 s2";
    assert_eq!(body(SYNCE4L_DAEMON, text), Body::SynceState(state));
}

#[test]
fn a_missing_state_takes_the_place_of_no_value() {
    let quality = SynceQuality {
        interface: "ens7f0",
        quality: "PRS",
        device: "synce1",
        ext_ql: Some(0xff),
        network_option: Some(2),
        ql: Some(1),
        state: None,
    };
    let text = "ens7f0 clock_quality PRS device synce1 ext_ql 0xff network_option 2 ql 0x1";
    assert_eq!(body(SYNCE4L_DAEMON, text), Body::SynceQuality(quality));
    let text = "ens7f0 device synce1 eec_state EEC_LOCKED network_option 2";
    let state = SynceState {
        interface: "ens7f0",
        device: "synce1",
        eec_state: "EEC_LOCKED",
        network_option: Some(2),
        state: None,
    };
    assert_eq!(body(SYNCE4L_DAEMON, text), Body::SynceState(state));
}

const BAD_TEXTS: &[(&str, &str, LineError)] = &[
    (TS2PHC, "ens7f0 offset", Missing(Field::Offset)),
    (TS2PHC, "ens7f0 offset x s2 freq +1", Unreadable(Field::Offset)),
    (TS2PHC, "ens7f0 offset 1.5 s2 freq +1", Unreadable(Field::Offset)),
    (TS2PHC, "ens7f0 offset 9223372036854775808 s2 freq +1", Unreadable(Field::Offset)),
    (TS2PHC, "ens7f0 offset 1 s4 freq +1", Unreadable(Field::Servo)),
    (TS2PHC, "ens7f0 offset 1 s2", Expected("freq")),
    (TS2PHC, "ens7f0 offset 1 s2 freq", Missing(Field::Frequency)),
    (TS2PHC, "ens7f0 master offset 1 s2 freq nan", Unreadable(Field::Frequency)),
    // A torn word must not turn holdover into lock.
    (TS2PHC, "ens7f0 offset 1 s3 freq +1 holdove", Expected("holdover")),
    (TS2PHC, "ens7f0 lost holdover lock (offset x)", Unreadable(Field::Offset)),
    (TS2PHC, "ens7f0 lost holdover lock (offset 5", Unreadable(Field::Offset)),
    (TS2PHC, "nmea delay: x ns", Unreadable(Field::Delay)),
    (TS2PHC, "adding tstamp 1.1000000000 to clock a", Unreadable(Field::Timestamp)),
    (TS2PHC, "adding tstamp 1 to clock a", Unreadable(Field::Timestamp)),
    (TS2PHC, "adding tstamp 18446744073.709551616 to clock a", Unreadable(Field::Timestamp)),
    (TS2PHC, "PPS sink ens1f0 has ptp index -1", Unreadable(Field::Clock)),
    (TS2PHC, "ens7f0 extts index 4294967296 at 1.000000000", Unreadable(Field::Channel)),
    (TS2PHC, "ens7f0 extts index 0 at 1.000000000 corr 2147483648", Unreadable(Field::Correction)),
    (TS2PHC, "ens7f0 extts index 0 at 1.000000000", Expected("corr")),
    (TS2PHC_DAEMON, "ens2f0 nmea_status 0", Expected("offset")),
    (TS2PHC_DAEMON, "ens2f0 nmea_status", Missing(Field::NmeaStatus)),
    (TS2PHC_DAEMON, "ens2f0 nmea_status x offset 0 s2", Unreadable(Field::NmeaStatus)),
    (TS2PHC_DAEMON, "ens2f0 nmea_status 1 offset 0", Missing(Field::State)),
    (GM, "ens2f1 T-GM-STATUS", Missing(Field::State)),
    (GM, "ens2f1 T-GM-STATUS s", Unreadable(Field::State)),
    (GM, "ens2f1 T-GM-STATUS LOCKED", Unreadable(Field::State)),
    (GM, "ens2f1 T-GM-STATUS s2x", Unreadable(Field::State)),
    (GM, "ens2f1 T-GM-STATUS 2", Unreadable(Field::State)),
    (T_BC, "ens2f0 T-BC-STATUS s2", Expected("offset")),
    (T_BC, "ens2f0 offset 55.0 T-BC-STATUS s2", Unreadable(Field::Offset)),
    (T_BC, "ens2f0 offset T-BC-STATUS s2", Unreadable(Field::Offset)),
    (T_BC, "ens2f0 offset 5 s2", Expected("T-BC-STATUS")),
    (T_BC, "ens2f0 offset 5 T-BC-STATUS", Missing(Field::State)),
    (DPLL, "ens2f0", Missing(Field::State)),
    (DPLL, "ens2f0 offset 5 pps_status 1", Missing(Field::State)),
    (DPLL, "ens2f0 offset s2", Unreadable(Field::Offset)),
    (DPLL, "ens2f0 offset 5 unknown", Unreadable(Field::State)),
    (DPLL, "ens2f0 frequency_status x offset 5 s2", Unreadable(Field::FrequencyStatus)),
    (DPLL, "ens2f0 phase_status", Missing(Field::PhaseStatus)),
    (DPLL, "ens2f0 pps_status true s2", Unreadable(Field::PpsStatus)),
    (GNSS, "ens2f1 gnss_status x offset 5 s2", Unreadable(Field::GnssStatus)),
    (GNSS, "ens2f1 gnss_status 3 s2", Expected("offset")),
    (GNSS, "ens2f1 gnss_status 3 offset x s2", Unreadable(Field::Offset)),
    (GNSS, "ens2f1 gnss_status 3 offset 5", Missing(Field::State)),
    (SYNCE4L_DAEMON, "ens7f0 device synce1 eec_state", Missing(Field::EecState)),
    (SYNCE4L_DAEMON, "ens7f0 eec_state EEC_LOCKED s2", Missing(Field::Device)),
    (SYNCE4L_DAEMON, "ens7f0 device clock_quality network_option 2 s2", Missing(Field::ClockQuality)),
    (SYNCE4L_DAEMON, "ens7f0 clock_quality PRTC device synce1 ql 1 s2", Unreadable(Field::QualityLevel)),
    (SYNCE4L_DAEMON, "ens7f0 clock_quality PRTC device synce1 ql 0x s2", Unreadable(Field::QualityLevel)),
    (SYNCE4L_DAEMON, "ens7f0 clock_quality PRTC device synce1 ql 0x100 s2", Unreadable(Field::QualityLevel)),
    (
        SYNCE4L_DAEMON,
        "ens7f0 clock_quality PRTC device synce1 ext_ql 0xg s2",
        Unreadable(Field::ExtendedQualityLevel),
    ),
    (
        SYNCE4L_DAEMON,
        "ens7f0 clock_quality PRTC device synce1 network_option two s2",
        Unreadable(Field::NetworkOption),
    ),
    (SYNCE4L, "tx_rebuild_tlv: attached new TLV, QL=15 on ens7f0", Unreadable(Field::QualityLevel)),
    (SYNCE4L, "tx_rebuild_tlv: attached new TLV, QL=0xf", Expected("on")),
    (SYNCE4L, "act on EEC_HOLDOVER", Expected("for")),
    (SYNCE4L, "EEC_HOLDOVER on", Missing(Field::Device)),
    (PHC2SYS, "ptp_ha_profile bc1 state x", Unreadable(Field::ProfileState)),
    (PHC2SYS, "ptp_ha_profile bc1 state 2", Unreadable(Field::ProfileState)),
    (PHC2SYS, "ptp_ha_profile bc1", Expected("state")),
];

#[test]
fn a_known_form_with_a_bad_field_is_an_error_that_names_the_field() {
    for &(prefix, text, error) in BAD_TEXTS {
        let line = format!("{prefix}{text}");
        assert_eq!(parse(line.as_bytes()), Err(error), "{line}");
    }
}

#[test]
fn a_name_or_text_that_is_not_utf_8_is_an_error() {
    let table: [(&str, &[u8], Field); 9] = [
        (TS2PHC, b"eth\xff offset 1 s2 freq +1", Field::Interface),
        (TS2PHC, b"nmea sentence: \xff", Field::Text),
        (TS2PHC_DAEMON, b"eth\xff nmea_status 1 offset 0 s2", Field::Interface),
        (GM, b"eth\xff T-GM-STATUS s2", Field::Interface),
        (T_BC, b"eth\xff offset 0 T-BC-STATUS s2", Field::Interface),
        (DPLL, b"eth\xff s2", Field::Interface),
        (GNSS, b"eth\xff gnss_status 1 offset 0 s2", Field::Interface),
        (CHRONYD, b"Selected source \xff", Field::Text),
        (PHC2SYS, b"ptp_ha_profile \xff state 1", Field::Profile),
    ];
    for (prefix, text, field) in table {
        let line = [prefix.as_bytes(), text].concat();
        assert_eq!(parse(&line), Err(Unreadable(field)), "{}", line.escape_ascii());
    }
}

#[test]
fn what_is_not_known_comes_back_verbatim() {
    let table = [
        (TS2PHC, ""),
        (TS2PHC, "ens7f0"),
        (TS2PHC, "ens7f0 master clock"),
        (TS2PHC, "source ts  not valid"),
        (TS2PHC, "source ts not valid "),
        (TS2PHC, "nmea delay: 5"),
        (TS2PHC, "adding tstamp 1.000000000"),
        (TS2PHC, "PPS sink ens1f0"),
        (GM, "ens2f1"),
        (GM, "ens2f1 T-BC-STATUS s2"),
        (T_BC, "ens2f0 state s2"),
        (DPLL, ""),
        (GNSS, "ens2f1 status 3 offset 5 s2"),
        (SYNCE4L, "best source not found on synce1"),
        (SYNCE4L, "act now"),
        (SYNCE4L, "EEC_HOLDOVER"),
        (SYNCE4L_DAEMON, "ens7f0 device synce1 network_option 2 s1"),
        (CHRONYD, ""),
        // A prefix with a process number has its colon behind the tag.
        ("chronyd[4711][chronyd.0.config] ", "Selected source 10.9.9.1"),
        ("chronyd[47.11][chronyd.0.config]: ", "Selected source 10.9.9.1"),
        ("chronyd[4711] [chronyd.0.config]: ", "Selected source 10.9.9.1"),
        ("chronyd[4711][chrony]: ", "Selected source 10.9.9.1"),
        // The text of chronyd without the daemon's prefix says nothing of whose it is.
        ("", "2026-11-22T12:21:56Z Selected source 10.9.9.1"),
        // The daemon's forms in the name of synce4l have its stamp; existing consumers refuse them with another.
        (SYNCE4L, "ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2"),
        (SYNCE4L, "ens7f0 clock_quality PRTC device synce1 network_option 2 ql 0x1 s2"),
        ("synce4l[1][synce4l.0.config]: ", "ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2"),
        // Another program's form.
        (GM, "ens2f1 gnss_status 5 offset 0 s2"),
        (TS2PHC, "ens2f1 T-GM-STATUS s2"),
        (PHC2SYS, "ens7f0 offset         -2 s3 freq   +1500"),
        ("ptp4l[1]:[ptp4l.0.config] ", "ptp_ha_profile profile1 state 1"),
    ];
    for (prefix, text) in table {
        let line = format!("{prefix}{text}");
        assert_eq!(parse(line.as_bytes()), Ok(Line::Other(line.as_bytes())));
        assert_eq!(printed(parse(line.as_bytes()).unwrap()), line.as_bytes());
    }
}

#[test]
fn every_sample_is_canonical() {
    for (prefix, text) in SAMPLES {
        reads_as(&format!("{prefix}{text}"), &format!("{prefix}{text}"));
    }
}

#[test]
fn a_line_torn_anywhere_never_reports_a_state_that_it_does_not_have() {
    for (prefix, text) in SAMPLES {
        let line = format!("{prefix}{text}");
        for end in 0..line.len() {
            let torn = &line[..end];
            holds_together(torn.as_bytes());
            let Ok(Line::Message(message)) = parse(torn.as_bytes()) else {
                continue;
            };
            let body = message.body;
            if let Body::Ts2phcOffset(sample) = body {
                // Torn behind a digit of the frequency or behind it all: the sample itself is whole.
                assert!(torn.contains(" freq ") && !sample.holdover, "{torn}");
            } else if let Body::Ts2phcNotice(Ts2phcNotice::FreeRunning { .. }) = body {
                assert!(!torn.contains(" s"), "{torn}");
            } else if let Body::SynceState(SynceState { state, .. })
            | Body::SynceQuality(SynceQuality { state, .. }) = body
            {
                assert_eq!(state, None, "{torn}");
            } else {
                let has_no_state =
                    matches!(body, Body::Ts2phcNotice(_) | Body::Synce4lNotice(_) | Body::Chronyd(_));
                assert!(has_no_state, "{torn}");
            }
        }
    }
}

#[test]
fn no_word_is_too_long_and_no_number_too_large() {
    let long = "x".repeat(64 * 1024);
    let huge = "9".repeat(64 * 1024);
    for (prefix, text) in SAMPLES {
        let words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
        for at in 0..words.len() {
            for replacement in
                [&long, &huge, "", "-", "+", "0x", "s", "s99999999999999999999", "\u{e9}", "\t"]
            {
                let mut damaged = words.clone();
                damaged[at] = replacement;
                let line = format!("{prefix}{}", damaged.join(" "));
                holds_together(line.as_bytes());
            }
        }
    }
    let sample = format!("{TS2PHC}{long} offset          1 s2 freq      +1");
    reads_as(&sample, &sample);
}

#[test]
fn any_byte_in_any_place_is_read_without_panic() {
    for (prefix, text) in SAMPLES {
        let line = format!("{prefix}{text}").into_bytes();
        for at in 0..line.len() {
            for byte in [0, b' ', b'\t', b'-', b'0', b'9', b'[', b']', b':', b'.', 0x7f, 0x80, 0xff] {
                let mut damaged = line.clone();
                damaged[at] = byte;
                holds_together(&damaged);
            }
        }
    }
}
