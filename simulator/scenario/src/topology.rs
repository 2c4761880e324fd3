//! Whole nodes to begin with, by the names that scenario files give them.

use crate::blank;
use sim_core::{
    CardSetup, ClockIdentity, ClockRole, DpllSetup, GrandmasterSetup, LinkSetup, PathSetup, Phc2sysSetup,
    PortSetup, ProfileSetup, Ptp4lSetup, Setup, SyncePortSetup,
};

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
    /// An ordinary clock that takes part in Synchronous Ethernet.
    SynchronousEthernet,
    /// A grandmaster that falls back on network time.
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
    pub(crate) fn setup(self) -> Setup {
        match self {
            Self::Bare => bare(),
            Self::OrdinaryClock => Setup::ordinary_clock(),
            Self::BoundaryClock => Setup::boundary_clock(),
            Self::DualNicBoundaryClock => dual_nic_boundary_clock(),
            Self::DualFollower => Setup::dual_follower(),
            Self::TelecomGrandmaster => Setup::telecom_grandmaster(1),
            Self::TelecomGrandmasterTwoCards => Setup::telecom_grandmaster(2),
            Self::TelecomBoundaryClock => Setup::telecom_boundary_clock(),
            Self::SynchronousEthernet => synchronous_ethernet(),
            Self::NtpFailover => ntp_failover(),
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

fn dual_nic_boundary_clock() -> Setup {
    Setup {
        grandmasters: grandmasters(2),
        links: vec![link("ens1f0", 0), link("ens2f0", 1)],
        cards: vec![card(0, &["ens1f0", "ens1f1"]), card(1, &["ens2f0", "ens2f1"])],
        profiles: vec![
            ProfileSetup {
                ptp4l: Some(boundary_ptp4l(0, "ens1f0", "ens1f1")),
                ..blank::profile("bc1", 0, ClockRole::BoundaryClock)
            },
            ProfileSetup {
                ptp4l: Some(boundary_ptp4l(1, "ens2f0", "ens2f1")),
                ..blank::profile("bc2", 1, ClockRole::BoundaryClock)
            },
            ProfileSetup {
                phc2sys: Some(Phc2sysSetup::default()),
                ..blank::profile("ha", 2, ClockRole::BoundaryClock)
            },
        ],
        ..bare()
    }
}

fn synchronous_ethernet() -> Setup {
    let mut setup = Setup::ordinary_clock();
    let mut synce4l = blank::synce4l();
    synce4l.ports = vec![SyncePortSetup { interface: "ens1f0".to_owned() }];
    setup.cards[0].dpll = Some(DpllSetup::default());
    setup.profiles[0].name = "synce".to_owned();
    setup.profiles[0].synce4l = Some(synce4l);
    setup
}

fn ntp_failover() -> Setup {
    let mut setup = Setup::telecom_grandmaster(1);
    setup.profiles[0].chronyd = Some(blank::chronyd());
    setup
}

/// Grandmasters with identities of their own.
fn grandmasters(count: u8) -> Vec<GrandmasterSetup> {
    let numbers = 0..count;
    numbers
        .map(|number| GrandmasterSetup {
            clock_identity: identity(1, 1 + 16 * number),
            ..GrandmasterSetup::default()
        })
        .collect()
}

fn identity(kind: u8, number: u8) -> ClockIdentity {
    ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, kind, number])
}

fn link(interface: &str, grandmaster: usize) -> LinkSetup {
    LinkSetup { interface: interface.to_owned(), grandmaster, path: PathSetup::default() }
}

fn card(ptp_device: u32, interfaces: &[&str]) -> CardSetup {
    let interfaces = interfaces.iter().map(|&interface| interface.to_owned()).collect();
    CardSetup { interfaces, ptp_device, ..CardSetup::default() }
}

fn server(interface: &str) -> PortSetup {
    PortSetup { server_only: true, ..PortSetup::on(interface) }
}

fn boundary_ptp4l(number: u8, follows: &str, serves: &str) -> Ptp4lSetup {
    Ptp4lSetup {
        clock_identity: identity(1, 2 + 16 * number),
        ports: vec![PortSetup::on(follows), server(serves)],
        client_only: false,
        ..Ptp4lSetup::default()
    }
}
