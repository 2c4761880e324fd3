//! Replayed lines beside live ones.

use crate::world::World;
use proxy_core::{Origin, PortRole};

fn to_slave(stamp: &str) -> String {
    format!(
        "ptp4l[{stamp}]: [ptp4l.0.config:5] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED"
    )
}

fn to_faulty(stamp: &str) -> String {
    format!(
        "ptp4l[{stamp}]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)"
    )
}

#[test]
fn an_older_replayed_transition_does_not_override_a_live_one() {
    let mut world = World::ordinary_clock();
    world.line_from(Origin::Live, &to_slave("200.000"));
    world.line_from(
        Origin::Live,
        "ptp4l[201.000]: [ptp4l.0.config] master offset          5 s2 freq   -3972 path delay        89",
    );
    world.events();
    world.line_from(Origin::Unmarked, &to_faulty("150.000"));
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.role("ens1f0"), PortRole::Slave);
    assert_eq!(world.ignored("stale_replay"), 1);
}

#[test]
fn a_replayed_transition_counts_for_a_port_that_no_live_line_has_set() {
    let mut world = World::ordinary_clock();
    world.line_from(
        Origin::Live,
        "ptp4l[201.000]: [ptp4l.0.config] master offset          5 s2 freq   -3972 path delay        89",
    );
    world.line_from(Origin::Unmarked, &to_faulty("150.000"));
    assert_eq!(world.role("ens1f0"), PortRole::Faulty);
}

#[test]
fn a_newer_transition_counts_wherever_it_comes_from() {
    let mut world = World::ordinary_clock();
    world.line_from(Origin::Live, &to_slave("200.000"));
    world.line_from(Origin::Unmarked, &to_faulty("200.001"));
    assert_eq!(world.role("ens1f0"), PortRole::Faulty);
}

#[test]
fn live_lines_count_in_order_whatever_their_stamps() {
    let mut world = World::ordinary_clock();
    world.line_from(Origin::Live, &to_slave("200.000"));
    world.line_from(Origin::Live, &to_faulty("100.000"));
    assert_eq!(world.role("ens1f0"), PortRole::Faulty);
}

#[test]
fn lines_of_a_connection_without_mark_count_in_order_whatever_their_stamps() {
    let mut world = World::ordinary_clock();
    world.line_from(Origin::Unmarked, &to_slave("200.000"));
    world.line_from(Origin::Unmarked, &to_faulty("100.000"));
    assert_eq!(world.role("ens1f0"), PortRole::Faulty);
}
