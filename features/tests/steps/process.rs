//! The proxy as a process: starting, ending, health.

use super::{Node, nanoseconds};
use cucumber::{given, then, when};
use ptp_lab::resource_path as path;
use ptp_lab::{Conduct, Signal};
use tokio::task::JoinSet;

async fn start_again(node: &mut Node) {
    let running = node.running();
    running.testbed.start_proxy().await.expect("the proxy starts again");
    running.feed = running.testbed.connect().await.expect("the proxy listens");
    running.feed.set_time(running.now_ns);
    running.feed.push("CMD LIVE_START");
    node.settle().await;
}

async fn stop(node: &mut Node, signal: Signal) {
    let testbed = &mut node.running().testbed;
    testbed.signal_proxy(signal).await.expect("it can be told");
    node.ended = testbed.proxy_end().await.expect("it ends");
}

#[when("the proxy is killed and started again")]
async fn killed(node: &mut Node) {
    stop(node, Signal::Kill).await;
    start_again(node).await;
}

#[given("the proxy is killed")]
#[when("the proxy is killed")]
async fn killed_for_now(node: &mut Node) {
    stop(node, Signal::Kill).await;
}

/// It is told the time when the daemon connects.
#[when(regex = r"^([\d.]+) seconds pass and the proxy is started again$")]
async fn started_later(node: &mut Node, seconds: String) {
    node.running().now_ns += nanoseconds(&seconds);
    start_again(node).await;
}

/// Requests are under way on many connections when the process dies; what was answered by then was promised.
#[when(regex = r"^(\d+) endpoints subscribe at once and the proxy is killed after (\d+) answers$")]
async fn killed_while_subscribing(node: &mut Node, endpoints: usize, answers: usize) {
    let endpoint = node.consumer("A").await.consumer.endpoint();
    let address = node.running().testbed.address(&path("lock-state"));
    let client = node.client();
    let mut requests = JoinSet::new();
    for number in 0..endpoints {
        let (client, address, endpoint) = (client.clone(), address.clone(), format!("{endpoint}/{number}"));
        requests.spawn(async move { client.subscribe(&address, &endpoint).await });
    }
    let mut killed = false;
    while let Some(reply) = requests.join_next().await {
        // Those without an answer were not promised anything.
        if let Ok(reply) = reply.expect("no request panics") {
            assert_eq!(reply.status, 201, "{reply:?}");
            node.subscriptions.push(reply.json()["SubscriptionId"].as_str().expect("an id").to_owned());
        }
        if node.subscriptions.len() >= answers && !killed {
            killed = true;
            stop(node, Signal::Kill).await;
        }
    }
    start_again(node).await;
}

#[when("the proxy is told to end")]
async fn told_to_end(node: &mut Node) {
    stop(node, Signal::Terminate).await;
}

/// A notification is under way, and its consumer answers only after the signal.
#[when(regex = r"^the proxy is told to end before consumer (\w+) answers the notification in its hands$")]
async fn told_to_end_meanwhile(node: &mut Node, name: String) {
    node.consumer(&name).await.consumer.arrival().await;
    node.running().testbed.signal_proxy(Signal::Terminate).await.expect("it can be told");
    let consumer = &node.consumer(&name).await.consumer;
    consumer.behave(Conduct::Answer(204));
    consumer.release();
    node.ended = node.running().testbed.proxy_end().await.expect("it ends");
}

#[then("it ends with exit code 0")]
async fn ended_well(node: &mut Node) {
    assert_eq!(node.ended.and_then(|status| status.code()), Some(0));
}

#[then(regex = r"^no notification to consumer (\w+) was cut off$")]
async fn not_cut_off(node: &mut Node, name: String) {
    assert!(node.consumer(&name).await.consumer.given_up().is_empty());
}

#[when("somebody asks for its health")]
async fn asks_health(node: &mut Node) {
    node.reply = Some(node.client().get("/health").await.expect("the API answers"));
}

#[when("somebody asks for its publishers")]
async fn asks_publishers(node: &mut Node) {
    node.reply = Some(node.client().get("/publishers").await.expect("the API answers"));
}

#[then(regex = r"^the body is (\S+)$")]
async fn body_is(node: &mut Node, body: String) {
    assert_eq!(node.reply.as_ref().expect("a request was made").body.trim_end(), body);
}

#[then(regex = r"^(\d+) publishers are listed, each with an address of this node and an endpoint$")]
async fn publishers_listed(node: &mut Node, count: usize) {
    let json = node.reply.as_ref().expect("a request was made").json();
    let publishers = json.as_array().expect("a list");
    assert_eq!(publishers.len(), count, "{json}");
    for publisher in publishers {
        let address = publisher["ResourceAddress"].as_str().unwrap_or_default();
        assert!(address.starts_with("/cluster/node/node1/sync/"), "{publisher}");
        assert!(publisher["EndpointUri"].as_str().is_some_and(|uri| !uri.is_empty()), "{publisher}");
    }
}
