//! One node under test: its files, its daemon, its proxy.

use crate::{
    FakeDaemon, LabError, LineFeed, NodeDir, ProxyProcess, ProxyProgram, ProxyStart, ReportFeed, RestClient,
    Signal,
};
use ptp_scenario::NodeFiles;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitStatus;

/// The resources that a run subscribes, each on its own as consumers do.
pub const RESOURCES: [&str; 7] = [
    "/sync/ptp-status/lock-state",
    "/sync/sync-status/os-clock-sync-state",
    "/sync/sync-status/sync-state",
    "/sync/ptp-status/clock-class",
    "/sync/gnss-status/gnss-sync-status",
    "/sync/synce-status/lock-state",
    "/sync/synce-status/clock-quality",
];

/// `lock-state` and the like, as its path; anything else is taken as written.
pub fn resource_path(resource: &str) -> String {
    match resource {
        "lock-state" | "clock-class" => format!("/sync/ptp-status/{resource}"),
        "sync-state" | "os-clock-sync-state" => format!("/sync/sync-status/{resource}"),
        "gnss-sync-status" => format!("/sync/gnss-status/{resource}"),
        "synce-lock-state" => "/sync/synce-status/lock-state".to_owned(),
        "synce-clock-quality" => "/sync/synce-status/clock-quality".to_owned(),
        written => written.to_owned(),
    }
}

/// What a node is made of.
#[derive(Clone, Debug)]
pub struct TestbedSettings {
    /// The program that is started as the proxy.
    pub program: ProxyProgram,
    /// The files of the node, and the aliases that its daemon knows.
    pub node: NodeFiles,
    /// For the ids of the proxy.
    pub seed: u64,
    /// Where to keep the node's files; temporary if absent.
    pub keep: Option<PathBuf>,
    /// Further arguments of the proxy; they come last, so that they override those of the testbed.
    pub arguments: Vec<OsString>,
}

/// A node with its proxy.
#[derive(Debug)]
pub struct Testbed {
    // Dropped first: it writes to the folder.
    proxy: Option<ProxyProcess>,
    daemon: FakeDaemon,
    dir: NodeDir,
    settings: TestbedSettings,
}

impl Testbed {
    /// Writes the files, opens the daemon and starts the proxy.
    ///
    /// # Errors
    /// When any of it fails.
    pub async fn start(settings: TestbedSettings) -> Result<Self, LabError> {
        let mut testbed = Self::prepare(settings).await?;
        testbed.start_proxy().await?;
        Ok(testbed)
    }

    /// Writes the files and opens the daemon; [`Testbed::start_proxy`] is for the caller.
    ///
    /// # Errors
    /// When any of it fails.
    pub async fn prepare(settings: TestbedSettings) -> Result<Self, LabError> {
        if let Some(folder) = &settings.keep {
            NodeDir::claim(folder)?;
        }
        let dir = NodeDir::create(&settings.node, settings.keep.as_deref())?;
        let daemon = FakeDaemon::open(settings.node.aliases.clone()).await?;
        Ok(Self { proxy: None, daemon, dir, settings })
    }

    /// Starts the proxy again after its end, on the same files. Its ports may have changed.
    ///
    /// # Errors
    /// When it does not serve.
    pub async fn start_proxy(&mut self) -> Result<(), LabError> {
        let start = ProxyStart {
            dir: &self.dir,
            daemon_url: &self.daemon.url(),
            seed: self.settings.seed,
            further: &self.settings.arguments,
        };
        self.proxy = Some(ProxyProcess::start(&self.settings.program, start).await?);
        Ok(())
    }

    /// What the ids of the next proxy are made from.
    pub fn seed(&self) -> u64 {
        self.settings.seed
    }

    /// Changes the ids that the next proxy gives. Outside of tests no two processes give the same.
    pub fn reseed(&mut self, seed: u64) {
        self.settings.seed = seed;
    }

    /// Tells the proxy, if one runs, to end.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub async fn signal_proxy(&mut self, signal: Signal) -> Result<(), LabError> {
        match &mut self.proxy {
            Some(proxy) => proxy.signal(signal).await,
            None => Ok(()),
        }
    }

    /// Waits for the end of the proxy after [`Testbed::signal_proxy`]. `None` when none was running.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn proxy_end(&mut self) -> Result<Option<ExitStatus>, LabError> {
        match self.proxy.take() {
            Some(proxy) => proxy.end().await.map(Some),
            None => Ok(None),
        }
    }

    /// Why the event socket has failed: the end of the proxy, if it has ended, else what was seen of it.
    pub async fn cause(&mut self, seen: LabError) -> LabError {
        let is_connection = matches!(seen, LabError::Socket { .. } | LabError::SocketClosed);
        match self.proxy.as_mut().filter(|_| is_connection) {
            Some(proxy) => proxy.unexpected_end(&self.dir).await.unwrap_or(seen),
            None => seen,
        }
    }

    /// A new connection of the event socket.
    ///
    /// # Errors
    /// When the proxy does not listen.
    pub async fn connect(&self) -> Result<LineFeed, LabError> {
        LineFeed::connect(&self.dir.event_socket()).await
    }

    /// A new connection of the report socket.
    ///
    /// # Errors
    /// When the proxy does not listen.
    pub async fn connect_reports(&self) -> Result<ReportFeed, LabError> {
        ReportFeed::connect(&self.dir.report_socket()).await
    }

    /// The base URL of the API; empty while no proxy runs.
    pub fn api_base(&self) -> String {
        self.proxy.as_ref().map(ProxyProcess::api_base).unwrap_or_default()
    }

    /// A client of the API. Its requests fail while no proxy runs.
    pub fn client(&self) -> RestClient {
        RestClient::new(self.api_base())
    }

    /// A client of the metrics. Its requests fail while no proxy runs.
    pub fn metrics(&self) -> RestClient {
        RestClient::new(self.proxy.as_ref().map(ProxyProcess::metrics_base).unwrap_or_default())
    }

    /// The address of a resource of this node, for example `/cluster/node/n/sync/ptp-status/lock-state`.
    pub fn address(&self, resource: &str) -> String {
        format!("/cluster/node/{}{resource}", self.settings.node.node_name)
    }

    /// What the proxy has logged so far, since the node was made.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn log(&self) -> Result<String, LabError> {
        let path = self.dir.log_file();
        std::fs::read_to_string(&path).map_err(LabError::file(path))
    }

    /// The files of the node.
    pub fn dir(&self) -> &NodeDir {
        &self.dir
    }

    /// The daemon of the node.
    pub fn daemon(&self) -> &FakeDaemon {
        &self.daemon
    }
}
