//! A Kubernetes API with one ConfigMap, as far as a proxy needs it to keep subscriptions.

use super::subject::Launch;
use crate::LabError;
use crate::limits::CLUSTER_BODY_BYTES_MAX;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where pods of the operator are.
const NAMESPACE: &str = "openshift-ptp";

/// What the service account of the pod proves itself with.
const TOKEN: &str = "token-of-the-service-account";

/// The API. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Cluster {
    url: String,
    serving: JoinHandle<()>,
    answers: watch::Sender<bool>,
    objects: Arc<Mutex<Objects>>,
    service_account: TempDir,
}

#[derive(Debug, Default)]
struct Objects {
    config_map: Option<Value>,
    version: u64,
    /// Requests that wait for the cluster to answer.
    waiting: usize,
}

#[derive(Clone)]
struct Api {
    answers: watch::Receiver<bool>,
    objects: Arc<Mutex<Objects>>,
    node_name: String,
}

impl Cluster {
    /// A cluster that has no ConfigMap for this node yet.
    ///
    /// # Errors
    /// When no port or file can be opened.
    pub(super) async fn open(node_name: &str) -> Result<Self, LabError> {
        let listening = |source| LabError::Listen { source };
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(listening)?;
        let url = format!("http://{}", listener.local_addr().map_err(listening)?);
        let service_account = tempfile::tempdir().map_err(LabError::file(std::env::temp_dir()))?;
        let token = service_account.path().join("token");
        std::fs::write(&token, TOKEN).map_err(LabError::file(token))?;
        let (answers, answering) = watch::channel(true);
        let objects = Arc::new(Mutex::new(Objects::default()));
        let api = Api { answers: answering, objects: Arc::clone(&objects), node_name: node_name.to_owned() };
        let router = Router::new()
            .fallback(serve)
            .layer(DefaultBodyLimit::max(CLUSTER_BODY_BYTES_MAX))
            .with_state(api);
        let serving = tokio::spawn(async move {
            // It ends with the task.
            let _ended = axum::serve(listener, router).await;
        });
        Ok(Self { url, serving, answers, objects, service_account })
    }

    /// Has a proxy keep its subscriptions here.
    pub(super) fn mount(&self, launch: &mut Launch) {
        let pairs = [
            ("--namespace", NAMESPACE.into()),
            ("--kubernetes-url", self.url.clone().into()),
            ("--service-account-dir", self.service_account.path().as_os_str().to_owned()),
        ];
        launch.arguments.extend(pairs.into_iter().flat_map(|(flag, value)| [flag.into(), value]));
    }

    /// Puts a ConfigMap with this data in place.
    pub(super) fn put(&self, node_name: &str, data: &Map<String, Value>) {
        let metadata = json!({ "name": node_name, "namespace": NAMESPACE });
        let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data });
        self.lock().keep(object);
    }

    /// Leaves requests without an answer from now on.
    pub(super) fn stop_answering(&self) {
        self.answers.send_replace(false);
    }

    /// Requests that wait for an answer.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// How many entries the ConfigMap has.
    pub(super) fn entries(&self) -> usize {
        let data = self.lock().config_map.as_ref().and_then(|map| map["data"].as_object().map(Map::len));
        data.unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Objects {
    fn keep(&mut self, mut object: Value) {
        self.version += 1;
        object["metadata"]["resourceVersion"] = self.version.to_string().into();
        self.config_map = Some(object);
    }

    /// What the ConfigMap becomes, and the answer.
    fn change(&mut self, method: &Method, body: Option<Value>) -> Response {
        let Some(body) = body.filter(Value::is_object) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let is_current = self
            .config_map
            .as_ref()
            .map(|map| body["metadata"]["resourceVersion"] == map["metadata"]["resourceVersion"]);
        let done = match (method, is_current) {
            (&Method::POST, None) => StatusCode::CREATED,
            (&Method::PUT, Some(true)) => StatusCode::OK,
            (&Method::PUT, None) => return StatusCode::NOT_FOUND.into_response(),
            (&Method::POST, Some(_)) | (&Method::PUT, Some(false)) => {
                return StatusCode::CONFLICT.into_response();
            }
            _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
        };
        self.keep(body);
        (done, axum::Json(self.config_map.clone())).into_response()
    }
}

async fn serve(
    State(mut api): State<Api>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let lock = || api.objects.lock().unwrap_or_else(PoisonError::into_inner);
    lock().waiting += 1;
    // Whoever gives up waits for ever in the count: it has had no answer.
    if api.answers.wait_for(|answers| *answers).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut objects = lock();
    objects.waiting -= 1;
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    if authorization != Some(&format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let all = format!("/api/v1/namespaces/{NAMESPACE}/configmaps");
    let is_all = uri.path() == all;
    if !is_all && uri.path() != format!("{all}/{}", api.node_name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match (&objects.config_map, method == Method::GET) {
        (Some(map), true) if !is_all => axum::Json(map).into_response(),
        (_, true) => StatusCode::NOT_FOUND.into_response(),
        (_, false) => objects.change(&method, serde_json::from_str(&body).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_version_is_replaced() {
        let mut objects = Objects::default();
        let map =
            |version: Option<&str>| Some(json!({ "metadata": { "resourceVersion": version }, "data": {} }));
        let mut status =
            |method: Method, version: Option<&str>| objects.change(&method, map(version)).status().as_u16();
        assert_eq!(status(Method::PUT, None), 404);
        assert_eq!(status(Method::POST, None), 201);
        assert_eq!(status(Method::POST, None), 409);
        assert_eq!(status(Method::PUT, Some("7")), 409);
        assert_eq!(status(Method::PUT, Some("1")), 200);
        assert_eq!(status(Method::PUT, Some("1")), 409);
        assert_eq!(status(Method::DELETE, Some("2")), 405);
    }
}
