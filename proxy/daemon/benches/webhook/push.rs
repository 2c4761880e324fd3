//! From a line in the socket to the event at each subscriber, and the same without a proxy.

use crate::consumer::Consumer;
use crate::disk::Copied;
use crate::node::Node;
use crate::process::{cpu_s, now};
use crate::samples::Samples;
use hyper::body::Bytes;
use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// As many idle connections to a host as the proxy keeps.
const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 1024;

/// Between two rounds: what follows the answers of one, a write to the disk, does not meet the next one. And more for
/// each subscriber.
const PAUSE: Duration = Duration::from_millis(10);

/// See [`PAUSE`].
const PAUSE_PER_SUBSCRIBER: Duration = Duration::from_micros(30);

/// What the memory has for each subscriber that has not got the event yet: its id.
const MEMORY_BYTES_PER_SUBSCRIBER: usize = 40;

/// However slow the machine is, a median is one of several.
const ROUNDS_MIN: usize = 3;

/// How much is measured: so many rounds, or less when they take longer than that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Rounds.
    pub(crate) rounds: usize,
    /// Time for them.
    pub(crate) time: Duration,
}

/// What was measured with so many subscribers.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Subscribers that are measured.
    pub(crate) subscribers: usize,
    /// From the write to each arrival.
    pub(crate) events: Samples,
    /// From the write to the last arrival.
    pub(crate) last: Samples,
    /// From the start of bare POSTs to each arrival.
    pub(crate) floor: Samples,
    /// From the start of bare POSTs to the last arrival.
    pub(crate) floor_last: Samples,
    /// A durable write of a file as large as the memory, which precedes each event.
    pub(crate) disk: Samples,
    /// Size of that file, in bytes.
    pub(crate) disk_bytes: usize,
    /// Processor time of the proxy for the events, in seconds.
    pub(crate) proxy_cpu_s: f64,
    /// Processor time of the bench, which is its consumer, meanwhile, in seconds.
    pub(crate) consumer_cpu_s: f64,
    /// Wall time of it.
    pub(crate) wall: Duration,
}

/// The client of the floor: of the same kind as that of the proxy.
pub(crate) fn floor_client() -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX).build()
}

/// Rounds of one event, one floor and one write each, so that all see the same machine.
pub(crate) fn measure(
    runtime: &Runtime,
    consumer: &Consumer,
    node: &mut Node,
    subscribers: usize,
    bounds: Bounds,
) -> Result<Row, Box<dyn Error>> {
    let client = floor_client()?;
    let endpoints: Vec<String> = (0..subscribers).map(|number| consumer.url("event", number)).collect();
    let started = now();
    // The first round opens connections, and does not count.
    event(consumer, node, subscribers)?;
    settle(subscribers);
    let undelivered = subscribers * MEMORY_BYTES_PER_SUBSCRIBER;
    let memory = Copied::of(&node.proxy.path("store/metrics.json"), undelivered)?;
    let mut row = Row { subscribers, disk_bytes: memory.length(), ..Row::default() };
    for round in 1..=bounds.rounds {
        settle(subscribers);
        let (began, proxy, bench) = (now(), node.proxy.cpu_s()?, cpu_s(std::process::id())?);
        let mark = node.next_mark();
        let (written, arrivals) = event(consumer, node, subscribers)?;
        row.events.add_round(written, &arrivals, &mut row.last);
        settle(subscribers);
        row.wall += began.elapsed();
        row.proxy_cpu_s += node.proxy.cpu_s()? - proxy;
        row.consumer_cpu_s += cpu_s(std::process::id())? - bench;
        consumer.expect(&mark, subscribers);
        let (written, posts) = post(runtime, &client, &endpoints, &consumer.body());
        row.floor.add_round(written, &consumer.arrivals()?, &mut row.floor_last);
        for answer in runtime.block_on(posts.join_all()) {
            answer?;
        }
        row.disk.add(memory.replace()?);
        if round >= ROUNDS_MIN && started.elapsed() > bounds.time {
            break;
        }
    }
    Ok(row)
}

/// Latencies of the same subscribers of two nodes.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Of the one where all answer.
    pub(crate) answering: Samples,
    /// Of the one where some hang.
    pub(crate) hanging: Samples,
    /// What the median of a round is above that of its neighbour, in milliseconds, in the median.
    pub(crate) added_ms: f64,
}

/// Rounds of one event for each of two nodes, so that both see the same machine.
pub(crate) fn compare(
    consumer: &Consumer,
    (answering, hanging): (&mut Node, &mut Node),
    subscribers: usize,
    bounds: Bounds,
) -> Result<Comparison, Box<dyn Error>> {
    let mut comparison = Comparison::default();
    let mut differences = Vec::new();
    let started = now();
    event(consumer, answering, subscribers)?;
    event(consumer, hanging, subscribers)?;
    for round in 1..=bounds.rounds {
        let mut medians = [0.0; 2];
        let nodes = [(&mut *answering, &mut comparison.answering), (&mut *hanging, &mut comparison.hanging)];
        for ((node, all), median) in nodes.into_iter().zip(&mut medians) {
            settle(subscribers);
            let (written, arrivals) = event(consumer, node, subscribers)?;
            let mut samples = Samples::default();
            samples.add_round(written, &arrivals, &mut Samples::default());
            *median = samples.p50();
            all.append(samples);
        }
        differences.push(medians[1] - medians[0]);
        if round >= ROUNDS_MIN && started.elapsed() > bounds.time {
            break;
        }
    }
    differences.sort_by(f64::total_cmp);
    comparison.added_ms = differences[differences.len() / 2];
    Ok(comparison)
}

/// One event: when its line was written, and when it arrived.
fn event(
    consumer: &Consumer,
    node: &mut Node,
    subscribers: usize,
) -> Result<(Instant, Vec<Instant>), Box<dyn Error>> {
    consumer.expect(&node.next_mark(), subscribers);
    let written = node.change()?;
    Ok((written, consumer.arrivals()?))
}

type Posts = JoinSet<Result<reqwest::Response, reqwest::Error>>;

/// The same bytes to the same paths at once, without a proxy.
fn post(runtime: &Runtime, client: &reqwest::Client, endpoints: &[String], body: &Bytes) -> (Instant, Posts) {
    let mut posts = JoinSet::new();
    let written = now();
    for endpoint in endpoints {
        let request = client.post(endpoint).header("content-type", "application/json").body(body.clone());
        posts.spawn_on(request.send(), runtime.handle());
    }
    (written, posts)
}

/// Until all is quiet.
fn settle(subscribers: usize) {
    let subscribers = u32::try_from(subscribers).unwrap_or(u32::MAX);
    thread::sleep(PAUSE + PAUSE_PER_SUBSCRIBER * subscribers);
}
