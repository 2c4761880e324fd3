//! The ConfigMap of the cluster, if subscriptions are kept in one.

use super::family::{Family, size, whole};
use crate::driver::ClusterCounters;

/// What is counted about the cluster; nothing without one.
pub(super) fn families(counters: Option<&ClusterCounters>) -> Vec<Family> {
    let Some(counters) = counters else { return Vec::new() };
    let counter = |name: &str, help, value| {
        Family::counter(format!("cloud_event_proxy_cluster_{name}"), help).with(&[], whole(value))
    };
    let gauge = |name: &str, help, value| {
        Family::gauge(format!("cloud_event_proxy_cluster_{name}"), help).with(&[], size(value))
    };
    vec![
        counter("writes_total", "Times that the ConfigMap was written", counters.writes),
        counter(
            "failures_total",
            "Times that the ConfigMap could not be read or written, or its adoption not be noted",
            counters.failures,
        ),
        counter("adopted_total", "Subscriptions adopted from the ConfigMap", counters.adopted),
        gauge("pending", "Endpoints whose changes have not reached the ConfigMap", counters.pending),
        gauge("left_out", "Endpoints for which the ConfigMap has no room", counters.left_out),
        gauge(
            "unreadable",
            "Entries that could not be read when the ConfigMap was adopted",
            counters.unreadable,
        ),
    ]
}
