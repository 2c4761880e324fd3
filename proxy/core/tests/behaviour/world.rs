//! A node around the core: it tells the time, feeds lines, and answers for the store and the consumers.

use proxy_core::{
    Answer, Core, Delivery, Event, Extent, HandshakeOutcome, Input, InstanceConfiguration,
    InterfaceStatusKind, Memory, Mono, NodeConfiguration, Now, Origin, Outcome, Output, PortConfiguration,
    PortRole, Profile, ProfileKind, Reading, RequestId, Resource, Settings, StoreTicket, Subject,
    Subscription, SubscriptionId, Thresholds, Utc, Value, limits,
};
use ptp_lines::{ConfigName, ConfigProgram, Line};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// When every test begins, in nanoseconds since the epoch.
pub(crate) const START_UNIX_NS: u64 = 1_700_000_000_000_000_000;

/// The node's name.
pub(crate) const NODE: &str = "compute-1.example.com";

/// A core with everything around it.
pub(crate) struct World {
    pub(crate) core: Core,
    now: Now,
    connection: Origin,
    configuration: NodeConfiguration,
    requests: u64,
    events: Vec<Arc<Event>>,
    /// What the shell has on disk.
    pub(crate) kept: Memory,
    /// Whether it is asked to write anything there: a write for each of many deliveries takes long.
    pub(crate) keeps: bool,
    pub(crate) answers: Vec<(RequestId, Answer)>,
    pub(crate) handshakes: VecDeque<(RequestId, Arc<str>, Arc<Event>)>,
    pub(crate) writes: VecDeque<(StoreTicket, Arc<str>, Vec<Subscription>)>,
    pub(crate) deliveries: VecDeque<Delivery>,
    pub(crate) ended: Vec<(Subscription, u32)>,
}

impl World {
    /// A node with these instances; every profile has the thresholds 100 ns, -100 ns and a holdover of 5 s.
    pub(crate) fn with(instances: Vec<InstanceConfiguration>) -> Self {
        let names: std::collections::BTreeSet<_> =
            instances.iter().map(|instance| instance.profile.clone()).collect();
        let profiles = names.into_iter().map(|name| profile(&name, ProfileKind::Clock)).collect();
        Self::configured(NodeConfiguration { profiles, instances })
    }

    pub(crate) fn configured(configuration: NodeConfiguration) -> Self {
        Self::seeded([7; 32], configuration)
    }

    /// The same with interfaces that go by their own names.
    pub(crate) fn unnamed(instances: Vec<InstanceConfiguration>) -> Self {
        let profiles = instances.iter().map(|one| profile(&one.profile, ProfileKind::Clock)).collect();
        Self::named([7; 32], NodeConfiguration { profiles, instances }, BTreeMap::new())
    }

    pub(crate) fn seeded(seed: [u8; 32], configuration: NodeConfiguration) -> Self {
        let aliases =
            [("ens1f0", "ens1fx"), ("ens1f1", "ens1fx"), ("ens2f0", "ens2fx"), ("ens2f1", "ens2fx")];
        let aliases = aliases.map(|(name, alias)| (name.into(), alias.into()));
        Self::named(seed, configuration, BTreeMap::from(aliases))
    }

    fn named(seed: [u8; 32], configuration: NodeConfiguration, aliases: BTreeMap<String, String>) -> Self {
        let settings = Settings {
            node_name: NODE.into(),
            unsubscribe_after: 10,
            subscriptions_max: limits::SUBSCRIPTIONS_MAX,
            subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
        };
        Self::set_up(settings, seed, configuration, aliases)
    }

    /// An ordinary clock whose proxy takes so many subscriptions, in all and of one endpoint.
    pub(crate) fn limited(subscriptions_max: usize, subscriptions_per_endpoint_max: usize) -> Self {
        let settings = Settings {
            node_name: NODE.into(),
            unsubscribe_after: 10,
            subscriptions_max,
            subscriptions_per_endpoint_max,
        };
        let instances = vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])];
        let profiles = vec![profile("oc", ProfileKind::Clock)];
        let aliases = BTreeMap::from([("ens1f0".into(), "ens1fx".into())]);
        Self::set_up(settings, [7; 32], NodeConfiguration { profiles, instances }, aliases)
    }

    fn set_up(
        settings: Settings,
        seed: [u8; 32],
        configuration: NodeConfiguration,
        aliases: BTreeMap<String, String>,
    ) -> Self {
        let now = Now { mono: Mono { ns: 0 }, utc: Utc { unix_ns: START_UNIX_NS } };
        let mut world = Self {
            core: Core::new(settings, seed, now),
            now,
            connection: Origin::Unmarked,
            configuration: configuration.clone(),
            requests: 0,
            events: Vec::new(),
            kept: Memory::default(),
            keeps: true,
            answers: Vec::new(),
            handshakes: VecDeque::new(),
            writes: VecDeque::new(),
            deliveries: VecDeque::new(),
            ended: Vec::new(),
        };
        world.handle(Input::Aliases(aliases));
        world.handle(Input::Configure(configuration));
        world
    }

    /// One port that follows a master.
    pub(crate) fn ordinary_clock() -> Self {
        Self::with(vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])])
    }

    /// One port that follows a master, one that serves.
    pub(crate) fn boundary_clock() -> Self {
        Self::with(vec![instance(0, "bc", &[("ens1f0", PortRole::Slave), ("ens1f1", PortRole::Master)])])
    }

    /// Two boundary clocks on two cards; the first one's phc2sys steers the system clock.
    pub(crate) fn two_boundary_clocks() -> Self {
        Self::with(vec![
            instance(0, "bc1", &[("ens1f0", PortRole::Slave), ("ens1f1", PortRole::Master)]),
            instance(1, "bc2", &[("ens2f0", PortRole::Slave), ("ens2f1", PortRole::Master)]),
        ])
    }

    pub(crate) fn handle(&mut self, input: Input<'_>) {
        self.core.handle(self.now, input);
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Changed(event) => self.events.push(event),
                Output::Remember if self.keeps => self.kept = self.core.memory(self.now),
                Output::Remember => {}
                Output::Handshake { request, endpoint, event } => {
                    self.handshakes.push_back((request, endpoint, event));
                }
                Output::Store { ticket, endpoint, subscriptions } => {
                    self.writes.push_back((ticket, endpoint, subscriptions));
                }
                Output::Answer { request, answer } => self.answers.push((request, answer)),
                Output::Deliver(delivery) => self.deliveries.push_back(delivery),
                Output::Ended { subscription, failures } => self.ended.push((subscription, failures)),
            }
        }
    }

    /// Feeds a line as the socket gives it.
    pub(crate) fn line(&mut self, text: &str) {
        let origin = self.connection;
        self.line_from(origin, text);
    }

    pub(crate) fn line_from(&mut self, origin: Origin, text: &str) {
        match ptp_lines::parse(text.as_bytes()).expect("a well-formed line") {
            Line::Message(message) => self.handle(Input::Line { origin, message, text: text.as_bytes() }),
            Line::Command(_) | Line::Other(_) => panic!("not a message: {text}"),
        }
    }

    /// A sample of ptp4l of configuration 0, locked.
    pub(crate) fn ptp(&mut self, offset_ns: i64) {
        self.ptp_of(0, offset_ns, "s2");
    }

    pub(crate) fn ptp_of(&mut self, index: u32, offset_ns: i64, servo: &str) {
        self.line(&format!(
            "ptp4l[365195.391]: [ptp4l.{index}.config] master offset {offset_ns:>10} {servo} freq   -3972 path delay        89"
        ));
    }

    /// A sample of phc2sys of configuration 0, locked.
    pub(crate) fn os(&mut self, offset_ns: i64) {
        self.os_of("ptp4l.0.config", offset_ns, "s2");
    }

    pub(crate) fn os_of(&mut self, config: &str, offset_ns: i64, servo: &str) {
        self.line(&format!(
            "phc2sys[4268818.286]: [{config}] CLOCK_REALTIME phc offset {offset_ns:>9} {servo} freq  -78368 delay   1100"
        ));
    }

    /// A transition of a port of configuration 0, such as `port 1 (ens1f0): SLAVE to FAULTY on
    /// FAULT_DETECTED`.
    pub(crate) fn port(&mut self, text: &str) {
        self.line(&format!("ptp4l[72444.514]: [ptp4l.0.config:5] {text}"));
    }

    /// The cable of the first port is pulled.
    pub(crate) fn lose_master(&mut self) {
        self.port("port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
    }

    /// Time passes; the shell calls at every deadline.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        let end_ns = self.now.mono.ns + ms * 1_000_000;
        while let Some(deadline) = self.core.next_deadline().filter(|deadline| deadline.ns <= end_ns) {
            self.advance_to(deadline.ns.max(self.now.mono.ns));
            self.handle(Input::Timeout);
        }
        self.advance_to(end_ns);
    }

    /// Time passes, and the shell does not call before the end of it.
    pub(crate) fn leap_ms(&mut self, ms: u64) {
        self.advance_to(self.now.mono.ns + ms * 1_000_000);
    }

    /// The shell names an earlier time than before, which it must not.
    pub(crate) fn set_back_ms(&mut self, ms: u64) {
        self.now.mono.ns -= ms * 1_000_000;
    }

    fn advance_to(&mut self, mono_ns: u64) {
        self.now.utc.unix_ns += mono_ns - self.now.mono.ns;
        self.now.mono.ns = mono_ns;
    }

    /// Events since the last call, one text each: `E1 ens1fx LOCKED 5`, `E4 LOCKED`, `E3 FREERUN ?`, `E2
    /// ens1fx 6`.
    pub(crate) fn events(&mut self) -> Vec<String> {
        self.take_events().iter().map(|event| describe(event)).collect()
    }

    pub(crate) fn take_events(&mut self) -> Vec<Arc<Event>> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId(self.requests)
    }

    /// Asks for a subscription and does nothing else.
    pub(crate) fn subscribe(&mut self, address: &str, endpoint: &str) -> RequestId {
        let request = self.request();
        let (resource_address, endpoint) = (address.to_string(), Arc::from(endpoint));
        self.handle(Input::Subscribe { request, resource_address, endpoint });
        request
    }

    /// Answers the oldest initial notification.
    pub(crate) fn answer_handshake(&mut self, outcome: HandshakeOutcome) {
        let (request, ..) = self.handshakes.pop_front().expect("an initial notification is under way");
        self.handle(Input::HandshakeDone { request, outcome });
    }

    /// Ends the oldest write.
    pub(crate) fn finish_write(&mut self, durable: bool) -> Vec<Subscription> {
        let (ticket, _, subscriptions) = self.writes.pop_front().expect("a write is under way");
        self.handle(Input::Stored { ticket, durable });
        subscriptions
    }

    /// Subscribes, with an endpoint that confirms and a store that works.
    pub(crate) fn subscribed(&mut self, address: &str, endpoint: &str) -> SubscriptionId {
        let request = self.subscribe(address, endpoint);
        self.answer_handshake(HandshakeOutcome::Confirmed);
        self.finish_write(true);
        match self.answer_to(request) {
            Some(Answer::Subscribed(subscription)) => subscription.id,
            other => panic!("not subscribed: {other:?}"),
        }
    }

    pub(crate) fn answer_to(&self, request: RequestId) -> Option<Answer> {
        let answers: Vec<_> = self.answers.iter().filter(|(to, _)| *to == request).collect();
        assert!(answers.len() <= 1, "answered more than once: {answers:?}");
        answers.first().map(|(_, answer)| answer.clone())
    }

    /// Ends the oldest attempt; returns what was sent.
    pub(crate) fn report(&mut self, outcome: Outcome) -> String {
        let Delivery { attempt, event, .. } = self.deliveries.pop_front().expect("an attempt is under way");
        self.handle(Input::Delivered { attempt, outcome });
        describe(&event)
    }

    /// Every endpoint accepts what comes until nothing comes any more; returns (endpoint, what was sent).
    pub(crate) fn accept_all(&mut self) -> Vec<(String, String)> {
        let mut accepted = Vec::new();
        while let Some(delivery) = self.deliveries.front() {
            let endpoint = delivery.endpoint.to_string();
            accepted.push((endpoint, self.report(Outcome::Accepted)));
        }
        accepted
    }

    /// Reads the configuration again, changed.
    pub(crate) fn reconfigure(&mut self, change: impl FnOnce(&mut NodeConfiguration)) {
        change(&mut self.configuration);
        let configuration = self.configuration.clone();
        self.handle(Input::Configure(configuration));
    }

    pub(crate) fn ignored(&self, reason: &str) -> u64 {
        let counts = self.core.snapshot().ignored;
        counts.iter().find(|(name, _)| *name == reason).expect("a known reason").1
    }

    /// The current state of a resource, if there is one.
    pub(crate) fn pulled(&self, resource: Resource) -> Vec<String> {
        self.core.current_state(&address(resource)).iter().map(|event| describe(event)).collect()
    }

    /// The state of a clock as metrics show it.
    pub(crate) fn clock_state(&self, process: &str, iface: &str) -> Option<String> {
        let snapshot = self.core.snapshot();
        let states: Vec<_> =
            snapshot.clock_states.iter().filter(|one| one.process == process && one.iface == iface).collect();
        assert!(states.len() <= 1, "one series has several samples: {states:?}");
        states.first().map(|one| one.state.to_string())
    }

    /// Status words of an interface.
    pub(crate) fn statuses(&self, kind: InterfaceStatusKind, iface: &str) -> Vec<i64> {
        let statuses = self.core.snapshot().interface_statuses;
        statuses.iter().filter(|one| one.kind == kind && one.iface == iface).map(|one| one.value).collect()
    }

    pub(crate) fn role(&self, interface: &str) -> PortRole {
        let roles = self.core.snapshot().interface_roles;
        roles.iter().find(|role| role.iface == interface).expect("a known interface").role
    }
}

/// A profile with the default thresholds.
pub(crate) fn profile(name: &str, kind: ProfileKind) -> Profile {
    Profile { name: name.into(), thresholds: Thresholds::default(), kind, has_chronyd: false }
}

/// An instance of ptp4l.
pub(crate) fn instance(index: u32, profile: &str, ports: &[(&str, PortRole)]) -> InstanceConfiguration {
    InstanceConfiguration {
        config: config(ConfigProgram::Ptp4l, index),
        profile: profile.into(),
        ports: ports
            .iter()
            .map(|(name, role)| PortConfiguration { name: (*name).into(), role: *role })
            .collect(),
    }
}

pub(crate) fn config(program: ConfigProgram, index: u32) -> ConfigName {
    ConfigName { program, index }
}

/// The full address of a resource of this node.
pub(crate) fn address(resource: Resource) -> String {
    format!("/cluster/node/{NODE}{}", resource.path())
}

/// An event in one line; what other resources of a subtree say follows: `E4 LOCKED + E1 ens1fx LOCKED 1`.
pub(crate) fn describe(event: &Event) -> String {
    let mut text = describe_resource(event.resource, &event.values);
    if let Extent::Subtree { others } = &event.extent {
        for other in others {
            text += &format!(" + {}", describe_resource(other.resource, &other.values));
        }
    }
    text
}

fn describe_resource(resource: Resource, values: &[Value]) -> String {
    let resource = match resource {
        Resource::LockState => "E1",
        Resource::ClockClass => "E2",
        Resource::OsClockSyncState => "E3",
        Resource::SyncState => "E4",
        Resource::GnssSyncStatus => "E5",
        Resource::SynceLockState => "E6",
        Resource::SynceClockQuality => "E7",
    };
    let mut text = resource.to_string();
    let mut named = None;
    for value in values {
        if named != Some(&value.subject) {
            named = Some(&value.subject);
            match &value.subject {
                Subject::Master { alias } => text += &format!(" {alias}"),
                Subject::SyncePort(port) => text += &format!(" {port}"),
                Subject::SynceQuality(port) => text += &format!(" {port}/Ql"),
                Subject::SynceExtendedQuality(port) => text += &format!(" {port}/extQl"),
                Subject::GnssFix { .. } => text += " fix",
                Subject::Absent(absence) => text += &format!(" {absence:?}"),
                Subject::Node | Subject::OsClock => {}
            }
        }
        text += &match value.reading {
            Reading::OffsetNs(Reading::OFFSET_UNKNOWN_NS) => " ?".to_string(),
            Reading::OffsetNs(Reading::OFFSET_NOT_MEASURED_NS) => " unmeasured".to_string(),
            reading @ (Reading::State(_)
            | Reading::OffsetNs(_)
            | Reading::ClockClass(_)
            | Reading::Gnss(_)
            | Reading::GnssFix(_)
            | Reading::QualityLevel(_)) => format!(" {reading}"),
        };
    }
    text
}
