//! The published description of the API (`proxy/api`) against the shipped program: what it describes is served, what is
//! served is described, and every answer and every event is as it says.

mod access;
mod answers;
mod document;
mod events;
mod structure;

use crate::support::{Consumer, Manner, NODE, Proxy, Setup, address, in_range, lock_state};
use answers::{Answer, Call, Judge, braces};
use document::{Document, child};
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Answers that are described, and that this build does not give yet. A row that is given fails, so that the list can
/// only shrink.
const AWAITED_ANSWERS: &[&str] = &[];

/// What else is described and not served yet, under the same rule.
const AWAITED: &[&str] = &[];

/// An id that no subscription has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Asserts that something described is served, or awaited and not served.
fn assert_served(what: &str, is_served: bool) {
    let is_awaited = AWAITED.contains(&what);
    assert_eq!(
        is_served, !is_awaited,
        "{what}: left: it is served; right: it is not in the list of the awaited"
    );
}

fn subscription(resource_address: &str, endpoint: &str) -> String {
    json!({ "ResourceAddress": resource_address, "EndpointUri": endpoint }).to_string()
}

#[test]
fn the_description_is_valid_openapi() {
    assert_eq!(structure::problems(&Document::published()), [""; 0]);
}

#[test]
fn a_description_that_is_not_valid_is_noticed() {
    let broken: [(&str, Value); 14] = [
        ("/openapi", json!("3.0.3")),
        ("/info/version", Value::Null),
        ("/servers", json!({})),
        ("/tags", json!([])),
        ("/paths/~1health/get/operationId", json!("listPublishers")),
        ("/paths/~1health/get/responses", json!({})),
        ("/paths/~1health/get/responses", json!({ "2000": { "description": "" } })),
        ("/paths/~1health/get/responses/200/description", Value::Null),
        ("/paths/~1health/get/response", json!({})),
        ("/paths/~1subscriptions~1{SubscriptionId}/parameters", json!([])),
        ("/paths/~1subscriptions/post/security/1", json!({ "basic": [] })),
        ("/paths/~1subscriptions/post/requestBody/$ref", json!("#/components/requestBodies/None")),
        ("/components/schemas/ProblemDetails/type", json!("text")),
        ("/components/schemas/ProblemDetails/properties/title/$ref", json!("none.schema.json")),
    ];
    for (pointer, value) in broken {
        let mut root = Document::published().root().clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match root.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
            Value::Object(object) if value.is_null() => assert!(object.remove(key).is_some()),
            Value::Object(object) => drop(object.insert(key.to_owned(), value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => panic!("{pointer}"),
        }
        assert_ne!(structure::problems(&Document::with_root(root)), [""; 0], "{pointer}");
    }
}

/// Those of the oran profile are held against the letter too.
#[test]
fn every_example_is_valid_by_its_schema() {
    let document = Document::closed();
    let mut examples = 0;
    for kind in ["MediaType", "Parameter"] {
        for pointer in structure::places(&document, kind) {
            let named = child(&pointer, "examples");
            let names = document.at(&named).and_then(Value::as_object).into_iter().flatten();
            let mut values: Vec<(String, Value)> = names
                .map(|(name, _)| (name.clone(), document.at(&child(&named, name)).unwrap()["value"].clone()))
                .collect();
            values.extend(
                document.at(&child(&pointer, "example")).map(|value| (pointer.clone(), value.clone())),
            );
            for (name, value) in values {
                let mut problems = document.problems(&child(&pointer, "schema"), &value);
                if name.starts_with("oran-") {
                    problems.extend(document.problems_by_file("event.oran.schema.json", &value));
                }
                assert_eq!(problems, [""; 0], "{pointer}: {name}");
                examples += 1;
            }
        }
    }
    assert!(examples > 50, "{examples}");
    for schema in document.schemas() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            let file = schema["$id"].as_str().unwrap().rsplit('/').next().unwrap();
            assert_eq!(document.problems_by_file(file, example), [""; 0]);
        }
    }
}

#[test]
fn the_router_has_the_paths_of_the_description_and_no_others() {
    let source = include_str!("../../src/rest/router.rs");
    let routes = Regex::new(r#"\.route\(\s*"([^"]+)""#).unwrap();
    let routes: BTreeSet<String> = routes
        .captures_iter(source)
        .map(|route| braces().replace_all(&route[1], "{}").into_owned())
        .collect();
    let paths = Document::published().root()["paths"].as_object().unwrap().clone();
    // The router takes what ends so, and finds nothing in the rest.
    let described = paths.keys().map(|path| path.replace("/{ResourceAddress}/CurrentState", "/{}"));
    let described: BTreeSet<String> =
        described.map(|path| braces().replace_all(&path, "{}").into_owned()).collect();
    assert_eq!(routes, described);
}

#[tokio::test]
async fn every_method_that_is_not_described_is_refused_with_those_that_are() {
    let proxy = Proxy::start().await;
    proxy.feed(&in_range(1)).await;
    let publisher = publisher(&proxy).await;
    let mut judge = Judge::new();
    let operations = judge.document().operations();
    let paths: BTreeSet<&String> = operations.iter().map(|operation| &operation.path).collect();
    for template in paths {
        let methods = operations.iter().filter(|operation| operation.path == *template);
        let mut allowed: BTreeSet<&str> = methods.map(|operation| operation.method.as_str()).collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD");
        }
        let path = template
            .replace("/{ResourceAddress}", &lock_state())
            .replace("{SubscriptionId}", NOBODY)
            .replace("{PublisherId}", &publisher);
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NOTIFY"] {
            let response = proxy.request(method, &path).send().await.unwrap();
            if allowed.contains(method) {
                assert_ne!(response.status(), 405, "{method} {path}");
                continue;
            }
            let answer = Answer::read(response).await;
            let named = judge.judge_other_method(template, &answer, false);
            assert_eq!(named.split(',').map(str::trim).collect::<BTreeSet<_>>(), allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let proxy = Proxy::start().await;
    proxy.feed(&in_range(1)).await;
    for path in ["/health", "/subscriptions", "/publishers", &format!("{}/CurrentState", lock_state())] {
        let get = proxy.request("GET", path).send().await.unwrap();
        let head = proxy.request("HEAD", path).send().await.unwrap();
        assert_eq!((head.status(), get.status().as_u16()), (get.status(), 200), "{path}");
        for name in ["content-type", "content-length"] {
            assert_eq!(head.headers()[name], get.headers()[name], "{path}");
        }
        assert_eq!(head.text().await.unwrap(), "", "{path}");
    }
}

#[tokio::test]
async fn what_is_not_described_is_not_found() {
    let proxy = Proxy::start().await;
    let mut paths: Vec<String> = [
        "",
        "/",
        "/create/event",
        "/log",
        "/dummy",
        "/dummy2",
        "/metrics",
        "/openapi.json",
        "/ready",
        "/subscriptions/status/1",
        "/subscriptions/1/2",
        "/publishers/1/2",
        "/health/1",
        "/CurrentState",
    ]
    .map(str::to_owned)
    .into();
    let described = Document::published().operations().into_iter().map(|operation| operation.path);
    for path in described.filter(|path| !path.contains('{')) {
        paths.extend([format!("{path}/"), path.to_uppercase(), format!("{path}x")]);
    }
    for path in paths {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            assert_eq!(proxy.ask(method, &path).await, (404, String::new()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_api_is_served_at_every_address_of_the_description() {
    let proxy = Proxy::start().await;
    let root = Document::published().root().clone();
    for server in root["servers"].as_array().unwrap() {
        let base = server["url"].as_str().unwrap().strip_prefix("http://{host}:{port}").unwrap();
        let origin = proxy.url("").replace("/api/ocloudNotifications/v2", "");
        let response = reqwest::get(format!("{origin}{base}/health")).await.unwrap();
        assert_serves_at(base, response.status().as_u16());
    }
}

fn assert_serves_at(base: &str, status: u16) {
    assert!([200, 404].contains(&status), "{base}: {status}");
    assert_served(base, status == 200);
}

#[tokio::test]
async fn an_address_may_be_written_in_a_path_with_encoded_slashes() {
    let proxy = Proxy::start().await;
    proxy.feed(&in_range(1)).await;
    let encoded = lock_state()[1..].replace('/', "%2F");
    let plain = proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await;
    assert_eq!(plain.0, 200);
    assert_eq!(proxy.ask("GET", &format!("/{encoded}/CurrentState")).await, plain);
}

#[tokio::test]
async fn every_described_answer_is_given_and_every_answer_is_described() {
    let mut judge = Judge::new();
    ordinary_answers(&mut judge).await;
    answers_to_bodies_that_are_too_much(&mut judge).await;
    answers_without_a_disk(&mut judge).await;
    answers_without_room(&mut judge).await;
    access::answers_to_strangers(&mut judge).await;
    let not_given = judge.coverage().into_iter().filter(|(.., is_seen)| !is_seen);
    let not_given: BTreeSet<String> =
        not_given.map(|(operation, status, _)| format!("{operation} {status}")).collect();
    let awaited: BTreeSet<String> = AWAITED_ANSWERS.iter().map(|row| (*row).to_owned()).collect();
    assert_eq!(not_given, awaited, "left: described and not given; right: the list of the awaited");
}

/// The id of the first publisher.
async fn publisher(proxy: &Proxy) -> String {
    let publishers: Value = serde_json::from_str(&proxy.ask("GET", "/publishers").await.1).unwrap();
    publishers[0]["SubscriptionId"].as_str().unwrap().to_owned()
}

async fn ordinary_answers(judge: &mut Judge) {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let endpoint = consumer.endpoint();
    let create = || Call::new("createSubscription", "/subscriptions");
    let state = format!("{}/CurrentState", lock_state());
    let mut statuses = Vec::new();
    let mut ask = async |call: Call| statuses.push(judge.call(&proxy, call).await.status);

    ask(Call::new("getHealth", "/health")).await;
    ask(Call::new("listSubscriptions", "/subscriptions")).await;
    ask(Call::new("listPublishers", "/publishers")).await;
    ask(Call::new("getPublisher", format!("/publishers/{}", publisher(&proxy).await))).await;
    ask(Call::new("getPublisher", "/publishers/none")).await;
    ask(Call::new("getCurrentState", &state)).await;
    proxy.feed(&in_range(1)).await;
    ask(Call::new("getCurrentState", &state)).await;
    ask(Call::new("getCurrentState", "/cluster/node/other/sync/CurrentState")).await;
    ask(create().with_body("{")).await;
    ask(create().with_body(subscription(&lock_state(), "/relative"))).await;
    consumer.answer(Manner::Status(500));
    ask(create().with_body(subscription(&lock_state(), &endpoint))).await;
    consumer.answer(Manner::Status(204));
    ask(create().with_body(subscription(&address("/nope"), &endpoint))).await;
    ask(create().with_body(subscription(&lock_state(), &endpoint))).await;
    ask(create().with_body(subscription(&lock_state(), &endpoint))).await;
    ask(Call::new("listSubscriptions", "/subscriptions")).await;
    let id = proxy.subscriptions().await[0]["SubscriptionId"].as_str().unwrap().to_owned();
    ask(Call::new("getSubscription", format!("/subscriptions/{id}"))).await;
    ask(Call::new("getSubscription", format!("/subscriptions/{NOBODY}"))).await;
    ask(Call::new("removeSubscription", format!("/subscriptions/{id}"))).await;
    ask(Call::new("removeSubscription", format!("/subscriptions/{id}"))).await;
    ask(Call::new("removeAllSubscriptions", "/subscriptions")).await;
    assert_eq!(
        statuses,
        [200, 200, 200, 200, 400, 404, 200, 404, 400, 400, 400, 404, 201, 409, 200, 200, 404, 204, 404, 204]
    );
    consumer.next().await;
}

/// 408 and 413.
async fn answers_to_bodies_that_are_too_much(judge: &mut Judge) {
    let proxy = Setup::new().flag("--request-body-timeout", "100ms").start().await;
    let large = Call::new("createSubscription", "/subscriptions").with_body(" ".repeat(64 * 1024 + 1));
    assert_eq!(judge.call(&proxy, large).await.status, 413);
    for accept in ["*/*", "application/problem+json"] {
        let authority = proxy.url("").split('/').nth(2).unwrap().to_owned();
        let mut connection = TcpStream::connect(authority).await.unwrap();
        let head = format!(
            "POST /api/ocloudNotifications/v2/subscriptions HTTP/1.1\r\nHost: {NODE}\r\nAccept: {accept}\r\nContent-Length: 2\r\n\r\n{{"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let answer = Answer::parse(&answer);
        assert_eq!(answer.status, 408);
        judge.judge("createSubscription", &answer, accept != "*/*");
    }
}

/// 503 for what has to be written.
async fn answers_without_a_disk(judge: &mut Judge) {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    // A file in the place of the directory: no permission can make up for it.
    fs::remove_dir_all(proxy.setup().path("store")).unwrap();
    fs::write(proxy.setup().path("store"), "").unwrap();
    let other = subscription(&address("/sync/sync-status/sync-state"), &consumer.endpoint());
    for call in [
        Call::new("createSubscription", "/subscriptions").with_body(other),
        Call::new("removeSubscription", format!("/subscriptions/{id}")),
        Call::new("removeAllSubscriptions", "/subscriptions"),
    ] {
        assert_eq!(judge.call(&proxy, call).await.status, 503);
    }
}

/// 503 for everything else: the only place is taken by a request whose consumer does not answer.
async fn answers_without_room(judge: &mut Judge) {
    let proxy = Setup::new().flag("--max-requests", "1").flag("--delivery-timeout", "20s").start().await;
    proxy.feed(&in_range(1)).await;
    let publisher = publisher(&proxy).await;
    let mut consumer = Consumer::start().await;
    consumer.answer(Manner::Never);
    let (resource, endpoint) = (lock_state(), consumer.endpoint());
    let others = async {
        consumer.next().await;
        for call in [
            Call::new("listSubscriptions", "/subscriptions"),
            Call::new("getSubscription", format!("/subscriptions/{NOBODY}")),
            Call::new("getCurrentState", format!("{}/CurrentState", lock_state())),
            Call::new("listPublishers", "/publishers"),
            Call::new("getPublisher", format!("/publishers/{publisher}")),
        ] {
            judge.call(&proxy, call).await;
        }
        consumer.answer(Manner::Status(204));
    };
    let (created, ()) = tokio::join!(proxy.subscribe(&resource, &endpoint), others);
    assert_eq!(created.0, 201);
}
