//! Subscriptions in a ConfigMap: they survive the pod, and the cluster can do what it likes meanwhile.

use crate::support::{Consumer, Kubernetes, Manner, NODE, Proxy, Setup, UNLOCKED, address, in_range};
use crate::support::{lock_state, until};
use serde_json::{Value, json};
use std::fs;
use uuid::Uuid;

const OLD: &str = "c7f98a95-8d9b-4e1d-8149-93d234bfe373";

/// The name of an entry.
fn client_id(endpoint: &str) -> String {
    Uuid::new_v3(&Uuid::NAMESPACE_URL, endpoint.as_bytes()).to_string()
}

/// An entry as redhat-cne/cloud-event-proxy writes it.
fn entry(id: &str, resource_address: &str, endpoint: &str) -> String {
    let location = format!("http://proxy.test:9043/api/ocloudNotifications/v2/subscriptions/{id}");
    let client = client_id(endpoint);
    format!(
        "{{\n \"clientID\": \"{client}\",\n \"subStore\": {{\n  \"store\": {{\n   \"{id}\": {{\n    \
         \"ResourceAddress\": \"{resource_address}\",\n    \"EndpointUri\": \"{endpoint}\",\n    \
         \"SubscriptionId\": \"{id}\",\n    \"UriLocation\": \"{location}\"\n   }}\n  }}\n }},\n \
         \"EndpointUri\": \"{endpoint}\",\n \"status\": 1,\n \"action\": 0\n}}"
    )
}

async fn ids(proxy: &Proxy) -> Vec<String> {
    let listed = proxy.subscriptions().await;
    listed.iter().map(|one| one["SubscriptionId"].as_str().unwrap().to_owned()).collect()
}

/// Whether the ConfigMap has everything that is on disk, and the proxy knows it.
async fn is_kept(proxy: &Proxy) -> bool {
    proxy.metric("cloud_event_proxy_cluster_pending").await == 0.0
}

/// A pod with nothing on its disk.
fn empty_the_store(setup: &Setup) {
    fs::remove_dir_all(setup.path("store")).unwrap();
}

#[tokio::test]
async fn the_config_map_of_an_existing_proxy_is_adopted_with_its_ids_before_anything_is_served() {
    let kubernetes = Kubernetes::start().await;
    let mut consumer = Consumer::start().await;
    let key = client_id(&consumer.endpoint());
    let text = entry(OLD, &lock_state(), &consumer.endpoint());
    kubernetes.put(json!({ key: text }));
    let proxy = kubernetes.setup().start().await;
    assert_eq!(ids(&proxy).await, [OLD]);
    assert_eq!(proxy.metric("cloud_event_proxy_cluster_adopted_total").await, 1.0);
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.subscribe(&lock_state(), &consumer.endpoint()).await.0, 409);
    // It is in the store as well: without the cluster it is still there.
    until(async || proxy.setup().path("store").join("cluster.json").exists()).await;
    kubernetes.forget();
    let proxy = proxy.kill_and_restart().await;
    assert_eq!(ids(&proxy).await, [OLD]);
    until(async || kubernetes.data().len() == 1).await;
}

#[tokio::test]
async fn subscriptions_survive_the_pod() {
    let kubernetes = Kubernetes::start().await;
    let mut consumer = Consumer::start().await;
    let proxy = kubernetes.setup().start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    until(async || is_kept(&proxy).await).await;
    let file = fs::read_to_string(
        proxy.setup().path("store").join(format!("{}.json", client_id(&consumer.endpoint()))),
    );
    let entry = kubernetes.data().remove(&client_id(&consumer.endpoint())).unwrap();
    assert_eq!(entry, json!(file.unwrap()), "an entry is the text of the file");
    // Tokens are replaced while the proxy runs.
    kubernetes.rotate_token("second");
    let other = proxy.subscribed(&address("/sync"), &mut consumer).await;
    until(async || is_kept(&proxy).await).await;

    let setup = proxy.kill().await;
    empty_the_store(&setup);
    let proxy = setup.start().await;
    let mut listed = ids(&proxy).await;
    let mut expected = vec![id, other];
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
}

#[tokio::test]
async fn a_cluster_that_hangs_delays_neither_subscribers_nor_events() {
    let kubernetes = Kubernetes::start().await;
    let proxy = kubernetes.setup().start().await;
    let mut consumer = Consumer::start().await;
    kubernetes.answer(Manner::Never);
    for number in 0..40 {
        let endpoint = format!("{}/{number}", consumer.endpoint());
        assert_eq!(proxy.subscribe(&lock_state(), &endpoint).await.0, 201);
        consumer.next().await;
    }
    until(async || kubernetes.held() > 0).await;
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.changes().len(), 40, "all are told");
    assert_ne!(kubernetes.held(), 0, "and the cluster has still not answered");
    assert_eq!(proxy.metric("cloud_event_proxy_cluster_pending").await, 40.0);
    kubernetes.recover();
    until(async || is_kept(&proxy).await).await;
    assert_eq!(kubernetes.data().len(), 40);
    assert!(kubernetes.writes() <= 3, "{} writes for 40 changes", kubernetes.writes());
}

#[tokio::test]
async fn a_subscriber_that_was_given_up_does_not_come_back_with_the_next_pod() {
    let kubernetes = Kubernetes::start().await;
    let setup = kubernetes.setup().flag("--unsubscribe-after", "1").flag("--delivery-timeout", "200ms");
    let proxy = setup.start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    until(async || kubernetes.data().len() == 1).await;
    consumer.answer(Manner::Never);
    proxy.feed(&in_range(1)).await;
    until(async || kubernetes.data().is_empty()).await;
    let setup = proxy.kill().await;
    empty_the_store(&setup);
    assert_eq!(ids(&setup.start().await).await, [""; 0]);
}

#[tokio::test]
async fn a_removal_that_never_reached_the_cluster_holds_after_a_restart() {
    for fault in [Manner::Never, Manner::Status(500)] {
        let kubernetes = Kubernetes::start().await;
        let proxy = kubernetes.setup().start().await;
        let mut consumer = Consumer::start().await;
        let id = proxy.subscribed(&lock_state(), &mut consumer).await;
        until(async || is_kept(&proxy).await).await;
        kubernetes.answer(fault);
        assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{id}")).await.0, 204);
        let setup = proxy.kill().await;
        assert_eq!(kubernetes.data().len(), 1);
        kubernetes.recover();
        let proxy = setup.start().await;
        assert_eq!(ids(&proxy).await, [""; 0]);
        until(async || kubernetes.data().is_empty()).await;
    }
}

#[tokio::test]
async fn a_cluster_that_answers_late_is_adopted_late_and_brings_back_nothing_that_was_removed() {
    let kubernetes = Kubernetes::start().await;
    let consumer = Consumer::start().await;
    let endpoints: Vec<_> = (0..4).map(|number| format!("{}/{number}", consumer.endpoint())).collect();
    let old = |number: usize| OLD.replace('c', &number.to_string());
    let mut data = json!({ "notes": "of others", "00000000-0000-3000-8000-000000000000": "{\"clientID\":" });
    for (number, endpoint) in endpoints.iter().enumerate() {
        data[client_id(endpoint)] = json!(entry(&old(number), &lock_state(), endpoint));
    }
    kubernetes.put(data);
    kubernetes.answer(Manner::Never);
    let proxy = kubernetes.setup().start().await;
    assert_eq!(ids(&proxy).await, [""; 0], "the start does not wait for it");

    // The first is removed unseen, the second subscribes again and ends that, the third subscribes again.
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{}", old(0))).await.0, 404);
    let mut made = Vec::new();
    for endpoint in &endpoints[1..3] {
        let (status, body) = proxy.subscribe(&lock_state(), endpoint).await;
        assert_eq!(status, 201);
        let body: Value = serde_json::from_str(&body).unwrap();
        made.push(body["SubscriptionId"].as_str().unwrap().to_owned());
    }
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{}", made[0])).await.0, 204);
    assert_eq!(kubernetes.data().len(), 6);

    kubernetes.recover();
    until(async || is_kept(&proxy).await).await;
    assert_eq!(ids(&proxy).await, [made[1].clone(), old(3)]);
    let data = kubernetes.data();
    assert_eq!(data.len(), 4, "{data:?}");
    assert_eq!(data["notes"], "of others");
    assert_eq!(data["00000000-0000-3000-8000-000000000000"], "{\"clientID\":");
    assert!(data.contains_key(&client_id(&endpoints[2])) && data.contains_key(&client_id(&endpoints[3])));
    assert_eq!(kubernetes.object()["metadata"]["labels"], json!({ "of": "others" }));
    assert_eq!(proxy.metric("cloud_event_proxy_cluster_unreadable").await, 1.0);
}

#[tokio::test]
async fn all_that_was_removed_before_the_cluster_answers_stays_removed() {
    let kubernetes = Kubernetes::start().await;
    let endpoint = "http://127.0.0.1:1/event";
    kubernetes.put(json!({ client_id(endpoint): entry(OLD, &lock_state(), endpoint) }));
    kubernetes.answer(Manner::Status(403));
    let proxy = kubernetes.setup().start().await;
    assert_eq!(proxy.metric("cloud_event_proxy_cluster_failures_total").await, 1.0);
    assert_eq!(proxy.ask("DELETE", "/subscriptions").await.0, 204);
    kubernetes.recover();
    until(async || kubernetes.data().is_empty()).await;
    assert_eq!(ids(&proxy).await, [""; 0]);
}

#[tokio::test]
async fn what_others_write_meanwhile_and_what_is_lost_is_no_trouble() {
    let kubernetes = Kubernetes::start().await;
    kubernetes.put(json!({ "theirs": "none" }));
    let proxy = kubernetes.setup().start().await;
    let mut consumer = Consumer::start().await;
    // Seven times somebody else is quicker: after five that is a failure, which is repeated.
    kubernetes.conflict(7);
    proxy.subscribed(&lock_state(), &mut consumer).await;
    until(async || is_kept(&proxy).await).await;
    assert_eq!((kubernetes.data().len(), &kubernetes.data()["theirs"]), (2, &json!("0 more")));
    kubernetes.forget();
    let elsewhere = format!("{}/elsewhere", consumer.endpoint());
    assert_eq!(proxy.subscribe(&lock_state(), &elsewhere).await.0, 201);
    until(async || kubernetes.data().len() == 2).await;
    assert_eq!(kubernetes.object()["metadata"]["name"], NODE);
    assert_eq!(proxy.metric_if_any("cloud_event_proxy_cluster_failures_total").await, Some(1.0));
}

#[tokio::test]
async fn a_cluster_that_refuses_does_not_hold_up_the_end() {
    let kubernetes = Kubernetes::start().await;
    let proxy = kubernetes.setup().flag("--drain-timeout", "1h").start().await;
    let mut consumer = Consumer::start().await;
    kubernetes.answer(Manner::Status(500));
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.signal("TERM").await;
    let (code, setup) = proxy.end().await;
    assert_eq!(code, Some(0));
    let lines = setup.log().into_iter().filter(|line| line.contains("does not have the latest"));
    assert_eq!((lines.count(), kubernetes.data().len()), (1, 0));
    // The store has it, and the cluster gets it as soon as it takes it.
    kubernetes.recover();
    let proxy = setup.start().await;
    assert_eq!(ids(&proxy).await, [id]);
    until(async || kubernetes.data().len() == 1).await;
}

#[tokio::test]
async fn a_signal_ends_the_proxy_after_the_cluster_has_the_latest_subscriptions() {
    let kubernetes = Kubernetes::start().await;
    let proxy = kubernetes.setup().flag("--drain-timeout", "1h").start().await;
    let mut consumer = Consumer::start().await;
    kubernetes.answer(Manner::Never);
    proxy.subscribed(&lock_state(), &mut consumer).await;
    until(async || kubernetes.held() > 0).await;
    proxy.feed(UNLOCKED).await;
    proxy.signal("TERM").await;
    kubernetes.recover();
    assert_eq!(proxy.end().await.0, Some(0));
    assert_eq!(kubernetes.data().len(), 1);
}

#[tokio::test]
async fn a_namespace_without_a_cluster_is_a_line_in_the_log() {
    let proxy = Setup::new().flag("--namespace", "openshift-ptp").start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let lines = proxy.setup().log().into_iter().filter(|line| line.contains("kept in the store only"));
    assert_eq!(lines.count(), 1);
    assert_eq!(proxy.metric_if_any("cloud_event_proxy_cluster_writes_total").await, None);
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_no_trouble() {
    let setup = Setup::new().flag("--namespace", "x").flag("--kubernetes-url", "http://127.0.0.1:1");
    let proxy = setup.start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert!(proxy.metric("cloud_event_proxy_cluster_failures_total").await >= 1.0);
    let lines = proxy.setup().log().into_iter().filter(|line| line.contains("cannot be kept now"));
    assert_eq!(lines.count(), 1);
}
