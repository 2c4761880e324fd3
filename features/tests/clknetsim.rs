//! `ptp-lab simulate --clknetsim`, as a user sees it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn recorded(file: &str) -> String {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "scenarios", "recorded", "4.4"].iter().collect();
    folder.join(file).display().to_string()
}

fn simulate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ptp-lab"));
    command.arg("simulate").args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_model_of_a_recorded_run_prints_lines_like_the_recorded_ones_and_its_true_offsets() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let truth = folder.path().join("offset.txt");
    let output = simulate(&[
        "--clknetsim",
        &recorded("clknetsim-bc44.clknetsim.conf"),
        "--config",
        &recorded("clknetsim-bc44-bc.conf"),
        "--duration",
        "12",
        "--truth",
        &truth.display().to_string(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    for said in ["UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED", "CLOCK_REALTIME phc offset"] {
        assert!(lines.contains(said), "{said}");
    }
    assert!(text(&output.stderr).contains("node 3 is not simulated"));
    let real = std::fs::read_to_string(recorded("clknetsim-bc44.offset.txt")).expect("the recording");
    let got = std::fs::read_to_string(&truth).expect("written");
    // Node 3 is not simulated; one line per second from the start.
    assert_eq!(got.lines().next(), Some("0.000000000\t0.000350000\t0.000000000\t0.000000000"));
    assert_eq!(got.lines().count(), 13);
    let second_ns = |text: &str| {
        let column = text.lines().nth(1).and_then(|line| line.split('\t').nth(1));
        (column.expect("node 2").parse::<f64>().expect("seconds") * 1e9).round()
    };
    // 350 us and 2 ppm.
    assert_eq!((second_ns(&got), second_ns(&real)), (352_000.0, 352_000.0));
}

#[test]
fn everything_that_is_wrong_with_a_model_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let model = write("wrong.conf", "node1_delay2 = (gauss)\nnode2_offset = soon\n");
    let output = simulate(&["--clknetsim", &model]);
    assert_eq!(output.status.code(), Some(78));
    let told = text(&output.stderr);
    assert!(told.contains("line 1: \"gauss\" is not a function of clknetsim"), "{told}");
    assert!(told.contains("line 2: \"soon\" is no number"), "{told}");
    let config = write("ptp4l.conf", "[global]\ndelay_mechanism P2P\n");
    let output = simulate(&["--clknetsim", &recorded("clknetsim-oc44.clknetsim.conf"), "--config", &config]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("line 2: the simulator knows delay_mechanism E2E or Auto only"));
}

#[test]
fn options_of_a_model_need_a_model() {
    assert!(Path::new(&recorded("base.conf")).exists());
    for arguments in [vec!["--duration", "5"], vec!["--clock-class", "5=7", "x.toml"], vec![]] {
        assert_eq!(simulate(&arguments).status.code(), Some(64), "{arguments:?}");
    }
}
