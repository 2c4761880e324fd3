//! What is under test: our own proxy in virtual time, or any endpoint as it is.

mod foreign;
mod own;

pub use foreign::{Foreign, ForeignSettings};
pub use own::{Launch, Own, OwnSettings};

use super::stimulus::StimulusError;
use super::wire::Wire;
use crate::{LabError, Signal, wall_clock};
use std::time::Duration;

/// What a requirement may need of a subject beside its API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// States of its node can be changed.
    Stimulus,
    /// It can be ended and started again.
    Restart,
    /// It can be started with settings and files of the requirement's own.
    Launch,
    /// Nobody else uses it, so that all subscriptions may be deleted.
    Alone,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Stimulus, Self::Restart, Self::Launch, Self::Alone];

    /// Its name as a tag: `@needs:stimulus`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stimulus => "stimulus",
            Self::Restart => "restart",
            Self::Launch => "launch",
            Self::Alone => "alone",
        }
    }

    /// Why a requirement was not run without it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Stimulus => "there is no way to change states: --stimulus-socket or --stimulus-command",
            Self::Restart => "the endpoint cannot be restarted: --restart-command",
            Self::Launch => "it takes a proxy that the suite starts itself",
            Self::Alone => "others may use the endpoint: --alone says that nobody does",
        }
    }
}

/// The subjects that a run can have.
#[derive(Clone, Debug)]
pub enum SubjectSettings {
    /// A proxy of our own for each scenario.
    Own(OwnSettings),
    /// An endpoint.
    Foreign(ForeignSettings),
}

/// The subject of one scenario.
#[derive(Debug)]
pub enum Subject {
    /// A proxy of its own.
    Own(Box<Own>),
    /// An endpoint.
    Foreign(Box<Foreign>),
}

impl SubjectSettings {
    /// Whether it offers something.
    pub fn offers(&self, need: Need) -> bool {
        match self {
            Self::Own(_) => true,
            Self::Foreign(foreign) => foreign.offers(need),
        }
    }

    /// What is under test, for reports.
    pub fn description(&self) -> String {
        match self {
            Self::Own(own) => format!("{}, started for each scenario", own.program.path.display()),
            Self::Foreign(foreign) => foreign.base.clone(),
        }
    }

    /// How states are changed, for reports.
    pub fn stimulus(&self) -> String {
        match self {
            Self::Own(_) => "lines of linuxptp, in virtual time".to_owned(),
            Self::Foreign(foreign) => foreign.stimulus_description(),
        }
    }

    /// How many scenarios may run at a time: those on one endpoint disturb each other.
    pub fn scenarios_at_once(&self) -> usize {
        match self {
            Self::Own(own) => own.scenarios_at_once,
            Self::Foreign(_) => 1,
        }
    }
}

impl Subject {
    /// Starts a proxy as a scenario wants it, or turns to the endpoint.
    ///
    /// # Errors
    /// When it does not serve.
    pub async fn open(settings: &SubjectSettings, launch: Launch) -> Result<Self, LabError> {
        match settings {
            SubjectSettings::Own(own) => Ok(Self::Own(Box::new(Own::open(own, launch).await?))),
            SubjectSettings::Foreign(foreign) => Ok(Self::Foreign(Box::new(Foreign::open(foreign)?))),
        }
    }

    /// Requests to its API.
    pub fn wire(&self) -> &Wire {
        match self {
            Self::Own(own) => own.wire(),
            Self::Foreign(foreign) => foreign.wire(),
        }
    }

    /// The name of its node.
    pub fn node_name(&self) -> &str {
        match self {
            Self::Own(own) => own.node_name(),
            Self::Foreign(foreign) => foreign.node_name(),
        }
    }

    /// Makes a resource, named by its path, have a value, and returns when what that causes is under way; for our own,
    /// when all of it is delivered or given up for now.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn enact(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        match self {
            Self::Own(own) => own.enact(resource, value).await,
            Self::Foreign(foreign) => foreign.enact(resource, value).await,
        }
    }

    /// Changes a state without waiting for what that causes.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn enact_unawaited(&mut self, resource: &str, value: &str) -> Result<(), StimulusError> {
        match self {
            Self::Own(own) => own.enact_unawaited(resource, value).await,
            Self::Foreign(foreign) => foreign.enact(resource, value).await,
        }
    }

    /// Reports the state of a resource as it is, so many times, with other figures.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn repeat(&mut self, resource: &str, times: usize) -> Result<(), StimulusError> {
        match self {
            Self::Own(own) => own.repeat(resource, times).await,
            Self::Foreign(foreign) => foreign.repeat(resource, times).await,
        }
    }

    /// Waits until what was caused has been delivered or given up for now: for our own exactly, for an endpoint as long
    /// as it may take.
    ///
    /// # Errors
    /// When the node under test is gone.
    pub async fn settle(&mut self) -> Result<(), LabError> {
        match self {
            Self::Own(own) => own.settle().await,
            Self::Foreign(foreign) => {
                foreign.settle().await;
                Ok(())
            }
        }
    }

    /// Lets time pass: virtual time for our own, real time for an endpoint.
    ///
    /// # Errors
    /// When the node under test is gone.
    pub async fn pass(&mut self, time: Duration) -> Result<(), LabError> {
        match self {
            Self::Own(own) => own.pass(time).await,
            Self::Foreign(_) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
        }
    }

    /// How long a consumer may wait for a notification that is due.
    pub fn patience(&self) -> Duration {
        match self {
            Self::Own(own) => own.patience(),
            Self::Foreign(foreign) => foreign.patience(),
        }
    }

    /// The civil time of its node, in UNIX nanoseconds.
    pub fn now_unix_ns(&self) -> u64 {
        match self {
            Self::Own(own) => own.now_unix_ns(),
            Self::Foreign(_) => wall_clock::unix_ns(),
        }
    }

    /// Ends it in this way and starts it again with the same settings and files.
    ///
    /// # Errors
    /// When it does not end or does not come back.
    pub async fn restart(&mut self, signal: Signal) -> Result<(), LabError> {
        match self {
            Self::Own(own) => own.restart(signal).await,
            Self::Foreign(foreign) => foreign.restart(signal).await,
        }
    }

    /// Our own proxy, for requirements that need one.
    pub fn own(&mut self) -> Option<&mut Own> {
        match self {
            Self::Own(own) => Some(own),
            Self::Foreign(_) => None,
        }
    }
}
