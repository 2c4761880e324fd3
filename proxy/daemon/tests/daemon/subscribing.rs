//! Subscribing and unsubscribing.

use crate::support::{Consumer, Manner, Proxy, Setup, address, in_range, lock_state};
use serde_json::Value;

#[tokio::test]
async fn a_subscription_is_answered_with_its_resource_after_the_consumer_has_confirmed() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let body = format!(
        r#"{{"EndpointUri":"{}","SubscriptionId":"mine","ResourceAddress":"{}","UriLocation":"mine","Other":1}}"#,
        consumer.endpoint(),
        lock_state()
    );
    // Any content type is accepted, as existing consumers rely on.
    let request = proxy.request("POST", "/subscriptions").header("content-type", "text/plain").body(body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["content-type"], "application/json");
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let resource: Value = serde_json::from_str(&text).unwrap();
    let id = resource["SubscriptionId"].as_str().unwrap();
    assert_eq!(
        text,
        format!(
            r#"{{"ResourceAddress":"{}","EndpointUri":"{}","SubscriptionId":"{id}","UriLocation":"{location}"}}"#,
            lock_state(),
            consumer.endpoint()
        )
    );
    let port = proxy.url("").split(['/', ':']).nth(4).unwrap().to_owned();
    assert_eq!(location, format!("http://proxy.test:{port}/api/ocloudNotifications/v2/subscriptions/{id}"));

    let (headers, event) = consumer.next().await;
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(event["source"], "/sync/ptp-status/lock-state");
    // Nothing is known yet, and the address of the value says so.
    assert_eq!(event["data"]["values"][0]["ResourceAddress"], address("/ptp-not-set"));
    assert!(consumer.is_empty());

    assert_eq!(proxy.ask("GET", &format!("/subscriptions/{id}")).await, (200, text.clone()));
    assert_eq!(proxy.ask("GET", "/subscriptions").await, (200, format!("[{text}]")));
}

#[tokio::test]
async fn without_subscriptions_the_list_is_an_empty_array() {
    assert_eq!(Proxy::start().await.ask("GET", "/subscriptions").await, (200, "[]".to_owned()));
}

#[tokio::test]
async fn the_initial_notification_carries_the_current_state() {
    let proxy = Proxy::start().await;
    proxy.feed(&in_range(-1)).await;
    let mut consumer = Consumer::start().await;
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await.0, 201);
    assert_eq!(consumer.value().await, "LOCKED");
}

#[tokio::test]
async fn bodies_that_are_no_subscription_are_refused_without_a_body() {
    let proxy = Proxy::start().await;
    let address = lock_state();
    let bodies = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "\"x\"".to_owned(),
        "{}".to_owned(),
        format!(r#"{{"ResourceAddress":"{address}"}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":""}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":7}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":"not a uri"}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":"/rel"}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":"ftp://127.0.0.1/"}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":"http://[::1"}}"#),
        format!(r#"{{"ResourceAddress":"{address}","EndpointUri":"https://127.0.0.1/"}}"#),
        r#"{"ResourceAddress":"","EndpointUri":"http://127.0.0.1:1/"}"#.to_owned(),
        r#"{"EndpointUri":"http://127.0.0.1:1/"}"#.to_owned(),
        r#"{"resource":"/a","endpointUri":"http://127.0.0.1:1/"}"#.to_owned(),
        "\u{0}\u{1}".to_owned(),
    ];
    for body in bodies {
        let response = proxy.request("POST", "/subscriptions").body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        assert_eq!(response.text().await.unwrap(), "", "{body}");
    }
    assert_eq!(proxy.subscriptions().await.len(), 0);
}

#[tokio::test]
async fn a_resource_that_can_never_fire_is_not_found_and_the_consumer_hears_nothing() {
    let proxy = Proxy::start().await;
    let consumer = Consumer::start().await;
    for address in [address("/notfound"), "/cluster/node/other/sync/ptp-status/lock-state".to_owned()] {
        assert_eq!(proxy.subscribe(&address, &consumer.endpoint()).await, (404, String::new()), "{address}");
    }
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn the_same_subscription_twice_is_a_conflict() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await, (409, String::new()));
    assert!(consumer.is_empty());
    let other = format!("{}?other", consumer.endpoint());
    assert_eq!(proxy.subscribe(&lock_state(), &other).await.0, 201);
    assert_eq!(proxy.subscriptions().await.len(), 2);
}

#[tokio::test]
async fn of_identical_requests_at_once_exactly_one_is_granted() {
    let proxy = Proxy::start().await;
    let consumer = Consumer::start().await;
    let (address, endpoint) = (lock_state(), consumer.endpoint());
    let ask = || proxy.subscribe(&address, &endpoint);
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    let mut statuses = [answers.0.0, answers.1.0, answers.2.0, answers.3.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
    assert_eq!(proxy.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn only_204_confirms() {
    let proxy = Setup::new().flag("--delivery-timeout", "200ms").start().await;
    let mut consumer = Consumer::start().await;
    for manner in [
        Manner::Status(200),
        Manner::Status(202),
        Manner::Status(400),
        Manner::Status(404),
        Manner::Status(500),
        Manner::Redirect,
        Manner::Never,
    ] {
        consumer.answer(manner);
        assert_eq!(
            proxy.subscribe(&lock_state(), &consumer.endpoint()).await,
            (400, String::new()),
            "{manner:?}"
        );
        consumer.next().await;
        assert!(consumer.is_empty(), "{manner:?}");
    }
    // Nobody listens, and nobody can be found.
    for endpoint in ["http://127.0.0.1:1/", "http://nobody.invalid/"] {
        assert_eq!(proxy.subscribe(&lock_state(), endpoint).await, (400, String::new()), "{endpoint}");
    }
    assert_eq!(proxy.subscriptions().await.len(), 0);
    assert_eq!(proxy.metric(r#"cne_api_subscriptions{status="failed to create"}"#).await, 9.0);
}

#[tokio::test]
async fn a_removed_subscription_is_gone_and_hears_nothing() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    let path = format!("/subscriptions/{id}");
    assert_eq!(proxy.ask("DELETE", &path).await, (204, String::new()));
    assert_eq!(proxy.ask("GET", &path).await, (404, String::new()));
    assert_eq!(proxy.ask("DELETE", &path).await, (404, String::new()));
    proxy.feed(&in_range(1)).await;
    assert!(consumer.is_empty());
    // The same again is a new one.
    assert_ne!(proxy.subscribed(&lock_state(), &mut consumer).await, id);
}

#[tokio::test]
async fn all_subscriptions_can_be_removed_at_once_even_if_there_are_none() {
    let proxy = Proxy::start().await;
    assert_eq!(proxy.ask("DELETE", "/subscriptions").await, (204, String::new()));
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.subscribed(&address("/sync/sync-status/sync-state"), &mut consumer).await;
    assert_eq!(proxy.ask("DELETE", "/subscriptions").await, (204, String::new()));
    assert_eq!(proxy.subscriptions().await.len(), 0);
    assert_eq!(proxy.setup().stored_subscriptions().len(), 0);
}

#[tokio::test]
async fn by_the_letter_of_the_specification_only_local_endpoints_are_accepted() {
    let proxy = Setup::new().flag("--api-profile", "oran").start().await;
    let mut consumer = Consumer::start().await;
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await.0, 400);
    let local = consumer.endpoint().replace("127.0.0.1", "localhost");
    assert_eq!(proxy.subscribe(&lock_state(), &local).await.0, 201);
    consumer.next().await;
    proxy.feed(&in_range(1)).await;
    let (_, event) = consumer.next().await;
    assert_eq!(event["data"]["values"][0]["ResourceAddress"], lock_state());
}
