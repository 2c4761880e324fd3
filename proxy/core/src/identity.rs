//! Which event is which.

use core::fmt;
use serde::{Deserialize, Serialize};

/// 128 bits, a version 4 UUID in RFC 9562 byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// The identity of what several events say together: the same for the same events, and none of theirs, so that source
    /// and identity name one event (O-RAN.WG6 O-Cloud Notification API v04.00, table 32) even where one is all that is known.
    pub(crate) fn of_all(events: impl Iterator<Item = Self>) -> Self {
        const TOGETHER: [u8; 16] = *b"seen as a whole.";
        let mut bytes = events.fold(TOGETHER, |sum, event| core::array::from_fn(|at| sum[at] ^ event.0[at]));
        // Random as its parts are: RFC 9562, 5.4.
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl fmt::Display for EventId {
    /// The usual text form: 32 lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
