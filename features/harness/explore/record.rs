//! What happened in a run.

use proxy_core::{Event, Reading, Resource, Subject};
use std::sync::Arc;

/// Everything that a proxy did in a run, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What happened.
    pub entries: Vec<Entry>,
    /// The longest queue of a subscriber that was seen.
    pub longest_queue: usize,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When, in nanoseconds since the start of the case.
    pub at_ns: u64,
    /// Number of the input that caused it: what one input causes is consistent only at its end.
    pub step: u64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A change was published.
    Published(Arc<Event>),
    /// A subscriber has got an event and said so.
    Received {
        /// Which subscriber.
        subscriber: usize,
        /// The event.
        event: Arc<Event>,
    },
    /// A subscriber was given up.
    GivenUp {
        /// Which subscriber.
        subscriber: usize,
    },
    /// The proxy was killed.
    Killed,
    /// A proxy was started.
    Started,
    /// Virtual time does not go on: something is due at once again and again.
    StandsStill,
}

/// What a value speaks of.
pub(super) type Topic = (Resource, Subject);

/// The values of an event that are no measurements: each with what it speaks of.
pub(super) fn states(event: &Event) -> impl Iterator<Item = (Topic, Reading)> {
    let states = event.values.iter().filter(|value| match value.reading {
        Reading::OffsetNs(_) => false,
        Reading::State(_)
        | Reading::ClockClass(_)
        | Reading::Gnss(_)
        | Reading::GnssFix(_)
        | Reading::QualityLevel(_) => true,
    });
    states.map(|value| ((event.resource, value.subject.clone()), value.reading))
}

impl Record {
    /// Published events with their times.
    pub fn published(&self) -> impl Iterator<Item = (u64, &Arc<Event>)> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Published(event) => Some((entry.at_ns, event)),
            What::Received { .. }
            | What::GivenUp { .. }
            | What::Killed
            | What::Started
            | What::StandsStill => None,
        })
    }

    /// Whether a subscriber was given up.
    pub fn is_given_up(&self, subscriber: usize) -> bool {
        self.entries.iter().any(|entry| entry.what == What::GivenUp { subscriber })
    }

    /// The events that a subscriber has got, with their times.
    pub fn received(&self, by: usize) -> impl Iterator<Item = (u64, &Arc<Event>)> {
        self.entries.iter().filter_map(move |entry| match &entry.what {
            What::Received { subscriber, event } if *subscriber == by => Some((entry.at_ns, event)),
            What::Received { .. }
            | What::Published(_)
            | What::GivenUp { .. }
            | What::Killed
            | What::Started
            | What::StandsStill => None,
        })
    }

    /// The times without a proxy, as (from, until) in nanoseconds.
    pub fn absences(&self) -> Vec<(u64, u64)> {
        let mut absences = Vec::new();
        let mut killed_ns = None;
        for entry in &self.entries {
            match entry.what {
                What::Killed => killed_ns = Some(entry.at_ns),
                What::Started => absences.extend(killed_ns.take().map(|from| (from, entry.at_ns))),
                What::Published(_) | What::Received { .. } | What::GivenUp { .. } | What::StandsStill => {}
            }
        }
        absences
    }
}
