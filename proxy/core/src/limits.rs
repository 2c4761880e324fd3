//! Every bound of this crate, in one place, with its reason.
//!
//! Profiles, instances, ports and aliases have none: they come from the node's own files, which the shell
//! bounds.

/// Subscriptions, and endpoints, at a time, pending ones included, unless [`crate::Settings`] say otherwise. A node serves tens of consumers with a
/// handful each; ten thousand is far above that, and their queues still fit in memory.
pub const SUBSCRIPTIONS_MAX: usize = 10_000;

/// Subscriptions of one endpoint at a time, pending ones included, unless [`crate::Settings`] say otherwise. There are
/// twelve resources and subtrees; a consumer that wants each of them of ten cards stays below.
pub const SUBSCRIPTIONS_PER_ENDPOINT_MAX: usize = 128;

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

/// Interfaces of a configuration that the node does not have: lines may name anything.
pub const FOREIGN_INTERFACES_MAX: usize = 16;

/// Ports of Synchronous Ethernet devices. A node has a few cards with a few ports each.
pub const SYNCE_PORTS_MAX: usize = 64;

/// Former names of interfaces that addresses may still use. A daemon gives a card its name once; a rename is rare.
pub const FORMER_ALIASES_MAX: usize = 64;

/// Profiles of a PTP-HA group that a configuration reports. A group has two; lines may name anything.
pub const HA_PROFILES_MAX: usize = 16;

/// Profiles and interfaces of which a daemon reports states.
pub const REPORTED_MAX: usize = 64;

/// Bytes of a line that are kept as the cause of a change. Lines of linuxptp have some 120.
pub const CAUSE_BYTES_MAX: usize = 512;

/// Bytes of a name, of an interface or a device, that a line may bring into a table. Linux allows 15 for an
/// interface, Kubernetes 253 for what a profile is named after.
pub const NAME_BYTES_MAX: usize = 256;
