//! What can keep a testbed from working. None of it says anything about the behaviour under test.

use crate::event::NotAnEvent;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why the testbed could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// A file or folder of the node could not be written or read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder in which a node is to be kept holds one already, whose files and subscriptions would count, too.
    #[error("{path} holds a node already: keep this one in another folder", path = path.display())]
    Kept {
        /// Which.
        path: PathBuf,
    },
    /// A folder in which a run is to be recorded holds one already.
    #[error("{path} holds a run already: record this one in another folder", path = path.display())]
    Recorded {
        /// Which.
        path: PathBuf,
    },
    /// A file of a run folder is not what it should be.
    #[error("{path}, line {line}: {problem}", path = path.display())]
    RunFile {
        /// Which.
        path: PathBuf,
        /// Where in it, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A folder holds nothing that a report could be made of.
    #[error("{path} holds no run: there is no {wanted} in it", path = path.display())]
    NoRun {
        /// Which.
        path: PathBuf,
        /// The files of which at least one is needed.
        wanted: &'static str,
    },
    /// A local server of the testbed could not be opened.
    #[error("cannot listen: {source}")]
    Listen {
        /// Why.
        source: std::io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {source}")]
    Certificate {
        /// Why.
        source: rcgen::Error,
    },
    /// A certificate cannot be served.
    #[error("cannot serve TLS: {source}")]
    Tls {
        /// Why.
        source: rustls::Error,
    },
    /// The proxy could not be started.
    #[error("cannot start {program}: {source}", program = program.display())]
    Spawn {
        /// Which program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The proxy ended before it served.
    #[error("the proxy ended with {status} before it served; its log ends with:\n{log_tail}")]
    EndedEarly {
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        log_tail: String,
    },
    /// The proxy ended while it was needed.
    #[error("the proxy ended with {status}; its log ends with:\n{log_tail}")]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        log_tail: String,
    },
    /// The proxy did not serve in time.
    #[error("the proxy did not serve within {seconds} s; its log ends with:\n{log_tail}")]
    NotReady {
        /// How long it was given.
        seconds: u64,
        /// The end of its log.
        log_tail: String,
    },
    /// The ready file of the proxy is not what it should be.
    #[error("the ready file of the proxy names no `{missing}`: {content}")]
    ReadyFile {
        /// The key that is missing.
        missing: &'static str,
        /// What it says.
        content: String,
    },
    /// An endpoint that is not ours cannot be tested.
    #[error("the endpoint: {detail}")]
    Endpoint {
        /// Why.
        detail: String,
    },
    /// A signal could not be sent, or the end of the proxy not be waited for.
    #[error("cannot stop the proxy: {source}")]
    Stop {
        /// Why.
        source: std::io::Error,
    },
    /// The proxy did not end in time after SIGTERM.
    #[error("the proxy did not end within {seconds} s after SIGTERM")]
    DidNotEnd {
        /// How long it was given.
        seconds: u64,
    },
    /// The event socket could not be connected, written or read.
    #[error("event socket: {source}")]
    Socket {
        /// Why.
        source: std::io::Error,
    },
    /// The proxy closed the event socket.
    #[error("the proxy closed the event socket")]
    SocketClosed,
    /// `CMD SYNC` was not answered in time.
    #[error("`CMD SYNC {token}` was not answered within {seconds} s")]
    NoSync {
        /// Which.
        token: String,
        /// How long it was given.
        seconds: u64,
    },
    /// `CMD SYNC` was answered by something else.
    #[error("`CMD SYNC {token}` was answered with `{answer}`")]
    WrongSync {
        /// Which.
        token: String,
        /// The answer.
        answer: String,
    },
    /// The API could not be reached.
    #[error("API: {source}")]
    Api {
        /// Why.
        source: reqwest::Error,
    },
    /// A subscription that the run needs was refused.
    #[error("subscribing {address} was answered with {status}")]
    NotSubscribed {
        /// The resource address.
        address: String,
        /// The status.
        status: u16,
    },
    /// The proxy sent something that is not an event.
    #[error("the proxy sent something that is not an event: {source}")]
    Event {
        /// What is wrong with it.
        source: NotAnEvent,
    },
    /// More events than a run keeps.
    #[error("more than {limit} events")]
    TooManyEvents {
        /// The bound.
        limit: usize,
    },
    /// The timeline could not be written.
    #[error("cannot write the output: {source}")]
    Output {
        /// Why.
        source: std::io::Error,
    },
}

impl LabError {
    /// For `map_err` on file operations.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

impl From<reqwest::Error> for LabError {
    fn from(source: reqwest::Error) -> Self {
        Self::Api { source }
    }
}

impl From<NotAnEvent> for LabError {
    fn from(source: NotAnEvent) -> Self {
        Self::Event { source }
    }
}
