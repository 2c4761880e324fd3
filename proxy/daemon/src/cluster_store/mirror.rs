//! What the ConfigMap is to hold, and what is to be done next for it. Knows no clock and no network.

use crate::limits::{
    CLUSTER_PENDING_MAX, CLUSTER_REMOVALS_MAX, CLUSTER_RETRY_FIRST, CLUSTER_RETRY_MAX, CLUSTER_WRITE_PAUSE,
};
use crate::store;
use proxy_core::Subscription;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A ConfigMap that follows the store.
#[derive(Debug)]
pub(crate) struct Mirror {
    phase: Phase,
    /// What is on disk, by client id.
    stored: BTreeMap<String, Vec<Subscription>>,
    /// Whether the ConfigMap may be something else than what is on disk.
    is_outdated: bool,
    /// Clients that have changed since the last write began.
    changed: BTreeSet<String>,
    /// Those that had changed when the write under way began.
    writing: Option<BTreeSet<String>>,
    /// Keys of entries for which the proxy has no room.
    spared: BTreeSet<String>,
    /// The pause after the next failure.
    retry: Duration,
}

/// Who is right about the subscriptions.
#[derive(Debug)]
enum Phase {
    /// Both: the ConfigMap has not been read. It is not written either.
    Unread(Removals),
    /// Both still: what was found is being written to the store. These ids, of these endpoints, are missing there.
    Storing(BTreeMap<String, Arc<str>>),
    /// The store.
    Following,
}

/// What was removed since the start, and must not be adopted.
#[derive(Debug)]
enum Removals {
    /// These.
    Some {
        /// By id.
        ids: BTreeSet<String>,
        /// By endpoint and resource address.
        addresses: BTreeSet<(Arc<str>, String)>,
    },
    /// Everything.
    All,
}

/// A subscription of the ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Of its entry.
    pub(crate) key: String,
    /// The subscription.
    pub(crate) subscription: Subscription,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Read the ConfigMap.
    Read,
    /// Note that it has been adopted.
    Mark,
    /// Write it.
    Write(Wanted),
}

/// What the ConfigMap is to hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// By client id.
    pub(crate) subscriptions: BTreeMap<String, Vec<Subscription>>,
    /// Entries that stay as they are, unless they are wanted.
    pub(crate) spared: BTreeSet<String>,
}

impl Mirror {
    /// A mirror of what the store has. Unless the store has adopted the ConfigMap before, this is still to be done.
    pub(crate) fn new(is_adopted: bool, subscriptions: &[Subscription]) -> Self {
        let nothing = Removals::Some { ids: BTreeSet::new(), addresses: BTreeSet::new() };
        let mut stored: BTreeMap<String, Vec<Subscription>> = BTreeMap::new();
        for one in subscriptions {
            stored.entry(store::client_id(&one.endpoint)).or_default().push(one.clone());
        }
        Self {
            phase: if is_adopted { Phase::Following } else { Phase::Unread(nothing) },
            stored,
            is_outdated: true,
            changed: BTreeSet::new(),
            writing: None,
            spared: BTreeSet::new(),
            retry: CLUSTER_RETRY_FIRST,
        }
    }

    /// These are the subscriptions of an endpoint on disk. `is_active` says of an id whether it is still subscribed.
    pub(crate) fn stored(
        &mut self,
        endpoint: &Arc<str>,
        subscriptions: Vec<Subscription>,
        is_active: impl Fn(&str) -> bool,
    ) {
        let client = store::client_id(endpoint);
        let before = self.stored.remove(&client).unwrap_or_default();
        match &mut self.phase {
            Phase::Unread(removals) => {
                for gone in before.into_iter().filter(|one| !subscriptions.contains(one)) {
                    removals.add_address(endpoint, gone.resource_address);
                }
            }
            Phase::Storing(missing) => missing.retain(|id, of| {
                of != endpoint || (is_active(id) && !subscriptions.iter().any(|one| one.id.0 == *id))
            }),
            Phase::Following => {}
        }
        if !subscriptions.is_empty() {
            self.stored.insert(client.clone(), subscriptions);
        }
        self.is_outdated = true;
        if self.changed.len() < CLUSTER_PENDING_MAX {
            self.changed.insert(client);
        }
    }

    /// Somebody wants a subscription gone, which may be one that has not been adopted yet.
    pub(crate) fn removal_asked(&mut self, id: &str) {
        if let Phase::Unread(removals) = &mut self.phase {
            removals.add_id(id);
        }
    }

    /// Somebody wants all subscriptions gone, those that have not been adopted yet too.
    pub(crate) fn removal_of_all_asked(&mut self) {
        if let Phase::Unread(removals) = &mut self.phase {
            *removals = Removals::All;
        }
    }

    /// Whether the ConfigMap is still to be read.
    pub(crate) fn is_unread(&self) -> bool {
        matches!(self.phase, Phase::Unread(_))
    }

    /// Whether it could be written and may be something else than what is on disk, or is being written.
    pub(crate) fn is_behind(&self) -> bool {
        matches!(self.phase, Phase::Following) && (self.is_outdated || self.writing.is_some())
    }

    /// Endpoints whose changes have not reached the ConfigMap.
    pub(crate) fn pending(&self) -> usize {
        let writing = self.writing.iter().flatten().filter(|client| !self.changed.contains(*client));
        self.changed.len() + writing.count()
    }

    /// Whether there is something to do.
    pub(crate) fn has_step(&self) -> bool {
        match &self.phase {
            Phase::Unread(_) => true,
            Phase::Storing(missing) => missing.is_empty(),
            Phase::Following => self.is_outdated,
        }
    }

    /// What is to be done now, one at a time.
    pub(crate) fn next_step(&mut self) -> Step {
        match &self.phase {
            Phase::Unread(_) => Step::Read,
            Phase::Storing(_) => Step::Mark,
            Phase::Following => {
                self.is_outdated = false;
                self.writing = Some(std::mem::take(&mut self.changed));
                Step::Write(Wanted { subscriptions: self.stored.clone(), spared: self.spared.clone() })
            }
        }
    }

    /// Of what was read, that which is to be adopted.
    pub(crate) fn wanted_of(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let Phase::Unread(removals) = &self.phase else { return Vec::new() };
        candidates.into_iter().filter(|one| !removals.has(&one.subscription)).collect()
    }

    /// The ConfigMap was read: these have been adopted and are on their way to the store, and for the entries that are
    /// spared there is no room.
    pub(crate) fn adopted(&mut self, adopted: &[Subscription], spared: BTreeSet<String>) {
        let missing = adopted.iter().map(|one| (one.id.0.clone(), Arc::clone(&one.endpoint)));
        self.phase = Phase::Storing(missing.collect());
        self.spared = spared;
        self.retry = CLUSTER_RETRY_FIRST;
    }

    /// It is noted that the ConfigMap has been adopted: the store is right from now on.
    pub(crate) fn marked(&mut self) {
        self.phase = Phase::Following;
        self.retry = CLUSTER_RETRY_FIRST;
    }

    /// The ConfigMap was written. Returns the pause before the next step.
    pub(crate) fn written(&mut self) -> Duration {
        self.writing = None;
        self.retry = CLUSTER_RETRY_FIRST;
        CLUSTER_WRITE_PAUSE
    }

    /// A step has failed. Returns the pause before the next one.
    pub(crate) fn failed(&mut self) -> Duration {
        self.is_outdated = true;
        self.changed.extend(self.writing.take().into_iter().flatten());
        let pause = self.retry;
        self.retry = CLUSTER_RETRY_MAX.min(pause * 2);
        pause
    }
}

impl Removals {
    fn add_id(&mut self, id: &str) {
        // Longer ones are of no client of this API; they would only take room.
        if let Self::Some { ids, .. } = self
            && store::is_client_id(id)
        {
            ids.insert(id.to_owned());
            self.bound();
        }
    }

    fn add_address(&mut self, endpoint: &Arc<str>, address: String) {
        if let Self::Some { addresses, .. } = self {
            addresses.insert((Arc::clone(endpoint), address));
            self.bound();
        }
    }

    fn bound(&mut self) {
        if let Self::Some { ids, addresses } = self
            && ids.len() + addresses.len() > CLUSTER_REMOVALS_MAX
        {
            tracing::error!(
                "too much was removed before the ConfigMap could be read: nothing of it is adopted"
            );
            *self = Self::All;
        }
    }

    fn has(&self, one: &Subscription) -> bool {
        match self {
            Self::All => true,
            Self::Some { ids, addresses } => {
                ids.contains(&one.id.0)
                    || addresses.contains(&(Arc::clone(&one.endpoint), one.resource_address.clone()))
            }
        }
    }
}
