//! The metrics page: what the core and the shell count, in Prometheus' text format.
//!
//! Names, labels and help texts of the node's clocks are those of redhat-cne/cloud-event-proxy, because dashboards,
//! alerts and test suites parse them. Nothing is kept here: every scrape asks the driver.

mod auth;
mod cluster;
mod delivery;
mod family;
mod http;
mod limit;
mod node;
mod own;
mod text;

pub(crate) use http::Servers;
pub(crate) use limit::Limits;

use crate::auth::AuthCounts;
use crate::driver::{Command, Scrape};
use crate::rest::RequestCounts;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use family::Family;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// What the page is made from.
#[derive(Clone, Debug)]
pub(crate) struct MetricsPage {
    commands: mpsc::Sender<Command>,
    requests: RequestCounts,
    servers: Servers,
    refusals: Option<AuthCounts>,
    limits: Limits,
    node: Arc<str>,
}

impl MetricsPage {
    /// A page about a node.
    pub(crate) fn new(
        commands: mpsc::Sender<Command>,
        requests: RequestCounts,
        servers: Servers,
        node: &str,
    ) -> Self {
        Self { commands, requests, servers, refusals: None, limits: Limits::default(), node: node.into() }
    }

    /// With the requests that were not authorized, if any may not be.
    pub(crate) fn with_refusals(self, refusals: Option<AuthCounts>) -> Self {
        Self { refusals, ..self }
    }

    /// With the bounds of the process.
    pub(crate) fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    async fn scrape(&self) -> Option<Scrape> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Scrape { reply }).await.ok()?;
        answer.await.ok()
    }

    /// All that may be on the page, in alphabetical order.
    fn families(&self, scrape: &Scrape) -> Vec<Family> {
        let mut families = node::families(&self.node, &scrape.snapshot);
        families.extend(own::compatible(&self.node, scrape));
        families.extend(own::families(scrape, &self.requests));
        families.extend(delivery::families(scrape));
        families.push(limit::family(&self.limits));
        families.extend(http::families(&self.servers));
        families.extend(cluster::families(scrape.counters.cluster.as_ref()));
        families.extend(self.refusals.as_ref().map(auth::family));
        families.sort_by(|one, other| one.name().cmp(other.name()));
        families
    }

    /// The page.
    fn text(&self, scrape: &Scrape) -> String {
        let mut page = String::new();
        for family in self.families(scrape) {
            family.write(&mut page);
        }
        page
    }
}

/// `GET /metrics` and nothing else.
pub(crate) fn router(page: MetricsPage) -> Router {
    Router::new().route("/metrics", get(show)).with_state(page)
}

async fn show(State(page): State<MetricsPage>) -> Response {
    let Some(scrape) = page.scrape().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let text = page.text(&scrape);
    ([(header::CONTENT_TYPE, text::CONTENT_TYPE)], text).into_response()
}

#[cfg(test)]
mod tests;
