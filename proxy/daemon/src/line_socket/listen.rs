//! Binding the event socket, and what to do with a file that is already there.

use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

/// Why the socket could not be bound.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    /// Another process serves it.
    #[error("{path}: another process is listening on this socket")]
    InUse {
        /// Where.
        path: PathBuf,
    },
    /// A file that is not a socket; it is left alone.
    #[error("{path}: exists and is not a socket")]
    NotASocket {
        /// Where.
        path: PathBuf,
    },
    /// The directory is missing.
    #[error("{path}: its directory does not exist")]
    NoDirectory {
        /// Where.
        path: PathBuf,
    },
    /// Anything else.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        source: io::Error,
    },
}

/// The file of a bound socket. It is removed when this is dropped, unless somebody else has taken its place.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl SocketFile {
    /// Binds the socket. A socket file that nobody listens on is replaced; anything else is left as it is.
    pub(crate) async fn bind(path: &Path) -> Result<(UnixListener, Self), ListenError> {
        let listener = match UnixListener::bind(path) {
            Ok(listener) => listener,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                remove_stale(path).await?;
                UnixListener::bind(path).map_err(|error| refuse(path, error))?
            }
            Err(error) => return Err(refuse(path, error)),
        };
        Ok((listener, Self { path: path.to_owned(), identity: identity(path) }))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.identity.is_none() || identity(&self.path) != self.identity {
            return;
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the event socket could not be removed");
        }
    }
}

/// Removes a socket file whose owner has died; that is so only if dialling it is refused.
async fn remove_stale(path: &Path) -> Result<(), ListenError> {
    let metadata = std::fs::symlink_metadata(path).map_err(|error| refuse(path, error))?;
    if !metadata.file_type().is_socket() {
        return Err(ListenError::NotASocket { path: path.to_owned() });
    }
    // Dialling a UNIX socket never waits: an owner whose backlog is full shows as `WouldBlock`.
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(|error| refuse(path, error))
        }
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(refuse(path, error)),
        Ok(_) | Err(_) => Err(ListenError::InUse { path: path.to_owned() }),
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::symlink_metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

fn refuse(path: &Path, source: io::Error) -> ListenError {
    let no_directory = source.kind() == io::ErrorKind::NotFound;
    let path = path.to_owned();
    if no_directory { ListenError::NoDirectory { path } } else { ListenError::Io { path, source } }
}

#[cfg(test)]
mod tests;
