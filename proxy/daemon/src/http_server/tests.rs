//! The server on real sockets, with bounds that are either reached at once or never.

use super::{Bounds, HttpCounts, HttpServer, PeerCertificates};
use axum::extract::ConnectInfo;
use axum::routing::get;
use axum::{Extension, Router};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

mod tls;

/// A bound that no test reaches.
const NEVER: Duration = Duration::from_secs(3600);

/// A bound that is reached at once.
const SOON: Duration = Duration::from_millis(50);

/// Above anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// An answer that no socket takes as a whole.
const LARGE_BYTES: usize = 64 * 1024 * 1024;

const UNBOUNDED: Bounds =
    Bounds { connections: 64, header_timeout: NEVER, idle_max: NEVER, answer_timeout: NEVER };

/// A server under test.
struct Server {
    address: SocketAddr,
    counts: HttpCounts,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Requests for `/slow` that are being answered.
    begun: mpsc::UnboundedReceiver<()>,
    /// Ends one of them.
    finish: Arc<Notify>,
    /// The port of the peer of each request for `/turn`, in the order in which they are answered.
    turns: mpsc::UnboundedReceiver<u16>,
}

impl Server {
    async fn start(bounds: Bounds) -> Self {
        Self::start_with(bounds, None).await
    }

    async fn start_with(bounds: Bounds, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (begin, begun) = mpsc::unbounded_channel();
        let finish = Arc::new(Notify::new());
        let finished = Arc::clone(&finish);
        let slow = async move || {
            begin.send(()).unwrap();
            finished.notified().await;
            "slow"
        };
        let peer =
            async |ConnectInfo(peer): ConnectInfo<SocketAddr>,
                   Extension(PeerCertificates(chain)): Extension<PeerCertificates>| {
                format!("{} {}", peer.port(), chain.len())
            };
        let (took_turn, turns) = mpsc::unbounded_channel();
        let turn =
            async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| took_turn.send(peer.port()).unwrap();
        let router = Router::new()
            .route("/", get(async || "x"))
            .route("/slow", get(slow))
            .route("/large", get(async || vec![0; LARGE_BYTES]))
            .route("/peer", get(peer))
            .route("/turn", get(turn));
        let (stop, stopped) = watch::channel(false);
        let counts = HttpCounts::default();
        let tls = tls.map(|tls| watch::channel(tls).1);
        let server = HttpServer { listener, bounds, tls, counts: counts.clone() };
        let task = tokio::spawn(server.serve(router, stopped));
        Self { address, counts, stop, task, begun, finish, turns }
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(bytes).await.unwrap();
        connection
    }

    /// A connection with a request that is being answered.
    async fn send_slow(&mut self) -> TcpStream {
        let connection = self.send(&get_request("/slow")).await;
        self.begun.recv().await.unwrap();
        connection
    }

    /// Waits until so many connections have ended for a reason.
    async fn closed(&self, reason: &str, count: u64) {
        self.until(|totals| totals.connections_closed.get(reason) == Some(&count)).await;
    }

    async fn until(&self, holds: impl Fn(&super::counts::HttpTotals) -> bool) {
        let waiting = async {
            while !holds(&self.counts.all()) {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("{:?}", self.counts.all());
        }
    }

    /// Tells the server to end, and waits until it has.
    async fn end(self) {
        self.stop.send_replace(true);
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }
}

fn get_request(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

/// What comes until the connection ends, however it ends.
async fn rest(mut connection: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, connection.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

/// Reads one answer with this body.
async fn expect(connection: &mut TcpStream, body: &str) {
    let mut answer = String::new();
    while !answer.ends_with(&format!("\r\n\r\n{body}")) {
        let byte = tokio::time::timeout(PATIENCE, connection.read_u8()).await.unwrap();
        answer.push(char::from(byte.unwrap_or_else(|error| panic!("{error} after {answer}"))));
    }
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_first_request_that_does_not_come_is_not_waited_for() {
    let server = Server::start(Bounds { header_timeout: SOON, ..UNBOUNDED }).await;
    for (count, sent) in (1..).zip([&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"PRI * HTTP/2.0\r\n"])
    {
        assert_eq!(rest(server.send(sent).await).await, b"");
        server.closed("header_timeout", count).await;
    }
}

#[tokio::test]
async fn a_head_that_comes_in_drops_is_not_waited_for() {
    let server = Server::start(Bounds { header_timeout: SOON, ..UNBOUNDED }).await;
    let mut connection = server.send(b"GET / HTTP/1.1\r\nX: ").await;
    let mut byte = [0];
    // The pace of the drops: often enough that the connection never stands still.
    while tokio::time::timeout(Duration::from_millis(1), connection.read(&mut byte)).await.is_err() {
        // It may just have been closed, which the next read shows.
        let _ = connection.write_all(b"a").await;
    }
    server.closed("header_timeout", 1).await;
}

#[tokio::test]
async fn a_later_head_has_its_time_from_its_first_byte() {
    let server = Server::start(Bounds { header_timeout: SOON, ..UNBOUNDED }).await;
    let mut connection = server.send(REQUEST).await;
    expect(&mut connection, "x").await;
    connection.write_all(b"GET").await.unwrap();
    assert_eq!(rest(connection).await, b"");
    server.closed("header_timeout", 1).await;
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_after_the_longer_time_for_that() {
    let server = Server::start(Bounds { idle_max: SOON, ..UNBOUNDED }).await;
    let mut connection = server.send(REQUEST).await;
    expect(&mut connection, "x").await;
    assert_eq!(rest(connection).await, b"");
    server.closed("idle", 1).await;
}

#[tokio::test]
async fn who_sends_many_requests_ahead_takes_turns_with_the_others() {
    const AHEAD: usize = 40;
    let mut server = Server::start(UNBOUNDED).await;
    let requests = [get_request("/slow"), get_request("/turn").repeat(AHEAD)].concat();
    // Both are at their first request when the others may be answered.
    let mut connections = Vec::new();
    for _ in 0..2 {
        connections.push(server.send(&requests).await);
        server.begun.recv().await.unwrap();
    }
    server.finish.notify_waiters();
    // As many as one has sent: afterwards the other one may be alone.
    let mut turns = Vec::new();
    while turns.len() < AHEAD {
        turns.push(tokio::time::timeout(PATIENCE, server.turns.recv()).await.unwrap().unwrap());
    }
    // Without turns hyper answers sixteen at a time; a few in a row are left to the runtime.
    let longest = turns.chunk_by(|one, other| one == other).map(<[u16]>::len).max();
    assert!(longest < Some(12), "{turns:?}");
    server.end().await;
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up() {
    let server = Server::start(Bounds { answer_timeout: SOON, ..UNBOUNDED }).await;
    let connection = server.send(&get_request("/large")).await;
    server.closed("answer_timeout", 1).await;
    assert!(rest(connection).await.len() < LARGE_BYTES);
}

#[tokio::test]
async fn a_full_server_closes_the_connection_that_only_waits_and_none_that_is_answered() {
    let mut server = Server::start(Bounds { connections: 3, ..UNBOUNDED }).await;
    let mut answered = server.send_slow().await;
    let half = server.send(b"GET / HT").await;
    let mut idle = server.send(REQUEST).await;
    expect(&mut idle, "x").await;

    let mut new = server.send(REQUEST).await;
    expect(&mut new, "x").await;
    // The half request was there first.
    assert_eq!(rest(half).await, b"");
    server.closed("evicted", 1).await;
    idle.write_all(REQUEST).await.unwrap();
    expect(&mut idle, "x").await;
    server.finish.notify_one();
    expect(&mut answered, "slow").await;
}

#[tokio::test]
async fn when_all_are_answered_a_new_connection_waits_for_one_of_them() {
    let mut server = Server::start(Bounds { connections: 1, ..UNBOUNDED }).await;
    let mut first = server.send_slow().await;
    let mut second = server.send(REQUEST).await;
    server.finish.notify_one();
    // The first is answered before it makes room.
    expect(&mut first, "slow").await;
    expect(&mut second, "x").await;
    assert_eq!(rest(first).await, b"");
    server.closed("evicted", 1).await;
}

#[tokio::test]
async fn a_full_server_closes_those_who_do_not_take_their_answers_last() {
    let server = Server::start(Bounds { connections: 2, header_timeout: SOON, ..UNBOUNDED }).await;
    let hogs = [server.send(&get_request("/large")).await, server.send(&get_request("/large")).await];
    server.until(|totals| totals.connections_open == 2).await;
    let mut taken = Vec::new();
    for hog in hogs {
        // As long as nobody else comes they may go on.
        let mut hog = hog;
        taken.push((hog.read_u8().await.unwrap(), hog));
    }
    // It waits until one of them has taken too long.
    let mut new = server.send(REQUEST).await;
    expect(&mut new, "x").await;
    server.closed("evicted", 1).await;
}

#[tokio::test]
async fn the_end_waits_for_answers_and_for_nothing_else() {
    let mut server = Server::start(UNBOUNDED).await;
    let mut answered = server.send_slow().await;
    let mut idle = server.send(REQUEST).await;
    expect(&mut idle, "x").await;
    let half = server.send(b"GET / HT").await;
    let nothing = server.send(b"").await;
    let reader = server.send(&get_request("/large")).await;
    server.until(|totals| totals.connections_open == 5).await;

    server.stop.send(true).unwrap();
    for others in [idle, half, nothing] {
        assert_eq!(rest(others).await, b"");
    }
    server.closed("ending", 4).await;
    assert!(!server.task.is_finished());
    assert!(TcpStream::connect(server.address).await.is_err());
    assert!(rest(reader).await.len() < LARGE_BYTES);

    server.finish.notify_one();
    let mut answer = String::new();
    answered.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.to_ascii_lowercase().contains("connection: close\r\n") && answer.ends_with("slow"),
        "{answer}"
    );
    let counts = server.counts.clone();
    server.end().await;
    assert_eq!(counts.all().connections_open, 0);
}

#[tokio::test]
async fn a_request_needs_one_host() {
    let server = Server::start(UNBOUNDED).await;
    for (head, status) in [
        ("GET / HTTP/1.1\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b/..\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: user@x\r\n", 400),
        ("GET / HTTP/1.1\r\nHost:\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: [::1]:9043\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: x\r\n", 200),
        ("GET / HTTP/1.0\r\n", 200),
        ("GET http://x/ HTTP/1.1\r\nHost: x\r\n", 200),
    ] {
        let request = format!("{head}Connection: close\r\n\r\n");
        let answer = String::from_utf8(rest(server.send(request.as_bytes()).await).await).unwrap();
        assert_eq!(answer.split(' ').nth(1).unwrap().parse(), Ok(status), "{head}: {answer}");
    }
}

#[tokio::test]
async fn a_head_above_the_bound_is_refused() {
    let server = Server::start(UNBOUNDED).await;
    let head = |bytes: usize| {
        format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {}\r\n\r\n", "a".repeat(bytes))
    };
    let mut connection = server.send(head(16 * 1024).as_bytes()).await;
    expect(&mut connection, "x").await;
    let answer = rest(server.send(head(2 * crate::limits::HTTP_HEAD_BYTES_MAX).as_bytes()).await).await;
    // With unread bytes the connection is reset, and the answer may not be seen.
    assert!(!answer.starts_with(b"HTTP/1.1 200 "), "{answer:?}");
    server.closed("failed", 1).await;
}

/// One frame of HTTP/2: RFC 9113, 4.1.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The preface and empty settings.
fn preface() -> Vec<u8> {
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, b"")].concat()
}

/// GET, http, authority x, a path (RFC 7541, appendix A).
fn http2_get(path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).unwrap();
    [&[0x82, 0x86, 0x41, 1, b'x', 0x44, length][..], path.as_bytes()].concat()
}

/// The next frame with this type, as its stream and payload.
async fn next_frame(connection: &mut (impl AsyncRead + Unpin), kind: u8) -> (u32, Vec<u8>) {
    loop {
        let mut head = [0; 9];
        tokio::time::timeout(PATIENCE, connection.read_exact(&mut head)).await.unwrap().unwrap();
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        connection.read_exact(&mut payload).await.unwrap();
        if head[3] == kind {
            return (u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload);
        }
    }
}

#[tokio::test]
async fn an_http_2_connection_has_a_bound_of_open_requests() {
    let mut server = Server::start(UNBOUNDED).await;
    let mut connection = server.send(&preface()).await;
    // Before the server has said how many there may be.
    for stream in (1..=65).step_by(2) {
        connection.write_all(&frame(1, 5, stream, &http2_get("/slow"))).await.unwrap();
    }
    // RST_STREAM of the 33rd: REFUSED_STREAM.
    assert_eq!(next_frame(&mut connection, 3).await, (65, vec![0, 0, 0, 7]));
    for _ in 0..32 {
        server.begun.recv().await.unwrap();
    }
    assert!(server.begun.try_recv().is_err());
    server.finish.notify_waiters();
    // HEADERS; 0x88 is `:status 200`.
    for _ in 0..32 {
        assert_eq!(next_frame(&mut connection, 1).await.1[0], 0x88);
    }
}

/// A field `x: aaa…` of some 16 kB that is not indexed (RFC 7541, 6.2.2).
fn http2_large_field() -> Vec<u8> {
    [&[0, 1, b'x', 0x7f, 0x80, 0x7e][..], &[b'a'; 127 + 16_128]].concat()
}

#[tokio::test]
async fn an_http_2_head_above_the_bound_is_refused() {
    let server = Server::start(UNBOUNDED).await;
    let mut connection = server.send(&preface()).await;
    let mut send = async |stream, fields: usize| {
        connection.write_all(&frame(1, 1, stream, &http2_get("/"))).await.unwrap();
        for _ in 0..fields {
            connection.write_all(&frame(9, 0, stream, &http2_large_field())).await.unwrap();
        }
        // END_HEADERS.
        connection.write_all(&frame(9, 4, stream, b"")).await.unwrap();
        next_frame(&mut connection, 1).await
    };
    // 0x88 is `:status 200`.
    let (stream, fields) = send(1, 1).await;
    assert_eq!((stream, fields[0]), (1, 0x88));
    let (stream, fields) = send(3, 3).await;
    assert_eq!(stream, 3);
    assert_ne!(fields[0], 0x88);
}

#[tokio::test]
async fn an_http_2_head_that_goes_on_and_on_ends_its_connection() {
    let server = Server::start(UNBOUNDED).await;
    let mut connection = server.send(&preface()).await;
    connection.write_all(&frame(1, 1, 1, &http2_get("/"))).await.unwrap();
    // CONTINUATION without END_HEADERS.
    for _ in 0..1000 {
        if connection.write_all(&frame(9, 0, 1, &http2_large_field())).await.is_err() {
            break;
        }
    }
    server.closed("failed", 1).await;
}

#[tokio::test]
async fn a_flood_of_reset_requests_ends_its_connection() {
    let server = Server::start(UNBOUNDED).await;
    let (mut reading, mut writing) = server.send(&preface()).await.into_split();
    let mut flood = Vec::new();
    for stream in (1..20_001).step_by(2) {
        flood.extend(frame(1, 5, stream, &http2_get("/")));
        flood.extend(frame(3, 0, stream, &8_u32.to_be_bytes()));
    }
    // The server may have ended it before the last byte.
    let flooding = tokio::spawn(async move { writing.write_all(&flood).await });
    // GOAWAY: ENHANCE_YOUR_CALM.
    assert_eq!(next_frame(&mut reading, 7).await.1[4..8], [0, 0, 0, 11]);
    server.closed("failed", 1).await;
    let _ = flooding.await.unwrap();
}

#[tokio::test]
async fn an_http_2_answer_that_is_not_taken_is_given_up() {
    let server = Server::start(Bounds { answer_timeout: SOON, ..UNBOUNDED }).await;
    // Settings with an initial window of 0.
    let settings = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let request = frame(1, 5, 1, &[&[0x82, 0x86, 0x84, 0x41, 1][..], b"x"].concat());
    let bytes = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), settings, request].concat();
    let connection = server.send(&bytes).await;
    server.closed("answer_timeout", 1).await;
    drop(connection);
}

#[tokio::test]
async fn an_http_2_client_has_all_its_requests_answered_and_its_idle_connection_is_ended() {
    let server = Server::start(Bounds { idle_max: SOON, ..UNBOUNDED }).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let url = format!("http://{}/", server.address);
    let requests: Vec<_> = (0..100).map(|_| tokio::spawn(client.get(&url).send())).collect();
    for request in requests {
        let response = request.await.unwrap().unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (axum::http::Version::HTTP_2, 200));
        assert_eq!(response.text().await.unwrap(), "x");
    }
    server.until(|totals| totals.connections_open == 0).await;
    assert!(server.counts.all().connections_closed.contains_key("idle"));
}

/// Marsaglia's xorshift64, so that what is sent is the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

#[tokio::test]
async fn whatever_comes_the_server_serves_on_and_no_connection_stays() {
    let server = Server::start(Bounds { header_timeout: SOON, idle_max: SOON, ..UNBOUNDED }).await;
    let seeds: [Vec<u8>; 5] = [
        REQUEST.to_vec(),
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_vec(),
        [preface(), frame(1, 5, 1, &http2_get("/s")), frame(8, 0, 0, &[0, 0, 1, 0]), frame(6, 0, 0, &[0; 8])]
            .concat(),
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n".to_vec(),
        vec![0; 64],
    ];
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..2000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..random.below(8) {
            let index = random.below(bytes.len());
            bytes[index] = random.byte();
        }
        bytes.truncate(1 + random.below(bytes.len()));
        let mut connection = TcpStream::connect(server.address).await.unwrap();
        // The server may have ended it before the last byte.
        let _ = connection.write_all(&bytes).await;
        if random.below(2) == 0 {
            let _ = connection.shutdown().await;
        }
    }
    expect(&mut server.send(REQUEST).await, "x").await;
    server.until(|totals| totals.connections_open == 0).await;
    let closed = server.counts.all().connections_closed.values().sum::<u64>();
    assert_eq!(closed, 2001);
}
