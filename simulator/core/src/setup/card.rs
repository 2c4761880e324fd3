//! Network cards: hardware clock, DPLL and GNSS receiver.

use super::OscillatorSetup;

/// A network card.
#[derive(Clone, Debug, PartialEq)]
pub struct CardSetup {
    /// The names of its interfaces. They share its hardware clock (PHC).
    pub interfaces: Vec<String>,
    /// `K` of `/dev/ptpK`.
    pub ptp_device: u32,
    /// The oscillator of its PHC while nothing disciplines it.
    pub phc: OscillatorSetup,
    /// Its time stamps.
    pub stamps: StampSetup,
    /// The DPLL that disciplines its PHC.
    pub dpll: Option<DpllSetup>,
    /// The GNSS receiver on it.
    pub gnss: Option<GnssSetup>,
}

impl Default for CardSetup {
    /// `ens1f0` alone, with a TCXO.
    fn default() -> Self {
        Self {
            interfaces: vec!["ens1f0".to_owned()],
            ptp_device: 0,
            phc: OscillatorSetup::temperature_compensated(),
            stamps: StampSetup::default(),
            dpll: None,
            gnss: None,
        }
    }
}

/// Time stamps of packets and edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StampSetup {
    /// Standard deviation of the white noise of one stamp, in nanoseconds; beside that of the path.
    pub noise_ns: f64,
    /// Stamps are multiples of this many nanoseconds; at least 1.
    pub granularity_ns: u32,
}

impl Default for StampSetup {
    fn default() -> Self {
        Self { noise_ns: 0.0, granularity_ns: 1 }
    }
}

/// A DPLL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DpllSetup {
    /// Its own oscillator, which it is left to in holdover.
    pub oscillator: OscillatorSetup,
}

impl Default for DpllSetup {
    fn default() -> Self {
        Self { oscillator: OscillatorSetup::oven_controlled() }
    }
}

/// A GNSS receiver with 1PPS and NMEA.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GnssSetup {
    /// Standard deviation of the 1PPS edges, in nanoseconds: a u-blox F9T has some 5.
    pub pps_noise_ns: f64,
}

impl Default for GnssSetup {
    fn default() -> Self {
        Self { pps_noise_ns: 4.0 }
    }
}
