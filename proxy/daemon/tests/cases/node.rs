//! A node: its files, and a proxy process on it.

use crate::case::NodeConfig;
use crate::peers::Consumer;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cloud-event-proxy");

/// Between two looks for the ready file.
const POLL: Duration = Duration::from_millis(2);

/// The files of a node.
#[derive(Debug)]
pub(crate) struct Node {
    directory: TempDir,
    name: String,
}

/// A proxy that serves.
#[derive(Debug)]
pub(crate) struct Proxy {
    node: Node,
    api: String,
    metrics: String,
    http: reqwest::Client,
    /// Killed when it is dropped.
    _child: Child,
}

impl Node {
    /// Writes the files where the flags of [`Node::command`] point.
    pub(crate) fn write(config: &NodeConfig) -> Self {
        let node = Self { directory: tempfile::tempdir().unwrap(), name: config.node.clone() };
        for folder in ["store", "run", "profiles"] {
            fs::create_dir(node.path(folder)).unwrap();
        }
        match &config.node_profile_json {
            Value::Null => {}
            Value::String(text) => fs::write(node.path("profiles").join(&config.node), text).unwrap(),
            profiles @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                fs::write(node.path("profiles").join(&config.node), profiles.to_string()).unwrap()
            }
        }
        for (name, text) in &config.files {
            fs::write(node.path("run").join(name), text).unwrap();
        }
        if let Some(store) = &config.store_metrics_json {
            fs::write(node.path("store").join("metrics.json"), store.to_string()).unwrap();
        }
        node
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn event_socket(&self) -> PathBuf {
        self.path("events.sock")
    }

    /// The command that starts a proxy on this node; the node's name is still to be set.
    pub(crate) fn command(&self, daemon_url: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env_clear().current_dir(self.directory.path());
        command.args(["--metrics-addr", "127.0.0.1:0", "--api-port", "0", "--daemon-url", daemon_url]);
        command.args(["--transport-host", "http://proxy.test:9043", "--clock", "socket", "--seed", "1"]);
        for (flag, name) in [
            ("--store-path", "store"),
            ("--ptp-config-dir", "run"),
            ("--ptp-profile-path", "profiles"),
            ("--event-socket", "events.sock"),
            ("--ready-file", "ready.json"),
        ] {
            command.arg(flag).arg(self.path(name));
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts a proxy, with more flags, and waits until it serves.
    pub(crate) async fn start(self, daemon_url: &str, flags: &[&str]) -> Proxy {
        let mut command = self.command(daemon_url);
        command.env("NODE_NAME", &self.name).args(flags).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let ready = ready(&self.path("ready.json"), &mut child).await;
        let url = |key: &str| format!("http://127.0.0.1:{}", ready[key]);
        Proxy {
            api: format!("{}/api/ocloudNotifications/v2", url("api_port")),
            metrics: format!("{}/metrics", url("metrics_port")),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            node: self,
            _child: child,
        }
    }
}

async fn ready(path: &Path, child: &mut Child) -> Value {
    loop {
        if let Ok(text) = fs::read_to_string(path) {
            return serde_json::from_str(&text).unwrap();
        }
        assert_eq!(child.try_wait().unwrap(), None, "the proxy has ended before it was ready");
        tokio::time::sleep(POLL).await;
    }
}

impl Proxy {
    /// The address of a resource of the node.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("/cluster/node/{}{path}", self.node.name)
    }

    /// Subscribes a consumer to everything of the node, so that it gets all events in one order, and takes the initial
    /// notification.
    pub(crate) async fn subscribe(&self, consumer: &mut Consumer) {
        let body = json!({ "ResourceAddress": self.address("/sync"), "EndpointUri": consumer.endpoint });
        let request = self.http.post(format!("{}/subscriptions", self.api)).body(body.to_string());
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 201, "{}", response.text().await.unwrap());
        assert_eq!(consumer.take().len(), 1, "initial notifications");
    }

    /// Status and body of a request to the API.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.http.get(format!("{}{path}", self.api)).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
    }

    /// The metrics page.
    pub(crate) async fn metrics_page(&self) -> String {
        self.http.get(&self.metrics).send().await.unwrap().text().await.unwrap()
    }

    /// The value of a series of the metrics page.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let page = self.metrics_page().await;
        let value = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {series} in\n{page}")).parse().unwrap()
    }

    /// Connects to the event socket.
    pub(crate) async fn connect(&self) -> Lines {
        let (reading, writing) = UnixStream::connect(self.node.event_socket()).await.unwrap().into_split();
        Lines { writing, reading: BufReader::new(reading) }
    }
}

/// A connection to the event socket.
pub(crate) struct Lines {
    writing: OwnedWriteHalf,
    reading: BufReader<OwnedReadHalf>,
}

impl Lines {
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.writing.write_all(bytes).await.unwrap();
    }

    /// Waits until all that was written has taken effect and was delivered.
    pub(crate) async fn sync(&mut self) {
        self.write(b"CMD SYNC here\n").await;
        let mut answer = String::new();
        self.reading.read_line(&mut answer).await.unwrap();
        assert_eq!(answer, "SYNC here\n");
    }

    /// Closes the connection and waits until the proxy has seen all of it: it lets its side go after that.
    pub(crate) async fn finish(mut self) {
        // Fails when the proxy has closed the connection already.
        let _closed = self.writing.shutdown().await;
        self.reading.read_to_end(&mut Vec::new()).await.unwrap();
    }
}
