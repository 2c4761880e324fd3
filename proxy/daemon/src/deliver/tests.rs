//! Where events go, and where they do not; the consumers are raw sockets, so that they can be as wrong as any.

mod hostile;
mod https;

use super::{
    Authorities, Bytes, Deliverer, DeliverySettings, EndpointPolicy, Failure, LookUp, Outcome, Sent,
};
use crate::config::DeliveryProxy;
use crate::limits::{ADDRESSES_PER_NAME_MAX, HANDSHAKE_LOOK_UPS_MAX, IDLE_CONNECTIONS_PER_HOST_MAX};
use proxy_core::HandshakeOutcome;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Where Linux connects to this host too.
const UNSPECIFIED: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const NO_CONTENT: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
const LAST_NO_CONTENT: &[u8] = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
const PATIENCE: Duration = Duration::from_secs(30);

fn settings(policy: &str, timeout: Duration) -> DeliverySettings {
    DeliverySettings {
        policy: Arc::new(EndpointPolicy::parse(policy).unwrap()),
        authorities: Authorities::default(),
        proxy: DeliveryProxy::None,
        timeout,
    }
}

fn deliverer(timeout: Duration) -> Deliverer {
    Deliverer::new(settings("cluster,private", timeout)).unwrap()
}

fn resolving(
    policy: &str,
    look_up: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
) -> Deliverer {
    let look_up: Arc<LookUp> = Arc::new(look_up);
    Deliverer::with_look_up(settings(policy, PATIENCE), look_up).unwrap()
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Takes a connection and reads the request on it, of which the head is returned.
async fn accept(listener: &TcpListener) -> (TcpStream, String) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"{}") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
    }
    (stream, String::from_utf8(request).unwrap())
}

/// Answers one request after the other with these bytes, each on a connection of its own.
fn answering(listener: TcpListener, answer: &'static [u8]) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = accept(&listener).await;
            stream.write_all(answer).await.unwrap();
        }
    })
}

/// Whether nobody has connected: the next connection is our own.
async fn nobody_has_connected(listener: &TcpListener) -> bool {
    let ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    listener.accept().await.unwrap().1 == ours.local_addr().unwrap()
}

fn body() -> Bytes {
    Bytes::from_static(b"{}")
}

#[tokio::test]
async fn an_event_is_one_post_of_json_that_says_who_sends_it() {
    let (listener, address) = listener().await;
    let deliverer = deliverer(PATIENCE);
    let endpoint = format!("http://{address}/event?a=b");
    let (sent, (_, request)) = tokio::join!(deliverer.deliver(&endpoint, body()), async {
        let (mut stream, request) = accept(&listener).await;
        stream.write_all(NO_CONTENT).await.unwrap();
        (stream, request)
    });
    assert_eq!(sent, Sent::Accepted);
    assert_eq!(sent.outcome(), Outcome::Accepted);
    let request = request.to_ascii_lowercase();
    assert!(request.starts_with("post /event?a=b http/1.1\r\n"), "{request}");
    let agent = format!("user-agent: cloud-event-proxy/{}\r\n", env!("CARGO_PKG_VERSION"));
    for field in ["content-type: application/json\r\n", "content-length: 2\r\n", &agent] {
        assert!(request.contains(field), "{request}");
    }
}

#[tokio::test]
async fn no_more_idle_connections_to_a_host_are_kept_than_the_limit() {
    const AT_ONCE: usize = IDLE_CONNECTIONS_PER_HOST_MAX + 3;
    // Both ends of each connection are here.
    crate::descriptors::raise_limit();
    let (listener, address) = listener().await;
    let deliverer = deliverer(PATIENCE);
    let mut posts = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (deliverer, endpoint) = (deliverer.clone(), format!("http://{address}/"));
        posts.spawn(async move { deliverer.deliver(&endpoint, body()).await });
    }
    // None is answered before all have come, so that each has a connection of its own.
    let mut connections = Vec::new();
    for _ in 0..AT_ONCE {
        connections.push(listener.accept().await.unwrap().0);
    }
    let mut readers = JoinSet::new();
    for mut connection in connections {
        readers.spawn(async move {
            // An answer to nothing is none.
            connection.peek(&mut [0]).await.unwrap();
            connection.write_all(NO_CONTENT).await.unwrap();
            while connection.read(&mut [0; 1024]).await.is_ok_and(|bytes| bytes > 0) {}
        });
    }
    assert_eq!(posts.join_all().await, vec![Sent::Accepted; AT_ONCE]);
    for _ in IDLE_CONNECTIONS_PER_HOST_MAX..AT_ONCE {
        readers.join_next().await.unwrap().unwrap();
    }
    assert_eq!(readers.len(), IDLE_CONNECTIONS_PER_HOST_MAX);
    assert!(readers.try_join_next().is_none());
}

#[tokio::test]
async fn a_name_that_changes_its_address_after_it_was_accepted_gains_nothing() {
    let (listener, address) = listener().await;
    let asked = AtomicUsize::new(0);
    let deliverer = resolving("any", move |_| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if is_first { LOCAL } else { UNSPECIFIED }])
    });
    let endpoint = format!("http://rebound.example.com:{}/", address.port());
    let (sent, _) = tokio::join!(deliverer.deliver(&endpoint, body()), async {
        let (mut stream, _) = accept(&listener).await;
        stream.write_all(LAST_NO_CONTENT).await.unwrap();
    });
    assert_eq!(sent, Sent::Accepted);
    assert_eq!(deliverer.deliver(&endpoint, body()).await, Sent::Failed(Failure::Forbidden));
    assert_eq!(deliverer.handshake(&endpoint, body()).await, HandshakeOutcome::Refused);
    assert!(nobody_has_connected(&listener).await);
    // The address is one that a connection would be made to.
    assert!(TcpStream::connect((UNSPECIFIED, address.port())).await.is_ok());
}

#[tokio::test]
async fn of_the_addresses_of_a_name_only_allowed_ones_are_tried_and_not_too_many() {
    let (listener, address) = listener().await;
    let port = address.port();
    let consumer = answering(listener, LAST_NO_CONTENT);
    let mixed = resolving("private", |_| Ok(vec![UNSPECIFIED, "169.254.169.254".parse().unwrap(), LOCAL]));
    let endpoint = format!("http://consumer.example.com:{port}/");
    assert_eq!(mixed.deliver(&endpoint, body()).await, Sent::Accepted);
    // Nobody listens on the first ones.
    let with_others = |others: usize| {
        resolving("private", move |_| {
            let others = (0..others).map(|_| "127.0.0.2".parse().unwrap());
            Ok(others.chain([LOCAL]).collect())
        })
    };
    let last = with_others(ADDRESSES_PER_NAME_MAX - 1);
    assert_eq!(last.deliver(&endpoint, body()).await, Sent::Accepted);
    let beyond = with_others(ADDRESSES_PER_NAME_MAX);
    assert_eq!(beyond.deliver(&endpoint, body()).await, Sent::Failed(Failure::Refused));
    consumer.abort();
}

#[tokio::test]
async fn nothing_is_sent_to_what_the_policy_does_not_allow_whoever_has_accepted_it() {
    let (listener, address) = listener().await;
    let deliverer = resolving("cluster", |_| Ok(vec![LOCAL]));
    for host in ["0.0.0.0", "0", "[::]", "consumer.example.com", "user@localhost", "169.254.169.254"] {
        let endpoint = format!("http://{host}:{}/", address.port());
        let sent = deliverer.deliver(&endpoint, body()).await;
        assert_eq!(sent, Sent::Failed(Failure::Forbidden), "{host}");
    }
    assert!(nobody_has_connected(&listener).await);
}

#[tokio::test]
async fn by_the_letter_of_the_specification_localhost_has_to_be_this_host() {
    let (listener, address) = listener().await;
    let endpoint = format!("http://localhost:{}/", address.port());
    let with = |found: IpAddr| {
        let policy = Arc::new(EndpointPolicy::localhost());
        let settings = DeliverySettings { policy, ..settings("cluster", PATIENCE) };
        Deliverer::with_look_up(settings, Arc::new(move |_: &str| Ok(vec![found]))).unwrap()
    };
    let elsewhere = with("10.0.0.1".parse().unwrap()).deliver(&endpoint, body()).await;
    assert_eq!(elsewhere, Sent::Failed(Failure::Forbidden));
    let consumer = answering(listener, LAST_NO_CONTENT);
    assert_eq!(with(LOCAL).deliver(&endpoint, body()).await, Sent::Accepted);
    consumer.abort();
}

#[tokio::test]
async fn a_failure_has_its_reason() {
    let nobody = resolving("any", |name| match name {
        "empty.example.com" => Ok(Vec::new()),
        _ => Err(io::Error::other("no such name")),
    });
    for endpoint in ["http://nobody.example.com/", "http://empty.example.com/"] {
        let sent = nobody.deliver(endpoint, body()).await;
        assert_eq!(sent, Sent::Failed(Failure::Unresolved), "{endpoint}");
    }
    let refused = deliverer(PATIENCE).deliver("http://127.0.0.1:1/", body()).await;
    assert_eq!(refused, Sent::Failed(Failure::Refused));
    assert_eq!(refused.outcome(), Outcome::Failed);
    // Connections wait in the backlog of a listener that never accepts.
    let (_hanging, address) = listener().await;
    let hung = deliverer(Duration::from_millis(50)).deliver(&format!("http://{address}/"), body()).await;
    assert_eq!(hung, Sent::Failed(Failure::Timeout));
}

#[tokio::test]
async fn names_that_never_resolve_for_subscribers_do_not_keep_deliveries_waiting() {
    let (listener, address) = listener().await;
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let hung = Arc::new(AtomicUsize::new(0));
    let begun = Arc::clone(&hung);
    let deliverer = resolving("cluster", move |name| {
        if name.starts_with("hung") {
            begun.fetch_add(1, Ordering::SeqCst);
            // Until the test ends.
            let _ = released.lock().unwrap().recv();
        }
        Ok(vec![LOCAL])
    });
    let mut handshakes = JoinSet::new();
    for number in 0..=HANDSHAKE_LOOK_UPS_MAX {
        let deliverer = deliverer.clone();
        handshakes.spawn(async move { deliverer.handshake(&format!("http://hung-{number}/"), body()).await });
    }
    while hung.load(Ordering::SeqCst) < HANDSHAKE_LOOK_UPS_MAX {
        tokio::task::yield_now().await;
    }
    let consumer = answering(listener, LAST_NO_CONTENT);
    let sent = deliverer.deliver(&format!("http://consumer:{}/", address.port()), body()).await;
    assert_eq!(sent, Sent::Accepted);
    assert!(handshakes.try_join_next().is_none());
    assert_eq!(hung.load(Ordering::SeqCst), HANDSHAKE_LOOK_UPS_MAX);
    consumer.abort();
    drop(release);
}
