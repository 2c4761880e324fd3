//! The statistics of summary lines: linuxptp's `stats.c`.

use ptp_lines::{DelaySummary, Ppb, Summary};

/// Values since the last summary.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Statistics {
    count: u32,
    greatest: f64,
    least: f64,
    mean: f64,
    squares: f64,
    squares_about_mean: f64,
}

impl Statistics {
    pub(crate) fn add(&mut self, value: f64) {
        if self.count == 0 {
            (self.greatest, self.least) = (value, value);
        }
        self.greatest = self.greatest.max(value);
        self.least = self.least.min(value);
        self.count += 1;
        let old_mean = self.mean;
        self.mean += (value - old_mean) / f64::from(self.count);
        self.squares += value * value;
        self.squares_about_mean += (value - old_mean) * (value - self.mean);
    }

    fn rms(&self) -> f64 {
        (self.squares / f64::from(self.count)).sqrt()
    }

    fn largest(&self) -> f64 {
        self.greatest.max(-self.least)
    }

    fn deviation(&self) -> f64 {
        (self.squares_about_mean / f64::from(self.count)).sqrt()
    }
}

/// Collects what a summary line is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summaries {
    every: u32,
    offset_ns: Statistics,
    freq_ppb: Statistics,
    delay_ns: Statistics,
}

impl Summaries {
    /// One for so many offsets; there are none if that is less than 2.
    pub(crate) fn new(every: u32) -> Self {
        let none = Statistics::default();
        Self { every, offset_ns: none, freq_ppb: none, delay_ns: none }
    }

    /// Whether summaries take the place of offsets.
    pub(crate) fn are_on(&self) -> bool {
        self.every > 1
    }

    /// A delay was measured. It counts only where there are offsets, too.
    pub(crate) fn delay(&mut self, delay_ns: i64) {
        self.delay_ns.add(delay_ns as f64);
    }

    /// An offset was measured. Returns a summary when it is due.
    pub(crate) fn offset(&mut self, offset_ns: i64, freq_ppb: f64) -> Option<Summary> {
        self.offset_ns.add(offset_ns as f64);
        self.freq_ppb.add(freq_ppb);
        if self.offset_ns.count < self.every {
            return None;
        }
        let Self { offset_ns, freq_ppb, delay_ns, .. } = std::mem::replace(self, Self::new(self.every));
        Some(Summary {
            rms_ns: rounded(offset_ns.rms()),
            max_ns: rounded(offset_ns.largest()),
            freq: Ppb::rounded(freq_ppb.mean),
            freq_stddev: rounded(freq_ppb.deviation()),
            delay: (delay_ns.count > 0).then(|| DelaySummary {
                mean_ns: Ppb::rounded(delay_ns.mean),
                stddev_ns: rounded(delay_ns.deviation()),
            }),
        })
    }
}

/// As `%.0f` rounds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn rounded(number: f64) -> u64 {
    number.round_ties_even() as u64
}

#[cfg(test)]
mod tests {
    use super::Summaries;

    #[test]
    fn a_summary_comes_with_every_so_many_offsets() {
        let mut summaries = Summaries::new(4);
        summaries.delay(440);
        summaries.delay(460);
        let offsets = [(3, 10.0), (-5, 20.0), (1, 30.0)];
        assert!(
            offsets.into_iter().all(|(offset_ns, freq_ppb)| summaries.offset(offset_ns, freq_ppb).is_none())
        );
        let summary = summaries.offset(1, 40.0).expect("the fourth");
        // sqrt((9 + 25 + 1 + 1) / 4) = 3; frequencies 25 +/- sqrt((225 + 25 + 25 + 225) / 4) = 11.2; delays 450 +/- 10.
        let text = "rms    3 max    5 freq    +25 +/-  11 delay   450 +/-  10";
        assert_eq!(summary.to_string(), text);
        assert!(summaries.offset(0, 0.0).is_none(), "and it starts over");
    }

    #[test]
    fn a_summary_without_delays_says_nothing_of_them() {
        let mut summaries = Summaries::new(2);
        summaries.offset(352_475, 0.0);
        let summary = summaries.offset(352_475, -0.4).expect("the second");
        assert_eq!(summary.to_string(), "rms 352475 max 352475 freq     -0 +/-   0");
        assert!(summaries.are_on() && !Summaries::new(1).are_on());
    }
}
