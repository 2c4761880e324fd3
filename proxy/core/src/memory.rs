//! What survives the process: the latest event of every clock, and what is needed to go on from there.
//!
//! Plain data. How it is kept is the shell's business; what it means is read in `node/recall.rs`.

use crate::{Event, PortConfiguration, PortRole, ProfileKind, SubscriptionId, SyncState, Utc};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use ptp_lines::ConfigName;
use serde::{Deserialize, Serialize};

/// Everything that the next run needs to go on as if this one had not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The configurations that the rest speaks of. What was known of one that is another now does not count.
    pub configurations: Vec<RememberedConfiguration>,
    /// Aliases of the interfaces.
    pub aliases: BTreeMap<String, String>,
    /// What interfaces were called before, oldest first: consumers may still say so.
    pub former_aliases: Vec<RememberedAlias>,
    /// The latest event of each resource and source, oldest first.
    pub states: Vec<RememberedState>,
    /// Roles of the ports of all configurations.
    pub roles: Vec<RememberedRole>,
    /// Processes that have reported their status.
    pub processes: Vec<RememberedProcess>,
    /// What the daemon reports of the node as a whole. Nothing is published of it as such, but it counts.
    pub node_reports: Vec<RememberedNodeReport>,
    /// The latest state of the node, when nothing more than that is known: the store of
    /// redhat-cne/cloud-event-proxy has it.
    pub sync_state: Option<SyncState>,
}

/// What decides whether the clocks of a configuration are still those that were remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedConfiguration {
    /// Its name.
    #[serde(with = "config_name")]
    pub config: ConfigName,
    /// The profile that it belongs to.
    pub profile: String,
    /// What the profile makes of its processes.
    pub kind: ProfileKind,
    /// Its ports in order.
    pub ports: Vec<PortConfiguration>,
}

/// A former name of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedAlias {
    /// What it was called.
    pub alias: String,
    /// The interface by its own name.
    pub interface: String,
}

/// The latest event of one resource and source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedState {
    /// Whose state it is.
    pub source: Source,
    /// What was published.
    pub event: Event,
    /// What else the clock needs to go on.
    pub detail: Detail,
    /// Subscriptions that have not confirmed the event yet, in order of creation.
    pub undelivered: Vec<SubscriptionId>,
}

/// Role of a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedRole {
    /// The configuration of the port.
    #[serde(with = "config_name")]
    pub config: ConfigName,
    /// The interface by its own name.
    pub interface: String,
    /// Its role.
    pub role: PortRole,
    /// Stamp of the latest live line about it, in milliseconds since the host was booted. Counts for this boot only.
    pub live_ms: Option<u64>,
}

/// Status of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedProcess {
    /// The program.
    pub program: String,
    /// The configuration as its lines name it.
    #[serde(with = "config_name")]
    pub config: ConfigName,
    /// Whether it was up.
    pub is_up: bool,
}

/// The state of the node as a daemon reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedNodeReport {
    /// The profile that it speaks of; may be empty.
    pub profile: String,
    /// The interface that it speaks of; may be empty.
    pub interface: String,
    /// The state.
    pub state: SyncState,
}

/// Whose state it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The node's, folded from all clocks.
    Node,
    /// That of a clock of this configuration.
    Clock {
        /// The configuration.
        #[serde(with = "config_name")]
        config: ConfigName,
        /// Which of its clocks.
        clock: ClockName,
    },
    /// What the configuration announces: its clock class.
    Announced {
        /// The configuration.
        #[serde(with = "config_name")]
        config: ConfigName,
    },
    /// The GNSS receiver of an interface.
    Receiver {
        /// The configuration.
        #[serde(with = "config_name")]
        config: ConfigName,
        /// The interface by its own name.
        interface: String,
    },
    /// A port of a Synchronous Ethernet device.
    SyncePort {
        /// The configuration.
        #[serde(with = "config_name")]
        config: ConfigName,
        /// The port.
        port: crate::SyncePort,
    },
    /// What the daemon reports of a profile, instead of forwarding lines.
    Report {
        /// The profile; may be empty.
        profile: String,
        /// The interface; may be empty.
        interface: String,
    },
}

impl Source {
    /// The configuration that it belongs to; ports of synce4l need none.
    pub(crate) fn config(&self) -> Option<ConfigName> {
        match self {
            Self::Clock { config, .. } | Self::Announced { config } | Self::Receiver { config, .. } => {
                Some(*config)
            }
            Self::Node | Self::SyncePort { .. } | Self::Report { .. } => None,
        }
    }
}

/// Which clock of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ClockName {
    /// The one that ptp4l disciplines.
    Ptp4l,
    /// The one that ts2phc disciplines on this interface.
    Interface(String),
    /// The telecom grandmaster as a whole, as the daemon reports it.
    Grandmaster,
    /// The telecom boundary clock as a whole, as the daemon reports it.
    BoundaryClock,
    /// The clock of the operating system.
    Os,
}

/// What a clock needs, beside its latest event, to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// The clock of a port.
    Port {
        /// The interface that names it.
        interface: String,
        /// When its holdover ends, if it is in one.
        holdover_ends: Option<Utc>,
    },
    /// A clock that the daemon reports.
    Reported {
        /// The interface that names it.
        interface: String,
        /// Reports up to this second of UNIX time say nothing when the daemon repeats them: a process that the clock
        /// cannot do without has ended since.
        void_until_s: Option<u64>,
    },
    /// The clock of the operating system.
    Os(RememberedOs),
    /// A clock class.
    Class {
        /// The program that announced it.
        program: String,
        /// The clock that it belongs to.
        clock: ClockName,
    },
    /// A quality level of Synchronous Ethernet.
    Quality {
        /// The network option, ITU-T G.781; 0 when it is not reported.
        network_option: i64,
    },
}

/// What the clock of the operating system needs, beside its latest event, to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedOs {
    /// Which process steers it.
    pub steered_by: Steering,
    /// Until when another process may take over, if one is awaited.
    pub handover_ends: Option<Utc>,
    /// What chronyd has said since it was last down. It does not repeat itself.
    pub ntp_source: Option<NtpSource>,
    /// What phc2sys last made of the clock, for metrics.
    pub by_phc2sys: Option<SyncState>,
    /// What chronyd last made of it, for metrics.
    pub by_chronyd: Option<SyncState>,
}

/// What chronyd says of its sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NtpSource {
    /// It follows one.
    Selected,
    /// There is none that it could follow.
    Missing,
}

/// Which process steers the clock of the operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Steering {
    /// None that is known.
    #[default]
    Nobody,
    /// phc2sys, from a hardware clock.
    Phc2sys,
    /// chronyd, from NTP.
    Chronyd,
    /// None, but another one is awaited.
    Awaited,
}

/// Names of configurations as text: `ptp4l.0.config`.
mod config_name {
    use alloc::string::String;
    use ptp_lines::ConfigName;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(config: &ConfigName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(config)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConfigName, D::Error> {
        let text = String::deserialize(deserializer)?;
        ConfigName::parse(text.as_bytes()).ok_or_else(|| {
            de::Error::invalid_value(de::Unexpected::Str(&text), &"the name of a configuration")
        })
    }
}
