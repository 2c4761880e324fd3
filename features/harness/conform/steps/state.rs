//! States of the subject's node: changed by the stimulus, or as they are found.

use crate::conform::case::Case;
use crate::conform::stimulus::StimulusError;
use crate::conform::subject::Need;
use crate::conform::wire::Ask;
use crate::resource_path as path;
use cucumber::{given, when};

/// Brings it about where states can be changed; else it must be so already.
#[given(regex = r"^(\S+) is (LOCKED|HOLDOVER|FREERUN|SYNCHRONIZED|ACQUIRING-SYNC|FAILURE-NOFIX|\d+)$")]
async fn is(case: &mut Case, resource: String, value: String) {
    let offers = case.context().subject.offers(Need::Stimulus);
    if offers {
        return becomes(case, resource, value).await;
    }
    let address = case.address(&resource).await;
    let answer = case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await;
    let now = answer.json()["data"]["values"][0]["value"].as_str().unwrap_or("not known").to_owned();
    if now != value {
        Case::not_run(format!("{resource} is {now}, and {}", Need::Stimulus.reason()));
    }
}

/// Whatever it is, as long as the subject knows it.
#[given(regex = r"^(\S+) is known$")]
async fn is_known(case: &mut Case, resource: String) {
    let address = case.address(&resource).await;
    let ask = Ask::new("GET", format!("{address}/CurrentState"));
    if case.ask(ask.clone()).await.status == 200 {
        return;
    }
    if !case.context().subject.offers(Need::Stimulus) {
        Case::not_run(format!("nothing is known of {resource}, and {}", Need::Stimulus.reason()));
    }
    becomes(case, resource.clone(), some_value(&resource).to_owned()).await;
    // The incumbent answers only what somebody has subscribed, so that this proves nothing about the state.
}

/// Nothing has been reported of it yet.
#[given(regex = r"^(\S+) is not known$")]
async fn is_not_known(case: &mut Case, resource: String) {
    let address = case.address(&resource).await;
    let answer = case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await;
    if answer.status == 200 {
        Case::not_run(format!("{resource} is known"));
    }
}

/// A value that the resource can have from the start.
pub(super) fn some_value(resource: &str) -> &'static str {
    match path(resource).as_str() {
        "/sync/ptp-status/clock-class" => "6",
        "/sync/gnss-status/gnss-sync-status" => "SYNCHRONIZED",
        "/sync/synce-status/clock-quality" => "1",
        _ => "LOCKED",
    }
}

/// Two clocks make it, so that both are brought there: `sync-state` follows.
#[given(regex = r"^(\S+) becomes (\S+)$")]
#[when(regex = r"^(\S+) becomes (\S+)$")]
pub(super) async fn becomes(case: &mut Case, resource: String, value: String) {
    let resource = path(&resource);
    if resource == "/sync/sync-status/sync-state" && value == "LOCKED" {
        enact(case, "/sync/ptp-status/lock-state", &value).await;
        return enact(case, "/sync/sync-status/os-clock-sync-state", &value).await;
    }
    if resource == "/sync/sync-status/os-clock-sync-state" && value == "LOCKED" {
        // It is no better than the clock that it follows.
        enact(case, "/sync/ptp-status/lock-state", &value).await;
    }
    let changed = match resource.as_str() {
        "/sync/sync-status/sync-state" => "/sync/ptp-status/lock-state".to_owned(),
        _ => resource,
    };
    enact(case, &changed, &value).await;
}

/// The change is under way, and nobody waits for what it causes.
#[when(regex = r"^(\S+) becomes (\S+) meanwhile$")]
async fn becomes_meanwhile(case: &mut Case, resource: String, value: String) {
    let enacted = case.subject().await.enact_unawaited(&path(&resource), &value).await;
    judge(enacted);
}

/// The same state over and over, with other figures.
#[when(regex = r"^(\S+) is reported again (\d+) times?$")]
async fn is_repeated(case: &mut Case, resource: String, times: usize) {
    let repeated = case.subject().await.repeat(&path(&resource), times).await;
    judge(repeated);
}

async fn enact(case: &mut Case, resource: &str, value: &str) {
    let enacted = case.subject().await.enact(resource, value).await;
    judge(enacted);
}

pub(super) fn judge(enacted: Result<(), StimulusError>) {
    match enacted {
        Ok(()) => {}
        Err(error @ StimulusError::Unavailable { .. }) => Case::not_run(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}
