//! The Kubernetes API, as far as one ConfigMap needs it.
//!
//! Token and authorities are read again for each use: the cluster replaces them while the proxy runs.

use super::config_map::ConfigMap;
use crate::limits::{CLUSTER_ANSWER_BYTES_MAX, CLUSTER_REQUEST_TIMEOUT, CREDENTIAL_BYTES_MAX};
use crate::store::durable;
use reqwest::{Certificate, Client, Method, RequestBuilder, StatusCode};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// One ConfigMap.
#[derive(Clone, Debug)]
pub(super) struct Kubernetes {
    /// All ConfigMaps of the namespace.
    all: Url,
    /// This one.
    one: Url,
    namespace: String,
    name: String,
    /// Where `token` and `ca.crt` are.
    credentials: PathBuf,
    timeout: Duration,
}

/// A client with the authorities as they are now.
#[derive(Debug)]
pub(super) struct Connection<'a> {
    kubernetes: &'a Kubernetes,
    client: Client,
}

/// Why the cluster could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// No answer.
    #[error("no answer from the Kubernetes API: {}", with_causes(.0))]
    NoAnswer(#[from] reqwest::Error),
    /// Too slow.
    #[error("the Kubernetes API has not answered within {0:?}")]
    TimedOut(Duration),
    /// An answer that is no success.
    #[error("the Kubernetes API answered {0}")]
    Status(StatusCode),
    /// Somebody else has written, or made, or removed the ConfigMap meanwhile.
    #[error("others keep changing the ConfigMap")]
    Conflict,
    /// More than can be a ConfigMap.
    #[error("the answer of the Kubernetes API is larger than {CLUSTER_ANSWER_BYTES_MAX} bytes")]
    TooLarge,
    /// Something else.
    #[error("the answer of the Kubernetes API is no ConfigMap: {0}")]
    NoConfigMap(#[from] serde_json::Error),
    /// A file of this pod.
    #[error("a file for the Kubernetes API: {0}")]
    File(#[from] io::Error),
}

impl Kubernetes {
    /// A ConfigMap of a namespace.
    pub(super) fn new(api: &Url, namespace: &str, name: &str, credentials: &Path) -> Self {
        let mut all = api.clone();
        if let Ok(mut path) = all.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1", "namespaces", namespace, "configmaps"]);
        }
        let mut one = all.clone();
        if let Ok(mut path) = one.path_segments_mut() {
            path.push(name);
        }
        Self {
            all,
            one,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            credentials: credentials.to_owned(),
            timeout: CLUSTER_REQUEST_TIMEOUT,
        }
    }

    /// The ConfigMap as it is to be made.
    pub(super) fn new_config_map(&self) -> ConfigMap {
        ConfigMap::new(&self.namespace, &self.name)
    }

    /// A client for a few requests.
    pub(super) async fn connect(&self) -> Result<Connection<'_>, ClusterError> {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("cloud-event-proxy/", env!("CARGO_PKG_VERSION")));
        let client = match self.credential("ca.crt").await? {
            Some(pem) => client.tls_certs_only(Certificate::from_pem_bundle(&pem)?),
            None => client,
        };
        Ok(Connection { kubernetes: self, client: client.build()? })
    }

    /// The bytes of a file of the service account, if there is one.
    async fn credential(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.credentials.join(name);
        let read = tokio::task::spawn_blocking(move || durable::read(&path, CREDENTIAL_BYTES_MAX)).await;
        match read.unwrap_or_else(|ended| Err(io::Error::other(ended))) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Connection<'_> {
    /// The ConfigMap; none if there is none.
    pub(super) async fn read(&self) -> Result<Option<ConfigMap>, ClusterError> {
        let request = self.client.request(Method::GET, self.kubernetes.one.clone());
        match self.ask(request).await? {
            (StatusCode::OK, body) => Ok(Some(ConfigMap::parse(&body)?)),
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, _) => Err(ClusterError::Status(status)),
        }
    }

    /// Makes the ConfigMap, or replaces the version that was read.
    pub(super) async fn write(&self, map: &ConfigMap) -> Result<(), ClusterError> {
        let request = if map.exists() {
            self.client.request(Method::PUT, self.kubernetes.one.clone())
        } else {
            self.client.request(Method::POST, self.kubernetes.all.clone())
        };
        match self.ask(request.json(map.json())).await?.0 {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT => Err(ClusterError::Conflict),
            // It has gone since it was read. A namespace that is not there answers the same to what makes it.
            StatusCode::NOT_FOUND if map.exists() => Err(ClusterError::Conflict),
            status => Err(ClusterError::Status(status)),
        }
    }

    /// Status and body of an answer, in time.
    async fn ask(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), ClusterError> {
        let answer = tokio::time::timeout(self.kubernetes.timeout, self.ask_in_any_time(request)).await;
        answer.unwrap_or(Err(ClusterError::TimedOut(self.kubernetes.timeout)))
    }

    async fn ask_in_any_time(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), ClusterError> {
        let token = self.kubernetes.credential("token").await?;
        let request = match &token {
            Some(token) => request.bearer_auth(String::from_utf8_lossy(token).trim()),
            None => request,
        };
        let mut response = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > CLUSTER_ANSWER_BYTES_MAX {
                return Err(ClusterError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }
}

/// An error with what caused it: the client's own text says only that something went wrong.
fn with_causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        text.push_str(": ");
        text.push_str(&one.to_string());
        cause = one.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{ClusterError, Kubernetes};
    use std::time::Duration;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn an_api_that_hangs_is_given_up_after_a_bounded_time() {
        // Connections wait in the backlog of a listener that never accepts.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let timeout = Duration::from_millis(20);
        let kubernetes = Kubernetes { timeout, ..Kubernetes::new(&url, "n", "m", directory.path()) };
        let read = kubernetes.connect().await.unwrap().read().await;
        assert!(matches!(read, Err(ClusterError::TimedOut(after)) if after == timeout));
    }
}
