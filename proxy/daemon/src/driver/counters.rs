//! What the shell counts; the core counts the rest.

use super::{ClusterCounters, Durations};
use crate::deliver::Sent;
use proxy_core::Resource;
use std::collections::BTreeMap;

/// Counts since the start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    /// Lines read, control lines included.
    pub(crate) lines: u64,
    /// Known lines with an unreadable field.
    pub(crate) lines_malformed: u64,
    /// Lines that were too long.
    pub(crate) lines_overlong: u64,
    /// Lines of no known form.
    pub(crate) lines_other: u64,
    /// Control lines that took effect.
    pub(crate) control_lines: u64,
    /// `CMD TIME` lines that would have gone back.
    pub(crate) times_gone_back: u64,
    /// Answers to `CMD SYNC` that nobody read, or that found no place to wait.
    pub(crate) syncs_dropped: u64,
    /// Connections of the event socket accepted.
    pub(crate) connections: u64,
    /// Messages of the report socket, without empty ones.
    pub(crate) reports: u64,
    /// Messages of the report socket that were skipped, by reason.
    pub(crate) reports_ignored: BTreeMap<&'static str, u64>,
    /// Messages of the report socket that were too long.
    pub(crate) reports_overlong: u64,
    /// Connections of the report socket accepted.
    pub(crate) report_connections: u64,
    /// Connections turned away.
    pub(crate) connections_rejected: u64,
    /// Connections that the system could not accept.
    pub(crate) accept_errors: u64,
    /// Requests to the daemon that failed.
    pub(crate) daemon_failures: u64,
    /// Times that the files of the node were read.
    pub(crate) configurations: u64,
    /// Problems in the files of the node as last read.
    pub(crate) configuration_problems: usize,
    /// Writes to the store that failed.
    pub(crate) store_failures: u64,
    /// Writes of the memory that failed.
    pub(crate) memory_failures: u64,
    /// Subscriptions not made, and not removed, in the sense of the `cne_api_subscriptions` gauge.
    pub(crate) subscriptions_refused: u64,
    /// See [`Self::subscriptions_refused`].
    pub(crate) removals_refused: u64,
    /// The ConfigMap, if subscriptions are kept in one.
    pub(crate) cluster: Option<ClusterCounters>,
    /// Deliveries by resource and whether they were answered with 204.
    pub(crate) deliveries: BTreeMap<(Resource, bool), u64>,
    /// Deliveries without an answer, by reason.
    pub(crate) delivery_failures: BTreeMap<&'static str, u64>,
    /// How long deliveries took.
    pub(crate) durations: Durations,
}

impl Counters {
    /// Counts a delivery.
    pub(crate) fn delivered(&mut self, resource: Resource, sent: Sent) {
        *self.deliveries.entry((resource, sent == Sent::Accepted)).or_default() += 1;
        if let Sent::Failed(failure) = sent {
            *self.delivery_failures.entry(failure.as_str()).or_default() += 1;
        }
    }
}
