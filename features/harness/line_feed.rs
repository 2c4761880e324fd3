//! The writer of the event socket: lines, virtual time, and waiting for what they cause.
//!
//! Lines and time are collected and written together by [`LineFeed::sync`], which returns when the proxy says that all
//! of it has taken effect and every notification of it was delivered or given up for now.

use crate::LabError;
use crate::limits::SYNC_ANSWER_MAX;
use ptp_lines::Command;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// One connection of the event socket.
#[derive(Debug)]
pub struct LineFeed {
    write: OwnedWriteHalf,
    answers: BufReader<OwnedReadHalf>,
    collected: Vec<u8>,
    unix_ns: Option<u64>,
    syncs: u64,
}

impl LineFeed {
    /// Connects to the event socket of a proxy.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(socket: &Path) -> Result<Self, LabError> {
        let stream = UnixStream::connect(socket).await.map_err(|source| LabError::Socket { source })?;
        let (read, write) = stream.into_split();
        Ok(Self { write, answers: BufReader::new(read), collected: Vec::new(), unix_ns: None, syncs: 0 })
    }

    /// Sets the time, if it differs from the last one set.
    pub fn set_time(&mut self, unix_ns: u64) {
        if self.unix_ns.replace(unix_ns) != Some(unix_ns) {
            self.push(&Command::Time { unix_ns }.to_string());
        }
    }

    /// Adds a line; the line end is added here.
    pub fn push(&mut self, line: &str) {
        self.push_bytes(line.as_bytes());
        self.push_bytes(b"\n");
    }

    /// Adds bytes as they are, which need not end a line.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.collected.extend_from_slice(bytes);
    }

    /// Bytes that wait for the next [`LineFeed::sync`].
    pub fn collected_bytes(&self) -> usize {
        self.collected.len()
    }

    /// Writes what was collected.
    ///
    /// # Errors
    /// When the proxy has closed the connection.
    pub async fn flush(&mut self) -> Result<(), LabError> {
        self.write.write_all(&self.collected).await.map_err(|source| LabError::Socket { source })?;
        self.collected.clear();
        Ok(())
    }

    /// Writes what was collected and waits until it has taken effect.
    ///
    /// # Errors
    /// When the proxy closes the connection, does not answer in time, or answers something else.
    pub async fn sync(&mut self) -> Result<(), LabError> {
        self.sync_within(SYNC_ANSWER_MAX).await
    }

    async fn sync_within(&mut self, max: Duration) -> Result<(), LabError> {
        self.syncs += 1;
        let token = self.syncs.to_string();
        self.push(&Command::Sync { token: &token }.to_string());
        self.flush().await?;
        let mut answer = String::new();
        let read = tokio::time::timeout(max, self.answers.read_line(&mut answer)).await;
        let no_sync = |_elapsed| LabError::NoSync { token: token.clone(), seconds: max.as_secs() };
        let bytes = read.map_err(no_sync)?.map_err(|source| LabError::Socket { source })?;
        if bytes == 0 {
            return Err(LabError::SocketClosed);
        }
        if answer.trim_end() != format!("SYNC {token}") {
            return Err(LabError::WrongSync { token, answer: answer.trim_end().to_owned() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::UnixListener;

    /// A proxy that notes what it reads and answers with `answer` to the first `CMD SYNC`.
    async fn written_until_sync(listener: UnixListener, answer: &str) -> Vec<String> {
        let (stream, _) = listener.accept().await.expect("connected");
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut written = Vec::new();
        while let Some(line) = lines.next_line().await.expect("readable") {
            let last = line.starts_with("CMD SYNC");
            written.push(line);
            if last {
                write.write_all(answer.as_bytes()).await.expect("writable");
                break;
            }
        }
        written
    }

    async fn play(answer: &str) -> (Vec<String>, Result<(), LabError>) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).expect("bound");
        let feeding = async {
            let mut feed = LineFeed::connect(&path).await.expect("somebody listens");
            feed.set_time(1_000_000_005);
            feed.push("a line");
            feed.set_time(1_000_000_005);
            feed.push("another");
            feed.sync().await
        };
        tokio::join!(written_until_sync(listener, answer), feeding)
    }

    #[tokio::test]
    async fn time_is_written_once_and_before_the_lines_of_that_time() {
        let (written, synced) = play("SYNC 1\n").await;
        assert_eq!(written, ["CMD TIME 1.000000005", "a line", "another", "CMD SYNC 1"]);
        assert!(synced.is_ok(), "{synced:?}");
    }

    #[tokio::test]
    async fn an_answer_to_another_question_is_an_error() {
        let (_, synced) = play("SYNC 7\n").await;
        assert!(matches!(synced, Err(LabError::WrongSync { .. })), "{synced:?}");
    }

    #[tokio::test]
    async fn a_proxy_that_does_not_answer_in_time_is_an_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("s");
        let _silent = UnixListener::bind(&path).expect("bound");
        let mut feed = LineFeed::connect(&path).await.expect("somebody listens");
        let synced = feed.sync_within(Duration::ZERO).await;
        assert!(matches!(synced, Err(LabError::NoSync { .. })), "{synced:?}");
    }

    #[tokio::test]
    async fn a_proxy_that_closes_the_connection_is_an_error() {
        let (_, synced) = play("").await;
        assert!(matches!(synced, Err(LabError::SocketClosed)), "{synced:?}");
    }
}
