//! What the proxy asks of linuxptp-daemon over HTTP: a replay of its lines, and the table of interface aliases.

use crate::limits::{DAEMON_ANSWER_BYTES_MAX, EMIT_LOGS_TIMEOUT, PORT_ALIASES_TIMEOUT};
use std::collections::BTreeMap;
use std::time::Duration;

/// The daemon's local server.
#[derive(Clone, Debug)]
pub(crate) struct DaemonApi {
    client: reqwest::Client,
    base: String,
}

/// Why the daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// No answer.
    #[error("no answer from the daemon: {0}")]
    NoAnswer(#[from] reqwest::Error),
    /// Too slow.
    #[error("the daemon has not answered within {0:?}")]
    TimedOut(Duration),
    /// An answer that is no success.
    #[error("the daemon answered {0}")]
    Status(reqwest::StatusCode),
    /// More than can be a table of aliases.
    #[error("the daemon's answer is larger than {DAEMON_ANSWER_BYTES_MAX} bytes")]
    TooLarge,
    /// Something else than an object of strings.
    #[error("the daemon's answer is no table of aliases: {0}")]
    NoTable(#[from] serde_json::Error),
}

impl DaemonApi {
    /// The daemon at a base URL without a trailing slash.
    pub(crate) fn new(client: reqwest::Client, base: &str) -> Self {
        Self { client, base: base.trim_end_matches('/').to_owned() }
    }

    /// Asks for a replay of the latest lines, which the daemon writes to the event socket before it answers.
    /// It holds back live lines until it has been asked.
    pub(crate) async fn emit_logs(&self) -> Result<(), AskError> {
        let response = self.ask("/emit-logs", EMIT_LOGS_TIMEOUT).await?;
        if response.status().is_success() { Ok(()) } else { Err(AskError::Status(response.status())) }
    }

    /// Asks for the table of aliases, by interface.
    pub(crate) async fn port_aliases(&self) -> Result<BTreeMap<String, String>, AskError> {
        let table = async {
            let mut response = self.ask("/port-aliases", PORT_ALIASES_TIMEOUT).await?;
            if !response.status().is_success() {
                return Err(AskError::Status(response.status()));
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > DAEMON_ANSWER_BYTES_MAX {
                    return Err(AskError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(serde_json::from_slice(&body)?)
        };
        within(PORT_ALIASES_TIMEOUT, table).await
    }

    async fn ask(&self, path: &str, timeout: Duration) -> Result<reqwest::Response, AskError> {
        let url = format!("{}{path}", self.base);
        within(timeout, async { Ok(self.client.get(url).send().await?) }).await
    }
}

async fn within<T>(timeout: Duration, ask: impl Future<Output = Result<T, AskError>>) -> Result<T, AskError> {
    tokio::time::timeout(timeout, ask).await.unwrap_or(Err(AskError::TimedOut(timeout)))
}

#[cfg(test)]
mod tests {
    use super::{AskError, DaemonApi};
    use crate::deliver::http_client;
    use crate::limits::DAEMON_ANSWER_BYTES_MAX;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use std::collections::BTreeMap;
    use tokio::net::TcpListener;

    async fn daemon(answer: String) -> DaemonApi {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/port-aliases", get(async || answer))
            .route("/emit-logs", get(async || StatusCode::SERVICE_UNAVAILABLE));
        tokio::spawn(async move { axum::serve(listener, router).await });
        DaemonApi::new(http_client().unwrap(), &base)
    }

    #[tokio::test]
    async fn aliases_are_an_object_of_strings() {
        let api = daemon(r#"{"ens1f0":"ens1fx"}"#.to_owned()).await;
        let expected = BTreeMap::from([("ens1f0".to_owned(), "ens1fx".to_owned())]);
        assert_eq!(api.port_aliases().await.unwrap(), expected);
        for other in ["", "[]", r#"{"a":1}"#, "null"] {
            let result = daemon(other.to_owned()).await.port_aliases().await;
            assert!(matches!(result, Err(AskError::NoTable(_))), "{other}");
        }
    }

    #[tokio::test]
    async fn an_answer_above_the_limit_is_not_read_on() {
        let api = daemon(" ".repeat(DAEMON_ANSWER_BYTES_MAX + 1)).await;
        assert!(matches!(api.port_aliases().await, Err(AskError::TooLarge)));
    }

    #[tokio::test]
    async fn a_daemon_that_is_not_ready_or_not_there_or_hangs_is_an_error() {
        assert!(matches!(daemon(String::new()).await.emit_logs().await, Err(AskError::Status(_))));
        let nobody = DaemonApi::new(http_client().unwrap(), "http://127.0.0.1:1");
        assert!(matches!(nobody.emit_logs().await, Err(AskError::NoAnswer(_))));
        // Connections wait in the backlog of a listener that never accepts.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hanging = format!("http://{}", listener.local_addr().unwrap());
        let hanging = DaemonApi::new(http_client().unwrap(), &hanging);
        assert!(matches!(hanging.port_aliases().await, Err(AskError::TimedOut(_))));
    }
}
