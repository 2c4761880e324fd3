//! A consumer that does what the example consumer of redhat-cne/cloud-event-proxy does, `examples/consumer/main.go`:
//! seven subscriptions in parallel, and every half minute the health, the list, and the states.

use crate::RESOURCES;
use crate::conform::case::Case;
use crate::conform::event_form;
use crate::conform::wire::{Ask, Wire};
use crate::limits::RESTART_POLL;
use cucumber::{then, when};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often it looks at everything.
const ROUND: Duration = Duration::from_secs(30);

/// How many times it begins anew, at most: on the first conflict it deletes all subscriptions.
const BEGINNINGS_MAX: usize = 3;

/// How often it asks for the health before it begins.
const HEALTH_ATTEMPTS_MAX: usize = 20;

/// The resources of which it asks for the current state.
const STATES: [&str; 5] =
    ["lock-state", "clock-class", "os-clock-sync-state", "sync-state", "gnss-sync-status"];

#[when(regex = r"^the example consumer runs as consumer (\w+) for (\d+) minutes?$")]
async fn runs(case: &mut Case, name: String, minutes: u32) {
    waits_for_health(case).await;
    let endpoint = case.consumer(&name).await.consumer.endpoint();
    subscribes(case, &endpoint).await;
    for _ in 0..2 * minutes {
        let passed = case.subject().await.pass(ROUND).await;
        passed.unwrap_or_else(|error| panic!("{error}"));
        looks(case, &endpoint).await;
    }
}

async fn waits_for_health(case: &mut Case) {
    for _ in 0..HEALTH_ATTEMPTS_MAX {
        if case.ask(Ask::new("GET", "/health")).await.status == 200 {
            return;
        }
        tokio::time::sleep(RESTART_POLL).await;
    }
    panic!("GET /health was never answered with 200, so that the consumer does not begin");
}

/// On a conflict it deletes all subscriptions, those of others too, and begins anew.
async fn subscribes(case: &mut Case, endpoint: &str) {
    for _ in 0..BEGINNINGS_MAX {
        let statuses = subscribes_in_parallel(case, endpoint).await;
        if statuses.iter().all(|status| *status == 201) {
            case.kept.example.created += 1;
            return;
        }
        if !statuses.contains(&409) {
            return case
                .kept
                .example
                .complaints
                .push(format!("its subscriptions were answered {statuses:?}"));
        }
        let deleted = case.ask(Ask::new("DELETE", "/subscriptions")).await.status;
        if deleted != 204 {
            case.kept.example.complaints.push(format!("DELETE /subscriptions was answered {deleted}"));
        }
        case.kept.example.deleted += 1;
    }
}

async fn subscribes_in_parallel(case: &mut Case, endpoint: &str) -> Vec<u16> {
    let wire: Wire = case.subject().await.wire().clone();
    let mut asking = JoinSet::new();
    for resource in RESOURCES {
        let body = json!({ "ResourceAddress": case.address(resource).await, "EndpointUri": endpoint });
        let wire = wire.clone();
        asking.spawn(async move { wire.ask(&Ask::new("POST", "/subscriptions").json(&body)).await });
    }
    let mut statuses = Vec::new();
    while let Some(asked) = asking.join_next().await {
        let (answered, exchange) = asked.expect("asking does not panic");
        case.note(exchange);
        let answered = answered.unwrap_or_else(|error| panic!("POST /subscriptions: {error}"));
        case.keep_subscription(&answered);
        statuses.push(answered.status);
    }
    statuses
}

/// The health, the list and the states.
async fn looks(case: &mut Case, endpoint: &str) {
    let health = case.ask(Ask::new("GET", "/health")).await;
    if health.status != 200 || !health.text().contains("OK") {
        complain(case, format!("GET /health was answered {} {}", health.status, health.text()));
    }
    let list = case.ask(Ask::new("GET", "/subscriptions")).await.json();
    let of_it = |one: &&Value| one["EndpointUri"] == endpoint;
    let listed = list.as_array().map_or(0, |list| list.iter().filter(of_it).count());
    if listed != RESOURCES.len() {
        complain(case, format!("{listed} of its subscriptions are listed"));
    }
    for resource in STATES {
        let address = case.address(resource).await;
        let state = case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await;
        let has_values = state.json()["data"]["values"].as_array().is_some_and(|values| !values.is_empty());
        if state.status != 200 || !has_values {
            complain(case, format!("the state of {resource} was answered {} {}", state.status, state.text()));
        }
    }
    case.kept.example.rounds += 1;
}

fn complain(case: &mut Case, complaint: String) {
    case.kept.example.complaints.push(complaint);
}

#[then("the example consumer has created all subscriptions")]
fn has_created(case: &mut Case) {
    let run = &case.kept.example;
    assert_eq!((run.created, run.deleted), (1, 0), "creations and deletions of all; {:?}", run.complaints);
}

#[then("the example consumer has deleted all subscriptions once and created them again")]
fn has_begun_anew(case: &mut Case) {
    let run = &case.kept.example;
    assert_eq!((run.created, run.deleted), (2, 1), "creations and deletions of all; {:?}", run.complaints);
}

#[then(
    "the example consumer was always told that the subject is well, its subscriptions are there, and what the states are"
)]
fn was_always_well(case: &mut Case) {
    let run = &case.kept.example;
    assert!(run.rounds > 0, "it has looked at nothing");
    assert!(run.complaints.is_empty(), "{}", run.complaints.join("; "));
}

/// Nothing that is told after it counts.
#[then(regex = r"^consumer (\w+) was sent an initial notification of each of the seven resources$")]
async fn was_sent_all(case: &mut Case, name: String) {
    let told = case.hears_all(&name).await;
    let first = told.iter().take(RESOURCES.len());
    let sources: BTreeSet<&str> = first.filter_map(|one| one.body["source"].as_str()).collect();
    let readings = &case.context().interpretations;
    let expected: BTreeSet<&str> =
        RESOURCES.into_iter().filter_map(|resource| event_form::source(resource, readings)).collect();
    assert_eq!(sources, expected, "the sources of the first {} notifications", RESOURCES.len());
}
