//! Are recorded and simulated figures of one distribution?

use crate::compare::{Comparison, LEVEL, comparisons as compare};
use crate::recording::{Recording, recordings};
use crate::simulation::Simulation;
use crate::{SEEDS, STRICT_SEEDS, comparisons, own_folder, tell};
use sim_core::{Expression, ServoGains, Setup};

/// Of 20 seeds more than this fall below 1 per cent with a probability of 4e-5, if each is an even chance of its own.
const TOLD_APART_MAX: usize = 3;

fn table(name: &str, comparisons: &[Comparison]) {
    tell(&format!(
        "\n{name:32} {:>15} {:>11} {:>3} {:>18} {:>18} {:>5} {:>6} {:>7}",
        "window, s", "values", "by", "recorded", "simulated", "apart", "median", "least"
    ));
    for c in comparisons {
        let (median, least) = c.median_and_least();
        tell(&format!(
            "  {:30} {:7.1}-{:7.1} {:>5}/{:>5} {:>3} {:>10.2} {:>7.2} {:>10.2} {:>7.2} {:>5} {median:>6.3} {least:>7.4}",
            c.what,
            c.window_s.0,
            c.window_s.1,
            c.values.1,
            c.values.0,
            c.thinned_by,
            c.recorded.0,
            c.recorded.1,
            c.simulated.0,
            c.simulated.1,
            c.told_apart(),
        ));
    }
}

#[test]
fn offsets_of_the_first_seeds_are_never_told_apart() {
    for (name, comparisons) in comparisons() {
        for c in comparisons.iter().filter(|c| c.what.contains("offset")) {
            for (seed, p) in c.by_seed.iter().filter(|(seed, _)| STRICT_SEEDS.contains(seed)) {
                assert!(*p >= LEVEL, "{name}: {} in {:?} s, seed {seed}: p = {p:.4}", c.what, c.window_s);
            }
        }
    }
}

#[test]
fn over_all_seeds_no_more_are_told_apart_than_chance_tells_apart() {
    let (mut all, mut apart) = (0, 0);
    for (name, comparisons) in comparisons() {
        table(name, &comparisons);
        for c in &comparisons {
            let told = c.told_apart();
            all += c.by_seed.len();
            apart += told;
            let seeds = c.by_seed.len();
            assert!(told <= TOLD_APART_MAX, "{name}: {} in {:?} s: {told} of {seeds}", c.what, c.window_s);
        }
    }
    let bound = binomial_bound(all);
    tell(&format!("\n{apart} of {all} comparisons below 1 %; up to {bound} are chance\n"));
    assert!(apart <= bound, "{apart} of {all} comparisons are told apart, more than {bound}");
}

/// The least number that a binomial distribution of 1 per cent exceeds with a probability below 1 in 1000.
fn binomial_bound(n: usize) -> usize {
    let mut probability = 0.99_f64.powi(i32::try_from(n).expect("a small number"));
    let mut below = probability;
    for k in 0..n {
        if 1.0 - below < 1e-3 {
            return k;
        }
        probability *= (n - k) as f64 / (k + 1) as f64 * LEVEL / (1.0 - LEVEL);
        below += probability;
    }
    n
}

#[test]
fn the_bound_is_that_of_the_binomial_distribution() {
    // n = 20: P(> 0) = 0.182, P(> 1) = 0.0169, P(> 2) = 1.0e-3 (1.004), P(> 3) = 4.3e-5.
    assert_eq!(binomial_bound(20), 3);
}

/// The share of comparisons of this name that a changed simulation is told apart in.
fn told_apart_share(what: &str, change: impl Fn(&mut Setup) + Sync) -> f64 {
    let (mut all, mut apart) = (0, 0);
    for recording in recordings(&own_folder()) {
        let changed = Changed { recording: &recording, change: &change };
        for c in compare(&recording, &changed.simulations()).iter().filter(|c| c.what.contains(what)) {
            all += c.by_seed.len();
            apart += c.told_apart();
        }
    }
    apart as f64 / all as f64
}

struct Changed<'a, F> {
    recording: &'a Recording,
    change: &'a F,
}

impl<F: Fn(&mut Setup)> Changed<'_, F> {
    fn simulations(&self) -> Vec<Simulation> {
        let simulation = |seed| {
            let mut setup = self.recording.setup(seed);
            (self.change)(&mut setup);
            Simulation::run(setup)
        };
        SEEDS.step_by(4).map(simulation).collect()
    }
}

fn scaled(expression: &Expression, by: f64) -> Expression {
    Expression::Multiply(vec![Expression::Constant(by), expression.clone()])
}

#[test]
fn a_simulation_that_is_a_little_wrong_is_told_apart() {
    let path_delay = told_apart_share("path delay", |setup| {
        for path in setup.model.paths.values_mut() {
            // The 7 ns of the frame, which the path delay of clknetsim lacks.
            path.early_stamps_ns = 0.0;
        }
    });
    assert!(path_delay > 0.8, "a path delay that is 1.4 per cent too long: {path_delay}");
    let offset = told_apart_share("ptp4l offset", |setup| {
        for path in setup.model.paths.values_mut() {
            // 4 ns of noise in the recorded models become 5.7.
            let noise = Expression::Multiply(vec![Expression::Constant(4e-9), Expression::Normal]);
            path.to_node = Expression::Add(vec![path.to_node.clone(), noise]);
        }
    });
    assert!(offset > 0.5, "1.4 times the noise of packets to the node: {offset}");
    let freq = told_apart_share("ptp4l freq", |setup| {
        let ptp4l = setup.profiles[0].ptp4l.as_mut().expect("there is one");
        ptp4l.servo = ServoGains { proportional: 0.7, integral: 0.3 };
    });
    assert!(freq > 0.3, "the gains of phc2sys in ptp4l: {freq}");
    let reading = told_apart_share("phc2sys offset", |setup| {
        for phc2sys in setup.profiles.iter_mut().filter_map(|profile| profile.phc2sys.as_mut()) {
            phc2sys.reading_error = phc2sys.reading_error.as_ref().map(|error| scaled(error, 2.0));
        }
    });
    assert!(reading > 0.5, "twice the noise when phc2sys reads clocks: {reading}");
}
