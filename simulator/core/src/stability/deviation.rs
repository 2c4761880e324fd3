//! The deviations of the Allan family: root mean squares of higher differences of the time error.

use super::{PhaseSeries, Point};

/// Whether the stretches that are compared may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Every stretch counts: all that the data tell, and the usual choice.
    Full,
    /// Stretches follow each other: the original definition, with poorer confidence.
    None,
}

impl Overlap {
    /// From the beginning of one stretch to that of the next, in samples.
    fn stride(self, factor: usize) -> usize {
        match self {
            Self::Full => 1,
            Self::None => factor,
        }
    }
}

/// Allan deviation at `factor` times the sampling interval, in nanoseconds per second (NIST SP 1065, section 5.2).
/// `None` without a single term.
pub fn adev(series: &PhaseSeries, factor: usize, overlap: Overlap) -> Option<Point> {
    let difference = |i: usize| {
        let [x0, x1, x2] = [i, i + factor, i + 2 * factor].map(|place| series.at(place));
        Some(x2? - 2.0 * x1? + x0?)
    };
    let mean = MeanSquare::of(series, (2, factor), overlap, difference)?;
    let tau_s = tau_s(series, factor);
    Some(Point { tau_s, value: (mean.square / 2.0).sqrt() / tau_s, terms: mean.terms })
}

/// Hadamard deviation, in nanoseconds per second: as the Allan deviation, but blind to a constant drift of frequency
/// (NIST SP 1065, section 5.2).
pub fn hdev(series: &PhaseSeries, factor: usize, overlap: Overlap) -> Option<Point> {
    let difference = |i: usize| {
        let places = [i, i + factor, i + 2 * factor, i + 3 * factor];
        let [x0, x1, x2, x3] = places.map(|place| series.at(place));
        Some(x3? - 3.0 * x2? + 3.0 * x1? - x0?)
    };
    let mean = MeanSquare::of(series, (3, factor), overlap, difference)?;
    let tau_s = tau_s(series, factor);
    Some(Point { tau_s, value: (mean.square / 6.0).sqrt() / tau_s, terms: mean.terms })
}

/// Modified Allan deviation, in nanoseconds per second (NIST SP 1065, equation 14).
///
/// The average over a stretch is a difference of two running sums, so a factor costs one pass over the series.
pub fn mdev(series: &PhaseSeries, factor: usize) -> Option<Point> {
    let difference = |i: usize| {
        let [s0, s1, s2] = [i, i + factor, i + 2 * factor].map(|place| series.sum(place, factor));
        Some((s2? - 2.0 * s1? + s0?) / factor as f64)
    };
    // The last stretch ends with the series: 3 factor samples, and not one more.
    let places = series.samples().len().checked_sub(3_usize.checked_mul(factor)?)?.checked_add(1)?;
    let mean = MeanSquare::over((factor > 0).then_some(places)?, 1, difference)?;
    let tau_s = tau_s(series, factor);
    Some(Point { tau_s, value: (mean.square / 2.0).sqrt() / tau_s, terms: mean.terms })
}

/// Time deviation, in nanoseconds (NIST SP 1065, equation 21; ITU-T G.810): the modified Allan deviation times tau / sqrt 3.
pub fn tdev(series: &PhaseSeries, factor: usize) -> Option<Point> {
    let mdev = mdev(series, factor)?;
    Some(Point { value: mdev.value * mdev.tau_s / 3.0_f64.sqrt(), ..mdev })
}

fn tau_s(series: &PhaseSeries, factor: usize) -> f64 {
    factor as f64 * series.interval_s()
}

struct MeanSquare {
    square: f64,
    terms: usize,
}

impl MeanSquare {
    /// Of differences that reach `order` times the factor ahead of their place.
    fn of(
        series: &PhaseSeries,
        (order, factor): (usize, usize),
        overlap: Overlap,
        difference: impl Fn(usize) -> Option<f64>,
    ) -> Option<Self> {
        let places = series.samples().len().checked_sub(order.checked_mul(factor)?)?;
        Self::over((factor > 0).then_some(places)?, overlap.stride(factor), difference)
    }

    /// Of the differences at the first `places`, one out of `stride`.
    fn over(places: usize, stride: usize, difference: impl Fn(usize) -> Option<f64>) -> Option<Self> {
        let (mut sum, mut terms) = (0.0, 0_usize);
        for term in (0..places).step_by(stride).filter_map(difference) {
            sum += term * term;
            terms += 1;
        }
        (terms > 0).then(|| Self { square: sum / terms as f64, terms })
    }
}
