//! Every bound of this crate, in one place, with its reason.
//!
//! Profiles, instances, ports and aliases have none: they come from the node's own files, which the shell
//! bounds.

/// Subscriptions, and endpoints, at a time, pending ones included. A node serves tens of consumers with a
/// handful each; ten thousand is far above that, and their queues still fit in memory.
pub const SUBSCRIPTIONS_MAX: usize = 10_000;

/// Events that wait for one subscriber. State changes arrive a few per minute; a hundred is hours of an
/// absent one.
pub const QUEUED_EVENTS_MAX: usize = 100;

/// Pause after the first failed attempt, in nanoseconds; it doubles with each further one.
pub const RETRY_FIRST_NS: u64 = 250_000_000;

/// Longest pause between two attempts, in nanoseconds.
pub const RETRY_MAX_NS: u64 = 30_000_000_000;

/// Pause before a failed write to the store is tried again, in nanoseconds.
pub const REWRITE_PAUSE_NS: u64 = 30_000_000_000;

/// Processes whose status is kept though the node has no configuration of theirs: lines may name anything.
pub const FOREIGN_PROCESSES_MAX: usize = 64;
