//! The figures of a run.

use super::read::RunData;
use super::truth_table::{TrueClock, seconds};
use sim_core::stability::mask::{Finding, Mask, evaluate};
use sim_core::stability::{PhaseSeries, constant_te_ns, dte_low_pass, max_abs_te, peak_to_peak_ns};
use std::collections::BTreeMap;

/// What is computed of one clock.
#[derive(Clone, Debug)]
pub(super) struct ClockFigures<'a> {
    pub(super) clock: &'a TrueClock,
    /// While it tracked; absent if it never did.
    pub(super) series: Option<PhaseSeries>,
    /// Largest absolute error while it tracked: seconds since the start, and nanoseconds with their sign.
    pub(super) worst_tracking: Option<(f64, f64)>,
    /// The same since it was first set, so also while it coasted.
    pub(super) worst_synchronized: Option<(f64, f64)>,
    /// Average error while it tracked, in nanoseconds.
    pub(super) constant_ns: Option<f64>,
    /// Peak to peak behind the 0.1 Hz low pass while it tracked, in nanoseconds.
    pub(super) low_pass_peak_to_peak_ns: Option<f64>,
    /// Seconds in each state.
    pub(super) states_s: BTreeMap<String, f64>,
}

impl<'a> ClockFigures<'a> {
    pub(super) fn of(clock: &'a TrueClock, end_s: f64) -> Self {
        let series = clock.series();
        let from_s = clock.series_from_s();
        let worst = series.as_ref().and_then(max_abs_te).map(|(at_s, ns)| (from_s + at_s, ns));
        let synchronized = clock.rows.iter().filter(|row| row.is_synchronized());
        let largest = synchronized.max_by(|a, b| a.error_ns.abs().total_cmp(&b.error_ns.abs()));
        Self {
            clock,
            worst_tracking: worst,
            worst_synchronized: largest.map(|row| (seconds(row.at_ns), row.error_ns)),
            constant_ns: series.as_ref().and_then(constant_te_ns),
            low_pass_peak_to_peak_ns: series.as_ref().and_then(|s| peak_to_peak_ns(&dte_low_pass(s))),
            states_s: states_s(clock, end_s),
            series,
        }
    }

    /// How it stands to a mask. Nothing for the clock of the operating system: the recommendations are about others.
    pub(super) fn findings(&self, mask: &Mask) -> Vec<Finding> {
        let judged = self.series.as_ref().filter(|_| !self.clock.is_os_clock());
        judged.map(|series| evaluate(series, mask)).unwrap_or_default()
    }
}

/// Every clock of a run.
pub(super) fn clocks(run: &RunData) -> Vec<ClockFigures<'_>> {
    run.clocks.iter().map(|clock| ClockFigures::of(clock, run.end_s)).collect()
}

fn states_s(clock: &TrueClock, end_s: f64) -> BTreeMap<String, f64> {
    let mut states = BTreeMap::new();
    let ends = clock.rows.iter().skip(1).map(|row| seconds(row.at_ns)).chain([end_s]);
    for (row, until_s) in clock.rows.iter().zip(ends) {
        *states.entry(row.state.clone()).or_insert(0.0) += (until_s - seconds(row.at_ns)).max(0.0);
    }
    states
}
