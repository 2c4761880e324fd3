//! A consumer of notifications: an HTTP server that records what it is sent and behaves as told.
//!
//! Answers 204 unless told otherwise. Keeps a bounded number of notifications; the rest is counted.

use crate::limits::{NOTIFICATION_BYTES_MAX, RECEIVED_MAX};
use crate::{LabError, wall_clock};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

/// How a consumer treats the next notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Answer with this status code.
    Answer(u16),
    /// Take the request and answer only when released.
    Hang,
}

/// One notification as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// When its last byte had arrived.
    pub arrived: Instant,
    /// The method of the request.
    pub method: String,
    /// `Content-Type`, if any.
    pub content_type: Option<String>,
    /// The body; `null` when it is not JSON.
    pub body: Value,
}

/// A consumer that listens on 127.0.0.1.
#[derive(Debug)]
pub struct Consumer {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: Option<Serving>,
}

#[derive(Debug)]
struct Shared {
    records: Mutex<Records>,
    arrival: Notify,
    /// Counts how often hanging requests were released.
    release: watch::Sender<u64>,
}

#[derive(Debug)]
struct Records {
    conduct: Conduct,
    received: Vec<Received>,
    not_kept: usize,
    hanging: usize,
    given_up: Vec<Instant>,
}

#[derive(Debug)]
struct Serving {
    close: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Consumer {
    /// Opens a consumer on a port of its own.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn open() -> Result<Self, LabError> {
        Self::open_at(0).await
    }

    /// Opens a consumer on this port, or on any free one for 0.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn open_at(port: u16) -> Result<Self, LabError> {
        let records = Mutex::new(Records::new());
        let shared = Arc::new(Shared { records, arrival: Notify::new(), release: watch::Sender::new(0) });
        let mut consumer =
            Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), shared, serving: None };
        consumer.reopen().await?;
        Ok(consumer)
    }

    /// Where events are to be sent.
    pub fn endpoint(&self) -> String {
        format!("http://{}/event", self.address)
    }

    /// Changes how the next notifications are treated.
    pub fn behave(&self, conduct: Conduct) {
        self.lock().conduct = conduct;
    }

    /// Takes what has arrived since the last call, in order of arrival.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.lock().received)
    }

    /// How many notifications arrived beyond the bound of what is kept.
    pub fn not_kept(&self) -> usize {
        self.lock().not_kept
    }

    /// Waits until something has arrived that was not taken yet.
    pub async fn arrival(&self) {
        while self.lock().received.is_empty() {
            self.shared.arrival.notified().await;
        }
    }

    /// Answers the requests that hang with 204. Those to come are treated as before.
    pub fn release(&self) {
        self.shared.release.send_modify(|times| *times += 1);
    }

    /// When hanging requests were given up by the proxy.
    pub fn given_up(&self) -> Vec<Instant> {
        self.lock().given_up.clone()
    }

    /// Closes the port, so that connections are refused. What has arrived stays.
    pub async fn refuse(&mut self) {
        let Some(serving) = self.serving.take() else {
            return;
        };
        let hanging = self.lock().hanging > 0;
        // Fails only when the server has ended already.
        let _ended = serving.close.send(());
        if hanging {
            // It would wait for requests that are never answered.
            serving.task.abort();
        }
        let _aborted = serving.task.await;
    }

    /// Listens on the port that it had before.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn reopen(&mut self) -> Result<(), LabError> {
        self.refuse().await;
        let listener = TcpListener::bind(self.address).await.map_err(|source| LabError::Listen { source })?;
        self.address = listener.local_addr().map_err(|source| LabError::Listen { source })?;
        let router = Router::new()
            .fallback(take_notification)
            .layer(DefaultBodyLimit::max(NOTIFICATION_BYTES_MAX))
            .with_state(Arc::clone(&self.shared));
        let (close, closed) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async { closed.await.unwrap_or(()) };
            axum::serve(listener, router).with_graceful_shutdown(shutdown).await.unwrap_or(());
        });
        self.serving = Some(Serving { close, task });
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.shared.lock()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take_notification(
    State(shared): State<Arc<Shared>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let received = Received {
        arrived: wall_clock::now(),
        method: method.to_string(),
        content_type,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    // From here on a release is meant for this request, too.
    let released = shared.release.subscribe();
    let conduct = shared.lock().take_one(received);
    // A permit is kept when nobody waits yet, so no arrival is missed.
    shared.arrival.notify_one();
    match conduct {
        Conduct::Answer(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        Conduct::Hang => hang(&shared, released).await,
    }
}

async fn hang(shared: &Shared, mut released: watch::Receiver<u64>) -> StatusCode {
    let mut waiting = Hanging { shared, released: false };
    released.changed().await.expect("the sender is in what is shared");
    waiting.released = true;
    StatusCode::NO_CONTENT
}

/// A request that is not answered. It ends early when the other side closes its connection.
struct Hanging<'a> {
    shared: &'a Shared,
    released: bool,
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        let mut records = self.shared.lock();
        records.hanging -= 1;
        if !self.released {
            records.given_up.push(wall_clock::now());
        }
    }
}

impl Records {
    fn new() -> Self {
        Self {
            conduct: Conduct::Answer(204),
            received: Vec::new(),
            not_kept: 0,
            hanging: 0,
            given_up: Vec::new(),
        }
    }

    fn take_one(&mut self, received: Received) -> Conduct {
        if self.received.len() < RECEIVED_MAX {
            self.received.push(received);
        } else {
            self.not_kept += 1;
        }
        if self.conduct == Conduct::Hang {
            self.hanging += 1;
        }
        self.conduct
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RestClient;
    use serde_json::json;

    #[tokio::test]
    async fn a_consumer_records_what_it_is_sent_and_answers_as_told() {
        let consumer = Consumer::open().await.expect("a free port");
        let client = RestClient::new(String::new());
        let reply = client.post(&consumer.endpoint(), &json!({"n": 1})).await.expect("answered");
        consumer.behave(Conduct::Answer(503));
        let second = client.post(&consumer.endpoint(), &json!({"n": 2})).await.expect("answered");
        assert_eq!((reply.status, second.status), (204, 503));
        let bodies: Vec<Value> = consumer.take().into_iter().map(|r| r.body).collect();
        assert_eq!(bodies, [json!({"n": 1}), json!({"n": 2})]);
        assert!(consumer.take().is_empty());
    }

    #[tokio::test]
    async fn a_consumer_that_refuses_can_be_opened_again_on_its_port() {
        let mut consumer = Consumer::open().await.expect("a free port");
        let client = RestClient::new(String::new());
        assert_eq!(client.post(&consumer.endpoint(), &json!({})).await.expect("answered").status, 204);
        consumer.refuse().await;
        assert!(client.post(&consumer.endpoint(), &json!({})).await.is_err());
        consumer.reopen().await.expect("the port is free");
        assert_eq!(client.post(&consumer.endpoint(), &json!({})).await.expect("answered").status, 204);
    }

    #[tokio::test]
    async fn a_consumer_that_hangs_answers_when_released() {
        let consumer = Consumer::open().await.expect("a free port");
        consumer.behave(Conduct::Hang);
        let client = RestClient::new(String::new());
        let (endpoint, body) = (consumer.endpoint(), json!({}));
        let waiting = async {
            consumer.arrival().await;
            consumer.release();
        };
        let (reply, ()) = tokio::join!(client.post(&endpoint, &body), waiting);
        assert_eq!(reply.expect("answered").status, 204);
        assert!(consumer.given_up().is_empty());
    }

    #[tokio::test]
    async fn a_consumer_that_hangs_notes_when_it_is_given_up() {
        let consumer = Consumer::open().await.expect("a free port");
        consumer.behave(Conduct::Hang);
        let client = RestClient::new(String::new());
        let (endpoint, body) = (consumer.endpoint(), json!({}));
        tokio::select! {
            reply = client.post(&endpoint, &body) => panic!("answered: {reply:?}"),
            () = consumer.arrival() => {}
        }
        drop(client);
        while consumer.given_up().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(consumer.given_up().len(), 1);
    }

    #[tokio::test]
    async fn a_notification_that_is_too_large_is_refused() {
        let consumer = Consumer::open().await.expect("a free port");
        let client = RestClient::new(String::new());
        let body = "x".repeat(NOTIFICATION_BYTES_MAX + 1);
        assert_eq!(client.post_text(&consumer.endpoint(), &body).await.expect("answered").status, 413);
        assert!(consumer.take().is_empty());
    }

    #[test]
    fn notifications_beyond_the_bound_are_counted_and_not_kept() {
        let mut records = Records::new();
        for _ in 0..=RECEIVED_MAX {
            let method = String::new();
            records.take_one(Received {
                arrived: wall_clock::now(),
                method,
                content_type: None,
                body: Value::Null,
            });
        }
        assert_eq!((records.received.len(), records.not_kept), (RECEIVED_MAX, 1));
    }
}
