//! Signals, crashes, and what is left of them.

use crate::support::{Consumer, Manner, Proxy, Setup, UNLOCKED, in_range, lock_state};
use std::fs;

#[tokio::test]
async fn a_signal_ends_the_proxy_after_deliveries_under_way_and_queued() {
    for signal in ["TERM", "INT"] {
        // It ends when everything is done, not when its time is over.
        let proxy = Setup::new().flag("--drain-timeout", "1h").start().await;
        let mut consumer = Consumer::start().await;
        proxy.subscribed(&lock_state(), &mut consumer).await;
        consumer.answer(Manner::Never);
        let mut connection = proxy.connect().await;
        connection.write(format!("{}{UNLOCKED}", in_range(1)).as_bytes()).await;
        assert_eq!(consumer.value().await, "LOCKED");
        proxy.signal(signal).await;
        consumer.answer(Manner::Status(204));
        let (code, setup) = proxy.end().await;
        assert_eq!(code, Some(0), "{signal}");
        assert_eq!(consumer.value().await, "FREERUN");
        assert!(!setup.path("events.sock").exists());
        assert!(!setup.path("ready.json").exists());
    }
}

#[tokio::test]
async fn a_consumer_that_never_answers_cannot_hold_up_the_end() {
    let setup = Setup::new().flag("--delivery-timeout", "1h").flag("--drain-timeout", "100ms");
    let proxy = setup.start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Never);
    proxy.connect().await.write(in_range(1).as_bytes()).await;
    consumer.next().await;
    proxy.signal("TERM").await;
    assert_eq!(proxy.end().await.0, Some(0));
}

#[tokio::test]
async fn subscriptions_survive_a_kill_and_events_go_on() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.signal("KILL").await;
    let (code, setup) = proxy.end().await;
    assert_eq!(code, None);
    assert!(setup.path("events.sock").exists(), "a killed proxy leaves its socket behind");

    let proxy = setup.start().await;
    assert_eq!(proxy.subscriptions().await[0]["SubscriptionId"], id);
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    // A duplicate is still a duplicate.
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await.0, 409);
}

#[tokio::test]
async fn a_removed_subscription_stays_removed_after_a_kill() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{id}")).await.0, 204);
    proxy.signal("KILL").await;
    let proxy = proxy.end().await.1.start().await;
    assert_eq!(proxy.subscriptions().await.len(), 0);
}

#[tokio::test]
async fn a_truncated_file_of_the_store_costs_its_endpoint_one_new_subscription() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.signal("KILL").await;
    let setup = proxy.end().await.1;
    let file = setup.stored_subscriptions().remove(0);
    let text = fs::read(&file).unwrap();
    fs::write(&file, &text[..text.len() / 2]).unwrap();

    let proxy = setup.start().await;
    assert_eq!(proxy.subscriptions().await.len(), 0);
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut set_aside = file.into_os_string();
    set_aside.push(".corrupt");
    assert_eq!(fs::read(set_aside).unwrap().len(), text.len() / 2);
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_acknowledged() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    // A file in the place of the directory: no permission can make up for it.
    fs::remove_dir_all(proxy.setup().path("store")).unwrap();
    fs::write(proxy.setup().path("store"), "").unwrap();
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await, (503, String::new()));
    consumer.next().await;
    assert_eq!(proxy.subscriptions().await.len(), 0);
    assert_eq!(proxy.metric("cloud_event_proxy_store_failures_total").await, 1.0);
}

#[tokio::test]
async fn a_second_proxy_does_not_take_the_socket_of_the_first() {
    let proxy = Proxy::start().await;
    let second = Setup::new();
    let socket = proxy.setup().path("events.sock");
    let output = second.command().arg("--event-socket").arg(&socket).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    proxy.assert_serves().await;
}
