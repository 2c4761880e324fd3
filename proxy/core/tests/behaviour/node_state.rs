//! What the node as a whole says: the worst of its clocks, and clock classes.

use crate::world::{World, config, instance};
use proxy_core::PortRole;
use ptp_lines::ConfigProgram;

#[test]
fn the_node_is_as_good_as_its_worst_clock() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os(3);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED", "E1 ens2fx LOCKED 2", "E3 LOCKED 3"]);
    world.line("ptp4l[1.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED");
    assert_eq!(world.events(), ["E1 ens2fx HOLDOVER 2", "E4 HOLDOVER"]);
    world.ptp_of(0, 1, "s0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN", "E3 FREERUN 3"]);
}

#[test]
fn a_dropped_clock_no_longer_counts() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s0");
    world.events();
    world.reconfigure(|configuration| {
        configuration.instances.pop();
    });
    assert_eq!(world.events(), ["E4 LOCKED"]);
}

#[test]
fn first_clock_class_is_published_whatever_it_is() {
    for class in [0, 6, 165, 255] {
        let mut world = World::ordinary_clock();
        world.line(&format!("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE {class}"));
        assert_eq!(world.events(), [format!("E2 ens1fx {class}")]);
    }
}

#[test]
fn only_a_different_clock_class_is_published() {
    let mut world = World::ordinary_clock();
    for class in ["6", "6.000000", "248", "248", "6"] {
        world.line(&format!("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE {class}"));
    }
    assert_eq!(world.events(), ["E2 ens1fx 6", "E2 ens1fx 248", "E2 ens1fx 6"]);
}

#[test]
fn a_clock_class_tagged_with_ts2phc_belongs_to_the_ptp4l_beside_it() {
    let mut world = World::ordinary_clock();
    world.line("ptp4l[1726600506]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 6");
    assert_eq!(world.events(), ["E2 ens1fx 6"]);
    let class = &world.core.snapshot().clock_classes[0];
    assert_eq!(
        (class.process.as_str(), class.config, class.class),
        ("ptp4l", config(ConfigProgram::Ptp4l, 0), 6)
    );
}

#[test]
fn a_clock_class_is_named_by_the_followed_port() {
    let ports = [("ens1f0", PortRole::Master), ("ens2f0", PortRole::Slave)];
    let mut world = World::with(vec![instance(0, "bc", &ports)]);
    world.ptp(1);
    world.events();
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    assert_eq!(world.events(), ["E2 ens2fx 6"]);
}

#[test]
fn an_interface_without_alias_goes_by_its_own_name() {
    let mut world = World::unnamed(vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])]);
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens1f0 LOCKED 1", "E4 LOCKED"]);
}
