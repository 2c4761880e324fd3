//! Parts that a file adds to a node, before it says anything about them.

use sim_core::{ChronydSetup, ClockRole, ProfileSetup, Synce4lSetup};

/// A profile that starts nothing.
pub(crate) fn profile(name: &str, config_index: u32, role: ClockRole) -> ProfileSetup {
    ProfileSetup {
        name: name.to_owned(),
        config_index,
        role,
        ptp4l: None,
        phc2sys: None,
        ts2phc: None,
        synce4l: None,
        chronyd: None,
    }
}

/// A synce4l without interfaces and without an external source.
pub(crate) fn synce4l() -> Synce4lSetup {
    Synce4lSetup { ports: Vec::new(), external: None, ..Synce4lSetup::default() }
}

/// A chronyd that always runs.
pub(crate) fn chronyd() -> ChronydSetup {
    ChronydSetup { failover: None, ..ChronydSetup::default() }
}
