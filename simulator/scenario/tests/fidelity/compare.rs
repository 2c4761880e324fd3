//! The distributions of a recording beside those of simulations, window by window.

use crate::lines::{Sample, SummarySample, samples, summaries, transitions};
use crate::recording::Recording;
use crate::simulation::Simulation;
use crate::statistics::{correlation_length, kolmogorov_smirnov, thinned};
use ptp_lines::{PortState, Servo};

/// After a change the servo settles for so long before anything is compared: that many seconds, or sync intervals.
const SETTLING_S: f64 = 15.0;
const SETTLING_INTERVALS: f64 = 60.0;
/// Fewer independent samples say nothing.
const INDEPENDENT_MIN: usize = 10;
/// See [`Treatment::WithoutWalk`].
const WALK_S: f64 = 10.0;
/// Below this probability two distributions are told apart.
pub(crate) const LEVEL: f64 = 0.01;

/// One quantity in one window, over all seeds.
pub(crate) struct Comparison {
    pub(crate) what: &'static str,
    pub(crate) window_s: (f64, f64),
    /// Values of the recording, and how many of them are taken as independent.
    pub(crate) values: (usize, usize),
    /// Every so many-th value is taken.
    pub(crate) thinned_by: usize,
    /// Mean and standard deviation: recorded, and over all seeds.
    pub(crate) recorded: (f64, f64),
    pub(crate) simulated: (f64, f64),
    /// By seed: the probability of such a difference, if there is none between the distributions.
    pub(crate) by_seed: Vec<(u64, f64)>,
}

impl Comparison {
    /// Seeds that are told apart from the recording at 1 per cent.
    pub(crate) fn told_apart(&self) -> usize {
        self.by_seed.iter().filter(|(_, p)| *p < LEVEL).count()
    }

    /// The median and the smallest of the probabilities.
    pub(crate) fn median_and_least(&self) -> (f64, f64) {
        let mut ps: Vec<f64> = self.by_seed.iter().map(|(_, p)| *p).collect();
        ps.sort_by(f64::total_cmp);
        (ps[ps.len() / 2], ps[0])
    }
}

/// A series with its instants.
type Series = Vec<(f64, f64)>;

/// One thing that both have figures of.
struct Quantity {
    what: &'static str,
    /// From when on its servo is locked in the recording.
    locked_s: f64,
    real: Series,
    /// By seed.
    simulated: Vec<Series>,
    treatment: Treatment,
}

/// What is done to the values of a window before they are compared.
#[derive(Clone, Copy, PartialEq)]
enum Treatment {
    AsTheyAre,
    /// The mean of ten seconds is taken off: what an oscillator's walk does to the frequency over more than that is
    /// another realization in every run.
    WithoutWalk,
}

/// Every quantity in every window that has enough of it.
pub(crate) fn comparisons(recording: &Recording, simulations: &[Simulation]) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for quantity in quantities(recording, simulations) {
        for window in windows(recording, quantity.locked_s) {
            comparisons.extend(quantity.compare(window, simulations));
        }
    }
    comparisons
}

/// From one change to the next, without the settling.
fn windows(recording: &Recording, locked_s: f64) -> Vec<(f64, f64)> {
    let settling_s = SETTLING_S.max(SETTLING_INTERVALS * recording.sync_interval_s());
    let mut edges = vec![locked_s];
    edges.extend(recording.changes_s().into_iter().filter(|at_s| *at_s > locked_s));
    edges.push(recording.duration_s());
    let windows = edges.windows(2).map(|pair| (pair[0] + settling_s, pair[1]));
    windows.filter(|(from, until)| from < until).collect()
}

fn quantities(recording: &Recording, simulations: &[Simulation]) -> Vec<Quantity> {
    let ptp4l = Printed::new(&recording.ptp4l, simulations.iter().map(|s| &s.ptp4l));
    let phc2sys = Printed::new(&recording.phc2sys, simulations.iter().map(|s| &s.phc2sys));
    let mut quantities = vec![
        ptp4l.quantity("ptp4l offset, ns", |s| s.offset_ns, Treatment::AsTheyAre),
        ptp4l.quantity("ptp4l path delay, ns", |s| s.delay_ns, Treatment::AsTheyAre),
        ptp4l.quantity("ptp4l freq, ppb", |s| s.freq_ppb, Treatment::WithoutWalk),
        phc2sys.quantity("phc2sys offset, ns", |s| s.offset_ns, Treatment::AsTheyAre),
        phc2sys.quantity("phc2sys freq, ppb", |s| s.freq_ppb, Treatment::WithoutWalk),
        truth(recording, simulations, ("true PHC error, ns", 2, ptp4l.locked_s()), |(phc_ns, _)| phc_ns),
    ];
    quantities.extend(ptp4l.summaries(PTP4L_SUMMARY));
    quantities.extend(phc2sys.summaries(PHC2SYS_SUMMARY));
    if let Some(follower) = recording.follower() {
        let what = ("true OS error, ns", follower, phc2sys.locked_s());
        quantities.push(truth(recording, simulations, what, |(_, os_ns)| os_ns));
    }
    quantities
}

const PTP4L_SUMMARY: [&str; 5] = [
    "ptp4l summary rms, ns",
    "ptp4l summary max, ns",
    "ptp4l summary freq, ppb",
    "ptp4l summary freq sd, ppb",
    "ptp4l summary delay, ns",
];
const PHC2SYS_SUMMARY: [&str; 5] = [
    "phc2sys summary rms, ns",
    "phc2sys summary max, ns",
    "phc2sys summary freq, ppb",
    "phc2sys summary freq sd, ppb",
    "phc2sys summary delay, ns",
];

/// What a process printed, and what it printed in each simulation.
struct Printed {
    real: Vec<Sample>,
    simulated: Vec<Vec<Sample>>,
    /// When its port became slave, if it has one.
    slave_s: Option<f64>,
    real_summaries: Vec<SummarySample>,
    simulated_summaries: Vec<Vec<SummarySample>>,
}

impl Printed {
    fn new<'l>(real: &[String], simulated: impl Iterator<Item = &'l Vec<String>> + Clone) -> Self {
        let slave = transitions(real).into_iter().find(|t| t.change.2 == PortState::Slave);
        Self {
            real: samples(real),
            simulated: simulated.clone().map(|lines| samples(lines)).collect(),
            slave_s: slave.map(|t| t.at_s),
            real_summaries: summaries(real),
            simulated_summaries: simulated.map(|lines| summaries(lines)).collect(),
        }
    }

    fn locked_s(&self) -> f64 {
        let locked = self.real.iter().find(|s| s.servo >= Servo::Locked).map(|s| s.at_s);
        // A phc2sys that prints nothing but summaries has locked before the first of them.
        let summarized = self.real_summaries.first().map(|s| s.at_s);
        locked.or(self.slave_s).or(summarized).unwrap_or(0.0)
    }

    /// What stands in summary lines, if there are any.
    fn summaries(&self, [rms, max, freq, freq_deviation, delay]: [&'static str; 5]) -> Vec<Quantity> {
        let quantity = |what, value: fn(&SummarySample) -> f64, treatment| {
            let series = |samples: &Vec<SummarySample>| samples.iter().map(|s| (s.at_s, value(s))).collect();
            let simulated = self.simulated_summaries.iter().map(series).collect();
            Quantity {
                what,
                locked_s: self.locked_s(),
                real: series(&self.real_summaries),
                simulated,
                treatment,
            }
        };
        vec![
            quantity(rms, |s| s.rms_ns, Treatment::AsTheyAre),
            quantity(max, |s| s.max_ns, Treatment::AsTheyAre),
            quantity(freq, |s| s.freq_ppb, Treatment::WithoutWalk),
            quantity(freq_deviation, |s| s.freq_deviation_ppb, Treatment::AsTheyAre),
            quantity(delay, |s| s.delay_ns, Treatment::AsTheyAre),
        ]
    }

    fn quantity(&self, what: &'static str, value: fn(&Sample) -> f64, treatment: Treatment) -> Quantity {
        let simulated = self.simulated.iter().map(|samples| by(samples, value)).collect();
        Quantity { what, locked_s: self.locked_s(), real: by(&self.real, value), simulated, treatment }
    }
}

fn by(samples: &[Sample], value: fn(&Sample) -> f64) -> Series {
    samples.iter().map(|sample| (sample.at_s, value(sample))).collect()
}

fn truth(
    recording: &Recording,
    simulations: &[Simulation],
    (what, node, locked_s): (&'static str, u32, f64),
    value: fn((f64, f64)) -> f64,
) -> Quantity {
    let column = node as usize - 1;
    // The recorded ones are printed in whole nanoseconds.
    let real = recording.truth.iter().filter_map(|row| Some((row.get(column)? * 1e9).round())).zip(0..);
    let simulated = simulations.iter().map(|simulation| {
        let truth = simulation.truth_ns.iter().zip(0..);
        truth.map(|(truth, second)| (f64::from(second), value(*truth).round())).collect()
    });
    Quantity {
        what,
        locked_s,
        real: real.map(|(ns, second)| (f64::from(second), ns)).collect(),
        simulated: simulated.collect(),
        treatment: Treatment::AsTheyAre,
    }
}

/// Every value minus the mean of its ten seconds.
fn without_walk(series: &[(f64, f64)]) -> Series {
    let block = |at_s: f64| (at_s / WALK_S).floor();
    let mut flat = Vec::new();
    for values in series.chunk_by(|a, b| block(a.0) == block(b.0)) {
        let (mean, _) = moments(values.iter().map(|(_, value)| *value));
        flat.extend(values.iter().map(|(at_s, value)| (*at_s, value - mean)));
    }
    flat
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt())
}

impl Quantity {
    fn within(&self, series: &Series, (from, until): (f64, f64)) -> Vec<f64> {
        let inside = series.iter().copied().filter(|(at_s, _)| from <= *at_s && *at_s < until);
        let inside: Series = inside.collect();
        let inside = if self.treatment == Treatment::WithoutWalk { without_walk(&inside) } else { inside };
        inside.into_iter().map(|(_, value)| value).collect()
    }

    fn compare(&self, window_s: (f64, f64), simulations: &[Simulation]) -> Option<Comparison> {
        let real = self.within(&self.real, window_s);
        let thinned_by = correlation_length(&real);
        let independent = thinned(&real, thinned_by);
        if independent.len() < INDEPENDENT_MIN {
            return None;
        }
        let all: Vec<Vec<f64>> = self.simulated.iter().map(|series| self.within(series, window_s)).collect();
        let by_seed = simulations.iter().zip(&all).map(|(simulation, values)| {
            let values = thinned(values, thinned_by);
            // No values where the recording has them is as different as can be.
            let p = if values.is_empty() { 0.0 } else { kolmogorov_smirnov(&independent, &values).p };
            (simulation.seed, p)
        });
        Some(Comparison {
            what: self.what,
            window_s,
            values: (real.len(), independent.len()),
            thinned_by,
            by_seed: by_seed.collect(),
            recorded: moments(real.iter().copied()),
            simulated: moments(all.iter().flatten().copied()),
        })
    }
}
