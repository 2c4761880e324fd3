//! The node: what it runs, its files, and time.

use super::{Node, Running, START_UNIX_NS, nanoseconds};
use cucumber::gherkin::Step;
use cucumber::{given, when};
use ptp_lab::replay::Thresholds;
use ptp_lab::{ProxyProgram, Testbed, TestbedSettings, Topology};

#[given(
    regex = r"^(an ordinary clock|a telecom grandmaster|a telecom boundary clock|two boundary clocks|a high-availability pair|a dual follower|a node that falls back on NTP|a node with Synchronous Ethernet)$"
)]
async fn node_that_runs(node: &mut Node, words: String) {
    start(node, topology(&words), Thresholds::default().holdover_s).await;
}

#[given(
    regex = r"^(an ordinary clock|a telecom boundary clock|two boundary clocks|a high-availability pair|a dual follower|a node that falls back on NTP) whose holdover lasts (\d+) seconds$"
)]
async fn node_with_holdover(node: &mut Node, words: String, holdover_s: u32) {
    start(node, topology(&words), holdover_s).await;
}

fn topology(words: &str) -> Topology {
    match words {
        "an ordinary clock" => Topology::OrdinaryClock,
        "a telecom grandmaster" => Topology::TelecomGrandmaster,
        "a telecom boundary clock" => Topology::TelecomBoundaryClock,
        "two boundary clocks" => Topology::DualNic,
        "a high-availability pair" => Topology::HighAvailability,
        "a dual follower" => Topology::DualFollower,
        "a node that falls back on NTP" => Topology::NtpFallback,
        "a node with Synchronous Ethernet" => Topology::SynchronousEthernet,
        unknown => panic!("no topology: {unknown}"),
    }
}

async fn start(node: &mut Node, topology: Topology, holdover_s: u32) {
    let settings = TestbedSettings {
        program: ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab")),
        node: topology.files(Thresholds { holdover_s, ..Thresholds::default() }),
        seed: 1,
        keep: None,
        arguments: Vec::new(),
    };
    let testbed = Testbed::start(settings).await.expect("the node starts");
    let mut feed = testbed.connect().await.expect("the proxy listens");
    feed.set_time(START_UNIX_NS);
    feed.push("CMD LIVE_START");
    feed.sync().await.expect("the proxy answers");
    node.running = Some(Running { testbed, feed, topology, now_ns: START_UNIX_NS });
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

/// A profile with these thresholds, apart from its largest offset, in the place of the former one.
fn write_profile(node: &mut Node, max_offset_ns: i64) {
    let running = node.running();
    let json = running.topology.profile_json(Thresholds { max_offset_ns, ..Thresholds::default() });
    running.testbed.dir().write_profile(&json).expect("written");
}

#[when(regex = r"^the daemon applies a profile with a maximum offset of (\d+) ns$")]
async fn profile_applied(node: &mut Node, max_offset_ns: i64) {
    write_profile(node, max_offset_ns);
    node.restart_command().await;
}

#[when(regex = r"^the profile file gets a maximum offset of (\d+) ns, and nobody says so$")]
async fn profile_changed(node: &mut Node, max_offset_ns: i64) {
    write_profile(node, max_offset_ns);
}

#[when("the daemon applies a profile file that is:")]
async fn profile_replaced(node: &mut Node, step: &Step) {
    let text = step.docstring().expect("the file").trim();
    node.running().testbed.dir().write_profile(text).expect("written");
    node.restart_command().await;
}

#[given(regex = r"^the daemon has applied a (\S+) that is:$")]
#[when(regex = r"^the daemon applies a (\S+\.config) that is:$")]
async fn config_applied(node: &mut Node, name: String, step: &Step) {
    let text = step.docstring().expect("the file").trim_start();
    node.running().testbed.dir().write_config(&name, text).expect("written");
    node.restart_command().await;
}

#[when(regex = r"^the daemon no longer has a (\S+\.config)$")]
async fn config_removed(node: &mut Node, name: String) {
    node.running().testbed.dir().remove_config(&name).expect("it was there");
    node.restart_command().await;
}
