//! Deliveries: one attempt at a time for each subscription, retried after a pause, given up with the
//! endpoint.

use super::endpoint::StoreStatus;
use super::outbox::Queued;
use super::{Phase, Registry, Timer};
use crate::{Attempt, Delivery, Event, EventId, Mono, Outcome, Output, SubscriptionId};
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Registry {
    /// How an attempt went.
    pub(crate) fn delivered(&mut self, now: Mono, attempt: &Attempt, outcome: Outcome) {
        let Some(number) = self.attempts.remove(&attempt.0) else {
            return;
        };
        match outcome {
            Outcome::Accepted => self.deliveries.accepted += 1,
            Outcome::Answered { .. } => self.deliveries.answered += 1,
            Outcome::Failed => self.deliveries.failed += 1,
        }
        // It may have been removed while the attempt was under way.
        let Some(entry) = self.entries.get_mut(&number) else {
            return;
        };
        let endpoint = Arc::clone(&entry.subscription.endpoint);
        match outcome {
            Outcome::Accepted | Outcome::Answered { .. } => {
                entry.outbox.delivered();
                self.has_settled = true;
                self.endpoint_mut(&endpoint).failures = 0;
                self.advance(&endpoint);
            }
            Outcome::Failed => {
                let retry_at = Mono { ns: now.ns.saturating_add(entry.outbox.failed()) };
                entry.retry_at = Some(retry_at);
                self.timers.insert((retry_at, Timer::Retry(number)));
                self.count_failure(&endpoint);
            }
        }
    }

    /// Whether it has changed since the last call who has not confirmed an event.
    pub(crate) fn take_has_settled(&mut self) -> bool {
        core::mem::take(&mut self.has_settled)
    }

    /// Subscriptions that have not confirmed an event yet, in order of creation.
    pub(crate) fn undelivered(&self, event: EventId) -> Vec<SubscriptionId> {
        let waiting = self.entries.values().filter(|entry| entry.outbox.holds(event));
        waiting.map(|entry| entry.subscription.id.clone()).collect()
    }

    /// Hands an event of an earlier run to those who had not confirmed it.
    pub(crate) fn requeue(&mut self, event: &Arc<Event>, subscriptions: &[SubscriptionId]) {
        let order = self.number();
        for id in subscriptions {
            if let Some(number) = self.by_id.get(id).copied() {
                self.queue(number, Queued { order, event: Arc::clone(event), is_copy: false });
                self.send(number);
            }
        }
    }

    /// Carries out what was to happen by now.
    pub(crate) fn fire(&mut self, now: Mono) {
        while self.next_deadline().is_some_and(|deadline| deadline <= now) {
            match self.timers.pop_first().expect("just seen").1 {
                Timer::Retry(number) => {
                    let entry = self.entries.get_mut(&number).expect("a removed entry takes its timer along");
                    entry.retry_at = None;
                    entry.outbox.resume();
                    self.send(number);
                }
                Timer::Rewrite(endpoint) => self.retry_write(&endpoint),
            }
        }
    }

    /// Sends the next event of a subscription, if it may have one now.
    pub(super) fn send(&mut self, number: u64) {
        if self.entries[&number].phase != Phase::Active || self.is_behind_sibling(number) {
            return;
        }
        let entry = self.entries.get_mut(&number).expect("only registered subscriptions are sent to");
        let Some(event) = entry.outbox.start() else { return };
        self.numbers += 1;
        let attempt = self.numbers;
        self.attempts.insert(attempt, number);
        self.outputs.push_back(Output::Deliver(Delivery {
            attempt: Attempt(attempt),
            endpoint: Arc::clone(&entry.subscription.endpoint),
            subscription: entry.subscription.id.clone(),
            event,
        }));
    }

    /// Counts a failure of an endpoint; too many in a row end all its active subscriptions. Those that are
    /// being made have just been confirmed, and those that are being removed end anyway.
    fn count_failure(&mut self, endpoint: &str) {
        let unsubscribe_after = self.unsubscribe_after;
        let state = self.endpoint_mut(endpoint);
        state.failures = state.failures.saturating_add(1);
        let failures = state.failures;
        if failures < unsubscribe_after {
            return;
        }
        state.failures = 0;
        state.store = StoreStatus::Outdated;
        let members: Vec<u64> = state.members.iter().copied().collect();
        for number in members {
            if self.entries[&number].phase == Phase::Active {
                let subscription = self.remove(number);
                self.ended += 1;
                self.outputs.push_back(Output::Ended { subscription, failures });
            }
        }
        self.write_if_needed(endpoint);
    }
}
