//! What subscriptions to one endpoint have in common: its failures, and its part of the store.
//!
//! At most one write is under way for an endpoint, so that the store always ends with the newest list;
//! changes that come meanwhile share the next write.

use crate::Mono;
use alloc::collections::BTreeSet;

/// One endpoint with subscriptions.
#[derive(Debug, Default)]
pub(crate) struct Endpoint {
    /// Its subscriptions, pending ones included, by order of creation.
    pub(crate) members: BTreeSet<u64>,
    /// Consecutive attempts that were not answered.
    pub(crate) failures: u32,
    /// A write is under way.
    pub(crate) is_writing: bool,
    /// What a write that begins now would mend.
    pub(crate) store: StoreStatus,
}

/// Whether the store holds what is registered, apart from requests that wait for their write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StoreStatus {
    /// It does, or the write under way sees to it.
    #[default]
    Current,
    /// It still holds subscriptions that have ended.
    Outdated,
    /// A write has failed, and what is on disk is in doubt. It is written again then, or with the next
    /// request.
    RetryAt(Mono),
}

impl Endpoint {
    /// Nothing holds it any more.
    pub(crate) fn is_done(&self) -> bool {
        self.members.is_empty() && !self.is_writing && self.store == StoreStatus::Current
    }
}
