//! linuxptp's check of the clock against the time since boot (`clockcheck.c`).

use crate::SimTime;
use crate::time::NS_PER_S;

/// No check is made more often.
const INTERVAL_NS: i64 = NS_PER_S as i64;

/// What it complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    Forward,
    Backward,
}

impl Complaint {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Forward => "clockcheck: clock jumped forward or running faster than expected!",
            Self::Backward => "clockcheck: clock jumped backward or running slower than expected!",
        }
    }
}

/// The check. The real one looks at CLOCK_MONOTONIC, which here is true time.
#[derive(Debug)]
pub(super) struct ClockCheck {
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
    pub(super) fn new(limit_ppb: u32) -> Self {
        Self { limit_ppb: f64::from(limit_ppb), frequency: None, last: None }
    }

    /// Another master: what was known is of no use.
    pub(super) fn forget(&mut self) {
        self.frequency = None;
        self.last = None;
    }

    /// The clock runs at this frequency from now on.
    pub(super) fn set_frequency(&mut self, ppb: f64) {
        // linuxptp keeps whole numbers.
        let now_ppb = ppb.trunc();
        let range_ppb = self.frequency.and_then(|frequency| frequency.range_ppb);
        let range_ppb = range_ppb.map(|(low, high)| (low.min(now_ppb), high.max(now_ppb)));
        self.frequency = Some(Frequency { now_ppb, range_ppb });
    }

    /// ptp4l itself has stepped the clock.
    pub(super) fn step(&mut self, by_ns: i64) {
        if let Some((clock_ns, _)) = &mut self.last {
            *clock_ns = clock_ns.saturating_add(by_ns);
        }
    }

    /// Looks at a time stamp of the clock.
    pub(super) fn sample(&mut self, now: SimTime, clock_ns: i64) -> Option<Complaint> {
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
