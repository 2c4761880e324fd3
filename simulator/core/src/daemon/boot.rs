//! Starting and stopping: the profiles are applied, and what ends is started again (`applyNodePTPProfiles`).

use super::dpll_watch::DpllWatch;
use super::ha_profile::HaProfiles;
use super::ntp_failover::NtpFailover;
use super::synce::Synce;
use super::telecom::Telecom;
use super::{Daemon, DaemonInput, Gate, Progress, Reach};
use crate::queue::Event;
use crate::time::NS_PER_S;
use crate::{Boot, Connection, ProcessId, ProcessProgram};

/// A child takes this long to start: three seconds before and three after.
const CHILD_NS: u64 = 6 * NS_PER_S;
/// Between the ends of two processes when the profiles are applied anew.
const STOP_NS: u64 = NS_PER_S;
/// A process that has ended is started again after this.
const RESTART_NS: u64 = NS_PER_S;
/// A daemon waits this long before it looks at its profiles.
const DAEMON_START_NS: u64 = 15 * NS_PER_S;
/// In this order; phc2sys waits for an offset.
const START_ORDER: [ProcessProgram; 4] =
    [ProcessProgram::Chronyd, ProcessProgram::Ts2phc, ProcessProgram::Synce4l, ProcessProgram::Ptp4l];

impl Daemon {
    /// Everything that it has learnt.
    pub(super) fn forget(&mut self) {
        let profiles = self.setup.profiles.len();
        self.wanted.clear();
        self.reported.clear();
        self.port_lines.clear();
        self.kept_down.clear();
        self.known_class = vec![None; profiles];
        self.upstream_class = vec![None; profiles];
        self.has_started_phc2sys = vec![false; profiles];
        self.is_watched = vec![false; profiles];
        self.ha_profiles = (0..profiles).map(|profile| HaProfiles::new(&self.setup, profile)).collect();
        self.synce = self.setup.profiles.iter().map(|own| own.synce4l.as_ref().map(Synce::new)).collect();
        self.ntp_failover = (0..profiles).map(|profile| NtpFailover::new(&self.setup, profile)).collect();
        self.telecom = (0..profiles).map(|profile| Telecom::new(&self.setup, profile)).collect();
        let watch =
            |card: &crate::CardSetup| card.dpll.map(|dpll| DpllWatch::new(dpll.holdover, dpll.source));
        self.dplls = self.setup.cards.iter().map(watch).collect();
    }

    pub(super) fn apply(&mut self, reach: &mut Reach<'_>) {
        self.forget();
        let boot = if reach.now == crate::SimTime::START { self.setup.daemon.boot } else { Boot::Cold };
        self.progress = Progress::Applying(boot);
        self.gate = match boot {
            Boot::Done => Gate::Open,
            Boot::Cold => Gate::Closed,
        };
        if boot == Boot::Done {
            self.command_restart(reach);
        }
        self.dial_event_handler(reach);
        let mut at = reach.now;
        for process in self.in_start_order() {
            self.wanted.insert(process);
            if process.program == ProcessProgram::Ts2phc {
                // The first child is up after half of its time.
                let watched_at = at.after_ns(if boot == Boot::Done { 0 } else { CHILD_NS / 2 });
                let input = DaemonInput::Watch { profile: process.profile, round: self.round };
                reach.queue.plan(watched_at, Event::Daemon(input));
            }
            if boot == Boot::Cold {
                at = at.after_ns(CHILD_NS * self.children_to_start(process));
            }
            let modelled = self.setup.model.starts.get(&process).map(|start| at.max(*start));
            reach.queue.plan(modelled.unwrap_or(at), Event::Start { process });
        }
        self.start_modelled_phc2sys(reach);
        reach.queue.plan(at, Event::Daemon(DaemonInput::Applied { round: self.round }));
    }

    /// A model may have its phc2sys start at an instant, whatever ptp4l says.
    fn start_modelled_phc2sys(&mut self, reach: &mut Reach<'_>) {
        for (process, start) in &self.setup.model.starts {
            if process.program == ProcessProgram::Phc2sys && process.profile < self.has_started_phc2sys.len()
            {
                self.has_started_phc2sys[process.profile] = true;
                self.wanted.insert(*process);
                reach.queue.plan(reach.now.max(*start), Event::Start { process: *process });
            }
        }
    }

    pub(super) fn applied(&mut self, reach: &mut Reach<'_>) {
        if self.progress == Progress::Applying(Boot::Cold) {
            self.command_restart(reach);
        }
        self.progress = Progress::Applied;
    }

    /// Profiles without phc2sys come first, as their numbers say.
    fn in_start_order(&self) -> Vec<ProcessId> {
        let mut profiles: Vec<usize> = (0..self.setup.profiles.len()).collect();
        profiles.sort_by_key(|profile| self.setup.profiles[*profile].config_index);
        let of = |profile: usize| {
            let has = &self.setup.profiles[profile];
            START_ORDER.into_iter().filter(move |program| match program {
                ProcessProgram::Chronyd => has.chronyd.is_some(),
                ProcessProgram::Ts2phc => has.ts2phc.is_some(),
                ProcessProgram::Synce4l => has.synce4l.is_some(),
                ProcessProgram::Ptp4l => has.ptp4l.is_some(),
                ProcessProgram::Gpsd
                | ProcessProgram::Gpspipe
                | ProcessProgram::Pmc
                | ProcessProgram::Phc2sys => false,
            })
        };
        profiles
            .into_iter()
            .flat_map(|profile| of(profile).map(move |program| ProcessId { program, profile }))
            .collect()
    }

    /// Children and DPLLs whose start a process waits for.
    fn children_to_start(&self, process: ProcessId) -> u64 {
        let dplls = match process.program {
            ProcessProgram::Ts2phc => self.dplls.iter().flatten().count(),
            ProcessProgram::Chronyd
            | ProcessProgram::Gpsd
            | ProcessProgram::Gpspipe
            | ProcessProgram::Synce4l
            | ProcessProgram::Pmc
            | ProcessProgram::Ptp4l
            | ProcessProgram::Phc2sys => 0,
        };
        (self.children(process).len() + dplls) as u64
    }

    /// Its profiles have changed: everything is stopped, one after the other, and started.
    pub(crate) fn apply_anew(&mut self, reach: &mut Reach<'_>) {
        self.wanted.clear();
        self.progress = Progress::Waiting;
        self.round += 1;
        let mut running: Vec<ProcessId> = self.running.iter().copied().collect();
        running.sort_by_key(|process| (self.setup.profiles[process.profile].config_index, process.program));
        let mut at = reach.now;
        for process in running {
            reach.queue.plan(at, Event::Stop { process });
            at = at.after_ns(STOP_NS);
        }
        reach.queue.plan(at, Event::Daemon(DaemonInput::Apply { round: self.round }));
    }

    /// Its pod is restarted: all connections end at once, and so do the processes, which nobody is told of.
    pub(crate) fn restart(&mut self, reach: &mut Reach<'_>) {
        let connections: Vec<Connection> = self.pipes.keys().copied().collect();
        for connection in connections {
            self.close(connection, reach);
        }
        self.pipes.clear();
        for process in self.running.iter().copied() {
            reach.queue.plan(reach.now, Event::Stop { process });
        }
        self.forget();
        self.progress = Progress::Waiting;
        self.round += 1;
        let at = reach.now.after_ns(DAEMON_START_NS);
        reach.queue.plan(at, Event::Daemon(DaemonInput::Apply { round: self.round }));
    }

    pub(super) fn watch(&mut self, profile: usize) {
        self.is_watched[profile] = true;
    }

    /// Whether a start that was planned is still due.
    pub(crate) fn starts(&self, process: ProcessId) -> bool {
        self.wanted.contains(&process) && !self.running.contains(&process)
    }

    /// A process has been started.
    pub(crate) fn started(&mut self, process: ProcessId, reach: &mut Reach<'_>) {
        self.running.insert(process);
        self.dial(Connection::Process(process), reach);
    }

    /// A process has ended, as the daemon wanted or not.
    pub(crate) fn ended(&mut self, process: ProcessId, reach: &mut Reach<'_>) {
        self.running.remove(&process);
        self.status(process, 0, reach);
        self.close(Connection::Process(process), reach);
        if process.program == ProcessProgram::Ts2phc {
            self.forget_sources(process.profile);
        }
        if self.wanted.contains(&process) && !self.kept_down.contains(&process) {
            reach.queue.plan(reach.now.after_ns(RESTART_NS), Event::Start { process });
        }
    }
}
