//! `events.ndjson`: notifications as the consumer got them, and what was done to the node.
//!
//! Every object has `kind` and `at_ns`, virtual nanoseconds since the start. `initial` and `event` have the notification as
//! it came in `event`; its `at_ns` is the time of the change that it tells. `received_at_ns` is how far virtual time had come
//! when everything up to then had been delivered, at most a second later, and `delivered_us` the wall time from writing
//! the lines that caused it to its arrival. `action` (of the scenario) and `mark` (of a recording) have a `text`.

use super::EVENTS_NDJSON;
use crate::timeline::{Entry, Sink, Summary, What};
use crate::{LabError, WireEvent};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

/// Writes the file.
#[derive(Debug)]
pub struct EventLog {
    file: Option<BufWriter<File>>,
    /// Until it is known when they had been delivered.
    pending: Vec<Value>,
}

impl EventLog {
    /// Creates the file; without a folder nothing is written.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn open(folder: Option<&Path>) -> Result<Self, LabError> {
        let create = |folder: &Path| {
            let path = folder.join(EVENTS_NDJSON);
            File::create(&path).map(BufWriter::new).map_err(LabError::file(path))
        };
        Ok(Self { file: folder.map(create).transpose()?, pending: Vec::new() })
    }

    /// Takes something that was done to the node.
    pub(super) fn told(&mut self, kind: &str, at_ns: u64, text: &str) -> Result<(), LabError> {
        self.keep(json!({"kind": kind, "at_ns": at_ns, "text": text}));
        self.delivered(at_ns).map_err(|source| LabError::Output { source })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<(), LabError> {
        let written = self.delivered(u64::MAX).and_then(|()| self.file.as_mut().map_or(Ok(()), Write::flush));
        written.map_err(|source| LabError::Output { source })
    }

    fn keep(&mut self, object: Value) {
        if self.file.is_some() {
            self.pending.push(object);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let at_ns = entry.at_ns;
        match &entry.what {
            What::Action(text) => self.keep(json!({"kind": "action", "at_ns": at_ns, "text": text})),
            What::Mark(text) => self.keep(json!({"kind": "mark", "at_ns": at_ns, "text": text})),
            What::Initial(event) => self.keep(notification("initial", at_ns, event, None)),
            What::Event { event, delivered_in } => {
                self.keep(notification("event", at_ns, event, Some(*delivered_in)));
            }
            What::Truth(_) | What::Reported(_) => {}
        }
    }

    /// Everything so far has been delivered when virtual time stood there.
    fn delivered(&mut self, at_ns: u64) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        for mut object in self.pending.drain(..) {
            if object["kind"] == "event" {
                object["received_at_ns"] = at_ns.into();
            }
            writeln!(file, "{object}")?;
        }
        Ok(())
    }
}

fn notification(kind: &str, at_ns: u64, event: &WireEvent, delivered_in: Option<Duration>) -> Value {
    let mut object = json!({"kind": kind, "at_ns": at_ns, "received_at_ns": at_ns, "event": event.json});
    if let Some(delivered_in) = delivered_in {
        object["delivered_us"] = u64::try_from(delivered_in.as_micros()).unwrap_or(u64::MAX).into();
    }
    object
}

/// A sink that also writes the log.
pub(crate) struct RecordingSink<'a> {
    /// Takes the timeline as it would without.
    pub(crate) shown: &'a mut dyn Sink,
    /// The log.
    pub(crate) log: EventLog,
}

impl Sink for RecordingSink<'_> {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.log.entry(entry);
        self.shown.entry(entry)
    }

    fn progress(&mut self, at_ns: u64) -> io::Result<()> {
        self.log.delivered(at_ns)?;
        self.shown.progress(at_ns)
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.shown.summary(summary)
    }
}
