//! How states of the node are changed: as lines of linuxptp, or by a command of the user's.

use crate::LabError;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitStatus;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use tokio::process::Command;

/// How states of an endpoint that is not ours are changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// Lines of linuxptp for the node's first ptp4l, written to this UNIX socket.
    Socket {
        /// Where the endpoint's proxy listens.
        path: PathBuf,
        /// The interface that ptp4l follows on.
        interface: String,
    },
    /// A command for the shell; `PTP_RESOURCE` and `PTP_VALUE` say what is to become what.
    Command(OsString),
}

/// The exit status with which a command says that it cannot bring about a state, after `sysexits.h`.
pub const UNAVAILABLE: i32 = 69;

/// Why a state could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum StimulusError {
    /// The lines could not be written.
    #[error("the lines cannot be written: {0}")]
    Socket(#[from] std::io::Error),
    /// The node under test cannot be written to.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The command failed.
    #[error("the stimulus command ended with {status} for {resource} {value}")]
    Command {
        /// How it ended.
        status: ExitStatus,
        /// What was to change.
        resource: String,
        /// Into what.
        value: String,
    },
    /// Nothing here brings about this state.
    #[error("the stimulus cannot make {resource} {value}")]
    Unavailable {
        /// What was to change.
        resource: String,
        /// Into what.
        value: String,
    },
}

/// The lines of linuxptp that bring about states of one ordinary clock, with a receiver and a SyncE port beside it.
#[derive(Clone, Debug)]
pub struct Lines {
    interface: String,
    /// The latest value of each resource, by its path.
    now: BTreeMap<String, String>,
}

/// What brings about a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// It is so already.
    Nothing,
    /// Lines.
    Lines(Vec<String>),
    /// Only the end of the holdover does.
    HoldoverRunsOut,
}

const LOCK_STATE: &str = "/sync/ptp-status/lock-state";
const OS_CLOCK: &str = "/sync/sync-status/os-clock-sync-state";

/// The configuration that the lines name.
const CONFIG: &str = "ptp4l.0.config";

/// How long the profile of the node lets a holdover last, in seconds: the default of the operator.
pub const HOLDOVER_S: u32 = 5;

impl Lines {
    /// Lines for a clock on an interface.
    pub fn new(interface: &str) -> Self {
        Self { interface: interface.to_owned(), now: BTreeMap::new() }
    }

    /// Forgets what was said, as after a restart of the node.
    pub fn forget(&mut self) {
        self.now.clear();
    }

    /// What makes a resource, named by its path, have a value. `None` when no lines do.
    pub fn means(&mut self, resource: &str, value: &str) -> Option<Means> {
        if self.now.get(resource).is_some_and(|now| now == value) {
            return Some(Means::Nothing);
        }
        let means = self.find(resource, value)?;
        self.now.insert(resource.to_owned(), value.to_owned());
        if resource == LOCK_STATE && value != "LOCKED" {
            // The system clock is no better than the clock that it follows, and rises with a sample of its own.
            self.now.insert(OS_CLOCK.to_owned(), value.to_owned());
        }
        Some(means)
    }

    fn find(&mut self, resource: &str, value: &str) -> Option<Means> {
        let before = self.now.get(resource).map(String::as_str);
        let lines = match (resource, value) {
            (LOCK_STATE, "FREERUN") if before == Some("HOLDOVER") => {
                return Some(Means::HoldoverRunsOut);
            }
            (LOCK_STATE, "HOLDOVER") if before != Some("LOCKED") => return None,
            (LOCK_STATE, _) => self.lock_state(value)?,
            (OS_CLOCK, "LOCKED") => vec![self.os_sample(12)],
            (OS_CLOCK, "FREERUN") => vec![self.os_sample(99_999)],
            ("/sync/ptp-status/clock-class", class) => {
                vec![format!("ptp4l[1700000000]:[{CONFIG}] CLOCK_CLASS_CHANGE {class}")]
            }
            ("/sync/gnss-status/gnss-sync-status", state) => vec![self.gnss(state)?],
            ("/sync/synce-status/lock-state", state) => vec![self.synce_state(state)?],
            ("/sync/synce-status/clock-quality", quality) => vec![self.synce_quality(quality)?],
            _ => return None,
        };
        Some(Means::Lines(lines))
    }

    fn lock_state(&self, value: &str) -> Option<Vec<String>> {
        let slave = [
            self.transition("LISTENING to UNCALIBRATED on RS_SLAVE"),
            self.transition("UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED"),
        ];
        match value {
            "LOCKED" => Some([&slave[..], &[self.ptp_sample(7)]].concat()),
            "FREERUN" => Some(vec![self.ptp_sample(99_999)]),
            "HOLDOVER" => {
                Some(vec![self.transition("SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES")])
            }
            _ => None,
        }
    }

    /// One line that repeats the state in which a resource is, with another figure; `None` if there is no such line.
    pub fn repetition(&self, resource: &str, number: usize) -> Option<String> {
        let now = self.now.get(resource)?;
        let offset_ns = i64::try_from(number % 50).ok()?;
        match (resource, now.as_str()) {
            (LOCK_STATE, "LOCKED") => Some(self.ptp_sample(offset_ns)),
            (OS_CLOCK, "LOCKED") => Some(self.os_sample(offset_ns)),
            ("/sync/ptp-status/clock-class", class) => {
                Some(format!("ptp4l[1700000000]:[{CONFIG}] CLOCK_CLASS_CHANGE {class}"))
            }
            ("/sync/gnss-status/gnss-sync-status", state) => self.gnss(state),
            ("/sync/synce-status/lock-state", state) => self.synce_state(state),
            ("/sync/synce-status/clock-quality", quality) => self.synce_quality(quality),
            _ => None,
        }
    }

    fn transition(&self, text: &str) -> String {
        format!("ptp4l[100.000]: [{CONFIG}] port 1 ({}): {text}", self.interface)
    }

    fn ptp_sample(&self, offset_ns: i64) -> String {
        format!(
            "ptp4l[100.000]: [{CONFIG}] master offset {offset_ns:10} s2 freq   +1931 path delay       469"
        )
    }

    fn os_sample(&self, offset_ns: i64) -> String {
        format!(
            "phc2sys[100.000]: [{CONFIG}] CLOCK_REALTIME phc offset {offset_ns:9} s2 freq  -12024 delay    522"
        )
    }

    fn gnss(&self, state: &str) -> Option<String> {
        let (fix, used) = match state {
            "SYNCHRONIZED" => (3, "s2"),
            "ACQUIRING-SYNC" => (3, "s0"),
            "FAILURE-NOFIX" => (0, "s0"),
            _ => return None,
        };
        Some(format!(
            "gnss[1700000000]:[ts2phc.0.config] {} gnss_status {fix} offset 5 {used}",
            self.interface
        ))
    }

    fn synce_state(&self, state: &str) -> Option<String> {
        let (eec, servo) = match state {
            "LOCKED" => ("EEC_LOCKED", "s2"),
            "HOLDOVER" => ("EEC_HOLDOVER", "s1"),
            "FREERUN" => ("EEC_FREERUN", "s0"),
            _ => return None,
        };
        let interface = &self.interface;
        Some(format!(
            "synce4l[1700000000]:[synce4l.0.config] {interface} device synce1 eec_state {eec} network_option 2 {servo}"
        ))
    }

    /// The quality by its SSM code, in decimal.
    fn synce_quality(&self, code: &str) -> Option<String> {
        let (name, ext_ql, ql) = match code {
            "1" => ("PRTC", "0x20", "0x1"),
            "15" => ("DUS", "0xff", "0xf"),
            _ => return None,
        };
        let interface = &self.interface;
        Some(format!(
            "synce4l[1700000000]:[synce4l.0.config] {interface} clock_quality {name} device synce1 ext_ql {ext_ql} \
             network_option 2 ql {ql} s2"
        ))
    }
}

/// Writes lines on a connection of the socket.
///
/// # Errors
/// When the endpoint has closed it.
pub async fn write_lines(connection: &mut UnixStream, lines: &[String]) -> Result<(), StimulusError> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Ok(connection.write_all(text.as_bytes()).await?)
}

/// Runs the user's command for a state.
///
/// # Errors
/// When it fails, or says that it cannot.
pub async fn run_command(command: &OsString, resource: &str, value: &str) -> Result<(), StimulusError> {
    let status = Command::new("sh")
        .arg("-c")
        .arg(command)
        .env("PTP_RESOURCE", resource)
        .env("PTP_VALUE", value)
        .kill_on_drop(true)
        .status()
        .await?;
    let (resource, value) = (resource.to_owned(), value.to_owned());
    match status.code() {
        Some(0) => Ok(()),
        Some(UNAVAILABLE) => Err(StimulusError::Unavailable { resource, value }),
        Some(_) | None => Err(StimulusError::Command { status, resource, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_holds_needs_nothing() {
        let mut lines = Lines::new("ens1f0");
        assert!(matches!(lines.means(LOCK_STATE, "LOCKED"), Some(Means::Lines(_))));
        assert_eq!(lines.means(LOCK_STATE, "LOCKED"), Some(Means::Nothing));
        lines.forget();
        assert!(matches!(lines.means(LOCK_STATE, "LOCKED"), Some(Means::Lines(_))));
    }

    #[test]
    fn holdover_comes_from_locked_and_ends_by_itself() {
        let mut lines = Lines::new("ens1f0");
        assert_eq!(lines.means(LOCK_STATE, "HOLDOVER"), None);
        lines.means(LOCK_STATE, "LOCKED");
        assert!(matches!(lines.means(LOCK_STATE, "HOLDOVER"), Some(Means::Lines(_))));
        assert_eq!(lines.means(LOCK_STATE, "FREERUN"), Some(Means::HoldoverRunsOut));
    }

    #[tokio::test]
    async fn a_command_is_told_what_is_to_become_what() {
        let checks = "[ \"$PTP_RESOURCE $PTP_VALUE\" = '/sync/x LOCKED' ]";
        assert!(run_command(&checks.into(), "/sync/x", "LOCKED").await.is_ok());
        let failed = run_command(&checks.into(), "/sync/x", "FREERUN").await;
        assert!(matches!(failed, Err(StimulusError::Command { .. })), "{failed:?}");
        let cannot = run_command(&"exit 69".into(), "/sync/x", "FREERUN").await;
        assert!(matches!(cannot, Err(StimulusError::Unavailable { .. })), "{cannot:?}");
    }
}
