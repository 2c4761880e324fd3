//! The state of a clock as the daemon reports it, not as a servo prints it.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, text};

/// The state word at the end of a line that the daemon makes.
///
/// It is not the [`Servo`](crate::Servo) of a linuxptp line, although the words look alike: there `s1` means
/// that the clock is about to be stepped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportedState<'a> {
    /// `s0`: free-running.
    S0,
    /// `s1`: holdover.
    S1,
    /// `s2`: locked.
    S2,
    /// Another `s<digits>` or `-<digits>`, such as `s3`, or the daemon's `-1` (unknown) and `-2` (not set). Existing
    /// consumers read all of them as free-running.
    Other(&'a str),
}

impl<'a> ReportedState<'a> {
    /// Reads the next word as a state. Any other word is an error, because it is more likely torn than a state.
    pub(crate) fn parse(scan: &mut Scan<'a>) -> Result<Self, LineError> {
        Self::from_text(scan.field(Field::State)?).ok_or(LineError::Unreadable(Field::State))
    }

    /// `None` when the word does not look like a state.
    pub(crate) fn from_text(word: &'a [u8]) -> Option<Self> {
        match word {
            b"s0" => Some(Self::S0),
            b"s1" => Some(Self::S1),
            b"s2" => Some(Self::S2),
            [b's' | b'-', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
                text(word, Field::State).ok().map(Self::Other)
            }
            _ => None,
        }
    }
}

impl fmt::Display for ReportedState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S0 => "s0",
            Self::S1 => "s1",
            Self::S2 => "s2",
            Self::Other(word) => word,
        })
    }
}
