//! Writes to the store: what is acknowledged is on disk first.

use super::endpoint::StoreStatus;
use super::{Phase, Registry, Removal, Timer};
use crate::limits::REWRITE_PAUSE_NS;
use crate::names::Names;
use crate::{Answer, Mono, Output, RequestId, StoreTicket, SubscribeError, Subscription};
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Registry {
    /// How a write went.
    pub(crate) fn stored(&mut self, now: Mono, ticket: StoreTicket, durable: bool, names: &Names) {
        let Some(endpoint) = self.writes.remove(&ticket) else {
            return;
        };
        let state = self.endpoint_mut(&endpoint);
        state.is_writing = false;
        if !durable {
            let retry_at = Mono { ns: now.ns.saturating_add(REWRITE_PAUSE_NS) };
            state.store = StoreStatus::RetryAt(retry_at);
            self.timers.insert((retry_at, Timer::Rewrite(Arc::clone(&endpoint))));
        }
        let members: Vec<u64> = self.endpoint_mut(&endpoint).members.iter().copied().collect();
        for number in members {
            self.settle(number, ticket, durable, names);
        }
        self.write_if_needed(&endpoint);
        self.forget_if_done(&endpoint);
    }

    /// Starts to remove active subscriptions; answered when all of them are out of the store.
    pub(super) fn begin_removal(&mut self, request: RequestId, numbers: &[u64], names: &Names) {
        if numbers.is_empty() {
            return self.answer(request, Answer::Unsubscribed);
        }
        self.removals.insert(request, Removal { remaining: numbers.len(), durable: true });
        let mut endpoints = BTreeSet::new();
        for number in numbers {
            let entry = self.entries.get_mut(number).expect("only registered subscriptions are removed");
            entry.phase = Phase::Removing { request, write: None };
            endpoints.insert(Arc::clone(&entry.subscription.endpoint));
        }
        for number in numbers {
            self.hand_over(*number, names);
        }
        for endpoint in endpoints {
            self.advance(&endpoint);
            self.write_if_needed(&endpoint);
        }
    }

    /// The pause after a failed write is over.
    pub(super) fn retry_write(&mut self, endpoint: &str) {
        self.endpoint_mut(endpoint).store = StoreStatus::Outdated;
        self.write_if_needed(endpoint);
    }

    /// Writes the list of an endpoint, if it has one: the store does not hold what was taken over.
    pub(crate) fn store_anew(&mut self, endpoint: &str) {
        let Some(state) = self.endpoints.get_mut(endpoint) else {
            return;
        };
        if state.store == StoreStatus::Current {
            state.store = StoreStatus::Outdated;
        }
        self.write_if_needed(endpoint);
    }

    /// Writes the list of an endpoint, if it has changed and no write is under way.
    pub(super) fn write_if_needed(&mut self, endpoint: &str) {
        let state = &self.endpoints[endpoint];
        let waits = state.store == StoreStatus::Outdated
            || state.members.iter().any(|number| self.entries[number].phase.waits_for_write());
        if waits && !state.is_writing {
            self.write(endpoint);
        }
    }

    fn write(&mut self, endpoint: &str) {
        let ticket = StoreTicket(self.number());
        let (endpoint, _) = self.endpoints.get_key_value(endpoint).expect("its subscriptions are registered");
        let endpoint = Arc::clone(endpoint);
        let state = self.endpoint_mut(&endpoint);
        state.is_writing = true;
        if let StoreStatus::RetryAt(retry_at) = core::mem::take(&mut state.store) {
            self.timers.remove(&(retry_at, Timer::Rewrite(Arc::clone(&endpoint))));
        }
        let members = self.endpoints[&endpoint].members.iter();
        let subscriptions: Vec<Subscription> = members
            .filter_map(|number| {
                let entry = self.entries.get_mut(number).expect("members are registered");
                entry.phase.join_write(ticket).then(|| entry.subscription.clone())
            })
            .collect();
        self.writes.insert(ticket, Arc::clone(&endpoint));
        self.outputs.push_back(Output::Store { ticket, endpoint, subscriptions });
    }

    /// Brings a subscription that took part in a write to its next phase.
    fn settle(&mut self, number: u64, ticket: StoreTicket, durable: bool, names: &Names) {
        let entry = self.entries.get_mut(&number).expect("members are registered");
        match entry.phase {
            Phase::Adding { request, write } if write == Some(ticket) => {
                if durable {
                    entry.phase = Phase::Active;
                    let subscription = entry.subscription.clone();
                    self.answer(request, Answer::Subscribed(subscription));
                    self.begin_receiving(number, names);
                } else {
                    self.remove(number);
                    self.answer(request, Answer::NotSubscribed(SubscribeError::NotStored));
                }
            }
            Phase::Removing { request, write } if write == Some(ticket) => {
                if durable {
                    self.remove(number);
                } else {
                    entry.phase = Phase::Active;
                    self.begin_receiving(number, names);
                }
                self.settle_removal(request, durable);
            }
            Phase::Handshaking { .. } | Phase::Adding { .. } | Phase::Active | Phase::Removing { .. } => {}
        }
    }

    fn settle_removal(&mut self, request: RequestId, durable: bool) {
        let removal = self.removals.get_mut(&request).expect("kept until its last subscription is settled");
        removal.durable &= durable;
        removal.remaining -= 1;
        if removal.remaining == 0 {
            let answer = if removal.durable { Answer::Unsubscribed } else { Answer::NotStored };
            self.removals.remove(&request);
            self.answer(request, answer);
        }
    }
}

impl Phase {
    fn waits_for_write(self) -> bool {
        match self {
            Self::Adding { write, .. } | Self::Removing { write, .. } => write.is_none(),
            Self::Handshaking { .. } | Self::Active => false,
        }
    }

    /// Takes part in a write; returns whether the subscription is in the store after it.
    fn join_write(&mut self, ticket: StoreTicket) -> bool {
        match self {
            Self::Adding { write, .. } => {
                *write = Some(ticket);
                true
            }
            Self::Removing { write, .. } => {
                *write = Some(ticket);
                false
            }
            Self::Active => true,
            Self::Handshaking { .. } => false,
        }
    }
}
