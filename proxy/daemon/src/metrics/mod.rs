//! The metrics page: what the core and the shell count, in Prometheus' text format.
//!
//! Names, labels and help texts of the node's clocks are those of redhat-cne/cloud-event-proxy, because dashboards,
//! alerts and test suites parse them. Nothing is kept here: every scrape asks the driver.

mod family;
mod node;
mod own;

use crate::driver::{Command, Scrape};
use crate::rest::RequestCounts;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus::{Encoder as _, TextEncoder};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// What the page is made from.
#[derive(Clone, Debug)]
pub(crate) struct MetricsPage {
    commands: mpsc::Sender<Command>,
    requests: RequestCounts,
    node: Arc<str>,
}

impl MetricsPage {
    /// A page about a node.
    pub(crate) fn new(commands: mpsc::Sender<Command>, requests: RequestCounts, node: &str) -> Self {
        Self { commands, requests, node: node.into() }
    }

    async fn scrape(&self) -> Option<Scrape> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Scrape { reply }).await.ok()?;
        answer.await.ok()
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
    match text(&page.node, &scrape, &page.requests) {
        Ok(text) => ([(header::CONTENT_TYPE, TextEncoder::new().format_type())], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn text(node: &str, scrape: &Scrape, requests: &RequestCounts) -> Result<Vec<u8>, prometheus::Error> {
    let mut families = node::families(node, &scrape.snapshot);
    families.extend(own::compatible(node, scrape));
    families.extend(own::families(scrape, requests));
    let families: Vec<_> = families.into_iter().filter_map(family::Family::finish).collect();
    let mut text = Vec::new();
    TextEncoder::new().encode(&families, &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
