//! Which connections are accepted, and with which certificate, while files change.

use super::{TlsFiles, TlsKeeper};
use crate::auth::fixtures::{Authority, Identity};
use crate::limits::TLS_LOOK_INTERVAL;
use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::watch;
use tokio_rustls::{
    TlsAcceptor, TlsConnector, client::TlsStream as ClientStream, server::TlsStream as ServerStream,
};

/// What came of a connection.
#[derive(Debug, PartialEq, Eq)]
struct Met {
    server: CertificateDer<'static>,
    /// Certificates of the client that the server has verified.
    client_chain: usize,
}

fn files(directory: &Path) -> TlsFiles {
    TlsFiles {
        certificate: directory.join("tls.crt"),
        key: directory.join("tls.key"),
        authorities: Some(directory.join("ca.crt")),
    }
}

fn write_server(directory: &Path, server: &Identity) {
    fs::write(directory.join("tls.crt"), &server.pem).unwrap();
    fs::write(directory.join("tls.key"), server.key.serialize_pem()).unwrap();
}

fn write_all(directory: &Path, server: &Identity, authority: &Authority) {
    write_server(directory, server);
    fs::write(directory.join("ca.crt"), &authority.pem).unwrap();
}

/// A client that trusts an authority, with a certificate if there is one.
fn client(
    versions: &[&'static SupportedProtocolVersion],
    trusted: &Authority,
    own: Option<&Identity>,
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.certificate.clone()).unwrap();
    let builder = ClientConfig::builder_with_protocol_versions(versions).with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let key = PrivateKeyDer::try_from(own.key.serialize_der()).unwrap();
            builder.with_client_auth_cert(own.chain.clone(), key).unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// Both ends of a connection. None if either does not accept the other.
async fn connect(
    acceptor: &TlsAcceptor,
    connector: &TlsConnector,
) -> Option<(ClientStream<DuplexStream>, ServerStream<DuplexStream>)> {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let name = ServerName::try_from("localhost").unwrap();
    let (connected, accepted) = tokio::join!(connector.connect(name, near), acceptor.accept(far));
    Some((connected.ok()?, accepted.ok()?))
}

/// Connects, with a certificate if there is one. None if the server does not accept that.
async fn meet(acceptor: &TlsAcceptor, trusted: &Authority, own: Option<&Identity>) -> Option<Met> {
    let (near, far) = connect(acceptor, &client(rustls::ALL_VERSIONS, trusted, own)).await?;
    let server = near.get_ref().1.peer_certificates()?.first()?.clone().into_owned();
    let client_chain = far.get_ref().1.peer_certificates().map_or(0, <[_]>::len);
    Some(Met { server, client_chain })
}

fn keep(directory: &Path) -> (watch::Receiver<TlsAcceptor>, TlsKeeper) {
    files(directory).load().unwrap_or_else(|problems| panic!("{problems:?}")).keep()
}

#[tokio::test]
async fn a_client_certificate_counts_if_its_chain_its_purpose_and_its_dates_are_right() {
    let directory = tempfile::tempdir().unwrap();
    let (root, other) = (Authority::root("root"), Authority::root("other"));
    let between = root.intermediate("between");
    let server = root.issue(ServerAuth);
    write_all(directory.path(), &server, &root);
    let (acceptor, _keeper) = keep(directory.path());
    let acceptor = acceptor.borrow().clone();
    let table = [
        ("none", None, Some(0)),
        ("for clients", Some(root.issue(ClientAuth)), Some(1)),
        ("through an intermediate", Some(between.issue(ClientAuth).below(&between)), Some(2)),
        ("without its intermediate", Some(between.issue(ClientAuth)), None),
        ("of another authority", Some(other.issue(ClientAuth)), None),
        ("for servers", Some(root.issue(ServerAuth)), None),
        ("expired", Some(root.issue_until(ClientAuth, 2020)), None),
    ];
    for (what, client, expected) in table {
        let met = meet(&acceptor, &root, client.as_ref()).await;
        assert_eq!(met.map(|met| met.client_chain), expected, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn new_files_count_for_new_connections_within_a_minute() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (Authority::root("old"), Authority::root("new"));
    write_all(directory.path(), &old.issue(ServerAuth), &old);
    let (acceptor, keeper) = keep(directory.path());
    let (stop, stopped) = watch::channel(false);
    let keeper = tokio::spawn(keeper.run(stopped));
    let current = || acceptor.borrow().clone();
    let (old_client, new_client) = (old.issue(ClientAuth), new.issue(ClientAuth));
    assert!(meet(&current(), &old, Some(&old_client)).await.is_some());

    let server = new.issue(ServerAuth);
    write_all(directory.path(), &server, &new);
    tokio::time::sleep(TLS_LOOK_INTERVAL + Duration::from_secs(1)).await;
    let met = meet(&current(), &new, Some(&new_client)).await.unwrap();
    assert_eq!(met, Met { server: server.chain[0].clone(), client_chain: 1 });
    assert_eq!(meet(&current(), &new, Some(&old_client)).await, None);
    stop.send(true).unwrap();
    keeper.await.unwrap();
}

#[tokio::test]
async fn files_that_do_not_belong_together_change_nothing_until_they_do() {
    let directory = tempfile::tempdir().unwrap();
    let root = Authority::root("root");
    let (old, new) = (root.issue(ServerAuth), root.issue(ServerAuth));
    write_all(directory.path(), &old, &root);
    let (acceptor, mut keeper) = keep(directory.path());
    let served = async || meet(&acceptor.borrow().clone(), &root, None).await.unwrap().server;
    // Half of an exchange.
    fs::write(directory.path().join("tls.crt"), &new.pem).unwrap();
    keeper.look();
    assert_eq!(served().await, old.chain[0]);
    for (name, text) in [("tls.crt", ""), ("tls.key", "no key"), ("ca.crt", "no authority")] {
        write_all(directory.path(), &new, &root);
        fs::write(directory.path().join(name), text).unwrap();
        keeper.look();
        assert_eq!(served().await, old.chain[0], "{name}");
    }
    fs::remove_file(directory.path().join("ca.crt")).unwrap();
    keeper.look();
    assert_eq!(served().await, old.chain[0]);
    write_all(directory.path(), &new, &root);
    keeper.look();
    assert_eq!(served().await, new.chain[0]);
}

#[tokio::test]
async fn a_client_proves_who_it_is_on_every_connection_of_either_version() {
    let directory = tempfile::tempdir().unwrap();
    let root = Authority::root("root");
    write_all(directory.path(), &root.issue(ServerAuth), &root);
    let (acceptor, _keeper) = keep(directory.path());
    let acceptor = acceptor.borrow().clone();
    let own = root.issue(ClientAuth);
    for version in [&TLS12, &TLS13] {
        let connector = client(&[version], &root, Some(&own));
        for _ in 0..2 {
            let (mut near, mut far) = connect(&acceptor, &connector).await.unwrap();
            // What a session could be resumed with comes with the first bytes at the latest.
            far.write_all(b"x").await.unwrap();
            far.flush().await.unwrap();
            near.read_u8().await.unwrap();
            assert_eq!(near.get_ref().1.protocol_version(), Some(version.version));
            assert_eq!(near.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
        }
    }
}
