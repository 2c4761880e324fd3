//! The boundary clock on two cards.

use crate::{
    CardSetup, ClockIdentity, ClockRole, LinkSetup, PathSetup, Phc2sysSetup, Phc2sysSource, PortSetup,
    ProfileSetup, Ptp4lSetup, Setup,
};

/// The clocks of the recorded run `4.4/ha`.
const IDENTITIES: [ClockIdentity; 2] = [
    ClockIdentity([0xda, 0x26, 0xa5, 0xff, 0xfe, 0xdc, 0x05, 0x04]),
    ClockIdentity([0x5e, 0x0c, 0x66, 0xff, 0xfe, 0x79, 0x3f, 0xc5]),
];

impl Setup {
    /// Two cards with two ports each: on each the first port follows one and the same grandmaster, the second only
    /// serves. Each card has a profile with a ptp4l; a third profile has one phc2sys for both (`haProfiles`), which
    /// prefers the first. It is the set-up of the recorded run `4.4/ha`, with 16 samples of phc2sys per second instead
    /// of one.
    #[must_use]
    pub fn dual_nic_boundary_clock() -> Self {
        let mut setup = Self::boundary_clock();
        setup.cards = (0..2).map(card).collect();
        setup.links = (1..=2)
            .map(|slot| LinkSetup {
                interface: format!("ens{slot}f0"),
                grandmaster: 0,
                path: PathSetup::default(),
            })
            .collect();
        setup.profiles = (0..2).map(boundary_clock).collect();
        setup.profiles.push(ProfileSetup {
            name: "phc2sys-ha".to_owned(),
            config_index: 2,
            role: ClockRole::BoundaryClock,
            ptp4l: None,
            phc2sys: Some(Phc2sysSetup {
                source: Phc2sysSource::HighAvailability { profiles: vec![0, 1] },
                utc_offset_after_ns: 0,
                ..Phc2sysSetup::default()
            }),
            ts2phc: None,
            synce4l: None,
            chronyd: None,
        });
        setup
    }
}

fn card(index: u32) -> CardSetup {
    let slot = index + 1;
    CardSetup {
        interfaces: vec![format!("ens{slot}f0"), format!("ens{slot}f1")],
        ptp_device: index,
        ..CardSetup::default()
    }
}

fn boundary_clock(index: u32) -> ProfileSetup {
    let slot = index + 1;
    let [first, second] = IDENTITIES;
    ProfileSetup {
        name: format!("boundary-clock-{slot}"),
        config_index: index,
        role: ClockRole::BoundaryClock,
        ptp4l: Some(Ptp4lSetup {
            clock_identity: if index == 0 { first } else { second },
            ports: vec![
                PortSetup::on(&format!("ens{slot}f0")),
                PortSetup { server_only: true, ..PortSetup::on(&format!("ens{slot}f1")) },
            ],
            client_only: false,
            gm_capable: false,
            boundary_clock_jbod: true,
            ..Ptp4lSetup::default()
        }),
        phc2sys: None,
        ts2phc: None,
        synce4l: None,
        chronyd: None,
    }
}
