//! The clocks of the node, with the names of redhat-cne/cloud-event-proxy `plugins/ptp_operator/metrics/registry.go`.

use super::family::{Family, signed, whole};
use proxy_core::{Measurement, PortRole, ProcessReading, Snapshot, SyncState};

const CLOCK_STATE_HELP: &str = "0 = FREERUN, 1 = LOCKED, 2 = HOLDOVER";
const INTERFACE_ROLE_HELP: &str =
    "0 = PASSIVE, 1 = SLAVE, 2 = MASTER, 3 = FAULTY, 4 = UNKNOWN, 5 = LISTENING";
const CLOCK_CLASS_HELP: &str = "6 = Locked, 7 = PRC unlocked in-spec, 52/187 = PRC unlocked out-of-spec, \
    135 = T-BC holdover in-spec, 165 = T-BC holdover out-of-spec, 248 = Default, 255 = Slave Only Clock";
const PROCESS_STATUS_HELP: &str = "0 = DOWN, 1 = UP";

/// Everything about the clocks of a node.
pub(super) fn families(node: &str, snapshot: &Snapshot) -> Vec<Family> {
    let mut families = measurements(node, &snapshot.measurements);
    families.extend([clock_states(node, snapshot), thresholds(node, snapshot), roles(node, snapshot)]);
    families.push(clock_classes(node, snapshot));
    families.extend(processes(node, &snapshot.processes));
    families
}

fn measurements(node: &str, measurements: &[Measurement]) -> Vec<Family> {
    let mut offset = Family::gauge("openshift_ptp_offset_ns", "");
    let mut max_offset = Family::gauge("openshift_ptp_max_offset_ns", "");
    let mut frequency = Family::gauge("openshift_ptp_frequency_adjustment_ns", "");
    let mut delay = Family::gauge("openshift_ptp_delay_ns", "");
    for one in measurements {
        let labels = [("from", one.from), ("iface", &one.iface), ("node", node), ("process", one.process)];
        offset.sample(&labels, signed(one.offset_ns));
        max_offset.sample(&labels, whole(one.max_offset_ns));
        frequency.sample(&labels, signed(one.frequency_adjustment.ppb()));
        delay.sample(&labels, signed(one.delay_ns));
    }
    vec![offset, max_offset, frequency, delay]
}

fn clock_states(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_clock_state", CLOCK_STATE_HELP);
    for one in &snapshot.clock_states {
        let value = match one.state {
            SyncState::Freerun => 0.0,
            SyncState::Locked => 1.0,
            SyncState::Holdover => 2.0,
        };
        family.sample(&[("iface", &one.iface), ("node", node), ("process", one.process)], value);
    }
    family
}

fn thresholds(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_threshold", "");
    for profile in &snapshot.profiles {
        let thresholds = profile.thresholds;
        for (threshold, value) in [
            ("MinOffsetThreshold", signed(thresholds.min_offset_ns)),
            ("MaxOffsetThreshold", signed(thresholds.max_offset_ns)),
            ("HoldOverTimeout", f64::from(thresholds.holdover_timeout_s)),
        ] {
            family.sample(&[("node", node), ("profile", &profile.name), ("threshold", threshold)], value);
        }
    }
    family
}

fn roles(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_interface_role", INTERFACE_ROLE_HELP);
    for one in &snapshot.interface_roles {
        let value = match one.role {
            PortRole::Passive => 0.0,
            PortRole::Slave => 1.0,
            PortRole::Master => 2.0,
            PortRole::Faulty => 3.0,
            PortRole::Unknown => 4.0,
            PortRole::Listening => 5.0,
        };
        family.sample(&[("iface", &one.iface), ("node", node), ("process", "ptp4l")], value);
    }
    family
}

fn clock_classes(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_clock_class", CLOCK_CLASS_HELP);
    for one in &snapshot.clock_classes {
        let config = one.config.to_string();
        family
            .sample(&[("config", &config), ("node", node), ("process", &one.process)], f64::from(one.class));
    }
    family
}

fn processes(node: &str, processes: &[ProcessReading]) -> [Family; 2] {
    let mut status = Family::gauge("openshift_ptp_process_status", PROCESS_STATUS_HELP);
    let mut starts = Family::counter("openshift_ptp_process_restart_count", "");
    for one in processes {
        let config = one.config.to_string();
        let labels = [("config", config.as_str()), ("node", node), ("process", one.process.as_str())];
        status.sample(&labels, signed(one.status));
        // As in existing proxies, a counter appears with the first thing that it counts.
        if one.starts > 0 {
            starts.sample(&labels, whole(one.starts));
        }
    }
    [status, starts]
}
