//! Deaths of the proxy.

use super::Evidence;
use super::published::Timelines;
use proxy_core::Resource;

/// However often it was killed, in the end it says of everything what it says without: state converges.
///
/// What is said while there is no proxy is lost, so that after such a time only those clocks are judged of which there
/// are samples again.
pub(super) fn changes_nothing(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let (killed, whole) = (Timelines::of(evidence.record), Timelines::of(evidence.uninterrupted?));
    let (killed, whole) = (killed.last(), whole.last());
    let end_ns = evidence.case.setup.duration_s * crate::explore::limits::NS_PER_S;
    let judged = whole.iter().filter(|(topic, _)| is_said_again(evidence, topic.0));
    judged.into_iter().find_map(|(topic, expected)| {
        let seen = killed.get(topic);
        (seen != Some(expected)).then(|| {
            let (path, subject) = (topic.0.path(), &topic.1);
            (end_ns, format!("{path} of {subject} ends as {seen:?}; without restarts as {expected}"))
        })
    })
}

/// Whether something is said of a resource after the last time without a proxy.
fn is_said_again(evidence: &Evidence<'_>, resource: Resource) -> bool {
    let absences = evidence.record.absences();
    let back_ns =
        absences.iter().filter(|(from_ns, until_ns)| from_ns < until_ns).map(|(_, until_ns)| *until_ns);
    let Some(back_ns) = back_ns.max() else { return true };
    let first = evidence.story.lines.partition_point(|(at_ns, _)| *at_ns <= back_ns);
    let says = |words: &str| evidence.story.lines[first..].iter().any(|(_, text)| text.contains(words));
    match resource {
        Resource::LockState => says("master offset"),
        Resource::OsClockSyncState => says("phc offset"),
        Resource::SyncState => says("master offset") && says("phc offset"),
        // The daemon repeats it.
        Resource::ClockClass => first < evidence.story.lines.len(),
        Resource::GnssSyncStatus | Resource::SynceLockState | Resource::SynceClockQuality => true,
    }
}
