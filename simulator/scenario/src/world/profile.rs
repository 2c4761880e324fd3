//! Profiles: which processes run, and with what.

use super::{Described, Thresholds, check_interface, phc2sys, ptp4l, thresholds};
use crate::blank;
use crate::limits::{PORTS_MAX, PROFILES_MAX};
use crate::section::Section;
use sim_core::{
    ChronydSetup, ClockRole, Phc2sysSetup, ProfileSetup, Ptp4lSetup, Setup, Synce4lSetup, SyncePortSetup,
    Ts2phcSetup,
};

/// The roles by their names.
pub(crate) const ROLES: [(&str, ClockRole); 4] = [
    ("ordinary-clock", ClockRole::OrdinaryClock),
    ("boundary-clock", ClockRole::BoundaryClock),
    ("t-gm", ClockRole::TelecomGrandmaster),
    ("t-bc", ClockRole::TelecomBoundaryClock),
];

/// Reads `[[profile]]`, and `[phc2sys]` and `[thresholds]` of the file.
pub(super) fn read(root: &Section<'_>, world: &mut Described) {
    only_phc2sys(root, &mut world.setup);
    let mut common = Thresholds::default();
    thresholds::read(root, &mut common);
    world.thresholds = vec![common; world.setup.profiles.len()];
    let sections: Vec<(Section<'_>, usize)> = root
        .sections("profile", PROFILES_MAX)
        .into_iter()
        .map(|section| {
            let index = place(&section, &mut world.setup);
            (section, index)
        })
        .collect();
    world.thresholds.resize(world.setup.profiles.len(), common);
    // A phc2sys may follow profiles that the file names later.
    for (section, index) in sections {
        thresholds::read(&section, &mut world.thresholds[index]);
        profile(section, &mut world.setup, index);
    }
    check_indexes(root, &world.setup);
}

/// Reads `[ptp4l]`: that of the only profile that has one. Grandmasters send at the intervals that it expects, unless
/// they say otherwise.
pub(super) fn only_ptp4l(root: &Section<'_>, setup: &mut Setup) {
    let mut all = setup.profiles.iter_mut().filter_map(|profile| profile.ptp4l.as_mut());
    let only = match (all.next(), all.next()) {
        (Some(only), None) => Some(only),
        (Some(_) | None, Some(_) | None) => None,
    };
    let Some(section) = root.section("ptp4l") else { return };
    let Some(into) = only else {
        section.note(
            section.line(),
            "the node has not exactly one ptp4l: write [[profile]] and [profile.ptp4l]",
        );
        return;
    };
    ptp4l::options(&section, into);
    section.finish();
    for grandmaster in &mut setup.grandmasters {
        grandmaster.log_announce_interval = into.log_announce_interval;
        grandmaster.log_sync_interval = into.log_sync_interval;
    }
}

fn only_phc2sys(root: &Section<'_>, setup: &mut Setup) {
    let Some(section) = root.section("phc2sys") else { return };
    let mut all = (0..setup.profiles.len()).filter(|place| setup.profiles[*place].phc2sys.is_some());
    if let (Some(place), None) = (all.next(), all.next()) {
        let mut phc2sys = setup.profiles[place].phc2sys.clone().unwrap_or_default();
        phc2sys::read(section, setup, &mut phc2sys);
        setup.profiles[place].phc2sys = Some(phc2sys);
    } else {
        section.note(
            section.line(),
            "the node has not exactly one phc2sys: write [[profile]] and [profile.phc2sys]",
        );
    }
}

/// The profile with that name, or another one.
fn place(section: &Section<'_>, setup: &mut Setup) -> usize {
    let mut name = String::new();
    section.require("name");
    super::name(section, "name", &mut name);
    setup.profiles.iter().position(|profile| profile.name == name).unwrap_or_else(|| {
        let next = setup.profiles.iter().map(|profile| profile.config_index + 1).max().unwrap_or_default();
        setup.profiles.push(blank::profile(&name, next, ClockRole::OrdinaryClock));
        setup.profiles.len() - 1
    })
}

fn profile(section: Section<'_>, setup: &mut Setup, index: usize) {
    let mut profile = setup.profiles[index].clone();
    section.whole("config_index", 0..=99, &mut profile.config_index);
    section.choice("role", &ROLES, &mut profile.role);
    processes(&section, setup, &mut profile);
    setup.profiles[index] = profile;
    section.finish();
}

fn processes(section: &Section<'_>, setup: &Setup, profile: &mut ProfileSetup) {
    if let Some(section) = section.section("ptp4l") {
        let none = || Ptp4lSetup { ports: Vec::new(), ..Ptp4lSetup::default() };
        ptp4l::read(section, setup, profile.ptp4l.get_or_insert_with(none));
    }
    if let Some(section) = section.section("phc2sys") {
        phc2sys::read(section, setup, profile.phc2sys.get_or_insert_with(Phc2sysSetup::default));
    }
    if let Some(section) = section.section("ts2phc") {
        ts2phc(section, setup, profile.ts2phc.get_or_insert_with(Ts2phcSetup::default));
    }
    if let Some(section) = section.section("synce4l") {
        synce4l(section, setup, profile.synce4l.get_or_insert_with(blank::synce4l));
    }
    if let Some(section) = section.section("chronyd") {
        chronyd(section, profile.chronyd.get_or_insert_with(blank::chronyd));
    }
}

fn ts2phc(section: Section<'_>, setup: &Setup, into: &mut Ts2phcSetup) {
    section.texts("interfaces", &mut into.interfaces);
    for interface in &into.interfaces {
        check_interface(&section, "interfaces", setup, interface);
    }
    section.whole("holdover_s", 0..=30 * 86_400, &mut into.holdover_s);
    section.whole("servo_offset_threshold_ns", 0..=1_000_000_000, &mut into.servo_offset_threshold_ns);
    section.whole("servo_num_offset_values", 0..=1_000_000, &mut into.servo_num_offset_values);
    section.whole("first_step_threshold_ns", 0..=1_000_000_000_000, &mut into.first_step_threshold_ns);
    section.whole("logging_level", 0..=7, &mut into.logging_level);
    section.finish();
}

fn synce4l(section: Section<'_>, setup: &Setup, into: &mut Synce4lSetup) {
    super::name(&section, "device", &mut into.device);
    section.whole("network_option", 1..=2, &mut into.network_option);
    section.truth("extended_tlv", &mut into.extended_tlv);
    let mut interfaces = Vec::new();
    section.texts("interfaces", &mut interfaces);
    if interfaces.len() > PORTS_MAX {
        section.note_at("interfaces", format!("more than {PORTS_MAX} interfaces"));
    }
    for interface in &interfaces {
        check_interface(&section, "interfaces", setup, interface);
    }
    if section.has("interfaces") {
        into.ports = interfaces.into_iter().map(|interface| SyncePortSetup { interface }).collect();
    }
    if let Some(section) = section.section("external") {
        let external = into.external.get_or_insert_default();
        super::name(&section, "name", &mut external.name);
        section.whole("ssm", 0..=15, &mut external.ssm);
        section.whole("extended", 0..=255, &mut external.extended);
        section.finish();
    }
    section.finish();
}

fn chronyd(section: Section<'_>, into: &mut ChronydSetup) {
    section.whole("pid", 1..=4_194_304, &mut into.pid);
    section.whole("log_poll_interval", 0..=17, &mut into.log_poll_interval);
    if let Some(section) = section.section("failover") {
        let failover = into.failover.get_or_insert_default();
        section.duration_ns("ts2phc_tolerance", &mut failover.ts2phc_tolerance_ns);
        section.duration_ns("startup_delay", &mut failover.startup_delay_ns);
        section.finish();
    }
    section.finish();
}

/// The files of two profiles would be the same.
fn check_indexes(root: &Section<'_>, setup: &Setup) {
    for (place, profile) in setup.profiles.iter().enumerate() {
        let twin = setup.profiles[..place].iter().find(|other| other.config_index == profile.config_index);
        if let Some(twin) = twin {
            let what = format!(
                "profiles {:?} and {:?} have the same \"config_index\", {}",
                twin.name, profile.name, profile.config_index
            );
            root.note_at("profile", what);
        }
    }
}
