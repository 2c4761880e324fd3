//! Consumers that speak TLS, and those that only pretend to be who they are.

use super::{Authorities, Deliverer, DeliverySettings, Failure, PATIENCE, Sent, body, listener, settings};
use proxy_core::HandshakeOutcome;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

/// Somebody who says who is who.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Who shows that it is `name`, until 2020 if it has expired.
    fn acceptor(&self, name: &str, has_expired: bool, protocols: &[&[u8]]) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(if has_expired { 2020 } else { 2200 }, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Believes these authorities.
fn believing(authorities: &[&Authority]) -> Deliverer {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authorities.iter().map(|one| one.pem.as_str()).collect::<String>()).unwrap();
    let authorities = Authorities::read(file.path()).unwrap();
    Deliverer::new(DeliverySettings { authorities, ..settings("cluster", PATIENCE) }).unwrap()
}

/// How a handshake and a delivery to a consumer with this certificate end.
async fn sent_to(acceptor: TlsAcceptor, deliverer: &Deliverer) -> (HandshakeOutcome, Sent) {
    let (listener, address) = listener().await;
    let consumer = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Those who do not believe us hang up.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = Vec::new();
            while !request.ends_with(b"{}")
                && stream.read_buf(&mut request).await.is_ok_and(|bytes| bytes > 0)
            {}
            let _ = stream.write_all(super::LAST_NO_CONTENT).await;
            let _ = stream.shutdown().await;
        }
    });
    let endpoint = format!("https://localhost:{}/event", address.port());
    let outcomes = (deliverer.handshake(&endpoint, body()).await, deliverer.deliver(&endpoint, body()).await);
    consumer.abort();
    outcomes
}

#[tokio::test]
async fn a_consumer_with_a_certificate_of_a_known_authority_is_delivered_to() {
    let (known, other) = (Authority::new(), Authority::new());
    let acceptor = known.acceptor("localhost", false, &[b"http/1.1"]);
    let outcomes = sent_to(acceptor, &believing(&[&other, &known])).await;
    assert_eq!(outcomes, (HandshakeOutcome::Confirmed, Sent::Accepted));
    let without_alpn = known.acceptor("localhost", false, &[]);
    let outcomes = sent_to(without_alpn, &believing(&[&known])).await;
    assert_eq!(outcomes, (HandshakeOutcome::Confirmed, Sent::Accepted));
}

#[tokio::test]
async fn a_consumer_that_is_not_proven_is_refused() {
    let (known, other) = (Authority::new(), Authority::new());
    let deliverer = believing(&[&known]);
    for (case, acceptor) in [
        ("another authority", other.acceptor("localhost", false, &[])),
        ("another name", known.acceptor("consumer.example.com", false, &[])),
        ("expired", known.acceptor("localhost", true, &[])),
    ] {
        let outcomes = sent_to(acceptor, &deliverer).await;
        assert_eq!(outcomes, (HandshakeOutcome::Refused, Sent::Failed(Failure::Tls)), "{case}");
    }
}

#[tokio::test]
async fn a_consumer_that_speaks_http_2_gets_it() {
    let known = Authority::new();
    let acceptor = known.acceptor("localhost", false, &[b"h2", b"http/1.1"]);
    let (listener, address) = listener().await;
    let deliverer = believing(&[&known]);
    let endpoint = format!("https://localhost:{}/event", address.port());
    let attempt = tokio::spawn(async move { deliverer.deliver(&endpoint, body()).await });
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = acceptor.accept(stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    // The preface of RFC 9113, 3.4.
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.unwrap();
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    drop(stream);
    assert!(matches!(attempt.await.unwrap(), Sent::Failed(_)));
}

#[tokio::test]
async fn a_consumer_that_speaks_no_tls_is_no_https_consumer() {
    let (listener, address) = listener().await;
    let consumer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(super::NO_CONTENT).await.unwrap();
        stream
    });
    let endpoint = format!("https://localhost:{}/", address.port());
    let sent = believing(&[&Authority::new()]).deliver(&endpoint, body()).await;
    assert_eq!(sent, Sent::Failed(Failure::Tls));
    consumer.await.unwrap();
}
