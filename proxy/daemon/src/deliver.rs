//! One HTTP attempt to deliver one event: a webhook POST, as O-RAN.WG6 O-Cloud Notification API v04.00, 5.1.1 has it.
//!
//! Whether and when to try again is the core's business. Redirects are not followed, proxies of the environment are not
//! used and bodies of answers are not read.

use crate::limits::IDLE_CONNECTIONS_PER_HOST_MAX;
use proxy_core::{HandshakeOutcome, Outcome};
use std::time::Duration;

/// Sends events.
#[derive(Clone, Debug)]
pub(crate) struct Deliverer {
    client: reqwest::Client,
    timeout: Duration,
}

/// The client for all HTTP requests of the proxy.
pub(crate) fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX)
        .user_agent(concat!("cloud-event-proxy/", env!("CARGO_PKG_VERSION")))
        .build()
}

impl Deliverer {
    /// Sends with a bound on the time from connecting to the status line.
    pub(crate) fn new(client: reqwest::Client, timeout: Duration) -> Self {
        Self { client, timeout }
    }

    /// Sends once.
    pub(crate) async fn post(&self, endpoint: &str, body: Vec<u8>) -> Outcome {
        let request = self.client.post(endpoint).header("content-type", "application/json").body(body);
        match tokio::time::timeout(self.timeout, request.send()).await {
            Ok(Ok(response)) if response.status() == reqwest::StatusCode::NO_CONTENT => Outcome::Accepted,
            Ok(Ok(response)) => Outcome::Answered { status: response.status().as_u16() },
            Ok(Err(error)) => {
                tracing::debug!(endpoint, %error, "no answer from a subscriber");
                Outcome::Failed
            }
            Err(elapsed) => {
                tracing::debug!(endpoint, timeout = ?self.timeout, %elapsed, "no answer from a subscriber");
                Outcome::Failed
            }
        }
    }

    /// Sends the initial notification once; only 204 confirms, 5.1.1.2.
    pub(crate) async fn handshake(&self, endpoint: &str, body: Vec<u8>) -> HandshakeOutcome {
        match self.post(endpoint, body).await {
            Outcome::Accepted => HandshakeOutcome::Confirmed,
            outcome @ (Outcome::Answered { .. } | Outcome::Failed) => {
                tracing::debug!(endpoint, ?outcome, "initial notification not confirmed");
                HandshakeOutcome::Refused
            }
        }
    }
}
