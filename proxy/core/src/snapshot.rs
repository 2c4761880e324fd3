//! What a page of metrics needs, as plain data in a stable order.
//!
//! A snapshot is taken from the state; nothing is kept for it alone. It knows neither names nor formats of
//! metrics.

use crate::{PortRole, Profile, Resource, SyncState, SyncePort};
use alloc::string::String;
use alloc::vec::Vec;
use ptp_lines::{ConfigName, Ppb};

/// Everything that is exported, at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Latest measurements, one for each clock and source that has reported.
    pub measurements: Vec<Measurement>,
    /// States of the clocks that have one.
    pub clock_states: Vec<ClockStateReading>,
    /// Profiles of the node with their thresholds, in the order of the file.
    pub profiles: Vec<Profile>,
    /// Roles of all ports.
    pub interface_roles: Vec<InterfaceRole>,
    /// Clock classes, by configuration.
    pub clock_classes: Vec<ClockClassReading>,
    /// Status words of interfaces, by kind.
    pub interface_statuses: Vec<InterfaceStatus>,
    /// Quality levels of Synchronous Ethernet ports.
    pub synce_qualities: Vec<SynceQualityReading>,
    /// Profiles of PTP-HA groups.
    pub ha_profiles: Vec<HaProfileReading>,
    /// Processes that have reported their status.
    pub processes: Vec<ProcessReading>,
    /// Lines seen, by program.
    pub lines: Vec<(&'static str, u64)>,
    /// Lines, or parts of them, that had no effect, by reason.
    pub ignored: Vec<(&'static str, u64)>,
    /// Events published, by resource, for all resources.
    pub events: Vec<(Resource, u64)>,
    /// Attempts to deliver.
    pub deliveries: DeliveryCounts,
    /// What waits for subscribers.
    pub backlog: Backlog,
    /// How often a queue had so many events, the one being sent included, after one was given to it: by their number, from
    /// 0, which does not occur, to [`crate::limits::QUEUED_EVENTS_MAX`].
    pub queue_lengths: Vec<u64>,
    /// Active subscriptions.
    pub subscriptions_active: usize,
    /// Subscriptions that have ended because their endpoint failed too often.
    pub subscriptions_ended: u64,
    /// Subscriptions of an earlier run for which there was no room: see [`crate::Input::Restore`].
    pub subscriptions_not_adopted: u64,
    /// Requests to subscribe that were refused because their endpoint has as many subscriptions as it may.
    pub endpoint_limit_refusals: u64,
}

/// The latest measurement of a clock against one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Who measured: `ptp4l`, `phc2sys`, `ts2phc`, `dpll`, `gnss`, `GM` or `T-BC`.
    pub process: &'static str,
    /// Against what: `master`, `phc`, `sys` or `pps`, or the same as `process`.
    pub from: &'static str,
    /// Alias of the interface, or `CLOCK_REALTIME`.
    pub iface: String,
    /// Latest offset, or the root mean square of a summary, in nanoseconds;
    /// [`crate::Reading::OFFSET_UNKNOWN_NS`] when ts2phc, which measured it, is down.
    pub offset_ns: i64,
    /// What a servo prints beside its offset.
    pub servo: Option<ServoFigures>,
}

/// What a servo prints beside its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServoFigures {
    /// Largest absolute offset since the start, in nanoseconds.
    pub max_offset_ns: u64,
    /// Latest frequency correction, in parts per billion.
    pub frequency_adjustment: Ppb,
    /// Latest delay in nanoseconds; 0 when the line had none.
    pub delay_ns: i64,
}

/// State of one clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockStateReading {
    /// Who says so: `ptp4l`, `phc2sys`, `ts2phc`, `dpll`, `gnss`, `GM`, `T-BC`, `chronyd` or `synce4l`.
    pub process: &'static str,
    /// Alias of the interface, `CLOCK_REALTIME`, or for `synce4l` the interface by its own name.
    pub iface: String,
    /// The state.
    pub state: SyncState,
}

/// A status word of one interface, as it was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceStatus {
    /// What it speaks of.
    pub kind: InterfaceStatusKind,
    /// Alias of the interface.
    pub iface: String,
    /// The number.
    pub value: i64,
}

/// What a status word of an interface speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterfaceStatusKind {
    /// Whether ts2phc hears NMEA sentences: 0 no, 1 yes.
    Nmea,
    /// The fix of the GNSS receiver: 0 none to 5 time only.
    GnssFix,
    /// Frequency lock of the DPLL: -1 unknown, 0 invalid, 1 free-running, 2 locked, 3 locked with holdover acquired,
    /// 4 holdover.
    DpllFrequency,
    /// Phase lock of the DPLL, with the same numbers.
    DpllPhase,
    /// Whether the DPLL has a 1PPS: 0 no, 1 yes.
    Pps,
}

/// Quality that Synchronous Ethernet receives on one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynceQualityReading {
    /// The configuration of synce4l.
    pub config: ConfigName,
    /// The port.
    pub port: SyncePort,
    /// Network option of the device: 1 or 2, ITU-T G.781; 0 when it is not reported.
    pub network_option: i64,
    /// SSM code.
    pub ql: u8,
    /// Enhanced SSM code, if there is one.
    pub extended_ql: Option<u8>,
}

/// Whether phc2sys follows a profile of a PTP-HA group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaProfileReading {
    /// The profile.
    pub profile: String,
    /// Whether it is the one that is followed.
    pub is_active: bool,
}

/// Role of one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceRole {
    /// The interface by its own name.
    pub iface: String,
    /// Its role.
    pub role: PortRole,
}

/// Clock class of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockClassReading {
    /// The program that the line named.
    pub process: String,
    /// The configuration.
    pub config: ConfigName,
    /// The class, IEEE 1588-2019 7.6.2.5.
    pub class: u8,
}

/// Status of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessReading {
    /// The program.
    pub process: String,
    /// The configuration as its lines name it.
    pub config: ConfigName,
    /// Its latest status as printed: 1 up, 0 down.
    pub status: i64,
    /// How often it has started: the first time it was up, and each time it came up after it was down.
    pub starts: u64,
}

/// How attempts to deliver have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Answered with 204.
    pub accepted: u64,
    /// Answered with another status.
    pub answered: u64,
    /// Not answered.
    pub failed: u64,
    /// Events that a full queue has let go.
    pub dropped: u64,
}

/// What waits for subscribers, at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events in all queues, those being sent included. One that several subscribers wait for counts for each.
    pub events_waiting: usize,
    /// Events in the longest queue.
    pub longest_queue: usize,
    /// Attempts to deliver that have not ended.
    pub attempts_under_way: usize,
    /// Subscriptions that pause after a failed attempt.
    pub retries_scheduled: usize,
    /// Initial notifications that have not been answered.
    pub handshakes_pending: usize,
}
