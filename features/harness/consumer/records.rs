//! What a consumer has seen, in bounded memory.

use super::conduct::{Conduct, Program};
use crate::limits::{CONSUMER_PATHS_MAX, RECEIVED_BYTES_MAX, RECEIVED_MAX};
use crate::wall_clock;
use axum::body::Bytes;
use axum::http::request::Parts;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// How a request ended, as its consumer saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The consumer gave an answer with this status code.
    Answered {
        /// The status code.
        status: u16,
        /// When it was given.
        at: Instant,
    },
    /// The peer went away before the answer was whole.
    GaveUp {
        /// When that was seen.
        at: Instant,
    },
    /// The consumer ended it without a whole answer, as it was told, or because it closed.
    Cut {
        /// When.
        at: Instant,
    },
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// When its last byte had arrived, or its head if the body was not read.
    pub arrived: Instant,
    /// The method of the request.
    pub method: String,
    /// The path with the query, as sent.
    pub path: String,
    /// `HTTP/1.1` and the like.
    pub version: String,
    /// Lower-case names and values of the headers; values of the same name in their order.
    pub headers: Vec<(String, String)>,
    /// `Content-Type`, if any.
    pub content_type: Option<String>,
    /// The bytes of the body; none if it was not read.
    pub bytes: Bytes,
    /// The body; `null` when it is not JSON.
    pub body: Value,
    /// Which connection of the consumer brought it, counted from 1.
    pub connection: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Received {
    /// The first header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(named, _)| named == name).map(|(_, value)| value.as_str())
    }

    /// How it ended; `None` while it is under way.
    pub fn outcome(&self) -> Option<Outcome> {
        *self.outcome.borrow()
    }

    /// Waits until it has ended.
    pub async fn ended(&self) -> Outcome {
        let mut outcome = self.outcome.clone();
        let ended = outcome.wait_for(Option::is_some).await;
        ended.ok().and_then(|ended| *ended).expect("every exchange tells its outcome before it goes")
    }
}

/// What tasks and tests share of a consumer.
#[derive(Debug)]
pub(super) struct Shared {
    records: Mutex<Records>,
    /// Changes with every arrival.
    pub(super) arrivals: watch::Sender<()>,
    /// Changes when hanging requests are released.
    pub(super) release: watch::Sender<()>,
    /// Changes when the consumer is told how to behave.
    pub(super) retold: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            records: Mutex::new(Records::new()),
            arrivals: watch::Sender::new(()),
            release: watch::Sender::new(()),
            retold: watch::Sender::new(()),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request and tells whoever waits for it.
    pub(super) fn record(self: &Arc<Self>, head: &Parts, bytes: Bytes, connection: u64) -> Exchange {
        let (outcome, outcome_seen) = watch::channel(None);
        self.lock().keep(received(head, bytes, connection, outcome_seen));
        self.arrivals.send_replace(());
        Exchange { shared: Arc::clone(self), outcome }
    }
}

fn received(
    head: &Parts,
    bytes: Bytes,
    connection: u64,
    outcome: watch::Receiver<Option<Outcome>>,
) -> Received {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers: Vec<(String, String)> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect();
    let content_type = head.headers.get("content-type").map(|value| text(value.as_bytes()));
    let path = head.uri.path_and_query().map_or_else(String::new, |path| path.as_str().to_owned());
    Received {
        arrived: wall_clock::now(),
        method: head.method.to_string(),
        path,
        version: format!("{:?}", head.version),
        headers,
        content_type,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        bytes,
        connection,
        outcome,
    }
}

/// A request that is under way. When it is dropped without an outcome, its peer has gone.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) shared: Arc<Shared>,
    outcome: watch::Sender<Option<Outcome>>,
}

impl Exchange {
    pub(super) fn answered(self, status: u16) {
        self.end(Outcome::Answered { status, at: wall_clock::now() });
    }

    pub(super) fn cut(self) {
        self.end(Outcome::Cut { at: wall_clock::now() });
    }

    fn end(&self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.outcome.borrow().is_none() {
            let at = wall_clock::now();
            self.shared.lock().note_given_up(at);
            self.end(Outcome::GaveUp { at });
        }
    }
}

/// How a new connection is met.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Serve,
    Reset,
    Hold,
}

#[derive(Debug)]
pub(super) struct Records {
    program: Program,
    programs_by_path: BTreeMap<String, Program>,
    received: VecDeque<Received>,
    received_bytes: usize,
    not_kept: usize,
    given_up: Vec<Instant>,
    count: u64,
    counts_by_path: BTreeMap<String, u64>,
    connections: u64,
}

impl Records {
    pub(super) fn new() -> Self {
        Self {
            program: Program::new(Vec::new()),
            programs_by_path: BTreeMap::new(),
            received: VecDeque::new(),
            received_bytes: 0,
            not_kept: 0,
            given_up: Vec::new(),
            count: 0,
            counts_by_path: BTreeMap::new(),
            connections: 0,
        }
    }

    /// Sets the conducts of all paths that have none of their own.
    pub(super) fn program(&mut self, conducts: Vec<Conduct>) {
        self.program = Program::new(conducts);
    }

    /// Sets the conducts of a path. Beyond the bound of paths it behaves like the others.
    pub(super) fn program_path(&mut self, path: String, conducts: Vec<Conduct>) {
        if self.programs_by_path.len() < CONSUMER_PATHS_MAX || self.programs_by_path.contains_key(&path) {
            self.programs_by_path.insert(path, Program::new(conducts));
        }
    }

    /// How the next request for a path is treated.
    pub(super) fn next_conduct(&mut self, path: &str) -> Conduct {
        self.programs_by_path.get_mut(path).unwrap_or(&mut self.program).take()
    }

    pub(super) fn stays_half_open(&self) -> bool {
        self.program.stays_half_open()
    }

    /// Counts a connection, and says how it is met and which it is.
    pub(super) fn connect(&mut self) -> (Opening, u64) {
        self.connections += 1;
        let opening = if *self.program.peek() == Conduct::ResetOnConnect {
            Opening::Reset
        } else if *self.program.peek() == Conduct::HalfOpen {
            Opening::Hold
        } else {
            return (Opening::Serve, self.connections);
        };
        self.program.take();
        (opening, self.connections)
    }

    pub(super) fn keep(&mut self, received: Received) {
        self.count += 1;
        if let Some(count) = self.counts_by_path.get_mut(&received.path) {
            *count += 1;
        } else if self.counts_by_path.len() < CONSUMER_PATHS_MAX {
            self.counts_by_path.insert(received.path.clone(), 1);
        }
        let bytes = self.received_bytes + received.bytes.len();
        if self.received.len() < RECEIVED_MAX && bytes <= RECEIVED_BYTES_MAX {
            self.received_bytes = bytes;
            self.received.push_back(received);
        } else {
            self.not_kept += 1;
        }
    }

    fn note_given_up(&mut self, at: Instant) {
        if self.given_up.len() < RECEIVED_MAX {
            self.given_up.push(at);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Received> {
        self.received_bytes = 0;
        self.received.drain(..).collect()
    }

    /// Takes the first one that is wanted; the others stay.
    pub(super) fn take_first(&mut self, wanted: impl Fn(&Received) -> bool) -> Option<Received> {
        let at = self.received.iter().position(wanted)?;
        let received = self.received.remove(at)?;
        self.received_bytes -= received.bytes.len();
        Some(received)
    }

    pub(super) fn take_path(&mut self, path: &str) -> Vec<Received> {
        let (of_path, others): (Vec<_>, Vec<_>) =
            self.received.drain(..).partition(|received| received.path == path);
        self.received = others.into();
        self.received_bytes = self.received.iter().map(|received| received.bytes.len()).sum();
        of_path
    }

    pub(super) fn is_empty(&self) -> bool {
        self.received.is_empty()
    }

    pub(super) fn not_kept(&self) -> usize {
        self.not_kept
    }

    pub(super) fn given_up(&self) -> Vec<Instant> {
        self.given_up.clone()
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn count_path(&self, path: &str) -> u64 {
        self.counts_by_path.get(path).copied().unwrap_or_default()
    }

    pub(super) fn connections(&self) -> u64 {
        self.connections
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn arrive(records: &mut Records, path: String, bytes: &Bytes) {
        let (mut head, ()) = Request::new(()).into_parts();
        head.uri = path.parse().expect("a path");
        records.keep(received(&head, bytes.clone(), 1, watch::Sender::new(None).subscribe()));
    }

    #[test]
    fn requests_beyond_the_bound_are_counted_and_not_kept() {
        let mut records = Records::new();
        for _ in 0..=RECEIVED_MAX {
            arrive(&mut records, "/event".to_owned(), &Bytes::new());
        }
        assert_eq!((records.received.len(), records.not_kept), (RECEIVED_MAX, 1));
        assert_eq!(records.count(), RECEIVED_MAX as u64 + 1);
    }

    #[test]
    fn bodies_beyond_the_bound_are_counted_and_not_kept_until_some_are_taken() {
        let mut records = Records::new();
        let body = Bytes::from(vec![b'x'; RECEIVED_BYTES_MAX / 2]);
        for _ in 0..3 {
            arrive(&mut records, "/event".to_owned(), &body);
        }
        assert_eq!((records.received.len(), records.not_kept), (2, 1));
        assert!(records.take_first(|_| true).is_some());
        arrive(&mut records, "/event".to_owned(), &body);
        assert_eq!((records.received.len(), records.not_kept), (2, 1));
    }

    #[test]
    fn paths_beyond_the_bound_count_for_the_whole_and_behave_like_the_others() {
        let mut records = Records::new();
        for n in 0..=CONSUMER_PATHS_MAX {
            arrive(&mut records, format!("/event/{n}"), &Bytes::new());
            records.program_path(format!("/event/{n}"), vec![Conduct::Answer(500)]);
        }
        let (last, beyond) =
            (format!("/event/{}", CONSUMER_PATHS_MAX - 1), format!("/event/{CONSUMER_PATHS_MAX}"));
        assert_eq!((records.count_path(&last), records.count_path(&beyond)), (1, 0));
        assert_eq!(records.count(), CONSUMER_PATHS_MAX as u64 + 1);
        assert_eq!(records.next_conduct(&last), Conduct::Answer(500));
        assert_eq!(records.next_conduct(&beyond), Conduct::Answer(204));
    }

    #[test]
    fn peers_that_give_up_beyond_the_bound_are_not_kept() {
        let mut records = Records::new();
        for _ in 0..=RECEIVED_MAX {
            records.note_given_up(wall_clock::now());
        }
        assert_eq!(records.given_up().len(), RECEIVED_MAX);
    }
}
