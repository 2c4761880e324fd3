//! What subscribers get.

use super::Evidence;
use crate::explore::Conduct;
use crate::explore::case::Subscriber;
use crate::explore::record::states;
use proxy_core::{Event, EventId, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No queue is longer than its bound.
pub(super) fn queues_are_bounded(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let longest = evidence.record.longest_queue;
    (longest > limits::QUEUED_EVENTS_MAX).then(|| (0, format!("{longest} events wait for a subscriber")))
}

/// No subscriber is sent an event again that it has confirmed: whatever it has subscribed to twice, and across restarts
/// (O-RAN.WG6 O-Cloud Notification API v04.00, 3.1.4).
pub(super) fn no_event_twice(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    (0..evidence.case.subscribers.len()).find_map(|subscriber| {
        let mut seen = BTreeSet::new();
        let mut received = evidence.record.received(subscriber);
        let (at_ns, event) = received.find(|(_, event)| !seen.insert(event.id))?;
        Some((at_ns, format!("subscriber {subscriber} has got {} twice", told(event))))
    })
}

/// A subscriber gets the events of one resource in the order of their publication.
pub(super) fn in_order(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let published = evidence.record.published().enumerate();
    let places: BTreeMap<EventId, usize> = published.map(|(place, (_, event))| (event.id, place)).collect();
    (0..evidence.case.subscribers.len()).find_map(|subscriber| {
        let mut latest = BTreeMap::new();
        evidence.record.received(subscriber).find_map(|(at_ns, event)| {
            let place = places.get(&event.id).copied();
            let earlier = latest.insert(event.resource, place).flatten();
            let is_late = earlier > place;
            is_late.then(|| (at_ns, format!("subscriber {subscriber} has got {} too late", told(event))))
        })
    })
}

/// A subscriber that answers at once gets everything that is published of what it has subscribed to, at once.
pub(super) fn no_event_lost(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    evidence.case.subscribers.iter().enumerate().find_map(|(number, subscriber)| {
        match subscriber.conduct {
            Conduct::Prompt | Conduct::Complains => {}
            Conduct::Slow { .. } | Conduct::Refuses { .. } | Conduct::Hangs { .. } => return None,
        }
        let got: BTreeMap<EventId, u64> =
            evidence.record.received(number).map(|(at_ns, event)| (event.id, at_ns)).collect();
        evidence.record.published().filter(|(_, event)| covers(subscriber, event)).find_map(
            |(at_ns, event)| {
                (got.get(&event.id) != Some(&at_ns))
                    .then(|| (at_ns, format!("subscriber {number} has not got {} at once", told(event))))
            },
        )
    })
}

/// In the end every subscriber that was not given up knows the latest state of everything, however it answered (design
/// 7: the latest state always arrives).
pub(super) fn latest_state_arrives(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    (0..evidence.case.subscribers.len()).find_map(|number| {
        if evidence.record.is_given_up(number) || is_away_at_the_end(evidence, number) {
            return None;
        }
        let subscriber = &evidence.case.subscribers[number];
        let published = evidence.record.published().filter(|(_, event)| covers(subscriber, event));
        let mut known = BTreeMap::new();
        evidence.record.received(number).for_each(|(_, event)| known.extend(states(event)));
        let latest: BTreeMap<_, _> = published
            .flat_map(|(at_ns, event)| states(event).map(move |(topic, reading)| (topic, (at_ns, reading))))
            .collect();
        latest.iter().find_map(|(topic, (at_ns, reading))| {
            let knows = known.get(topic);
            (knows != Some(reading)).then(|| {
                let (path, subject) = (topic.0.path(), &topic.1);
                (
                    *at_ns,
                    format!("subscriber {number} takes {path} of {subject} for {knows:?}, not {reading}"),
                )
            })
        })
    })
}

/// Whether a subscriber does not answer in the last half minute of the settling time, in which a retry falls.
fn is_away_at_the_end(evidence: &Evidence<'_>, number: usize) -> bool {
    let settled_ns = evidence.case.setup.duration_s * 1_000_000_000 + crate::explore::limits::SETTLE_NS;
    match evidence.case.subscribers[number].conduct {
        Conduct::Refuses { until_ns, .. } | Conduct::Hangs { until_ns, .. } => {
            until_ns + limits::RETRY_MAX_NS > settled_ns
        }
        Conduct::Prompt | Conduct::Slow { .. } | Conduct::Complains => false,
    }
}

/// Whether a subscriber has subscribed to an event, by the ends of its addresses: they name no clocks.
fn covers(subscriber: &Subscriber, event: &Event) -> bool {
    let path = event.resource.path();
    subscriber.addresses.iter().any(|address| {
        let asked = address.find("/sync").map_or("", |at| &address[at..]);
        path.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn told(event: &Arc<Event>) -> String {
    let values: Vec<String> = event.values.iter().map(ToString::to_string).collect();
    format!("{} ({})", event.resource.path(), values.join(", "))
}
