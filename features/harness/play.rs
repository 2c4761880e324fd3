//! Plays moments to a proxy in virtual time and tells what comes of it.
//!
//! Lines are written in batches of at most one second of virtual time. After each batch the proxy says when everything
//! has been delivered, so the notifications that have arrived by then are all that the batch caused: that makes the
//! timeline complete however fast time is played. Subscriptions are served side by side, so the order in which events
//! were published is not the order of their arrival: it is heard by a witness with one subscription to everything.

use crate::feeds::{Feeds, Wiring};
use crate::limits::{BATCH_BYTES_MAX, BATCH_LINES_MAX, BATCH_SPAN_NS_MAX, EVENTS_MAX, RECEIVED_MAX};
use crate::reported::Reported;
use crate::timeline::{Entry, LatencySummary, Sink, Summary, What};
use crate::{Consumer, LabError, RESOURCES, Received, Reply, Signal, Testbed, WireEvent, wall_clock};
use sim_core::Connection;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The parent of every resource.
const EVERYTHING: &str = "/sync";

/// Something at a moment of virtual time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Virtual time since the start, in nanoseconds. One that is before the moment played last counts as that one.
    pub at_ns: u64,
    /// What happens.
    pub happening: Happening,
}

/// What happens at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The daemon writes a line to the event socket.
    Line {
        /// Which of its connections carries it; a recording does not say.
        connection: Option<Connection>,
        /// The line.
        text: String,
    },
    /// The daemon opens a connection to the event socket.
    Opened(Connection),
    /// The daemon closes a connection.
    Closed(Connection),
    /// The proxy is killed.
    ProxyDown,
    /// The proxy is started again, on the same files.
    ProxyUp,
    /// Something to be told, which the proxy does not see.
    Told(What),
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Played {
    /// The events that arrived, with their virtual time since the start in nanoseconds, in order.
    pub events: Vec<(u64, WireEvent)>,
    /// The answers of CurrentState after the last moment, for each of [`RESOURCES`].
    pub current: Vec<(&'static str, Reply)>,
    /// The figures. Without a verdict: playing does not judge.
    pub summary: Summary,
}

/// Plays to one node.
pub struct Player<'a> {
    testbed: Testbed,
    consumer: Consumer,
    witness: Consumer,
    wiring: Wiring,
    /// Absent while the proxy is down.
    feeds: Option<Feeds>,
    sink: &'a mut dyn Sink,
    start_unix_ns: u64,
    from_ns: u64,
    begun: Instant,
    batch: Batch,
    told: Vec<Entry>,
    reported: Reported,
    events: Vec<(u64, WireEvent)>,
    latencies: Vec<Duration>,
    lines: u64,
    now_ns: u64,
}

impl<'a> Player<'a> {
    /// Sets the time of the proxy to the first moment, at `from_ns` after the start, and subscribes a consumer to
    /// [`RESOURCES`].
    ///
    /// # Errors
    /// When the proxy cannot be reached, or refuses a subscription.
    pub async fn begin(
        testbed: Testbed,
        wiring: Wiring,
        (start_unix_ns, from_ns): (u64, u64),
        sink: &'a mut dyn Sink,
    ) -> Result<Self, LabError> {
        let feeds = Feeds::connect(&testbed, wiring, start_unix_ns + from_ns).await?;
        let [consumer, witness] = [Consumer::open().await?, Consumer::open().await?];
        for resource in RESOURCES {
            subscribe(&testbed, resource, &consumer).await?;
        }
        subscribe(&testbed, EVERYTHING, &witness).await?;
        witness.take();
        for received in consumer.take() {
            let what = What::Initial(WireEvent::from_json(&received.body)?);
            sink.entry(&Entry { at_ns: from_ns, what }).map_err(|source| LabError::Output { source })?;
        }
        Ok(Self {
            testbed,
            consumer,
            witness,
            wiring,
            feeds: Some(feeds),
            sink,
            start_unix_ns,
            from_ns,
            begun: wall_clock::now(),
            batch: Batch::default(),
            told: Vec::new(),
            reported: Reported::default(),
            events: Vec::new(),
            latencies: Vec::new(),
            lines: 0,
            now_ns: from_ns,
        })
    }

    /// Plays the next moment. What it causes may be told with a later one.
    ///
    /// # Errors
    /// When the proxy can no longer be reached or sends something that is not an event.
    pub async fn play(&mut self, moment: Moment) -> Result<(), LabError> {
        let at_ns = moment.at_ns.max(self.now_ns);
        let collected = self.feeds.as_mut().map_or(0, Feeds::collected_bytes);
        if self.batch.is_full(at_ns, collected) {
            self.settle().await?;
        }
        self.move_to(at_ns);
        match moment.happening {
            Happening::Line { connection, text } => self.line(connection, &text).await?,
            Happening::Told(what) => {
                // What was done to the node is to be seen at once, and everything before it to be settled.
                let settle = matches!(what, What::Action(_));
                self.told.push(Entry { at_ns, what });
                if settle {
                    self.settle().await?;
                }
            }
            Happening::Opened(connection) => {
                if let Some(feeds) = &mut self.feeds {
                    feeds.opened(connection, &self.testbed).await?;
                }
            }
            Happening::Closed(connection) => {
                if let Some(feeds) = &mut self.feeds {
                    feeds.closed(connection).await?;
                }
            }
            Happening::ProxyDown => self.proxy_down().await?,
            Happening::ProxyUp => self.proxy_up().await?,
        }
        Ok(())
    }

    async fn line(&mut self, connection: Option<Connection>, text: &str) -> Result<(), LabError> {
        let Some(feeds) = &mut self.feeds else { return Ok(()) };
        if let Some(change) = self.reported.change(text) {
            self.told.push(Entry { at_ns: self.now_ns, what: What::Reported(change) });
        }
        if let Err(error) = feeds.push(connection, text).await {
            return Err(self.testbed.cause(error).await);
        }
        self.batch.lines += 1;
        self.lines += 1;
        Ok(())
    }

    async fn proxy_down(&mut self) -> Result<(), LabError> {
        self.settle().await?;
        self.feeds = None;
        self.testbed.signal_proxy(Signal::Kill).await?;
        self.testbed.proxy_end().await?;
        Ok(())
    }

    async fn proxy_up(&mut self) -> Result<(), LabError> {
        if self.feeds.is_some() {
            return Ok(());
        }
        // A restarted proxy gives other ids, as it would without a seed.
        let seed = self.testbed.seed().wrapping_add(1);
        self.testbed.reseed(seed);
        self.testbed.start_proxy().await?;
        let unix_ns = self.start_unix_ns + self.now_ns;
        self.feeds = Some(Feeds::connect(&self.testbed, self.wiring, unix_ns).await?);
        self.settle().await
    }

    /// Moves time on to `end_ns`, waits for what that causes, reads the current state and ends the proxy.
    ///
    /// # Errors
    /// When the proxy can no longer be reached or does not end.
    pub async fn finish(mut self, end_ns: u64) -> Result<Played, LabError> {
        self.settle().await?;
        self.move_to(end_ns.max(self.now_ns));
        self.settle().await?;
        let wall = wall_clock::now() - self.begun;
        let client = self.testbed.client();
        let mut current = Vec::new();
        for resource in RESOURCES {
            let path = format!("{}/CurrentState", self.testbed.address(resource));
            current.push((resource, client.get(&path).await?));
        }
        self.testbed.signal_proxy(Signal::Terminate).await?;
        self.testbed.proxy_end().await?;
        let summary = Summary {
            simulated_ns: self.now_ns - self.from_ns,
            wall,
            lines: self.lines,
            events: self.events.len(),
            latency: LatencySummary::of(self.latencies),
            verdict: None,
        };
        Ok(Played { events: self.events, current, summary })
    }

    fn move_to(&mut self, at_ns: u64) {
        self.now_ns = at_ns;
        self.batch.first_ns.get_or_insert(at_ns);
        if let Some(feeds) = &mut self.feeds {
            feeds.set_time(self.start_unix_ns + at_ns);
        }
    }

    /// Writes the batch, waits for everything that it causes, and tells it.
    async fn settle(&mut self) -> Result<(), LabError> {
        let written = wall_clock::now();
        if let Some(feeds) = &mut self.feeds
            && let Err(error) = feeds.sync().await
        {
            return Err(self.testbed.cause(error).await);
        }
        self.batch = Batch::default();
        if self.consumer.not_kept() > 0 || self.witness.not_kept() > 0 {
            return Err(LabError::TooManyEvents { limit: RECEIVED_MAX });
        }
        for received in self.consumer.take() {
            let entry = self.event(&received, written)?;
            self.told.push(entry);
        }
        let mut published = BTreeMap::new();
        for received in self.witness.take() {
            published.insert(WireEvent::from_json(&received.body)?.id, published.len());
        }
        self.told.sort_by_key(|entry| (entry.at_ns, rank(&entry.what, &published)));
        for entry in self.told.drain(..) {
            self.sink.entry(&entry).map_err(|source| LabError::Output { source })?;
            if let What::Event { event, .. } = entry.what {
                keep(&mut self.events, (entry.at_ns, event))?;
            }
        }
        self.sink.progress(self.now_ns).map_err(|source| LabError::Output { source })
    }

    fn event(&mut self, received: &Received, written: Instant) -> Result<Entry, LabError> {
        let event = WireEvent::from_json(&received.body)?;
        let at_ns = event.unix_ns.saturating_sub(self.start_unix_ns);
        let delivered_in = received.arrived.saturating_duration_since(written);
        self.latencies.push(delivered_in);
        Ok(Entry { at_ns, what: What::Event { event, delivered_in } })
    }
}

/// What was written since the proxy was waited for.
#[derive(Debug, Default)]
struct Batch {
    /// Virtual time of its first moment.
    first_ns: Option<u64>,
    lines: usize,
}

impl Batch {
    /// Whether something at `at_ns` has to wait for the next batch.
    fn is_full(&self, at_ns: u64, bytes: usize) -> bool {
        self.first_ns.is_some_and(|first| at_ns - first >= BATCH_SPAN_NS_MAX)
            || bytes >= BATCH_BYTES_MAX
            || self.lines >= BATCH_LINES_MAX
    }
}

fn keep<T>(events: &mut Vec<T>, event: T) -> Result<(), LabError> {
    if events.len() >= EVENTS_MAX {
        return Err(LabError::TooManyEvents { limit: EVENTS_MAX });
    }
    events.push(event);
    Ok(())
}

async fn subscribe(testbed: &Testbed, resource: &str, consumer: &Consumer) -> Result<(), LabError> {
    let address = testbed.address(resource);
    let reply = testbed.client().subscribe(&address, &consumer.endpoint()).await?;
    if reply.status == 201 { Ok(()) } else { Err(LabError::NotSubscribed { address, status: reply.status }) }
}

/// Order within one instant: causes before effects, and effects as they were published.
fn rank(what: &What, published: &BTreeMap<String, usize>) -> usize {
    match what {
        What::Mark(_) => 0,
        What::Action(_) => 1,
        What::Truth(_) => 2,
        What::Reported(_) => 3,
        What::Initial(event) | What::Event { event, .. } => {
            4 + published.get(&event.id).copied().unwrap_or(published.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_bounded_in_time_and_size() {
        let batch = Batch { first_ns: Some(5), lines: BATCH_LINES_MAX - 1 };
        assert!(!batch.is_full(5 + BATCH_SPAN_NS_MAX - 1, BATCH_BYTES_MAX - 1));
        assert!(batch.is_full(5 + BATCH_SPAN_NS_MAX, 0));
        assert!(batch.is_full(5, BATCH_BYTES_MAX));
        assert!(Batch { lines: BATCH_LINES_MAX, ..batch }.is_full(5, 0));
    }

    #[test]
    fn a_run_with_too_many_events_is_given_up() {
        let mut events = vec![(); EVENTS_MAX - 1];
        assert!(keep(&mut events, ()).is_ok());
        let refused = keep(&mut events, ());
        assert!(matches!(refused, Err(LabError::TooManyEvents { limit: EVENTS_MAX })), "{refused:?}");
    }
}
