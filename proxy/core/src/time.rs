//! The two timescales of the core, told from outside.

use serde::{Deserialize, Serialize};

/// Time since an arbitrary start that never goes backwards and is not stepped: what deadlines are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mono {
    /// Nanoseconds since the start.
    pub ns: u64,
}

/// Civil time: what events are stamped with. May be stepped, for example by phc2sys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Utc {
    /// Nanoseconds since 1970-01-01T00:00:00 UTC, without leap seconds.
    pub unix_ns: u64,
}

/// Both timescales at one instant, so that they can never come from different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For deadlines.
    pub mono: Mono,
    /// For stamps.
    pub utc: Utc,
}
