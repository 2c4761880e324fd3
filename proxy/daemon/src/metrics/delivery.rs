//! How late, how long and how much: deliveries as distributions, and what waits for subscribers.

use super::family::{Family, size, whole};
use crate::driver::Scrape;
use crate::histogram::Histogram;
use crate::limits::QUEUE_LENGTH_BOUNDS;
use std::collections::BTreeMap;

/// Latencies, durations and queues.
pub(super) fn families(scrape: &Scrape) -> Vec<Family> {
    let durations = &scrape.counters.durations;
    let mut latency = Family::histogram(
        own("delivery_latency_seconds"),
        "From the publication of a change to the 204 of a subscriber, retries included",
    );
    latency.distribution(&[], durations.latency.clone());
    let attempts = by_outcome(
        Family::histogram(own("delivery_attempt_seconds"), "Duration of an attempt to deliver, by outcome"),
        &durations.attempts,
    );
    let handshakes = by_outcome(
        Family::histogram(own("handshake_seconds"), "Duration of an initial notification, by outcome"),
        &durations.handshakes,
    );
    let mut families = vec![latency, attempts, handshakes, queue_length(&scrape.snapshot.queue_lengths)];
    families.extend(backlog(scrape));
    families
}

fn own(name: &str) -> String {
    format!("cloud_event_proxy_{name}")
}

fn by_outcome(mut family: Family, histograms: &BTreeMap<&'static str, Histogram>) -> Family {
    for (outcome, histogram) in histograms {
        family.distribution(&[("outcome", outcome)], histogram.clone());
    }
    family
}

fn queue_length(counts: &[u64]) -> Family {
    let mut histogram = Histogram::new(QUEUE_LENGTH_BOUNDS);
    for (length, count) in counts.iter().enumerate() {
        histogram.add(size(length), *count);
    }
    let mut family = Family::histogram(
        own("queue_length"),
        "Events in the queue of a subscription, whenever one was given to it",
    );
    family.distribution(&[], histogram);
    family
}

fn backlog(scrape: &Scrape) -> [Family; 6] {
    let backlog = scrape.snapshot.backlog;
    let gauge = |name, help, value| Family::gauge(own(name), help).with(&[], size(value));
    [
        gauge("events_waiting", "Events in all queues, those being sent included", backlog.events_waiting),
        gauge("longest_queue", "Events in the longest queue", backlog.longest_queue),
        gauge("attempts_under_way", "Attempts to deliver that have not ended", backlog.attempts_under_way),
        gauge(
            "retries_scheduled",
            "Subscriptions that pause after a failed attempt",
            backlog.retries_scheduled,
        ),
        gauge(
            "handshakes_pending",
            "Initial notifications that have not been answered",
            backlog.handshakes_pending,
        ),
        Family::counter(
            own("endpoint_limit_refusals_total"),
            "Subscriptions refused because their endpoint has as many as it may",
        )
        .with(&[], whole(scrape.snapshot.endpoint_limit_refusals)),
    ]
}

#[cfg(test)]
mod tests {
    use crate::limits::QUEUE_LENGTH_BOUNDS;
    use proxy_core::limits::QUEUED_EVENTS_MAX;

    #[test]
    fn the_last_bound_of_the_length_of_a_queue_is_a_full_one() {
        let last = QUEUE_LENGTH_BOUNDS.last().copied();
        assert_eq!(last, Some(super::size(QUEUED_EVENTS_MAX)));
    }
}
