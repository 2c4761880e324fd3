//! Routes that are for the subject itself, not for others.

use crate::conform::case::Case;
use crate::conform::event_form::SOURCES_AND_TYPES;
use crate::conform::wire::{Ask, Wire, WireError};
use cucumber::{given, then, when};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// An id that nobody has.
const NOBODYS_ID: &str = "33333333-3333-4333-8333-333333333333";

/// An address for documentation, RFC 5737: nothing is sent there.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// Our own proxy is started so; an endpoint is as it is.
#[given("the subject serves other machines too")]
async fn serves_others(case: &mut Case) {
    case.launch.arguments.extend(["--api-host".into(), "0.0.0.0".into()]);
    let base = case.subject().await.wire().base();
    case.kept.outside = Some(outside(&base).unwrap_or(case.subject().await.wire().clone()));
    case.kept.publishers = case.ask(Ask::new("GET", "/publishers")).await.body;
}

/// The way to the subject over another address of this machine than loopback. `None` when the base is no loopback address
/// anyway, or this machine has no other one: then what is closed over loopback is closed to all.
fn outside(base: &str) -> Option<Wire> {
    let host = ["http://localhost:", "http://127.0.0.1:"].into_iter().find(|host| base.starts_with(host))?;
    let address = other_address()?;
    Wire::new(&format!("http://{address}:{}", &base[host.len()..]), None).ok()
}

/// The address from which this machine would write elsewhere.
fn other_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[when(regex = r"^(POST|PUT|DELETE) (/\S*) is sent from another address$")]
async fn is_sent_from_outside(case: &mut Case, method: String, path: String) {
    let path = path.replace(":publisher", &publisher(case, "lock-state"));
    let ask = Ask::new(super::request::method_of(&method), path);
    let ask = if method == "DELETE" {
        ask
    } else {
        ask.json(&event(case, "/sync/ptp-status/lock-state", json!("FREERUN")))
    };
    try_outside(case, &ask).await;
}

#[when(regex = r"^an event of lock-state is posted to (/\S*) from another address$")]
async fn is_posted_from_outside(case: &mut Case, path: String) {
    let ask = Ask::new("POST", path).json(&event(case, "/sync/ptp-status/lock-state", json!("FREERUN")));
    try_outside(case, &ask).await;
}

async fn try_outside(case: &mut Case, ask: &Ask) {
    let wire = case.kept.outside.clone().expect("a step has found the way from outside");
    let (answered, exchange) = wire.ask(ask).await;
    case.note(exchange);
    case.kept.attempt = Some(answered);
}

#[when(regex = r"^the event of a number is posted to (/\S*)$")]
async fn a_number_is_posted(case: &mut Case, path: String) {
    case.kept.publishers = case.ask(Ask::new("GET", "/publishers")).await.body;
    let ask = Ask::new("POST", path).json(&event(case, "/sync/ptp-status/clock-class", json!(6)));
    let wire = case.subject().await.wire().clone();
    let (answered, exchange) = wire.ask(&ask).await;
    case.note(exchange);
    case.kept.attempt = Some(answered);
}

/// An event as a producer within the incumbent would hand it in.
fn event(case: &Case, resource: &str, value: Value) -> Value {
    let of_resource = SOURCES_AND_TYPES.into_iter().find(|(source, _)| *source == resource);
    let (source, event_type) = of_resource.expect("one of the seven resources");
    let data_type =
        if value.is_string() { ("notification", "enumeration") } else { ("metric", "decimal64.3") };
    json!({
        "specversion": "1.0",
        "id": publisher(case, source),
        "source": source,
        "type": event_type,
        "time": "2026-11-22T12:11:32.5Z",
        "data": { "version": "1.0", "values": [{
            "ResourceAddress": format!("/cluster/node/node{source}"),
            "data_type": data_type.0, "value_type": data_type.1, "value": value,
        }] },
    })
}

/// The id of the publisher whose address ends so; one that nobody has, where there is none.
fn publisher(case: &Case, ending: &str) -> String {
    let publishers: Value = serde_json::from_slice(&case.kept.publishers).unwrap_or_default();
    let of_resource = publishers.as_array().into_iter().flatten().find(|publisher| {
        publisher["ResourceAddress"].as_str().is_some_and(|address| address.ends_with(ending))
    });
    let id = of_resource.and_then(|publisher| publisher["SubscriptionId"].as_str());
    id.unwrap_or(NOBODYS_ID).to_owned()
}

/// With a status that says so, or because nobody listens there.
#[then("it was refused")]
fn was_refused(case: &mut Case) {
    match case.kept.attempt.as_ref().expect("something was tried") {
        Err(WireError::Connect(_)) => {}
        Err(error) => panic!("expected a refusal, found: {error}"),
        Ok(answer) => assert!(
            [401, 403, 404, 405].contains(&answer.status),
            "expected 401, 403, 404 or 405, found {}",
            answer.status
        ),
    }
}

#[then("it was answered")]
fn was_answered(case: &mut Case) {
    if let Err(error) = case.kept.attempt.as_ref().expect("something was tried") {
        panic!("expected an answer, found: {error}");
    }
}

#[then("the publishers are as before")]
async fn publishers_are_as_before(case: &mut Case) {
    let now = case.ask(Ask::new("GET", "/publishers")).await.body;
    let [before, now] = [&case.kept.publishers, &now].map(|body| String::from_utf8_lossy(body));
    assert_eq!(now, before, "the publishers");
}
