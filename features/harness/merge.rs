//! Recorded logs of one node, merged into one stream by their stamps.
//!
//! linuxptp stamps its lines with CLOCK_MONOTONIC, so the logs of the processes of one host share a timescale. A line
//! without such a stamp (other output of the process, a mark of whoever recorded it) goes with the line before it.

use crate::limits::{BOOT_UNIX_S_MAX, UPTIME_S_MAX};
use ptp_lines::{Command, Line, Prefix, Stamp};

/// One log file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its content.
    pub text: String,
}

/// One line of the merged stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLine {
    /// CLOCK_MONOTONIC in nanoseconds. Never less than that of the line before.
    pub mono_ns: u64,
    /// What it is.
    pub what: RecordedWhat,
}

/// What a line of a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordedWhat {
    /// Output of a process, as the daemon passes it on: without the level of the tag.
    Line(String),
    /// A mark of whoever recorded it: the text after `####`. Also `CMD TIME` and `CMD SYNC` as they are: they belonged
    /// to the virtual time of another run.
    Mark(String),
}

/// The merged stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Its lines in order.
    pub lines: Vec<RecordedLine>,
    /// UNIX time in nanoseconds at which CLOCK_MONOTONIC was zero, where a mark says so.
    pub boot_unix_ns: Option<u64>,
}

/// Merges logs by their stamps; of lines with the same stamp those of the file named first come first.
pub fn merge(files: &[Recorded]) -> Merged {
    let mut lines = Vec::new();
    let mut boot_unix_ns = None;
    for file in files {
        let mut now_ns = first_stamp_ns(&file.text);
        for text in file.text.lines() {
            let mark = mark_text(text);
            if let Some((unix_ns, mono_ns)) = mark.and_then(clocks_of_mark) {
                boot_unix_ns = boot_unix_ns.or(unix_ns.checked_sub(mono_ns));
            }
            // A mark may have been written a little late, a line never goes back: the order of a file stays.
            now_ns = stamp_ns(text).map_or(now_ns, |stamp| stamp.max(now_ns));
            let told = mark.or(is_virtual_time(text).then_some(text));
            let what = match told {
                Some(told) => RecordedWhat::Mark(told.to_owned()),
                None => RecordedWhat::Line(as_forwarded(text)),
            };
            lines.push(RecordedLine { mono_ns: now_ns, what });
        }
    }
    // Stable, so files stay in their order.
    lines.sort_by_key(|line| line.mono_ns);
    Merged { lines, boot_unix_ns }
}

fn first_stamp_ns(text: &str) -> u64 {
    text.lines().find_map(stamp_ns).unwrap_or(0)
}

fn mark_text(line: &str) -> Option<&str> {
    line.strip_prefix("####").map(str::trim)
}

fn is_virtual_time(line: &str) -> bool {
    match ptp_lines::parse(line.as_bytes()) {
        Ok(Line::Command(Command::Time { .. } | Command::Sync { .. })) => true,
        Ok(Line::Command(Command::Restart | Command::LiveStart) | Line::Message(_) | Line::Other(_))
        | Err(_) => false,
    }
}

fn as_forwarded(line: &str) -> String {
    let mut bytes = Vec::with_capacity(line.len());
    ptp_lines::strip_level(line.as_bytes(), &mut bytes);
    String::from_utf8(bytes).expect("only ASCII was taken out")
}

/// When a line or a mark was written. The daemon's own lines are stamped in UNIX time, which is another timescale; a
/// stamp that no host lives to see is none.
fn stamp_ns(line: &str) -> Option<u64> {
    if let Some(mark) = mark_text(line) {
        return clocks_of_mark(mark).map(|(_, mono_ns)| mono_ns);
    }
    match Prefix::parse(line.as_bytes())?.0.stamp {
        Stamp::Monotonic { ms } => (ms <= UPTIME_S_MAX * 1000).then(|| ms * 1_000_000),
        Stamp::Unix { .. } => None,
    }
}

/// `<unix> mono=<s> …`: both clocks at a mark, in nanoseconds.
fn clocks_of_mark(mark: &str) -> Option<(u64, u64)> {
    let mut words = mark.split_ascii_whitespace();
    let unix_ns = decimal_ns(words.next()?)?;
    let mono_ns = decimal_ns(words.next()?.strip_prefix("mono=")?)?;
    let is_possible = unix_ns <= BOOT_UNIX_S_MAX * 1_000_000_000 && mono_ns <= UPTIME_S_MAX * 1_000_000_000;
    is_possible.then_some((unix_ns, mono_ns))
}

/// Seconds with up to nine decimals, in nanoseconds.
fn decimal_ns(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let fraction_ns: u64 = format!("{fraction:0<9}").parse().ok()?;
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(fraction_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(text: &str) -> Recorded {
        Recorded { text: text.to_owned() }
    }

    fn stamps_and_texts(merged: &Merged) -> Vec<(u64, &str)> {
        let mut lines = Vec::new();
        for RecordedLine { mono_ns, what: RecordedWhat::Line(text) | RecordedWhat::Mark(text) } in
            &merged.lines
        {
            lines.push((mono_ns / 1_000_000, text.as_str()));
        }
        lines
    }

    #[test]
    fn logs_are_merged_by_stamp_and_ties_keep_the_order_of_the_files() {
        let first = recorded("ptp4l[1.100]: [ptp4l.0.config:6] a\nptp4l[1.300]: [ptp4l.0.config:6] b\n");
        let second = recorded("phc2sys[1.100]: [ptp4l.0.config:6] c\nphc2sys[1.200]: [ptp4l.0.config:6] d\n");
        let merged = merge(&[first, second]);
        let expected = [
            (1100, "ptp4l[1.100]: [ptp4l.0.config] a"),
            (1100, "phc2sys[1.100]: [ptp4l.0.config] c"),
            (1200, "phc2sys[1.200]: [ptp4l.0.config] d"),
            (1300, "ptp4l[1.300]: [ptp4l.0.config] b"),
        ];
        assert_eq!(stamps_and_texts(&merged), expected);
        assert_eq!(merged.boot_unix_ns, None);
    }

    #[test]
    fn lines_without_a_stamp_go_with_the_line_before_them_or_the_first() {
        let merged = merge(&[recorded("deprecated\nptp4l[2.000]: [ptp4l.0.config:{level}] a\nmore\n")]);
        let expected = [(2000, "deprecated"), (2000, "ptp4l[2.000]: [ptp4l.0.config] a"), (2000, "more")];
        assert_eq!(stamps_and_texts(&merged), expected);
    }

    #[test]
    fn stamps_that_no_host_lives_to_see_are_none() {
        let log = "ptp4l[1.000]: [ptp4l.0.config] a
ptp4l[1000000000.001]: [ptp4l.0.config] b
#### 10000000000.1 mono=2.0 c
#### 5.0 mono=1000000000.1 d
ptp4l[1000000000.000]: [ptp4l.0.config] e
";
        let merged = merge(&[recorded(log)]);
        let stamps_ms: Vec<u64> = merged.lines.iter().map(|line| line.mono_ns / 1_000_000).collect();
        assert_eq!(stamps_ms, [1000, 1000, 1000, 1000, 1_000_000_000_000]);
        assert_eq!(merged.boot_unix_ns, None);
    }

    #[test]
    fn the_virtual_time_of_another_run_is_told_and_not_played() {
        let merged = merge(&[recorded("CMD LIVE_START\nCMD TIME 5.000000000\nCMD SYNC x\nCMD SYNCS\n")]);
        let expected = [
            RecordedWhat::Line("CMD LIVE_START".to_owned()),
            RecordedWhat::Mark("CMD TIME 5.000000000".to_owned()),
            RecordedWhat::Mark("CMD SYNC x".to_owned()),
            RecordedWhat::Line("CMD SYNCS".to_owned()),
        ];
        assert_eq!(merged.lines.into_iter().map(|line| line.what).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_mark_with_both_clocks_tells_when_the_host_was_started() {
        let merged = merge(&[recorded(
            "#### 1795348993.351 mono=1048.11 start\nptp4l[1048.205]: [ptp4l.0.config] a\n",
        )]);
        assert_eq!(merged.boot_unix_ns, Some(1_795_347_945_241_000_000));
        let expected = [
            (1048110, "1795348993.351 mono=1048.11 start"),
            (1048205, "ptp4l[1048.205]: [ptp4l.0.config] a"),
        ];
        assert_eq!(stamps_and_texts(&merged), expected);
    }
}
