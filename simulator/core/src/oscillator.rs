//! Oscillators and the clocks that they drive.
//!
//! Frequency noise is renewed every 62.5 ms of virtual time, whoever looks at the clock; between two renewals the clock
//! runs evenly. The models are the power laws of IEEE 1139: white, flicker and random walk of frequency.
//!
//! A clock may run on expressions instead, which are evaluated once per second.

use crate::expression::{Evaluation, Packet};
use crate::noise::{Noise, Stream, portable};
use crate::time::NS_PER_S;
use crate::{ClockModel, Expression, OscillatorSetup, SimTime, TemperatureSetup};
use std::f64::consts::TAU;

/// Between two renewals of the frequency.
const TICK_NS: u64 = 62_500_000;
const TICK_S: f64 = 0.0625;
/// clock_adjtime takes frequencies in parts per million times 2^16, and linuxptp cuts them off (`clockadj.c`).
const ADJTIME_STEP_PPB: f64 = 1.0 / 65.536;
const S_PER_DAY: f64 = 86_400.0;
/// Flicker noise is a sum of first-order processes, one for each factor 4 of time: 62.5 ms to 12 days.
const FLICKER_POLES: usize = 12;
/// Allan deviation of that sum over the standard deviation of one of its terms.
const FLICKER_FLOOR: f64 = 0.97;

/// A clock that can be read, steered and stepped. Its error is with respect to true time.
///
/// Between its oscillator and the clock a DPLL may sit: it corrects the oscillator's frequency, and what it makes is the
/// output.
#[derive(Debug)]
pub(crate) struct Clock {
    source: Source,
    drive: Drive,
    at: SimTime,
    next_tick: SimTime,
    frequency_ppb: f64,
    discipline_ppb: f64,
    output_ns: f64,
    error_ns: f64,
    /// As it was asked for.
    adjustment_ppb: f64,
    /// Steps of the adjustment; 0 is without.
    step_ppb: f64,
}

/// Where the frequency of a clock comes from.
#[derive(Debug)]
enum Source {
    Oscillator(Box<Oscillator>),
    Expressions { frequency: Box<Evaluation>, step: Option<Box<Evaluation>> },
}

/// What a clock runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drive {
    /// Its oscillator.
    Oscillator,
    /// The output of the DPLL behind its oscillator.
    Output,
}

impl Clock {
    pub(crate) fn new(setup: OscillatorSetup, seed: u64, stream: Stream) -> Self {
        Self {
            source: Source::Oscillator(Box::new(Oscillator::new(setup, seed, stream))),
            drive: Drive::Oscillator,
            at: SimTime::START,
            next_tick: SimTime::START,
            frequency_ppb: 0.0,
            discipline_ppb: 0.0,
            output_ns: 0.0,
            error_ns: setup.initial_error_ns,
            adjustment_ppb: 0.0,
            step_ppb: 0.0,
        }
    }

    /// A clock that runs on expressions.
    pub(crate) fn modelled(model: &ClockModel, seed: u64, stream: Stream) -> Self {
        let evaluation = |expression: &Expression, stream| {
            Box::new(Evaluation::new(expression.clone(), Noise::new(seed, stream)))
        };
        let source = Source::Expressions {
            frequency: evaluation(&model.frequency, stream),
            step: model.step.as_ref().map(|step| evaluation(step, stream.next(1))),
        };
        let unused =
            OscillatorSetup { initial_error_ns: model.initial_error_ns, ..OscillatorSetup::plain_crystal() };
        Self { source, ..Self::new(unused, seed, stream) }.in_steps_of(ADJTIME_STEP_PPB)
    }

    /// The same clock, steered in such steps; 0 is without.
    pub(crate) fn in_steps_of(self, step_ppb: f64) -> Self {
        Self { step_ppb, ..self }
    }

    /// The same clock on something else.
    pub(crate) fn on(self, drive: Drive) -> Self {
        Self { drive, ..self }
    }

    /// Its error in nanoseconds. `now` must not go backwards.
    pub(crate) fn error_ns(&mut self, now: SimTime) -> f64 {
        while self.next_tick <= now {
            self.run_to(self.next_tick);
            let tick_ns = self.renew(self.next_tick);
            self.next_tick = self.next_tick.after_ns(tick_ns);
        }
        self.run_to(now);
        self.error_ns
    }

    /// Error of the DPLL's output in nanoseconds.
    pub(crate) fn output_ns(&mut self, now: SimTime) -> f64 {
        self.error_ns(now);
        self.output_ns
    }

    /// What it shows, in nanoseconds since the start.
    pub(crate) fn read_ns(&mut self, now: SimTime) -> i64 {
        let error_ns = crate::noise::whole_ns(self.error_ns(now));
        i64::try_from(now.ns).unwrap_or(i64::MAX).saturating_add(error_ns)
    }

    /// What it was last steered to, in parts per billion beside its oscillator: the kernel remembers it when a process
    /// ends.
    pub(crate) fn adjustment_ppb(&self) -> f64 {
        self.adjustment_ppb
    }

    /// Runs it faster by so many parts per billion than what it runs on.
    pub(crate) fn steer(&mut self, now: SimTime, adjustment_ppb: f64) {
        self.error_ns(now);
        self.adjustment_ppb = adjustment_ppb;
    }

    /// Sets it forward.
    pub(crate) fn step(&mut self, now: SimTime, by_ns: i64) {
        self.error_ns(now);
        self.error_ns += by_ns as f64;
    }

    /// Runs the output faster by so many parts per billion than the oscillator.
    pub(crate) fn discipline(&mut self, now: SimTime, discipline_ppb: f64) {
        self.error_ns(now);
        self.discipline_ppb = discipline_ppb;
    }

    /// Moves the edges of the output to that error; the clock stays as it is.
    pub(crate) fn align_output(&mut self, now: SimTime, output_ns: f64) {
        self.error_ns(now);
        self.output_ns = output_ns;
    }

    /// Makes its surroundings warmer.
    pub(crate) fn warm(&mut self, now: SimTime, by_k: f64) {
        self.error_ns(now);
        match &mut self.source {
            Source::Oscillator(oscillator) => oscillator.warmer_k += by_k,
            Source::Expressions { .. } => {}
        }
    }

    /// Renews its frequency; returns for how long that holds, in nanoseconds.
    fn renew(&mut self, at: SimTime) -> u64 {
        let no_packet = Packet::default();
        match &mut self.source {
            Source::Oscillator(oscillator) => {
                self.frequency_ppb = oscillator.next_frequency_ppb(at);
                TICK_NS
            }
            Source::Expressions { frequency, step } => {
                self.frequency_ppb = frequency.next(&no_packet) * 1e9;
                self.error_ns += step.as_mut().map_or(0.0, |step| step.next(&no_packet) * 1e9);
                NS_PER_S
            }
        }
    }

    fn run_to(&mut self, to: SimTime) {
        let elapsed_s = to.since(self.at) as f64 / NS_PER_S as f64;
        // 1 ppb is 1 ns per second.
        let output_ppb = self.frequency_ppb + self.discipline_ppb;
        let driven_ppb = match self.drive {
            Drive::Oscillator => self.frequency_ppb,
            Drive::Output => output_ppb,
        };
        self.output_ns += output_ppb * elapsed_s;
        let adjusted_ppb = match self.source {
            Source::Oscillator(_) => driven_ppb + self.stepped_ppb(),
            // What is adjusted is the oscillator's own second: (1 + f) (1 + a) - 1.
            Source::Expressions { .. } => {
                driven_ppb + self.stepped_ppb() + driven_ppb * self.stepped_ppb() / 1e9
            }
        };
        self.error_ns += adjusted_ppb * elapsed_s;
        self.at = to;
    }

    fn stepped_ppb(&self) -> f64 {
        if self.step_ppb > 0.0 {
            (self.adjustment_ppb / self.step_ppb).trunc() * self.step_ppb
        } else {
            self.adjustment_ppb
        }
    }
}

#[derive(Debug)]
struct Oscillator {
    setup: OscillatorSetup,
    white: Noise,
    walk: Noise,
    flicker: Noise,
    walked_ppb: f64,
    /// What the timeline has added to the temperature.
    warmer_k: f64,
    flickers_ppb: [f64; FLICKER_POLES],
    poles: [Pole; FLICKER_POLES],
}

/// A first-order process: what it keeps of itself in one tick, and the noise that keeps its deviation at 1.
#[derive(Clone, Copy, Debug)]
struct Pole {
    keep: f64,
    add: f64,
}

impl Oscillator {
    fn new(setup: OscillatorSetup, seed: u64, stream: Stream) -> Self {
        let mut four_to_the_i = 1.0_f64;
        let poles = std::array::from_fn(|_| {
            let keep = portable((-1.0 / (2.0 * four_to_the_i)).exp());
            four_to_the_i *= 4.0;
            Pole { keep, add: (1.0 - keep * keep).sqrt() }
        });
        let mut flicker = Noise::new(seed, stream.next(2));
        let deviation_ppb = setup.flicker_ppb / FLICKER_FLOOR;
        Self {
            setup,
            white: Noise::new(seed, stream),
            walk: Noise::new(seed, stream.next(1)),
            flickers_ppb: std::array::from_fn(|_| deviation_ppb * flicker.normal()),
            flicker,
            walked_ppb: 0.0,
            warmer_k: 0.0,
            poles,
        }
    }

    fn next_frequency_ppb(&mut self, at: SimTime) -> f64 {
        let days = at.ns as f64 / NS_PER_S as f64 / S_PER_DAY;
        let white_ppb = self.white.normal() * self.setup.white_ppb / TICK_S.sqrt();
        self.walked_ppb += self.walk.normal() * self.setup.random_walk_ppb * TICK_S.sqrt();
        let aging_ppb = self.setup.aging_ppb_per_day * days;
        let slow_ppb = self.setup.frequency_ppb + aging_ppb + self.temperature_ppb(at);
        slow_ppb + self.walked_ppb + self.flicker_ppb() + white_ppb
    }

    fn temperature_ppb(&self, at: SimTime) -> f64 {
        let TemperatureSetup { sensitivity_ppb_per_k, swing_k, period_s, rises_at_s } =
            self.setup.temperature;
        let mut warmer_k = self.warmer_k;
        if swing_k != 0.0 && period_s > 0.0 {
            let turns = (at.ns as f64 / NS_PER_S as f64 - rises_at_s) / period_s;
            warmer_k += swing_k * portable((TAU * turns.fract()).sin());
        }
        sensitivity_ppb_per_k * warmer_k
    }

    fn flicker_ppb(&mut self) -> f64 {
        if self.setup.flicker_ppb <= 0.0 {
            return 0.0;
        }
        let deviation_ppb = self.setup.flicker_ppb / FLICKER_FLOOR;
        for (value_ppb, pole) in self.flickers_ppb.iter_mut().zip(&self.poles) {
            *value_ppb = pole.keep * *value_ppb + pole.add * deviation_ppb * self.flicker.normal();
        }
        self.flickers_ppb.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Drive};
    use crate::noise::Stream;
    use crate::{ClockModel, Expression, OscillatorSetup, SimTime, TemperatureSetup};

    const STILL: OscillatorSetup = OscillatorSetup::perfect();

    fn clock(setup: OscillatorSetup) -> Clock {
        Clock::new(setup, 1, Stream::phc(0))
    }

    /// Overlapping Allan deviation in ppb at that many seconds, from one error per second.
    fn allan_deviation_ppb(errors_ns: &[f64], tau_s: usize) -> f64 {
        let squares = errors_ns.windows(2 * tau_s + 1).map(|window| {
            let second_difference_ns = window[2 * tau_s] - 2.0 * window[tau_s] + window[0];
            second_difference_ns * second_difference_ns
        });
        let n = squares.len() as f64;
        (squares.sum::<f64>() / (2.0 * n)).sqrt() / tau_s as f64
    }

    fn errors_ns(setup: OscillatorSetup, seconds: u64) -> Vec<f64> {
        let mut clock = clock(setup);
        (0..seconds).map(|s| clock.error_ns(SimTime::from_s(s))).collect()
    }

    #[track_caller]
    fn assert_within(got: f64, expected: f64, part: f64) {
        assert!((got / expected - 1.0).abs() < part, "{got} is not {expected} within {part}");
    }

    #[test]
    fn white_noise_has_the_stated_allan_deviation_and_falls_with_the_root_of_time() {
        let errors_ns = errors_ns(OscillatorSetup { white_ppb: 5.0, ..STILL }, 40_000);
        assert_within(allan_deviation_ppb(&errors_ns, 1), 5.0, 0.05);
        assert_within(allan_deviation_ppb(&errors_ns, 100), 0.5, 0.15);
    }

    #[test]
    fn random_walk_rises_with_the_root_of_a_third_of_time() {
        let errors_ns = errors_ns(OscillatorSetup { random_walk_ppb: 2.0, ..STILL }, 40_000);
        assert_within(allan_deviation_ppb(&errors_ns, 3), 2.0, 0.05);
        assert_within(allan_deviation_ppb(&errors_ns, 300), 20.0, 0.15);
    }

    #[test]
    fn flicker_noise_stays_at_its_floor() {
        let errors_ns = errors_ns(OscillatorSetup { flicker_ppb: 3.0, ..STILL }, 40_000);
        for tau_s in [1, 10, 100] {
            assert_within(allan_deviation_ppb(&errors_ns, tau_s), 3.0, 0.15);
        }
    }

    #[test]
    fn a_constant_frequency_and_aging_add_up_to_the_textbook_error() {
        let setup =
            OscillatorSetup { initial_error_ns: 7.0, frequency_ppb: 10.0, aging_ppb_per_day: 86.4, ..STILL };
        // 7 + 10 t + D t^2 / 2 with D = 0.001 ppb per second; aging is renewed every 62.5 ms.
        let mut clock = clock(setup);
        assert_within(clock.error_ns(SimTime::from_s(1000)), 7.0 + 10_000.0 + 500.0, 1e-5);
    }

    #[test]
    fn noise_does_not_depend_on_who_looks_when() {
        let setup = OscillatorSetup::plain_crystal();
        let mut seldom = clock(setup);
        let mut often = clock(setup);
        for ms in 0..5_000 {
            often.error_ns(SimTime::from_ms(ms));
        }
        let at = SimTime::from_s(5);
        assert!((seldom.error_ns(at) - often.error_ns(at)).abs() < 1e-3);
    }

    fn modelled(frequency: Expression, step: Option<Expression>) -> Clock {
        let model = ClockModel { initial_error_ns: 350_000.0, frequency, step };
        Clock::modelled(&model, 1, Stream::phc_model(0))
    }

    #[test]
    fn an_expression_drives_a_clock_from_second_to_second() {
        // 1, 2, 3 ppm in the first three seconds.
        let ramp = Expression::Accumulate(vec![Expression::Constant(1e-6)]);
        let mut clock = modelled(ramp, None);
        for (ms, error_ns) in [(0, 350_000.0), (500, 350_500.0), (1_000, 351_000.0), (1_500, 352_000.0)] {
            assert_within(clock.error_ns(SimTime::from_ms(ms)), error_ns, 1e-9);
        }
        assert_within(clock.error_ns(SimTime::from_s(3)), 356_000.0, 1e-9);
    }

    #[test]
    fn a_step_expression_sets_a_clock_forward_at_each_evaluation() {
        let mut clock = modelled(Expression::Constant(0.0), Some(Expression::Constant(1e-9)));
        // At 0, 1 and 2 s.
        assert_within(clock.error_ns(SimTime::from_s(2)), 350_003.0, 1e-12);
    }

    #[test]
    fn an_expressions_clock_is_steered_in_the_units_of_clock_adjtime() {
        let mut clock = modelled(Expression::Constant(1e-4), None);
        // 100.009 ppb are 6554.19 units of 2^-16 ppm, cut off 6554: 100.006104 ppb of the clock's own seconds.
        clock.steer(SimTime::START, 100.009);
        let expected_ns = 350_000.0 + 1e9 * ((1.0 + 1e-4) * (1.0 + 6554.0 / 65_536e6) - 1.0);
        let error_ns = clock.error_ns(SimTime::from_s(1));
        assert!((error_ns - expected_ns).abs() < 1e-6, "{error_ns}, expected {expected_ns}");
    }

    #[test]
    fn steering_and_stepping_act_from_the_instant_on() {
        let mut clock = clock(STILL);
        clock.steer(SimTime::from_s(1), -50.0);
        assert_eq!(clock.error_ns(SimTime::from_s(3)), -100.0);
        clock.step(SimTime::from_s(3), 90);
        assert_eq!(clock.read_ns(SimTime::from_s(3)), 2_999_999_990);
    }

    #[test]
    fn every_kind_has_the_allan_deviation_of_its_figures() {
        type Kind = fn() -> OscillatorSetup;
        let kinds: [(&str, Kind); 5] = [
            ("crystal", OscillatorSetup::plain_crystal),
            ("TCXO", OscillatorSetup::temperature_compensated),
            ("OCXO", OscillatorSetup::oven_controlled),
            ("HP OCXO", OscillatorSetup::high_performance_oven_controlled),
            ("rubidium", OscillatorSetup::rubidium),
        ];
        const SECONDS: u64 = 20_000;
        for (name, kind) in kinds {
            let setup = OscillatorSetup { initial_error_ns: 0.0, frequency_ppb: 0.0, ..kind() };
            let errors_ns = errors_ns(setup, SECONDS);
            for tau_s in [1, 10, 100] {
                let tau = f64::from(tau_s);
                // IEEE 1139: white w^2 / tau, flicker f^2, random walk r^2 tau / 3, drift (D tau)^2 / 2.
                let drift_ppb = setup.aging_ppb_per_day / 86_400.0 * tau;
                let variance = setup.white_ppb * setup.white_ppb / tau
                    + setup.flicker_ppb * setup.flicker_ppb
                    + setup.random_walk_ppb * setup.random_walk_ppb * tau / 3.0
                    + drift_ppb * drift_ppb / 2.0;
                let got = allan_deviation_ppb(&errors_ns, usize::try_from(tau_s).unwrap());
                // Four standard errors, 1 / sqrt(2 n) of n independent pairs, and what the sum of poles is off the law.
                let bound = 4.0 / (2.0 * SECONDS as f64 / tau).sqrt() + 0.05;
                assert!(
                    (got / variance.sqrt() - 1.0).abs() < bound,
                    "{name} at {tau_s} s: {got}, {variance}"
                );
            }
        }
    }

    #[test]
    fn white_noise_of_time_stamps_falls_with_time() {
        // White phase noise of s makes sqrt(3) s / tau.
        let mut noise = crate::noise::Noise::new(1, Stream::stamps(0));
        let errors_ns: Vec<f64> = (0..20_000).map(|_| 4.0 * noise.normal()).collect();
        for tau_s in [1_usize, 10, 100] {
            assert_within(allan_deviation_ppb(&errors_ns, tau_s), 48_f64.sqrt() / tau_s as f64, 0.05);
        }
    }

    #[test]
    fn the_temperature_of_a_day_is_a_sine() {
        let temperature = TemperatureSetup {
            sensitivity_ppb_per_k: 0.05,
            swing_k: 4.0,
            period_s: 1_000.0,
            rises_at_s: 0.0,
        };
        let mut clock = clock(OscillatorSetup { temperature, ..STILL });
        // The integral of 0.2 ppb sin(2 pi t / 1000): 0.2 * 1000 / pi after half a period, 0 after a whole one.
        assert_within(clock.error_ns(SimTime::from_s(500)), 200.0 / std::f64::consts::PI, 1e-3);
        assert!(clock.error_ns(SimTime::from_s(1000)).abs() < 0.02);
    }

    #[test]
    fn a_clock_in_steps_is_steered_towards_none() {
        let mut clock = clock(STILL).in_steps_of(0.2);
        clock.steer(SimTime::START, -0.39);
        assert_within(clock.error_ns(SimTime::from_s(10)), -2.0, 1e-9);
        assert_eq!(clock.adjustment_ppb(), -0.39, "the kernel remembers what it was asked for");
    }

    #[test]
    fn what_disciplines_the_output_moves_the_clock_only_if_it_runs_on_it() {
        for (drive, expected_ns) in [(Drive::Oscillator, 30.0), (Drive::Output, 80.0)] {
            let mut clock = clock(OscillatorSetup { frequency_ppb: 10.0, ..STILL }).on(drive);
            clock.discipline(SimTime::START, 5.0);
            clock.steer(SimTime::START, -7.0);
            clock.align_output(SimTime::START, 1_000.0);
            assert_within(clock.output_ns(SimTime::from_s(10)), 1_150.0, 1e-9);
            assert_within(clock.error_ns(SimTime::from_s(10)), expected_ns, 1e-9);
        }
    }
}
