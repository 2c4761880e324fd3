//! The files of the node are read, and read again.

use crate::world::{World, config, instance};
use proxy_core::{Input, InstanceConfiguration, PortRole, Resource, SyncState};
use ptp_lines::ConfigProgram;
use std::collections::BTreeMap;

#[test]
fn an_unchanged_instance_keeps_its_state_and_its_timer() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.events();
    world.reconfigure(|configuration| {
        configuration.instances.push(instance(1, "oc", &[("ens2f0", PortRole::Slave)]))
    });
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.role("ens1f0"), PortRole::Faulty);
    world.pass_ms(5000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 8", "E4 FREERUN"]);
}

#[test]
fn a_changed_instance_begins_anew() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.events();
    world.reconfigure(|configuration| {
        configuration.instances[0] = instance(0, "oc", &[("ens2f0", PortRole::Slave)]);
    });
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.core.snapshot().clock_states, []);
    assert_eq!(world.role("ens2f0"), PortRole::Slave);
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens2fx LOCKED 1", "E4 LOCKED"]);
}

#[test]
fn new_thresholds_hold_from_the_next_sample_on() {
    let mut world = World::ordinary_clock();
    world.ptp(50);
    world.events();
    world.reconfigure(|configuration| configuration.profiles[0].thresholds.max_offset_ns = 10);
    assert_eq!(world.events(), [""; 0]);
    world.ptp(50);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 50", "E4 FREERUN"]);
}

#[test]
fn without_any_profile_the_defaults_hold() {
    let mut world = World::ordinary_clock();
    world.reconfigure(|configuration| configuration.profiles.clear());
    world.ptp(99);
    world.ptp(100);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 99", "E4 LOCKED", "E1 ens1fx FREERUN 100", "E4 FREERUN"]);
}

#[test]
fn lines_of_unknown_configurations_are_counted_and_leave_no_trace() {
    let mut world = World::ordinary_clock();
    let before = world.core.snapshot();
    for index in 1..1000 {
        world.ptp_of(index, 1, "s2");
    }
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.ignored("unknown_config"), 999);
    let after = world.core.snapshot();
    assert_eq!(
        (after.measurements, after.clock_states, after.processes),
        (before.measurements, before.clock_states, before.processes)
    );
}

#[test]
fn an_instance_without_profile_or_port_is_as_good_as_unknown() {
    for (profile, ports) in [("", &[("ens1f0", PortRole::Slave)][..]), ("oc", &[])] {
        let mut world = World::with(vec![instance(0, profile, ports)]);
        world.ptp(1);
        world.os(1);
        assert_eq!(world.events(), [""; 0]);
        assert_eq!(world.ignored("unknown_config"), 2);
    }
}

#[test]
fn a_port_that_is_not_slave_at_the_start_takes_no_samples() {
    let mut world = World::with(vec![instance(0, "gm", &[("ens1f0", PortRole::Master)])]);
    world.ptp(1);
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.ignored("no_slave_port"), 1);
}

#[test]
fn lines_are_counted_by_program() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.ptp(2);
    world.os(1);
    world.line("ptp4l[1.000]: [ptp4l.0.config] selected local clock 507c6f.fffe.1fb16c as best master");
    let lines = world.core.snapshot().lines;
    assert_eq!(lines[..2], [("ptp4l", 3), ("phc2sys", 1)]);
    assert_eq!(world.ignored("no_meaning"), 1);
}

#[test]
fn a_configuration_of_another_program_needs_no_port() {
    let config = config(ConfigProgram::Phc2sys, 2);
    let mut world = World::with(vec![InstanceConfiguration { config, profile: "ha".into(), ports: vec![] }]);
    world.os_of("phc2sys.2.config", 1, "s2");
    assert_eq!(world.core.snapshot().clock_states[0].state, SyncState::Locked);
}

#[test]
fn what_is_pulled_has_the_name_that_an_interface_has_now_and_nobody_is_told() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED"]);
    world.handle(Input::Aliases(BTreeMap::from([("ens1f0".into(), "leftx".into())])));
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.pulled(Resource::LockState), ["E1 leftx LOCKED 1"]);
    world.lose_master();
    assert_eq!(world.events(), ["E1 leftx HOLDOVER 1", "E4 HOLDOVER"]);
}

#[test]
fn a_port_keeps_its_name_while_the_daemon_does_not_know_it() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    world.handle(Input::Aliases(BTreeMap::new()));
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER"]);
}
