//! The line that stands for many samples when summary_interval is longer than the sync interval (`clock_stats_update`
//! and `stats.c`).

use ptp_lines::{DelaySummary, Ppb, Summary, rounded_magnitude};

/// Collects samples.
#[derive(Debug)]
pub(crate) struct SummaryWindow {
    length: u32,
    offset_ns: Statistics,
    freq_ppb: Statistics,
    delay_ns: Statistics,
}

/// Of one value.
#[derive(Clone, Copy, Debug, Default)]
struct Statistics {
    count: u32,
    sum_of_squares: f64,
    largest: f64,
    mean: f64,
    /// Sum of the squares of the distances from the mean, by Welford's method.
    spread: f64,
}

impl Statistics {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum_of_squares += value * value;
        self.largest = self.largest.max(value.abs());
        let before = self.mean;
        self.mean += (value - before) / f64::from(self.count);
        self.spread += (value - before) * (value - self.mean);
    }

    fn rms(self) -> f64 {
        (self.sum_of_squares / f64::from(self.count.max(1))).sqrt()
    }

    fn deviation(self) -> f64 {
        (self.spread / f64::from(self.count.max(1))).sqrt()
    }
}

impl SummaryWindow {
    /// None if every sample gets a line of its own. Intervals are powers of two in seconds.
    pub(crate) fn new(log_summary_interval: i8, log_sync_interval: i8) -> Option<Self> {
        let shift = i16::from(log_summary_interval) - i16::from(log_sync_interval);
        let length = 1_u32 << shift.clamp(0, 30);
        (length > 1).then(|| Self::of(length))
    }

    /// A summary of so many samples, of which there is at least one.
    pub(crate) fn of(length: u32) -> Self {
        let empty = Statistics::default();
        Self { length, offset_ns: empty, freq_ppb: empty, delay_ns: empty }
    }

    /// A path delay, which is known apart from the samples.
    pub(crate) fn delay(&mut self, delay_ns: i64) {
        self.delay_ns.add(delay_ns as f64);
    }

    /// A sample. Returns the summary with the last one of the window.
    pub(crate) fn sample(&mut self, offset_ns: i64, freq_ppb: f64) -> Option<Summary> {
        self.offset_ns.add(offset_ns as f64);
        self.freq_ppb.add(freq_ppb);
        if self.offset_ns.count < self.length {
            return None;
        }
        let delay = (self.delay_ns.count > 0).then(|| DelaySummary {
            mean_ns: Ppb::rounded(self.delay_ns.mean),
            stddev_ns: rounded_magnitude(self.delay_ns.deviation()),
        });
        let summary = Summary {
            rms_ns: rounded_magnitude(self.offset_ns.rms()),
            max_ns: rounded_magnitude(self.offset_ns.largest),
            freq: Ppb::rounded(self.freq_ppb.mean),
            freq_stddev: rounded_magnitude(self.freq_ppb.deviation()),
            delay,
        };
        for statistics in [&mut self.offset_ns, &mut self.freq_ppb, &mut self.delay_ns] {
            *statistics = Statistics::default();
        }
        Some(summary)
    }
}

#[cfg(test)]
mod tests {
    use super::SummaryWindow;

    #[test]
    fn a_window_is_as_many_samples_as_fit_in_the_summary_interval() {
        // 1 << max(0, summary - sync), and one sample is no summary.
        assert!(SummaryWindow::new(-4, -4).is_none());
        assert!(SummaryWindow::new(-5, -4).is_none());
        let mut window = SummaryWindow::new(1, -4).unwrap();
        let lines = (0..96).filter_map(|_| window.sample(3, 1.0)).count();
        assert_eq!(lines, 3, "32 samples each");
    }

    #[test]
    fn a_summary_says_what_the_textbook_says() {
        let mut window = SummaryWindow::new(-2, -4).unwrap();
        window.delay(500);
        window.delay(520);
        for (offset_ns, freq_ppb) in [(3, -1.0), (-5, 1.0), (4, -1.0)] {
            assert_eq!(window.sample(offset_ns, freq_ppb), None);
        }
        let summary = window.sample(0, -3.0).unwrap();
        // sqrt((9 + 25 + 16) / 4) = 3.5..., mean -1, deviation sqrt((0 + 4 + 0 + 4) / 4) = 1.4
        assert_eq!(summary.to_string(), "rms    4 max    5 freq     -1 +/-   1 delay   510 +/-  10");
        for _ in 0..3 {
            window.sample(0, -0.2);
        }
        // Nothing stays from before, there is no delay in it, and a negative zero is printed.
        assert_eq!(window.sample(0, -0.2).unwrap().to_string(), "rms    0 max    0 freq     -0 +/-   0");
    }
}
