//! The daemon's connections to the event socket.

use super::pipe::{Dialed, Pipe, Proxy};
use super::{Daemon, DaemonInput, Gate, Reach};
use crate::queue::Event;
use crate::time::NS_PER_S;
use crate::{ClockRole, Connection, ProcessId, ProcessProgram, SimTime};
use ptp_lines::{Body, Command, ProcessStatus, StatusSeparator};

/// A process waits for the live gate no longer than this.
const GATE_WAIT_NS: u64 = 60 * NS_PER_S;

impl Daemon {
    /// The proxy does something else with its socket.
    pub(crate) fn set_proxy(&mut self, proxy: Proxy, reach: &mut Reach<'_>) {
        self.proxy = proxy;
        for pipe in self.pipes.values_mut() {
            match proxy {
                Proxy::Reads => pipe.read_by(reach.now, proxy, reach.outbox),
                Proxy::Blocked => {}
                Proxy::Gone => pipe.lose_proxy(),
            }
        }
    }

    pub(super) fn dial(&mut self, connection: Connection, reach: &mut Reach<'_>) {
        let pipe = self.pipes.entry(connection).or_insert_with(|| Pipe::new(connection));
        match pipe.dial(reach.now, self.proxy, reach.outbox) {
            Dialed::Connected => self.connected(connection, reach),
            Dialed::AgainAt(at) => {
                reach.queue.plan(at, Event::Daemon(DaemonInput::Dial { connection }));
            }
        }
    }

    /// The connection for its own lines is as old as the daemon: what the proxy asked then is long answered.
    pub(super) fn dial_event_handler(&mut self, reach: &mut Reach<'_>) {
        let connection = Connection::EventHandler;
        if self.pipes.contains_key(&connection) {
            return;
        }
        if self.proxy == Proxy::Gone {
            return self.dial(connection, reach);
        }
        let mut pipe = Pipe::new(connection);
        let _ = pipe.dial(reach.now, self.proxy, reach.outbox);
        self.pipes.insert(connection, pipe);
    }

    pub(super) fn dial_again(&mut self, connection: Connection, reach: &mut Reach<'_>) {
        if self.pipes.get(&connection).is_some_and(Pipe::dials) {
            self.dial(connection, reach);
        }
    }

    fn connected(&mut self, connection: Connection, reach: &mut Reach<'_>) {
        if let Some(after_ns) = self.setup.daemon.logs_asked_after_ns {
            reach.queue.plan(reach.now.after_ns(after_ns), Event::Daemon(DaemonInput::LogsAsked));
        }
        match self.gate {
            Gate::Open => self.pass_gate(connection, reach),
            Gate::Closed => {
                let at = reach.now.after_ns(GATE_WAIT_NS);
                reach.queue.plan(at, Event::Daemon(DaemonInput::GateWaitedFor { connection }));
            }
        }
    }

    /// The gate is open, or was waited for in vain.
    pub(super) fn pass_gate(&mut self, connection: Connection, reach: &mut Reach<'_>) {
        let Some(pipe) = self.pipes.get_mut(&connection).filter(|pipe| pipe.is_gated()) else { return };
        let Connection::Process(process) = connection else { return };
        pipe.go_live();
        self.write(connection, Command::LiveStart.to_string(), reach);
        self.status(process, 1, reach);
        for program in self.children(process) {
            self.status(ProcessId { program: *program, ..process }, 1, reach);
        }
    }

    pub(super) fn open_gate(&mut self, reach: &mut Reach<'_>) {
        self.gate = Gate::Open;
        let all: Vec<Connection> = self.pipes.keys().copied().collect();
        for connection in all {
            self.pass_gate(connection, reach);
        }
    }

    /// Writes a line to a connection.
    pub(super) fn write(&mut self, connection: Connection, text: String, reach: &mut Reach<'_>) {
        let Some(pipe) = self.pipes.get_mut(&connection) else { return };
        if pipe.write(reach.now, text, self.proxy, reach.outbox) {
            self.dial(connection, reach);
        }
    }

    pub(super) fn close(&mut self, connection: Connection, reach: &mut Reach<'_>) {
        if let Some(pipe) = self.pipes.get_mut(&connection) {
            pipe.close(reach.now, reach.outbox);
        }
    }

    /// `CMD RESTART`, on a connection of its own. Nobody tries twice.
    pub(super) fn command_restart(&mut self, reach: &mut Reach<'_>) {
        if self.proxy == Proxy::Reads {
            reach.outbox.opened(reach.now, Connection::Control);
            reach.outbox.command(reach.now, Connection::Control, Command::Restart);
            reach.outbox.closed(reach.now, Connection::Control);
        }
    }

    /// The status of a process, on the connection of it or its parent.
    pub(super) fn status(&mut self, process: ProcessId, value: u8, reach: &mut Reach<'_>) {
        let body =
            Body::ProcessStatus(ProcessStatus { value: value.into(), separator: StatusSeparator::Colon });
        let tag = reach.printer.tag(process);
        let text = reach.outbox.daemon_line(reach.now, process.program.program(), tag, body);
        let connection = ProcessId { program: process.program.parent(), ..process };
        self.write(Connection::Process(connection), text, reach);
    }

    /// The children that run beside a process.
    pub(super) fn children(&self, process: ProcessId) -> &'static [ProcessProgram] {
        let Some(profile) = self.setup.profiles.get(process.profile) else { return &[] };
        match (process.program, profile.role) {
            (ProcessProgram::Ts2phc, ClockRole::TelecomGrandmaster) => {
                &[ProcessProgram::Gpsd, ProcessProgram::Gpspipe]
            }
            (ProcessProgram::Ptp4l, ClockRole::OrdinaryClock | ClockRole::BoundaryClock) => {
                &[ProcessProgram::Pmc]
            }
            // Of the profiles of a telecom boundary clock the one that is controlled by the other has none.
            (ProcessProgram::Ptp4l, ClockRole::TelecomBoundaryClock) if profile.ts2phc.is_some() => {
                &[ProcessProgram::Pmc]
            }
            (
                ProcessProgram::Chronyd
                | ProcessProgram::Gpsd
                | ProcessProgram::Gpspipe
                | ProcessProgram::Ts2phc
                | ProcessProgram::Synce4l
                | ProcessProgram::Pmc
                | ProcessProgram::Ptp4l
                | ProcessProgram::Phc2sys,
                _,
            ) => &[],
        }
    }

    /// Whether everything that was started runs and has said something.
    pub(super) fn is_ready(&self) -> bool {
        self.progress == super::Progress::Applied
            && self
                .wanted
                .iter()
                .all(|process| self.running.contains(process) && self.reported.contains(process))
    }

    /// When the next whole second of UNIX time begins.
    pub(super) fn next_second(now: SimTime) -> SimTime {
        SimTime::from_ns((now.ns / NS_PER_S + 1) * NS_PER_S)
    }
}
