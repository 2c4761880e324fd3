//! Subscriptions that outlive the process.

use crate::conform::case::{Case, Subscribed};
use crate::conform::wire::{Answered, Ask};
use crate::limits::{API_ANSWER_MAX, SUBSCRIPTIONS_OF_A_CLIENT_MAX};
use crate::resource_path as path;
use crate::{Signal, Topology};
use cucumber::{given, then, when};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Subscriptions that have to be acknowledged before the subject is killed.
const ACKNOWLEDGED_BEFORE_A_KILL: usize = 24;

/// What makes a subscription the same after a restart: the address of the subject may change.
const LASTING_KEYS: [&str; 3] = ["SubscriptionId", "ResourceAddress", "EndpointUri"];

/// The files that redhat-cne/cloud-event-proxy leaves in its store.
#[given(
    regex = r"^the store has the subscriptions of consumers (\w+) and (\w+) to (\S+) as redhat-cne/cloud-event-proxy writes them$"
)]
async fn store_has(case: &mut Case, one: String, two: String, resource: String) {
    let entries = leave_behind(case, [&one, &two], &resource).await;
    let files = entries.into_iter().map(|(client, text)| (format!("{client}.json"), text));
    case.launch.store.extend(files);
    let gone = "http://localhost:1/gone";
    let others = [
        (format!("{}.json", client_id(gone)), entry(gone, None)),
        ("pub.json".to_owned(), publishers()),
        ("sub.json".to_owned(), String::new()),
        ("metrics.json".to_owned(), "{\"last_clock_state\":\"LOCKED\",\"process_states\":null}".to_owned()),
    ];
    case.launch.store.extend(others);
}

#[given(
    regex = r"^the ConfigMap has the subscriptions of consumers (\w+) and (\w+) to (\S+) as redhat-cne/cloud-event-proxy writes them$"
)]
async fn config_map_has(case: &mut Case, one: String, two: String, resource: String) {
    let entries = leave_behind(case, [&one, &two], &resource).await;
    let data: Map<String, Value> = entries.into_iter().map(|(client, text)| (client, text.into())).collect();
    let cluster = case.kept.cluster.as_ref().expect("the subject was given a cluster");
    cluster.put(Topology::NODE_NAME, &data);
}

/// A subscription of each consumer that an earlier proxy has made: client, and text of its file.
async fn leave_behind(case: &mut Case, consumers: [&str; 2], resource: &str) -> Vec<(String, String)> {
    let address = format!("/cluster/node/{}{}", Topology::NODE_NAME, path(resource));
    let mut entries = Vec::new();
    for name in consumers {
        let endpoint = case.consumer(name).await.consumer.endpoint();
        // Any id will do: one that follows from the endpoint is another for each.
        let id = Uuid::new_v3(&Uuid::NAMESPACE_OID, endpoint.as_bytes()).to_string();
        entries.push((client_id(&endpoint), entry(&endpoint, Some((&id, &address)))));
        let left = json!({ "SubscriptionId": id, "ResourceAddress": address, "EndpointUri": endpoint });
        case.kept.left_behind.push(left);
    }
    entries
}

/// redhat-cne/rest-api names a client by the UUIDv3 of its endpoint.
fn client_id(endpoint: &str) -> String {
    Uuid::new_v3(&Uuid::NAMESPACE_URL, endpoint.as_bytes()).to_string()
}

/// The file of an endpoint with one subscription (id, address), or with what is left after the last one has gone.
fn entry(endpoint: &str, subscription: Option<(&str, &str)>) -> String {
    let client = client_id(endpoint);
    let store = subscription.map_or_else(
        || "{}".to_owned(),
        |(id, address)| {
            format!(
                "{{\n   \"{id}\": {{\n    \"ResourceAddress\": \"{address}\",\n    \"EndpointUri\": \"{endpoint}\",\n    \
                 \"SubscriptionId\": \"{id}\",\n    \"UriLocation\": \
                 \"http://localhost:9043/api/ocloudNotifications/v2/subscriptions/{id}\"\n   }}\n  }}"
            )
        },
    );
    format!(
        "{{\n \"clientID\": \"{client}\",\n \"subStore\": {{\n  \"store\": {store}\n }},\n \"EndpointUri\": \
         \"{endpoint}\",\n \"status\": 1,\n \"action\": 0\n}}"
    )
}

fn publishers() -> String {
    let id = "6c4f5a16-9d5f-4a55-9d92-2b3d9b5f2a11";
    let base = "http://localhost:9043/api/ocloudNotifications/v2";
    let address = format!("/cluster/node/{}/sync/ptp-status/lock-state", Topology::NODE_NAME);
    json!([{ "ResourceAddress": address, "EndpointUri": format!("{base}/dummy"), "SubscriptionId": id,
        "UriLocation": format!("{base}/publishers/{id}") }])
    .to_string()
}

/// All of them, and no others.
#[then("the subscriptions of the store are listed with their ids")]
async fn left_behind_are_listed(case: &mut Case) {
    let expected = case.kept.left_behind.clone();
    let list = list(case).await;
    assert_eq!(list.len(), expected.len(), "subscriptions in {}", json!(list));
    for one in expected {
        is_listed(&list, &one);
        let id = one["SubscriptionId"].as_str().unwrap_or_default();
        let shown = case.ask(Ask::new("GET", format!("/subscriptions/{id}"))).await;
        assert_eq!(shown.status, 200, "subscription {id}");
        is_listed(&[shown.json()], &one);
    }
}

/// Each one that the scenario has made: in the list, and under its id.
#[then(regex = r"^each subscription (?:is still|that was acknowledged is) listed as it was$")]
async fn all_are_listed(case: &mut Case) {
    are_there(case, case.subscriptions.clone()).await;
}

/// Each subscription that the scenario has made for the consumer.
#[then(regex = r"^consumer (\w+) still has its subscriptions$")]
async fn still_has_them(case: &mut Case, name: String) {
    let endpoint = case.consumer(&name).await.consumer.endpoint();
    let is_its = |one: &&Subscribed| one.answer.json()["EndpointUri"] == endpoint.as_str();
    let made = case.subscriptions.iter().filter(is_its).cloned().collect();
    are_there(case, made).await;
}

async fn are_there(case: &mut Case, made: Vec<Subscribed>) {
    assert!(!made.is_empty(), "the scenario has made no subscription");
    let list = list(case).await;
    for one in made {
        let expected = one.answer.json();
        is_listed(&list, &expected);
        let shown = case.ask(Ask::new("GET", format!("/subscriptions/{}", one.id))).await;
        assert_eq!(shown.status, 200, "subscription {}", one.id);
        is_listed(&[shown.json()], &expected);
    }
}

async fn list(case: &mut Case) -> Vec<Value> {
    let answer = case.ask(Ask::new("GET", "/subscriptions")).await;
    assert_eq!(answer.status, 200, "the list of subscriptions");
    let json = answer.json();
    json.as_array().cloned().unwrap_or_else(|| panic!("the list is no array: {json}"))
}

fn is_listed(list: &[Value], expected: &Value) {
    let found = list.iter().any(|one| LASTING_KEYS.iter().all(|key| one[key] == expected[key]));
    assert!(found, "no subscription like {expected} among the {} in {}", list.len(), json!(list));
}

#[when(regex = r"^the subscription of consumer (\w+) is deleted$")]
async fn is_deleted(case: &mut Case, name: String) {
    let endpoint = case.consumer(&name).await.consumer.endpoint();
    let one = case.subscriptions.iter().find(|one| one.answer.json()["EndpointUri"] == endpoint.as_str());
    let id = one.map(|one| one.id.clone()).expect("the consumer was subscribed");
    let answer = case.ask(Ask::new("DELETE", format!("/subscriptions/{id}"))).await;
    assert_eq!(answer.status, 204, "the answer to DELETE");
}

/// Each client subscribes one endpoint after the other until its connection breaks.
#[when(
    regex = r"^the subject is killed (\d+) times and started again while (\d+) clients subscribe consumer (\w+)$"
)]
async fn is_killed_while_many_subscribe(case: &mut Case, times: usize, clients: usize, name: String) {
    let address = case.address("lock-state").await;
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..times {
        let wire = case.subject().await.wire().clone();
        let endpoint = case.consumer(&name).await.consumer.endpoint();
        let (acknowledged, mut acknowledgements) = mpsc::channel(clients * SUBSCRIPTIONS_OF_A_CLIENT_MAX);
        let mut subscribing = JoinSet::new();
        for _ in 0..clients {
            let (wire, next, acknowledged) = (wire.clone(), Arc::clone(&next), acknowledged.clone());
            let (address, endpoint) = (address.clone(), endpoint.clone());
            subscribing.spawn(async move {
                for _ in 0..SUBSCRIPTIONS_OF_A_CLIENT_MAX {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let body =
                        json!({ "ResourceAddress": address, "EndpointUri": format!("{endpoint}/{number}") });
                    let (answered, _) = wire.ask(&Ask::new("POST", "/subscriptions").json(&body)).await;
                    let Ok(answered) = answered else { return };
                    if acknowledged.send(answered).await.is_err() {
                        return;
                    }
                }
            });
        }
        drop(acknowledged);
        let mut answers = first(&mut acknowledgements, ACKNOWLEDGED_BEFORE_A_KILL).await;
        let restarted = case.subject().await.restart(Signal::Kill).await;
        restarted.unwrap_or_else(|error| panic!("{error}"));
        subscribing.shutdown().await;
        while let Some(answer) = acknowledgements.recv().await {
            answers.push(answer);
        }
        for answer in answers {
            assert_eq!(answer.status, 201, "{}", answer.text());
            case.keep_subscription(&answer);
        }
    }
}

async fn first(acknowledgements: &mut mpsc::Receiver<Answered>, count: usize) -> Vec<Answered> {
    let mut answers = Vec::new();
    while answers.len() < count {
        let answer = tokio::time::timeout(API_ANSWER_MAX, acknowledgements.recv()).await;
        let Ok(Some(answer)) = answer else {
            panic!("{} subscriptions were answered, expected {count}", answers.len());
        };
        answers.push(answer);
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As seen of redhat-cne/cloud-event-proxy.
    #[test]
    fn clients_are_named_like_those_of_the_incumbent() {
        assert_eq!(client_id("http://127.0.0.1:9100/cm"), "69c38e5f-ec38-3dbf-a509-ede974e31b00");
    }

    #[test]
    fn entries_are_json() {
        for subscription in [None, Some(("id", "/cluster/node/n/sync"))] {
            let json: Value = serde_json::from_str(&entry("http://localhost/", subscription)).expect("JSON");
            assert_eq!(
                json["subStore"]["store"].as_object().map(Map::len),
                Some(usize::from(subscription.is_some()))
            );
        }
    }
}
