//! The core itself: it routes inputs to the node and to the subscriptions, and what changes from one to the
//! other.

use crate::journal::{Change, Journal};
use crate::node::{At, Node, Why};
use crate::random::Identifiers;
use crate::registry::Registry;
use crate::{
    Answer, Cause, Event, Extent, Input, Memory, Mono, Now, Output, Reading, RememberedState, RequestId,
    Resource, ResourceAddress, Settings, Snapshot, Source, Subject, SubscribeError, Subscription,
    SubscriptionId, Utc, Value,
};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// State of a node: its clocks, its subscriptions and what is under way.
#[derive(Debug)]
pub struct Core {
    settings: Settings,
    latest: Mono,
    identifiers: Identifiers,
    node: Node,
    journal: Journal,
    registry: Registry,
    /// What is remembered has changed.
    is_to_remember: bool,
}

/// Why there is no current state to give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurrentStateError {
    /// The address can never fire on this node.
    #[error("no such resource on this node: {address}")]
    UnknownResource {
        /// As written.
        address: String,
    },
    /// Nothing has been reported for it yet.
    #[error("nothing is known yet of {address}")]
    NoData {
        /// As written.
        address: String,
    },
}

impl Core {
    /// A core that knows nothing yet. The seed decides all identifiers.
    pub fn new(settings: Settings, seed: [u8; 32], now: Now) -> Self {
        let registry = Registry::new(&settings);
        Self {
            settings,
            latest: now.mono,
            identifiers: Identifiers::new(seed),
            node: Node::default(),
            journal: Journal::default(),
            registry,
            is_to_remember: false,
        }
    }

    /// Takes in what happened. Deadlines that have passed by now fire first, in order, each at its own time.
    /// A time before that of an earlier input counts as the latter's.
    pub fn handle(&mut self, now: Now, input: Input<'_>) {
        self.latest = self.latest.max(now.mono);
        let now = Now { mono: self.latest, utc: now.utc };
        self.fire_due(now);
        match input {
            Input::Line { origin, message, text } => {
                self.node.handle_line(At { now, why: Why::Line(text) }, origin, &message);
            }
            Input::Report(report) => {
                self.node.handle_report(At { now, why: Why::Report(report.text) }, &report)
            }
            Input::Configure(configuration) => self.node.configure(now, configuration),
            Input::Aliases(aliases) => self.node.rename(aliases),
            Input::Restore(subscriptions) => self.restore(subscriptions),
            Input::Adopt(subscriptions) => self.adopt(subscriptions),
            Input::Recall(memory) => self.recall(now, &memory),
            Input::Subscribe { request, resource_address, endpoint } => {
                self.subscribe(now, request, resource_address, endpoint);
            }
            Input::Unsubscribe { request, id } => {
                self.registry.unsubscribe(request, &id, self.node.names());
            }
            Input::UnsubscribeAll { request } => self.registry.unsubscribe_all(request, self.node.names()),
            Input::HandshakeDone { request, outcome } => self.registry.handshake_done(request, outcome),
            Input::Stored { ticket, durable } => {
                self.registry.stored(now.mono, ticket, durable, self.node.names());
            }
            Input::Delivered { attempt, outcome } => self.registry.delivered(now.mono, &attempt, outcome),
            Input::Timeout => {}
        }
        self.publish_changes();
        if core::mem::take(&mut self.is_to_remember)
            | self.node.take_is_to_remember()
            | self.registry.take_has_settled()
        {
            self.registry.push_output(Output::Remember);
        }
    }

    /// What the next run needs to go on as if this one had not ended. `now` is that of the latest input.
    pub fn memory(&self, now: Now) -> Memory {
        let states = self.journal.entries().into_iter().map(|(source, event)| RememberedState {
            source: source.clone(),
            event: Event::clone(event),
            detail: self.node.detail(now, source, event.resource),
            undelivered: self.registry.undelivered(event.id),
        });
        Memory {
            configurations: self.node.configurations(),
            aliases: self.node.names().aliases().clone(),
            former_aliases: self.node.names().former().cloned().collect(),
            states: states.collect(),
            roles: self.node.roles(),
            processes: self.node.remembered_processes(),
            node_reports: self.node.node_reports(),
            sync_state: None,
        }
    }

    /// What to do next; none when nothing is left until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.registry.poll_output()
    }

    /// When to call with [`Input::Timeout`], if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Mono> {
        match (self.node.next_deadline(), self.registry.next_deadline()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// The current state of what an address covers: of one resource exactly as it was last pushed. Has no side effects.
    ///
    /// When several clocks report the resource, their values follow each other at the time of the newest change, under
    /// an id of their own. A subtree of several resources has one event too, see [`crate::Extent::Subtree`].
    pub fn current_state(&self, resource_address: &str) -> Result<Arc<Event>, CurrentStateError> {
        let address = || resource_address.to_string();
        let parsed = ResourceAddress::parse(resource_address, &self.settings.node_name)
            .and_then(|address| self.narrowed(&address))
            .ok_or_else(|| CurrentStateError::UnknownResource { address: address() })?;
        let current = self.journal.current(&parsed, self.node.names());
        current.ok_or_else(|| CurrentStateError::NoData { address: address() })
    }

    /// Active subscriptions in order of creation.
    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.registry.active()
    }

    /// An active subscription.
    pub fn subscription(&self, id: &str) -> Option<&Subscription> {
        self.registry.find(&SubscriptionId(id.to_string()))
    }

    /// Attempts, initial notifications and writes that have not been reported back.
    pub fn deliveries_in_flight(&self) -> usize {
        self.registry.in_flight()
    }

    /// Everything that is exported as metrics.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            subscriptions_active: self.registry.active().count(),
            subscriptions_ended: self.registry.ended,
            subscriptions_not_adopted: self.registry.not_adopted,
            endpoint_limit_refusals: self.registry.endpoint_limit_refusals,
            deliveries: self.registry.deliveries,
            backlog: self.registry.backlog(),
            queue_lengths: self.registry.queue_lengths.clone(),
            ..self.node.snapshot()
        }
    }

    fn fire_due(&mut self, now: Now) {
        while let Some(deadline) = self.next_deadline().filter(|deadline| *deadline <= now.mono) {
            let utc = Utc { unix_ns: now.utc.unix_ns.saturating_sub(now.mono.ns - deadline.ns) };
            self.node.fire(Now { mono: deadline, utc });
            self.publish_changes();
            self.registry.fire(deadline);
        }
    }

    fn publish_changes(&mut self) {
        while let Some(change) = self.node.take_change() {
            match change {
                Change::Published { source, resource, time, values, cause } => {
                    let (id, extent) = (self.identifiers.event(), Extent::Resource);
                    let event = Event { id, resource, time, values, cause, extent };
                    let event = self.journal.publish(source, event);
                    self.node.counters.event(resource);
                    self.registry.push_output(Output::Changed(Arc::clone(&event)));
                    self.registry.publish(&event, self.node.names());
                }
                Change::Withdrawn(source) => self.journal.withdraw(&source),
                Change::ConfigurationDropped(config) => self.journal.drop_configuration(config),
                Change::Renamed { from, to } => self.journal.rename(&from, &to),
            }
            self.is_to_remember = true;
        }
    }

    fn recall(&mut self, now: Now, memory: &Memory) {
        let unchanged = self.node.unchanged(&memory.configurations);
        self.node.recall_rest(memory, &unchanged);
        if let Some(state) = memory.sync_state {
            let values = vec![Value { subject: Subject::Node, reading: Reading::State(state) }];
            let (id, resource, cause) = (self.identifiers.event(), Resource::SyncState, Cause::Nothing);
            let event = Event { id, resource, time: now.utc, values, cause, extent: Extent::Resource };
            self.journal.publish(Source::Node, event);
        }
        for remembered in &memory.states {
            let is_current = remembered.source.config().is_none_or(|config| unchanged.contains(&config));
            if is_current && self.node.recall(now, remembered) {
                let event = self.journal.publish(remembered.source.clone(), remembered.event.clone());
                self.registry.requeue(&event, &remembered.undelivered);
            }
        }
        self.is_to_remember = true;
        let is_of_the_node = |remembered: &RememberedState| remembered.source == Source::Node;
        let had_clocks = !memory.states.iter().all(is_of_the_node) || !memory.node_reports.is_empty();
        self.node.recalled(At { now, why: Why::Configuration }, had_clocks);
    }

    fn restore(&mut self, subscriptions: Vec<Subscription>) {
        for subscription in subscriptions {
            let address = ResourceAddress::parse(&subscription.resource_address, &self.settings.node_name);
            self.registry.adopt(subscription, address);
        }
    }

    fn adopt(&mut self, subscriptions: Vec<Subscription>) {
        let mut endpoints = BTreeSet::new();
        for subscription in subscriptions {
            if !self.registry.is_taken(&subscription.resource_address, &subscription.endpoint) {
                endpoints.insert(Arc::clone(&subscription.endpoint));
                self.restore(vec![subscription]);
            }
        }
        for endpoint in endpoints {
            self.registry.store_anew(&endpoint);
        }
    }

    /// One that no subscription has: an earlier run with the same seed may have drawn it.
    fn new_subscription_id(&mut self) -> SubscriptionId {
        loop {
            let id = self.identifiers.subscription();
            if !self.registry.knows(&id) {
                return id;
            }
        }
    }

    fn subscribe(&mut self, now: Now, request: RequestId, resource_address: String, endpoint: Arc<str>) {
        match self.admit(&resource_address, &endpoint) {
            Ok(Admitted { address, narrowed }) => {
                let id = self.new_subscription_id();
                let names = self.node.names();
                let event = self.journal.initial(&narrowed, names, now.utc, &mut self.identifiers);
                let subscription = Subscription { id, resource_address, endpoint };
                self.registry.begin(request, subscription, address, event);
            }
            Err(error) => {
                let answer = Answer::NotSubscribed(error);
                self.registry.push_output(Output::Answer { request, answer });
            }
        }
    }

    fn admit(&mut self, resource_address: &str, endpoint: &str) -> Result<Admitted, SubscribeError> {
        self.registry.admit(resource_address, endpoint)?;
        let unknown = || SubscribeError::UnknownResource { address: resource_address.to_string() };
        let address =
            ResourceAddress::parse(resource_address, &self.settings.node_name).ok_or_else(unknown)?;
        let narrowed = self.narrowed(&address).ok_or_else(unknown)?;
        Ok(Admitted { address, narrowed })
    }

    /// An address without what none of the clocks that it names can have; `None` when that is all.
    fn narrowed(&self, address: &ResourceAddress) -> Option<ResourceAddress> {
        address.narrowed(self.node.subjects().chain(self.journal.subjects()), self.node.names())
    }
}

/// The address of a subscription that may be made.
struct Admitted {
    /// It stands for clocks that will come, too.
    address: ResourceAddress,
    /// Without what none of its present clocks can have.
    narrowed: ResourceAddress,
}
