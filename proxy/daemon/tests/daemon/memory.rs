//! `kill -9` at any point: what the next proxy on the same files knows, and what consumers hear of it.

use crate::support::{
    Consumer, FAULT, Manner, Proxy, RECOVERY, SYSTEM_CLOCK, Setup, UNLOCKED, address, in_range, lock_state,
    until,
};
use serde_json::{Value, json};
use std::fs;

const LOCK_STATE: &str = "/sync/ptp-status/lock-state";

fn sync_state() -> String {
    address("/sync/sync-status/sync-state")
}

/// `CMD TIME`, so many seconds after the start of the story.
fn at(seconds: u32) -> String {
    format!("CMD TIME {}.000000000\n", 1_700_000_000 + seconds)
}

/// What the API says of every resource of the node under test that has a state.
async fn states(proxy: &Proxy) -> Vec<(u16, String)> {
    let mut states = Vec::new();
    for resource in [
        LOCK_STATE,
        "/sync/sync-status/os-clock-sync-state",
        "/sync/sync-status/sync-state",
        "/sync/ptp-status/clock-class",
    ] {
        states.push(proxy.ask("GET", &format!("{}/CurrentState", address(resource))).await);
    }
    states
}

fn memory_file(setup: &Setup) -> Value {
    serde_json::from_slice(&fs::read(setup.path("store").join("metrics.json")).unwrap()).unwrap()
}

#[tokio::test]
async fn after_a_kill_the_states_are_answered_as_before_any_line_and_at_any_point() {
    let class = "ptp4l[1.000]: [ptp4l.0.config] CLOCK_CLASS_CHANGE 6.000000\n";
    let steps = [
        in_range(1),
        format!("{}{SYSTEM_CLOCK}", at(1)),
        class.to_owned(),
        format!("{}{FAULT}", at(2)),
        at(100),
        format!("{RECOVERY}{}{SYSTEM_CLOCK}", in_range(2)),
        UNLOCKED.to_owned(),
    ];
    let mut proxy = Setup::new().with_entropy().start().await;
    proxy.feed(&at(0)).await;
    let before_any_line = states(&proxy).await;
    assert!(before_any_line.iter().all(|(status, _)| *status == 404), "{before_any_line:?}");
    for step in steps {
        proxy.feed(&step).await;
        let before = states(&proxy).await;
        assert_eq!(before[0].0, 200, "{step}");
        proxy = proxy.kill_and_restart().await;
        assert_eq!(states(&proxy).await, before, "after {step}");
    }
}

#[tokio::test]
async fn a_replay_of_what_is_known_makes_no_second_event() {
    let proxy = Setup::new().with_entropy().start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&address("/sync"), &mut consumer).await;
    let lines = format!(
        "{}{RECOVERY}{}{SYSTEM_CLOCK}ptp4l[1.000]: [ptp4l.0.config] CLOCK_CLASS_CHANGE 6.000000\n",
        at(0),
        in_range(1)
    );
    proxy.feed(&lines).await;
    assert!(consumer.changes().len() >= 4);
    let proxy = proxy.kill_and_restart().await;
    proxy.feed(&lines).await;
    proxy.feed(&lines).await;
    assert_eq!(consumer.changes(), []);
    // What did change meanwhile is heard.
    proxy.feed(UNLOCKED).await;
    let heard: Vec<_> =
        consumer.changes().into_iter().map(|(resource, value, _)| (resource, value)).collect();
    assert!(heard.contains(&(LOCK_STATE.to_owned(), "FREERUN".to_owned())), "{heard:?}");
}

#[tokio::test]
async fn an_event_that_a_subscriber_has_not_confirmed_arrives_after_a_kill_with_its_id() {
    let setup = Setup::new().with_entropy().flag("--delivery-timeout", "500ms");
    let proxy = setup.start().await;
    let mut away = Consumer::start().await;
    let mut there = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut away).await;
    proxy.subscribed(&lock_state(), &mut there).await;
    away.answer(Manner::Never);
    proxy.feed(&format!("{}{}", at(0), in_range(1))).await;
    let unconfirmed = away.next().await.1;
    assert_eq!(there.next().await.1, unconfirmed);

    let setup = proxy.kill().await;
    away.answer(Manner::Status(204));
    let proxy = setup.start().await;
    assert_eq!(away.next().await.1, unconfirmed);
    proxy.feed(&format!("{}{}", at(1), in_range(2))).await;
    assert!(away.is_empty());
    assert!(there.is_empty(), "it has confirmed the event");
    // Confirmed now, so that the next proxy does not send it again.
    let proxy = proxy.kill_and_restart().await;
    proxy.feed(&at(2)).await;
    assert!(away.is_empty());
}

#[tokio::test]
async fn holdover_goes_on_after_a_kill_and_ends_when_it_would_have_ended() {
    let proxy = Setup::new().with_entropy().start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&format!("{}{}{FAULT}", at(0), in_range(1))).await;
    let values: Vec<_> = consumer.changes().into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, ["LOCKED", "HOLDOVER"]);
    // The default timeout is 5 s.
    let proxy = proxy.kill_and_restart().await;
    proxy.feed(&at(4)).await;
    let proxy = proxy.kill_and_restart().await;
    assert_eq!(proxy.current_state(&lock_state()).await["data"]["values"][0]["value"], "HOLDOVER");
    assert!(consumer.is_empty());
    proxy.feed(&at(60)).await;
    let end = consumer.next().await.1;
    assert_eq!(
        (&end["data"]["values"][0]["value"], &end["time"]),
        (&json!("FREERUN"), &json!("2023-11-14T22:13:25Z"))
    );
    assert!(consumer.is_empty());
    // The replay of a fault that is known adds nothing.
    proxy.feed(FAULT).await;
    assert!(consumer.is_empty());
}

#[tokio::test]
async fn a_holdover_that_ends_while_no_proxy_runs_ends_with_the_next_one() {
    let setup = Setup::new().with_wall_clock();
    setup.write_profiles(r#"[{"name":"oc","ptpClockThreshold":{"holdOverTimeout":2}}]"#);
    let proxy = setup.start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    connection.write(format!("{}{FAULT}", in_range(1)).as_bytes()).await;
    assert_eq!((consumer.value().await, consumer.value().await), ("LOCKED".into(), "HOLDOVER".into()));
    // Both are on disk as confirmed.
    let is_kept = |setup: &Setup| {
        let states = memory_file(setup)["cloud_event_proxy"]["memory"]["states"].to_string();
        states.contains(r#""State":"Holdover""#) && !states.contains(r#""undelivered":[""#)
    };
    until(async || is_kept(proxy.setup())).await;
    let _proxy = proxy.kill_and_restart().await;
    assert_eq!(consumer.value().await, "FREERUN");
}

#[tokio::test]
async fn killed_after_any_line_consumers_hear_the_same_story() {
    let story = [
        format!("{}{}", at(0), in_range(1)),
        format!("{}{FAULT}", at(1)),
        format!("{}{RECOVERY}{}", at(3), in_range(2)),
        format!("{}{UNLOCKED}", at(4)),
        format!("{}{}", at(5), in_range(3)),
        format!("{}{FAULT}", at(6)),
        at(60),
        format!("{}{RECOVERY}{}", at(61), in_range(4)),
    ];
    let expected = ["LOCKED", "HOLDOVER", "LOCKED", "FREERUN", "LOCKED", "HOLDOVER", "FREERUN", "LOCKED"]
        .map(str::to_owned);
    for killed_after in 0..story.len() {
        let mut proxy = Setup::new().with_entropy().start().await;
        let mut consumer = Consumer::start().await;
        proxy.subscribed(&lock_state(), &mut consumer).await;
        for (number, lines) in story.iter().enumerate() {
            proxy.feed(lines).await;
            if number == killed_after {
                proxy = proxy.kill_and_restart().await;
                // The daemon replays the latest transition of each port, on a connection that it has not marked.
                let last_transition = story[..=number].iter().rev().find_map(|lines| {
                    [FAULT, RECOVERY].into_iter().find(|transition| lines.contains(transition))
                });
                proxy.feed(&format!("{}{}", at(0), last_transition.unwrap_or_default())).await;
            }
        }
        let changes = consumer.changes();
        let values: Vec<_> = changes.iter().map(|(_, value, _)| value.clone()).collect();
        assert_eq!(values, expected, "killed after {:?}", story[killed_after]);
        let mut ids: Vec<_> = changes.into_iter().map(|(_, _, id)| id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), expected.len());
    }
}

#[tokio::test]
async fn a_memory_that_is_truncated_is_set_aside_and_the_proxy_starts_afresh() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed(&in_range(1)).await;
    let setup = proxy.kill().await;
    let file = setup.path("store").join("metrics.json");
    let text = fs::read(&file).unwrap();
    fs::write(&file, &text[..text.len() / 2]).unwrap();
    let proxy = setup.start().await;
    assert_eq!(proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await.0, 404);
    assert_eq!(proxy.subscriptions().await.len(), 1);
    let aside = proxy.setup().path("store").join("metrics.json.corrupt");
    assert_eq!(fs::read(aside).unwrap().len(), text.len() / 2);
    assert!(
        proxy.setup().log().iter().any(|line| line.contains("metrics.json") && line.contains("set aside"))
    );
}

#[tokio::test]
async fn of_an_earlier_boot_only_the_state_of_the_node_is_known() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("{}{}", at(0), in_range(1))).await;
    let setup = proxy.kill().await;
    let mut file = memory_file(&setup);
    file["cloud_event_proxy"]["boot_id"] = json!("00000000-0000-4000-8000-000000000000");
    fs::write(setup.path("store").join("metrics.json"), file.to_string()).unwrap();
    let proxy = setup.start().await;
    assert_eq!(proxy.ask("GET", &format!("{}/CurrentState", lock_state())).await.0, 404);
    assert_eq!(proxy.current_state(&sync_state()).await["data"]["values"][0]["value"], "LOCKED");
}

#[tokio::test]
async fn the_file_of_an_existing_proxy_is_taken_up_and_what_is_equal_is_no_change() {
    let setup = Setup::new();
    let text = r#"{"timestamp":1,"last_clock_state":"LOCKED","portRoles":{"ptp4l.0.config":{"ens1f0":3}},
        "process_states":{"ptp4l.0.config":{"ptp4l":true}}}"#;
    fs::write(setup.path("store").join("metrics.json"), text).unwrap();
    let proxy = setup.start().await;
    let labels = format!(r#"{{config="ptp4l.0.config",node="{}",process="ptp4l"}}"#, crate::support::NODE);
    assert_eq!(proxy.metric(&format!("openshift_ptp_process_status{labels}")).await, 1.0);
    assert_eq!(proxy.metric(&format!("openshift_ptp_process_restart_count{labels}")).await, 1.0);
    // Roles are not taken up: the port is the slave that its configuration makes it.
    let role = format!(
        r#"openshift_ptp_interface_role{{iface="ens1f0",node="{}",process="ptp4l"}}"#,
        crate::support::NODE
    );
    assert_eq!(proxy.metric(&role).await, 1.0);
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&sync_state(), &mut consumer).await;
    proxy.feed(&in_range(1)).await;
    assert!(consumer.is_empty(), "the node was and is LOCKED");
    proxy.feed(UNLOCKED).await;
    assert_eq!(consumer.value().await, "FREERUN");
}

#[tokio::test]
async fn other_proxies_find_the_state_of_the_node_and_the_roles_of_its_ports() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("{}{}{FAULT}", at(0), in_range(1))).await;
    let file = memory_file(proxy.setup());
    assert_eq!(file["timestamp"], 1_700_000_000);
    assert_eq!(file["last_clock_state"], "HOLDOVER");
    assert_eq!(file["portRoles"], json!({"ptp4l.0.config": {"ens1f0": 3}}));
    assert_eq!(file["process_states"], Value::Null);
    proxy.feed("ptp4l[1700000000]:[ptp4l.0.config] PTP_PROCESS_STATUS:1\n").await;
    assert_eq!(memory_file(proxy.setup())["process_states"], json!({"ptp4l.0.config": {"ptp4l": true}}));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_costs_the_memory_and_nothing_else() {
    let warned =
        |proxy: &Proxy| proxy.setup().log().iter().filter(|line| line.contains("cannot be kept")).count();
    let failures = "cloud_event_proxy_memory_failures_total";
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    // Nothing is being written when this is answered.
    proxy.feed("").await;
    // A directory in the place of the temporary file: creating it fails for root too.
    let obstacle = proxy.setup().path("store").join("metrics.json.tmp");
    fs::create_dir(&obstacle).unwrap();
    for number in 0..5 {
        proxy.feed(&format!("{}{UNLOCKED}", in_range(number))).await;
        assert_eq!((consumer.value().await, consumer.value().await), ("LOCKED".into(), "FREERUN".into()));
    }
    assert!(proxy.metric(failures).await >= 5.0);
    assert_eq!(warned(&proxy), 1);

    fs::remove_dir(&obstacle).unwrap();
    proxy.feed(&in_range(1)).await;
    assert_eq!(memory_file(proxy.setup())["last_clock_state"], "LOCKED");
    fs::create_dir(&obstacle).unwrap();
    proxy.feed(UNLOCKED).await;
    assert_eq!(warned(&proxy), 2);
}

#[tokio::test]
async fn however_fast_states_change_the_latest_are_on_disk_when_everything_is_quiet() {
    let proxy = Proxy::start().await;
    let lines: String = (0..2_000).flat_map(|_| [in_range(1), UNLOCKED.to_owned()]).collect();
    proxy.feed(&format!("{lines}{}", in_range(1))).await;
    assert_eq!(memory_file(proxy.setup())["last_clock_state"], "LOCKED");
    let proxy = proxy.kill_and_restart().await;
    assert_eq!(proxy.current_state(&lock_state()).await["data"]["values"][0]["value"], "LOCKED");
}

#[tokio::test]
async fn killed_in_the_middle_of_a_burst_the_latest_state_is_the_last_that_consumers_hear() {
    for killed_at in 1..=10 {
        let proxy = Setup::new().with_entropy().start().await;
        let mut consumer = Consumer::start().await;
        proxy.subscribed(&lock_state(), &mut consumer).await;
        let burst: String = (0..20).flat_map(|_| [in_range(1), UNLOCKED.to_owned()]).collect();
        let mut connection = proxy.connect().await;
        connection.write(burst.as_bytes()).await;
        for _ in 0..killed_at {
            consumer.next().await;
        }
        let proxy = proxy.kill_and_restart().await;
        proxy.feed(&in_range(1)).await;
        let state = &proxy.current_state(&lock_state()).await;
        assert_eq!(state["data"]["values"][0]["value"], "LOCKED", "killed at event {killed_at}");
        let (_, value, id) = consumer.changes().pop().unwrap();
        assert_eq!((json!(value), json!(id)), (json!("LOCKED"), state["id"].clone()));
    }
}

#[tokio::test]
async fn what_a_consumer_hears_is_on_disk_already() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    let mut connection = proxy.connect().await;
    for _ in 0..50 {
        for (line, state) in [(in_range(1), "LOCKED"), (UNLOCKED.to_owned(), "FREERUN")] {
            connection.write(line.as_bytes()).await;
            assert_eq!(consumer.value().await, state);
            // The state of the only clock is that of the node.
            assert_eq!(memory_file(proxy.setup())["last_clock_state"], state);
        }
    }
}

#[tokio::test]
async fn what_could_not_be_kept_is_kept_at_the_end() {
    let proxy = Proxy::start().await;
    proxy.feed(&in_range(1)).await;
    let obstacle = proxy.setup().path("store").join("metrics.json.tmp");
    fs::create_dir(&obstacle).unwrap();
    proxy.feed(UNLOCKED).await;
    assert_eq!(memory_file(proxy.setup())["last_clock_state"], "LOCKED");
    fs::remove_dir(&obstacle).unwrap();
    proxy.signal("TERM").await;
    let (code, setup) = proxy.end().await;
    assert_eq!(code, Some(0));
    assert_eq!(memory_file(&setup)["last_clock_state"], "FREERUN");
}

#[tokio::test]
async fn a_disk_that_hangs_holds_up_no_consumer_for_long() {
    let proxy = Proxy::start().await;
    let mut consumer = Consumer::start().await;
    proxy.subscribed(&lock_state(), &mut consumer).await;
    proxy.feed("").await;
    // Opening a pipe that nobody reads takes for ever.
    let pipe = proxy.setup().path("store").join("metrics.json.tmp");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut connection = proxy.connect().await;
    for (line, state) in [(in_range(1), "LOCKED"), (UNLOCKED.to_owned(), "FREERUN")] {
        connection.write(line.as_bytes()).await;
        assert_eq!(consumer.value().await, state);
    }
}
