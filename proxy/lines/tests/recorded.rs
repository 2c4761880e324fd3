//! Every recorded line of real processes is read, and printed back byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use ptp_lines::{Line, parse, strip_level};

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

/// What a line of a form that this crate knows begins with and contains, in plain words.
struct Claim {
    program: &'static str,
    contains: &'static [&'static str],
}

const CLAIMS: [Claim; 15] = [
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
