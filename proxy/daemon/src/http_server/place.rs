//! The table of connections as the listener, a connection and its requests see it.

use super::Bounds;
use super::counts::{Closed, HttpCounts};
use super::table::{ConnectionId, Step, Table, Verdict};
use crate::clock::read_monotonic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The places of a server.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Mutex<Table<Arc<Notify>>>,
    /// A place may be free, or a connection may have come to a point where it can make room.
    room: Notify,
    /// How long a peer may take its answer before it can be told to make room.
    patience: Duration,
    counts: HttpCounts,
}

/// The place of one connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    progress: Progress,
    changed: Arc<Notify>,
    closed: Closed,
}

/// Where a connection and its requests say how far they have come.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    shared: Arc<Shared>,
    id: ConnectionId,
    /// Bytes of a request have not been read and will not be.
    has_unread: Arc<AtomicBool>,
}

/// An open request. When it is dropped, it is over.
#[derive(Debug)]
pub(super) struct OpenRequest {
    progress: Progress,
    is_answered: bool,
}

impl Places {
    /// All free.
    pub(super) fn new(bounds: Bounds, counts: HttpCounts) -> Self {
        let patience = bounds.header_timeout;
        let table = Mutex::new(Table::new(bounds));
        Self(Arc::new(Shared { table, room: Notify::new(), patience, counts }))
    }

    /// A place for a new connection. If there is none, another connection is told to make room.
    pub(super) async fn take(&self) -> Place {
        loop {
            if let Some(place) = self.try_take(read_monotonic()) {
                return place;
            }
            // By then somebody who takes an answer may have become one who takes too long.
            let _ = tokio::time::timeout(self.0.patience, self.changed()).await;
        }
    }

    /// Ends when there may be room.
    pub(super) async fn changed(&self) {
        self.0.room.notified().await;
    }

    fn try_take(&self, now: Instant) -> Option<Place> {
        let mut table = self.0.table();
        if table.is_full() {
            if let Some(waker) = table.evict(now) {
                waker.notify_one();
            }
            return None;
        }
        let changed = Arc::new(Notify::new());
        let id = table.insert(now, Arc::clone(&changed));
        self.0.counts.opened();
        let progress = Progress { shared: Arc::clone(&self.0), id, has_unread: Arc::default() };
        Some(Place { progress, changed, closed: Closed::Failed })
    }

    /// Tells a connection that only waits to end, if there is one.
    pub(super) fn evict(&self, now: Instant) {
        if let Some(waker) = self.0.table().evict(now) {
            waker.notify_one();
        }
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table<Arc<Notify>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Where to say how far the connection has come.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// How long the connection may go on as it is.
    pub(super) fn verdict(&self) -> Verdict {
        self.progress.shared.table().verdict(self.progress.id)
    }

    /// Since when only the peer has to do something; none while somebody answers.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.progress.shared.table().waiting_since(self.progress.id)
    }

    /// Ends when the verdict may have changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The connection has ended.
    pub(super) fn leave(mut self, closed: Closed) {
        self.closed = closed;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let shared = &self.progress.shared;
        shared.table().remove(self.progress.id);
        shared.counts.closed(self.closed);
        shared.room.notify_one();
    }
}

impl Progress {
    /// Bytes have come.
    pub(super) fn bytes_came(&self) {
        self.tell(|table, id, now| table.bytes_came(id, now));
    }

    /// Everything that was written has left.
    pub(super) fn flushed(&self) {
        self.tell(|table, id, now| table.flushed(id, now));
    }

    /// The head of a request has come.
    pub(super) fn begin(&self, over_two: bool) -> OpenRequest {
        self.step(Step::Began { over_two });
        OpenRequest { progress: self.clone(), is_answered: false }
    }

    /// A request has gone a step further.
    pub(super) fn step(&self, step: Step) {
        self.tell(|table, id, now| table.step(id, step, now));
    }

    /// Nobody will read the rest of a request.
    pub(super) fn leave_unread(&self) {
        self.has_unread.store(true, Ordering::Relaxed);
    }

    /// Whether there is a request of which nobody will read the rest.
    pub(super) fn has_unread(&self) -> bool {
        self.has_unread.load(Ordering::Relaxed)
    }

    fn tell(
        &self,
        what: impl FnOnce(&mut Table<Arc<Notify>>, ConnectionId, Instant) -> Option<&Arc<Notify>>,
    ) {
        let mut table = self.shared.table();
        let is_full = table.is_full();
        if let Some(waker) = what(&mut table, self.id, read_monotonic()) {
            waker.notify_one();
            if is_full {
                self.shared.room.notify_one();
            }
        }
    }
}

impl OpenRequest {
    /// The head of the answer is ready.
    pub(super) fn answered(&mut self) {
        self.is_answered = true;
        self.progress.step(Step::Answered);
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.progress.step(if self.is_answered { Step::AnswerTaken } else { Step::GivenUp });
    }
}
