//! From four time stamps to an offset: linuxptp's `tsproc.c` in `filter` mode with a moving median (`mmedian.c`).

use std::collections::VecDeque;

/// delay_filter_length
const FILTER_LENGTH: usize = 10;

/// Collects time stamps. All are nanoseconds; t2 and t3 are of the local clock.
#[derive(Debug, Default)]
pub(crate) struct Timestamps {
    /// t1, t2 of the last Sync.
    sync: Option<(i64, i64)>,
    delays_ns: VecDeque<i64>,
    filtered_delay_ns: Option<i64>,
}

/// What a Sync yields once the delay is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) offset_ns: i64,
    pub(crate) path_delay_ns: i64,
}

impl Timestamps {
    /// A Sync left at t1 and came at t2.
    pub(crate) fn sync(&mut self, t1_ns: i64, t2_ns: i64) -> Option<Offset> {
        self.sync = Some((t1_ns, t2_ns));
        let path_delay_ns = self.filtered_delay_ns?;
        Some(Offset { offset_ns: t2_ns - t1_ns - path_delay_ns, path_delay_ns })
    }

    /// A Delay_Req left at t3 and came at t4.
    /// Returns the delay after the filter.
    pub(crate) fn delay(&mut self, t3_ns: i64, t4_ns: i64) -> Option<i64> {
        let (t1_ns, t2_ns) = self.sync?;
        if self.delays_ns.len() == FILTER_LENGTH {
            self.delays_ns.pop_front();
        }
        self.delays_ns.push_back(((t2_ns - t3_ns) + (t4_ns - t1_ns)) / 2);
        self.filtered_delay_ns = Some(median(&self.delays_ns));
        self.filtered_delay_ns
    }

    /// The clock was stepped: the time stamps are of no use, the delays are.
    pub(crate) fn forget_time_stamps(&mut self) {
        self.sync = None;
    }

    /// Another master, another path.
    pub(crate) fn forget_all(&mut self) {
        *self = Self::default();
    }
}

fn median(values: &VecDeque<i64>) -> i64 {
    let mut sorted = [0; FILTER_LENGTH];
    let sorted = &mut sorted[..values.len()];
    for (slot, value) in sorted.iter_mut().zip(values) {
        *slot = *value;
    }
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (sorted[middle - 1] + sorted[middle]) / 2 } else { sorted[middle] }
}

#[cfg(test)]
mod tests {
    use super::{Offset, Timestamps};

    #[test]
    fn there_is_no_offset_before_a_delay_is_known() {
        let mut timestamps = Timestamps::default();
        timestamps.delay(1_000, 1_500);
        assert_eq!(timestamps.sync(0, 600), None, "a delay without a Sync says nothing");
        timestamps.delay(1_100, 1_500);
        // ((600 - 1100) + (1500 - 0)) / 2 = 500
        assert_eq!(timestamps.sync(2_000, 2_600), Some(Offset { offset_ns: 100, path_delay_ns: 500 }));
    }

    /// A delay of that many nanoseconds: t1 = t2 = 0.
    fn delay(timestamps: &mut Timestamps, delay_ns: i64) {
        timestamps.sync(0, 0);
        timestamps.delay(0, 2 * delay_ns);
    }

    #[test]
    fn the_delay_is_the_median_of_the_last_ten() {
        let mut timestamps = Timestamps::default();
        let median_ns = |timestamps: &mut Timestamps| timestamps.sync(0, 0).unwrap().path_delay_ns;
        for delay_ns in [10, 30] {
            delay(&mut timestamps, delay_ns);
        }
        assert_eq!(median_ns(&mut timestamps), 20, "the mean of the two in the middle");
        delay(&mut timestamps, 90);
        assert_eq!(median_ns(&mut timestamps), 30);
        for _ in 0..10 {
            delay(&mut timestamps, 7);
        }
        assert_eq!(median_ns(&mut timestamps), 7, "the eleventh pushes out the first");
    }

    #[test]
    fn a_step_keeps_the_delays_and_a_new_master_does_not() {
        let mut timestamps = Timestamps::default();
        delay(&mut timestamps, 500);
        timestamps.forget_time_stamps();
        assert_eq!(timestamps.sync(0, 500), Some(Offset { offset_ns: 0, path_delay_ns: 500 }));
        timestamps.forget_all();
        assert_eq!(timestamps.sync(0, 500), None);
    }
}
