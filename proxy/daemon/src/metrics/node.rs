//! The clocks of the node, with the names, labels and help texts of redhat-cne/cloud-event-proxy
//! `plugins/ptp_operator/metrics/registry.go` and `logparser.go`.

use super::family::{Family, signed, whole};
use proxy_core::{
    InterfaceStatusKind, Measurement, PortRole, ProcessReading, Reading, Snapshot, SyncState,
    SynceQualityReading,
};

const CLOCK_STATE_HELP: &str = "0 = FREERUN, 1 = LOCKED, 2 = HOLDOVER";
const NMEA_STATUS_HELP: &str = "0 = UNAVAILABLE, 1 = AVAILABLE";
const GNSS_STATUS_HELP: &str = "0=NOFIX, 1=Dead Reckoning Only, 2=2D-FIX, 3=3D-FIX, 4=GPS+dead reckoning fix, \
    5=Time only fix";
const DPLL_STATUS_HELP: &str = "-1=UNKNOWN, 0=INVALID, 1=FREERUN, 2=LOCKED, 3=LOCKED_HO_ACQ, 4=HOLDOVER";
const PPS_STATUS_HELP: &str = "0=UNAVAILABLE, 1=AVAILABLE";
const INTERFACE_ROLE_HELP: &str =
    "0 = PASSIVE, 1 = SLAVE, 2 = MASTER, 3 = FAULTY, 4 = UNKNOWN, 5 = LISTENING";
const CLOCK_CLASS_HELP: &str = "6 = Locked, 7 = PRC unlocked in-spec, 52/187 = PRC unlocked out-of-spec, \
    135 = T-BC holdover in-spec, 165 = T-BC holdover out-of-spec, 248 = Default, 255 = Slave Only Clock";
const PROCESS_STATUS_HELP: &str = "0 = DOWN, 1 = UP";
const HA_PROFILE_STATUS_HELP: &str = "0 = INACTIVE 1 = ACTIVE";
const SYNCE_CLOCK_QUALITY_HELP: &str = "network_option1: ePRTC = 32 PRTC = 34 PRC = 257  SSU-A = 259 SSU-B = 263 \
    EEC1 = 266 QL-DNU = 270 network_option2: ePRTC = 34 PRTC = 33 PRS = 256 STU = 255 ST2 = 262 TNC = 259 ST3E =268 \
    EEC2 = 265 PROV = 269 QL-DUS = 270";
const SYNCE_SSM_QL_HELP: &str = "network_option1: ePRTC: {0, 0x2, 0x21}, PRTC:  {1, 0x2, 0x20}, \
    PRC:   {2, 0x2, 0xFF}, SSUA:  {3, 0x4, 0xFF}, SSUB:  {4, 0x8, 0xFF}, EEC1:  {5, 0xB, 0xFF}, QL-DNU: {6,0xF,0xFF} \
    \x20  network_option2 ePRTC: {0, 0x1, 0x21}, PRTC:  {1, 0x1, 0x20}, PRS:   {2, 0x1, 0xFF}, STU:   {3, 0x0, 0xFF}, \
    ST2:   {4, 0x7, 0xFF}, TNC:   {5, 0x4, 0xFF}, ST3E:  {6, 0xD, 0xFF}, EEC2:  {7, 0xA, 0xFF}, PROV:  {8, 0xE, 0xFF}, \
    QL-DUS: {9,0xF,0xFF}";

/// Everything about the clocks of a node. A clock without a name for its interface has no series: an empty label would
/// be a series of its own.
pub(super) fn families(node: &str, snapshot: &Snapshot) -> Vec<Family> {
    let mut families = measurements(node, &snapshot.measurements);
    families.extend([clock_states(node, snapshot), thresholds(node, snapshot), roles(node, snapshot)]);
    families.push(clock_classes(node, snapshot));
    families.extend(processes(node, &snapshot.processes));
    families.extend(interface_statuses(node, snapshot));
    families.extend(synce_qualities(node, &snapshot.synce_qualities));
    families.push(ha_profiles(node, snapshot));
    families
}

fn measurements(node: &str, measurements: &[Measurement]) -> Vec<Family> {
    let mut offset = Family::gauge("openshift_ptp_offset_ns", "");
    let mut max_offset = Family::gauge("openshift_ptp_max_offset_ns", "");
    let mut frequency = Family::gauge("openshift_ptp_frequency_adjustment_ns", "");
    let mut delay = Family::gauge("openshift_ptp_delay_ns", "");
    for one in measurements.iter().filter(|one| !one.iface.is_empty()) {
        let labels = [("from", one.from), ("iface", &one.iface), ("node", node), ("process", one.process)];
        offset.sample(&labels, signed(one.offset_ns));
        if let Some(servo) = one.servo {
            max_offset.sample(&labels, whole(servo.max_offset_ns));
            frequency.sample(&labels, signed(servo.frequency_adjustment.ppb()));
            delay.sample(&labels, signed(servo.delay_ns));
        }
    }
    vec![offset, max_offset, frequency, delay]
}

fn clock_states(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_clock_state", CLOCK_STATE_HELP);
    for one in snapshot.clock_states.iter().filter(|one| !one.iface.is_empty()) {
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
    for one in snapshot.interface_roles.iter().filter(|one| !one.iface.is_empty()) {
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

fn interface_statuses(node: &str, snapshot: &Snapshot) -> [Family; 5] {
    let mut nmea = Family::gauge("openshift_ptp_nmea_status", NMEA_STATUS_HELP);
    let mut gnss = Family::gauge("openshift_ptp_gnss_status", GNSS_STATUS_HELP);
    let mut frequency = Family::gauge("openshift_ptp_frequency_status", DPLL_STATUS_HELP);
    let mut phase = Family::gauge("openshift_ptp_phase_status", DPLL_STATUS_HELP);
    let mut pps = Family::gauge("openshift_ptp_pps_status", PPS_STATUS_HELP);
    for one in snapshot.interface_statuses.iter().filter(|one| !one.iface.is_empty()) {
        let (family, process) = match one.kind {
            InterfaceStatusKind::Nmea => {
                let labels = [("iface", one.iface.as_str()), ("node", node), ("process", "ts2phc")];
                nmea.sample(&labels, signed(one.value));
                continue;
            }
            InterfaceStatusKind::GnssFix => (&mut gnss, "gnss"),
            InterfaceStatusKind::DpllFrequency => (&mut frequency, "dpll"),
            InterfaceStatusKind::DpllPhase => (&mut phase, "dpll"),
            InterfaceStatusKind::Pps => (&mut pps, "dpll"),
        };
        let labels = [("from", process), ("iface", &one.iface), ("node", node), ("process", process)];
        family.sample(&labels, signed(one.value));
    }
    [nmea, gnss, frequency, phase, pps]
}

/// The label `profile` holds the name of the configuration, as in existing proxies.
fn synce_qualities(node: &str, qualities: &[SynceQualityReading]) -> [Family; 2] {
    let mut quality = Family::gauge("openshift_ptp_synce_clock_quality", SYNCE_CLOCK_QUALITY_HELP);
    let mut ssm = Family::gauge("openshift_ptp_synce_ssm_ql", SYNCE_SSM_QL_HELP);
    for one in qualities.iter().filter(|one| !one.port.interface.is_empty()) {
        let extended_ql = one.extended_ql.unwrap_or(Reading::QUALITY_LEVEL_NONE);
        let (config, network_option) = (one.config.to_string(), one.network_option.to_string());
        let labels = [
            ("device", one.port.device.as_str()),
            ("iface", &one.port.interface),
            ("network_option", &network_option),
            ("node", node),
            ("process", "synce4l"),
            ("profile", &config),
        ];
        quality.sample(&labels, f64::from(one.ql) + f64::from(extended_ql));
        for (ql_type, value) in [("SSM", one.ql), ("Extended SSM", extended_ql)] {
            let labels = [&labels[..], &[("ql_type", ql_type)]].concat();
            ssm.sample(&labels, f64::from(value));
        }
    }
    [quality, ssm]
}

fn ha_profiles(node: &str, snapshot: &Snapshot) -> Family {
    let mut family = Family::gauge("openshift_ptp_ha_profile_status", HA_PROFILE_STATUS_HELP);
    for one in &snapshot.ha_profiles {
        let labels = [("node", node), ("process", "phc2sys"), ("profile", &one.profile)];
        family.sample(&labels, if one.is_active { 1.0 } else { 0.0 });
    }
    family
}
