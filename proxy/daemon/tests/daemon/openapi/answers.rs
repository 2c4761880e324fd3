//! Requests to the proxy, and whether their answers are what the description says.

use super::document::{Document, Operation, child};
use crate::support::Proxy;
use regex::Regex;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::collections::BTreeSet;

const PROBLEM_JSON: &str = "application/problem+json";

/// Headers that an answer has only where the description says so.
const TELLING_HEADERS: [&str; 3] = ["allow", "location", "www-authenticate"];

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) path: String,
    pub(super) body: Option<String>,
    pub(super) token: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// Compares answers with the description, and notes which of those that are described have been seen.
pub(super) struct Judge {
    document: Document,
    seen: BTreeSet<(String, String)>,
}

impl Call {
    /// A request without a body.
    pub(super) fn new(operation: &'static str, path: impl Into<String>) -> Self {
        Self { operation, path: path.into(), body: None, token: None }
    }

    /// With this body.
    pub(super) fn with_body(self, body: impl Into<String>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    /// With this bearer token.
    pub(super) fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }
}

impl Answer {
    /// Reads an answer of the proxy.
    pub(super) async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    /// Reads an answer as it came over the wire.
    pub(super) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse().unwrap(), value.parse().unwrap())
        });
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }
}

impl Judge {
    /// By the description without additions.
    pub(super) fn new() -> Self {
        Self { document: Document::closed(), seen: BTreeSet::new() }
    }

    /// Makes a request and judges its answer; a refused one is made again with the wish for details, which must not
    /// change anything else. Gives the answer to the first one.
    pub(super) async fn call(&mut self, proxy: &Proxy, call: Call) -> Answer {
        let operation = self.operation(call.operation);
        let template = Regex::new(&format!("^{}$", braces().replace_all(&operation.path, ".+"))).unwrap();
        assert!(template.is_match(&call.path), "{call:?}");
        let plain = send(proxy, &operation.method, &call, false).await;
        self.judge(call.operation, &plain, false);
        if plain.status >= 400 {
            let detailed = send(proxy, &operation.method, &call, true).await;
            assert_eq!(detailed.status, plain.status, "{call:?}");
            self.judge(call.operation, &detailed, true);
        }
        plain
    }

    /// Judges an answer to an operation.
    pub(super) fn judge(&mut self, operation: &str, answer: &Answer, wants_details: bool) {
        let status = answer.status.to_string();
        let pointer = child(&child(&self.operation(operation).pointer, "responses"), &status);
        assert!(self.document.at(&pointer).is_some(), "{operation} does not describe {answer:?}");
        let problems = self.problems(&pointer, answer, wants_details);
        assert_eq!(problems, [""; 0], "{operation}: {answer:?}");
        self.seen.insert((operation.to_owned(), status));
    }

    /// Judges an answer to a method that a path does not have, and gives the methods that the answer names.
    pub(super) fn judge_other_method(&mut self, path: &str, answer: &Answer, wants_details: bool) -> String {
        let pointer = child(&child("/paths", path), "x-other-methods");
        let problems = self.problems(&pointer, answer, wants_details);
        assert_eq!((answer.status, problems.as_slice()), (405, &[][..]), "{path}: {answer:?}");
        answer.headers["allow"].to_str().unwrap().to_owned()
    }

    /// The described answers, as operation and status, with whether they have been seen.
    pub(super) fn coverage(&self) -> Vec<(String, String, bool)> {
        let operations = self.document.operations().into_iter();
        let described = operations.flat_map(|operation| {
            let value = self.document.at(&operation.pointer).unwrap();
            let id = value["operationId"].as_str().unwrap().to_owned();
            let statuses: Vec<String> = value["responses"].as_object().unwrap().keys().cloned().collect();
            statuses.into_iter().map(move |status| (id.clone(), status))
        });
        described
            .map(|one| {
                let is_seen = self.seen.contains(&one);
                (one.0, one.1, is_seen)
            })
            .collect()
    }

    /// The description.
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    fn operation(&self, id: &str) -> Operation {
        let mut operations = self.document.operations().into_iter();
        let has_id =
            |operation: &Operation| self.document.at(&operation.pointer).unwrap()["operationId"] == id;
        operations.find(has_id).unwrap_or_else(|| panic!("{id} is not described"))
    }

    fn problems(&self, response: &str, answer: &Answer, wants_details: bool) -> Vec<String> {
        let response = self.document.resolved(response);
        let mut problems = self.header_problems(&response, &answer.headers);
        problems.extend(self.body_problems(&response, answer, wants_details));
        problems
    }

    fn header_problems(&self, response: &str, headers: &HeaderMap) -> Vec<String> {
        let pointer = child(response, "headers");
        let described = self.document.at(&pointer).and_then(Value::as_object);
        let names: Vec<&String> = described.into_iter().flat_map(|headers| headers.keys()).collect();
        let mut problems = Vec::new();
        for name in &names {
            let header = self.document.resolved(&child(&pointer, name));
            match headers.get(*name) {
                Some(value) => {
                    let value = Value::from(value.to_str().unwrap());
                    problems.extend(self.document.problems(&child(&header, "schema"), &value));
                }
                None => problems.push(format!("lacks {name}")),
            }
        }
        let telling = TELLING_HEADERS.into_iter().filter(|name| headers.contains_key(*name));
        let is_described = |name: &str| names.iter().any(|described| described.eq_ignore_ascii_case(name));
        problems
            .extend(telling.filter(|name| !is_described(name)).map(|name| format!("has the header {name}")));
        problems
    }

    fn body_problems(&self, response: &str, answer: &Answer, wants_details: bool) -> Vec<String> {
        let pointer = child(response, "content");
        let content = self.document.at(&pointer).and_then(Value::as_object);
        let mut media_types = content.into_iter().flat_map(|content| content.keys());
        let is_for_details = |media_type: &String| media_type == PROBLEM_JSON;
        if answer.body.is_empty() {
            let must_be = media_types.any(|media_type| wants_details || !is_for_details(media_type));
            return if must_be { vec!["has no body".to_owned()] } else { Vec::new() };
        }
        let sent = answer.headers["content-type"].to_str().unwrap();
        let sent = sent.split(';').next().unwrap();
        let Some(media_type) = media_types.find(|media_type| *media_type == sent) else {
            return vec![format!("has a body of the type {sent}")];
        };
        if is_for_details(media_type) && !wants_details {
            return vec!["has details that nobody has asked for".to_owned()];
        }
        let value = if media_type == "text/plain" {
            Value::from(answer.body.as_str())
        } else {
            serde_json::from_str(&answer.body).unwrap()
        };
        self.document.problems(&child(&child(&pointer, media_type), "schema"), &value)
    }
}

/// The parameters of a path.
pub(super) fn braces() -> Regex {
    Regex::new(r"\{[^}]+\}").unwrap()
}

async fn send(proxy: &Proxy, method: &str, call: &Call, wants_details: bool) -> Answer {
    let mut request = proxy.request(method, &call.path);
    if wants_details {
        request = request.header("accept", PROBLEM_JSON);
    }
    if let Some(token) = &call.token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = &call.body {
        request = request.body(body.clone());
    }
    Answer::read(request.send().await.unwrap()).await
}
