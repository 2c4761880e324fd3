//! The boundary clock.

use crate::{CardSetup, ClockRole, LinkSetup, PathSetup, PortSetup, Ptp4lSetup, Setup};

impl Setup {
    /// One card with two ports: the first follows one grandmaster, the second only serves. Nobody is below it. Beside
    /// ptp4l there is phc2sys.
    ///
    /// The options are those of the recorded run `4.4/clknetsim-bc44`: `boundary_clock_jbod 1` and `gmCapable 0`, so
    /// that the servo begins anew whenever the first port begins to follow.
    #[must_use]
    pub fn boundary_clock() -> Self {
        let mut setup = Self::ordinary_clock();
        setup.cards = vec![CardSetup {
            interfaces: vec!["ens1f0".to_owned(), "ens1f1".to_owned()],
            ..CardSetup::default()
        }];
        setup.links =
            vec![LinkSetup { interface: "ens1f0".to_owned(), grandmaster: 0, path: PathSetup::default() }];
        if let Some(profile) = setup.profiles.first_mut() {
            profile.name = "boundary-clock".to_owned();
            profile.role = ClockRole::BoundaryClock;
            profile.ptp4l = Some(Ptp4lSetup {
                ports: vec![
                    PortSetup::on("ens1f0"),
                    PortSetup { server_only: true, ..PortSetup::on("ens1f1") },
                ],
                client_only: false,
                gm_capable: false,
                boundary_clock_jbod: true,
                ..Ptp4lSetup::default()
            });
        }
        setup
    }
}
