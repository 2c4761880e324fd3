//! The event socket: what may come over it, well-formed or not.

use super::Node;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};
use ptp_lab::limits::API_ANSWER_MAX;

#[given("the daemon has written:")]
#[when("the daemon writes:")]
async fn writes(node: &mut Node, step: &Step) {
    let text = step.docstring().expect("the lines").trim_matches('\n').to_owned();
    let lines: Vec<&str> = text.lines().collect();
    node.write(&lines).await;
}

#[when("the daemon writes bytes that are no text")]
async fn writes_bytes(node: &mut Node) {
    node.running().feed.push_bytes(b"\xff\xfe\x00ptp4l[\x80]: [ptp4l.0.config] master offset \xc3\x28\n");
    node.settle().await;
}

#[when(regex = r"^the daemon writes a line of (\d+) bytes$")]
async fn writes_long_line(node: &mut Node, length: usize) {
    node.running().feed.push(&"x".repeat(length));
    node.settle().await;
}

#[given(regex = r"^the daemon has written (.+) without a line end$")]
async fn writes_half(node: &mut Node, half: String) {
    let feed = &mut node.running().feed;
    feed.push_bytes(half.as_bytes());
    feed.flush().await.expect("the proxy listens");
}

#[given("the connection of the daemon is lost")]
#[when("the daemon connects again")]
async fn reconnects(node: &mut Node) {
    let running = node.running();
    running.feed = running.testbed.connect().await.expect("the proxy listens");
    running.feed.set_time(running.now_ns);
    node.settle().await;
}

/// A connection that is not marked live, beside the one of the running processes.
#[when("the daemon replays:")]
async fn replays(node: &mut Node, step: &Step) {
    let text = step.docstring().expect("the lines").trim_matches('\n').to_owned();
    let mut replay = node.running().testbed.connect().await.expect("the proxy listens");
    for line in text.lines() {
        replay.push(line);
    }
    replay.sync().await.expect("the proxy answers");
}

#[when("the daemon says CMD RESTART")]
async fn says_restart(node: &mut Node) {
    node.restart_command().await;
}

#[then(regex = r"^the daemon has been asked for its logs (\d+) times$")]
async fn asked_for_logs(node: &mut Node, times: usize) {
    let asked = node.running().testbed.daemon().asked_for_logs(times);
    tokio::time::timeout(API_ANSWER_MAX, asked).await.expect("the proxy asks");
}
