//! The clock of the operating system where more than one process may steer it: NTP fail-over and PTP-HA.

use crate::world::{World, config, instance, profile};
use proxy_core::{InstanceConfiguration, NodeConfiguration, PortRole, Profile, ProfileKind};
use ptp_lines::ConfigProgram;

fn other(program: ConfigProgram, index: u32, profile: &str) -> InstanceConfiguration {
    InstanceConfiguration { config: config(program, index), profile: profile.into(), ports: Vec::new() }
}

fn ntp_failover() -> World {
    World::configured(NodeConfiguration {
        profiles: vec![Profile { has_chronyd: true, ..profile("ntp", ProfileKind::Clock) }],
        instances: vec![
            instance(0, "ntp", &[("ens1f0", PortRole::Slave)]),
            other(ConfigProgram::Chronyd, 0, "ntp"),
        ],
    })
}

fn chronyd(world: &mut World, text: &str) {
    world.line(&format!("chronyd[5678][chronyd.0.config]: 2025-01-01T00:00:00Z {text}"));
}

const SELECTED: &str = "Selected source 192.168.1.1 (ntp.example.com)";
const NO_SOURCE: &str = "Can't synchronise: no selectable sources";

fn down(world: &mut World, process: &str, config: &str) {
    world.line(&format!("{process}[1780430740]:[{config}] PTP_PROCESS_STATUS:0"));
}

/// PTP and phc2sys are locked, then PTP is lost and phc2sys ends, as when the daemon fails over.
fn failed_over() -> World {
    let mut world = ntp_failover();
    world.ptp(1);
    world.os(3);
    world.events();
    down(&mut world, "phc2sys", "ptp4l.0.config");
    assert_eq!(world.events(), [""; 0], "chronyd is expected to take over");
    world
}

#[test]
fn what_chronyd_says_decides_when_it_steers_alone() {
    let mut world = ntp_failover();
    chronyd(&mut world, "chronyd version 4.3 starting");
    assert_eq!(world.events(), [""; 0]);
    chronyd(&mut world, SELECTED);
    chronyd(&mut world, SELECTED);
    assert_eq!(world.events(), ["E3 LOCKED 0", "E4 LOCKED"]);
    chronyd(&mut world, NO_SOURCE);
    assert_eq!(world.events(), ["E3 FREERUN 0", "E4 FREERUN"]);
    assert_eq!(world.clock_state("chronyd", "CLOCK_REALTIME"), Some("FREERUN".into()));
    assert_eq!(world.clock_state("phc2sys", "CLOCK_REALTIME"), None);
}

#[test]
fn chronyd_takes_over_in_time_and_nobody_hears_of_it() {
    let mut world = failed_over();
    world.pass_ms(4_999);
    chronyd(&mut world, SELECTED);
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0]);
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER"], "PTP no longer steers the clock");
    world.pass_ms(5_000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN"]);
}

#[test]
fn when_nothing_takes_over_in_time_the_clock_is_free_running() {
    let mut world = failed_over();
    world.pass_ms(4_999);
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(1);
    assert_eq!(world.events(), ["E3 FREERUN ?", "E4 FREERUN"]);
    chronyd(&mut world, SELECTED);
    assert_eq!(world.events(), ["E3 LOCKED 0", "E4 LOCKED"]);
}

#[test]
fn phc2sys_takes_the_clock_back_when_it_is_locked() {
    let mut world = failed_over();
    chronyd(&mut world, SELECTED);
    world.os_of("ptp4l.0.config", 3, "s0");
    world.os_of("ptp4l.0.config", 3, "s1");
    down(&mut world, "chronyd", "chronyd.0.config");
    assert_eq!(world.events(), [""; 0]);
    world.os(4);
    chronyd(&mut world, NO_SOURCE);
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0], "only one process is listened to");
    world.os(400);
    assert_eq!(world.events(), ["E3 FREERUN 400", "E4 FREERUN"]);
}

#[test]
fn without_chronyd_in_the_profile_the_end_of_phc2sys_is_the_end_of_the_lock() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.os(3);
    world.events();
    for other in ["gpsd", "gpspipe", "pmc", "synce4l"] {
        down(&mut world, other, "ptp4l.0.config");
    }
    assert_eq!(world.events(), [""; 0]);
    down(&mut world, "phc2sys", "ptp4l.0.config");
    assert_eq!(world.events(), ["E3 FREERUN ?", "E4 FREERUN"]);
}

fn ha_group() -> World {
    let group = ProfileKind::HighAvailability { profiles: vec!["bc1".into(), "bc2".into()] };
    World::configured(NodeConfiguration {
        profiles: vec![
            profile("bc1", ProfileKind::Clock),
            profile("bc2", ProfileKind::Clock),
            profile("ha", group),
        ],
        instances: vec![
            instance(0, "bc1", &[("ens1f0", PortRole::Slave), ("ens1f1", PortRole::Master)]),
            instance(1, "bc2", &[("ens2f0", PortRole::Slave), ("ens2f1", PortRole::Master)]),
            other(ConfigProgram::Phc2sys, 2, "ha"),
        ],
    })
}

#[test]
fn one_good_clock_of_a_ha_group_is_enough_for_the_system_clock() {
    let mut world = ha_group();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os_of("phc2sys.2.config", 5, "s2");
    world.events();
    world.lose_master();
    world.os_of("phc2sys.2.config", 5, "s2");
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER"]);
    world.ptp_of(1, 2, "s0");
    assert_eq!(world.events(), ["E1 ens2fx FREERUN 2", "E4 FREERUN", "E3 HOLDOVER 5"]);
    world.pass_ms(5_000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E3 FREERUN 5"]);
}

#[test]
fn a_clock_of_a_ha_group_that_has_said_nothing_may_be_good() {
    let mut world = ha_group();
    world.ptp_of(0, 1, "s2");
    world.os_of("phc2sys.2.config", 5, "s2");
    world.events();
    world.ptp_of(0, 1, "s0");
    world.os_of("phc2sys.2.config", 5, "s2");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN"]);
}

#[test]
fn the_profile_that_a_ha_group_follows_is_a_metric() {
    let mut world = ha_group();
    world.line("phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile bc1 state 1");
    world.line("phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile bc2 state 0");
    let profiles = world.core.snapshot().ha_profiles;
    let shown: Vec<_> = profiles.iter().map(|one| (one.profile.as_str(), one.is_active)).collect();
    assert_eq!(shown, [("bc1", true), ("bc2", false)]);
    for number in 0..1000 {
        world.line(&format!("phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile garbage{number} state 1"));
    }
    assert_eq!(world.core.snapshot().ha_profiles.len(), proxy_core::limits::HA_PROFILES_MAX);
}

#[test]
fn only_clocks_of_ptp4l_count_as_members_of_a_ha_group() {
    let mut world = ha_group();
    world.reconfigure(|node| node.instances.push(other(ConfigProgram::Synce4l, 0, "bc1")));
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os_of("phc2sys.2.config", 5, "s2");
    world.events();
    world.ptp_of(0, 1, "s0");
    world.ptp_of(1, 2, "s0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN", "E1 ens2fx FREERUN 2", "E3 FREERUN 5"]);
}

#[test]
fn a_process_of_a_ha_group_goes_by_the_name_of_its_own_configuration_from_the_start() {
    let group = ProfileKind::HighAvailability { profiles: vec!["bc1".into()] };
    let mut world = World::configured(NodeConfiguration {
        profiles: vec![profile("bc1", ProfileKind::Clock), profile("ha", group)],
        instances: vec![
            instance(0, "bc1", &[("ens1f0", PortRole::Slave)]),
            other(ConfigProgram::Phc2sys, 0, "ha"),
        ],
    });
    world.line("phc2sys[1780430740]:[phc2sys.0.config] PTP_PROCESS_STATUS:1");
    let [process] = &world.core.snapshot().processes[..] else { panic!("one process has reported") };
    assert_eq!(process.config, config(ConfigProgram::Phc2sys, 0));
}

#[test]
fn a_sample_without_its_delay_is_one_of_a_clock_that_coasts() {
    let line = |source: &str, rest: &str| {
        format!(
            "phc2sys[4268818.286]: [ptp4l.0.config] CLOCK_REALTIME {source} offset 5 s2 freq  -78368{rest}"
        )
    };
    let mut world = World::ordinary_clock();
    world.line(&line("phc", ""));
    assert_eq!(world.events(), ["E3 FREERUN 5", "E4 FREERUN"], "it has never been locked");
    world.os(3);
    world.line(&line("phc", ""));
    assert_eq!(world.events(), ["E3 LOCKED 3", "E4 LOCKED", "E3 HOLDOVER 5", "E4 HOLDOVER"]);
    world.line(&line("pps", ""));
    assert_eq!(world.events(), ["E3 LOCKED 5", "E4 LOCKED"], "a 1PPS has no delay");
}

#[test]
fn phc2sys_that_comes_back_unlocked_while_nothing_steers_is_not_covered_up() {
    let mut world = failed_over();
    world.os_of("ptp4l.0.config", 900, "s0");
    assert_eq!(world.events(), ["E3 FREERUN 900", "E4 FREERUN"]);
}
