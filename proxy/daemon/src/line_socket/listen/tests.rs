//! What may already be in the place of the event socket.

use super::{ListenError, SocketFile};
use std::os::unix::net::UnixListener as StdListener;
use tokio::net::{UnixSocket, UnixStream};

#[tokio::test]
async fn a_socket_that_nobody_listens_on_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.sock");
    drop(StdListener::bind(&path).unwrap());
    let (listener, _file) = SocketFile::bind(&path).await.unwrap();
    let (connected, accepted) = tokio::join!(UnixStream::connect(&path), listener.accept());
    assert!(connected.is_ok() && accepted.is_ok());
}

#[tokio::test]
async fn a_socket_that_somebody_listens_on_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.sock");
    let owner = StdListener::bind(&path).unwrap();
    assert!(matches!(SocketFile::bind(&path).await, Err(ListenError::InUse { .. })));
    // The dial of the check, and this one.
    owner.accept().unwrap();
    assert!(UnixStream::connect(&path).await.is_ok());
}

#[tokio::test]
async fn an_owner_that_does_not_accept_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.sock");
    let owner = UnixSocket::new_stream().unwrap();
    owner.bind(&path).unwrap();
    let _owner = owner.listen(1).unwrap();
    let mut backlog = Vec::new();
    while let Ok(connection) = UnixStream::connect(&path).await {
        backlog.push(connection);
    }
    assert!(matches!(SocketFile::bind(&path).await, Err(ListenError::InUse { .. })));
    assert!(path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.sock");
    std::fs::write(&path, "precious").unwrap();
    assert!(matches!(SocketFile::bind(&path).await, Err(ListenError::NotASocket { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing").join("events.sock");
    let error = SocketFile::bind(&path).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}: its directory does not exist", path.display()));
}

#[tokio::test]
async fn the_file_is_removed_at_the_end_but_not_that_of_a_successor() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.sock");
    drop(SocketFile::bind(&path).await.unwrap());
    assert!(!path.exists());

    let (listener, file) = SocketFile::bind(&path).await.unwrap();
    // The successor is made before the first file goes, so that they cannot share an inode.
    let other = directory.path().join("other.sock");
    let _successor = StdListener::bind(&other).unwrap();
    std::fs::rename(&other, &path).unwrap();
    drop((listener, file));
    assert!(path.exists());
}
