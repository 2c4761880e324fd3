//! The current state on request.

use crate::conform::case::Case;
use crate::conform::event_form;
use crate::conform::interpretation::Point;
use crate::conform::requests::text;
use crate::conform::subject::Need;
use crate::conform::wire::{Answered, Ask, Wire, WireError};
use crate::resource_path as path;
use cucumber::{given, then, when};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

#[when(regex = r"^CurrentState of (\S+) is requested$")]
async fn requested(case: &mut Case, resource: String) {
    pull(case, &resource).await;
}

async fn pull(case: &mut Case, resource: &str) -> Answered {
    let address = case.address(resource).await;
    case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await
}

/// Two seconds apart, with nothing told to consumer C between them.
#[when(regex = r"^CurrentState of (\S+) is requested twice while nothing changes$")]
async fn requested_twice(case: &mut Case, resource: String) {
    let first = pull(case, &resource).await;
    let passed = case.subject().await.pass(Duration::from_secs(2)).await;
    passed.unwrap_or_else(|error| panic!("{error}"));
    let second = pull(case, &resource).await;
    if !case.hears_all("C").await.is_empty() {
        Case::not_run(format!("{resource} changed between two requests"));
    }
    case.notes.answers = vec![first, second];
}

#[when(regex = r"^(\d+) s pass$")]
async fn passes(case: &mut Case, seconds: u64) {
    let passed = case.subject().await.pass(Duration::from_secs(seconds)).await;
    passed.unwrap_or_else(|error| panic!("{error}"));
}

#[then("both have the same time and the same values")]
fn same_time(case: &mut Case) {
    let [first, second] = &case.notes.answers[..] else { panic!("two answers were kept") };
    let (first, second) = (first.json(), second.json());
    assert!(first["time"].is_string(), "`time`: expected a text, found {first}");
    assert_eq!(second["time"], first["time"], "`time` of the second answer against that of the first");
    assert_eq!(second["data"], first["data"], "`data` of the second answer against that of the first");
}

/// Everything that is wrong with an event of a resource: its form, its source and its type.
async fn judge(case: &mut Case, event: &Value, resource: &str) -> Vec<String> {
    let node = case.with_node("<node>").await;
    let readings = &case.context().interpretations;
    let path = path(resource);
    let mut problems = event_form::problems(event, &path, &node, readings);
    let source = event_form::source(&path, readings).unwrap_or_else(|| panic!("{path} is no resource"));
    if event["source"] != source {
        problems.push(format!("source is {}, expected {source}", event["source"]));
    }
    if !event_form::is_type_of(&path, text(event, "type"), readings) {
        problems.push(format!("type is {}, which is not that of {path}", event["type"]));
    }
    problems
}

async fn must_be_event(case: &mut Case, event: &Value, resource: &str) {
    let problems = judge(case, event, resource).await;
    assert!(problems.is_empty(), "{}; in {event}", problems.join("; "));
}

/// One JSON object, with all that an event of the resource has.
#[then(regex = r"^the answer is one event of (\S+)$")]
async fn is_event(case: &mut Case, resource: String) {
    let event = one_json(case.answer());
    must_be_event(case, &event, &resource).await;
}

fn one_json(answer: &Answered) -> Value {
    assert_eq!(answer.status, 200, "CurrentState: expected 200, found {}", answer.status);
    let parsed = serde_json::from_slice(&answer.body);
    parsed.unwrap_or_else(|error| panic!("expected one JSON value, found {error} in {}", answer.text()))
}

/// What is unknown has no state, so that 404 is the answer; what is known has the form of its resource.
#[then(regex = r"^the answer is 404 or one event of (\S+)$")]
async fn is_absent_or_event(case: &mut Case, resource: String) {
    if case.answer().status != 404 {
        is_event(case, resource).await;
    }
}

/// Brought about where that is possible; known from what a subscriber is told first. Nobody is subscribed afterwards.
#[given(regex = r"^(\S+) is known, and nobody is subscribed$")]
async fn is_known_to_nobody(case: &mut Case, resource: String) {
    if case.context().subject.offers(Need::Stimulus) {
        let value = super::state::some_value(&resource);
        let enacted = case.subject().await.enact(&path(&resource), value).await;
        enacted.unwrap_or_else(|error| Case::not_run(error.to_string()));
    }
    let address = case.address(&resource).await;
    let answer = case.subscribe("C", &address).await;
    let told = case.hears("C", &resource).await;
    let told = told.map(|told| told.body).unwrap_or_default();
    let values = event_form::values(&told);
    let is_marker = |value: &Value| {
        ["ptp-not-set", "event-not-found"].iter().any(|end| text(value, "ResourceAddress").ends_with(end))
    };
    if answer.status != 201 || values.is_empty() || values.iter().any(is_marker) {
        Case::not_run(format!("a subscriber was not told what {resource} is"));
    }
    for item in case.listed().await {
        case.ask(Ask::new("DELETE", format!("/subscriptions/{}", text(&item, "SubscriptionId")))).await;
    }
}

/// The same values, with the same types, at the same addresses, whatever their order.
#[then(regex = r"^CurrentState of (\S+) has the values of the last notification to consumer (\w+)$")]
async fn equals_notification(case: &mut Case, resource: String, consumer: String) {
    let (told, pulled) = last_told_and_pulled(case, &resource, &consumer).await;
    let key = event_form::data_type_key(&case.context().interpretations);
    let parts = |event: &Value| -> BTreeSet<String> {
        let values = event_form::values(event);
        let keys = ["ResourceAddress", key, "value_type", "value"];
        values.iter().map(|value| keys.map(|key| value[key].to_string()).join(" ")).collect()
    };
    assert!(!parts(&told).is_empty(), "the notification has no values: {told}");
    assert_eq!(parts(&pulled), parts(&told), "the values of CurrentState against those of the notification");
}

#[then(regex = r"^CurrentState of (\S+) has the time of the last notification to consumer (\w+)$")]
async fn equals_time(case: &mut Case, resource: String, consumer: String) {
    let (told, pulled) = last_told_and_pulled(case, &resource, &consumer).await;
    assert!(told["time"].is_string(), "the notification has no time: {told}");
    assert_eq!(pulled["time"], told["time"], "`time` of CurrentState against that of the notification");
}

async fn last_told_and_pulled(case: &mut Case, resource: &str, consumer: &str) -> (Value, Value) {
    let told = case.hears_all(consumer).await;
    let source = event_form::source(&path(resource), &case.context().interpretations);
    let last = told.iter().rev().find(|one| one.body["source"].as_str() == source);
    let last =
        last.unwrap_or_else(|| panic!("consumer {consumer} was told nothing of {resource}")).body.clone();
    let pulled = pull(case, resource).await;
    (last, one_json(&pulled))
}

/// One event for all that the address covers: each value says by its address which resource it is of, and has the form
/// that it has in an event of its own.
#[then(regex = r"^the answer is one event with values of (\S+) and (\S+)$")]
async fn is_event_of_both(case: &mut Case, one: String, other: String) {
    let event = one_json(case.answer());
    let mut of_each = Vec::new();
    for resource in [one, other] {
        let address = case.address(&resource).await;
        let mut values = event_form::values(&event);
        values.retain(|value| text(value, "ResourceAddress") == address);
        assert!(!values.is_empty(), "expected a value with the ResourceAddress {address}, found {event}");
        let mut part = event.clone();
        let data = json!({"version": "1.0", "values": values});
        let is_text = case.reading(Point::DataForm) == "string";
        part["data"] = if is_text { data.to_string().into() } else { data };
        of_each.push(judge(case, &part, &resource).await);
    }
    // Source and type can be those of one of them only.
    let is_of_part =
        |problem: &String| !problem.starts_with("source is ") && !problem.starts_with("type is ");
    let of_values: Vec<&String> = of_each.iter().flatten().filter(|problem| is_of_part(problem)).collect();
    assert!(of_values.is_empty(), "{of_values:?} in {event}");
    assert!(of_each.iter().any(Vec::is_empty), "expected source and type of one of them, found {event}");
}

#[then(regex = r"^the answer is an array with an event of (\S+) and one of (\S+)$")]
async fn is_array_of_both(case: &mut Case, one: String, other: String) {
    let found = one_json(case.answer());
    let events = found.as_array().unwrap_or_else(|| panic!("expected a JSON array, found {found}")).clone();
    for resource in [one, other] {
        let source = event_form::source(&path(&resource), &case.context().interpretations);
        let event = events.iter().find(|event| event["source"].as_str() == source);
        let event = event.unwrap_or_else(|| panic!("expected an event of {resource}, found {found}"));
        must_be_event(case, event, &resource).await;
    }
}

/// Requests in several tasks while a state goes back and forth between two values, of which consumer C is told.
#[when(regex = r"^CurrentState of (\S+) is requested (\d+) times while it changes between (\S+) and (\S+)$")]
async fn storm(case: &mut Case, resource: String, times: usize, one: String, other: String) {
    let ask = Ask::new("GET", format!("{}/CurrentState", case.address(&resource).await));
    let wire = case.subject().await.wire().clone();
    let clients = (0..STORM_CLIENTS)
        .map(|_| tokio::spawn(pull_often(wire.clone(), ask.clone(), times / STORM_CLIENTS)));
    let mut answering = tokio::spawn(join_all(clients.collect::<Vec<_>>()));
    let mut values = [other, one].into_iter().cycle();
    let answers = loop {
        let value = values.next().expect("it never ends");
        let enacted = case.subject().await.enact(&path(&resource), &value).await;
        enacted.unwrap_or_else(|error| Case::not_run(error.to_string()));
        // Not faster than the endpoint tells it, so that nothing is left over for whoever comes next.
        assert!(
            case.hears("C", &resource).await.is_some(),
            "consumer C was not told that {resource} is {value}"
        );
        if answering.is_finished() {
            break (&mut answering).await.expect("the requests are never given up");
        }
    };
    let answers = answers.into_iter().flat_map(|client| client.expect("the requests are never given up"));
    case.notes.answers =
        answers.map(|answer| answer.unwrap_or_else(|error| panic!("CurrentState: {error}"))).collect();
}

/// How many clients ask at a time.
const STORM_CLIENTS: usize = 8;

async fn pull_often(wire: Wire, ask: Ask, times: usize) -> Vec<Result<Answered, WireError>> {
    let mut answers = Vec::with_capacity(times);
    for _ in 0..times {
        answers.push(wire.ask(&ask).await.0);
    }
    answers
}

#[then(regex = r"^each answer is one event of (\S+) with the value (\S+) or (\S+)$")]
async fn each_is_event(case: &mut Case, resource: String, one: String, other: String) {
    let events: Vec<Value> = case.notes.answers.iter().map(one_json).collect();
    assert!(!events.is_empty(), "nothing was asked");
    for event in &events {
        must_be_event(case, event, &resource).await;
        let values = event_form::values(event);
        let value = text(&values[0], "value");
        assert!(value == one || value == other, "expected {one} or {other}, found {value} in {event}");
    }
}
