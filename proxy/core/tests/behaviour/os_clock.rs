//! The clock of the operating system: the worse of its own sample and the PTP clock of its configuration.

use crate::world::{World, config, instance};
use proxy_core::{InstanceConfiguration, PortRole};
use ptp_lines::ConfigProgram;

/// Both clocks locked, events taken.
fn locked() -> World {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.os(3);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED", "E3 LOCKED 3"]);
    world
}

#[test]
fn before_any_ptp_sample_it_is_judged_alone() {
    let mut world = World::ordinary_clock();
    world.os(5);
    assert_eq!(world.events(), ["E3 LOCKED 5", "E4 LOCKED"]);
}

#[test]
fn out_of_range_is_freerun_and_back_in_range_is_locked() {
    let mut world = locked();
    world.os(500);
    world.os(3);
    assert_eq!(world.events(), ["E3 FREERUN 500", "E4 FREERUN", "E3 LOCKED 3", "E4 LOCKED"]);
}

#[test]
fn unlocked_servo_is_freerun() {
    for servo in ["s0", "s1"] {
        let mut world = locked();
        world.os_of("ptp4l.0.config", 3, servo);
        assert_eq!(world.events(), ["E3 FREERUN 3", "E4 FREERUN"]);
    }
}

#[test]
fn it_is_judged_by_the_thresholds_of_its_own_configuration() {
    let mut world = World::two_boundary_clocks();
    world.reconfigure(|configuration| {
        let profile = configuration.profiles.iter_mut().find(|profile| profile.name == "bc2").unwrap();
        profile.thresholds.max_offset_ns = 1000;
    });
    world.os_of("ptp4l.0.config", 500, "s2");
    assert_eq!(world.events(), ["E3 FREERUN 500", "E4 FREERUN"]);
    world.os_of("ptp4l.1.config", 500, "s2");
    assert_eq!(world.events(), ["E3 LOCKED 500"]);
}

#[test]
fn holdover_of_ptp_lowers_it_at_once_after_clock_and_node() {
    let mut world = locked();
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER", "E3 HOLDOVER 3"]);
}

#[test]
fn freerun_of_ptp_lowers_it_at_once() {
    let mut world = locked();
    world.ptp_of(0, 1, "s0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN", "E3 FREERUN 3"]);
}

#[test]
fn expiry_of_the_holdover_lowers_it_too() {
    let mut world = locked();
    world.lose_master();
    world.events();
    world.pass_ms(5000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN", "E3 FREERUN 3"]);
}

#[test]
fn only_a_fresh_sample_raises_it() {
    let mut world = locked();
    world.lose_master();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.events();
    world.ptp(2);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 2"]);
    world.os(4);
    assert_eq!(world.events(), ["E3 LOCKED 4", "E4 LOCKED"]);
}

#[test]
fn a_good_sample_does_not_hide_a_bad_ptp_clock() {
    let mut world = locked();
    world.lose_master();
    world.events();
    world.os(4);
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(5000);
    world.events();
    world.os(4);
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn holdover_of_ptp_does_not_hide_a_bad_sample() {
    let mut world = locked();
    world.lose_master();
    world.events();
    world.os(500);
    assert_eq!(world.events(), ["E3 FREERUN 500", "E4 FREERUN"]);
    world.os(5);
    assert_eq!(world.events(), ["E3 HOLDOVER 5", "E4 HOLDOVER"]);
}

#[test]
fn it_is_never_stuck_in_holdover_while_ptp_is_locked() {
    let mut world = locked();
    world.lose_master();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.ptp(2);
    world.events();
    world.os(500);
    assert_eq!(world.events(), ["E3 FREERUN 500", "E4 FREERUN"]);
}

#[test]
fn ptp4l_down_makes_its_offset_unknown() {
    let mut world = locked();
    world.line("ptp4l[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN ?", "E4 FREERUN", "E3 FREERUN ?"]);
}

#[test]
fn phc2sys_down_is_freerun_with_unknown_offset() {
    for tag in ["ptp4l.0.config", "phc2sys.0.config"] {
        let mut world = locked();
        world.line(&format!("phc2sys[1780430740]:[{tag}] PTP_PROCESS_STATUS:0"));
        assert_eq!(world.events(), ["E3 FREERUN ?", "E4 FREERUN"], "{tag}");
    }
}

#[test]
fn other_processes_do_not_lower_it() {
    for program in ["gpsd", "gpspipe", "pmc", "synce4l", "chronyd", "ts2phc"] {
        let mut world = locked();
        world.line(&format!("{program}[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:0"));
        assert_eq!(world.events(), [""; 0], "{program}");
    }
}

#[test]
fn other_clocks_are_not_the_system_clock() {
    let mut world = locked();
    world.line("phc2sys[1.000]: [ptp4l.0.config] ens2f0 phc offset      9999 s0 freq  -78368 delay   1100");
    world.line(
        "phc2sys[1.000]: [ptp4l.0.config] ens2f0 rms    4 max    5 freq -76829 +/-   0 delay  1085 +/-   0",
    );
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.ignored("other_clock"), 2);
}

#[test]
fn phc_and_sys_are_measured_apart() {
    let mut world = locked();
    world.line(
        "phc2sys[1.000]: [ptp4l.0.config] CLOCK_REALTIME sys offset        -7 s2 freq  -78368 delay   1100",
    );
    let snapshot = world.core.snapshot();
    let os: Vec<_> = snapshot.measurements.iter().filter(|m| m.process == "phc2sys").collect();
    assert_eq!(os.iter().map(|m| (m.from, m.offset_ns)).collect::<Vec<_>>(), [("phc", 3), ("sys", -7)]);
}

#[test]
fn phc2sys_of_a_redundant_pair_is_judged_alone() {
    let mut world = World::with(vec![
        instance(0, "bc1", &[("ens1f0", PortRole::Slave)]),
        instance(1, "bc2", &[("ens2f0", PortRole::Slave)]),
        InstanceConfiguration {
            config: config(ConfigProgram::Phc2sys, 2),
            profile: "ha".into(),
            ports: vec![],
        },
    ]);
    world.ptp(1);
    world.os_of("phc2sys.2.config", 5, "s2");
    world.ptp_of(0, 1, "s0");
    world.os_of("phc2sys.2.config", 5, "s2");
    assert_eq!(
        world.events(),
        ["E1 ens1fx LOCKED 1", "E4 LOCKED", "E3 LOCKED 5", "E1 ens1fx FREERUN 1", "E4 FREERUN",]
    );
}

#[test]
fn phc2sys_follows_the_ptp_clock_of_its_own_configuration() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os(3);
    world.events();
    world.line("ptp4l[1.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED");
    assert_eq!(world.events(), ["E1 ens2fx HOLDOVER 2", "E4 HOLDOVER"]);
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E3 HOLDOVER 3"]);
}

#[test]
fn phc2sys_with_samples_under_its_own_name_goes_down_under_it() {
    let config = config(ConfigProgram::Phc2sys, 0);
    let mut world = World::with(vec![
        instance(0, "bc1", &[("ens1f0", PortRole::Slave)]),
        InstanceConfiguration { config, profile: "ha".into(), ports: vec![] },
    ]);
    world.os_of("phc2sys.0.config", 5, "s2");
    world.events();
    world.line("phc2sys[1780430740]:[phc2sys.0.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), ["E3 FREERUN ?", "E4 FREERUN"]);
}
