//! Recorded logs of one node, merged into one stream by their stamps.
//!
//! linuxptp stamps its lines with CLOCK_MONOTONIC, so the logs of the processes of one host share a timescale. chronyd
//! stamps them with UTC, which is the same timescale once it is known when the host was started. A line without such a
//! stamp (other output of the process, a mark of whoever recorded it) goes with the line before it.
//!
//! Lines come out as the daemon passes them on: without the level of the tag, with its tag before those of chronyd, and
//! with the interface in place of a device that ts2phc names.

use crate::limits::{BOOT_UNIX_S_MAX, UPTIME_S_MAX};
use crate::unix_ns;
use ptp_lines::{Body, Command, ConfigProgram, Line, Prefix, Stamp, Ts2phcNotice};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// Output of a process, as the daemon passes it on.
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
    /// UNIX time in nanoseconds at which CLOCK_MONOTONIC was zero, where it is given or a mark says so, or a log of chronyd
    /// lets one assume it.
    pub boot_unix_ns: Option<u64>,
}

/// Merges logs by their stamps; of lines with the same stamp those of the file named first come first.
///
/// `boot_unix_ns` is the UNIX time at which CLOCK_MONOTONIC was zero, if it is known. If it is not, and no mark tells it,
/// logs of both timescales are taken to begin together.
pub fn merge(files: &[Recorded], boot_unix_ns: Option<u64>) -> Merged {
    let lines = || files.iter().flat_map(|file| file.text.lines());
    let boot_unix_ns = boot_unix_ns.or_else(|| lines().find_map(boot_of_mark)).or_else(|| {
        let utc_ns = lines().find_map(chronyd_unix_ns)?;
        utc_ns.checked_sub(lines().find_map(|line| stamp_ns(line, None)).unwrap_or(0))
    });
    let mut merged: Vec<RecordedLine> =
        files.iter().flat_map(|file| recorded_lines(&file.text, boot_unix_ns)).collect();
    // Stable, so files stay in their order.
    merged.sort_by_key(|line| line.mono_ns);
    Merged { lines: merged, boot_unix_ns }
}

fn recorded_lines(text: &str, boot_unix_ns: Option<u64>) -> Vec<RecordedLine> {
    let mut now_ns = text.lines().find_map(|line| stamp_ns(line, boot_unix_ns)).unwrap_or(0);
    let mut sinks = BTreeMap::new();
    let lines = text.lines().map(|text| {
        // A mark may have been written a little late, a line never goes back: the order of a file stays.
        now_ns = stamp_ns(text, boot_unix_ns).map_or(now_ns, |stamp| stamp.max(now_ns));
        let told = mark_text(text).or(is_virtual_time(text).then_some(text));
        let what = match told {
            Some(told) => RecordedWhat::Mark(told.to_owned()),
            None => RecordedWhat::Line(as_forwarded(text, &mut sinks)),
        };
        RecordedLine { mono_ns: now_ns, what }
    });
    lines.collect()
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

/// A line as the daemon writes it to the event socket. `sinks` are the interfaces that ts2phc has named so far, by device.
fn as_forwarded(line: &str, sinks: &mut BTreeMap<String, String>) -> String {
    if chronyd_unix_ns(line).is_some() {
        // `openshift/linuxptp-daemon pkg/daemon/daemon.go`; the number of the process is not in the log.
        return format!("chronyd[1][chronyd.0.config]: {line}");
    }
    let line = with_interface(line, sinks);
    let mut bytes = Vec::with_capacity(line.len());
    ptp_lines::strip_level(line.as_bytes(), &mut bytes);
    String::from_utf8(bytes).expect("only ASCII was taken out")
}

/// A line of ts2phc with the interface in place of its device, as far as an earlier line has told which it is
/// (`openshift/linuxptp-daemon pkg/daemon/daemon.go` looks it up on the host).
fn with_interface<'a>(line: &'a str, sinks: &mut BTreeMap<String, String>) -> Cow<'a, str> {
    let Ok(Line::Message(message)) = ptp_lines::parse(line.as_bytes()) else {
        return Cow::Borrowed(line);
    };
    if message.prefix.tag.config.program != ConfigProgram::Ts2phc {
        return Cow::Borrowed(line);
    }
    if let Body::Ts2phcNotice(Ts2phcNotice::PpsSink { interface, ptp_index }) = message.body {
        sinks.insert(format!("/dev/ptp{ptp_index}"), interface.to_owned());
    }
    let Body::Ts2phcOffset(sample) = message.body else {
        return Cow::Borrowed(line);
    };
    let named = sinks.get(sample.interface);
    named.map_or(Cow::Borrowed(line), |interface| Cow::Owned(line.replacen(sample.interface, interface, 1)))
}

/// When a line or a mark was written, in nanoseconds of CLOCK_MONOTONIC. The daemon's own lines are stamped in whole
/// seconds of UNIX time, too coarse to put them among others; a stamp that no host lives to see is none.
fn stamp_ns(line: &str, boot_unix_ns: Option<u64>) -> Option<u64> {
    if let Some(mark) = mark_text(line) {
        return clocks_of_mark(mark).map(|(_, mono_ns)| mono_ns);
    }
    if let Some(unix_ns) = chronyd_unix_ns(line) {
        let mono_ns = unix_ns.checked_sub(boot_unix_ns?)?;
        return (mono_ns <= UPTIME_S_MAX * 1_000_000_000).then_some(mono_ns);
    }
    match Prefix::parse(line.as_bytes())?.0.stamp {
        Stamp::Monotonic { ms } => (ms <= UPTIME_S_MAX * 1000).then(|| ms * 1_000_000),
        Stamp::Unix { .. } | Stamp::Pid { .. } => None,
    }
}

/// The stamp of a line that chronyd has written itself: `2026-11-22T12:21:56Z Selected source 10.9.9.1`.
fn chronyd_unix_ns(line: &str) -> Option<u64> {
    unix_ns(line.split_once(' ')?.0)
}

fn boot_of_mark(line: &str) -> Option<u64> {
    let (unix_ns, mono_ns) = clocks_of_mark(mark_text(line)?)?;
    unix_ns.checked_sub(mono_ns)
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
        let merged = merge(&[first, second], None);
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
        let merged = merge(&[recorded("deprecated\nptp4l[2.000]: [ptp4l.0.config:{level}] a\nmore\n")], None);
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
        let merged = merge(&[recorded(log)], None);
        let stamps_ms: Vec<u64> = merged.lines.iter().map(|line| line.mono_ns / 1_000_000).collect();
        assert_eq!(stamps_ms, [1000, 1000, 1000, 1000, 1_000_000_000_000]);
        assert_eq!(merged.boot_unix_ns, None);
    }

    #[test]
    fn the_virtual_time_of_another_run_is_told_and_not_played() {
        let merged =
            merge(&[recorded("CMD LIVE_START\nCMD TIME 5.000000000\nCMD SYNC x\nCMD SYNCS\n")], None);
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
        let log = "#### 1795348993.351 mono=1048.11 start\nptp4l[1048.205]: [ptp4l.0.config] a\n";
        let merged = merge(&[recorded(log)], None);
        assert_eq!(merged.boot_unix_ns, Some(1_795_347_945_241_000_000));
        let expected = [
            (1048110, "1795348993.351 mono=1048.11 start"),
            (1048205, "ptp4l[1048.205]: [ptp4l.0.config] a"),
        ];
        assert_eq!(stamps_and_texts(&merged), expected);
    }

    #[test]
    fn a_log_of_chronyd_is_merged_by_the_start_of_the_host_and_tagged_as_the_daemon_does() {
        let chronyd = recorded("2023-11-14T22:13:30Z Selected source 10.9.9.1\n");
        let ptp4l = recorded("ptp4l[9.500]: [ptp4l.0.config:6] a\nptp4l[10.500]: [ptp4l.0.config:6] b\n");
        let tagged = "chronyd[1][chronyd.0.config]: 2023-11-14T22:13:30Z Selected source 10.9.9.1";
        let [a, b] = ["ptp4l[9.500]: [ptp4l.0.config] a", "ptp4l[10.500]: [ptp4l.0.config] b"];
        let merged = merge(&[chronyd.clone(), ptp4l.clone()], Some(1_700_000_000_000_000_000));
        assert_eq!(stamps_and_texts(&merged), [(9_500, a), (10_000, tagged), (10_500, b)]);
        // Where nothing tells the start of the host, both logs begin together.
        let merged = merge(&[chronyd, ptp4l], None);
        assert_eq!(merged.boot_unix_ns, Some(1_700_000_000_500_000_000));
        assert_eq!(stamps_and_texts(&merged), [(9_500, tagged), (9_500, a), (10_500, b)]);
    }

    #[test]
    fn a_device_of_ts2phc_becomes_the_interface_that_it_has_named_before() {
        let log = "ts2phc[1.000]: [ts2phc.0.config:6] /dev/ptp0 offset          5 s2 freq   +1497
ts2phc[2.000]: [ts2phc.0.config:7] PPS sink ens7f0 has ptp index 0
ts2phc[3.000]: [ts2phc.0.config:6] /dev/ptp0 offset          5 s2 freq   +1497
ts2phc[4.000]: [ts2phc.0.config:6] /dev/ptp1 offset          5 s2 freq   +1497
";
        let expected = [
            (1_000, "ts2phc[1.000]: [ts2phc.0.config] /dev/ptp0 offset          5 s2 freq   +1497"),
            (2_000, "ts2phc[2.000]: [ts2phc.0.config] PPS sink ens7f0 has ptp index 0"),
            (3_000, "ts2phc[3.000]: [ts2phc.0.config] ens7f0 offset          5 s2 freq   +1497"),
            (4_000, "ts2phc[4.000]: [ts2phc.0.config] /dev/ptp1 offset          5 s2 freq   +1497"),
        ];
        assert_eq!(stamps_and_texts(&merge(&[recorded(log)], None)), expected);
    }
}
