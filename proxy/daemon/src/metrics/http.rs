//! The HTTP servers, by what each serves.

use super::family::{Family, size, whole};
use crate::http_server::HttpCounts;

/// What the servers of the API and of this page count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {
    /// That of the API.
    pub(crate) api: HttpCounts,
    /// That of this page.
    pub(crate) metrics: HttpCounts,
}

/// Their connections, and the requests that were refused.
pub(super) fn families(servers: &Servers) -> Vec<Family> {
    let name = |name: &str| format!("cloud_event_proxy_http_{name}");
    let mut open = Family::gauge(name("connections_open"), "HTTP connections that are open, by server");
    let mut closed = Family::counter(
        name("connections_closed_total"),
        "HTTP connections that have ended, by reason and server",
    );
    let mut refused = Family::counter(
        name("requests_refused_total"),
        "Requests that were refused whatever they ask for, by reason and server",
    );
    for (server, counts) in [("api", &servers.api), ("metrics", &servers.metrics)] {
        let totals = counts.all();
        open.sample(&[("server", server)], size(totals.connections_open));
        for (reason, count) in totals.connections_closed {
            closed.sample(&[("reason", reason), ("server", server)], whole(count));
        }
        for (reason, count) in totals.requests_refused {
            refused.sample(&[("reason", reason), ("server", server)], whole(count));
        }
    }
    vec![open, closed, refused]
}
