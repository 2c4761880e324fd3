//! What one line of the event socket says.

use core::fmt::{self, Write};

use crate::boundary_clock::{self, BoundaryClockStatus};
use crate::chronyd::{self, ChronydText};
use crate::clock_class::ClockClassChange;
use crate::command::Command;
use crate::dpll::{self, DpllStatus};
use crate::error::LineError;
use crate::gnss::{self, GnssStatus};
use crate::grandmaster::{self, GrandmasterStatus};
use crate::ha_profile::HaProfile;
use crate::phc2sys::{self, Phc2sysOffset, Phc2sysSummary};
use crate::port::{ForeignMaster, PortTransition};
use crate::prefix::{Prefix, Program};
use crate::process_status::ProcessStatus;
use crate::ptp4l::{self, BestMaster, Ptp4lOffset};
use crate::selection::Phc2sysSelection;
use crate::summary::Summary;
use crate::synce4l::{self, SynceQuality, SynceState};
use crate::synce4l_notice::Synce4lNotice;
use crate::ts2phc::{self, NmeaStatus, Ts2phcOffset};
use crate::ts2phc_notice::Ts2phcNotice;

/// One line without its line end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// A control line (`CMD …`), which has no prefix.
    Command(Command<'a>),
    /// A line of a program that this grammar knows.
    Message(Message<'a>),
    /// Anything else, verbatim. May be empty and need not be UTF-8.
    Other(&'a [u8]),
}

/// A line with a program prefix and a known text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'a> {
    /// Who wrote it, when, and for which configuration.
    pub prefix: Prefix<'a>,
    /// What it says.
    pub body: Body<'a>,
}

/// What a line says after its prefix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body<'a> {
    /// ptp4l: one sample of the offset from the master.
    Ptp4lOffset(Ptp4lOffset),
    /// ptp4l: statistics over a summary interval.
    Ptp4lSummary(Summary),
    /// ptp4l: a port changed its state.
    PortTransition(PortTransition<'a>),
    /// ptp4l: the best master clock was selected.
    BestMaster(BestMaster),
    /// ptp4l: a port heard a master that it did not know.
    ForeignMaster(ForeignMaster<'a>),
    /// phc2sys: one sample of the offset of a clock from its source.
    Phc2sysOffset(Phc2sysOffset<'a>),
    /// phc2sys: statistics over a summary interval.
    Phc2sysSummary(Phc2sysSummary<'a>),
    /// phc2sys: how it follows the port states of ptp4l.
    Phc2sysSelection(Phc2sysSelection<'a>),
    /// ts2phc: one sample of the offset of a clock from its source.
    Ts2phcOffset(Ts2phcOffset<'a>),
    /// ts2phc: anything else.
    Ts2phcNotice(Ts2phcNotice<'a>),
    /// synce4l: what it says itself.
    Synce4lNotice(Synce4lNotice<'a>),
    /// chronyd: any text.
    Chronyd(ChronydText<'a>),
    /// The daemon: whether the time of day arrives at ts2phc.
    NmeaStatus(NmeaStatus<'a>),
    /// The daemon: the state of the node as a telecom grandmaster.
    GrandmasterStatus(GrandmasterStatus<'a>),
    /// The daemon: the state of the node as a telecom boundary clock.
    BoundaryClockStatus(BoundaryClockStatus<'a>),
    /// The daemon: the state of a DPLL.
    Dpll(DpllStatus<'a>),
    /// The daemon: the state of a GNSS receiver.
    Gnss(GnssStatus<'a>),
    /// The daemon: the state of Synchronous Ethernet on a port.
    SynceState(SynceState<'a>),
    /// The daemon: the quality level that a port sends.
    SynceQuality(SynceQuality<'a>),
    /// The daemon: whether phc2sys follows a profile of a high-availability pair.
    HaProfile(HaProfile<'a>),
    /// The daemon: a process is up or down.
    ProcessStatus(ProcessStatus),
    /// The daemon: the clock class that the node announces or sees.
    ClockClassChange(ClockClassChange),
}

/// Reads one line, given without its line end.
///
/// Any bytes are a line: what is not known comes back as [`Line::Other`].
///
/// # Errors
///
/// The line has a known form, but one of its fields or fixed words is missing or unreadable.
///
/// # Examples
///
/// ```
/// use ptp_lines::{Body, Line, parse};
///
/// let line = b"ptp4l[5.151]: [ptp4l.0.config] master offset         -1 s2 freq   -3972 path delay        89";
/// let read = parse(line)?;
/// if let Line::Message(message) = read
///     && let Body::Ptp4lOffset(sample) = message.body
/// {
///     assert_eq!(sample.offset_ns, -1);
///     assert!(sample.servo.is_locked());
/// }
///
/// let mut printed = Vec::new();
/// read.print(&mut printed);
/// assert_eq!(printed, line);
/// # Ok::<(), ptp_lines::LineError>(())
/// ```
pub fn parse(line: &[u8]) -> Result<Line<'_>, LineError> {
    if let Some(command) = Command::parse(line)? {
        return Ok(Line::Command(command));
    }
    let Some((prefix, text)) = Prefix::parse(line) else {
        return Ok(Line::Other(line));
    };
    Ok(match Body::parse(&prefix, text)? {
        Some(body) => Line::Message(Message { prefix, body }),
        None => Line::Other(line),
    })
}

impl Line<'_> {
    /// Writes the line, without a line end, to any collection of bytes.
    pub fn print(&self, out: &mut impl Extend<u8>) {
        let written = match self {
            Self::Command(command) => write!(Bytes(out), "{command}"),
            Self::Message(message) => write!(Bytes(out), "{message}"),
            Self::Other(bytes) => {
                out.extend(bytes.iter().copied());
                Ok(())
            }
        };
        written.expect("neither the collection nor a form of this crate reports an error");
    }
}

impl<'a> Body<'a> {
    /// Reads a text after this prefix; `None` when its form is not known.
    #[inline]
    fn parse(prefix: &Prefix<'_>, text: &'a [u8]) -> Result<Option<Self>, LineError> {
        match prefix.program {
            // Nearly all lines are of these two, so that what the daemon says in their name is looked for last.
            Program::Ptp4l => match ptp4l::parse(text)? {
                None => Self::parse_of_daemon(text),
                own => Ok(own),
            },
            Program::Phc2sys => match phc2sys::parse(text)? {
                None => Self::parse_of_daemon(text),
                own => Ok(own),
            },
            Program::Ts2phc
            | Program::Synce4l
            | Program::Chronyd
            | Program::Pmc
            | Program::Gpsd
            | Program::Gpspipe
            | Program::Grandmaster
            | Program::BoundaryClock
            | Program::Dpll
            | Program::Gnss
            | Program::Other(_) => Self::parse_of_others(prefix, text),
        }
    }

    /// The same for the programs of which nothing, or anything at all, may be the text: what the daemon says in their
    /// name comes first.
    fn parse_of_others(prefix: &Prefix<'_>, text: &'a [u8]) -> Result<Option<Self>, LineError> {
        let daemon = Self::parse_of_daemon(text)?;
        if daemon.is_some() {
            return Ok(daemon);
        }
        match prefix.program {
            Program::Ts2phc => ts2phc::parse(text),
            Program::Synce4l => synce4l::parse(prefix.stamp, text),
            Program::Chronyd => chronyd::parse(text),
            Program::Grandmaster => grandmaster::parse(text),
            Program::BoundaryClock => boundary_clock::parse(text),
            Program::Dpll => dpll::parse(text),
            Program::Gnss => gnss::parse(text),
            Program::Ptp4l
            | Program::Phc2sys
            | Program::Pmc
            | Program::Gpsd
            | Program::Gpspipe
            | Program::Other(_) => Ok(None),
        }
    }

    /// What the daemon says in the name of any program.
    fn parse_of_daemon(text: &'a [u8]) -> Result<Option<Self>, LineError> {
        if let Some(status) = ProcessStatus::parse(text)? {
            return Ok(Some(Self::ProcessStatus(status)));
        }
        Ok(ClockClassChange::parse(text)?.map(Self::ClockClassChange))
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.prefix, self.body)
    }
}

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ptp4lOffset(body) => body.fmt(f),
            Self::Ptp4lSummary(body) => body.fmt(f),
            Self::PortTransition(body) => body.fmt(f),
            Self::BestMaster(body) => body.fmt(f),
            Self::ForeignMaster(body) => body.fmt(f),
            Self::Phc2sysOffset(body) => body.fmt(f),
            Self::Phc2sysSummary(body) => body.fmt(f),
            Self::Phc2sysSelection(body) => body.fmt(f),
            Self::Ts2phcOffset(body) => body.fmt(f),
            Self::Ts2phcNotice(body) => body.fmt(f),
            Self::Synce4lNotice(body) => body.fmt(f),
            Self::Chronyd(body) => body.fmt(f),
            Self::NmeaStatus(body) => body.fmt(f),
            Self::GrandmasterStatus(body) => body.fmt(f),
            Self::BoundaryClockStatus(body) => body.fmt(f),
            Self::Dpll(body) => body.fmt(f),
            Self::Gnss(body) => body.fmt(f),
            Self::SynceState(body) => body.fmt(f),
            Self::SynceQuality(body) => body.fmt(f),
            Self::HaProfile(body) => body.fmt(f),
            Self::ProcessStatus(body) => body.fmt(f),
            Self::ClockClassChange(body) => body.fmt(f),
        }
    }
}

/// Lets text be written to a collection of bytes.
struct Bytes<'a, E>(&'a mut E);

impl<E: Extend<u8>> Write for Bytes<'_, E> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.bytes());
        Ok(())
    }
}
