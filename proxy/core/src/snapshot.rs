//! What a page of metrics needs, as plain data in a stable order.
//!
//! A snapshot is taken from the state; nothing is kept for it alone. It knows neither names nor formats of
//! metrics.

use crate::clock::Figures;
use crate::instance::Instance;
use crate::node::Node;
use crate::{PortRole, Profile, Resource, SyncState};
use alloc::string::{String, ToString};
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
    /// Active subscriptions.
    pub subscriptions_active: usize,
    /// Subscriptions that have ended because their endpoint failed too often.
    pub subscriptions_ended: u64,
    /// Subscriptions of an earlier run for which there was no room: see [`crate::Input::Restore`].
    pub subscriptions_not_adopted: u64,
}

/// The latest measurement of a clock against one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Which process measured: `ptp4l` or `phc2sys`.
    pub process: &'static str,
    /// Against what: `master`, `phc` or `sys`.
    pub from: &'static str,
    /// Alias of the interface, or `CLOCK_REALTIME`.
    pub iface: String,
    /// Latest offset, or the root mean square of a summary, in nanoseconds.
    pub offset_ns: i64,
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
    /// Which process drives it: `ptp4l` or `phc2sys`.
    pub process: &'static str,
    /// Alias of the interface, or `CLOCK_REALTIME`.
    pub iface: String,
    /// The state.
    pub state: SyncState,
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

impl Node {
    /// The part of a snapshot that speaks of the node.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            measurements: self.instances.iter().flat_map(|instance| self.measurements(instance)).collect(),
            clock_states: self.instances.iter().flat_map(|instance| self.clock_states(instance)).collect(),
            profiles: self.profiles.clone(),
            interface_roles: self.instances.iter().flat_map(interface_roles).collect(),
            clock_classes: self.instances.iter().filter_map(clock_class).collect(),
            processes: self.processes.readings(),
            lines: self.counters.lines(),
            ignored: self.counters.ignored_lines(),
            events: self.counters.events(),
            deliveries: DeliveryCounts::default(),
            subscriptions_active: 0,
            subscriptions_ended: 0,
            subscriptions_not_adopted: 0,
        }
    }

    fn measurements(&self, instance: &Instance) -> Vec<Measurement> {
        let ptp = instance
            .ptp
            .figures
            .iter()
            .map(|figures| measurement("ptp4l", "master", self.clock_alias(instance), *figures));
        let os = instance
            .os
            .figures()
            .map(|(from, figures)| measurement("phc2sys", from, OS_CLOCK.to_string(), figures));
        ptp.chain(os).collect()
    }

    fn clock_states(&self, instance: &Instance) -> Vec<ClockStateReading> {
        let ptp = instance.ptp.state().published().map(|state| ClockStateReading {
            process: "ptp4l",
            iface: self.clock_alias(instance),
            state,
        });
        let os = instance.os.state().published().map(|state| ClockStateReading {
            process: "phc2sys",
            iface: OS_CLOCK.to_string(),
            state,
        });
        ptp.into_iter().chain(os).collect()
    }
}

/// The operating system's clock as phc2sys names it.
const OS_CLOCK: &str = "CLOCK_REALTIME";

fn measurement(process: &'static str, from: &'static str, iface: String, figures: Figures) -> Measurement {
    Measurement {
        process,
        from,
        iface,
        offset_ns: figures.offset_ns,
        max_offset_ns: figures.max_offset_ns,
        frequency_adjustment: figures.frequency_adjustment,
        delay_ns: figures.delay_ns,
    }
}

fn interface_roles(instance: &Instance) -> impl Iterator<Item = InterfaceRole> {
    instance.ports.iter().map(|port| InterfaceRole { iface: port.name.clone(), role: port.role })
}

fn clock_class(instance: &Instance) -> Option<ClockClassReading> {
    instance.class.as_ref().map(|announced| ClockClassReading {
        process: announced.program.clone(),
        config: instance.configuration.config,
        class: announced.class,
    })
}
