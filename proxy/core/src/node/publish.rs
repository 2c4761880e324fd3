//! From states to changes: what differs from what was last published is published, and nothing else.

use super::{At, Node, NodeSync};
use crate::clock::ClockState;
use crate::journal::Change;
use crate::topology::{self, Fact, MainClock};
use crate::{ClockName, Reading, Resource, Source, Subject, SyncState, Value};
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

impl Node {
    /// Tells the clocks of an instance a fact, and publishes what it changes.
    pub(super) fn apply(&mut self, at: At<'_>, index: usize, fact: Fact<'_>) {
        let instance = &mut self.instances[index];
        if instance.clocks.apply(fact, &instance.profile.thresholds, at.now.mono) {
            self.publish_lock_states(at, index);
        }
    }

    /// Publishes those clocks that stand for an instance whose state has changed; those that no longer stand for
    /// it are withdrawn.
    fn publish_lock_states(&mut self, at: At<'_>, index: usize) {
        let clocks = self.instances[index].clocks.main();
        let earlier = core::mem::take(&mut self.instances[index].published);
        for (name, _) in earlier.iter().filter(|(name, _)| clocks.iter().all(|clock| clock.name != *name)) {
            let source = self.source(index, name.clone());
            self.changes.push_back(Change::Withdrawn(source));
        }
        for clock in &clocks {
            if !earlier.contains(&(clock.name.clone(), shown(clock))) {
                let subject = self.master(index, &clock.name);
                let source = self.source(index, clock.name.clone());
                let values = clock_values(&subject, shown(clock), clock.offset_ns);
                self.publish(at, source, Resource::LockState, values);
            }
        }
        let instance = &mut self.instances[index];
        instance.published = clocks.iter().map(|clock| (clock.name.clone(), shown(clock))).collect();
        let lock_state = topology::worst(clocks.iter().map(|clock| clock.state));
        let is_measured = clocks.iter().all(|clock| clock.is_measured);
        instance.lock_state = lock_state;
        let behind_os = topology::behind_os(&instance.clocks, lock_state);
        let has_changed = core::mem::replace(&mut instance.behind_os, behind_os) != behind_os;
        self.refresh_sync(at);
        if has_changed {
            self.follow(at, is_measured);
        }
    }

    /// The clocks of the operating system follow a PTP clock that has changed.
    fn follow(&mut self, at: At<'_>, is_measured: bool) {
        for index in 0..self.instances.len() {
            let bound = topology::os_bound(&self.instances, index);
            if self.instances[index].os.follow(bound, is_measured) {
                self.publish_os(at, index);
            }
        }
    }

    pub(super) fn publish_os(&mut self, at: At<'_>, index: usize) {
        let os = &self.instances[index].os;
        let Some(state) = os.state().published() else { return };
        let offset_ns = os.offset_ns().unwrap_or(Reading::OFFSET_UNKNOWN_NS);
        let values = clock_values(&Subject::OsClock, state, offset_ns);
        let source = self.source(index, ClockName::Os);
        self.publish(at, source, Resource::OsClockSyncState, values);
        self.refresh_sync(at);
    }

    pub(super) fn publish(&mut self, at: At<'_>, source: Source, resource: Resource, values: Vec<Value>) {
        let (time, cause) = (at.now.utc, at.why.to_cause());
        self.changes.push_back(Change::Published { source, resource, time, values, cause });
    }

    /// A clock of an instance, as consumers know it.
    pub(super) fn master(&self, index: usize, clock: &ClockName) -> Subject {
        let interface = self.naming_interface(&self.instances[index], clock);
        Subject::Master { alias: self.alias(interface).to_string() }
    }

    /// Publishes the state of the node if it has changed: the worst of all clocks of which something is
    /// known, O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.3.1.
    pub(super) fn refresh_sync(&mut self, at: At<'_>) {
        let of_lines = self
            .instances
            .iter()
            .flat_map(|instance| [instance.lock_state, instance.os.state()])
            .filter_map(ClockState::published);
        let worst = of_lines.chain(self.reported.states()).max();
        let next = match (worst, self.sync) {
            (Some(state), _) => NodeSync::Known(state),
            (None, NodeSync::Recalled(state)) => NodeSync::Recalled(state),
            (None, NodeSync::Unknown | NodeSync::Known(_)) => NodeSync::Unknown,
        };
        let earlier = core::mem::replace(&mut self.sync, next);
        match (earlier, next) {
            (NodeSync::Recalled(before) | NodeSync::Known(before), NodeSync::Known(state))
                if before == state => {}
            (_, NodeSync::Known(state)) => {
                let values = vec![Value { subject: Subject::Node, reading: Reading::State(state) }];
                self.publish(at, Source::Node, Resource::SyncState, values);
            }
            (NodeSync::Known(_), NodeSync::Unknown) => {
                self.changes.push_back(Change::Withdrawn(Source::Node));
            }
            (_, NodeSync::Unknown | NodeSync::Recalled(_)) => {}
        }
    }
}

fn shown(clock: &MainClock) -> SyncState {
    clock.state.published().expect("a clock of which nothing is known stands for nothing")
}

fn clock_values(subject: &Subject, state: SyncState, offset_ns: i64) -> Vec<Value> {
    [Reading::State(state), Reading::OffsetNs(offset_ns)]
        .map(|reading| Value { subject: subject.clone(), reading })
        .into()
}
