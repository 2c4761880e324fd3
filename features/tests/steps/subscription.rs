//! Subscriptions and the requests about them.

use super::Node;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};
use ptp_lab::resource_path as path;
use serde_json::Value;
use std::collections::BTreeSet;

#[given(regex = r"^consumer (\w+) is subscribed to (\S+)$")]
async fn is_subscribed(node: &mut Node, name: String, resource: String) {
    subscribes(node, name.clone(), resource).await;
    assert_eq!(node.reply.as_ref().map(|reply| reply.status), Some(201));
    // What it was told at once is not what the scenario is about.
    let consumer = node.consumer(&name).await;
    assert!(consumer.next().is_some(), "the initial notification");
}

#[when(regex = r"^consumer (\w+) subscribes to (\S+)$")]
async fn subscribes(node: &mut Node, name: String, resource: String) {
    let address = node.running().testbed.address(&path(&resource));
    subscribes_address(node, name, address).await;
}

#[when(regex = r"^consumer (\w+) subscribes to the address (\S+)$")]
async fn subscribes_address(node: &mut Node, name: String, address: String) {
    let endpoint = node.consumer(&name).await.consumer.endpoint();
    let reply = node.client().subscribe(&address, &endpoint).await.expect("the API answers");
    if let Some(id) = reply.json()["SubscriptionId"].as_str() {
        node.subscriptions.push(id.to_owned());
    }
    node.reply = Some(reply);
}

#[when("somebody posts to the subscriptions:")]
async fn posts(node: &mut Node, step: &Step) {
    let body = step.docstring().expect("the body").trim();
    node.reply = Some(node.client().post_text("/subscriptions", body).await.expect("the API answers"));
}

#[when("the subscription is deleted")]
#[when("the subscription is deleted again")]
async fn deleted(node: &mut Node) {
    let path = latest(node);
    node.reply = Some(node.client().delete(&path).await.expect("the API answers"));
}

#[when("all subscriptions are deleted")]
async fn all_deleted(node: &mut Node) {
    node.reply = Some(node.client().delete("/subscriptions").await.expect("the API answers"));
}

#[when("somebody reads the subscription")]
async fn read(node: &mut Node) {
    let path = latest(node);
    node.reply = Some(node.client().get(&path).await.expect("the API answers"));
}

#[then(regex = r"^the answer is (\d+)$")]
async fn answered(node: &mut Node, status: u16) {
    let reply = node.reply.as_ref().expect("a request was made");
    assert_eq!(reply.status, status, "{reply:?}");
}

#[then(regex = r"^the answer is (\d+) with an empty body$")]
async fn answered_empty(node: &mut Node, status: u16) {
    let reply = node.reply.as_ref().expect("a request was made");
    assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{reply:?}");
}

#[then("the answer names the subscription, its address, its endpoint and where to find it")]
async fn names_the_subscription(node: &mut Node) {
    let reply = node.reply.clone().expect("a request was made");
    let json = reply.json();
    let member = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(member("ResourceAddress"), "/cluster/node/node1/sync/ptp-status/lock-state");
    assert_eq!(member("EndpointUri"), node.consumer("A").await.consumer.endpoint());
    let (id, location) = (member("SubscriptionId"), member("UriLocation"));
    assert!(!id.is_empty() && location.ends_with(&format!("/subscriptions/{id}")), "{json}");
    assert_eq!(reply.headers.get("location"), Some(&location));
}

#[then(regex = r"^(\d+) subscriptions? (?:is|are) listed$")]
async fn listed(node: &mut Node, count: usize) {
    let reply = node.client().get("/subscriptions").await.expect("the API answers");
    let json = reply.json();
    assert_eq!(json.as_array().map(Vec::len), Some(count), "{json}");
    let listed: Vec<&str> =
        json.as_array().into_iter().flatten().filter_map(|s| s["SubscriptionId"].as_str()).collect();
    for id in &listed {
        assert!(node.subscriptions.iter().any(|made| made == id), "{id} was never made");
    }
}

#[then("the list of subscriptions is []")]
async fn list_is_empty(node: &mut Node) {
    let reply = node.client().get("/subscriptions").await.expect("the API answers");
    assert_eq!((reply.status, reply.json()), (200, Value::Array(Vec::new())), "{reply:?}");
}

#[then("every subscription that was answered with 201 is listed")]
async fn all_listed(node: &mut Node) {
    let json = node.client().get("/subscriptions").await.expect("the API answers").json();
    let listed: BTreeSet<&str> = json
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|subscription| subscription["SubscriptionId"].as_str())
        .collect();
    assert!(!node.subscriptions.is_empty());
    let lost: Vec<&String> = node.subscriptions.iter().filter(|id| !listed.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
}

/// The path of the subscription that was made last.
fn latest(node: &Node) -> String {
    let id = node.subscriptions.last().expect("somebody has subscribed");
    format!("/subscriptions/{id}")
}
