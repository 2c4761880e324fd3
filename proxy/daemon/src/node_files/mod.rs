//! The files of the node: its profiles and the configurations of its processes, as the daemon writes them.
//!
//! Reading never fails as a whole: what cannot be read is a [`Problem`] and stays as it was last known, and the rest
//! counts. A process that is out of descriptors for a moment, or that meets a file while it is being written, must not
//! forget its clocks.

mod places;
mod process_config;
mod profile;

pub(crate) use places::{Fingerprint, Places};

use crate::config::{Config, Problem};
use crate::limits::{NODE_FILE_BYTES_MAX, NODE_FILES_MAX};
use proxy_core::{InstanceConfiguration, NodeConfiguration};
use ptp_lines::ConfigName;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// The files, and what they said last.
#[derive(Clone, Debug)]
pub(crate) struct NodeFiles {
    places: Places,
    known: NodeConfiguration,
    /// Which instances of it are read from a file without problems.
    whole: BTreeSet<ConfigName>,
}

/// What the files say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Everything that counts.
    pub(crate) configuration: NodeConfiguration,
    /// Everything that does not.
    pub(crate) problems: Vec<Problem>,
    /// Whether something stays as it was last known though it is there, so that it is to be read again.
    pub(crate) is_partial: bool,
    /// Whether something else counts than the last time.
    pub(crate) is_changed: bool,
}

impl NodeFiles {
    /// The files that a configuration names.
    pub(crate) fn new(config: &Config) -> Self {
        Self::at(Places {
            config_dir: config.ptp_config_dir.clone(),
            profile_file: config.profile_file.clone(),
        })
    }

    fn at(places: Places) -> Self {
        Self { places, known: NodeConfiguration::default(), whole: BTreeSet::new() }
    }

    /// Where they are.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// Reads all of them. A missing profile file or directory means that nothing is configured yet.
    pub(crate) fn read(&mut self) -> Reading {
        let mut reading = Reading::default();
        self.read_profiles(&mut reading);
        self.read_instances(&mut reading);
        reading.is_changed = reading.configuration != self.known;
        self.known.clone_from(&reading.configuration);
        let known = &self.known.instances;
        self.whole.retain(|config| known.iter().any(|instance| instance.config == *config));
        reading
    }

    fn read_profiles(&self, reading: &mut Reading) {
        let path = &self.places.profile_file;
        let profiles = match read_text(path) {
            Ok(text) => profile::parse(&text, path, &mut reading.problems),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Vec::new()),
            Err(error) => {
                reading.unreadable(path, &error);
                None
            }
        };
        reading.configuration.profiles = profiles.unwrap_or_else(|| {
            reading.is_partial = true;
            self.known.profiles.clone()
        });
    }

    fn read_instances(&mut self, reading: &mut Reading) {
        let listed = match self.places.process_configs() {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                reading.unreadable(&self.places.config_dir, &error);
                reading.is_partial = true;
                reading.configuration.instances.clone_from(&self.known.instances);
                return;
            }
        };
        if listed.left_out > 0 {
            let expected = format!("at most {NODE_FILES_MAX}; the rest is not read");
            let value = format!("{} process configurations", listed.files.len() + listed.left_out);
            let at = self.places.config_dir.display().to_string();
            reading.problems.push(Problem::new(at, value, expected));
        }
        for (config, path) in listed.files {
            let instance = self.read_instance(config, &path, reading);
            reading.configuration.instances.extend(instance);
        }
    }

    fn read_instance(
        &mut self,
        config: ConfigName,
        path: &Path,
        reading: &mut Reading,
    ) -> Option<InstanceConfiguration> {
        match read_text(path) {
            Ok(text) => {
                let problems_before = reading.problems.len();
                let instance = process_config::parse(config, &text, path, &mut reading.problems);
                if reading.problems.len() == problems_before {
                    self.whole.insert(config);
                    return Some(instance);
                }
                // What never was without problems counts as far as it goes.
                if !self.whole.contains(&config) {
                    return Some(instance);
                }
            }
            // Gone since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => reading.unreadable(path, &error),
        }
        reading.is_partial = true;
        self.known.instances.iter().find(|known| known.config == config).cloned()
    }
}

impl Reading {
    fn unreadable(&mut self, path: &Path, error: &io::Error) {
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
