//! Roles of ports, from the transitions that ptp4l prints.

use crate::{PortConfiguration, PortRole};
use alloc::string::String;
use ptp_lines::PortState;

/// A port of a configuration.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) role: PortRole,
    /// Stamp of the latest live line of its own, in milliseconds since boot: an older replayed one says nothing.
    pub(crate) live_ms: Option<u64>,
}

impl Port {
    pub(crate) fn new(configuration: &PortConfiguration) -> Self {
        Self { name: configuration.name.clone(), role: configuration.role, live_ms: None }
    }
}

/// What a transition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoleChange {
    /// The role from now on.
    pub(crate) role: PortRole,
    /// If the port was the one that followed a master, the clock has lost its source.
    pub(crate) loses_source: bool,
}

/// The role of a port after a transition.
///
/// Values are those that existing consumers know (`redhat-cne/cloud-event-proxy logparser.go:265`), applied
/// to every transition and not only to those named there: the state that is reached says it all. The event
/// that caused the transition adds nothing: FAULT_DETECTED only leads to FAULTY, SYNCHRONIZATION_FAULT only
/// to UNCALIBRATED (linuxptp `fsm.c`). In UNCALIBRATED a port measures a master but does not follow it yet,
/// shown as faulty there and so here.
pub(crate) fn role_after(from: PortState, to: PortState) -> RoleChange {
    let leaves_slave = from == PortState::Slave;
    let (role, loses_source) = match to {
        PortState::Slave => (PortRole::Slave, false),
        // A passive port has a better one beside it, which keeps the clock on the same network.
        PortState::Passive => (PortRole::Passive, false),
        // PRE_MASTER behaves as MASTER but is silent still, IEEE 1588-2019, 9.2.5.
        PortState::PreMaster | PortState::Master | PortState::GrandMaster => (PortRole::Master, leaves_slave),
        PortState::Listening => (PortRole::Listening, leaves_slave),
        PortState::Faulty | PortState::Uncalibrated => (PortRole::Faulty, true),
        PortState::Disabled | PortState::Initializing => (PortRole::Unknown, true),
    };
    RoleChange { role, loses_source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn every_transition_has_a_role() {
        let mut table = String::new();
        for from in PortState::ALL {
            for to in PortState::ALL {
                let change = role_after(from, to);
                let lost = if change.loses_source { " source lost" } else { "" };
                table += &format!(
                    "{:<13} to {:<13} {:?}{lost}\n",
                    format!("{from:?}"),
                    format!("{to:?}"),
                    change.role
                );
            }
        }
        insta::assert_snapshot!("port_roles", table);
    }
}
