//! What linuxptp-daemon's stripping leaves of a line.
//!
//! Expectations are by the daemon's rule: braces go, then `([a-zA-Z0-9]+\.[a-zA-Z0-9]+\.config):[a-zA-Z0-9]+(:[a-zA-Z0-9]+)?`
//! becomes `$1` (`openshift/linuxptp-daemon pkg/daemon/daemon.go`, `messageTagSuffixRegEx`, `removeMessageSuffix`).

use ptp_lines::strip_level;

fn stripped(line: &str) -> String {
    let mut out = Vec::new();
    strip_level(line.as_bytes(), &mut out);
    String::from_utf8(out).expect("text stays text")
}

#[test]
fn the_level_goes_and_nothing_else() {
    let table = [
        // The two examples in the daemon's own comment.
        (
            "ptp4l[2464681.628]: [phc2sys.1.config:7] master offset -4 s2 freq -26835 path delay 525",
            "ptp4l[2464681.628]: [phc2sys.1.config] master offset -4 s2 freq -26835 path delay 525",
        ),
        (
            "ptp4l[2464681.628]: [phc2sys.1.config:{level}] master offset -4 s2 freq -26835 path delay 525",
            "ptp4l[2464681.628]: [phc2sys.1.config] master offset -4 s2 freq -26835 path delay 525",
        ),
        ("[ptp4l.0.config]", "[ptp4l.0.config]"),
        ("[ptp4l.0.config:]", "[ptp4l.0.config:]"),
        ("[ptp4l.0.config:-]", "[ptp4l.0.config:-]"),
        ("[ptp4l.0.config:6:7]", "[ptp4l.0.config]"),
        ("[ptp4l.0.config:6:]", "[ptp4l.0.config:]"),
        ("[ptp4l.0.config:6:7:8]", "[ptp4l.0.config:8]"),
        ("[0.config:6]", "[0.config:6]"),
        ("[.0.config:6]", "[.0.config:6]"),
        ("[a..config:6]", "[a..config:6]"),
        ("[a.b-c.config:6]", "[a.b-c.config:6]"),
        ("[x.a.b.config:6]", "[x.a.b.config]"),
        (".config:6", ".config:6"),
        ("a.b.config:6 c.d.config:7", "a.b.config c.d.config"),
        // The second name would need letters that the first match took.
        ("a.b.config:c.d.config:e", "a.b.config.d.config:e"),
        ("a.b.config:c:d.e.config:f", "a.b.config.e.config:f"),
    ];
    for (line, expected) in table {
        assert_eq!(stripped(line), expected, "{line}");
    }
}

#[test]
fn braces_go_first_and_everywhere() {
    let table = [
        ("{}", ""),
        ("a{b}c", "abc"),
        ("[pt{p4l.0.con}fig{:}{6}]", "[ptp4l.0.config]"),
        ("[ptp4l.0.config:6{:}7} x", "[ptp4l.0.config x"),
    ];
    for (line, expected) in table {
        assert_eq!(stripped(line), expected, "{line}");
    }
}

#[test]
fn bytes_that_are_no_text_pass() {
    let mut out = Vec::new();
    strip_level(b"\xff\x00[ptp4l.0.config:6] \xfe", &mut out);
    assert_eq!(out, b"\xff\x00[ptp4l.0.config] \xfe");
}
