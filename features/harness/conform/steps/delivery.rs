//! Who is told when.

use crate::conform::case::Case;
use crate::conform::subject::Subject;
use crate::limits::BUSY_MACHINE_DELAY_MAX;
use crate::resource_path as path;
use crate::{Conduct, Outcome, wall_clock};
use cucumber::{given, then, when};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Clock classes of ITU-T G.8275.1, table 5: a burst goes through them from the second one on, and any two that follow
/// each other differ.
const CLASSES: [&str; 8] = ["6", "7", "135", "140", "150", "160", "165", "248"];

const CLOCK_CLASS: &str = "/sync/ptp-status/clock-class";

/// The class after so many changes.
fn class(changes: usize) -> &'static str {
    CLASSES[changes % CLASSES.len()]
}

/// A burst begins with class 6.
#[when(regex = r"^clock-class changes (\d+) times in a burst$")]
async fn bursts(case: &mut Case, times: usize) {
    for number in 1..=times {
        let value = class(case.kept.burst_changes + number);
        case.kept.changed_at = Some(wall_clock::now());
        let enacted = case.subject().await.enact_unawaited(CLOCK_CLASS, value).await;
        super::state::judge(enacted);
    }
    case.kept.burst_changes += times;
}

#[when(regex = r"^clock-class changes (\d+) times in a burst and the daemon connects anew$")]
async fn bursts_and_reconnects(case: &mut Case, times: usize) {
    bursts(case, times).await;
    match case.subject().await {
        Subject::Own(own) => own.reconnect().await.unwrap_or_else(|error| panic!("{error}")),
        Subject::Foreign(_) => Case::not_run("the daemon of an endpoint cannot be made to connect anew"),
    }
}

#[then(regex = r"^consumer (\w+) is told each of the (\d+) changes of clock-class once, in order$")]
async fn is_told_each(case: &mut Case, name: String, times: usize) {
    let before = case.kept.burst_changes - times;
    let expected: Vec<&str> = (1..=times).map(|number| class(before + number)).collect();
    let mut found = Vec::new();
    while found.len() < times {
        let Some(told) = case.hears(&name, CLOCK_CLASS).await else { break };
        case.kept.burst_arrived = Some(told.arrived);
        found.push(super::consumer::first_value(&told).to_owned());
    }
    assert_eq!(found, expected, "what consumer {name} was told of the clock class");
    let more = case.hears_all(&name).await;
    assert!(more.is_empty(), "consumer {name} was told {} more: {}", more.len(), more[0].body);
}

#[given(regex = r"^consumer (\w+) is subscribed to (\S+), and hangs from then on$")]
async fn is_subscribed_and_hangs(case: &mut Case, name: String, resource: String) {
    let address = case.address(&resource).await;
    let answer = case.subscribe(&name, &address).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    case.hears_all(&name).await;
    case.consumer(&name).await.consumer.behave(Conduct::Hang);
}

/// Each of them had a request that it did not answer. Of our own proxy, which runs beside others on a busy machine, it is
/// demanded that it had not given up any of them; of an endpoint that it was quick, however it manages that.
#[then(regex = r"^that came within (\d+) seconds?, while consumers (\w+), (\w+) and (\w+) still hung$")]
async fn came_while_others_hung(case: &mut Case, seconds: u64, one: String, two: String, three: String) {
    let arrived = case.kept.burst_arrived.expect("a step of a burst came before");
    is_in_time(case, arrived, Duration::from_secs(seconds)).await;
    let is_own = matches!(case.subject().await, Subject::Own(_));
    for name in [one, two, three] {
        let Some(hung) = case.hears_any(&name).await else {
            panic!("consumer {name} was sent nothing, so that nobody had to wait for it");
        };
        match hung.outcome() {
            None => {}
            Some(Outcome::GaveUp { at } | Outcome::Answered { at, .. } | Outcome::Cut { at }) => assert!(
                at > arrived || !is_own,
                "the others were told {:?} after the subject had given up consumer {name}",
                arrived.saturating_duration_since(at)
            ),
        }
    }
}

/// Since the latest change. A proxy that the suite starts runs beside others on a busy machine.
async fn is_in_time(case: &mut Case, arrived: Instant, within: Duration) {
    let changed = case.kept.changed_at.expect("a step that changes something came before");
    let bound = match case.subject().await {
        Subject::Own(_) => within.max(BUSY_MACHINE_DELAY_MAX),
        Subject::Foreign(_) => within,
    };
    let took = arrived.saturating_duration_since(changed);
    assert!(took <= bound, "the notification came {took:?} after the change, expected within {bound:?}");
}

#[when(regex = r"^(\d+) seconds go by$")]
async fn time_goes_by(case: &mut Case, seconds: u64) {
    let passed = case.subject().await.pass(Duration::from_secs(seconds)).await;
    passed.unwrap_or_else(|error| panic!("{error}"));
}

/// The change is noted and not waited for.
#[when(regex = r"^(\S+) turns (\S+)$")]
async fn turns(case: &mut Case, resource: String, value: String) {
    case.kept.changed_at = Some(wall_clock::now());
    let enacted = case.subject().await.enact_unawaited(&path(&resource), &value).await;
    super::state::judge(enacted);
}

/// Each for an endpoint of its own, one after the other.
#[when(regex = r"^consumer (\w+) makes (\d+) new subscriptions to (\S+)$")]
async fn makes_subscriptions(case: &mut Case, name: String, count: usize, resource: String) {
    let address = case.address(&resource).await;
    for number in 0..count {
        let endpoint = case.consumer(&name).await.consumer.endpoint_of(number);
        let answer = case.subscribe_endpoint(&address, &endpoint).await;
        assert_eq!(answer.status, 201, "subscription {number}: {}", answer.text());
    }
    case.hears_all(&name).await;
}

#[then(regex = r"^each of the (\d+) endpoints of consumer (\w+) is told (\S+) once, within (\d+) seconds?$")]
async fn each_is_told(case: &mut Case, count: usize, name: String, value: String, seconds: u64) {
    let mut told = Vec::new();
    while told.len() < count {
        let Some(one) = case.hears_any(&name).await else { break };
        told.push(one);
    }
    told.extend(case.hears_all(&name).await);
    let mut by_path: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &told {
        assert_eq!(super::consumer::first_value(one), value, "{}", one.body);
        *by_path.entry(&one.path).or_default() += 1;
    }
    let once = by_path.values().filter(|times| **times == 1).count();
    assert_eq!((once, told.len()), (count, count), "endpoints that were told once, and notifications in all");
    for one in &told {
        is_in_time(case, one.arrived, Duration::from_secs(seconds)).await;
    }
}
