//! The node's files, read again when they have changed.

use super::Driver;
use crate::config::Problem;
use crate::limits::PROBLEMS_LOGGED_MAX;
use crate::node_files::{Fingerprint, Places, Reading};
use proxy_core::{Input, NodeConfiguration};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Interval, MissedTickBehavior};

/// Looks at the files every so often. One look at a time: a file system that hangs makes the next one wait, and nobody
/// else.
#[derive(Debug)]
pub(super) struct FileWatch {
    places: Places,
    ticks: Option<Interval>,
    looks: JoinSet<Option<Fingerprint>>,
    /// Of the files as last read. None if they are to be read again whatever they look like.
    fingerprint: Option<Fingerprint>,
    /// Problems as last logged.
    problems: Vec<Problem>,
    /// Interfaces of the node as last read; none before the first reading.
    interfaces: Option<BTreeSet<String>>,
}

impl FileWatch {
    /// Nothing read and nothing looked at yet. To be made within the runtime.
    pub(super) fn new(places: Places, interval: Option<Duration>) -> Self {
        let ticks = interval.map(|period| {
            let mut ticks = tokio::time::interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The files are read at the start; the first look is one interval later.
            ticks.reset();
            ticks
        });
        Self {
            places,
            ticks,
            looks: JoinSet::new(),
            fingerprint: None,
            problems: Vec::new(),
            interfaces: None,
        }
    }

    /// What the next look finds. May be dropped at any time; a look under way is then waited for the next time.
    pub(super) async fn next(&mut self) -> Result<Option<Fingerprint>, JoinError> {
        loop {
            if let Some(found) = self.looks.join_next().await {
                return found;
            }
            match &mut self.ticks {
                Some(ticks) => ticks.tick().await,
                None => std::future::pending().await,
            };
            let places = self.places.clone();
            self.looks.spawn_blocking(move || places.fingerprint());
        }
    }

    /// Whether these interfaces have one that the node did not have when it was read before.
    fn has_new_interfaces(&mut self, configuration: &NodeConfiguration) -> bool {
        let ports = configuration.instances.iter().flat_map(|instance| &instance.ports);
        let interfaces: BTreeSet<String> = ports.map(|port| port.name.clone()).collect();
        let before = self.interfaces.replace(interfaces);
        before.is_some_and(|before| self.interfaces.as_ref().is_some_and(|now| !now.is_subset(&before)))
    }
}

impl Driver {
    /// Reads the node's files and tells the core.
    pub(super) fn configure(&mut self) {
        let reading = self.read_files();
        self.apply(reading);
    }

    /// Reads the node's files if they look different, and tells the core if they say something else.
    pub(super) fn configure_if_changed(&mut self) {
        let found = self.file_watch.places.fingerprint();
        self.files_looked_at(found);
    }

    /// As [`Self::configure_if_changed`], with what a look has found.
    pub(super) fn files_looked_at(&mut self, found: Option<Fingerprint>) {
        if found == self.file_watch.fingerprint {
            return;
        }
        let reading = self.read_files();
        if reading.is_changed {
            self.apply(reading);
        }
    }

    fn read_files(&mut self) -> Reading {
        // Synchronous on purpose: what follows a CMD RESTART must meet the new configuration. The files are small, few
        // and bounded.
        let fingerprint = self.file_watch.places.fingerprint();
        let reading = self.equipment.node_files.read();
        // A file can be written twice within the resolution of its time, and be half written at the first. So a change
        // is taken at once, and believed only when the next look finds the same.
        let is_settled = !reading.is_partial && !reading.is_changed;
        self.file_watch.fingerprint = fingerprint.filter(|_| is_settled);
        self.counters.configurations += 1;
        self.counters.configuration_problems = reading.problems.len();
        if reading.problems != self.file_watch.problems {
            for problem in reading.problems.iter().take(PROBLEMS_LOGGED_MAX) {
                tracing::warn!(%problem, "a file of the node has a problem");
            }
            let more = reading.problems.len().saturating_sub(PROBLEMS_LOGGED_MAX);
            if more > 0 {
                tracing::warn!(more, "and so have others");
            }
            self.file_watch.problems.clone_from(&reading.problems);
        }
        reading
    }

    fn apply(&mut self, reading: Reading) {
        let Reading { configuration, problems, .. } = reading;
        tracing::info!(
            profiles = configuration.profiles.len(),
            instances = configuration.instances.len(),
            problems = problems.len(),
            "node configuration read"
        );
        let has_new_interfaces = self.file_watch.has_new_interfaces(&configuration);
        self.tell_core(Input::Configure(configuration));
        if has_new_interfaces {
            self.daemon_requests.ask_port_aliases();
        }
    }
}
