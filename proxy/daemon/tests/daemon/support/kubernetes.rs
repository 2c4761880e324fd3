//! A Kubernetes API with one ConfigMap, which misbehaves as it is told.

use super::consumer::Manner;
use super::proxy::{NODE, Setup};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

const NAMESPACE: &str = "openshift-ptp";

/// The API. Status 204 as its manner is to serve as it should.
pub(crate) struct Kubernetes {
    url: String,
    manner: watch::Sender<Manner>,
    cluster: Arc<Mutex<Cluster>>,
    service_account: TempDir,
}

#[derive(Default)]
struct Cluster {
    config_map: Option<Value>,
    version: u64,
    /// Requests that have come.
    requests: Vec<Method>,
    /// Requests that wait for another manner.
    held: usize,
    /// How many times somebody else is quicker.
    conflicts: usize,
    token: String,
}

impl Cluster {
    fn keep(&mut self, mut object: Value) {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.config_map = Some(object);
    }
}

#[derive(Clone)]
struct Api {
    manner: watch::Receiver<Manner>,
    cluster: Arc<Mutex<Cluster>>,
}

impl Kubernetes {
    /// A cluster without a ConfigMap.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (manner, manners) = watch::channel(Manner::Status(204));
        let cluster = Arc::new(Mutex::new(Cluster::default()));
        let api = Api { manner: manners, cluster: Arc::clone(&cluster) };
        let router = Router::new().fallback(serve).with_state(api);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let kubernetes = Self { url, manner, cluster, service_account: tempfile::tempdir().unwrap() };
        kubernetes.rotate_token("first");
        kubernetes
    }

    /// Only this token is accepted from now on.
    pub(crate) fn rotate_token(&self, token: &str) {
        fs::write(self.service_account.path().join("token"), format!("{token}\n")).unwrap();
        token.clone_into(&mut self.cluster.lock().unwrap().token);
    }

    /// A setup whose proxy keeps its subscriptions here.
    pub(crate) fn setup(&self) -> Setup {
        let account: PathBuf = self.service_account.path().into();
        Setup::new()
            .with_entropy()
            .flag("--namespace", NAMESPACE)
            .flag("--kubernetes-url", &self.url)
            .flag("--service-account-dir", account.to_str().unwrap())
    }

    /// Answers in another manner from now on; those who wait are answered too.
    pub(crate) fn answer(&self, manner: Manner) {
        self.manner.send(manner).unwrap();
    }

    /// Serves as it should.
    pub(crate) fn recover(&self) {
        self.answer(Manner::Status(204));
    }

    /// Somebody else is quicker this many times.
    pub(crate) fn conflict(&self, times: usize) {
        self.cluster.lock().unwrap().conflicts = times;
    }

    /// Puts a ConfigMap with this data in place.
    pub(crate) fn put(&self, data: Value) {
        let metadata = json!({ "name": NODE, "namespace": NAMESPACE, "labels": { "of": "others" } });
        let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data });
        self.cluster.lock().unwrap().keep(object);
    }

    /// Loses the ConfigMap.
    pub(crate) fn forget(&self) {
        self.cluster.lock().unwrap().config_map = None;
    }

    /// The object; null if there is none.
    pub(crate) fn object(&self) -> Value {
        self.cluster.lock().unwrap().config_map.clone().unwrap_or_default()
    }

    /// The data of the ConfigMap; empty if there is none.
    pub(crate) fn data(&self) -> Map<String, Value> {
        self.object()["data"].as_object().cloned().unwrap_or_default()
    }

    /// Requests that wait for their answer.
    pub(crate) fn held(&self) -> usize {
        self.cluster.lock().unwrap().held
    }

    /// Requests that would change the ConfigMap, so far.
    pub(crate) fn writes(&self) -> usize {
        let cluster = self.cluster.lock().unwrap();
        cluster.requests.iter().filter(|method| **method != Method::GET).count()
    }
}

async fn serve(
    State(api): State<Api>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    api.cluster.lock().unwrap().requests.push(method.clone());
    api.cluster.lock().unwrap().held += 1;
    let manner = *api.manner.clone().wait_for(|manner| *manner != Manner::Never).await.unwrap();
    let mut cluster = api.cluster.lock().unwrap();
    cluster.held -= 1;
    if manner != Manner::Status(204) {
        let Manner::Status(status) = manner else { panic!("{manner:?} is no manner of this API") };
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    if headers["authorization"] != format!("Bearer {}", cluster.token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let all = format!("/api/v1/namespaces/{NAMESPACE}/configmaps");
    let body = serde_json::from_str::<Value>(&body);
    if method == Method::POST && uri.path() == all {
        return match cluster.config_map {
            Some(_) => StatusCode::CONFLICT.into_response(),
            None => {
                cluster.keep(body.unwrap());
                StatusCode::CREATED.into_response()
            }
        };
    }
    assert_eq!(uri.path(), format!("{all}/{NODE}"));
    let Some(mut present) = cluster.config_map.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if method == Method::GET {
        return axum::Json(present).into_response();
    }
    assert_eq!(method, Method::PUT);
    if cluster.conflicts > 0 {
        cluster.conflicts -= 1;
        present["data"]["theirs"] = json!(format!("{} more", cluster.conflicts));
        cluster.keep(present.clone());
    }
    let body = body.unwrap();
    if body["metadata"]["resourceVersion"].as_str() != Some(&cluster.version.to_string()) {
        return StatusCode::CONFLICT.into_response();
    }
    cluster.keep(body);
    StatusCode::OK.into_response()
}
