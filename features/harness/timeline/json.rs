//! A timeline for programs: one JSON object for each happening and line.
//!
//! Every object has `kind`; all but the summary have `at_ns`, virtual nanoseconds since the start. The members and their
//! order are described in `features/README.md`. Only `delivered_us`, `wall_s`, `speed_factor` and `latency_us` differ
//! between two runs of the same input.

use super::{Entry, LatencySummary, Sink, Summary, What};
use crate::WireEvent;
use serde::Serialize;
use std::io::{self, Write};
use std::time::Duration;

/// Writes newline-delimited JSON.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    fn write(&mut self, object: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, object)?;
        writeln!(self.out)
    }
}

#[derive(Serialize)]
struct Told<'a> {
    kind: &'static str,
    at_ns: u64,
    text: &'a str,
}

#[derive(Serialize)]
struct Notification<'a> {
    kind: &'static str,
    at_ns: u64,
    resource: &'a str,
    value: &'a str,
    offset_ns: Option<i64>,
    delivered_us: Option<u64>,
}

#[derive(Serialize)]
struct Result<'a> {
    kind: &'static str,
    simulated_ns: u64,
    wall_s: f64,
    speed_factor: f64,
    lines: u64,
    events: usize,
    latency_us: Option<Latency>,
    expected: Option<usize>,
    matched: Option<usize>,
    passed: Option<bool>,
    explanation: &'a [String],
}

#[derive(Serialize)]
struct Latency {
    p50: u64,
    p99: u64,
    max: u64,
}

impl<W: Write> Sink for Json<W> {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let at_ns = entry.at_ns;
        match &entry.what {
            What::Mark(text) => self.write(&Told { kind: "mark", at_ns, text }),
            What::Action(text) => self.write(&Told { kind: "action", at_ns, text }),
            What::Truth(text) => self.write(&Told { kind: "truth", at_ns, text }),
            What::Reported(text) => self.write(&Told { kind: "reported", at_ns, text }),
            What::Initial(event) => self.write(&notification("initial", at_ns, event, None)),
            What::Event { event, delivered_in } => {
                self.write(&notification("event", at_ns, event, Some(microseconds(*delivered_in))))
            }
        }
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let verdict = summary.verdict.as_ref();
        self.write(&Result {
            kind: "summary",
            simulated_ns: summary.simulated_ns,
            wall_s: summary.wall.as_secs_f64(),
            speed_factor: summary.speed_factor(),
            lines: summary.lines,
            events: summary.events,
            latency_us: summary.latency.map(Latency::from),
            expected: verdict.map(|v| v.expected),
            matched: verdict.map(|v| v.matched),
            passed: verdict.map(|v| v.passed),
            explanation: verdict.map_or(&[], |v| &v.explanation),
        })?;
        self.out.flush()
    }
}

impl From<LatencySummary> for Latency {
    fn from(latency: LatencySummary) -> Self {
        let [p50, p99, max] = [latency.p50, latency.p99, latency.max].map(microseconds);
        Self { p50, p99, max }
    }
}

fn notification<'a>(
    kind: &'static str,
    at_ns: u64,
    event: &'a WireEvent,
    delivered_us: Option<u64>,
) -> Notification<'a> {
    let (resource, value) = (event.resource.as_str(), event.value());
    Notification { kind, at_ns, resource, value, offset_ns: event.offset_ns(), delivered_us }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
