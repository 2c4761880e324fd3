//! What a timeline can do to the world.

use crate::ProcessId;
use std::fmt;

/// Something that the timeline does to the world. Grandmasters and cards are addressed by their place in the
/// [`Setup`](crate::Setup); what is not there is left alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A grandmaster stops everything that it sends: Announce, Sync and Delay_Resp.
    GrandmasterSilent {
        /// Which one.
        grandmaster: usize,
    },
    /// A grandmaster sends again.
    GrandmasterSpeaks {
        /// Which one.
        grandmaster: usize,
    },
    /// A grandmaster announces another clock class from its next Announce on.
    GrandmasterClockClass {
        /// Which one.
        grandmaster: usize,
        /// IEEE 1588-2019 7.6.2.5.
        class: u8,
    },
    /// A grandmaster announces another priority2 from its next Announce on.
    GrandmasterPriority2 {
        /// Which one.
        grandmaster: usize,
        /// IEEE 1588-2019 7.6.2.4: the smaller one is the better one.
        priority2: u8,
    },
    /// The time that a grandmaster sends jumps.
    GrandmasterStep {
        /// Which one.
        grandmaster: usize,
        /// By how much, in nanoseconds.
        by_ns: i64,
    },
    /// A grandmaster announces a leap second at the end of the UTC day, or none any more.
    GrandmasterLeap {
        /// Which one.
        grandmaster: usize,
        /// Which kind.
        leap: Leap,
    },
    /// Packets to an interface wait in queues: an exponential delay is added to each.
    PacketDelayBurst {
        /// The interface.
        interface: String,
        /// Mean of the added delay in nanoseconds; at least 0.
        mean_ns: f64,
    },
    /// The end of a [`Action::PacketDelayBurst`].
    PacketDelayNormal {
        /// The interface.
        interface: String,
    },
    /// The two directions of a path differ by this much more than at the start.
    PathAsymmetry {
        /// The interface.
        interface: String,
        /// Delay towards the node minus delay from it, in nanoseconds, beside that of the setup.
        asymmetry_ns: f64,
    },
    /// The link of an interface goes down.
    LinkDown {
        /// The interface.
        interface: String,
    },
    /// The link of an interface comes back.
    LinkUp {
        /// The interface.
        interface: String,
    },
    /// The driver loses the time stamps of event messages that an interface sends.
    TransmitStampsLost {
        /// The interface.
        interface: String,
        /// How many in a row, 1 or more.
        count: u32,
    },
    /// Somebody steps a hardware clock.
    HardwareClockStep {
        /// Which card's.
        card: usize,
        /// By how much, in nanoseconds.
        by_ns: i64,
    },
    /// Somebody steps the clock of the operating system.
    OsClockStep {
        /// By how much, in nanoseconds.
        by_ns: i64,
    },
    /// It gets warmer around all oscillators of the node.
    TemperatureStep {
        /// By how many kelvins.
        by_k: f64,
    },
    /// Something becomes of a GNSS receiver.
    Gnss {
        /// Which card's.
        card: usize,
        /// What.
        change: GnssChange,
    },
    /// Something becomes of a DPLL.
    Dpll {
        /// Which card's.
        card: usize,
        /// What.
        change: DpllChange,
    },
    /// The quality level that an interface receives over Synchronous Ethernet changes.
    SynceInput {
        /// The interface.
        interface: String,
        /// What comes in.
        input: SynceInput,
    },
    /// The servers of network time answer no more.
    NtpLost,
    /// The servers of network time answer again.
    NtpBack,
    /// A process dies; linuxptp-daemon starts it again.
    ProcessCrash {
        /// Which one.
        process: ProcessId,
    },
    /// A process is stopped (SIGSTOP).
    ProcessStall {
        /// Which one.
        process: ProcessId,
    },
    /// A process that was stopped goes on (SIGCONT).
    ProcessResume {
        /// Which one.
        process: ProcessId,
    },
    /// linuxptp-daemon applies the profiles anew: everything stops and starts.
    ProfilesApplied,
    /// The pod of linuxptp-daemon is restarted.
    DaemonRestart,
    /// The proxy ends: its socket is gone.
    ProxyDown,
    /// The proxy is back, and listens.
    ProxyUp,
    /// The proxy does not read its socket.
    ProxyBlocked,
    /// The proxy reads its socket again.
    ProxyUnblocked,
}

/// A leap second at the end of the UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leap {
    /// None.
    None,
    /// The last minute has 61 seconds (leap61).
    Insert,
    /// The last minute has 59 seconds (leap59).
    Delete,
}

/// What becomes of a GNSS receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GnssChange {
    /// The antenna is cut off.
    AntennaOff,
    /// The antenna is back.
    AntennaOn,
    /// Jamming: the receiver keeps its fix, and its time gets worse.
    Jamming {
        /// The accuracy estimate that it ends up with, in nanoseconds.
        accuracy_ns: u32,
    },
    /// The end of jamming.
    JammingOver,
    /// The time of day (NMEA) is cut off; the 1PPS goes on.
    NmeaLost,
    /// The time of day is back.
    NmeaBack,
    /// The 1PPS is cut off; the time of day goes on.
    PpsLost,
    /// The 1PPS is back.
    PpsBack,
}

/// What becomes of a DPLL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DpllChange {
    /// It loses its lock, and runs free.
    Unlock,
    /// It may lock again.
    Relock,
}

/// What an interface receives over Synchronous Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynceInput {
    /// A quality level, ITU-T G.8264.
    Quality {
        /// SSM code, 0 to 15.
        ssm: u8,
        /// Extended SSM code.
        extended: u8,
    },
    /// No signal.
    Lost,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GrandmasterSilent { grandmaster } => {
                write!(f, "{} falls silent", Grandmaster(*grandmaster))
            }
            Self::GrandmasterSpeaks { grandmaster } => write!(f, "{} sends again", Grandmaster(*grandmaster)),
            Self::GrandmasterClockClass { grandmaster, class } => {
                write!(f, "{} announces clock class {class}", Grandmaster(*grandmaster))
            }
            Self::GrandmasterPriority2 { grandmaster, priority2 } => {
                write!(f, "{} announces priority2 {priority2}", Grandmaster(*grandmaster))
            }
            Self::GrandmasterStep { grandmaster, by_ns } => {
                write!(f, "the time of {} jumps by {by_ns} ns", Grandmaster(*grandmaster))
            }
            Self::GrandmasterLeap { grandmaster, leap } => {
                write!(f, "{} announces {leap}", Grandmaster(*grandmaster))
            }
            Self::PacketDelayBurst { interface, mean_ns } => {
                write!(f, "packets to {interface} wait {mean_ns} ns more on average")
            }
            Self::PacketDelayNormal { interface } => write!(f, "packets to {interface} wait no more"),
            Self::PathAsymmetry { interface, asymmetry_ns } => {
                write!(f, "the path to {interface} becomes {asymmetry_ns} ns longer than the path from it")
            }
            Self::LinkDown { interface } => write!(f, "the link of {interface} goes down"),
            Self::LinkUp { interface } => write!(f, "the link of {interface} comes back"),
            Self::TransmitStampsLost { interface, count } => {
                write!(f, "the driver of {interface} loses the next {count} transmit time stamps")
            }
            Self::HardwareClockStep { card, by_ns } => {
                write!(f, "the hardware clock of card {card} is stepped by {by_ns} ns")
            }
            Self::OsClockStep { by_ns } => {
                write!(f, "the clock of the operating system is stepped by {by_ns} ns")
            }
            Self::TemperatureStep { by_k } => write!(f, "it gets {by_k} K warmer"),
            Self::Gnss { card, change } => write!(f, "GNSS receiver of card {card}: {change}"),
            Self::Dpll { card, change } => write!(f, "DPLL of card {card}: {change}"),
            Self::SynceInput { interface, input } => write!(f, "{interface} receives {input}"),
            Self::NtpLost => f.write_str("the servers of network time answer no more"),
            Self::NtpBack => f.write_str("the servers of network time answer again"),
            Self::ProcessCrash { process } => write!(f, "{process} dies"),
            Self::ProcessStall { process } => write!(f, "{process} is stopped"),
            Self::ProcessResume { process } => write!(f, "{process} goes on"),
            Self::ProfilesApplied => f.write_str("linuxptp-daemon applies the profiles anew"),
            Self::DaemonRestart => f.write_str("the pod of linuxptp-daemon is restarted"),
            Self::ProxyDown => f.write_str("the proxy ends"),
            Self::ProxyUp => f.write_str("the proxy is back"),
            Self::ProxyBlocked => f.write_str("the proxy does not read its socket"),
            Self::ProxyUnblocked => f.write_str("the proxy reads its socket again"),
        }
    }
}

/// A grandmaster in words: there is mostly one.
struct Grandmaster(usize);

impl fmt::Display for Grandmaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("the grandmaster"),
            further => write!(f, "grandmaster {}", further + 1),
        }
    }
}

impl fmt::Display for Leap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no leap second",
            Self::Insert => "that a second is inserted at midnight",
            Self::Delete => "that a second is deleted at midnight",
        })
    }
}

impl fmt::Display for GnssChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AntennaOff => f.write_str("the antenna is cut off"),
            Self::AntennaOn => f.write_str("the antenna is back"),
            Self::Jamming { accuracy_ns } => write!(f, "jammed to an accuracy of {accuracy_ns} ns"),
            Self::JammingOver => f.write_str("no longer jammed"),
            Self::NmeaLost => f.write_str("the time of day is cut off"),
            Self::NmeaBack => f.write_str("the time of day is back"),
            Self::PpsLost => f.write_str("the 1PPS is cut off"),
            Self::PpsBack => f.write_str("the 1PPS is back"),
        }
    }
}

impl fmt::Display for DpllChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unlock => "it loses its lock",
            Self::Relock => "it may lock again",
        })
    }
}

impl fmt::Display for SynceInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quality { ssm, extended } => write!(f, "quality level {ssm:#x}, extended {extended:#x}"),
            Self::Lost => f.write_str("no signal"),
        }
    }
}
