//! An endpoint that somebody else runs.

use super::Need;
use crate::conform::stimulus::{self, HOLDOVER_S, Lines, Means, Stimulus, StimulusError};
use crate::conform::wire::{Ask, Wire};
use crate::limits::{RESTART_MAX, RESTART_POLL};
use crate::{LabError, Signal};
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::process::Command;

/// An endpoint, and what may be done to it.
#[derive(Clone, Debug)]
pub struct ForeignSettings {
    /// The base URL, up to and with the version: `http://node:9043/api/ocloudNotifications/v2`.
    pub base: String,
    /// The name of its node.
    pub node_name: String,
    /// Trusted authorities, for https.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// How its states are changed.
    pub stimulus: Option<Stimulus>,
    /// A command that ends it, as `PTP_SIGNAL` (TERM or KILL) says, and starts it again.
    pub restart_command: Option<OsString>,
    /// Nobody else uses it.
    pub is_alone: bool,
    /// How long a notification may take.
    pub within: Duration,
    /// How long nothing must come to be taken for nothing.
    pub quiet: Duration,
    /// What the lines that were written have made of the node, which scenarios share.
    pub lines: Arc<Mutex<Option<Lines>>>,
}

/// An endpoint.
#[derive(Debug)]
pub struct Foreign {
    settings: ForeignSettings,
    wire: Wire,
    /// One for all lines of a scenario: those of different connections have no order.
    lines: Option<UnixStream>,
}

impl ForeignSettings {
    pub(super) fn offers(&self, need: Need) -> bool {
        match need {
            Need::Stimulus => self.stimulus.is_some(),
            Need::Restart => self.restart_command.is_some(),
            Need::Launch => false,
            Need::Alone => self.is_alone,
        }
    }

    pub(super) fn stimulus_description(&self) -> String {
        match &self.stimulus {
            Some(Stimulus::Socket { path, .. }) => format!("lines of linuxptp to {}", path.display()),
            Some(Stimulus::Command(command)) => format!("the command {}", command.to_string_lossy()),
            None => "none".to_owned(),
        }
    }
}

impl Foreign {
    pub(super) fn open(settings: &ForeignSettings) -> Result<Self, LabError> {
        let wire = Wire::new(&settings.base, settings.tls.clone())
            .map_err(|error| LabError::Endpoint { detail: error.to_string() })?;
        Ok(Self { settings: settings.clone(), wire, lines: None })
    }

    /// Requests to its API.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(super) fn node_name(&self) -> &str {
        &self.settings.node_name
    }

    pub(super) fn patience(&self) -> Duration {
        self.settings.within
    }

    pub(super) async fn enact(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        match &self.settings.stimulus.clone() {
            Some(Stimulus::Command(command)) => stimulus::run_command(command, resource, value).await,
            Some(Stimulus::Socket { path, interface }) => {
                match self.means(interface, |lines| lines.means(resource, value)) {
                    Some(Means::Nothing) => Ok(()),
                    Some(Means::Lines(lines)) => self.write(path, &lines).await,
                    Some(Means::HoldoverRunsOut) => {
                        tokio::time::sleep(Duration::from_secs(HOLDOVER_S.into())).await;
                        Ok(())
                    }
                    None => Err(unavailable(resource, value)),
                }
            }
            None => Err(unavailable(resource, value)),
        }
    }

    pub(super) async fn repeat(&mut self, resource: &str, times: usize) -> Result<(), StimulusError> {
        let Some(Stimulus::Socket { path, interface }) = self.settings.stimulus.clone() else {
            return Err(unavailable(resource, "what it is, again"));
        };
        let repeated = self.means(&interface, |lines| {
            (0..times).map(|number| lines.repetition(resource, number)).collect::<Option<Vec<String>>>()
        });
        let lines = repeated.ok_or_else(|| unavailable(resource, "what it is, again"))?;
        self.write(&path, &lines).await
    }

    /// On the connection of the scenario, which is opened when it is first needed.
    async fn write(&mut self, path: &Path, lines: &[String]) -> Result<(), StimulusError> {
        let connection = match &mut self.lines {
            Some(connection) => connection,
            none => none.insert(UnixStream::connect(path).await?),
        };
        stimulus::write_lines(connection, lines).await
    }

    fn means<T>(&self, interface: &str, find: impl FnOnce(&mut Lines) -> T) -> T {
        let mut lines = self.settings.lines.lock().unwrap_or_else(PoisonError::into_inner);
        find(lines.get_or_insert_with(|| Lines::new(interface)))
    }

    pub(super) async fn settle(&self) {
        tokio::time::sleep(self.settings.quiet).await;
    }

    pub(super) async fn restart(&mut self, signal: Signal) -> Result<(), LabError> {
        let Some(command) = &self.settings.restart_command else {
            return Err(LabError::Endpoint { detail: Need::Restart.reason().to_owned() });
        };
        self.lines = None;
        let signal = match signal {
            Signal::Terminate => "TERM",
            Signal::Kill => "KILL",
        };
        let status = Command::new("sh").arg("-c").arg(command).env("PTP_SIGNAL", signal).status().await;
        let status = status.map_err(|source| LabError::Stop { source })?;
        if !status.success() {
            return Err(LabError::Endpoint { detail: format!("the restart command ended with {status}") });
        }
        let serving = async {
            while self.wire.ask(&Ask::new("GET", "/subscriptions")).await.0.is_err() {
                tokio::time::sleep(RESTART_POLL).await;
            }
        };
        let gone =
            |_elapsed| LabError::Endpoint { detail: "it did not come back after its restart".to_owned() };
        tokio::time::timeout(RESTART_MAX, serving).await.map_err(gone)
    }
}

fn unavailable(resource: &str, value: &str) -> StimulusError {
    StimulusError::Unavailable { resource: resource.to_owned(), value: value.to_owned() }
}
