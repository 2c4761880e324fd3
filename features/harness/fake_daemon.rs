//! The HTTP side of linuxptp-daemon: `/emit-logs` and `/port-aliases`.
//!
//! Answers only. The replay that the real daemon starts at `/emit-logs` is up to whoever feeds the lines.

use crate::LabError;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A daemon that knows aliases and says that it is ready.
#[derive(Debug)]
pub struct FakeDaemon {
    address: SocketAddr,
    answers: Arc<Answers>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Answers {
    aliases: BTreeMap<String, String>,
    /// How often it was asked for its logs.
    asked: watch::Sender<usize>,
}

impl FakeDaemon {
    /// Opens it on a port of its own. `aliases` maps interfaces to their aliases.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn open(aliases: BTreeMap<String, String>) -> Result<Self, LabError> {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(any_port).await.map_err(|source| LabError::Listen { source })?;
        let address = listener.local_addr().map_err(|source| LabError::Listen { source })?;
        let answers = Arc::new(Answers { aliases, asked: watch::Sender::new(0) });
        let router = Router::new()
            .route("/emit-logs", get(emit_logs))
            .route("/port-aliases", get(port_aliases))
            .with_state(Arc::clone(&answers));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or(()) });
        Ok(Self { address, answers, task })
    }

    /// For the proxy's `--daemon-url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the proxy has asked for the logs that often: once for each connection of the event socket.
    pub async fn asked_for_logs(&self, times: usize) {
        let mut asked = self.answers.asked.subscribe();
        asked.wait_for(|count| *count >= times).await.expect("the sender lives as long as this daemon");
    }
}

impl Drop for FakeDaemon {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn emit_logs(State(answers): State<Arc<Answers>>) {
    answers.asked.send_modify(|count| *count += 1);
}

async fn port_aliases(State(answers): State<Arc<Answers>>) -> Json<BTreeMap<String, String>> {
    Json(answers.aliases.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RestClient;
    use serde_json::json;

    #[tokio::test]
    async fn the_daemon_tells_its_aliases_and_counts_requests_for_logs() {
        let aliases = BTreeMap::from([("ens1f0".to_owned(), "ens1fx".to_owned())]);
        let daemon = FakeDaemon::open(aliases).await.expect("a free port");
        let client = RestClient::new(daemon.url());
        assert_eq!(client.get("/emit-logs").await.expect("answered").status, 200);
        let reply = client.get("/port-aliases").await.expect("answered");
        assert_eq!(reply.json(), json!({"ens1f0": "ens1fx"}));
        daemon.asked_for_logs(1).await;
    }
}
