//! The telecom boundary clock.

use crate::{
    CardSetup, ClockRole, DpllSetup, DpllSource, HoldoverSetup, LinkSetup, OscillatorSetup, PathSetup,
    Phc2sysSetup, PortSetup, ProfileSetup, Ptp4lSetup, ServoGains, Setup, StampSetup, Ts2phcSetup,
};
use ptp_lines::ClockIdentity;

/// The clock of an E810 adds 0x13b13b13b fractions of a nanosecond per cycle (`ice_ptp_hw.h` of Linux): one more or less
/// is this.
const FREQUENCY_STEP_PPB: f64 = 0.189;
/// Noise of a stamp of an edge; see the telecom grandmaster.
const STAMP_NOISE_NS: f64 = 0.19;
/// The settings of the conformance tests: 500 ns in 300 s, in specification up to 100 ns.
const HOLDOVER: HoldoverSetup =
    HoldoverSetup { max_offset_ns: 500, timeout_s: 300, max_in_spec_offset_ns: 100 };

impl Setup {
    /// A telecom boundary clock (T-BC) of two cards with DPLLs, like Intel's E810-XXVDA4T. `ens4f1` of the first card
    /// follows the grandmaster; ptp4l steers its clock, its DPLL locks to that clock, and the DPLL and ts2phc of the
    /// second card follow the first one. linuxptp-daemon numbers profiles without phc2sys first: 0 is the downstream
    /// profile, whose ports all serve, 1 the upstream one.
    pub fn telecom_boundary_clock() -> Self {
        let upstream = "ens4f1";
        Self {
            links: vec![LinkSetup {
                interface: upstream.to_owned(),
                grandmaster: 0,
                path: PathSetup::default(),
            }],
            cards: vec![
                card(("ens4f0", upstream), 0, DpllSource::HardwareClock),
                card(("ens8f0", "ens8f1"), 1, DpllSource::Card(0)),
            ],
            profiles: vec![downstream_profile(), upstream_profile(upstream)],
            ..Self::ordinary_clock()
        }
    }
}

fn downstream_profile() -> ProfileSetup {
    let serving = ["ens4f0", "ens8f0", "ens8f1"];
    let ports = serving.map(|name| PortSetup { server_only: true, ..PortSetup::on(name) });
    ProfileSetup {
        name: "telecom-boundary-clock-downstream".to_owned(),
        config_index: 0,
        role: ClockRole::TelecomBoundaryClock,
        ptp4l: Some(Ptp4lSetup {
            clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x03]),
            ports: ports.to_vec(),
            client_only: false,
            // ptp4l wants it as soon as its ports have several clocks.
            boundary_clock_jbod: true,
            clock_class_threshold: 135,
            ..Ptp4lSetup::default()
        }),
        phc2sys: None,
        ts2phc: None,
        synce4l: None,
        chronyd: None,
    }
}

fn upstream_profile(interface: &str) -> ProfileSetup {
    ProfileSetup {
        name: "telecom-boundary-clock-upstream".to_owned(),
        config_index: 1,
        role: ClockRole::TelecomBoundaryClock,
        ptp4l: Some(Ptp4lSetup {
            ports: vec![PortSetup::on(interface)],
            clock_class_threshold: 135,
            // As recorded on an E810: the servo waits 16 s for its first correction.
            servo: ServoGains { proportional: 0.6, integral: 0.001 },
            ..Ptp4lSetup::default()
        }),
        phc2sys: Some(Phc2sysSetup::default()),
        ts2phc: Some(Ts2phcSetup {
            interfaces: vec!["ens4f0".to_owned(), "ens8f0".to_owned()],
            ..Ts2phcSetup::default()
        }),
        synce4l: None,
        chronyd: None,
    }
}

fn card((first, second): (&str, &str), ptp_device: u32, source: DpllSource) -> CardSetup {
    CardSetup {
        interfaces: vec![first.to_owned(), second.to_owned()],
        ptp_device,
        phc: OscillatorSetup::temperature_compensated(),
        frequency_step_ppb: FREQUENCY_STEP_PPB,
        stamps: StampSetup { noise_ns: STAMP_NOISE_NS, granularity_ns: 1 },
        dpll: Some(DpllSetup { source, holdover: HOLDOVER, ..DpllSetup::default() }),
        gnss: None,
    }
}
