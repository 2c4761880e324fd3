//! Where the files of the node are, and what tells that one of them is another than before.

use super::process_config;
use crate::limits::NODE_FILES_MAX;
use ptp_lines::ConfigName;
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::SystemTime;

/// Where the files are.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Directory of the process configurations.
    pub(crate) config_dir: PathBuf,
    /// The node's profile file.
    pub(crate) profile_file: PathBuf,
}

/// What changes when a file does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, Stamp)>);

/// What changes when one file does, be it written again or replaced by another one, for example by a symbolic link that
/// is swapped, as those of a mounted ConfigMap are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    device: u64,
    inode: u64,
}

/// Process configurations with their names, in order.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) files: BTreeMap<ConfigName, PathBuf>,
    /// How many more there are than are read.
    pub(super) left_out: usize,
}

impl Places {
    /// Of all files; none if they cannot be listed. Follows symbolic links, and reads no file.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        let listed = match self.process_configs() {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Listed::default(),
            Err(_) => return None,
        };
        let files = listed.files.into_values().chain([self.profile_file.clone()]);
        let stamped = files.filter_map(|path| {
            let stamp = Stamp::of(&fs::metadata(&path).ok()?);
            Some((path, stamp))
        });
        Some(Fingerprint(stamped.collect()))
    }

    /// The process configurations, as many as are read.
    pub(super) fn process_configs(&self) -> io::Result<Listed> {
        let mut listed = Listed::default();
        for entry in fs::read_dir(&self.config_dir)? {
            let entry = entry?;
            let Some(config) = entry.file_name().to_str().and_then(process_config::config_name) else {
                continue;
            };
            listed.files.insert(config, entry.path());
            if listed.files.len() > NODE_FILES_MAX {
                listed.files.pop_last();
                listed.left_out += 1;
            }
        }
        Ok(listed)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            bytes: metadata.len(),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}
