//! Every bound of the shell, in one place, with its reason. The core has its own.

use std::time::Duration;

/// Longest line, in bytes before its line feed. The same as the buffer of Go's `bufio.Scanner`, which existing daemons
/// are known to stay below.
pub(crate) const LINE_BYTES_MAX: usize = 65_535;

/// Room for one read from a connection of the event socket.
pub(crate) const READ_BYTES: usize = 64 * 1024;

/// Batches that wait for the driver; with their size, at most 2 MiB. When it is full, readers stop reading.
pub(crate) const BATCHES_QUEUED_MAX: usize = 16;

/// Connections of the report socket at a time. A daemon opens one.
pub(crate) const REPORT_CONNECTIONS_MAX: usize = 64;

/// Batches of reports that wait for the driver; there is a report for each change of a state.
pub(crate) const REPORT_BATCHES_QUEUED_MAX: usize = 4;

/// Connections of the event socket at a time. A daemon opens one for each process and a few short ones.
pub(crate) const CONNECTIONS_MAX: usize = 1024;

/// First pause after a failed accept, of the event socket and of HTTP; it doubles up to [`ACCEPT_PAUSE_MAX`].
pub(crate) const ACCEPT_PAUSE_MIN: Duration = Duration::from_millis(10);

/// Longest pause after a failed accept.
pub(crate) const ACCEPT_PAUSE_MAX: Duration = Duration::from_secs(1);

/// `CMD SYNC` lines that wait for their answer at a time, and answers that wait for one peer to read them; more are
/// dropped and counted.
pub(crate) const SYNCS_WAITING_MAX: usize = 1024;

/// How long an HTTP connection may stay without a request.
pub(crate) const HTTP_IDLE_MAX: Duration = Duration::from_secs(30);

/// How long a peer may take to take an answer: the longest, a list of ten thousand subscriptions, is some 4 MB.
pub(crate) const HTTP_ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a peer has at the end of its connection or of the process, once nobody answers it any more.
pub(crate) const HTTP_CLOSING_TIMEOUT: Duration = Duration::from_millis(500);

/// Size of the head of a request. A bearer token is a few kilobytes.
pub(crate) const HTTP_HEAD_BYTES_MAX: usize = 32 * 1024;

/// Bytes of a request that was answered before its end which are read and thrown away, so that its sender sees the
/// answer; then the connection is reset.
pub(crate) const HTTP_UNREAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long such bytes are read.
pub(crate) const HTTP_UNREAD_TIMEOUT: Duration = Duration::from_secs(1);

/// Open requests of one HTTP/2 connection.
pub(crate) const HTTP2_STREAMS_MAX: u32 = 32;

/// Requests of one HTTP/2 connection that were reset before they were answered; with more the connection ends.
pub(crate) const HTTP2_RESETS_MAX: usize = 32;

/// Size of an HTTP/2 frame; the smallest bound that RFC 9113 allows, 6.5.2.
pub(crate) const HTTP2_FRAME_BYTES_MAX: u32 = 16 * 1024;

/// What one HTTP/2 request may send ahead.
pub(crate) const HTTP2_WINDOW_BYTES: u32 = 64 * 1024;

/// What all requests of an HTTP/2 connection together may send ahead.
pub(crate) const HTTP2_WINDOWS_BYTES: u32 = 256 * 1024;

/// How often the other end of an HTTP/2 connection is asked whether it is there.
pub(crate) const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(10);

/// How long it has to say so.
pub(crate) const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Commands that wait for the driver; when it is full, requests wait.
pub(crate) const COMMANDS_QUEUED_MAX: usize = 64;

/// Size of a profile file or a process configuration.
pub(crate) const NODE_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Process configurations that are read; the first ones in order.
pub(crate) const NODE_FILES_MAX: usize = 256;

/// Profiles that are taken from the profile file; the first ones. A node has a few.
pub(crate) const NODE_PROFILES_MAX: usize = 256;

/// Ports that are taken from one process configuration; the first ones. A card has eight.
pub(crate) const PORTS_MAX: usize = 256;

/// Problems of the node's files that are logged one by one at one reading; the rest is counted.
pub(crate) const PROBLEMS_LOGGED_MAX: usize = 20;

/// Size of one file of the store: at 500 bytes each, above the most subscriptions that the core accepts.
pub(crate) const STORE_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Size of the file of what the core remembers, written or read: a kilobyte for each state, and 40 bytes for each
/// subscription that has not got it yet. With ten thousand subscriptions that are all away there is room for 40 states.
pub(crate) const MEMORY_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Files of the store that are read at start: one for each subscriber.
pub(crate) const STORE_FILES_MAX: usize = 10_000;

/// Size of the configuration file.
pub(crate) const CONFIGURATION_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Size of an answer of the daemon.
pub(crate) const DAEMON_ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How long `GET /emit-logs` may take; the daemon replays its lines before it answers.
pub(crate) const EMIT_LOGS_TIMEOUT: Duration = Duration::from_secs(5);

/// `GET /emit-logs` requests under way at a time.
pub(crate) const EMIT_LOGS_UNDER_WAY_MAX: usize = 8;

/// `GET /emit-logs` requests that wait for their turn: one for each new connection, as long as there is room. A daemon
/// opens some ten connections; those of a flood share the last request that waits.
pub(crate) const EMIT_LOGS_WAITING_MAX: usize = 56;

/// How long what a change has to tell waits for the disk. A disk takes a few milliseconds; a consumer must hear within a
/// second.
pub(crate) const DELIVERY_HELD_MAX: Duration = Duration::from_millis(100);

/// Pause before a write of the last states that has failed is repeated.
pub(crate) const MEMORY_REWRITE_PAUSE: Duration = Duration::from_secs(5);

/// How long the start waits for the aliases of a daemon that runs already.
pub(crate) const ALIASES_AT_START_TIMEOUT: Duration = Duration::from_millis(500);

/// How long `GET /port-aliases` may take.
pub(crate) const PORT_ALIASES_TIMEOUT: Duration = Duration::from_secs(2);

/// Idle connections kept for each subscriber's host. All subscribers of a host are told at once, and a connection that is not
/// there costs a delivery more than all else. A node has fewer consumers; a testbed with a thousand on one host is served.
pub(crate) const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 1024;

/// Writes to the store at a time, each for an endpoint of its own: a disk takes several flushes together for little more than
/// one.
pub(crate) const STORE_WRITES_UNDER_WAY_MAX: usize = 8;

/// Head of an answer by HTTP/2. By HTTP/1.1 hyper reads at most 417,792 bytes and 100 fields.
pub(crate) const ANSWER_HEADER_BYTES_MAX: u32 = 16 * 1024;

/// Name look-ups for deliveries at a time. With those for handshakes far below the 512 threads of the runtime for what
/// blocks, so that writes to the disk always find one.
pub(crate) const DELIVERY_LOOK_UPS_MAX: usize = 128;

/// Name look-ups for handshakes at a time.
pub(crate) const HANDSHAKE_LOOK_UPS_MAX: usize = 32;

/// Addresses of one name that a connection is tried to, in the order of the system.
pub(crate) const ADDRESSES_PER_NAME_MAX: usize = 8;

/// Size of the file of authorities for https endpoints. The whole store of a system is a quarter of it.
pub(crate) const AUTHORITIES_BYTES_MAX: u64 = 1024 * 1024;

/// Events whose bytes are kept for the next subscriber. A change makes a few.
pub(crate) const RENDERED_EVENTS_MAX: usize = 16;

/// Threads of the runtime: the driver keeps one busy at most, and the rest is waiting. A node may have a hundred
/// processors, which this process must not claim.
pub(crate) const WORKER_THREADS: usize = 4;

/// Size of the file that says who may change subscriptions, and of each file that it names.
pub(crate) const AUTH_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Size of a bearer token. Those with a long list of groups have a few kilobytes.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// How far the clock of an issuer may be off, in seconds. That of this node is what the proxy is about.
pub(crate) const TOKEN_LEEWAY_S: f64 = 30.0;

/// Keys of an issuer; the first usable ones. An issuer has two or three. A token that names none is tried with each.
pub(crate) const KEYS_MAX: usize = 32;

/// Size of the keys of an issuer, be they read from a file or from a server.
pub(crate) const KEY_SET_BYTES_MAX: usize = 256 * 1024;

/// How long the server of the keys may take for its whole answer.
pub(crate) const KEYS_TIMEOUT: Duration = Duration::from_secs(5);

/// Between two looks for new keys of an issuer, if nothing asks for one.
pub(crate) const KEYS_LOOK_INTERVAL: Duration = Duration::from_secs(300);

/// Shortest pause between two looks for keys: after a failure, and when tokens with unknown keys come.
pub(crate) const KEYS_PAUSE: Duration = Duration::from_secs(10);

/// How long a request with an unknown key waits for newer ones.
pub(crate) const KEYS_WAIT_MAX: Duration = Duration::from_secs(2);

/// Requests that wait for newer keys at a time; more are refused at once, so that those of a stranger cannot take the
/// room of all others.
pub(crate) const KEYS_WAITING_MAX: usize = 16;

/// Between two looks for new files of TLS.
pub(crate) const TLS_LOOK_INTERVAL: Duration = Duration::from_secs(60);
/// How long one request to the Kubernetes API may take, from connecting to the last byte of the answer.
pub(crate) const CLUSTER_REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the start waits for what the cluster keeps. linuxptp-daemon waits for the start.
pub(crate) const CLUSTER_AT_START_TIMEOUT: Duration = Duration::from_secs(2);

/// Pause after a write to the cluster; changes that come meanwhile share the next one. The rate that the client library of
/// Kubernetes allows itself, five in a second.
pub(crate) const CLUSTER_WRITE_PAUSE: Duration = Duration::from_millis(200);

/// Pause after the first failure of the cluster; it doubles up to [`CLUSTER_RETRY_MAX`].
pub(crate) const CLUSTER_RETRY_FIRST: Duration = Duration::from_secs(1);

/// Longest pause after a failure of the cluster.
pub(crate) const CLUSTER_RETRY_MAX: Duration = Duration::from_secs(60);

/// Times that a write is tried again because somebody else has written; then it counts as failed.
pub(crate) const CLUSTER_CONFLICTS_MAX: usize = 4;

/// Attempts to write to the cluster at the end.
pub(crate) const CLUSTER_ATTEMPTS_AT_END_MAX: usize = 2;

/// Keys and values of a ConfigMap, Kubernetes `core/validation` `MaxSecretSize`. With 650 bytes each, some 1,600
/// subscriptions.
pub(crate) const CONFIG_MAP_BYTES_MAX: usize = 1024 * 1024;

/// Size of an answer of the Kubernetes API: a full ConfigMap with every character escaped, and what the cluster notes
/// about its keys.
pub(crate) const CLUSTER_ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Size of a token, or of the authorities of the cluster.
pub(crate) const CREDENTIAL_BYTES_MAX: u64 = 1024 * 1024;

/// Removals that are remembered until the cluster is read for the first time, so that nothing comes back that was removed
/// meanwhile. With more, nothing is adopted. As many as there may be subscriptions.
pub(crate) const CLUSTER_REMOVALS_MAX: usize = 10_000;

/// Endpoints that the gauge of what the cluster does not have yet counts.
pub(crate) const CLUSTER_PENDING_MAX: usize = STORE_FILES_MAX;

/// Changes whose deliveries are timed, the latest ones. They come a few per minute, so that this is hours.
pub(crate) const CHANGES_TIMED_MAX: usize = 4096;

/// Bounds of the histogram of how late subscribers hear of a change, in seconds. A consumer must hear within 1 s; a
/// healthy one does after the write to the disk, a few milliseconds, at most 0.1 s. A minute is two of the longest pauses.
pub(crate) const DELIVERY_LATENCY_BOUNDS_S: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Bounds of the histograms of one attempt, in seconds. By default one is given up after 2 s, and then counts between
/// this bound and the next.
pub(crate) const ATTEMPT_BOUNDS_S: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];

/// Bounds of the histogram of the length of queues, in events. Most queues have one, the one that is being sent; the last
/// bound is a full queue.
pub(crate) const QUEUE_LENGTH_BOUNDS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
