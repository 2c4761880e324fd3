//! What is written as a scenario file is read as what was written.

use ptp_scenario::{Draft, DraftThresholds, Expectation, Scenario, Topology, Window};
use sim_core::{Action, Leap, ProcessId, ProcessProgram, SimTime};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn draft(topology: Topology) -> Draft {
    Draft {
        comments: vec!["why\nit is here".to_owned()],
        title: "A \"quoted\" title".to_owned(),
        story: "Something happens.".to_owned(),
        topology,
        node_name: "node1".to_owned(),
        setup: topology.setup(),
        thresholds: DraftThresholds { max_offset_ns: 50, min_offset_ns: -60, holdover_timeout_s: 7 },
        expect: Vec::new(),
    }
}

#[test]
fn every_scenario_of_the_tree_that_only_differs_in_values_survives_being_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the scenarios are in the tree") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a scenario can be read");
        let read = Scenario::parse("s", &text).expect("a scenario without problems");
        if read.topology != Topology::OrdinaryClock {
            continue;
        }
        let written =
            Draft { setup: read.setup.clone(), expect: read.expect.clone(), ..draft(read.topology) };
        let again = written.checked("s").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(again.setup, read.setup, "{}", path.display());
        assert_eq!(again.expect, read.expect, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} scenarios");
}

#[test]
fn every_topology_survives_being_written() {
    for (name, topology) in Topology::NAMED {
        let scenario = draft(topology).checked("s").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(scenario.topology, topology);
        assert_eq!(scenario.title, "A \"quoted\" title");
    }
}

#[test]
fn the_thresholds_are_those_of_every_profile_of_the_node() {
    let scenario = draft(Topology::DualNicBoundaryClock).checked("s").expect("it can be written");
    let profiles: serde_json::Value = serde_json::from_str(&scenario.node.profile_json).expect("JSON");
    for profile in profiles.as_array().expect("an array of profiles") {
        let thresholds = &profile["ptpClockThreshold"];
        assert_eq!(thresholds["maxOffsetThreshold"], 50);
        assert_eq!(thresholds["minOffsetThreshold"], -60);
        assert_eq!(thresholds["holdOverTimeout"], 7);
    }
}

#[test]
fn values_actions_and_expectations_survive_being_written() {
    let mut draft = draft(Topology::DualFollower);
    let setup = &mut draft.setup;
    setup.seed = 77;
    setup.duration_s = 321;
    setup.grandmasters[1].data_set.clock_class = 7;
    setup.grandmasters[1].master_from = SimTime::from_ns(1_234_567_891);
    setup.cards[0].phc.frequency_ppb = -1234.5625;
    setup.os_clock.initial_error_ns = 1e-3;
    setup.links[1].path.noise_ns = 0.1;
    setup.daemon.clock_class_latency_ns = 1;
    let process = ProcessId { program: ProcessProgram::Phc2sys, profile: 0 };
    let second = setup.links[1].interface.clone();
    let interface = || second.clone();
    let actions = [
        Action::GrandmasterSilent { grandmaster: 1 },
        Action::GrandmasterLeap { grandmaster: 0, leap: Leap::Insert },
        Action::PacketDelayBurst { interface: interface(), mean_ns: 12.5 },
        Action::PathAsymmetry { interface: interface(), asymmetry_ns: -3.25 },
        Action::TransmitStampsLost { interface: interface(), count: 3 },
        Action::HardwareClockStep { card: 0, by_ns: -5 },
        Action::ProcessCrash { process },
        Action::ProxyDown,
    ];
    setup.timeline = (1..).map(SimTime::from_s).zip(actions).collect();
    let window = Window { from: SimTime::START, until: SimTime::from_s(321) };
    let ends = BTreeMap::from([("/sync/sync-status/sync-state".to_owned(), "LOCKED".to_owned())]);
    draft.expect = vec![Expectation::Flapping {
        resources: vec!["/sync/sync-status/sync-state".to_owned()],
        values: vec!["LOCKED".to_owned()],
        window,
        at_least: 1,
        ends,
    }];
    let scenario = draft.checked("s").expect("it can be written");
    assert_eq!(scenario.setup, draft.setup);
}

#[test]
fn a_draft_with_a_part_that_files_have_no_word_for_is_not_passed_off_as_written() {
    let mut draft = draft(Topology::OrdinaryClock);
    draft.setup.boot_offset_ns += 1;
    assert!(draft.checked("s").is_ok());
    draft.setup.cards[0].stamps.granularity_ns = 8;
    assert!(draft.checked("s").is_err());
}
