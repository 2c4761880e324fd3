//! From four time stamps to an offset: linuxptp's `tsproc.c`, and its filters `mmedian.c` and `mave.c`.

use crate::{DelayFilter, TimestampProcessing, TimestampSetup};
use std::collections::VecDeque;

/// Collects time stamps. All are nanoseconds; t2 and t3 are of the local clock.
#[derive(Debug, Default)]
pub(crate) struct Timestamps {
    setup: TimestampSetup,
    /// t1, t2 of the last Sync.
    sync: Option<(i64, i64)>,
    /// t3, t4 of the last Delay_Req.
    request: Option<(i64, i64)>,
    delays_ns: VecDeque<i64>,
    filtered_delay_ns: Option<i64>,
    /// As it is printed.
    path_delay_ns: i64,
}

/// What a Sync yields once the delay is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Offset {
    pub(crate) offset_ns: i64,
    pub(crate) path_delay_ns: i64,
    /// How much the servo makes of it, from 0 to 1.
    pub(crate) weight: f64,
}

impl Timestamps {
    pub(crate) fn new(setup: TimestampSetup) -> Self {
        Self { setup, ..Self::default() }
    }

    /// A Sync left at t1 and came at t2.
    pub(crate) fn sync(&mut self, t1_ns: i64, t2_ns: i64) -> Option<Offset> {
        self.sync = Some((t1_ns, t2_ns));
        let raw_ns = self.request.map(|(t3_ns, t4_ns)| ((t2_ns - t3_ns) + (t4_ns - t1_ns)) / 2);
        let filtered_ns = self.filtered_delay_ns;
        let (delay_ns, weight) = match self.setup.processing {
            TimestampProcessing::Filter => (filtered_ns?, 1.0),
            TimestampProcessing::Raw => (raw_ns?, 1.0),
            TimestampProcessing::FilterWeight => (filtered_ns?, weight(filtered_ns, raw_ns?)),
            TimestampProcessing::RawWeight => (raw_ns?, weight(filtered_ns, raw_ns?)),
        };
        Some(Offset { offset_ns: t2_ns - t1_ns - delay_ns, path_delay_ns: self.path_delay_ns, weight })
    }

    /// A Delay_Req left at t3 and came at t4. Returns the delay as it is printed from now on, if there is one.
    pub(crate) fn delay(&mut self, t3_ns: i64, t4_ns: i64) -> Option<i64> {
        self.request = Some((t3_ns, t4_ns));
        let (t1_ns, t2_ns) = self.sync?;
        let raw_ns = ((t2_ns - t3_ns) + (t4_ns - t1_ns)) / 2;
        while self.delays_ns.len() >= usize::from(self.setup.filter_length.max(1)) {
            self.delays_ns.pop_front();
        }
        self.delays_ns.push_back(raw_ns);
        let filtered_ns = match self.setup.filter {
            DelayFilter::MovingMedian => median(&self.delays_ns),
            DelayFilter::MovingAverage => average(&self.delays_ns),
        };
        self.filtered_delay_ns = Some(filtered_ns);
        self.path_delay_ns = match self.setup.processing {
            TimestampProcessing::Filter | TimestampProcessing::FilterWeight => filtered_ns,
            TimestampProcessing::Raw | TimestampProcessing::RawWeight => raw_ns,
        };
        Some(self.path_delay_ns)
    }

    /// The clock was stepped: the time stamps are of no use, the delays are.
    pub(crate) fn forget_time_stamps(&mut self) {
        self.sync = None;
        self.request = None;
    }

    /// Another master, another path.
    pub(crate) fn forget_all(&mut self) {
        *self = Self::new(self.setup);
    }
}

/// A delay that is longer than usual makes its sample worth less.
fn weight(filtered_ns: Option<i64>, raw_ns: i64) -> f64 {
    match filtered_ns {
        Some(filtered_ns) if filtered_ns > 0 && raw_ns > 0 => (filtered_ns as f64 / raw_ns as f64).min(1.0),
        Some(_) | None => 1.0,
    }
}

fn median(values: &VecDeque<i64>) -> i64 {
    let mut sorted: Vec<i64> = values.iter().copied().collect();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (sorted[middle - 1] + sorted[middle]) / 2 } else { sorted[middle] }
}

fn average(values: &VecDeque<i64>) -> i64 {
    values.iter().sum::<i64>() / i64::try_from(values.len()).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests;
