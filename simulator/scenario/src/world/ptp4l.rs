//! ptp4l, by the names of its options.

use super::{PPB_MAX, check_interface};
use crate::limits::PORTS_MAX;
use crate::section::Section;
use sim_core::{DatasetComparison, OptionNames, PortSetup, Ptp4lSetup, ServoGains, Setup};

pub(super) const THRESHOLD_NS_MAX: i64 = 1_000_000_000_000;

/// Reads `[profile.ptp4l]` with its ports.
pub(super) fn read(section: Section<'_>, setup: &Setup, into: &mut Ptp4lSetup) {
    options(&section, into);
    for section in section.sections("port", PORTS_MAX) {
        port(section, setup, into);
    }
    section.finish();
}

/// Reads everything but the ports.
pub(super) fn options(section: &Section<'_>, into: &mut Ptp4lSetup) {
    own_clock(section, into);
    section.whole("log_announce_interval", -7..=4, &mut into.log_announce_interval);
    section.whole("log_sync_interval", -7..=1, &mut into.log_sync_interval);
    section.whole("log_min_delay_request_interval", -7..=5, &mut into.log_min_delay_request_interval);
    section.whole("announce_receipt_timeout", 2..=255, &mut into.announce_receipt_timeout);
    section.whole("fault_reset_interval", -9..=9, &mut into.fault_reset_interval);
    section.whole("summary_interval", -9..=9, &mut into.summary_interval);
    section.whole("sanity_freq_limit_ppb", 0..=1_000_000_000, &mut into.sanity_freq_limit_ppb);
    section.choice("option_names", &OPTION_NAMES, &mut into.option_names);
    section.whole("clock_class_threshold", 0..=255, &mut into.clock_class_threshold);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    gains(section, &mut into.servo);
}

/// What its own clock is, and how clocks are compared.
fn own_clock(section: &Section<'_>, into: &mut Ptp4lSetup) {
    section.identity("clock_identity", &mut into.clock_identity);
    section.truth("client_only", &mut into.client_only);
    section.truth("gm_capable", &mut into.gm_capable);
    section.whole("clock_class", 0..=255, &mut into.clock_class);
    section.whole("clock_accuracy", 0..=255, &mut into.clock_accuracy);
    section.whole("offset_scaled_log_variance", 0..=65_535, &mut into.offset_scaled_log_variance);
    section.whole("priority1", 0..=255, &mut into.priority1);
    section.whole("priority2", 0..=255, &mut into.priority2);
    section.whole("local_priority", 1..=255, &mut into.local_priority);
    section.choice("dataset_comparison", &COMPARISONS, &mut into.dataset_comparison);
    section.truth("boundary_clock_jbod", &mut into.boundary_clock_jbod);
}

/// Values of `dataset_comparison`.
const COMPARISONS: [(&str, DatasetComparison); 2] =
    [("G.8275.x", DatasetComparison::Telecom), ("ieee1588", DatasetComparison::Ieee1588)];

/// Which names the configuration uses.
const OPTION_NAMES: [(&str, OptionNames); 2] =
    [("current", OptionNames::Current), ("deprecated", OptionNames::Deprecated)];

/// The port on that interface, or another one.
fn port(section: Section<'_>, setup: &Setup, ptp4l: &mut Ptp4lSetup) {
    section.require("interface");
    let mut interface = String::new();
    section.text("interface", &mut interface);
    check_interface(&section, "interface", setup, &interface);
    let index = ptp4l.ports.iter().position(|port| port.interface == interface).unwrap_or_else(|| {
        ptp4l.ports.push(PortSetup::on(&interface));
        ptp4l.ports.len() - 1
    });
    let into = &mut ptp4l.ports[index];
    section.truth("server_only", &mut into.server_only);
    section.whole("local_priority", 1..=255, &mut into.local_priority);
    section.finish();
}

/// The constants of a servo.
pub(super) fn gains(section: &Section<'_>, into: &mut ServoGains) {
    section.number("pi_proportional_const", 0.0..=1e3, &mut into.proportional);
    section.number("pi_integral_const", 0.0..=1e3, &mut into.integral);
}
