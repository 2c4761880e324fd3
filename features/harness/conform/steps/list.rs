//! Subscriptions as they are listed and read.

use super::subscription::defect;
use crate::conform::case::Case;
use crate::conform::requests::text;
use crate::conform::wire::Ask;
use cucumber::{given, then};
use serde_json::Value;
use std::collections::BTreeSet;

#[given("there are no subscriptions")]
async fn there_are_none(case: &mut Case) {
    for item in case.listed().await {
        case.ask(Ask::new("DELETE", format!("/subscriptions/{}", text(&item, "SubscriptionId")))).await;
    }
    let left = case.listed().await;
    assert!(left.is_empty(), "expected that all could be deleted, found {left:?}");
}

/// Whatever the answer was: a request that was refused leaves nothing behind.
#[then("nothing was subscribed")]
async fn nothing_was_subscribed(case: &mut Case) {
    let found = case.listed_without_answer().await;
    assert!(found.is_empty(), "expected no further subscription, found {}", Value::Array(found));
}

#[then("the answer is the subscription as it was made")]
fn is_the_subscription(case: &mut Case) {
    let made = case.subscriptions.first().expect("a subscription was made").answer.json();
    assert_eq!(case.answer().json(), made, "expected what the answer to its creation said");
}

#[then("each subscription is listed once, as it was made")]
async fn each_is_listed(case: &mut Case) {
    let listed = case.listed().await;
    assert!(!case.subscriptions.is_empty(), "nothing was subscribed");
    for made in &case.subscriptions {
        let found: Vec<&Value> =
            listed.iter().filter(|item| text(item, "SubscriptionId") == made.id).collect();
        assert!(
            matches!(found[..], [one] if *one == made.answer.json()),
            "expected once {}, found {found:?}",
            made.answer.text()
        );
    }
}

#[then("the list is an array of different subscriptions, each with all its members")]
async fn is_sound(case: &mut Case) {
    let listed = case.listed().await;
    let ids: BTreeSet<&str> = listed.iter().map(|item| text(item, "SubscriptionId")).collect();
    assert_eq!(ids.len(), listed.len(), "expected as many ids as subscriptions in {listed:?}");
    for item in &listed {
        let defect = defect(item);
        assert!(defect.is_none(), "{} in {item}", defect.unwrap_or_default());
    }
}

#[then(regex = r"^the subscription is( not)? listed$")]
async fn is_listed(case: &mut Case, not: String) {
    let id = case.subscriptions.first().expect("a subscription was made").id.clone();
    let listed = case.listed().await;
    let found = listed.iter().filter(|item| text(item, "SubscriptionId") == id).count();
    let expected = usize::from(not.is_empty());
    assert_eq!(found, expected, "how often {id} is listed");
}

/// How often one address and endpoint are listed.
#[then(regex = r"^consumer (\w+) is listed once for (\S+)$")]
async fn is_listed_once(case: &mut Case, consumer: String, resource: String) {
    let address = case.address(&resource).await;
    let endpoint = case.consumer(&consumer).await.consumer.endpoint();
    let listed = case.listed().await;
    let is_it =
        |item: &&Value| text(item, "ResourceAddress") == address && text(item, "EndpointUri") == endpoint;
    let found: Vec<&Value> = listed.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "expected {address} for {endpoint} once, found {found:?}");
}
