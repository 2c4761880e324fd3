//! A telecom grandmaster: GNSS, DPLL, ts2phc and the daemon's status of the whole.

use crate::world::{World, address, instance};
use proxy_core::{InterfaceStatusKind, PortRole, Reading, Resource};

/// Two cards that serve PTP; the GNSS receiver is on the first.
fn grandmaster() -> World {
    World::with(vec![instance(0, "gm", &[("ens1f0", PortRole::Master), ("ens2f0", PortRole::Master)])])
}

fn ts2phc(world: &mut World, interface: &str, offset_ns: i64, rest: &str) {
    world.line(&format!("ts2phc[82674.465]: [ts2phc.0.config] {interface} offset {offset_ns:>10} {rest}"));
}

fn gnss(world: &mut World, fix: i64, offset_ns: i64, state: &str) {
    world.line(&format!(
        "gnss[1689014431]:[ts2phc.0.config] ens1f0 gnss_status {fix} offset {offset_ns} {state}"
    ));
}

fn dpll(world: &mut World, interface: &str, offset_ns: i64, state: &str) {
    world.line(&format!(
        "dpll[1700598434]:[ts2phc.0.config] {interface} frequency_status 3 offset {offset_ns} phase_status 3 pps_status 1 {state}"
    ));
}

fn status(world: &mut World, interface: &str, state: &str) {
    world.line(&format!("GM[1689282762]:[ts2phc.0.config] {interface} T-GM-STATUS {state}"));
}

#[test]
fn it_locks_step_by_step() {
    let mut world = grandmaster();
    gnss(&mut world, 3, 12, "s2");
    dpll(&mut world, "ens1f0", -8, "s2");
    assert_eq!(world.events(), ["E5 ens1fx SYNCHRONIZED 12 fix 3"]);
    ts2phc(&mut world, "ens1f0", 0, "s2 freq      -0");
    ts2phc(&mut world, "ens2f0", 1, "s3 freq      -0");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 0", "E4 LOCKED", "E1 ens2fx LOCKED 1"]);
    status(&mut world, "ens1f0", "s2");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED -8"]);
    world.line("ptp4l[1646672953]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 6");
    world.os(3);
    assert_eq!(world.events(), ["E2 ens1fx 6", "E3 LOCKED 3"]);
}

#[test]
fn with_the_first_status_it_is_the_only_clock() {
    let mut world = grandmaster();
    ts2phc(&mut world, "ens1f0", 0, "s2 freq      -0");
    ts2phc(&mut world, "ens2f0", 5000, "s2 freq      -0");
    assert_eq!(world.events().last().unwrap(), "E4 FREERUN");
    status(&mut world, "ens1f0", "s2");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 0", "E4 LOCKED"]);
    assert_eq!(world.pulled(Resource::LockState), ["E1 ens1fx LOCKED 0"]);
    ts2phc(&mut world, "ens1f0", 1, "s0 freq      -0");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.clock_state("ts2phc", "ens1fx"), Some("FREERUN".into()));
    assert_eq!(world.clock_state("GM", "ens1fx"), Some("LOCKED".into()));
}

#[test]
fn its_status_counts_from_the_first_line_and_without_any_other() {
    let mut world = grandmaster();
    status(&mut world, "ens1f0", "s2");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED unmeasured", "E4 LOCKED"]);
}

#[test]
fn its_offset_is_that_of_the_dpll_else_that_of_ts2phc_and_never_the_accuracy_of_gnss() {
    let mut world = grandmaster();
    gnss(&mut world, 5, 4, "s2");
    status(&mut world, "ens1f0", "s2");
    let offset = |world: &World| {
        let snapshot = world.core.snapshot();
        snapshot.measurements.iter().find(|one| one.process == "GM").unwrap().offset_ns
    };
    assert_eq!(offset(&world), Reading::OFFSET_NOT_MEASURED_NS);
    ts2phc(&mut world, "ens1f0", 7, "s2 freq      -0");
    status(&mut world, "ens1f0", "s2");
    assert_eq!(offset(&world), 7);
    dpll(&mut world, "ens2f0", 90, "s2");
    dpll(&mut world, "ens1f0", -3, "s2");
    status(&mut world, "ens1f0", "s2");
    assert_eq!(offset(&world), -3);
    world.events();
    status(&mut world, "ens1f0", "s0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN -3", "E4 FREERUN"]);
}

#[test]
fn the_system_clock_is_never_better_than_the_grandmaster() {
    let mut world = grandmaster();
    dpll(&mut world, "ens1f0", 5, "s2");
    status(&mut world, "ens1f0", "s2");
    world.os(3);
    world.events();
    status(&mut world, "ens1f0", "s1");
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 5", "E4 HOLDOVER", "E3 HOLDOVER 3"]);
    world.os(4);
    assert_eq!(world.events(), [""; 0]);
    status(&mut world, "ens1f0", "s0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 5", "E4 FREERUN", "E3 FREERUN 4"]);
    status(&mut world, "ens1f0", "s2");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 5"]);
    world.os(5);
    assert_eq!(world.events(), ["E3 LOCKED 5", "E4 LOCKED"]);
}

#[test]
fn a_receiver_publishes_when_what_is_derived_changes() {
    let mut world = grandmaster();
    for (fix, state, expected) in [
        (0, "s0", Some("E5 ens1fx FAILURE-NOFIX 9 fix 0")),
        (0, "s0", None),
        (2, "s0", Some("E5 ens1fx ACQUIRING-SYNC 9 fix 2")),
        (3, "s0", None),
        (3, "s2", Some("E5 ens1fx SYNCHRONIZED 9 fix 3")),
        (5, "s2", None),
        (5, "s0", Some("E5 ens1fx ACQUIRING-SYNC 9 fix 5")),
        (0, "s0", Some("E5 ens1fx FAILURE-NOFIX 9 fix 0")),
    ] {
        gnss(&mut world, fix, 9, state);
        assert_eq!(world.events(), Vec::from_iter(expected), "{fix} {state}");
    }
    let fixes: Vec<i64> = world.statuses(InterfaceStatusKind::GnssFix, "ens1fx");
    assert_eq!(fixes, [0]);
}

#[test]
fn a_lost_receiver_alone_does_not_change_the_clock() {
    let mut world = grandmaster();
    gnss(&mut world, 5, 0, "s2");
    status(&mut world, "ens1f0", "s2");
    world.events();
    gnss(&mut world, 0, 99_999_999, "s0");
    assert_eq!(world.events(), ["E5 ens1fx FAILURE-NOFIX 99999999 fix 0"]);
}

#[test]
fn a_dpll_feeds_metrics_only_and_may_leave_out_what_its_hardware_lacks() {
    let mut world = grandmaster();
    dpll(&mut world, "ens2f0", 5, "s1");
    world.line("dpll[1700598434]:[ts2phc.0.config] ens1f0 phase_status 4 pps_status 0 s0");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.clock_state("dpll", "ens2fx"), Some("HOLDOVER".into()));
    assert_eq!(world.clock_state("dpll", "ens1fx"), Some("FREERUN".into()));
    assert_eq!(world.statuses(InterfaceStatusKind::DpllFrequency, "ens1fx"), [0; 0]);
    assert_eq!(world.statuses(InterfaceStatusKind::DpllPhase, "ens1fx"), [4]);
    assert_eq!(world.statuses(InterfaceStatusKind::Pps, "ens2fx"), [1]);
}

#[test]
fn when_ts2phc_goes_down_the_clocks_that_it_steers_are_free_running() {
    let mut world = grandmaster();
    ts2phc(&mut world, "ens1f0", 0, "s2 freq      -0");
    ts2phc(&mut world, "ens2f0", 1, "s2 freq      -0");
    world.os(3);
    world.events();
    world.line("ts2phc[1780430740]:[ts2phc.0.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN ?", "E1 ens2fx FREERUN ?", "E4 FREERUN", "E3 FREERUN ?"]);
    ts2phc(&mut world, "ens1f0", 0, "s2 freq      -0");
    ts2phc(&mut world, "ens2f0", 1, "s2 freq      -0");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 0", "E1 ens2fx LOCKED 1"]);
}

#[test]
fn holdover_of_ts2phc_lasts_as_long_as_ts2phc_says() {
    let mut world = grandmaster();
    ts2phc(&mut world, "ens1f0", 0, "s3 freq      -0");
    ts2phc(&mut world, "ens1f0", 2, "s3 freq      -0 holdover");
    world.pass_ms(60_000);
    ts2phc(&mut world, "ens1f0", 3, "s3 freq      -0 holdover");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 0", "E4 LOCKED", "E1 ens1fx HOLDOVER 2", "E4 HOLDOVER"]);
    ts2phc(&mut world, "ens1f0", 4, "s3 freq      -0");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 4", "E4 LOCKED"]);
}

#[test]
fn another_leading_card_takes_the_name_along() {
    let mut world = grandmaster();
    status(&mut world, "ens1f0", "s2");
    world.events();
    status(&mut world, "ens2f0", "s2");
    assert_eq!(world.events(), [""; 0], "the state is the same");
    status(&mut world, "ens2f0", "s1");
    assert_eq!(world.events(), ["E1 ens2fx HOLDOVER unmeasured", "E4 HOLDOVER"]);
}

#[test]
fn interfaces_that_the_node_does_not_have_are_bounded() {
    let mut world = grandmaster();
    for number in 0..1000 {
        ts2phc(&mut world, &format!("garbage{number}"), 0, "s2 freq      -0");
    }
    let bound = proxy_core::limits::FOREIGN_INTERFACES_MAX;
    assert_eq!(world.core.snapshot().measurements.len(), bound);
    assert_eq!(world.ignored("table_full"), u64::try_from(1000 - bound).unwrap());
    world.events();
    ts2phc(&mut world, "ens1f0", 1, "s2 freq      -0");
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1"], "one of the node's own has room");
    let current = world.core.current_state(&address(Resource::LockState)).unwrap();
    assert_eq!(current.values.len(), 2 * (bound + 1));
}
