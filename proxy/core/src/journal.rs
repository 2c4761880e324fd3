//! The latest event of each resource and clock: what is pulled is what was pushed.
//!
//! It gives changes their identity and remembers them. It does not know who is told.

use crate::random::Identifiers;
use crate::{Absence, Event, Reading, Resource, ResourceAddress, Subject, SyncState, Utc, Value};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use ptp_lines::ConfigName;

/// What a clock, or the node as a whole, has to say.
#[derive(Debug)]
pub(crate) enum Change {
    /// Something published has changed.
    Published {
        /// Who says so.
        source: Source,
        resource: Resource,
        time: Utc,
        values: Vec<Value>,
    },
    /// The source is gone, and what it has said no longer counts.
    Withdrawn(Source),
}

/// Whose state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// The node's, folded from all clocks.
    Node,
    /// That of a clock of this configuration.
    Config(ConfigName),
}

/// The latest events.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    latest: BTreeMap<(Resource, Source), Entry>,
    published: u64,
}

#[derive(Debug)]
struct Entry {
    /// How many events came before it; civil time may be stepped and says nothing of the order.
    order: u64,
    event: Arc<Event>,
}

impl Journal {
    pub(crate) fn publish(&mut self, source: Source, event: Event) -> Arc<Event> {
        let event = Arc::new(event);
        let entry = Entry { order: self.published, event: Arc::clone(&event) };
        self.published += 1;
        self.latest.insert((event.resource, source), entry);
        event
    }

    pub(crate) fn withdraw(&mut self, source: Source) {
        self.latest.retain(|(_, from), _| *from != source);
    }

    /// The current state of a resource: its latest event or, when several clocks report it, all their values
    /// under the identity and time of the newest change.
    pub(crate) fn current(&self, resource: Resource) -> Option<Arc<Event>> {
        let entries: Vec<&Entry> =
            self.latest.iter().filter(|((of, _), _)| *of == resource).map(|(_, entry)| entry).collect();
        let newest = entries.iter().max_by_key(|entry| entry.order)?;
        if entries.len() == 1 {
            return Some(Arc::clone(&newest.event));
        }
        let values = entries.iter().flat_map(|entry| entry.event.values.iter().cloned()).collect();
        Some(Arc::new(Event { id: newest.event.id, resource, time: newest.event.time, values }))
    }

    /// What the initial notification of a subscription says: the current state of the first covered resource
    /// that has one, else a placeholder for the first covered resource.
    pub(crate) fn initial(
        &self,
        address: ResourceAddress,
        time: Utc,
        identifiers: &mut Identifiers,
    ) -> Arc<Event> {
        if let Some(event) = address.resources().find_map(|resource| self.current(resource)) {
            return event;
        }
        let resource = address.resources().next().expect("an address covers at least one resource");
        let absence =
            if self.latest.is_empty() { Absence::NothingReported } else { Absence::ResourceNotReported };
        let values = placeholder(resource)
            .into_iter()
            .map(|reading| Value { subject: Subject::Absent(absence), reading })
            .collect();
        Arc::new(Event { id: identifiers.event(), resource, time, values })
    }
}

/// Readings of the same kinds as a pushed event has, for a resource of which nothing is known.
fn placeholder(resource: Resource) -> Vec<Reading> {
    let state = Reading::State(SyncState::Freerun);
    match resource {
        Resource::SyncState | Resource::SynceLockState => vec![state],
        Resource::LockState | Resource::GnssSyncStatus | Resource::OsClockSyncState => {
            vec![state, Reading::OffsetNs(0)]
        }
        Resource::ClockClass | Resource::SynceClockQuality => vec![Reading::ClockClass(0)],
    }
}
