//! HTTP as the API speaks it: bounds, slow and odd clients, paths and methods, and the end of the process.

use crate::support::{Consumer, Manner, Proxy, Setup, in_range, lock_state, until};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BASE: &str = "/api/ocloudNotifications/v2";

/// Above anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(proxy: &Proxy) -> TcpStream {
    let url = proxy.url("");
    let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    TcpStream::connect(authority).await.unwrap()
}

async fn send(proxy: &Proxy, bytes: &[u8]) -> TcpStream {
    let mut connection = connect(proxy).await;
    connection.write_all(bytes).await.unwrap();
    connection
}

/// What is answered until the connection ends.
async fn answer(mut connection: TcpStream) -> String {
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, connection.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

/// The answer to a request line, on a connection of its own.
async fn ask(proxy: &Proxy, request_line: &str, fields: &str) -> String {
    let request = format!("{request_line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
    answer(send(proxy, request.as_bytes()).await).await
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The value of a field of an answer.
fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

fn post(path: &str, fields: &str) -> String {
    format!("POST {BASE}{path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

#[tokio::test]
async fn a_thousand_half_sent_requests_do_not_keep_others_waiting() {
    // No bound but the places: that of time is another test.
    let setup = Setup::new().flag("--request-header-timeout", "1h").flag("--request-body-timeout", "1h");
    let proxy = setup.start().await;
    let half_head = format!("GET {BASE}/health HTTP/1.1\r\nHost: x\r\n");
    let half_body = post("/subscriptions", "Content-Length: 10\r\n") + "{";
    let mut half = Vec::new();
    for index in 0..1024 {
        let bytes = if index % 2 == 0 { &half_head } else { &half_body };
        half.push(send(&proxy, bytes.as_bytes()).await);
    }
    let open = r#"cloud_event_proxy_http_connections_open{server="api"}"#;
    until(async || proxy.metric(open).await == 1024.0).await;
    // 100 ms each, on connections of their own.
    let asking = async {
        for _ in 0..20 {
            assert_eq!(status(&ask(&proxy, &format!("GET {BASE}/health"), "").await), 200);
        }
    };
    tokio::time::timeout(Duration::from_secs(2), asking).await.unwrap();
    let evicted = r#"cloud_event_proxy_http_connections_closed_total{reason="evicted",server="api"}"#;
    // The first one took a place; the next ones took that of the one before or another's.
    assert!(proxy.metric(evicted).await >= 1.0);
    drop(half);
    until(async || proxy.metric(open).await == 0.0).await;
}

#[tokio::test]
async fn half_sent_requests_do_not_keep_others_waiting_when_descriptors_are_short() {
    let setup = Setup::new().with_descriptors(64).flag("--request-header-timeout", "1h");
    let proxy = setup.start().await;
    let mut half = Vec::new();
    for _ in 0..100 {
        half.push(send(&proxy, b"GET /").await);
    }
    for _ in 0..5 {
        assert_eq!(status(&ask(&proxy, &format!("GET {BASE}/health"), "").await), 200);
    }
}

#[tokio::test]
async fn half_sent_bodies_take_no_room_from_others() {
    let setup = Setup::new().flag("--max-requests", "1").flag("--max-connections", "8");
    let proxy = setup.flag("--request-body-timeout", "1h").start().await;
    let mut half = Vec::new();
    for _ in 0..8 {
        half.push(send(&proxy, (post("/subscriptions", "Content-Length: 9\r\n") + "{").as_bytes()).await);
    }
    let open = r#"cloud_event_proxy_http_connections_open{server="api"}"#;
    until(async || proxy.metric(open).await == 8.0).await;
    assert_eq!(proxy.ask("GET", "/subscriptions").await.0, 200);
}

#[tokio::test]
async fn requests_above_the_bound_are_refused_and_counted() {
    let proxy = Setup::new().flag("--max-requests", "1").flag("--delivery-timeout", "1h").start().await;
    let mut consumer = Consumer::start().await;
    consumer.answer(Manner::Never);
    let endpoint = consumer.endpoint();
    let (address, unanswered) = (lock_state(), Manner::Status(204));
    let ((subscribed, _), ()) = tokio::join!(proxy.subscribe(&address, &endpoint), async {
        consumer.next().await;
        assert_eq!(proxy.ask("GET", "/subscriptions").await, (503, String::new()));
        assert_eq!(proxy.ask("GET", "/health").await, (200, "OK".to_owned()));
        consumer.answer(unanswered);
    });
    assert_eq!(subscribed, 201);
    let refused = r#"cloud_event_proxy_http_requests_refused_total{reason="overloaded",server="api"}"#;
    assert_eq!(proxy.metric(refused).await, 1.0);
}

#[tokio::test]
async fn a_request_that_is_not_sent_in_time_is_not_waited_for() {
    let setup = Setup::new().flag("--request-header-timeout", "50ms").flag("--request-body-timeout", "50ms");
    let proxy = setup.start().await;
    assert_eq!(answer(send(&proxy, b"GET / HTTP/1.1\r\n").await).await, "");
    let closed = r#"cloud_event_proxy_http_connections_closed_total{reason="header_timeout",server="api"}"#;
    assert_eq!(proxy.metric(closed).await, 1.0);

    let mut slow = send(&proxy, post("/subscriptions", "Content-Length: 1000\r\n").as_bytes()).await;
    let mut byte = [0];
    // A drop often enough that it never stands still.
    while tokio::time::timeout(Duration::from_millis(1), slow.read(&mut byte)).await.is_err() {
        slow.write_all(b"{").await.unwrap();
    }
    slow.shutdown().await.unwrap();
    let rest = answer(slow).await;
    assert!(rest.starts_with("TTP/1.1 408 "), "{rest}");
    assert_eq!(field(&rest, "connection"), Some("close"));
    let refused = r#"cloud_event_proxy_http_requests_refused_total{reason="too_slow",server="api"}"#;
    assert_eq!(proxy.metric(refused).await, 1.0);
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let proxy = Setup::new().flag("--max-request-bytes", "1024").start().await;
    for fields in ["Content-Length: 5000000\r\n", "Content-Length: 1025\r\nExpect: 100-continue\r\n"] {
        let mut connection = send(&proxy, post("/subscriptions", fields).as_bytes()).await;
        let mut start = [0; 13];
        tokio::time::timeout(PATIENCE, connection.read_exact(&mut start)).await.unwrap().unwrap();
        assert_eq!(&start, b"HTTP/1.1 413 ");
        connection.shutdown().await.unwrap();
        let rest = answer(connection).await;
        assert!(rest.to_ascii_lowercase().contains("connection: close\r\n"), "{rest}");
    }
    let refused = r#"cloud_event_proxy_http_requests_refused_total{reason="too_large",server="api"}"#;
    assert_eq!(proxy.metric(refused).await, 2.0);
}

#[tokio::test]
async fn who_sends_all_of_a_large_body_first_sees_the_answer() {
    let proxy = Proxy::start().await;
    let body = vec![b' '; 5_000_000];
    let mut declared = send(&proxy, post("/subscriptions", "Content-Length: 5000000\r\n").as_bytes()).await;
    declared.write_all(&body).await.unwrap();
    assert_eq!(status(&answer(declared).await), 413);

    let mut chunked = send(&proxy, post("/subscriptions", "Transfer-Encoding: chunked\r\n").as_bytes()).await;
    // A chunk of 16 MiB that never ends.
    chunked.write_all(b"1000000\r\n").await.unwrap();
    chunked.write_all(&body).await.unwrap();
    assert_eq!(status(&answer(chunked).await), 413);
}

#[tokio::test]
async fn a_client_that_asks_whether_to_go_on_is_told_to() {
    let proxy = Proxy::start().await;
    let fields = "Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n";
    let mut connection = send(&proxy, post("/subscriptions", fields).as_bytes()).await;
    let mut interim = [0; 25];
    tokio::time::timeout(PATIENCE, connection.read_exact(&mut interim)).await.unwrap().unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(b"{}").await.unwrap();
    assert_eq!(status(&answer(connection).await), 400);
}

#[tokio::test]
async fn a_known_path_names_its_methods_and_another_one_is_not_found() {
    let proxy = Proxy::start().await;
    let current_state = format!("{}/CurrentState", lock_state());
    for (path, allowed) in [
        ("/health", "GET,HEAD"),
        ("/publishers", "GET,HEAD"),
        ("/publishers/1", "GET,HEAD"),
        ("/subscriptions", "GET,HEAD,POST,DELETE"),
        ("/subscriptions/1", "GET,HEAD,DELETE"),
        (current_state.as_str(), "GET,HEAD"),
    ] {
        for method in ["PUT", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            let answer = ask(&proxy, &format!("{method} {BASE}{path}"), "").await;
            assert_eq!((status(&answer), field(&answer, "allow")), (405, Some(allowed)), "{method} {path}");
            assert_eq!((body(&answer), field(&answer, "content-length")), ("", Some("0")), "{method} {path}");
        }
    }
    let detailed = ask(&proxy, &format!("PUT {BASE}/health"), "Accept: application/problem+json\r\n").await;
    assert_eq!((status(&detailed), field(&detailed, "allow")), (405, Some("GET,HEAD")));
    assert_eq!(field(&detailed, "content-type"), Some("application/problem+json"));
    for target in ["/", "*", BASE, &format!("{BASE}/"), "/api", "/api/OcloudNotifications/v2/health"] {
        for method in ["GET", "OPTIONS"] {
            let answer = ask(&proxy, &format!("{method} {target}"), "X-Secret: 1\r\n").await;
            if target != "*" || method == "OPTIONS" {
                assert_eq!((status(&answer), body(&answer)), (404, ""), "{method} {target}");
            }
        }
    }
    assert!(status(&ask(&proxy, "CONNECT x:1", "").await) >= 400);
    proxy.assert_serves().await;
}

#[tokio::test]
async fn answers_say_what_they_are_and_how_long() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.feed(&in_range(-1)).await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let current_state = format!("{}/CurrentState", lock_state());
    for (path, media_type) in [
        ("/health", "text/plain; charset=utf-8"),
        ("/subscriptions", "application/json"),
        ("/publishers", "application/json"),
        (current_state.as_str(), "application/json"),
    ] {
        let full = ask(&proxy, &format!("GET {BASE}{path}"), "").await;
        let length = body(&full).len().to_string();
        assert_eq!(field(&full, "content-type"), Some(media_type), "{path}");
        assert_eq!(field(&full, "content-length"), Some(length.as_str()), "{path}");
        let head = ask(&proxy, &format!("HEAD {BASE}{path}"), "").await;
        assert_eq!((status(&head), body(&head)), (200, ""), "{path}");
        assert_eq!(field(&head, "content-length"), Some(length.as_str()), "{path}");
        // The same without what precedes it, in absolute form, and with careless slashes.
        let bare = format!("/ocloudNotifications/v2{path}");
        let (absolute, careless) =
            (format!("http://x{BASE}{path}"), format!("//api/./ocloudNotifications/v2/{path}"));
        for target in [bare, absolute, careless, format!("{BASE}{path}?x=/../")] {
            let again = ask(&proxy, &format!("GET {target}"), "").await;
            assert_eq!((status(&again), body(&again)), (200, body(&full)), "{target}");
        }
    }
    let removed = ask(&proxy, &format!("DELETE {BASE}/subscriptions"), "").await;
    assert_eq!((status(&removed), body(&removed), field(&removed, "content-length")), (204, "", None));
}

/// The paths that existing producers have for themselves: redhat-cne/rest-api `v2/server.go`.
#[tokio::test]
async fn nothing_internal_can_be_reached() {
    let proxy = Proxy::start().await;
    let (_, publishers) = proxy.ask("GET", "/publishers").await;
    let first: Vec<serde_json::Value> = serde_json::from_str(&publishers).unwrap();
    let id = first[0]["SubscriptionId"].as_str().unwrap();
    let event = format!(r#"{{"id":"{id}","type":"x","source":"/x","data":{{"values":[{{"value":5}}]}}}}"#);
    let subscription = r#"{"ResourceAddress":"/a","EndpointUri":"http://127.0.0.1:1/"}"#;
    for base in
        [BASE, "/ocloudNotifications/v2", "/api/ocloudNotifications/v1", "/api/cloudNotifications/v1", ""]
    {
        for (method, path, sent) in [
            ("POST", "/create/event", event.as_str()),
            ("POST", "/create/event", "5"),
            ("POST", "/log", event.as_str()),
            ("POST", "/dummy", ""),
            ("POST", "/dummy2", ""),
            ("PUT", "/subscriptions/status/1", ""),
            ("POST", "/publishers", subscription),
            ("DELETE", "/publishers", ""),
            ("DELETE", &format!("/publishers/{id}"), ""),
            ("POST", "/", "x"),
        ] {
            let fields = format!("Content-Length: {}\r\n\r\n{sent}", sent.len());
            let request =
                format!("{method} {base}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}");
            let answer = answer(send(&proxy, request.as_bytes()).await).await;
            assert!([404, 405].contains(&status(&answer)), "{method} {base}{path}: {answer}");
            assert_eq!(body(&answer), "");
        }
    }
    assert_eq!(proxy.ask("GET", "/publishers").await, (200, publishers));
    proxy.assert_serves().await;
}

#[tokio::test]
async fn the_end_waits_for_requests_that_are_answered_and_not_for_half_sent_ones() {
    let setup = Setup::new().flag("--drain-timeout", "1h").flag("--delivery-timeout", "1h");
    let setup = setup.flag("--request-header-timeout", "1h").flag("--request-body-timeout", "1h");
    let proxy = setup.start().await;
    let half = [
        send(&proxy, b"").await,
        send(&proxy, b"GET /").await,
        send(&proxy, (post("/subscriptions", "Content-Length: 10\r\n") + "{").as_bytes()).await,
    ];
    let mut consumer = Consumer::start().await;
    consumer.answer(Manner::Never);
    let subscription =
        serde_json::json!({ "ResourceAddress": lock_state(), "EndpointUri": consumer.endpoint() });
    let subscription = subscription.to_string();
    let fields = format!("Content-Length: {}\r\n", subscription.len());
    let answered = send(&proxy, (post("/subscriptions", &fields) + &subscription).as_bytes()).await;
    consumer.next().await;

    proxy.signal("TERM").await;
    for half in half {
        let mut rest = Vec::new();
        let mut half = half;
        // Ended in order or reset, but ended.
        let _ = tokio::time::timeout(PATIENCE, half.read_to_end(&mut rest)).await.unwrap();
        assert!(rest.is_empty());
    }
    consumer.answer(Manner::Status(204));
    assert_eq!(status(&answer(answered).await), 201);
    assert_eq!(proxy.end().await.0, Some(0));
}
