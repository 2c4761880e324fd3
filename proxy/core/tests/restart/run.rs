//! What happens to a node, as a list: when, and which line or report.

use proxy_core::{NodeConfiguration, Reported};
use ptp_lines::{Line, Message};
use std::collections::BTreeMap;

/// The history of a node.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) configuration: NodeConfiguration,
    pub(crate) aliases: BTreeMap<String, String>,
    /// In order of time.
    pub(crate) steps: Vec<Step>,
}

/// One thing that the node says.
pub(crate) struct Step {
    /// Nanoseconds since the run began.
    pub(crate) at_ns: u64,
    pub(crate) said: Said,
}

pub(crate) enum Said {
    /// A line of a process, on a connection that is marked live.
    Line(String),
    /// A report on the socket of reports.
    Report { profile: String, interface: String, said: Reported, text: String },
}

impl Run {
    /// Appends a line. One that the core would not be told of is left out: a kill before it and one after it are the
    /// same.
    pub(crate) fn push_line(&mut self, at_ns: u64, text: &str) {
        if message(text).is_some() {
            self.steps.push(Step { at_ns, said: Said::Line(text.to_owned()) });
        }
    }
}

/// What a line says, if the core is told of it.
pub(crate) fn message(text: &str) -> Option<Message<'_>> {
    match ptp_lines::parse(text.as_bytes()) {
        Ok(Line::Message(message)) => Some(message),
        Ok(Line::Command(_) | Line::Other(_)) => None,
        Err(error) => panic!("{error}: {text}"),
    }
}
