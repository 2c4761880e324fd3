//! Subscribing.

use crate::conform::case::Case;
use cucumber::{given, then, when};

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

/// The identifiers of the answer are those of one subscription.
#[then("the answer describes the subscription")]
fn describes(case: &mut Case) {
    let json = case.answer().json();
    for key in ["ResourceAddress", "EndpointUri", "SubscriptionId", "UriLocation"] {
        assert!(json[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {json}");
    }
}
