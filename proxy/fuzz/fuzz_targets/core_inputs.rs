//! Whatever happens to the core, in whatever order: nothing panics, and what it says of itself agrees.
//!
//! The bytes are read as a list of inputs. Lines come from templates of every form with fields from the bytes, or are
//! raw bytes; deadlines are kept, and now and then the core is ended and a new one recalls its memory.
#![no_main]

#[path = "core_inputs/bytes.rs"]
mod bytes;

use bytes::{Bytes, INTERFACES, PROGRAMS};
use libfuzzer_sys::fuzz_target;
use proxy_core::{
    Attempt, Core, Detail, Event, EventId, HandshakeOutcome, Input, Memory, Mono, NodeConfiguration, Now,
    Origin, Outcome, Output, Reading, Report, Reported, RequestId, Resource, Settings, StoreTicket,
    Subscription, SyncState, Utc, limits,
};
use ptp_lines::{Line, parse};
use std::collections::BTreeMap;
use std::sync::Arc;

const NODE: &str = "node";

/// A core, what is under way for it, and what it has said.
struct World {
    core: Core,
    now: Now,
    configuration: NodeConfiguration,
    aliases: BTreeMap<String, String>,
    handshakes: Vec<RequestId>,
    writes: Vec<StoreTicket>,
    attempts: Vec<Attempt>,
    requests: u64,
    lives: u64,
    published: BTreeMap<EventId, Arc<Event>>,
    /// As it was asked to be remembered.
    kept: Memory,
    /// The daemon's own views of the node.
    node_reports: BTreeMap<(String, String), SyncState>,
}

fn settings() -> Settings {
    Settings {
        node_name: NODE.to_owned(),
        unsubscribe_after: 3,
        subscriptions_max: limits::SUBSCRIPTIONS_MAX,
        subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
    }
}

impl World {
    fn new() -> Self {
        let now = Now { mono: Mono { ns: 0 }, utc: Utc { unix_ns: 1_700_000_000_000_000_000 } };
        let mut world = Self {
            core: Core::new(settings(), [0; 32], now),
            now,
            configuration: Bytes(&[]).configuration(),
            aliases: BTreeMap::new(),
            handshakes: Vec::new(),
            writes: Vec::new(),
            attempts: Vec::new(),
            requests: 0,
            lives: 0,
            published: BTreeMap::new(),
            kept: Memory::default(),
            node_reports: BTreeMap::new(),
        };
        world.handle(Input::Configure(world.configuration.clone()));
        world
    }

    fn handle(&mut self, input: Input<'_>) {
        self.core.handle(self.now, input);
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Changed(event) => {
                    assert!(self.published.insert(event.id, event).is_none(), "an id is used once");
                }
                Output::Remember => self.keep(),
                Output::Handshake { request, .. } => self.handshakes.push(request),
                Output::Store { ticket, .. } => self.writes.push(ticket),
                Output::Deliver(delivery) => self.attempts.push(delivery.attempt),
                Output::Answer { .. } | Output::Ended { .. } => {}
            }
        }
    }

    /// What is remembered has changed: the same state is never published twice in a row.
    fn keep(&mut self) {
        let before = std::mem::replace(&mut self.kept, self.core.memory(self.now));
        for state in &self.kept.states {
            let is_same = |earlier: &&proxy_core::RememberedState| {
                earlier.source == state.source && earlier.event.resource == state.event.resource
            };
            let Some(earlier) = before.states.iter().find(is_same) else { continue };
            // The class of another clock is news, even if it is the same number.
            let is_other_clock =
                matches!(state.detail, Detail::Class { .. }) && state.detail != earlier.detail;
            assert!(
                earlier.event.id == state.event.id
                    || is_other_clock
                    || says(&earlier.event) != says(&state.event),
                "twice the same: {state:?}"
            );
        }
    }

    fn pass(&mut self, ns: u64) {
        let end_ns = self.now.mono.ns + ns;
        while let Some(deadline) = self.core.next_deadline().filter(|deadline| deadline.ns <= end_ns) {
            self.move_to(deadline.ns);
            self.handle(Input::Timeout);
            self.check();
        }
        self.move_to(end_ns);
    }

    fn move_to(&mut self, mono_ns: u64) {
        self.now.utc.unix_ns += mono_ns - self.now.mono.ns;
        self.now.mono.ns = mono_ns;
    }

    fn check(&self) {
        assert!(self.core.next_deadline().is_none_or(|deadline| deadline >= self.now.mono), "overdue");
        let memory = self.core.memory(self.now);
        assert!(is_same(&memory, &self.kept), "nobody was told: {memory:?}\n was {:?}", self.kept);
        for state in &memory.states {
            let published = &self.published[&state.event.id];
            assert_eq!(as_published(published), as_published(&state.event));
        }
        for resource in Resource::ALL {
            let current = self.core.current_state(&format!("/./.{}", resource.path())).ok();
            let latest: Vec<&Event> = memory
                .states
                .iter()
                .map(|state| &state.event)
                .filter(|event| event.resource == resource)
                .collect();
            assert_eq!(current.as_ref().map(|event| event.time), latest.last().map(|event| event.time));
            // A single event is pulled as it is; what several say together has an identity of its own.
            let is_one_of_them = current.iter().any(|event| latest.iter().any(|one| one.id == event.id));
            assert_eq!(is_one_of_them, latest.len() == 1);
            let pulled = current.iter().flat_map(|event| &event.values).count();
            assert_eq!(pulled, latest.iter().map(|event| event.values.len()).sum::<usize>());
            for event in latest {
                let pulled = &current.as_ref().expect("there is a latest one").values;
                assert!(event.values.iter().all(|value| pulled.contains(value)), "{resource:?}");
            }
        }
        self.check_node();
        self.check_bounds(&memory);
    }

    /// The node is as good as its worst clock.
    fn check_node(&self) {
        let worst = |resource: Resource| {
            let current = self.core.current_state(&format!("/./.{}", resource.path())).ok()?;
            let states = current.values.iter().filter_map(|value| match value.reading {
                Reading::State(state) => Some(state),
                _ => None,
            });
            states.max()
        };
        let reported = self.node_reports.values().copied().max();
        let expected = worst(Resource::LockState).max(worst(Resource::OsClockSyncState)).max(reported);
        assert_eq!(worst(Resource::SyncState), expected);
    }

    fn check_bounds(&self, memory: &Memory) {
        let snapshot = self.core.snapshot();
        let instances = self.configuration.instances.len();
        let interfaces = INTERFACES.len() + limits::FOREIGN_INTERFACES_MAX;
        assert!(snapshot.processes.len() <= PROGRAMS.len() * instances + limits::FOREIGN_PROCESSES_MAX);
        assert!(snapshot.synce_qualities.len() <= limits::SYNCE_PORTS_MAX);
        assert!(snapshot.ha_profiles.len() <= instances * limits::HA_PROFILES_MAX);
        assert!(snapshot.measurements.len() <= instances * (5 + 3 * interfaces));
        assert!(
            memory.states.len()
                <= 1 + instances * (4 + 2 * interfaces) + 2 * limits::SYNCE_PORTS_MAX + limits::REPORTED_MAX
        );
    }

    /// Ends the core, and lets a new one recall what is kept.
    fn restart(&mut self) {
        let text = serde_json::to_string(&self.kept).expect("a memory can be written");
        let memory: Memory = serde_json::from_str(&text).expect("a memory can be read");
        assert_eq!(memory, self.kept);
        let subscriptions: Vec<Subscription> = self.core.subscriptions().cloned().collect();
        // Each life draws its own identifiers.
        self.lives += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.lives.to_le_bytes());
        let mut next = Core::new(settings(), seed, self.now);
        next.handle(self.now, Input::Aliases(self.aliases.clone()));
        next.handle(self.now, Input::Configure(self.configuration.clone()));
        next.handle(self.now, Input::Restore(subscriptions));
        while next.poll_output().is_some() {}
        next.handle(self.now, Input::Recall(memory));
        for resource in Resource::ALL {
            let address = format!("/./.{}", resource.path());
            assert_eq!(self.core.current_state(&address), next.current_state(&address), "{resource:?}");
        }
        self.core = next;
        self.handshakes.clear();
        self.writes.clear();
        self.attempts.clear();
        // What the new core has to do for the deliveries that it took over.
        self.kept = self.core.memory(self.now);
        self.handle(Input::Timeout);
    }

    fn step(&mut self, bytes: &mut Bytes<'_>) {
        let op = bytes.next();
        match bytes.next() {
            time @ 160..224 => self.pass(u64::from(time - 160) * 100_000_000),
            time @ 224.. => self.pass(u64::from(time - 223) * 2_000_000_000),
            0..160 => {}
        }
        let origin = if op & 0x80 == 0 { Origin::Live } else { Origin::Unmarked };
        match op & 0x7f {
            0..80 => {
                let line = bytes.line();
                self.line(origin, line.as_bytes());
            }
            80..84 => {
                let count = usize::from(bytes.next());
                self.line(origin, bytes.take(count));
            }
            84..96 => self.report(bytes),
            96..100 => {
                self.configuration = bytes.configuration();
                self.handle(Input::Configure(self.configuration.clone()));
            }
            100..102 => {
                let (name, alias) = (bytes.pick(&INTERFACES), bytes.pick(&["ens1fx", "ens2fx"]));
                self.aliases = BTreeMap::from([(name.to_owned(), alias.to_owned())]);
                self.handle(Input::Aliases(self.aliases.clone()));
            }
            102..106 => self.restart(),
            106..114 => self.request(bytes),
            _ => self.outcome(bytes),
        }
    }

    fn line(&mut self, origin: Origin, text: &[u8]) {
        if let Ok(Line::Message(message)) = parse(text) {
            self.handle(Input::Line { origin, message, text });
        }
    }

    fn report(&mut self, bytes: &mut Bytes<'_>) {
        let (profile, interface) = (bytes.pick(&["bc1", ""]), bytes.pick(&["ens1f0", "ens7f0", ""]));
        let said = bytes.reported();
        if let Reported::SyncState(state) = said {
            self.node_reports.insert((profile.to_owned(), interface.to_owned()), state);
        } else if said == Reported::Clear {
            self.node_reports.clear();
        }
        self.handle(Input::Report(Report { profile, interface, said, text: b"{}" }));
    }

    fn request(&mut self, bytes: &mut Bytes<'_>) {
        self.requests += 1;
        let request = RequestId(self.requests);
        match bytes.next() % 8 {
            0 => self.handle(Input::UnsubscribeAll { request }),
            1 => {
                let id = self.core.subscriptions().next().map(|subscription| subscription.id.clone());
                if let Some(id) = id {
                    self.handle(Input::Unsubscribe { request, id });
                }
            }
            _ => {
                let path = bytes.pick(&["/sync", Resource::LockState.path(), Resource::SyncState.path()]);
                let resource_address = format!("/./{NODE}{path}");
                let endpoint = Arc::from(bytes.pick(&["http://a/", "http://b/"]));
                self.handle(Input::Subscribe { request, resource_address, endpoint });
            }
        }
    }

    fn outcome(&mut self, bytes: &mut Bytes<'_>) {
        let choice = bytes.next();
        if let Some(request) = self.handshakes.pop() {
            let outcome =
                if choice & 7 == 0 { HandshakeOutcome::Refused } else { HandshakeOutcome::Confirmed };
            self.handle(Input::HandshakeDone { request, outcome });
        } else if let Some(ticket) = self.writes.pop() {
            self.handle(Input::Stored { ticket, durable: choice & 7 != 0 });
        } else if !self.attempts.is_empty() {
            let attempt = self.attempts.remove(usize::from(choice) % self.attempts.len());
            let outcome = match choice >> 5 {
                0..2 => Outcome::Failed,
                2 => Outcome::Answered { status: 500 },
                _ => Outcome::Accepted,
            };
            self.handle(Input::Delivered { attempt, outcome });
        }
    }
}

/// What stays of an event for ever: interfaces may have other names since.
fn as_published(event: &Event) -> (Resource, Utc, Vec<Reading>) {
    (event.resource, event.time, event.values.iter().map(|value| value.reading).collect())
}

/// What an event says, but for what may differ between two that say the same.
fn says(event: &Event) -> Vec<Reading> {
    let readings = event.values.iter().map(|value| value.reading);
    readings.filter(|reading| !matches!(reading, Reading::OffsetNs(_) | Reading::GnssFix(_))).collect()
}

/// Whether two memories are the same, but for what changes with every delivery.
fn is_same(one: &Memory, other: &Memory) -> bool {
    let is_same_rest = one.roles == other.roles
        && one.configurations == other.configurations
        && one.aliases == other.aliases
        && one.processes == other.processes
        && one.node_reports == other.node_reports
        && one.sync_state == other.sync_state;
    let mut states = one.states.iter().zip(&other.states);
    is_same_rest
        && one.states.len() == other.states.len()
        && states.all(|(one, other)| {
            one.source == other.source && one.event == other.event && one.detail == other.detail
        })
}

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = Bytes(bytes);
    let mut world = World::new();
    while !bytes.0.is_empty() {
        world.step(&mut bytes);
        world.check();
    }
});
