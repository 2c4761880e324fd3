//! Simulated nodes: whole scenarios through the lab.

use super::Node;
use cucumber::{then, when};
use ptp_lab::ProxyProgram;
use ptp_lab::Wiring;
use ptp_lab::run::{RunSettings, run};
use ptp_lab::timeline::Kept;
use ptp_scenario::Scenario;
use std::path::Path;

#[when(regex = r"^the scenario (\S+) is played$")]
async fn played(node: &mut Node, name: String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&path).expect("the scenario is in the repository");
    let scenario = Scenario::parse(&name, &text).expect("it is a scenario");
    let program = ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab"));
    let settings =
        RunSettings { scenario, seed: None, program, keep: None, wiring: Wiring::One, record: None };
    let mut timeline = Kept::default();
    node.verdict = run(settings, &mut timeline).await.expect("it is played to its end").summary.verdict;
}

#[then("the proxy publishes what the scenario expects, in order, and nothing else")]
async fn as_expected(node: &mut Node) {
    let verdict = node.verdict.as_ref().expect("a scenario was played");
    assert!(verdict.passed && verdict.matched == verdict.expected, "{}", verdict.explanation.join("\n"));
}
