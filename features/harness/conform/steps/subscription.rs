//! Subscribing, and what the answer says of it.

use super::request::path_of;
use crate::conform::case::Case;
use crate::conform::requests::text;
use crate::conform::schema;
use crate::conform::wire::Ask;
use crate::limits::REQUEST_TOO_LARGE_BYTES;
use crate::resource_path as path;
use crate::{Conduct, RESOURCES};
use cucumber::{given, then, when};
use serde_json::{Value, json};
use std::time::Duration;

/// Longest wait for an initial notification.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);

#[given(regex = r"^consumer (\w+) is subscribed to (\S+)$")]
async fn is_subscribed(case: &mut Case, consumer: String, resource: String) {
    subscribes(case, consumer.clone(), resource).await;
    has_come_about(case, &consumer).await;
}

#[given(regex = r"^consumer (\w+) is subscribed to the address (\S+)$")]
async fn is_subscribed_to_address(case: &mut Case, consumer: String, address: String) {
    subscribes_to_address(case, consumer.clone(), address).await;
    has_come_about(case, &consumer).await;
}

async fn has_come_about(case: &mut Case, consumer: &str) {
    let answer = case.answer();
    assert_eq!(
        answer.status,
        201,
        "the subscription: expected 201, found {} {}",
        answer.status,
        answer.text()
    );
    // The initial notification is not what the scenario is about.
    case.hears_all(consumer).await;
}

#[given(regex = r"^consumer (\w+) has subscribed to (\S+)$")]
#[when(regex = r"^consumer (\w+) subscribes to (\S+)$")]
async fn subscribes(case: &mut Case, consumer: String, resource: String) {
    let address = case.address(&resource).await;
    case.subscribe(&consumer, &address).await;
}

/// An address as it is written, with the names of the scenario in it.
#[when(regex = r"^consumer (\w+) subscribes to the address (\S+)$")]
async fn subscribes_to_address(case: &mut Case, consumer: String, address: String) {
    let address = case.with_node(&address).await;
    case.subscribe(&consumer, &address).await;
}

/// An endpoint as it is written; `<port>` is the one of consumer C, which would confirm.
#[when(regex = r"^somebody subscribes to (\S+) with the endpoint (.+)$")]
async fn subscribes_with_endpoint(case: &mut Case, resource: String, endpoint: String) {
    let (address, endpoint) = (case.address(&resource).await, case.with_node(&endpoint).await);
    case.subscribe_endpoint(&address, &endpoint).await;
}

/// The endpoint names another host for the machine on which the suite listens.
#[when(regex = r"^consumer C subscribes to (\S+) under the host (\S+)$")]
async fn subscribes_under_host(case: &mut Case, resource: String, host: String) {
    if case.context().consumers.host != "localhost" {
        Case::not_run("the suite's consumers are not on the machine of the endpoint");
    }
    let endpoint = format!("http://{host}:<port>/event");
    subscribes_with_endpoint(case, resource, endpoint).await;
}

#[when(regex = r"^consumer (\w+) subscribes to (\S+) with (no media type|the media type text/plain)$")]
async fn subscribes_with_media_type(case: &mut Case, consumer: String, resource: String, media_type: String) {
    let body = subscription(case, &consumer, &resource).await;
    let ask = Ask::new("POST", "/subscriptions").body(body.to_string());
    let ask = if media_type == "no media type" { ask } else { ask.header("content-type", "text/plain") };
    case.post_subscription(ask).await;
}

/// An id and a location that no server has given.
const SENT_ID: &str = "5c1f0000-0000-4000-8000-00000000c11e";

#[when(regex = r"^consumer (\w+) subscribes to (\S+) with an id and a location of its own$")]
async fn subscribes_with_id(case: &mut Case, consumer: String, resource: String) {
    let mut body = subscription(case, &consumer, &resource).await;
    body["SubscriptionId"] = SENT_ID.into();
    body["UriLocation"] = format!("http://localhost/subscriptions/{SENT_ID}").into();
    case.post_subscription(Ask::new("POST", "/subscriptions").json(&body)).await;
}

#[when(regex = r"^consumer (\w+) subscribes to (\S+) over HTTP/2 with prior knowledge$")]
async fn subscribes_over_http2(case: &mut Case, consumer: String, resource: String) {
    let body = subscription(case, &consumer, &resource).await;
    case.post_subscription(Ask::new("POST", "/subscriptions").json(&body).http2()).await;
}

/// A good subscription in a body of 5 MB.
#[when(regex = r"^consumer (\w+) subscribes to (\S+) in a body of 5 MB$")]
async fn subscribes_in_large_body(case: &mut Case, consumer: String, resource: String) {
    let mut body = subscription(case, &consumer, &resource).await;
    body["Padding"] = "x".repeat(REQUEST_TOO_LARGE_BYTES).into();
    case.note_list().await;
    // An endpoint that closes the connection while it is being written to has refused it as well.
    if let Ok(answered) = case.try_ask(&Ask::new("POST", "/subscriptions").json(&body)).await {
        case.keep_subscription(&answered);
    }
}

/// What clients of existing producers count on: an id that is a UUID, a location that is a whole URL.
#[then("the answer has the form of the schema of subscriptions")]
fn has_schema(case: &mut Case) {
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

#[then("the request is refused for its size")]
fn is_refused_for_size(case: &mut Case) {
    let status = case.answer.as_ref().map(|answer| answer.status);
    let is_refused = status.is_none_or(|status| [400, 413].contains(&status));
    assert!(is_refused, "expected 413 or 400, found {status:?}");
}

#[when(regex = r"^consumer (\w+) subscribes to all seven resources at once$")]
async fn subscribes_to_all(case: &mut Case, consumer: String) {
    let mut asks = Vec::new();
    for resource in RESOURCES {
        let body = subscription(case, &consumer, resource).await;
        asks.push(Ask::new("POST", "/subscriptions").json(&body));
    }
    case.notes.answers = case.ask_at_once(&asks).await;
}

#[when(regex = r"^consumer (\w+) subscribes to (\S+) (\d+) times at once$")]
async fn subscribes_at_once(case: &mut Case, consumer: String, resource: String, times: usize) {
    let body = subscription(case, &consumer, &resource).await;
    let ask = Ask::new("POST", "/subscriptions").json(&body);
    case.notes.answers = case.ask_at_once(&vec![ask; times]).await;
}

/// Many consumers behind one port.
#[given(regex = r"^(\d+) endpoints of consumer (\w+) are subscribed to (\S+)$")]
async fn many_are_subscribed(case: &mut Case, count: usize, consumer: String, resource: String) {
    let address = case.address(&resource).await;
    let watched = case.consumer(&consumer).await;
    let endpoints: Vec<String> = (0..count).map(|n| watched.consumer.endpoint_of(n)).collect();
    let asks = endpoints.iter().map(|endpoint| {
        Ask::new("POST", "/subscriptions").json(&json!({"ResourceAddress": address, "EndpointUri": endpoint}))
    });
    let answers = case.ask_at_once(&asks.collect::<Vec<Ask>>()).await;
    let found: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(found.iter().all(|status| *status == 201), "expected 201 for each, found {found:?}");
}

/// The members of table 30, as texts.
#[then("the answer describes the subscription")]
fn describes(case: &mut Case) {
    let answer = case.answer();
    let defect = defect(&answer.json());
    assert!(defect.is_none(), "{}, found {}", defect.unwrap_or_default(), answer.text());
}

/// What a description of a subscription lacks.
pub(super) fn defect(item: &Value) -> Option<String> {
    let keys = ["SubscriptionId", "UriLocation", "ResourceAddress", "EndpointUri"];
    let missing = keys.into_iter().find(|key| text(item, key).is_empty())?;
    Some(format!("expected a text {missing}"))
}

#[then(regex = r"^the subscription has the address (\S+)$")]
async fn has_address(case: &mut Case, address: String) {
    let expected = case.with_node(&address).await;
    let found = case.answer().json();
    assert_eq!(found["ResourceAddress"], expected.as_str(), "ResourceAddress as it was sent");
}

#[then(regex = r"^the subscription has the endpoint (\S+)$")]
async fn has_endpoint(case: &mut Case, endpoint: String) {
    let expected = case.with_node(&endpoint).await;
    let found = case.answer().json();
    assert_eq!(found["EndpointUri"], expected.as_str(), "EndpointUri as it was sent");
}

#[then("the answer has its UriLocation as its Location")]
fn location_is_uri_location(case: &mut Case) {
    let answer = case.answer();
    let location = answer.header("location").unwrap_or("(absent)");
    let json = answer.json();
    assert_eq!(location, json["UriLocation"].as_str().unwrap_or("(absent)"), "Location against UriLocation");
}

#[then("the UriLocation leads to the subscription")]
async fn uri_location_leads(case: &mut Case) {
    let made = case.answer().json();
    let location = text(&made, "UriLocation").to_owned();
    assert!(!location.is_empty(), "no UriLocation in {made}");
    let found = case.ask_at(&path_of(&location), Ask::new("GET", "")).await;
    assert_eq!(found.status, 200, "GET {location}: expected 200, found {}", found.status);
    assert_eq!(found.json(), made, "expected the subscription as it was answered");
}

#[then("the subscription has an id and a location of the server's own")]
async fn has_own_id(case: &mut Case) {
    let made = case.answer().json();
    for key in ["SubscriptionId", "UriLocation"] {
        let found = text(&made, key);
        assert!(
            !found.is_empty() && !found.contains(SENT_ID),
            "{key}: the server's own expected, found {found}"
        );
    }
    let asked = case.ask(Ask::new("GET", format!("/subscriptions/{SENT_ID}"))).await;
    assert_eq!(asked.status, 404, "GET of the id that was sent: expected 404, found {}", asked.status);
}

#[then("the latest subscription has another id than the first")]
fn has_another_id(case: &mut Case) {
    let ids: Vec<&str> = case.subscriptions.iter().map(|made| made.id.as_str()).collect();
    assert!(ids.len() > 1, "expected two subscriptions, found {ids:?}");
    assert_ne!(ids.first(), ids.last(), "the id of the subscription that was deleted");
}

async fn subscription(case: &mut Case, consumer: &str, resource: &str) -> Value {
    let address = case.address(resource).await;
    let endpoint = case.consumer(consumer).await.consumer.endpoint();
    json!({"ResourceAddress": address, "EndpointUri": endpoint})
}

/// Both ways in which the text has the refusal told, where the run reads it so.
#[then("the refusal is told by the answer 404 or to consumer C")]
async fn refusal_is_told(case: &mut Case) {
    let status = case.answer().status;
    let told = case.hears_all("C").await;
    assert_ne!(status, 201, "expected no subscription, found 201");
    assert!(status == 404 || !told.is_empty(), "expected 404 or a request to C, found {status} and none");
}
