//! What one line of the event socket says.

use core::fmt::{self, Write};

use crate::clock_class::ClockClassChange;
use crate::command::Command;
use crate::error::LineError;
use crate::phc2sys::{self, Phc2sysOffset, Phc2sysSummary};
use crate::port::{ForeignMaster, PortTransition};
use crate::prefix::{Prefix, Program};
use crate::process_status::ProcessStatus;
use crate::ptp4l::{self, BestMaster, Ptp4lOffset};
use crate::selection::Phc2sysSelection;
use crate::summary::Summary;

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
    Ok(match Body::parse(prefix.program, text)? {
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
    /// Reads a text of this program; `None` when its form is not known.
    #[inline]
    fn parse(program: Program<'_>, text: &'a [u8]) -> Result<Option<Self>, LineError> {
        let own = match program {
            Program::Ptp4l => ptp4l::parse(text)?,
            Program::Phc2sys => phc2sys::parse(text)?,
            Program::Ts2phc
            | Program::Synce4l
            | Program::Chronyd
            | Program::Pmc
            | Program::Gpsd
            | Program::Gpspipe
            | Program::Other(_) => None,
        };
        if own.is_some() {
            return Ok(own);
        }
        // The daemon speaks in the name of any program.
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
