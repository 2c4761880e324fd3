//! How many lines per second the core takes in, alone and behind the parser, and how many events per second it hands to a
//! thousand subscribers.

use divan::Bencher;
use divan::counter::ItemsCount;
use proxy_core::{
    Attempt, Core, Input, InstanceConfiguration, Mono, NodeConfiguration, Now, Origin, Outcome, Output,
    PortConfiguration, PortRole, Settings, Subscription, SubscriptionId, Utc, limits,
};
use ptp_lines::{ConfigName, ConfigProgram, Line, Message};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

const NOW: Now = Now { mono: Mono { ns: 0 }, utc: Utc { unix_ns: 1_700_000_000_000_000_000 } };
const ORIGIN: Origin = Origin::Live;

/// A steady minute of two boundary clocks: offsets, summaries, status repeats and text without meaning.
fn steady_lines() -> Vec<String> {
    let mut lines = Vec::new();
    for second in 0..60 {
        for index in 0..2 {
            let offset_ns = (second * 7 + index) % 40 - 20;
            lines.push(format!(
                "ptp4l[{second}.391]: [ptp4l.{index}.config] master offset {offset_ns:>10} s2 freq   -3972 path delay        89"
            ));
            lines.push(format!(
                "phc2sys[{second}.286]: [ptp4l.{index}.config] CLOCK_REALTIME phc offset {offset_ns:>9} s2 freq  -78368 delay   1100"
            ));
        }
        lines.push(format!(
            "ptp4l[{second}.400]: [ptp4l.0.config] rms   53 max   74 freq -16642 +/-  40 delay  1089 +/-  20"
        ));
        lines.push(format!(
            "ptp4l[{second}.401]: [ptp4l.0.config] selected local clock 507c6f.fffe.1fb16c as best master"
        ));
    }
    lines.push("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6".to_string());
    lines
}

fn core() -> Core {
    let instances = [("ens1f0", "ens1f1"), ("ens2f0", "ens2f1")];
    let instances = instances
        .into_iter()
        .zip(0..)
        .map(|((slave, master), index)| InstanceConfiguration {
            config: ConfigName { program: ConfigProgram::Ptp4l, index },
            profile: "bc".to_string(),
            ports: [(slave, PortRole::Slave), (master, PortRole::Master)]
                .map(|(name, role)| PortConfiguration { name: name.to_string(), role })
                .into(),
        })
        .collect();
    let settings = Settings {
        node_name: "compute-1.example.com".to_string(),
        unsubscribe_after: 10,
        subscriptions_max: limits::SUBSCRIPTIONS_MAX,
        subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
    };
    let mut core = Core::new(settings, [1; 32], NOW);
    core.handle(NOW, Input::Configure(NodeConfiguration { profiles: Vec::new(), instances }));
    // The first round locks the clocks; what follows changes nothing.
    for line in steady_lines() {
        core.handle(NOW, Input::Line { origin: ORIGIN, message: message(&line), text: line.as_bytes() });
    }
    while core.poll_output().is_some() {}
    core
}

fn message(line: &str) -> Message<'_> {
    match ptp_lines::parse(line.as_bytes()) {
        Ok(Line::Message(message)) => message,
        other => panic!("{other:?} is no message"),
    }
}

#[divan::bench]
fn handle(bencher: Bencher<'_, '_>) {
    let lines = steady_lines();
    let messages: Vec<Message<'_>> = lines.iter().map(|line| message(line)).collect();
    bencher.counter(ItemsCount::new(lines.len())).with_inputs(core).bench_local_refs(|core| {
        for message in &messages {
            core.handle(NOW, Input::Line { origin: ORIGIN, message: *message, text: b"" });
        }
    });
}

#[divan::bench]
fn parse_and_handle(bencher: Bencher<'_, '_>) {
    let lines = steady_lines();
    bencher.counter(ItemsCount::new(lines.len())).with_inputs(core).bench_local_refs(|core| {
        for line in &lines {
            core.handle(NOW, Input::Line { origin: ORIGIN, message: message(line), text: line.as_bytes() });
        }
    });
}

const SUBSCRIBERS: usize = 1000;

/// Flips of a clock in one round of the fan-out.
const FLIPS: usize = 30;

/// A core with a thousand subscribers to one resource, each with an endpoint of its own.
fn subscribed_core() -> Core {
    let mut core = core();
    let subscriptions = (0..SUBSCRIBERS).map(|number| Subscription {
        id: SubscriptionId(format!("{number}")),
        resource_address: "/././sync/ptp-status/lock-state".to_string(),
        endpoint: format!("http://consumer-{number}.example.com:9043/event").into(),
    });
    core.handle(NOW, Input::Restore(subscriptions.collect()));
    core
}

/// The first so many subscribers never answer; the others take what comes.
fn deliver(core: &mut Core, hung: usize) {
    let mut attempts: Vec<Attempt> = Vec::new();
    loop {
        while let Some(output) = core.poll_output() {
            if let Output::Deliver(delivery) = output
                && delivery.subscription.0.parse::<usize>().is_ok_and(|number| number >= hung)
            {
                attempts.push(delivery.attempt);
            }
        }
        let Some(attempt) = attempts.pop() else { return };
        core.handle(NOW, Input::Delivered { attempt, outcome: Outcome::Accepted });
    }
}

/// Items are deliveries: one event to one subscriber.
#[divan::bench(args = [0, 10])]
fn fan_out_with_so_many_hung(bencher: Bencher<'_, '_>, hung: usize) {
    let lines: Vec<String> = (0..FLIPS)
        .map(|flip| {
            let offset_ns = if flip % 2 == 0 { 40_000 } else { 5 };
            format!(
                "ptp4l[70.391]: [ptp4l.0.config] master offset {offset_ns:>10} s2 freq   -3972 path delay        89"
            )
        })
        .collect();
    let items = ItemsCount::new(FLIPS * (SUBSCRIBERS - hung));
    bencher.counter(items).with_inputs(subscribed_core).bench_local_refs(|core| {
        for line in &lines {
            let (message, text) = (message(line), line.as_bytes());
            core.handle(NOW, Input::Line { origin: ORIGIN, message, text });
            deliver(core, hung);
        }
    });
}
