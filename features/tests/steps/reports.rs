//! The report socket: a daemon that speaks of states.

use super::Node;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};
use ptp_lab::limits::API_ANSWER_MAX;

/// What the proxy counts.
const REPORTS: &str = "cloud_event_proxy_reports_total ";

#[given("the daemon has reported:")]
#[when("the daemon reports:")]
async fn reports(node: &mut Node, step: &Step) {
    let text = step.docstring().expect("the reports").trim_matches('\n').to_owned();
    if node.reports.is_none() {
        let feed = node.running().testbed.connect_reports().await.expect("the proxy listens");
        node.reports = Some((feed, 0));
    }
    let (feed, sent) = node.reports.as_mut().expect("just connected");
    feed.write(&text).await.expect("the proxy listens");
    *sent += text.lines().count();
    let expected = *sent;
    let waiting = async { while reports_taken_in(node).await < expected {} };
    tokio::time::timeout(API_ANSWER_MAX, waiting).await.expect("the proxy reads reports");
    node.settle().await;
}

#[when("the daemon opens a connection for reports")]
async fn opens(node: &mut Node) {
    let feed = node.running().testbed.connect_reports().await.expect("the proxy listens");
    node.reports = Some((feed, 0));
}

#[then("it is asked for everything that it has to report")]
async fn is_asked(node: &mut Node) {
    let (feed, _) = node.reports.as_mut().expect("it has connected");
    let asked: serde_json::Value = serde_json::from_str(&feed.asked().await.expect("asked")).expect("JSON");
    assert_eq!(asked, serde_json::json!({"version": 1, "type": "status_request"}));
}

async fn reports_taken_in(node: &mut Node) -> usize {
    let page = node.metrics_page().await;
    let count = page.lines().find_map(|line| line.strip_prefix(REPORTS)).expect("they are counted");
    count.trim().parse().expect("a number")
}
