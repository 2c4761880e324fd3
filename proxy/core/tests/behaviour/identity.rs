//! Identifiers, and the same run twice.

use crate::world::{World, address, instance};
use proxy_core::{EventId, Input, NodeConfiguration, PortRole, Resource};
use std::collections::BTreeSet;

fn run(seed: [u8; 32]) -> (Vec<String>, String) {
    let instances = vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])];
    let mut world = World::seeded(seed, NodeConfiguration { profiles: vec![], instances });
    let subscription = world.subscribed(&address(Resource::LockState), "http://consumer/");
    for round in 0..20 {
        world.ptp(if round % 2 == 0 { 1 } else { 900 });
        world.accept_all();
    }
    (world.take_events().iter().map(|event| format!("{event:?}")).collect(), subscription.0)
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(run([1; 32]), run([1; 32]));
    assert_ne!(run([1; 32]), run([2; 32]));
}

#[test]
fn identifiers_are_version_4_uuids_and_never_repeat() {
    let mut world = World::ordinary_clock();
    let mut ids = BTreeSet::from([world.subscribed(&address(Resource::LockState), "http://consumer/").0]);
    for round in 0..100 {
        world.ptp(if round % 2 == 0 { 1 } else { 900 });
    }
    let events = world.take_events();
    ids.extend(events.iter().map(|event| event.id.to_string()));
    assert_eq!(ids.len(), events.len() + 1);
    for id in ids {
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
        assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{id}");
        assert_eq!(id.as_bytes()[14], b'4', "{id}");
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }
}

#[test]
fn a_run_with_the_seed_of_an_earlier_one_draws_no_id_that_a_subscription_has() {
    let mut earlier = World::ordinary_clock();
    earlier.subscribed(&address(Resource::LockState), "http://consumer/");
    let kept: Vec<_> = earlier.core.subscriptions().cloned().collect();
    let mut world = World::ordinary_clock();
    world.handle(Input::Restore(kept.clone()));
    let id = world.subscribed(&address(Resource::SyncState), "http://consumer/");
    assert_ne!(id, kept[0].id);
    assert_eq!(world.core.subscriptions().count(), 2);
}

#[test]
fn an_identifier_prints_as_a_uuid() {
    let id = EventId(*b"\x01\x23\x45\x67\x89\xab\x4d\xef\x81\x23\x45\x67\x89\xab\xcd\xef");
    assert_eq!(id.to_string(), "01234567-89ab-4def-8123-456789abcdef");
}
