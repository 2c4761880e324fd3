//! What is taken up of a memory that holds no clock. Restarts at every line of whole runs are in `tests/restart`.

use crate::world::World;
use proxy_core::{Input, Memory, Resource, SyncState};

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
