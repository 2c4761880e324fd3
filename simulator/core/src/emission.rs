//! What a simulated node lets out: lines, what was done to it, and the truth.

use crate::SimTime;

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
    /// A line of the event socket, without its line end.
    Line {
        /// The connection that carries it.
        connection: Connection,
        /// The line as it stands on the socket: the level suffix of the tag is gone.
        text: String,
    },
    /// The timeline did something to the world.
    Action {
        /// In plain words.
        description: String,
    },
    /// The true state: after each change of a [`TrueState`], and once per second.
    Truth(Truth),
}

/// The connections that linuxptp-daemon opens to the event socket. Order is kept within one, not between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Connection {
    /// The lines of ptp4l, and the status of ptp4l and its pmc.
    Ptp4l,
    /// The lines and the status of phc2sys.
    Phc2sys,
    /// The daemon's own lines: clock class changes.
    EventHandler,
    /// `CMD RESTART`; closed after its line.
    Control,
}

/// What is really so, whatever the lines say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// The hardware clock with respect to the grandmaster.
    pub ptp_clock: TrueState,
    /// The clock of the operating system with respect to the hardware clock.
    pub os_clock: TrueState,
    /// Hardware clock minus grandmaster, in nanoseconds.
    pub phc_error_ns: f64,
    /// Clock of the operating system minus grandmaster, in nanoseconds; the TAI-UTC offset is left out.
    pub os_error_ns: f64,
    /// The class that the grandmaster announces; absent while it is silent.
    pub grandmaster_clock_class: Option<u8>,
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
