//! What a simulated node lets out: lines, what was done to it, and the truth.

use crate::{Action, DpllLock, ProcessId, SimTime};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Emission {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// linuxptp-daemon opens a connection to the event socket.
    Opened {
        /// Which one.
        connection: Connection,
    },
    /// A line of the event socket, without its line end.
    Line {
        /// The connection that carries it; it has been opened.
        connection: Connection,
        /// The line as it stands on the socket: the level suffix of the tag is gone.
        text: String,
    },
    /// linuxptp-daemon closes a connection, or finds it broken.
    Closed {
        /// Which one.
        connection: Connection,
    },
    /// The timeline did something to the world.
    Action(Action),
    /// The true state: after each change of a [`TrueState`], and once per second.
    Truth(Truth),
}

/// The connections that linuxptp-daemon opens to the event socket. Order is kept within one, not between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Connection {
    /// The lines of a process, and the status of it and its children.
    Process(ProcessId),
    /// The daemon's own lines: GNSS, DPLL, aggregated states, clock class changes.
    EventHandler,
    /// `CMD RESTART`; closed after its line.
    Control,
}

/// What is really so, whatever the lines say.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The clocks of the cards, in the order of [`Setup::cards`](crate::Setup::cards).
    pub cards: Vec<CardTruth>,
    /// The clock of the operating system with respect to the hardware clock that it follows.
    pub os_clock: TrueState,
    /// Clock of the operating system minus true time, in nanoseconds; the TAI-UTC offset is left out.
    pub os_error_ns: f64,
    /// The class that each grandmaster announces; absent while it is silent.
    pub grandmaster_classes: Vec<Option<u8>>,
}

/// The truth about a card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardTruth {
    /// Its hardware clock with respect to what it should follow.
    pub clock: TrueState,
    /// Its hardware clock minus true time, in nanoseconds.
    pub phc_error_ns: f64,
    /// Its DPLL.
    pub dpll: Option<DpllTruth>,
    /// Its GNSS receiver.
    pub gnss: Option<GnssTruth>,
}

/// The truth about a DPLL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DpllTruth {
    /// Its frequency loop (EEC).
    pub frequency: DpllLock,
    /// Its phase loop (PPS).
    pub phase: DpllLock,
    /// Its output minus true time, in nanoseconds.
    pub output_error_ns: f64,
}

/// The truth about a GNSS receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GnssTruth {
    /// gpsFix: 0 none, 3 3D, 5 time only.
    pub fix: u8,
    /// Its estimate of its accuracy, in nanoseconds.
    pub accuracy_ns: u32,
}

/// How a clock stands to the clock that it should follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrueState {
    /// It has never followed it, or its servo has just started over.
    Unsynchronized,
    /// Its servo is locked and gets samples.
    Tracking,
    /// It has followed it and is left to its own oscillator.
    Coasting {
        /// Since when.
        since: SimTime,
    },
}
