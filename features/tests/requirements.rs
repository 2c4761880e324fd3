//! The tables of requirements and pain points in the README and the features say the same, and no scenario file is left
//! out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names_in(dir: &Path, extension: &str) -> BTreeSet<PathBuf> {
    let entries =
        fs::read_dir(dir).expect("a folder of the repository").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn features() -> Vec<PathBuf> {
    let folders = fs::read_dir(root()).expect("this folder").map(|entry| entry.expect("readable").path());
    folders.filter(|path| path.is_dir()).flat_map(|dir| names_in(&dir, "feature")).collect()
}

/// Requirement, and the title and the file of its scenario, as the features have them.
fn stated() -> BTreeMap<String, (String, String)> {
    let mut stated = BTreeMap::new();
    // The suite for any endpoint numbers its checks instead.
    for path in features().into_iter().filter(|path| !path.starts_with(root().join("conform"))) {
        let file = path.strip_prefix(root()).expect("below this folder").display().to_string();
        let text = fs::read_to_string(&path).expect("readable");
        let mut requirement = None;
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("@req:") {
                requirement = Some(name.to_owned());
            }
            let title = line.strip_prefix("Scenario: ").or_else(|| line.strip_prefix("Scenario Outline: "));
            if let Some(title) = title {
                let name = requirement.take().unwrap_or_else(|| panic!("{file}: no requirement: {title}"));
                let before = stated.insert(name.clone(), (title.to_owned(), file.clone()));
                assert!(before.is_none(), "{name} is stated twice");
            }
        }
    }
    stated
}

/// The same as the README has it.
fn listed() -> BTreeMap<String, (String, String)> {
    let readme = fs::read_to_string(root().join("README.md")).expect("readable");
    let rows = readme.lines().filter(|line| line.contains(".feature` |"));
    let cells = rows.map(|row| row.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`']).to_owned()));
    cells
        .map(|mut cells| {
            let [name, title, file] = std::array::from_fn(|_| cells.next().expect("three columns"));
            (name, (title, file))
        })
        .collect()
}

#[test]
fn the_readme_lists_every_requirement_and_no_other() {
    assert!(!stated().is_empty());
    assert_eq!(listed(), stated());
}

/// `P9` and the like, as the features have them.
fn pain_points_shown() -> BTreeSet<String> {
    let texts = features().into_iter().map(|path| fs::read_to_string(path).expect("readable"));
    texts.flat_map(|text| text.lines().flat_map(pain_points).collect::<Vec<_>>()).collect()
}

/// Those among the tags of a line.
fn pain_points(line: &str) -> Vec<String> {
    let tags = line.split_whitespace().map_while(|word| word.strip_prefix('@'));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    tags.filter(|tag| tag.strip_prefix('P').is_some_and(is_number)).map(str::to_owned).collect()
}

#[test]
fn the_readme_explains_every_pain_point_that_is_shown_and_no_other() {
    let readme = fs::read_to_string(root().join("README.md")).expect("readable");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `@P"));
    let explained: BTreeSet<String> =
        rows.filter_map(|row| row.split('`').next()).map(|digits| format!("P{digits}")).collect();
    assert!(!explained.is_empty());
    assert_eq!(explained, pain_points_shown());
}

#[test]
fn every_scenario_file_is_played() {
    let feature = fs::read_to_string(root().join("scenario/scenario.feature")).expect("readable");
    let examples = feature.split("Examples:").nth(1).expect("examples").lines().skip(2);
    let played: BTreeSet<&str> =
        examples.map(|row| row.trim_matches(['|', ' '])).filter(|name| !name.is_empty()).collect();
    let files = names_in(&root().join("../scenarios"), "toml");
    let names: BTreeSet<&str> = files.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    assert_eq!(played, names);
}
