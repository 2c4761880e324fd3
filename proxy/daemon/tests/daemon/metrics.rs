//! The metrics page as scrapers, dashboards and the test suite of k8snetworkplumbingwg/ptp-operator read it.

use crate::support::{Consumer, Manner, NODE, Proxy, Setup, in_range, lock_state, until};
use regex::Regex;
use std::fs;

/// An ordinary clock on `ens1f0`.
const ORDINARY_CLOCK: &str = "\
ptp4l[1.000]: [ptp4l.0.config] master offset         -1 s2 freq   -3972 path delay        89
phc2sys[1.000]: [ptp4l.0.config] CLOCK_REALTIME phc offset        -62 s2 freq  -78368 delay   1100
ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6
ptp4l[1726600506]:[ptp4l.0.config] PTP_PROCESS_STATUS:1
phc2sys[1726600506]:[ptp4l.0.config] PTP_PROCESS_STATUS:0
";

/// A telecom grandmaster whose time comes in on `ens7f0`.
const GRANDMASTER: &str = "\
ts2phc[1000000300]: [ts2phc.1.config] ens7f0 master offset  0 s2 freq -0
ts2phc[1726600506]:[ts2phc.1.config] ens7f0 nmea_status 1 offset 0 s2
dpll[1700598434]:[ts2phc.1.config] ens7f0 frequency_status 3 offset 7 phase_status 3 pps_status 1 s2
gnss[1689014431]:[ts2phc.1.config] ens7f0 gnss_status 3 offset 5 s2
GM[1689282762]:[ts2phc.1.config] ens7f0 T-GM-STATUS s2
";

/// An ordinary clock and a grandmaster.
fn setup() -> Setup {
    let setup = Setup::new();
    setup.write_profiles(r#"[{"name":"oc"},{"name":"gm"},{"name":"gm2"}]"#);
    let grandmaster = |profile: &str, interface: &str| {
        format!("#profile: {profile}\n[global]\nserverOnly 1\n[{interface}]\nmasterOnly 1\n")
    };
    let run = setup.path("run");
    fs::write(run.join("ptp4l.1.config"), grandmaster("gm", "ens7f0")).unwrap();
    fs::write(run.join("ptp4l.2.config"), grandmaster("gm2", "ens8f0")).unwrap();
    setup
}

async fn page(proxy: &Proxy) -> String {
    proxy.metrics_page().await.text().await.unwrap()
}

/// What a regular expression finds in its group.
fn found(page: &str, pattern: &str) -> Option<String> {
    Regex::new(pattern).unwrap().captures(page).map(|captures| captures[1].to_owned())
}

/// The expressions of k8snetworkplumbingwg/ptp-operator `test/conformance/serial/ptp.go` and `test/pkg/metrics/metrics.go`.
#[tokio::test]
async fn the_expressions_of_the_operators_test_suite_find_their_numbers() {
    let proxy = setup().start().await;
    proxy.feed(&[ORDINARY_CLOCK, GRANDMASTER].concat()).await;
    let page = page(&proxy).await;
    let process_status = |process: &str| {
        format!(
            r#"openshift_ptp_process_status\{{config="ptp4l.0.config",node="{NODE}",process="{process}"\}} (\d+)"#
        )
    };
    let clock_state = |process: &str, iface: &str| {
        format!(r#"openshift_ptp_clock_state\{{iface="{iface}",node="{NODE}",process="{process}"\}} (\d+)"#)
    };
    let dpll_status = |kind: &str| {
        format!(
            r#"openshift_ptp_{kind}_status\{{from="dpll",iface="ens7f0",node="{NODE}",process="dpll"\}} (\d+)"#
        )
    };
    let clock_class = format!(
        r#"openshift_ptp_clock_class\{{(?:config="ptp4l\.\d+\.config",)?node="{NODE}",process="ptp4l"\}}\s+(\d+)"#
    );
    let offset = format!(
        r#"openshift_ptp_offset_ns\{{from="master",iface="ens1f0",node="{NODE}",process="ptp4l"\}} (-*[0-9]*)"#
    );
    for (pattern, number) in [
        (process_status("ptp4l"), "1"),
        (process_status("phc2sys"), "0"),
        (clock_state("ptp4l", "ens1f0"), "1"),
        (clock_state("ts2phc", "ens7f0"), "1"),
        (clock_state("dpll", "ens7f0"), "1"),
        (clock_state("gnss", "ens7f0"), "1"),
        (clock_state("GM", "ens7f0"), "1"),
        (dpll_status("frequency"), "3"),
        (dpll_status("phase"), "3"),
        (dpll_status("pps"), "1"),
        (clock_class, "6"),
        (offset, "-1"),
    ] {
        assert_eq!(found(&page, &pattern).as_deref(), Some(number), "{pattern} in\n{page}");
    }
}

/// In the text format 0.0.4 with names and label sets as Prometheus takes them: each name announced once, each series
/// there once, and no label without text, which Prometheus takes for no label.
#[tokio::test]
async fn a_scraper_can_read_the_whole_page() {
    let proxy = setup().start().await;
    proxy.feed(&[ORDINARY_CLOCK, GRANDMASTER].concat()).await;
    let response = proxy.metrics_page().await;
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let page = response.text().await.unwrap();
    assert!(page.ends_with('\n'));
    let sample = Regex::new(
        r#"^([a-z_][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\]|\\.)+"(?:,[a-z_]+="(?:[^"\\]|\\.)+")*\})? -?(?:\d+(?:\.\d+)?(?:e[+-]\d\d)?)$"#,
    )
    .unwrap();
    let (mut announced, mut histograms, mut series) = (Vec::new(), Vec::new(), Vec::new());
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            let (name, kind) = name.split_once(' ').unwrap();
            announced.push(name);
            if kind == "histogram" {
                histograms.push(name);
            }
        } else if !line.starts_with("# HELP ") {
            let captures = sample.captures(line).unwrap_or_else(|| panic!("{line}"));
            let name = captures.get(1).unwrap().as_str();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
            let last = *announced.last().unwrap();
            assert!(last == name || histograms.contains(&last) && Some(last) == family, "{line}");
            series.push(line.rsplit_once(' ').unwrap().0);
        }
    }
    for mut all in [announced, series] {
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    }
}

/// Existing proxies lose those of the second configuration.
#[tokio::test]
async fn the_series_of_every_configuration_are_exported() {
    let proxy = setup().start().await;
    let second = GRANDMASTER.replace("ts2phc.1.config", "ts2phc.2.config").replace("ens7f0", "ens8f0");
    proxy.feed(&[GRANDMASTER, &second].concat()).await;
    for iface in ["ens7f0", "ens8f0"] {
        for (name, process, value) in [
            ("gnss_status", "gnss", 3.0),
            ("frequency_status", "dpll", 3.0),
            ("phase_status", "dpll", 3.0),
            ("pps_status", "dpll", 1.0),
            ("offset_ns", "dpll", 7.0),
            ("offset_ns", "gnss", 5.0),
        ] {
            let series = format!(
                r#"openshift_ptp_{name}{{from="{process}",iface="{iface}",node="{NODE}",process="{process}"}}"#
            );
            assert_eq!(proxy.metric(&series).await, value, "{series}");
        }
        let nmea = format!(r#"openshift_ptp_nmea_status{{iface="{iface}",node="{NODE}",process="ts2phc"}}"#);
        assert_eq!(proxy.metric(&nmea).await, 1.0);
    }
}

/// The offset that existing consumers know as "unknown" is -9999999999999999, which no sample can hold: the nearest one
/// is -1e16, which Go writes with an exponent.
#[tokio::test]
async fn numbers_are_written_as_go_writes_them() {
    let proxy = setup().start().await;
    proxy.feed(GRANDMASTER).await;
    proxy.feed("ts2phc[1726600507]:[ts2phc.1.config] PTP_PROCESS_STATUS:0\n").await;
    let page = page(&proxy).await;
    for line in [
        format!(
            r#"openshift_ptp_offset_ns{{from="master",iface="ens7f0",node="{NODE}",process="ts2phc"}} -1e+16"#
        ),
        // `freq -0`: both zeros are written as 0.
        format!(
            r#"openshift_ptp_frequency_adjustment_ns{{from="master",iface="ens7f0",node="{NODE}",process="ts2phc"}} 0"#
        ),
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing in\n{page}");
    }
}

#[tokio::test]
async fn synce_and_high_availability_have_their_series() {
    let setup = Setup::new();
    setup.write_profiles(r#"[{"name":"oc"},{"name":"ha","ptpSettings":{"haProfiles":"bc1, bc2"}}]"#);
    fs::write(setup.path("run").join("phc2sys.2.config"), "#profile: ha\n[global]\n").unwrap();
    let proxy = setup.start().await;
    proxy
        .feed(
            "\
synce4l[1722456110]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1
synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2
phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile bc1 state 1
phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile bc2 state 0
",
        )
        .await;
    let port = format!(
        r#"device="synce1",iface="ens7f0",network_option="2",node="{NODE}",process="synce4l",profile="synce4l.0.config""#
    );
    for (series, value) in [
        (format!("openshift_ptp_synce_clock_quality{{{port}}}"), 33.0),
        (format!("openshift_ptp_synce_ssm_ql{{{port},ql_type=\"SSM\"}}"), 1.0),
        (format!("openshift_ptp_synce_ssm_ql{{{port},ql_type=\"Extended SSM\"}}"), 32.0),
        (format!(r#"openshift_ptp_ha_profile_status{{node="{NODE}",process="phc2sys",profile="bc1"}}"#), 1.0),
        (format!(r#"openshift_ptp_ha_profile_status{{node="{NODE}",process="phc2sys",profile="bc2"}}"#), 0.0),
    ] {
        assert_eq!(proxy.metric(&series).await, value, "{series}");
    }
}

/// The distributions of a proxy that has delivered once, at the first try.
#[tokio::test]
async fn a_delivery_is_timed_from_the_change_to_the_answer() {
    let proxy = Setup::new().flag("--delivery-timeout", "1h").start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let count = async |name: &str| proxy.metric(&format!("cloud_event_proxy_{name}")).await;
    assert_eq!(count(r#"handshake_seconds_count{outcome="confirmed"}"#).await, 1.0);
    assert_eq!(count("delivery_latency_seconds_count").await, 0.0);
    consumer.answer(Manner::Never);
    let mut connection = proxy.connect().await;
    connection.write(in_range(1).as_bytes()).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(count("attempts_under_way").await, 1.0);
    assert_eq!(count("longest_queue").await, 1.0);
    consumer.answer(Manner::Status(204));
    until(async || count("delivery_latency_seconds_count").await == 1.0).await;
    assert_eq!(count(r#"delivery_latency_seconds_bucket{le="+Inf"}"#).await, 1.0);
    assert_eq!(count(r#"delivery_attempt_seconds_count{outcome="accepted"}"#).await, 1.0);
    let latency = count("delivery_latency_seconds_sum").await;
    let attempt = count(r#"delivery_attempt_seconds_sum{outcome="accepted"}"#).await;
    assert!(0.0 < attempt && attempt <= latency, "{attempt} {latency}");
    assert_eq!(count(r#"queue_length_bucket{le="1"}"#).await, 1.0);
    assert_eq!((count("attempts_under_way").await, count("events_waiting").await), (0.0, 0.0));
}

#[tokio::test]
async fn an_answer_other_than_204_is_no_delivery_in_time() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Status(500));
    proxy.feed(&in_range(1)).await;
    let attempts = r#"cloud_event_proxy_delivery_attempt_seconds_count{outcome="answered"}"#;
    assert_eq!(proxy.metric(attempts).await, 1.0);
    assert_eq!(proxy.metric("cloud_event_proxy_delivery_latency_seconds_count").await, 0.0);
}

#[tokio::test]
async fn the_bounds_of_the_settings_are_on_the_page() {
    let proxy = Setup::new().flag("--max-subscriptions", "7").start().await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_limit{name="subscriptions"}"#).await, 7.0);
    assert_eq!(proxy.metric(r#"cloud_event_proxy_limit{name="queue_length"}"#).await, 100.0);
}

/// There is one for each resource that `/publishers` lists.
#[tokio::test]
async fn the_gauge_of_publishers_counts_those_that_are_listed() {
    let proxy = Proxy::start().await;
    let listed: Vec<serde_json::Value> =
        serde_json::from_str(&proxy.ask("GET", "/publishers").await.1).unwrap();
    let count = proxy.metric(r#"cne_api_publishers{status="active"}"#).await;
    assert_eq!(count.to_string(), listed.len().to_string());
}

/// `METRICS.md` has a row for every series of a running proxy, with its labels.
#[tokio::test]
async fn every_series_is_documented_with_its_labels() {
    let proxy = setup().start().await;
    proxy.feed(&[ORDINARY_CLOCK, GRANDMASTER].concat()).await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    // Its connection ends with the answer.
    proxy.request("GET", "/publishers").header("connection", "close").send().await.unwrap();
    let closed = r#"cloud_event_proxy_http_connections_closed_total{reason="done",server="api"}"#;
    until(async || proxy.metric_if_any(closed).await.is_some()).await;
    let page = page(&proxy).await;
    assert!(page.contains("cloud_event_proxy_http_requests_total{"), "{page}");
    let rows: Vec<&str> = include_str!("../../METRICS.md").lines().collect();
    let label = Regex::new(r#"([a-z_]+)=""#).unwrap();
    let mut last = ("", "");
    for line in page.lines().filter(|line| !line.starts_with("# HELP ")) {
        if let Some(announced) = line.strip_prefix("# TYPE ") {
            last = announced.split_once(' ').unwrap();
            continue;
        }
        let labels = label.captures_iter(line).map(|found| found[1].to_owned()).filter(|label| label != "le");
        let labels: Vec<String> = labels.map(|label| format!("`{label}`")).collect();
        let cell = if labels.is_empty() { String::new() } else { labels.join(", ") + " " };
        let row = format!("| `{}` | {} | {cell}| ", last.0, last.1);
        assert!(rows.iter().any(|one| one.starts_with(&row)), "{row} is missing for {line}");
    }
}
