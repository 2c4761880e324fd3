//! The peers of the event socket: their connections, their `CMD SYNC`s, and what is asked of the daemon for them.

use super::Driver;
use crate::daemon_api::{AskError, DaemonApi};
use crate::limits::SYNCS_WAITING_MAX;
use crate::line_socket::ConnectionId;
use proxy_core::Origin;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

/// A connection that is open.
#[derive(Debug)]
pub(super) struct Connection {
    /// Whether the daemon has marked its lines as live.
    pub(super) origin: Origin,
    /// Where its answers go.
    pub(super) answers: mpsc::Sender<String>,
}

/// A `CMD SYNC` that waits.
#[derive(Debug)]
pub(super) struct Sync {
    /// What to answer.
    token: String,
    /// Where. Kept beyond the end of the connection: a peer may close its sending side and still read.
    answers: mpsc::Sender<String>,
    /// Requests to the daemon that began earlier have smaller numbers.
    before_request: u64,
}

/// What a request to the daemon brought.
#[derive(Debug)]
pub(super) enum DaemonAnswer {
    /// The daemon replays its lines, or not.
    LogsEmitted(Result<(), AskError>),
    /// The aliases, or not.
    Aliases(Result<BTreeMap<String, String>, AskError>),
}

/// An answer with the number of its request.
#[derive(Debug)]
pub(super) struct DaemonReport {
    number: u64,
    answer: DaemonAnswer,
}

/// Requests to the daemon. Of each kind at most one is under way and one waits for it, so that a flood of connections
/// is no flood of requests, and yet every connection is followed by a request that began after it.
#[derive(Debug)]
pub(super) struct DaemonRequests {
    daemon: DaemonApi,
    tasks: JoinSet<DaemonReport>,
    /// Requests without an answer.
    open: BTreeSet<u64>,
    next_number: u64,
    emit_logs: Slot,
    port_aliases: Slot,
}

/// The requests of one kind.
#[derive(Debug, Default)]
struct Slot {
    under_way: bool,
    waiting: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Question {
    EmitLogs,
    PortAliases,
}

impl DaemonRequests {
    /// Nothing asked yet.
    pub(super) fn new(daemon: DaemonApi) -> Self {
        Self {
            daemon,
            tasks: JoinSet::new(),
            open: BTreeSet::new(),
            next_number: 1,
            emit_logs: Slot::default(),
            port_aliases: Slot::default(),
        }
    }

    /// Asks now, or once the request under way is answered.
    fn ask(&mut self, question: Question) {
        if self.slot(question).waiting.is_some() {
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        self.open.insert(number);
        if self.slot(question).under_way {
            self.slot(question).waiting = Some(number);
        } else {
            self.start(question, number);
        }
    }

    fn start(&mut self, question: Question, number: u64) {
        self.slot(question).under_way = true;
        let daemon = self.daemon.clone();
        self.tasks.spawn(async move {
            let answer = match question {
                Question::EmitLogs => DaemonAnswer::LogsEmitted(daemon.emit_logs().await),
                Question::PortAliases => DaemonAnswer::Aliases(daemon.port_aliases().await),
            };
            DaemonReport { number, answer }
        });
    }

    fn slot(&mut self, question: Question) -> &mut Slot {
        match question {
            Question::EmitLogs => &mut self.emit_logs,
            Question::PortAliases => &mut self.port_aliases,
        }
    }

    /// Whether any is under way.
    pub(super) fn are_under_way(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// The next answer.
    pub(super) async fn next(&mut self) -> Option<Result<DaemonReport, JoinError>> {
        self.tasks.join_next().await
    }

    /// Takes note of an answer.
    pub(super) fn finished(&mut self, report: DaemonReport) -> DaemonAnswer {
        self.open.remove(&report.number);
        let question = match report.answer {
            DaemonAnswer::LogsEmitted(_) => Question::EmitLogs,
            DaemonAnswer::Aliases(_) => Question::PortAliases,
        };
        let slot = self.slot(question);
        slot.under_way = false;
        if let Some(number) = slot.waiting.take() {
            self.start(question, number);
        }
        report.answer
    }

    /// Whether all requests with smaller numbers are answered.
    fn are_answered_before(&self, number: u64) -> bool {
        self.open.first().is_none_or(|oldest| *oldest >= number)
    }
}

impl Driver {
    /// A peer has connected: the daemon holds its lines back until it is asked for a replay.
    pub(super) fn opened(&mut self, connection: ConnectionId, answers: mpsc::Sender<String>) {
        self.counters.connections += 1;
        self.connections.insert(
            connection,
            Connection {
                origin: Origin::Unmarked,
                answers,
            },
        );
        self.configure_if_changed();
        self.daemon_requests.ask(Question::EmitLogs);
        self.daemon_requests.ask(Question::PortAliases);
    }

    /// A peer wants to know when everything so far has been worked off.
    pub(super) fn wait_for_quiet(&mut self, connection: ConnectionId, token: &str) {
        let Some(peer) = self.connections.get(&connection) else {
            return;
        };
        if self.syncs.len() >= SYNCS_WAITING_MAX {
            self.counters.syncs_dropped += 1;
            return;
        }
        self.syncs.push_back(Sync {
            token: token.to_owned(),
            answers: peer.answers.clone(),
            before_request: self.daemon_requests.next_number,
        });
    }

    /// Answers those whose wait is over, in order.
    pub(super) fn answer_syncs(&mut self) {
        while self.is_quiet() && self.is_next_sync_due() {
            let Some(sync) = self.syncs.pop_front() else {
                return;
            };
            if sync.answers.try_send(format!("SYNC {}\n", sync.token)).is_err() {
                self.counters.syncs_dropped += 1;
            }
        }
    }

    fn is_next_sync_due(&self) -> bool {
        self.syncs
            .front()
            .is_some_and(|sync| self.daemon_requests.are_answered_before(sync.before_request))
    }
}
