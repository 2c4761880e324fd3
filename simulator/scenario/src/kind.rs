//! What the value of a key may be: in words for who writes it wrong, and as JSON Schema for editors.

use serde_json::{Value, json};

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// One of these strings.
    Choice(Vec<&'static str>),
    /// A duration or an instant.
    Duration,
    /// A clock identity.
    Identity,
    /// `true` or `false`.
    Truth,
    /// A whole number, both ends included.
    Whole(i64, i64),
    /// A number, both ends included.
    Number(f64, f64),
    /// An array of strings.
    Texts,
    /// A table of strings.
    TextPairs,
    /// A section.
    Table,
    /// An array of sections.
    Tables(usize),
}

impl Kind {
    /// In words that follow "is not".
    pub(crate) fn wanted(&self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Choice(choices) => one_of(choices),
            Self::Duration => "a duration such as \"1.5s\" or \"62.5ms\"".to_owned(),
            Self::Identity => "a clock identity such as \"123456.fffe.780101\"".to_owned(),
            Self::Truth => "true or false".to_owned(),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Texts => "an array of strings".to_owned(),
            Self::TextPairs => "a table of strings".to_owned(),
            Self::Table => "a table".to_owned(),
            Self::Tables(_) => "an array of tables".to_owned(),
        }
    }

    /// As JSON Schema; `section` is what a section may hold, if it is one.
    pub(crate) fn schema(&self, section: Value) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Choice(choices) => json!({"enum": choices}),
            Self::Duration => json!({"type": "string", "pattern": r"^\d+(\.\d+)?(s|ms|us|ns)$"}),
            Self::Identity => {
                json!({"type": "string", "pattern": r"^[0-9a-f]{6}\.[0-9a-f]{4}\.[0-9a-f]{6}$"})
            }
            Self::Truth => json!({"type": "boolean"}),
            Self::Whole(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
            Self::Number(least, most) => json!({"type": "number", "minimum": least, "maximum": most}),
            Self::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Self::TextPairs => json!({"type": "object", "additionalProperties": {"type": "string"}}),
            Self::Table => section,
            Self::Tables(most) => json!({"type": "array", "maxItems": most, "items": section}),
        }
    }
}

/// `a, b or c`.
fn one_of(choices: &[&str]) -> String {
    match choices {
        [] => "anything".to_owned(),
        [only] => (*only).to_owned(),
        [firsts @ .., last] => format!("{} or {last}", firsts.join(", ")),
    }
}
