//! The dual follower.

use crate::{CardSetup, GrandmasterSetup, LinkSetup, PathSetup, PortSetup, Ptp4lSetup, Setup, SimTime};
use ptp_lines::ClockIdentity;

impl Setup {
    /// An ordinary clock with two ports on one card, of which each hears a grandmaster of its own: it follows one, and
    /// the other port listens until it is needed. Grandmaster A, with the smaller identity, is preferred; B is as good.
    ///
    /// As in the operator's profile for two followers the clock is clientOnly: the port that listens stays LISTENING.
    #[must_use]
    pub fn dual_follower() -> Self {
        let mut setup = Self::ordinary_clock();
        setup.cards = vec![CardSetup {
            interfaces: vec!["ens1f0".to_owned(), "ens1f1".to_owned()],
            ..CardSetup::default()
        }];
        setup.grandmasters = vec![
            GrandmasterSetup::default(),
            GrandmasterSetup {
                clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x11]),
                // Two grandmasters are not started at one instant.
                master_from: SimTime::from_ms(871),
                ..GrandmasterSetup::default()
            },
        ];
        let link = |interface: &str, grandmaster| LinkSetup {
            interface: interface.to_owned(),
            grandmaster,
            path: PathSetup::default(),
        };
        setup.links = vec![link("ens1f0", 0), link("ens1f1", 1)];
        if let Some(profile) = setup.profiles.first_mut() {
            profile.name = "dual-follower".to_owned();
            profile.ptp4l = Some(Ptp4lSetup {
                ports: vec![PortSetup::on("ens1f0"), PortSetup::on("ens1f1")],
                ..Ptp4lSetup::default()
            });
        }
        setup
    }
}
