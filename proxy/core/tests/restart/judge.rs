//! What must be equal between a run with a restart and the run without one.

use crate::proxy::{CurrentStates, Proxy};
use crate::run::{Said, message};
use proxy_core::{
    Cause, ClockStateReading, Event, EventId, Memory, Reading, Resource, Snapshot, SyncState, Value,
};
use ptp_lines::Body;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Compares the events of a second life with those that the uninterrupted run has from there on.
pub(crate) struct Judge<'a> {
    place: String,
    /// Of the whole uninterrupted run.
    expected: &'a [Arc<Event>],
    /// How many of them the first life has published.
    before: usize,
    /// When the second life began, in nanoseconds since the epoch.
    back_unix_ns: u64,
    seen: Vec<Arc<Event>>,
    /// Programs whose measurements the second life has heard.
    heard: BTreeSet<String>,
    /// Latest offsets that ts2phc has measured in the second life.
    pps_ns: Vec<i64>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(place: String, expected: &'a [Arc<Event>], before: usize, back_unix_ns: u64) -> Self {
        let (seen, heard, pps_ns) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { place, expected, before, back_unix_ns, seen, heard, pps_ns }
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// How many events there have been in both lives.
    pub(crate) fn seen(&self) -> usize {
        self.before + self.seen.len()
    }

    /// Events of the second life.
    pub(crate) fn ids(&self) -> impl Iterator<Item = EventId> {
        self.seen.iter().map(|event| event.id)
    }

    pub(crate) fn hears(&mut self, said: &Said) {
        let Said::Line(text) = said else { return };
        let message = message(text).expect("a run has messages only");
        if let Body::Ts2phcOffset(sample) = message.body {
            self.pps_ns.push(sample.offset_ns);
        }
        let is_measurement = matches!(
            message.body,
            Body::Ptp4lOffset(_)
                | Body::Phc2sysOffset(_)
                | Body::Ts2phcOffset(_)
                | Body::Dpll(_)
                | Body::Gnss(_)
                | Body::BoundaryClockStatus(_)
                | Body::GrandmasterStatus(_)
                | Body::Chronyd(_)
                | Body::SynceState(_)
        );
        let program = message.prefix.program.name();
        if is_measurement && !self.heard.contains(program) {
            self.heard.insert(program.to_owned());
        }
    }

    /// An event of the second life must be the next one of the uninterrupted run.
    pub(crate) fn sees(&mut self, event: &Arc<Event>) {
        let Some(expected) = self.expected.get(self.seen()) else {
            panic!("{}: one event too many: {event:?}", self.place);
        };
        // What fell due while the proxy was down happens when it is back.
        let time_ns = expected.time.unix_ns.max(self.back_unix_ns);
        let is_same = event.resource == expected.resource
            && event.time.unix_ns == time_ns
            && (event.values == expected.values || self.is_same_but_for_old_offsets(event, expected));
        assert!(is_same, "{}: {event:?}\n instead of {expected:?}", self.place);
        self.seen.push(Arc::clone(event));
    }

    /// An event that no sample of its own clock has caused carries the offset that was known last. Samples are not
    /// kept, so that to a second life this is the one of the latest event or of the 1PPS, or none, until there is a
    /// new one.
    fn is_same_but_for_old_offsets(&self, event: &Event, expected: &Event) -> bool {
        // The clock may have had another name.
        let mut named = BTreeSet::new();
        let mut latest = Vec::new();
        for earlier in self.expected[..self.before].iter().chain(&self.seen).rev() {
            if earlier.resource == event.resource && named.insert(earlier.values[0].subject.to_string()) {
                latest.extend(earlier.values.iter().map(|value| value.reading));
            }
        }
        let is_offset = |reading: &Reading| matches!(reading, Reading::OffsetNs(_));
        let is_known = |offset_ns: i64| {
            latest.contains(&Reading::OffsetNs(offset_ns))
                || self.pps_ns.last() == Some(&offset_ns)
                || (offset_ns == Reading::OFFSET_NOT_MEASURED_NS && !latest.iter().any(is_offset))
        };
        let is_old = event.values.iter().all(|value| {
            if let Reading::OffsetNs(offset_ns) = value.reading { is_known(offset_ns) } else { true }
        });
        !is_sample(expected) && is_old && without_offsets(event).eq(without_offsets(expected))
    }

    pub(crate) fn has_seen_all(&self) {
        let missing = &self.expected[self.seen()..];
        assert!(missing.is_empty(), "{}: missing {missing:?}", self.place);
    }

    /// What is pulled at the end is what was pushed last.
    pub(crate) fn agrees_on_currents(&self, second: &CurrentStates, whole: &CurrentStates) {
        agrees(&self.place, second, whole);
    }

    /// The metrics of clocks and ports are those of the uninterrupted run; of a clock that is only measured, once its
    /// program has said something again.
    pub(crate) fn agrees_on_clocks(&self, second: &Snapshot, whole: &Snapshot) {
        assert_eq!(second.interface_roles, whole.interface_roles, "{}", self.place);
        assert_eq!(second.clock_classes, whole.clock_classes, "{}", self.place);
        let states = |snapshot: &Snapshot| snapshot.clock_states.clone();
        let (second, whole) = (states(second), states(whole));
        for clock in &second {
            assert!(whole.contains(clock), "{}: {clock:?}\n is none of {whole:?}", self.place);
        }
        for clock in whole.iter().filter(|clock| self.heard.contains(clock.process)) {
            assert!(second.contains(clock), "{}: {clock:?}\n is none of {second:?}", self.place);
        }
    }
}

/// What can be pulled is the same, but for old offsets.
pub(crate) fn agrees(place: &str, second: &CurrentStates, whole: &CurrentStates) {
    for (resource, (second, whole)) in Resource::ALL.into_iter().zip(second.iter().zip(whole)) {
        let is_same = match (second, whole) {
            (Some(second), Some(whole)) => without_offsets(second).eq(without_offsets(whole)),
            (None, None) => true,
            _ => false,
        };
        assert!(is_same, "{}: {resource:?} is {second:?}\n instead of {whole:?}", place);
    }
}

/// Whether two proxies that are told the same from now on will say the same.
///
/// That follows if they remember the same, measure the same, and no clock is in holdover. What is not in the memory
/// is the latest offset of each clock. A clock that is locked has that of its latest sample, which is the measurement;
/// one in FREERUN leaves it only with the offset of a sample. A holdover may end with an offset that is neither.
pub(crate) fn is_same_future(proxy: &Proxy, memory: &Memory, snapshot: &Snapshot) -> bool {
    let is_holdover = |clock: &ClockStateReading| clock.state == SyncState::Holdover;
    if snapshot.clock_states.iter().any(is_holdover) || !is_same_memory(&proxy.memory(), memory) {
        return false;
    }
    let of_proxy = proxy.core.snapshot();
    let offsets = |snapshot: &Snapshot| -> Vec<_> {
        let clocks = snapshot.measurements.iter();
        clocks.map(|one| (one.process, one.from, one.iface.clone(), one.offset_ns)).collect()
    };
    of_proxy.clock_states == snapshot.clock_states && offsets(&of_proxy) == offsets(snapshot)
}

/// Whether two memories tell the same, but for the identity and time of events and who has confirmed them.
fn is_same_memory(one: &Memory, other: &Memory) -> bool {
    let is_same_rest = one.roles == other.roles
        && one.processes == other.processes
        && one.node_reports == other.node_reports
        && one.sync_state == other.sync_state;
    let mut pairs = one.states.iter().zip(&other.states);
    let is_same_state = pairs.all(|(one, other)| {
        one.source == other.source
            && one.detail == other.detail
            && without_offsets(&one.event).eq(without_offsets(&other.event))
    });
    is_same_rest && one.states.len() == other.states.len() && is_same_state
}

fn without_offsets(event: &Event) -> impl Iterator<Item = &Value> {
    event.values.iter().filter(|value| !matches!(value.reading, Reading::OffsetNs(_)))
}

/// Whether the line that caused an event has measured what the event speaks of.
fn is_sample(event: &Event) -> bool {
    let Cause::Line(text) = &event.cause else { return false };
    let body = message(text).map(|message| message.body);
    match event.resource {
        Resource::LockState => {
            matches!(body, Some(Body::Ptp4lOffset(_) | Body::Ts2phcOffset(_) | Body::BoundaryClockStatus(_)))
        }
        Resource::OsClockSyncState => matches!(body, Some(Body::Phc2sysOffset(_) | Body::Chronyd(_))),
        Resource::GnssSyncStatus => matches!(body, Some(Body::Gnss(_))),
        Resource::SyncState
        | Resource::SynceLockState
        | Resource::ClockClass
        | Resource::SynceClockQuality => true,
    }
}
