//! Keeping what the core remembers.

use super::{Driver, Report};
use std::io;

/// Writes of the memory: one at a time. One that is asked for while another is under way follows it, with the memory as
/// it is then; so however fast states change, one write is under way and one waits.
#[derive(Debug, Default)]
pub(super) struct MemoryWrites {
    /// Whether they may begin. What is on disk must not be written over before it is recalled.
    is_open: bool,
    is_wanted: bool,
    is_under_way: bool,
    /// Whether the latest one failed.
    has_failed: bool,
}

impl MemoryWrites {
    /// The memory has changed.
    pub(super) fn ask(&mut self) {
        self.is_wanted = true;
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
        self.memory_writes.is_wanted = false;
        self.memory_writes.is_under_way = true;
        let now = self.equipment.clock.now();
        let (memory, file) = (self.core.memory(now), self.equipment.memory_file.clone());
        self.attempts.spawn_blocking(move || Report::Remembered { written: file.write(&memory, now.utc) });
    }

    /// A write has ended. One that failed is not repeated: the next change writes everything anyway.
    pub(super) fn memory_written(&mut self, written: io::Result<()>) {
        self.memory_writes.is_under_way = false;
        match written {
            Ok(()) => {
                if std::mem::take(&mut self.memory_writes.has_failed) {
                    tracing::info!("the last states are kept again");
                }
            }
            Err(error) => {
                self.counters.memory_failures += 1;
                if !std::mem::replace(&mut self.memory_writes.has_failed, true) {
                    tracing::warn!(%error, "the last states cannot be kept; a restart would forget them");
                }
            }
        }
        self.keep_memory();
    }
}
