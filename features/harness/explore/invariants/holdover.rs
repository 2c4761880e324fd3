//! HOLDOVER of a PTP clock: entered from LOCKED only, and over when its timeout has passed.

use super::Evidence;
use super::published::{Timelines, state};
use proxy_core::{Resource, SyncState};

/// A clock is in HOLDOVER only after LOCKED, and without another reason goes to FREERUN exactly when the
/// timeout of its profile has passed since. A proxy that is away then says so when it is back.
pub(super) fn ends_on_time(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    if !evidence.is_of_ptp4l() {
        return None;
    }
    let timeout_ns = evidence.case.holdover_ns();
    let timelines = Timelines::of(evidence.record);
    let absences = evidence.record.absences();
    let back_ns = |at_ns: u64| {
        let away = absences.iter().find(|(from_ns, until_ns)| *from_ns <= at_ns && at_ns <= *until_ns);
        away.map_or(at_ns, |(_, until_ns)| *until_ns)
    };
    let clocks = timelines.topics().filter(|((resource, _), _)| *resource == Resource::LockState);
    for ((_, subject), values) in clocks {
        for (index, (from_ns, reading)) in values.iter().enumerate() {
            if state(*reading) != Some(SyncState::Holdover) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| state(values[before].1));
            if before != Some(SyncState::Locked) {
                return Some((*from_ns, format!("{subject} goes from {before:?} to HOLDOVER")));
            }
            let due_ns = back_ns(from_ns + timeout_ns);
            let end_ns = values.get(index + 1).map_or(u64::MAX, |(at_ns, _)| *at_ns);
            if end_ns > due_ns {
                let due = super::seconds(due_ns);
                return Some((due_ns, format!("the holdover of {subject} does not end at {due}")));
            }
        }
    }
    None
}
