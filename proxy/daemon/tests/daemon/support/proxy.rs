//! The proxy process, its socket and its HTTP servers.

use super::Consumer;
use rustix::process::{Pid, Resource, Rlimit};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};

/// The node under test.
pub(crate) const NODE: &str = "compute-1.example.com";

/// The proxy.
const PROGRAM: &str = env!("CARGO_BIN_EXE_cloud-event-proxy");

/// Above anything that a test waits for; only a hanging test meets it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks for the ready file.
const POLL: Duration = Duration::from_millis(2);

/// The files of a node, and the flags of a proxy.
pub(crate) struct Setup {
    directory: TempDir,
    flags: Vec<String>,
    /// Variables of the environment.
    environment: Vec<(String, String)>,
    /// What the shell is to do before it becomes the proxy, if anything.
    prelude: Option<String>,
}

/// A running proxy.
pub(crate) struct Proxy {
    setup: Setup,
    child: Child,
    api: String,
    metrics: String,
    http: reqwest::Client,
}

impl Setup {
    /// A node with one ordinary clock, `ens1f0`, and the socket's clock.
    pub(crate) fn new() -> Self {
        let directory = in_memory();
        for name in ["store", "run", "profiles"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        let setup = Self { directory, flags: Vec::new(), environment: Vec::new(), prelude: None };
        setup.write_profiles(r#"[{"name":"oc"}]"#);
        setup.write_process_config("#profile: oc\n[global]\n[ens1f0]\n");
        setup.flag("--clock", "socket").flag("--seed", "1")
    }

    /// One more flag.
    pub(crate) fn flag(mut self, name: &str, value: &str) -> Self {
        self.flags.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// The machine's clock instead of the socket's.
    pub(crate) fn with_wall_clock(mut self) -> Self {
        self.flags.clear();
        self
    }

    /// Identifiers from the system's entropy, so that those of two runs differ.
    pub(crate) fn with_entropy(mut self) -> Self {
        let seed = self.flags.iter().position(|flag| flag == "--seed").unwrap();
        self.flags.drain(seed..seed + 2);
        self
    }

    /// No more descriptors than this.
    pub(crate) fn with_descriptors(mut self, max: usize) -> Self {
        self.prelude = Some(format!("ulimit -n {max}"));
        self
    }

    /// No more descriptors than this, unless the proxy asks for as many as it may have.
    pub(crate) fn with_descriptors_at_start(mut self, max: usize) -> Self {
        self.prelude = Some(format!("ulimit -S -n {max}"));
        self
    }

    /// A file that must not grow is an error, as on a full disk, and not the end: see [`Proxy::limit_files`].
    pub(crate) fn with_file_limit(mut self) -> Self {
        self.prelude = Some("trap '' XFSZ".to_owned());
        self
    }

    /// One more variable of the environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A path in the directory of this setup.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes `ptp4l.0.config`.
    pub(crate) fn write_process_config(&self, text: &str) {
        fs::write(self.path("run").join("ptp4l.0.config"), text).unwrap();
    }

    /// Writes the profile file of the node.
    pub(crate) fn write_profiles(&self, json: &str) {
        fs::write(self.path("profiles").join(NODE), json).unwrap();
    }

    /// The log so far, of all proxies that were started with this setup.
    pub(crate) fn log(&self) -> Vec<String> {
        fs::read_to_string(self.path("log")).unwrap().lines().map(str::to_owned).collect()
    }

    /// Names of the files of subscriptions in the store.
    pub(crate) fn stored_subscriptions(&self) -> Vec<PathBuf> {
        let paths = fs::read_dir(self.path("store")).unwrap().map(|entry| entry.unwrap().path());
        paths
            .filter(|path| {
                path.file_name().is_some_and(|name| name != "metrics.json" && name != "cluster.json")
            })
            .collect()
    }

    /// The command that starts the proxy.
    pub(crate) fn command(&self) -> Command {
        let mut command = match &self.prelude {
            None => Command::new(PROGRAM),
            Some(prelude) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &format!("{prelude} && exec \"$0\" \"$@\""), PROGRAM]);
                shell
            }
        };
        let flag = |command: &mut Command, name: &str, path: &str| {
            command.arg(name).arg(self.path(path));
        };
        command
            .env_clear()
            .env("NODE_NAME", NODE)
            .envs(self.environment.clone())
            .current_dir(self.directory.path());
        command.args([
            "--metrics-addr",
            "127.0.0.1:0",
            "--api-port",
            "0",
            "--daemon-url",
            "http://127.0.0.1:1",
        ]);
        command.args(["--transport-host", "http://proxy.test:9043"]);
        flag(&mut command, "--store-path", "store");
        flag(&mut command, "--ptp-config-dir", "run");
        flag(&mut command, "--ptp-profile-path", "profiles");
        flag(&mut command, "--event-socket", "events.sock");
        flag(&mut command, "--ready-file", "ready.json");
        command.args(&self.flags).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts the proxy and waits until it serves.
    pub(crate) async fn start(self) -> Proxy {
        // One that a killed proxy has left would name its ports.
        let _ = fs::remove_file(self.path("ready.json"));
        let log = fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = self.command().stderr(log).spawn().unwrap();
        let ready =
            tokio::time::timeout(PATIENCE, ready(&self.path("ready.json"), &mut child)).await.unwrap();
        let url = |key: &str| format!("http://127.0.0.1:{}", ready[key]);
        Proxy {
            api: format!("{}/api/ocloudNotifications/v2", url("api_port")),
            metrics: format!("{}/metrics", url("metrics_port")),
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap(),
            setup: self,
            child,
        }
    }
}

/// The value of a series on a page of metrics.
fn value_of(page: &str, series: &str) -> Option<f64> {
    page.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map(|value| value.parse().unwrap())
}

/// The ready file, once it is there.
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
    /// A proxy with the standard setup.
    pub(crate) async fn start() -> Self {
        Setup::new().start().await
    }

    /// The setup.
    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The address of a path of the API.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    /// A request to the API.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().unwrap(), self.url(path))
    }

    /// Status and body of a request without body.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> (u16, String) {
        let response = self.request(method, path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Where the API is, with http as its scheme.
    pub(crate) fn api(&self) -> &str {
        &self.api
    }

    /// Status and body of a request to subscribe.
    pub(crate) async fn subscribe(&self, resource_address: &str, endpoint: &str) -> (u16, String) {
        let body = json!({ "ResourceAddress": resource_address, "EndpointUri": endpoint });
        let response = self.request("POST", "/subscriptions").body(body.to_string()).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Subscribes a consumer, takes the initial notification, and gives the id.
    pub(crate) async fn subscribed(&self, resource_address: &str, consumer: &mut Consumer) -> String {
        let (status, body) = self.subscribe(resource_address, &consumer.endpoint()).await;
        assert_eq!(status, 201, "{body}");
        consumer.next().await;
        let body: Value = serde_json::from_str(&body).unwrap();
        body["SubscriptionId"].as_str().unwrap().to_owned()
    }

    /// The subscriptions.
    pub(crate) async fn subscriptions(&self) -> Vec<Value> {
        serde_json::from_str(&self.ask("GET", "/subscriptions").await.1).unwrap()
    }

    /// The value of a series on the metrics page.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let page = self.metrics().await;
        value_of(&page, series).unwrap_or_else(|| panic!("no {series} in\n{page}"))
    }

    /// The value of a series, if it is on the metrics page.
    pub(crate) async fn metric_if_any(&self, series: &str) -> Option<f64> {
        value_of(&self.metrics().await, series)
    }

    async fn metrics(&self) -> String {
        self.metrics_page().await.text().await.unwrap()
    }

    /// The metrics page.
    pub(crate) async fn metrics_page(&self) -> reqwest::Response {
        self.http.get(&self.metrics).send().await.unwrap()
    }

    /// The current state of a resource.
    pub(crate) async fn current_state(&self, resource_address: &str) -> Value {
        let (status, body) = self.ask("GET", &format!("{resource_address}/CurrentState")).await;
        assert_eq!(status, 200, "{resource_address}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Kills the proxy, and starts another one on the same files.
    pub(crate) async fn kill_and_restart(self) -> Self {
        self.kill().await.start().await
    }

    /// Kills the proxy, and gives its files.
    pub(crate) async fn kill(self) -> Setup {
        self.signal("KILL").await;
        let (code, setup) = self.end().await;
        assert_eq!(code, None);
        setup
    }

    /// Connects to the event socket.
    pub(crate) async fn connect(&self) -> Lines {
        self.connect_to("events.sock").await
    }

    /// Connects to a socket in the directory of the setup.
    pub(crate) async fn connect_to(&self, socket: &str) -> Lines {
        let (reading, writing) = UnixStream::connect(self.setup.path(socket)).await.unwrap().into_split();
        Lines { writing, reading: BufReader::new(reading) }
    }

    /// Sends lines on a connection of their own and waits until they have taken effect.
    pub(crate) async fn feed(&self, lines: &str) {
        let mut connection = self.connect().await;
        connection.write(lines.as_bytes()).await;
        connection.sync().await;
    }

    /// Asserts that the proxy still takes lines and answers requests.
    pub(crate) async fn assert_serves(&self) {
        self.feed("").await;
        assert_eq!(self.ask("GET", "/health").await, (200, "OK".to_owned()));
    }

    /// How many threads the process has.
    pub(crate) fn threads(&self) -> usize {
        fs::read_dir(format!("/proc/{}/task", self.child.id().unwrap())).unwrap().count()
    }

    /// The soft and the hard bound of descriptors.
    pub(crate) fn descriptor_limits(&self) -> (String, String) {
        let limits = fs::read_to_string(format!("/proc/{}/limits", self.child.id().unwrap())).unwrap();
        let of_files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
        let mut words = of_files.split_whitespace().map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap())
    }

    /// From now on no file can grow beyond so many bytes; none is no limit.
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        let pid = Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap());
        rustix::process::prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }

    /// Sends a signal, by its name.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status().await.unwrap();
        assert!(status.success());
    }

    /// Waits for the end and gives the exit code, none if a signal ended it, and the files.
    pub(crate) async fn end(mut self) -> (Option<i32>, Setup) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        (status.code(), self.setup)
    }
}

/// A connection to the event socket, or to another one that takes lines.
pub(crate) struct Lines {
    writing: OwnedWriteHalf,
    reading: BufReader<OwnedReadHalf>,
}

impl Lines {
    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.writing.write_all(bytes).await.unwrap();
    }

    /// Closes the sending side.
    pub(crate) async fn close_sending(&mut self) {
        self.writing.shutdown().await.unwrap();
    }

    /// Waits until all that was written has taken effect.
    pub(crate) async fn sync(&mut self) {
        self.write(b"CMD SYNC here\n").await;
        assert_eq!(self.answer().await, "SYNC here\n");
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> String {
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, self.reading.read_line(&mut answer)).await.unwrap().unwrap();
        answer
    }
}

/// A folder on a file system in memory, where there is one: how long a disk takes that others are busy with is not what
/// the tests are about.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
