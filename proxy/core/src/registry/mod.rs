//! Subscriptions: from the request over the initial notification and the store to the end.
//!
//! A subscription is registered before its endpoint has confirmed it, so that no change is lost between the
//! initial notification and the first delivery. It is answered for only when it is in the store. It does not
//! know what events say, nor which addresses exist.

mod delivery;
mod endpoint;
mod outbox;
mod siblings;
mod store;

use crate::limits::QUEUED_EVENTS_MAX;
use crate::names::Names;
use crate::{
    Answer, Backlog, DeliveryCounts, Event, HandshakeOutcome, Mono, Output, RequestId, ResourceAddress,
    Settings, StoreTicket, SubscribeError, Subscription, SubscriptionId,
};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use endpoint::Endpoint;
use outbox::Outbox;

/// All subscriptions and what is under way for them.
#[derive(Debug)]
pub(crate) struct Registry {
    /// By order of creation.
    entries: BTreeMap<u64, Entry>,
    by_id: BTreeMap<SubscriptionId, u64>,
    endpoints: BTreeMap<Arc<str>, Endpoint>,
    handshakes: BTreeMap<RequestId, u64>,
    attempts: BTreeMap<u64, u64>,
    writes: BTreeMap<StoreTicket, Arc<str>>,
    removals: BTreeMap<RequestId, Removal>,
    timers: BTreeSet<(Mono, Timer)>,
    outputs: VecDeque<Output>,
    /// Numbers entries, attempts and writes; each number is used once.
    numbers: u64,
    unsubscribe_after: u32,
    subscriptions_max: usize,
    subscriptions_per_endpoint_max: usize,
    /// Who has not confirmed an event yet has changed, other than by its publication.
    has_settled: bool,
    pub(crate) deliveries: DeliveryCounts,
    /// See [`crate::Snapshot::queue_lengths`].
    pub(crate) queue_lengths: Vec<u64>,
    pub(crate) ended: u64,
    pub(crate) not_adopted: u64,
    pub(crate) endpoint_limit_refusals: u64,
}

#[derive(Debug)]
struct Entry {
    subscription: Subscription,
    /// None when an adopted subscription names nothing of this node.
    address: Option<ResourceAddress>,
    phase: Phase,
    outbox: Outbox,
    /// When the pause after a failed attempt ends.
    retry_at: Option<Mono>,
}

/// Where a subscription stands. A write that is not there yet waits for the one under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The initial notification is under way.
    Handshaking { request: RequestId },
    /// Confirmed, to be stored.
    Adding { request: RequestId, write: Option<StoreTicket> },
    /// Receives events.
    Active,
    /// To be removed from the store; receives nothing more.
    Removing { request: RequestId, write: Option<StoreTicket> },
}

/// A request to unsubscribe that waits for the store.
#[derive(Debug)]
struct Removal {
    remaining: usize,
    durable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// A paused subscription may try again.
    Retry(u64),
    /// A failed write may be tried again.
    Rewrite(Arc<str>),
}

impl Registry {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            entries: BTreeMap::new(),
            by_id: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            handshakes: BTreeMap::new(),
            attempts: BTreeMap::new(),
            writes: BTreeMap::new(),
            removals: BTreeMap::new(),
            timers: BTreeSet::new(),
            outputs: VecDeque::new(),
            numbers: 0,
            unsubscribe_after: settings.unsubscribe_after.max(1),
            subscriptions_max: settings.subscriptions_max,
            subscriptions_per_endpoint_max: settings.subscriptions_per_endpoint_max,
            has_settled: false,
            deliveries: DeliveryCounts::default(),
            queue_lengths: vec![0; QUEUED_EVENTS_MAX + 1],
            ended: 0,
            not_adopted: 0,
            endpoint_limit_refusals: 0,
        }
    }

    pub(crate) fn push_output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn next_deadline(&self) -> Option<Mono> {
        self.timers.first().map(|(deadline, _)| *deadline)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.attempts.len() + self.handshakes.len() + self.writes.len()
    }

    /// What waits for subscribers. Looks at every queue: for a page of metrics, not for every line.
    pub(crate) fn backlog(&self) -> Backlog {
        let lengths = || self.entries.values().map(|entry| entry.outbox.len());
        Backlog {
            events_waiting: lengths().sum(),
            longest_queue: lengths().max().unwrap_or(0),
            attempts_under_way: self.attempts.len(),
            retries_scheduled: self.entries.values().filter(|entry| entry.retry_at.is_some()).count(),
            handshakes_pending: self.handshakes.len(),
        }
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = &Subscription> {
        self.entries.values().filter(|entry| entry.phase == Phase::Active).map(|entry| &entry.subscription)
    }

    pub(crate) fn find(&self, id: &SubscriptionId) -> Option<&Subscription> {
        let entry = &self.entries[self.by_id.get(id)?];
        (entry.phase == Phase::Active).then_some(&entry.subscription)
    }

    /// Takes over a subscription of an earlier run; one with an id that is already known is skipped, one for
    /// which there is no room is counted.
    pub(crate) fn adopt(&mut self, subscription: Subscription, address: Option<ResourceAddress>) {
        if self.by_id.contains_key(&subscription.id) {
            return;
        }
        if self.entries.len() >= self.subscriptions_max {
            self.not_adopted += 1;
            return;
        }
        self.insert(subscription, address, Phase::Active);
    }

    /// Whether there is room for a subscription that there is not yet; counts what an endpoint may not have.
    pub(crate) fn admit(&mut self, address: &str, endpoint: &str) -> Result<(), SubscribeError> {
        let members = self.endpoints.get(endpoint).map(|endpoint| &endpoint.members);
        if self.is_taken(address, endpoint) {
            return Err(SubscribeError::Duplicate);
        }
        // An endpoint without subscriptions stays only as long as the store fails.
        if self.entries.len().max(self.endpoints.len()) >= self.subscriptions_max {
            return Err(SubscribeError::TooMany { limit: self.subscriptions_max });
        }
        let limit = self.subscriptions_per_endpoint_max;
        if members.map_or(0, BTreeSet::len) >= limit {
            self.endpoint_limit_refusals += 1;
            return Err(SubscribeError::TooManyForEndpoint { limit });
        }
        Ok(())
    }

    /// Whether a subscription, a pending one included, has this id.
    pub(crate) fn knows(&self, id: &SubscriptionId) -> bool {
        self.by_id.contains_key(id)
    }

    /// Whether an endpoint has subscribed to an address, or is about to.
    pub(crate) fn is_taken(&self, address: &str, endpoint: &str) -> bool {
        let mut siblings = self.endpoints.get(endpoint).into_iter().flat_map(|endpoint| &endpoint.members);
        siblings.any(|number| self.entries[number].subscription.resource_address == address)
    }

    /// Registers a subscription and asks its endpoint to confirm it.
    pub(crate) fn begin(
        &mut self,
        request: RequestId,
        subscription: Subscription,
        address: ResourceAddress,
        event: Arc<Event>,
    ) {
        let endpoint = Arc::clone(&subscription.endpoint);
        let number = self.insert(subscription, Some(address), Phase::Handshaking { request });
        self.handshakes.insert(request, number);
        self.outputs.push_back(Output::Handshake { request, endpoint, event });
    }

    pub(crate) fn handshake_done(&mut self, request: RequestId, outcome: HandshakeOutcome) {
        let Some(number) = self.handshakes.remove(&request) else {
            return;
        };
        match outcome {
            HandshakeOutcome::Confirmed => {
                let entry = self.entries.get_mut(&number).expect("a pending subscription stays registered");
                entry.phase = Phase::Adding { request, write: None };
                let endpoint = Arc::clone(&entry.subscription.endpoint);
                self.endpoint_mut(&endpoint).failures = 0;
                self.write_if_needed(&endpoint);
            }
            HandshakeOutcome::Refused => {
                let endpoint = self.remove(number).endpoint;
                self.forget_if_done(&endpoint);
                self.answer(request, Answer::NotSubscribed(SubscribeError::NotConfirmed));
            }
        }
    }

    pub(crate) fn unsubscribe(&mut self, request: RequestId, id: &SubscriptionId, names: &Names) {
        match self.by_id.get(id).copied().filter(|number| self.entries[number].phase == Phase::Active) {
            Some(number) => self.begin_removal(request, &[number], names),
            None => self.answer(request, Answer::UnknownSubscription),
        }
    }

    pub(crate) fn unsubscribe_all(&mut self, request: RequestId, names: &Names) {
        let active: Vec<u64> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.phase == Phase::Active)
            .map(|(number, _)| *number)
            .collect();
        self.begin_removal(request, &active, names);
    }

    fn insert(&mut self, subscription: Subscription, address: Option<ResourceAddress>, phase: Phase) -> u64 {
        let number = self.number();
        self.by_id.insert(subscription.id.clone(), number);
        self.endpoints.entry(Arc::clone(&subscription.endpoint)).or_default().members.insert(number);
        let entry = Entry { subscription, address, phase, outbox: Outbox::new(), retry_at: None };
        self.entries.insert(number, entry);
        number
    }

    /// Takes a subscription out; its endpoint stays until [`Self::forget_if_done`].
    fn remove(&mut self, number: u64) -> Subscription {
        let entry = self.entries.remove(&number).expect("only registered subscriptions are removed");
        self.by_id.remove(&entry.subscription.id);
        self.endpoint_mut(&entry.subscription.endpoint).members.remove(&number);
        if let Some(retry_at) = entry.retry_at {
            self.timers.remove(&(retry_at, Timer::Retry(number)));
        }
        entry.subscription
    }

    fn endpoint_mut(&mut self, endpoint: &str) -> &mut Endpoint {
        self.endpoints.get_mut(endpoint).expect("an endpoint is kept as long as anything refers to it")
    }

    fn forget_if_done(&mut self, endpoint: &str) {
        if self.endpoints.get(endpoint).is_some_and(Endpoint::is_done) {
            self.endpoints.remove(endpoint);
        }
    }

    fn answer(&mut self, request: RequestId, answer: Answer) {
        self.outputs.push_back(Output::Answer { request, answer });
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}
