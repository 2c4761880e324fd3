//! One process configuration of the node: its ports, its PTP clock, its view of the clock of the operating
//! system and its clock class.
//!
//! It knows nothing of the other configurations and publishes nothing.

use crate::clock::{OsClock, PtpClock};
use crate::port::Port;
use crate::{InstanceConfiguration, Mono, PortRole, Thresholds};
use alloc::string::String;
use alloc::vec::Vec;
use ptp_lines::{ConfigProgram, Stamp};

/// State of one process configuration.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) configuration: InstanceConfiguration,
    pub(crate) thresholds: Thresholds,
    pub(crate) ports: Vec<Port>,
    pub(crate) ptp: PtpClock,
    pub(crate) os: OsClock,
    pub(crate) class: Option<AnnouncedClass>,
    /// Newest stamp of a live line of ptp4l, in milliseconds since boot.
    newest_live_ms: Option<u64>,
}

/// The clock class and who reported it.
#[derive(Debug)]
pub(crate) struct AnnouncedClass {
    pub(crate) class: u8,
    pub(crate) program: String,
}

impl Instance {
    pub(crate) fn new(configuration: InstanceConfiguration, thresholds: Thresholds) -> Self {
        let ports = configuration.ports.iter().map(Port::new).collect();
        Self {
            configuration,
            thresholds,
            ports,
            ptp: PtpClock::new(),
            os: OsClock::new(),
            class: None,
            newest_live_ms: None,
        }
    }

    /// Whether its lines can be judged: it belongs to a profile and, if it is ptp4l's, has a port.
    pub(crate) fn is_complete(&self) -> bool {
        let needs_port = match self.configuration.config.program {
            ConfigProgram::Ptp4l => true,
            ConfigProgram::Phc2sys
            | ConfigProgram::Ts2phc
            | ConfigProgram::Synce4l
            | ConfigProgram::Chronyd => false,
        };
        !self.configuration.profile.is_empty() && (!needs_port || !self.ports.is_empty())
    }

    /// The port that follows a master: the first in order, if there are several.
    pub(crate) fn slave_port(&self) -> Option<usize> {
        self.ports.iter().position(|port| port.role == PortRole::Slave)
    }

    /// The port that names the clock: the one it follows or has followed last, else the first.
    pub(crate) fn naming_port(&self) -> Option<&Port> {
        self.ports.get(self.ptp.port.unwrap_or(0))
    }

    /// The port that a line means: the named one if there is such a name, else the numbered one.
    pub(crate) fn port_index(&self, named: &ptp_lines::Port<'_>) -> Option<usize> {
        let by_name = named.name.and_then(|name| self.ports.iter().position(|port| port.name == name));
        let by_number = || usize::from(named.number).checked_sub(1).filter(|index| *index < self.ports.len());
        by_name.or_else(by_number)
    }

    /// When a holdover that begins now will end.
    pub(crate) fn holdover_end(&self, now: Mono) -> Mono {
        let timeout_ns = u64::from(self.thresholds.holdover_timeout_s) * 1_000_000_000;
        Mono { ns: now.ns.saturating_add(timeout_ns) }
    }

    /// Notes the stamp of a live line.
    pub(crate) fn note_live(&mut self, stamp: Stamp) {
        if let Stamp::Monotonic { ms } = stamp {
            self.newest_live_ms = self.newest_live_ms.max(Some(ms));
        }
    }

    /// Whether a replayed line was written before the newest live one.
    pub(crate) fn is_older_than_live(&self, stamp: Stamp) -> bool {
        match stamp {
            Stamp::Monotonic { ms } => self.newest_live_ms.is_some_and(|newest_ms| ms < newest_ms),
            Stamp::Unix { .. } => false,
        }
    }
}
