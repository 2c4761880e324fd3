//! A clock that runs free (free_running): it is compared with its master, and never steered (`clock_no_adjust`).

use crate::Ptp4lSetup;

/// Estimates the frequency of the local clock from the first and the last Sync of an interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrequencyEstimate {
    /// Syncs from one estimate to the next.
    every: u32,
    count: u32,
    /// t1 and t2 of the Sync that it begins with.
    first: Option<(i64, i64)>,
}

impl FrequencyEstimate {
    /// None if the clock is steered.
    pub(super) fn new(setup: &Ptp4lSetup) -> Option<Self> {
        let shift = i16::from(setup.freq_est_interval) - i16::from(setup.log_sync_interval);
        setup.free_running.then_some(Self { every: 1 << shift.clamp(0, 30), count: 0, first: None })
    }

    /// Another master, another estimate.
    pub(super) fn forget(&mut self) {
        *self = Self { count: 0, first: None, ..*self };
    }

    /// A Sync left at t1 and came at t2. Returns by how many parts per billion the local clock is too fast, when that
    /// is known.
    pub(super) fn sync(&mut self, t1_ns: i64, t2_ns: i64) -> Option<f64> {
        let Some((first_t1_ns, first_t2_ns)) = self.first else {
            self.first = Some((t1_ns, t2_ns));
            return None;
        };
        self.count += 1;
        if self.count < self.every || t2_ns == first_t2_ns {
            return None;
        }
        let ratio = (t1_ns - first_t1_ns) as f64 / (t2_ns - first_t2_ns) as f64;
        *self = Self { count: 0, first: Some((t1_ns, t2_ns)), ..*self };
        Some((1.0 - ratio) * 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::FrequencyEstimate;
    use crate::Ptp4lSetup;

    fn estimate() -> FrequencyEstimate {
        let setup = Ptp4lSetup {
            free_running: true,
            freq_est_interval: 0,
            log_sync_interval: -1,
            ..Ptp4lSetup::default()
        };
        FrequencyEstimate::new(&setup).expect("it runs free")
    }

    #[test]
    fn the_frequency_is_told_once_per_interval() {
        let mut estimate = estimate();
        // 1 us of difference in 1 s: 1 - 1 / 1.000001 = 999.999 ppb. Two Syncs per second, one estimate per second.
        let sync = |k: i64, estimate: &mut FrequencyEstimate| estimate.sync(k * 500_000_000, k * 500_000_500);
        assert_eq!((sync(0, &mut estimate), sync(1, &mut estimate)), (None, None));
        let freq_ppb = sync(2, &mut estimate).expect("the first estimate");
        assert!((freq_ppb - 999.999).abs() < 1e-3, "{freq_ppb}");
        assert_eq!(sync(3, &mut estimate), None);
        assert!(sync(4, &mut estimate).is_some());
    }

    #[test]
    fn another_master_starts_it_over_and_a_steered_clock_has_none() {
        let mut estimate = estimate();
        estimate.sync(0, 0);
        estimate.sync(1, 1);
        estimate.forget();
        assert_eq!((estimate.sync(2, 2), estimate.sync(3, 3)), (None, None));
        assert!(FrequencyEstimate::new(&Ptp4lSetup::default()).is_none());
    }
}
