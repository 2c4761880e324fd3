//! The node: lines go in, changes of published states come out.
//!
//! It keeps one [`Instance`] for each process configuration and folds their clocks into the state of the
//! node. It gives changes no identity and knows nothing of subscribers.

mod lines;

use crate::clock::{ClockState, PtpObservation};
use crate::counters::{Counters, Ignored};
use crate::instance::Instance;
use crate::journal::{Change, Source};
use crate::processes::Processes;
use crate::{
    InstanceConfiguration, Mono, NodeConfiguration, Now, Origin, Profile, Reading, Resource, Subject,
    SyncState, Thresholds, Utc, Value,
};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use ptp_lines::{Body, ConfigName, ConfigProgram, Message, Program};

/// State of the node's clocks and processes.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) aliases: BTreeMap<String, String>,
    pub(crate) profiles: Vec<Profile>,
    /// In the order of the configuration.
    pub(crate) instances: Vec<Instance>,
    pub(crate) processes: Processes,
    pub(crate) counters: Counters,
    /// The worst of all clocks, as last published.
    sync: Option<SyncState>,
    changes: VecDeque<Change>,
}

impl Node {
    /// The oldest change that has not been taken yet.
    pub(crate) fn take_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// When the next holdover ends.
    pub(crate) fn next_deadline(&self) -> Option<Mono> {
        self.instances.iter().filter_map(|instance| instance.ptp.holdover_until()).min()
    }

    /// Ends the holdovers whose time has come.
    pub(crate) fn fire(&mut self, now: Now) {
        for index in 0..self.instances.len() {
            if self.instances[index].ptp.holdover_until().is_some_and(|until| until <= now.mono) {
                self.observe_ptp(now, index, PtpObservation::HoldoverExpired, None);
            }
        }
    }

    /// Replaces the configuration. Instances whose configuration is unchanged keep their state.
    pub(crate) fn configure(&mut self, now: Now, configuration: NodeConfiguration) {
        self.profiles = configuration.profiles;
        let mut earlier = core::mem::take(&mut self.instances);
        for wanted in configuration.instances {
            let thresholds = self.thresholds(&wanted);
            let kept = earlier.iter().position(|instance| instance.configuration == wanted);
            let mut instance = match kept {
                Some(index) => earlier.swap_remove(index),
                None => Instance::new(wanted, thresholds),
            };
            instance.thresholds = thresholds;
            self.instances.push(instance);
        }
        for dropped in earlier {
            self.changes.push_back(Change::Withdrawn(Source::Config(dropped.configuration.config)));
        }
        self.refresh_sync(now.utc);
    }

    /// Takes in a line.
    pub(crate) fn handle_line(&mut self, now: Now, origin: Origin, message: &Message<'_>) {
        let prefix = &message.prefix;
        self.counters.line(prefix.program);
        let index = if let Body::ProcessStatus(status) = message.body {
            let config = self.status_config(prefix);
            let index = self.instance_index(home(config));
            self.note_process(prefix.program, config, status.value, index.is_some());
            index
        } else {
            let index = self.instance_index(home(prefix.tag.config));
            if index.is_none() {
                self.counters.ignored(Ignored::UnknownConfig);
            }
            index
        };
        if let Some(index) = index {
            if origin == Origin::Live && prefix.program == Program::Ptp4l {
                self.instances[index].note_live(prefix.stamp);
            }
            self.handle_instance_line(now, origin, index, message);
        }
    }

    /// The name under which the PTP clock of an instance is published: the alias of its port.
    pub(crate) fn clock_alias(&self, instance: &Instance) -> String {
        let interface = instance.naming_port().map_or("unknown", |port| &port.name);
        self.aliases.get(interface).map_or(interface, String::as_str).to_string()
    }

    fn instance_index(&self, config: ConfigName) -> Option<usize> {
        self.instances
            .iter()
            .position(|instance| instance.configuration.config == config)
            .filter(|index| self.instances[*index].is_complete())
    }

    /// Those of the profile with this whole name; the defaults if there is none.
    fn thresholds(&self, instance: &InstanceConfiguration) -> Thresholds {
        self.profiles
            .iter()
            .find(|profile| profile.name == instance.profile)
            .map(|profile| profile.thresholds)
            .unwrap_or_default()
    }

    fn observe_ptp(&mut self, now: Now, index: usize, observation: PtpObservation, sample_ns: Option<i64>) {
        let instance = &mut self.instances[index];
        let holdover_end = instance.holdover_end(now.mono);
        if !instance.ptp.observe(observation, sample_ns, holdover_end) {
            return;
        }
        let (state, offset_ns) = (instance.ptp.state(), instance.ptp.offset_ns());
        let values = clock_values(&self.master(index), state, offset_ns);
        self.publish_for(now, index, Resource::LockState, values);
        self.refresh_sync(now.utc);
        if self.instances[index].os.follow(state, offset_ns.is_some()) {
            self.publish_os(now, index);
        }
    }

    fn publish_os(&mut self, now: Now, index: usize) {
        let os = &self.instances[index].os;
        let values = clock_values(&Subject::OsClock, os.state(), os.offset_ns());
        self.publish_for(now, index, Resource::OsClockSyncState, values);
        self.refresh_sync(now.utc);
    }

    fn publish_for(&mut self, now: Now, index: usize, resource: Resource, values: Vec<Value>) {
        let source = Source::Config(self.instances[index].configuration.config);
        self.changes.push_back(Change::Published { source, resource, time: now.utc, values });
    }

    fn master(&self, index: usize) -> Subject {
        Subject::Master { alias: self.clock_alias(&self.instances[index]) }
    }

    /// Publishes the state of the node if it has changed: the worst of all clocks of which something is
    /// known, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1.
    fn refresh_sync(&mut self, time: Utc) {
        let worst = self
            .instances
            .iter()
            .flat_map(|instance| [instance.ptp.state(), instance.os.state()])
            .filter_map(ClockState::published)
            .max();
        if worst == self.sync {
            return;
        }
        self.sync = worst;
        self.changes.push_back(match worst {
            Some(state) => Change::Published {
                source: Source::Node,
                resource: Resource::SyncState,
                time,
                values: vec![Value { subject: Subject::Node, reading: Reading::State(state) }],
            },
            None => Change::Withdrawn(Source::Node),
        });
    }
}

/// The configuration under which the lines of a process count: those of ts2phc belong to the ptp4l beside it.
fn home(config: ConfigName) -> ConfigName {
    match config.program {
        ConfigProgram::Ts2phc => ConfigName { program: ConfigProgram::Ptp4l, index: config.index },
        ConfigProgram::Ptp4l | ConfigProgram::Phc2sys | ConfigProgram::Synce4l | ConfigProgram::Chronyd => {
            config
        }
    }
}

fn clock_values(subject: &Subject, state: ClockState, offset_ns: Option<i64>) -> Vec<Value> {
    let state = state.published().expect("only a known state is published");
    [Reading::State(state), Reading::OffsetNs(offset_ns.unwrap_or(Reading::OFFSET_UNKNOWN_NS))]
        .map(|reading| Value { subject: subject.clone(), reading })
        .into()
}
