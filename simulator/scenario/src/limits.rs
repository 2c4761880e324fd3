//! Every bound of this crate.

/// Bytes of a scenario file.
pub(crate) const FILE_LEN_MAX: usize = 256 * 1024;
/// Entries of a timeline.
pub(crate) const TIMELINE_MAX: usize = 1000;
/// Expectations of a scenario.
pub(crate) const EXPECT_MAX: usize = 1000;
/// Duration of a scenario in seconds: 30 days.
pub(crate) const DURATION_S_MAX: u64 = 30 * 86_400;
/// Observed events that are laid beside the expected ones to explain a difference; later ones count as unexpected.
pub(crate) const ALIGNED_MAX: usize = 2000;
