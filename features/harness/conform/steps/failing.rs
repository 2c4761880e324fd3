//! Consumers that fail, and what becomes of their subscriptions.

use crate::Conduct;
use crate::conform::case::Case;
use crate::conform::subject::Subject;
use crate::conform::wire::Ask;
use crate::limits::{RETRY_PAUSE, RETRY_PAUSES_MAX};
use cucumber::{given, then, when};

const LOCK_STATE: &str = "/sync/ptp-status/lock-state";

/// From LOCKED to FREERUN or back, and waits until that was tried to be told.
async fn flip(case: &mut Case) -> &'static str {
    case.kept.flips += 1;
    let value = if case.kept.flips % 2 == 1 { "FREERUN" } else { "LOCKED" };
    let enacted = case.subject().await.enact(LOCK_STATE, value).await;
    super::state::judge(enacted);
    let settled = case.subject().await.settle().await;
    settled.unwrap_or_else(|error| panic!("{error}"));
    value
}

/// Lets the subject make another attempt, where it tries again at all. For an endpoint that takes real time, and only
/// after the changes that should have been enough.
async fn let_it_retry(case: &mut Case, round: usize, enough: usize) {
    let subject = case.subject().await;
    if matches!(subject, Subject::Own(_)) || round >= enough {
        subject.pass(RETRY_PAUSE).await.unwrap_or_else(|error| panic!("{error}"));
    }
}

#[given(regex = r"^consumer (\w+) fails (\d+) times, confirms once, and fails (\d+) times more$")]
async fn fails_in_two_rows(case: &mut Case, name: String, first: usize, second: usize) {
    let mut conducts = vec![Conduct::CloseWithoutAnswer; first];
    conducts.push(Conduct::Answer(204));
    conducts.extend(vec![Conduct::CloseWithoutAnswer; second]);
    conducts.push(Conduct::Answer(204));
    case.consumer(&name).await.consumer.program(conducts);
}

#[when(regex = r"^lock-state changes until consumer (\w+) was sent (\d+) notifications$")]
async fn changes_until_sent(case: &mut Case, name: String, count: u64) {
    let before = case.consumer(&name).await.consumer.count();
    let enough = usize::try_from(count).expect("a scenario counts few");
    for round in 0..enough + RETRY_PAUSES_MAX {
        if case.consumer(&name).await.consumer.count() - before >= count {
            return;
        }
        flip(case).await;
        let_it_retry(case, round, enough).await;
    }
    let sent = case.consumer(&name).await.consumer.count() - before;
    assert!(sent >= count, "consumer {name} was sent {sent} notifications of {count} that were due");
}

/// Ends as soon as no subscription names the consumer; the scenario looks at that itself.
#[when(regex = r"^lock-state changes (\d+) times, and time goes by, until consumer (\w+) is given up$")]
async fn changes_until_given_up(case: &mut Case, times: usize, name: String) {
    let endpoint = case.consumer(&name).await.consumer.endpoint();
    for round in 0..times + RETRY_PAUSES_MAX {
        flip(case).await;
        let_it_retry(case, round, times).await;
        let list = case.ask(Ask::new("GET", "/subscriptions")).await.json();
        let is_listed = |list: &Vec<serde_json::Value>| list.iter().any(|one| one["EndpointUri"] == endpoint);
        if !list.as_array().is_some_and(is_listed) {
            return;
        }
    }
}

/// What came before is not looked at.
#[then(regex = r"^a change of lock-state reaches consumer (\w+)$")]
async fn a_change_reaches(case: &mut Case, name: String) {
    case.hears_all(&name).await;
    let value = flip(case).await;
    let_it_retry(case, 0, 1).await;
    let told = case.hears_all(&name).await;
    let values: Vec<&str> = told.iter().map(super::consumer::first_value).collect();
    assert_eq!(values.last(), Some(&value), "the last of what consumer {name} was told: {values:?}");
}
