//! The writer of the report socket: a daemon that speaks of states instead of forwarding lines.

use crate::LabError;
use crate::limits::SYNC_ANSWER_MAX;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// One connection of the report socket.
#[derive(Debug)]
pub struct ReportFeed {
    stream: BufReader<UnixStream>,
}

impl ReportFeed {
    /// Connects to the report socket of a proxy.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(socket: &Path) -> Result<Self, LabError> {
        let stream = UnixStream::connect(socket).await.map_err(|source| LabError::Socket { source })?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// The next line that the proxy writes, without its line end.
    ///
    /// # Errors
    /// When the proxy closes the connection, or writes nothing in time.
    pub async fn asked(&mut self) -> Result<String, LabError> {
        let mut line = String::new();
        let read = tokio::time::timeout(SYNC_ANSWER_MAX, self.stream.read_line(&mut line)).await;
        let silent = |_elapsed| LabError::SocketClosed;
        let bytes = read.map_err(silent)?.map_err(|source| LabError::Socket { source })?;
        if bytes == 0 { Err(LabError::SocketClosed) } else { Ok(line.trim_end().to_owned()) }
    }

    /// Writes reports, one on each line; the line end of the last one is added here.
    ///
    /// # Errors
    /// When the proxy has closed the connection.
    pub async fn write(&mut self, reports: &str) -> Result<(), LabError> {
        let text = format!("{reports}\n");
        self.stream.write_all(text.as_bytes()).await.map_err(|source| LabError::Socket { source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::UnixListener;

    #[tokio::test]
    async fn what_the_proxy_asks_is_read_and_reports_are_lines() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).expect("bound");
        let proxy = async {
            let mut stream = BufReader::new(listener.accept().await.expect("connected").0);
            stream.write_all(b"{\"type\":\"status_request\"}\n").await.expect("writable");
            let mut line = String::new();
            stream.read_line(&mut line).await.expect("readable");
            line
        };
        let daemon = async {
            let mut feed = ReportFeed::connect(&path).await.expect("somebody listens");
            let asked = feed.asked().await;
            feed.write("{\"version\":1}").await.expect("writable");
            asked
        };
        let (written, asked) = tokio::join!(proxy, daemon);
        assert_eq!(written, "{\"version\":1}\n");
        assert_eq!(asked.expect("asked"), "{\"type\":\"status_request\"}");
    }

    #[tokio::test]
    async fn a_proxy_that_closes_the_connection_is_an_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).expect("bound");
        let mut feed = ReportFeed::connect(&path).await.expect("somebody listens");
        drop(listener.accept().await.expect("connected"));
        assert!(matches!(feed.asked().await, Err(LabError::SocketClosed)));
    }
}
