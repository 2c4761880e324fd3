//! Our own proxy passes every requirement of the conformance suite that applies to it, in both profiles, in whatever
//! order they are run.

use ptp_lab::ProxyProgram;
use ptp_lab::conform::ConsumerPlace;
use ptp_lab::conform::interpretation::Interpretations;
use ptp_lab::conform::level::{Level, Profile};
use ptp_lab::conform::result::{Requirement, SuiteResult, Tally, Verdict};
use ptp_lab::conform::subject::{OwnSettings, SubjectSettings};
use ptp_lab::conform::suite::{self, SuiteSettings};
use std::collections::{BTreeMap, BTreeSet};

/// The numbered checks are 1 to this.
const CHECKS: u8 = 102;

async fn conform(profile: Profile, shuffle: Option<u64>) -> SuiteResult {
    let interpretations = Interpretations::of_profile(profile);
    suite::run(settings(profile, shuffle, interpretations), |_, _| {})
        .await
        .expect("the features of the suite are sound")
}

fn settings(profile: Profile, shuffle: Option<u64>, interpretations: Interpretations) -> SuiteSettings {
    let program = ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab"));
    SuiteSettings {
        subject: SubjectSettings::Own(OwnSettings { program, profile, scenarios_at_once: 8 }),
        profile,
        interpretations,
        levels: Level::ALL.into_iter().collect(),
        checks: [].into(),
        shuffle,
        consumers: ConsumerPlace::local(),
    }
}

#[expect(clippy::print_stdout, reason = "tells all that was found, not the first failure alone")]
fn passes_all_that_applies(result: &SuiteResult) {
    for one in &result.requirements {
        let verdict = one.verdict();
        let Verdict::Failed(failure) = verdict else { continue };
        println!("{} {}: {}: {}", one.requirement.id, one.requirement.title, failure.step, failure.message);
    }
    let Tally { passed, failed, not_run, not_applicable } = result.checks();
    println!(
        "{}: {passed} checks passed, {failed} failed, {not_run} not run, {not_applicable} not applicable",
        result.profile
    );
    assert_eq!((failed, not_run), (0, 0));
    assert_eq!(result.tally().failed, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_conforms_in_the_compat_profile() {
    passes_all_that_applies(&conform(Profile::Compat, None).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_conforms_in_the_oran_profile_in_another_order() {
    passes_all_that_applies(&conform(Profile::Oran, Some(1)).await);
}

/// Other readings of contradictions that it lives up to at the same time: clients choose by their requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_conforms_under_readings_that_are_not_the_default() {
    let mut interpretations = Interpretations::of_profile(Profile::Oran);
    for reading in ["error-body=problem-details", "http-version=http1", "missing-resource=either"] {
        interpretations.choose(reading).expect("there is such a reading");
    }
    let settings =
        SuiteSettings { checks: [2, 19, 20].into(), ..settings(Profile::Oran, None, interpretations) };
    let result = suite::run(settings, |_, _| {}).await.expect("the features of the suite are sound");
    let mut found = BTreeMap::new();
    for one in &result.requirements {
        if one.requirement.checks.iter().any(|check| [2, 19, 20].contains(check)) {
            *found.entry(one.verdict().name()).or_insert(0) += 1;
        }
    }
    assert_eq!(found.get("failed"), None, "{found:?}");
    assert!(found.get("passed") >= Some(&4), "{found:?}");
}

/// A row for each check: its number, who demands it and where, and the requirements that make it.
fn table_of_checks(requirements: &[Requirement]) -> String {
    let mut table = String::from(
        "# The checks\n\nMade from the tags of the features; `REWRITE_CHECKS=1 cargo test -p ptp-lab --test conform` writes it anew.\n\n\
         | check | requirements | levels | demanded by |\n|---|---|---|---|\n",
    );
    for number in 1..=CHECKS {
        let making: Vec<&Requirement> =
            requirements.iter().filter(|one| one.checks.contains(&number)).collect();
        let mut titles: Vec<&str> = making.iter().map(|one| one.title.as_str()).collect();
        titles.dedup();
        let levels: BTreeSet<Level> = making.iter().flat_map(|one| one.levels.iter().copied()).collect();
        let levels: Vec<&str> = levels.into_iter().map(Level::as_str).collect();
        let mut clauses: Vec<&str> = making.iter().flat_map(|one| &one.clauses).map(String::as_str).collect();
        clauses.sort_unstable();
        clauses.dedup();
        table.push_str(&format!(
            "| {number:02} | {} | {} | {} |\n",
            titles.join("; "),
            levels.join(", "),
            clauses.join(", ")
        ));
    }
    table
}

#[test]
fn each_of_the_numbered_checks_is_made_and_listed() {
    let requirements = suite::requirements().expect("the features of the suite are sound");
    let made: BTreeSet<u8> = requirements.iter().flat_map(|one| one.checks.iter().copied()).collect();
    assert_eq!(made, (1..=CHECKS).collect());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/conform/CHECKS.md");
    let table = table_of_checks(&requirements);
    if std::env::var_os("REWRITE_CHECKS").is_some() {
        std::fs::write(path, &table).expect("writable");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the table of the checks"), table);
}
