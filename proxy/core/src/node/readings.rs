//! The part of a snapshot that speaks of the node.

use super::Node;
use crate::clock::{ClockState, Figures, ServoClock};
use crate::instance::Instance;
use crate::interface::Interface;
use crate::topology::Topology;
use crate::{
    Backlog, ClockClassReading, ClockName, ClockStateReading, DeliveryCounts, HaProfileReading,
    InterfaceRole, InterfaceStatus, InterfaceStatusKind, Measurement, Reading, ServoFigures, Snapshot,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The clock of the operating system as phc2sys names it.
const OS_CLOCK: &str = "CLOCK_REALTIME";

impl Node {
    /// What is to be exported.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let instances = || self.instances.iter();
        Snapshot {
            measurements: instances().flat_map(|instance| self.measurements(instance)).collect(),
            clock_states: worst_of_each(
                instances().flat_map(|instance| self.clock_states(instance)).chain(self.synce_states()),
            ),
            profiles: self.profiles.clone(),
            interface_roles: instances().flat_map(interface_roles).collect(),
            clock_classes: instances().filter_map(clock_class).collect(),
            interface_statuses: self.interface_statuses(),
            synce_qualities: self.sync_ports.qualities(),
            ha_profiles: instances().flat_map(ha_profiles).collect(),
            processes: self.processes.readings(),
            lines: self.counters.lines(),
            ignored: self.counters.ignored_lines(),
            events: self.counters.events(),
            deliveries: DeliveryCounts::default(),
            backlog: Backlog::default(),
            queue_lengths: Vec::new(),
            subscriptions_active: 0,
            subscriptions_ended: 0,
            subscriptions_not_adopted: 0,
            endpoint_limit_refusals: 0,
        }
    }

    fn measurements(&self, instance: &Instance) -> Vec<Measurement> {
        let os = instance.os.figures().map(|(from, figures)| {
            measurement("phc2sys", from, OS_CLOCK.to_string(), (figures.offset_ns, Some(figures)))
        });
        let ptp4l = instance.clocks.ptp4l.figures().map(|figures| {
            let iface = self.named(instance, &ClockName::Ptp4l);
            measurement("ptp4l", "master", iface, (figures.offset_ns, Some(figures)))
        });
        let interfaces = instance.clocks.interfaces.iter().flat_map(|(name, interface)| {
            let alias = self.alias(name);
            [
                ts2phc_figures(&interface.ts2phc)
                    .map(|figures| measurement("ts2phc", "master", alias.to_string(), figures)),
                interface
                    .dpll
                    .and_then(|dpll| dpll.offset_ns)
                    .map(|offset_ns| measurement("dpll", "dpll", alias.to_string(), (offset_ns, None))),
                interface.receiver.map(|receiver| {
                    measurement("gnss", "gnss", alias.to_string(), (receiver.offset_ns, None))
                }),
            ]
            .into_iter()
            .flatten()
        });
        ptp4l.into_iter().chain(os).chain(interfaces).chain(self.status_measurement(instance)).collect()
    }

    /// The offset of a T-GM or T-BC as a whole.
    fn status_measurement(&self, instance: &Instance) -> Option<Measurement> {
        let (process, status, unknown_ns) = match &instance.clocks.topology {
            Topology::Direct | Topology::BoundaryClock(None) => return None,
            Topology::Grandmaster(status) => ("GM", status, Reading::OFFSET_NOT_MEASURED_NS),
            Topology::BoundaryClock(Some(status)) => ("T-BC", status, Reading::OFFSET_UNKNOWN_NS),
        };
        let iface = self.alias(status.interface()).to_string();
        Some(measurement(process, process, iface, (status.reported_ns().unwrap_or(unknown_ns), None)))
    }

    fn clock_states(&self, instance: &Instance) -> Vec<ClockStateReading> {
        let ptp4l = ("ptp4l", self.named(instance, &ClockName::Ptp4l), instance.clocks.ptp4l.state());
        let os = instance.os.states().map(|(process, state)| (process, OS_CLOCK.to_string(), state));
        let interfaces = instance
            .clocks
            .interfaces
            .iter()
            .flat_map(|(name, interface)| self.interface_states(instance, name, interface));
        let status = match &instance.clocks.topology {
            Topology::Direct | Topology::BoundaryClock(None) => None,
            Topology::Grandmaster(status) => Some(("GM", status)),
            Topology::BoundaryClock(Some(status)) => Some(("T-BC", status)),
        };
        let status = status
            .map(|(process, status)| (process, self.alias(status.interface()).to_string(), status.state()));
        core::iter::once(ptp4l)
            .chain(os)
            .chain(interfaces)
            .chain(status)
            .chain(self.ts2phc_of_boundary_clock(instance))
            .filter_map(|(process, iface, state)| {
                Some(ClockStateReading { process, iface, state: state.published()? })
            })
            .collect()
    }

    fn interface_states(
        &self,
        instance: &Instance,
        name: &str,
        interface: &Interface,
    ) -> impl Iterator<Item = (&'static str, String, ClockState)> {
        // The daemon's T-BC status stands for the ts2phc of its own interface.
        let is_covered = match &instance.clocks.topology {
            Topology::BoundaryClock(Some(status)) => status.interface() == name,
            Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(None) => false,
        };
        let ts2phc = if is_covered { ClockState::Unknown } else { interface.ts2phc.state() };
        let dpll = interface.dpll.and_then(|dpll| dpll.state).unwrap_or(ClockState::Unknown);
        let gnss = interface.receiver.map_or(ClockState::Unknown, |receiver| receiver.clock_state);
        let alias = self.alias(name).to_string();
        [("ts2phc", ts2phc), ("dpll", dpll), ("gnss", gnss)]
            .into_iter()
            .map(move |(process, state)| (process, alias.clone(), state))
    }

    /// Existing proxies export the T-BC status a second time, as that of ts2phc.
    fn ts2phc_of_boundary_clock(&self, instance: &Instance) -> Option<(&'static str, String, ClockState)> {
        match &instance.clocks.topology {
            Topology::BoundaryClock(Some(status)) => {
                Some(("ts2phc", self.alias(status.interface()).to_string(), status.state()))
            }
            Topology::Direct | Topology::Grandmaster(_) | Topology::BoundaryClock(None) => None,
        }
    }

    /// The interfaces of Synchronous Ethernet go by their own names.
    fn synce_states(&self) -> impl Iterator<Item = ClockStateReading> {
        self.sync_ports.states().filter_map(|(port, state)| {
            let (iface, state) = (port.interface.clone(), state.published()?);
            Some(ClockStateReading { process: "synce4l", iface, state })
        })
    }

    fn interface_statuses(&self) -> Vec<InterfaceStatus> {
        let mut statuses: Vec<InterfaceStatus> = self
            .instances
            .iter()
            .flat_map(|instance| instance.clocks.interfaces.iter())
            .flat_map(|(name, interface)| {
                let iface = self.alias(name).to_string();
                status_words(interface).filter_map(move |(kind, value)| {
                    Some(InterfaceStatus { kind, iface: iface.clone(), value: value? })
                })
            })
            .collect();
        statuses.sort_by_key(|status| status.kind);
        statuses
    }

    fn named(&self, instance: &Instance, clock: &ClockName) -> String {
        let interface = match clock {
            ClockName::Ptp4l => instance.naming_port().map_or("unknown", |port| &port.name),
            ClockName::Interface(_) | ClockName::Grandmaster | ClockName::BoundaryClock | ClockName::Os => {
                self.naming_interface(instance, clock)
            }
        };
        self.alias(interface).to_string()
    }
}

/// One reading for each clock and process: where several instances speak of one, the worst.
fn worst_of_each(readings: impl Iterator<Item = ClockStateReading>) -> Vec<ClockStateReading> {
    let mut each: Vec<ClockStateReading> = Vec::new();
    for reading in readings {
        match each.iter_mut().find(|one| one.process == reading.process && one.iface == reading.iface) {
            Some(one) => one.state = one.state.max(reading.state),
            None => each.push(reading),
        }
    }
    each
}

fn status_words(interface: &Interface) -> impl Iterator<Item = (InterfaceStatusKind, Option<i64>)> {
    let dpll = interface.dpll.unwrap_or_default();
    [
        (InterfaceStatusKind::Nmea, interface.nmea_status),
        (InterfaceStatusKind::GnssFix, interface.receiver.map(|receiver| receiver.fix)),
        (InterfaceStatusKind::DpllFrequency, dpll.frequency_status),
        (InterfaceStatusKind::DpllPhase, dpll.phase_status),
        (InterfaceStatusKind::Pps, dpll.pps_status),
    ]
    .into_iter()
}

/// The latest figures of ts2phc; when it is down its offset is unknown.
fn ts2phc_figures(clock: &ServoClock) -> Option<(i64, Option<Figures>)> {
    let figures = clock.figures()?;
    let offset_ns = if clock.offset_ns().is_none() { Reading::OFFSET_UNKNOWN_NS } else { figures.offset_ns };
    Some((offset_ns, Some(figures)))
}

fn measurement(
    process: &'static str,
    from: &'static str,
    iface: String,
    (offset_ns, figures): (i64, Option<Figures>),
) -> Measurement {
    let servo = figures.map(|figures| ServoFigures {
        max_offset_ns: figures.max_offset_ns,
        frequency_adjustment: figures.frequency_adjustment,
        delay_ns: figures.delay_ns,
    });
    Measurement { process, from, iface, offset_ns, servo }
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

fn ha_profiles(instance: &Instance) -> impl Iterator<Item = HaProfileReading> {
    instance
        .ha_profiles
        .iter()
        .map(|(profile, is_active)| HaProfileReading { profile: profile.clone(), is_active: *is_active })
}
