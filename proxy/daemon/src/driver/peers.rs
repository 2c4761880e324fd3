//! The peers of the event socket: their connections, their `CMD SYNC`s, and what is asked of the daemon for them.

use super::Driver;
use crate::daemon_api::{AskError, DaemonApi};
use crate::limits::{EMIT_LOGS_UNDER_WAY_MAX, EMIT_LOGS_WAITING_MAX, SYNCS_WAITING_MAX};
use crate::line_socket::ConnectionId;
use proxy_core::Origin;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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

/// Requests to the daemon: for each connection the aliases again, and then, so that interfaces are known by their names
/// when the daemon lets its lines go, a replay. A flood of connections is no flood of requests: those for which there is
/// no room share the last one that waits. So every connection is followed by requests that began after it.
#[derive(Debug)]
pub(super) struct DaemonRequests {
    daemon: DaemonApi,
    tasks: JoinSet<DaemonReport>,
    /// Requests without an answer.
    open: BTreeSet<u64>,
    next_number: u64,
    emit_logs: Lane,
    port_aliases: Lane,
    /// Replays that are to be asked for: the number of the question for aliases that comes first, and their own.
    greetings: VecDeque<(u64, u64)>,
}

/// The requests of one kind.
#[derive(Debug)]
struct Lane {
    under_way: usize,
    under_way_max: usize,
    waiting: VecDeque<u64>,
    waiting_max: usize,
}

impl Lane {
    fn new(under_way_max: usize, waiting_max: usize) -> Self {
        Self { under_way: 0, under_way_max, waiting: VecDeque::new(), waiting_max }
    }
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
            emit_logs: Lane::new(EMIT_LOGS_UNDER_WAY_MAX, EMIT_LOGS_WAITING_MAX),
            // One table serves all connections.
            port_aliases: Lane::new(1, 1),
            greetings: VecDeque::new(),
        }
    }

    /// Asks for the aliases again, now or once the question under way is answered; returns the number of the question.
    pub(super) fn ask_port_aliases(&mut self) -> u64 {
        let lane = &mut self.port_aliases;
        if lane.waiting.len() >= lane.waiting_max
            && let Some(shared) = lane.waiting.back()
        {
            return *shared;
        }
        let number = self.open_request();
        self.port_aliases.waiting.push_back(number);
        self.start_next(Question::PortAliases);
        number
    }

    /// A connection is new.
    fn greet(&mut self) {
        let aliases = self.ask_port_aliases();
        let lane = &self.emit_logs;
        let open = self.greetings.len() + lane.waiting.len() + lane.under_way;
        if open < lane.waiting_max + lane.under_way_max {
            let number = self.open_request();
            self.greetings.push_back((aliases, number));
        }
    }

    fn open_request(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.open.insert(number);
        number
    }

    /// A question for aliases is answered: the replays that waited for it may begin.
    fn go_on_greeting(&mut self, answered: u64) {
        while let Some((_, number)) = self.greetings.pop_front_if(|(aliases, _)| *aliases <= answered) {
            self.emit_logs.waiting.push_back(number);
            self.start_next(Question::EmitLogs);
        }
    }

    fn start_next(&mut self, question: Question) {
        let lane = self.lane(question);
        if lane.under_way < lane.under_way_max
            && let Some(number) = lane.waiting.pop_front()
        {
            lane.under_way += 1;
            self.start(question, number);
        }
    }

    fn start(&mut self, question: Question, number: u64) {
        let daemon = self.daemon.clone();
        self.tasks.spawn(async move {
            let answer = match question {
                Question::EmitLogs => DaemonAnswer::LogsEmitted(daemon.emit_logs().await),
                Question::PortAliases => DaemonAnswer::Aliases(daemon.port_aliases().await),
            };
            DaemonReport { number, answer }
        });
    }

    fn lane(&mut self, question: Question) -> &mut Lane {
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
        self.lane(question).under_way -= 1;
        self.start_next(question);
        if matches!(report.answer, DaemonAnswer::Aliases(_)) {
            self.go_on_greeting(report.number);
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
        self.connections.insert(connection, Connection { origin: Origin::Unmarked, answers });
        self.configure_if_changed();
        self.daemon_requests.greet();
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
        self.syncs.front().is_some_and(|sync| self.daemon_requests.are_answered_before(sync.before_request))
    }
}
