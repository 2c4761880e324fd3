//! Clock and port identities, as `cid2str` and `pid2str` of linuxptp's `util.c` print them.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, hex_digit, unsigned};

/// Eight bytes, printed as `xxxxxx.xxxx.xxxxxx` in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockIdentity(pub [u8; 8]);

/// `<clock identity>-<port number>`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortIdentity {
    /// The clock.
    pub clock: ClockIdentity,
    /// Its port, from 1.
    pub number: u16,
}

/// Length of a printed clock identity.
const CLOCK_LEN: usize = 18;

impl ClockIdentity {
    pub(crate) fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        let word = scan.field(Field::ClockIdentity)?;
        Self::from_text(word).ok_or(LineError::Unreadable(Field::ClockIdentity))
    }

    fn from_text(text: &[u8]) -> Option<Self> {
        if text.len() != CLOCK_LEN {
            return None;
        }
        let mut bytes = [0; 8];
        let mut at = 0;
        for (index, byte) in bytes.iter_mut().enumerate() {
            if index == 3 || index == 5 {
                if text[at] != b'.' {
                    return None;
                }
                at += 1;
            }
            *byte = (hex_digit(text[at])? << 4) | hex_digit(text[at + 1])?;
            at += 2;
        }
        Some(Self(bytes))
    }
}

impl PortIdentity {
    pub(crate) fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        let word = scan.field(Field::PortIdentity)?;
        Self::from_text(word).ok_or(LineError::Unreadable(Field::PortIdentity))
    }

    fn from_text(text: &[u8]) -> Option<Self> {
        let (clock, number) = text.split_at_checked(CLOCK_LEN)?;
        let number = unsigned(number.strip_prefix(b"-")?)?;
        Some(Self { clock: ClockIdentity::from_text(clock)?, number: u16::try_from(number).ok()? })
    }
}

impl fmt::Display for ClockIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i] = self.0;
        write!(f, "{a:02x}{b:02x}{c:02x}.{d:02x}{e:02x}.{g:02x}{h:02x}{i:02x}")
    }
}

impl fmt::Display for PortIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.clock, self.number)
    }
}
