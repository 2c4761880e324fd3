//! Whole nodes to begin with, by the names that scenario files give them.

use sim_core::Setup;

/// What a node is, as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topology {
    /// Nothing: every part is written in the file.
    Bare,
    /// One port that follows one grandmaster.
    OrdinaryClock,
    /// One port that follows, and one that serves.
    BoundaryClock,
    /// A boundary clock on each of two cards; phc2sys follows whichever is better.
    DualNicBoundaryClock,
    /// Two ports of one card that may follow.
    DualFollower,
    /// A grandmaster that follows GNSS.
    TelecomGrandmaster,
    /// The same with a second card that takes its 1PPS from the first.
    TelecomGrandmasterTwoCards,
    /// A boundary clock that keeps time with its DPLL.
    TelecomBoundaryClock,
    /// A telecom grandmaster that passes its frequency on over Synchronous Ethernet.
    SynchronousEthernet,
    /// A telecom grandmaster that falls back on network time.
    NtpFailover,
}

impl Topology {
    /// Every topology by its name.
    pub const NAMED: [(&'static str, Self); 10] = [
        ("ordinary-clock", Self::OrdinaryClock),
        ("boundary-clock", Self::BoundaryClock),
        ("dual-nic-boundary-clock", Self::DualNicBoundaryClock),
        ("dual-follower", Self::DualFollower),
        ("t-gm", Self::TelecomGrandmaster),
        ("t-gm-two-cards", Self::TelecomGrandmasterTwoCards),
        ("t-bc", Self::TelecomBoundaryClock),
        ("synce", Self::SynchronousEthernet),
        ("ntp-failover", Self::NtpFailover),
        ("bare", Self::Bare),
    ];

    /// The node that a scenario file begins with.
    #[must_use]
    pub fn setup(self) -> Setup {
        match self {
            Self::Bare => bare(),
            Self::OrdinaryClock => Setup::ordinary_clock(),
            Self::BoundaryClock => Setup::boundary_clock(),
            Self::DualNicBoundaryClock => Setup::dual_nic_boundary_clock(),
            Self::DualFollower => Setup::dual_follower(),
            Self::TelecomGrandmaster => Setup::telecom_grandmaster(1),
            Self::TelecomGrandmasterTwoCards => Setup::telecom_grandmaster(2),
            Self::TelecomBoundaryClock => Setup::telecom_boundary_clock(),
            Self::SynchronousEthernet => Setup::synce(),
            Self::NtpFailover => Setup::ntp_failover(),
        }
    }
}

fn bare() -> Setup {
    Setup {
        grandmasters: Vec::new(),
        links: Vec::new(),
        cards: Vec::new(),
        profiles: Vec::new(),
        ..Setup::ordinary_clock()
    }
}
