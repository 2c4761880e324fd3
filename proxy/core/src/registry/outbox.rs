//! The events that wait for one subscriber: in order, bounded, one attempt at a time.
//!
//! It knows neither the subscriber nor the time; it says how long to pause after a failure.

use crate::limits::{QUEUED_EVENTS_MAX, RETRY_FIRST_NS, RETRY_MAX_NS};
use crate::{Event, EventId, Subject};
use alloc::collections::{BTreeSet, VecDeque};
use alloc::sync::Arc;
use core::cmp::Ordering;

/// The queue of one subscriber.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// In order of publication, but for what is being sent: it stays first.
    queue: VecDeque<Queued>,
    sending: Sending,
    /// Attempts that have failed since the latest success.
    failures: u32,
}

/// An event that waits.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    /// Its place among all that is published; the same in every queue.
    pub(crate) order: u64,
    pub(crate) event: Arc<Event>,
    /// Another subscription of the endpoint has it too.
    pub(crate) is_copy: bool,
}

/// What happens to the head of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    /// It may be sent.
    Idle,
    /// It is being sent.
    InFlight,
    /// It is being sent for the last time: another subscription has it now.
    LastTry,
    /// It has failed and pauses.
    Pausing,
}

/// What an event speaks of: the same resource of the same clocks. A later event of a topic replaces an earlier one.
#[derive(Clone, Copy)]
struct Topic<'a>(&'a Event);

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { queue: VecDeque::new(), sending: Sending::Idle, failures: 0 }
    }

    /// Adds an event in its place, unless it is there already; returns whether another had to go for it.
    pub(crate) fn push(&mut self, queued: Queued) -> bool {
        let later = self.queue.iter().skip(self.first_waiting()).rev();
        let place = self.queue.len() - later.take_while(|waiting| waiting.order > queued.order).count();
        if place.checked_sub(1).is_some_and(|before| self.queue[before].order == queued.order) {
            return false;
        }
        self.queue.insert(place, queued);
        let is_full = self.queue.len() > QUEUED_EVENTS_MAX;
        if is_full {
            self.queue.remove(self.expendable());
        }
        is_full
    }

    /// Events that wait or are being sent.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Events that wait or are being sent, the next one first.
    pub(crate) fn queued(&self) -> impl Iterator<Item = &Queued> {
        self.queue.iter()
    }

    /// The same without one that another subscription has now.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Queued> {
        self.queue.iter().skip(usize::from(self.sending == Sending::LastTry))
    }

    /// The event that is sent next, if none is being sent.
    pub(crate) fn next(&self) -> Option<&Queued> {
        match self.sending {
            Sending::Idle | Sending::Pausing => self.queue.front(),
            Sending::InFlight | Sending::LastTry => None,
        }
    }

    /// Whether an event is waiting or being sent.
    pub(crate) fn holds(&self, event: EventId) -> bool {
        self.queue.iter().any(|waiting| waiting.event.id == event)
    }

    /// Whether an earlier event of the same topic is waiting or being sent.
    pub(crate) fn holds_earlier(&self, than: &Queued) -> bool {
        let mut earlier = self.queue.iter().filter(|waiting| waiting.order < than.order);
        earlier.any(|waiting| Topic(&waiting.event) == Topic(&than.event))
    }

    /// Another subscription has this event now. One that is being sent is not sent again.
    pub(crate) fn give_away(&mut self, order: u64) {
        let Some(index) = self.queue.iter().position(|queued| queued.order == order) else { return };
        if index < self.first_waiting() {
            self.sending = Sending::LastTry;
        } else {
            self.queue.remove(index);
        }
    }

    /// Another subscription of the endpoint has these events too.
    pub(crate) fn mark_copies(&mut self, orders: &BTreeSet<u64>) {
        for queued in self.queue.iter_mut().filter(|queued| orders.contains(&queued.order)) {
            queued.is_copy = true;
        }
    }

    /// Of what the endpoint has had by another subscription the latest of each topic stays: the initial notification,
    /// which is older, may have arrived after it and must not be the last word.
    pub(crate) fn forget_superseded_copies(&mut self) {
        let latest = self.latest_of_topics();
        self.queue.retain(|queued| !queued.is_copy || latest.contains(&queued.order));
    }

    /// Takes the next event to send, if one may be sent now. It stays at the head until it is delivered.
    pub(crate) fn start(&mut self) -> Option<Arc<Event>> {
        match self.sending {
            Sending::Idle => {
                let head = self.queue.front()?;
                self.sending = Sending::InFlight;
                Some(Arc::clone(&head.event))
            }
            Sending::InFlight | Sending::LastTry | Sending::Pausing => None,
        }
    }

    /// The attempt has reached the subscriber.
    pub(crate) fn delivered(&mut self) {
        self.queue.pop_front();
        self.sending = Sending::Idle;
        self.failures = 0;
    }

    /// The attempt has failed; returns the pause before the next one, in nanoseconds.
    pub(crate) fn failed(&mut self) -> u64 {
        if self.sending == Sending::LastTry {
            self.queue.pop_front();
        }
        let doublings = self.failures;
        self.failures = self.failures.saturating_add(1);
        self.sending = Sending::Pausing;
        let factor = 1u64.checked_shl(doublings).unwrap_or(u64::MAX);
        RETRY_FIRST_NS.saturating_mul(factor).min(RETRY_MAX_NS)
    }

    /// The pause is over.
    pub(crate) fn resume(&mut self) {
        match self.sending {
            Sending::Pausing => self.sending = Sending::Idle,
            Sending::Idle | Sending::InFlight | Sending::LastTry => {}
        }
    }

    /// The index of the first event that is not being sent.
    fn first_waiting(&self) -> usize {
        match self.sending {
            Sending::InFlight | Sending::LastTry => 1,
            Sending::Idle | Sending::Pausing => 0,
        }
    }

    /// Which event of a full queue tells least: the oldest that a newer one of the same topic replaces, else
    /// the oldest. Never the one that is being sent, and never the latest of a topic while there is another
    /// choice.
    fn expendable(&self) -> usize {
        let first = self.first_waiting();
        let latest = self.latest_of_topics();
        let mut waiting =
            (first..self.queue.len()).filter(|index| !latest.contains(&self.queue[*index].order));
        waiting.next().unwrap_or(first)
    }

    /// The orders of the latest event of each topic.
    fn latest_of_topics(&self) -> BTreeSet<u64> {
        let mut topics = BTreeSet::new();
        let from_the_back = self.queue.iter().rev();
        from_the_back
            .filter(|queued| topics.insert(Topic(&queued.event)))
            .map(|queued| queued.order)
            .collect()
    }
}

impl<'a> Topic<'a> {
    fn subjects(self) -> impl Iterator<Item = &'a Subject> {
        self.0.values.iter().map(|value| &value.subject)
    }
}

impl PartialEq for Topic<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Topic<'_> {}

impl PartialOrd for Topic<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Topic<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.resource.cmp(&other.0.resource).then_with(|| self.subjects().cmp(other.subjects()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cause, Extent, Reading, Resource, SyncState, Utc, Value};
    use alloc::format;
    use alloc::vec;
    use alloc::vec::Vec;

    fn event(number: usize, alias: usize) -> Queued {
        let subject = Subject::Master { alias: format!("ens{alias}fx") };
        let order = u64::try_from(number).unwrap();
        let event = Arc::new(Event {
            id: EventId([0; 16]),
            resource: Resource::LockState,
            time: Utc { unix_ns: order },
            values: vec![Value { subject, reading: Reading::State(SyncState::Locked) }],
            cause: Cause::Nothing,
            extent: Extent::Resource,
        });
        Queued { order, event, is_copy: false }
    }

    fn numbers(mut outbox: Outbox) -> Vec<u64> {
        outbox.delivered();
        core::iter::from_fn(|| {
            let event = outbox.start()?;
            outbox.delivered();
            Some(event.time.unix_ns)
        })
        .collect()
    }

    #[test]
    fn when_nothing_is_superseded_the_oldest_goes_but_not_the_one_being_sent() {
        let mut outbox = Outbox::new();
        for number in 0..QUEUED_EVENTS_MAX {
            assert!(!outbox.push(event(number, number)));
        }
        assert_eq!(outbox.start().unwrap().time.unix_ns, 0);
        assert!(outbox.push(event(QUEUED_EVENTS_MAX, QUEUED_EVENTS_MAX)));
        let expected: Vec<u64> = (2..=u64::try_from(QUEUED_EVENTS_MAX).unwrap()).collect();
        assert_eq!(numbers(outbox), expected);
    }

    #[test]
    fn the_oldest_superseded_goes_first() {
        let mut outbox = Outbox::new();
        // Topics 0, 1, 2, … and then 5 again: the first event of topic 5 tells least.
        for number in 0..QUEUED_EVENTS_MAX {
            outbox.push(event(number, number));
        }
        assert!(outbox.push(event(QUEUED_EVENTS_MAX, 5)));
        outbox.start();
        let expected: Vec<u64> =
            (1..=u64::try_from(QUEUED_EVENTS_MAX).unwrap()).filter(|number| *number != 5).collect();
        assert_eq!(numbers(outbox), expected);
    }
}
