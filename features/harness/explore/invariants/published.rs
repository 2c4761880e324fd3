//! What was published, as step functions of time.

use crate::explore::record::{Topic, states};
use crate::explore::{Record, What};
use proxy_core::{Reading, Resource, Subject, SyncState};
use std::collections::BTreeMap;

/// The values of each topic over time.
#[derive(Debug, Default)]
pub(in crate::explore) struct Timelines {
    topics: BTreeMap<Topic, Vec<(u64, Reading)>>,
}

impl Timelines {
    pub(in crate::explore) fn of(record: &Record) -> Self {
        let mut timelines = Self::default();
        for (at_ns, event) in record.published() {
            for (topic, reading) in states(event) {
                timelines.topics.entry(topic).or_default().push((at_ns, reading));
            }
        }
        timelines
    }

    /// The last value of each topic.
    pub(in crate::explore) fn last(&self) -> BTreeMap<&Topic, Reading> {
        let topics = self.topics.iter();
        topics.filter_map(|(topic, values)| Some((topic, values.last()?.1))).collect()
    }

    /// Every topic with its values.
    pub(in crate::explore) fn topics(&self) -> impl Iterator<Item = (&Topic, &[(u64, Reading)])> {
        self.topics.iter().map(|(topic, values)| (topic, values.as_slice()))
    }

    /// The synchronization state of a topic at an instant, if it has been published by then.
    pub(super) fn state_at(&self, resource: Resource, subject: &Subject, at_ns: u64) -> Option<SyncState> {
        let values = self.topics.get(&(resource, subject.clone()))?;
        let index = values.partition_point(|(since_ns, _)| *since_ns <= at_ns);
        state(values[index.checked_sub(1)?].1)
    }

    /// Whether a PTP clock is LOCKED at any instant of this time, both ends included, in nanoseconds.
    pub(super) fn is_locked_within(&self, subject: &Subject, (from_ns, until_ns): (u64, u64)) -> bool {
        let is_locked = |reading| state(reading) == Some(SyncState::Locked);
        let values = self.topics.get(&(Resource::LockState, subject.clone()));
        let within = |(at_ns, reading): &(u64, Reading)| {
            from_ns <= *at_ns && *at_ns <= until_ns && is_locked(*reading)
        };
        self.state_at(Resource::LockState, subject, from_ns) == Some(SyncState::Locked)
            || values.is_some_and(|values| values.iter().any(within))
    }
}

/// A reading that is a synchronization state.
pub(super) fn state(reading: Reading) -> Option<SyncState> {
    match reading {
        Reading::State(state) => Some(state),
        Reading::OffsetNs(_)
        | Reading::ClockClass(_)
        | Reading::Gnss(_)
        | Reading::GnssFix(_)
        | Reading::QualityLevel(_) => None,
    }
}

/// The synchronization states that were last published, after each input.
pub(super) fn after_each_step(
    record: &Record,
    mut look: impl FnMut(u64, &BTreeMap<Topic, SyncState>) -> Option<String>,
) -> Option<(u64, String)> {
    let mut latest = BTreeMap::new();
    let mut entries = record.entries.iter().peekable();
    while let Some(entry) = entries.next() {
        if let What::Published(event) = &entry.what {
            let all = states(event).filter_map(|(topic, reading)| Some((topic, state(reading)?)));
            latest.extend(all);
        }
        let is_last = entries.peek().is_none_or(|next| next.step != entry.step);
        if is_last && let Some(what) = look(entry.at_ns, &latest) {
            return Some((entry.at_ns, what));
        }
    }
    None
}
