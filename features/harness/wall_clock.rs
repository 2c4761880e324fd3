//! The one place that reads the wall clock: for measuring speed and latency and for the heads of
//! reports, never for deciding what happens.

use std::time::Instant;

/// The instant of the call.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this crate; measures latency, decides nothing"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The civil time of the call in UTC, RFC 3339, in whole seconds: for the heads of reports.
pub(crate) fn utc_text() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The civil time of the call in UNIX nanoseconds: to compare with what an endpoint in real time says.
pub(crate) fn unix_ns() -> u64 {
    chrono::Utc::now().timestamp_nanos_opt().and_then(|ns| u64::try_from(ns).ok()).unwrap_or_default()
}
