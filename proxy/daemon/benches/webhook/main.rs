//! How long an event takes from its line to its subscribers, and what subscribing and pulling cost, in the whole process.
//!
//! `cargo bench -p cloud-event-proxy --bench webhook`; `-- --quick` measures less. Beside each figure is its floor, the same
//! work on the same machine without a proxy, measured in turns with it: a ratio says more than a figure where others
//! use the machine, too. Nothing is asserted: the figures are for people.
//!
//! The consumer and the clients of the floor are in this process; its share of the processors is printed, so that it shows
//! when the bench is what is slow.

mod consumer;
mod disk;
mod node;
#[path = "../process/mod.rs"]
mod process;
mod pull;
mod push;
mod samples;

use consumer::Consumer;
use node::{Node, current_state};
use process::{cpu_s, now};
use pull::{Protocol, requests_per_s};
use push::{Bounds, Row};
use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;
use tokio::runtime::Runtime;

/// As many as the proxy has.
const WORKER_THREADS: usize = 4;

/// Of the subscribers of the comparison, those that hang.
const HUNG: usize = 10;

/// Of them, the others.
const OTHERS: usize = 90;

/// How much is measured.
struct Extent {
    /// Rounds for a single subscriber; fewer for more, in the same time.
    rounds: usize,
    /// Longest time for the rounds of a row.
    row: Duration,
    /// Time for a row of pulls.
    pull: Duration,
}

/// Path of the floor of pulls.
const HEALTH: &str = "/api/ocloudNotifications/v2/health";

const QUICK: Extent =
    Extent { rounds: 100, row: Duration::from_millis(1_500), pull: Duration::from_millis(250) };

const FULL: Extent = Extent { rounds: 1_000, row: Duration::from_secs(8), pull: Duration::from_secs(2) };

fn main() -> Result<(), Box<dyn Error>> {
    // Without `--bench` this is `cargo test`, which only wants to know that it works.
    let arguments: Vec<String> = std::env::args().collect();
    let is_quick =
        arguments.iter().any(|one| one == "--quick") || !arguments.iter().any(|one| one == "--bench");
    let extent = if is_quick { QUICK } else { FULL };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(WORKER_THREADS).enable_all().build()?;
    let consumer = Consumer::start()?;
    let mut out = io::stdout().lock();
    writeln!(out, "load of the machine before: {}", load()?)?;
    let node = push_and_subscribe(&mut out, &runtime, &consumer, &extent)?;
    hung(&mut out, &runtime, &consumer, &extent)?;
    pulls(&mut out, &runtime, &node, extent.pull)?;
    writeln!(out, "\nload of the machine after: {}", load()?)?;
    Ok(())
}

/// Average number of processes that wanted to run in the latest minute, and how many can.
fn load() -> Result<String, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    let minute = text.split(' ').next().ok_or("no load")?.to_owned();
    Ok(format!("{minute} on {} processors", std::thread::available_parallelism()?))
}

/// Latency and fan-out for more and more subscribers, and what subscribing them took.
fn push_and_subscribe(
    out: &mut impl Write,
    runtime: &Runtime,
    consumer: &Consumer,
    extent: &Extent,
) -> Result<Node, Box<dyn Error>> {
    let mut node = Node::start(runtime)?;
    let mut subscribing = Vec::new();
    writeln!(out, "\nWebhooks, in ms from the write to the socket to the arrival.")?;
    writeln!(
        out,
        "Floor: bare POSTs of the same bytes. Disk: a durable write of the memory, which precedes each event."
    )?;
    writeln!(
        out,
        "{:>11} {:>7} {:>8} {:>8} {:>9} {:>9} {:>8} {:>9} {:>9} {:>15}",
        "subscribers",
        "samples",
        "p50",
        "p99",
        "floor p50",
        "floor p99",
        "disk p50",
        "p50/floor",
        "p99/floor",
        "p50/(floor+disk)"
    )?;
    let mut rows = Vec::new();
    let mut before = 0;
    for (subscribers, concurrency) in [(1, 1), (10, 1), (100, 1), (1_000, 32)] {
        let endpoints = (before..subscribers).map(|number| consumer.url("event", number)).collect();
        let took = node.subscribe(runtime, endpoints, concurrency)?;
        subscribing.push((concurrency, subscribers - before, took));
        before = subscribers;
        let rounds = (extent.rounds / (1 + subscribers / 20)).max(3);
        let bounds = Bounds { rounds, time: extent.row };
        let row = push::measure(runtime, consumer, &mut node, subscribers, bounds)?;
        write_latency(out, &row)?;
        rows.push(row);
    }
    write_fan_out(out, &rows)?;
    writeln!(out, "events that came twice: {}; the proxy: {}", consumer.repetitions(), node.proxy.memory()?)?;
    write_subscribing(out, runtime, consumer, &node, &subscribing)?;
    Ok(node)
}

fn write_latency(out: &mut impl Write, row: &Row) -> io::Result<()> {
    let (p50, p99) = (row.events.p50(), row.events.percentile(99));
    let (floor50, floor99, disk) = (row.floor.p50(), row.floor.percentile(99), row.disk.p50());
    writeln!(
        out,
        "{:11} {:7} {p50:8.2} {p99:8.2} {floor50:9.2} {floor99:9.2} {disk:8.2} {:9.1} {:9.1} {:15.1}",
        row.subscribers,
        row.events.count(),
        p50 / floor50,
        p99 / floor99,
        p50 / (floor50 + disk),
    )
}

/// When the last of all has it.
fn write_fan_out(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    writeln!(out, "\nFan-out, in ms until the last subscriber has it (medians), and what it costs.")?;
    writeln!(
        out,
        "{:>11} {:>8} {:>8} {:>6} {:>13} {:>22} {:>13} {:>12} {:>12}",
        "subscribers",
        "last",
        "floor",
        "ratio",
        "deliveries/s",
        "proxy CPU us/delivery",
        "consumer CPU",
        "memory bytes",
        "rounds"
    )?;
    for row in rows {
        let (last, floor, deliveries) = (row.last.p50(), row.floor_last.p50(), row.events.count() as f64);
        writeln!(
            out,
            "{:11} {last:8.2} {floor:8.2} {:6.1} {:13.0} {:22.0} {:11.0} % {:12} {:12}",
            row.subscribers,
            last / floor,
            row.subscribers as f64 / last * 1e3,
            row.proxy_cpu_s / deliveries * 1e6,
            row.consumer_cpu_s / row.wall.as_secs_f64() * 1e2,
            row.disk_bytes,
            row.last.count(),
        )?;
    }
    Ok(())
}

fn write_subscribing(
    out: &mut impl Write,
    runtime: &Runtime,
    consumer: &Consumer,
    node: &Node,
    subscribing: &[(usize, usize, Duration)],
) -> Result<(), Box<dyn Error>> {
    writeln!(
        out,
        "\nSubscriptions in a second. Floor: a POST of the initial notification, and a durable file."
    )?;
    writeln!(out, "at a time  samples  per second  floor  ratio")?;
    let file = disk::subscription_file(&node.proxy.path("store"))?;
    for concurrency in [1, 32] {
        let mine = subscribing.iter().filter(|(other, _, _)| *other == concurrency);
        let samples: usize = mine.clone().map(|(_, count, _)| count).sum();
        let took: Duration = mine.map(|(_, _, took)| *took).sum();
        let times = samples.min(300);
        let floor = disk::handshakes_with_files(runtime, consumer, &file, (concurrency, times))?;
        let (rate, floor) = (samples as f64 / took.as_secs_f64(), times as f64 / floor.as_secs_f64());
        writeln!(out, "{concurrency:9} {samples:8} {rate:11.0} {floor:6.0} {:6.2}", rate / floor)?;
    }
    Ok(())
}

/// What subscribers that hang cost the others.
fn hung(
    out: &mut impl Write,
    runtime: &Runtime,
    consumer: &Consumer,
    extent: &Extent,
) -> Result<(), Box<dyn Error>> {
    let (mut answering, mut hanging) = (Node::start(runtime)?, Node::start(runtime)?);
    for (node, rest) in [(&answering, "other"), (&hanging, "hung")] {
        let others = (0..OTHERS).map(|number| consumer.url("event", number));
        let endpoints = others.chain((0..HUNG).map(|number| consumer.url(rest, number))).collect();
        node.subscribe(runtime, endpoints, 32)?;
    }
    consumer.hang();
    let bounds = Bounds { rounds: extent.rounds / 3, time: extent.row };
    let comparison = push::compare(consumer, (&mut answering, &mut hanging), OTHERS, bounds)?;
    writeln!(out, "\n{HUNG} hung subscribers among {}, in ms, of the others:", OTHERS + HUNG)?;
    for (name, samples) in [("all answer", &comparison.answering), ("some hang", &comparison.hanging)] {
        let (p50, p99) = (samples.p50(), samples.percentile(99));
        writeln!(out, "{name:>10}: {} samples, p50 {p50:.2}, p99 {p99:.2}", samples.count())?;
    }
    writeln!(
        out,
        "added to the median of the others, in the median round: {:.2} (target: below 1)",
        comparison.added_ms
    )?;
    Ok(())
}

/// What can be pulled in a second.
fn pulls(
    out: &mut impl Write,
    runtime: &Runtime,
    node: &Node,
    length: Duration,
) -> Result<(), Box<dyn Error>> {
    let (authority, state) = (node.authority(), current_state());
    writeln!(out, "\nCurrentState, in requests a second on kept connections. Floor: GET /health.")?;
    writeln!(out, "protocol  at a time  per second  floor  ratio  CPU us/request  clients' CPU")?;
    for protocol in [Protocol::Http1, Protocol::H2c] {
        for concurrency in [1, 32] {
            let pull = |path: &str| requests_per_s(runtime, (authority, path), protocol, concurrency, length);
            let (began, proxy, bench) = (now(), node.proxy.cpu_s()?, cpu_s(std::process::id())?);
            let rate = pull(&state)?;
            let (proxy, bench) = (node.proxy.cpu_s()? - proxy, cpu_s(std::process::id())? - bench);
            let share = bench / began.elapsed().as_secs_f64() * 1e2;
            let floor = pull(HEALTH)?;
            writeln!(
                out,
                "{:8} {concurrency:10} {rate:10.0} {floor:6.0} {:6.2} {:15.0} {share:12.0} %",
                protocol.name(),
                rate / floor,
                proxy / (rate * length.as_secs_f64()) * 1e6,
            )?;
        }
    }
    Ok(())
}
