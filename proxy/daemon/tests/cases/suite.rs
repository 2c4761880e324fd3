//! All cases at once, and a report that names everything that differs.

use crate::case::{self, Case, Verified};
use crate::deviation::{Deviations, Expected};
use crate::{judge, play, special, table};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Proxies that run at a time.
const PROXIES_MAX: usize = 8;

/// Above anything that a case takes; only a hanging proxy meets it.
const CASE_TIME_MAX: Duration = Duration::from_secs(60);

/// Names a file of cases that takes the place of the recorded ones.
const OTHER_CASES: &str = "INGEST_CASES";

fn recorded() -> PathBuf {
    case::folder().join("ingest.jsonl")
}

fn recorded_deviations() -> PathBuf {
    case::folder().join("deviations.toml")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_gives_the_incumbents_output_or_what_a_stated_deviation_corrects_it_to() {
    let other = std::env::var_os(OTHER_CASES).map(PathBuf::from);
    let cases = case::read(other.as_deref().unwrap_or(&recorded()));
    // A file of deviations beside other cases counts for them.
    let beside = other.as_deref().and_then(Path::parent).map(|folder| folder.join("deviations.toml"));
    let deviations = beside.filter(|path| path.exists()).unwrap_or_else(recorded_deviations);
    let deviations = Arc::new(Deviations::read(&deviations));
    let total = cases.len();
    let failures = run_all(cases, &deviations).await;
    let report: Vec<String> = failures
        .iter()
        .map(|(name, differences)| format!("{name}\n    {}", differences.join("\n    ")))
        .collect();
    assert!(report.is_empty(), "{} of {total} cases differ:\n{}\n", report.len(), report.join("\n"));
}

/// Runs the cases, some at a time; gives what differs, by name.
async fn run_all(cases: Vec<Case>, deviations: &Arc<Deviations>) -> BTreeMap<String, Vec<String>> {
    let mut waiting: VecDeque<Case> = cases.into();
    let (mut running, mut names) = (JoinSet::new(), BTreeMap::new());
    let mut failures = BTreeMap::new();
    loop {
        while running.len() < PROXIES_MAX
            && let Some(case) = waiting.pop_front()
        {
            let (name, deviations) = (case.name.clone(), Arc::clone(deviations));
            let task = running.spawn(async move { run(&case, &deviations).await });
            names.insert(task.id(), name);
        }
        let Some(ended) = running.join_next_with_id().await else {
            return failures;
        };
        let (id, differences) = match ended {
            Ok((id, differences)) => (id, differences),
            Err(error) => (error.id(), vec![panic_text(error.into_panic().as_ref())]),
        };
        let name = names.remove(&id).unwrap_or_default();
        if !differences.is_empty() {
            failures.insert(name, differences);
        }
    }
}

async fn run(case: &Case, deviations: &Deviations) -> Vec<String> {
    match tokio::time::timeout(CASE_TIME_MAX, judged(case, deviations)).await {
        Ok(differences) => differences,
        Err(_) => vec![format!("hangs for {CASE_TIME_MAX:?}")],
    }
}

async fn judged(case: &Case, deviations: &Deviations) -> Vec<String> {
    match case.verified {
        Verified::CodeReading if special::holds(case).await => Vec::new(),
        Verified::CodeReading => vec!["nothing says what is demanded of us in this case".to_owned()],
        Verified::Executed => executed(case, deviations).await,
    }
}

async fn executed(case: &Case, deviations: &Deviations) -> Vec<String> {
    let (node, deviation) = (&case.config.node, deviations.of(&case.name));
    let (recorded, expected) = match (Expected::of(case, None), Expected::of(case, deviation)) {
        (Ok(recorded), Ok(expected)) => (recorded, expected),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let seen = play::play(case).await;
    let mut differences = judge::differences(&expected, &seen, node);
    differences.extend(judge::untold(case, deviation, &expected, &seen));
    if deviation.is_some() && judge::differences(&recorded, &seen, node).is_empty() {
        differences.push("a deviation is stated, but there is none".to_owned());
    }
    differences
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked").to_owned()
}

#[test]
fn the_recorded_cases_are_complete_and_each_deviation_corrects_one_of_them() {
    let cases = case::read(&recorded());
    let names: BTreeSet<&String> = cases.iter().map(|case| &case.name).collect();
    assert_eq!((cases.len(), names.len()), (148, 148), "cases, and different names");
    let problems = Deviations::read(&recorded_deviations()).problems(&cases);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_table_in_the_documentation_is_that_of_the_deviations() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("DEVIATIONS.md");
    let text = table::render(&Deviations::read(&recorded_deviations()), case::read(&recorded()).len());
    if std::env::var_os(table::REWRITE).is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(written == text, "{} is out of date; run again with {}=1", page.display(), table::REWRITE);
}
