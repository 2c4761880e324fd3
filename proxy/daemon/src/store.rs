//! The subscriptions on disk, in the format of redhat-cne/cloud-event-proxy, so that its store can be adopted.
//!
//! One file for each endpoint, named by the UUIDv3 of its URI.

pub(crate) mod durable;

use crate::limits::{STORE_FILE_BYTES_MAX, STORE_FILES_MAX};
use proxy_core::{Subscription, SubscriptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// The directory.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    /// What precedes the id in the address of a subscription.
    subscriptions_url: String,
    /// Kept as long as anything may still be written.
    _lock: Option<Arc<File>>,
}

/// A file, with its keys in the order that is written.
#[derive(Debug, Serialize, Deserialize)]
struct ClientFile {
    #[serde(rename = "clientID")]
    client_id: String,
    #[serde(rename = "subStore")]
    subscriptions: SubscriptionsField,
    #[serde(rename = "EndpointUri")]
    endpoint: String,
    /// 1: active.
    status: i64,
    /// 0: new.
    action: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct SubscriptionsField {
    store: Option<BTreeMap<String, StoredSubscription>>,
}

/// A subscription, with its keys in the order that is written.
#[derive(Debug, Serialize, Deserialize)]
struct StoredSubscription {
    #[serde(rename = "ResourceAddress")]
    resource_address: String,
    #[serde(rename = "EndpointUri")]
    endpoint: String,
    #[serde(rename = "SubscriptionId")]
    id: String,
    #[serde(rename = "UriLocation", default)]
    location: String,
}

impl Store {
    /// A store in a directory, which is made if it is missing. Fails if another proxy has it.
    pub(crate) fn open(directory: &Path, subscriptions_url: String) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let lock = durable::lock(directory)?.map(Arc::new);
        Ok(Self { directory: directory.to_owned(), subscriptions_url, _lock: lock })
    }

    /// All subscriptions on disk. Files that cannot be read are renamed to `*.corrupt`.
    pub(crate) fn read_all(&self) -> io::Result<Vec<Subscription>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("json") if has_uuid_name(&path) => files.push(path),
                // Left behind by a crash between writing and renaming; it was never acknowledged.
                Some("tmp") if path.file_stem().is_some_and(|stem| has_uuid_name(Path::new(stem))) => {
                    fs::remove_file(&path)?;
                }
                Some(_) | None => {}
            }
        }
        files.sort();
        if files.len() > STORE_FILES_MAX {
            tracing::error!(files = files.len(), limit = STORE_FILES_MAX, "too many files in the store");
            files.truncate(STORE_FILES_MAX);
        }
        let (mut all, mut misplaced) = (Vec::new(), Vec::new());
        for path in files {
            let adopted = adopt(&path);
            if adopted.iter().any(|subscription| self.file_of(&subscription.endpoint) != path) {
                misplaced.push((path, adopted.clone()));
            }
            all.extend(adopted);
        }
        for (path, adopted) in misplaced {
            self.relocate(&path, &adopted, &all)?;
        }
        Ok(all)
    }

    /// Makes these the subscriptions of an endpoint, durably. None removes its file.
    pub(crate) fn write(&self, endpoint: &str, subscriptions: &[Subscription]) -> io::Result<()> {
        let path = self.file_of(endpoint);
        if subscriptions.is_empty() {
            durable::remove(&path)
        } else {
            durable::replace(&path, self.file_text(endpoint, subscriptions)?.as_bytes())
        }
    }

    fn file_of(&self, endpoint: &str) -> PathBuf {
        self.directory.join(format!("{}.json", client_id(endpoint)))
    }

    /// Moves the subscriptions of a file to the files of their endpoints: in another place they could not be removed.
    fn relocate(&self, path: &Path, adopted: &[Subscription], all: &[Subscription]) -> io::Result<()> {
        for Subscription { endpoint, .. } in adopted {
            let same: Vec<_> = all.iter().filter(|one| one.endpoint == *endpoint).cloned().collect();
            self.write(endpoint, &same)?;
        }
        let is_the_place_of_none = adopted.iter().all(|one| self.file_of(&one.endpoint) != path);
        if is_the_place_of_none { fs::remove_file(path) } else { Ok(()) }
    }

    /// The text of the file of an endpoint.
    pub(crate) fn file_text(&self, endpoint: &str, subscriptions: &[Subscription]) -> io::Result<String> {
        let store = subscriptions.iter().map(|subscription| {
            let stored = StoredSubscription {
                resource_address: subscription.resource_address.clone(),
                endpoint: subscription.endpoint.to_string(),
                id: subscription.id.0.clone(),
                location: format!("{}{}", self.subscriptions_url, subscription.id.0),
            };
            (subscription.id.0.clone(), stored)
        });
        let file = ClientFile {
            client_id: client_id(endpoint),
            subscriptions: SubscriptionsField { store: Some(store.collect()) },
            endpoint: endpoint.to_owned(),
            status: 1,
            action: 0,
        };
        let mut text = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(b" ");
        file.serialize(&mut serde_json::Serializer::with_formatter(&mut text, format))?;
        String::from_utf8(text).map_err(io::Error::other)
    }
}

fn adopt(path: &Path) -> Vec<Subscription> {
    match read_file(path) {
        Ok(file) => subscriptions(file),
        Err(error) => {
            durable::set_aside(path, &error);
            Vec::new()
        }
    }
}

/// What existing proxies name the client behind an endpoint.
pub(crate) fn client_id(endpoint: &str) -> String {
    Uuid::new_v3(&Uuid::NAMESPACE_URL, endpoint.as_bytes()).hyphenated().to_string()
}

/// Whether a name is one that existing proxies give to a client.
pub(crate) fn is_client_id(name: &str) -> bool {
    Uuid::parse_str(name).is_ok()
}

/// The subscriptions in the text of a file.
pub(crate) fn parse(text: &str) -> serde_json::Result<Vec<Subscription>> {
    serde_json::from_str(text).map(subscriptions)
}

fn has_uuid_name(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_client_id)
}

fn read_file(path: &Path) -> io::Result<ClientFile> {
    Ok(serde_json::from_slice(&durable::read(path, STORE_FILE_BYTES_MAX)?)?)
}

fn subscriptions(file: ClientFile) -> Vec<Subscription> {
    let stored = file.subscriptions.store.unwrap_or_default().into_values();
    stored
        .map(|stored| Subscription {
            id: SubscriptionId(stored.id),
            resource_address: stored.resource_address,
            endpoint: stored.endpoint.into(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
