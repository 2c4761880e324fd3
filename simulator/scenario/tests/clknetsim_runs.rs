//! Simulations of models in clknetsim's language, from outside.

use ptp_scenario::clknetsim::{GrandmasterNode, Model, Run};
use sim_core::{Phc2sysSetup, PortSetup, ProcessId, ProcessProgram, Ptp4lSetup, SimTime, What, World};

const MODEL: &str = "node1_offset = 0\n\
    node2_freq = (+ 2e-6 0)\n\
    node2_offset = 0.00035\n\
    node2_start = 3\n\
    node1_delay2 = (+ 5e-7 (* -1 (equal 5 time 25)))\n\
    node2_delay1 = (+ 5e-7 0)\n\
    node3_freq = (+ -12e-6 0)\n\
    node3_refclock = (+ -37 0)\n\
    node3_refclock_base = node2\n\
    node4_delay1 = (+ 1e-5 0)\n";

fn model(text: &str) -> Model {
    Model::parse(text, &|_| Err("none".to_owned())).expect("the model is right")
}

fn run() -> Run {
    let ports = vec![PortSetup::on("eth0")];
    Run {
        seed: 1,
        duration_s: 40,
        ptp4l: Ptp4lSetup { ports, ..Ptp4lSetup::default() },
        grandmasters: vec![GrandmasterNode {
            node: 1,
            ptp4l: Ptp4lSetup { clock_class: 6, ..Ptp4lSetup::default() },
            master_from: None,
        }],
        phc2sys: Phc2sysSetup::default(),
    }
}

fn problems(text: &str, run: &Run) -> Vec<String> {
    let problems = model(text).setup(run).expect_err("it cannot be simulated");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn nodes_become_what_the_model_makes_of_them() {
    let model = model(MODEL);
    let setup = model.setup(&run()).expect("it can be simulated");
    assert_eq!(setup.model.hardware_clocks[&0].initial_error_ns, 350_000.0);
    assert_eq!(setup.model.paths[&0].early_stamps_ns, 7.0);
    // Half of the random part: 6.5 intervals of 1/8 s.
    assert_eq!(setup.grandmasters[0].master_from, SimTime::from_ns(812_500_000));
    let started = |program| setup.model.starts[&ProcessId { program, profile: 0 }];
    assert_eq!(started(ProcessProgram::Ptp4l), SimTime::from_s(3));
    assert_eq!(started(ProcessProgram::Phc2sys), SimTime::START);
    assert_eq!(setup.grandmasters[0].clock_identity.to_string(), "123456.fffe.780101");
    assert_eq!(model.left_out(&run()), [4], "pmc");
}

#[test]
fn a_model_runs_from_the_start_of_its_node_and_loses_what_it_says() {
    let setup = model(MODEL).setup(&run()).expect("it can be simulated");
    let lines = World::new(setup).filter_map(|emission| match emission.what {
        What::Line { text, .. } => Some((emission.at, text)),
        What::Opened { .. } | What::Closed { .. } | What::Action(_) | What::Truth(_) => None,
    });
    let offsets: Vec<SimTime> =
        lines.filter(|(_, text)| text.contains("master offset")).map(|(at, _)| at).collect();
    let is_heard = |from_s, until_s| {
        offsets.iter().any(|at| (SimTime::from_s(from_s)..SimTime::from_s(until_s)).contains(at))
    };
    assert!(!is_heard(0, 3) && is_heard(3, 5), "it starts at 3 s");
    // Packets are lost from 20 to 30 s.
    assert!(is_heard(19, 20) && !is_heard(21, 30) && is_heard(31, 40));
}

#[test]
fn what_a_model_does_not_say_is_told_at_once() {
    let unported = Run { ptp4l: Ptp4lSetup { ports: Vec::new(), ..Ptp4lSetup::default() }, ..run() };
    let text = "node2_freq = 0\nnode3_refclock = (+ 0 0)\n";
    assert_eq!(
        problems(text, &unported),
        [
            "the model has no node1_delay2, between a grandmaster and node 2",
            "the model has no node2_delay1, between a grandmaster and node 2",
            "node3_refclock has another base than node2: that is not supported",
            "the configuration of ptp4l has no port",
        ]
    );
    let twice = format!("{MODEL}node5_refclock = (+ -37 0)\nnode5_refclock_base = node2\n");
    assert_eq!(
        problems(&twice, &run()),
        ["more than one node reads the clock of node 2: that is not supported"]
    );
}
