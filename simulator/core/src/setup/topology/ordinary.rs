//! The ordinary clock.

use crate::{
    CardSetup, ClockRole, DaemonSetup, GrandmasterSetup, LinkSetup, ModelSetup, NtpSetup, OscillatorSetup,
    PathSetup, Phc2sysSetup, ProfileSetup, Ptp4lSetup, Setup,
};

impl Setup {
    /// One card with one port that follows one grandmaster: ptp4l as a client, and phc2sys.
    pub fn ordinary_clock() -> Self {
        Self {
            seed: 0,
            start_unix_s: 1_795_350_000,
            boot_offset_ns: 0,
            duration_s: 60,
            timeline: Vec::new(),
            grandmasters: vec![GrandmasterSetup::default()],
            links: vec![LinkSetup {
                interface: "ens1f0".to_owned(),
                grandmaster: 0,
                path: PathSetup::default(),
            }],
            cards: vec![CardSetup::default()],
            os_clock: OscillatorSetup::plain_crystal(),
            ntp: NtpSetup::default(),
            profiles: vec![ProfileSetup {
                name: "ordinary-clock".to_owned(),
                config_index: 0,
                role: ClockRole::OrdinaryClock,
                ptp4l: Some(Ptp4lSetup::default()),
                phc2sys: Some(Phc2sysSetup::default()),
                ts2phc: None,
                synce4l: None,
                chronyd: None,
            }],
            daemon: DaemonSetup::default(),
            model: ModelSetup::default(),
        }
    }
}
