//! Observations sorted by size, as the metrics page shows them.

use std::time::Duration;

/// How many observations there were up to each of some bounds.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    /// In ascending order.
    bounds: &'static [f64],
    /// Observations above the bound before and up to this one; the last number is of those above all bounds.
    counts: Vec<u64>,
    sum: f64,
}

impl Histogram {
    /// Nothing observed yet.
    pub(crate) fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0.0 }
    }

    /// One duration, in seconds.
    pub(crate) fn observe(&mut self, duration: Duration) {
        self.add(duration.as_secs_f64(), 1);
    }

    /// So many observations of the same size.
    #[expect(clippy::cast_precision_loss, reason = "samples are floating point by definition of the format")]
    pub(crate) fn add(&mut self, size: f64, times: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < size);
        self.counts[bucket] += times;
        self.sum += size * times as f64;
    }

    /// Each bound, infinity last, with the observations up to it.
    pub(crate) fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(&self.counts).scan(0, |total, (bound, count)| {
            *total += count;
            Some((bound, *total))
        })
    }

    /// All observations together.
    pub(crate) fn sum(&self) -> f64 {
        self.sum
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;
    use std::time::Duration;

    #[test]
    fn an_observation_counts_for_its_bound_and_all_larger_ones() {
        let mut histogram = Histogram::new(&[0.5, 1.0]);
        for millis in [250, 500, 501, 1000, 1001, 60_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let counts: Vec<_> = histogram.cumulative().collect();
        assert_eq!(counts, [(0.5, 2), (1.0, 4), (f64::INFINITY, 6)]);
        assert_eq!(histogram.count(), 6);
        assert!((histogram.sum() - 63.252).abs() < 1e-9, "{}", histogram.sum());
    }

    #[test]
    fn what_was_observed_several_times_counts_so_often() {
        let mut histogram = Histogram::new(&[1.0, 10.0]);
        histogram.add(3.0, 4);
        histogram.add(1.0, 2);
        assert_eq!(histogram.cumulative().collect::<Vec<_>>(), [(1.0, 2), (10.0, 6), (f64::INFINITY, 6)]);
        assert_eq!((histogram.sum(), histogram.count()), (14.0, 6));
    }
}
