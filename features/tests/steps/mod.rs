//! The node under test and the words that the features use for it, one file for each noun.
//!
//! Steps see the proxy from outside only: lines and time go in at the event socket, reports at the report socket, requests
//! at the API, and what consumers, API, metrics and log say is compared as raw JSON or text.

mod clock;
mod consumer;
mod current_state;
mod event_socket;
mod log;
mod metrics;
mod node;
mod notification;
mod process;
mod reports;
mod scenario;
mod subscription;

use cucumber::World;
use ptp_lab::{Consumer, LineFeed, Received, Reply, ReportFeed, RestClient, Signal, Testbed, Topology};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::process::ExitStatus;

/// UNIX time at which every scenario starts: 2023-11-14T22:13:20Z.
const START_UNIX_NS: u64 = 1_700_000_000_000_000_000;

/// The node of a scenario, and everybody around it.
#[derive(Debug, Default, World)]
pub(crate) struct Node {
    running: Option<Running>,
    /// Consumers by the letter that a scenario gives them.
    consumers: BTreeMap<String, Watched>,
    /// Subscription identifiers, in the order in which they were made.
    subscriptions: Vec<String>,
    /// The answer of the API to the last request.
    reply: Option<Reply>,
    /// The daemon's connection to the report socket, and how many reports have gone over it.
    reports: Option<(ReportFeed, usize)>,
    /// How the proxy ended.
    ended: Option<ExitStatus>,
    /// Simulated nodes run through the lab, and how they were judged.
    verdict: Option<ptp_lab::timeline::Verdict>,
}

/// A node with its proxy, and the daemon's connection to it.
#[derive(Debug)]
struct Running {
    testbed: Testbed,
    feed: LineFeed,
    topology: Topology,
    now_ns: u64,
}

/// A consumer and what it was told and nobody has looked at yet.
#[derive(Debug)]
struct Watched {
    consumer: Consumer,
    heard: VecDeque<Received>,
}

impl Node {
    fn running(&mut self) -> &mut Running {
        self.running.as_mut().expect("the scenario has a node")
    }

    fn client(&mut self) -> RestClient {
        self.running().testbed.client()
    }

    /// Writes lines at the current time and waits for everything that they cause.
    async fn write(&mut self, lines: &[&str]) {
        let running = self.running();
        for line in lines {
            running.feed.push(line);
        }
        self.settle().await;
    }

    /// Waits until everything has been delivered or given up for now.
    async fn settle(&mut self) {
        self.running().feed.sync().await.expect("the proxy answers");
    }

    /// Says `CMD RESTART` on a connection of its own, as the daemon does, and waits for what that causes.
    async fn restart_command(&mut self) {
        let mut command = self.running().testbed.connect().await.expect("the proxy listens");
        command.push("CMD RESTART");
        command.sync().await.expect("the proxy answers");
    }

    /// The page of the metrics.
    async fn metrics_page(&mut self) -> String {
        let reply = self.running().testbed.metrics().get("/metrics").await.expect("metrics answer");
        reply.body
    }

    /// The consumer of that letter; opened when it is named first.
    async fn consumer(&mut self, name: &str) -> &mut Watched {
        if !self.consumers.contains_key(name) {
            let consumer = Consumer::open().await.expect("a free port");
            self.consumers.insert(name.to_owned(), Watched { consumer, heard: VecDeque::new() });
        }
        self.consumers.get_mut(name).expect("just put there")
    }

    /// Ends the proxy at the end of a scenario.
    pub(crate) async fn end(&mut self) {
        if let Some(running) = &mut self.running {
            running.testbed.signal_proxy(Signal::Kill).await.expect("it can be killed");
            running.testbed.proxy_end().await.expect("it ends");
        }
    }
}

impl Watched {
    /// The next notification that nobody has looked at yet, in order of arrival.
    fn next(&mut self) -> Option<Received> {
        self.heard.extend(self.consumer.take());
        self.heard.pop_front()
    }

    /// The next notification of a resource; those of other resources stay.
    fn next_of(&mut self, source: &str) -> Option<Received> {
        self.heard.extend(self.consumer.take());
        let at = self.heard.iter().position(|received| received.body["source"] == source)?;
        self.heard.remove(at)
    }
}

/// The first value of a notification or of a current state.
fn first_value(event: &Value) -> &str {
    event.pointer("/data/values/0/value").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a value speaks of this subject, an address below that of the node: `ens1fx/master`.
fn is_about(value: &Value, subject: &str) -> bool {
    value["ResourceAddress"] == format!("/cluster/node/{}/{subject}", Topology::NODE_NAME)
}

/// The nanoseconds of `12 seconds` or `4.999999999 seconds`.
fn nanoseconds(seconds: &str) -> u64 {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let whole: u64 = whole.parse().expect("seconds");
    whole * 1_000_000_000 + format!("{fraction:0<9}").parse::<u64>().expect("decimals")
}
