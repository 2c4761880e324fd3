//! Which keys a scenario file may hold: those that its reader asks for.

use crate::kind::Kind;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The keys of every section, by its path: `""` is the file, `profile[].ptp4l` a section of each profile.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    sections: BTreeMap<String, SectionKeys>,
}

#[derive(Debug, Default)]
struct SectionKeys {
    /// How many such sections were read.
    read: usize,
    keys: BTreeMap<&'static str, Key>,
}

#[derive(Debug, Default)]
struct Key {
    /// All that it may be.
    kinds: Vec<Kind>,
    /// In how many sections it was required.
    required: usize,
}

impl KeySet {
    /// A section is read.
    pub(crate) fn section(&mut self, path: &str) {
        self.sections.entry(path.to_owned()).or_default().read += 1;
    }

    /// A key was asked for.
    pub(crate) fn asked(&mut self, path: &str, key: &'static str, kind: Kind) {
        let kinds = &mut self.key(path, key).kinds;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }

    /// A key must be there.
    pub(crate) fn required(&mut self, path: &str, key: &'static str) {
        self.key(path, key).required += 1;
    }

    /// Takes what another reading asked for.
    pub(crate) fn join(&mut self, other: Self) {
        for (path, section) in other.sections {
            self.sections.entry(path.clone()).or_default().read += section.read;
            for (name, key) in section.keys {
                key.kinds.into_iter().for_each(|kind| self.asked(&path, name, kind));
                self.key(&path, name).required += key.required;
            }
        }
    }

    fn key(&mut self, path: &str, key: &'static str) -> &mut Key {
        self.sections.entry(path.to_owned()).or_default().keys.entry(key).or_default()
    }

    /// Every key with its section, for example `profile[].ptp4l.clock_class`.
    pub(crate) fn paths(&self) -> Vec<String> {
        let sections = self.sections.iter();
        sections.flat_map(|(path, section)| section.keys.keys().map(|key| below(path, key))).collect()
    }

    /// What a section may hold, as JSON Schema. `describe` knows a sentence about a key, by its path.
    pub(crate) fn schema(&self, path: &str, describe: &dyn Fn(&str) -> Option<String>) -> Value {
        let Some(section) = self.sections.get(path) else {
            return json!({"type": "object"});
        };
        let mut properties = Map::new();
        for (name, key) in &section.keys {
            let place = below(path, name);
            let mut schema = self.key_schema(&place, key, describe);
            if let (Some(text), Some(object)) = (describe(&place), schema.as_object_mut()) {
                object.insert("description".to_owned(), Value::String(text));
            }
            properties.insert((*name).to_owned(), schema);
        }
        let required = section.keys.iter().filter(|(_, key)| key.required == section.read);
        let required: Vec<&str> = required.map(|(name, _)| *name).collect();
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        })
    }

    fn key_schema(&self, place: &str, key: &Key, describe: &dyn Fn(&str) -> Option<String>) -> Value {
        let schema = |kind: &Kind| match kind {
            Kind::Table => kind.schema(self.schema(place, describe)),
            Kind::Tables(_) => kind.schema(self.schema(&format!("{place}[]"), describe)),
            Kind::Text
            | Kind::Choice(_)
            | Kind::Duration
            | Kind::Identity
            | Kind::Truth
            | Kind::Whole(..)
            | Kind::Number(..)
            | Kind::Texts
            | Kind::TextPairs => kind.schema(Value::Null),
        };
        match &key.kinds[..] {
            [only] => schema(only),
            several => json!({"anyOf": several.iter().map(schema).collect::<Vec<_>>()}),
        }
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
