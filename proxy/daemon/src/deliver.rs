//! One HTTP attempt to deliver one event: a webhook POST, as O-RAN.WG6 O-Cloud Notification API v04.00, 5.1.1 has it.
//!
//! Whether and when to try again is the core's business. Where to is the subscriber's, as far as [`EndpointPolicy`] lets
//! it be. Redirects are not followed and bodies of answers are not read.

mod clients;
mod endpoint;
mod excluded;
mod failure;
mod lookup;
mod policy;
mod tls;

pub(crate) use clients::ClientError;
pub(crate) use endpoint::{Endpoint, EndpointError};
pub(crate) use failure::Failure;
pub(crate) use policy::EndpointPolicy;
pub(crate) use tls::{Authorities, no_tls};

use crate::config::DeliveryProxy;
use clients::{Clients, Route};
use hyper::body::Bytes;
use lookup::{LookUp, system_look_up};
use proxy_core::{HandshakeOutcome, Outcome};
use std::sync::Arc;
use std::time::Duration;

/// How to send.
#[derive(Clone, Debug)]
pub(crate) struct DeliverySettings {
    /// Where to at all.
    pub(crate) policy: Arc<EndpointPolicy>,
    /// Who may say who an https endpoint is, beside the authorities of the system.
    pub(crate) authorities: Authorities,
    /// Whether by a proxy.
    pub(crate) proxy: DeliveryProxy,
    /// From the look-up of the name to the status line.
    pub(crate) timeout: Duration,
}

/// Sends events.
#[derive(Clone)]
pub(crate) struct Deliverer {
    clients: Arc<Clients>,
    policy: Arc<EndpointPolicy>,
    timeout: Duration,
}

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// 204.
    Accepted,
    /// Another status.
    Answered {
        /// Which.
        status: u16,
    },
    /// No answer.
    Failed(Failure),
}

impl Sent {
    /// What the core has to know of it.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Accepted => Outcome::Accepted,
            Self::Answered { status } => Outcome::Answered { status },
            Self::Failed(_) => Outcome::Failed,
        }
    }
}

impl Deliverer {
    /// Sends with these settings.
    pub(crate) fn new(settings: DeliverySettings) -> Result<Self, ClientError> {
        Self::with_look_up(settings, Arc::new(system_look_up))
    }

    fn with_look_up(settings: DeliverySettings, look_up: Arc<LookUp>) -> Result<Self, ClientError> {
        let clients = Arc::new(Clients::new(&settings, look_up)?);
        Ok(Self { clients, policy: settings.policy, timeout: settings.timeout })
    }

    /// Sends an event once.
    pub(crate) async fn deliver(&self, endpoint: &str, body: Bytes) -> Sent {
        self.post(endpoint, body, Route::Delivery).await
    }

    /// Sends the initial notification once; only 204 confirms, 5.1.1.2.
    pub(crate) async fn handshake(&self, endpoint: &str, body: Bytes) -> HandshakeOutcome {
        match self.post(endpoint, body, Route::Handshake).await {
            Sent::Accepted => HandshakeOutcome::Confirmed,
            sent @ (Sent::Answered { .. } | Sent::Failed(_)) => {
                tracing::debug!(endpoint, ?sent, "initial notification not confirmed");
                HandshakeOutcome::Refused
            }
        }
    }

    async fn post(&self, endpoint: &str, body: Bytes, route: Route) -> Sent {
        // Also what was stored under another policy, or by another proxy.
        let parsed = match Endpoint::parse(endpoint, &self.policy) {
            Ok(parsed) => parsed,
            Err(error) => return failed(endpoint, Failure::Forbidden, &error),
        };
        let Some(client) = self.clients.for_endpoint(&parsed, route, &self.policy) else {
            return failed(
                endpoint,
                Failure::Forbidden,
                &"only its address could tell, which the proxy resolves",
            );
        };
        let request = client.post(parsed.url().clone()).header("content-type", "application/json").body(body);
        match tokio::time::timeout(self.timeout, request.send()).await {
            Ok(Ok(response)) if response.status() == reqwest::StatusCode::NO_CONTENT => Sent::Accepted,
            Ok(Ok(response)) => Sent::Answered { status: response.status().as_u16() },
            Ok(Err(error)) => failed(endpoint, Failure::of(&error), &chain(&error)),
            Err(elapsed) => failed(endpoint, Failure::Timeout, &elapsed),
        }
    }
}

fn failed(endpoint: &str, failure: Failure, error: &dyn std::fmt::Display) -> Sent {
    tracing::debug!(endpoint, reason = failure.as_str(), %error, "no answer from a subscriber");
    Sent::Failed(failure)
}

/// An error with all its causes; the outermost of a client says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
