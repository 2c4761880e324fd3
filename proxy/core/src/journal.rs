//! The latest event of each resource and clock: what is pulled is what was pushed.
//!
//! It gives changes their identity and remembers them. It does not know who is told.

use crate::names::Names;
use crate::random::Identifiers;
use crate::{
    Absence, Cause, Event, EventId, Extent, GnssState, Reading, Resource, ResourceAddress, ResourceValues,
    Source, Subject, SyncState, Utc, Value,
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

    /// What the latest events speak of.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = Subject> {
        let values = self.latest.values().flat_map(|entry| &entry.event.values);
        values.map(|value| value.subject.clone())
    }

    /// The current state of what an address covers, at the time of the newest change: of a single resource its latest event or,
    /// when several clocks report it, all their values; of a subtree the values of all its resources, led by the state of the
    /// node, else by what has changed last. What is more than one event has an identity of its own.
    pub(crate) fn current(&self, address: &ResourceAddress, names: &Names) -> Option<Arc<Event>> {
        let entries: Vec<&Entry> =
            self.latest.values().filter(|entry| address.matches(&entry.event, names)).collect();
        let newest = entries.iter().max_by_key(|entry| entry.order)?;
        let is_single = address.single().is_some();
        if is_single && entries.len() == 1 {
            return Some(Arc::clone(&newest.event));
        }
        let mut values: BTreeMap<Resource, Vec<Value>> = BTreeMap::new();
        for entry in &entries {
            values.entry(entry.event.resource).or_default().extend_from_slice(&entry.event.values);
        }
        let has_node = values.contains_key(&Resource::SyncState);
        let resource = if has_node { Resource::SyncState } else { newest.event.resource };
        let leading = values.remove(&resource).expect("the newest change is among them");
        let extent = if is_single {
            Extent::Resource
        } else {
            let others = values.into_iter().map(|(resource, values)| ResourceValues { resource, values });
            Extent::Subtree { others: others.collect() }
        };
        let id = EventId::of_all(entries.iter().map(|entry| entry.event.id));
        let (time, cause) = (newest.event.time, newest.event.cause.clone());
        Some(Arc::new(Event { id, resource, time, values: leading, cause, extent }))
    }

    /// What the initial notification of a subscription says: the current state, else a placeholder for the first covered
    /// resource.
    pub(crate) fn initial(
        &self,
        address: &ResourceAddress,
        names: &Names,
        time: Utc,
        identifiers: &mut Identifiers,
    ) -> Arc<Event> {
        if let Some(event) = self.current(address, names) {
            return event;
        }
        let resource = address.resources().next().expect("an address covers at least one resource");
        let absence =
            if self.latest.is_empty() { Absence::NothingReported } else { Absence::ResourceNotReported };
        let values = placeholder(resource)
            .into_iter()
            .map(|reading| Value { subject: Subject::Absent(absence), reading })
            .collect();
        let (id, cause, extent) = (identifiers.event(), Cause::Nothing, Extent::Resource);
        Arc::new(Event { id, resource, time, values, cause, extent })
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
