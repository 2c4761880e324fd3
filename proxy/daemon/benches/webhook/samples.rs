//! Samples of a duration, and what is said of them.

use std::time::{Duration, Instant};

/// Durations in milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// One more.
    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.push(duration.as_secs_f64() * 1e3);
    }

    /// How long after `start` each of these was, and of the last one in `last`.
    pub(crate) fn add_round(&mut self, start: Instant, ends: &[Instant], last: &mut Self) {
        let durations = ends.iter().map(|end| end.duration_since(start));
        durations.clone().for_each(|duration| self.add(duration));
        if let Some(longest) = durations.max() {
            last.add(longest);
        }
    }

    /// All of these.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest sample that so many percent do not exceed, in milliseconds; 0 without a sample.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// The sample in the middle, in milliseconds.
    pub(crate) fn p50(&self) -> f64 {
        self.percentile(50)
    }
}
