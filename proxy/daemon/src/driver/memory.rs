//! Keeping what the core remembers.

use super::{Driver, Report};
use crate::clock::read_monotonic;
use crate::limits::{DELIVERY_HELD_MAX, MEMORY_REWRITE_PAUSE};
use proxy_core::Delivery;
use std::collections::VecDeque;
use std::io;
use tokio::time::Instant;

/// Writes of the memory: one at a time. One that is asked for while another is under way follows it, with the memory as
/// it is then; so however fast states change, one write is under way and one waits.
///
/// What a change has to tell waits for its write, for a bounded time: a consumer must not know more than the proxy does
/// after a crash, which would then take the same change for old news.
#[derive(Debug, Default)]
pub(super) struct MemoryWrites {
    /// Whether they may begin. What is on disk must not be written over before it is recalled.
    is_open: bool,
    is_wanted: bool,
    is_under_way: bool,
    /// When a write that has failed is repeated.
    retry_at: Option<Instant>,
    /// Writes that have begun.
    begun: u64,
    /// Whether the latest one that has ended failed.
    has_failed: bool,
    /// Deliveries that wait, in order: as the core gives them, at most one for each subscription.
    held: VecDeque<Held>,
}

/// A delivery that waits for a write.
#[derive(Debug)]
struct Held {
    /// The number of the write.
    write: u64,
    /// When it is sent whatever the disk does.
    until: Instant,
    delivery: Delivery,
}

impl MemoryWrites {
    /// The memory has changed.
    pub(super) fn ask(&mut self) {
        self.is_wanted = true;
    }

    /// When something is to be done without anything having happened.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.held.front().map(|held| held.until).into_iter().chain(self.retry_at).min()
    }
}

impl Driver {
    /// What an earlier run has left is taken up: from now on the memory on disk is this one.
    pub(super) fn open_memory(&mut self) {
        self.memory_writes.is_open = true;
        self.keep_memory();
    }

    /// Starts to write the memory, if it has changed and is not being written.
    pub(super) fn keep_memory(&mut self) {
        let MemoryWrites { is_open, is_wanted, is_under_way, .. } = self.memory_writes;
        if !is_open || !is_wanted || is_under_way {
            return;
        }
        self.memory_writes.retry_at = None;
        self.memory_writes.is_wanted = false;
        self.memory_writes.is_under_way = true;
        self.memory_writes.begun += 1;
        let now = self.equipment.clock.now();
        let (memory, file) = (self.core.memory(now), self.equipment.memory_file.clone());
        self.attempts.spawn_blocking(move || Report::Remembered { written: file.write(&memory, now.utc) });
    }

    /// Sends what a change has to tell, once the write that knows of the change has ended.
    pub(super) fn deliver(&mut self, deliveries: Vec<Delivery>) {
        let MemoryWrites { is_open, is_wanted, is_under_way, begun, .. } = self.memory_writes;
        if !is_open || !is_under_way || self.memory_writes.has_failed {
            return deliveries.into_iter().for_each(|delivery| self.start_delivery(delivery));
        }
        // The write under way has begun before the change if another is wanted.
        let write = if is_wanted { begun + 1 } else { begun };
        let until = read_monotonic() + DELIVERY_HELD_MAX;
        let held = deliveries.into_iter().map(|delivery| Held { write, until, delivery });
        self.memory_writes.held.extend(held);
    }

    /// A time has come: see [`MemoryWrites::deadline`].
    pub(super) fn memory_due(&mut self) {
        let now = read_monotonic();
        self.release(|held| held.until <= now);
        if self.memory_writes.retry_at.is_some_and(|at| at <= now) {
            self.memory_writes.ask();
            self.keep_memory();
        }
    }

    /// A write has ended. One that failed is repeated with the next change or after a pause, and nothing waits for it.
    pub(super) fn memory_written(&mut self, written: io::Result<()>) {
        self.memory_writes.is_under_way = false;
        let had_failed = std::mem::replace(&mut self.memory_writes.has_failed, written.is_err());
        match written {
            Ok(()) => {
                if had_failed {
                    tracing::info!("the last states are kept again");
                }
                let ended = self.memory_writes.begun;
                self.release(|held| held.write <= ended);
            }
            Err(error) => {
                self.counters.memory_failures += 1;
                if !had_failed {
                    tracing::warn!(%error, "the last states cannot be kept; a restart would forget them");
                }
                self.memory_writes.retry_at = Some(read_monotonic() + MEMORY_REWRITE_PAUSE);
                self.release(|_| true);
            }
        }
        self.keep_memory();
    }

    /// Starts the deliveries at the head of the queue that need not wait any more.
    fn release(&mut self, is_free: impl Fn(&Held) -> bool) {
        while let Some(held) = self.memory_writes.held.pop_front_if(|held| is_free(held)) {
            self.start_delivery(held.delivery);
        }
    }

    /// The last chance to keep what could not be kept.
    pub(super) async fn keep_memory_at_the_end(&mut self) {
        if !self.memory_writes.has_failed {
            return;
        }
        let now = self.equipment.clock.now();
        let (memory, file) = (self.core.memory(now), self.equipment.memory_file.clone());
        let written = tokio::task::spawn_blocking(move || file.write(&memory, now.utc)).await;
        if let Ok(Err(error)) = written {
            tracing::error!(%error, "the last states are lost");
        }
    }
}
