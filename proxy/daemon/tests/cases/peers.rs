//! The peers of a proxy: the HTTP side of linuxptp-daemon, and a consumer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// A daemon that knows aliases and counts how often it is asked for its logs.
#[derive(Debug)]
pub(crate) struct Daemon {
    pub(crate) url: String,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Daemon {
    pub(crate) async fn open(aliases: BTreeMap<String, String>) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let emit_logs = async move || {
            count.fetch_add(1, Ordering::SeqCst);
            StatusCode::NO_CONTENT
        };
        let router = Router::new()
            .route("/emit-logs", get(emit_logs))
            .route("/port-aliases", get(async move || Json(aliases)));
        let (port, task) = serve(router).await;
        Self { url: format!("http://127.0.0.1:{port}"), asked, task }
    }

    /// How often it was asked for its logs.
    pub(crate) fn asked_for_logs(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A consumer that keeps what it is sent. It answers 204, and not before it is released when it hangs.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) endpoint: String,
    hangs: watch::Sender<bool>,
    received: mpsc::UnboundedReceiver<Value>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Inbox {
    hangs: watch::Receiver<bool>,
    received: mpsc::UnboundedSender<Value>,
}

impl Consumer {
    pub(crate) async fn open() -> Self {
        let (hangs, hanging) = watch::channel(false);
        let (sender, received) = mpsc::unbounded_channel();
        let inbox = Inbox { hangs: hanging, received: sender };
        let (port, task) = serve(Router::new().fallback(receive).with_state(inbox)).await;
        Self { endpoint: format!("http://127.0.0.1:{port}/event"), hangs, received, task }
    }

    /// Whether it hangs from now on; those that wait are answered when it no longer does.
    pub(crate) fn hang(&self, hangs: bool) {
        self.hangs.send(hangs).unwrap();
    }

    /// Everything that has come since the last call.
    pub(crate) fn take(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Value {
        self.received.recv().await.unwrap()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(inbox): State<Inbox>, body: String) -> StatusCode {
    inbox.received.send(serde_json::from_str(&body).unwrap_or(Value::String(body))).unwrap_or(());
    let mut hangs = inbox.hangs.clone();
    // Fails when the consumer is gone, and then nobody cares for the answer.
    let _released = hangs.wait_for(|hangs| !hangs).await;
    StatusCode::NO_CONTENT
}

async fn serve(router: Router) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or(()) }))
}
