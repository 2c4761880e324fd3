//! Our own proxy passes every requirement of the conformance suite that applies to it, in both profiles, in whatever
//! order they are run.

use ptp_lab::ProxyProgram;
use ptp_lab::conform::ConsumerPlace;
use ptp_lab::conform::interpretation::Interpretations;
use ptp_lab::conform::level::{Level, Profile};
use ptp_lab::conform::result::{SuiteResult, Tally, Verdict};
use ptp_lab::conform::subject::{OwnSettings, SubjectSettings};
use ptp_lab::conform::suite::{self, SuiteSettings};

async fn conform(profile: Profile, shuffle: Option<u64>) -> SuiteResult {
    let program = ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab"));
    let settings = SuiteSettings {
        subject: SubjectSettings::Own(OwnSettings { program, profile, scenarios_at_once: 8 }),
        profile,
        interpretations: Interpretations::of_profile(profile),
        levels: Level::ALL.into_iter().collect(),
        checks: [].into(),
        shuffle,
        consumers: ConsumerPlace::local(),
    };
    suite::run(settings, |_, _| {}).await.expect("the features of the suite are sound")
}

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
