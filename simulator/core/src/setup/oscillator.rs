//! Oscillators.

/// An oscillator and the clock that it drives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OscillatorSetup {
    /// Clock minus true time at the start, in nanoseconds.
    pub initial_error_ns: f64,
    /// Constant frequency error in parts per billion.
    pub frequency_ppb: f64,
    /// White frequency noise: its Allan deviation at 1 s, in parts per billion.
    pub white_ppb: f64,
    /// Random walk of the frequency, in parts per billion per square root of a second.
    pub random_walk_ppb: f64,
    /// Flicker frequency noise: the floor of its Allan deviation, in parts per billion.
    pub flicker_ppb: f64,
    /// Change of the frequency by aging, in parts per billion per day.
    pub aging_ppb_per_day: f64,
}

impl OscillatorSetup {
    /// A temperature-compensated crystal, as on a NIC: 2 ppm off, 350 us late to the party.
    pub fn temperature_compensated() -> Self {
        Self {
            initial_error_ns: 350_000.0,
            frequency_ppb: 2_000.0,
            white_ppb: 0.1,
            random_walk_ppb: 0.1,
            flicker_ppb: 0.1,
            aging_ppb_per_day: 10.5,
        }
    }

    /// The plain crystal of a server: 12 ppm off, half a second wrong at the start.
    pub fn plain_crystal() -> Self {
        Self {
            initial_error_ns: 500_000_000.0,
            frequency_ppb: -12_000.0,
            white_ppb: 1.0,
            random_walk_ppb: 0.4,
            flicker_ppb: 1.0,
            aging_ppb_per_day: 0.0,
        }
    }

    /// The oven-controlled crystal of a telecom NIC. First fit to published holdover (1 us in 4 h, 25 us in a day);
    /// short-term figures as usual for the kind.
    pub fn oven_controlled() -> Self {
        Self {
            initial_error_ns: 0.0,
            frequency_ppb: 0.025,
            white_ppb: 0.005,
            random_walk_ppb: 0.0001,
            flicker_ppb: 0.001,
            aging_ppb_per_day: 0.53,
        }
    }
}
