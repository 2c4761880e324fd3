//! Profiles of linuxptp-daemon: which processes run, and with what.

use super::{ChronydSetup, Phc2sysSetup, Ptp4lSetup, Synce4lSetup, Ts2phcSetup};

/// One profile: the processes that it starts share the `N` of `ptp4l.N.config`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileSetup {
    /// Its name.
    pub name: String,
    /// `N` of `ptp4l.N.config`, and of the configuration of each process.
    pub config_index: u32,
    /// What the node is in this profile.
    pub role: ClockRole,
    /// ptp4l.
    pub ptp4l: Option<Ptp4lSetup>,
    /// phc2sys.
    pub phc2sys: Option<Phc2sysSetup>,
    /// ts2phc.
    pub ts2phc: Option<Ts2phcSetup>,
    /// synce4l.
    pub synce4l: Option<Synce4lSetup>,
    /// chronyd.
    pub chronyd: Option<ChronydSetup>,
}

/// What a node is to the network in a profile; `clockType` of the operator's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockRole {
    /// Follows, and serves nobody.
    OrdinaryClock,
    /// Follows on one port and serves on others.
    BoundaryClock,
    /// Telecom grandmaster, `T-GM`: follows GNSS.
    TelecomGrandmaster,
    /// Telecom boundary clock, `T-BC`: follows on one port and keeps time with its DPLL.
    TelecomBoundaryClock,
}
