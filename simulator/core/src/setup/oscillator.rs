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
    /// Change of the frequency by aging, in parts per billion per day. Fitted to published holdover by
    /// `x = y t + D t^2 / 2`: see the constructors.
    pub aging_ppb_per_day: f64,
    /// How much its temperature does to it, and what its temperature does.
    pub temperature: TemperatureSetup,
}

/// The temperature of an oscillator. What counts is the difference from the temperature at which
/// [`OscillatorSetup::frequency_ppb`] holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TemperatureSetup {
    /// Frequency change in parts per billion per kelvin.
    pub sensitivity_ppb_per_k: f64,
    /// The temperature goes up and down by this many kelvins, as a sine.
    pub swing_k: f64,
    /// The period of that sine in seconds; it stays away if this is not positive.
    pub period_s: f64,
    /// When the temperature first passes its mean upwards, in seconds since the start.
    pub rises_at_s: f64,
}

impl TemperatureSetup {
    /// A constant temperature, until the timeline steps it.
    pub const fn constant(sensitivity_ppb_per_k: f64) -> Self {
        Self { sensitivity_ppb_per_k, swing_k: 0.0, period_s: 86_400.0, rises_at_s: 0.0 }
    }
}

impl OscillatorSetup {
    /// An oscillator without any error: to be changed in what matters.
    pub const fn perfect() -> Self {
        Self {
            initial_error_ns: 0.0,
            frequency_ppb: 0.0,
            white_ppb: 0.0,
            random_walk_ppb: 0.0,
            flicker_ppb: 0.0,
            aging_ppb_per_day: 0.0,
            temperature: TemperatureSetup::constant(0.0),
        }
    }

    /// A temperature-compensated crystal (TCXO), as on a NIC: 2 ppm off, 350 us late to the party. Aging fits holdover
    /// of 12 us in 4 h and 450 us in a day (Orolia); some 0.2 ppm between -20 and 70 degrees.
    pub fn temperature_compensated() -> Self {
        Self {
            initial_error_ns: 350_000.0,
            frequency_ppb: 2_000.0,
            white_ppb: 0.1,
            random_walk_ppb: 0.1,
            flicker_ppb: 0.1,
            aging_ppb_per_day: 10.5,
            temperature: TemperatureSetup::constant(5.0),
        }
    }

    /// The plain crystal (XO) of a server: 12 ppm off, half a second wrong at the start; tens of ppb per kelvin.
    pub fn plain_crystal() -> Self {
        Self {
            initial_error_ns: 500_000_000.0,
            frequency_ppb: -12_000.0,
            white_ppb: 1.0,
            random_walk_ppb: 0.4,
            flicker_ppb: 1.0,
            aging_ppb_per_day: 0.0,
            temperature: TemperatureSetup::constant(40.0),
        }
    }

    /// The oven-controlled crystal (OCXO) of a telecom NIC. Aging fits holdover of 1 us in 4 h and 25 us in a day
    /// (Orolia); short-term figures as usual for the kind; +-2 ppb between -20 and 70 degrees.
    pub fn oven_controlled() -> Self {
        Self {
            frequency_ppb: 0.025,
            white_ppb: 0.005,
            random_walk_ppb: 0.0001,
            flicker_ppb: 0.001,
            aging_ppb_per_day: 0.53,
            temperature: TemperatureSetup::constant(0.05),
            ..Self::perfect()
        }
    }

    /// A better oven: aging fits holdover of 0.5 us in 4 h and 10 us in a day (Orolia).
    pub fn high_performance_oven_controlled() -> Self {
        Self {
            frequency_ppb: 0.019,
            white_ppb: 0.001,
            random_walk_ppb: 0.000_02,
            flicker_ppb: 0.000_5,
            aging_ppb_per_day: 0.19,
            temperature: TemperatureSetup::constant(0.005),
            ..Self::perfect()
        }
    }

    /// Rubidium: 0.2 us in 4 h and 1 us in a day (Orolia), which is its frequency error; it hardly ages.
    pub fn rubidium() -> Self {
        Self {
            frequency_ppb: 0.014,
            white_ppb: 0.01,
            random_walk_ppb: 0.000_001,
            flicker_ppb: 0.000_1,
            temperature: TemperatureSetup::constant(0.001),
            ..Self::perfect()
        }
    }
}
