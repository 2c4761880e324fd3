//! Who wrote a line, when, and for which configuration.
//!
//! linuxptp (`print.c`) prints `program[seconds.milliseconds]: tag text`, the daemon
//! `program[seconds]:[config] text`, and for chronyd, which has no tag, `chronyd[pid][config]: text`.

use core::fmt;

use crate::scan::{skip_blanks, unsigned};
use crate::tag::Tag;

/// `program[stamp]: [tag]` as linuxptp prints it, or `program[stamp]:[tag]` or `program[pid][tag]:` as the daemon
/// does.
///
/// Printed without the blank that follows it in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix<'a> {
    /// The program that wrote the line.
    pub program: Program<'a>,
    /// When, and in which of the two forms.
    pub stamp: Stamp,
    /// The configuration that the line belongs to.
    pub tag: Tag,
}

/// The programs whose lines reach the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program<'a> {
    /// PTP daemon.
    Ptp4l,
    /// System clock servo.
    Phc2sys,
    /// Time stamp (1PPS) servo.
    Ts2phc,
    /// Synchronous Ethernet daemon.
    Synce4l,
    /// NTP daemon.
    Chronyd,
    /// PTP management client.
    Pmc,
    /// GNSS daemon.
    Gpsd,
    /// GNSS sentence relay.
    Gpspipe,
    /// `GM`: the daemon, on the node as a telecom grandmaster.
    Grandmaster,
    /// `T-BC`: the daemon, on the node as a telecom boundary clock.
    BoundaryClock,
    /// `dpll`: the daemon, on a digital phase-locked loop.
    Dpll,
    /// `gnss`: the daemon, on a GNSS receiver.
    Gnss,
    /// Any other name: 1 to 32 ASCII letters, digits, `_` or `-`.
    Other(&'a str),
}

/// The stamp of a line and, with it, the form of the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// `[SSSS.mmm]: `, linuxptp's: the host's CLOCK_MONOTONIC in milliseconds.
    Monotonic {
        /// Milliseconds since boot.
        ms: u64,
    },
    /// `[SSSS]:`, the daemon's: seconds of UNIX time, no blank after the colon.
    Unix {
        /// Seconds since the UNIX epoch.
        s: u64,
    },
    /// `[PID][tag]: `, the daemon's for lines of chronyd: no time at all.
    Pid {
        /// Process number.
        pid: u64,
    },
}

const PROGRAM_LEN_MAX: usize = 32;
const MS_PER_S: u64 = 1000;

impl<'a> Prefix<'a> {
    /// Reads a prefix off a line, whatever the line goes on to say; returns it and the text after it.
    ///
    /// `None` when the line has no such prefix, for example because its tag names no configuration. Blanks
    /// around the tag, or none, make no difference; the stamp tells the two forms apart.
    #[must_use]
    #[inline]
    pub fn parse(line: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let line = skip_blanks(line);
        let open = line.iter().take(PROGRAM_LEN_MAX + 1).position(|&byte| byte == b'[')?;
        let program = Program::from_text(&line[..open])?;
        let (stamp, rest) = split_at_bracket(&line[open + 1..])?;
        let Some(rest) = rest.strip_prefix(b":") else {
            return Self::parse_after_pid(program, stamp, rest);
        };
        let stamp = Stamp::from_text(stamp)?;
        let (tag, text) = split_at_bracket(skip_blanks(rest).strip_prefix(b"[")?)?;
        let tag = Tag::parse(tag)?;
        Some((Self { program, stamp, tag }, skip_blanks(text)))
    }

    /// Reads `[tag]:` and the text after it.
    fn parse_after_pid(program: Program<'a>, pid: &[u8], rest: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let stamp = Stamp::Pid { pid: unsigned(pid)? };
        let (tag, text) = split_at_bracket(rest.strip_prefix(b"[")?)?;
        let tag = Tag::parse(tag)?;
        Some((Self { program, stamp, tag }, skip_blanks(text.strip_prefix(b":")?)))
    }
}

impl<'a> Program<'a> {
    /// Its name, as a line begins with it.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self {
            Self::Ptp4l => "ptp4l",
            Self::Phc2sys => "phc2sys",
            Self::Ts2phc => "ts2phc",
            Self::Synce4l => "synce4l",
            Self::Chronyd => "chronyd",
            Self::Pmc => "pmc",
            Self::Gpsd => "gpsd",
            Self::Gpspipe => "gpspipe",
            Self::Grandmaster => "GM",
            Self::BoundaryClock => "T-BC",
            Self::Dpll => "dpll",
            Self::Gnss => "gnss",
            Self::Other(name) => name,
        }
    }

    fn from_text(text: &'a [u8]) -> Option<Self> {
        Some(match text {
            b"ptp4l" => Self::Ptp4l,
            b"phc2sys" => Self::Phc2sys,
            b"ts2phc" => Self::Ts2phc,
            b"synce4l" => Self::Synce4l,
            b"chronyd" => Self::Chronyd,
            b"pmc" => Self::Pmc,
            b"gpsd" => Self::Gpsd,
            b"gpspipe" => Self::Gpspipe,
            b"GM" => Self::Grandmaster,
            b"T-BC" => Self::BoundaryClock,
            b"dpll" => Self::Dpll,
            b"gnss" => Self::Gnss,
            [] => return None,
            name => {
                let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                if !name.iter().all(allowed) {
                    return None;
                }
                Self::Other(core::str::from_utf8(name).ok()?)
            }
        })
    }
}

impl Stamp {
    /// Whole seconds, or seconds with one to nine decimals, of which three are kept.
    fn from_text(text: &[u8]) -> Option<Self> {
        let Some(point) = text.iter().position(|&byte| byte == b'.') else {
            return Some(Self::Unix { s: unsigned(text)? });
        };
        let (seconds, decimals) = (&text[..point], &text[point + 1..]);
        if decimals.len() > 9 || unsigned(decimals).is_none() {
            return None;
        }
        let digit = |index: usize| decimals.get(index).map_or(0, |byte| u64::from(byte - b'0'));
        let ms = digit(0) * 100 + digit(1) * 10 + digit(2);
        Some(Self::Monotonic { ms: unsigned(seconds)?.checked_mul(MS_PER_S)?.checked_add(ms)? })
    }
}

impl fmt::Display for Program<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, stamp, tag } = self;
        match stamp {
            Stamp::Monotonic { ms } => write!(f, "{program}[{}.{:03}]: {tag}", ms / MS_PER_S, ms % MS_PER_S),
            Stamp::Unix { s } => write!(f, "{program}[{s}]:{tag}"),
            Stamp::Pid { pid } => write!(f, "{program}[{pid}]{tag}:"),
        }
    }
}

/// What precedes the first `]`, and what follows it.
fn split_at_bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let close = text.iter().position(|&byte| byte == b']')?;
    Some((&text[..close], &text[close + 1..]))
}
