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
    /// The PHC is steered in steps of so many parts per billion, towards 0; 0 is without steps.
    pub frequency_step_ppb: f64,
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
            frequency_step_ppb: 0.0,
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

/// A DPLL: it locks to a 1PPS, its output is the 1PPS and the frequency of the card, and its own oscillator carries it
/// while the source is away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DpllSetup {
    /// Its own oscillator. It takes the place of [`CardSetup::phc`], of which only the initial error counts then.
    pub oscillator: OscillatorSetup,
    /// What it locks to.
    pub source: DpllSource,
    /// Time constant of its phase loop once it has settled, in seconds; at least 2. It is quicker at first.
    pub time_constant_s: f64,
    /// Pulses from the first one to a phase lock.
    pub lock_pulses: u32,
    /// Pulses from there until it has learnt enough for holdover.
    pub holdover_pulses: u32,
    /// Pulses after a holdover until it uses its source again.
    pub requalify_pulses: u32,
    /// What linuxptp-daemon is told of its holdover.
    pub holdover: HoldoverSetup,
}

impl Default for DpllSetup {
    /// That of an E810 NIC on GNSS. The numbers of pulses are assumptions: a recorded E810 is locked again some 2 s after
    /// its GNSS receiver.
    fn default() -> Self {
        Self {
            oscillator: OscillatorSetup::oven_controlled(),
            source: DpllSource::Gnss,
            time_constant_s: 30.0,
            lock_pulses: 5,
            holdover_pulses: 10,
            requalify_pulses: 2,
            holdover: HoldoverSetup::default(),
        }
    }
}

/// What a DPLL locks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DpllSource {
    /// The 1PPS of the GNSS receiver on its card.
    Gnss,
    /// The 1PPS of the hardware clock of its card, which ptp4l steers: only the phase loop locks, the frequency loop has
    /// no source, and the hardware clock does not follow the DPLL.
    HardwareClock,
    /// The 1PPS output of another card, by its place in [`Setup::cards`](crate::Setup::cards).
    Card(usize),
    /// Synchronous Ethernet of its card: only the frequency loop locks.
    Synce,
}

/// The settings of linuxptp-daemon about the holdover of a DPLL (plug-in `e810`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldoverSetup {
    /// `LocalMaxHoldoverOffSet`: what the DPLL is assumed to drift in [`HoldoverSetup::timeout_s`], in nanoseconds.
    pub max_offset_ns: u32,
    /// `LocalHoldoverTimeout`, in seconds.
    pub timeout_s: u32,
    /// `MaxInSpecOffset`, in nanoseconds.
    pub max_in_spec_offset_ns: u32,
}

impl Default for HoldoverSetup {
    /// The daemon's defaults: 1500 ns in 14400 s.
    fn default() -> Self {
        Self { max_offset_ns: 1_500, timeout_s: 14_400, max_in_spec_offset_ns: 1_500 }
    }
}

/// A GNSS receiver with 1PPS and NMEA.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GnssSetup {
    /// Standard deviation of the 1PPS edges, in nanoseconds: a u-blox F9T has some 5, a Furuno GF-8802 less than 4.5.
    pub pps_noise_ns: f64,
    /// The edges are multiples of the receiver's own clock: a sawtooth of plus and minus so many nanoseconds. 0 if the
    /// error that the receiver tells (qErr) is taken off.
    pub sawtooth_ns: f64,
    /// Its estimate of its accuracy while it is locked, in nanoseconds; it varies between 3 and 8.
    pub accuracy_ns: u32,
    /// What it knows at the start.
    pub start: GnssStart,
    /// How long it averages its position after its first fix, in seconds; then it fixes time only. 0 is never.
    pub survey_in_s: u32,
}

impl Default for GnssSetup {
    /// A u-blox F9T that starts cold.
    fn default() -> Self {
        Self { pps_noise_ns: 4.0, sawtooth_ns: 4.0, accuracy_ns: 5, start: GnssStart::Cold, survey_in_s: 0 }
    }
}

/// What a GNSS receiver knows at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GnssStart {
    /// Nothing: its first fix takes 26 to 30 s.
    Cold,
    /// Satellites and time: its first fix takes some 2 s.
    Hot,
}
