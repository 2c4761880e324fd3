//! Where the proxy sends events, and where it does not: the endpoint policy, TLS, proxies of the environment.

use crate::support::{Consumer, Proxy, Setup, UNLOCKED, in_range, lock_state};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use std::fs;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

/// An authority and the certificates that it gives.
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

    /// Proves to be `name` until that year.
    fn acceptor(&self, name: &str, until_year: i32) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(until_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A consumer that answers 204 over TLS, one request on each connection.
struct TlsConsumer {
    endpoint: String,
    acceptor: watch::Sender<TlsAcceptor>,
    bodies: mpsc::UnboundedReceiver<String>,
}

impl TlsConsumer {
    async fn start(acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://localhost:{}/event", listener.local_addr().unwrap().port());
        let (sender, acceptors) = watch::channel(acceptor);
        let (received, bodies) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptors.borrow().clone();
                // Those who do not believe this consumer hang up.
                if let Ok(stream) = acceptor.accept(stream).await {
                    received.send(answer(stream).await).unwrap();
                }
            }
        });
        Self { endpoint, acceptor: sender, bodies }
    }
}

async fn answer(mut stream: tokio_rustls::server::TlsStream<TcpStream>) -> String {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !request.ends_with("]}}") {
        let read = stream.read(&mut buffer).await.unwrap();
        request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    request.split_once("\r\n\r\n").unwrap().1.to_owned()
}

const NO_SYSTEM_AUTHORITIES: [(&str, &str); 2] =
    [("SSL_CERT_FILE", "/nonexistent/ca.pem"), ("SSL_CERT_DIR", "/nonexistent")];

fn without_system_authorities(setup: Setup) -> Setup {
    NO_SYSTEM_AUTHORITIES.iter().fold(setup, |setup, (name, value)| setup.variable(name, value))
}

#[tokio::test]
async fn an_https_consumer_of_a_configured_authority_is_subscribed_and_served() {
    let authority = Authority::new();
    let setup = without_system_authorities(Setup::new());
    fs::write(setup.path("ca.pem"), format!("{}{}", Authority::new().pem, authority.pem)).unwrap();
    let proxy = setup.flag("--delivery-ca", "ca.pem").start().await;
    let mut consumer = TlsConsumer::start(authority.acceptor("localhost", 2200)).await;
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint).await.0, 201);
    assert!(consumer.bodies.recv().await.unwrap().contains("lock-state"));
    proxy.feed(&in_range(1)).await;
    assert!(consumer.bodies.recv().await.unwrap().contains("LOCKED"));

    // One that does not prove any more who it is gets nothing.
    for (failures, acceptor) in [
        (1.0, Authority::new().acceptor("localhost", 2200)),
        (2.0, authority.acceptor("consumer.example.com", 2200)),
        (3.0, authority.acceptor("localhost", 2020)),
    ] {
        consumer.acceptor.send_replace(acceptor);
        assert_eq!(proxy.subscribe(&lock_state(), &format!("{}/b", consumer.endpoint)).await.0, 400);
        proxy.feed(&format!("CMD TIME {}.000000000\n{UNLOCKED}", failures * 3600.0)).await;
        let series = r#"cloud_event_proxy_delivery_failures_total{reason="tls"}"#;
        assert_eq!(proxy.metric(series).await, failures);
    }
    assert!(consumer.bodies.try_recv().is_err());
    assert_eq!(proxy.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn without_any_authority_the_proxy_serves_http_and_trusts_no_https() {
    let proxy = without_system_authorities(Setup::new()).start().await;
    let mut plain = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut plain).await;
    let encrypted = TlsConsumer::start(Authority::new().acceptor("localhost", 2200)).await;
    assert_eq!(proxy.subscribe(&lock_state(), &encrypted.endpoint).await.0, 400);
}

#[tokio::test]
async fn a_file_without_authorities_is_a_problem_of_the_configuration() {
    let setup = Setup::new().flag("--delivery-ca", "ca.pem");
    for (text, expected) in [("", "no certificate in it"), ("-----BEGIN CERTIFICATE-----\n", "no PEM")] {
        fs::write(setup.path("ca.pem"), text).unwrap();
        let output = setup.command().output().await.unwrap();
        assert_eq!(output.status.code(), Some(78));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("delivery-ca: \"ca.pem\"; expected ") && said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn an_endpoint_that_the_policy_never_allows_is_refused_before_any_connection() {
    let proxy = Setup::new().flag("--endpoint-policy", "any").start().await;
    // Where a connection to 0.0.0.0 would arrive.
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for host in ["0.0.0.0", "0", "[::ffff:0.0.0.0]", "169.254.169.254", "user:password@127.0.0.1"] {
        let endpoint = format!("http://{host}:{}/", address.port());
        assert_eq!(proxy.subscribe(&lock_state(), &endpoint).await, (400, String::new()), "{endpoint}");
    }
    let ours = TcpStream::connect(("127.0.0.1", address.port())).await.unwrap();
    assert_eq!(listener.accept().await.unwrap().1, ours.local_addr().unwrap());
    assert_eq!(proxy.metric(r#"cne_api_subscriptions{status="failed to create"}"#).await, 0.0);
}

#[tokio::test]
async fn an_endpoint_of_an_earlier_run_that_the_policy_does_not_allow_any_more_gets_nothing() {
    let proxy = Setup::new().start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.signal("TERM").await;
    let setup = proxy.end().await.1.flag("--api-profile", "oran");
    let proxy = setup.start().await;
    proxy.feed(&in_range(1)).await;
    assert!(consumer.is_empty());
    let series = r#"cloud_event_proxy_delivery_failures_total{reason="forbidden"}"#;
    assert_eq!(proxy.metric(series).await, 1.0);
}

/// A proxy that answers every request itself, with the first line of each.
async fn fake_proxy() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (received, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await.unwrap();
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let line = request.lines().next().unwrap().to_owned();
            let status = if line.starts_with("CONNECT") { "502 Bad Gateway" } else { "204 No Content" };
            received.send(line).unwrap();
            let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, lines)
}

fn with_proxy(setup: Setup, url: &str) -> Setup {
    ["HTTP_PROXY", "HTTPS_PROXY"].iter().fold(setup, |setup, name| setup.variable(name, url))
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used_unless_that_is_asked_for() {
    let (url, mut lines) = fake_proxy().await;
    let proxy = with_proxy(Setup::new(), &url).start().await;
    assert_eq!(proxy.subscribe(&lock_state(), "http://consumer.ns.svc/event").await.0, 400);
    assert!(lines.try_recv().is_err());
}

#[tokio::test]
async fn deliveries_go_by_a_proxy_if_that_is_asked_for() {
    let (url, mut lines) = fake_proxy().await;
    let setup = with_proxy(Setup::new(), &url).variable("NO_PROXY", "direct.ns.svc");
    let proxy = setup.flag("--delivery-proxy", "environment").start().await;
    assert_eq!(proxy.subscribe(&lock_state(), "http://consumer.ns.svc/event").await.0, 201);
    assert_eq!(lines.recv().await.unwrap(), "POST http://consumer.ns.svc/event HTTP/1.1");
    proxy.feed(&in_range(1)).await;
    assert_eq!(lines.recv().await.unwrap(), "POST http://consumer.ns.svc/event HTTP/1.1");
    assert_eq!(proxy.subscribe(&lock_state(), "https://consumer.ns.svc/event").await.0, 400);
    assert_eq!(lines.recv().await.unwrap(), "CONNECT consumer.ns.svc:443 HTTP/1.1");
    // What only its address could allow, which the proxy would resolve; what the environment exempts; this host.
    assert_eq!(proxy.subscribe(&lock_state(), "http://consumer.example.com/").await.0, 400);
    assert_eq!(proxy.subscribe(&lock_state(), "http://direct.ns.svc/").await.0, 400);
    let mut local = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut local).await;
    assert!(lines.try_recv().is_err());
}

#[tokio::test]
async fn the_proxy_takes_as_many_descriptors_as_it_may_have() {
    let proxy: Proxy = Setup::new().with_descriptors_at_start(64).start().await;
    let (soft, hard) = proxy.descriptor_limits();
    assert_eq!(soft, hard);
    assert_ne!(soft, "64");
    assert!(proxy.setup().log().iter().any(|line| line.contains("descriptors: the hard limit holds")));
}
