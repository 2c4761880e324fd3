//! The clock class, as the daemon says it.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, unsigned};

/// `CLOCK_CLASS_CHANGE %d`, or `%f` from older daemons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockClassChange {
    /// The class, IEEE 1588-2019 7.6.2.5: 0 to 255.
    pub class: u8,
    /// Whether it was printed as a whole number or with six decimals.
    pub form: NumberForm,
}

/// How a whole number was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberForm {
    /// `6`
    Integer,
    /// `6.000000`
    SixDecimals,
}

const DECIMALS: &[u8] = b".000000";

impl ClockClassChange {
    /// Reads a whole text; `None` when it is not a change of the clock class.
    pub(crate) fn parse(text: &[u8]) -> Result<Option<Self>, LineError> {
        let mut scan = Scan::new(text);
        if !scan.is("CLOCK_CLASS_CHANGE") {
            return Ok(None);
        }
        let word = scan.field(Field::ClockClass)?;
        let (digits, form) = match word.strip_suffix(DECIMALS) {
            Some(digits) => (digits, NumberForm::SixDecimals),
            None => (word, NumberForm::Integer),
        };
        let class = unsigned(digits).and_then(|class| u8::try_from(class).ok());
        Ok(Some(Self { class: class.ok_or(LineError::Unreadable(Field::ClockClass))?, form }))
    }
}

impl fmt::Display for ClockClassChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = match self.form {
            NumberForm::Integer => "",
            NumberForm::SixDecimals => ".000000",
        };
        write!(f, "CLOCK_CLASS_CHANGE {}{decimals}", self.class)
    }
}
