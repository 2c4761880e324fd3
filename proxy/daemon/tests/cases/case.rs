//! The cases: one JSON object on each line of the file. Field by field in `scenarios/incumbent/README.md`.

use crate::event::Reading;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One input and what the incumbent made of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) config: NodeConfig,
    pub(crate) lines: Vec<Step>,
    pub(crate) expect: Recorded,
    pub(crate) verified: Verified,
}

/// How the recorded output came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verified {
    /// The incumbent was run.
    Executed,
    /// Its source was read; what it does is a sentence that needs an assertion of its own.
    CodeReading,
}

/// The node that the incumbent ran on.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeConfig {
    pub(crate) node: String,
    pub(crate) aliases: BTreeMap<String, String>,
    /// Null: there is no profile file. Text: the file as it is. Else its JSON.
    #[serde(default)]
    pub(crate) node_profile_json: Value,
    pub(crate) files: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) store_metrics_json: Option<Value>,
}

/// What is done to the socket.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    /// One line, without its line feed.
    Line(String),
    /// Time passes.
    Sleep { sleep_ms: u64 },
    /// All bytes of a connection of its own; `@A@` stands for `repeat_a` times `a`.
    Raw {
        raw: String,
        #[serde(default)]
        repeat_a: usize,
    },
}

/// What the incumbent did.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Recorded {
    #[serde(default)]
    pub(crate) events: Vec<RecordedEvent>,
    /// All samples of `openshift_ptp_*` at the end, by their names in the text format.
    #[serde(default)]
    pub(crate) metrics: BTreeMap<String, f64>,
    /// Answers of `CurrentState` that found something, by resource.
    #[serde(default)]
    pub(crate) current_state_found: BTreeMap<String, Vec<RecordedReading>>,
}

/// An event after the step with this index.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RecordedEvent {
    pub(crate) after: usize,
    pub(crate) r#type: String,
    pub(crate) source: String,
    pub(crate) values: Vec<Reading>,
}

/// One value of an answer of `CurrentState`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RecordedReading {
    pub(crate) resource: String,
    pub(crate) data_type: String,
    pub(crate) value: String,
}

/// Where the recorded cases and the deviations from them are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/incumbent")
}

/// All cases of a file.
pub(crate) fn read(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    cases
        .map(|(number, line)| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{number}: {error}", path.display()))
        })
        .collect()
}
