//! phc2sys.

use super::ServoGains;
use crate::Expression;

/// Configuration of phc2sys, by its options.
#[derive(Clone, Debug, PartialEq)]
pub struct Phc2sysSetup {
    /// What it follows.
    pub source: Phc2sysSource,
    /// `-R`: samples per second; 0 counts as 1.
    pub rate_hz: u32,
    /// `-u`: samples in a summary line; 0 prints a line for each sample instead.
    pub summary_samples: u32,
    /// `-P` and `-I`.
    pub servo: ServoGains,
    /// `-F` in nanoseconds; 0 is off.
    pub first_step_threshold_ns: u64,
    /// `-S` in nanoseconds; 0 is off.
    pub step_threshold_ns: u64,
    /// `-L` in parts per billion: a clock that runs that much faster or slower than set has been stepped by
    /// somebody else; 0 is off.
    pub sanity_freq_limit_ppb: u32,
    /// Largest frequency correction in parts per billion.
    pub max_frequency_ppb: f64,
    /// From its start to the first UTC offset that ptp4l tells it, in nanoseconds: no clock is steered before.
    pub utc_offset_after_ns: u64,
    /// Standard deviation of the noise of one comparison of the clocks, in nanoseconds. It is that of the quickest
    /// of the readings of `-N`.
    pub reading_noise_ns: f64,
    /// By how many seconds too little it reads a hardware clock, evaluated for each comparison with the clock of the
    /// operating system; takes the place of the noise.
    pub reading_error: Option<Expression>,
    /// Mean of the printed delay of reading the hardware clock, in nanoseconds.
    pub reading_delay_ns: f64,
    /// Standard deviation of that delay, in nanoseconds.
    pub reading_delay_noise_ns: f64,
}

/// What phc2sys follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phc2sysSource {
    /// `-a -r`: the port that the ptp4l of its own profile follows on.
    Automatic,
    /// `-a -r` and a `-z` for each of these profiles, by their place in
    /// [`Setup::profiles`](crate::Setup::profiles): the first of them that follows (`haProfiles`). Its own profile has
    /// no ptp4l.
    HighAvailability {
        /// The profiles, the preferred one first.
        profiles: Vec<usize>,
    },
    /// `-s INTERFACE -w`: the clock of an interface, whatever its ptp4l does. It waits for a ptp4l that has synchronized
    /// or serves, if its profile has one.
    Interface {
        /// The interface.
        interface: String,
    },
}

impl Default for Phc2sysSetup {
    /// `-a -r -R 16 -N 8` and otherwise phc2sys's own defaults; noise and delays as measured with an E810.
    fn default() -> Self {
        Self {
            source: Phc2sysSource::Automatic,
            rate_hz: 16,
            summary_samples: 0,
            servo: ServoGains { proportional: 0.7, integral: 0.3 },
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 0,
            sanity_freq_limit_ppb: 200_000_000,
            max_frequency_ppb: 100_000_000.0,
            utc_offset_after_ns: 10_000_000_000,
            reading_noise_ns: 7.4,
            reading_error: None,
            reading_delay_ns: 522.0,
            reading_delay_noise_ns: 26.0,
        }
    }
}
