//! The one owner of the core: takes one event after the other, lets the core decide, and carries out what it says.
//!
//! The driver never waits for anything but the next event. Attempts and writes run as tasks and come back as events;
//! how many there are is bounded by the core, which has one attempt in flight for each subscription.

mod commands;
mod counters;
mod durations;
mod files;
mod lines;
mod memory;
mod mirror;
mod outputs;
mod peers;
mod reports;

pub(crate) use commands::{Command, Scrape};
pub(crate) use counters::Counters;
pub(crate) use durations::Durations;
pub(crate) use mirror::ClusterCounters;

use crate::clock::Clock;
use crate::cloud_event::Renderer;
use crate::cluster_store::ClusterStore;
use crate::daemon_api::{AskError, DaemonApi};
use crate::deliver::{Deliverer, Sent};
use crate::limits::ALIASES_AT_START_TIMEOUT;
use crate::line_socket::{ConnectionId, Ingest};
use crate::memory_file::MemoryFile;
use crate::node_files::{Fingerprint, NodeFiles};
use crate::store::Store;
use durations::{Changes, Span};
use files::FileWatch;
use memory::MemoryWrites;
use mirror::Mirroring;
use outputs::{Rendered, StoreWrites};
use peers::{Connection, DaemonRequests, Sync};
use proxy_core::{
    Answer, Attempt, Core, HandshakeOutcome, Input, Memory, RequestId, StoreTicket, Subscription,
    SubscriptionId,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};

/// What the driver works with.
pub(crate) struct Equipment {
    /// Tells the time.
    pub(crate) clock: Clock,
    /// Reads the node's files.
    pub(crate) node_files: NodeFiles,
    /// How often they are looked at for changes, if at all.
    pub(crate) config_check_interval: Option<Duration>,
    /// Keeps subscriptions.
    pub(crate) store: Store,
    /// Keeps what the core remembers.
    pub(crate) memory_file: MemoryFile,
    /// Keeps subscriptions beside the store, if there is a cluster.
    pub(crate) cluster: Option<ClusterStore>,
    /// Sends events.
    pub(crate) deliverer: Deliverer,
    /// Writes events as JSON.
    pub(crate) renderer: Renderer,
    /// Asks the daemon.
    pub(crate) daemon: DaemonApi,
}

/// Where the driver hears from.
pub(crate) struct Inlets {
    /// The event socket.
    pub(crate) ingest: mpsc::Receiver<Ingest>,
    /// The report socket.
    pub(crate) reports: mpsc::Receiver<Ingest>,
    /// The REST API and the metrics page.
    pub(crate) commands: mpsc::Receiver<Command>,
}

/// What an earlier run has left.
pub(crate) struct Earlier {
    /// Its subscriptions.
    pub(crate) subscriptions: Vec<Subscription>,
    /// What its core remembered, if it still counts.
    pub(crate) memory: Option<Memory>,
}

/// The driver.
pub(crate) struct Driver {
    core: Core,
    equipment: Equipment,
    inlets: Inlets,
    counters: Counters,
    /// When they were published, for the latency of deliveries.
    changes: Changes,
    /// Handshakes, deliveries, the one write to the store and the one of the memory.
    attempts: JoinSet<Report>,
    /// The bytes of the latest events.
    rendered: Rendered,
    store_writes: StoreWrites,
    memory_writes: MemoryWrites,
    mirroring: Option<Mirroring>,
    daemon_requests: DaemonRequests,
    requests: BTreeMap<RequestId, oneshot::Sender<Answer>>,
    next_request: u64,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Peers of the report socket, and what is written to them.
    report_peers: BTreeMap<ConnectionId, mpsc::Sender<String>>,
    syncs: VecDeque<Sync>,
    file_watch: FileWatch,
    /// Subscriptions whose latest delivery was not answered with 204; they are logged on a change only.
    troubled: BTreeSet<SubscriptionId>,
    /// Whether commands may still come.
    commands_open: bool,
    /// Whether lines may still come.
    lines_open: bool,
    /// Whether reports may still come.
    reports_open: bool,
    /// The latest event was something else than lines, which therefore have the next turn.
    lines_are_due: bool,
}

/// Everything that can happen to the driver.
#[derive(Debug)]
enum Event {
    /// An attempt or a write has come back.
    Reported(Result<Report, JoinError>),
    /// The daemon has answered, or not.
    DaemonAnswered(Result<peers::DaemonReport, JoinError>),
    /// Somebody wants something.
    Commanded(Command),
    /// Nobody can want anything any more.
    CommandsEnded,
    /// A deadline of the core has come.
    Deadline,
    /// The memory is to be written again, or what waits for it has waited long enough.
    MemoryDue,
    /// A step for the ConfigMap has ended.
    Mirrored(Result<mirror::Done, JoinError>),
    /// The next step for the ConfigMap may begin.
    MirrorDue,
    /// Somebody has looked at the node's files.
    FilesLookedAt(Result<Option<Fingerprint>, JoinError>),
    /// The event socket has something.
    Ingested(Ingest),
    /// The event socket is closed and all its connections with it.
    IngestEnded,
    /// The report socket has something.
    ReportsIngested(Ingest),
    /// The report socket is closed and all its connections with it, or there is none.
    ReportsEnded,
}

/// How an attempt or a write went.
#[derive(Debug)]
enum Report {
    /// An initial notification.
    Handshake { request: RequestId, outcome: HandshakeOutcome, span: Span },
    /// A delivery.
    Delivered {
        attempt: Attempt,
        subscription: SubscriptionId,
        event: Arc<proxy_core::Event>,
        sent: Sent,
        span: Span,
    },
    /// A write to the store.
    Stored { ticket: StoreTicket, endpoint: Arc<str>, subscriptions: Vec<Subscription>, durable: bool },
    /// A write of the memory.
    Remembered { written: io::Result<()> },
}

impl Driver {
    /// A driver of a core that knows nothing yet; the node's files are read at once, and the core goes on from where an
    /// earlier run ended. To be made within the runtime.
    pub(crate) fn new(core: Core, equipment: Equipment, inlets: Inlets, earlier: Earlier) -> Self {
        let daemon_requests = DaemonRequests::new(equipment.daemon.clone());
        let file_watch =
            FileWatch::new(equipment.node_files.places().clone(), equipment.config_check_interval);
        let mirroring =
            equipment.cluster.clone().map(|cluster| Mirroring::new(cluster, &earlier.subscriptions));
        let mut driver = Self {
            core,
            equipment,
            inlets,
            counters: Counters::default(),
            changes: Changes::default(),
            attempts: JoinSet::new(),
            rendered: Rendered::default(),
            store_writes: StoreWrites::default(),
            memory_writes: MemoryWrites::default(),
            mirroring,
            daemon_requests,
            requests: BTreeMap::new(),
            next_request: 0,
            connections: BTreeMap::new(),
            report_peers: BTreeMap::new(),
            syncs: VecDeque::new(),
            file_watch,
            troubled: BTreeSet::new(),
            commands_open: true,
            lines_open: true,
            reports_open: true,
            lines_are_due: false,
        };
        driver.configure();
        driver.tell_core(Input::Restore(earlier.subscriptions));
        if let Some(memory) = earlier.memory {
            driver.tell_core(Input::Recall(memory));
        }
        driver.open_memory();
        driver
    }

    /// Asks a daemon that runs already for the aliases of the interfaces, so that the first events of a start have the
    /// names that later ones have. One that hangs delays the start, which is bounded, and never a line.
    pub(crate) async fn learn_aliases(&mut self) {
        let question = self.equipment.daemon.port_aliases();
        match tokio::time::timeout(ALIASES_AT_START_TIMEOUT, question).await {
            Ok(Ok(aliases)) => self.tell_core(Input::Aliases(aliases)),
            // Usually it is not there yet: it waits for the proxy.
            Ok(Err(error)) => tracing::debug!(%error, "the daemon does not know aliases yet"),
            Err(_) => tracing::debug!("the daemon does not answer at start"),
        }
    }

    /// Runs until nobody can send lines or commands any more and everything is worked off.
    pub(crate) async fn run(mut self) {
        loop {
            self.answer_syncs();
            if self.is_finished() {
                self.keep_memory_at_the_end().await;
                return self.flush_mirror().await;
            }
            let event = self.next_event().await;
            self.handle(event);
        }
    }

    fn is_finished(&self) -> bool {
        !self.commands_open && !self.lines_open && !self.reports_open && self.is_quiet()
    }

    /// Whether nothing is under way. Deliveries that wait for another try are not under way.
    fn is_quiet(&self) -> bool {
        self.attempts.is_empty() && self.store_writes.are_idle() && self.core.deliveries_in_flight() == 0
    }

    /// The next event. When everything comes at once, lines have every second turn: a flood of them does not keep
    /// requests and results waiting, nor the other way round.
    async fn next_event(&mut self) -> Event {
        if std::mem::take(&mut self.lines_are_due)
            && let Ok(ingest) = self.inlets.ingest.try_recv()
        {
            return Event::Ingested(ingest);
        }
        let event = self.await_event().await;
        self.lines_are_due = !matches!(event, Event::Ingested(_));
        event
    }

    async fn await_event(&mut self) -> Event {
        let wake_at = self.core.next_deadline().and_then(|deadline| self.equipment.clock.wake_at(deadline));
        let deadline = async {
            match wake_at {
                Some(instant) => tokio::time::sleep_until(instant).await,
                None => std::future::pending().await,
            }
        };
        let memory_deadline = self.memory_writes.deadline();
        let memory_due = async {
            match memory_deadline {
                Some(instant) => tokio::time::sleep_until(instant).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(report) = self.attempts.join_next(), if !self.attempts.is_empty() => Event::Reported(report),
            Some(report) = self.daemon_requests.next(), if self.daemon_requests.are_under_way() =>
                Event::DaemonAnswered(report),
            command = self.inlets.commands.recv(), if self.commands_open =>
                command.map_or(Event::CommandsEnded, Event::Commanded),
            () = deadline => Event::Deadline,
            () = memory_due => Event::MemoryDue,
            event = mirror::next(self.mirroring.as_mut()) => event,
            found = self.file_watch.next() => Event::FilesLookedAt(found),
            reports = self.inlets.reports.recv(), if self.reports_open =>
                reports.map_or(Event::ReportsEnded, Event::ReportsIngested),
            ingest = self.inlets.ingest.recv(), if self.lines_open =>
                ingest.map_or(Event::IngestEnded, Event::Ingested),
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Reported(report) => self.reported(finished(report)),
            Event::DaemonAnswered(report) => self.daemon_answered(finished(report)),
            Event::Commanded(command) => self.command(command),
            Event::CommandsEnded => self.commands_open = false,
            Event::Deadline => self.tell_core(Input::Timeout),
            Event::MemoryDue => self.memory_due(),
            Event::Mirrored(done) => self.mirrored(finished(done)),
            Event::MirrorDue => self.mirror_due(),
            Event::FilesLookedAt(found) => self.files_looked_at(finished(found)),
            Event::Ingested(ingest) => self.ingest(ingest),
            Event::IngestEnded => self.lines_open = false,
            Event::ReportsIngested(ingest) => self.ingest_reports(ingest),
            Event::ReportsEnded => self.reports_open = false,
        }
    }

    /// Tells the core what happened now, and carries out what it says.
    fn tell_core(&mut self, input: Input<'_>) {
        let now = self.equipment.clock.now();
        self.core.handle(now, input);
        self.carry_out();
    }

    fn reported(&mut self, report: Report) {
        match report {
            Report::Handshake { request, outcome, span } => {
                self.counters.durations.handshake(outcome, span);
                self.tell_core(Input::HandshakeDone { request, outcome })
            }
            Report::Stored { ticket, endpoint, subscriptions, durable } => {
                if durable {
                    self.mirror_stored(&endpoint, subscriptions);
                } else {
                    self.counters.store_failures += 1;
                }
                self.store_writes.ended();
                self.start_store_writes();
                self.tell_core(Input::Stored { ticket, durable });
            }
            Report::Remembered { written } => self.memory_written(written),
            Report::Delivered { attempt, subscription, event, sent, span } => {
                self.counters.delivered(event.resource, sent);
                self.counters.durations.delivered(sent, span, self.changes.published(event.id));
                self.log_outcome(subscription, sent);
                self.tell_core(Input::Delivered { attempt, outcome: sent.outcome() });
            }
        }
    }

    fn daemon_answered(&mut self, report: peers::DaemonReport) {
        match self.daemon_requests.finished(report) {
            peers::DaemonAnswer::LogsEmitted(Ok(())) => tracing::debug!("the daemon replays its lines"),
            peers::DaemonAnswer::Aliases(Ok(aliases)) => self.tell_core(Input::Aliases(aliases)),
            peers::DaemonAnswer::LogsEmitted(Err(error)) | peers::DaemonAnswer::Aliases(Err(error)) => {
                self.daemon_failed(&error);
            }
        }
    }

    fn daemon_failed(&mut self, error: &AskError) {
        self.counters.daemon_failures += 1;
        tracing::debug!(%error, "the daemon could not be asked");
    }
}

/// What a task returned. Tasks are never aborted, so that the only other end is a panic, which is the driver's too.
fn finished<T>(result: Result<T, JoinError>) -> T {
    match result {
        Ok(report) => report,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
