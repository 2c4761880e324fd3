//! The REST API without subscribing: paths, methods, bodies and the current state.

use crate::support::{Consumer, Proxy, UNLOCKED, address, in_range, lock_state};
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BASE: &str = "/api/ocloudNotifications/v2";

/// A raw connection to the API.
async fn connect(proxy: &Proxy) -> TcpStream {
    let url = proxy.url("");
    let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    TcpStream::connect(authority).await.unwrap()
}

#[tokio::test]
async fn health_is_ok_before_there_is_any_data() {
    let proxy = Proxy::start().await;
    let response = proxy.request("GET", "/health").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(response.text().await.unwrap(), "OK");
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_served_on_the_same_port() {
    let proxy = Proxy::start().await;
    let mut connection = connect(&proxy).await;
    // RFC 9113, 3.4: the preface and empty settings; then one request, its fields from HPACK's static table (RFC 7541).
    let path = format!("{BASE}/health");
    let mut fields = vec![0x82, 0x86, 0x41, 1, b'x', 0x44, u8::try_from(path.len()).unwrap()];
    fields.extend_from_slice(path.as_bytes());
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    bytes.extend_from_slice(&[0, 0, u8::try_from(fields.len()).unwrap(), 1, 5, 0, 0, 0, 1]);
    bytes.extend_from_slice(&fields);
    connection.write_all(&bytes).await.unwrap();
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.unwrap();
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        connection.read_exact(&mut payload).await.unwrap();
        if head[3] == 1 {
            // HEADERS; 0x88 is `:status 200`.
            assert_eq!(payload[0], 0x88);
            return;
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_not_found_and_there_are_no_internal_ones() {
    let proxy = Proxy::start().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/nope"),
        ("GET", "/subscriptions/"),
        ("GET", "/health/"),
        ("GET", "/Subscriptions"),
        ("POST", "/create/event"),
        ("POST", "/log"),
        ("POST", "/dummy"),
        ("PUT", "/subscriptions/status/1"),
        ("GET", "/%ff/CurrentState"),
    ] {
        assert_eq!(proxy.ask(method, path).await, (404, String::new()), "{method} {path}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let proxy = Proxy::start().await;
    let current_state = format!("{}/CurrentState", lock_state());
    for (method, path, allowed) in [
        ("PUT", "/subscriptions", "GET,HEAD,POST,DELETE"),
        ("PATCH", "/subscriptions/1", "GET,HEAD,DELETE"),
        ("POST", "/publishers", "GET,HEAD"),
        ("DELETE", "/publishers/1", "GET,HEAD"),
        ("POST", "/health", "GET,HEAD"),
        ("POST", &current_state, "GET,HEAD"),
    ] {
        let response = proxy.request(method, path).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(response.headers()["allow"], allowed, "{method} {path}");
        assert_eq!(response.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn errors_have_no_body_unless_problem_details_are_asked_for() {
    let proxy = Proxy::start().await;
    let path = "/subscriptions/00000000-0000-4000-8000-000000000000";
    let plain = proxy.request("GET", path).send().await.unwrap();
    assert_eq!((plain.status().as_u16(), plain.headers()["content-length"].to_str().unwrap()), (404, "0"));
    assert!(!plain.headers().contains_key("content-type"));
    let detailed =
        proxy.request("GET", path).header("accept", "application/problem+json").send().await.unwrap();
    assert_eq!(detailed.headers()["content-type"], "application/problem+json");
    let details: Value = detailed.json().await.unwrap();
    assert_eq!(
        details,
        serde_json::json!({"title": "Not Found", "status": 404, "detail": "no such subscription"})
    );
}

#[tokio::test]
async fn an_id_that_is_no_text_is_an_unknown_one() {
    let proxy = Proxy::start().await;
    for method in ["GET", "DELETE"] {
        assert_eq!(proxy.ask(method, "/subscriptions/%ff").await, (404, String::new()), "{method}");
    }
    let unknown = proxy.ask("GET", "/publishers/unknown").await;
    assert_eq!(proxy.ask("GET", "/publishers/%ff").await, unknown);
}

#[tokio::test]
async fn there_is_a_publisher_for_each_resource_and_its_id_stays() {
    let proxy = Proxy::start().await;
    let (status, body) = proxy.ask("GET", "/publishers").await;
    assert_eq!(status, 200);
    let publishers: Vec<Value> = serde_json::from_str(&body).unwrap();
    assert_eq!(publishers.len(), 7);
    assert!(body.starts_with(r#"[{"ResourceAddress":""#), "{body}");
    for publisher in &publishers {
        assert!(publisher["ResourceAddress"].as_str().unwrap().starts_with(&address("/sync/")));
        let id = publisher["SubscriptionId"].as_str().unwrap();
        let (status, one) = proxy.ask("GET", &format!("/publishers/{id}")).await;
        assert_eq!((status, &serde_json::from_str::<Value>(&one).unwrap()), (200, publisher));
    }
    let unknown = proxy.ask("GET", "/publishers/none").await;
    assert_eq!(unknown, (400, r#"{"error":"publisher not found"}"#.to_owned()));

    let ids =
        |publishers: &[Value]| publishers.iter().map(|one| one["SubscriptionId"].clone()).collect::<Vec<_>>();
    let again: Vec<Value> =
        serde_json::from_str(&Proxy::start().await.ask("GET", "/publishers").await.1).unwrap();
    assert_eq!(ids(&publishers), ids(&again));
}

#[tokio::test]
async fn the_current_state_is_there_without_a_subscription_once_there_is_data() {
    let proxy = Proxy::start().await;
    let path = format!("{}/CurrentState", lock_state());
    assert_eq!(proxy.ask("GET", &path).await, (404, String::new()));
    proxy.feed(&in_range(-1)).await;
    let (status, first) = proxy.ask("GET", &path).await;
    assert_eq!(status, 200);
    let event: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(event["data"]["values"][0]["value"], "LOCKED");
    // Reading again changes nothing, neither the time nor the id.
    assert_eq!(proxy.ask("GET", &path).await, (200, first));
}

#[tokio::test]
async fn pull_gives_the_bytes_that_were_pushed() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&in_range(-1)).await;
    let pushed = consumer.text().await;
    assert_eq!(proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await, (200, pushed));
}

#[tokio::test]
async fn addresses_may_be_written_in_the_ways_that_clients_use() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("{UNLOCKED}{}", in_range(3))).await;
    let node = crate::support::NODE;
    for path in [
        format!("//cluster/node/{node}/sync/ptp-status/lock-state/CurrentState"),
        "/././sync/ptp-status/lock-state/CurrentState".to_owned(),
        format!("/./{node}/sync/ptp-status/lock-state/CurrentState"),
    ] {
        // As is: the client library would resolve the dots.
        let mut connection = connect(&proxy).await;
        let request = format!("GET {BASE}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {response}");
    }
    for address in ["/cluster/node/other/sync/ptp-status/lock-state", "/resourceDoesNotExist", "/sync/nope"] {
        assert_eq!(
            proxy.ask("GET", &format!("{address}/CurrentState")).await,
            (404, String::new()),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_and_the_proxy_serves_on() {
    const LIMIT: usize = 64 * 1024;
    let proxy = Proxy::start().await;
    let post = |size: usize| proxy.request("POST", "/subscriptions").body(" ".repeat(size)).send();
    // A body of the greatest size is read, and found to be no JSON.
    assert_eq!(post(LIMIT).await.unwrap().status(), 400);
    for size in [LIMIT + 1, 10 * 1024 * 1024] {
        let response = post(size).await.unwrap();
        assert_eq!(response.status(), 413, "{size}");
        assert_eq!(response.text().await.unwrap(), "");
    }
    proxy.assert_serves().await;
    assert!(proxy.metric(r#"cloud_event_proxy_http_requests_total{status="413"}"#).await >= 2.0);
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_keep_others_waiting() {
    let proxy = Proxy::start().await;
    let mut connection = connect(&proxy).await;
    let request = format!("POST {BASE}/subscriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{{");
    connection.write_all(request.as_bytes()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(4), proxy.assert_serves()).await.unwrap();
    // It is given up in the end.
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
}
