//! What a conformance run has found, as text for people ([`terminal`]), as JUnit XML for CI ([`junit`]), as JSON for
//! programs ([`json`]) and as a page to hand on ([`html`]).
//!
//! What the subject has sent is quoted in bounded size, with every character that would hide or forge something written
//! out; see `quote.rs`. The same result gives the same bytes.

pub mod html;
pub mod json;
pub mod junit;
pub mod terminal;

mod quote;
mod summary;

pub(crate) use quote::legible;

use super::result::SuiteResult;
use crate::LabError;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The specification that the requirements are of.
const SPECIFICATION: &str = "O-RAN.WG6 O-Cloud Notification API for Event Consumers v04.00";

/// What made a report.
const PRODUCER: &str = crate::PRODUCER;

/// Which files a run leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// JUnit XML.
    pub junit: Option<PathBuf>,
    /// JSON.
    pub json: Option<PathBuf>,
    /// One HTML page.
    pub html: Option<PathBuf>,
}

/// Writes the files that are asked for. A reader finds an old file or the whole new one, never a part.
///
/// # Errors
/// When a file cannot be written; those before it are there then, in the order of [`Outputs`].
pub fn write(result: &SuiteResult, outputs: &Outputs) -> Result<(), LabError> {
    if let Some(path) = &outputs.junit {
        replace(path, &junit::render(result)?)?;
    }
    if let Some(path) = &outputs.json {
        replace(path, &json::render(result))?;
    }
    if let Some(path) = &outputs.html {
        replace(path, &html::render(result))?;
    }
    Ok(())
}

/// Writes beside `path` and renames. The file has the permissions of any new one, not those of a temporary one.
pub(crate) fn replace(path: &Path, content: &str) -> Result<(), LabError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    let mut beside = beside.map_err(LabError::file(path))?;
    beside.write_all(content.as_bytes()).map_err(LabError::file(path))?;
    beside.as_file().sync_all().map_err(LabError::file(path))?;
    beside.persist(path).map_err(|error| LabError::File { path: path.to_owned(), source: error.error })?;
    Ok(())
}

#[cfg(test)]
mod tests;
