//! Every bound of the testbed in one place.

use std::time::Duration;

/// A proxy that does not serve after this long has failed to start.
pub const PROXY_START_MAX: Duration = Duration::from_secs(30);

/// A proxy that has not ended this long after SIGTERM is reported, and killed.
pub const PROXY_STOP_MAX: Duration = Duration::from_secs(20);

/// How often the ready file of a starting proxy is looked for.
pub const PROXY_START_POLL: Duration = Duration::from_millis(2);

/// Longest wait for the answer to `CMD SYNC`. Everything that the proxy may wait for before it answers is shorter.
pub const SYNC_ANSWER_MAX: Duration = Duration::from_secs(60);

/// Longest wait for an answer of the API. A subscription waits for its consumer, at most the delivery timeout.
pub const API_ANSWER_MAX: Duration = Duration::from_secs(15);

/// Bytes of lines that are collected before they are written and waited for.
pub const BATCH_BYTES_MAX: usize = 64 * 1024;

/// Virtual time that passes between two waits for the proxy, in nanoseconds.
pub const BATCH_SPAN_NS_MAX: u64 = 1_000_000_000;

/// Notifications that a consumer keeps until they are taken; more are counted, not kept.
pub const RECEIVED_MAX: usize = 100_000;

/// Bytes of one notification that a consumer accepts.
pub const NOTIFICATION_BYTES_MAX: usize = 1024 * 1024;

/// Events that one run keeps for its verdict.
pub const EVENTS_MAX: usize = 1_000_000;

/// Bytes of one recorded log file.
pub const RECORDING_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Highest port number for which a configuration is derived from a recording.
pub const PORTS_MAX: u16 = 64;

/// Lines of the proxy's log that an error quotes.
pub const LOG_TAIL_LINES: usize = 30;
