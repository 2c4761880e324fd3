//! Cases of which the incumbent's output is a sentence: what is demanded of us, as assertions.

use crate::case::Case;
use crate::node::Node;
use crate::peers::{Consumer, Daemon};
use std::os::unix::net::UnixListener;

/// A sample of ptp4l.
fn sample(servo: &str, offset_ns: i32) -> String {
    format!(
        "ptp4l[1.000]: [ptp4l.0.config] master offset {offset_ns:10} {servo} freq   -3972 path delay        89\n"
    )
}

/// Asserts what the case demands; gives false when nothing is known of such a case.
pub(crate) async fn holds(case: &Case) -> bool {
    match case.name.as_str() {
        "socket_path_is_stale" => a_stale_socket_is_replaced(case).await,
        "socket_each_accept_triggers_emit_logs" => each_connection_asks_for_logs_once(case).await,
        "start_without_node_name_fails" => without_a_node_name_nothing_starts(case).await,
        "event_queue_full_drops_after_5s" => a_full_queue_costs_nobody_the_latest_state(case).await,
        _ => return false,
    }
    true
}

/// The file of a listener that is gone is replaced, and lines are taken.
async fn a_stale_socket_is_replaced(case: &Case) {
    let node = Node::write(&case.config);
    drop(UnixListener::bind(node.event_socket()).unwrap());
    assert!(node.event_socket().exists(), "a listener that is gone leaves its file");
    let proxy = node.start("http://127.0.0.1:1", &[]).await;
    let mut connection = proxy.connect().await;
    connection.write(sample("s2", 1).as_bytes()).await;
    connection.sync().await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, 1.0);
}

/// A connection makes the proxy ask the daemon for its logs, once, and does not wait for the answer.
async fn each_connection_asks_for_logs_once(case: &Case) {
    let daemon = Daemon::open(case.config.aliases.clone()).await;
    let proxy = Node::write(&case.config).start(&daemon.url, &[]).await;
    assert_eq!(daemon.asked_for_logs(), 0);
    for connections in 1..=3 {
        let mut connection = proxy.connect().await;
        connection.sync().await;
        connection.finish().await;
        assert_eq!(daemon.asked_for_logs(), connections);
    }
}

/// The proxy says which setting is missing, and exits with 78 as `sysexits.h` has it for a configuration.
async fn without_a_node_name_nothing_starts(case: &Case) {
    let node = Node::write(&case.config);
    let output = node.command("http://127.0.0.1:1").output().await.unwrap();
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("NODE_NAME"), "{said}");
    assert!(!node.event_socket().exists() && !node.path("ready.json").exists());
}

/// A consumer that hangs while more changes come than its queue holds: lines are taken on, a consumer that answers gets
/// each change, and the one that hangs gets the latest of each resource once it answers again.
async fn a_full_queue_costs_nobody_the_latest_state(case: &Case) {
    const CHANGES: i32 = 301;
    /// Events that wait for one subscriber, and the one that is under way.
    const HELD_MAX: usize = 100 + 1;
    let node = Node::write(&case.config);
    let (run, profiles) = (node.path("run"), node.path("profiles"));
    std::fs::write(run.join("ptp4l.0.config"), "#profile: oc\n[global]\n[ens1f0]\n").unwrap();
    std::fs::write(profiles.join(&case.config.node), r#"[{"name":"oc"}]"#).unwrap();
    let proxy = node.start("http://127.0.0.1:1", &["--delivery-timeout", "1h"]).await;
    let (mut hung, mut healthy) = (Consumer::open().await, Consumer::open().await);
    proxy.subscribe(&mut hung).await;
    proxy.subscribe(&mut healthy).await;
    hung.hang(true);
    let mut connection = proxy.connect().await;
    for change in 1..=CHANGES {
        let (servo, state) = if change % 2 == 1 { ("s2", "LOCKED") } else { ("s0", "FREERUN") };
        connection.write(sample(servo, change % 100).as_bytes()).await;
        for source in ["/sync/ptp-status/lock-state", "/sync/sync-status/sync-state"] {
            let event = healthy.next().await;
            assert_eq!((event["source"].as_str(), state_of(&event)), (Some(source), Some(state)));
        }
    }
    hung.hang(false);
    connection.sync().await;
    let late = hung.take();
    assert!(late.len() <= HELD_MAX, "more than its queue holds: {}", late.len());
    assert!(proxy.metric("cloud_event_proxy_events_dropped_total").await > 0.0);
    for source in ["/sync/ptp-status/lock-state", "/sync/sync-status/sync-state"] {
        let latest = late.iter().rfind(|event| event["source"] == source).unwrap();
        assert_eq!(state_of(latest), Some("LOCKED"), "the last change of {source}");
    }
}

fn state_of(event: &serde_json::Value) -> Option<&str> {
    event["data"]["values"][0]["value"].as_str()
}
