//! A proxy as its own process on real sockets and files, and the peers around it.
//!
//! Readiness is the ready file; quiet is the answer to `CMD SYNC`. Nothing sleeps for a guessed time.

mod consumer;
mod kubernetes;
mod proxy;

pub(crate) use consumer::{Consumer, Manner};
pub(crate) use kubernetes::Kubernetes;
pub(crate) use proxy::{Lines, NODE, Proxy, Setup};

/// Asks again and again until something holds, which it does at once or soon.
pub(crate) async fn until(holds: impl AsyncFn() -> bool) {
    let asking = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(proxy::PATIENCE, asking).await.unwrap();
}

/// The address of a resource of the node under test.
pub(crate) fn address(resource: &str) -> String {
    format!("/cluster/node/{NODE}{resource}")
}

/// `/sync/ptp-status/lock-state` of the node under test.
pub(crate) fn lock_state() -> String {
    address("/sync/ptp-status/lock-state")
}

/// A sample of ptp4l, within the thresholds of the node under test.
pub(crate) fn in_range(offset_ns: i32) -> String {
    format!(
        "ptp4l[1.000]: [ptp4l.0.config] master offset {offset_ns:10} s2 freq   -3972 path delay        89\n"
    )
}

/// A sample of ptp4l with a servo that is not locked.
pub(crate) const UNLOCKED: &str =
    "ptp4l[1.000]: [ptp4l.0.config] master offset        500 s0 freq   -3972 path delay        89\n";

/// A sample of ptp4l with an unreadable offset.
pub(crate) const MALFORMED: &str =
    "ptp4l[1.000]: [ptp4l.0.config] master offset          x s2 freq   -3972 path delay        89\n";

/// A fault of the only port of the node under test.
pub(crate) const FAULT: &str =
    "ptp4l[2.000]: [ptp4l.0.config] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)\n";

/// The end of that fault.
pub(crate) const RECOVERY: &str =
    "ptp4l[3.000]: [ptp4l.0.config] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED\n";

/// A sample of phc2sys, within the thresholds of the node under test.
pub(crate) const SYSTEM_CLOCK: &str =
    "phc2sys[1.000]: [ptp4l.0.config] CLOCK_REALTIME phc offset         5 s2 freq  -78368 delay   1100\n";
