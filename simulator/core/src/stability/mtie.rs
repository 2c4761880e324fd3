//! The maximum time interval error.

use super::{PhaseSeries, Point};
use std::collections::VecDeque;

/// Maximum time interval error over `factor` sampling intervals, in nanoseconds (ITU-T G.810): the largest
/// peak to peak in any window of `factor` + 1 samples. `None` when the series is shorter than a window.
///
/// One pass, whatever the window: two queues hold what can still become the largest and the smallest of it.
pub fn mtie(series: &PhaseSeries, factor: usize) -> Option<Point> {
    let samples = series.samples();
    if factor == 0 || samples.len() <= factor {
        return None;
    }
    let mut highest = Extreme::new(|new, old| new >= old);
    let mut lowest = Extreme::new(|new, old| new <= old);
    let mut worst: Option<f64> = None;
    for (index, sample) in samples.iter().enumerate() {
        let from = index.saturating_sub(factor);
        let top = highest.slide(from, index, *sample);
        let bottom = lowest.slide(from, index, *sample);
        if let (true, Some(top), Some(bottom)) = (index >= factor, top, bottom) {
            worst = Some(worst.map_or(top - bottom, |so_far| so_far.max(top - bottom)));
        }
    }
    let terms = samples.len() - factor;
    Some(Point { tau_s: factor as f64 * series.interval_s(), value: worst?, terms })
}

/// The extreme of a sliding window. What stands behind a better one can never become it again.
struct Extreme {
    candidates: VecDeque<(usize, f64)>,
    is_better: fn(f64, f64) -> bool,
}

impl Extreme {
    fn new(is_better: fn(f64, f64) -> bool) -> Self {
        Self { candidates: VecDeque::new(), is_better }
    }

    /// Takes the next sample and lets go what stands before `from`; returns the extreme, if the window has any sample.
    fn slide(&mut self, from: usize, index: usize, sample: Option<f64>) -> Option<f64> {
        while self.candidates.front().is_some_and(|(place, _)| *place < from) {
            self.candidates.pop_front();
        }
        if let Some(sample) = sample {
            while self.candidates.back().is_some_and(|(_, old)| (self.is_better)(sample, *old)) {
                self.candidates.pop_back();
            }
            self.candidates.push_back((index, sample));
        }
        self.candidates.front().map(|(_, extreme)| *extreme)
    }
}
