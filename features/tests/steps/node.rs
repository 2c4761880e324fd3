//! The node: its files, and time.

use super::{Node, Running, START_UNIX_NS, nanoseconds};
use cucumber::{given, when};
use ptp_lab::{ProxyProgram, Testbed, TestbedSettings};
use ptp_scenario::NodeFiles;
use serde_json::json;
use std::collections::BTreeMap;

/// The interface of the ordinary clock, and its alias.
const INTERFACE: (&str, &str) = ("ens1f0", "ens1fx");

pub(super) fn profile(max_offset_ns: i64, min_offset_ns: i64, holdover_s: u32) -> String {
    json!([{
        "name": "ordinary-clock",
        "interface": INTERFACE.0,
        "ptp4lOpts": "-2 -s",
        "phc2sysOpts": "-a -r",
        "ptpClockThreshold": {
            "holdOverTimeout": holdover_s,
            "maxOffsetThreshold": max_offset_ns,
            "minOffsetThreshold": min_offset_ns,
        },
    }])
    .to_string()
}

#[given("an ordinary clock")]
async fn ordinary_clock(node: &mut Node) {
    start(node, 5).await;
}

#[given(regex = r"^an ordinary clock whose holdover lasts (\d+) seconds$")]
async fn ordinary_clock_with_holdover(node: &mut Node, holdover_s: u32) {
    start(node, holdover_s).await;
}

async fn start(node: &mut Node, holdover_s: u32) {
    let settings = TestbedSettings {
        program: ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab")),
        node: NodeFiles {
            node_name: "node1".to_owned(),
            profile_json: profile(100, -100, holdover_s),
            configs: vec![(
                "ptp4l.0.config".to_owned(),
                format!("#profile: ordinary-clock\n[global]\n[{}]\n", INTERFACE.0),
            )],
            aliases: BTreeMap::from([(INTERFACE.0.to_owned(), INTERFACE.1.to_owned())]),
        },
        seed: 1,
        keep: None,
    };
    let testbed = Testbed::start(settings).await.expect("the node starts");
    let mut feed = testbed.connect().await.expect("the proxy listens");
    feed.set_time(START_UNIX_NS);
    feed.push("CMD LIVE_START");
    feed.sync().await.expect("the proxy answers");
    node.running = Some(Running { testbed, feed, now_ns: START_UNIX_NS });
}

#[given(regex = r"^([\d.]+) seconds pass$")]
#[when(regex = r"^([\d.]+) (?:more )?seconds? pass(?:es)?$")]
async fn seconds_pass(node: &mut Node, seconds: String) {
    let running = node.running();
    running.now_ns += nanoseconds(&seconds);
    running.feed.set_time(running.now_ns);
    node.settle().await;
}

/// Time goes on step by step, so that what waits for an answer of the network can wait again.
#[when(regex = r"^([\d.]+) seconds pass (\d+) times$")]
async fn seconds_pass_times(node: &mut Node, seconds: String, times: usize) {
    for _ in 0..times {
        seconds_pass(node, seconds.clone()).await;
    }
}

#[when(regex = r"^the daemon applies a profile with a maximum offset of (\d+) ns$")]
async fn profile_applied(node: &mut Node, max_offset_ns: i64) {
    let dir = node.running().testbed.dir();
    dir.write_profile(&profile(max_offset_ns, -100, 5)).expect("written");
    let mut command = node.running().testbed.connect().await.expect("the proxy listens");
    command.push("CMD RESTART");
    command.sync().await.expect("the proxy answers");
}
