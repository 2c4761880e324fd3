//! A ConfigMap as the Kubernetes API has it, of which only the entries of this proxy are changed.

use super::{Candidate, Found};
use crate::limits::CONFIG_MAP_BYTES_MAX;
use crate::store;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The object; everything in it that has no meaning here is sent back as it came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConfigMap {
    object: Map<String, Value>,
}

/// What is to be written.
#[derive(Debug)]
pub(super) struct Plan {
    /// The object; none if it is what is wanted already.
    pub(super) next: Option<ConfigMap>,
    /// Entries for which there is no room.
    pub(super) left_out: usize,
}

/// Whose an entry is.
enum Entry {
    /// It holds the subscriptions of an endpoint.
    Client(Vec<proxy_core::Subscription>),
    /// It is named like one, and cannot be read.
    Unreadable(serde_json::Error),
    /// Somebody else has put it there.
    Foreign,
}

impl ConfigMap {
    /// One that does not exist yet.
    pub(super) fn new(namespace: &str, name: &str) -> Self {
        let mut object = Map::new();
        object.insert("apiVersion".to_owned(), "v1".into());
        object.insert("kind".to_owned(), "ConfigMap".into());
        object.insert("metadata".to_owned(), json!({ "name": name, "namespace": namespace }));
        Self { object }
    }

    /// An answer of the API.
    pub(super) fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        Ok(Self { object: serde_json::from_slice(bytes)? })
    }

    /// Whether the API has it: then writing it replaces that version and no other.
    pub(super) fn exists(&self) -> bool {
        self.object.get("metadata").is_some_and(|metadata| metadata["resourceVersion"].is_string())
    }

    /// The object as JSON.
    pub(super) fn json(&self) -> &Map<String, Value> {
        &self.object
    }

    /// All subscriptions in it.
    pub(super) fn found(&self) -> Found {
        let mut found = Found::default();
        for (key, value) in self.data() {
            match entry(key, value) {
                Entry::Client(subscriptions) => found.candidates.extend(
                    subscriptions
                        .into_iter()
                        .map(|subscription| Candidate { key: key.clone(), subscription }),
                ),
                Entry::Unreadable(error) => found.unreadable.push((key.clone(), error.to_string())),
                Entry::Foreign => {}
            }
        }
        found
    }

    /// The object with these entries and no others of this kind. Entries of others, those that cannot be read, and those
    /// that are spared stay. What does not fit is left out, rather than kept as it was: nobody is to come back.
    pub(super) fn plan(self, texts: &BTreeMap<String, String>, spared: &BTreeSet<String>) -> Plan {
        let mut data: Map<String, Value> = self
            .data()
            .filter(|(key, value)| {
                let stays = spared.contains(*key) || !matches!(entry(key, value), Entry::Client(_));
                stays && !texts.contains_key(*key)
            })
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let binary = self.object.get("binaryData").and_then(Value::as_object).into_iter().flatten();
        let mut bytes: usize = data.iter().chain(binary).map(|(key, value)| size(key, value)).sum();
        let mut left_out = 0;
        for (key, text) in texts {
            let with_this = bytes + key.len() + text.len();
            if with_this > CONFIG_MAP_BYTES_MAX {
                left_out += 1;
            } else {
                bytes = with_this;
                data.insert(key.clone(), text.as_str().into());
            }
        }
        let is_same = self.data().eq(data.iter());
        let mut object = self.object;
        object.insert("data".to_owned(), data.into());
        Plan { next: (!is_same).then_some(Self { object }), left_out }
    }

    fn data(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.object.get("data").and_then(Value::as_object).into_iter().flatten()
    }
}

fn size(key: &str, value: &Value) -> usize {
    key.len() + value.as_str().map_or(0, str::len)
}

fn entry(key: &str, value: &Value) -> Entry {
    match value.as_str().filter(|_| store::is_client_id(key)).map(store::parse) {
        None => Entry::Foreign,
        Some(Ok(subscriptions)) => Entry::Client(subscriptions),
        Some(Err(error)) => Entry::Unreadable(error),
    }
}
