//! A change of a published state, before it has a wire form.

use crate::{EventId, Utc};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// One change of one resource, or what a subtree of resources says at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Unique for every change; the same for every subscriber.
    pub id: EventId,
    /// What changed; of a subtree the leading resource.
    pub resource: Resource,
    /// When it changed.
    pub time: Utc,
    /// What is now true of [`Self::resource`], in order. Never empty.
    pub values: Vec<Value>,
    /// What made it change. Not part of the event as consumers see it.
    pub cause: Cause,
    /// How much of the node it speaks of.
    #[serde(default, skip_serializing_if = "Extent::is_resource")]
    pub extent: Extent,
}

/// How much of the node an event speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    /// [`Event::resource`] and nothing else, as everything that is published.
    #[default]
    Resource,
    /// A subtree of several resources, as a pull and an initial notification of one: a single event, O-RAN.WG6 O-Cloud
    /// Notification API v04.00, 6.1.1.1.
    Subtree {
        /// Its resources beside [`Event::resource`] of which something is known, in the order of [`Resource::ALL`].
        others: Vec<ResourceValues>,
    },
}

impl Extent {
    fn is_resource(&self) -> bool {
        *self == Self::Resource
    }
}

/// What one resource says within a subtree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceValues {
    /// Which.
    pub resource: Resource,
    /// What is true of it, in order. Never empty.
    pub values: Vec<Value>,
}

/// What made a state change: its provenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// This line of the event socket, as it came; of a long one the first
    /// [`crate::limits::CAUSE_BYTES_MAX`] bytes, and what is not UTF-8 replaced.
    Line(String),
    /// This report of the daemon, as it came; shortened in the same way.
    Report(String),
    /// The holdover timeout of the profile has passed.
    HoldoverTimeout,
    /// Nothing has taken over the clock of the operating system in time.
    HandoverTimeout,
    /// The files of the node have changed.
    Configuration,
    /// Nothing has changed: a placeholder for a subscriber.
    Nothing,
}

/// The resources of O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// What it speaks of.
    pub subject: Subject,
    /// What it says.
    pub reading: Reading,
}

/// What a value speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// The fix of the GNSS receiver that an interface has.
    GnssFix {
        /// Alias of the interface.
        alias: String,
    },
    /// A port that recovers its frequency from Synchronous Ethernet.
    SyncePort(SyncePort),
    /// The SSM code (ITU-T G.8264) that is received on such a port.
    SynceQuality(SyncePort),
    /// The enhanced SSM code that is received on such a port.
    SynceExtendedQuality(SyncePort),
    /// Nothing is known; the value beside it is a placeholder.
    Absent(Absence),
}

impl Subject {
    /// The resources that such a clock, receiver or port can have.
    pub(crate) fn resources(&self) -> &'static [Resource] {
        match self {
            Self::Node => &[Resource::SyncState],
            Self::Master { .. } | Self::GnssFix { .. } => {
                &[Resource::LockState, Resource::GnssSyncStatus, Resource::ClockClass]
            }
            Self::OsClock => &[Resource::OsClockSyncState],
            Self::SyncePort(_) | Self::SynceQuality(_) | Self::SynceExtendedQuality(_) => {
                &[Resource::SynceLockState, Resource::SynceClockQuality]
            }
            Self::Absent(_) => &[],
        }
    }

    /// The alias of the interface that it is named by, if it is.
    pub(crate) fn alias(&self) -> Option<&str> {
        match self {
            Self::Master { alias } | Self::GnssFix { alias } => Some(alias),
            Self::Node
            | Self::OsClock
            | Self::SyncePort(_)
            | Self::SynceQuality(_)
            | Self::SynceExtendedQuality(_)
            | Self::Absent(_) => None,
        }
    }

    /// Gives it another alias, if it has one.
    pub(crate) fn rename(&mut self, to: &str) {
        match self {
            Self::Master { alias } | Self::GnssFix { alias } => to.clone_into(alias),
            Self::Node
            | Self::OsClock
            | Self::SyncePort(_)
            | Self::SynceQuality(_)
            | Self::SynceExtendedQuality(_)
            | Self::Absent(_) => {}
        }
    }
}

/// A port of a Synchronous Ethernet device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SyncePort {
    /// The device, as synce4l's configuration names it: `synce1`. Empty when it is not reported.
    pub device: String,
    /// The interface by its own name.
    pub interface: String,
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Absence {
    /// No clock has reported anything yet.
    NothingReported,
    /// Clocks have reported, but nothing for this resource.
    ResourceNotReported,
}

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// A synchronization state.
    State(SyncState),
    /// An offset in nanoseconds; [`Reading::OFFSET_UNKNOWN_NS`] when the process that measures it is down.
    OffsetNs(i64),
    /// A clock class, IEEE 1588-2019 7.6.2.5.
    ClockClass(u8),
    /// State of a GNSS receiver.
    Gnss(GnssState),
    /// The kind of fix, as the receiver numbers it: 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 with dead reckoning,
    /// 5 time only.
    GnssFix(i64),
    /// An SSM code or enhanced SSM code, ITU-T G.8264; 255 when there is none.
    QualityLevel(u8),
}

impl Reading {
    /// The offset that existing consumers know as "unknown".
    pub const OFFSET_UNKNOWN_NS: i64 = -9_999_999_999_999_999;

    /// The offset that existing consumers know of a telecom grandmaster that nothing has measured
    /// (`openshift/linuxptp-daemon pkg/event/event.go`).
    pub const OFFSET_NOT_MEASURED_NS: i64 = 99_999_999_999;

    /// No quality level.
    pub const QUALITY_LEVEL_NONE: u8 = 255;
}

/// State of a GNSS receiver, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.6, as far as the daemon lets one
/// tell them apart: it reports the fix and whether the receiver is in use, neither antenna nor signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GnssState {
    /// In use as a source of time.
    Synchronized,
    /// There is a fix, or something short of one, but it is not in use.
    AcquiringSync,
    /// No fix at all.
    FailureNofix,
    /// Nothing has been reported yet.
    Booting,
    /// The antenna is not connected.
    AntennaDisconnected,
    /// The antenna or its cable is shorted.
    AntennaShortCircuit,
    /// Signals arrive by several paths.
    FailureMultipath,
    /// Signals are too weak.
    FailureLowSnr,
    /// The receiver's own oscillator loop has failed.
    FailurePll,
}

impl GnssState {
    /// All of them, in order of declaration.
    pub const ALL: [Self; 9] = [
        Self::Synchronized,
        Self::AcquiringSync,
        Self::FailureNofix,
        Self::Booting,
        Self::AntennaDisconnected,
        Self::AntennaShortCircuit,
        Self::FailureMultipath,
        Self::FailureLowSnr,
        Self::FailurePll,
    ];
}

/// Synchronization state of a clock, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// For logs: `node`, `ens1fx/master`, `CLOCK_REALTIME`, `synce1/ens7f0/Ql`, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node => f.write_str("node"),
            Self::Master { alias } => write!(f, "{alias}/master"),
            Self::OsClock => f.write_str("CLOCK_REALTIME"),
            Self::GnssFix { alias } => write!(f, "{alias}/master/gpsFix"),
            Self::SyncePort(port) => write!(f, "{port}"),
            Self::SynceQuality(port) => write!(f, "{port}/Ql"),
            Self::SynceExtendedQuality(port) => write!(f, "{port}/extQl"),
            Self::Absent(_) => f.write_str("nothing"),
        }
    }
}

impl fmt::Display for SyncePort {
    /// `synce1/ens7f0`, or `ens7f0` without a device.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.device.is_empty() {
            write!(f, "{}/", self.device)?;
        }
        f.write_str(&self.interface)
    }
}

impl fmt::Display for Reading {
    /// A state by its name, a number in decimal without a unit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "{state}"),
            Self::OffsetNs(offset_ns) => write!(f, "{offset_ns}"),
            Self::ClockClass(class) => write!(f, "{class}"),
            Self::Gnss(state) => write!(f, "{state}"),
            Self::GnssFix(fix) => write!(f, "{fix}"),
            Self::QualityLevel(level) => write!(f, "{level}"),
        }
    }
}

impl fmt::Display for GnssState {
    /// As the API names it: `SYNCHRONIZED`, `FAILURE-NOFIX` and so on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Synchronized => "SYNCHRONIZED",
            Self::AcquiringSync => "ACQUIRING-SYNC",
            Self::FailureNofix => "FAILURE-NOFIX",
            Self::Booting => "BOOTING",
            Self::AntennaDisconnected => "ANTENNA-DISCONNECTED",
            Self::AntennaShortCircuit => "ANTENNA-SHORT-CIRCUIT",
            Self::FailureMultipath => "FAILURE-MULTIPATH",
            Self::FailureLowSnr => "FAILURE-LOW-SNR",
            Self::FailurePll => "FAILURE-PLL",
        })
    }
}

impl fmt::Display for Cause {
    /// For logs: the line or report itself, or what has happened instead of one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line(text) | Self::Report(text) => text,
            Self::HoldoverTimeout => "the holdover timeout has passed",
            Self::HandoverTimeout => "nothing has taken over the system clock in time",
            Self::Configuration => "the configuration of the node has changed",
            Self::Nothing => "nothing",
        })
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
