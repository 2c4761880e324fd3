//! The files of one node: profile, process configurations, event socket, store, and the proxy's log.
//!
//! Laid out like the mounts of the proxy's container, in a temporary folder or in one that is kept.

use crate::LabError;
use ptp_scenario::NodeFiles;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where the configurations of processes are in the folder of a node.
const CONFIG_DIR: &str = "run";

/// The folder of a node.
#[derive(Debug)]
pub struct NodeDir {
    root: PathBuf,
    node_name: String,
    /// Removes the folder at the end, unless it is to be kept.
    _temporary: Option<TempDir>,
}

impl NodeDir {
    /// Makes the folder, in `keep` if given, else temporary, and writes the node's files.
    ///
    /// # Errors
    /// When folders or files cannot be written.
    pub fn create(node: &NodeFiles, keep: Option<&Path>) -> Result<Self, LabError> {
        let (root, temporary) = match keep {
            Some(path) => (path.to_owned(), None),
            None => {
                let builder = tempfile::Builder::new().prefix("ptp-lab-").tempdir();
                let folder = builder.map_err(LabError::file(std::env::temp_dir()))?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let dir = Self { root, node_name: node.node_name.clone(), _temporary: temporary };
        for folder in [dir.config_dir(), dir.profile_dir(), dir.store_dir()] {
            fs::create_dir_all(&folder).map_err(LabError::file(folder))?;
        }
        dir.write_profile(&node.profile_json)?;
        for (name, text) in &node.configs {
            dir.write_config(name, text)?;
        }
        Ok(dir)
    }

    /// Makes a folder in which a node is to be kept, and sees to it that it does not hold one yet.
    ///
    /// # Errors
    /// When it does, or the folder cannot be made.
    pub fn claim(folder: &Path) -> Result<(), LabError> {
        let configs = folder.join(CONFIG_DIR);
        fs::create_dir_all(folder).map_err(LabError::file(folder))?;
        match fs::create_dir(&configs) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(LabError::Kept { path: folder.to_owned() })
            }
            made => made.map_err(LabError::file(configs)),
        }
    }

    /// Writes the profile of the node.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_profile(&self, json: &str) -> Result<(), LabError> {
        let path = self.profile_dir().join(&self.node_name);
        fs::write(&path, json).map_err(LabError::file(path))
    }

    /// Writes the configuration of a process, for example `ptp4l.0.config`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_config(&self, name: &str, text: &str) -> Result<(), LabError> {
        let path = self.config_dir().join(name);
        fs::write(&path, text).map_err(LabError::file(path))
    }

    /// Removes the configuration of a process.
    ///
    /// # Errors
    /// When there is none, or it cannot be removed.
    pub fn remove_config(&self, name: &str) -> Result<(), LabError> {
        let path = self.config_dir().join(name);
        fs::remove_file(&path).map_err(LabError::file(path))
    }

    /// The name of the node.
    pub fn node_name(&self) -> &str {
        &self.node_name
    }

    /// For `--ptp-config-dir`.
    pub fn config_dir(&self) -> PathBuf {
        self.root.join(CONFIG_DIR)
    }

    /// For `--ptp-profile-path`.
    pub fn profile_dir(&self) -> PathBuf {
        self.root.join("profile")
    }

    /// For `--store-path`.
    pub fn store_dir(&self) -> PathBuf {
        self.root.join("store")
    }

    /// For `--event-socket`.
    pub fn event_socket(&self) -> PathBuf {
        self.root.join("events.sock")
    }

    /// For `--report-socket`.
    pub fn report_socket(&self) -> PathBuf {
        self.root.join("reports.sock")
    }

    /// For `--ready-file`.
    pub fn ready_file(&self) -> PathBuf {
        self.root.join("ready.json")
    }

    /// Where the proxy's output goes.
    pub fn log_file(&self) -> PathBuf {
        self.root.join("proxy.log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_node_is_removed_and_a_kept_one_is_not() {
        let keep = tempfile::tempdir().expect("a temporary folder");
        let node = NodeFiles { node_name: "node1".to_owned(), ..NodeFiles::default() };
        let temporary = NodeDir::create(&node, None).expect("created");
        let kept = NodeDir::create(&node, Some(keep.path())).expect("created");
        let (gone, there) = (temporary.profile_dir().join("node1"), kept.profile_dir().join("node1"));
        assert!(gone.exists() && there.exists());
        drop((temporary, kept));
        assert!(!gone.exists() && there.exists());
    }

    #[test]
    fn a_folder_keeps_one_node() {
        let keep = tempfile::tempdir().expect("a temporary folder");
        let folder = keep.path().join("new").join("node");
        assert!(NodeDir::claim(&folder).is_ok());
        let again = NodeDir::claim(&folder);
        assert!(matches!(again, Err(LabError::Kept { .. })), "{again:?}");
    }
}
