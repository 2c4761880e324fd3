//! The bytes of a connection, watched.

use super::place::Progress;
use crate::limits::{HTTP_UNREAD_BYTES_MAX, HTTP_UNREAD_TIMEOUT};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Room for one read of bytes that nobody wants.
const UNREAD_BYTES: usize = 16 * 1024;

/// A stream that says when bytes come and when all have left.
#[derive(Debug)]
pub(super) struct WatchedStream<S> {
    stream: S,
    progress: Progress,
    end: End,
}

/// How far the end has come.
#[derive(Debug)]
enum End {
    /// It has not begun.
    Open,
    /// The sending side is closed. What still comes of a request that was answered before its end is thrown away for a
    /// while: a connection that is closed with unread bytes is reset, and the peer would not see the answer.
    Draining {
        /// How many more.
        bytes_left: usize,
        /// How much longer.
        timeout: Pin<Box<Sleep>>,
    },
}

impl<S> WatchedStream<S> {
    /// Watches a stream.
    pub(super) fn new(stream: S, progress: Progress) -> Self {
        Self { stream, progress, end: End::Open }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > filled {
            self.progress.bytes_came();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> WatchedStream<S> {
    /// Reads until the peer closes, too much has come or it takes too long. How it ends does not matter.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let End::Draining { bytes_left, timeout } = &mut self.end else { return Poll::Ready(()) };
        let mut room = [0; UNREAD_BYTES];
        while *bytes_left > 0 && timeout.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut room);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
            *bytes_left = bytes_left.saturating_sub(buffer.filled().len());
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.progress.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if matches!(this.end, End::Open) {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            if !this.progress.has_unread() {
                return Poll::Ready(Ok(()));
            }
            let timeout = Box::pin(tokio::time::sleep(HTTP_UNREAD_TIMEOUT));
            this.end = End::Draining { bytes_left: HTTP_UNREAD_BYTES_MAX, timeout };
        }
        this.drain(cx).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::Places;
    use super::super::{Bounds, HttpCounts};
    use super::{HTTP_UNREAD_BYTES_MAX, HTTP_UNREAD_TIMEOUT, WatchedStream};
    use std::time::Duration;
    use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};

    /// Both ends of a connection of whose request the rest is not read.
    async fn unread() -> (WatchedStream<DuplexStream>, DuplexStream) {
        let places = Places::new(Bounds::new(1, Duration::from_secs(1)), HttpCounts::default());
        let progress = places.take().await.progress();
        progress.leave_unread();
        let (stream, peer) = duplex(1024 * 1024);
        (WatchedStream::new(stream, progress), peer)
    }

    #[tokio::test]
    async fn what_nobody_wants_is_read_up_to_a_bound() {
        let (mut stream, mut peer) = unread().await;
        let sending = tokio::spawn(async move {
            let mut sent = 0;
            while peer.write_all(&[0; 1024]).await.is_ok() {
                sent += 1024;
            }
            sent
        });
        stream.shutdown().await.unwrap();
        drop(stream);
        let sent = sending.await.unwrap();
        // What is on its way counts too.
        assert!((HTTP_UNREAD_BYTES_MAX..HTTP_UNREAD_BYTES_MAX + 2 * 1024 * 1024).contains(&sent), "{sent}");
    }

    #[tokio::test]
    async fn a_peer_that_neither_sends_nor_closes_is_left_after_a_while() {
        let (mut stream, _peer) = unread().await;
        tokio::time::timeout(10 * HTTP_UNREAD_TIMEOUT, stream.shutdown()).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nobody_waits_for_a_peer_that_has_closed() {
        let (mut stream, peer) = unread().await;
        drop(peer);
        tokio::time::timeout(HTTP_UNREAD_TIMEOUT / 2, stream.shutdown()).await.unwrap().unwrap();
    }
}
