//! What linuxptp-daemon knows, and tells a proxy that asks for it (`openshift/linuxptp-daemon pkg/daemon/ready.go`):
//! the last status line of every telecom clock, the last transition of every port, whether every process is up, and
//! the last clock class of every configuration; after each connection to the socket of reports, every report again
//! (`pkg/ipc`).

use crate::run::{Said, message};
use ptp_lines::{Body, ConfigName, ConfigProgram, Message, PortState, PortTransition, Program};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The memory of the daemon.
#[derive(Clone, Default)]
pub(crate) struct Daemon {
    /// Status lines of telecom clocks, as printed.
    statuses: BTreeMap<ConfigName, String>,
    /// Transitions by configuration and port, as ptp4l prints them.
    transitions: BTreeMap<(ConfigName, u16), String>,
    /// Whether a process is up, by its name and the configuration that the daemon has for it.
    processes: BTreeMap<(&'static str, ConfigName), i64>,
    classes: BTreeMap<ConfigName, String>,
    /// The latest report of each kind for each profile and interface, in the order in which they were first made.
    reports: Vec<Rc<Said>>,
}

impl Daemon {
    /// Takes in what the proxy is told; returns whether the next replay differs from the one before.
    pub(crate) fn hears(&mut self, said: &Said) -> bool {
        match said {
            Said::Line(text) => self.hears_line(text, &message(text).expect("a run has messages only")),
            Said::Report { .. } => self.hears_report(said),
        }
    }

    fn hears_line(&mut self, text: &str, line: &Message<'_>) -> bool {
        let config = line.prefix.tag.config;
        let beside = |program| ConfigName { program, index: config.index };
        if let Body::GrandmasterStatus(_) | Body::BoundaryClockStatus(_) = &line.body {
            self.statuses.insert(config, text.to_owned());
        } else if let Body::PortTransition(transition) = &line.body
            && is_in_the_table(transition)
        {
            // The suffix of the tag is stripped from what is forwarded, but not from what is kept.
            let raw = text.replacen(".config]", ".config:5]", 1);
            self.transitions.insert((config, transition.port.number), raw);
        } else if let Body::ProcessStatus(status) = &line.body
            && let Some(name) = main_process(line.prefix.program)
        {
            // A phc2sys goes by its own configuration, whatever its lines are tagged with.
            let config = if name == "phc2sys" { beside(ConfigProgram::Phc2sys) } else { config };
            self.processes.insert((name, config), status.value);
        } else if let Body::ClockClassChange(change) = &line.body {
            self.classes.insert(beside(ConfigProgram::Ptp4l), change.class.to_string());
        } else {
            return false;
        }
        true
    }

    fn hears_report(&mut self, report: &Said) -> bool {
        use std::mem::discriminant;
        let Said::Report { profile, interface, said, text } = report else { return false };
        let is_same = |kept: &Rc<Said>| match &**kept {
            Said::Report { profile: of, interface: on, said: kind, .. } => {
                of == profile && on == interface && discriminant(kind) == discriminant(said)
            }
            Said::Line(_) => false,
        };
        if *said == proxy_core::Reported::Clear {
            self.reports.clear();
            return true;
        }
        let (profile, interface) = (profile.clone(), interface.clone());
        let copy = Rc::new(Said::Report { profile, interface, said: *said, text: text.clone() });
        match self.reports.iter_mut().find(|kept| is_same(kept)) {
            Some(kept) => *kept = copy,
            None => self.reports.push(copy),
        }
        true
    }

    /// What it tells a proxy at this second of UNIX time, in its order.
    pub(crate) fn replay(&self, unix_s: u64) -> Replay {
        let statuses = self.statuses.values().cloned();
        let transitions = self.transitions.values().cloned();
        let processes = self.processes.iter().map(|((process, config), status)| {
            format!("{process}[{unix_s}]:[{config}] PTP_PROCESS_STATUS:{status}")
        });
        let classes = self
            .classes
            .iter()
            .map(|(config, class)| format!("ptp4l[{unix_s}]:[{config}] CLOCK_CLASS_CHANGE {class}"));
        let lines = statuses.chain(transitions).chain(processes).chain(classes).collect();
        Replay { lines, reports: self.reports.clone() }
    }
}

/// What a proxy is told that has just started.
pub(crate) struct Replay {
    pub(crate) lines: Vec<String>,
    pub(crate) reports: Vec<Rc<Said>>,
}

/// Processes that have a connection of their own; the others are not replayed.
fn main_process(program: Program<'_>) -> Option<&'static str> {
    match program {
        Program::Ptp4l => Some("ptp4l"),
        Program::Phc2sys => Some("phc2sys"),
        Program::Ts2phc => Some("ts2phc"),
        Program::Synce4l => Some("synce4l"),
        Program::Chronyd => Some("chronyd"),
        Program::Pmc
        | Program::Gpsd
        | Program::Gpspipe
        | Program::Grandmaster
        | Program::BoundaryClock
        | Program::Dpll
        | Program::Gnss
        | Program::Other(_) => None,
    }
}

/// Whether the daemon recognises a transition (`pkg/daemon/parser/ptp4l_parser.go`): it keeps no other.
fn is_in_the_table(transition: &PortTransition<'_>) -> bool {
    use PortState::{Faulty, GrandMaster, Initializing, Listening, Master, Passive, Slave, Uncalibrated};
    transition.port.number > 0
        && matches!(
            (transition.from, transition.to),
            (_, Faulty)
                | (Uncalibrated | Listening, Slave | Passive | Master)
                | (Master | GrandMaster | Slave, Passive)
                | (Slave, Uncalibrated | Master | GrandMaster | Listening)
                | (Master | Listening, Uncalibrated)
                | (Faulty | Uncalibrated | Initializing, Listening)
        )
}
