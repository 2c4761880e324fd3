//! `lines.log` and `truth.csv`: what the simulated node lets out.

use super::truth_csv::columns;
use super::{LINES_LOG, TRUTH_CSV};
use crate::LabError;
use sim_core::{Connection, Emission, ProcessId, Truth, What};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes both files as the simulation goes on.
#[derive(Debug)]
pub struct NodeLog {
    files: Option<Files>,
}

#[derive(Debug)]
struct Files {
    folder: PathBuf,
    lines: BufWriter<File>,
    /// Absent until there is a truth: a recording has none.
    truth: Option<BufWriter<File>>,
}

impl NodeLog {
    /// Creates the files; without a folder nothing is written.
    ///
    /// # Errors
    /// When they cannot be created.
    pub fn open(folder: Option<&Path>) -> Result<Self, LabError> {
        let Some(folder) = folder else { return Ok(Self { files: None }) };
        let lines = create(folder, LINES_LOG)?;
        Ok(Self { files: Some(Files { folder: folder.to_owned(), lines, truth: None }) })
    }

    /// Takes the next thing that happened.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn emission(&mut self, emission: &Emission) -> Result<(), LabError> {
        let Some(files) = &mut self.files else { return Ok(()) };
        let at_ns = emission.at.ns;
        let written = match &emission.what {
            What::Line { connection, text } => files.line(at_ns, &name(*connection), text),
            What::Truth(truth) => return files.truth(at_ns, truth),
            What::Opened { .. } | What::Closed { .. } | What::Action(_) => Ok(()),
        };
        written.map_err(|source| LabError::Output { source })
    }

    /// Takes a line of a recording, which does not say what connection carried it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn recorded(&mut self, at_ns: u64, text: &str) -> Result<(), LabError> {
        let Some(files) = &mut self.files else { return Ok(()) };
        files.line(at_ns, "recording", text).map_err(|source| LabError::Output { source })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), LabError> {
        let Some(mut files) = self.files else { return Ok(()) };
        let written = files.lines.flush().and_then(|()| files.truth.as_mut().map_or(Ok(()), Write::flush));
        written.map_err(|source| LabError::Output { source })
    }
}

impl Files {
    fn line(&mut self, at_ns: u64, connection: &str, text: &str) -> io::Result<()> {
        let (s, ns) = (at_ns / 1_000_000_000, at_ns % 1_000_000_000);
        writeln!(self.lines, "{s}.{ns:09} {connection} {text}")
    }

    fn truth(&mut self, at_ns: u64, truth: &Truth) -> Result<(), LabError> {
        let output = |source| LabError::Output { source };
        let (names, values): (Vec<String>, Vec<String>) = columns(at_ns, truth).into_iter().unzip();
        let file = match &mut self.truth {
            Some(file) => file,
            none => {
                let file = none.insert(create(&self.folder, TRUTH_CSV)?);
                writeln!(file, "{}", names.join(",")).map_err(output)?;
                file
            }
        };
        writeln!(file, "{}", values.join(",")).map_err(output)
    }
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<File>, LabError> {
    let path = folder.join(name);
    File::create(&path).map(BufWriter::new).map_err(LabError::file(path))
}

/// One word: the program, and the place of its profile if that is not the first.
fn name(connection: Connection) -> String {
    match connection {
        Connection::Process(ProcessId { program, profile: 0 }) => program.to_string(),
        Connection::Process(ProcessId { program, profile }) => format!("{program}.{profile}"),
        Connection::EventHandler => "event-handler".to_owned(),
        Connection::Control => "control".to_owned(),
    }
}
