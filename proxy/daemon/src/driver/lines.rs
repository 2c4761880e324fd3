//! From batches of bytes to inputs of the core. No line is copied, and none is a task of its own.

use super::Driver;
use crate::limits::LINE_BYTES_MAX;
use crate::line_socket::{ConnectionId, Ingest};
use crate::telemetry::is_worth_a_line;
use proxy_core::{Input, Now, Origin};
use ptp_lines::{Command, Line};

/// Where and when the lines of a batch have come.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    connection: ConnectionId,
    /// Control lines change it for the lines behind them.
    origin: Origin,
    /// One reading of the clock for a batch: its lines have arrived together. Control lines move it on.
    now: Now,
}

impl Driver {
    pub(super) fn ingest(&mut self, ingest: Ingest) {
        match ingest {
            Ingest::Opened { connection, answers } => self.opened(connection, answers),
            Ingest::Lines { connection, bytes, overlong } => self.batch(connection, &bytes, overlong),
            Ingest::Closed { connection } => {
                self.connections.remove(&connection);
            }
            Ingest::Rejected => self.rejected(),
            Ingest::AcceptFailed { error } => self.accept_failed(&error),
        }
    }

    /// There is no room for another connection of a UNIX socket.
    pub(super) fn rejected(&mut self) {
        self.counters.connections_rejected += 1;
        if is_worth_a_line(self.counters.connections_rejected) {
            let rejected = self.counters.connections_rejected;
            tracing::warn!(rejected, "too many connections to a socket");
        }
    }

    /// A connection of a UNIX socket could not be accepted.
    pub(super) fn accept_failed(&mut self, error: &std::io::Error) {
        self.counters.accept_errors += 1;
        if is_worth_a_line(self.counters.accept_errors) {
            tracing::warn!(%error, failures = self.counters.accept_errors, "a connection was not accepted");
        }
    }

    fn batch(&mut self, connection: ConnectionId, bytes: &[u8], overlong: u64) {
        let origin = self.connections.get(&connection).map_or(Origin::Unmarked, |peer| peer.origin);
        let mut arrival = Arrival { connection, origin, now: self.equipment.clock.now() };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if line.len() > LINE_BYTES_MAX {
                self.overlong(1);
                continue;
            }
            self.line(&mut arrival, line.strip_suffix(b"\r").unwrap_or(line));
        }
        self.overlong(overlong);
    }

    fn line(&mut self, arrival: &mut Arrival, line: &[u8]) {
        self.counters.lines += 1;
        match ptp_lines::parse(line) {
            Ok(Line::Message(message)) => {
                self.core.handle(arrival.now, Input::Line { origin: arrival.origin, message, text: line });
                self.carry_out();
            }
            Ok(Line::Command(command)) => self.control(arrival, command),
            Ok(Line::Other(_)) => self.counters.lines_other += 1,
            Err(error) => {
                self.counters.lines_malformed += 1;
                if is_worth_a_line(self.counters.lines_malformed) {
                    let (malformed, line) = (self.counters.lines_malformed, String::from_utf8_lossy(line));
                    tracing::warn!(%error, malformed, line = shorten(&line), "a malformed line is skipped");
                }
            }
        }
    }

    fn overlong(&mut self, count: u64) {
        for _ in 0..count {
            self.counters.lines_overlong += 1;
            if is_worth_a_line(self.counters.lines_overlong) {
                tracing::warn!(overlong = self.counters.lines_overlong, "a line is too long and is skipped");
            }
        }
    }

    fn control(&mut self, arrival: &mut Arrival, command: Command<'_>) {
        match command {
            Command::Restart => self.configure(),
            Command::LiveStart => {
                arrival.origin = Origin::Live;
                if let Some(peer) = self.connections.get_mut(&arrival.connection) {
                    peer.origin = Origin::Live;
                }
            }
            Command::Time { .. } | Command::Sync { .. } if !self.equipment.clock.is_socket() => {
                self.counters.lines_other += 1;
                return;
            }
            Command::Time { unix_ns } => self.move_clock(unix_ns),
            Command::Sync { token } => self.wait_for_quiet(arrival.connection, token),
        }
        self.counters.control_lines += 1;
        // The core may have been told a later time meanwhile; it must not be told an earlier one again.
        arrival.now = self.equipment.clock.now();
    }

    /// Moves a socket clock. Deadlines on the way come in order, each at its own time.
    fn move_clock(&mut self, to_unix_ns: u64) {
        while let Some(deadline) = self.core.next_deadline().filter(|deadline| deadline.ns <= to_unix_ns) {
            let earlier = self.equipment.clock.now().mono;
            if self.equipment.clock.move_to(deadline.ns.max(earlier.ns)).is_err() {
                break;
            }
            self.tell_core(Input::Timeout);
        }
        if let Err(error) = self.equipment.clock.move_to(to_unix_ns) {
            self.counters.times_gone_back += 1;
            if is_worth_a_line(self.counters.times_gone_back) {
                tracing::warn!(%error, ignored = self.counters.times_gone_back, "a time of the socket is ignored");
            }
        }
    }
}

/// Enough of a line to recognise it.
pub(super) fn shorten(line: &str) -> &str {
    line.char_indices().nth(200).map_or(line, |(end, _)| &line[..end])
}
