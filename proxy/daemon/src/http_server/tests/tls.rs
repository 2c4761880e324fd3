//! The server with TLS.

use super::{Bounds, PATIENCE, SOON, Server, UNBOUNDED, get_request, rest};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// An authority that both sides trust.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn identity(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (vec![certificate.der().clone()], key.into())
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        Arc::new(roots)
    }

    /// For clients with or without a certificate.
    fn acceptor(&self) -> TlsAcceptor {
        let clients = WebPkiClientVerifier::builder(self.roots()).allow_unauthenticated().build().unwrap();
        let (chain, key) = self.identity();
        let mut config =
            ServerConfig::builder().with_client_cert_verifier(clients).with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    async fn ask(&self, server: &Server, with_certificate: bool) -> (u16, String) {
        let builder = ClientConfig::builder().with_root_certificates(self.roots());
        let config = if with_certificate {
            let (chain, key) = self.identity();
            builder.with_client_auth_cert(chain, key).unwrap()
        } else {
            builder.with_no_client_auth()
        };
        let connection = TcpStream::connect(server.address).await.unwrap();
        let port = connection.local_addr().unwrap().port();
        let name = ServerName::try_from("localhost").unwrap();
        let mut connection = TlsConnector::from(Arc::new(config)).connect(name, connection).await.unwrap();
        let request = b"GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        connection.write_all(request).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        (port, answer.split("\r\n\r\n").nth(1).unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_request_knows_who_its_peer_is() {
    let authority = Authority::new();
    let server = Server::start_with(UNBOUNDED, Some(authority.acceptor())).await;
    for with_certificate in [true, false] {
        let (port, body) = authority.ask(&server, with_certificate).await;
        assert_eq!(body, format!("{port} {}", u8::from(with_certificate)));
    }
    let plain = Server::start(UNBOUNDED).await;
    let mut connection = plain.send(&get_request("/peer")).await;
    let port = connection.local_addr().unwrap().port();
    super::expect(&mut connection, &format!("{port} 0")).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let bounds = Bounds { header_timeout: SOON, ..UNBOUNDED };
    let server = Server::start_with(bounds, Some(Authority::new().acceptor())).await;
    // The first bytes of a client hello.
    for (count, sent) in (1..).zip([&b""[..], &[0x16, 3, 1, 2, 0]]) {
        assert_eq!(rest(server.send(sent).await).await, b"");
        server.closed("header_timeout", count).await;
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_turned_away() {
    let server = Server::start_with(UNBOUNDED, Some(Authority::new().acceptor())).await;
    let answer = rest(server.send(&get_request("/")).await).await;
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    server.closed("tls", 1).await;
}

#[tokio::test]
async fn a_half_handshake_makes_room_and_does_not_hold_the_end() {
    let authority = Authority::new();
    let bounds = Bounds { connections: 1, ..UNBOUNDED };
    let server = Server::start_with(bounds, Some(authority.acceptor())).await;
    let half = server.send(&[0x16, 3, 1]).await;
    server.until(|totals| totals.connections_open == 1).await;
    tokio::time::timeout(PATIENCE, authority.ask(&server, false)).await.unwrap();
    assert_eq!(rest(half).await, b"");
    server.closed("evicted", 1).await;
    let _half = server.send(&[0x16, 3, 1]).await;
    server.until(|totals| totals.connections_open == 1).await;
    server.end().await;
}
