//! What a notification must be.

use super::consumer::first_value;
use crate::conform::case::{Case, Context};
use crate::conform::wire::Ask;
use crate::conform::{event_form, schema};
use crate::resource_path as path;
use crate::{Received, unix_ns};
use cucumber::{then, when};
use std::collections::BTreeSet;
use std::time::Duration;

/// The one notification that is due now.
async fn the_notification(case: &mut Case, name: &str, resource: &str) -> Received {
    let told = case.hears(name, resource).await;
    told.unwrap_or_else(|| panic!("consumer {name} was sent nothing of {resource} in time"))
}

#[then(regex = r"^consumer (\w+) was sent (\d+) notifications?, before the answer$")]
async fn sent_before_the_answer(case: &mut Case, name: String, count: usize) {
    let answered = case.answered_at();
    let told = case.hears_all(&name).await;
    let before = told.iter().filter(|one| one.arrived <= answered).count();
    assert_eq!((before, told.len()), (count, count), "notifications before the answer, and in all");
}

#[then(regex = r"^consumer (\w+) was sent (\d+) notifications?$")]
async fn was_sent(case: &mut Case, name: String, count: usize) {
    let told = case.hears_all(&name).await;
    assert_eq!(told.len(), count, "notifications that consumer {name} was sent");
}

#[then(regex = r"^consumer (\w+) is sent a well-formed event of (\S+)$")]
async fn is_well_formed(case: &mut Case, name: String, resource: String) {
    let told = the_any(case, &name).await;
    let node = case.subject().await.node_name().to_owned();
    let Context { profile, interpretations, .. } = case.context();
    let mut problems = event_form::problems(&told.body, &path(&resource), &node, interpretations);
    problems.extend(schema::event_problems(&told.body, *profile, interpretations));
    assert!(problems.is_empty(), "{}", problems.join("; "));
}

/// The next notification, of whatever resource: a wrong source must not look like silence.
async fn the_any(case: &mut Case, name: &str) -> Received {
    let told = case.hears_any(name).await;
    told.unwrap_or_else(|| panic!("consumer {name} was sent nothing in time"))
}

/// What existing consumers cut off: cluster and site are fixed for them.
#[then(regex = r"^consumer (\w+) is sent values whose addresses are all below /cluster/node and the node$")]
async fn addresses_are_below_the_node(case: &mut Case, name: String) {
    let beginning = format!("/cluster/node/{}/", case.subject().await.node_name());
    let told = the_any(case, &name).await;
    let values = event_form::values(&told.body);
    assert!(!values.is_empty(), "no values in {}", told.body);
    for value in values {
        let address = value["ResourceAddress"].as_str().unwrap_or_default();
        assert!(address.starts_with(&beginning), "the address {address} does not begin with {beginning}");
    }
}

#[then(regex = r"^consumer (\w+) is sent an event with the source and the type of (\S+)$")]
async fn has_source_and_type(case: &mut Case, name: String, resource: String) {
    let told = the_any(case, &name).await;
    let readings = &case.context().interpretations;
    let resource = path(&resource);
    let source = event_form::source(&resource, readings).unwrap_or_else(|| panic!("no resource {resource}"));
    assert_eq!(told.body["source"], source, "the source");
    let found = told.body["type"].as_str().unwrap_or_default();
    assert!(event_form::is_type_of(&resource, found, readings), "`{found}` is not the type of {resource}");
}

#[then(regex = r"^consumer (\w+) is sent the current state of (\S+)$")]
async fn is_sent_the_current_state(case: &mut Case, name: String, resource: String) {
    let told = the_any(case, &name).await;
    let address = case.address(&resource).await;
    let pulled = case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await;
    assert_eq!(pulled.status, 200, "the current state of {resource}");
    let (sent, pulled) = (event_form::values(&told.body), event_form::values(&pulled.json()));
    assert!(!sent.is_empty(), "no values in {}", told.body);
    assert_eq!(sent, pulled, "the values that were sent, and those that are pulled");
}

/// A value of the enumeration (or a number), at an address that existing consumers know to mean "no data".
#[then(regex = r"^consumer (\w+) is sent a placeholder for (\S+)$")]
async fn is_sent_a_placeholder(case: &mut Case, name: String, resource: String) {
    let told = the_any(case, &name).await;
    let value = first_value(&told);
    assert!(event_form::is_legal(&path(&resource), value), "`{value}` is no value of {resource}");
    let address = told.body["data"]["values"][0]["ResourceAddress"].as_str().unwrap_or_default();
    let marked = ["ptp-not-set", "event-not-found"].iter().any(|marker| address.ends_with(marker));
    assert!(marked, "the address {address} does not say that nothing is known");
}

#[then(regex = r"^consumer (\w+) is sent a POST of one JSON object with the content type (\S+)$")]
async fn is_posted(case: &mut Case, name: String, content_type: String) {
    let told = the_any(case, &name).await;
    assert_eq!(told.method, "POST", "the method");
    let found = told.content_type.clone().unwrap_or_default();
    let media_type = found.split(';').next().unwrap_or_default().trim();
    assert_eq!(media_type, content_type, "the content type");
    assert!(told.body.is_object(), "the body is no JSON object: {}", String::from_utf8_lossy(&told.bytes));
}

#[then(regex = r"^consumer (\w+) is sent for (\S+) the notification of the enumeration value (\S+)$")]
async fn is_sent_a_state(case: &mut Case, name: String, resource: String, value: String) {
    let told = the_notification(case, &name, &resource).await;
    let key = event_form::data_type_key(&case.context().interpretations);
    let values = event_form::values(&told.body);
    let found = values.iter().any(|one| {
        one[key] == "notification" && one["value_type"] == "enumeration" && one["value"] == value.as_str()
    });
    assert!(found, "no notification of the enumeration value {value} in {}", told.body);
}

#[then(regex = r"^consumer (\w+) is sent for (\S+) the metric (\d+) of the type (\S+)$")]
async fn is_sent_a_code(case: &mut Case, name: String, resource: String, value: String, value_type: String) {
    let told = the_notification(case, &name, &resource).await;
    let key = event_form::data_type_key(&case.context().interpretations);
    let values = event_form::values(&told.body);
    let first = values.first().unwrap_or_else(|| panic!("no values in {}", told.body));
    let found =
        [&first[key], &first["value_type"], &first["value"]].map(|one| one.as_str().unwrap_or_default());
    assert_eq!(found, ["metric", value_type.as_str(), value.as_str()], "data type, value type and value");
    assert!(value.parse::<u8>().is_ok(), "{value} is no number from 0 to 255");
}

#[then(
    regex = r"^consumer (\w+) is sent for (\S+) a time in UTC that is within (\d+) seconds? of the change$"
)]
async fn time_is_that_of_the_change(case: &mut Case, name: String, resource: String, seconds: u64) {
    let told = the_notification(case, &name, &resource).await;
    let text = told.body["time"].as_str().unwrap_or_default().to_owned();
    let time = unix_ns(&text).filter(|_| text.ends_with('Z'));
    let time = time.unwrap_or_else(|| panic!("`{text}` is no time of RFC 3339 in UTC"));
    let now = case.subject().await.now_unix_ns();
    let apart = Duration::from_nanos(now.abs_diff(time));
    assert!(apart <= Duration::from_secs(seconds), "{text} is {apart:?} from the change");
}

#[when(regex = r"^(\S+) goes to (\S+) and back (\d+) times$")]
async fn flaps(case: &mut Case, resource: String, value: String, times: usize) {
    for _ in 0..times {
        for value in [value.as_str(), "LOCKED"] {
            super::state::becomes(case, resource.clone(), value.to_owned()).await;
        }
    }
}

#[then(regex = r"^consumer (\w+) is sent (\d+) events, no two with the same source and id$")]
async fn are_distinct(case: &mut Case, name: String, count: usize) {
    let mut told = Vec::new();
    // So many may take longer than silence takes to be believed.
    while told.len() < count
        && let Some(one) = case.hears_any(&name).await
    {
        told.push(one);
    }
    told.extend(case.hears_all(&name).await);
    assert_eq!(told.len(), count, "events that consumer {name} was sent");
    let text = |event: &Received, key: &str| event.body[key].as_str().unwrap_or_default().to_owned();
    let pairs: BTreeSet<(String, String)> =
        told.iter().map(|one| (text(one, "source"), text(one, "id"))).collect();
    assert_eq!(pairs.len(), count, "different pairs of source and id");
}

#[then(regex = r"^the current state of (\S+) is not (\S+)$")]
async fn is_not(case: &mut Case, resource: String, value: String) {
    let address = case.address(&resource).await;
    let pulled = case.ask(Ask::new("GET", format!("{address}/CurrentState"))).await;
    assert_eq!(pulled.status, 200, "the current state of {resource}");
    let json = pulled.json();
    let values = event_form::values(&json);
    assert!(!values.is_empty(), "no values in {json}");
    assert!(values.iter().all(|one| one["value"] != value.as_str()), "{resource} is {value} in {json}");
}
