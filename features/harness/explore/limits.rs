//! Every bound of a campaign.

pub(super) const NS_PER_S: u64 = 1_000_000_000;
pub(super) const NS_PER_MS: u64 = 1_000_000;

/// Runs of one case that the shrinker may spend.
pub(super) const SHRINK_RUNS_MAX: usize = 250;

/// Virtual time behind the last line in which deliveries may settle: a pause of 30 s, and a hundred events of a second.
pub(super) const SETTLE_NS: u64 = 180 * NS_PER_S;

/// An attempt that nobody answers ends after so long, as in the daemon (design: 2 s per attempt).
pub(super) const ATTEMPT_NS: u64 = 2 * NS_PER_S;

/// Steps without progress of the virtual time that count as standing still.
pub(super) const STEPS_AT_ONE_INSTANT_MAX: usize = 10_000;

/// Consecutive failures after which an endpoint is given up, the default of `--unsubscribe-after`.
pub(super) const UNSUBSCRIBE_AFTER: u32 = 10;

/// What the daemon tells at once is published within this.
pub(super) const TOLD_AT_ONCE_NS: u64 = NS_PER_S;

/// A clock that follows its source well for so long is published as LOCKED: a few samples at the slowest rate.
pub(super) const BACK_AFTER_NS: u64 = 5 * NS_PER_S;

/// The last faults of a drawn timeline lie before so much quiet, beside the holdover timeout.
pub(super) const QUIET_END_S: u64 = 30;
