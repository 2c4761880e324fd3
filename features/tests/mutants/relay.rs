//! Stands between the suite and our proxy and is broken in one way, or in none.
//!
//! Requests are passed on to the proxy. The endpoints of their subscriptions become paths of the relay, so that
//! notifications pass through it, too; what the proxy says of these paths becomes the endpoints again.

use crate::change::{BASE_PATH, Change, Delivery, Memory, Notification, is_subscription};
use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use ptp_lab::conform::wire::{Answered, Ask, Version, Wire};
use serde_json::Value;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A relay that serves until it is dropped.
#[derive(Debug)]
pub(crate) struct Relay {
    base: String,
    _serving: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    changes: &'static [Change],
    proxy: Wire,
    port: u16,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    memory: Memory,
    /// The endpoints as they were sent; those of the relay are their numbers.
    endpoints: Vec<Endpoint>,
    notifications: u64,
    held: Option<Notification>,
}

#[derive(Clone, Debug)]
struct Endpoint {
    written: String,
    /// How many of its subscriptions wait for their answer and were not notified.
    new: u32,
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the other side has not answered")]
struct Cut;

impl Relay {
    /// Serves in front of the proxy with this base URL.
    pub(crate) async fn open(proxy_base: &str, changes: &'static [Change]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let proxy = Wire::new(proxy_base, None).map_err(io::Error::other)?;
        let shared = Arc::new(Shared { changes, proxy, port, state: Mutex::default() });
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, shared));
        Ok(Self { base: format!("http://127.0.0.1:{port}{BASE_PATH}"), _serving: serving })
    }

    /// Its base URL.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// What goes wrong on a connection is seen by the peer.
async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let is_http1 = shared.changes.iter().any(|change| matches!(change, Change::Http1Only));
    let service = service_fn(move |request| respond(Arc::clone(&shared), request));
    let stream = TokioIo::new(stream);
    if is_http1 {
        let _ = http1::Builder::new().serve_connection(stream, service).await;
    } else {
        let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await;
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Cut> {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let headers = head.headers.iter().filter(|(name, _)| !is_of_connection(name.as_str()));
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let ask = Ask {
        method: method(head.method.as_str())?,
        path,
        headers: headers.collect(),
        body: body.collect().await.map_err(|_broken| Cut)?.to_bytes().to_vec(),
        version: Version::Http1,
    };
    let number = ask.path.strip_prefix(VIA).and_then(|number| number.parse().ok());
    let answered = match number {
        Some(number) => shared.notify(number, &ask).await?,
        None => shared.request(ask).await?,
    };
    shared.response(answered)
}

/// Below this path are the endpoints of the relay.
const VIA: &str = "/via/";

fn method(name: &str) -> Result<&'static str, Cut> {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|method| *method == name).ok_or(Cut)
}

/// Headers that each connection has of its own.
fn is_of_connection(name: &str) -> bool {
    ["host", "connection", "content-length", "transfer-encoding", "date", "upgrade", "http2-settings"]
        .contains(&name)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request of the suite.
    async fn request(&self, asked: Ask) -> Result<Answered, Cut> {
        let mut ask = asked.clone();
        for change in self.changes {
            if let Change::Request(change) = change {
                change(&mut ask);
            }
            if let Change::InPlace(answer) = change
                && let Some(answered) = answer(&asked, &mut self.state().memory)
            {
                return Ok(answered);
            }
        }
        let number = self.divert(&mut ask);
        let path = ask.path.clone();
        let (answered, _) = self.proxy.ask_at(&path, &ask).await;
        let mut answered = answered.map_err(|_unanswered| Cut)?;
        let mut state = self.state();
        if let Some(number) = number {
            state.endpoints[number].new = state.endpoints[number].new.saturating_sub(1);
        }
        state.restore(&mut answered, self.port);
        for change in self.changes {
            if let Change::Answer(change) = change {
                change(&asked, &mut answered, &mut state.memory);
            }
        }
        Ok(answered)
    }

    /// Has the notifications of a new subscription sent to the relay; the number of their endpoint.
    fn divert(&self, ask: &mut Ask) -> Option<usize> {
        let text = str::from_utf8(&ask.body).ok().filter(|_| is_subscription(ask))?;
        let json: Value = serde_json::from_str(text).ok()?;
        let written = json["EndpointUri"].as_str().filter(|written| is_reachable(written))?;
        let mut state = self.state();
        let known = state.endpoints.iter().position(|one| one.written == written);
        let number = known.unwrap_or_else(|| {
            state.endpoints.push(Endpoint { written: written.to_owned(), new: 0 });
            state.endpoints.len() - 1
        });
        state.endpoints[number].new += 1;
        ask.body = text.replace(&quoted(written), &quoted(&via(self.port, number))).into_bytes();
        Some(number)
    }

    /// A notification of the proxy.
    async fn notify(&self, number: usize, ask: &Ask) -> Result<Answered, Cut> {
        let (mut notification, endpoint) = {
            let mut state = self.state();
            let endpoint = state.endpoints.get_mut(number).ok_or(Cut)?;
            let is_initial = endpoint.new > 0;
            endpoint.new = endpoint.new.saturating_sub(1);
            let endpoint = endpoint.written.clone();
            state.notifications += 1;
            (notification(ask, is_initial, state.notifications - 1), endpoint)
        };
        let mut delivery = Delivery::Once;
        for change in self.changes {
            match change {
                Change::Notification(change) => change(&mut notification),
                Change::Delivery(decide) => delivery = decide(&notification),
                Change::Request(_)
                | Change::InPlace(_)
                | Change::Answer(_)
                | Change::Confirmation(_)
                | Change::FollowsRedirects
                | Change::Http1Only
                | Change::Chunked => {}
            }
        }
        let mut answered = self.deliver(notification, &endpoint, delivery).await?;
        for change in self.changes {
            if let Change::Confirmation(change) = change {
                change(&mut answered);
            }
        }
        if self.changes.iter().any(|change| matches!(change, Change::FollowsRedirects)) {
            return follow(answered).await;
        }
        Ok(answered)
    }

    async fn deliver(
        &self,
        notification: Notification,
        endpoint: &str,
        delivery: Delivery,
    ) -> Result<Answered, Cut> {
        let confirmed = Answered { status: 204, headers: Vec::new(), body: Vec::new() };
        match delivery {
            Delivery::Never => Ok(confirmed),
            Delivery::Later(delay) => {
                send_later(notification, endpoint.to_owned(), delay);
                Ok(confirmed)
            }
            Delivery::Again(delay) => {
                let answered = send(&notification, endpoint).await?;
                send_later(notification, endpoint.to_owned(), delay);
                Ok(answered)
            }
            Delivery::Twice => {
                send(&notification, endpoint).await?;
                send(&notification, endpoint).await
            }
            Delivery::AfterTheNext => {
                self.state().held = Some(notification);
                Ok(confirmed)
            }
            Delivery::Once => {
                let answered = send(&notification, endpoint).await?;
                let held = self.state().held.take();
                if let Some(held) = held {
                    send(&held, endpoint).await?;
                }
                Ok(answered)
            }
        }
    }

    fn response(&self, answered: Answered) -> Result<Response<BoxBody<Bytes, Infallible>>, Cut> {
        let mut response = Response::builder().status(answered.status);
        for (name, value) in answered.headers.iter().filter(|(name, _)| !is_of_connection(name)) {
            response = response.header(name, value);
        }
        let bytes = Bytes::from(answered.body);
        let is_chunked = self.changes.iter().any(|change| matches!(change, Change::Chunked));
        let body = if is_chunked && !bytes.is_empty() {
            StreamBody::new(stream::iter([Ok(Frame::data(bytes))])).boxed()
        } else {
            Full::new(bytes).boxed()
        };
        response.body(body).map_err(|_unsound| Cut)
    }
}

impl State {
    /// The endpoints of the relay become those that were sent.
    fn restore(&self, answered: &mut Answered, port: u16) {
        let Ok(mut text) = String::from_utf8(answered.body.clone()) else { return };
        for (number, endpoint) in self.endpoints.iter().enumerate() {
            text = text.replace(&quoted(&via(port, number)), &quoted(&endpoint.written));
        }
        answered.body = text.into_bytes();
    }
}

fn via(port: u16, number: usize) -> String {
    format!("http://localhost:{port}{VIA}{number}")
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Whether it is a consumer of the suite: what else is written as an endpoint is for the proxy to judge.
fn is_reachable(endpoint: &str) -> bool {
    let uri = endpoint.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
    uri.is_some_and(|uri| {
        uri.port_u16().is_some() && matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
    })
}

fn notification(ask: &Ask, is_initial: bool, number: u64) -> Notification {
    let content_type = ask.headers.iter().find(|(name, _)| name == "content-type");
    Notification {
        method: ask.method,
        content_type: content_type.map(|(_, value)| value.clone()).unwrap_or_default(),
        body: serde_json::from_slice(&ask.body).unwrap_or_default(),
        is_initial,
        number,
    }
}

async fn send(notification: &Notification, endpoint: &str) -> Result<Answered, Cut> {
    let ask = Ask::new(notification.method, "")
        .header("content-type", &notification.content_type)
        .body(notification.body.to_string());
    ask_whole(endpoint, ask).await
}

/// Nobody waits for what comes of it.
fn send_later(notification: Notification, endpoint: String, delay: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        let _ = send(&notification, &endpoint).await;
    });
}

async fn ask_whole(url: &str, ask: Ask) -> Result<Answered, Cut> {
    let uri: Uri = url.parse().map_err(|_unsound| Cut)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().ok_or(Cut)?;
    let wire = Wire::new(&format!("http://{authority}"), None).map_err(|_unsound| Cut)?;
    wire.ask_at(path, &ask).await.0.map_err(|_unanswered| Cut)
}

async fn follow(answered: Answered) -> Result<Answered, Cut> {
    match answered.header("location").filter(|_| (300..400).contains(&answered.status)) {
        Some(location) => ask_whole(location, Ask::new("GET", "")).await,
        None => Ok(answered),
    }
}
