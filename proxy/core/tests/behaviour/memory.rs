//! What is taken up of a memory that holds no clock. Restarts at every line of whole runs are in `tests/restart`.

use crate::world::{World, instance};
use proxy_core::{Detail, Input, Memory, PortRole, Resource, SyncState};
use std::collections::BTreeMap;

/// A new run that is told what the one before kept.
fn next_run(kept: Memory) -> World {
    let mut world = World::ordinary_clock();
    world.handle(Input::Recall(kept));
    world
}

#[test]
fn the_state_of_the_node_alone_lasts_from_run_to_run_until_a_clock_speaks() {
    let mut world = next_run(Memory { sync_state: Some(SyncState::Locked), ..Memory::default() });
    for _ in 0..3 {
        assert_eq!(world.pulled(Resource::SyncState), ["E4 LOCKED"]);
        assert_eq!(world.events(), [""; 0]);
        world = next_run(world.kept);
    }
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1"], "the node is as it was");
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER"]);
}

#[test]
fn the_state_of_a_node_whose_clocks_are_gone_is_gone_with_them() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    let mut after = World::with(vec![]);
    after.handle(Input::Recall(world.kept.clone()));
    assert_eq!(after.pulled(Resource::SyncState), [""; 0]);
    assert_eq!(after.pulled(Resource::LockState), [""; 0]);
    assert_eq!(after.events(), [""; 0]);
}

#[test]
fn a_clock_whose_configuration_is_another_now_is_not_taken_up() {
    let mut world = World::ordinary_clock();
    world.line("GM[1689282762]:[ts2phc.0.config] ens1f0 T-GM-STATUS s2");
    for (profile, port) in [("gm", "ens1f0"), ("oc", "ens5f0")] {
        let mut after = World::with(vec![instance(0, profile, &[(port, PortRole::Slave)])]);
        after.handle(Input::Recall(world.kept.clone()));
        assert_eq!(after.pulled(Resource::LockState), [""; 0]);
        after.ptp(500);
        assert!(after.events()[0].ends_with("FREERUN 500"), "it is judged by its own samples");
    }
}

#[test]
fn names_of_interfaces_last_from_run_to_run() {
    let mut world = World::ordinary_clock();
    world.handle(Input::Aliases(BTreeMap::from([("ens1f0".into(), "leftx".into())])));
    world.ptp(1);
    let mut unnamed = World::unnamed(vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])]);
    unnamed.handle(Input::Recall(world.kept));
    unnamed.lose_master();
    assert_eq!(unnamed.events(), ["E1 leftx HOLDOVER 1", "E4 HOLDOVER"]);
}

#[test]
fn a_holdover_ends_in_time_whatever_has_happened_to_civil_time() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.lose_master();
    let mut kept = world.kept;
    for state in &mut kept.states {
        if let Detail::Port { holdover_ends: Some(ends), .. } = &mut state.detail {
            ends.unix_ns += 3_600_000_000_000;
        }
    }
    let mut after = next_run(kept);
    after.pass_ms(4_999);
    assert_eq!(after.events(), [""; 0]);
    after.pass_ms(1);
    assert_eq!(after.events(), ["E1 ens1fx FREERUN 1", "E4 FREERUN"]);
}
