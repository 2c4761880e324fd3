//! The keys of a JSON object, read one by one so that all problems are found at once.

use crate::config::Problem;
use serde_json::{Map, Value};

/// An object whose keys are being read.
#[derive(Debug)]
pub(super) struct Fields {
    fields: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Fields {
    /// Nothing read yet.
    pub(super) fn new(fields: Map<String, Value>) -> Self {
        Self { fields, problems: Vec::new() }
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, key: &str, value: impl Into<String>, expected: &str) {
        self.problems.push(Problem::new(key, value, expected));
    }

    /// Notes problems.
    pub(super) fn problems(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    /// Yes or no; no if absent.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.fields.remove(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(other @ (Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_))) => {
                self.problem(key, other.to_string(), "true or false");
                false
            }
        }
    }

    /// A text; an empty one is none.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.fields.remove(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text).filter(|text| !text.is_empty()),
            Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
                self.problem(key, other.to_string(), "a text");
                None
            }
        }
    }

    /// A list of texts.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        let value = match self.fields.remove(key) {
            None | Some(Value::Null) => return Vec::new(),
            Some(value) => value,
        };
        serde_json::from_value(value.clone()).unwrap_or_else(|_| {
            self.problem(key, value.to_string(), "a list of texts");
            Vec::new()
        })
    }

    /// All problems, also those of keys that nobody has read.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        for (key, value) in std::mem::take(&mut self.fields) {
            self.problem(&key, value.to_string(), "no such key: it is unknown");
        }
        self.problems
    }
}
