//! Carrying out what the core says.

use super::lines::shorten;
use super::{Driver, Report};
use crate::cloud_event::rfc3339;
use proxy_core::{Answer, Event, Outcome, Output, RequestId, StoreTicket, Subscription, SubscriptionId};
use std::collections::VecDeque;
use std::sync::Arc;

/// Writes to the store: one at a time, in the order in which the core gave them. How many wait is bounded by the
/// requests under way and by the endpoints that end.
#[derive(Debug, Default)]
pub(super) struct StoreWrites {
    waiting: VecDeque<StoreWrite>,
    writing: bool,
}

#[derive(Debug)]
struct StoreWrite {
    ticket: StoreTicket,
    endpoint: Arc<str>,
    subscriptions: Vec<Subscription>,
}

impl StoreWrites {
    /// Whether nothing is being written or waits to be.
    pub(super) fn are_idle(&self) -> bool {
        !self.writing && self.waiting.is_empty()
    }
}

impl Driver {
    /// Carries out all that the core has to say, in order; the memory as it is after all of it.
    pub(super) fn carry_out(&mut self) {
        let mut deliveries = Vec::new();
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Changed(event) => log_change(&event),
                Output::Remember => self.memory_writes.ask(),
                Output::Handshake { request, endpoint, event } => {
                    self.start_handshake(request, endpoint, event)
                }
                Output::Store { ticket, endpoint, subscriptions } => {
                    self.store_writes.waiting.push_back(StoreWrite { ticket, endpoint, subscriptions });
                    if !self.store_writes.writing {
                        self.start_next_write();
                    }
                }
                Output::Answer { request, answer } => self.answer(request, answer),
                Output::Deliver(delivery) => deliveries.push(delivery),
                Output::Ended { subscription, failures } => {
                    let Subscription { id, resource_address, endpoint } = subscription;
                    self.troubled.remove(&id);
                    tracing::warn!(id = id.0, resource_address, %endpoint, failures, "subscription ended");
                }
            }
        }
        self.keep_memory();
        self.deliver(deliveries);
    }

    fn start_handshake(&mut self, request: RequestId, endpoint: Arc<str>, event: Arc<Event>) {
        let (deliverer, renderer) = (self.equipment.deliverer.clone(), self.equipment.renderer.clone());
        self.attempts.spawn(async move {
            let outcome = deliverer.handshake(&endpoint, renderer.json(&event)).await;
            Report::Handshake { request, outcome }
        });
    }

    pub(super) fn start_delivery(&mut self, delivery: proxy_core::Delivery) {
        let (deliverer, renderer) = (self.equipment.deliverer.clone(), self.equipment.renderer.clone());
        self.attempts.spawn(async move {
            let outcome = deliverer.post(&delivery.endpoint, renderer.json(&delivery.event)).await;
            let (attempt, subscription) = (delivery.attempt, delivery.subscription);
            Report::Delivered { attempt, subscription, resource: delivery.event.resource, outcome }
        });
    }

    /// Starts the next write to the store, if one waits.
    pub(super) fn start_next_write(&mut self) {
        let Some(StoreWrite { ticket, endpoint, subscriptions }) = self.store_writes.waiting.pop_front()
        else {
            self.store_writes.writing = false;
            return;
        };
        self.store_writes.writing = true;
        let store = self.equipment.store.clone();
        self.attempts.spawn_blocking(move || {
            let written = store.write(&endpoint, &subscriptions);
            if let Err(error) = &written {
                tracing::error!(%endpoint, %error, "the store could not be written");
            }
            Report::Stored { ticket, durable: written.is_ok() }
        });
    }

    fn answer(&mut self, request: RequestId, answer: Answer) {
        match &answer {
            Answer::Subscribed(subscription) => {
                let Subscription { id, resource_address, endpoint } = subscription;
                tracing::info!(id = id.0, resource_address, %endpoint, "subscribed");
            }
            Answer::NotSubscribed(error) => {
                self.counters.subscriptions_refused += 1;
                tracing::debug!(%error, "not subscribed");
            }
            Answer::Unsubscribed => tracing::info!("unsubscribed"),
            Answer::UnknownSubscription | Answer::NotStored => self.counters.removals_refused += 1,
        }
        if let Some(reply) = self.requests.remove(&request) {
            // Who asked may have gone.
            let _ = reply.send(answer);
        }
    }

    /// Logs when deliveries to a subscriber begin or cease to go wrong.
    pub(super) fn log_outcome(&mut self, subscription: SubscriptionId, outcome: Outcome) {
        if outcome == Outcome::Accepted {
            if self.troubled.remove(&subscription) {
                tracing::info!(subscription = subscription.0, "deliveries are accepted again");
            }
            return;
        }
        if self.troubled.contains(&subscription) {
            return;
        }
        tracing::warn!(subscription = subscription.0, ?outcome, "a delivery was not accepted with 204");
        let core = &self.core;
        self.troubled.retain(|id| core.subscription(&id.0).is_some());
        self.troubled.insert(subscription);
    }
}

/// One line for each change, in the words of the API, with what made it.
fn log_change(event: &Event) {
    let values: Vec<String> = event.values.iter().map(ToString::to_string).collect();
    let (resource, time, cause) = (event.resource.path(), rfc3339(event.time), event.cause.to_string());
    tracing::info!(resource, values = values.join(", "), time, cause = shorten(&cause), "changed");
}
