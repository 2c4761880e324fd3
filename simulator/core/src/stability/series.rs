//! Evenly spaced time errors.

/// Why some numbers are no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotASeries {
    /// The interval between samples is not a positive number.
    Interval,
    /// A sample is infinite or not a number.
    Sample {
        /// Which, from 0.
        index: usize,
    },
}

impl std::fmt::Display for NotASeries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interval => f.write_str("the interval between samples must be positive"),
            Self::Sample { index } => write!(f, "sample {index} is not a finite number"),
        }
    }
}

impl std::error::Error for NotASeries {}

/// Time errors at evenly spaced instants, in nanoseconds; some may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseSeries {
    interval_s: f64,
    samples: Vec<Option<f64>>,
    /// Sums of what stands before each place, less the first sample, so that a constant offset costs no precision.
    sums: Vec<f64>,
    /// How many samples are missing before each place.
    missing: Vec<usize>,
}

impl PhaseSeries {
    /// A series without gaps, `interval_s` seconds from sample to sample.
    ///
    /// # Errors
    /// When the interval is not positive, or a sample is not finite.
    pub fn new(interval_s: f64, samples_ns: &[f64]) -> Result<Self, NotASeries> {
        Self::with_gaps(interval_s, samples_ns.iter().copied().map(Some).collect())
    }

    /// A series in which samples may be missing.
    ///
    /// # Errors
    /// When the interval is not positive, or a sample is not finite.
    pub fn with_gaps(interval_s: f64, samples: Vec<Option<f64>>) -> Result<Self, NotASeries> {
        if !(interval_s.is_finite() && interval_s > 0.0) {
            return Err(NotASeries::Interval);
        }
        if let Some(index) = samples.iter().position(|sample| sample.is_some_and(|x| !x.is_finite())) {
            return Err(NotASeries::Sample { index });
        }
        Ok(Self::of_finite(interval_s, samples))
    }

    /// From samples that are known to be finite.
    pub(super) fn of_finite(interval_s: f64, samples: Vec<Option<f64>>) -> Self {
        let first = samples.iter().find_map(|sample| *sample).unwrap_or(0.0);
        let (mut sum, mut missed) = (0.0, 0);
        let (mut sums, mut missing) = (vec![0.0], vec![0]);
        for sample in &samples {
            sum += sample.map_or(0.0, |x| x - first);
            missed += usize::from(sample.is_none());
            sums.push(sum);
            missing.push(missed);
        }
        Self { interval_s, samples, sums, missing }
    }

    /// Seconds from sample to sample.
    pub fn interval_s(&self) -> f64 {
        self.interval_s
    }

    /// Nanoseconds, in order; `None` where a sample is missing.
    pub fn samples(&self) -> &[Option<f64>] {
        &self.samples
    }

    /// From the first place to the last, in seconds.
    pub fn span_s(&self) -> f64 {
        self.samples.len().saturating_sub(1) as f64 * self.interval_s
    }

    /// Samples that are missing.
    pub fn missing(&self) -> usize {
        self.missing.last().copied().unwrap_or(0)
    }

    /// Averaging factors from 1 to a third of the samples, five per decade: 1, 2, 3, 5, 7, 10, 20 and so on.
    pub fn factors(&self) -> Vec<usize> {
        let last = self.samples.len() / 3;
        let decades = std::iter::successors(Some(1_usize), |decade| decade.checked_mul(10));
        let decades = decades.take_while(|decade| *decade <= last);
        let factors = decades.flat_map(|decade| [1, 2, 3, 5, 7].map(|step| decade.saturating_mul(step)));
        factors.take_while(|factor| *factor <= last).collect()
    }

    /// The sample at a place, in nanoseconds.
    pub(super) fn at(&self, index: usize) -> Option<f64> {
        self.samples.get(index).copied().flatten()
    }

    /// The sum of `length` samples from a place on, each less the first sample of the series; `None` where one is missing.
    pub(super) fn sum(&self, from: usize, length: usize) -> Option<f64> {
        let until = from.checked_add(length)?;
        let whole = self.missing.get(until)? == self.missing.get(from)?;
        if whole { Some(self.sums.get(until)? - self.sums.get(from)?) } else { None }
    }
}
