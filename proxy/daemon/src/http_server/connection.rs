//! One connection, from its handshake to its end.

use super::counts::Closed;
use super::place::Place;
use super::service::RequestOrigin;
use super::stream::WatchedStream;
use super::table::Verdict;
use super::{PeerCertificates, stopped};
use crate::clock::read_monotonic;
use crate::limits::{
    HTTP_CLOSING_TIMEOUT, HTTP_HEAD_BYTES_MAX, HTTP2_FRAME_BYTES_MAX, HTTP2_PING_INTERVAL,
    HTTP2_PING_TIMEOUT, HTTP2_RESETS_MAX, HTTP2_STREAMS_MAX, HTTP2_WINDOW_BYTES, HTTP2_WINDOWS_BYTES,
};
use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulConnection;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// The other end of a connection, and who answers it.
pub(super) struct Peer {
    /// Its address.
    pub(super) address: SocketAddr,
    /// Who answers.
    pub(super) router: Router,
    /// Makes a TLS connection out of it, if there is to be one.
    pub(super) tls: Option<TlsAcceptor>,
}

/// Serves a connection until it ends.
pub(super) async fn serve<S>(stream: S, peer: Peer, place: Place, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let Peer { address, router, tls } = peer;
    let progress = place.progress();
    let origin = RequestOrigin { router, progress, address, certificates: PeerCertificates::default() };
    let closed = match tls {
        None => Box::pin(speak(stream, origin, &place, &mut stop)).await,
        Some(acceptor) => match Box::pin(shake_hands(acceptor, stream, &place, &mut stop)).await {
            Ok(stream) => {
                let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let certificates =
                    PeerCertificates(Arc::new(chain.iter().map(|one| one.clone().into_owned()).collect()));
                tracing::trace!(%address, certificates = certificates.0.len(), "a TLS handshake is done");
                let origin = RequestOrigin { certificates, ..origin };
                Box::pin(speak(stream, origin, &place, &mut stop)).await
            }
            Err(closed) => closed,
        },
    };
    tracing::trace!(%address, ?closed, "an HTTP connection has ended");
    place.leave(closed);
}

/// The TLS handshake, which counts into the time of the first head.
async fn shake_hands<S>(
    acceptor: TlsAcceptor,
    stream: S,
    place: &Place,
    stop: &mut watch::Receiver<bool>,
) -> Result<tokio_rustls::server::TlsStream<S>, Closed>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut accepting = pin!(acceptor.accept(stream));
    loop {
        tokio::select! {
            accepted = accepting.as_mut() => return accepted.map_err(|error| {
                tracing::debug!(%error, "a TLS handshake has failed");
                Closed::Tls
            }),
            closed = expired(place, None) => return Err(closed),
            () = place.changed() => {}
            () = stopped(stop) => return Err(Closed::Ending),
        }
    }
}

/// HTTP.
async fn speak<S>(stream: S, origin: RequestOrigin, place: &Place, stop: &mut watch::Receiver<bool>) -> Closed
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let stream = TokioIo::new(WatchedStream::new(stream, origin.progress.clone()));
    let service = service_fn(move |request| origin.clone().answer(request));
    let builder = builder();
    watch(pin!(builder.serve_connection(stream, service)), place, stop).await
}

/// Lets a connection go on until it ends, or its time is over, or everything ends.
async fn watch<C>(mut connection: Pin<&mut C>, place: &Place, stop: &mut watch::Receiver<bool>) -> Closed
where
    C: GracefulConnection,
{
    let mut ending_since = None;
    loop {
        tokio::select! {
            result = connection.as_mut() => return match (result, ending_since) {
                (_, Some(_)) => Closed::Ending,
                (Ok(()), None) => Closed::Done,
                (Err(_), None) => Closed::Failed,
            },
            closed = expired(place, ending_since) => {
                if closed == Closed::Idle {
                    // Over HTTP/2 the peer is told; over HTTP/1 it ends at once.
                    connection.as_mut().graceful_shutdown();
                    let _ = tokio::time::timeout(HTTP_CLOSING_TIMEOUT, connection).await;
                }
                return closed;
            }
            // It changes with each request, and is no reason to go on before the others.
            () = place.changed() => tokio::task::yield_now().await,
            () = stopped(stop), if ending_since.is_none() => {
                ending_since = Some(read_monotonic());
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Ends when the time of a connection is over. At the end of everything only those who answer have time; their peers
/// have a moment to take what was said.
async fn expired(place: &Place, ending_since: Option<Instant>) -> Closed {
    let until = match (place.verdict(), ending_since) {
        (Verdict::MakeRoom, _) => return Closed::Evicted,
        (_, Some(ending)) => {
            place.waiting_since().map(|since| (since.max(ending) + HTTP_CLOSING_TIMEOUT, Closed::Ending))
        }
        (Verdict::Until(until, closed), None) => Some((until, closed)),
        (Verdict::Unbounded, None) => None,
    };
    let Some((until, closed)) = until else { return std::future::pending().await };
    tokio::time::sleep_until(until).await;
    closed
}

/// HTTP/1 and HTTP/2 within bounds. The timeouts are [`expired`]'s: that of hyper for heads does not hold for HTTP/2,
/// and would end idle connections too.
fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().header_read_timeout(None).max_buf_size(HTTP_HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS_MAX)
        .max_header_list_size(u32::try_from(HTTP_HEAD_BYTES_MAX).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(Some(HTTP2_RESETS_MAX))
        .max_local_error_reset_streams(Some(HTTP2_RESETS_MAX))
        .max_frame_size(HTTP2_FRAME_BYTES_MAX)
        .initial_stream_window_size(HTTP2_WINDOW_BYTES)
        .initial_connection_window_size(HTTP2_WINDOWS_BYTES)
        .keep_alive_interval(Some(HTTP2_PING_INTERVAL))
        .keep_alive_timeout(HTTP2_PING_TIMEOUT);
    builder
}
