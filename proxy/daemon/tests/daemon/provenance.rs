//! The log: what made a state change, once for each change, and nothing for what changes nothing.

use crate::support::{FAULT, Proxy, RECOVERY, SYSTEM_CLOCK, in_range};

/// The lines of the log that speak of a change.
fn changes(proxy: &Proxy) -> Vec<String> {
    proxy.setup().log().into_iter().filter(|line| line.contains(" changed ")).collect()
}

#[tokio::test]
async fn every_change_is_logged_once_with_the_line_that_made_it() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("CMD TIME 1700000000.000000000\n{}{SYSTEM_CLOCK}", in_range(1))).await;
    let before = changes(&proxy).len();
    proxy.feed(&format!("CMD TIME 1700000001.500000000\n{FAULT}{FAULT}")).await;
    let made = changes(&proxy).split_off(before);
    for (resource, value) in [
        ("/sync/ptp-status/lock-state", "ens1f0/master HOLDOVER"),
        ("/sync/sync-status/os-clock-sync-state", "CLOCK_REALTIME HOLDOVER"),
        ("/sync/sync-status/sync-state", "node HOLDOVER"),
    ] {
        let of_resource: Vec<_> = made.iter().filter(|line| line.contains(resource)).collect();
        assert_eq!(of_resource.len(), 1, "{resource} in {made:#?}");
        for part in [value, FAULT.trim_end(), "INFO", "2023-11-14T22:13:21.5Z"] {
            assert!(of_resource[0].contains(part), "{part} in {}", of_resource[0]);
        }
    }
    assert_eq!(made.len(), 3, "{made:#?}");
}

#[tokio::test]
async fn a_change_that_no_line_made_says_what_did() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("CMD TIME 1700000000.000000000\n{}{FAULT}", in_range(1))).await;
    let before = changes(&proxy).len();
    proxy.feed("CMD TIME 1700000100.000000000\n").await;
    let made = changes(&proxy).split_off(before);
    assert_eq!(made.len(), 2, "{made:#?}");
    for line in made {
        assert!(line.contains("the holdover timeout has passed") && line.contains("FREERUN"), "{line}");
    }
}

#[tokio::test]
async fn ordinary_lines_add_nothing_to_the_log() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("{}{SYSTEM_CLOCK}", in_range(1))).await;
    let before = proxy.setup().log();
    let lines: String =
        (0..5_000).flat_map(|number| [in_range(number % 100), SYSTEM_CLOCK.to_owned()]).collect();
    proxy.feed(&lines).await;
    assert_eq!(proxy.metric("cloud_event_proxy_lines_total").await, 10_004.0);
    assert_eq!(proxy.setup().log(), before);
}

#[tokio::test]
async fn a_long_line_is_shortened_in_the_log() {
    let proxy = Proxy::start().await;
    // White space between the fields does not count.
    let padding = " ".repeat(300);
    let line = in_range(1).replace("master offset", &format!("master offset{padding}"));
    proxy.feed(&line).await;
    let made = changes(&proxy);
    assert_eq!(made.len(), 2, "{made:#?}");
    for change in made {
        assert!(change.ends_with(&format!("cause=\"{}\"", &line[..200])), "{change}");
    }
}

#[tokio::test]
async fn what_made_a_change_stays_in_the_log() {
    let proxy = Proxy::start().await;
    proxy.feed(&format!("{}{FAULT}{RECOVERY}", in_range(1))).await;
    let (_, body) =
        proxy.ask("GET", "/cluster/node/compute-1.example.com/sync/ptp-status/lock-state/CurrentState").await;
    assert!(body.contains("HOLDOVER") && !body.contains("FAULT"), "{body}");
}
