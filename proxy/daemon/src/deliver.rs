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

#[cfg(test)]
mod tests {
    use super::{Deliverer, Outcome, http_client};
    use crate::limits::IDLE_CONNECTIONS_PER_HOST_MAX;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn no_more_idle_connections_to_a_host_are_kept_than_the_limit() {
        const AT_ONCE: usize = IDLE_CONNECTIONS_PER_HOST_MAX + 3;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        let deliverer = Deliverer::new(http_client().unwrap(), Duration::from_secs(30));
        let mut posts = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (deliverer, endpoint) = (deliverer.clone(), endpoint.clone());
            posts.spawn(async move { deliverer.post(&endpoint, b"{}".to_vec()).await });
        }
        // None is answered before all have come, so that each has a connection of its own.
        let mut connections = Vec::new();
        for _ in 0..AT_ONCE {
            connections.push(listener.accept().await.unwrap().0);
        }
        let mut readers = JoinSet::new();
        for mut connection in connections {
            readers.spawn(async move {
                connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
                while connection.read(&mut [0; 1024]).await.is_ok_and(|bytes| bytes > 0) {}
            });
        }
        assert_eq!(posts.join_all().await, vec![Outcome::Accepted; AT_ONCE]);
        for _ in IDLE_CONNECTIONS_PER_HOST_MAX..AT_ONCE {
            readers.join_next().await.unwrap().unwrap();
        }
        assert_eq!(readers.len(), IDLE_CONNECTIONS_PER_HOST_MAX);
        assert!(readers.try_join_next().is_none());
    }
}
