//! Keeping the ConfigMap of the cluster: one step at a time, as a task that comes back as an event.

use super::{Driver, Event, finished};
use crate::clock::read_monotonic;
use crate::cluster_store::{Candidate, ClusterError, ClusterStore, Found, Mirror, Step, Written};
use crate::limits::{CLUSTER_AT_START_TIMEOUT, CLUSTER_ATTEMPTS_AT_END_MAX, PROBLEMS_LOGGED_MAX};
use proxy_core::{Input, Subscription};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What is counted about the cluster.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClusterCounters {
    /// Times that the ConfigMap was written.
    pub(crate) writes: u64,
    /// Requests that failed, and answers that could not be read.
    pub(crate) failures: u64,
    /// Subscriptions that were adopted.
    pub(crate) adopted: u64,
    /// Endpoints whose changes have not reached the ConfigMap.
    pub(crate) pending: usize,
    /// Endpoints for which the ConfigMap has no room.
    pub(crate) left_out: usize,
    /// Entries that could not be read when the ConfigMap was adopted.
    pub(crate) unreadable: usize,
}

/// The ConfigMap and what is under way for it.
#[derive(Debug)]
pub(super) struct Mirroring {
    cluster: ClusterStore,
    mirror: Mirror,
    /// The step under way; at most one.
    steps: JoinSet<Done>,
    /// When the next step may begin.
    not_before: Instant,
    /// Whether the latest step failed; logged on a change only.
    has_failed: bool,
    counters: ClusterCounters,
}

/// How a step went.
#[derive(Debug)]
pub(super) enum Done {
    Read(Result<Found, ClusterError>),
    Marked(io::Result<()>),
    Written(Result<Written, ClusterError>),
}

impl Mirroring {
    /// A ConfigMap and what the store has. The first step may begin at once.
    pub(super) fn new(cluster: ClusterStore, subscriptions: &[Subscription]) -> Self {
        Self {
            mirror: Mirror::new(cluster.is_adopted(), subscriptions),
            cluster,
            steps: JoinSet::new(),
            not_before: read_monotonic(),
            has_failed: false,
            counters: ClusterCounters::default(),
        }
    }

    /// What is counted.
    pub(super) fn counters(&self) -> ClusterCounters {
        ClusterCounters { pending: self.mirror.pending(), ..self.counters }
    }

    /// Somebody wants a subscription gone.
    pub(super) fn removal_asked(&mut self, id: &str) {
        self.mirror.removal_asked(id);
    }

    /// Somebody wants all subscriptions gone.
    pub(super) fn removal_of_all_asked(&mut self) {
        self.mirror.removal_of_all_asked();
    }

    fn start(&mut self) {
        let cluster = self.cluster.clone();
        match self.mirror.next_step() {
            Step::Read => self.steps.spawn(async move { Done::Read(cluster.read().await) }),
            Step::Mark => self.steps.spawn_blocking(move || Done::Marked(cluster.mark_adopted())),
            Step::Write(wanted) => {
                self.steps.spawn(async move { Done::Written(cluster.write(wanted).await) })
            }
        };
    }

    fn succeeded(&mut self, pause: Duration) {
        self.not_before = read_monotonic() + pause;
        if std::mem::take(&mut self.has_failed) {
            tracing::info!("the ConfigMap is kept again");
        }
    }

    fn failed(&mut self, error: &dyn std::error::Error) {
        self.counters.failures += 1;
        let pause = self.mirror.failed();
        self.not_before = read_monotonic() + pause;
        if !std::mem::replace(&mut self.has_failed, true) {
            tracing::warn!(%error, "the ConfigMap cannot be kept now; subscriptions are in the store only");
        }
    }

    fn written(&mut self, Written { is_changed, left_out }: &Written) {
        self.counters.writes += u64::from(*is_changed);
        let before = std::mem::replace(&mut self.counters.left_out, *left_out);
        if *left_out > before {
            tracing::error!(endpoints = left_out, "the ConfigMap has no room for all subscriptions");
        }
        let pause = self.mirror.written();
        self.succeeded(pause);
    }
}

/// What is next for the ConfigMap: a step that ends, or one that is due. May be dropped at any time.
pub(super) async fn next(mirroring: Option<&mut Mirroring>) -> Event {
    let Some(mirroring) = mirroring else { return std::future::pending().await };
    if let Some(done) = mirroring.steps.join_next().await {
        return Event::Mirrored(done);
    }
    if !mirroring.mirror.has_step() {
        return std::future::pending().await;
    }
    tokio::time::sleep_until(mirroring.not_before).await;
    Event::MirrorDue
}

impl Driver {
    /// Adopts what the cluster keeps before anything else happens, if it answers soon. Otherwise this happens whenever it
    /// does.
    pub(crate) async fn adopt_from_cluster(&mut self) {
        let Some(mirroring) = self.mirroring.as_mut().filter(|one| one.mirror.is_unread()) else { return };
        mirroring.start();
        match tokio::time::timeout(CLUSTER_AT_START_TIMEOUT, mirroring.steps.join_next()).await {
            Ok(Some(done)) => self.mirrored(finished(done)),
            Ok(None) | Err(_) => tracing::warn!("the cluster does not answer at start; it is adopted later"),
        }
    }

    /// The next step may begin.
    pub(super) fn mirror_due(&mut self) {
        if let Some(mirroring) = &mut self.mirroring {
            mirroring.start();
        }
    }

    /// A step has ended.
    pub(super) fn mirrored(&mut self, done: Done) {
        let Some(mirroring) = &mut self.mirroring else { return };
        match done {
            Done::Read(Ok(found)) => {
                mirroring.succeeded(Duration::ZERO);
                self.adopt(found);
            }
            Done::Marked(Ok(())) => {
                mirroring.mirror.marked();
                mirroring.succeeded(Duration::ZERO);
            }
            Done::Written(Ok(written)) => mirroring.written(&written),
            Done::Read(Err(error)) | Done::Written(Err(error)) => mirroring.failed(&error),
            Done::Marked(Err(error)) => mirroring.failed(&error),
        }
    }

    /// Takes over what the ConfigMap has and nobody has removed. The core skips what was subscribed meanwhile.
    fn adopt(&mut self, found: Found) {
        let Some(mirroring) = &mut self.mirroring else { return };
        mirroring.counters.unreadable = found.unreadable.len();
        for (key, error) in found.unreadable.iter().take(PROBLEMS_LOGGED_MAX) {
            tracing::error!(key, error, "an entry of the ConfigMap is unreadable and left as it is");
        }
        let core = &self.core;
        let mut candidates = mirroring.mirror.wanted_of(found.candidates);
        candidates.retain(|one| core.subscription(&one.subscription.id.0).is_none());
        let subscriptions = candidates.iter().map(|one| one.subscription.clone()).collect();
        self.tell_core(Input::Adopt(subscriptions));
        self.adopted(candidates);
    }

    fn adopted(&mut self, candidates: Vec<Candidate>) {
        let core = &self.core;
        let taken: BTreeSet<_> =
            core.subscriptions().map(|one| (&one.endpoint, &one.resource_address)).collect();
        let (mut adopted, mut spared) = (Vec::new(), BTreeSet::new());
        for Candidate { key, subscription } in candidates {
            if core.subscription(&subscription.id.0).is_some() {
                adopted.push(subscription);
            } else if !taken.contains(&(&subscription.endpoint, &subscription.resource_address)) {
                spared.insert(key);
            }
        }
        tracing::info!(subscriptions = adopted.len(), no_room = spared.len(), "adopted from the ConfigMap");
        if let Some(mirroring) = &mut self.mirroring {
            mirroring.counters.adopted += u64::try_from(adopted.len()).unwrap_or(u64::MAX);
            mirroring.mirror.adopted(&adopted, spared);
        }
    }

    /// These are the subscriptions of an endpoint on disk.
    pub(super) fn mirror_stored(&mut self, endpoint: &Arc<str>, subscriptions: Vec<Subscription>) {
        let core = &self.core;
        if let Some(mirroring) = &mut self.mirroring {
            mirroring.mirror.stored(endpoint, subscriptions, |id| core.subscription(id).is_some());
        }
    }

    /// The last chance to write what the ConfigMap does not have.
    pub(super) async fn flush_mirror(&mut self) {
        let mut attempts = 0;
        while let Some(mirroring) = self.mirroring.as_mut().filter(|one| one.mirror.is_behind()) {
            if let Some(done) = mirroring.steps.join_next().await {
                self.mirrored(finished(done));
            } else if attempts < CLUSTER_ATTEMPTS_AT_END_MAX {
                attempts += 1;
                mirroring.start();
            } else {
                let pending = mirroring.mirror.pending();
                return tracing::error!(pending, "the ConfigMap does not have the latest subscriptions");
            }
        }
    }
}
