//! What is not about clocks: the `cne_*` gauges that existing dashboards know, and this proxy's own counters.

use super::family::{Family, size, whole};
use crate::driver::{Counters, Scrape};
use crate::rest::RequestCounts;
use proxy_core::Resource;

/// The `cne_*` gauges of `pkg/localmetrics` in redhat-cne/rest-api and redhat-cne/cloud-event-proxy that can have a sample
/// by version 2 of the API, with their help texts. `METRICS.md` says which cannot, and why.
pub(super) fn compatible(node: &str, scrape: &Scrape) -> Vec<Family> {
    let Scrape { snapshot, counters, .. } = scrape;
    let subscriptions = Family::gauge("cne_api_subscriptions", "Metric to get number of subscriptions")
        .with(&[("status", "active")], size(snapshot.subscriptions_active))
        .with(&[("status", "failed to create")], whole(counters.subscriptions_refused))
        .with(&[("status", "failed to delete")], whole(counters.removals_refused));
    // The resources of the node, which are always there: nobody can create or delete a publisher here.
    let publishers = Family::gauge("cne_api_publishers", "Metric to get number of publishers")
        .with(&[("status", "active")], size(Resource::ALL.len()));
    let mut published =
        Family::gauge("cne_api_events_published", "Metric to get number of events published by the rest api");
    for (resource, count) in &snapshot.events {
        published.sample(&[("address", resource.path()), ("status", "success")], whole(*count));
    }
    let mut received = Family::gauge("cne_events_received", "Metric to get number of events received");
    for ((resource, accepted), count) in &counters.deliveries {
        let address = format!("/cluster/node/{node}{}", resource.path());
        let status = if *accepted { "success" } else { "failed" };
        received.sample(&[("status", status), ("type", &address)], whole(*count));
    }
    vec![subscriptions, publishers, published, received]
}

/// This proxy's own counters.
pub(super) fn families(scrape: &Scrape, requests: &RequestCounts) -> Vec<Family> {
    let mut families = socket(&scrape.counters, scrape.connections_open);
    families.extend(reports(&scrape.counters));
    families.extend(lines(scrape));
    families.extend(deliveries(scrape));
    families.extend(node_files(&scrape.counters));
    let mut answered =
        Family::counter(own("http_requests_total"), "Requests of the REST API, by status code");
    for (status, count) in requests.all() {
        answered.sample(&[("status", &status.to_string())], whole(count));
    }
    families.push(answered);
    families
}

fn own(name: &str) -> String {
    format!("cloud_event_proxy_{name}")
}

fn counter(name: &str, help: &'static str, value: u64) -> Family {
    Family::counter(own(name), help).with(&[], whole(value))
}

fn socket(counters: &Counters, connections_open: usize) -> Vec<Family> {
    vec![
        counter("connections_total", "Connections of the event socket", counters.connections),
        Family::gauge(own("connections_open"), "Connections of the event socket that are open")
            .with(&[], size(connections_open)),
        counter(
            "connections_rejected_total",
            "Connections turned away because there were too many",
            counters.connections_rejected,
        ),
        counter(
            "accept_errors_total",
            "Connections that the system could not accept",
            counters.accept_errors,
        ),
        counter("syncs_dropped_total", "Answers to CMD SYNC that could not be given", counters.syncs_dropped),
        counter("times_ignored_total", "CMD TIME lines that would have gone back", counters.times_gone_back),
    ]
}

fn reports(counters: &Counters) -> Vec<Family> {
    let mut ignored = Family::counter(own("reports_ignored_total"), "Reports without effect, by reason");
    for (reason, count) in &counters.reports_ignored {
        ignored.sample(&[("reason", reason)], whole(*count));
    }
    vec![
        counter("report_connections_total", "Connections of the report socket", counters.report_connections),
        counter("reports_total", "Reports read", counters.reports),
        counter(
            "reports_overlong_total",
            "Reports discarded because they were too long",
            counters.reports_overlong,
        ),
        ignored,
    ]
}

fn lines(scrape: &Scrape) -> Vec<Family> {
    let Scrape { snapshot, counters, .. } = scrape;
    let mut programs =
        Family::counter(own("program_lines_total"), "Lines with an effect on state, by program");
    for (program, count) in &snapshot.lines {
        programs.sample(&[("program", program)], whole(*count));
    }
    let mut ignored =
        Family::counter(own("ignored_total"), "Lines or parts of them without effect, by reason");
    for (reason, count) in &snapshot.ignored {
        ignored.sample(&[("reason", reason)], whole(*count));
    }
    vec![
        counter("lines_total", "Lines read, control lines included", counters.lines),
        counter("lines_malformed_total", "Known lines with an unreadable field", counters.lines_malformed),
        counter(
            "lines_overlong_total",
            "Lines discarded because they were too long",
            counters.lines_overlong,
        ),
        counter("lines_other_total", "Lines of no known form", counters.lines_other),
        counter("lines_control_total", "Control lines that took effect", counters.control_lines),
        programs,
        ignored,
    ]
}

fn deliveries(scrape: &Scrape) -> Vec<Family> {
    let counts = scrape.snapshot.deliveries;
    let mut failures = Family::counter(
        own("delivery_failures_total"),
        "Attempts to deliver that brought no answer, by reason",
    );
    for (reason, count) in &scrape.counters.delivery_failures {
        failures.sample(&[("reason", reason)], whole(*count));
    }
    vec![
        Family::counter(own("deliveries_total"), "Attempts to deliver, by how they ended")
            .with(&[("outcome", "accepted")], whole(counts.accepted))
            .with(&[("outcome", "answered")], whole(counts.answered))
            .with(&[("outcome", "failed")], whole(counts.failed)),
        failures,
        counter("events_dropped_total", "Events that a full queue has let go", counts.dropped),
        counter(
            "subscriptions_ended_total",
            "Subscriptions that ended because their endpoint failed too often",
            scrape.snapshot.subscriptions_ended,
        ),
        counter(
            "subscriptions_not_adopted_total",
            "Subscriptions of the store for which there was no room",
            scrape.snapshot.subscriptions_not_adopted,
        ),
        counter("store_failures_total", "Writes to the store that failed", scrape.counters.store_failures),
        counter(
            "memory_failures_total",
            "Writes of the last states that failed",
            scrape.counters.memory_failures,
        ),
    ]
}

fn node_files(counters: &Counters) -> Vec<Family> {
    vec![
        counter(
            "configurations_total",
            "Times that the files of the node were read",
            counters.configurations,
        ),
        Family::gauge(own("configuration_problems"), "Problems in the files of the node as last read")
            .with(&[], size(counters.configuration_problems)),
        counter("daemon_failures_total", "Requests to the daemon that failed", counters.daemon_failures),
    ]
}
