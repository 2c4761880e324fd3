//! How well a clock keeps time: the estimators of the trade over evenly spaced time errors, and the masks of the
//! recommendations that they are held against.
//!
//! Deviations follow W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), section 5; MTIE and the
//! time error statistics follow ITU-T G.810 and G.8260. Time errors are in nanoseconds, so ADEV, MDEV and HDEV are in
//! nanoseconds per second, that is in parts per 10^9; TDEV and MTIE are in nanoseconds.
//!
//! # Gaps
//! A sample may be missing. Nothing is put in its place. ADEV, MDEV, TDEV and HDEV leave out every term that would touch
//! it, and say how many terms are left. MTIE looks at the samples that a window still has, and is then a lower bound.
//! Averages are over the samples that are there. Filters start anew after a gap.

mod deviation;
pub mod mask;
mod mtie;
mod series;
mod time_error;

pub use deviation::{Overlap, adev, hdev, mdev, tdev};
pub use mtie::mtie;
pub use series::{NotASeries, PhaseSeries};
pub use time_error::{constant_te_ns, dte_high_pass, dte_low_pass, max_abs_te, peak_to_peak_ns};

/// One point of a curve over the observation interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The observation interval, in seconds.
    pub tau_s: f64,
    /// The statistic, in the unit of its estimator.
    pub value: f64,
    /// How many terms it was computed from; few terms mean little confidence.
    pub terms: usize,
}

/// A curve: an estimator at each of some averaging factors. Factors for which there are no terms are left out.
pub fn curve(
    series: &PhaseSeries,
    factors: &[usize],
    estimator: impl Fn(&PhaseSeries, usize) -> Option<Point>,
) -> Vec<Point> {
    factors.iter().filter_map(|factor| estimator(series, *factor)).collect()
}

#[cfg(test)]
mod tests;
