//! State of a linuxptp servo (`servo.h`), as the offset lines of all its programs print it.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::Scan;

/// State of a linuxptp servo as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Servo {
    /// `s0`: unlocked.
    Unlocked,
    /// `s1`: the clock is about to be stepped.
    Jump,
    /// `s2`: locked.
    Locked,
    /// `s3`: locked, and the offset has stayed below the servo's threshold.
    LockedStable,
}

impl Servo {
    /// Whether the servo steers the clock (`s2` and `s3`).
    #[must_use]
    pub fn is_locked(self) -> bool {
        match self {
            Self::Unlocked | Self::Jump => false,
            Self::Locked | Self::LockedStable => true,
        }
    }

    pub(crate) fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        match scan.field(Field::Servo)? {
            b"s0" => Ok(Self::Unlocked),
            b"s1" => Ok(Self::Jump),
            b"s2" => Ok(Self::Locked),
            b"s3" => Ok(Self::LockedStable),
            _ => Err(LineError::Unreadable(Field::Servo)),
        }
    }
}

impl fmt::Display for Servo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unlocked => "s0",
            Self::Jump => "s1",
            Self::Locked => "s2",
            Self::LockedStable => "s3",
        })
    }
}
