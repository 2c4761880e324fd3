//! The options of processes: as the author of a profile writes them, and as they are in the files of the daemon.

use sim_core::{
    ChronydSetup, ClockRole, DatasetComparison, OptionNames, PortSetup, ProfileSetup, Ptp4lSetup, Setup,
    Synce4lSetup, Ts2phcSetup,
};

const NS_PER_S: u64 = 1_000_000_000;

/// linuxptp writes thresholds in seconds.
fn seconds(ns: u64) -> String {
    format!("{}.{:09}", ns / NS_PER_S, ns % NS_PER_S)
}

fn lines(options: impl IntoIterator<Item = (&'static str, String)>) -> String {
    options.into_iter().map(|(name, value)| format!("{name} {value}\n")).collect()
}

/// The names of the two options that linuxptp 4.0 has renamed: for the clock and for a port.
fn role_names(names: OptionNames) -> (&'static str, &'static str) {
    match names {
        OptionNames::Current => ("clientOnly", "serverOnly"),
        OptionNames::Deprecated => ("slaveOnly", "masterOnly"),
    }
}

/// The `[global]` options of ptp4l.
pub(super) fn ptp4l(ptp4l: &Ptp4lSetup) -> String {
    let comparison = match ptp4l.dataset_comparison {
        DatasetComparison::Telecom => "G.8275.x",
        DatasetComparison::Ieee1588 => "ieee1588",
    };
    let mut text = lines([
        (role_names(ptp4l.option_names).0, u8::from(ptp4l.client_only).to_string()),
        ("twoStepFlag", "1".to_owned()),
        ("domainNumber", "24".to_owned()),
        ("dataset_comparison", comparison.to_owned()),
        ("logAnnounceInterval", ptp4l.log_announce_interval.to_string()),
        ("logSyncInterval", ptp4l.log_sync_interval.to_string()),
        ("logMinDelayReqInterval", ptp4l.log_min_delay_request_interval.to_string()),
        ("announceReceiptTimeout", ptp4l.announce_receipt_timeout.to_string()),
        ("fault_reset_interval", ptp4l.fault_reset_interval.to_string()),
        ("clock_class_threshold", ptp4l.clock_class_threshold.to_string()),
        ("pi_proportional_const", ptp4l.servo.proportional.to_string()),
        ("pi_integral_const", ptp4l.servo.integral.to_string()),
        ("first_step_threshold", seconds(ptp4l.first_step_threshold_ns)),
        ("step_threshold", seconds(ptp4l.step_threshold_ns)),
        ("sanity_freq_limit", ptp4l.sanity_freq_limit_ppb.to_string()),
    ]);
    if !ptp4l.client_only {
        text.push_str(&lines([
            ("gmCapable", u8::from(ptp4l.gm_capable).to_string()),
            ("clockClass", ptp4l.clock_class.to_string()),
            ("clockAccuracy", format!("{:#04x}", ptp4l.clock_accuracy)),
            ("offsetScaledLogVariance", format!("{:#06x}", ptp4l.offset_scaled_log_variance)),
            ("priority1", ptp4l.priority1.to_string()),
            ("priority2", ptp4l.priority2.to_string()),
            ("G.8275.defaultDS.localPriority", ptp4l.local_priority.to_string()),
            ("boundary_clock_jbod", u8::from(ptp4l.boundary_clock_jbod).to_string()),
        ]));
    }
    text
}

/// The options of ptp4l on its command line.
pub(super) fn ptp4l_arguments(ptp4l: &Ptp4lSetup) -> String {
    let client = if ptp4l.client_only { " -s" } else { "" };
    format!("-2{client} --summary_interval {}", ptp4l.summary_interval)
}

/// The sections of the ports of ptp4l. One port alone needs no options.
pub(super) fn ports(ptp4l: &Ptp4lSetup) -> String {
    let name = role_names(ptp4l.option_names).1;
    let sections = ptp4l.ports.iter().map(|port| {
        let has_role = ptp4l.ports.len() > 1 || port.server_only;
        let role = has_role.then(|| format!("{name} {}\n", u8::from(port.server_only)));
        format!("[{}]\n{}{}", port.interface, role.unwrap_or_default(), local_priority(port))
    });
    sections.collect()
}

fn local_priority(port: &PortSetup) -> String {
    if port.local_priority == PortSetup::on("").local_priority {
        String::new()
    } else {
        format!("G.8275.portDS.localPriority {}\n", port.local_priority)
    }
}

/// The `[global]` options of ts2phc.
pub(super) fn ts2phc(ts2phc: &Ts2phcSetup) -> String {
    lines([
        ("use_syslog", "0".to_owned()),
        ("verbose", "1".to_owned()),
        ("logging_level", ts2phc.logging_level.to_string()),
        ("first_step_threshold", seconds(ts2phc.first_step_threshold_ns)),
        ("ts2phc.pulsewidth", "100000000".to_owned()),
    ])
}

/// The sections of ts2phc: where the time of day comes from, and the clocks that follow.
pub(super) fn ts2phc_sections(profile: &ProfileSetup, ts2phc: &Ts2phcSetup) -> String {
    let source = match profile.role {
        ClockRole::TelecomGrandmaster => "[nmea]\nts2phc.master 1\n",
        ClockRole::OrdinaryClock | ClockRole::BoundaryClock | ClockRole::TelecomBoundaryClock => "",
    };
    let sinks = ts2phc
        .interfaces
        .iter()
        .map(|interface| format!("[{interface}]\nts2phc.extts_polarity rising\nts2phc.extts_correction 0\n"));
    format!("{source}{}", sinks.collect::<String>())
}

/// The options of ts2phc on its command line. That of a telecom boundary clock follows the pulses of the DPLL, not a
/// GNSS receiver.
pub(super) fn ts2phc_arguments(role: ClockRole) -> &'static str {
    match role {
        ClockRole::TelecomGrandmaster => "-m",
        ClockRole::OrdinaryClock | ClockRole::BoundaryClock | ClockRole::TelecomBoundaryClock => {
            "-s generic -a --ts2phc.rh_external_pps 1"
        }
    }
}

/// The device, the interfaces and the external source of synce4l; that has its name in braces.
pub(super) fn synce4l_sections(synce4l: &Synce4lSetup) -> String {
    let device = format!(
        "[<{}>]\n{}",
        synce4l.device,
        lines([
            ("network_option", synce4l.network_option.to_string()),
            ("extended_tlv", u8::from(synce4l.extended_tlv).to_string()),
        ])
    );
    let ports = synce4l.ports.iter().map(|port| format!("[{}]\n", port.interface));
    let external = synce4l.external.iter().map(|source| {
        let qualities =
            [("input_QL", format!("{:#x}", source.ssm)), ("input_ext_QL", format!("{:#x}", source.extended))];
        format!("[{{{}}}]\n{}", source.name, lines(qualities))
    });
    format!("{device}{}{}", ports.collect::<String>(), external.collect::<String>())
}

/// The options of chronyd.
pub(super) fn chronyd(setup: &Setup, chronyd: &ChronydSetup) -> String {
    let poll = chronyd.log_poll_interval;
    let server = &setup.ntp.server;
    format!("server {server} iburst minpoll {poll} maxpoll {poll}\ndriftfile /var/lib/chrony/drift\n")
}
