//! A proxy that is killed anywhere in a simulated scenario and started again goes on as if nothing had happened.
//!
//! In process, so that every line is a kill point; how is told in `proxy/core/tests/restart`, whose runs are recorded
//! and written by hand. These come from the simulator.

#[path = "../../proxy/core/tests/restart/daemon.rs"]
mod daemon;
#[path = "../../proxy/core/tests/restart/judge.rs"]
mod judge;
#[path = "../../proxy/core/tests/restart/kill.rs"]
mod kill;
#[path = "../../proxy/core/tests/restart/proxy.rs"]
mod proxy;
#[path = "../../proxy/core/tests/restart/run.rs"]
mod run;

use kill::every_kill_point;
use proxy_core::{
    InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind, Thresholds,
};
use ptp_lines::{ConfigName, ConfigProgram};
use ptp_scenario::{Scenario, Topology};
use run::Run;
use sim_core::{What, World};
use std::fs;
use std::path::Path;

/// A fresh checkout has this many scenarios; a test that finds none would pass.
const SCENARIOS_MIN: usize = 6;

#[test]
fn a_proxy_that_is_killed_anywhere_in_a_scenario_goes_on_as_if_nothing_had_happened() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= SCENARIOS_MIN, "only {} scenarios", scenarios.len());
    for scenario in scenarios {
        let run = simulated(&scenario);
        let tally = every_kill_point(&run);
        println!("{:<32} {tally:?}", run.name);
        // With the subscriber present and with it away.
        assert!(tally.kills > 2 * run.steps.len(), "{}", run.name);
        assert!(tally.events > 0, "nothing happens in {}", run.name);
    }
}

fn scenarios() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the scenarios are in the tree")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("a scenario can be read");
        Scenario::parse(&name, &text).expect("a scenario without problems")
    };
    // On the other nodes campaigns kill the proxy.
    paths.iter().map(read).filter(|scenario| scenario.topology == Topology::OrdinaryClock).collect()
}

/// What the simulator says, and a node that is configured accordingly.
fn simulated(scenario: &Scenario) -> Run {
    let mut run = Run {
        name: scenario.name.clone(),
        configuration: configuration(scenario),
        aliases: scenario.node.aliases.clone(),
        steps: Vec::new(),
    };
    for emission in World::new(scenario.setup.clone()) {
        if let What::Line { text, .. } = emission.what {
            run.push_line(emission.at.ns, &text);
        }
    }
    run
}

fn configuration(scenario: &Scenario) -> NodeConfiguration {
    let profiles: serde_json::Value =
        serde_json::from_str(&scenario.node.profile_json).expect("a profile file is JSON");
    let profile = &profiles[0];
    let name = profile["name"].as_str().expect("a profile has a name");
    let of_profile = &profile["ptpClockThreshold"];
    let threshold_ns = |key: &str| of_profile[key].as_i64().expect("a threshold is a number");
    let holdover_timeout_s = of_profile["holdOverTimeout"].as_u64().and_then(|s| u32::try_from(s).ok());
    let thresholds = Thresholds {
        max_offset_ns: threshold_ns("maxOffsetThreshold"),
        min_offset_ns: threshold_ns("minOffsetThreshold"),
        holdover_timeout_s: holdover_timeout_s.expect("a number of seconds"),
    };
    let port = PortConfiguration { name: scenario.setup.links[0].interface.clone(), role: PortRole::Slave };
    let index = scenario.setup.profiles[0].config_index;
    NodeConfiguration {
        profiles: vec![Profile {
            name: name.to_owned(),
            thresholds,
            kind: ProfileKind::Clock,
            has_chronyd: false,
        }],
        instances: vec![InstanceConfiguration {
            config: ConfigName { program: ConfigProgram::Ptp4l, index },
            profile: name.to_owned(),
            ports: vec![port],
        }],
    }
}
