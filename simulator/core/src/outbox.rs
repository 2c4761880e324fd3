//! What the world has let out and nobody has taken yet; and the prefixes of lines.

use crate::time::{NS_PER_MS, NS_PER_S};
use crate::{Connection, Emission, Setup, SimTime, Truth, What};
use ptp_lines::{Body, Command, ConfigName, ConfigProgram, Level, Message, Prefix, Program, Stamp, Tag};
use std::collections::VecDeque;

/// A linuxptp process, which prints on a connection of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Process {
    Ptp4l,
    Phc2sys,
}

impl Process {
    fn program(self) -> Program<'static> {
        match self {
            Self::Ptp4l => Program::Ptp4l,
            Self::Phc2sys => Program::Phc2sys,
        }
    }

    fn connection(self) -> Connection {
        match self {
            Self::Ptp4l => Connection::Ptp4l,
            Self::Phc2sys => Connection::Phc2sys,
        }
    }
}

/// Emissions in order.
#[derive(Debug)]
pub(crate) struct Outbox {
    waiting: VecDeque<Emission>,
    start_unix_s: u64,
    boot_offset_ns: u64,
    tag: Tag,
}

impl Outbox {
    pub(crate) fn new(setup: &Setup) -> Self {
        Self {
            waiting: VecDeque::new(),
            start_unix_s: setup.start_unix_s,
            boot_offset_ns: setup.boot_offset_ns,
            // phc2sys in automatic mode bears the tag of its ptp4l; the daemon has stripped the level.
            tag: Tag {
                config: ConfigName { program: ConfigProgram::Ptp4l, index: setup.node.config_index },
                level: Level::Absent,
            },
        }
    }

    pub(crate) fn take(&mut self) -> Option<Emission> {
        self.waiting.pop_front()
    }

    pub(crate) fn truth(&mut self, at: SimTime, truth: Truth) {
        self.waiting.push_back(Emission { at, what: What::Truth(truth) });
    }

    pub(crate) fn action(&mut self, at: SimTime, description: String) {
        self.waiting.push_back(Emission { at, what: What::Action { description } });
    }

    pub(crate) fn command(&mut self, at: SimTime, connection: Connection, command: Command<'_>) {
        self.line(at, connection, command.to_string());
    }

    /// A line of linuxptp's.
    pub(crate) fn linuxptp(&mut self, at: SimTime, process: Process, body: Body<'_>) {
        let prefix = self.linuxptp_prefix(at, process);
        self.line(at, process.connection(), Message { prefix, body }.to_string());
    }

    /// A line of linuxptp's that the grammar has no form for.
    pub(crate) fn linuxptp_text(&mut self, at: SimTime, process: Process, text: &str) {
        let prefix = self.linuxptp_prefix(at, process);
        self.line(at, process.connection(), format!("{prefix} {text}"));
    }

    /// A line of the daemon's.
    pub(crate) fn daemon(
        &mut self,
        at: SimTime,
        connection: Connection,
        program: Program<'_>,
        body: Body<'_>,
    ) {
        let stamp = Stamp::Unix { s: self.start_unix_s.saturating_add(at.ns / NS_PER_S) };
        let prefix = Prefix { program, stamp, tag: self.tag };
        self.line(at, connection, Message { prefix, body }.to_string());
    }

    fn linuxptp_prefix(&self, at: SimTime, process: Process) -> Prefix<'static> {
        // linuxptp cuts its stamps off, it does not round them (`print.c`).
        let ms = self.boot_offset_ns.saturating_add(at.ns) / NS_PER_MS;
        Prefix { program: process.program(), stamp: Stamp::Monotonic { ms }, tag: self.tag }
    }

    fn line(&mut self, at: SimTime, connection: Connection, text: String) {
        self.waiting.push_back(Emission { at, what: What::Line { connection, text } });
    }
}
