//! The event socket: accepts the daemon's connections and hands batches of lines to the driver.
//!
//! It knows nothing of what lines say. Nothing is dropped: when the driver is slow, connections are not read.

mod framer;
mod listen;
mod reader;

pub(crate) use listen::{ListenError, SocketFile};

use crate::accept_pause::AcceptPause;
use crate::limits::SYNCS_WAITING_MAX;
use std::sync::Arc;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, watch};

/// A connection of the event socket; never used twice in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What the socket tells the driver, in order for each connection.
#[derive(Debug)]
pub(crate) enum Ingest {
    /// A peer has connected.
    Opened {
        /// Which connection.
        connection: ConnectionId,
        /// Where its answers to `CMD SYNC` go.
        answers: mpsc::Sender<String>,
    },
    /// Complete lines, each but possibly the last with its line feed.
    Lines {
        /// Which connection.
        connection: ConnectionId,
        /// The lines; may be empty.
        bytes: Vec<u8>,
        /// Lines that were too long and have been discarded.
        overlong: u64,
    },
    /// No more lines will come.
    Closed {
        /// Which connection.
        connection: ConnectionId,
    },
    /// A peer has been turned away because there are too many.
    Rejected,
    /// The system could not accept a connection.
    AcceptFailed {
        /// Why.
        error: std::io::Error,
    },
}

/// Accepts connections, at most `connections_max` at a time, until `stop` changes. Every reader holds a clone of
/// `driver`, so that its channel ends after the last of them.
pub(crate) async fn serve(
    listener: UnixListener,
    connections_max: usize,
    driver: mpsc::Sender<Ingest>,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(connections_max));
    let mut next_id = 0;
    let mut pause = AcceptPause::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => accepted,
        };
        let outcome = match accepted {
            Ok((stream, _)) => {
                pause = AcceptPause::new();
                next_id += 1;
                start_reader(stream, ConnectionId(next_id), &room, &driver, &stop)
            }
            Err(error) => Err(Ingest::AcceptFailed { error }),
        };
        let Err(report) = outcome else { continue };
        let failed = matches!(report, Ingest::AcceptFailed { .. });
        if driver.send(report).await.is_err() {
            return;
        }
        if failed {
            tokio::time::sleep(pause.after_failure()).await;
        }
    }
}

/// Starts the tasks of a connection, if there is room for it.
fn start_reader(
    stream: UnixStream,
    connection: ConnectionId,
    room: &Arc<Semaphore>,
    driver: &mpsc::Sender<Ingest>,
    stop: &watch::Receiver<bool>,
) -> Result<(), Ingest> {
    let permit = Arc::clone(room).try_acquire_owned().map_err(|_| Ingest::Rejected)?;
    let (reading, writing) = stream.into_split();
    let (answers, waiting) = mpsc::channel(SYNCS_WAITING_MAX);
    tokio::spawn(reader::write_answers(writing, waiting));
    let reader = reader::Reader { connection, driver: driver.clone(), stop: stop.clone() };
    tokio::spawn(async move {
        reader.run(reading, answers).await;
        drop(permit);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Ingest, serve};
    use crate::limits::{LINE_BYTES_MAX, READ_BYTES};
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{UnixListener, UnixStream};
    use tokio::sync::{mpsc, watch};

    #[tokio::test]
    async fn a_slow_driver_makes_writers_wait_and_loses_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let (lines, mut ingest) = mpsc::channel(1);
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(serve(listener, 1, lines, stopped));

        let peer = UnixStream::connect(&path).await.unwrap();
        let batch = b"a line\n".repeat(1000);
        let mut written = 0;
        // Until the buffers of the system, of the reader and of the channel are full.
        loop {
            match peer.try_write(&batch) {
                Ok(bytes) => written += bytes,
                Err(_) if ingest.len() == 1 => break,
                Err(_) => tokio::task::yield_now().await,
            }
        }
        drop(peer);
        let (mut read, mut largest) = (0, 0);
        loop {
            match ingest.recv().await.unwrap() {
                Ingest::Lines { bytes, overlong: 0, .. } => {
                    read += bytes.len();
                    largest = largest.max(bytes.len());
                }
                Ingest::Closed { .. } => break,
                Ingest::Opened { .. } => {}
                other @ (Ingest::Lines { .. } | Ingest::Rejected | Ingest::AcceptFailed { .. }) => {
                    panic!("{other:?}")
                }
            }
        }
        assert_eq!(read, written);
        // A batch is what one read brings, and the line that the read before it had begun.
        assert!((READ_BYTES / 2..=READ_BYTES + LINE_BYTES_MAX).contains(&largest), "{largest}");
    }

    #[tokio::test]
    async fn one_connection_more_than_there_is_room_for_is_closed_and_the_others_live_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let (lines, mut ingest) = mpsc::channel(16);
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(serve(listener, 2, lines, stopped));

        let first = UnixStream::connect(&path).await.unwrap();
        let _second = UnixStream::connect(&path).await.unwrap();
        for _ in 0..2 {
            assert!(matches!(ingest.recv().await, Some(Ingest::Opened { .. })));
        }
        let mut third = UnixStream::connect(&path).await.unwrap();
        assert!(matches!(ingest.recv().await, Some(Ingest::Rejected)));
        assert_eq!(third.read(&mut [0]).await.unwrap(), 0);

        first.try_write(b"still here\n").unwrap();
        let Some(Ingest::Lines { bytes, .. }) = ingest.recv().await else {
            panic!("the first connection is dead")
        };
        assert_eq!(bytes, b"still here\n");
        // When one leaves there is room again.
        drop(first);
        assert!(matches!(ingest.recv().await, Some(Ingest::Closed { .. })));
    }
}
