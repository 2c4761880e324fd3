//! What subscriptions of one endpoint owe each other: an event goes to the endpoint once, and events of one topic arrive
//! in order.
//!
//! A subscription that covers less than another one of the same endpoint is redundant as long as the other is active
//! (O-RAN.WG6 O-Cloud Notification API v04.00, 3.1.4, Table 2). It stays listed, and takes its turn when the other ends.

use super::outbox::Queued;
use super::{Phase, Registry};
use crate::Event;
use crate::names::Names;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Who is to have an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Recipient {
    number: u64,
    /// It is pending, and an active subscription of its endpoint has the event too.
    is_copy: bool,
}

/// How far a subscription is from receiving events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Not yet: what it gets meanwhile is sent when it is active.
    Pending,
    /// It receives events.
    Active,
    /// No more, unless its removal fails.
    Ending,
}

impl Registry {
    /// Hands an event to every endpoint that has subscribed to it: to the active subscription that covers most, and to
    /// those that are pending, whose initial notification may be older.
    pub(crate) fn publish(&mut self, event: &Arc<Event>, names: &Names) {
        let order = self.number();
        for Recipient { number, is_copy } in self.recipients(event, names) {
            self.queue(number, Queued { order, event: Arc::clone(event), is_copy });
            self.send(number);
        }
    }

    /// Puts an event into a queue. When another one had to go for it, whoever has waited for that one may go on.
    pub(super) fn queue(&mut self, number: u64, queued: Queued) {
        let entry = self.entries.get_mut(&number).expect("only registered subscriptions have queues");
        let is_full = entry.outbox.push(queued);
        self.queue_lengths[entry.outbox.len()] += 1;
        if is_full {
            self.deliveries.dropped += 1;
            let endpoint = Arc::clone(&entry.subscription.endpoint);
            self.advance(&endpoint);
        }
    }

    /// Sends what the subscriptions of an endpoint may have now: one of them may have waited for another.
    pub(super) fn advance(&mut self, endpoint: &str) {
        let members = self.endpoints.get(endpoint).into_iter().flat_map(|endpoint| &endpoint.members);
        let members: Vec<u64> = members.copied().collect();
        for number in members {
            self.send(number);
        }
    }

    /// Whether the next event of a subscription must wait, because an earlier one of the same topic still waits with
    /// another active subscription of the endpoint: it would arrive last and be taken for the latest.
    pub(super) fn is_behind_sibling(&self, number: u64) -> bool {
        let entry = &self.entries[&number];
        let members = &self.endpoints[&entry.subscription.endpoint].members;
        if members.len() == 1 {
            return false;
        }
        let Some(next) = entry.outbox.next() else { return false };
        let mut siblings = members.iter().filter(|sibling| **sibling != number);
        siblings.any(|sibling| {
            let sibling = &self.entries[sibling];
            sibling.phase == Phase::Active && sibling.outbox.holds_earlier(next)
        })
    }

    /// A subscription has become active, or stays so because it could not be removed: it sends what has changed
    /// meanwhile, and what those that are ending have not.
    pub(super) fn begin_receiving(&mut self, number: u64, names: &Names) {
        let entry = self.entries.get_mut(&number).expect("it has just become active");
        entry.outbox.forget_superseded_copies();
        let orders: BTreeSet<u64> = entry.outbox.queued().map(|queued| queued.order).collect();
        let members = self.endpoints[&entry.subscription.endpoint].members.clone();
        for sibling in members {
            let entry = self.entries.get_mut(&sibling).expect("members are registered");
            match entry.phase.standing() {
                Standing::Pending => entry.outbox.mark_copies(&orders),
                Standing::Active => {}
                Standing::Ending => self.hand_over(sibling, names),
            }
        }
        self.send(number);
    }

    /// Gives what a subscription that ends has not delivered to those of its endpoint that cover it and stay. An event that
    /// is being sent is given too, because nobody would repeat it.
    pub(super) fn hand_over(&mut self, number: u64, names: &Names) {
        let endpoint = Arc::clone(&self.entries[&number].subscription.endpoint);
        let held: Vec<Queued> = self.entries[&number].outbox.own().cloned().collect();
        for queued in held {
            let members = &self.endpoints[&endpoint].members;
            let Some(heir) = self.broadest(members, Standing::Active, &queued.event, names) else { continue };
            let entry = self.entries.get_mut(&number).expect("it ends only when it is out of the store");
            entry.outbox.give_away(queued.order);
            self.queue(heir, queued);
            self.has_settled = true;
        }
    }

    /// In order of creation.
    fn recipients(&self, event: &Event, names: &Names) -> Vec<Recipient> {
        let mut recipients = Vec::new();
        for endpoint in self.endpoints.values() {
            let members = &endpoint.members;
            let active = self.broadest(members, Standing::Active, event, names);
            recipients.extend(active.map(|number| Recipient { number, is_copy: false }));
            let pending = self.matching(members, Standing::Pending, event, names);
            recipients.extend(pending.map(|number| Recipient { number, is_copy: active.is_some() }));
            if active.is_none() {
                // Each of them may be the only one whose removal fails.
                let ending = self.matching(members, Standing::Ending, event, names);
                recipients.extend(ending.map(|number| Recipient { number, is_copy: false }));
            }
        }
        recipients.sort_unstable();
        recipients
    }

    /// The subscription that covers most, the oldest of several, among those that stand so and cover the event.
    fn broadest(
        &self,
        members: &BTreeSet<u64>,
        standing: Standing,
        event: &Event,
        names: &Names,
    ) -> Option<u64> {
        self.matching(members, standing, event, names).max_by_key(|number| {
            let address = self.entries[number].address.as_ref();
            (address.map(crate::ResourceAddress::breadth), Reverse(*number))
        })
    }

    fn matching(
        &self,
        members: &BTreeSet<u64>,
        standing: Standing,
        event: &Event,
        names: &Names,
    ) -> impl Iterator<Item = u64> {
        members.iter().copied().filter(move |number| {
            let entry = &self.entries[number];
            let matches = |address: &crate::ResourceAddress| address.matches(event, names);
            entry.phase.standing() == standing && entry.address.as_ref().is_some_and(matches)
        })
    }
}

impl Phase {
    fn standing(self) -> Standing {
        match self {
            Self::Handshaking { .. } | Self::Adding { .. } => Standing::Pending,
            Self::Active => Standing::Active,
            Self::Removing { .. } => Standing::Ending,
        }
    }
}
