//! Whether a process is up, as the daemon says it.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, is_blank};

/// `PTP_PROCESS_STATUS:%d`, or with a blank instead of the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessStatus {
    /// 1 up, 0 down; any other number is kept and means neither.
    pub value: i64,
    /// Whether a colon or a blank precedes the number.
    pub separator: StatusSeparator,
}

/// What stands between the word and the number of a process status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusSeparator {
    /// `PTP_PROCESS_STATUS:1`
    Colon,
    /// `PTP_PROCESS_STATUS 1`
    Blank,
}

impl ProcessStatus {
    /// Reads a whole text; `None` when it is not a process status.
    pub(crate) fn parse(text: &[u8]) -> Result<Option<Self>, LineError> {
        let Some(rest) = text.strip_prefix(b"PTP_PROCESS_STATUS") else {
            return Ok(None);
        };
        let (separator, rest) = match rest {
            [b':', rest @ ..] => (StatusSeparator::Colon, rest),
            [] => (StatusSeparator::Blank, rest),
            [byte, ..] if is_blank(*byte) => (StatusSeparator::Blank, rest),
            [..] => return Ok(None),
        };
        let value = Scan::new(rest).signed(Field::ProcessStatus)?;
        Ok(Some(Self { value, separator }))
    }
}

impl fmt::Display for ProcessStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = match self.separator {
            StatusSeparator::Colon => ':',
            StatusSeparator::Blank => ' ',
        };
        write!(f, "PTP_PROCESS_STATUS{separator}{}", self.value)
    }
}
