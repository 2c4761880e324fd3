//! The REST API: O-RAN.WG6 O-Cloud Notification API v04.00 with the extensions that existing consumers use.
//!
//! Handlers parse a request into a [`Command`], send it to the driver and map the answer; they hold no state.

mod current_state;
mod model;
mod path;
mod problem;
mod publishers;
mod request_body;
mod router;
mod subscriptions;

pub(crate) use publishers::Publishers;
pub(crate) use router::router;
pub(crate) use subscriptions::subscriptions_url;

use crate::auth::Auth;
use crate::cloud_event::Renderer;
use crate::config::ApiLimits;
use crate::deliver::EndpointPolicy;
use crate::driver::Command;
use crate::http_server::HttpCounts;
use problem::ApiProblem;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Where the API is served, below the host.
pub(crate) const BASE_PATH: &str = "/api/ocloudNotifications/v2";

/// Where it is served too: what precedes `ocloudNotifications` is free (3GPP TS 29.501, 4.4.1), and other producers have
/// nothing there.
const BARE_BASE_PATH: &str = "/ocloudNotifications/v2";

/// What every handler works with.
#[derive(Clone)]
pub(crate) struct Api {
    /// To the driver.
    pub(crate) commands: mpsc::Sender<Command>,
    /// Writes events as JSON.
    pub(crate) renderer: Renderer,
    /// Which endpoints are acceptable.
    pub(crate) endpoints: Arc<EndpointPolicy>,
    /// What precedes the id in the address of a subscription.
    pub(crate) subscriptions_url: Arc<str>,
    /// The resources of this node.
    pub(crate) publishers: Arc<Publishers>,
    /// What a request may take.
    pub(crate) limits: ApiLimits,
    /// Requests by status.
    pub(crate) requests: RequestCounts,
    /// Requests that were refused.
    pub(crate) http: HttpCounts,
    /// Who may change something; everybody if absent.
    pub(crate) auth: Option<Arc<Auth>>,
    /// Room for requests.
    pub(crate) room: Arc<Semaphore>,
}

impl Api {
    /// Sends a command to the driver and waits for its answer.
    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, ApiProblem> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| ApiProblem::Ending)?;
        answer.await.map_err(|_| ApiProblem::Ending)
    }
}

/// Requests by status code, counted where they are answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestCounts(Arc<Mutex<BTreeMap<u16, u64>>>);

impl RequestCounts {
    /// Counts one.
    fn count(&self, status: u16) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(status).or_default() += 1;
    }

    /// All of them.
    pub(crate) fn all(&self) -> BTreeMap<u16, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
