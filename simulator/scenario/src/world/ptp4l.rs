//! ptp4l and phc2sys, by the names of their options.

use super::{NS_MAX, PPB_MAX, check_interface};
use crate::limits::PORTS_MAX;
use crate::section::Section;
use sim_core::{Phc2sysSetup, PortSetup, Ptp4lSetup, ServoGains, Setup};

const THRESHOLD_NS_MAX: i64 = 1_000_000_000_000;

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
    section.identity("clock_identity", &mut into.clock_identity);
    section.truth("client_only", &mut into.client_only);
    section.truth("gm_capable", &mut into.gm_capable);
    section.whole("clock_class", 0..=255, &mut into.clock_class);
    section.whole("priority2", 0..=255, &mut into.priority2);
    section.whole("log_announce_interval", -7..=4, &mut into.log_announce_interval);
    section.whole("log_sync_interval", -7..=1, &mut into.log_sync_interval);
    section.whole("log_min_delay_request_interval", -7..=5, &mut into.log_min_delay_request_interval);
    section.whole("announce_receipt_timeout", 2..=255, &mut into.announce_receipt_timeout);
    section.whole("clock_class_threshold", 0..=255, &mut into.clock_class_threshold);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    gains(section, &mut into.servo);
}

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

/// Reads `[phc2sys]` and `[profile.phc2sys]`.
pub(super) fn phc2sys(section: Section<'_>, into: &mut Phc2sysSetup) {
    section.whole("rate_hz", 1..=128, &mut into.rate_hz);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    section.duration_ns("utc_offset_after", &mut into.utc_offset_after_ns);
    section.number("reading_noise_ns", 0.0..=NS_MAX, &mut into.reading_noise_ns);
    section.number("reading_delay_ns", 0.0..=NS_MAX, &mut into.reading_delay_ns);
    section.number("reading_delay_noise_ns", 0.0..=NS_MAX, &mut into.reading_delay_noise_ns);
    gains(&section, &mut into.servo);
    section.finish();
}

fn gains(section: &Section<'_>, into: &mut ServoGains) {
    section.number("pi_proportional_const", 0.0..=1e3, &mut into.proportional);
    section.number("pi_integral_const", 0.0..=1e3, &mut into.integral);
}
