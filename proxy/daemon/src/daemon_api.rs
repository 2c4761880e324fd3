//! What the proxy asks of linuxptp-daemon over HTTP: a replay of its lines, and the table of interface aliases.

use crate::deliver::{ClientError, no_tls};
use crate::limits::{DAEMON_ANSWER_BYTES_MAX, EMIT_LOGS_TIMEOUT, PORT_ALIASES_TIMEOUT};
use std::collections::BTreeMap;
use std::time::Duration;

/// The daemon's local server.
#[derive(Clone, Debug)]
pub(crate) struct DaemonApi {
    client: reqwest::Client,
    base: String,
    emit_logs_timeout: Duration,
    port_aliases_timeout: Duration,
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

/// The client for the daemon, which speaks plain HTTP on this host. Nothing that holds for endpoints holds for it.
pub(crate) fn http_client() -> Result<reqwest::Client, ClientError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(no_tls()?)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("cloud-event-proxy/", env!("CARGO_PKG_VERSION")));
    Ok(builder.build()?)
}

impl DaemonApi {
    /// The daemon at a base URL without a trailing slash.
    pub(crate) fn new(client: reqwest::Client, base: &str) -> Self {
        Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            emit_logs_timeout: EMIT_LOGS_TIMEOUT,
            port_aliases_timeout: PORT_ALIASES_TIMEOUT,
        }
    }

    /// Asks for a replay of the latest lines, which the daemon writes to the event socket before it answers.
    /// It holds back live lines until it has been asked.
    pub(crate) async fn emit_logs(&self) -> Result<(), AskError> {
        within(self.emit_logs_timeout, async {
            let response = self.ask("/emit-logs").await?;
            if response.status().is_success() { Ok(()) } else { Err(AskError::Status(response.status())) }
        })
        .await
    }

    /// Asks for the table of aliases, by interface.
    pub(crate) async fn port_aliases(&self) -> Result<BTreeMap<String, String>, AskError> {
        within(self.port_aliases_timeout, async {
            let mut response = self.ask("/port-aliases").await?;
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
        })
        .await
    }

    async fn ask(&self, path: &str) -> Result<reqwest::Response, AskError> {
        Ok(self.client.get(format!("{}{path}", self.base)).send().await?)
    }
}

async fn within<T>(timeout: Duration, ask: impl Future<Output = Result<T, AskError>>) -> Result<T, AskError> {
    tokio::time::timeout(timeout, ask).await.unwrap_or(Err(AskError::TimedOut(timeout)))
}

#[cfg(test)]
mod tests {
    use super::{AskError, DaemonApi, http_client};
    use crate::limits::DAEMON_ANSWER_BYTES_MAX;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use std::collections::BTreeMap;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
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
    async fn a_daemon_that_is_not_ready_or_not_there_is_an_error() {
        assert!(matches!(daemon(String::new()).await.emit_logs().await, Err(AskError::Status(_))));
        let nobody = DaemonApi::new(http_client().unwrap(), "http://127.0.0.1:1");
        assert!(matches!(nobody.emit_logs().await, Err(AskError::NoAnswer(_))));
    }

    #[tokio::test]
    async fn a_daemon_that_hangs_is_given_up_after_the_time_of_the_question() {
        // Connections wait in the backlog of a listener that never accepts.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (emit_logs_timeout, port_aliases_timeout) =
            (Duration::from_millis(20), Duration::from_millis(10));
        let hanging = DaemonApi {
            emit_logs_timeout,
            port_aliases_timeout,
            ..DaemonApi::new(http_client().unwrap(), &url)
        };
        let emitted = hanging.emit_logs().await;
        assert!(matches!(emitted, Err(AskError::TimedOut(after)) if after == emit_logs_timeout));
        let aliases = hanging.port_aliases().await;
        assert!(matches!(aliases, Err(AskError::TimedOut(after)) if after == port_aliases_timeout));
    }

    #[tokio::test]
    async fn a_daemon_that_stops_in_the_middle_of_its_answer_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.read_buf(&mut Vec::with_capacity(1024)).await.unwrap();
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{").await.unwrap();
            std::future::pending::<()>().await;
        });
        let port_aliases_timeout = Duration::from_millis(20);
        let stopping = DaemonApi { port_aliases_timeout, ..DaemonApi::new(http_client().unwrap(), &url) };
        assert!(matches!(stopping.port_aliases().await, Err(AskError::TimedOut(_))));
    }
}
