//! `lines.log` and `truth.csv`: what the simulated node lets out.

use super::truth_csv::columns;
use super::{LINES_LOG, TRUTH_CSV};
use crate::LabError;
use sim_core::{Connection, Emission, Truth, What};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes both files as the simulation goes on.
#[derive(Debug)]
pub struct NodeLog {
    files: Option<Files>,
}

#[derive(Debug)]
struct Files {
    lines: BufWriter<File>,
    truth: BufWriter<File>,
    has_header: bool,
}

impl NodeLog {
    /// Creates the files; without a folder nothing is written.
    ///
    /// # Errors
    /// When they cannot be created.
    pub fn open(folder: Option<&Path>) -> Result<Self, LabError> {
        let Some(folder) = folder else { return Ok(Self { files: None }) };
        let create = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(LabError::file(path))
        };
        let files = Files { lines: create(LINES_LOG)?, truth: create(TRUTH_CSV)?, has_header: false };
        Ok(Self { files: Some(files) })
    }

    /// Takes the next thing that happened.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn emission(&mut self, emission: &Emission) -> Result<(), LabError> {
        let Some(files) = &mut self.files else { return Ok(()) };
        let at_ns = emission.at.ns;
        let written = match &emission.what {
            What::Line { connection, text } => files.line(at_ns, *connection, text),
            What::Truth(truth) => files.truth(at_ns, truth),
            What::Action { .. } => Ok(()),
        };
        written.map_err(|source| LabError::Output { source })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), LabError> {
        let Some(mut files) = self.files else { return Ok(()) };
        let written = files.lines.flush().and_then(|()| files.truth.flush());
        written.map_err(|source| LabError::Output { source })
    }
}

impl Files {
    fn line(&mut self, at_ns: u64, connection: Connection, text: &str) -> io::Result<()> {
        let (s, ns) = (at_ns / 1_000_000_000, at_ns % 1_000_000_000);
        writeln!(self.lines, "{s}.{ns:09} {} {text}", name(connection))
    }

    fn truth(&mut self, at_ns: u64, truth: &Truth) -> io::Result<()> {
        let (names, values): (Vec<String>, Vec<String>) = columns(at_ns, truth).into_iter().unzip();
        if !self.has_header {
            writeln!(self.truth, "{}", names.join(","))?;
            self.has_header = true;
        }
        writeln!(self.truth, "{}", values.join(","))
    }
}

/// One word.
fn name(connection: Connection) -> &'static str {
    match connection {
        Connection::Ptp4l => "ptp4l",
        Connection::Phc2sys => "phc2sys",
        Connection::EventHandler => "event-handler",
        Connection::Control => "control",
    }
}
