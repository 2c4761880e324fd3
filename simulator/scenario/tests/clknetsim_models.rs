//! Models in clknetsim's language, from outside.

use ptp_scenario::clknetsim::Model;
use sim_core::{Expression, PacketVariable};

fn no_data(name: &str) -> Result<String, String> {
    Err(format!("no {name} here"))
}

fn parse(text: &str) -> Model {
    Model::parse(text, &no_data).expect("the model is right")
}

fn problems(text: &str) -> Vec<String> {
    let problems = Model::parse(text, &no_data).expect_err("the model is wrong");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_model_says_what_its_lines_say() {
    let model = parse(
        "# the clock under test\n\
         node2_freq = (+ 2e-6 (sum (* 1e-10 (normal))))\n\
         \n\
         node2_offset = 0.000350\r\n\
         node1_delay2 = (+ 5e-7 (* -1 (equal 15 time 135)))\n\
         node3_refclock = (+ -37 (* 2e-8 (normal)))\n\
         node3_refclock_base = node2\n\
         node3_start = 60\n\
         node3_shift_pll = 4\n",
    );
    let walk = Expression::Accumulate(vec![Expression::Multiply(vec![
        Expression::Constant(1e-10),
        Expression::Normal,
    ])]);
    let node = &model.nodes[&2];
    assert_eq!(node.frequency, Some(Expression::Add(vec![Expression::Constant(2e-6), walk])));
    assert_eq!(node.initial_error_s, 0.00035);
    let silence = Expression::Equal {
        tolerance: Box::new(Expression::Constant(15.0)),
        values: vec![Expression::Variable(PacketVariable::Time), Expression::Constant(135.0)],
    };
    let silence = Expression::Multiply(vec![Expression::Constant(-1.0), silence]);
    assert_eq!(model.nodes[&1].delays[&2], Expression::Add(vec![Expression::Constant(5e-7), silence]));
    assert_eq!((model.nodes[&3].reference_base, model.nodes[&3].start_s), (Some(2), 60.0));
}

#[test]
fn the_recorded_models_are_read() {
    for name in ["oc44", "bc44", "gmclass44"] {
        let path = format!(
            "{}/../../scenarios/recorded/4.4/clknetsim-{name}.clknetsim.conf",
            env!("CARGO_MANIFEST_DIR")
        );
        let model = parse(&std::fs::read_to_string(path).expect("the recording is there"));
        assert!(model.nodes[&1].delays.contains_key(&2), "{name}");
    }
}

#[test]
fn a_later_line_replaces_an_earlier_one() {
    assert_eq!(parse("node1_offset = 1\nnode1_offset = 2").nodes[&1].initial_error_s, 2.0);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_line() {
    let text = "node1_freq = (+ 1e-6 (gamma) (normal 3))\n\
                node1_drift = 3\n\
                node0_freq = 0\n\
                \n\
                node1_freq = (sum time)\n\
                node1_delay2 = (+ 1e-6\n\
                node1_delay999 = (+ 1 0)\n\
                frequency\n\
                node1_offset = .5\n\
                node1_freq = 0.2\n\
                node1_start = -1\n\
                node1_delay2 = (poisson 0.5)\n\
                node1_delay_correction2 = (+ 0 0)\n\
                node1_refclock_base = node9\n";
    assert_eq!(
        problems(text),
        [
            "line 1: \"gamma\" is not a function of clknetsim",
            "line 1: \"normal\" takes 0 plain numbers",
            "line 2: \"drift\" is not freq, offset, start, step, delayN, refclock, refclock_base or a kernel parameter",
            "line 3: \"0\" is no number of a node from 1 to 254",
            "line 5: \"time\" is known in delays only",
            "line 6: \"(+\" has no closing bracket",
            "line 7: \"999\" is no number of a node from 1 to 254",
            "line 8: this is no assignment \"nodeN_variable = value\"",
            "line 9: \".5\" is no number",
            "line 10: 0.2 is not between -0.2 and 0.2 seconds per second",
            "line 11: -1 is not from 0 to 1000000 seconds",
            "line 12: the mean 0.5 of poisson is not from 1 to 20",
            "line 13: delay_correction is not supported: the simulator has no transparent clocks",
            "the base of node1_refclock_base, node9, is nowhere else in the model",
        ]
    );
}

#[test]
fn brackets_without_end_are_refused_before_they_fill_the_stack() {
    let deep = format!("node1_freq = {}1{}", "(+ ".repeat(10_000), ")".repeat(10_000));
    assert_eq!(problems(&deep), ["line 1: the expression has more than 10000 parts"]);
    let deep = format!("node1_freq = {}1{}", "(+ ".repeat(33), ")".repeat(33));
    assert_eq!(problems(&deep), ["line 1: there are more than 32 functions within each other"]);
    let deep = format!("node1_freq = {}0{}", "(+ ".repeat(32), ")".repeat(32));
    assert!(Model::parse(&deep, &no_data).is_ok());
    let long = "#".repeat(300 * 1024);
    assert_eq!(problems(&long), ["the model is longer than 262144 bytes"]);
}

#[test]
fn data_files_are_read_where_they_are_named() {
    let read = |name: &str| match name {
        "freq.input" => Ok("1e-6\n2e-6 -3e-6\n".to_owned()),
        "words.input" => Ok("1 two".to_owned()),
        "empty.input" => Ok(String::new()),
        _ => Err("it is not there".to_owned()),
    };
    let model = Model::parse("node2_freq = (file \"freq.input\")", &read).expect("the model is right");
    assert_eq!(model.nodes[&2].frequency, Some(Expression::Series(vec![1e-6, 2e-6, -3e-6])));
    for (name, what) in [
        ("words.input", "it has more than numbers in it"),
        ("empty.input", "it has no number"),
        ("none.input", "it is not there"),
    ] {
        let problems = Model::parse(&format!("node2_freq = (file \"{name}\")"), &read).expect_err("wrong");
        assert_eq!(problems[0].to_string(), format!("line 1: \"{name}\": {what}"));
    }
}
