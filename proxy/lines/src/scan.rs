//! Reading words and numbers off the front of a text. Blanks are spaces and tabs.

use crate::error::{Field, LineError};

/// What is left of a text.
pub(crate) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// The next word, if any.
    #[inline]
    pub(crate) fn word(&mut self) -> Option<&'a [u8]> {
        let text = skip_blanks(self.rest);
        let end = text.iter().position(|&byte| is_blank(byte)).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether no word is left.
    #[inline]
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.iter().all(|&byte| is_blank(byte))
    }

    /// Whether a word that is left is one of these.
    pub(crate) fn any_word(mut self, is_one: impl Fn(&[u8]) -> bool) -> bool {
        while let Some(word) = self.word() {
            if is_one(word) {
                return true;
            }
        }
        false
    }

    /// The next word, which the form must have.
    #[inline]
    pub(crate) fn field(&mut self, field: Field) -> Result<&'a [u8], LineError> {
        self.word().ok_or(LineError::Missing(field))
    }

    /// Whether the next word is this one; it is passed over either way.
    #[inline]
    pub(crate) fn is(&mut self, word: &'static str) -> bool {
        self.word() == Some(word.as_bytes())
    }

    /// Passes over a fixed word.
    #[inline]
    pub(crate) fn expect(&mut self, word: &'static str) -> Result<(), LineError> {
        if self.is(word) { Ok(()) } else { Err(LineError::Expected(word)) }
    }

    /// A fixed word, or the end of the line: whether the word is there.
    #[inline]
    pub(crate) fn expect_or_end(&mut self, word: &'static str) -> Result<bool, LineError> {
        match self.word() {
            None => Ok(false),
            Some(found) if found == word.as_bytes() => Ok(true),
            Some(_) => Err(LineError::Expected(word)),
        }
    }

    #[inline]
    pub(crate) fn signed(&mut self, field: Field) -> Result<i64, LineError> {
        signed(self.field(field)?).ok_or(LineError::Unreadable(field))
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, field: Field) -> Result<u64, LineError> {
        unsigned(self.field(field)?).ok_or(LineError::Unreadable(field))
    }
}

#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

#[inline]
pub(crate) fn skip_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| !is_blank(byte)).unwrap_or(text.len());
    &text[start..]
}

/// Decimal digits, at least one.
#[inline]
pub(crate) fn unsigned(digits: &[u8]) -> Option<u64> {
    // So many digits always fit; only the rest need a check.
    const FITS: usize = 19;
    if digits.is_empty() {
        return None;
    }
    let (first, rest) = digits.split_at(digits.len().min(FITS));
    let mut value = 0;
    for &byte in first {
        value = value * 10 + digit(byte)?;
    }
    for &byte in rest {
        value = value.checked_mul(10)?.checked_add(digit(byte)?)?;
    }
    Some(value)
}

#[inline]
fn digit(byte: u8) -> Option<u64> {
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some(u64::from(digit))
}

/// A sign, if any, and digits: whether the sign is a minus, and the magnitude, which fits an `i64` with that
/// sign.
#[inline]
pub(crate) fn sign_and_magnitude(word: &[u8]) -> Option<(bool, u64)> {
    let (negative, digits) = match word {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let magnitude = unsigned(digits)?;
    let largest = if negative { i64::MIN.unsigned_abs() } else { i64::MAX.unsigned_abs() };
    (magnitude <= largest).then_some((negative, magnitude))
}

#[inline]
pub(crate) fn signed(word: &[u8]) -> Option<i64> {
    let (negative, magnitude) = sign_and_magnitude(word)?;
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { 0i64.checked_add_unsigned(magnitude) }
}

/// Reads seconds, a point and the nanoseconds of the second: without leading zeros too, as `%ld` prints them.
pub(crate) fn seconds_and_nanoseconds(scan: &mut Scan<'_>, field: Field) -> Result<u64, LineError> {
    const NS_PER_S: u64 = 1_000_000_000;
    let word = scan.field(field)?;
    let read = || {
        let point = word.iter().position(|&byte| byte == b'.')?;
        let (seconds, nanoseconds) = (unsigned(&word[..point])?, unsigned(&word[point + 1..])?);
        if nanoseconds >= NS_PER_S { None } else { seconds.checked_mul(NS_PER_S)?.checked_add(nanoseconds) }
    };
    read().ok_or(LineError::Unreadable(field))
}

/// Reads `0x` and a byte in hexadecimal, as C's `%#x` prints it.
pub(crate) fn hexadecimal(scan: &mut Scan<'_>, field: Field) -> Result<u8, LineError> {
    let digits = scan.field(field)?.strip_prefix(b"0x");
    digits.and_then(hexadecimal_digits).ok_or(LineError::Unreadable(field))
}

/// A byte in hexadecimal digits, at least one.
pub(crate) fn hexadecimal_digits(digits: &[u8]) -> Option<u8> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u8, |value, &byte| value.checked_mul(16)?.checked_add(hex_digit(byte)?))
}

/// The value of one hexadecimal digit.
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The word as text.
pub(crate) fn text(word: &[u8], field: Field) -> Result<&str, LineError> {
    core::str::from_utf8(word).map_err(|_| LineError::Unreadable(field))
}
