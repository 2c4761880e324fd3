//! Requests of a scenario beyond a single one: names in their texts, several at once, and what was listed before them.

use super::case::Case;
use super::subject::Need;
use super::wire::{Answered, Ask};
use futures_util::future::join_all;
use serde_json::Value;
use std::collections::BTreeSet;

/// What was listed, named and answered so far, for steps that compare.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Ids of the subscriptions that were listed before the first request that is judged.
    listed: Option<BTreeSet<String>>,
    /// The endpoints that requests have named.
    endpoints: BTreeSet<String>,
    /// The answers to requests that belong together.
    pub(super) answers: Vec<Answered>,
}

impl Case {
    /// The same for a whole path, whatever the base's is.
    pub(super) async fn ask_at(&mut self, path: &str, ask: Ask) -> Answered {
        let wire = self.subject().await.wire().clone();
        let (answered, exchange) = wire.ask_at(path, &ask).await;
        self.note(exchange);
        let answered = answered.unwrap_or_else(|error| panic!("{} {path}: {error}", ask.method));
        self.answer = Some(answered.clone());
        answered
    }

    /// Asks all of it at once, each request on a connection of its own.
    pub(super) async fn ask_at_once(&mut self, asks: &[Ask]) -> Vec<Answered> {
        let wire = self.subject().await.wire().clone();
        let mut answers = Vec::new();
        for (answered, exchange) in join_all(asks.iter().map(|ask| wire.ask(ask))).await {
            self.note(exchange);
            let answered =
                answered.unwrap_or_else(|error| panic!("one of several requests at once: {error}"));
            self.keep_subscription(&answered);
            answers.push(answered);
        }
        answers
    }

    /// Sends a body to `/subscriptions`, after a look at what is listed.
    pub(super) async fn post_subscription(&mut self, ask: Ask) -> Answered {
        self.note_list().await;
        self.notes.endpoints.extend(endpoint_of(&ask.body));
        let answered = self.ask(ask).await;
        self.keep_subscription(&answered);
        answered
    }

    /// Notes which subscriptions there are, unless that was done. A list that cannot be had is found out where the list is
    /// what a scenario is about.
    pub(super) async fn note_list(&mut self) {
        if self.notes.listed.is_some() {
            return;
        }
        let wire = self.subject().await.wire().clone();
        let listed = match wire.ask(&Ask::new("GET", "/subscriptions")).await.0 {
            Ok(answered) => answered.json().as_array().cloned().unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        self.notes.listed = Some(listed.iter().map(|item| text(item, "SubscriptionId").to_owned()).collect());
    }

    /// The subscriptions that are listed now. The last answer stays the one that it was.
    pub(super) async fn listed(&mut self) -> Vec<Value> {
        let before = self.answer.take();
        let answered = self.ask(Ask::new("GET", "/subscriptions")).await;
        self.answer = before;
        assert_eq!(answered.status, 200, "GET /subscriptions: expected 200, found {}", answered.status);
        match answered.json() {
            Value::Array(items) => items,
            // What the incumbent says for none, which is judged where the list is the subject.
            Value::Null if answered.text().trim() == "null" => Vec::new(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                panic!("GET /subscriptions: expected a JSON array, found {}", answered.text())
            }
        }
    }

    /// Subscriptions that are listed now, were not before the scenario's first request, and were not answered with 201.
    /// Where others use the endpoint, only those that this scenario's requests can have made.
    pub(super) async fn listed_without_answer(&mut self) -> Vec<Value> {
        let mut listed = self.listed().await;
        let before = self.notes.listed.clone().expect("the list was noted with the request");
        listed.retain(|item| {
            let id = text(item, "SubscriptionId");
            !before.contains(id) && !self.subscriptions.iter().any(|made| made.id == id)
        });
        if !self.context().subject.offers(Need::Alone) {
            let authorities = self.authorities();
            listed.retain(|item| {
                let endpoint = text(item, "EndpointUri");
                self.notes.endpoints.contains(endpoint)
                    || authorities.iter().any(|authority| endpoint.contains(authority.as_str()))
            });
        }
        listed
    }

    /// Names in angle brackets become what they stand for in this scenario: `<node>` the name of the subject's node,
    /// `<node-prefix>` how it begins, `<subscription>` the id of the first subscription, `<endpoint>` the endpoint of
    /// consumer C and `<port>` its port.
    pub(super) async fn with_node(&mut self, text: &str) -> String {
        let node = self.subject().await.node_name().to_owned();
        let half = node.chars().count().div_ceil(2);
        let prefix: String = node.chars().take(half).collect();
        let mut text = text.replace("<node>", &node).replace("<node-prefix>", &prefix);
        if text.contains("<subscription>") {
            let id = &self.subscriptions.first().expect("a subscription was made").id;
            text = text.replace("<subscription>", id);
        }
        if text.contains("<endpoint>") || text.contains("<port>") {
            let consumer = &self.consumer("C").await.consumer;
            text = text
                .replace("<endpoint>", &consumer.endpoint())
                .replace("<port>", &consumer.port().to_string());
        }
        text
    }
}

/// A text of an object; empty if there is none.
pub(super) fn text<'a>(item: &'a Value, key: &str) -> &'a str {
    item[key].as_str().unwrap_or_default()
}

fn endpoint_of(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    json["EndpointUri"].as_str().map(str::to_owned)
}
