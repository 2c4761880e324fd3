//! The events that wait for one subscriber: in order, bounded, one attempt at a time.
//!
//! It knows neither the subscriber nor the time; it says how long to pause after a failure.

use crate::limits::{QUEUED_EVENTS_MAX, RETRY_FIRST_NS, RETRY_MAX_NS};
use crate::{Event, EventId};
use alloc::collections::VecDeque;
use alloc::sync::Arc;

/// The queue of one subscriber.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Arc<Event>>,
    sending: Sending,
    /// Attempts that have failed since the latest success.
    failures: u32,
}

/// What happens to the head of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    /// It may be sent.
    Idle,
    /// It is being sent.
    InFlight,
    /// It has failed and pauses.
    Pausing,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { queue: VecDeque::new(), sending: Sending::Idle, failures: 0 }
    }

    /// Appends an event; returns whether another had to go for it.
    pub(crate) fn push(&mut self, event: Arc<Event>) -> bool {
        self.queue.push_back(event);
        let is_full = self.queue.len() > QUEUED_EVENTS_MAX;
        if is_full {
            self.queue.remove(self.expendable());
        }
        is_full
    }

    /// Whether an event is waiting or being sent.
    pub(crate) fn holds(&self, event: EventId) -> bool {
        self.queue.iter().any(|waiting| waiting.id == event)
    }

    /// Takes the next event to send, if one may be sent now. It stays at the head until it is delivered.
    pub(crate) fn start(&mut self) -> Option<Arc<Event>> {
        match self.sending {
            Sending::Idle => {
                let head = self.queue.front()?;
                self.sending = Sending::InFlight;
                Some(Arc::clone(head))
            }
            Sending::InFlight | Sending::Pausing => None,
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
            Sending::Idle | Sending::InFlight => {}
        }
    }

    /// Which event of a full queue tells least: the oldest that a newer one of the same topic replaces, else
    /// the oldest. Never the one that is being sent, and never the latest of a topic while there is another
    /// choice.
    fn expendable(&self) -> usize {
        let first = match self.sending {
            Sending::InFlight => 1,
            Sending::Idle | Sending::Pausing => 0,
        };
        (first..self.queue.len())
            .find(|index| self.queue.range(index + 1..).any(|later| same_topic(later, &self.queue[*index])))
            .unwrap_or(first)
    }
}

/// Whether two events speak of the same thing, so that the later one replaces the earlier: the same resource
/// and the same clocks.
fn same_topic(one: &Event, other: &Event) -> bool {
    let (ours, theirs) = (one.values.iter(), other.values.iter());
    one.resource == other.resource && ours.map(|value| &value.subject).eq(theirs.map(|value| &value.subject))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cause, Reading, Resource, Subject, SyncState, Utc, Value};
    use alloc::format;
    use alloc::vec;
    use alloc::vec::Vec;

    fn event(number: usize, alias: usize) -> Arc<Event> {
        let subject = Subject::Master { alias: format!("ens{alias}fx") };
        Arc::new(Event {
            id: EventId([0; 16]),
            resource: Resource::LockState,
            time: Utc { unix_ns: u64::try_from(number).unwrap() },
            values: vec![Value { subject, reading: Reading::State(SyncState::Locked) }],
            cause: Cause::Nothing,
        })
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
