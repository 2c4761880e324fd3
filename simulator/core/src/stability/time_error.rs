//! Statistics of the time error itself (ITU-T G.8260): its maximum, its constant part and its dynamic parts.

use super::PhaseSeries;
use crate::noise::portable;

/// Corner of the filters that part slow from quick time errors, in hertz (ITU-T G.8273.2, clause 7.1).
const CORNER_HZ: f64 = 0.1;

/// The largest absolute time error: seconds from the first sample to it, and its value with its sign, in nanoseconds. The
/// first of several.
pub fn max_abs_te(series: &PhaseSeries) -> Option<(f64, f64)> {
    let mut worst: Option<(usize, f64)> = None;
    for (index, sample) in series.samples().iter().enumerate() {
        if let Some(x) = sample
            && worst.is_none_or(|(_, so_far)| x.abs() > so_far.abs())
        {
            worst = Some((index, *x));
        }
    }
    worst.map(|(index, x)| (index as f64 * series.interval_s(), x))
}

/// Constant time error (cTE): the average, in nanoseconds.
pub fn constant_te_ns(series: &PhaseSeries) -> Option<f64> {
    let present: Vec<f64> = series.samples().iter().flatten().copied().collect();
    (!present.is_empty()).then(|| present.iter().sum::<f64>() / present.len() as f64)
}

/// The slow part of the time error: a low pass of first order with its corner at 0.1 Hz. It starts, also after a gap, at
/// the sample that it finds, so that a constant stays one.
#[must_use]
pub fn dte_low_pass(series: &PhaseSeries) -> PhaseSeries {
    let kept = portable((-std::f64::consts::TAU * CORNER_HZ * series.interval_s()).exp());
    let mut last: Option<f64> = None;
    let filtered = series.samples().iter().map(|sample| {
        last = sample.map(|x| last.map_or(x, |slow| kept * slow + (1.0 - kept) * x));
        last
    });
    PhaseSeries::of_finite(series.interval_s(), filtered.collect())
}

/// The quick part of the time error: what the low pass takes away. A series of one sample per second shows it up to 0.5 Hz
/// only, a lower bound of what the recommendation measures.
#[must_use]
pub fn dte_high_pass(series: &PhaseSeries) -> PhaseSeries {
    let slow = dte_low_pass(series);
    let both = series.samples().iter().zip(slow.samples());
    let quick = both.map(|(x, slow)| Some(x.as_ref()? - slow.as_ref()?));
    PhaseSeries::of_finite(series.interval_s(), quick.collect())
}

/// From the smallest sample to the largest, in nanoseconds.
pub fn peak_to_peak_ns(series: &PhaseSeries) -> Option<f64> {
    let mut present = series.samples().iter().flatten().copied();
    let first = present.next()?;
    let (low, high) = present.fold((first, first), |(low, high), x| (low.min(x), high.max(x)));
    Some(high - low)
}
