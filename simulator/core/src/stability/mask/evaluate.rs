//! A series against a mask.

use super::super::{
    PhaseSeries, Point, constant_te_ns, curve, dte_high_pass, dte_low_pass, max_abs_te, mtie,
    peak_to_peak_ns, tdev,
};
use super::{Limit, Mask, Quantity};

/// A constant time error is an average over so many seconds (ITU-T G.8273.2, clause 7.1).
const CONSTANT_TE_SPAN_S: f64 = 1_000.0;

/// An observation interval counts when the series is so many times as long; below, MTIE and TDEV say little.
const SPANS_MIN: f64 = 10.0;

/// What became of one limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The limit.
    pub limit: Limit,
    /// How the series stands to it.
    pub outcome: Outcome,
}

/// How a series stands to a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Where it comes nearest to the limit, or exceeds it most, in proportion to the limit there.
    Measured {
        /// What was measured there, in nanoseconds; signed for time errors.
        measured_ns: f64,
        /// What may be there, in nanoseconds.
        limit_ns: f64,
        /// Where.
        place: Place,
    },
    /// The series is too short to say.
    TooShort {
        /// How long it would have to be, in seconds.
        needed_s: f64,
    },
}

/// Where something was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// So many seconds after the first sample.
    Time {
        /// Seconds.
        at_s: f64,
    },
    /// At an observation interval.
    Tau {
        /// Seconds.
        tau_s: f64,
    },
    /// Over the whole series.
    Whole,
}

impl Outcome {
    /// What is left up to the limit, in nanoseconds; negative beyond it.
    pub fn margin_ns(&self) -> Option<f64> {
        match self {
            Self::Measured { measured_ns, limit_ns, .. } => Some(limit_ns - measured_ns.abs()),
            Self::TooShort { .. } => None,
        }
    }

    /// Whether the limit holds; `None` when nobody can say. What is just at the limit conforms.
    pub fn passed(&self) -> Option<bool> {
        self.margin_ns().map(|margin| margin >= 0.0)
    }
}

/// Holds a series against every limit of a mask, in the order of the mask.
pub fn evaluate(series: &PhaseSeries, mask: &Mask) -> Vec<Finding> {
    mask.limits.iter().map(|limit| Finding { limit: *limit, outcome: outcome(series, limit) }).collect()
}

fn outcome(series: &PhaseSeries, limit: &Limit) -> Outcome {
    let whole = |value: Option<f64>| at_once(limit, value.map(|measured_ns| (measured_ns, Place::Whole)));
    let peak = |series: &PhaseSeries| {
        at_once(limit, max_abs_te(series).map(|(at_s, measured_ns)| (measured_ns, Place::Time { at_s })))
    };
    match limit.quantity {
        Quantity::MaxAbsTe => peak(series),
        Quantity::MaxAbsTeLowPass => peak(&dte_low_pass(series)),
        Quantity::ConstantTe if series.span_s() < CONSTANT_TE_SPAN_S => {
            Outcome::TooShort { needed_s: CONSTANT_TE_SPAN_S }
        }
        Quantity::ConstantTe => whole(constant_te_ns(series)),
        Quantity::Mtie => over_tau(series, limit, mtie),
        Quantity::Tdev => over_tau(series, limit, tdev),
        Quantity::DteLowPassMtie => over_tau(&dte_low_pass(series), limit, mtie),
        Quantity::DteLowPassTdev => over_tau(&dte_low_pass(series), limit, tdev),
        Quantity::DteHighPassPeakToPeak => whole(peak_to_peak_ns(&dte_high_pass(series))),
    }
}

fn at_once(limit: &Limit, measured: Option<(f64, Place)>) -> Outcome {
    match (measured, limit.bound.at(f64::INFINITY)) {
        (Some((measured_ns, place)), Some(limit_ns)) => Outcome::Measured { measured_ns, limit_ns, place },
        (None, _) | (_, None) => Outcome::TooShort { needed_s: 0.0 },
    }
}

fn over_tau(
    series: &PhaseSeries,
    limit: &Limit,
    estimator: fn(&PhaseSeries, usize) -> Option<Point>,
) -> Outcome {
    let longest_s = series.span_s() / SPANS_MIN;
    let mut worst: Option<(f64, Outcome)> = None;
    for point in curve(series, &series.factors(), estimator) {
        let Some(limit_ns) = limit.bound.at(point.tau_s).filter(|_| point.tau_s <= longest_s) else {
            continue;
        };
        let used = point.value / limit_ns;
        if worst.is_none_or(|(so_far, _)| used > so_far) {
            let place = Place::Tau { tau_s: point.tau_s };
            worst = Some((used, Outcome::Measured { measured_ns: point.value, limit_ns, place }));
        }
    }
    worst.map_or(Outcome::TooShort { needed_s: SPANS_MIN * series.interval_s() }, |(_, outcome)| outcome)
}
