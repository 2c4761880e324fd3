//! A consumer that keeps what it is sent, and answers as it is told.

use super::proxy::PATIENCE;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// How a consumer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// With a status.
    Status(u16),
    /// With a redirect to another path, which would answer 204.
    Redirect,
    /// Not before it is given another manner.
    Never,
}

/// A consumer.
pub(crate) struct Consumer {
    port: u16,
    manner: watch::Sender<Manner>,
    received: mpsc::UnboundedReceiver<(HeaderMap, String)>,
}

#[derive(Clone)]
struct Inbox {
    manner: watch::Receiver<Manner>,
    received: mpsc::UnboundedSender<(HeaderMap, String)>,
}

impl Consumer {
    /// A consumer that answers 204.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (manner, manners) = watch::channel(Manner::Status(204));
        let (sender, received) = mpsc::unbounded_channel();
        let inbox = Inbox { manner: manners, received: sender };
        let router = Router::new().fallback(receive).with_state(inbox);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, manner, received }
    }

    /// Where it receives events.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/event", self.port)
    }

    /// Answers in another manner from now on; those who wait are answered too.
    pub(crate) fn answer(&self, manner: Manner) {
        self.manner.send(manner).unwrap();
    }

    /// The next event, as text.
    pub(crate) async fn text(&mut self) -> String {
        self.receive().await.1
    }

    /// The next event with its headers.
    pub(crate) async fn next(&mut self) -> (HeaderMap, serde_json::Value) {
        let (headers, text) = self.receive().await;
        (headers, serde_json::from_str(&text).unwrap())
    }

    async fn receive(&mut self) -> (HeaderMap, String) {
        tokio::time::timeout(PATIENCE, self.received.recv()).await.unwrap().unwrap()
    }

    /// The first value of the next event.
    pub(crate) async fn value(&mut self) -> String {
        self.next().await.1["data"]["values"][0]["value"].as_str().unwrap().to_owned()
    }

    /// Resource path, first value and id of everything that has come since.
    pub(crate) fn changes(&mut self) -> Vec<(String, String, String)> {
        let mut changes = Vec::new();
        while let Ok((_, text)) = self.received.try_recv() {
            let event: serde_json::Value = serde_json::from_str(&text).unwrap();
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let value = &event["data"]["values"][0]["value"];
            changes.push((text(&event["source"]), text(value), text(&event["id"])));
        }
        changes
    }

    /// Whether nothing has come since.
    pub(crate) fn is_empty(&self) -> bool {
        self.received.is_empty()
    }
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> Response {
    inbox.received.send((headers, body)).unwrap();
    let mut manners = inbox.manner.clone();
    let manner = *manners.wait_for(|manner| *manner != Manner::Never).await.unwrap();
    match manner {
        Manner::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Manner::Redirect => (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response(),
        Manner::Never => unreachable!("waited for another manner"),
    }
}
