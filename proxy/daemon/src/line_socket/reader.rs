//! One connection: a task that reads it, and a task that writes the answers to `CMD SYNC`.

use super::ConnectionId;
use super::Ingest;
use super::framer::{Frame, Framer};
use crate::limits::READ_BYTES;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

/// Reads one connection.
pub(super) struct Reader {
    /// Its id.
    pub(super) connection: ConnectionId,
    /// Where its lines go.
    pub(super) driver: mpsc::Sender<Ingest>,
    /// Changes when the proxy ends.
    pub(super) stop: watch::Receiver<bool>,
}

impl Reader {
    /// Reads until the peer closes or the proxy stops. Ends early only if the driver has gone.
    pub(super) async fn run(mut self, mut stream: OwnedReadHalf, answers: mpsc::Sender<String>) {
        if self.tell(Ingest::Opened { connection: self.connection, answers }).await.is_none() {
            return;
        }
        if self.read_all(&mut stream).await.is_some() {
            self.tell(Ingest::Closed { connection: self.connection }).await;
        }
    }

    async fn read_all(&mut self, stream: &mut OwnedReadHalf) -> Option<()> {
        let mut framer = Framer::default();
        loop {
            framer.buffer().reserve(READ_BYTES);
            let read = tokio::select! {
                biased;
                _ = self.stop.wait_for(|stop| *stop) => return Some(()),
                read = stream.read_buf(framer.buffer()) => read,
            };
            match read {
                Ok(1..) => self.pass_on(framer.complete()).await?,
                Ok(0) => return self.pass_on(framer.finish()).await,
                Err(error) => {
                    tracing::debug!(connection = self.connection.0, %error, "event connection broke");
                    return self.pass_on(framer.finish()).await;
                }
            }
        }
    }

    async fn pass_on(&self, frame: Frame) -> Option<()> {
        if frame.is_empty() {
            return Some(());
        }
        let Frame { lines, overlong } = frame;
        self.tell(Ingest::Lines { connection: self.connection, bytes: lines, overlong }).await
    }

    /// None if the driver has gone.
    async fn tell(&self, ingest: Ingest) -> Option<()> {
        self.driver.send(ingest).await.ok()
    }
}

/// Writes answers in order until the driver lets go of the connection.
pub(super) async fn write_answers(mut stream: OwnedWriteHalf, mut answers: mpsc::Receiver<String>) {
    while let Some(answer) = answers.recv().await {
        if let Err(error) = stream.write_all(answer.as_bytes()).await {
            tracing::debug!(%error, "an answer to CMD SYNC could not be written");
            return;
        }
    }
}
