//! The subscriptions in a ConfigMap of the cluster, so that they survive the pod: the second store of
//! redhat-cne/cloud-event-proxy, in its format.
//!
//! The ConfigMap is named after the node; each key is the client id of an endpoint, and its value is the text of that
//! endpoint's file of the store. It is read once, by a store that has not adopted it yet. From then on the store is right,
//! and the ConfigMap follows it: always as a whole, as it is at the time, so that whatever happened to the ConfigMap
//! meanwhile is mended by the next write. Nothing waits for it.

mod config_map;
mod kubernetes;
mod marker;
mod mirror;

pub(crate) use kubernetes::ClusterError;
pub(crate) use mirror::{Candidate, Mirror, Step, Wanted};

use crate::config::Config;
use crate::limits::CLUSTER_CONFLICTS_MAX;
use crate::store::Store;
use config_map::{ConfigMap, Plan};
use kubernetes::Kubernetes;
use marker::Marker;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use url::Url;

/// The ConfigMap of this node.
#[derive(Clone, Debug)]
pub(crate) struct ClusterStore {
    kubernetes: Kubernetes,
    marker: Marker,
    store: Store,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Subscriptions.
    pub(crate) candidates: Vec<Candidate>,
    /// Keys of entries that cannot be read, with the reason.
    pub(crate) unreadable: Vec<(String, String)>,
}

/// What a write has done.
#[derive(Debug)]
pub(crate) struct Written {
    /// Whether there was anything to write.
    pub(crate) is_changed: bool,
    /// Endpoints for which there is no room.
    pub(crate) left_out: usize,
}

impl ClusterStore {
    /// The ConfigMap that the configuration speaks of; none without a namespace or a cluster, which is logged.
    pub(crate) fn find(config: &Config, store: &Store) -> Option<Self> {
        let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let Some(namespace) = &config.namespace else {
            tracing::info!("subscriptions are kept in the store only: no namespace is set");
            return None;
        };
        let url = config.kubernetes_url.clone().or_else(|| {
            api_url(&variable("KUBERNETES_SERVICE_HOST")?, variable("KUBERNETES_SERVICE_PORT").as_deref())
        });
        let Some(url) = url else {
            tracing::warn!(namespace, "subscriptions are kept in the store only: there is no Kubernetes API");
            return None;
        };
        let name = &config.node_name;
        tracing::info!(namespace, name, %url, "subscriptions are kept in a ConfigMap too");
        Some(Self {
            kubernetes: Kubernetes::new(&url, namespace, name, &config.service_account_dir),
            marker: Marker::in_directory(&config.store_path, namespace, name),
            store: store.clone(),
        })
    }

    /// Whether the store has adopted it before.
    pub(crate) fn is_adopted(&self) -> bool {
        self.marker.is_set()
    }

    /// Notes that the store has adopted it, durably.
    pub(crate) fn mark_adopted(&self) -> io::Result<()> {
        self.marker.set()
    }

    /// Reads all entries; none if there is no ConfigMap.
    pub(crate) async fn read(&self) -> Result<Found, ClusterError> {
        let found = self.kubernetes.connect().await?.read().await?;
        Ok(found.map(|map| map.found()).unwrap_or_default())
    }

    /// Makes the ConfigMap what is wanted, but for what others have in it.
    pub(crate) async fn write(&self, wanted: Wanted) -> Result<Written, ClusterError> {
        let mut texts = BTreeMap::new();
        for (client, subscriptions) in &wanted.subscriptions {
            if let Some(first) = subscriptions.first() {
                texts.insert(client.clone(), self.store.file_text(&first.endpoint, subscriptions)?);
            }
        }
        let connection = self.kubernetes.connect().await?;
        for _ in 0..=CLUSTER_CONFLICTS_MAX {
            let found = connection.read().await?;
            let Plan { next, left_out } = self.plan(found, &texts, &wanted.spared);
            let Some(next) = next else { return Ok(Written { is_changed: false, left_out }) };
            match connection.write(&next).await {
                Err(ClusterError::Conflict) => {}
                written => return written.map(|()| Written { is_changed: true, left_out }),
            }
        }
        Err(ClusterError::Conflict)
    }

    fn plan(
        &self,
        found: Option<ConfigMap>,
        texts: &BTreeMap<String, String>,
        spared: &BTreeSet<String>,
    ) -> Plan {
        found.unwrap_or_else(|| self.kubernetes.new_config_map()).plan(texts, spared)
    }
}

/// The API as a pod is told of it.
fn api_url(host: &str, port: Option<&str>) -> Option<Url> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    Url::parse(&format!("https://{host}:{}", port.unwrap_or("443"))).ok()
}

#[cfg(test)]
mod tests;
