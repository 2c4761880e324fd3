//! What the process takes at most, so that an alert can compare use and bound.

use super::family::{Family, size};
use crate::config::Config;
use crate::limits::CONNECTIONS_MAX;
use proxy_core::limits::QUEUED_EVENTS_MAX;

/// Bounds by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits(Vec<(&'static str, usize)>);

impl Limits {
    /// Those of a process with these settings.
    pub(crate) fn of(config: &Config) -> Self {
        Self(vec![
            ("connections", CONNECTIONS_MAX),
            ("http_connections", config.api_limits.connections),
            ("http_requests", config.api_limits.requests),
            ("queue_length", QUEUED_EVENTS_MAX),
            ("subscriptions", config.subscriptions_max),
            ("subscriptions_per_endpoint", config.subscriptions_per_endpoint_max),
        ])
    }

    /// One bound, for tests of the page.
    #[cfg(test)]
    pub(super) fn of_one() -> Self {
        Self(vec![("connections", CONNECTIONS_MAX)])
    }
}

/// The gauge, by name.
pub(super) fn family(limits: &Limits) -> Family {
    let mut family = Family::gauge("cloud_event_proxy_limit", "Bounds of this process, by name");
    for (name, bound) in &limits.0 {
        family.sample(&[("name", name)], size(*bound));
    }
    family
}
