//! Control lines, which steer the reader itself.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::unsigned;

/// A control line, matched exactly and case-sensitively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// `CMD RESTART`: the daemon has applied new profiles; read the configuration again.
    Restart,
    /// `CMD LIVE_START`: what follows on this connection is live, not replayed.
    LiveStart,
    /// `CMD TIME <unix seconds>.<9 digits>`: it is now this time, in nanoseconds since 1970-01-01T00:00:00
    /// UTC.
    Time {
        /// Nanoseconds since the UNIX epoch.
        unix_ns: u64,
    },
    /// `CMD SYNC <token>`: answer `SYNC <token>` when all earlier input has taken effect. The token is 1 to
    /// 64 printable ASCII bytes without blanks.
    Sync {
        /// What to answer with.
        token: &'a str,
    },
}

const NS_PER_S: u64 = 1_000_000_000;
const TOKEN_LEN_MAX: usize = 64;

impl<'a> Command<'a> {
    /// Reads a whole line; `None` when it is not a command.
    #[inline]
    pub(crate) fn parse(line: &'a [u8]) -> Result<Option<Self>, LineError> {
        Ok(match line.strip_prefix(b"CMD ") {
            Some(b"RESTART") => Some(Self::Restart),
            Some(b"LIVE_START") => Some(Self::LiveStart),
            Some([b'T', b'I', b'M', b'E', b' ', time @ ..]) => {
                let unix_ns = unix_ns(time).ok_or(LineError::Unreadable(Field::Time))?;
                Some(Self::Time { unix_ns })
            }
            Some([b'S', b'Y', b'N', b'C', b' ', token @ ..]) => {
                let token = self::token(token).ok_or(LineError::Unreadable(Field::Token))?;
                Some(Self::Sync { token })
            }
            Some(_) | None => None,
        })
    }
}

impl fmt::Display for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Restart => f.write_str("CMD RESTART"),
            Self::LiveStart => f.write_str("CMD LIVE_START"),
            Self::Time { unix_ns } => write!(f, "CMD TIME {}.{:09}", unix_ns / NS_PER_S, unix_ns % NS_PER_S),
            Self::Sync { token } => write!(f, "CMD SYNC {token}"),
        }
    }
}

fn unix_ns(time: &[u8]) -> Option<u64> {
    let point = time.iter().position(|&byte| byte == b'.')?;
    let (seconds, decimals) = (&time[..point], &time[point + 1..]);
    if decimals.len() != 9 {
        return None;
    }
    unsigned(seconds)?.checked_mul(NS_PER_S)?.checked_add(unsigned(decimals)?)
}

fn token(token: &[u8]) -> Option<&str> {
    let fits = (1..=TOKEN_LEN_MAX).contains(&token.len()) && token.iter().all(u8::is_ascii_graphic);
    if fits { core::str::from_utf8(token).ok() } else { None }
}
