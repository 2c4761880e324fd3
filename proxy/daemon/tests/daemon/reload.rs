//! The node's files change while the proxy runs: what that changes, and what it does not.

use crate::support::{Consumer, Manner, NODE, Proxy, Setup, UNLOCKED, in_range, lock_state, until};
use axum::Router;
use axum::routing::get;
use std::fs;
use std::os::unix::fs::symlink;
use tokio::net::TcpListener;

const WIDE: &str = r#"[{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":200}}]"#;

/// A second clock, `ens2f0`.
const SECOND: &str = "#profile: oc\n[global]\n[ens2f0]\n";

/// A setup whose files are looked at so often that a test need not wait.
fn watchful() -> Setup {
    Setup::new().flag("--config-check-interval", "5ms")
}

/// As [`in_range`], of the second clock.
fn second_in_range() -> String {
    in_range(1).replace("ptp4l.0.config", "ptp4l.1.config")
}

fn threshold() -> String {
    format!(r#"openshift_ptp_threshold{{node="{NODE}",profile="oc",threshold="MaxOffsetThreshold"}}"#)
}

fn role(interface: &str) -> String {
    format!(r#"openshift_ptp_interface_role{{iface="{interface}",node="{NODE}",process="ptp4l"}}"#)
}

async fn threshold_becomes(proxy: &Proxy, expected: f64) {
    until(async || proxy.metric(&threshold()).await == expected).await;
}

#[tokio::test]
async fn changed_files_are_noticed_without_a_word_from_the_daemon() {
    let proxy = watchful().start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    connection.write(in_range(150).as_bytes()).await;
    connection.sync().await;
    assert_eq!(consumer.value().await, "FREERUN");
    proxy.setup().write_profiles(WIDE);
    threshold_becomes(&proxy, 200.0).await;
    // The connection is the same, and so is the subscription.
    connection.write(in_range(150).as_bytes()).await;
    connection.sync().await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.subscriptions().await[0]["SubscriptionId"], id);
    assert_eq!(proxy.metric("cloud_event_proxy_connections_total").await, 1.0);
}

#[tokio::test]
async fn with_an_interval_of_0_only_the_daemon_can_say_that_files_have_changed() {
    let proxy = Setup::new().flag("--config-check-interval", "0").start().await;
    let mut connection = proxy.connect().await;
    connection.sync().await;
    proxy.setup().write_profiles(WIDE);
    connection.sync().await;
    assert_eq!(proxy.metric(&threshold()).await, 100.0);
    connection.write(b"CMD RESTART\n").await;
    connection.sync().await;
    assert_eq!(proxy.metric(&threshold()).await, 200.0);
}

#[tokio::test]
async fn a_config_map_that_is_swapped_is_read_again_though_its_time_and_size_are_the_same() {
    let setup = watchful();
    let directory = setup.path("profiles");
    let mount = |version: &str, max_offset_ns: u32| {
        let data = directory.join(version);
        fs::create_dir(&data).unwrap();
        let json = WIDE.replace("200", &max_offset_ns.to_string());
        fs::write(data.join(NODE), json).unwrap();
        let file = fs::File::options().write(true).open(data.join(NODE)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        symlink(version, directory.join("..data_tmp")).unwrap();
        fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
    };
    fs::remove_file(directory.join(NODE)).unwrap();
    mount("..1", 200);
    symlink(format!("..data/{NODE}"), directory.join(NODE)).unwrap();
    let proxy = setup.start().await;
    assert_eq!(proxy.metric(&threshold()).await, 200.0);
    // Read twice, it is settled, and read no more unless it looks different.
    until(async || proxy.metric("cloud_event_proxy_configurations_total").await == 2.0).await;
    mount("..2", 300);
    fs::remove_dir_all(directory.join("..1")).unwrap();
    threshold_becomes(&proxy, 300.0).await;
    proxy.assert_serves().await;
}

#[tokio::test]
async fn half_written_files_change_nothing_and_are_looked_at_again() {
    let problems = "cloud_event_proxy_configuration_problems";
    let proxy = watchful().start().await;
    proxy.feed(&in_range(1)).await;
    let before = proxy.current_state(&lock_state()).await;
    proxy.setup().write_profiles(&WIDE[..40]);
    proxy.setup().write_process_config("");
    until(async || proxy.metric(problems).await == 2.0).await;
    // It is read again and again, and logged once.
    let read = proxy.metric("cloud_event_proxy_configurations_total").await;
    until(async || proxy.metric("cloud_event_proxy_configurations_total").await >= read + 3.0).await;
    assert_eq!(proxy.current_state(&lock_state()).await, before);
    assert_eq!(proxy.metric(&threshold()).await, 100.0);
    assert_eq!(proxy.setup().log().iter().filter(|line| line.contains("JSON")).count(), 1);
    proxy.setup().write_profiles(WIDE);
    proxy.setup().write_process_config("#profile: oc\n[ens1f0]\n");
    until(async || proxy.metric(problems).await == 0.0).await;
    threshold_becomes(&proxy, 200.0).await;
    assert_eq!(proxy.current_state(&lock_state()).await, before);
}

#[tokio::test]
async fn what_the_node_no_longer_has_is_dropped_and_everything_else_stays() {
    let setup = watchful().flag("--delivery-timeout", "1h");
    let second = setup.path("run").join("ptp4l.1.config");
    fs::write(&second, SECOND).unwrap();
    let proxy = setup.start().await;
    let mut consumer = Consumer::start().await;
    let id = proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Never);
    let mut connection = proxy.connect().await;
    // The first delivery hangs, and the others wait behind it.
    connection.write(format!("{}{UNLOCKED}{}", in_range(1), in_range(2)).as_bytes()).await;
    connection.write(second_in_range().as_bytes()).await;
    assert_eq!(consumer.value().await, "LOCKED");
    let lines = r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#;
    until(async || proxy.metric(lines).await == 4.0).await;
    let values = proxy.current_state(&lock_state()).await["data"]["values"].as_array().unwrap().len();
    assert_eq!(values, 4, "a state and an offset for each clock");

    fs::remove_file(&second).unwrap();
    until(async || proxy.metric_if_any(&role("ens2f0")).await.is_none()).await;
    assert_eq!(proxy.metric(&role("ens1f0")).await, 1.0);
    let state = proxy.current_state(&lock_state()).await;
    let values = state["data"]["values"].as_array().unwrap();
    assert_eq!(values.len(), 2, "{state}");
    assert_eq!(values[0]["value"], "LOCKED");
    assert!(values[0]["ResourceAddress"].as_str().unwrap().contains("/ens1f0/"), "{state}");

    // Nothing that waited is lost, nor is the connection.
    consumer.answer(Manner::Status(204));
    connection.sync().await;
    let values: Vec<String> = consumer.changes().into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, ["FREERUN", "LOCKED", "LOCKED"]);
    assert_eq!(proxy.subscriptions().await[0]["SubscriptionId"], id);
    connection.write(second_in_range().as_bytes()).await;
    connection.sync().await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_ignored_total{reason="unknown_config"}"#).await, 1.0);
}

#[tokio::test]
async fn new_interfaces_make_the_proxy_ask_for_their_aliases() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut questions) = tokio::sync::mpsc::unbounded_channel();
    let aliases = async move || {
        asked.send(()).unwrap();
        r#"{"ens1f0":"ens1fx","ens2f0":"ens2fx"}"#
    };
    let daemon = Router::new().route("/port-aliases", get(aliases)).route("/emit-logs", get(async || ""));
    tokio::spawn(async move { axum::serve(listener, daemon).await });

    let proxy = watchful().flag("--daemon-url", &url).start().await;
    questions.try_recv().expect("asked at start");
    let mut connection = proxy.connect().await;
    connection.sync().await;
    questions.try_recv().expect("and for each connection");
    assert!(questions.is_empty());
    // Other thresholds are no new interfaces.
    proxy.setup().write_profiles(WIDE);
    threshold_becomes(&proxy, 200.0).await;
    fs::write(proxy.setup().path("run").join("ptp4l.1.config"), SECOND).unwrap();
    until(async || proxy.metric_if_any(&role("ens2f0")).await.is_some()).await;
    connection.write(second_in_range().as_bytes()).await;
    // The answer is there when CMD SYNC is answered.
    connection.sync().await;
    // Were it not asked again, there would be nothing to receive.
    questions.try_recv().unwrap();
    assert!(questions.is_empty());
    let state = proxy.current_state(&lock_state()).await.to_string();
    assert!(state.contains("/ens2fx/master"), "{state}");
}

#[tokio::test]
async fn of_many_problems_a_few_are_logged_and_the_rest_is_counted() {
    const PROBLEMS_LOGGED_MAX: usize = 20;
    let setup = Setup::new();
    setup.write_profiles(&format!("[{}1]", "1,".repeat(99)));
    let proxy = setup.start().await;
    proxy.feed("").await;
    let log = proxy.setup().log();
    let logged = log.iter().filter(|line| line.contains("a file of the node has a problem")).count();
    assert_eq!(logged, PROBLEMS_LOGGED_MAX);
    assert_eq!(
        log.iter().filter(|line| line.contains("and so have others") && line.contains("80")).count(),
        1
    );
}
