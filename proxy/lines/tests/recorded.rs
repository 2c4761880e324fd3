//! Every recorded line of real processes is read, and printed back byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use ptp_lines::{Body, ChronydSays, Line, Message, parse, strip_level};

/// A fresh checkout has this many recordings; a test that finds none would pass.
const LOGS_MIN: usize = 22;

#[test]
fn every_recorded_line_prints_back_byte_for_byte() {
    let mut tally = Tally::default();
    for log in logs() {
        let text = text(&log);
        let mut of_file = Tally::default();
        for line in lines(&text) {
            of_file.count(line);
            assert_prints_back(line);
        }
        println!(
            "{:>6} lines {:>6} known {:>6} other  {}",
            of_file.lines,
            of_file.known,
            of_file.other(),
            name(&log)
        );
        tally.lines += of_file.lines;
        tally.known += of_file.known;
    }
    println!("{:>6} lines {:>6} known {:>6} other  total", tally.lines, tally.known, tally.other());
}

#[test]
fn every_recorded_line_prints_back_as_the_daemon_forwards_it() {
    for log in logs() {
        let text = text(&log);
        for line in lines(&text) {
            let mut forwarded = Vec::new();
            strip_level(line, &mut forwarded);
            assert_prints_back(&forwarded);
            assert_eq!(is_known(&forwarded), is_known(line), "{}", line.escape_ascii());
            let tag_end = forwarded.windows(8).position(|window| window == b".config:");
            assert_eq!(tag_end, None, "{}", forwarded.escape_ascii());
        }
    }
}

#[test]
fn every_recorded_line_of_a_claimed_form_is_known() {
    let mut claimed = [0; CLAIMS.len()];
    for log in logs() {
        let text = text(&log);
        for line in lines(&text) {
            for (count, claim) in claimed.iter_mut().zip(CLAIMS) {
                if claim.holds(line) {
                    *count += 1;
                    assert!(is_known(line), "{}: {}", name(&log), line.escape_ascii());
                }
            }
        }
    }
    for (count, claim) in claimed.iter().zip(CLAIMS) {
        println!("{count:>6}  {} … {}", claim.program, claim.contains.join(" … "));
        assert!(*count > 0, "no recorded line of {} has {:?}", claim.program, claim.contains);
    }
    // Each line has at most one of the forms, so the claims are all that is known.
    let known: usize = logs().iter().map(|log| Tally::of(&text(log)).known).sum();
    assert_eq!(claimed.iter().sum::<usize>(), known);
}

#[test]
fn every_recorded_line_that_is_not_known_has_a_reason_and_carries_no_state() {
    let mut found = [0; UNKNOWN.len()];
    for log in logs() {
        let name = name(&log);
        for line in lines(&text(&log)).filter(|line| !is_known(line)) {
            let reasons = UNKNOWN.iter().enumerate().filter(|(_, reason)| reason.holds(&name, line));
            let indices: Vec<_> = reasons.map(|(index, _)| index).collect();
            assert_eq!(indices.len(), 1, "{name}: {}", line.escape_ascii());
            found[indices[0]] += 1;
        }
    }
    for (count, reason) in found.iter().zip(&UNKNOWN) {
        println!("{count:>6}  {} … {}: {}", reason.begins, reason.contains, reason.because);
        assert!(*count > 0, "no recorded line that is not known has {:?}", reason.contains);
    }
}

#[test]
fn every_recorded_line_of_ts2phc_is_known_as_the_daemon_forwards_it() {
    let mut count = 0;
    for log in logs() {
        for line in lines(&text(&log)).filter(|line| line.starts_with(b"ts2phc[")) {
            let mut forwarded = Vec::new();
            strip_level(line, &mut forwarded);
            assert!(is_known(&forwarded), "{}", line.escape_ascii());
            count += 1;
        }
    }
    assert!(count > 0);
}

/// openshift/linuxptp-daemon pkg/daemon/daemon.go:1669 puts the prefix before each line.
#[test]
fn every_recorded_line_of_chronyd_is_known_as_the_daemon_forwards_it() {
    let log = logs().into_iter().find(|log| name(log) == "chrony-4.3/chronyd.log").expect("it is recorded");
    let mut says = Vec::new();
    for line in lines(&text(&log)).filter(|line| !line.starts_with(b"####")) {
        let forwarded = [b"chronyd[4711][chronyd.0.config]: ", line].concat();
        assert_prints_back(&forwarded);
        match parse(&forwarded) {
            Ok(Line::Message(Message { body: Body::Chronyd(text), .. })) => says.push(text.says),
            other => panic!("{other:?}"),
        }
    }
    says.retain(|says| *says != ChronydSays::Other);
    // Started without a server; the server starts, ends, and starts again.
    let expected =
        [ChronydSays::SelectedSource, ChronydSays::NoSelectableSources, ChronydSays::SelectedSource];
    assert_eq!(says, expected);
}

/// Why recorded lines are not known.
struct Unknown {
    /// How the line begins; for output without a prefix, a part of the name of its file.
    begins: &'static str,
    contains: &'static str,
    because: &'static str,
}

impl Unknown {
    fn holds(&self, file: &str, line: &[u8]) -> bool {
        let line = String::from_utf8_lossy(line);
        let is_mark = line.starts_with("####");
        match self.begins.strip_prefix("file:") {
            Some(part) => file.contains(part) && !is_mark,
            None => line.starts_with(self.begins) && line.contains(self.contains),
        }
    }
}

const FOLLOWS: &str = "the state that it leads to has a line of its own";
const COMPLAINT: &str = "a complaint about the set-up or the recording";
const TIME_PROPERTIES: &str = "a property of the time that is announced, not of a clock";

const UNKNOWN: [Unknown; 19] = [
    Unknown { begins: "####", contains: "", because: "a mark of the recording script" },
    Unknown { begins: "file:-pmc.log", contains: "", because: "pmc answers the daemon, which keeps it" },
    Unknown { begins: "file:/chronyd.log", contains: "", because: "the daemon puts the prefix before it" },
    Unknown { begins: "option ", contains: " is deprecated", because: "printed before there is a tag" },
    Unknown { begins: "ptp4l", contains: "assuming the grand master role", because: FOLLOWS },
    Unknown { begins: "ptp4l", contains: ": link up", because: FOLLOWS },
    Unknown { begins: "ptp4l", contains: ": link down", because: FOLLOWS },
    Unknown { begins: "ptp4l", contains: ": error on fda[", because: FOLLOWS },
    Unknown { begins: "ptp4l", contains: ": unexpected socket error", because: FOLLOWS },
    Unknown { begins: "ptp4l", contains: "selected /dev/ptp", because: "says which clock, not how it is" },
    Unknown { begins: "ptp4l", contains: "Switched to /dev/ptp", because: "says which clock, not how it is" },
    Unknown { begins: "ptp4l", contains: "updating UTC offset to ", because: TIME_PROPERTIES },
    Unknown { begins: "ptp4l", contains: "foreign master not using PTP timescale", because: TIME_PROPERTIES },
    Unknown { begins: "ptp4l", contains: "failed to open netlink socket", because: COMPLAINT },
    Unknown { begins: "ptp4l", contains: "ioctl SIOCETHTOOL failed", because: COMPLAINT },
    Unknown { begins: "ptp4l", contains: "Master clock quality received is greater", because: COMPLAINT },
    Unknown { begins: "ptp4l", contains: "master state recommended in slave only mode", because: COMPLAINT },
    Unknown { begins: "ptp4l", contains: "probably misconfigured", because: COMPLAINT },
    Unknown { begins: "phc2sys", contains: "poll failed", because: COMPLAINT },
];

/// What a line of a form that this crate knows begins with and contains, in plain words.
struct Claim {
    program: &'static str,
    contains: &'static [&'static str],
}

const CLAIMS: [Claim; 30] = [
    Claim { program: "ptp4l", contains: &["master offset ", " freq ", " path delay "] },
    Claim { program: "ptp4l", contains: &[" rms ", " max "] },
    Claim { program: "ptp4l", contains: &[" port ", " to ", " on "] },
    Claim { program: "ptp4l", contains: &["selected local clock ", " as best master"] },
    Claim { program: "ptp4l", contains: &["selected best master clock "] },
    Claim { program: "ptp4l", contains: &[": new foreign master "] },
    Claim { program: "phc2sys", contains: &[" phc offset ", " freq ", " delay "] },
    Claim { program: "phc2sys", contains: &[" rms ", " max "] },
    Claim { program: "phc2sys", contains: &[" changed state"] },
    Claim { program: "phc2sys", contains: &["reconfiguring after port state change"] },
    Claim { program: "phc2sys", contains: &["selecting ", " for synchronization"] },
    Claim { program: "phc2sys", contains: &["selecting ", " as domain source clock"] },
    Claim { program: "phc2sys", contains: &["selecting ", " as out-of-domain source clock"] },
    Claim { program: "phc2sys", contains: &["skipping ", " has the same clock and is already selected"] },
    Claim { program: "phc2sys", contains: &[" clock not ready, waiting..."] },
    Claim { program: "ts2phc", contains: &[" offset ", " freq "] },
    Claim { program: "ts2phc", contains: &["source ts not valid"] },
    Claim { program: "ts2phc", contains: &["nmea source timed out"] },
    Claim { program: "ts2phc", contains: &["nmea: rmc time stamp stale"] },
    Claim { program: "ts2phc", contains: &["nmea: no valid rmc fix"] },
    Claim { program: "ts2phc", contains: &["nmea delay: ", " ns"] },
    Claim { program: "ts2phc", contains: &["nmea sentence: "] },
    Claim { program: "ts2phc", contains: &["adding tstamp ", " to clock "] },
    Claim { program: "ts2phc", contains: &["poll returns zero, no events"] },
    Claim { program: "ts2phc", contains: &["config item "] },
    Claim { program: "ts2phc", contains: &["PI servo: "] },
    Claim { program: "ts2phc", contains: &["PPS sink ", " has ptp index "] },
    Claim { program: "ts2phc", contains: &["failed to ", " nmea source"] },
    Claim { program: "ts2phc", contains: &["sock_open: "] },
    Claim { program: "ts2phc", contains: &["PTP_MASK_CLEAR_ALL_FAILED request failed"] },
];

impl Claim {
    fn holds(&self, line: &[u8]) -> bool {
        let line = String::from_utf8_lossy(line);
        line.starts_with(self.program) && self.contains.iter().all(|part| line.contains(part))
    }
}

#[derive(Default)]
struct Tally {
    lines: usize,
    known: usize,
}

impl Tally {
    fn of(text: &[u8]) -> Self {
        let mut tally = Self::default();
        lines(text).for_each(|line| tally.count(line));
        tally
    }

    fn count(&mut self, line: &[u8]) {
        self.lines += 1;
        self.known += usize::from(is_known(line));
    }

    fn other(&self) -> usize {
        self.lines - self.known
    }
}

fn is_known(line: &[u8]) -> bool {
    match parse(line) {
        Ok(Line::Command(_) | Line::Message(_)) => true,
        Ok(Line::Other(_)) => false,
        Err(error) => panic!("{error}: {}", line.escape_ascii()),
    }
}

fn assert_prints_back(line: &[u8]) {
    let mut printed = Vec::new();
    parse(line).expect("recorded lines have no bad fields").print(&mut printed);
    assert_eq!(printed.escape_ascii().to_string(), line.escape_ascii().to_string());
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.strip_suffix(b"\n").unwrap_or(text).split(|&byte| byte == b'\n')
}

fn text(log: &Path) -> Vec<u8> {
    fs::read(log).expect("a recording can be read")
}

fn logs() -> Vec<PathBuf> {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/recorded");
    let mut logs = Vec::new();
    for release in entries(&recorded).into_iter().filter(|path| path.is_dir()) {
        let files = entries(&release).into_iter();
        logs.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "log")));
    }
    logs.sort();
    assert!(logs.len() >= LOGS_MIN, "only {} recordings", logs.len());
    logs
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the recordings are in the tree");
    entries.map(|entry| entry.expect("the folder can be read").path()).collect()
}

/// `<release>/<file>`
fn name(log: &Path) -> String {
    let parts: Vec<_> = log.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    format!("{}/{}", parts[1], parts[0])
}
