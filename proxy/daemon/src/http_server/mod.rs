//! The server under the REST API and the metrics page: HTTP/1.1 and HTTP/2 with prior knowledge on one port, with or
//! without TLS, within bounds.
//!
//! What an attacker can do cheaply is to begin and not to go on. So a connection is known by what it waits for, and when
//! all places are taken, the one whose peer has kept the server waiting longest makes room.
//!
//! - `table`: which connections there are, what each waits for, until when, and who makes room. It is told the time.
//! - `place`: the table as connections, requests and the listener see it.
//! - `stream`: the bytes of a connection.
//! - `service`: a request on its way to the router, and its answer on the way back.
//! - `connection`: one connection from handshake to end.

mod connection;
mod counts;
mod place;
mod service;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use counts::HttpCounts;

use crate::accept_pause::AcceptPause;
use crate::clock::read_monotonic;
use crate::limits::{HTTP_ANSWER_TIMEOUT, HTTP_IDLE_MAX};
use axum::Router;
use connection::Peer;
use place::Places;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// The chain of certificates that the peer has shown, its own first; empty without TLS or without one. An extension of
/// every request. The acceptor has verified it, or was told not to.
#[derive(Clone, Debug, Default)]
pub(crate) struct PeerCertificates(pub(crate) Arc<Vec<CertificateDer<'static>>>);

/// How much a server takes, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Connections at a time; at least 1.
    pub(crate) connections: usize,
    /// From the beginning of a connection to the end of the head of its first request, and from the first byte of every
    /// later head to its end.
    pub(crate) header_timeout: Duration,
    /// How long a connection may stay without a request.
    pub(crate) idle_max: Duration,
    /// How long a peer may take to take an answer.
    pub(crate) answer_timeout: Duration,
}

impl Bounds {
    /// Bounds with those that cannot be configured from [`crate::limits`].
    pub(crate) fn new(connections: usize, header_timeout: Duration) -> Self {
        Self { connections, header_timeout, idle_max: HTTP_IDLE_MAX, answer_timeout: HTTP_ANSWER_TIMEOUT }
    }
}

/// A server that listens.
pub(crate) struct HttpServer {
    /// Where it listens.
    pub(crate) listener: TcpListener,
    /// Its bounds.
    pub(crate) bounds: Bounds,
    /// Makes TLS connections out of TCP connections, each with the acceptor of its time; without it there is no TLS.
    pub(crate) tls: Option<watch::Receiver<TlsAcceptor>>,
    /// Where it counts.
    pub(crate) counts: HttpCounts,
}

impl HttpServer {
    /// Serves until `stop` is true. Then nothing is accepted any more, requests that have been received are answered,
    /// and whoever does not send the rest of a request or take an answer is not waited for.
    pub(crate) async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let Self { listener, bounds, tls, counts } = self;
        let places = Places::new(bounds, counts);
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &places) => accepted,
                Some(_) = connections.join_next() => continue,
                () = stopped(&mut stop) => break,
            };
            let (stream, address) = accepted;
            let place = tokio::select! {
                place = places.take() => place,
                () = stopped(&mut stop) => break,
            };
            let tls = tls.as_ref().map(|tls| tls.borrow().clone());
            let peer = Peer { address, router: router.clone(), tls };
            connections.spawn(connection::serve(stream, peer, place, stop.clone()));
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }
}

/// Ends when everything is to end.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone wants nothing else.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Of this process, or of the machine.
fn is_out_of_descriptors(error: &std::io::Error) -> bool {
    [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error).contains(&error.raw_os_error().unwrap_or_default())
}

async fn accept(listener: &TcpListener, places: &Places) -> (TcpStream, SocketAddr) {
    let mut pause = AcceptPause::new();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Only latency is lost if it cannot be set.
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            Err(error) => {
                tracing::warn!(%error, "an HTTP connection was not accepted");
                if is_out_of_descriptors(&error) {
                    // A connection that only waits has one.
                    places.evict(read_monotonic());
                }
                // As soon as it has gone there is nothing to wait for.
                let _ = tokio::time::timeout(pause.after_failure(), places.changed()).await;
            }
        }
    }
}
