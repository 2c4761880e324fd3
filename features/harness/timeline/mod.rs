//! What happened on a node, in order of virtual time.
//!
//! The model only; [`Text`] and [`Json`] write it. Wall time appears as the latency of a delivery and nowhere else.

mod json;
mod summary;
mod text;

pub use json::Json;
pub use summary::{LatencySummary, Summary, Verdict};
pub use text::{Colour, Text};

use crate::WireEvent;
use std::io;
use std::time::Duration;

/// One happening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Virtual time since the start, in nanoseconds.
    pub at_ns: u64,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A mark in a recording, as written.
    Mark(String),
    /// The scenario did something to the node or its surroundings.
    Action(String),
    /// What is really so on the simulated node.
    Truth(String),
    /// A line reported another state than the line before.
    Reported(String),
    /// A notification that answers a new subscription.
    Initial(WireEvent),
    /// A notification of a change.
    Event {
        /// What it says.
        event: WireEvent,
        /// From writing the lines that caused it to its arrival.
        delivered_in: Duration,
    },
}

/// Takes a timeline while it happens.
pub trait Sink {
    /// Takes the next entry.
    ///
    /// # Errors
    /// When it cannot be written.
    fn entry(&mut self, entry: &Entry) -> io::Result<()>;

    /// Is told how far the run has come, in nanoseconds since the start, when everything up to there has been delivered.
    ///
    /// # Errors
    /// When something that waited for it cannot be written.
    fn progress(&mut self, _at_ns: u64) -> io::Result<()> {
        Ok(())
    }

    /// Takes the result.
    ///
    /// # Errors
    /// When it cannot be written.
    fn summary(&mut self, summary: &Summary) -> io::Result<()>;
}

/// Keeps entries, for tests and for whoever wants to look at them afterwards.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The entries in order.
    pub entries: Vec<Entry>,
}

impl Sink for Kept {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.entries.push(entry.clone());
        Ok(())
    }

    fn summary(&mut self, _summary: &Summary) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
