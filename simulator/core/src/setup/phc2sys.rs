//! phc2sys.

use super::ServoGains;

/// Configuration of phc2sys, which runs with `-a -r`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phc2sysSetup {
    /// `-R`: samples per second; 0 counts as 1.
    pub rate_hz: u32,
    /// `-P` and `-I`.
    pub servo: ServoGains,
    /// `-F` in nanoseconds; 0 is off.
    pub first_step_threshold_ns: u64,
    /// `-S` in nanoseconds; 0 is off.
    pub step_threshold_ns: u64,
    /// Largest frequency correction in parts per billion.
    pub max_frequency_ppb: f64,
    /// From its start to the first UTC offset that ptp4l tells it, in nanoseconds: no clock is steered before.
    pub utc_offset_after_ns: u64,
    /// Standard deviation of the noise of one comparison of the clocks, in nanoseconds.
    pub reading_noise_ns: f64,
    /// Mean of the printed delay of reading the hardware clock, in nanoseconds.
    pub reading_delay_ns: f64,
    /// Standard deviation of that delay, in nanoseconds.
    pub reading_delay_noise_ns: f64,
}

impl Default for Phc2sysSetup {
    /// `-R 16 -N 8` and otherwise phc2sys's own defaults; noise and delays as measured with an E810.
    fn default() -> Self {
        Self {
            rate_hz: 16,
            servo: ServoGains { proportional: 0.7, integral: 0.3 },
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 0,
            max_frequency_ppb: 100_000_000.0,
            utc_offset_after_ns: 10_000_000_000,
            reading_noise_ns: 7.4,
            reading_delay_ns: 522.0,
            reading_delay_noise_ns: 26.0,
        }
    }
}
