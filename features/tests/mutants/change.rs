//! What a relay can change of what passes through it.

use ptp_lab::conform::wire::{Answered, Ask};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// The path of the API's base.
pub(crate) const BASE_PATH: &str = "/api/ocloudNotifications/v2";

/// An answer with this status cannot be written: the connection ends without one.
pub(crate) const NO_STATUS: u16 = 0;

/// An endpoint that is broken in one way.
#[derive(Debug)]
pub(crate) struct Mutant {
    /// In which, as a sentence.
    pub(crate) what: &'static str,
    /// Each of these numbered checks must fail.
    pub(crate) checks: &'static [u8],
    /// What makes it so.
    pub(crate) changes: &'static [Change],
}

/// One thing that happens on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// The request is another one when it comes to the proxy.
    Request(fn(&mut Ask)),
    /// A request is answered without the proxy.
    InPlace(fn(&Ask, &mut Memory) -> Option<Answered>),
    /// The answer is another one when it comes to the suite.
    Answer(fn(&Ask, &mut Answered, &mut Memory)),
    /// The notification is another one when it comes to the consumer.
    Notification(fn(&mut Notification)),
    /// What becomes of a notification.
    Delivery(fn(&Notification) -> Delivery),
    /// What the consumer answered is something else when it comes to the proxy.
    Confirmation(fn(&mut Answered)),
    /// The consumer's redirections are followed.
    FollowsRedirects,
    /// Only HTTP/1.1 is spoken.
    Http1Only,
    /// Bodies have no length.
    Chunked,
}

/// What a relay remembers between requests.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Ids of the subscriptions that the suite has deleted.
    pub(crate) deleted: BTreeSet<String>,
    /// A count.
    pub(crate) count: u64,
    /// The body of an earlier answer.
    pub(crate) earlier: Option<Value>,
}

/// A notification on its way.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    /// `POST`, from the proxy.
    pub(crate) method: &'static str,
    pub(crate) content_type: String,
    pub(crate) body: Value,
    /// Whether it came before its subscription was answered.
    pub(crate) is_initial: bool,
    /// How many came before it.
    pub(crate) number: u64,
}

/// What becomes of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It is passed on.
    Once,
    /// It is confirmed, and not passed on.
    Never,
    /// It is passed on two times.
    Twice,
    /// It is confirmed, and passed on later.
    Later(Duration),
    /// It is passed on, and once more later.
    Again(Duration),
    /// It is confirmed, and passed on after the next one.
    AfterTheNext,
}

impl Notification {
    /// The first of its values.
    pub(crate) fn first_value(&mut self) -> &mut Value {
        &mut self.body["data"]["values"][0]
    }
}

/// Whether a request has this method and this path below the base.
pub(crate) fn is(ask: &Ask, method: &str, path: &str) -> bool {
    ask.method == method && below_base(ask) == path
}

/// The path below the base.
pub(crate) fn below_base(ask: &Ask) -> &str {
    ask.path.strip_prefix(BASE_PATH).unwrap_or(&ask.path)
}

/// Whether a request makes a subscription.
pub(crate) fn is_subscription(ask: &Ask) -> bool {
    is(ask, "POST", "/subscriptions")
}

/// Whether a request asks for the current state of something.
pub(crate) fn is_pull(ask: &Ask) -> bool {
    ask.method == "GET" && ask.path.ends_with("/CurrentState")
}

/// The id in the path of one subscription.
pub(crate) fn subscription_id(ask: &Ask) -> Option<&str> {
    below_base(ask).strip_prefix("/subscriptions/")
}

/// Changes the body as JSON; what is none is left alone.
pub(crate) fn edit(answer: &mut Answered, change: impl FnOnce(&mut Value)) {
    if let Ok(mut json) = serde_json::from_slice(&answer.body) {
        change(&mut json);
        answer.body = json.to_string().into_bytes();
    }
}

/// Changes each subscription in an answer: in a list, or alone.
pub(crate) fn edit_subscriptions(answer: &mut Answered, change: fn(&mut Value)) {
    edit(answer, |json| match json {
        Value::Array(items) => items.iter_mut().for_each(change),
        Value::Object(object) if object.contains_key("SubscriptionId") => change(json),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    });
}

/// Changes the address of a request for a subscription, or of one for a current state.
pub(crate) fn edit_address(ask: &mut Ask, change: impl FnOnce(&str) -> String) {
    if is_subscription(ask)
        && let Ok(mut json) = serde_json::from_slice::<Value>(&ask.body)
        && let Some(address) = json["ResourceAddress"].as_str()
    {
        json["ResourceAddress"] = change(address).into();
        ask.body = json.to_string().into_bytes();
    } else if is_pull(ask) {
        ask.path = format!("{BASE_PATH}{}", change(below_base(ask)));
    }
}

/// The address that a request for a subscription names; empty for any other request.
pub(crate) fn address_of(ask: &Ask) -> String {
    let json = serde_json::from_slice::<Value>(&ask.body).ok().filter(|_| is_subscription(ask));
    json.and_then(|json| json["ResourceAddress"].as_str().map(str::to_owned)).unwrap_or_default()
}

/// Replaces a header, or adds it.
pub(crate) fn set_header(answer: &mut Answered, name: &str, value: &str) {
    remove_header(answer, name);
    answer.headers.push((name.to_owned(), value.to_owned()));
}

/// Removes a header.
pub(crate) fn remove_header(answer: &mut Answered, name: &str) {
    answer.headers.retain(|(one, _)| one != name);
}

/// An answer with a body of JSON, or with none.
pub(crate) fn answered(status: u16, json: Option<&Value>) -> Answered {
    Answered {
        status,
        headers: json
            .map(|_| ("content-type".to_owned(), "application/json".to_owned()))
            .into_iter()
            .collect(),
        body: json.map(|json| json.to_string().into_bytes()).unwrap_or_default(),
    }
}
