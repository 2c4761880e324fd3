//! Subscribing.

use crate::Conduct;
use crate::conform::case::{Case, path};
use crate::conform::schema;
use crate::conform::wire::Ask;
use cucumber::{given, then, when};
use std::time::Duration;

/// Longest wait for an initial notification.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);

#[given(regex = r"^consumer (\w+) is subscribed to (\S+)$")]
async fn is_subscribed(case: &mut Case, consumer: String, resource: String) {
    subscribes(case, consumer.clone(), resource).await;
    let answer = case.answer();
    assert_eq!(answer.status, 201, "{}", answer.text());
    // The initial notification is not what the scenario is about.
    case.hears_all(&consumer).await;
}

#[when(regex = r"^consumer (\w+) subscribes to (\S+)$")]
async fn subscribes(case: &mut Case, consumer: String, resource: String) {
    let address = case.address(&resource).await;
    case.subscribe(&consumer, &address).await;
}

#[then("the answer describes the subscription")]
fn describes(case: &mut Case) {
    let json = case.answer().json();
    let problems = schema::subscription_problems(&json);
    assert!(problems.is_empty(), "{} in {json}", problems.join("; "));
}

/// No subscription names the endpoint of the consumer.
#[then(regex = r"^consumer (\w+) is not subscribed$")]
async fn is_not_listed(case: &mut Case, consumer: String) {
    let endpoint = case.consumer(&consumer).await.consumer.endpoint();
    let list = case.ask(Ask::new("GET", "/subscriptions")).await.json();
    let listed = list.as_array().unwrap_or_else(|| panic!("the list is no array: {list}"));
    let found = listed.iter().find(|one| one["EndpointUri"] == endpoint.as_str());
    assert!(found.is_none(), "the list has {}", found.expect("just found"));
}

/// The state changes after the initial notification was sent and before it is confirmed.
#[when(regex = r"^consumer (\w+) subscribes to (\S+), which becomes (\S+) before it confirms$")]
async fn subscribes_while_it_changes(case: &mut Case, consumer: String, resource: String, value: String) {
    case.consumer(&consumer).await.consumer.behave(Conduct::Hang);
    let (address, endpoint) =
        (case.address(&resource).await, case.consumer(&consumer).await.consumer.endpoint());
    let wire = case.subject().await.wire().clone();
    let body = serde_json::json!({"ResourceAddress": address, "EndpointUri": endpoint});
    let asked = tokio::spawn(async move { wire.ask(&Ask::new("POST", "/subscriptions").json(&body)).await });
    let arrival = case.consumer(&consumer).await.consumer.arrival();
    if tokio::time::timeout(HANDSHAKE_MAX, arrival).await.is_err() {
        panic!("consumer {consumer} was sent no initial notification");
    }
    let changed = case.subject().await.enact_unawaited(&path(&resource), &value).await;
    changed.unwrap_or_else(|error| panic!("{error}"));
    let watched = &case.consumer(&consumer).await.consumer;
    watched.behave(Conduct::Answer(204));
    watched.release();
    let (answered, exchange) = asked.await.expect("asking does not panic");
    case.note(exchange);
    let answered = answered.unwrap_or_else(|error| panic!("{error}"));
    case.keep_subscription(&answered);
    case.answer = Some(answered);
}
