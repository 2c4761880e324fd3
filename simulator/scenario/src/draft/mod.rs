//! Writing scenario files: what reading one gives back.
//!
//! Only what differs from the topology is written, part by part, with the names that [`crate::Scenario::parse`] knows.

mod timeline;

use crate::duration::in_seconds;
use crate::{Expectation, Problem, Scenario, Topology};
use sim_core::{LinkSetup, OscillatorSetup, Phc2sysSetup, ProfileSetup, Ptp4lSetup, Setup};
use std::fmt::{self, Display, Write};

/// The thresholds of a node, `ptpClockThreshold` of the operator's profile; the same for all its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftThresholds {
    /// Upper bound of the offset in nanoseconds, at least 1.
    pub max_offset_ns: i64,
    /// Lower bound of the offset in nanoseconds, at most -1.
    pub min_offset_ns: i64,
    /// From HOLDOVER to FREERUN in seconds, at least 1.
    pub holdover_timeout_s: u32,
}

/// A scenario that has no file yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Lines before the first one of the file, each written as a comment.
    pub comments: Vec<String>,
    /// One line.
    pub title: String,
    /// A few sentences.
    pub story: String,
    /// The whole node that it begins with: what the setup has in addition must be different values only, not parts.
    pub topology: Topology,
    /// The name of the node.
    pub node_name: String,
    /// What the simulator starts from.
    pub setup: Setup,
    /// The thresholds.
    pub thresholds: DraftThresholds,
    /// The events that must come.
    pub expect: Vec<Expectation>,
}

/// Why a draft has no file that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritable {
    /// The format cannot say it: what was written is not understood.
    Unreadable(Vec<Problem>),
    /// The format cannot say it: what was written says something else.
    Different,
}

impl Display for NotWritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                f.write_str(&problems.join("; "))
            }
            Self::Different => f.write_str("it has a part that scenario files have no word for"),
        }
    }
}

impl Draft {
    /// The text of its file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        self.write(&mut text).unwrap_or(());
        text
    }

    /// Reads its text back.
    ///
    /// # Errors
    ///
    /// When that says something else than this draft.
    pub fn checked(&self, name: &str) -> Result<Scenario, NotWritable> {
        let scenario = Scenario::parse(name, &self.to_toml()).map_err(NotWritable::Unreadable)?;
        let is_same = scenario.setup == self.setup && scenario.expect == self.expect;
        if is_same { Ok(scenario) } else { Err(NotWritable::Different) }
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        for comment in self.comments.iter().flat_map(|comment| comment.lines()) {
            writeln!(out, "# {comment}")?;
        }
        let setup = &self.setup;
        text(out, "title", &self.title)?;
        text(out, "story", &self.story)?;
        if let Some((name, _)) = Topology::NAMED.iter().find(|(_, topology)| *topology == self.topology) {
            text(out, "topology", name)?;
        }
        writeln!(out, "start_unix_s = {}", setup.start_unix_s)?;
        writeln!(out, "duration = \"{}s\"", setup.duration_s)?;
        writeln!(out, "seed = {}", setup.seed)?;
        if self.expect.is_empty() {
            writeln!(out, "expect = []")?;
        }
        section(out, "[node]")?;
        text(out, "name", &self.node_name)?;
        span(out, "up_for", setup.boot_offset_ns)?;
        section(out, "[thresholds]")?;
        writeln!(out, "max_offset_ns = {}", self.thresholds.max_offset_ns)?;
        writeln!(out, "min_offset_ns = {}", self.thresholds.min_offset_ns)?;
        writeln!(out, "holdover_timeout = \"{}s\"", self.thresholds.holdover_timeout_s)?;
        self.world(out)?;
        timeline::write(setup, out)?;
        expectations(&self.expect, out)
    }

    fn world(&self, out: &mut String) -> fmt::Result {
        let (setup, plain) = (&self.setup, self.topology.setup());
        for (index, (own, plain)) in setup.grandmasters.iter().zip(&plain.grandmasters).enumerate() {
            if own != plain {
                section(out, "[[grandmaster]]")?;
                text(out, "name", &grandmaster(index))?;
                writeln!(out, "clock_class = {}", own.data_set.clock_class)?;
                writeln!(out, "priority2 = {}", own.data_set.priority2)?;
                writeln!(out, "log_announce_interval = {}", own.log_announce_interval)?;
                writeln!(out, "log_sync_interval = {}", own.log_sync_interval)?;
                span(out, "master_from", own.master_from.ns)?;
            }
        }
        for (own, plain) in setup.cards.iter().zip(&plain.cards) {
            if own.phc != plain.phc {
                section(out, "[[card]]")?;
                writeln!(out, "interfaces = {:?}", own.interfaces)?;
                section(out, "[card.phc]")?;
                oscillator(&own.phc, out)?;
            }
        }
        for (own, plain) in setup.links.iter().zip(&plain.links) {
            if own != plain {
                link(own, out)?;
            }
        }
        if setup.os_clock != plain.os_clock {
            section(out, "[os_clock]")?;
            oscillator(&setup.os_clock, out)?;
        }
        for (own, plain) in setup.profiles.iter().zip(&plain.profiles) {
            if own != plain {
                profile(own, plain, out)?;
            }
        }
        if setup.daemon != plain.daemon {
            section(out, "[daemon]")?;
            span(out, "phc2sys_start_latency", setup.daemon.phc2sys_start_latency_ns)?;
            span(out, "clock_class_latency", setup.daemon.clock_class_latency_ns)?;
            span(out, "clock_class_repeat", setup.daemon.clock_class_repeat_ns)?;
        }
        Ok(())
    }
}

/// The name that a file gives to a grandmaster of a topology.
fn grandmaster(index: usize) -> String {
    format!("gm{}", index + 1)
}

fn section(out: &mut String, header: &str) -> fmt::Result {
    writeln!(out, "\n{header}")
}

/// For printable ASCII a string of Rust is one of TOML.
fn text(out: &mut String, key: &str, value: &str) -> fmt::Result {
    writeln!(out, "{key} = {value:?}")
}

fn span(out: &mut String, key: &str, ns: u64) -> fmt::Result {
    text(out, key, &in_seconds(ns))
}

fn link(link: &LinkSetup, out: &mut String) -> fmt::Result {
    section(out, "[[link]]")?;
    text(out, "interface", &link.interface)?;
    text(out, "grandmaster", &grandmaster(link.grandmaster))?;
    writeln!(out, "delay_ns = {:?}", link.path.delay_ns)?;
    writeln!(out, "asymmetry_ns = {:?}", link.path.asymmetry_ns)?;
    writeln!(out, "noise_ns = {:?}", link.path.noise_ns)
}

fn oscillator(oscillator: &OscillatorSetup, out: &mut String) -> fmt::Result {
    writeln!(out, "initial_error_ns = {:?}", oscillator.initial_error_ns)?;
    writeln!(out, "frequency_ppb = {:?}", oscillator.frequency_ppb)?;
    writeln!(out, "white_ppb = {:?}", oscillator.white_ppb)?;
    writeln!(out, "random_walk_ppb = {:?}", oscillator.random_walk_ppb)?;
    writeln!(out, "flicker_ppb = {:?}", oscillator.flicker_ppb)?;
    writeln!(out, "aging_ppb_per_day = {:?}", oscillator.aging_ppb_per_day)?;
    let temperature = &oscillator.temperature;
    writeln!(out, "sensitivity_ppb_per_k = {:?}", temperature.sensitivity_ppb_per_k)?;
    writeln!(out, "swing_k = {:?}", temperature.swing_k)?;
    if temperature.period_s > 0.0 {
        writeln!(out, "swing_period_s = {:?}", temperature.period_s)?;
    }
    writeln!(out, "swing_rises_at_s = {:?}", temperature.rises_at_s)
}

fn profile(own: &ProfileSetup, plain: &ProfileSetup, out: &mut String) -> fmt::Result {
    section(out, "[[profile]]")?;
    text(out, "name", &own.name)?;
    if let Some(ptp4l) = own.ptp4l.as_ref().filter(|_| own.ptp4l != plain.ptp4l) {
        section(out, "[profile.ptp4l]")?;
        options(ptp4l, out)?;
    }
    if let Some(phc2sys) = own.phc2sys.as_ref().filter(|_| own.phc2sys != plain.phc2sys) {
        section(out, "[profile.phc2sys]")?;
        phc2sys_options(phc2sys, out)?;
    }
    Ok(())
}

fn options(ptp4l: &Ptp4lSetup, out: &mut String) -> fmt::Result {
    writeln!(out, "log_announce_interval = {}", ptp4l.log_announce_interval)?;
    writeln!(out, "log_sync_interval = {}", ptp4l.log_sync_interval)?;
    writeln!(out, "log_min_delay_request_interval = {}", ptp4l.log_min_delay_request_interval)?;
    writeln!(out, "announce_receipt_timeout = {}", ptp4l.announce_receipt_timeout)?;
    writeln!(out, "clock_class_threshold = {}", ptp4l.clock_class_threshold)?;
    writeln!(out, "step_threshold_ns = {}", ptp4l.step_threshold_ns)?;
    writeln!(out, "pi_proportional_const = {:?}", ptp4l.servo.proportional)?;
    writeln!(out, "pi_integral_const = {:?}", ptp4l.servo.integral)
}

fn phc2sys_options(phc2sys: &Phc2sysSetup, out: &mut String) -> fmt::Result {
    writeln!(out, "rate_hz = {}", phc2sys.rate_hz)?;
    writeln!(out, "step_threshold_ns = {}", phc2sys.step_threshold_ns)?;
    writeln!(out, "reading_noise_ns = {:?}", phc2sys.reading_noise_ns)?;
    writeln!(out, "reading_delay_ns = {:?}", phc2sys.reading_delay_ns)?;
    writeln!(out, "reading_delay_noise_ns = {:?}", phc2sys.reading_delay_noise_ns)
}

fn expectations(expect: &[Expectation], out: &mut String) -> fmt::Result {
    for expectation in expect {
        section(out, "[[expect]]")?;
        match expectation {
            Expectation::Event { resource, value, .. } => {
                text(out, "resource", resource)?;
                text(out, "value", value)?;
            }
            Expectation::Unchanged { resources, .. } => writeln!(out, "unchanged = {resources:?}")?,
            Expectation::Flapping { resources, values, at_least, ends, .. } => {
                writeln!(out, "flapping = {resources:?}")?;
                writeln!(out, "values = {values:?}")?;
                writeln!(out, "at_least = {at_least}")?;
                let ends: Vec<String> =
                    ends.iter().map(|(key, value)| format!("{key:?} = {value:?}")).collect();
                writeln!(out, "ends = {{ {} }}", ends.join(", "))?;
            }
        }
        span(out, "from", expectation.window().from.ns)?;
        span(out, "until", expectation.window().until.ns)?;
    }
    Ok(())
}
