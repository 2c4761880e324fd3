//! What lines say, recorded or simulated.

use ptp_lines::{Body, Line, Message, PortEvent, PortState, Servo, Stamp, parse, strip_level};

/// One offset line of ptp4l or phc2sys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) at_s: f64,
    pub(crate) offset_ns: f64,
    pub(crate) servo: Servo,
    pub(crate) freq_ppb: f64,
    pub(crate) delay_ns: f64,
}

/// One summary line of ptp4l or phc2sys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummarySample {
    pub(crate) at_s: f64,
    pub(crate) rms_ns: f64,
    pub(crate) max_ns: f64,
    pub(crate) freq_ppb: f64,
    pub(crate) freq_deviation_ppb: f64,
    pub(crate) delay_ns: f64,
}

pub(crate) fn summaries(lines: &[String]) -> Vec<SummarySample> {
    lines.iter().filter_map(|line| summary(&message(line)?)).collect()
}

fn summary(message: &Message<'_>) -> Option<SummarySample> {
    let summary = if let Body::Ptp4lSummary(summary) = message.body {
        summary
    } else if let Body::Phc2sysSummary(line) = message.body {
        line.summary
    } else {
        return None;
    };
    Some(SummarySample {
        at_s: at_s(message),
        rms_ns: summary.rms_ns as f64,
        max_ns: summary.max_ns as f64,
        freq_ppb: summary.freq.ppb() as f64,
        freq_deviation_ppb: summary.freq_stddev as f64,
        delay_ns: summary.delay.map_or(0.0, |delay| delay.mean_ns.ppb() as f64),
    })
}

/// One change of state of a port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transition {
    pub(crate) at_s: f64,
    pub(crate) change: (u16, PortState, PortState, PortEvent<'static>),
}

/// A line as linuxptp-daemon forwards it.
pub(crate) fn forwarded(line: &str) -> String {
    let mut stripped = Vec::new();
    strip_level(line.as_bytes(), &mut stripped);
    String::from_utf8(stripped).expect("it is text")
}

pub(crate) fn samples(lines: &[String]) -> Vec<Sample> {
    lines.iter().filter_map(|line| sample(&message(line)?)).collect()
}

fn sample(message: &Message<'_>) -> Option<Sample> {
    let (offset_ns, servo, freq, delay_ns) = if let Body::Ptp4lOffset(line) = message.body {
        (line.offset_ns, line.servo, line.freq, line.path_delay_ns)
    } else if let Body::Phc2sysOffset(line) = message.body {
        (line.offset_ns, line.servo, line.freq, line.delay_ns)
    } else {
        return None;
    };
    Some(Sample {
        at_s: at_s(message),
        offset_ns: offset_ns as f64,
        servo,
        freq_ppb: freq.ppb() as f64,
        delay_ns: delay_ns.unwrap_or(0) as f64,
    })
}

/// Without the initialization, which linuxptp-daemon forwards to nobody.
pub(crate) fn transitions(lines: &[String]) -> Vec<Transition> {
    lines.iter().filter_map(|line| transition(&message(line)?)).collect()
}

fn transition(message: &Message<'_>) -> Option<Transition> {
    let Body::PortTransition(line) = message.body else { return None };
    let is_running = line.port.number != 0 && line.from != PortState::Initializing;
    let event = PortEvent::ALL.into_iter().find(|known| *known == line.event).expect("an event of fsm.h");
    let change = (line.port.number, line.from, line.to, event);
    is_running.then_some(Transition { at_s: at_s(message), change })
}

/// What was said beside offsets and transitions, with the instants. What a recording rig adds is left out, and which
/// ports assume the role of a grandmaster how often: that follows from which port is first.
pub(crate) fn remarks(lines: &[String]) -> Vec<(f64, String)> {
    const LEFT_OUT: [&str; 7] = [
        "netlink",
        "SIOCETHTOOL",
        "poll failed",
        "INITIALIZING",
        "selected /dev/",
        "PTP_PROCESS_STATUS",
        "assuming the grand master role",
    ];
    let remarks = lines.iter().filter_map(|line| {
        let text = line.split_once("config] ")?.1;
        let is_figure = message(line)
            .is_some_and(|message| sample(&message).is_some() || is_summary_or_transition(&message));
        let is_left_out = LEFT_OUT.iter().any(|left_out| text.contains(left_out));
        (!is_figure && !is_left_out).then(|| (stamp_s(line), text.to_owned()))
    });
    remarks.collect()
}

fn is_summary_or_transition(message: &Message<'_>) -> bool {
    matches!(message.body, Body::PortTransition(_) | Body::Ptp4lSummary(_) | Body::Phc2sysSummary(_))
}

/// The instants of the lines that contain this text.
pub(crate) fn instants_s(lines: &[String], text: &str) -> Vec<f64> {
    lines.iter().filter(|line| line.contains(text)).map(|line| stamp_s(line)).collect()
}

/// The last stamp.
pub(crate) fn last_s(lines: &[String]) -> f64 {
    lines.iter().filter(|line| line.contains("]: [")).map(|line| stamp_s(line)).fold(0.0, f64::max)
}

fn stamp_s(line: &str) -> f64 {
    let stamp = line.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    stamp.and_then(|(stamp, _)| stamp.parse().ok()).expect("a stamp")
}

fn message(line: &str) -> Option<Message<'_>> {
    match parse(line.as_bytes()) {
        Ok(Line::Message(message)) => Some(message),
        Ok(Line::Command(_) | Line::Other(_)) | Err(_) => None,
    }
}

fn at_s(message: &Message<'_>) -> f64 {
    match message.prefix.stamp {
        Stamp::Monotonic { ms } => ms as f64 / 1000.0,
        Stamp::Unix { s } => s as f64,
        Stamp::Pid { .. } => panic!("nobody runs chronyd here"),
    }
}
