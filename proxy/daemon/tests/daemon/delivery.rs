//! Webhooks: what consumers get, and what those who do not answer cost the others.

use crate::support::{Consumer, Manner, Proxy, Setup, UNLOCKED, address, in_range, lock_state};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_change_reaches_its_subscribers_as_one_json_object() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&format!("CMD TIME 1700000000.120000000\n{}", in_range(-1))).await;
    let text = consumer.text().await;
    let id = serde_json::from_str::<serde_json::Value>(&text).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        text,
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/sync/ptp-status/lock-state","type":"event.sync.ptp-status.ptp-state-change","time":"2023-11-14T22:13:20.12Z","data":{{"version":"1.0","values":[{{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"notification","value_type":"enumeration","value":"LOCKED"}},{{"ResourceAddress":"/cluster/node/compute-1.example.com/ens1f0/master","data_type":"metric","value_type":"decimal64.3","value":"-1"}}]}}}}"#
        )
    );
    // The same again is no change.
    proxy.feed(&in_range(-1)).await;
    assert!(consumer.is_empty());
    assert_eq!(proxy.metric(r#"cloud_event_proxy_deliveries_total{outcome="accepted"}"#).await, 1.0);
}

#[tokio::test]
async fn the_same_lines_with_the_same_seed_give_the_same_bytes() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let proxy = Proxy::start().await;
        let mut consumer = Consumer::start().await;
        proxy.subscribed(&lock_state(), &mut consumer).await;
        proxy.feed(&format!("CMD TIME 1700000000.000000000\n{}{UNLOCKED}{}", in_range(1), in_range(2))).await;
        runs.push([consumer.text().await, consumer.text().await, consumer.text().await]);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn events_of_one_subscriber_come_in_order() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let lines: String = (0..15).flat_map(|_| [in_range(1), UNLOCKED.to_owned()]).collect();
    proxy.feed(&lines).await;
    for _ in 0..15 {
        assert_eq!(consumer.value().await, "LOCKED");
        assert_eq!(consumer.value().await, "FREERUN");
    }
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn a_consumer_that_never_answers_keeps_nobody_else_waiting() {
    let proxy = Setup::new().flag("--delivery-timeout", "1h").start().await;
    let mut hung = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut hung).await;
    hung.answer(Manner::Never);
    let mut healthy = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut healthy).await;
    let mut connection = proxy.connect().await;
    connection.write(format!("{}{UNLOCKED}", in_range(1)).as_bytes()).await;
    assert_eq!(healthy.value().await, "LOCKED");
    assert_eq!(healthy.value().await, "FREERUN");
    // The hung one has one attempt under way, and that is what CMD SYNC waits for.
    assert_eq!(hung.value().await, "LOCKED");
    assert!(hung.is_empty());
    connection.write(b"CMD SYNC a\nCMD SYNC b\n").await;
    hung.answer(Manner::Status(204));
    assert_eq!(
        (connection.answer().await, connection.answer().await),
        ("SYNC a\n".into(), "SYNC b\n".into())
    );
    assert_eq!(hung.value().await, "FREERUN");
}

#[tokio::test]
async fn an_answer_other_than_204_is_counted_and_the_subscription_lives() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Status(500));
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.metric(r#"cloud_event_proxy_deliveries_total{outcome="answered"}"#).await, 1.0);
    let failed = format!(r#"cne_events_received{{status="failed",type="{}"}}"#, lock_state());
    assert_eq!(proxy.metric(&failed).await, 1.0);
    assert_eq!(proxy.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn redirects_of_events_are_not_followed() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Redirect);
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn after_consecutive_failures_the_subscriptions_of_an_endpoint_end_for_good() {
    let setup = Setup::new().flag("--delivery-timeout", "500ms").flag("--unsubscribe-after", "3");
    let proxy = setup.start().await;
    let mut dead = Consumer::start().await;
    let mut healthy = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut dead).await;
    proxy.subscribed(&address("/sync/sync-status/sync-state"), &mut dead).await;
    proxy.subscribed(&lock_state(), &mut healthy).await;
    dead.answer(Manner::Never);
    proxy.feed(&format!("CMD TIME 1000.000000000\n{}", in_range(1))).await;
    // Time stands still between the lines, and with it the pauses between attempts.
    for minute in 1..=3 {
        proxy.feed(&format!("CMD TIME {}.000000000\n", 1000 + 60 * minute)).await;
    }
    let left = proxy.subscriptions().await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["EndpointUri"], healthy.endpoint());
    assert_eq!(proxy.metric("cloud_event_proxy_subscriptions_ended_total").await, 2.0);
    assert_eq!(proxy.setup().stored_subscriptions().len(), 1);
    // Also after a restart.
    proxy.signal("TERM").await;
    let proxy = proxy.end().await.1.start().await;
    assert_eq!(proxy.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn with_the_clock_of_the_machine_a_failed_delivery_is_tried_again() {
    let proxy = Setup::new().with_wall_clock().flag("--delivery-timeout", "100ms").start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Never);
    proxy.connect().await.write(in_range(1).as_bytes()).await;
    let first = consumer.text().await;
    let second = consumer.text().await;
    assert_eq!(first, second);
    consumer.answer(Manner::Status(204));
    let patience = Duration::from_secs(10);
    let accepted = async {
        while proxy.metric(r#"cloud_event_proxy_deliveries_total{outcome="accepted"}"#).await < 1.0 {}
    };
    tokio::time::timeout(patience, accepted).await.unwrap();
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/", listener.local_addr().unwrap());
    let consumer = tokio::spawn(async move {
        let (mut confirming, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert_ne!(confirming.read(&mut buffer).await.unwrap(), 0);
        confirming.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.unwrap();
        drop(confirming);
        let (mut endless, _) = listener.accept().await.unwrap();
        assert_ne!(endless.read(&mut buffer).await.unwrap(), 0);
        endless.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").await.unwrap();
        // Until the proxy has closed the connection.
        let mut written: u64 = 0;
        while endless.write_all(&buffer).await.is_ok() {
            written += 4096;
        }
        written
    });
    let proxy = Proxy::start().await;
    assert_eq!(proxy.subscribe(&lock_state(), &endpoint).await.0, 201);
    proxy.feed(&in_range(1)).await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_deliveries_total{outcome="answered"}"#).await, 1.0);
    // What the buffers of both ends hold, and not much more.
    assert!(consumer.await.unwrap() < 64 * 1024 * 1024);
}
