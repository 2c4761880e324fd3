//! The one place that reads the wall clock: for measuring speed and latency, never for deciding what happens.

use std::time::Instant;

/// The instant of the call.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this crate; measures latency, decides nothing"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
