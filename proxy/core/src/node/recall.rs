//! What an earlier run knew: what the clocks need to go on, and how they take it up.

use super::{At, Node, NodeSync};
use crate::clock::{ClockState, OsClock, ReportedClock, ServoClock};
use crate::instance::AnnouncedClass;
use crate::interface::Receiver;
use crate::synce::Quality;
use crate::topology::{self, Topology};
use crate::{
    ClockName, Detail, Event, GnssState, Memory, Mono, Now, Reading, RememberedConfiguration,
    RememberedNodeReport, RememberedOs, RememberedProcess, RememberedRole, RememberedState, Reported,
    Resource, Source, Steering, SyncState, Utc,
};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use ptp_lines::ConfigName;

impl Node {
    /// What a clock needs, beside its latest event, to go on.
    pub(crate) fn detail(&self, now: Now, source: &Source, resource: Resource) -> Detail {
        let instance = |config: &ConfigName| {
            self.instances.iter().find(|instance| instance.configuration.config == *config)
        };
        let name = |interface: &str| interface.to_string();
        match source {
            Source::Clock { config, clock } => {
                let Some(instance) = instance(config) else { return Detail::None };
                match clock {
                    ClockName::Ptp4l => Detail::Port {
                        interface: instance.naming_port().map_or_else(String::new, |port| name(&port.name)),
                        holdover_ends: instance.clocks.ptp4l.holdover_until().map(|until| to_utc(now, until)),
                    },
                    ClockName::Grandmaster | ClockName::BoundaryClock => Detail::Reported {
                        interface: name(self.naming_interface(instance, clock)),
                        void_until_s: instance.clocks.reported().and_then(ReportedClock::void_until_s),
                    },
                    ClockName::Os => {
                        let handover_ends = instance.os.handover_until().map(|until| to_utc(now, until));
                        Detail::Os(instance.os.remembered(handover_ends))
                    }
                    ClockName::Interface(_) => Detail::None,
                }
            }
            Source::Announced { config } => match instance(config)
                .and_then(|instance| instance.class.as_ref())
            {
                Some(class) => Detail::Class { program: class.program.clone(), clock: class.clock.clone() },
                None => Detail::None,
            },
            Source::SyncePort { config, port } if resource == Resource::SynceClockQuality => {
                let reading = self.sync_ports.qualities();
                let quality = reading.iter().find(|one| one.config == *config && one.port == *port);
                Detail::Quality { network_option: quality.map_or(0, |quality| quality.network_option) }
            }
            Source::Node | Source::Receiver { .. } | Source::SyncePort { .. } | Source::Report { .. } => {
                Detail::None
            }
        }
    }

    pub(crate) fn roles(&self) -> Vec<RememberedRole> {
        let ports = self.instances.iter().flat_map(|instance| {
            let config = instance.configuration.config;
            instance.ports.iter().map(move |port| (config, port))
        });
        ports
            .map(|(config, port)| RememberedRole {
                config,
                interface: port.name.clone(),
                role: port.role,
                live_ms: port.live_ms,
            })
            .collect()
    }

    pub(crate) fn node_reports(&self) -> Vec<RememberedNodeReport> {
        let reports = self.reported.of_the_node();
        let remembered = |(profile, interface, state): (&str, &str, SyncState)| RememberedNodeReport {
            profile: profile.to_string(),
            interface: interface.to_string(),
            state,
        };
        reports.map(remembered).collect()
    }

    pub(crate) fn remembered_processes(&self) -> Vec<RememberedProcess> {
        self.processes.remembered()
    }

    pub(crate) fn configurations(&self) -> Vec<RememberedConfiguration> {
        let instances = self.instances.iter();
        instances
            .map(|instance| RememberedConfiguration {
                config: instance.configuration.config,
                profile: instance.configuration.profile.clone(),
                kind: instance.profile.kind.clone(),
                ports: instance.configuration.ports.clone(),
            })
            .collect()
    }

    /// Those of the remembered configurations that the node still has as they were.
    pub(crate) fn unchanged(&self, remembered: &[RememberedConfiguration]) -> BTreeSet<ConfigName> {
        let current = self.configurations();
        remembered.iter().filter(|one| current.contains(one)).map(|one| one.config).collect()
    }

    /// Takes up what is known of ports, names, processes and the node, before the clocks.
    pub(crate) fn recall_rest(&mut self, memory: &Memory, unchanged: &BTreeSet<ConfigName>) {
        for (interface, alias) in &memory.aliases {
            if self.has_port(interface) {
                self.names.recall(interface, alias);
            }
        }
        for former in &memory.former_aliases {
            self.names.keep_former(former.clone());
        }
        for role in memory.roles.iter().filter(|role| unchanged.contains(&role.config)) {
            let ports = self
                .instances
                .iter_mut()
                .filter(|instance| instance.configuration.config == role.config)
                .flat_map(|instance| &mut instance.ports);
            for port in ports.filter(|port| port.name == role.interface) {
                (port.role, port.live_ms) = (role.role, role.live_ms);
            }
        }
        for process in &memory.processes {
            self.processes.recall(process);
        }
        for report in &memory.node_reports {
            self.reported.recall(&report.profile, &report.interface, Reported::SyncState(report.state));
        }
        if let Some(state) = memory.sync_state {
            self.sync = NodeSync::Recalled(state);
        }
    }

    /// Takes up the state of one source; returns whether the node still has it.
    pub(crate) fn recall(&mut self, now: Now, remembered: &RememberedState) -> bool {
        let RememberedState { source, event, detail, .. } = remembered;
        match source {
            Source::Node => match state_of(event) {
                Some(state) => {
                    self.sync = NodeSync::Recalled(state);
                    true
                }
                None => false,
            },
            Source::Clock { config, clock } => self
                .instance_index(*config)
                .is_some_and(|index| self.recall_clock(now, index, clock, remembered)),
            Source::Announced { config } => self.recall_class(*config, event, detail),
            Source::Receiver { config, interface } => self.recall_receiver(*config, interface, event),
            Source::SyncePort { config, port } => self.recall_sync_port(*config, port, remembered),
            Source::Report { profile, interface } => match reported(event) {
                Some(said) => {
                    self.reported.recall(profile, interface, said);
                    true
                }
                None => false,
            },
        }
    }

    /// All sources are taken up: derives what follows from them, and publishes what no longer holds. When there were
    /// clocks, the state of the node is theirs; when nothing but itself was remembered it stays until a clock speaks.
    pub(crate) fn recalled(&mut self, at: At<'_>, had_clocks: bool) {
        if let NodeSync::Recalled(state) = self.sync
            && had_clocks
        {
            self.sync = NodeSync::Known(state);
        }
        for instance in &mut self.instances {
            let clocks = instance.clocks.main();
            instance.lock_state = topology::worst(clocks.iter().map(|clock| clock.state));
            instance.behind_os = topology::behind_os(&instance.clocks, instance.lock_state);
            instance.published =
                clocks.into_iter().filter_map(|clock| Some((clock.name, clock.state.published()?))).collect();
        }
        self.refresh_sync(at);
    }

    fn recall_clock(&mut self, now: Now, index: usize, clock: &ClockName, from: &RememberedState) -> bool {
        let Some(state) = state_of(&from.event).map(ClockState::from) else { return false };
        let offset_ns = offset_of(&from.event);
        let is_known = match (clock, &from.detail) {
            (ClockName::Interface(name), _) => self.has_interface(name),
            (ClockName::Grandmaster, Detail::Reported { interface, .. }) => self.has_interface(interface),
            (ClockName::Ptp4l | ClockName::Grandmaster | ClockName::BoundaryClock | ClockName::Os, _) => true,
        };
        let instance = &mut self.instances[index];
        let is_direct = matches!(instance.clocks.topology, Topology::Direct);
        // Civil time may have been stepped since; at its beginning it has not been set yet and says nothing.
        let latest_end = match now.utc.unix_ns {
            0 => Mono { ns: u64::MAX },
            _ => topology::holdover_end(&instance.profile.thresholds, now.mono),
        };
        match (clock, &from.detail) {
            (ClockName::Ptp4l, Detail::Port { interface, holdover_ends }) if is_direct => {
                let until = holdover_ends.map(|ends| to_mono(now, ends).min(latest_end));
                instance.clocks.ptp4l = ServoClock::recalled(state, offset_ns, until);
                instance.followed_port = instance.ports.iter().position(|port| port.name == *interface);
                true
            }
            (ClockName::Interface(name), _) if is_direct => {
                let entry = instance.clocks.interfaces.entry(name, || is_known);
                entry.is_ok_and(|entry| {
                    entry.recall(state, offset_ns, None);
                    true
                })
            }
            (ClockName::Grandmaster, Detail::Reported { interface, void_until_s }) if is_direct => {
                let offset_ns = offset_ns.filter(|ns| *ns != Reading::OFFSET_NOT_MEASURED_NS);
                let status = ReportedClock::new(interface, state, offset_ns).recalled(*void_until_s);
                instance.clocks.topology = Topology::Grandmaster(status);
                // It carries what is measured on its interface; until that is measured again, this is the best known.
                if let Ok(entry) = instance.clocks.interfaces.entry(interface, || is_known) {
                    entry.recall(ClockState::Unknown, offset_ns, None);
                }
                true
            }
            (ClockName::BoundaryClock, Detail::Reported { interface, void_until_s }) => {
                let status = ReportedClock::new(interface, state, offset_ns).recalled(*void_until_s);
                instance.clocks.topology = Topology::BoundaryClock(Some(status));
                true
            }
            (ClockName::Os, detail) => {
                let unknown = RememberedOs { steered_by: Steering::Phc2sys, ..RememberedOs::default() };
                let os = if let Detail::Os(os) = detail { os } else { &unknown };
                let until = os.handover_ends.map(|ends| to_mono(now, ends).min(latest_end));
                instance.os = OsClock::recalled(state, offset_ns, os, until);
                true
            }
            (
                ClockName::Ptp4l
                | ClockName::Interface(_)
                | ClockName::Grandmaster
                | ClockName::BoundaryClock,
                _,
            ) => false,
        }
    }

    fn recall_class(&mut self, config: ConfigName, event: &Event, detail: &Detail) -> bool {
        let class = class_of(event);
        let (Some(index), Some(class)) = (self.instance_index(config), class) else { return false };
        let (program, clock) = if let Detail::Class { program, clock } = detail {
            (program.clone(), clock.clone())
        } else {
            ("ptp4l".to_string(), ClockName::Ptp4l)
        };
        self.instances[index].class = Some(AnnouncedClass { class, program, clock });
        true
    }

    fn recall_receiver(&mut self, config: ConfigName, interface: &str, event: &Event) -> bool {
        let is_known = self.has_interface(interface);
        let state = receiver_of(event);
        let fix = find(event, |reading| if let Reading::GnssFix(fix) = reading { Some(fix) } else { None });
        let (Some(index), Some(state)) = (self.instance_index(config), state) else { return false };
        let clock_state =
            if state == GnssState::Synchronized { ClockState::Locked } else { ClockState::Freerun };
        let receiver =
            Receiver { fix: fix.unwrap_or(0), offset_ns: offset_of(event).unwrap_or(0), clock_state, state };
        let entry = self.instances[index].clocks.interfaces.entry(interface, || is_known);
        entry.is_ok_and(|entry| {
            entry.receiver = Some(receiver);
            true
        })
    }

    fn recall_sync_port(
        &mut self,
        config: ConfigName,
        port: &crate::SyncePort,
        from: &RememberedState,
    ) -> bool {
        let Ok(entry) = self.sync_ports.entry(config, port) else { return false };
        if from.event.resource == Resource::SynceLockState {
            entry.state = state_of(&from.event).map(ClockState::from);
            return true;
        }
        let Some((ql, extended_ql)) = levels(&from.event) else { return false };
        let network_option =
            if let Detail::Quality { network_option } = from.detail { network_option } else { 0 };
        entry.quality = Some(Quality { network_option, ql, extended_ql });
        true
    }
}

/// The first reading of an event that is of a kind.
fn find<T>(event: &Event, kind: impl Fn(Reading) -> Option<T>) -> Option<T> {
    event.values.iter().find_map(|value| kind(value.reading))
}

fn state_of(event: &Event) -> Option<SyncState> {
    find(event, |reading| if let Reading::State(state) = reading { Some(state) } else { None })
}

fn offset_of(event: &Event) -> Option<i64> {
    find(event, |reading| if let Reading::OffsetNs(offset_ns) = reading { Some(offset_ns) } else { None })
        .filter(|offset_ns| *offset_ns != Reading::OFFSET_UNKNOWN_NS)
}

/// Quality level and extended quality level.
fn levels(event: &Event) -> Option<(u8, Option<u8>)> {
    let mut levels = event.values.iter().filter_map(|value| {
        if let Reading::QualityLevel(level) = value.reading { Some(level) } else { None }
    });
    let ql = levels.next()?;
    Some((ql, levels.next().filter(|level| *level != Reading::QUALITY_LEVEL_NONE)))
}

/// The report that an event was made of.
fn reported(event: &Event) -> Option<Reported> {
    Some(match event.resource {
        Resource::LockState => Reported::PtpState { state: state_of(event)?, offset_ns: offset_of(event) },
        Resource::OsClockSyncState => {
            Reported::OsClockState { state: state_of(event)?, offset_ns: offset_of(event) }
        }
        Resource::SynceLockState => Reported::SynceState(state_of(event)?),
        Resource::SyncState => Reported::SyncState(state_of(event)?),
        Resource::ClockClass => Reported::ClockClass(class_of(event)?),
        Resource::GnssSyncStatus => Reported::GnssState(receiver_of(event)?),
        Resource::SynceClockQuality => {
            let (ql, extended_ql) = levels(event)?;
            Reported::SynceQuality { ql, extended_ql }
        }
    })
}

fn class_of(event: &Event) -> Option<u8> {
    find(event, |reading| if let Reading::ClockClass(class) = reading { Some(class) } else { None })
}

fn receiver_of(event: &Event) -> Option<GnssState> {
    find(event, |reading| if let Reading::Gnss(state) = reading { Some(state) } else { None })
}

fn to_utc(now: Now, until: Mono) -> Utc {
    Utc { unix_ns: now.utc.unix_ns.saturating_add(until.ns.saturating_sub(now.mono.ns)) }
}

fn to_mono(now: Now, until: Utc) -> Mono {
    Mono { ns: now.mono.ns.saturating_add(until.unix_ns.saturating_sub(now.utc.unix_ns)) }
}
