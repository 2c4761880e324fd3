//! What scenario files may hold, for editors: asked of the reader itself, which reads a file that has every section and
//! every action.

use crate::Scenario;
use crate::keys::KeySet;
use crate::section::Report;
use serde_json::{Value, json};

/// Every section once, and every action.
const WHOLE: &str = include_str!("schema/whole.toml");

/// Every key of scenario files with its section, for example `profile[].ptp4l.clock_class`.
pub fn keys() -> Vec<String> {
    key_set().paths()
}

/// The JSON Schema of scenario files, draft 2020-12. `describe` knows a sentence about a key, by its name in [`keys`].
pub fn schema(describe: &dyn Fn(&str) -> Option<String>) -> Value {
    let mut schema = key_set().schema("", describe);
    let about = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario: a story about a node, and the events that a correct proxy publishes",
    });
    if let (Value::Object(schema), Value::Object(about)) = (&mut schema, about) {
        schema.extend(about);
    }
    schema
}

fn key_set() -> KeySet {
    let mut keys = KeySet::default();
    for text in [WHOLE, &WHOLE.replace("[[grandmaster]]", "[grandmaster]")] {
        let report = Report::new(text);
        let _ = Scenario::read_text("whole", text, &report);
        keys.join(report.into_keys());
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::WHOLE;
    use crate::Scenario;

    #[test]
    fn the_file_with_every_section_is_a_good_one() {
        assert_eq!(Scenario::parse("whole", WHOLE).err(), None);
    }
}
