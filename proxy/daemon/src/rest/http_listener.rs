//! A TCP listener that bounds how many connections there are, and how long one may stand still or send one request.

use crate::accept_pause::AcceptPause;
use crate::limits::{HTTP_CONNECTIONS_MAX, HTTP_IDLE_MAX};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Accepts HTTP connections.
#[derive(Debug)]
pub(crate) struct HttpListener {
    listener: TcpListener,
    room: Arc<Semaphore>,
    idle_max: Duration,
}

/// A connection with its place in the listener's room.
#[derive(Debug)]
pub(crate) struct HttpConnection {
    stream: TcpStream,
    reading: Patience,
    writing: Patience,
    /// Bytes have come since the latest answer. More of them do not lengthen the patience: a request that comes in
    /// drops must not hold its place for ever.
    is_receiving: bool,
    _place: OwnedSemaphorePermit,
}

/// How long one direction of a connection has been standing still.
#[derive(Debug)]
struct Patience {
    max: Duration,
    pending: Option<Pin<Box<Sleep>>>,
}

impl HttpListener {
    /// Takes over a bound listener, with the bounds of [`crate::limits`].
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self::with_bounds(listener, HTTP_CONNECTIONS_MAX, HTTP_IDLE_MAX)
    }

    fn with_bounds(listener: TcpListener, connections_max: usize, idle_max: Duration) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(connections_max)), idle_max }
    }
}

impl axum::serve::Listener for HttpListener {
    type Io = HttpConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let room = Arc::clone(&self.room);
        let place = room.acquire_owned().await.expect("the room is never closed");
        let mut pause = AcceptPause::new();
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // Only latency is lost if it cannot be set.
                    let _ = stream.set_nodelay(true);
                    let (reading, writing) = (Patience::new(self.idle_max), Patience::new(self.idle_max));
                    let is_receiving = false;
                    let connection = HttpConnection { stream, reading, writing, is_receiving, _place: place };
                    return (connection, address);
                }
                Err(error) => {
                    tracing::warn!(%error, "an HTTP connection was not accepted");
                    tokio::time::sleep(pause.after_failure()).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Patience {
    fn new(max: Duration) -> Self {
        Self { max, pending: None }
    }

    /// It stands still no more.
    fn renew(&mut self) {
        self.pending = None;
    }

    /// Ends an operation that has been pending for too long.
    fn bound<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            return progress;
        }
        let max = self.max;
        let sleep = self.pending.get_or_insert_with(|| Box::pin(tokio::time::sleep(max)));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for HttpConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let progress = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if progress.is_ready() && !this.is_receiving {
            this.is_receiving = true;
            this.reading.renew();
        }
        this.reading.bound(cx, progress)
    }
}

impl HttpConnection {
    /// Takes note of what was written.
    fn wrote(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if progress.is_ready() {
            self.is_receiving = false;
            self.reading.renew();
            self.writing.renew();
        }
        self.writing.bound(cx, progress)
    }
}

impl AsyncWrite for HttpConnection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let progress = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.wrote(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let progress = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.wrote(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::HttpListener;
    use crate::limits::HTTP_IDLE_MAX;
    use axum::Router;
    use axum::routing::get;
    use std::net::SocketAddr;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    async fn serve(connections_max: usize, idle_max: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = HttpListener::with_bounds(listener, connections_max, idle_max);
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(async || "x"))).await });
        address
    }

    #[tokio::test]
    async fn a_connection_that_sends_nothing_is_closed() {
        let address = serve(1, Duration::from_millis(20)).await;
        for sent in [&b""[..], b"GET / HT"] {
            let mut connection = TcpStream::connect(address).await.unwrap();
            connection.write_all(sent).await.unwrap();
            assert_eq!(connection.read(&mut [0]).await.unwrap(), 0);
        }
    }

    #[tokio::test]
    async fn a_request_that_comes_in_drops_is_not_waited_for() {
        let address = serve(1, Duration::from_millis(50)).await;
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        let mut byte = [0];
        // The pace of the drops: often enough that the connection never stands still.
        while tokio::time::timeout(Duration::from_millis(1), connection.read(&mut byte)).await.is_err() {
            // It may just have been closed, which the next read shows.
            let _ = connection.write_all(b"a").await;
        }
        // Its place is free.
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        next.read_exact(&mut byte).await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_more_than_there_is_room_for_waits_for_another_to_end() {
        const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let address = serve(1, HTTP_IDLE_MAX).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(REQUEST).await.unwrap();
        let mut byte = [0];
        first.read_exact(&mut byte).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        // The first is served again while the second waits.
        first.write_all(REQUEST).await.unwrap();
        let mut answered = 0;
        while answered < 2 {
            first.read_exact(&mut byte).await.unwrap();
            answered += usize::from(byte == *b"x");
        }
        assert!(second.try_read(&mut byte).is_err());
        drop(first);
        second.read_exact(&mut byte).await.unwrap();
    }
}
