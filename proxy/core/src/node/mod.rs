//! The node: lines and reports go in, changes of published states come out.
//!
//! It keeps one [`Instance`] for each process configuration and folds their clocks into the state of the
//! node. It gives changes no identity and knows nothing of subscribers.

mod lines;
mod ports;
mod publish;
mod readings;
mod recall;
mod reports;
mod telecom;

use crate::clock::{ClockState, OsClock};
use crate::counters::{Counters, Ignored};
use crate::instance::Instance;
use crate::journal::Change;
use crate::limits::CAUSE_BYTES_MAX;
use crate::names::Names;
use crate::processes::Processes;
use crate::synce::SyncePorts;
use crate::topology::Fact;
use crate::{
    Cause, ClockName, InstanceConfiguration, Mono, NodeConfiguration, Now, Origin, Profile, ProfileKind,
    Source, Subject, SyncState, Thresholds,
};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use ptp_lines::{Body, ConfigName, ConfigProgram, Message, Prefix, Program};
use reports::ReportedStates;

/// State of the node's clocks and processes.
#[derive(Debug, Default)]
pub(crate) struct Node {
    names: Names,
    profiles: Vec<Profile>,
    /// In the order of the configuration.
    instances: Vec<Instance>,
    sync_ports: SyncePorts,
    reported: ReportedStates,
    processes: Processes,
    pub(crate) counters: Counters,
    sync: NodeSync,
    changes: VecDeque<Change>,
    /// Something that is remembered has changed without a change of a published state.
    is_to_remember: bool,
}

/// The worst of all clocks, as last published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum NodeSync {
    /// Nothing is known.
    #[default]
    Unknown,
    /// An earlier run has published this; no clock has said anything yet.
    Recalled(SyncState),
    /// This is published.
    Known(SyncState),
}

/// When and why something happens to the node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub(crate) now: Now,
    pub(crate) why: Why<'a>,
}

/// What makes a state change, as long as nothing has changed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why<'a> {
    Line(&'a [u8]),
    Report(&'a [u8]),
    HoldoverTimeout,
    HandoverTimeout,
    Configuration,
}

impl Node {
    /// The oldest change that has not been taken yet.
    pub(crate) fn take_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// Whether something that is remembered has changed since the last call, published states aside.
    pub(crate) fn take_is_to_remember(&mut self) -> bool {
        core::mem::take(&mut self.is_to_remember)
    }

    /// When the next holdover or handover ends.
    pub(crate) fn next_deadline(&self) -> Option<Mono> {
        self.instances
            .iter()
            .flat_map(|instance| [instance.clocks.ptp4l.holdover_until(), instance.os.handover_until()])
            .flatten()
            .min()
    }

    /// Ends the holdovers and handovers whose time has come.
    pub(crate) fn fire(&mut self, now: Now) {
        let is_due = |deadline: Option<Mono>| deadline.is_some_and(|deadline| deadline <= now.mono);
        for index in 0..self.instances.len() {
            if is_due(self.instances[index].clocks.ptp4l.holdover_until()) {
                self.apply(At { now, why: Why::HoldoverTimeout }, index, Fact::HoldoverExpired);
            }
            if is_due(self.instances[index].os.handover_until()) {
                self.tell_os(At { now, why: Why::HandoverTimeout }, index, OsClock::handover_expired);
            }
        }
    }

    /// Replaces the configuration. Instances whose configuration is unchanged keep their state.
    pub(crate) fn configure(&mut self, now: Now, configuration: NodeConfiguration) {
        self.profiles = configuration.profiles;
        let mut earlier = core::mem::take(&mut self.instances);
        for wanted in configuration.instances {
            let profile = self.profile(&wanted);
            let is_kept = |instance: &Instance| {
                instance.configuration == wanted && instance.profile.kind == profile.kind
            };
            let mut instance = match earlier.iter().position(is_kept) {
                Some(index) => earlier.swap_remove(index),
                None => Instance::new(wanted, profile.clone()),
            };
            instance.profile = profile;
            self.instances.push(instance);
        }
        for dropped in earlier {
            self.changes.push_back(Change::ConfigurationDropped(dropped.configuration.config));
        }
        self.is_to_remember = true;
        self.refresh_sync(At { now, why: Why::Configuration });
    }

    /// Takes the aliases of the interfaces. A port that is no longer in the table keeps its name: a daemon that has just
    /// started does not know all of them yet, and a clock must not move to another address.
    pub(crate) fn rename(&mut self, mut aliases: BTreeMap<String, String>) {
        for (interface, alias) in self.names.aliases() {
            if self.has_port(interface) {
                aliases.entry(interface.clone()).or_insert_with(|| alias.clone());
            }
        }
        self.is_to_remember |= aliases != *self.names.aliases();
        let renamed = self.names.replace(aliases);
        self.changes.extend(renamed.into_iter().map(|(from, to)| Change::Renamed { from, to }));
    }

    /// The names of the interfaces.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The clocks that an address may name: that of the operating system, those of all interfaces that the configuration
    /// or the daemon's table has, and the ports of Synchronous Ethernet that have been seen.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = Subject> {
        let ports = self.instances.iter().flat_map(|instance| &instance.ports).map(|port| &port.name);
        let interfaces = ports.chain(self.names.aliases().keys());
        let masters =
            interfaces.map(|interface| Subject::Master { alias: self.names.alias(interface).to_string() });
        let sync_ports = self.sync_ports.ports().map(|port| Subject::SyncePort(port.clone()));
        core::iter::once(Subject::OsClock).chain(masters).chain(sync_ports)
    }

    /// Takes in a line.
    pub(crate) fn handle_line(&mut self, at: At<'_>, origin: Origin, message: &Message<'_>) {
        let prefix = &message.prefix;
        self.counters.line(prefix.program);
        if let Body::ProcessStatus(status) = &message.body {
            return self.process_status(at, prefix, status.value);
        }
        let Some(index) = self.home_index(prefix.tag.config) else {
            return self.handle_unconfigured(at, prefix.tag.config, &message.body);
        };
        self.handle_body(at, (index, origin), prefix, &message.body);
    }

    fn process_status(&mut self, at: At<'_>, prefix: &Prefix<'_>, status: i64) {
        let config = self.status_config(prefix);
        let index = self.home_index(config);
        self.note_process(prefix.program, config, status, index.is_some());
        // Only 0 means down; being up says nothing of a clock.
        if let Some(index) = index.filter(|_| status == 0) {
            self.process_down(at, index, prefix.program);
        }
    }

    /// A line of a configuration that the node does not have: only synce4l needs none.
    fn handle_unconfigured(&mut self, at: At<'_>, config: ConfigName, body: &Body<'_>) {
        if let Body::SynceState(line) = body {
            self.synce_state(at, config, line);
        } else if let Body::SynceQuality(line) = body {
            self.synce_quality(at, config, line);
        } else {
            self.counters.ignored(Ignored::UnknownConfig);
        }
    }

    /// The configuration under which lines with this tag count: those of ts2phc belong to the ptp4l beside it,
    /// those of chronyd to the ptp4l of the same profile, if there is one.
    fn home_index(&self, config: ConfigName) -> Option<usize> {
        match config.program {
            ConfigProgram::Ts2phc => {
                self.instance_index(ConfigName { program: ConfigProgram::Ptp4l, index: config.index })
            }
            ConfigProgram::Chronyd => {
                let own = self.instance_index(config)?;
                let is_beside = |instance: &Instance| {
                    instance.configuration.config.program == ConfigProgram::Ptp4l
                        && instance.configuration.profile == self.instances[own].configuration.profile
                        && instance.is_complete()
                };
                Some(self.instances.iter().position(is_beside).unwrap_or(own))
            }
            ConfigProgram::Ptp4l | ConfigProgram::Phc2sys | ConfigProgram::Synce4l => {
                self.instance_index(config)
            }
        }
    }

    fn instance_index(&self, config: ConfigName) -> Option<usize> {
        self.instances
            .iter()
            .position(|instance| instance.configuration.config == config)
            .filter(|index| self.instances[*index].is_complete())
    }

    /// The configuration that a status speaks of. The daemon tags the status of phc2sys with `ptp4l.N.config`
    /// when live and with `phc2sys.N.config` when it replays it; only the phc2sys of an HA profile has lines
    /// under that name, and is known by them if its profile is not.
    fn status_config(&self, prefix: &Prefix<'_>) -> ConfigName {
        let tagged = prefix.tag.config;
        if prefix.program != Program::Phc2sys || tagged.program != ConfigProgram::Phc2sys {
            return tagged;
        }
        let beside = ConfigName { program: ConfigProgram::Ptp4l, index: tagged.index };
        let is_own = self.instance_index(tagged).is_some_and(|index| {
            let instance = &self.instances[index];
            matches!(instance.profile.kind, ProfileKind::HighAvailability { .. })
                || instance.os.state() != ClockState::Unknown
        });
        if !is_own && self.instance_index(beside).is_some() { beside } else { tagged }
    }

    fn note_process(&mut self, program: Program<'_>, config: ConfigName, status: i64, is_configured: bool) {
        let known = is_configured && !matches!(program, Program::Other(_));
        match self.processes.note(program.name(), config, status, known) {
            Ok(has_changed) => self.is_to_remember |= has_changed,
            Err(_) => self.counters.ignored(Ignored::ProcessTableFull),
        }
    }

    /// The profile with this whole name; one with the defaults if there is none.
    fn profile(&self, instance: &InstanceConfiguration) -> Profile {
        let named = self.profiles.iter().find(|profile| profile.name == instance.profile);
        named.cloned().unwrap_or_else(|| Profile {
            name: instance.profile.clone(),
            thresholds: Thresholds::default(),
            kind: ProfileKind::default(),
            has_chronyd: false,
        })
    }

    /// The name of an interface as consumers know it: its alias, else its own.
    fn alias<'a>(&'a self, interface: &'a str) -> &'a str {
        self.names.alias(interface)
    }

    /// The interface that names a clock of an instance.
    fn naming_interface<'a>(&'a self, instance: &'a Instance, clock: &'a ClockName) -> &'a str {
        use crate::topology::Topology;
        match (clock, &instance.clocks.topology) {
            (ClockName::Interface(name), _) => name,
            (_, Topology::Grandmaster(status) | Topology::BoundaryClock(Some(status))) => status.interface(),
            (ClockName::Ptp4l | ClockName::Grandmaster | ClockName::BoundaryClock | ClockName::Os, _) => {
                instance.naming_port().map_or("unknown", |port| &port.name)
            }
        }
    }

    /// Whether the node has an interface of this name.
    fn has_interface(&self, name: &str) -> bool {
        self.names.contains(name) || self.has_port(name)
    }

    fn has_port(&self, name: &str) -> bool {
        self.instances.iter().any(|instance| instance.ports.iter().any(|port| port.name == name))
    }

    fn source(&self, index: usize, clock: ClockName) -> Source {
        Source::Clock { config: self.instances[index].configuration.config, clock }
    }
}

impl Why<'_> {
    /// The cause as it is kept.
    pub(crate) fn to_cause(self) -> Cause {
        match self {
            Self::Line(text) => Cause::Line(kept(text)),
            Self::Report(text) => Cause::Report(kept(text)),
            Self::HoldoverTimeout => Cause::HoldoverTimeout,
            Self::HandoverTimeout => Cause::HandoverTimeout,
            Self::Configuration => Cause::Configuration,
        }
    }
}

fn kept(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(CAUSE_BYTES_MAX)]).into_owned()
}
