//! What an HTTP server counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Closed {
    /// One side was done.
    Done,
    /// The head of a request did not come in time.
    HeaderTimeout,
    /// No request came for too long.
    Idle,
    /// An answer was not taken in time.
    AnswerTimeout,
    /// It made room for a new connection.
    Evicted,
    /// The peer spoke no TLS, or showed no certificate that was accepted.
    Tls,
    /// The peer broke HTTP or the connection.
    Failed,
    /// The process ends.
    Ending,
}

impl Closed {
    /// The value of the label.
    fn reason(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::HeaderTimeout => "header_timeout",
            Self::Idle => "idle",
            Self::AnswerTimeout => "answer_timeout",
            Self::Evicted => "evicted",
            Self::Tls => "tls",
            Self::Failed => "failed",
            Self::Ending => "ending",
        }
    }
}

/// Counts since the start, shared by the server, which counts, and the metrics page, which reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpCounts(Arc<Mutex<HttpTotals>>);

/// Counts at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HttpTotals {
    /// Connections that are open.
    pub(crate) connections_open: usize,
    /// Connections that have ended, by reason.
    pub(crate) connections_closed: BTreeMap<&'static str, u64>,
    /// Requests that were refused whatever they ask for, by reason.
    pub(crate) requests_refused: BTreeMap<&'static str, u64>,
}

impl HttpCounts {
    /// A connection begins.
    pub(super) fn opened(&self) {
        self.totals().connections_open += 1;
    }

    /// A connection has ended.
    pub(super) fn closed(&self, closed: Closed) {
        let mut totals = self.totals();
        totals.connections_open = totals.connections_open.saturating_sub(1);
        *totals.connections_closed.entry(closed.reason()).or_default() += 1;
    }

    /// A request was refused whatever it asks for.
    pub(crate) fn refused(&self, reason: &'static str) {
        *self.totals().requests_refused.entry(reason).or_default() += 1;
    }

    /// All of them.
    pub(crate) fn all(&self) -> HttpTotals {
        self.totals().clone()
    }

    fn totals(&self) -> MutexGuard<'_, HttpTotals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
