//! Accepting connections and serving them until the consumer closes.

use super::answer::Connection;
use super::fault;
use super::records::{Opening, Shared};
use super::wire::{Wire, linger_not};
use crate::limits::{ACCEPT_PAUSE, CONSUMER_CLOSE_MAX, CONSUMER_CONNECTIONS_MAX};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use std::io;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// Tells when the consumer closes its ports, or is dropped.
#[derive(Clone, Debug)]
pub(super) struct Closing(watch::Receiver<()>);

impl Closing {
    /// Waits for it.
    pub(super) async fn closed(&mut self) {
        // Nothing is ever sent: the sender goes.
        while self.0.changed().await.is_ok() {}
    }
}

/// Open ports. They close when it is dropped.
#[derive(Debug)]
pub(super) struct Serving {
    open: watch::Sender<()>,
    tasks: Vec<JoinHandle<()>>,
}

impl Serving {
    pub(super) fn start(listeners: Vec<TcpListener>, tls: Option<TlsAcceptor>, shared: &Arc<Shared>) -> Self {
        let (open, closing) = watch::channel(());
        let port = Port { shared: Arc::clone(shared), tls, closing: Closing(closing) };
        let tasks = listeners.into_iter().map(|listener| tokio::spawn(port.clone().serve(listener)));
        let tasks = tasks.collect();
        Self { open, tasks }
    }

    /// Closes the ports and all connections. Answers that are under way are finished; what waits is not answered.
    pub(super) async fn end(self) {
        drop(self.open);
        for task in self.tasks {
            // Fails only if it panicked, and that was told.
            let _panicked = task.await;
        }
    }
}

#[derive(Clone)]
struct Port {
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    closing: Closing,
}

impl Port {
    async fn serve(mut self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let room = connections.len() < CONSUMER_CONNECTIONS_MAX;
            let accepted = tokio::select! {
                () = self.closing.closed() => break,
                Some(_ended) = connections.join_next() => continue,
                accepted = next(&listener, &self.shared), if room => accepted,
            };
            match accepted {
                Ok(stream) => {
                    connections.spawn(self.clone().converse(stream));
                }
                Err(_unaccepted) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    async fn converse(mut self, stream: TcpStream) {
        let mut retold = self.shared.retold.subscribe();
        let (opening, number) = self.shared.lock().connect();
        match opening {
            Opening::Serve => {}
            Opening::Reset => return linger_not(&stream),
            Opening::Hold => tokio::select! {
                () = self.closing.closed() => return,
                // The sender is in what is shared.
                _told = retold.changed() => {}
            },
        }
        // Every byte of a fault is a segment of its own. Fails only where the peer has gone already.
        let _gone = stream.set_nodelay(true);
        let wire = match &self.tls {
            None => Wire::clear(stream),
            Some(tls) => tokio::select! {
                () = self.closing.closed() => return,
                accepted = tls.accept(stream) => match accepted {
                    Ok(stream) => Wire::tls(stream),
                    Err(_refused) => return,
                },
            },
        };
        speak(wire, self.shared, number, self.closing).await;
    }
}

/// The next connection. None is accepted while the consumer is half-open for ever.
async fn next(listener: &TcpListener, shared: &Shared) -> io::Result<TcpStream> {
    let mut retold = shared.retold.subscribe();
    loop {
        let half_open = shared.lock().stays_half_open();
        tokio::select! {
            // The sender is in what is shared.
            _told = retold.changed() => {}
            accepted = listener.accept(), if !half_open => return accepted.map(|(stream, _peer)| stream),
        }
    }
}

/// HTTP until the connection ends or a fault takes it.
async fn speak(wire: Wire, shared: Arc<Shared>, number: u64, mut closing: Closing) {
    let (seize, mut seized) = mpsc::channel(1);
    let connection = Connection { shared, number, closing: closing.clone(), seize };
    let service = service_fn(move |request| connection.clone().treat(request));
    let builder = auto::Builder::new(TokioExecutor::new());
    let mut http = Box::pin(builder.serve_connection(TokioIo::new(wire.clone()), service));
    let taken = tokio::select! {
        taken = seized.recv() => taken,
        _ended = http.as_mut() => None,
        () = closing.closed() => {
            http.as_mut().graceful_shutdown();
            // A connection on which nothing was ever asked does not end by itself.
            let _ended = tokio::time::timeout(CONSUMER_CLOSE_MAX, http.as_mut()).await;
            None
        }
    };
    drop(http);
    if let Some((fault, exchange)) = taken {
        fault::carry_out(fault, exchange, wire, closing).await;
    }
    // More than one only over HTTP/2: the connection that they came on is gone.
    while let Ok((_fault, exchange)) = seized.try_recv() {
        exchange.cut();
    }
}
