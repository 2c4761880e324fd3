//! The report socket: a daemon that speaks of states, in the JSON of openshift/linuxptp-daemon `pkg/ipc/ipc.go`.

use crate::support::{Consumer, Lines, NODE, Proxy, Setup, address, in_range, lock_state};
use serde_json::Value;

const SOCKET: &str = "reports.sock";
const REPORTS: &str = "cloud_event_proxy_reports_total";

/// The longest message, without its line feed.
const MESSAGE_BYTES_MAX: usize = 65_535;

/// Connections of the report socket at a time.
const CONNECTIONS_MAX: usize = 64;

/// A proxy with a report socket.
async fn start() -> Proxy {
    Setup::new().flag("--report-socket", SOCKET).start().await
}

/// Connects as the daemon does, and takes the request for everything that it has to report.
async fn connect(proxy: &Proxy) -> Lines {
    let mut connection = proxy.connect_to(SOCKET).await;
    assert_eq!(connection.answer().await, "{\"version\":1,\"type\":\"status_request\"}\n");
    connection
}

/// A message about `ens1f0`, as the daemon writes it.
fn report(kind: &str, values: &str) -> String {
    format!(
        "{{\"version\":1,\"type\":\"{kind}\",\"timestamp\":\"2026-11-22T12:11:32.798914014Z\",\"profile\":\"ptp4l.0.config\",\"iface\":\"ens1f0\",\"values\":{values}}}\n"
    )
}

fn state(kind: &str, state: &str) -> String {
    report(kind, &format!("{{\"state\":\"{state}\"}}"))
}

/// Waits until the proxy has taken in so many messages since its start, and everybody has been told.
async fn taken_in(proxy: &Proxy, reports: u32) {
    while proxy.metric(REPORTS).await < f64::from(reports) {}
    proxy.feed("").await;
}

/// Source and values of an event; addresses without the node's prefix.
fn shown(event: &Value) -> (String, Vec<[String; 4]>) {
    let values = event["data"]["values"].as_array().unwrap().iter();
    let values = values.map(|value| {
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let address = text("ResourceAddress");
        let path = address.strip_prefix(&format!("/cluster/node/{NODE}/")).unwrap().to_owned();
        [path, text("data_type"), text("value_type"), text("value")]
    });
    (event["source"].as_str().unwrap().to_owned(), values.collect())
}

async fn current_state(proxy: &Proxy, resource: &str) -> (u16, String) {
    proxy.ask("GET", &format!("{}/CurrentState", address(resource))).await
}

/// Addresses are those of `pkg/cep/event_cache.go`, except that a clock class has that of its clock, as lines give it.
#[tokio::test]
async fn every_type_gives_its_event_with_its_address_and_values() {
    let proxy = start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&address("/sync"), &mut consumer).await;
    let mut connection = connect(&proxy).await;
    const STATE: [&str; 2] = ["notification", "enumeration"];
    const METRIC: [&str; 2] = ["metric", "decimal64.3"];
    type Values<'a> = &'a [(&'a str, [&'a str; 2], &'a str)];
    let cases: [(String, &[(&str, Values<'_>)]); 7] = [
        (
            state("ptp_state", "LOCKED"),
            &[
                ("/sync/ptp-status/lock-state", &[("ens1f0/master", STATE, "LOCKED")]),
                ("/sync/sync-status/sync-state", &[("sync/sync-status/sync-state", STATE, "LOCKED")]),
            ],
        ),
        (
            state("os_clock_state", "HOLDOVER"),
            &[
                ("/sync/sync-status/os-clock-sync-state", &[("CLOCK_REALTIME", STATE, "HOLDOVER")]),
                ("/sync/sync-status/sync-state", &[("sync/sync-status/sync-state", STATE, "HOLDOVER")]),
            ],
        ),
        (
            state("sync_state", "FREERUN"),
            &[("/sync/sync-status/sync-state", &[("sync/sync-status/sync-state", STATE, "FREERUN")])],
        ),
        (
            report("clock_class", "{\"clock_class\":6}"),
            &[("/sync/ptp-status/clock-class", &[("ens1f0/master", METRIC, "6")])],
        ),
        (
            state("gnss_state", "ACQUIRING_SYNC"),
            &[("/sync/gnss-status/gnss-sync-status", &[("ens1f0/master", STATE, "ACQUIRING-SYNC")])],
        ),
        (
            state("synce_state", "LOCKED"),
            &[("/sync/synce-status/lock-state", &[("ens1f0", STATE, "LOCKED")])],
        ),
        (
            report("synce_clock_quality", "{\"ql\":2,\"extended_ql\":32}"),
            &[(
                "/sync/synce-status/clock-quality",
                &[("ens1f0/Ql", METRIC, "2"), ("ens1f0/extQl", METRIC, "32")],
            )],
        ),
    ];
    for (message, events) in cases {
        connection.write(message.as_bytes()).await;
        for (source, values) in events {
            let (_, event) = consumer.next().await;
            let values = values.iter().map(|(path, [data_type, value_type], value)| {
                [*path, data_type, value_type, value].map(str::to_owned)
            });
            assert_eq!(shown(&event), ((*source).to_owned(), values.collect()), "{message}");
        }
    }
    taken_in(&proxy, 7).await;
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn what_is_reported_again_gives_no_event() {
    let proxy = start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = connect(&proxy).await;
    let locked = state("ptp_state", "LOCKED");
    connection.write(format!("{locked}{locked}").as_bytes()).await;
    assert_eq!(consumer.value().await, "LOCKED");
    // As after a reconnect, when the daemon answers the request for everything.
    connect(&proxy).await.write(locked.as_bytes()).await;
    taken_in(&proxy, 3).await;
    assert!(consumer.is_empty());
    connection.write(state("ptp_state", "FREERUN").as_bytes()).await;
    assert_eq!(consumer.value().await, "FREERUN");
}

#[tokio::test]
async fn after_a_cache_clear_there_is_no_current_state_until_it_is_reported_again() {
    let proxy = start().await;
    let mut connection = connect(&proxy).await;
    let resources =
        ["/sync/ptp-status/lock-state", "/sync/gnss-status/gnss-sync-status", "/sync/sync-status/sync-state"];
    for resource in resources {
        assert_eq!(current_state(&proxy, resource).await.0, 404, "{resource}");
    }
    let reports = [state("ptp_state", "HOLDOVER"), state("gnss_state", "BOOTING")].concat();
    connection.write(reports.as_bytes()).await;
    taken_in(&proxy, 2).await;
    for (resource, value) in resources.into_iter().zip(["HOLDOVER", "BOOTING", "HOLDOVER"]) {
        let (status, body) = current_state(&proxy, resource).await;
        assert_eq!(status, 200, "{resource}");
        assert!(body.contains(&format!("\"value\":\"{value}\"")), "{body}");
    }
    connection.write(b"{\"version\":1,\"type\":\"cache_clear\"}\n").await;
    taken_in(&proxy, 3).await;
    for resource in resources {
        assert_eq!(current_state(&proxy, resource).await.0, 404, "{resource}");
    }
    connection.write(reports.as_bytes()).await;
    taken_in(&proxy, 5).await;
    assert_eq!(current_state(&proxy, resources[0]).await.0, 200);
}

#[tokio::test]
async fn garbage_is_counted_and_the_connection_lives_on() {
    let proxy = start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = connect(&proxy).await;
    let locked = state("ptp_state", "LOCKED");
    let glued = format!("{}{locked}", locked.trim_end());
    let torn = &locked[..60];
    let garbage = [
        "\n\r\n\0\u{1}\n[[[[\n{}\nnull\nCMD RESTART\n",
        &glued,
        torn,
        "\n",
        &in_range(1),
        "{\"version\":2,\"type\":\"ptp_state\",\"values\":{\"state\":\"LOCKED\"}}\n",
        "{\"version\":1,\"type\":\"weather\",\"values\":{\"state\":\"LOCKED\"}}\n",
        "{\"version\":1,\"type\":\"status_request\"}\n",
        "{\"version\":1,\"type\":\"status_response\"}\n",
        &state("ptp_state", "SYNCHRONIZED"),
        &report("clock_class", "{\"clock_class\":256}"),
    ];
    connection.write(garbage.concat().as_bytes()).await;
    connection.write(b"\xff\xfe\n").await;
    connection.write(state("ptp_state", "HOLDOVER").as_bytes()).await;
    assert_eq!(consumer.value().await, "HOLDOVER");
    // No messages are \0\1, [[[[, null, CMD RESTART, the glued one, the torn one with the line feed behind it, the line of
    // ptp4l and \xff\xfe. {} has no version.
    for (reason, count) in
        [("not_a_message", 8.0), ("other_version", 2.0), ("not_a_report", 3.0), ("unreadable_values", 2.0)]
    {
        let series = format!("cloud_event_proxy_reports_ignored_total{{reason=\"{reason}\"}}");
        assert_eq!(proxy.metric(&series).await, count, "{reason}");
    }
    assert_eq!(proxy.metric(REPORTS).await, 16.0);
    proxy.assert_serves().await;
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn a_message_that_is_too_long_is_discarded_and_the_connection_lives_on() {
    let proxy = start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = connect(&proxy).await;
    // A key that does not matter makes a message as long as one likes.
    let padded = |length: usize| {
        let head = "{\"version\":1,\"type\":\"ptp_state\",\"values\":{\"state\":\"HOLDOVER\"},\"padding\":\"";
        format!("{head}{}\"}}\n", "p".repeat(length - head.len() - 2))
    };
    connection.write(padded(MESSAGE_BYTES_MAX).as_bytes()).await;
    assert_eq!(consumer.value().await, "HOLDOVER");
    for length in [MESSAGE_BYTES_MAX + 1, 1024 * 1024] {
        connection.write(padded(length).replace("HOLDOVER", "FREERUN ").as_bytes()).await;
    }
    connection.write(padded(200).replace("HOLDOVER", "LOCKED").as_bytes()).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.metric("cloud_event_proxy_reports_overlong_total").await, 2.0);
    assert_eq!(proxy.metric(REPORTS).await, 2.0);
}

#[tokio::test]
async fn a_flood_of_reports_is_taken_in_whole_and_nobody_has_to_wait_for_it() {
    const REPORTS_SENT: u32 = 50_000;
    let proxy = start().await;
    let mut connection = connect(&proxy).await;
    let flood = tokio::spawn(async move {
        let pair = [state("ptp_state", "FREERUN"), state("ptp_state", "LOCKED")].concat();
        for _ in 0..REPORTS_SENT / 1000 {
            connection.write(pair.repeat(500).as_bytes()).await;
        }
        connection
    });
    proxy.assert_serves().await;
    let _connection = flood.await.unwrap();
    taken_in(&proxy, REPORTS_SENT).await;
    assert_eq!(proxy.metric(REPORTS).await, f64::from(REPORTS_SENT));
    let (_, body) = current_state(&proxy, "/sync/ptp-status/lock-state").await;
    assert!(body.contains("\"value\":\"LOCKED\""), "{body}");
}

#[tokio::test]
async fn lines_and_reports_are_told_apart_and_count_together() {
    let proxy = start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&address("/sync/sync-status/sync-state"), &mut consumer).await;
    let mut connection = connect(&proxy).await;
    proxy.feed(&in_range(1)).await;
    assert_eq!(consumer.value().await, "LOCKED");
    connection.write(state("os_clock_state", "FREERUN").as_bytes()).await;
    assert_eq!(consumer.value().await, "FREERUN");
    let (_, body) = current_state(&proxy, "/sync/ptp-status/lock-state").await;
    assert!(body.contains("\"value\":\"LOCKED\""), "{body}");
    connection.write(b"{\"version\":1,\"type\":\"cache_clear\"}\n").await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.metric("cloud_event_proxy_lines_total").await, 2.0);
    assert_eq!(proxy.metric(REPORTS).await, 2.0);
}

/// The daemon reads this direction too, and takes its end for the end of the proxy.
#[tokio::test]
async fn a_connection_stays_open_in_both_directions_and_is_asked_for_everything_once() {
    let proxy = start().await;
    let mut connection = connect(&proxy).await;
    for number in 1..=3 {
        connection.write(state("ptp_state", "LOCKED").as_bytes()).await;
        taken_in(&proxy, number).await;
    }
    tokio::select! {
        biased;
        answer = connection.answer() => panic!("{answer:?} has come unasked"),
        page = proxy.metrics_page() => assert_eq!(page.status(), 200),
    }
    assert_eq!(proxy.metric("cloud_event_proxy_report_connections_total").await, 1.0);
}

#[tokio::test]
async fn one_connection_more_than_there_is_room_for_is_closed_and_the_others_live_on() {
    let proxy = start().await;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        connections.push(connect(&proxy).await);
    }
    assert_eq!(proxy.connect_to(SOCKET).await.answer().await, "");
    for connection in &mut connections {
        connection.write(state("ptp_state", "LOCKED").as_bytes()).await;
    }
    taken_in(&proxy, 64).await;
    assert_eq!(proxy.metric("cloud_event_proxy_connections_rejected_total").await, 1.0);
    drop(connections);
    // Their places are free again once their ends have been read.
    let mut answer = String::new();
    while answer.is_empty() {
        answer = proxy.connect_to(SOCKET).await.answer().await;
    }
    assert!(answer.contains("status_request"), "{answer}");
}

#[tokio::test]
async fn there_is_no_report_socket_unless_it_is_asked_for() {
    let proxy = Proxy::start().await;
    assert!(!proxy.setup().path(SOCKET).exists());
    proxy.assert_serves().await;
    // And nothing waits for reports that cannot come.
    proxy.signal("TERM").await;
    assert_eq!(proxy.end().await.0, Some(0));
}

#[tokio::test]
async fn the_report_socket_has_a_second_name_for_its_flag_and_goes_with_the_proxy() {
    let proxy = Setup::new().flag("--socket", SOCKET).start().await;
    let connection = connect(&proxy).await;
    proxy.signal("TERM").await;
    let (code, setup) = proxy.end().await;
    assert_eq!(code, Some(0));
    assert!(!setup.path(SOCKET).exists());
    drop(connection);
}
