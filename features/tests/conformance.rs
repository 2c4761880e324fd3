//! The conformance specifications: every `.feature` file of this folder against a proxy of its own.
//!
//! Each scenario has its own node, proxy process and virtual clock, so scenarios run side by side. Options are those of
//! cucumber (`cargo test -p ptp-lab --test conformance -- --help`). A JUnit report goes to the file that
//! `PTP_LAB_JUNIT` names, else to the target folder.

mod steps;

use cucumber::event::ScenarioFinished;
use cucumber::gherkin::Feature;
use cucumber::writer::{Basic, JUnit, Stats};
use cucumber::{World, WriterExt, writer};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use steps::Node;

/// Every scenario has a proxy process, and there are few cores.
const SCENARIOS_AT_ONCE: usize = 4;

static PASSED: AtomicUsize = AtomicUsize::new(0);
static FAILED: AtomicUsize = AtomicUsize::new(0);

fn main() -> ExitCode {
    // What a test runner asks of every test program, so that listing the tests of the workspace works.
    if std::env::args().any(|argument| argument == "--list") {
        let ignored_only = std::env::args().any(|argument| argument == "--ignored");
        if !ignored_only {
            say("conformance: test");
        }
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let failed = runtime.expect("a runtime").block_on(conform());
    let [passed, failures] = [&PASSED, &FAILED].map(|count| count.load(Ordering::Relaxed));
    // A scenario is never skipped: a step without a definition is a failure.
    say(&format!("{passed} passed, {failures} failed, 0 skipped"));
    if failed || passed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("somebody reads the result");
}

/// Runs the features; true when anything failed, a step without a definition and a broken file included.
async fn conform() -> bool {
    let report = File::create(junit_path()).expect("the report can be written");
    let screen = Basic::stdout().summarized();
    let writer = writer::Normalize::new(screen.tee::<Node, _>(JUnit::for_tee(report, 0)));
    let mut suite = Node::cucumber()
        .with_writer(writer)
        .max_concurrent_scenarios(SCENARIOS_AT_ONCE)
        .fail_on_skipped()
        .after(|_, _, _, finished, node| {
            count(finished);
            Box::pin(async move {
                if let Some(node) = node {
                    node.end().await;
                }
            })
        });
    // A test runner passes options of its own.
    if std::env::var_os("NEXTEST").is_some() {
        suite = suite.with_default_cli();
    }
    let features = env!("CARGO_MANIFEST_DIR");
    // The suite for any endpoint has words of its own, and a test of its own.
    let is_of_the_suite = |feature: &Feature| {
        feature.path.as_ref().is_some_and(|path| path.starts_with(Path::new(features).join("conform")))
    };
    suite.filter_run(features, move |feature, _, _| !is_of_the_suite(feature)).await.execution_has_failed()
}

fn count(finished: &ScenarioFinished) {
    let count = match finished {
        ScenarioFinished::StepPassed => &PASSED,
        ScenarioFinished::StepSkipped
        | ScenarioFinished::BeforeHookFailed(_)
        | ScenarioFinished::StepFailed(..) => &FAILED,
    };
    count.fetch_add(1, Ordering::Relaxed);
}

fn junit_path() -> PathBuf {
    let named = std::env::var_os("PTP_LAB_JUNIT").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("conformance-junit.xml"))
}
