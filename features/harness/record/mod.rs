//! The run folder: everything that is known of a run, for reports and for whoever wants to compute something else.
//!
//! | file | holds | format |
//! |---|---|---|
//! | `run.json` | what was run, and what came of it | one object, see [`About`] and [`Outcome`] |
//! | `truth.csv` | the ground truth, once per second and at each change | a header with units, see `truth_csv.rs` |
//! | `lines.log` | the lines of the event socket | `<seconds>.<9 digits> <connection> <line>` |
//! | `events.ndjson` | notifications and what was done to the node, in order of time | one object per line, see `event_log.rs` |
//!
//! Times count from the start of the run, in virtual time. Only `delivered_us` and `latency_us` are wall time. A replay has
//! no `truth.csv`, and `recording` for every connection; `ptp-lab simulate` has no notifications.

mod event_log;
mod node_log;
mod truth_csv;

pub use event_log::EventLog;
pub(crate) use event_log::RecordingSink;
pub use node_log::NodeLog;

use crate::timeline::Summary;
use crate::{LabError, PRODUCER};
use ptp_scenario::Scenario;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim_core::{Emission, What, World};
use std::fs;
use std::path::{Path, PathBuf};

/// The only version of the format so far.
pub const FORMAT: u64 = 1;

/// Names of the files.
pub(crate) const RUN_JSON: &str = "run.json";
pub(crate) const TRUTH_CSV: &str = "truth.csv";
pub(crate) const LINES_LOG: &str = "lines.log";
pub(crate) const EVENTS_NDJSON: &str = "events.ndjson";

/// `run.json`: what was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Version of the format, [`FORMAT`].
    pub format: u64,
    /// What made it: name and version.
    pub producer: String,
    /// The task of the program: `run`, `simulate` or `replay`.
    pub task: String,
    /// The scenario's name, or that of the node in a replay.
    pub name: String,
    /// One line about it.
    pub title: String,
    /// The seed of all randomness.
    pub seed: u64,
    /// UNIX time of virtual time 0, in seconds.
    pub start_unix_s: u64,
    /// The thresholds of the node's first profile that has some.
    pub thresholds: Option<ThresholdsNs>,
    /// What came of it; absent while it is under way, and for ever if it failed.
    pub outcome: Option<Outcome>,
}

/// Between which offsets a clock counts as locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdsNs {
    /// Offsets below this are in range, in nanoseconds.
    pub max_offset_ns: i64,
    /// Offsets above this are in range, in nanoseconds.
    pub min_offset_ns: i64,
    /// From HOLDOVER to FREERUN, in seconds.
    pub holdover_s: u64,
}

/// `run.json`: what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Virtual time that passed, in nanoseconds.
    pub simulated_ns: u64,
    /// Lines that were written to the proxy, or to whoever took them.
    pub lines: u64,
    /// Events that arrived, initial notifications not counted.
    pub events: usize,
    /// Wall time of deliveries: median, 99th percentile and longest, in microseconds; absent without events.
    pub latency_us: Option<[u64; 3]>,
    /// The judgement; absent when nothing was expected.
    pub verdict: Option<Judgement>,
}

/// `run.json`: the judgement of a scenario's expectations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Expected events that came in order.
    pub matched: usize,
    /// Expected events.
    pub expected: usize,
    /// Everything expected came, in order, and nothing else.
    pub passed: bool,
    /// What is wrong, one line each.
    pub explanation: Vec<String>,
}

impl About {
    /// Of a scenario, with the seed that it is run with.
    pub fn scenario(task: &str, scenario: &Scenario, seed: u64) -> Self {
        Self {
            format: FORMAT,
            producer: PRODUCER.to_owned(),
            task: task.to_owned(),
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            seed,
            start_unix_s: scenario.start_unix_s,
            thresholds: thresholds(&scenario.node.profile_json),
            outcome: None,
        }
    }
}

impl From<&Summary> for Outcome {
    fn from(summary: &Summary) -> Self {
        let microseconds = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            simulated_ns: summary.simulated_ns,
            lines: summary.lines,
            events: summary.events,
            latency_us: summary.latency.map(|all| [all.p50, all.p99, all.max].map(microseconds)),
            verdict: summary.verdict.as_ref().map(|verdict| Judgement {
                matched: verdict.matched,
                expected: verdict.expected,
                passed: verdict.passed,
                explanation: verdict.explanation.clone(),
            }),
        }
    }
}

/// Where a run is recorded, if it is.
#[derive(Clone, Debug)]
pub struct Recording {
    folder: Option<PathBuf>,
    about: About,
}

impl Recording {
    /// Makes the folder and says in it what is run. Without a folder nothing is recorded.
    ///
    /// # Errors
    /// When the folder holds a run already, or cannot be written.
    pub fn begin(folder: Option<PathBuf>, about: About) -> Result<Self, LabError> {
        if let Some(folder) = &folder {
            if folder.join(RUN_JSON).exists() {
                return Err(LabError::Recorded { path: folder.clone() });
            }
            fs::create_dir_all(folder).map_err(LabError::file(folder))?;
        }
        let recording = Self { folder, about };
        recording.write_about()?;
        Ok(recording)
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Adds what came of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn conclude(mut self, outcome: Outcome) -> Result<(), LabError> {
        self.about.outcome = Some(outcome);
        self.write_about()
    }

    fn write_about(&self) -> Result<(), LabError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let path = folder.join(RUN_JSON);
        let text =
            serde_json::to_string_pretty(&self.about).map_err(|error| LabError::file(&path)(error.into()));
        fs::write(&path, text? + "\n").map_err(LabError::file(path))
    }
}

/// Records a scenario without a proxy.
///
/// # Errors
/// When the folder holds a run already, or cannot be written.
pub fn record_simulation(scenario: &Scenario, folder: &Path) -> Result<(), LabError> {
    let about = About::scenario("simulate", scenario, scenario.setup.seed);
    let recording = Recording::begin(Some(folder.to_owned()), about)?;
    let mut node = NodeLog::open(recording.folder())?;
    let mut events = EventLog::open(recording.folder())?;
    let mut lines = 0;
    for emission in World::new(scenario.setup.clone()) {
        node.emission(&emission)?;
        let Emission { at, what } = emission;
        match what {
            What::Line { .. } => lines += 1,
            What::Action(action) => events.told("action", at.ns, &action.to_string())?,
            What::Opened { .. } | What::Closed { .. } | What::Truth(_) => {}
        }
    }
    node.finish()?;
    events.finish()?;
    let simulated_ns = scenario.duration_s.saturating_mul(1_000_000_000);
    recording.conclude(Outcome { simulated_ns, lines, events: 0, latency_us: None, verdict: None })
}

/// The thresholds of the first profile that has some.
pub(crate) fn thresholds(profile_json: &str) -> Option<ThresholdsNs> {
    let parsed: Value = serde_json::from_str(profile_json).ok()?;
    let profiles = parsed.as_array().map_or(std::slice::from_ref(&parsed), Vec::as_slice);
    let threshold = profiles.iter().find_map(|profile| crate::replay::field(profile, "ptpClockThreshold"))?;
    let number = |name: &str| crate::replay::field(threshold, name).and_then(Value::as_i64);
    Some(ThresholdsNs {
        max_offset_ns: number("maxOffsetThreshold")?,
        min_offset_ns: number("minOffsetThreshold")?,
        holdover_s: number("holdOverTimeout").and_then(|s| u64::try_from(s).ok())?,
    })
}
