//! What the node's files say: profiles, processes and ports.

use alloc::string::String;
use alloc::vec::Vec;
use ptp_lines::ConfigName;
use serde::{Deserialize, Serialize};

/// The configuration of a node, read from its profile file and its `ptp4l.N.config` files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeConfiguration {
    /// Profiles by name; the first of two with the same name counts.
    pub profiles: Vec<Profile>,
    /// Process configurations.
    pub instances: Vec<InstanceConfiguration>,
}

/// A profile of the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its whole name.
    pub name: String,
    /// When its clocks count as locked, and how long holdover lasts.
    pub thresholds: Thresholds,
    /// What kind of clock it makes of its processes.
    pub kind: ProfileKind,
    /// Whether chronyd is configured, to take over the clock of the operating system when phc2sys is down.
    pub has_chronyd: bool,
}

/// What a profile makes of its processes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileKind {
    /// An ordinary clock, a boundary clock or a grandmaster: what its processes say counts.
    #[default]
    Clock,
    /// A telecom boundary clock (ITU-T G.8273.2) or its time transmitter side: the daemon's T-BC status counts, and
    /// ptp4l's own samples are measurements only.
    TelecomBoundaryClock,
    /// PTP high availability: one phc2sys follows the best of several boundary clocks.
    HighAvailability {
        /// Their profiles, by whole name.
        profiles: Vec<String>,
    },
}

/// When a clock counts as locked: `min_offset_ns < offset < max_offset_ns`, both strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Upper bound of the offset, exclusive.
    pub max_offset_ns: i64,
    /// Lower bound of the offset, exclusive.
    pub min_offset_ns: i64,
    /// From HOLDOVER to FREERUN, in seconds.
    pub holdover_timeout_s: u32,
}

impl Default for Thresholds {
    /// The defaults of redhat-cne/cloud-event-proxy (`config.go:45`), which also hold for an unknown profile: 100 ns, -100 ns, 5 s.
    fn default() -> Self {
        Self { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_s: 5 }
    }
}

/// One process configuration, for example `ptp4l.0.config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceConfiguration {
    /// Its name.
    pub config: ConfigName,
    /// The profile that it belongs to.
    pub profile: String,
    /// Its ports in order: the first is port 1.
    pub ports: Vec<PortConfiguration>,
}

/// A port of ptp4l.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortConfiguration {
    /// The interface.
    pub name: String,
    /// Its role before any line says otherwise.
    pub role: PortRole,
}

/// Role of a port, with the numbers of the `interface_role` metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PortRole {
    /// 0
    Passive,
    /// 1
    Slave,
    /// 2
    Master,
    /// 3
    Faulty,
    /// 4
    Unknown,
    /// 5
    Listening,
}
