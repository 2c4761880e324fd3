//! The proxy under test, as a process of its own in virtual time.

use crate::limits::{LOG_TAIL_LINES, PROXY_END_SEEN_MAX, PROXY_START_MAX, PROXY_START_POLL, PROXY_STOP_MAX};
use crate::{LabError, NodeDir};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// The program that is started as the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyProgram {
    /// The executable.
    pub path: PathBuf,
    /// Arguments that come before the proxy's own.
    pub leading_arguments: Vec<OsString>,
}

impl ProxyProgram {
    /// The hidden first argument with which `ptp-lab` acts as the proxy.
    pub const AS_PROXY: &'static str = "cloud-event-proxy";

    /// A proxy executable, run as it is.
    pub fn executable(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), leading_arguments: Vec::new() }
    }

    /// `ptp-lab` itself, acting as the proxy.
    pub fn lab(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), leading_arguments: vec![Self::AS_PROXY.into()] }
    }

    /// The executable that the environment names in `PTP_LAB_PROXY`, else `ptp-lab` at this path.
    pub fn from_environment_or_lab(lab: impl Into<PathBuf>) -> Self {
        std::env::var_os("PTP_LAB_PROXY").map_or_else(|| Self::lab(lab), Self::executable)
    }
}

/// What tells a proxy to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM: it may finish what it has begun.
    Terminate,
    /// SIGKILL: at once.
    Kill,
}

/// What a proxy is started with.
#[derive(Clone, Copy, Debug)]
pub struct ProxyStart<'a> {
    /// The files of its node.
    pub dir: &'a NodeDir,
    /// Where its daemon answers.
    pub daemon_url: &'a str,
    /// Makes its ids repeatable.
    pub seed: u64,
    /// Further arguments, which come last and override the others.
    pub further: &'a [OsString],
}

/// A running proxy. Killed when dropped.
#[derive(Debug)]
pub struct ProxyProcess {
    child: Child,
    api_port: u64,
    metrics_port: u64,
}

impl ProxyProcess {
    /// Starts a proxy for a node and waits until it serves.
    ///
    /// # Errors
    /// When it cannot be started, ends, or does not serve in time; the error quotes the end of its log.
    pub async fn start(program: &ProxyProgram, start: ProxyStart<'_>) -> Result<Self, LabError> {
        let dir = start.dir;
        // One that is left over would name the ports of an earlier process.
        match fs::remove_file(dir.ready_file()) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(LabError::file(dir.ready_file())(error)),
        }
        let log = OpenOptions::new().create(true).append(true).open(dir.log_file());
        let log = log.map_err(LabError::file(dir.log_file()))?;
        let log_too = log.try_clone().map_err(LabError::file(dir.log_file()))?;
        let child = Command::new(&program.path)
            .args(&program.leading_arguments)
            .args(arguments(&start))
            .args(start.further)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_too)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| LabError::Spawn { program: program.path.clone(), source })?;
        let mut process = Self { child, api_port: 0, metrics_port: 0 };
        let ready = process.wait_until_ready(dir, PROXY_START_MAX).await?;
        process.api_port = port(&ready, "api_port")?;
        process.metrics_port = port(&ready, "metrics_port")?;
        Ok(process)
    }

    /// The base of the API's addresses.
    pub fn api_base(&self) -> String {
        format!("http://127.0.0.1:{}/api/ocloudNotifications/v2", self.api_port)
    }

    /// The address of the metrics.
    pub fn metrics_base(&self) -> String {
        format!("http://127.0.0.1:{}", self.metrics_port)
    }

    /// Tells the proxy to end.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub async fn signal(&mut self, signal: Signal) -> Result<(), LabError> {
        match signal {
            Signal::Kill => self.child.start_kill().map_err(|source| LabError::Stop { source }),
            Signal::Terminate => self.terminate().await,
        }
    }

    /// Waits for the end of the proxy, which somebody has told it.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn end(self) -> Result<ExitStatus, LabError> {
        self.end_within(PROXY_STOP_MAX).await
    }

    async fn end_within(mut self, max: Duration) -> Result<ExitStatus, LabError> {
        let ended = tokio::time::timeout(max, self.child.wait()).await;
        let ended = ended.map_err(|_elapsed| LabError::DidNotEnd { seconds: max.as_secs() })?;
        ended.map_err(|source| LabError::Stop { source })
    }

    /// That the proxy has ended though nobody has told it, if it has.
    pub(crate) async fn unexpected_end(&mut self, dir: &NodeDir) -> Option<LabError> {
        let status = tokio::time::timeout(PROXY_END_SEEN_MAX, self.child.wait()).await.ok()?.ok()?;
        Some(LabError::Ended { status, log_tail: log_tail(dir) })
    }

    /// Sends SIGTERM through the shell's `kill`: std can only kill.
    async fn terminate(&self) -> Result<(), LabError> {
        // Without an id it has ended already, which `wait` reports.
        let Some(pid) = self.child.id() else { return Ok(()) };
        let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status().await;
        sent.map(|_status| ()).map_err(|source| LabError::Stop { source })
    }

    /// A child process is ready when its ready file is there; looking for it is the only way to learn that.
    async fn wait_until_ready(&mut self, dir: &NodeDir, max: Duration) -> Result<Value, LabError> {
        let waiting = async {
            loop {
                if let Some(ready) = read_ready_file(dir) {
                    return Ok(ready);
                }
                if let Some(status) = self.child.try_wait().map_err(|source| LabError::Stop { source })? {
                    return Err(LabError::EndedEarly { status, log_tail: log_tail(dir) });
                }
                tokio::time::sleep(PROXY_START_POLL).await;
            }
        };
        let not_ready =
            |_elapsed| Err(LabError::NotReady { seconds: max.as_secs(), log_tail: log_tail(dir) });
        tokio::time::timeout(max, waiting).await.unwrap_or_else(not_ready)
    }
}

fn arguments(start: &ProxyStart<'_>) -> Vec<OsString> {
    let ProxyStart { dir, daemon_url, seed, .. } = start;
    let pairs: [(&str, OsString); 15] = [
        ("--node-name", dir.node_name().into()),
        ("--event-socket", dir.event_socket().into()),
        ("--report-socket", dir.report_socket().into()),
        ("--ptp-config-dir", dir.config_dir().into()),
        ("--ptp-profile-path", dir.profile_dir().into()),
        ("--store-path", dir.store_dir().into()),
        ("--ready-file", dir.ready_file().into()),
        ("--daemon-url", (*daemon_url).into()),
        ("--api-host", "127.0.0.1".into()),
        ("--api-port", "0".into()),
        ("--metrics-addr", "127.0.0.1:0".into()),
        ("--clock", "socket".into()),
        ("--delivery-timeout", "2s".into()),
        ("--drain-timeout", "5s".into()),
        ("--seed", seed.to_string().into()),
    ];
    pairs.into_iter().flat_map(|(flag, value)| [flag.into(), value]).collect()
}

/// Present and complete; the proxy may be in the middle of writing it.
fn read_ready_file(dir: &NodeDir) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(dir.ready_file()).ok()?).ok()
}

fn port(ready: &Value, key: &'static str) -> Result<u64, LabError> {
    let named = ready.get(key).and_then(Value::as_u64);
    named.ok_or_else(|| LabError::ReadyFile { missing: key, content: ready.to_string() })
}

fn log_tail(dir: &NodeDir) -> String {
    // Other programs than the proxy may write what is not UTF-8.
    let log = fs::read(dir.log_file()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(dir: &NodeDir) -> ProxyStart<'_> {
        ProxyStart { dir, daemon_url: "", seed: 1, further: &[] }
    }
    use ptp_scenario::NodeFiles;

    fn node() -> NodeFiles {
        NodeFiles { node_name: "node1".to_owned(), ..NodeFiles::default() }
    }

    fn shell(script: &str) -> ProxyProgram {
        let leading_arguments = ["-c", script, "sh"].map(OsString::from).to_vec();
        ProxyProgram { path: "/bin/sh".into(), leading_arguments }
    }

    #[tokio::test]
    async fn a_proxy_that_ends_before_it_serves_is_reported_with_its_log() {
        let dir = NodeDir::create(&node(), None).expect("created");
        let started = ProxyProcess::start(&shell("echo no such folder; exit 78"), alone(&dir)).await;
        let error = started.expect_err("it has ended").to_string();
        assert!(error.contains("exit status: 78") && error.contains("no such folder"), "{error}");
    }

    /// A program that acts like a proxy that serves, and then does what the script says.
    fn ready_then(script: &str) -> ProxyProgram {
        shell(&format!(
            r#"while [ "$1" != --ready-file ]; do shift; done
            echo '{{"api_port":1,"metrics_port":2,"pid":3}}' > "$2"; {script}"#
        ))
    }

    #[tokio::test]
    async fn a_proxy_that_does_not_serve_in_time_is_reported() {
        let dir = NodeDir::create(&node(), None).expect("created");
        let mut process =
            ProxyProcess::start(&ready_then("exec sleep 60"), alone(&dir)).await.expect("ready");
        fs::remove_file(dir.ready_file()).expect("it was there");
        let waited = process.wait_until_ready(&dir, Duration::ZERO).await;
        assert!(matches!(waited, Err(LabError::NotReady { seconds: 0, .. })), "{waited:?}");
    }

    #[tokio::test]
    async fn a_proxy_that_does_not_end_in_time_is_reported() {
        let dir = NodeDir::create(&node(), None).expect("created");
        let process = ProxyProcess::start(&ready_then("exec sleep 60"), alone(&dir)).await.expect("ready");
        let ended = process.end_within(Duration::ZERO).await;
        assert!(matches!(ended, Err(LabError::DidNotEnd { seconds: 0 })), "{ended:?}");
    }

    #[tokio::test]
    async fn a_proxy_that_ends_on_its_own_is_reported_with_the_end_of_its_log() {
        let dir = NodeDir::create(&node(), None).expect("created");
        let script = format!("seq {}; exit 3", LOG_TAIL_LINES + 1);
        let mut process = ProxyProcess::start(&ready_then(&script), alone(&dir)).await.expect("ready");
        let Some(LabError::Ended { status, log_tail }) = process.unexpected_end(&dir).await else {
            panic!("it has ended");
        };
        assert_eq!((status.code(), log_tail.lines().next()), (Some(3), Some("2")));
        assert_eq!(log_tail.lines().count(), LOG_TAIL_LINES);
    }

    #[tokio::test]
    async fn the_ports_of_a_proxy_come_from_its_ready_file() {
        let dir = NodeDir::create(&node(), None).expect("created");
        let mut process =
            ProxyProcess::start(&ready_then("exec sleep 60"), alone(&dir)).await.expect("ready");
        assert_eq!(process.api_base(), "http://127.0.0.1:1/api/ocloudNotifications/v2");
        assert_eq!(process.metrics_base(), "http://127.0.0.1:2");
        process.signal(Signal::Terminate).await.expect("it can be told");
        let status = process.end().await.expect("it ends");
        assert!(!status.success());
    }
}
