//! The thresholds of profiles: the simulator does not know them, the files of the node tell them.

use crate::section::Section;

/// `ptpClockThreshold` of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// A clock is locked below this, in nanoseconds.
    pub(crate) max_offset_ns: i64,
    /// And above this, in nanoseconds.
    pub(crate) min_offset_ns: i64,
    /// From HOLDOVER to FREERUN, in seconds.
    pub(crate) holdover_timeout_s: u64,
}

impl Default for Thresholds {
    /// Those of the operator.
    fn default() -> Self {
        Self { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_s: 5 }
    }
}

const NS_PER_S: u64 = 1_000_000_000;

/// Reads `[thresholds]` of the file or of a profile.
pub(crate) fn read(parent: &Section<'_>, into: &mut Thresholds) {
    let Some(section) = parent.section("thresholds") else { return };
    section.whole("max_offset_ns", 1..=1_000_000_000, &mut into.max_offset_ns);
    section.whole("min_offset_ns", -1_000_000_000..=-1, &mut into.min_offset_ns);
    let mut timeout_ns = into.holdover_timeout_s.saturating_mul(NS_PER_S);
    section.duration_ns("holdover_timeout", &mut timeout_ns);
    if timeout_ns == 0 || !timeout_ns.is_multiple_of(NS_PER_S) {
        section
            .note_at("holdover_timeout", "\"holdover_timeout\" is not a whole number of seconds, 1 or more");
    }
    into.holdover_timeout_s = timeout_ns / NS_PER_S;
    section.finish();
}
