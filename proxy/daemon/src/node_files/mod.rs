//! The files of the node: its profiles and the configurations of its processes, as the daemon writes them.
//!
//! Reading never fails as a whole: what cannot be read is a [`Problem`], and the rest counts.

mod process_config;
mod profile;

use crate::config::{Config, Problem};
use crate::limits::{NODE_FILE_BYTES_MAX, NODE_FILES_MAX};
use proxy_core::{InstanceConfiguration, NodeConfiguration};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where the files are.
#[derive(Clone, Debug)]
pub(crate) struct NodeFiles {
    config_dir: PathBuf,
    profile_file: PathBuf,
}

/// What changes when a file does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, Option<SystemTime>, u64)>);

impl NodeFiles {
    /// The files that a configuration names.
    pub(crate) fn new(config: &Config) -> Self {
        Self { config_dir: config.ptp_config_dir.clone(), profile_file: config.profile_file.clone() }
    }

    /// Reads all of them. A missing profile file or directory means that nothing is configured yet.
    pub(crate) fn read(&self) -> (NodeConfiguration, Vec<Problem>) {
        let mut problems = Vec::new();
        let profiles = match read_text(&self.profile_file) {
            Ok(text) => profile::parse(&text, &self.profile_file, &mut problems),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                problems.push(unreadable(&self.profile_file, &error));
                Vec::new()
            }
        };
        let instances = self.instances(&mut problems);
        (NodeConfiguration { profiles, instances }, problems)
    }

    /// Times and sizes of all of them.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let files = self.config_files().unwrap_or_default().into_iter().map(|(_, path)| path);
        let all = files.chain([self.profile_file.clone()]).filter_map(|path| {
            let metadata = fs::metadata(&path).ok()?;
            Some((path, metadata.modified().ok(), metadata.len()))
        });
        Fingerprint(all.collect())
    }

    fn instances(&self, problems: &mut Vec<Problem>) -> Vec<InstanceConfiguration> {
        let mut files = match self.config_files() {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                problems.push(unreadable(&self.config_dir, &error));
                return Vec::new();
            }
        };
        if files.len() > NODE_FILES_MAX {
            let expected = format!("at most {NODE_FILES_MAX}; the rest is not read");
            let value = format!("{} process configurations", files.len());
            problems.push(Problem::new(self.config_dir.display().to_string(), value, expected));
            files.truncate(NODE_FILES_MAX);
        }
        let mut instances = Vec::new();
        for (config, path) in files {
            match read_text(&path) {
                Ok(text) => instances.push(process_config::parse(config, &text, &path, problems)),
                Err(error) => problems.push(unreadable(&path, &error)),
            }
        }
        instances
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

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(path.display().to_string(), error.to_string(), "a readable file")
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
