//! Carrying out what the core says.

use super::durations::Span;
use super::lines::shorten;
use super::{Driver, Report};
use crate::cloud_event::{Renderer, rfc3339};
use crate::deliver::Sent;
use crate::limits::{RENDERED_EVENTS_MAX, STORE_WRITES_UNDER_WAY_MAX};
use hyper::body::Bytes;
use proxy_core::{Answer, Delivery, Event, Output, RequestId, StoreTicket, Subscription, SubscriptionId};
use std::collections::VecDeque;
use std::sync::Arc;

/// Writes to the store: several at a time, begun in the order in which the core gave them; it has at most one under way
/// for each endpoint. How many wait is bounded by the requests under way and by the endpoints that end.
#[derive(Debug)]
pub(super) struct StoreWrites<W = StoreWrite> {
    waiting: VecDeque<W>,
    under_way: usize,
}

/// What is to be written.
#[derive(Debug)]
pub(super) struct StoreWrite {
    ticket: StoreTicket,
    endpoint: Arc<str>,
    subscriptions: Vec<Subscription>,
}

/// The bytes of the latest events, so that they are made once and not for each subscriber.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The oldest first.
    events: VecDeque<(Arc<Event>, Bytes)>,
}

impl Rendered {
    /// The bytes of an event. Its identity is not enough: what several clocks or resources say together has the identity of
    /// the newest change.
    fn body(&mut self, renderer: &Renderer, event: &Arc<Event>) -> Bytes {
        if let Some((_, body)) = self.events.iter().find(|(one, _)| Arc::ptr_eq(one, event)) {
            return body.clone();
        }
        let body = Bytes::from(renderer.json(event));
        if self.events.len() >= RENDERED_EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back((Arc::clone(event), body.clone()));
        body
    }
}

impl<W> Default for StoreWrites<W> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), under_way: 0 }
    }
}

impl<W> StoreWrites<W> {
    /// Whether nothing is being written or waits to be.
    pub(super) fn are_idle(&self) -> bool {
        self.under_way == 0 && self.waiting.is_empty()
    }

    /// The next write that may begin; it is under way then.
    fn begin(&mut self) -> Option<W> {
        if self.under_way >= STORE_WRITES_UNDER_WAY_MAX {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.under_way += 1;
        Some(next)
    }

    /// One has ended.
    pub(super) fn ended(&mut self) {
        self.under_way -= 1;
    }
}

impl Driver {
    /// Carries out all that the core has to say, in order; the memory as it is after all of it.
    pub(super) fn carry_out(&mut self) {
        let mut deliveries = Vec::new();
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Changed(event) => {
                    log_change(&event);
                    self.changes.publish(event.id);
                }
                Output::Remember => self.memory_writes.ask(),
                Output::Handshake { request, endpoint, event } => {
                    self.start_handshake(request, endpoint, event)
                }
                Output::Store { ticket, endpoint, subscriptions } => {
                    self.store_writes.waiting.push_back(StoreWrite { ticket, endpoint, subscriptions });
                    self.start_store_writes();
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
        let deliverer = self.equipment.deliverer.clone();
        let body = self.rendered.body(&self.equipment.renderer, &event);
        self.attempts.spawn(async move {
            let (outcome, span) = Span::of(deliverer.handshake(&endpoint, body)).await;
            Report::Handshake { request, outcome, span }
        });
    }

    pub(super) fn start_delivery(&mut self, delivery: Delivery) {
        let deliverer = self.equipment.deliverer.clone();
        let body = self.rendered.body(&self.equipment.renderer, &delivery.event);
        self.attempts.spawn(async move {
            let Delivery { attempt, endpoint, subscription, event } = delivery;
            let (sent, span) = Span::of(deliverer.deliver(&endpoint, body)).await;
            Report::Delivered { attempt, subscription, event, sent, span }
        });
    }

    /// Begins as many writes as may be under way.
    pub(super) fn start_store_writes(&mut self) {
        while let Some(StoreWrite { ticket, endpoint, subscriptions }) = self.store_writes.begin() {
            let store = self.equipment.store.clone();
            self.attempts.spawn_blocking(move || {
                let written = store.write(&endpoint, &subscriptions);
                if let Err(error) = &written {
                    tracing::error!(%endpoint, %error, "the store could not be written");
                }
                Report::Stored { ticket, endpoint, subscriptions, durable: written.is_ok() }
            });
        }
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
    pub(super) fn log_outcome(&mut self, subscription: SubscriptionId, sent: Sent) {
        if sent == Sent::Accepted {
            if self.troubled.remove(&subscription) {
                tracing::info!(subscription = subscription.0, "deliveries are accepted again");
            }
            return;
        }
        if self.troubled.contains(&subscription) {
            return;
        }
        tracing::warn!(subscription = subscription.0, ?sent, "a delivery was not accepted with 204");
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

#[cfg(test)]
mod tests {
    use super::{Rendered, StoreWrites};
    use crate::cloud_event::Renderer;
    use crate::config::ApiProfile;
    use crate::limits::{RENDERED_EVENTS_MAX, STORE_WRITES_UNDER_WAY_MAX};
    use proxy_core::{Cause, Event, EventId, Extent, Reading, Resource, Subject, SyncState, Utc, Value};
    use std::sync::Arc;

    fn event(number: u8) -> Arc<Event> {
        Arc::new(Event {
            id: EventId([number; 16]),
            resource: Resource::SyncState,
            time: Utc { unix_ns: 0 },
            values: Vec::new(),
            extent: Extent::Resource,
            cause: Cause::HoldoverTimeout,
        })
    }

    #[test]
    fn the_bytes_of_an_event_are_made_once_and_not_kept_for_ever() {
        let renderer = Renderer::new("n", ApiProfile::Compat);
        let mut rendered = Rendered::default();
        let same = event(0);
        let first = rendered.body(&renderer, &same);
        assert_eq!(rendered.body(&renderer, &same).as_ptr(), first.as_ptr());
        assert_eq!(first, renderer.json(&same));
        for number in 1..=u8::try_from(RENDERED_EVENTS_MAX).unwrap() {
            assert_ne!(rendered.body(&renderer, &event(number)), first);
        }
        assert_eq!(rendered.events.len(), RENDERED_EVENTS_MAX);
        assert!(rendered.events.iter().all(|(one, _)| !Arc::ptr_eq(one, &same)));
        let again = rendered.body(&renderer, &same);
        assert_eq!(again, first);
        assert_ne!(again.as_ptr(), first.as_ptr());
    }

    #[test]
    fn what_has_the_identity_of_another_event_has_its_own_bytes() {
        let renderer = Renderer::new("n", ApiProfile::Compat);
        let mut rendered = Rendered::default();
        let alone = event(0);
        let mut together = Event::clone(&alone);
        let reading = Reading::State(SyncState::Locked);
        together.values.push(Value { subject: Subject::Node, reading });
        let body = rendered.body(&renderer, &alone);
        assert_ne!(rendered.body(&renderer, &Arc::new(together)), body);
    }

    #[test]
    fn no_more_writes_are_under_way_than_the_limit() {
        let mut writes = StoreWrites::default();
        writes.waiting.extend(0..=STORE_WRITES_UNDER_WAY_MAX);
        let begun: Vec<usize> = std::iter::from_fn(|| writes.begin()).collect();
        assert_eq!(begun, Vec::from_iter(0..STORE_WRITES_UNDER_WAY_MAX));
        writes.ended();
        assert_eq!(writes.begin(), Some(STORE_WRITES_UNDER_WAY_MAX));
    }
}
