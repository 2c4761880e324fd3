//! A connection of the daemon to the event socket (`runSocketWriter` and `EventHandler` of linuxptp-daemon).

use crate::outbox::Outbox;
use crate::{Connection, SimTime};
use std::collections::VecDeque;

/// Lines that fit between the writer and a reader who does not read: the kernel charges each small write some 768 of
/// 212,992 bytes (`net.core.wmem_default`).
const SOCKET_LINES_MAX: usize = 277;
/// Lines of a process that wait for its writer (`lineCh`).
const PROCESS_LINES_MAX: usize = 256;
/// Lines of the daemon's own that wait for their writer.
const OWN_LINES_MAX: usize = 100;
/// The first pause before the daemon dials again for its own lines; it doubles up to the last one.
const FIRST_PAUSE_NS: u64 = 100_000_000;
const LAST_PAUSE_NS: u64 = 5_000_000_000;
/// The pause before it dials again for a process.
const PROCESS_PAUSE_NS: u64 = 1_000_000_000;

/// What the proxy does with its end of the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// It accepts connections and reads.
    Reads,
    /// It accepts connections and does not read.
    Blocked,
    /// It is not there.
    Gone,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Pipe {
    connection: Connection,
    state: PipeState,
    /// Lines that the proxy has not read, in order.
    waiting: VecDeque<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PipeState {
    /// Nobody wants it.
    Closed,
    /// The daemon dials until somebody listens.
    Dialing { pause_ns: u64 },
    /// Connected; a process waits for the live gate.
    Gated,
    /// Lines pass.
    Live,
    /// The proxy has gone: the next write finds out.
    Broken,
}

/// What came of an attempt to dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialed {
    Connected,
    /// Nobody listens: again at that time.
    AgainAt(SimTime),
}

impl Pipe {
    /// One that is closed.
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, state: PipeState::Closed, waiting: VecDeque::new() }
    }

    /// Whether the daemon has been dialing.
    pub(super) fn dials(&self) -> bool {
        matches!(self.state, PipeState::Dialing { .. })
    }

    /// Whether it is connected and waits for the gate.
    pub(super) fn is_gated(&self) -> bool {
        self.state == PipeState::Gated
    }

    /// Dials.
    pub(super) fn dial(&mut self, now: SimTime, proxy: Proxy, outbox: &mut Outbox) -> Dialed {
        if proxy == Proxy::Gone {
            return self.dial_later(now);
        }
        outbox.opened(now, self.connection);
        self.state = match self.connection {
            Connection::Process(_) => PipeState::Gated,
            Connection::EventHandler | Connection::Control => PipeState::Live,
        };
        self.read_by(now, proxy, outbox);
        Dialed::Connected
    }

    fn dial_later(&mut self, now: SimTime) -> Dialed {
        let pause_ns = match (self.connection, self.state) {
            (Connection::Process(_) | Connection::Control, _) => PROCESS_PAUSE_NS,
            (Connection::EventHandler, PipeState::Dialing { pause_ns }) => (2 * pause_ns).min(LAST_PAUSE_NS),
            (
                Connection::EventHandler,
                PipeState::Closed | PipeState::Gated | PipeState::Live | PipeState::Broken,
            ) => FIRST_PAUSE_NS,
        };
        self.state = PipeState::Dialing { pause_ns };
        Dialed::AgainAt(now.after_ns(pause_ns))
    }

    /// The gate has opened: lines pass from now on.
    pub(super) fn go_live(&mut self) {
        self.state = PipeState::Live;
    }

    /// The process has ended, or the daemon.
    pub(super) fn close(&mut self, now: SimTime, outbox: &mut Outbox) {
        match self.state {
            PipeState::Closed | PipeState::Dialing { .. } => {}
            PipeState::Gated | PipeState::Live | PipeState::Broken => outbox.closed(now, self.connection),
        }
        self.state = PipeState::Closed;
        self.waiting.clear();
    }

    /// The proxy has gone.
    pub(super) fn lose_proxy(&mut self) {
        match self.state {
            PipeState::Gated | PipeState::Live => self.state = PipeState::Broken,
            PipeState::Closed | PipeState::Dialing { .. } | PipeState::Broken => {}
        }
        // What it had not read is gone with it.
        self.waiting.clear();
    }

    /// Writes a line. Returns whether the connection has turned out to be broken: the daemon dials then.
    #[must_use]
    pub(super) fn write(&mut self, now: SimTime, text: String, proxy: Proxy, outbox: &mut Outbox) -> bool {
        match self.state {
            PipeState::Live if proxy == Proxy::Reads => outbox.line(now, self.connection, text),
            PipeState::Live => self.wait(text, SOCKET_LINES_MAX + self.queue_max()),
            PipeState::Broken => {
                outbox.closed(now, self.connection);
                self.state = PipeState::Closed;
                self.keep_own(text);
                return true;
            }
            // What a process prints before its connection is live is thrown away when it is.
            PipeState::Closed | PipeState::Dialing { .. } | PipeState::Gated => self.keep_own(text),
        }
        false
    }

    /// The proxy reads what has been waiting.
    pub(super) fn read_by(&mut self, now: SimTime, proxy: Proxy, outbox: &mut Outbox) {
        if proxy == Proxy::Reads && self.state == PipeState::Live {
            for text in self.waiting.drain(..) {
                outbox.line(now, self.connection, text);
            }
        }
    }

    fn keep_own(&mut self, text: String) {
        match self.connection {
            // Also the one that did not go out: it is tried once more.
            Connection::EventHandler => self.wait(text, OWN_LINES_MAX),
            Connection::Process(_) | Connection::Control => {}
        }
    }

    /// When there is no room the new line is dropped.
    fn wait(&mut self, text: String, max: usize) {
        if self.waiting.len() < max {
            self.waiting.push_back(text);
        }
    }

    fn queue_max(&self) -> usize {
        match self.connection {
            Connection::Process(_) | Connection::Control => PROCESS_LINES_MAX,
            Connection::EventHandler => OWN_LINES_MAX,
        }
    }
}
