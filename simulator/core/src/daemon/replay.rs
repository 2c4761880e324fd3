//! `/emit-logs` (`pkg/daemon/ready.go`): what the daemon tells a proxy that has just connected.

use super::{Daemon, Reach};
use crate::printer::Printed;
use crate::{Connection, ProcessId, ProcessProgram};
use ptp_lines::PortTransition;

impl Daemon {
    /// The proxy asks. A daemon that is not ready opens the gate and says nothing.
    pub(super) fn logs_asked(&mut self, reach: &mut Reach<'_>) {
        if !self.is_ready() {
            self.open_gate(reach);
            return;
        }
        self.replay_states(reach);
        let port_lines: Vec<String> = self.port_lines.values().cloned().collect();
        for line in port_lines {
            self.write(Connection::EventHandler, line, reach);
        }
        self.open_gate(reach);
        self.replay_statuses(reach);
        for profile in 0..self.known_class.len() {
            if let Some(class) = self.known_class[profile] {
                self.tell_class(profile, ProcessProgram::Ptp4l, class, reach);
            }
        }
    }

    /// The daemon keeps the last line about each port, as it was printed: with the level of its tag.
    pub(super) fn keep_port_line(&mut self, profile: usize, transition: &PortTransition<'_>, line: &Printed) {
        const CONFIG: &str = ".config]";
        let raw = line.text.replacen(CONFIG, ".config:5]", 1);
        self.port_lines.insert((profile, transition.port.number), raw);
    }

    fn replay_statuses(&mut self, reach: &mut Reach<'_>) {
        let running: Vec<ProcessId> = self.running.iter().copied().collect();
        for process in running {
            // Here every process bears its own configuration, phc2sys as well.
            let text = self.replayed_status(process, reach);
            self.write(Connection::EventHandler, text, reach);
        }
    }

    fn replayed_status(&self, process: ProcessId, reach: &Reach<'_>) -> String {
        use ptp_lines::{Body, Level, ProcessStatus, StatusSeparator, Tag};
        let index = self.setup.profiles[process.profile].config_index;
        let tag = Tag { config: process.program.config(index, false), level: Level::Absent };
        let body = Body::ProcessStatus(ProcessStatus { value: 1, separator: StatusSeparator::Colon });
        reach.outbox.daemon_line(reach.now, process.program.program(), tag, body)
    }
}
