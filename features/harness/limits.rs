//! Every bound of the testbed in one place.

use std::time::Duration;

/// A proxy that does not serve after this long has failed to start.
pub const PROXY_START_MAX: Duration = Duration::from_secs(30);

/// A proxy that has not ended this long after SIGTERM is reported, and killed.
pub const PROXY_STOP_MAX: Duration = Duration::from_secs(20);

/// A proxy whose event socket fails is waited for this long, to tell whether it has ended.
pub const PROXY_END_SEEN_MAX: Duration = Duration::from_secs(1);

/// How often the ready file of a starting proxy is looked for.
pub const PROXY_START_POLL: Duration = Duration::from_millis(2);

/// Longest wait for the answer to `CMD SYNC`. Everything that the proxy may wait for before it answers is shorter.
pub const SYNC_ANSWER_MAX: Duration = Duration::from_secs(60);

/// Longest wait for an answer of the API. A subscription waits for its consumer, at most the delivery timeout.
pub const API_ANSWER_MAX: Duration = Duration::from_secs(15);

/// Bytes of one file of a run folder that a report reads: three days of lines at 16 samples a second of two processes.
pub const RUN_FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Bytes of lines that are collected before they are written and waited for.
pub const BATCH_BYTES_MAX: usize = 64 * 1024;

/// Lines of a batch. A line publishes few events (a clock and the clocks that follow it, and the node after each: eight
/// where four clocks change at once), and the proxy keeps 100 for a subscriber: what a batch causes is never let go.
pub const BATCH_LINES_MAX: usize = 12;

/// Virtual time that passes between two waits for the proxy, in nanoseconds.
pub const BATCH_SPAN_NS_MAX: u64 = 1_000_000_000;

/// Notifications that a consumer keeps until they are taken; more are counted, not kept.
pub const RECEIVED_MAX: usize = 100_000;

/// Bytes of the bodies that a consumer keeps until they are taken; notifications beyond it are counted, not kept.
pub const RECEIVED_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Paths for which a consumer counts apart and may behave apart; those beyond it count for the whole only.
pub const CONSUMER_PATHS_MAX: usize = 10_000;

/// Connections that a consumer holds at the same time; further ones wait to be accepted.
pub const CONSUMER_CONNECTIONS_MAX: usize = 4096;

/// Connections that wait to be accepted, unless the settings of a consumer say otherwise.
pub const CONSUMER_BACKLOG: u32 = 1024;

/// Pause after a connection that could not be accepted, for example because descriptors ran out.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Longest time that a consumer that closes spends on answers that it has begun.
pub const CONSUMER_CLOSE_MAX: Duration = Duration::from_secs(1);

/// How many free ports are tried to find one that is free on each address of a consumer.
pub const PORT_ATTEMPTS_MAX: usize = 16;

/// Bytes of each header of [`Conduct::HugeHeaders`](crate::Conduct::HugeHeaders).
pub const HUGE_HEADER_BYTES: usize = 16 * 1024;

/// How many headers [`Conduct::HugeHeaders`](crate::Conduct::HugeHeaders) sends: 4 MiB in all.
pub const HUGE_HEADERS: usize = 256;

/// Bytes that [`Conduct::EndlessBody`](crate::Conduct::EndlessBody) writes at a time.
pub const ENDLESS_BODY_CHUNK_BYTES: usize = 64 * 1024;

/// Bytes of one notification that a consumer accepts.
pub const NOTIFICATION_BYTES_MAX: usize = 1024 * 1024;

/// Events that one run keeps for its verdict.
pub const EVENTS_MAX: usize = 1_000_000;

/// Longest time since the start of the host that a stamp of a recording can mean, in seconds: 31 years.
pub const UPTIME_S_MAX: u64 = 1_000_000_000;

/// Latest UNIX time at which the host of a recording was started, in seconds: in the year 2286. With an uptime and a
/// holdover beyond it, it is still a time that can be written.
pub const BOOT_UNIX_S_MAX: u64 = 10_000_000_000;

/// Bytes of one recorded log file.
pub const RECORDING_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Highest port number for which a configuration is derived from a recording.
pub const PORTS_MAX: u16 = 64;

/// Lines of the proxy's log that an error quotes.
pub const LOG_TAIL_LINES: usize = 30;

/// Bytes of one answer of an endpoint that the conformance suite takes.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of a body that a report shows.
pub const EXCHANGE_TEXT_MAX: usize = 4096;

/// Exchanges of one scenario that are kept for its report; the first ones.
pub const EXCHANGES_MAX: usize = 200;

/// Longest wait for an endpoint that was told to start again.
pub const RESTART_MAX: Duration = Duration::from_secs(60);

/// How often an endpoint that starts is asked whether it serves.
pub const RESTART_POLL: Duration = Duration::from_millis(100);

/// Redirects that a step of the suite follows.
pub const REDIRECTS_MAX: usize = 5;

/// Bytes of a request that no endpoint has a reason to take.
pub const REQUEST_TOO_LARGE_BYTES: usize = 5_000_000;

/// Bytes of a message, a request or a response that the files of a conformance run quote; the rest is cut, with a note.
pub const REPORT_TEXT_BYTES_MAX: usize = 16 * 1024;

/// HTTP exchanges of a failure that the files of a conformance run quote, the last ones; the rest is counted.
pub const REPORT_EXCHANGES_MAX: usize = 50;

/// Bytes of a message, a request or a response that a failure quotes on the terminal.
pub const TERMINAL_TEXT_BYTES_MAX: usize = 2 * 1024;

/// HTTP exchanges of a failure that are shown on the terminal, the last ones.
pub const TERMINAL_EXCHANGES_MAX: usize = 3;

/// Bytes of a request that the Kubernetes API of the conformance suite takes: a full ConfigMap with every character escaped.
pub const CLUSTER_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest wait for what a subject writes to a cluster behind the back of its subscribers.
pub const CLUSTER_WRITE_MAX: Duration = Duration::from_secs(15);

/// How often a ConfigMap, or a subscription that is to end, is looked at.
pub const CHANGE_POLL: Duration = Duration::from_millis(20);

/// How late a notification may come where "within 1 second" is demanded of a proxy that the suite starts itself: a machine
/// that tests eight at a time is no measure of a second.
pub const BUSY_MACHINE_DELAY_MAX: Duration = Duration::from_secs(5);

/// What lets the longest pause between two attempts to deliver go by.
pub const RETRY_PAUSE: Duration = Duration::from_secs(31);

/// How often [`RETRY_PAUSE`] is let go by after the changes that should have been enough.
pub const RETRY_PAUSES_MAX: usize = 4;

/// Subscriptions of one client of a scenario in which many subscribe.
pub const SUBSCRIPTIONS_OF_A_CLIENT_MAX: usize = 1000;
