//! The telecom grandmaster.

use crate::{
    CardSetup, ClockRole, DpllSetup, DpllSource, GnssSetup, OscillatorSetup, Phc2sysSetup, Phc2sysSource,
    PortSetup, ProfileSetup, Ptp4lSetup, Setup, StampSetup, Ts2phcSetup,
};

/// The clock of an E810 adds 0x13b13b13b fractions of a nanosecond per cycle (`ice_ptp_hw.h` of Linux): one more or less
/// is this.
const FREQUENCY_STEP_PPB: f64 = 0.189;
/// Noise of a stamp of an edge by an E810 whose clock and edge come from one DPLL: with it 94 of 100 offsets are 0, as
/// recorded.
const STAMP_NOISE_NS: f64 = 0.19;
/// The clocks are this wrong at the start, in nanoseconds: as in the recorded run `4.4/tgm`.
const INITIAL_ERROR_NS: f64 = 255_000.0;

impl Setup {
    /// A telecom grandmaster (T-GM) of one or two cards with DPLLs, like Intel's E810-XXVDA4T: the first card has the GNSS
    /// receiver and its DPLL leads; the DPLL of the second one follows its 1PPS. Its processes are ts2phc, ptp4l, whose
    /// ports all serve, and phc2sys. Any other number of cards counts as the nearest of these.
    pub fn telecom_grandmaster(cards: usize) -> Self {
        let cards: Vec<CardSetup> = (0..cards.clamp(1, 2)).map(card).collect();
        let interfaces: Vec<String> = cards.iter().flat_map(|card| card.interfaces.clone()).collect();
        let leading = cards.iter().filter_map(|card| card.interfaces.first().cloned()).collect();
        let ports = interfaces.iter().map(|name| PortSetup { server_only: true, ..PortSetup::on(name) });
        let profile = ProfileSetup {
            name: "telecom-grandmaster".to_owned(),
            config_index: 0,
            role: ClockRole::TelecomGrandmaster,
            ptp4l: Some(Ptp4lSetup {
                ports: ports.collect(),
                client_only: false,
                // ptp4l wants it as soon as its ports have several clocks.
                boundary_clock_jbod: cards.len() > 1,
                ..Ptp4lSetup::default()
            }),
            phc2sys: Some(Phc2sysSetup { source: follow("ens7f0"), ..Phc2sysSetup::default() }),
            ts2phc: Some(Ts2phcSetup {
                interfaces: leading,
                // linuxptp-daemon adds these three, from the settings of the DPLL's holdover.
                holdover_s: 14_400,
                servo_offset_threshold_ns: 1_500,
                servo_num_offset_values: 10,
                ..Ts2phcSetup::default()
            }),
            synce4l: None,
            chronyd: None,
        };
        Self {
            grandmasters: Vec::new(),
            links: Vec::new(),
            cards,
            profiles: vec![profile],
            ..Self::ordinary_clock()
        }
    }
}

/// A clock of its own, whatever ptp4l does, which serves on every port.
fn follow(interface: &str) -> Phc2sysSource {
    Phc2sysSource::Interface { interface: interface.to_owned() }
}

fn card(index: usize) -> CardSetup {
    let (slot, ptp_device, source, gnss) = match index {
        0 => ("ens7", 0, DpllSource::Gnss, Some(GnssSetup::default())),
        _ => ("ens8", 1, DpllSource::Card(0), None),
    };
    CardSetup {
        interfaces: (0..2).map(|port| format!("{slot}f{port}")).collect(),
        ptp_device,
        phc: OscillatorSetup {
            initial_error_ns: INITIAL_ERROR_NS,
            ..OscillatorSetup::temperature_compensated()
        },
        frequency_step_ppb: FREQUENCY_STEP_PPB,
        stamps: StampSetup { noise_ns: STAMP_NOISE_NS, granularity_ns: 1 },
        dpll: Some(DpllSetup { source, ..DpllSetup::default() }),
        gnss,
    }
}
