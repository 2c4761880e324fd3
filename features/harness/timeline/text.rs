//! A timeline for people: one line for each happening, in columns.

use super::{Entry, Sink, Summary, Verdict, What};
use crate::WireEvent;
use std::io::{self, Write};
use std::time::Duration;

/// Whether escape sequences for colours may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// To a terminal.
    On,
    /// To a file or a pipe, or where `NO_COLOR` is set.
    Off,
}

/// Writes text.
#[derive(Debug)]
pub struct Text<W> {
    out: W,
    colour: Colour,
}

impl<W: Write> Text<W> {
    /// Writes to `out`.
    pub fn new(out: W, colour: Colour) -> Self {
        Self { out, colour }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::On => format!("\x1b[{code}m{text}\x1b[0m"),
            Colour::Off => text.to_owned(),
        }
    }

    fn verdict(&mut self, verdict: &Verdict) -> io::Result<()> {
        for line in &verdict.explanation {
            writeln!(self.out, "{line}")?;
        }
        writeln!(self.out, "expected events matched: {} of {}", verdict.matched, verdict.expected)?;
        let word = if verdict.passed { self.paint("32", "passed") } else { self.paint("31", "failed") };
        writeln!(self.out, "verdict: {word}")
    }
}

impl<W: Write> Sink for Text<W> {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let (kind, colour, text, tail) = match &entry.what {
            What::Mark(text) => ("mark", "35", text.clone(), String::new()),
            What::Action(text) => ("action", "36", text.clone(), String::new()),
            What::Truth(text) => ("truth", "34", text.clone(), String::new()),
            What::Reported(text) => ("reported", "2", text.clone(), String::new()),
            What::Initial(event) => ("initial", "2", initial(event), String::new()),
            What::Event { event, delivered_in } => {
                let tail = format!("delivered in {:.1} ms", milliseconds(*delivered_in));
                ("event", event_colour(event), describe(event), tail)
            }
        };
        let kind = self.paint(colour, &format!("{kind:<8}"));
        let line = format!("{}  {kind}  {text:<52}  {tail}", seconds(entry.at_ns));
        writeln!(self.out, "{}", line.trim_end())
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        writeln!(self.out)?;
        writeln!(
            self.out,
            "{:.3} s simulated in {:.2} s: {:.0} times as fast; {} lines, {} events",
            Duration::from_nanos(summary.simulated_ns).as_secs_f64(),
            summary.wall.as_secs_f64(),
            summary.speed_factor(),
            summary.lines,
            summary.events,
        )?;
        if let Some(latency) = summary.latency {
            let [p50, p99, max] = [latency.p50, latency.p99, latency.max].map(milliseconds);
            writeln!(self.out, "event delivery: p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms")?;
        }
        summary.verdict.as_ref().map_or(Ok(()), |verdict| self.verdict(verdict))?;
        self.out.flush()
    }
}

/// `   120.825s`, rounded down to the millisecond as linuxptp's stamps are.
fn seconds(at_ns: u64) -> String {
    let at_ms = at_ns / 1_000_000;
    format!("{:>7}.{:03}s", at_ms / 1_000, at_ms % 1_000)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// `lock-state HOLDOVER (offset -3 ns)`
fn describe(event: &WireEvent) -> String {
    let offset = event.offset_ns().map(|ns| format!(" (offset {ns} ns)")).unwrap_or_default();
    format!("{} {}{offset}", event.short_resource(), event.value())
}

fn initial(event: &WireEvent) -> String {
    if event.is_placeholder() {
        format!("{} has no data yet", event.short_resource())
    } else {
        describe(event)
    }
}

fn event_colour(event: &WireEvent) -> &'static str {
    match event.value() {
        "LOCKED" => "32",
        "HOLDOVER" => "33",
        "FREERUN" => "31",
        _ => "36",
    }
}
