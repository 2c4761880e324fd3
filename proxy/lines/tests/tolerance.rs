//! Lines that no program prints exactly so: what is read nevertheless, what is refused, and what is not known.

use ptp_lines::LineError::{Expected, Missing, Unreadable};
use ptp_lines::{Field, Line, LineError, Prefix, parse};

/// The line is read, and prints as its canonical form.
#[track_caller]
fn reads_as(line: &str, canonical: &str) {
    let read = parse(line.as_bytes()).expect("no field is bad");
    assert!(!matches!(read, Line::Other(_)), "{line}");
    assert_eq!(Ok(read), parse(canonical.as_bytes()));
    let mut printed = Vec::new();
    read.print(&mut printed);
    assert_eq!(printed.escape_ascii().to_string(), canonical);
}

#[track_caller]
fn ptp4l(text: &str) -> Result<Line<'static>, LineError> {
    let line = format!("ptp4l[1.000]: [ptp4l.0.config] {text}");
    parse(line.leak().as_bytes())
}

#[track_caller]
fn phc2sys(text: &str) -> Result<Line<'static>, LineError> {
    let line = format!("phc2sys[1.000]: [ptp4l.0.config] {text}");
    parse(line.leak().as_bytes())
}

fn other(line: &str) -> Result<Line<'_>, LineError> {
    Ok(Line::Other(line.as_bytes()))
}

#[test]
fn blanks_between_words_do_not_matter() {
    let canonical =
        "ptp4l[365195.391]: [ptp4l.0.config] master offset         -1 s2 freq   -3972 path delay        89";
    reads_as("ptp4l[365195.391]: [ptp4l.0.config] master offset -1 s2 freq -3972 path delay 89", canonical);
    reads_as(
        "ptp4l[365195.391]:  [ptp4l.0.config]  master  offset\t-1 s2 freq -3972 path delay 89 ",
        canonical,
    );
    reads_as("ptp4l[365195.391]:[ptp4l.0.config]master offset -1 s2 freq -3972 path delay 89", canonical);
    reads_as(
        " \tptp4l[365195.391]: [ptp4l.0.config] master offset -1 s2 freq -3972 path delay 89",
        canonical,
    );
    // openshift/linuxptp-daemon pkg/parser/phc2sys_parser.go:14
    reads_as(
        "phc2sys[3560354.300]: [ptp4l.0.config] CLOCK_REALTIME rms 4 max 4 freq -76829 +/- 0 delay 1085 +/- 0",
        "phc2sys[3560354.300]: [ptp4l.0.config] CLOCK_REALTIME rms    4 max    4 freq -76829 +/-   0 delay  1085 +/-   0",
    );
}

#[test]
fn numbers_may_carry_a_needless_sign_or_zeros() {
    reads_as(
        "ptp4l[01.5]: [ptp4l.0.config] master offset +007 s2 freq 3972 path delay -0",
        "ptp4l[1.500]: [ptp4l.0.config] master offset          7 s2 freq   +3972 path delay         0",
    );
}

#[test]
fn a_stamp_has_one_to_nine_decimals_of_which_three_are_kept() {
    let status = "[ptp4l.0.config] PTP_PROCESS_STATUS:1";
    reads_as(&format!("ptp4l[1.0]: {status}"), &format!("ptp4l[1.000]: {status}"));
    reads_as(&format!("ptp4l[1.987654321]: {status}"), &format!("ptp4l[1.987]: {status}"));
    for stamp in ["1.", "1.0987654321", ".5", "", "-1.000", "1.00x", "18446744073709551615.000", "1.2.3"] {
        let line = format!("ptp4l[{stamp}]: {status}");
        assert_eq!(parse(line.as_bytes()), other(&line));
    }
}

#[test]
fn words_after_a_complete_form_are_passed_over() {
    reads_as(
        "ptp4l[1.000]: [ptp4l.0.config] master offset          1 s2 freq   -3972 path delay        89 foo bar",
        "ptp4l[1.000]: [ptp4l.0.config] master offset          1 s2 freq   -3972 path delay        89",
    );
    reads_as(
        "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1 x",
        "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1",
    );
    reads_as(
        "ptp4l[1]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6 x",
        "ptp4l[1]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6",
    );
    reads_as(
        "ptp4l[1.000]: [ptp4l.0.config] port 1: SLAVE to FAULTY on FAULT_DETECTED now",
        "ptp4l[1.000]: [ptp4l.0.config] port 1: SLAVE to FAULTY on FAULT_DETECTED",
    );
}

const BAD_PTP4L_TEXTS: &[(&str, LineError)] = &[
    ("master offset", Missing(Field::Offset)),
    ("master offset        abc s2 freq   -3972 path delay        89", Unreadable(Field::Offset)),
    ("master offset 9223372036854775808 s2 freq +1 path delay 1", Unreadable(Field::Offset)),
    ("master offset - s2 freq +1 path delay 1", Unreadable(Field::Offset)),
    ("master offset 1.5 s2 freq +1 path delay 1", Unreadable(Field::Offset)),
    ("master offset 1", Missing(Field::Servo)),
    ("master offset 1 s4 freq +1 path delay 1", Unreadable(Field::Servo)),
    ("master offset 1 s2 frequency +1 path delay 1", Expected("freq")),
    ("master offset 1 s2 freq", Missing(Field::Frequency)),
    ("master offset 1 s2 freq nan path delay 1", Unreadable(Field::Frequency)),
    // A torn line is not a line without a path delay.
    ("master offset 1 s2 freq +1 pat", Expected("path")),
    ("master offset 1 s2 freq +1 path", Expected("delay")),
    ("master offset 1 s2 freq +1 path delay", Missing(Field::Delay)),
    // Two lines glued together.
    ("master offset 1 s2 freq +1 path delay 89ptp4l[1.0]:", Unreadable(Field::Delay)),
    ("rms", Missing(Field::Rms)),
    ("rms -4 max 4 freq +1 +/- 0", Unreadable(Field::Rms)),
    ("rms 4 max x freq +1 +/- 0", Unreadable(Field::Max)),
    ("rms 4 max 4 freq +1", Expected("+/-")),
    ("rms 4 max 4 freq +1 +/-", Missing(Field::FrequencyDeviation)),
    ("rms 4 max 4 freq +1 +/- 0 delay", Missing(Field::Delay)),
    ("rms 4 max 4 freq +1 +/- 0 delay 5 +/- x", Unreadable(Field::DelayDeviation)),
    ("port 65536: SLAVE to FAULTY on FAULT_DETECTED", Unreadable(Field::PortNumber)),
    ("port 1: MAIN to FAULTY on FAULT_DETECTED", Unreadable(Field::PortState)),
    ("port 1: SLAVE to", Missing(Field::PortState)),
    ("port 1: SLAVE to BROKEN on FAULT_DETECTED", Unreadable(Field::PortState)),
    ("port 1: SLAVE to FAULTY FAULT_DETECTED", Expected("on")),
    ("port 1: SLAVE to FAULTY on", Missing(Field::PortEvent)),
    ("port 1: new foreign master 507c6f.fffe.1fb16c", Unreadable(Field::PortIdentity)),
    ("selected best master clock 507c6f.fffe.1fb16", Unreadable(Field::ClockIdentity)),
    ("selected best master clock 507c6f-fffe.1fb16c", Unreadable(Field::ClockIdentity)),
    ("selected best master clock 507c6g.fffe.1fb16c", Unreadable(Field::ClockIdentity)),
    ("selected local clock 507c6f.fffe.1fb16c as best", Expected("master")),
    ("PTP_PROCESS_STATUS", Missing(Field::ProcessStatus)),
    ("PTP_PROCESS_STATUS:", Missing(Field::ProcessStatus)),
    ("PTP_PROCESS_STATUS:x", Unreadable(Field::ProcessStatus)),
    ("CLOCK_CLASS_CHANGE", Missing(Field::ClockClass)),
    ("CLOCK_CLASS_CHANGE abc", Unreadable(Field::ClockClass)),
    ("CLOCK_CLASS_CHANGE 256", Unreadable(Field::ClockClass)),
    ("CLOCK_CLASS_CHANGE -5", Unreadable(Field::ClockClass)),
    ("CLOCK_CLASS_CHANGE 6.9", Unreadable(Field::ClockClass)),
];

#[test]
fn a_known_form_with_a_bad_field_is_an_error_that_names_the_field() {
    for &(text, error) in BAD_PTP4L_TEXTS {
        assert_eq!(ptp4l(text), Err(error), "{text}");
    }
}

#[test]
fn bad_fields_of_phc2sys_and_of_control_lines_are_errors_too() {
    let table = [
        ("CLOCK_REALTIME phc offset", Missing(Field::Offset)),
        ("CLOCK_REALTIME phc offset 1 s2 freq +1 dela", Expected("delay")),
        ("CLOCK_REALTIME phc offset 1 s2 freq +1 delay x", Unreadable(Field::Delay)),
        ("CLOCK_REALTIME rms x", Unreadable(Field::Rms)),
        ("port 123456.fffe.780102-70000 changed state", Unreadable(Field::PortIdentity)),
    ];
    for (text, error) in table {
        assert_eq!(phc2sys(text), Err(error), "{text}");
    }
    let bytes = b"phc2sys[1.000]: [ptp4l.0.config] eth\xff phc offset 1 s2 freq +1 delay 1";
    assert_eq!(parse(bytes), Err(Unreadable(Field::Clock)));
    for time in ["", "1", "1.", "1.5", "1.5000000000", "-1.500000000", "18446744073.709551616", "1.50000000x"]
    {
        let line = format!("CMD TIME {time}");
        assert_eq!(parse(line.as_bytes()), Err(Unreadable(Field::Time)), "{line}");
    }
    for token in ["", " ", "a b", "\u{e9}", &"x".repeat(65)] {
        let line = format!("CMD SYNC {token}");
        assert_eq!(parse(line.as_bytes()), Err(Unreadable(Field::Token)), "{line}");
    }
    let longest = format!("CMD SYNC {}", "x".repeat(64));
    assert!(matches!(parse(longest.as_bytes()), Ok(Line::Command(_))));
}

#[test]
fn errors_say_what_is_wrong() {
    assert_eq!(Missing(Field::Delay).to_string(), "the line ends before its delay");
    assert_eq!(Unreadable(Field::ClockClass).to_string(), "the clock_class of the line is unreadable");
    assert_eq!(Expected("freq").to_string(), "the line lacks the word \"freq\" in its place");
}

#[test]
fn what_is_not_known_comes_back_verbatim() {
    let lines = [
        "",
        " ",
        "option slaveOnly is deprecated, please use clientOnly instead",
        "#### 1795348916.488 mono=971.24 start OC (no master)",
        // Control lines are exact: socket_restart_must_match_exactly.
        " CMD RESTART",
        "CMD RESTART ",
        "cmd restart",
        "CMD TIMES 1.000000000",
        "CMD",
        // No configuration in the tag: redhat-cne/cloud-event-proxy socket_test.go:69
        "ptp4l[3535499.424]: [ens5f1] master offset          1 s2 freq      +2 path delay        89",
        "ptp4l: [ptp4l.0.config] master offset 5 s2 freq -3972 path delay 89",
        "ptp4l[1.000] [ptp4l.0.config] PTP_PROCESS_STATUS:1",
        "[1.000]: [ptp4l.0.config] PTP_PROCESS_STATUS:1",
        "ptp 4l[1.000]: [ptp4l.0.config] PTP_PROCESS_STATUS:1",
        "abcdefghijklmnopqrstuvwxyzabcdefg[1.000]: [ptp4l.0.config] PTP_PROCESS_STATUS:1",
        // The index is canonical, the program has a configuration, the level is one digit up to 7.
        "ptp4l[1.000]: [ptp4l.00.config] PTP_PROCESS_STATUS:1",
        "ptp4l[1.000]: [ptp4l..config] PTP_PROCESS_STATUS:1",
        "ptp4l[1.000]: [ptp4l.4294967296.config] PTP_PROCESS_STATUS:1",
        "ptp4l[1.000]: [pmc.0.config] PTP_PROCESS_STATUS:1",
        "ptp4l[1.000]: [ptp4l.0.config:8] PTP_PROCESS_STATUS:1",
        "ptp4l[1.000]: [ptp4l.0.config PTP_PROCESS_STATUS:1",
        // Texts of other forms.
        "ptp4l[1.000]: [ptp4l.0.config] ",
        "ptp4l[1.000]: [ptp4l.0.config] master clock",
        "ptp4l[1.000]: [ptp4l.0.config] selected /dev/ptp1 as PTP clock",
        "ptp4l[1.000]: [ptp4l.0.config] port 1 (eth0): assuming the grand master role",
        "ptp4l[1.000]: [ptp4l.0.config] port 1 (eth0): failed to send",
        "ptp4l[1.000]: [ptp4l.0.config] port 1 (eth0: SLAVE to FAULTY on FAULT_DETECTED",
        "ptp4l[1.000]: [ptp4l.0.config] port b49691.fffe.a3f27c-1 changed state",
        "ptp4l[1.000]: [ptp4l.0.config] PTP_PROCESS_STATUSES",
        "ptp4l[1.000]: [ptp4l.0.config] CLOCK_CLASS_CHANGED 6",
        "phc2sys[1.000]: [ptp4l.0.config] phc offset 1",
        "phc2sys[1.000]: [ptp4l.0.config] CLOCK_REALTIME phc",
        "phc2sys[1.000]: [ptp4l.0.config] selecting  for synchronization",
        "phc2sys[1.000]: [ptp4l.0.config] selecting eth0 for fun",
        "phc2sys[1.000]: [ptp4l.0.config] skipping eth0:  has the same clock and is already selected",
        "phc2sys[1.000]: [ptp4l.0.config] reconfiguring  after port state change",
        // Another program's form.
        "phc2sys[1.000]: [ptp4l.0.config] master offset          1 s2 freq      +2 path delay        89",
        "ptp4l[1.000]: [ptp4l.0.config] CLOCK_REALTIME phc offset         5 s2 freq  -78368 delay   1100",
        "ts2phc[1.000]: [ts2phc.0.config] CLOCK_REALTIME phc offset         5 s2 freq  -78368 delay   1100",
    ];
    for line in lines {
        assert_eq!(parse(line.as_bytes()), other(line));
        let mut printed = Vec::new();
        parse(line.as_bytes()).unwrap().print(&mut printed);
        assert_eq!(printed, line.as_bytes());
    }
}

#[test]
fn a_prefix_is_read_before_any_text() {
    let line = b"ts2phc[1912.758]: [ts2phc.0.config:7] nmea delay: 120893548 ns";
    let (prefix, text) = Prefix::parse(line).unwrap();
    assert_eq!(prefix.to_string(), "ts2phc[1912.758]: [ts2phc.0.config:7]");
    assert_eq!(text, b"nmea delay: 120893548 ns");
    assert_eq!(Prefix::parse(b"#### 1795348916.488 mono=971.24 start"), None);
}
