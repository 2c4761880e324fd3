//! The store under fire: a kill at any point, a disk that is full, and a second proxy.

use crate::support::{Consumer, FAULT, Proxy, Setup, address, in_range, lock_state};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const KILLS: u32 = 50;
const ENDPOINTS: usize = 16;
/// Nobody listens there.
const DEAD: &str = "http://127.0.0.1:1/event";

/// What is known of subscriptions from the answers alone.
#[derive(Default)]
struct Ledger {
    /// Answered with 201: id, resource address and endpoint.
    acknowledged: BTreeMap<String, (String, String)>,
    /// Answered with 201, and its removal not answered.
    leaving: BTreeMap<String, (String, String)>,
    /// Removed with 204.
    removed: BTreeSet<String>,
    /// Asked for and not answered.
    asked: BTreeSet<(String, String)>,
}

impl Ledger {
    /// Asserts that a list is what these answers allow, and goes on from it.
    fn check(&mut self, listed: &[Value], round: u32) {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
        let found: BTreeMap<String, (String, String)> = listed
            .iter()
            .map(|one| {
                (text(one, "SubscriptionId"), (text(one, "ResourceAddress"), text(one, "EndpointUri")))
            })
            .collect();
        assert_eq!(found.len(), listed.len(), "round {round}: an id is listed twice");
        for (id, what) in &self.acknowledged {
            assert_eq!(found.get(id), Some(what), "round {round}: {id} was answered with 201");
        }
        for (id, what) in &found {
            assert!(!self.removed.contains(id), "round {round}: {id} was removed");
            let is_known = self.acknowledged.contains_key(id) || self.leaving.contains_key(id);
            assert!(is_known || self.asked.contains(what), "round {round}: nobody asked for {what:?}");
        }
        *self = Self { acknowledged: found, removed: std::mem::take(&mut self.removed), ..Self::default() };
    }

    fn add(&mut self, other: Self) {
        for id in other.leaving.keys().chain(&other.removed) {
            self.acknowledged.remove(id);
        }
        self.acknowledged.extend(other.acknowledged);
        self.leaving.extend(other.leaving);
        self.removed.extend(other.removed);
        self.asked.extend(other.asked);
    }
}

/// Somebody who subscribes and unsubscribes at one endpoint until the proxy is gone.
struct Subscriber {
    http: reqwest::Client,
    /// Address of the subscriptions of the API.
    url: String,
    endpoint: String,
    random: ChaCha8Rng,
    answers: Arc<AtomicU32>,
    ledger: Ledger,
}

impl Subscriber {
    async fn run(mut self) -> Ledger {
        const RESOURCES: [&str; 4] = [
            "/sync/ptp-status/lock-state",
            "/sync/ptp-status/clock-class",
            "/sync/sync-status/sync-state",
            "/sync",
        ];
        while let Some(turn) = Some(self.random.random_range(0..8)) {
            let goes_on = match turn {
                0..4 => self.subscribe(address(RESOURCES[turn]), self.endpoint.clone(), &[201, 409]).await,
                // Nobody confirms it, and its endpoint has no other subscription.
                4 => self.subscribe(lock_state(), DEAD.to_owned(), &[400, 409]).await,
                _ => self.unsubscribe().await,
            };
            if !goes_on {
                break;
            }
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        self.ledger
    }

    /// Returns whether there was an answer.
    async fn subscribe(&mut self, address: String, endpoint: String, expected: &[u16]) -> bool {
        let what = (address, endpoint);
        let body = json!({ "ResourceAddress": what.0, "EndpointUri": what.1 }).to_string();
        if what.1 != DEAD {
            self.ledger.asked.insert(what.clone());
        }
        let Some((status, body)) = answer(self.http.post(&self.url).body(body)).await else { return false };
        assert!(expected.contains(&status), "{status}");
        self.ledger.asked.remove(&what);
        if status == 201 {
            let body: Value = serde_json::from_str(&body).unwrap();
            let id = body["SubscriptionId"].as_str().unwrap().to_owned();
            self.ledger.acknowledged.insert(id, what);
        }
        true
    }

    async fn unsubscribe(&mut self) -> bool {
        let Some((id, what)) = self.ledger.acknowledged.pop_first() else { return true };
        self.ledger.leaving.insert(id.clone(), what);
        let Some((status, _)) = answer(self.http.delete(format!("{}/{id}", self.url))).await else {
            return false;
        };
        assert_eq!(status, 204);
        self.ledger.leaving.remove(&id);
        self.ledger.removed.insert(id);
        true
    }
}

/// Status and body, if all of the answer has come.
async fn answer(request: reqwest::RequestBuilder) -> Option<(u16, String)> {
    let response = request.send().await.ok()?;
    Some((response.status().as_u16(), response.text().await.ok()?))
}

/// Names of the files of the store that are neither whole subscriptions nor the last states.
fn broken_files(setup: &Setup) -> Vec<String> {
    let is_whole = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        path.extension().is_some_and(|extension| extension == "json")
            && serde_json::from_str::<Value>(&text)
                .is_ok_and(|file| !file["subStore"]["store"].as_object().unwrap().is_empty())
    };
    // The proxy that runs may be writing its last states at this moment.
    let is_subscription = |path: &std::path::PathBuf| !path.ends_with("metrics.json.tmp");
    let files = setup.stored_subscriptions().into_iter().filter(is_subscription);
    let broken = files.filter(|path| !is_whole(path));
    broken.map(|path| path.display().to_string()).collect()
}

/// Everybody subscribes and unsubscribes at once, until the proxy is killed at a point that chance chooses.
async fn subscribe_until_killed(proxy: Proxy, consumer: &Consumer, ledger: &mut Ledger, round: u32) -> Setup {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(round));
    let (answers, http) =
        (Arc::new(AtomicU32::new(0)), reqwest::Client::builder().no_proxy().build().unwrap());
    let mut subscribers = JoinSet::new();
    for number in 0..ENDPOINTS {
        let endpoint = format!("{}/{number}", consumer.endpoint());
        let mine = ledger.acknowledged.iter().filter(|(_, (_, one))| *one == endpoint);
        let mine = mine.map(|(id, what)| (id.clone(), what.clone())).collect();
        let subscriber = Subscriber {
            http: http.clone(),
            url: proxy.url("/subscriptions"),
            endpoint,
            random: ChaCha8Rng::seed_from_u64(random.random()),
            answers: Arc::clone(&answers),
            ledger: Ledger { acknowledged: mine, ..Ledger::default() },
        };
        subscribers.spawn(subscriber.run());
    }
    let answers_before_the_kill = random.random_range(1..16);
    while answers.load(Ordering::Relaxed) < answers_before_the_kill {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_micros(random.random_range(0..3000))).await;
    let setup = proxy.kill().await;
    for one in subscribers.join_all().await {
        ledger.add(one);
    }
    setup
}

#[tokio::test]
async fn whatever_was_acknowledged_survives_fifty_kills_while_everybody_subscribes() {
    let consumer = Consumer::start().await;
    // Another seed for each run of the proxy, or ids would repeat.
    let mut setup = Setup::new().with_entropy().flag("--log-level", "error");
    let mut ledger = Ledger::default();
    for round in 0..KILLS {
        let proxy = setup.start().await;
        assert_eq!(broken_files(proxy.setup()), [""; 0], "round {round}");
        ledger.check(&proxy.subscriptions().await, round);
        setup = subscribe_until_killed(proxy, &consumer, &mut ledger, round).await;
    }
    let proxy = setup.start().await;
    ledger.check(&proxy.subscriptions().await, KILLS);
    assert!(ledger.removed.len() > 20, "the proxies were hardly used: {}", ledger.removed.len());
}

#[tokio::test]
async fn a_full_disk_refuses_subscriptions_and_costs_none() {
    let proxy = Setup::new().with_file_limit().start().await;
    let mut consumer = Consumer::start().await;
    let class = address("/sync/ptp-status/clock-class");
    let kept = proxy.subscribed(&lock_state(), &mut consumer).await;
    let other = proxy.subscribed(&class, &mut consumer).await;
    let files = |proxy: &Proxy| -> Vec<_> {
        let files = proxy.setup().stored_subscriptions().into_iter();
        files.map(|path| (fs::read_to_string(&path).unwrap(), path)).collect()
    };
    let before = (proxy.subscriptions().await, files(&proxy));

    // Less than a subscription takes, so that a part of it is written. The log is a file too, and stays as it is.
    proxy.limit_files(Some(100));
    let elsewhere = format!("{}/elsewhere", consumer.endpoint());
    assert_eq!(proxy.subscribe(&lock_state(), &elsewhere).await.0, 503);
    consumer.next().await;
    assert_eq!(proxy.subscribe(&address("/sync"), &consumer.endpoint()).await.0, 503);
    consumer.next().await;
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{other}")).await.0, 503);
    assert_eq!((proxy.subscriptions().await, files(&proxy)), before, "nothing has changed");
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED", "a full disk is no reason to be silent");

    proxy.limit_files(None);
    assert_eq!(proxy.subscribe(&lock_state(), &elsewhere).await.0, 201);
    consumer.next().await;
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{other}")).await.0, 204);
    let proxy = proxy.kill_and_restart().await;
    let listed = proxy.subscriptions().await;
    // In the order of their endpoints' ids, which have a port of this run.
    assert_eq!(listed.iter().filter(|one| one["SubscriptionId"] == json!(kept)).count(), 1);
    assert_eq!(listed.len(), 2);
}

#[tokio::test]
async fn a_subscriber_that_is_the_last_of_its_endpoint_can_be_removed_on_a_full_disk() {
    let proxy = Setup::new().with_file_limit().start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.limit_files(Some(100));
    assert_eq!(proxy.ask("DELETE", &format!("/subscriptions/{id}")).await.0, 204);
    proxy.feed(&format!("{}{FAULT}", in_range(1))).await;
    let proxy = proxy.kill_and_restart().await;
    assert_eq!(proxy.subscriptions().await.len(), 0);
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn a_second_proxy_does_not_take_the_store_of_the_first() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    let second = Setup::new();
    let store = proxy.setup().path("store");
    let output = second.command().arg("--store-path").arg(&store).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("another proxy uses this directory"), "{log}");
    assert!(log.contains(&store.display().to_string()), "{log}");
    // A killed one leaves no lock behind.
    let proxy = proxy.kill_and_restart().await;
    assert_eq!(proxy.subscriptions().await[0]["SubscriptionId"], id);
}
