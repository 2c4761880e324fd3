//! Whole nodes to begin with, by the names that scenario files give them.

use crate::blank;
use sim_core::{
    CardSetup, ClockIdentity, ClockRole, DpllSetup, GnssSetup, GrandmasterSetup, LinkSetup, PathSetup,
    Phc2sysSetup, PortSetup, ProfileSetup, Ptp4lSetup, Setup, SyncePortSetup,
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
    #[must_use]
    pub fn setup(self) -> Setup {
        match self {
            Self::Bare => bare(),
            Self::OrdinaryClock => Setup::ordinary_clock(),
            Self::BoundaryClock => boundary_clock(),
            Self::DualNicBoundaryClock => dual_nic_boundary_clock(),
            Self::DualFollower => dual_follower(),
            Self::TelecomGrandmaster => telecom_grandmaster(&["ens7"]),
            Self::TelecomGrandmasterTwoCards => telecom_grandmaster(&["ens7", "ens8"]),
            Self::TelecomBoundaryClock => telecom_boundary_clock(),
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

fn boundary_clock() -> Setup {
    Setup {
        grandmasters: grandmasters(1),
        links: vec![link("ens1f0", 0)],
        cards: vec![card(0, &["ens1f0", "ens1f1"])],
        profiles: vec![ProfileSetup {
            ptp4l: Some(boundary_ptp4l(0, "ens1f0", "ens1f1")),
            phc2sys: Some(Phc2sysSetup::default()),
            ..blank::profile("boundary-clock", 0, ClockRole::BoundaryClock)
        }],
        ..bare()
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

fn dual_follower() -> Setup {
    let ptp4l =
        Ptp4lSetup { ports: vec![PortSetup::on("ens3f0"), PortSetup::on("ens3f1")], ..Ptp4lSetup::default() };
    Setup {
        grandmasters: grandmasters(2),
        links: vec![link("ens3f0", 0), link("ens3f1", 1)],
        cards: vec![card(0, &["ens3f0", "ens3f1"])],
        profiles: vec![ProfileSetup {
            ptp4l: Some(ptp4l),
            phc2sys: Some(Phc2sysSetup::default()),
            ..blank::profile("dual-follower", 0, ClockRole::OrdinaryClock)
        }],
        ..bare()
    }
}

fn telecom_grandmaster(slots: &[&str]) -> Setup {
    let ports: Vec<[String; 2]> =
        slots.iter().map(|slot| [format!("{slot}f0"), format!("{slot}f1")]).collect();
    let mut cards: Vec<CardSetup> = (0..)
        .zip(&ports)
        .map(|(device, [first, second])| CardSetup {
            dpll: Some(DpllSetup::default()),
            ..card(device, &[first, second])
        })
        .collect();
    cards[0].gnss = Some(GnssSetup::default());
    let ptp4l = Ptp4lSetup {
        ports: ports.iter().flatten().map(|port| server(port)).collect(),
        client_only: false,
        ..Ptp4lSetup::default()
    };
    let mut ts2phc = blank::ts2phc();
    ts2phc.interfaces = ports.into_iter().map(|[first, _]| first).collect();
    Setup {
        cards,
        profiles: vec![ProfileSetup {
            ptp4l: Some(ptp4l),
            phc2sys: Some(Phc2sysSetup::default()),
            ts2phc: Some(ts2phc),
            ..blank::profile("grandmaster", 0, ClockRole::TelecomGrandmaster)
        }],
        ..bare()
    }
}

fn telecom_boundary_clock() -> Setup {
    let transmitter =
        Ptp4lSetup { ports: vec![server("ens4f1")], client_only: false, ..Ptp4lSetup::default() };
    let receiver = Ptp4lSetup {
        clock_identity: identity(2, 2),
        ports: vec![PortSetup::on("ens4f0")],
        ..Ptp4lSetup::default()
    };
    let mut ts2phc = blank::ts2phc();
    ts2phc.interfaces = vec!["ens4f0".to_owned()];
    Setup {
        grandmasters: grandmasters(1),
        links: vec![link("ens4f0", 0)],
        cards: vec![CardSetup { dpll: Some(DpllSetup::default()), ..card(0, &["ens4f0", "ens4f1"]) }],
        profiles: vec![
            ProfileSetup {
                ptp4l: Some(transmitter),
                ..blank::profile("transmitter", 0, ClockRole::TelecomBoundaryClock)
            },
            ProfileSetup {
                ptp4l: Some(receiver),
                phc2sys: Some(Phc2sysSetup::default()),
                ts2phc: Some(ts2phc),
                ..blank::profile("receiver", 1, ClockRole::TelecomBoundaryClock)
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
    let mut setup = telecom_grandmaster(&["ens7"]);
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
