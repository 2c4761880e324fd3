//! A change of a published state, before it has a wire form.

use crate::Utc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// One change of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unique for every change; the same for every subscriber.
    pub id: EventId,
    /// What changed.
    pub resource: Resource,
    /// When it changed.
    pub time: Utc,
    /// What is now true, in order. Never empty.
    pub values: Vec<Value>,
}

/// 128 bits, a version 4 UUID in RFC 9562 byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId(pub [u8; 16]);

impl fmt::Display for EventId {
    /// The usual text form: 32 lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The resources of O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// `/sync/sync-status/sync-state`, 7.2.3.1
    SyncState,
    /// `/sync/ptp-status/lock-state`, 7.2.3.3
    LockState,
    /// `/sync/gnss-status/gnss-sync-status`, 7.2.3.6
    GnssSyncStatus,
    /// `/sync/sync-status/os-clock-sync-state`, 7.2.3.8
    OsClockSyncState,
    /// `/sync/synce-status/lock-state`, 7.2.3.9
    SynceLockState,
    /// `/sync/ptp-status/clock-class`, 7.2.3.10
    ClockClass,
    /// `/sync/synce-status/clock-quality`, 7.2.3.11
    SynceClockQuality,
}

impl Resource {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::SyncState,
        Self::LockState,
        Self::GnssSyncStatus,
        Self::OsClockSyncState,
        Self::SynceLockState,
        Self::ClockClass,
        Self::SynceClockQuality,
    ];

    /// Its path below a node, with a leading slash: the source of its events.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SyncState => "/sync/sync-status/sync-state",
            Self::LockState => "/sync/ptp-status/lock-state",
            Self::GnssSyncStatus => "/sync/gnss-status/gnss-sync-status",
            Self::OsClockSyncState => "/sync/sync-status/os-clock-sync-state",
            Self::SynceLockState => "/sync/synce-status/lock-state",
            Self::ClockClass => "/sync/ptp-status/clock-class",
            Self::SynceClockQuality => "/sync/synce-status/clock-quality",
        }
    }
}

/// One item of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it speaks of.
    pub subject: Subject,
    /// What it says.
    pub reading: Reading,
}

/// What a value speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The node as a whole.
    Node,
    /// The clock that follows or serves PTP on an interface, named by the alias of the interface.
    Master {
        /// For example `ens1fx`.
        alias: String,
    },
    /// The clock of the operating system.
    OsClock,
    /// Nothing is known; the value beside it is a placeholder.
    Absent(Absence),
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// No clock has reported anything yet.
    NothingReported,
    /// Clocks have reported, but nothing for this resource.
    ResourceNotReported,
}

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A synchronization state.
    State(SyncState),
    /// An offset in nanoseconds; [`Reading::OFFSET_UNKNOWN_NS`] when the process that measures it is down.
    OffsetNs(i64),
    /// A clock class, IEEE 1588-2019 7.6.2.5.
    ClockClass(u8),
}

impl Reading {
    /// The offset that existing consumers know as "unknown".
    pub const OFFSET_UNKNOWN_NS: i64 = -9_999_999_999_999_999;
}

/// Synchronization state of a clock, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncState {
    /// Synchronized within its thresholds.
    Locked,
    /// Was locked, has lost its source, and still counts on its own stability.
    Holdover,
    /// Not synchronized.
    Freerun,
}

impl fmt::Display for Value {
    /// For logs: `ens1fx/master LOCKED`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.reading)
    }
}

impl fmt::Display for Subject {
    /// For logs: `node`, `ens1fx/master`, `CLOCK_REALTIME`, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node => f.write_str("node"),
            Self::Master { alias } => write!(f, "{alias}/master"),
            Self::OsClock => f.write_str("CLOCK_REALTIME"),
            Self::Absent(_) => f.write_str("nothing"),
        }
    }
}

impl fmt::Display for Reading {
    /// A state by its name, a number in decimal without a unit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "{state}"),
            Self::OffsetNs(offset_ns) => write!(f, "{offset_ns}"),
            Self::ClockClass(class) => write!(f, "{class}"),
        }
    }
}

impl fmt::Display for SyncState {
    /// As the API names it: `LOCKED`, `HOLDOVER` or `FREERUN`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Locked => "LOCKED",
            Self::Holdover => "HOLDOVER",
            Self::Freerun => "FREERUN",
        })
    }
}
