//! The event socket: framing, control lines, and peers that misbehave.

use crate::support::{Consumer, MALFORMED, Manner, Proxy, Setup, UNLOCKED, in_range, lock_state};
use axum::Router;
use axum::routing::get;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The longest line, without its line feed.
const LINE_BYTES_MAX: usize = 65_535;

/// The daemon has been asked once more. Only a failing test waits so long.
async fn heard(questions: &mut mpsc::UnboundedReceiver<()>) {
    let question = tokio::time::timeout(Duration::from_secs(30), questions.recv()).await;
    question.expect("the daemon is asked").expect("the daemon runs");
}

#[tokio::test]
async fn lines_in_pieces_and_with_carriage_returns_are_whole_lines() {
    let proxy = Proxy::start().await;
    let mut connection = proxy.connect().await;
    let line = in_range(1);
    let (head, tail) = line.split_at(30);
    connection.write(head.as_bytes()).await;
    // Another connection in between does not mix with it.
    proxy.feed("").await;
    connection.write(tail.replace('\n', "\r\n").as_bytes()).await;
    connection.sync().await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, 1.0);
    assert_eq!(proxy.metric("cloud_event_proxy_lines_malformed_total").await, 0.0);
}

#[tokio::test]
async fn an_unterminated_last_line_counts_at_the_end_of_its_connection() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    connection.write(in_range(1).trim_end().as_bytes()).await;
    drop(connection);
    assert_eq!(consumer.value().await, "LOCKED");
    proxy.assert_serves().await;
}

#[tokio::test]
async fn half_a_line_at_the_end_of_a_connection_is_counted_and_the_next_connection_starts_afresh() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    let half = "ptp4l[1.000]: [ptp4l.0.config] master offset ";
    connection.write(format!("{}{half}\nCMD SYNC a\n{half}", in_range(1)).as_bytes()).await;
    connection.close_sending().await;
    assert_eq!(connection.answer().await, "SYNC a\n");
    // The end of the connection: its writer is let go after its reader has passed the rest on.
    assert_eq!(connection.answer().await, "");
    proxy.feed(UNLOCKED).await;
    assert_eq!((consumer.value().await, consumer.value().await), ("LOCKED".into(), "FREERUN".into()));
    assert_eq!(proxy.metric("cloud_event_proxy_lines_malformed_total").await, 2.0);
}

#[tokio::test]
async fn two_lines_glued_by_a_reconnect_are_one_malformed_line() {
    let proxy = Proxy::start().await;
    let glued = format!("ptp4l[1.000]: [ptp4l.0.config] master off{}", in_range(1));
    proxy.feed(&format!("{glued}{}", in_range(2))).await;
    let malformed = proxy.metric("cloud_event_proxy_lines_malformed_total").await;
    let other = proxy.metric("cloud_event_proxy_lines_other_total").await;
    assert_eq!(malformed + other, 1.0);
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, 1.0);
}

#[tokio::test]
async fn garbage_is_counted_and_the_connection_lives_on() {
    let proxy = Proxy::start().await;
    let mut connection = proxy.connect().await;
    connection
        .write(b"\0\x01\x02\xff\xfe\n\xc3\x28\n\n\r\n[[[[]]]]::::\nptp4l[\nptp4l[1.0]: [\xff.0.config] x\n")
        .await;
    connection.write(MALFORMED.as_bytes()).await;
    connection.write(in_range(1).as_bytes()).await;
    connection.sync().await;
    assert_eq!(proxy.metric("cloud_event_proxy_lines_total").await, 10.0);
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, 1.0);
    assert_eq!(proxy.metric("cloud_event_proxy_lines_malformed_total").await, 1.0);
    proxy.assert_serves().await;
}

#[tokio::test]
async fn a_line_that_is_too_long_is_discarded_and_the_connection_lives_on() {
    let proxy = Proxy::start().await;
    let mut connection = proxy.connect().await;
    let longest = format!("{}\n", "a".repeat(LINE_BYTES_MAX));
    connection.write(longest.as_bytes()).await;
    connection.sync().await;
    assert_eq!(proxy.metric("cloud_event_proxy_lines_overlong_total").await, 0.0);
    assert_eq!(proxy.metric("cloud_event_proxy_lines_other_total").await, 1.0);
    // However the line is cut into reads: what comes before it decides that.
    let mut sent = 0.0;
    for length in [LINE_BYTES_MAX + 1, 100_000, 1024 * 1024] {
        for before in [0, 1_000, 30_000, 60_000] {
            let line = format!("{}\n{}\n{}", "b".repeat(before), "c".repeat(length), in_range(1));
            connection.write(line.as_bytes()).await;
            sent += 1.0;
        }
    }
    connection.sync().await;
    assert_eq!(proxy.metric("cloud_event_proxy_lines_overlong_total").await, sent);
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, sent);
}

#[tokio::test]
async fn many_silent_peers_disturb_nobody() {
    let proxy = Proxy::start().await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(proxy.connect().await);
    }
    proxy.assert_serves().await;
    for connection in &mut silent {
        connection.sync().await;
    }
    assert!(proxy.metric("cloud_event_proxy_connections_open").await >= 200.0);
    drop(silent);
    proxy.assert_serves().await;
    assert_eq!(proxy.metric("cloud_event_proxy_connections_rejected_total").await, 0.0);
}

#[tokio::test]
async fn deadlines_on_the_way_of_a_time_come_at_their_own_time() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let fault =
        "ptp4l[2.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)";
    proxy
        .feed(&format!(
            "CMD TIME 1700000000.000000000\n{}{fault}\nCMD TIME 1700000100.000000000\n",
            in_range(1)
        ))
        .await;
    let mut states = Vec::new();
    for _ in 0..3 {
        let (_, event) = consumer.next().await;
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        states.push((text(&event["data"]["values"][0]["value"]), text(&event["time"])));
    }
    let expected = [
        ("LOCKED", "2023-11-14T22:13:20Z"),
        ("HOLDOVER", "2023-11-14T22:13:20Z"),
        ("FREERUN", "2023-11-14T22:13:25Z"),
    ];
    assert_eq!(states, expected.map(|(state, time)| (state.to_owned(), time.to_owned())));
}

#[tokio::test]
async fn a_time_that_goes_back_is_ignored_and_counted() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&format!("CMD TIME 10.000000000\nCMD TIME 9.999999999\n{}", in_range(1))).await;
    assert_eq!(consumer.next().await.1["time"], "1970-01-01T00:00:10Z");
    assert_eq!(proxy.metric("cloud_event_proxy_times_ignored_total").await, 1.0);
}

#[tokio::test]
async fn with_the_clock_of_the_machine_the_lines_of_the_testbed_mean_nothing() {
    let proxy = Setup::new().with_wall_clock().start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    connection.write(format!("CMD TIME 10.000000000\nCMD SYNC a\n{}", in_range(1)).as_bytes()).await;
    let (_, event) = consumer.next().await;
    assert!(event["time"].as_str().unwrap() > "2026-01-01", "{}", event["time"]);
    assert_eq!(proxy.metric("cloud_event_proxy_lines_other_total").await, 2.0);
}

#[tokio::test]
async fn after_a_restart_command_the_files_are_read_again_and_nothing_else_is_lost() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    connection.write(in_range(150).as_bytes()).await;
    connection.sync().await;
    assert_eq!(consumer.value().await, "FREERUN");
    let profile = proxy.setup().path("profiles").join(crate::support::NODE);
    std::fs::write(profile, r#"[{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":200}}]"#).unwrap();
    connection.write(format!("CMD RESTART\n{}", in_range(150)).as_bytes()).await;
    connection.sync().await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.subscriptions().await.len(), 1);
    assert!(proxy.metric("cloud_event_proxy_configurations_total").await >= 2.0);
}

#[tokio::test]
async fn files_that_have_changed_are_read_when_a_peer_connects() {
    let setup = Setup::new();
    std::fs::remove_file(setup.path("run").join("ptp4l.0.config")).unwrap();
    let proxy = setup.start().await;
    proxy.feed(&in_range(1)).await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_ignored_total{reason="unknown_config"}"#).await, 1.0);
    proxy.setup().write_process_config("#profile: oc\n[ens1f0]\n");
    proxy.feed(&in_range(1)).await;
    let state = format!(
        r#"openshift_ptp_clock_state{{iface="ens1f0",node="{}",process="ptp4l"}}"#,
        crate::support::NODE
    );
    assert_eq!(proxy.metric(&state).await, 1.0);
}

#[tokio::test]
async fn a_peer_makes_the_proxy_ask_the_daemon_for_a_replay_and_for_aliases() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut emitted) = mpsc::unbounded_channel();
    let emit_logs = async move || asked.send(()).map_or(500, |()| 204).to_string();
    let daemon = Router::new()
        .route("/emit-logs", get(emit_logs))
        .route("/port-aliases", get(async || r#"{"ens1f0":"ens1fx"}"#));
    tokio::spawn(async move { axum::serve(listener, daemon).await });

    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    let mut connection = proxy.connect().await;
    heard(&mut emitted).await;
    // The answers are there when CMD SYNC is answered, for they belong to what came before.
    connection.sync().await;
    connection.write(in_range(1).as_bytes()).await;
    connection.sync().await;
    let (_, state) = proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await;
    assert!(state.contains("/ens1fx/master"), "{state}");
    assert_eq!(proxy.metric("cloud_event_proxy_daemon_failures_total").await, 0.0);
}

#[tokio::test]
async fn every_peer_makes_the_proxy_ask_the_daemon_for_a_replay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut emitted) = mpsc::unbounded_channel();
    let emit_logs = async move || asked.send(()).map_or(500, |()| 204).to_string();
    let daemon = Router::new().route("/emit-logs", get(emit_logs));
    tokio::spawn(async move { axum::serve(listener, daemon).await });

    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    let mut connections = Vec::new();
    for _ in 0..10 {
        connections.push(proxy.connect().await);
    }
    for connection in &mut connections {
        connection.sync().await;
    }
    for _ in 0..10 {
        heard(&mut emitted).await;
    }
    assert!(emitted.is_empty());
}

#[tokio::test]
async fn a_flood_of_connections_is_no_flood_of_requests_to_the_daemon() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut emitted) = mpsc::unbounded_channel();
    let (answer, answered) = tokio::sync::watch::channel(false);
    let emit_logs = async move || {
        asked.send(()).unwrap();
        answered.clone().wait_for(|answered| *answered).await.map_or("", |_| "")
    };
    let daemon = Router::new().route("/emit-logs", get(emit_logs)).route("/port-aliases", get(async || "{}"));
    tokio::spawn(async move { axum::serve(listener, daemon).await });

    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    let mut connections = Vec::new();
    for _ in 0..100 {
        connections.push(proxy.connect().await);
    }
    while proxy.metric("cloud_event_proxy_connections_total").await < 100.0 {}
    for _ in 0..8 {
        heard(&mut emitted).await;
    }
    assert!(emitted.is_empty(), "8 requests are under way at a time");
    // Until the daemon has answered what was asked before, CMD SYNC is not answered.
    connections[0].write(b"CMD SYNC early\n").await;
    tokio::select! {
        biased;
        answer = connections[0].answer() => panic!("{answer} before the daemon has answered"),
        () = async { for _ in 0..10 { while proxy.metric("cloud_event_proxy_lines_total").await < 1.0 {} } } => {}
    }
    answer.send(true).unwrap();
    assert_eq!(connections[0].answer().await, "SYNC early\n");
    // 56 have waited; the last 36 connections share the last of them.
    connections[99].sync().await;
    for _ in 8..64 {
        heard(&mut emitted).await;
    }
    assert!(emitted.is_empty());
}

#[tokio::test]
async fn a_replayed_line_does_not_override_a_live_one_of_the_same_port() {
    let proxy = Proxy::start().await;
    let slave =
        "ptp4l[2.000]: [ptp4l.0.config] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED\n";
    let fault = "ptp4l[1.000]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)\n";
    proxy.feed(&format!("CMD LIVE_START\n{slave}{}", in_range(1))).await;
    proxy.feed(fault).await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_ignored_total{reason="stale_replay"}"#).await, 1.0);
    let (_, state) = proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await;
    assert!(state.contains(r#""value":"LOCKED""#), "{state}");
}

#[tokio::test]
async fn the_first_event_of_a_start_has_the_alias_of_a_daemon_that_runs_already() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let daemon = Router::new().route("/port-aliases", get(async || r#"{"ens1f0":"ens1fx"}"#));
    tokio::spawn(async move { axum::serve(listener, daemon).await });
    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.connect().await.write(in_range(1).as_bytes()).await;
    let (_, event) = consumer.next().await;
    assert!(event.to_string().contains("/ens1fx/master"), "{event}");
}

#[tokio::test]
async fn the_daemon_is_asked_for_aliases_before_it_is_asked_to_let_its_lines_go() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, mut questions) = mpsc::unbounded_channel();
    let emitting = asked.clone();
    let aliases = async move || {
        asked.send("aliases").unwrap();
        "{}"
    };
    let emit_logs = async move || {
        emitting.send("emit logs").unwrap();
        ""
    };
    let daemon = Router::new().route("/port-aliases", get(aliases)).route("/emit-logs", get(emit_logs));
    tokio::spawn(async move { axum::serve(listener, daemon).await });
    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    proxy.connect().await.sync().await;
    let mut order = Vec::new();
    while let Ok(question) = questions.try_recv() {
        order.push(question);
    }
    assert_eq!(order, ["aliases", "aliases", "emit logs"], "at start, and for the connection");
}

#[tokio::test]
async fn a_daemon_that_hangs_holds_up_no_line() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let proxy = Setup::new().flag("--daemon-url", &url).start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    // Connections wait in the backlog of a listener that never accepts.
    proxy.connect().await.write(in_range(1).as_bytes()).await;
    assert_eq!(consumer.value().await, "LOCKED");
    assert_eq!(proxy.metric("cloud_event_proxy_daemon_failures_total").await, 0.0);
    drop(listener);
}

#[tokio::test]
async fn no_more_peers_wait_for_quiet_than_the_limit() {
    const SYNCS_WAITING_MAX: usize = 1024;
    let proxy = Setup::new().flag("--delivery-timeout", "1h").start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    consumer.answer(Manner::Never);
    let mut connection = proxy.connect().await;
    connection.write(in_range(1).as_bytes()).await;
    consumer.next().await;
    let syncs: String = (0..=SYNCS_WAITING_MAX).map(|number| format!("CMD SYNC {number}\n")).collect();
    connection.write(format!("{syncs}{UNLOCKED}").as_bytes()).await;
    while proxy.metric("cloud_event_proxy_lines_total").await < 1027.0 {}
    consumer.answer(Manner::Status(204));
    for number in 0..SYNCS_WAITING_MAX {
        assert_eq!(connection.answer().await, format!("SYNC {number}\n"));
    }
    assert_eq!(proxy.metric("cloud_event_proxy_syncs_dropped_total").await, 1.0);
    connection.sync().await;
}

#[tokio::test]
async fn without_descriptors_the_proxy_forgets_nothing_and_serves_again_once_there_are_some() {
    const ACCEPT_ERRORS: &str = "cloud_event_proxy_accept_errors_total";
    const DESCRIPTORS_MAX: usize = 48;
    let proxy = Setup::new().with_descriptors(DESCRIPTORS_MAX).start().await;
    proxy.feed(&in_range(1)).await;
    // Asked on a connection that is kept, for there will be no other.
    assert_eq!(proxy.metric(ACCEPT_ERRORS).await, 0.0);
    let mut flood = Vec::new();
    for _ in 0..DESCRIPTORS_MAX {
        flood.push(proxy.connect().await);
    }
    while proxy.metric(ACCEPT_ERRORS).await < 5.0 {}
    drop(flood);
    proxy.feed(&in_range(2)).await;
    assert_eq!(proxy.metric(r#"cloud_event_proxy_ignored_total{reason="unknown_config"}"#).await, 0.0);
    assert_eq!(proxy.metric(r#"cloud_event_proxy_program_lines_total{program="ptp4l"}"#).await, 2.0);
    while proxy.metric("cloud_event_proxy_connections_open").await > 0.0 {}
    // What could not be read is read again for the next peer.
    proxy.assert_serves().await;
    assert_eq!(proxy.metric("cloud_event_proxy_configuration_problems").await, 0.0);
}
