//! Each published state knows what made it so.

use crate::world::World;
use proxy_core::limits::CAUSE_BYTES_MAX;
use proxy_core::{Cause, Resource};

fn causes(world: &mut World) -> Vec<(Resource, String)> {
    world.take_events().iter().map(|event| (event.resource, event.cause.to_string())).collect()
}

#[test]
fn a_line_is_named_verbatim_by_everything_that_it_changes() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.os(3);
    causes(&mut world);
    let fault = "ptp4l[72444.514]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)";
    world.line(fault);
    let expected = [Resource::LockState, Resource::SyncState, Resource::OsClockSyncState];
    assert_eq!(causes(&mut world), expected.map(|resource| (resource, fault.to_string())));
}

#[test]
fn a_timeout_is_named_too() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.lose_master();
    world.take_events();
    world.pass_ms(5_000);
    for event in world.take_events() {
        assert_eq!(event.cause, Cause::HoldoverTimeout);
    }
}

#[test]
fn of_a_long_line_the_beginning_is_kept() {
    let mut world = World::ordinary_clock();
    let line = format!(
        "ptp4l[1.0]: [ptp4l.0.config] master offset 1 s2 freq -3972 path delay 89 {}",
        "x".repeat(5 * CAUSE_BYTES_MAX)
    );
    world.line(&line);
    let [(_, cause), _] = &causes(&mut world)[..] else { panic!("lock-state and sync-state change") };
    assert_eq!(*cause, line[..CAUSE_BYTES_MAX]);
}
