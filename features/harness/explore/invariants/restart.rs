//! Deaths of the proxy.

use super::Evidence;
use super::published::Timelines;

/// However often it was killed, in the end it says of everything what it says without (design 8: state converges).
pub(super) fn changes_nothing(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let (killed, whole) = (Timelines::of(evidence.record), Timelines::of(evidence.uninterrupted?));
    let (killed, whole) = (killed.last(), whole.last());
    let end_ns = evidence.case.setup.duration_s * crate::explore::limits::NS_PER_S;
    whole.iter().find_map(|(topic, expected)| {
        let seen = killed.get(topic);
        (seen != Some(expected)).then(|| {
            let (path, subject) = (topic.0.path(), &topic.1);
            (end_ns, format!("{path} of {subject} ends as {seen:?}; without restarts as {expected}"))
        })
    })
}
