//! The latest event of each resource and clock: what is pulled is what was pushed.
//!
//! It gives changes their identity and remembers them. It does not know who is told.

use crate::random::Identifiers;
use crate::{
    Absence, Cause, Event, GnssState, Reading, Resource, ResourceAddress, Source, Subject, SyncState, Utc,
    Value,
};
use alloc::collections::BTreeMap;
use alloc::string::String;
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
        cause: Cause,
    },
    /// The source is gone, and what it has said no longer counts.
    Withdrawn(Source),
    /// All sources of a configuration are gone.
    ConfigurationDropped(ConfigName),
    /// Consumers know an interface by another name from now on.
    Renamed { from: String, to: String },
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

    pub(crate) fn withdraw(&mut self, source: &Source) {
        self.latest.retain(|(_, from), _| from != source);
    }

    pub(crate) fn drop_configuration(&mut self, config: ConfigName) {
        self.latest.retain(|(_, from), _| match from {
            Source::Clock { config: of, .. }
            | Source::Announced { config: of }
            | Source::Receiver { config: of, .. } => *of != config,
            // Ports of synce4l need no configuration.
            Source::Node | Source::SyncePort { .. } | Source::Report { .. } => true,
        });
    }

    /// What is pulled has the new name of an interface; that it has one is not told apart.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        for entry in self.latest.values_mut() {
            let is_meant = |value: &Value| value.subject.alias() == Some(from);
            if entry.event.values.iter().any(is_meant) {
                let event = Arc::make_mut(&mut entry.event);
                for value in event.values.iter_mut().filter(|value| is_meant(value)) {
                    value.subject.rename(to);
                }
            }
        }
    }

    /// The latest events with their sources, oldest first.
    pub(crate) fn entries(&self) -> Vec<(&Source, &Arc<Event>)> {
        let mut entries: Vec<_> = self.latest.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.order);
        entries.into_iter().map(|((_, source), entry)| (source, &entry.event)).collect()
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
        let (id, time, cause) = (newest.event.id, newest.event.time, newest.event.cause.clone());
        Some(Arc::new(Event { id, resource, time, values, cause }))
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
        Arc::new(Event { id: identifiers.event(), resource, time, values, cause: Cause::Nothing })
    }
}

/// Readings of the same kinds as a pushed event has, for a resource of which nothing is known.
fn placeholder(resource: Resource) -> Vec<Reading> {
    let state = Reading::State(SyncState::Freerun);
    match resource {
        Resource::SyncState | Resource::SynceLockState => vec![state],
        Resource::LockState | Resource::OsClockSyncState => vec![state, Reading::OffsetNs(0)],
        Resource::GnssSyncStatus => vec![Reading::Gnss(GnssState::Booting), Reading::OffsetNs(0)],
        Resource::ClockClass => vec![Reading::ClockClass(0)],
        Resource::SynceClockQuality => vec![Reading::QualityLevel(Reading::QUALITY_LEVEL_NONE)],
    }
}
