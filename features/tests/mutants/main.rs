//! The conformance suite can fail: endpoints that are broken in one way each are found out by the checks that are meant to,
//! and the same endpoint without the defect is not.

mod answers;
mod change;
mod handshakes;
mod notifications;
mod relay;
mod states;

use change::{Change, Mutant};
use futures_util::{StreamExt as _, stream};
use ptp_lab::conform::ConsumerPlace;
use ptp_lab::conform::interpretation::Interpretations;
use ptp_lab::conform::level::{Level, Profile};
use ptp_lab::conform::result::{SuiteResult, Verdict};
use ptp_lab::conform::stimulus::Stimulus;
use ptp_lab::conform::subject::{ForeignSettings, SubjectSettings};
use ptp_lab::conform::suite::{self, SuiteSettings};
use ptp_lab::replay::Thresholds;
use ptp_lab::{LineFeed, ProxyProgram, Testbed, TestbedSettings, Topology};
use relay::Relay;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// How many endpoints, each with a proxy, are tested at a time: they mostly wait.
const ENDPOINTS_AT_ONCE: usize = 16;

/// How long a notification may take.
const WITHIN: Duration = Duration::from_millis(2000);

/// How long nothing must come to be taken for nothing.
const QUIET: Duration = Duration::from_millis(400);

/// How often the proxy is told the time.
const TICK: Duration = Duration::from_millis(20);

fn mutants() -> impl Iterator<Item = &'static Mutant> {
    [answers::MUTANTS, states::MUTANTS, handshakes::MUTANTS, notifications::MUTANTS].into_iter().flatten()
}

/// Runs checks against a proxy behind a relay.
async fn run(changes: &'static [Change], checks: BTreeSet<u8>) -> SuiteResult {
    let testbed = Testbed::start(TestbedSettings {
        program: ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab")),
        node: Topology::OrdinaryClock.files(Thresholds { holdover_s: 5, ..Thresholds::default() }),
        seed: 1,
        keep: None,
        arguments: Vec::new(),
    });
    let testbed = testbed.await.expect("the proxy starts");
    let mut time = JoinSet::new();
    time.spawn(tell_time(testbed.connect().await.expect("the proxy listens")));
    let relay = Relay::open(&testbed.api_base(), changes).await.expect("a free port");
    let foreign = ForeignSettings {
        base: relay.base().to_owned(),
        node_name: Topology::NODE_NAME.to_owned(),
        tls: None,
        stimulus: Some(Stimulus::Socket {
            path: testbed.dir().event_socket(),
            interface: "ens1f0".to_owned(),
        }),
        restart_command: None,
        is_alone: true,
        within: WITHIN,
        quiet: QUIET,
        lines: Arc::new(Mutex::new(None)),
    };
    let settings = SuiteSettings {
        subject: SubjectSettings::Foreign(foreign),
        profile: Profile::Compat,
        interpretations: Interpretations::of_profile(Profile::Compat),
        levels: Level::ALL.into_iter().collect(),
        checks,
        shuffle: None,
        consumers: ConsumerPlace::local(),
    };
    suite::run(settings, |_, _| {}).await.expect("the features of the suite are sound")
}

/// The testbed's proxy has the time from its socket. Here it is the time of the machine, as the suite has it.
async fn tell_time(mut feed: LineFeed) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        let now = chrono::Utc::now().timestamp_nanos_opt().and_then(|now| u64::try_from(now).ok());
        feed.set_time(now.expect("it is between 1970 and 2262"));
        if feed.flush().await.is_err() {
            return;
        }
    }
}

/// What has failed, by the number of its check.
fn failures(result: &SuiteResult) -> BTreeMap<u8, String> {
    let mut failures: BTreeMap<u8, String> = BTreeMap::new();
    for one in &result.requirements {
        let Verdict::Failed(failure) = one.verdict() else { continue };
        let title = &one.requirement.title;
        for check in &one.requirement.checks {
            let text = failures.entry(*check).or_default();
            text.push_str(&format!("\n    {check}: {title}: {}: {}", failure.step, failure.message));
        }
    }
    failures
}

/// Checks of which not one requirement was run.
fn not_run(result: &SuiteResult, checks: &BTreeSet<u8>) -> Vec<u8> {
    let is_run = |check: &u8| {
        result.requirements.iter().any(|one| {
            one.requirement.checks.contains(check)
                && matches!(one.verdict(), Verdict::Passed | Verdict::Failed(_))
        })
    };
    checks.iter().copied().filter(|check| !is_run(check)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_defect_is_found_out_by_the_checks_that_are_meant_to() {
    let only = std::env::var("MUTANT").unwrap_or_default();
    let chosen = mutants().filter(|mutant| mutant.what.contains(&only));
    let runs = chosen.map(|mutant| async move {
        let result = run(mutant.changes, mutant.checks.iter().copied().collect()).await;
        let found = failures(&result);
        println!(
            "{} ({:?}):{}",
            mutant.what,
            result.took,
            found.values().map(String::as_str).collect::<String>()
        );
        let survived: Vec<&u8> = mutant.checks.iter().filter(|check| !found.contains_key(check)).collect();
        (!survived.is_empty()).then(|| format!("{}: not found out by {survived:?}", mutant.what))
    });
    let survivors: Vec<Option<String>> =
        stream::iter(runs).buffer_unordered(ENDPOINTS_AT_ONCE).collect().await;
    let survivors: Vec<String> = survivors.into_iter().flatten().collect();
    // A run of the suite keeps panics quiet, those of tests that are under way, too.
    println!("{} survived:\n{}", survivors.len(), survivors.join("\n"));
    assert!(survivors.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_defect_none_of_these_checks_fails() {
    let checks: BTreeSet<u8> = mutants().flat_map(|mutant| mutant.checks.iter().copied()).collect();
    // The last ones have the most scenarios.
    let runs = checks.into_iter().rev().map(|check| async move {
        let checks = BTreeSet::from([check]);
        let result = run(&[], checks.clone()).await;
        println!("check {check} took {:?}", result.took);
        let not_run = not_run(&result, &checks).into_iter().map(|check| format!("\n    {check} was not run"));
        not_run.chain(failures(&result).into_values()).collect::<String>()
    });
    let failed: Vec<String> = stream::iter(runs).buffer_unordered(ENDPOINTS_AT_ONCE).collect().await;
    let failed = failed.concat();
    println!("the relay alone makes fail:{failed}");
    assert!(failed.is_empty());
}
