//! The clocks of the node, as linuxptp and the daemon report them.

use super::Node;
use cucumber::{given, when};

const CONFIG: &str = "ptp4l.0.config";

fn port_transition(text: &str) -> String {
    format!("ptp4l[100.000]: [{CONFIG}] port 1 (ens1f0): {text}")
}

fn ptp_sample(offset_ns: i64, servo: &str) -> String {
    format!(
        "ptp4l[100.000]: [{CONFIG}] master offset {offset_ns:10} {servo} freq   +1931 path delay       469"
    )
}

fn os_sample(offset_ns: i64, servo: &str) -> String {
    format!(
        "phc2sys[100.000]: [{CONFIG}] CLOCK_REALTIME phc offset {offset_ns:9} {servo} freq  -12024 delay    522"
    )
}

#[given("its PTP clock is locked")]
async fn ptp_locked(node: &mut Node) {
    become_slave(node).await;
    ptp_reports(node, 7, "s2".to_owned()).await;
}

#[given("its clocks are locked")]
async fn both_locked(node: &mut Node) {
    ptp_locked(node).await;
    os_reports(node, 12, "s2".to_owned()).await;
}

#[given("its port follows the grandmaster")]
#[when("the port follows the grandmaster again")]
async fn become_slave(node: &mut Node) {
    let lines = [
        port_transition("LISTENING to UNCALIBRATED on RS_SLAVE"),
        port_transition("UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED"),
    ];
    node.write(&[&lines[0], &lines[1]]).await;
}

#[given("the grandmaster is silent")]
#[when("the grandmaster falls silent")]
async fn grandmaster_silent(node: &mut Node) {
    node.write(&[&port_transition("SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES")]).await;
}

#[given("the link of the port has gone down")]
#[when("the link of the port goes down")]
async fn link_down(node: &mut Node) {
    node.write(&[&port_transition("SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)")]).await;
}

#[given(regex = r"^ptp4l reports an offset of (-?\d+) ns in (s\d)$")]
#[when(regex = r"^ptp4l reports an offset of (-?\d+) ns in (s\d)$")]
async fn ptp_reports(node: &mut Node, offset_ns: i64, servo: String) {
    node.write(&[&ptp_sample(offset_ns, &servo)]).await;
}

/// The same sample over and over.
#[when(regex = r"^ptp4l reports an offset of (-?\d+) ns in (s\d), (\d+) times$")]
async fn ptp_repeats(node: &mut Node, offset_ns: i64, servo: String, times: usize) {
    let sample = ptp_sample(offset_ns, &servo);
    node.write(&vec![sample.as_str(); times]).await;
}

#[given(regex = r"^phc2sys reports an offset of (-?\d+) ns in (s\d)$")]
#[when(regex = r"^phc2sys reports an offset of (-?\d+) ns in (s\d)$")]
async fn os_reports(node: &mut Node, offset_ns: i64, servo: String) {
    node.write(&[&os_sample(offset_ns, &servo)]).await;
}

#[given(regex = r"^the clock class is (\d+)$")]
#[when(regex = r"^the clock class becomes (\d+)$")]
#[when(regex = r"^the daemon repeats the clock class (\d+)$")]
async fn clock_class(node: &mut Node, class: u8) {
    node.write(&[&format!("ptp4l[1700000000]:[{CONFIG}] CLOCK_CLASS_CHANGE {class}")]).await;
}

#[given(regex = r"^(phc2sys) has (ended)$")]
#[when(regex = r"^(ptp4l|phc2sys) (ends|starts)$")]
async fn process_status(node: &mut Node, program: String, what: String) {
    let status = if what == "starts" { 1 } else { 0 };
    node.write(&[&format!("{program}[1700000000]:[{CONFIG}] PTP_PROCESS_STATUS:{status}")]).await;
}

#[when(regex = r"^the PTP clock leaves its range and comes back (\d+) times$")]
async fn flaps(node: &mut Node, times: usize) {
    for _ in 0..times {
        ptp_reports(node, 500, "s2".to_owned()).await;
        ptp_reports(node, 5, "s2".to_owned()).await;
    }
}

/// Changes the state without waiting for the notifications of it.
#[when("the PTP clock leaves its range and nobody waits")]
async fn out_of_range_unawaited(node: &mut Node) {
    let feed = &mut node.running().feed;
    feed.push(&ptp_sample(500, "s2"));
    feed.flush().await.expect("the proxy listens");
}
