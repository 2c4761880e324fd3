//! Parts that a file adds to a node, before it says anything about them.

use sim_core::{ChronydSetup, ClockRole, ProfileSetup, Synce4lSetup, Ts2phcSetup};

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

/// A ts2phc without clocks.
pub(crate) fn ts2phc() -> Ts2phcSetup {
    Ts2phcSetup { interfaces: Vec::new() }
}

/// A synce4l without interfaces, in a network of option 2 (SONET, ITU-T G.781) with extended quality levels.
pub(crate) fn synce4l() -> Synce4lSetup {
    Synce4lSetup { device: "synce1".to_owned(), network_option: 2, extended_tlv: true, ports: Vec::new() }
}

/// A chronyd with some process number.
pub(crate) fn chronyd() -> ChronydSetup {
    ChronydSetup { pid: 4711 }
}
