//! Consumers: how they behave, and what they are told.

use crate::conform::case::Case;
use crate::resource_path as path;
use crate::{Conduct, Received};
use cucumber::{given, then, when};
use std::time::Duration;

/// Between two bytes of an answer that never ends.
const DRIP_PAUSE: Duration = Duration::from_millis(200);

#[given(regex = r"^consumer (\w+) answers with (\d+)$")]
#[when(regex = r"^consumer (\w+) answers with (\d+)$")]
async fn answers_with(case: &mut Case, name: String, status: u16) {
    case.consumer(&name).await.consumer.behave(Conduct::Answer(status));
}

#[given(regex = r"^consumer (\w+) ((?:takes|accepts|refuses|resets|closes|answers) [^\d]+)$")]
#[when(regex = r"^consumer (\w+) ((?:takes|accepts|refuses|resets|closes|answers) [^\d]+)$")]
async fn behaves(case: &mut Case, name: String, conduct: String) {
    let consumer = &mut case.consumer(&name).await.consumer;
    let conduct = match conduct.as_str() {
        "takes requests and never answers" => Conduct::Hang,
        "answers byte by byte for ever" => Conduct::Drip { pause: DRIP_PAUSE },
        "accepts connections, reads nothing" => Conduct::HalfOpen,
        "resets connections" => Conduct::ResetOnConnect,
        "resets connections in a request" => Conduct::ResetMidRequest,
        "closes without an answer" => Conduct::CloseWithoutAnswer,
        "answers with garbage" => Conduct::Garbage,
        "refuses connections" => return consumer.refuse().await,
        "accepts connections again" => {
            return consumer.reopen().await.unwrap_or_else(|error| panic!("{error}"));
        }
        unknown => panic!("no conduct: {unknown}"),
    };
    consumer.behave(conduct);
}

#[given(regex = r"^consumer (\w+) sends requests on to consumer (\w+) with (\d+)$")]
async fn redirects(case: &mut Case, name: String, other: String, status: u16) {
    let to = case.consumer(&other).await.consumer.endpoint();
    case.consumer(&name).await.consumer.behave(Conduct::Redirect { status, to });
}

/// The next notification of that resource; its first value is this.
#[then(regex = r"^consumer (\w+) is told that (\S+) is (\S+)$")]
async fn is_told(case: &mut Case, name: String, resource: String, value: String) {
    let told = case.hears(&name, &resource).await;
    let told = told.unwrap_or_else(|| panic!("consumer {name} was told nothing of {resource} in time"));
    assert_eq!(first_value(&told), value, "{}", told.body);
}

#[then(regex = r"^consumer (\w+) is told nothing(?: more)?$")]
async fn is_told_nothing(case: &mut Case, name: String) {
    let told = case.hears_all(&name).await;
    let bodies: Vec<String> = told.iter().map(|one| one.body.to_string()).collect();
    assert!(told.is_empty(), "consumer {name} was told {}", bodies.join(" and "));
}

#[then(regex = r"^the last thing that consumer (\w+) is told of (\S+) is (\S+)$")]
async fn last_told(case: &mut Case, name: String, resource: String, value: String) {
    let told = case.hears_all(&name).await;
    let source = path(&resource);
    let last = told.iter().rev().find(|one| one.body["source"] == source.as_str());
    let last = last.unwrap_or_else(|| panic!("consumer {name} was told nothing of {resource}"));
    assert_eq!(first_value(last), value, "{}", last.body);
}

/// The first value of a notification; empty if it has none.
pub(super) fn first_value(received: &Received) -> &str {
    received.body.pointer("/data/values/0/value").and_then(|value| value.as_str()).unwrap_or_default()
}
