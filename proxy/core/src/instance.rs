//! One process configuration of the node: its ports, its clocks, its view of the clock of the operating system
//! and its clock class.
//!
//! It knows nothing of the other configurations and publishes nothing.

use crate::clock::{ClockState, OsClock};
use crate::port::Port;
use crate::topology::Clocks;
use crate::{ClockName, InstanceConfiguration, PortRole, Profile, ProfileKind, SyncState};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use ptp_lines::ConfigProgram;

/// State of one process configuration.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) configuration: InstanceConfiguration,
    /// That of the configuration, or one with the defaults.
    pub(crate) profile: Profile,
    pub(crate) ports: Vec<Port>,
    /// Index of the port that the clock of ptp4l follows or has followed last, which names it.
    pub(crate) followed_port: Option<usize>,
    pub(crate) clocks: Clocks,
    /// The worst of the clocks that stand for the configuration.
    pub(crate) lock_state: ClockState,
    /// What the clock of the operating system of this configuration follows.
    pub(crate) behind_os: ClockState,
    /// The clocks that stand for the configuration, as last published.
    pub(crate) published: Vec<(ClockName, SyncState)>,
    pub(crate) os: OsClock,
    pub(crate) class: Option<AnnouncedClass>,
    /// Whether phc2sys follows the profiles of its group, by profile.
    pub(crate) ha_profiles: BTreeMap<String, bool>,
}

/// The clock class, who reported it and of which clock.
#[derive(Debug)]
pub(crate) struct AnnouncedClass {
    pub(crate) class: u8,
    pub(crate) program: String,
    pub(crate) clock: ClockName,
}

impl Instance {
    pub(crate) fn new(configuration: InstanceConfiguration, profile: Profile) -> Self {
        let ports = configuration.ports.iter().map(Port::new).collect();
        Self {
            configuration,
            clocks: Clocks::new(&profile.kind),
            profile,
            ports,
            followed_port: None,
            lock_state: ClockState::Unknown,
            behind_os: ClockState::Unknown,
            published: Vec::new(),
            os: OsClock::new(),
            class: None,
            ha_profiles: BTreeMap::new(),
        }
    }

    /// Whether its lines can be judged: it belongs to a profile and, if it is ptp4l's, has a port or is that of a
    /// PTP-HA group.
    pub(crate) fn is_complete(&self) -> bool {
        let needs_port = match self.configuration.config.program {
            ConfigProgram::Ptp4l => !matches!(self.profile.kind, ProfileKind::HighAvailability { .. }),
            ConfigProgram::Phc2sys
            | ConfigProgram::Ts2phc
            | ConfigProgram::Synce4l
            | ConfigProgram::Chronyd => false,
        };
        !self.configuration.profile.is_empty() && (!needs_port || !self.ports.is_empty())
    }

    /// Whether it is that of a clock which PTP disciplines: of ptp4l, and complete.
    pub(crate) fn is_clock(&self) -> bool {
        self.configuration.config.program == ConfigProgram::Ptp4l && self.is_complete()
    }

    /// The port that follows a master: the first in order, if there are several.
    pub(crate) fn slave_port(&self) -> Option<usize> {
        self.ports.iter().position(|port| port.role == PortRole::Slave)
    }

    /// This port follows a master, as a measurement shows; returns whether it is another one than before.
    pub(crate) fn follows(&mut self, port: usize) -> bool {
        self.followed_port.replace(port) != Some(port)
    }

    /// The port that names the clock of ptp4l: the one it follows or has followed last, else the first.
    pub(crate) fn naming_port(&self) -> Option<&Port> {
        self.ports.get(self.followed_port.unwrap_or(0))
    }

    /// The port that a line means: the named one if there is such a name, else the numbered one.
    pub(crate) fn port_index(&self, named: &ptp_lines::Port<'_>) -> Option<usize> {
        let by_name = named.name.and_then(|name| self.ports.iter().position(|port| port.name == name));
        let by_number = || usize::from(named.number).checked_sub(1).filter(|index| *index < self.ports.len());
        by_name.or_else(by_number)
    }
}
