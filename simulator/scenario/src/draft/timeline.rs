//! The actions of a timeline by their names in a file.

use super::{grandmaster, section, span, text};
use sim_core::{Action, DpllChange, GnssChange, Leap, ProcessId, ProcessProgram, Setup, SynceInput};
use std::fmt::{self, Write};

/// Writes `[[timeline]]`.
pub(super) fn write(setup: &Setup, out: &mut String) -> fmt::Result {
    for (at, action) in &setup.timeline {
        section(out, "[[timeline]]")?;
        span(out, "at", at.ns)?;
        text(out, "action", name(action))?;
        arguments(action, setup, out)?;
    }
    Ok(())
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::GrandmasterSilent { .. } => "grandmaster-silent",
        Action::GrandmasterSpeaks { .. } => "grandmaster-speaks",
        Action::GrandmasterClockClass { .. } => "grandmaster-clock-class",
        Action::GrandmasterPriority2 { .. } => "grandmaster-priority2",
        Action::GrandmasterStep { .. } => "grandmaster-step",
        Action::GrandmasterLeap { .. } => "grandmaster-leap",
        Action::PacketDelayBurst { .. } => "packet-delay-burst",
        Action::PacketDelayNormal { .. } => "packet-delay-normal",
        Action::PathAsymmetry { .. } => "path-asymmetry",
        Action::LinkDown { .. } => "link-down",
        Action::LinkUp { .. } => "link-up",
        Action::TransmitStampsLost { .. } => "transmit-stamps-lost",
        Action::HardwareClockStep { .. } => "hardware-clock-step",
        Action::OsClockStep { .. } => "os-clock-step",
        Action::TemperatureStep { .. } => "temperature-step",
        Action::Gnss { change, .. } => gnss(change),
        Action::Dpll { change: DpllChange::Unlock, .. } => "dpll-unlock",
        Action::Dpll { change: DpllChange::Relock, .. } => "dpll-relock",
        Action::SynceInput { input: SynceInput::Quality { .. }, .. } => "synce-quality",
        Action::SynceInput { input: SynceInput::Lost, .. } => "synce-lost",
        Action::NtpLost => "ntp-lost",
        Action::NtpBack => "ntp-back",
        Action::ProcessCrash { .. } => "process-crash",
        Action::ProcessStall { .. } => "process-stall",
        Action::ProcessResume { .. } => "process-resume",
        Action::ProfilesApplied => "profiles-applied",
        Action::DaemonRestart => "daemon-restart",
        Action::ProxyDown => "proxy-down",
        Action::ProxyUp => "proxy-up",
        Action::ProxyBlocked => "proxy-blocked",
        Action::ProxyUnblocked => "proxy-unblocked",
    }
}

fn gnss(change: &GnssChange) -> &'static str {
    match change {
        GnssChange::AntennaOff => "gnss-antenna-off",
        GnssChange::AntennaOn => "gnss-antenna-on",
        GnssChange::Jamming { .. } => "gnss-jamming",
        GnssChange::JammingOver => "gnss-jamming-over",
        GnssChange::NmeaLost => "gnss-nmea-lost",
        GnssChange::NmeaBack => "gnss-nmea-back",
        GnssChange::PpsLost => "gnss-pps-lost",
        GnssChange::PpsBack => "gnss-pps-back",
    }
}

fn arguments(action: &Action, setup: &Setup, out: &mut String) -> fmt::Result {
    match action {
        Action::GrandmasterSilent { grandmaster: of }
        | Action::GrandmasterSpeaks { grandmaster: of }
        | Action::GrandmasterClockClass { grandmaster: of, .. }
        | Action::GrandmasterPriority2 { grandmaster: of, .. }
        | Action::GrandmasterStep { grandmaster: of, .. }
        | Action::GrandmasterLeap { grandmaster: of, .. } => text(out, "grandmaster", &grandmaster(*of))?,
        Action::PacketDelayBurst { interface, .. }
        | Action::PacketDelayNormal { interface }
        | Action::PathAsymmetry { interface, .. }
        | Action::LinkDown { interface }
        | Action::LinkUp { interface }
        | Action::TransmitStampsLost { interface, .. }
        | Action::SynceInput { interface, .. } => text(out, "interface", interface)?,
        Action::HardwareClockStep { card, .. } | Action::Gnss { card, .. } | Action::Dpll { card, .. } => {
            let interface = setup.cards.get(*card).and_then(|card| card.interfaces.first());
            text(out, "interface", interface.map_or("", String::as_str))?;
        }
        Action::ProcessCrash { process }
        | Action::ProcessStall { process }
        | Action::ProcessResume { process } => process_of(*process, setup, out)?,
        Action::OsClockStep { .. }
        | Action::TemperatureStep { .. }
        | Action::NtpLost
        | Action::NtpBack
        | Action::ProfilesApplied
        | Action::DaemonRestart
        | Action::ProxyDown
        | Action::ProxyUp
        | Action::ProxyBlocked
        | Action::ProxyUnblocked => {}
    }
    figures(action, out)
}

/// The arguments that are numbers, and the choice of a leap second.
fn figures(action: &Action, out: &mut String) -> fmt::Result {
    match action {
        Action::GrandmasterClockClass { class, .. } => writeln!(out, "class = {class}"),
        Action::GrandmasterPriority2 { priority2, .. } => writeln!(out, "priority2 = {priority2}"),
        Action::GrandmasterStep { by_ns, .. }
        | Action::HardwareClockStep { by_ns, .. }
        | Action::OsClockStep { by_ns } => writeln!(out, "by_ns = {by_ns}"),
        Action::TemperatureStep { by_k } => writeln!(out, "by_k = {by_k:?}"),
        Action::GrandmasterLeap { leap, .. } => text(out, "leap", leap_name(*leap)),
        Action::PacketDelayBurst { mean_ns, .. } => writeln!(out, "mean_ns = {mean_ns:?}"),
        Action::PathAsymmetry { asymmetry_ns, .. } => writeln!(out, "asymmetry_ns = {asymmetry_ns:?}"),
        Action::TransmitStampsLost { count, .. } => writeln!(out, "count = {count}"),
        Action::Gnss { change: GnssChange::Jamming { accuracy_ns }, .. } => {
            writeln!(out, "accuracy_ns = {accuracy_ns}")
        }
        Action::SynceInput { input: SynceInput::Quality { ssm, extended }, .. } => {
            writeln!(out, "ssm = {ssm}\nextended = {extended}")
        }
        Action::GrandmasterSilent { .. }
        | Action::GrandmasterSpeaks { .. }
        | Action::PacketDelayNormal { .. }
        | Action::LinkDown { .. }
        | Action::LinkUp { .. }
        | Action::Gnss { .. }
        | Action::Dpll { .. }
        | Action::SynceInput { input: SynceInput::Lost, .. }
        | Action::NtpLost
        | Action::NtpBack
        | Action::ProcessCrash { .. }
        | Action::ProcessStall { .. }
        | Action::ProcessResume { .. }
        | Action::ProfilesApplied
        | Action::DaemonRestart
        | Action::ProxyDown
        | Action::ProxyUp
        | Action::ProxyBlocked
        | Action::ProxyUnblocked => Ok(()),
    }
}

fn leap_name(leap: Leap) -> &'static str {
    match leap {
        Leap::None => "none",
        Leap::Insert => "insert",
        Leap::Delete => "delete",
    }
}

fn process_of(process: ProcessId, setup: &Setup, out: &mut String) -> fmt::Result {
    let program = match process.program {
        ProcessProgram::Ptp4l => "ptp4l",
        ProcessProgram::Phc2sys => "phc2sys",
        ProcessProgram::Ts2phc => "ts2phc",
        ProcessProgram::Synce4l => "synce4l",
        ProcessProgram::Chronyd => "chronyd",
        ProcessProgram::Gpsd => "gpsd",
        ProcessProgram::Gpspipe => "gpspipe",
        ProcessProgram::Pmc => "pmc",
    };
    text(out, "process", program)?;
    match setup.profiles.get(process.profile) {
        Some(profile) => text(out, "profile", &profile.name),
        None => Ok(()),
    }
}
