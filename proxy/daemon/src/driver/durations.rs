//! How long deliveries take.
//!
//! By the machine's monotonic clock, whatever clock the core is told: the civil one is stepped by the very processes that
//! the proxy watches, and that of the event socket stands still between two lines.

use crate::clock::read_monotonic;
use crate::deliver::Sent;
use crate::histogram::Histogram;
use crate::limits::{ATTEMPT_BOUNDS_S, CHANGES_TIMED_MAX, DELIVERY_LATENCY_BOUNDS_S};
use proxy_core::{EventId, HandshakeOutcome};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Durations since the start.
#[derive(Clone, Debug)]
pub(crate) struct Durations {
    /// From the publication of a change to the 204 of a subscriber, pauses and failed attempts included.
    pub(crate) latency: Histogram,
    /// Attempts to deliver, by outcome.
    pub(crate) attempts: BTreeMap<&'static str, Histogram>,
    /// Initial notifications, by outcome.
    pub(crate) handshakes: BTreeMap<&'static str, Histogram>,
}

/// When an attempt began and ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    began: Instant,
    ended: Instant,
}

/// When the latest changes were published, by the event that tells them.
#[derive(Debug, Default)]
pub(super) struct Changes {
    published: BTreeMap<EventId, Instant>,
    /// The oldest first.
    order: VecDeque<EventId>,
}

impl Default for Durations {
    /// All outcomes are there from the start, so that the first one is seen as an increase.
    fn default() -> Self {
        let attempt = |outcome| (outcome, Histogram::new(ATTEMPT_BOUNDS_S));
        Self {
            latency: Histogram::new(DELIVERY_LATENCY_BOUNDS_S),
            attempts: ["accepted", "answered", "failed"].map(attempt).into(),
            handshakes: ["confirmed", "refused"].map(attempt).into(),
        }
    }
}

impl Durations {
    /// An attempt to deliver has ended. What was published is unknown of a change of an earlier run.
    pub(super) fn delivered(&mut self, sent: Sent, span: Span, published: Option<Instant>) {
        let outcome = match sent {
            Sent::Accepted => "accepted",
            Sent::Answered { .. } => "answered",
            Sent::Failed(_) => "failed",
        };
        observe(&mut self.attempts, outcome, span.length());
        if let (Sent::Accepted, Some(published)) = (sent, published) {
            self.latency.observe(span.ended.duration_since(published));
        }
    }

    /// An initial notification has ended.
    pub(super) fn handshake(&mut self, outcome: HandshakeOutcome, span: Span) {
        let outcome = match outcome {
            HandshakeOutcome::Confirmed => "confirmed",
            HandshakeOutcome::Refused => "refused",
        };
        observe(&mut self.handshakes, outcome, span.length());
    }
}

fn observe(histograms: &mut BTreeMap<&'static str, Histogram>, outcome: &'static str, duration: Duration) {
    histograms.entry(outcome).or_insert_with(|| Histogram::new(ATTEMPT_BOUNDS_S)).observe(duration);
}

impl Span {
    /// What it takes until something is there.
    pub(super) async fn of<T>(attempt: impl Future<Output = T>) -> (T, Self) {
        let began = read_monotonic();
        let result = attempt.await;
        (result, Self { began, ended: read_monotonic() })
    }

    fn length(self) -> Duration {
        self.ended.duration_since(self.began)
    }
}

impl Changes {
    /// A change is published now.
    pub(super) fn publish(&mut self, event: EventId) {
        if self.order.len() >= CHANGES_TIMED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.published.remove(&oldest);
        }
        self.order.push_back(event);
        self.published.insert(event, read_monotonic());
    }

    /// When an event was published, if this run has, and not too many changes ago.
    pub(super) fn published(&self, event: EventId) -> Option<Instant> {
        self.published.get(&event).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Changes, Durations, Span};
    use crate::deliver::{Failure, Sent};
    use crate::histogram::Histogram;
    use crate::limits::CHANGES_TIMED_MAX;
    use proxy_core::{EventId, HandshakeOutcome};
    use std::time::Duration;

    /// How many observations were above a bound.
    fn above(histogram: &Histogram, limit: f64) -> u64 {
        let within = histogram.cumulative().find(|(bound, _)| *bound == limit).unwrap().1;
        histogram.count() - within
    }

    fn event(number: usize) -> EventId {
        EventId(u128::try_from(number).unwrap().to_be_bytes())
    }

    #[tokio::test(start_paused = true)]
    async fn latency_counts_failed_attempts_and_pauses_and_a_delivery_counts_once() {
        let (mut changes, mut durations) = (Changes::default(), Durations::default());
        changes.publish(event(1));
        let ((), failed) = Span::of(tokio::time::sleep(Duration::from_millis(600))).await;
        durations.delivered(Sent::Failed(Failure::Timeout), failed, changes.published(event(1)));
        assert_eq!(durations.latency.count(), 0);
        tokio::time::sleep(Duration::from_millis(250)).await;
        let ((), accepted) = Span::of(tokio::time::sleep(Duration::from_millis(200))).await;
        durations.delivered(Sent::Accepted, accepted, changes.published(event(1)));
        assert_eq!((durations.latency.count(), above(&durations.latency, 1.0)), (1, 1));
        assert!((durations.latency.sum() - 1.05).abs() < 0.01, "{}", durations.latency.sum());
        let attempts = &durations.attempts;
        assert_eq!((above(&attempts["failed"], 0.5), above(&attempts["failed"], 1.0)), (1, 0));
        assert_eq!((above(&attempts["accepted"], 0.1), above(&attempts["accepted"], 0.25)), (1, 0));
        assert_eq!(attempts["answered"].count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_of_an_earlier_run_has_no_latency() {
        let mut durations = Durations::default();
        let ((), span) = Span::of(async {}).await;
        durations.delivered(Sent::Accepted, span, Changes::default().published(event(1)));
        assert_eq!((durations.latency.count(), durations.attempts["accepted"].count()), (0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn initial_notifications_are_timed_by_outcome() {
        let mut durations = Durations::default();
        let ((), span) = Span::of(tokio::time::sleep(Duration::from_millis(300))).await;
        durations.handshake(HandshakeOutcome::Refused, span);
        let handshakes = &durations.handshakes;
        assert_eq!((handshakes["confirmed"].count(), handshakes["refused"].count()), (0, 1));
        assert_eq!((above(&handshakes["refused"], 0.25), above(&handshakes["refused"], 0.5)), (1, 0));
    }

    #[test]
    fn the_oldest_of_too_many_changes_is_not_timed_any_more() {
        let mut changes = Changes::default();
        (0..=CHANGES_TIMED_MAX).for_each(|number| changes.publish(event(number)));
        assert_eq!((changes.published.len(), changes.order.len()), (CHANGES_TIMED_MAX, CHANGES_TIMED_MAX));
        assert_eq!(changes.published(event(0)), None);
        assert!(changes.published(event(1)).is_some());
        assert!(changes.published(event(CHANGES_TIMED_MAX)).is_some());
    }
}
