//! What the world has let out and nobody has taken yet; and the lines that linuxptp-daemon writes itself.

use crate::time::NS_PER_S;
use crate::{Action, Connection, Emission, SimTime, Truth, What};
use ptp_lines::{Body, Command, Message, Prefix, Program, Stamp, Tag};
use std::collections::VecDeque;

/// Emissions in order.
#[derive(Debug)]
pub(crate) struct Outbox {
    waiting: VecDeque<Emission>,
    start_unix_s: u64,
}

impl Outbox {
    pub(crate) fn new(start_unix_s: u64) -> Self {
        Self { waiting: VecDeque::new(), start_unix_s }
    }

    pub(crate) fn take(&mut self) -> Option<Emission> {
        self.waiting.pop_front()
    }

    pub(crate) fn truth(&mut self, at: SimTime, truth: Truth) {
        self.waiting.push_back(Emission { at, what: What::Truth(truth) });
    }

    pub(crate) fn action(&mut self, at: SimTime, action: Action) {
        self.waiting.push_back(Emission { at, what: What::Action(action) });
    }

    pub(crate) fn opened(&mut self, at: SimTime, connection: Connection) {
        self.waiting.push_back(Emission { at, what: What::Opened { connection } });
    }

    pub(crate) fn closed(&mut self, at: SimTime, connection: Connection) {
        self.waiting.push_back(Emission { at, what: What::Closed { connection } });
    }

    pub(crate) fn command(&mut self, at: SimTime, connection: Connection, command: Command<'_>) {
        self.line(at, connection, command.to_string());
    }

    /// A line of a connection.
    pub(crate) fn line(&mut self, at: SimTime, connection: Connection, text: String) {
        self.waiting.push_back(Emission { at, what: What::Line { connection, text } });
    }

    /// A line of the daemon's own, as text.
    pub(crate) fn daemon_line(&self, at: SimTime, program: Program<'_>, tag: Tag, body: Body<'_>) -> String {
        let prefix = Prefix { program, stamp: Stamp::Unix { s: self.unix_s(at) }, tag };
        Message { prefix, body }.to_string()
    }

    /// UNIX time.
    pub(crate) fn unix_s(&self, at: SimTime) -> u64 {
        self.start_unix_s.saturating_add(at.ns / NS_PER_S)
    }
}
