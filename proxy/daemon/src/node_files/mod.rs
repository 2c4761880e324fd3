//! The files of the node: its profiles and the configurations of its processes, as the daemon writes them.
//!
//! Reading never fails as a whole: what cannot be read is a [`Problem`] and stays as it was last known, and the rest
//! counts. A process that is out of descriptors for a moment must not forget its clocks.

mod process_config;
mod profile;

use crate::config::{Config, Problem};
use crate::limits::{NODE_FILE_BYTES_MAX, NODE_FILES_MAX};
use proxy_core::NodeConfiguration;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where the files are.
#[derive(Clone, Debug)]
pub(crate) struct NodeFiles {
    config_dir: PathBuf,
    profile_file: PathBuf,
    known: NodeConfiguration,
}

/// What the files say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Everything that counts.
    pub(crate) configuration: NodeConfiguration,
    /// Everything that does not.
    pub(crate) problems: Vec<Problem>,
    /// Whether something that is there could not be read, so that it is to be read again.
    pub(crate) is_partial: bool,
}

/// What changes when a file does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl NodeFiles {
    /// The files that a configuration names.
    pub(crate) fn new(config: &Config) -> Self {
        Self::at(config.ptp_config_dir.clone(), config.profile_file.clone())
    }

    fn at(config_dir: PathBuf, profile_file: PathBuf) -> Self {
        Self { config_dir, profile_file, known: NodeConfiguration::default() }
    }

    /// Reads all of them. A missing profile file or directory means that nothing is configured yet.
    pub(crate) fn read(&mut self) -> Reading {
        let mut reading = Reading::default();
        self.read_profiles(&mut reading);
        self.read_instances(&mut reading);
        self.known = reading.configuration.clone();
        reading
    }

    /// Times and sizes of all of them; none if they cannot be listed.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        let listed = match self.config_files() {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(_) => return None,
        };
        let files = listed.into_iter().map(|(_, path)| path);
        let all = files.chain([self.profile_file.clone()]).filter_map(|path| {
            let metadata = fs::metadata(&path).ok()?;
            Some((path, metadata.modified().ok(), metadata.len()))
        });
        Some(Fingerprint(all.collect()))
    }

    fn read_profiles(&self, reading: &mut Reading) {
        reading.configuration.profiles = match read_text(&self.profile_file) {
            Ok(text) => profile::parse(&text, &self.profile_file, &mut reading.problems),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                reading.unreadable(&self.profile_file, &error);
                self.known.profiles.clone()
            }
        };
    }

    fn read_instances(&self, reading: &mut Reading) {
        let mut files = match self.config_files() {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                reading.unreadable(&self.config_dir, &error);
                reading.configuration.instances.clone_from(&self.known.instances);
                return;
            }
        };
        if files.len() > NODE_FILES_MAX {
            let expected = format!("at most {NODE_FILES_MAX}; the rest is not read");
            let value = format!("{} process configurations", files.len());
            reading.problems.push(Problem::new(self.config_dir.display().to_string(), value, expected));
            files.truncate(NODE_FILES_MAX);
        }
        for (config, path) in files {
            match read_text(&path) {
                Ok(text) => {
                    let instance = process_config::parse(config, &text, &path, &mut reading.problems);
                    reading.configuration.instances.push(instance);
                }
                // Gone since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    reading.unreadable(&path, &error);
                    let known = self.known.instances.iter().find(|known| known.config == config);
                    reading.configuration.instances.extend(known.cloned());
                }
            }
        }
    }

    /// Process configurations with their names, in order.
    fn config_files(&self) -> io::Result<Vec<(ptp_lines::ConfigName, PathBuf)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.config_dir)? {
            let entry = entry?;
            if let Some(config) = entry.file_name().to_str().and_then(process_config::config_name) {
                files.push((config, entry.path()));
            }
        }
        files.sort();
        Ok(files)
    }
}

impl Reading {
    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.is_partial = true;
        self.problems.push(Problem::new(path.display().to_string(), error.to_string(), "a readable file"));
    }
}

/// The text of a file of bounded size; what is not UTF-8 in it becomes replacement characters.
fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(NODE_FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > NODE_FILE_BYTES_MAX) {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {NODE_FILE_BYTES_MAX} bytes"),
        ));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
