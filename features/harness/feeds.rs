//! The connections of one daemon to the event socket, in virtual time.

use crate::{LabError, LineFeed, Testbed};
use sim_core::Connection;
use std::collections::BTreeMap;

/// How many connections carry the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wiring {
    /// One, in the order of time.
    #[default]
    One,
    /// As many as linuxptp-daemon opens. Before another one is written to, everything on the last one has taken effect:
    /// so the order of time is kept here, too.
    Each,
}

/// The connections.
#[derive(Debug)]
pub(crate) struct Feeds {
    wiring: Wiring,
    /// Carries the time, and all lines that have no other connection.
    main: LineFeed,
    open: BTreeMap<Connection, LineFeed>,
    /// The one that was written to last; absent for `main`.
    last: Option<Connection>,
    unix_ns: u64,
}

impl Feeds {
    /// Connects to the proxy of that node.
    pub(crate) async fn connect(testbed: &Testbed, wiring: Wiring, unix_ns: u64) -> Result<Self, LabError> {
        let mut main = testbed.connect().await?;
        main.set_time(unix_ns);
        main.sync().await?;
        Ok(Self { wiring, main, open: BTreeMap::new(), last: None, unix_ns })
    }

    /// Sets the time of what follows.
    pub(crate) fn set_time(&mut self, unix_ns: u64) {
        self.unix_ns = unix_ns;
    }

    /// The daemon opens a connection.
    pub(crate) async fn opened(&mut self, connection: Connection, testbed: &Testbed) -> Result<(), LabError> {
        match self.wiring {
            Wiring::One => {}
            Wiring::Each => {
                self.closed(connection).await?;
                self.open.insert(connection, testbed.connect().await?);
            }
        }
        Ok(())
    }

    /// The daemon closes a connection.
    pub(crate) async fn closed(&mut self, connection: Connection) -> Result<(), LabError> {
        if let Some(mut feed) = self.open.remove(&connection) {
            feed.set_time(self.unix_ns);
            feed.sync().await?;
            self.last = self.last.filter(|last| *last != connection);
        }
        Ok(())
    }

    /// Adds a line. Without a connection of its own it goes with the time.
    pub(crate) async fn push(&mut self, connection: Option<Connection>, line: &str) -> Result<(), LabError> {
        let connection = connection.filter(|connection| self.open.contains_key(connection));
        if connection != self.last {
            self.sync().await?;
            self.last = connection;
        }
        let unix_ns = self.unix_ns;
        let feed = self.current();
        feed.set_time(unix_ns);
        feed.push(line);
        Ok(())
    }

    /// Bytes that wait for the next [`Feeds::sync`].
    pub(crate) fn collected_bytes(&mut self) -> usize {
        self.current().collected_bytes()
    }

    /// Moves the proxy to the time that was set, and waits until everything so far has taken effect.
    pub(crate) async fn sync(&mut self) -> Result<(), LabError> {
        let unix_ns = self.unix_ns;
        let feed = self.current();
        feed.set_time(unix_ns);
        feed.sync().await
    }

    fn current(&mut self) -> &mut LineFeed {
        match self.last.and_then(|last| self.open.get_mut(&last)) {
            Some(feed) => feed,
            None => &mut self.main,
        }
    }
}
