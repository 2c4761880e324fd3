//! Where a consumer listens, and by which name others reach it.

use super::certificate::TlsIdentity;
use crate::LabError;
use crate::limits::{CONSUMER_BACKLOG, PORT_ATTEMPTS_MAX};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::{TcpListener, TcpSocket};

/// Where a consumer listens, and what its endpoints say.
#[derive(Clone, Debug)]
pub struct ConsumerSettings {
    /// The addresses that it listens on, all with the same port. Those after the first are left out if this machine does
    /// not have them.
    pub bind: Vec<IpAddr>,
    /// The port; any free one for 0.
    pub port: u16,
    /// The host as its endpoints name it, an IPv6 address in brackets: how others reach it, whatever it listens on.
    pub host: String,
    /// Connections that the system takes before they are accepted.
    pub backlog: u32,
    /// With it the consumer speaks HTTPS.
    pub tls: Option<TlsIdentity>,
}

impl ConsumerSettings {
    /// On 127.0.0.1, and named so.
    pub fn loopback() -> Self {
        Self::reachable_as(IpAddr::V4(Ipv4Addr::LOCALHOST), "127.0.0.1")
    }

    /// On 127.0.0.1 and `[::1]`, named `localhost`.
    pub fn localhost() -> Self {
        let bind = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        Self { bind, host: "localhost".to_owned(), ..Self::loopback() }
    }

    /// On an address of this machine (0.0.0.0 for all), by a name under which another machine finds it.
    pub fn reachable_as(bind: IpAddr, host: &str) -> Self {
        Self { bind: vec![bind], port: 0, host: host.to_owned(), backlog: CONSUMER_BACKLOG, tls: None }
    }

    /// Opens all addresses with the same port.
    pub(super) fn listen(&self) -> Result<Vec<TcpListener>, LabError> {
        let mut listeners = self.listen_once();
        for _ in 1..PORT_ATTEMPTS_MAX {
            match &listeners {
                // Any free port will do, and this one is not free everywhere.
                Err(error) if self.port == 0 && error.kind() == io::ErrorKind::AddrInUse => {
                    listeners = self.listen_once();
                }
                Ok(_) | Err(_) => break,
            }
        }
        listeners.map_err(|source| LabError::Listen { source })
    }

    fn listen_once(&self) -> io::Result<Vec<TcpListener>> {
        let mut port = self.port;
        let mut listeners = Vec::new();
        for address in &self.bind {
            match listen(SocketAddr::new(*address, port), self.backlog) {
                Ok(listener) => {
                    port = listener.local_addr()?.port();
                    listeners.push(listener);
                }
                Err(error) if !listeners.is_empty() && error.kind() == io::ErrorKind::AddrNotAvailable => {}
                Err(error) => return Err(error),
            }
        }
        Ok(listeners)
    }
}

fn listen(address: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that it can be opened again on its port while connections of the first time are still being forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)
}
