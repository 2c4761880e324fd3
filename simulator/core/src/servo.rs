//! linuxptp's PI servo (`pi.c`, `servo.c`).

use crate::noise::portable;
use crate::{ServoGains, ServoScales};
use ptp_lines::Servo as State;

/// Configuration of a servo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServoSetup {
    pub(crate) gains: ServoGains,
    /// 2 to this power is the time between samples in seconds.
    pub(crate) interval_s: f64,
    pub(crate) first_step_threshold_ns: u64,
    pub(crate) step_threshold_ns: u64,
    pub(crate) max_frequency_ppb: f64,
}

/// What the servo makes of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Correction {
    pub(crate) state: State,
    /// As it is printed: the clock is run at minus this.
    pub(crate) freq_ppb: f64,
}

/// A servo. Offsets are local time minus reference time.
#[derive(Debug)]
pub(crate) struct PiServo {
    setup: ServoSetup,
    kp: f64,
    ki: f64,
    phase: Phase,
    drift_ppb: f64,
    last_freq_ppb: f64,
    first_update: bool,
    stable: Stable,
}

/// servo_offset_threshold and servo_num_offset_values: when s2 becomes s3.
#[derive(Clone, Copy, Debug)]
struct Stable {
    threshold_ns: u64,
    values: u32,
    /// How many more are needed.
    missing: u32,
}

/// `count` of `pi.c`.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// 0: no sample yet.
    Start,
    /// 1: waits for a second sample, far enough from the first.
    Estimate { first: Sample },
    /// 2.
    Run,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    offset_ns: i64,
    local_ns: i64,
}

impl PiServo {
    pub(crate) fn new(setup: ServoSetup) -> Self {
        // Minus zero: linuxptp prints the negated frequency of the clock, and that is 0 at the start.
        let (kp, ki) = gains(setup.gains, ServoScales::default(), setup.interval_s);
        let stable = Stable { threshold_ns: 0, values: 0, missing: 0 };
        Self {
            setup,
            kp,
            ki,
            phase: Phase::Start,
            drift_ppb: -0.0,
            last_freq_ppb: -0.0,
            first_update: true,
            stable,
        }
    }

    /// The same servo with gains that follow from its interval in another way.
    pub(crate) fn scaled(self, scales: ServoScales) -> Self {
        let (kp, ki) = gains(self.setup.gains, scales, self.setup.interval_s);
        Self { kp, ki, ..self }
    }

    /// The same servo for a clock that already runs at minus this frequency.
    pub(crate) fn starting_at(self, freq_ppb: f64) -> Self {
        Self { drift_ppb: freq_ppb, last_freq_ppb: freq_ppb, ..self }
    }

    /// The next sample is the first one again; the frequency stays (`pi_reset`).
    pub(crate) fn reset(&mut self) {
        self.phase = Phase::Start;
    }

    /// The same servo with servo_offset_threshold and servo_num_offset_values; a threshold of 0 is off.
    pub(crate) fn stable_within(self, threshold_ns: u64, values: u32) -> Self {
        Self { stable: Stable { threshold_ns, values, missing: values }, ..self }
    }

    /// Takes a sample of full weight. On [`State::Jump`] the caller steps the clock by minus the offset; in every state
    /// but [`State::Unlocked`] it runs the clock at minus the frequency.
    pub(crate) fn sample(&mut self, offset_ns: i64, local_ns: i64) -> Correction {
        self.weighted_sample(offset_ns, local_ns, 1.0)
    }

    /// Takes a sample of that weight, from 0 to 1.
    pub(crate) fn weighted_sample(&mut self, offset_ns: i64, local_ns: i64, weight: f64) -> Correction {
        let sample = Sample { offset_ns, local_ns };
        let state = match self.phase {
            Phase::Start => {
                self.phase = Phase::Estimate { first: sample };
                State::Unlocked
            }
            Phase::Estimate { first } => self.estimate(first, sample),
            Phase::Run => self.run(sample, weight),
        };
        match state {
            State::Unlocked => {}
            State::Jump | State::Locked | State::LockedStable => self.first_update = false,
        }
        let state = self.stable.judge(state, offset_ns);
        Correction { state, freq_ppb: self.last_freq_ppb }
    }

    fn estimate(&mut self, first: Sample, second: Sample) -> State {
        // A wait longer than this would never end; and one per cent of one per cent of grace for its own samples.
        const WAIT_S_MAX: f64 = 1000.0;
        const GRACE: f64 = 1.001;
        if first.local_ns >= second.local_ns {
            self.phase = Phase::Start;
            return State::Unlocked;
        }
        let elapsed_ns = (second.local_ns - first.local_ns) as f64;
        if elapsed_ns / 1e9 * GRACE < (0.016 / self.ki).min(WAIT_S_MAX) {
            return State::Unlocked;
        }
        let change_ns = (second.offset_ns - first.offset_ns) as f64;
        self.drift_ppb = self.limit(self.drift_ppb + (1e9 - self.drift_ppb) * change_ns / elapsed_ns);
        self.last_freq_ppb = self.drift_ppb;
        self.phase = Phase::Run;
        let first_threshold_ns = if self.first_update { self.setup.first_step_threshold_ns } else { 0 };
        if exceeds(second.offset_ns, first_threshold_ns)
            || exceeds(second.offset_ns, self.setup.step_threshold_ns)
        {
            State::Jump
        } else {
            State::Locked
        }
    }

    fn run(&mut self, sample: Sample, weight: f64) -> State {
        if exceeds(sample.offset_ns, self.setup.step_threshold_ns) {
            self.phase = Phase::Start;
            return State::Unlocked;
        }
        let offset_ns = sample.offset_ns as f64;
        let integral_ppb = self.ki * offset_ns * weight;
        let wanted_ppb = self.kp * offset_ns * weight + self.drift_ppb + integral_ppb;
        self.last_freq_ppb = self.limit(wanted_ppb);
        // No integration while the frequency is at its limit.
        if wanted_ppb.abs() <= self.setup.max_frequency_ppb {
            self.drift_ppb += integral_ppb;
        }
        State::Locked
    }

    fn limit(&self, freq_ppb: f64) -> f64 {
        freq_ppb.clamp(-self.setup.max_frequency_ppb, self.setup.max_frequency_ppb)
    }
}

impl Stable {
    /// A locked servo is stable after so many small offsets in a row (`servo.c`).
    fn judge(&mut self, state: State, offset_ns: i64) -> State {
        match state {
            State::Unlocked | State::Jump => {
                self.missing = self.values;
                state
            }
            State::Locked | State::LockedStable if self.threshold_ns == 0 => State::Locked,
            State::Locked | State::LockedStable => {
                let is_small = offset_ns.unsigned_abs() < self.threshold_ns;
                self.missing = if is_small { self.missing.saturating_sub(1) } else { self.values };
                if is_small && self.missing == 0 { State::LockedStable } else { State::Locked }
            }
        }
    }
}

/// A threshold of 0 is off.
fn exceeds(offset_ns: i64, threshold_ns: u64) -> bool {
    threshold_ns != 0 && offset_ns.unsigned_abs() > threshold_ns
}

/// Proportional and integral gain at that time between samples, with hardware time stamps.
fn gains(fixed: ServoGains, scales: ServoScales, interval_s: f64) -> (f64, f64) {
    let (kp, kp_norm_max, ki, ki_norm_max) = if fixed.proportional != 0.0 && fixed.integral != 0.0 {
        (fixed.proportional, 1.0, fixed.integral, 2.0)
    } else {
        let scaled = |scale: f64, default, exponent| {
            let scale = if scale == 0.0 { default } else { scale };
            scale * portable(interval_s.powf(exponent))
        };
        let kp = scaled(scales.proportional_scale, 0.7, scales.proportional_exponent);
        let ki = scaled(scales.integral_scale, 0.3, scales.integral_exponent);
        (kp, scales.proportional_norm_max, ki, scales.integral_norm_max)
    };
    (kp.min(kp_norm_max / interval_s), ki.min(ki_norm_max / interval_s))
}

#[cfg(test)]
mod tests {
    use super::{PiServo, ServoSetup, State};
    use crate::{ServoGains, ServoScales};

    fn gains(fixed: ServoGains, interval_s: f64) -> (f64, f64) {
        super::gains(fixed, ServoScales::default(), interval_s)
    }

    const FROM_INTERVAL: ServoGains = ServoGains { proportional: 0.0, integral: 0.0 };
    const INTERVAL_NS: i64 = 62_500_000;

    fn ptp4l() -> PiServo {
        PiServo::new(ServoSetup {
            gains: FROM_INTERVAL,
            interval_s: 1.0 / 16.0,
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 2_000_000_000,
            max_frequency_ppb: 900_000_000.0,
        })
    }

    /// Feeds samples one interval apart; returns the states and the printed frequencies.
    fn feed(servo: &mut PiServo, offsets_ns: &[i64]) -> Vec<(State, f64)> {
        let samples = (0..).map(|n| n * INTERVAL_NS).zip(offsets_ns);
        samples
            .map(|(at_ns, offset_ns)| servo.sample(*offset_ns, at_ns))
            .map(|c| (c.state, c.freq_ppb))
            .collect()
    }

    #[test]
    fn gains_follow_from_the_interval_as_in_linuxptp() {
        // kp = 0.7 T^-0.3, ki = 0.3 T^0.4
        let (kp, ki) = gains(FROM_INTERVAL, 1.0 / 16.0);
        assert!((kp - 1.608).abs() < 0.0005, "{kp}");
        assert!((ki - 0.099).abs() < 0.0005, "{ki}");
        assert!((0.016 / ki - 0.162).abs() < 0.0005, "wait {}", 0.016 / ki);
        let (kp, ki) = gains(FROM_INTERVAL, 1.0);
        assert!((kp - 0.7).abs() < 1e-9 && (ki - 0.3).abs() < 1e-9);
    }

    #[test]
    fn fixed_gains_are_bounded_by_the_interval_only() {
        let fixed = ServoGains { proportional: 0.7, integral: 0.3 };
        assert_eq!(gains(fixed, 1.0 / 16.0), (0.7, 0.3));
        assert_eq!(gains(ServoGains { proportional: 40.0, integral: 40.0 }, 1.0 / 16.0), (16.0, 32.0));
    }

    #[test]
    fn scales_exponents_and_bounds_may_be_others() {
        let scales = ServoScales {
            proportional_scale: 0.5,
            proportional_exponent: 0.0,
            integral_exponent: 1.0,
            integral_norm_max: 0.01,
            ..ServoScales::default()
        };
        // 0.5 T^0 and 0.3 T^1, at most 0.01 / T.
        let (kp, ki) = super::gains(FROM_INTERVAL, scales, 0.25);
        assert!((kp - 0.5).abs() < 1e-9 && (ki - 0.04).abs() < 1e-9, "{kp} {ki}");
    }

    #[test]
    fn a_sample_of_half_weight_counts_half() {
        let mut servo = ptp4l();
        feed(&mut servo, &[0, 0, 0, 0]);
        let whole = servo.sample(100, 4 * INTERVAL_NS).freq_ppb;
        let mut servo = ptp4l();
        feed(&mut servo, &[0, 0, 0, 0]);
        let half = servo.weighted_sample(100, 4 * INTERVAL_NS, 0.5).freq_ppb;
        assert!((whole - 2.0 * half).abs() < 1e-9, "{whole} {half}");
    }

    #[test]
    fn a_large_first_offset_is_stepped_at_the_fourth_sample() {
        // The samples of the recorded run 4.4/clknetsim-oc44: 364 ns in 187.5 ms are 1941 ppb.
        let got = feed(&mut ptp4l(), &[352_475, 352_580, 352_702, 352_839, -12]);
        let states: Vec<State> = got.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, [State::Unlocked, State::Unlocked, State::Unlocked, State::Jump, State::Locked]);
        assert!(got[0].1 == 0.0 && got[0].1.is_sign_negative(), "the first frequency is printed as -0");
        assert_eq!(got[3].1.round(), 1941.0);
        // 1941.3 - 12 * (1.608 + 0.099)
        assert_eq!(got[4].1.round(), 1921.0);
    }

    #[test]
    fn a_small_first_offset_is_slewed() {
        let got = feed(&mut ptp4l(), &[19_000, 19_000, 19_000, 19_000]);
        assert_eq!(got[3].0, State::Locked);
    }

    #[test]
    fn an_offset_beyond_the_step_threshold_starts_over_and_keeps_the_frequency() {
        let mut servo = ptp4l();
        feed(&mut servo, &[0, 0, 0, 1_000]);
        let before_ppb = servo.last_freq_ppb;
        let got = servo.sample(2_000_000_001, 4 * INTERVAL_NS);
        assert_eq!((got.state, got.freq_ppb), (State::Unlocked, before_ppb));
        let again: Vec<State> = (5..9).map(|n| servo.sample(2_000_000_001, n * INTERVAL_NS).state).collect();
        assert_eq!(again, [State::Unlocked, State::Unlocked, State::Unlocked, State::Jump]);
    }

    #[test]
    fn a_later_offset_between_the_thresholds_is_slewed() {
        let mut servo = ptp4l();
        feed(&mut servo, &[0, 0, 0, 0, 0]);
        assert_eq!(servo.sample(50_000, 5 * INTERVAL_NS).state, State::Locked);
    }

    #[test]
    fn the_frequency_is_limited_and_nothing_is_integrated_at_the_limit() {
        let mut servo = PiServo::new(ServoSetup {
            gains: ServoGains { proportional: 0.7, integral: 0.3 },
            interval_s: 1.0 / 16.0,
            first_step_threshold_ns: 0,
            step_threshold_ns: 0,
            max_frequency_ppb: 1_000.0,
        });
        servo.sample(0, 0);
        servo.sample(0, INTERVAL_NS);
        assert_eq!(servo.sample(1_000_000, 2 * INTERVAL_NS).freq_ppb, 1_000.0);
        assert_eq!(servo.sample(0, 3 * INTERVAL_NS).freq_ppb, 0.0);
    }

    #[test]
    fn time_that_stands_still_starts_the_estimate_over() {
        let mut servo = ptp4l();
        servo.sample(5, INTERVAL_NS);
        assert_eq!(servo.sample(5, INTERVAL_NS).state, State::Unlocked);
        assert_eq!(servo.sample(5, 2 * INTERVAL_NS).state, State::Unlocked);
    }

    #[test]
    fn so_many_small_offsets_in_a_row_make_the_servo_stable() {
        // The first seven samples of 4.4/tgm-ts2phc.log: threshold 100 ns, 5 values.
        let mut servo = PiServo::new(ServoSetup {
            gains: FROM_INTERVAL,
            interval_s: 1.0,
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 0,
            max_frequency_ppb: 900_000_000.0,
        })
        .stable_within(100, 5);
        let mut state = |(n, offset_ns): (i64, i64)| servo.sample(offset_ns, n * 1_000_000_000).state;
        let got: Vec<State> = (0..).zip([256_335, 257_827, 5, 18, 13, -3, -2, -7]).map(&mut state).collect();
        use State::{Jump, Locked, LockedStable, Unlocked};
        assert_eq!(got, [Unlocked, Jump, Locked, Locked, Locked, Locked, LockedStable, LockedStable]);
        // One offset at the threshold and all five are needed again.
        let again: Vec<State> = (8..).zip([100, 1, 1, 1, 1, 1]).map(&mut state).collect();
        assert_eq!(again, [Locked, Locked, Locked, Locked, Locked, LockedStable]);
    }

    #[test]
    fn a_servo_takes_over_the_frequency_that_the_clock_runs_at() {
        // A new process, a clock that was steered well: two equal offsets, and the frequency stays.
        let mut servo = ptp4l().starting_at(1_500.0);
        let got: Vec<f64> = (0..4).map(|n| servo.sample(3, n * INTERVAL_NS).freq_ppb).collect();
        assert_eq!(got, [1_500.0; 4]);
    }
}
