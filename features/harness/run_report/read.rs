//! A run folder, read.

use super::truth_table::{TrueClock, seconds};
use crate::record::{About, EVENTS_NDJSON, FORMAT, LINES_LOG, RUN_JSON, TRUTH_CSV};
use crate::{LabError, WireEvent, limits};
use ptp_lines::{Body, Line};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of which one is enough for a report.
const WANTED: &str = "run.json, truth.csv, lines.log or events.ndjson";

/// A longer run is not made a page of: ten years. It bounds what a forged time can cost.
const END_NS_MAX: u64 = 10 * 366 * 86_400 * 1_000_000_000;

/// What is known of a run.
#[derive(Clone, Debug, Default)]
pub struct RunData {
    pub(super) about: Option<About>,
    pub(super) clocks: Vec<TrueClock>,
    /// Offsets that the lines report: seconds since the start and nanoseconds, by who reports them.
    pub(super) reported: BTreeMap<String, Vec<(f64, f64)>>,
    pub(super) notifications: Vec<Notification>,
    pub(super) told: Vec<Told>,
    /// The files that are not there.
    pub(super) missing: Vec<&'static str>,
    /// The latest time that occurs, in seconds since the start.
    pub(super) end_s: f64,
    /// The earliest.
    pub(super) begin_s: f64,
}

/// A notification that arrived.
#[derive(Clone, Debug)]
pub(super) struct Notification {
    pub(super) at_ns: u64,
    pub(super) event: WireEvent,
    /// Absent of an initial one.
    pub(super) delivered_us: Option<u64>,
}

/// Something that was done, or a mark.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) at_ns: u64,
    pub(super) text: String,
}

impl RunData {
    /// Reads what a folder holds.
    ///
    /// # Errors
    /// When it holds none of the files, or one of them is broken or too large.
    pub fn read(folder: &Path) -> Result<Self, LabError> {
        let mut run = Self::default();
        let mut found = 0;
        let takers: [(&'static str, Taker); 4] = [
            (RUN_JSON, Self::take_about),
            (TRUTH_CSV, Self::take_truth),
            (LINES_LOG, Self::take_lines),
            (EVENTS_NDJSON, Self::take_events),
        ];
        for (name, take) in takers {
            let path = folder.join(name);
            let Some(text) = read(&path)? else {
                run.missing.push(name);
                continue;
            };
            found += 1;
            take(&mut run, &text).map_err(|(line, problem)| LabError::RunFile { path, line, problem })?;
        }
        if found == 0 {
            return Err(LabError::NoRun { path: folder.to_owned(), wanted: WANTED });
        }
        run.span().map_err(|problem| LabError::RunFile { path: folder.to_owned(), line: 0, problem })?;
        Ok(run)
    }

    fn take_about(&mut self, text: &str) -> Result<(), (usize, String)> {
        let about: About = serde_json::from_str(text).map_err(|error| (error.line(), error.to_string()))?;
        if about.format != FORMAT {
            return Err((1, format!("format {} is not known, only {FORMAT}", about.format)));
        }
        self.about = Some(about);
        Ok(())
    }

    fn take_truth(&mut self, text: &str) -> Result<(), (usize, String)> {
        whole(text)?;
        self.clocks = TrueClock::parse(text)?;
        Ok(())
    }

    fn take_lines(&mut self, text: &str) -> Result<(), (usize, String)> {
        whole(text)?;
        for (index, line) in text.lines().enumerate() {
            let mut parts = line.splitn(3, ' ');
            let at_s = parts.next().and_then(|time| time.parse::<f64>().ok()).filter(|time| time.is_finite());
            let (Some(at_s), Some(_), Some(text)) = (at_s, parts.next(), parts.next()) else {
                return Err((index + 1, "not a time, a connection and a line".to_owned()));
            };
            if let Some((reporter, offset_ns)) = offset(text) {
                self.reported.entry(reporter).or_default().push((at_s, offset_ns as f64));
            }
        }
        Ok(())
    }

    fn take_events(&mut self, text: &str) -> Result<(), (usize, String)> {
        whole(text)?;
        for (index, line) in text.lines().enumerate() {
            self.take_event(line).map_err(|problem| (index + 1, problem))?;
        }
        Ok(())
    }

    fn take_event(&mut self, line: &str) -> Result<(), String> {
        let object: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let at_ns = object["at_ns"].as_u64().ok_or("no at_ns")?;
        match object["kind"].as_str() {
            Some("action" | "mark") => {
                let text = object["text"].as_str().ok_or("no text")?.to_owned();
                self.told.push(Told { at_ns, text });
            }
            Some("initial" | "event") => {
                let event = WireEvent::from_json(&object["event"]).map_err(|error| error.to_string())?;
                let delivered_us = object["delivered_us"].as_u64();
                self.notifications.push(Notification { at_ns, event, delivered_us });
            }
            Some(kind) => return Err(format!("of unknown kind {kind}")),
            None => return Err("no kind".to_owned()),
        }
        Ok(())
    }

    /// Finds where time begins and ends.
    fn span(&mut self) -> Result<(), String> {
        let rows = self.clocks.iter().flat_map(|clock| clock.rows.iter().map(|row| row.at_ns));
        let events = self.notifications.iter().map(|one| one.at_ns);
        let times: Vec<u64> = rows.chain(events).chain(self.told.iter().map(|told| told.at_ns)).collect();
        if times.iter().any(|at_ns| *at_ns > END_NS_MAX) {
            return Err("a time is more than ten years after the start".to_owned());
        }
        let samples: Vec<f64> = self.reported.values().flatten().map(|(at_s, _)| *at_s).collect();
        let all = || times.iter().map(|at_ns| seconds(*at_ns)).chain(samples.iter().copied());
        self.begin_s = all().fold(f64::INFINITY, f64::min);
        self.end_s = all().fold(0.0, f64::max);
        let simulated_ns =
            self.about.as_ref().and_then(|about| about.outcome.as_ref()).map(|o| o.simulated_ns);
        if !self.begin_s.is_finite() {
            self.begin_s = 0.0;
        }
        if let Some(simulated_ns) = simulated_ns.filter(|ns| *ns <= END_NS_MAX) {
            self.end_s = self.end_s.max(self.begin_s + seconds(simulated_ns));
        }
        self.end_s = self.end_s.max(self.begin_s + 1.0);
        Ok(())
    }
}

/// Takes the text of a file; tells the line that is broken, and why.
type Taker = fn(&mut RunData, &str) -> Result<(), (usize, String)>;

/// The file as text, or `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, LabError> {
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(LabError::file(path)(error)),
    };
    if size > limits::RUN_FILE_BYTES_MAX {
        return Err(LabError::file(path)(std::io::ErrorKind::FileTooLarge.into()));
    }
    fs::read_to_string(path).map(Some).map_err(LabError::file(path))
}

/// A file that does not end with a line end was cut off while it was written.
fn whole(text: &str) -> Result<(), (usize, String)> {
    if text.is_empty() || text.ends_with('\n') {
        return Ok(());
    }
    Err((text.lines().count(), "the file is cut off in this line".to_owned()))
}

/// The offset that a line reports, and who reports it of which clock.
fn offset(line: &str) -> Option<(String, i64)> {
    let Ok(Line::Message(message)) = ptp_lines::parse(line.as_bytes()) else { return None };
    let config = message.prefix.tag.config;
    if let Body::Ptp4lOffset(sample) = &message.body {
        return Some((format!("ptp4l ({config})"), sample.offset_ns));
    }
    if let Body::Ts2phcOffset(sample) = &message.body {
        return Some((format!("ts2phc of {} ({config})", sample.interface), sample.offset_ns));
    }
    if let Body::Phc2sysOffset(sample) = &message.body {
        return Some((format!("phc2sys of {} ({config})", sample.clock), sample.offset_ns));
    }
    None
}
