//! What is wanted of a ConfigMap, and when; the rest is tested from outside.

use super::config_map::{ConfigMap, Plan};
use super::kubernetes::Kubernetes;
use super::{Candidate, ClusterError, Mirror, Step, api_url};
use crate::limits::{
    CLUSTER_ANSWER_BYTES_MAX, CLUSTER_PENDING_MAX, CLUSTER_REMOVALS_MAX, CLUSTER_RETRY_MAX,
    CONFIG_MAP_BYTES_MAX, CREDENTIAL_BYTES_MAX,
};
use crate::store;
use axum::Router;
use proxy_core::{Subscription, SubscriptionId};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// By the UUIDv3 of their endpoints they would be named otherwise; any UUID is the name of a client.
const ONE: &str = "00000000-0000-3000-8000-000000000001";
const TWO: &str = "00000000-0000-3000-8000-000000000002";
const EMPTY: &str = r#"{"clientID":"x","subStore":{"store":{}},"EndpointUri":"x","status":1,"action":0}"#;

fn config_map(object: &Value) -> ConfigMap {
    ConfigMap::parse(object.to_string().as_bytes()).unwrap()
}

fn texts(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

fn subscription(id: &str, endpoint: &str) -> Subscription {
    let resource_address = "/cluster/node/n/sync".to_owned();
    Subscription { id: SubscriptionId(id.to_owned()), resource_address, endpoint: endpoint.into() }
}

#[test]
fn entries_of_others_unreadable_ones_and_spared_ones_stay() {
    let spared = BTreeSet::from([TWO.to_owned()]);
    let broken = "00000000-0000-3000-8000-000000000003";
    let object = json!({
        "metadata": { "resourceVersion": "7", "annotations": { "a": "b" } },
        "immutable": false,
        "binaryData": { "theirs": "AAAA" },
        "data": { ONE: EMPTY, TWO: EMPTY, broken: "{", "notes": EMPTY },
    });
    let Plan { next, left_out } = config_map(&object).plan(&texts(&[]), &spared);
    let mut expected = object;
    expected["data"].as_object_mut().unwrap().remove(ONE);
    assert_eq!((next, left_out), (Some(config_map(&expected)), 0));
    // One that is wanted is written whatever was there.
    let next = config_map(&expected).plan(&texts(&[(broken, "new"), (TWO, "new")]), &spared).next.unwrap();
    assert_eq!(next.json()["data"], json!({ TWO: "new", broken: "new", "notes": EMPTY }));
}

#[test]
fn what_is_already_so_is_not_written() {
    for object in [json!({ "data": { ONE: EMPTY } }), json!({ "data": { ONE: EMPTY, "a": "b" } })] {
        let plan = config_map(&object).plan(&texts(&[(ONE, EMPTY)]), &BTreeSet::new());
        assert_eq!((plan.next, plan.left_out), (None, 0));
    }
    for object in [json!({}), json!({ "data": null })] {
        assert_eq!(config_map(&object).plan(&texts(&[]), &BTreeSet::new()).next, None);
    }
}

#[test]
fn what_does_not_fit_is_left_out_and_not_kept_as_it_was() {
    let theirs = "x".repeat(100);
    let room = CONFIG_MAP_BYTES_MAX - "notes".len() - theirs.len() - ONE.len();
    let object = json!({ "data": { "notes": theirs, ONE: EMPTY, TWO: EMPTY } });
    let fitting = "1".repeat(room);
    let plan = config_map(&object).plan(&texts(&[(ONE, &fitting), (TWO, "")]), &BTreeSet::new());
    assert_eq!(plan.left_out, 1);
    assert_eq!(plan.next.unwrap().json()["data"], json!({ "notes": theirs, ONE: fitting }));
    let plan = config_map(&object).plan(&texts(&[(ONE, &(fitting + "1")), (TWO, "2")]), &BTreeSet::new());
    assert_eq!(plan.left_out, 1);
    assert_eq!(plan.next.unwrap().json()["data"], json!({ "notes": theirs, TWO: "2" }));
}

#[test]
fn the_pauses_after_failures_double_up_to_a_bound_and_begin_anew_after_a_success() {
    let mut mirror = Mirror::new(true, &[]);
    let pauses: Vec<_> = (0..8).map(|_| mirror.failed().as_secs()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, CLUSTER_RETRY_MAX.as_secs()]);
    mirror.written();
    assert_eq!(mirror.failed(), Duration::from_secs(1));
}

#[test]
fn a_store_that_has_adopted_before_is_right_from_the_start() {
    let mut mirror = Mirror::new(true, &[subscription(ONE, "http://a/")]);
    assert!(!mirror.is_unread());
    let Step::Write(wanted) = mirror.next_step() else { panic!("something else") };
    assert_eq!(wanted.subscriptions.keys().collect::<Vec<_>>(), [&store::client_id("http://a/")]);
    assert!(mirror.is_behind() && !mirror.has_step());
    mirror.written();
    assert!(!mirror.is_behind());
    mirror.stored(&"http://a/".into(), Vec::new(), |_| false);
    assert_eq!((mirror.pending(), mirror.has_step()), (1, true));
    let Step::Write(wanted) = mirror.next_step() else { panic!("something else") };
    assert_eq!(wanted.subscriptions.len(), 0);
    mirror.failed();
    assert_eq!((mirror.pending(), mirror.has_step()), (1, true));
}

#[test]
fn adoption_is_noted_when_all_of_it_is_on_disk_and_the_config_map_is_not_written_before() {
    let endpoint: Arc<str> = "http://a/".into();
    let mut mirror = Mirror::new(false, &[]);
    assert_eq!(mirror.next_step(), Step::Read);
    let (one, two) = (subscription(ONE, &endpoint), subscription(TWO, &endpoint));
    mirror.adopted(&[one.clone(), two.clone()], BTreeSet::new());
    assert!(!mirror.has_step());
    // A write that had begun before, of another endpoint, and of a part.
    mirror.stored(&endpoint, Vec::new(), |_| true);
    mirror.stored(&"http://b/".into(), vec![one.clone(), two.clone()], |_| true);
    mirror.stored(&endpoint, vec![one.clone()], |_| true);
    assert!(!mirror.has_step());
    // The other one has been removed meanwhile.
    mirror.stored(&endpoint, vec![one], |id| id == ONE);
    assert_eq!((mirror.has_step(), mirror.is_behind(), mirror.next_step()), (true, false, Step::Mark));
    mirror.marked();
    assert!(mirror.is_behind() && mirror.has_step());
}

#[test]
fn more_removals_than_can_be_remembered_end_the_adoption() {
    let mut mirror = Mirror::new(false, &[]);
    let other = Candidate { key: ONE.to_owned(), subscription: subscription(ONE, "http://a/") };
    for number in 0..CLUSTER_REMOVALS_MAX {
        mirror.removal_asked(&format!("{number:08x}-0000-4000-8000-000000000000"));
        mirror.removal_asked(&format!("{number} is no id of this API"));
    }
    assert_eq!(mirror.wanted_of(vec![other.clone()]), std::slice::from_ref(&other));
    mirror.removal_asked("ffffffff-0000-4000-8000-000000000000");
    assert_eq!(mirror.wanted_of(vec![other]), []);
}

#[test]
fn the_count_of_what_is_pending_is_bounded_and_what_is_written_is_not() {
    let mut mirror = Mirror::new(true, &[]);
    for number in 0..CLUSTER_PENDING_MAX + 2 {
        let endpoint = format!("http://{number}/");
        mirror.stored(&endpoint.as_str().into(), vec![subscription(ONE, &endpoint)], |_| true);
    }
    assert_eq!(mirror.pending(), CLUSTER_PENDING_MAX);
    let Step::Write(wanted) = mirror.next_step() else { panic!("something else") };
    assert_eq!(wanted.subscriptions.len(), CLUSTER_PENDING_MAX + 2);
}

#[test]
fn a_pod_is_told_of_its_cluster_by_the_environment() {
    let url = |host, port| api_url(host, port).unwrap().to_string();
    assert_eq!(url("172.30.0.1", Some("6443")), "https://172.30.0.1:6443/");
    assert_eq!(url("fd02::1", Some("6443")), "https://[fd02::1]:6443/");
    assert_eq!(url("kubernetes.default.svc", None), "https://kubernetes.default.svc/");
}

async fn serve(answer: String) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let router = Router::new().fallback(async || answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn an_answer_that_is_too_large_or_no_config_map_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let large = serve(" ".repeat(CLUSTER_ANSWER_BYTES_MAX + 1)).await;
    let large = Kubernetes::new(&large, "n", "m", directory.path());
    assert!(matches!(large.connect().await.unwrap().read().await, Err(ClusterError::TooLarge)));
    let other = Kubernetes::new(&serve("[]".to_owned()).await, "n", "m", directory.path());
    assert!(matches!(other.connect().await.unwrap().read().await, Err(ClusterError::NoConfigMap(_))));
    let token = fs::File::create(directory.path().join("token")).unwrap();
    token.set_len(CREDENTIAL_BYTES_MAX + 1).unwrap();
    assert!(matches!(other.connect().await.unwrap().read().await, Err(ClusterError::File(_))));
}

#[tokio::test]
async fn the_authority_of_the_cluster_is_the_only_one_that_counts() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api: Url = format!("https://localhost:{}/", listener.local_addr().unwrap().port()).parse().unwrap();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            // A client that does not trust the server ends here.
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            connection.read_buf(&mut Vec::with_capacity(4096)).await.unwrap();
            let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            connection.write_all(answer).await.unwrap();
            connection.shutdown().await.unwrap();
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let kubernetes = Kubernetes::new(&api, "n", "m", directory.path());
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(directory.path().join("ca.crt"), other.cert.pem()).unwrap();
    assert!(matches!(kubernetes.connect().await.unwrap().read().await, Err(ClusterError::NoAnswer(_))));
    // It is replaced while the proxy runs.
    fs::write(directory.path().join("ca.crt"), certified.cert.pem()).unwrap();
    assert_eq!(kubernetes.connect().await.unwrap().read().await.unwrap(), None);
}
