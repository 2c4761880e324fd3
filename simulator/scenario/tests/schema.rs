//! The editor schema of scenario files, and their documentation: both know the keys that the reader knows, no others.

use ptp_scenario::{keys, schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What the tables of the documentation say about each key, and the sections that they have.
#[derive(Default)]
struct Documented {
    keys: BTreeMap<String, String>,
    sections: BTreeSet<String>,
}

impl Documented {
    fn read() -> Self {
        let mut documented = Self::default();
        let mut sections = Vec::new();
        for line in read("README.md").lines() {
            if line.starts_with('#') {
                sections = if line == "### The file" { vec![String::new()] } else { sections_of(line) };
                documented.sections.extend(sections.iter().cloned());
            } else if let Some(row) = line.strip_prefix("| `") {
                // Cells of a row: its keys, the default, the meaning.
                let cells: Vec<&str> = row.trim_end_matches(" |").splitn(3, " | ").collect();
                let [key, default, meaning] = cells[..] else { continue };
                let text = format!(
                    "{}Default: {default}",
                    if meaning.is_empty() { String::new() } else { format!("{meaning}. ") }
                );
                for section in &sections {
                    let key = key.trim_end_matches('`');
                    let path = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
                    documented.keys.insert(path, text.replace("Default: -", "Required."));
                }
            }
        }
        documented
    }
}

/// `card.phc` and `phc` of a heading with `[card.phc]` and `[phc]`.
fn sections_of(heading: &str) -> Vec<String> {
    let spans = heading.split('`').skip(1).step_by(2);
    spans.filter(|span| span.starts_with('[')).map(|span| span.replace(['[', ']'], "")).collect()
}

/// The documentation does not tell a section from an array of sections.
fn plain(key: &str) -> String {
    key.replace("[]", "")
}

#[test]
fn every_key_of_the_reader_is_documented_and_no_other() {
    let documented = Documented::read();
    let known: BTreeSet<String> = keys().iter().map(|key| plain(key)).collect();
    let undocumented: Vec<&String> = known
        .iter()
        .filter(|key| !documented.keys.contains_key(*key) && !documented.sections.contains(*key))
        .collect();
    assert!(undocumented.is_empty(), "not in scenarios/README.md: {undocumented:?}");
    let unknown: Vec<&String> = documented.keys.keys().filter(|key| !known.contains(*key)).collect();
    assert!(unknown.is_empty(), "unknown to the reader: {unknown:?}");
}

#[test]
fn the_schema_is_that_of_the_reader() {
    let documented = Documented::read();
    let made = schema(&|key| documented.keys.get(&plain(key)).cloned());
    let made = format!("{}\n", serde_json::to_string_pretty(&made).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(folder().join("scenario.schema.json"), &made).unwrap();
    }
    assert!(made == read("scenario.schema.json"), "UPDATE_SCHEMA=1 cargo test -p ptp-scenario --test schema");
}

#[test]
fn every_action_is_documented() {
    let readme = read("README.md");
    let schema: Value = serde_json::from_str(&read("scenario.schema.json")).unwrap();
    let actions = &schema["properties"]["timeline"]["items"]["properties"]["action"]["enum"];
    let actions = actions.as_array().expect("a choice");
    // The number of things that can happen to a world, counting what begins and what ends one by one.
    assert_eq!(actions.len(), 38);
    for action in actions {
        let action = action.as_str().unwrap();
        assert!(readme.contains(&format!("`{action}`")), "{action}");
    }
}

fn validator() -> jsonschema::Validator {
    let schema = serde_json::from_str(&read("scenario.schema.json")).expect("it is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

fn is_valid(toml: &str) -> bool {
    let value: Value = toml::from_str(toml).expect("it is TOML");
    validator().is_valid(&value)
}

#[test]
fn every_scenario_names_the_schema_and_is_valid_by_it() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("#:schema scenario.schema.json\n"), "{}", path.display());
            assert!(is_valid(&text), "{}", path.display());
        }
    }
}

const GOOD: &str = r#"
title = "t"
story = "s"
start_unix_s = 1
duration = "1.5s"
seed = 1
expect = []
[node]
name = "n"
[grandmaster]
clock_class = 7
"#;

#[test]
fn the_schema_marks_what_the_reader_refuses() {
    assert!(is_valid(GOOD));
    for (good, bad) in [
        ("seed = 1", "sead = 1"),
        ("seed = 1", "seed = 1.5"),
        ("seed = 1", ""),
        ("seed = 1", "seed = 1\ntopology = \"ring\""),
        ("\"1.5s\"", "\"1.5\""),
        ("name = \"n\"", ""),
        ("clock_class = 7", "clock_class = 256"),
        ("clock_class = 7", "clock_identity = \"x\""),
        ("[grandmaster]", "[[grandmaster]]"),
        ("clock_class = 7", "[[timeline]]\nat = \"1s\""),
        ("clock_class = 7", "[[timeline]]\nat = \"1s\"\naction = \"earthquake\""),
    ] {
        let text = GOOD.replace(good, bad);
        assert!(!is_valid(&text), "{text}");
        assert!(ptp_scenario::Scenario::parse("x", &text).is_err(), "{text}");
    }
}

#[test]
fn every_example_of_the_documentation_is_a_scenario() {
    let readme = read("README.md");
    let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let examples: Vec<&str> = blocks.filter(|block| block.starts_with("topology = ")).collect();
    for example in &examples {
        let text = GOOD
            .replace("expect = []\n", "")
            .replace("\"1.5s\"", "\"3600s\"")
            .replace("[grandmaster]\nclock_class = 7\n", "");
        let (head, node) = text.split_once("[node]").expect("a section");
        let (topology, parts) = example.split_once('\n').expect("several lines");
        let text = format!("{head}{topology}\nexpect = []\n[node]{node}{parts}");
        let problems = ptp_scenario::Scenario::parse("example", &text).err();
        assert_eq!(problems, None, "{text}");
        assert!(is_valid(&text), "{text}");
    }
    for (topology, _) in ptp_scenario::Topology::NAMED.iter().filter(|(name, _)| *name != "bare") {
        let line = format!("topology = {topology:?}");
        assert!(examples.iter().any(|example| example.starts_with(&line)), "no example of {topology}");
    }
}
