//! The mark of a store that has adopted a ConfigMap: from then on the store is right.

use crate::limits::CREDENTIAL_BYTES_MAX;
use crate::store::durable;
use std::io;
use std::path::{Path, PathBuf};

/// A file in the store. It names the ConfigMap, so that another one is adopted too.
#[derive(Clone, Debug)]
pub(super) struct Marker {
    path: PathBuf,
    text: String,
}

impl Marker {
    /// The mark in a directory for a ConfigMap.
    pub(super) fn in_directory(directory: &Path, namespace: &str, name: &str) -> Self {
        let text = serde_json::json!({ "namespace": namespace, "name": name }).to_string();
        Self { path: directory.join("cluster.json"), text }
    }

    /// Whether it is there.
    pub(super) fn is_set(&self) -> bool {
        durable::read(&self.path, CREDENTIAL_BYTES_MAX).is_ok_and(|found| found == self.text.as_bytes())
    }

    /// Sets it durably.
    pub(super) fn set(&self) -> io::Result<()> {
        durable::replace(&self.path, self.text.as_bytes())
    }
}
