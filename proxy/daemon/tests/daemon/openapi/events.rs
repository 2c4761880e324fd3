//! Every event that is pushed and pulled, in both profiles, against the schemas.

use super::assert_served;
use super::document::Document;
use crate::support::{Consumer, Lines, Proxy, RECOVERY, SYSTEM_CLOCK, Setup, address, in_range};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const SOCKET: &str = "reports.sock";

/// The GNSS states as daemons report them.
const GNSS_STATES: [&str; 9] = [
    "BOOTING",
    "ACQUIRING_SYNC",
    "SYNCHRONIZED",
    "ANTENNA_DISCONNECTED",
    "ANTENNA_SHORT_CIRCUIT",
    "FAILURE_MULTIPATH",
    "FAILURE_NOFIX",
    "FAILURE_LOW_SNR",
    "FAILURE_PLL",
];

/// An ordinary clock, a grandmaster with a receiver, and a port of Synchronous Ethernet.
const LINES: &str = "\
ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6
ts2phc[1000000300]: [ts2phc.1.config] ens7f0 master offset  0 s2 freq -0
dpll[1700598434]:[ts2phc.1.config] ens7f0 frequency_status 3 offset 7 phase_status 3 pps_status 1 s2
gnss[1689014431]:[ts2phc.1.config] ens7f0 gnss_status 3 offset 5 s2
GM[1689282762]:[ts2phc.1.config] ens7f0 T-GM-STATUS s2
GM[1689282763]:[ts2phc.1.config] ens7f0 T-GM-STATUS s1
gnss[1689014432]:[ts2phc.1.config] ens7f0 gnss_status 0 offset 99999999 s0
synce4l[1722456110]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1
synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2
";

/// Judges the events of one profile.
struct Judge {
    document: Document,
    is_strict: bool,
    sources: BTreeSet<String>,
}

impl Judge {
    fn new(profile: &str) -> Self {
        Self { document: Document::closed(), is_strict: profile == "oran", sources: BTreeSet::new() }
    }

    fn judge(&mut self, event: &Value) {
        assert_eq!(self.document.problems_by_file("event.schema.json", event), [""; 0]);
        let by_the_letter = self.document.problems_by_file("event.oran.schema.json", event);
        assert!(!self.is_strict || by_the_letter.is_empty(), "{by_the_letter:?}");
        let id = event["id"].as_str().unwrap();
        assert!((id.len(), &id[14..15]) == (36, "4"), "{event}");
        self.sources.insert(event["source"].as_str().unwrap().to_owned());
    }

    /// Judges what a consumer is sent, until nothing more has come.
    async fn judge_all(&mut self, consumer: &mut Consumer) {
        while !consumer.is_empty() {
            let (headers, event) = consumer.next().await;
            assert_eq!(headers["content-type"], "application/json");
            self.judge(&event);
        }
    }
}

/// The sources that the schema knows.
fn sources() -> BTreeSet<String> {
    let document = Document::published();
    let event = document.schemas().iter().find(|schema| schema["title"] == "Event").unwrap();
    let sources = event["properties"]["source"]["enum"].as_array().unwrap();
    sources.iter().map(|source| source.as_str().unwrap().to_owned()).collect()
}

async fn start(profile: &str) -> Proxy {
    let setup = Setup::new().flag("--report-socket", SOCKET).flag("--api-profile", profile);
    setup.write_profiles(r#"[{"name":"oc"},{"name":"gm"}]"#);
    let grandmaster = "#profile: gm\n[global]\nserverOnly 1\n[ens7f0]\nmasterOnly 1\n";
    fs::write(setup.path("run").join("ptp4l.1.config"), grandmaster).unwrap();
    setup.start().await
}

fn report(kind: &str, interface: &str, values: &str) -> String {
    format!(
        "{{\"version\":1,\"type\":\"{kind}\",\"timestamp\":\"2026-11-22T12:11:32Z\",\"profile\":\"ptp4l.0.config\",\"iface\":\"{interface}\",\"values\":{values}}}\n"
    )
}

/// Every kind of report with every state, and waits until all have been taken in.
async fn report_everything(proxy: &Proxy, connection: &mut Lines) {
    let state = |kind: &str, state: &str| report(kind, "ens9f0", &format!("{{\"state\":\"{state}\"}}"));
    let mut reports = vec![
        report("clock_class", "ens9f0", "{\"clock_class\":248}"),
        report("synce_clock_quality", "ens9f0", "{\"ql\":2,\"extended_ql\":255}"),
    ];
    for kind in ["ptp_state", "os_clock_state", "synce_state", "sync_state"] {
        reports.extend(["LOCKED", "HOLDOVER", "FREERUN"].map(|value| state(kind, value)));
    }
    reports.extend(GNSS_STATES.map(|value| state("gnss_state", value)));
    let before = proxy.metric("cloud_event_proxy_reports_total").await;
    for report in &reports {
        connection.write(report.as_bytes()).await;
    }
    let after = before + f64::from(u32::try_from(reports.len()).unwrap());
    while proxy.metric("cloud_event_proxy_reports_total").await < after {}
    proxy.feed("").await;
}

async fn every_event_of(profile: &str) {
    let proxy = start(profile).await;
    let mut judge = Judge::new(profile);
    let mut consumer = Consumer::start().await;
    // By this name it is on the node in both profiles.
    let endpoint = consumer.endpoint().replace("127.0.0.1", "localhost");
    for source in sources() {
        assert_eq!(proxy.subscribe(&address(&source), &endpoint).await.0, 201, "{source}");
    }
    judge.judge_all(&mut consumer).await;
    assert_eq!(judge.sources, sources(), "placeholders");

    judge.sources.clear();
    proxy.feed(&format!("{RECOVERY}{}{SYSTEM_CLOCK}{LINES}", in_range(-5))).await;
    judge.judge_all(&mut consumer).await;
    assert_eq!(judge.sources, sources(), "lines");
    pull_everything(&proxy, &mut judge).await;

    judge.sources.clear();
    let mut connection = proxy.connect_to(SOCKET).await;
    report_everything(&proxy, &mut connection).await;
    judge.judge_all(&mut consumer).await;
    assert_eq!(judge.sources, sources(), "reports");
    pull_everything(&proxy, &mut judge).await;
}

/// Pulls each resource, and the subtree of all.
async fn pull_everything(proxy: &Proxy, judge: &mut Judge) {
    judge.sources.clear();
    for source in sources() {
        judge.judge(&proxy.current_state(&address(&source)).await);
    }
    assert_eq!(judge.sources, sources(), "pulled");
    let (status, body) = proxy.ask("GET", &format!("{}/CurrentState", address("/sync"))).await;
    assert!([200, 404].contains(&status), "{status}");
    assert_served("the current state of a subtree", status == 200);
    if status == 200 {
        judge.judge(&serde_json::from_str(&body).unwrap());
    }
}

#[tokio::test]
async fn every_event_is_as_described_for_existing_consumers() {
    every_event_of("compat").await;
}

#[tokio::test]
async fn every_event_is_as_described_by_the_letter() {
    every_event_of("oran").await;
}

/// What the schemas must not accept, as changes of examples that they do accept.
#[test]
fn events_that_are_not_as_described_are_noticed() {
    let document = Document::published();
    let changes: &[(&str, &str, &str)] = &[
        ("compat-sync-state", "/specversion", "0.3"),
        ("compat-sync-state", "/id", ""),
        ("compat-sync-state", "/source", "/cluster/node/compute-1.example.com/sync/sync-status/sync-state"),
        ("compat-sync-state", "/type", "event.sync.ptp-status.ptp-state-change"),
        ("compat-sync-state", "/time", "2026-11-22T12:11:32+00:00"),
        ("compat-sync-state", "/time", "2026-02-30T12:11:32Z"),
        ("compat-sync-state", "/data/version", "v1"),
        ("compat-sync-state", "/data/values/0/value", "SYNCHRONIZED"),
        ("compat-sync-state", "/data/values/0/value_type", "metric"),
        ("compat-sync-state", "/data/values/0/ResourceAddress", "/cluster/node/n/ens1fx/master"),
        ("compat-lock-state", "/data/values/0/data_type", "metric"),
        ("compat-lock-state", "/data/values/1/value", "1e3"),
        ("compat-lock-state", "/data/values/1/value", "LOCKED"),
        ("compat-lock-state", "/data/values/0/ResourceAddress", "/cluster/node/n/CLOCK_REALTIME"),
        ("compat-os-clock-sync-state", "/data/values/1/ResourceAddress", "/cluster/node/n/ens1fx/master"),
        ("compat-gnss-sync-status", "/data/values/0/value", "ACQUIRING_SYNC"),
        ("compat-gnss-sync-status", "/data/values/0/value", "FREERUN"),
        ("compat-gnss-sync-status", "/data/values/2/value", "3.5"),
        ("compat-synce-lock-state", "/data/values/0/value_type", "decimal64.3"),
        ("compat-clock-class", "/data/values/0/value", "256"),
        ("compat-clock-class", "/data/values/0/value", "6.0"),
        ("compat-clock-class", "/data/values/0/value_type", "metric"),
        ("compat-synce-clock-quality", "/data/values/0/ResourceAddress", "/cluster/node/n/ens1f0/extQl"),
        ("compat-subtree", "/data/values/0/ResourceAddress", "/cluster/node/n/sync/ptp-status/lock-state"),
        ("compat-subtree", "/data/values/5/value", "LOCKED"),
        ("oran-lock-state", "/data/values/0/ResourceAddress", "/cluster/node/n/ens1fx/master"),
        ("oran-clock-class", "/data/values/0/value_type", "decimal64.3"),
        ("oran-gnss-sync-status", "/data/values/2/ResourceAddress", "/cluster/node/n/sync/gnss-status/fix"),
    ];
    for (name, pointer, value) in changes {
        let mut event = document.at(&format!("/components/examples/{name}")).unwrap()["value"].clone();
        let file = if name.starts_with("oran-") { "event.oran.schema.json" } else { "event.schema.json" };
        assert_eq!(document.problems_by_file(file, &event), [""; 0], "{name}");
        *event.pointer_mut(pointer).unwrap() = (*value).into();
        assert_ne!(document.problems_by_file(file, &event), [""; 0], "{name} {pointer} {value}");
    }
    // A number is no string, and nothing may be missing.
    let event = &document.at("/components/examples/compat-clock-class").unwrap()["value"];
    let mut number = event.clone();
    number["data"]["values"][0]["value"] = 6.into();
    assert_ne!(document.problems_by_file("event.schema.json", &number), [""; 0]);
    for (parent, key) in [
        ("", "id"),
        ("", "time"),
        ("", "data"),
        ("/data", "version"),
        ("/data", "values"),
        ("/data/values/0", "ResourceAddress"),
        ("/data/values/0", "value"),
    ] {
        let mut event = event.clone();
        event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        assert_ne!(document.problems_by_file("event.schema.json", &event), [""; 0], "{key}");
    }
}
