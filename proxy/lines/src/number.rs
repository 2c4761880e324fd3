//! Whole numbers as C's `%.0f` prints them: rounded half to even, with a sign that zero keeps.
//!
//! linuxptp computes frequencies in floating point and prints them without decimals, so `freq      -0` is
//! common. An integer would lose that sign and with it the byte-for-byte round trip.

use core::fmt;

use crate::error::{Field, LineError};
use crate::scan::{Scan, sign_and_magnitude};

/// A frequency as `%+.0f` prints it: a whole number of parts per billion that may be a negative zero.
///
/// `{}` prints it like `%.0f`, `{:+}` with the sign, and a width pads on the left: `{:+7}` is C's `%+7.0f`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ppb {
    negative: bool,
    magnitude: u64,
}

impl Ppb {
    /// Rounds half to even and keeps the sign, as `%.0f` does: -0.4 becomes a negative zero.
    ///
    /// The magnitude is clamped to 2^52, far outside any clock; not-a-number becomes zero.
    #[must_use]
    pub fn rounded(value: f64) -> Self {
        Self { negative: value.is_sign_negative() && !value.is_nan(), magnitude: rounded_magnitude(value) }
    }

    /// The number in parts per billion; a negative zero is 0.
    #[must_use]
    pub fn ppb(self) -> i64 {
        // Neither sum saturates: every constructor keeps the magnitude within an i64 of this sign.
        if self.negative {
            0i64.saturating_sub_unsigned(self.magnitude)
        } else {
            0i64.saturating_add_unsigned(self.magnitude)
        }
    }

    pub(crate) fn parse(scan: &mut Scan<'_>, field: Field) -> Result<Self, LineError> {
        let word = scan.field(field)?;
        let (negative, magnitude) = sign_and_magnitude(word).ok_or(LineError::Unreadable(field))?;
        Ok(Self { negative, magnitude })
    }
}

impl From<i64> for Ppb {
    fn from(ppb: i64) -> Self {
        Self { negative: ppb < 0, magnitude: ppb.unsigned_abs() }
    }
}

impl fmt::Display for Ppb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // u64::MAX has 20 digits.
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        let mut left = self.magnitude;
        while start == digits.len() || left > 0 {
            start -= 1;
            digits[start] = b"0123456789"[usize::try_from(left % 10).expect("below 10")];
            left /= 10;
        }
        let text = core::str::from_utf8(&digits[start..]).expect("only digits were written");
        f.pad_integral(!self.negative, "", text)
    }
}

/// The digits that C's `%.0f` prints for a number without its sign: rounded half to even, clamped to 2^52;
/// not-a-number becomes zero.
#[must_use]
pub fn rounded_magnitude(value: f64) -> u64 {
    // From 2^52 to 2^53 consecutive doubles are consecutive integers, and so are their bits. Adding 2^52
    // therefore makes the processor round to an integer, half to even, and the distance of the bits is that
    // integer.
    const BASE: f64 = 4_503_599_627_370_496.0;
    if value.is_nan() {
        return 0;
    }
    (value.abs().min(BASE) + BASE).to_bits() - BASE.to_bits()
}
