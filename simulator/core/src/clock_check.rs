//! linuxptp's check of the clock against the time since boot (`clockcheck.c`).

use crate::SimTime;

/// No check is made more often.
const INTERVAL_NS: i64 = 1_000_000_000;

/// What it complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Complaint {
    Forward,
    Backward,
}

impl Complaint {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Forward => "clockcheck: clock jumped forward or running faster than expected!",
            Self::Backward => "clockcheck: clock jumped backward or running slower than expected!",
        }
    }
}

/// The check. The real one looks at CLOCK_MONOTONIC, which here is true time.
#[derive(Debug)]
pub(crate) struct ClockCheck {
    /// sanity_freq_limit in parts per billion; 0 is off.
    limit_ppb: f64,
    /// The frequency that was set last, and the extremes since the last check.
    frequency: Option<Frequency>,
    /// Clock and true time at the last check.
    last: Option<(i64, SimTime)>,
}

#[derive(Clone, Copy, Debug)]
struct Frequency {
    now_ppb: f64,
    /// None until a check has been made with a known frequency.
    range_ppb: Option<(f64, f64)>,
}

impl ClockCheck {
    pub(crate) fn new(limit_ppb: u32) -> Self {
        Self { limit_ppb: f64::from(limit_ppb), frequency: None, last: None }
    }

    /// Another master: what was known is of no use.
    pub(crate) fn forget(&mut self) {
        self.frequency = None;
        self.last = None;
    }

    /// The clock runs at this frequency from now on.
    pub(crate) fn set_frequency(&mut self, ppb: f64) {
        // linuxptp keeps whole numbers.
        let now_ppb = ppb.trunc();
        let range_ppb = self.frequency.and_then(|frequency| frequency.range_ppb);
        let range_ppb = range_ppb.map(|(low, high)| (low.min(now_ppb), high.max(now_ppb)));
        self.frequency = Some(Frequency { now_ppb, range_ppb });
    }

    /// ptp4l itself has stepped the clock.
    pub(crate) fn step(&mut self, by_ns: i64) {
        if let Some((clock_ns, _)) = &mut self.last {
            *clock_ns = clock_ns.saturating_add(by_ns);
        }
    }

    /// Looks at a time stamp of the clock.
    pub(crate) fn sample(&mut self, now: SimTime, clock_ns: i64) -> Option<Complaint> {
        let frequency = self.frequency.filter(|_| self.limit_ppb > 0.0)?;
        let complaint = match self.last {
            None => None,
            Some((last_ns, last_at)) => {
                let passed_ns = clock_ns.saturating_sub(last_ns);
                let true_ns = i64::try_from(now.since(last_at)).unwrap_or(i64::MAX);
                if (0..INTERVAL_NS).contains(&passed_ns) || true_ns < INTERVAL_NS {
                    return None;
                }
                self.judge(frequency, passed_ns as f64 / true_ns as f64)
            }
        };
        self.last = Some((clock_ns, now));
        let range_ppb = Some((frequency.now_ppb, frequency.now_ppb));
        self.frequency = Some(Frequency { range_ppb, ..frequency });
        complaint
    }

    fn judge(&self, frequency: Frequency, rate: f64) -> Option<Complaint> {
        let (low_ppb, high_ppb) = frequency.range_ppb?;
        let uncorrected_ppb = |set_ppb: f64| 1e9 * (rate / (1.0 + set_ppb / 1e9) - 1.0);
        if uncorrected_ppb(high_ppb) > self.limit_ppb {
            Some(Complaint::Forward)
        } else if uncorrected_ppb(low_ppb) < -self.limit_ppb {
            Some(Complaint::Backward)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ClockCheck, Complaint};
    use crate::SimTime;

    /// A check of 200 000 ppm of a clock that was set to run true, once per second.
    fn check(clock_ms: &[i64]) -> Vec<Option<Complaint>> {
        let mut check = ClockCheck::new(200_000_000);
        check.set_frequency(0.0);
        let samples = (0..).map(SimTime::from_s).zip(clock_ms);
        samples.map(|(at, ms)| check.sample(at, ms * 1_000_000)).collect()
    }

    #[test]
    fn a_step_of_more_than_a_fifth_of_the_interval_is_complained_about_once() {
        let (forward, backward) = (Some(Complaint::Forward), Some(Complaint::Backward));
        assert_eq!(check(&[5_000, 6_000, 7_201, 8_201]), [None, None, forward, None]);
        assert_eq!(check(&[5_000, 6_000, 7_199, 8_199]), [None; 4]);
        // A clock that shows less than a second more is not looked at, so 800 ms pass unseen; the next look covers two.
        assert_eq!(check(&[5_000, 6_000, 6_500, 7_500]), [None, None, None, backward]);
        assert_eq!(check(&[5_000, 6_000, 3_000]), [None, None, backward]);
    }

    #[test]
    fn what_ptp4l_does_itself_is_no_surprise() {
        let mut check = ClockCheck::new(200_000_000);
        assert_eq!(check.sample(SimTime::from_s(0), 0), None, "nothing is known of its frequency");
        check.set_frequency(500_000_000.0);
        check.sample(SimTime::from_s(1), 1_000_000_000);
        assert_eq!(
            check.sample(SimTime::from_s(2), 2_500_000_000),
            None,
            "it was told to run at half as much again"
        );
        check.step(10_000_000_000);
        assert_eq!(check.sample(SimTime::from_s(3), 14_000_000_000), None, "it was stepped by ten seconds");
        check.forget();
        check.set_frequency(0.0);
        assert_eq!(check.sample(SimTime::from_s(5), 0), None, "another master");
    }
}
