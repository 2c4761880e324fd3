//! Addresses, and the current state that is pulled through them.

use crate::world::{NODE, World, address, describe};
use proxy_core::{CurrentStateError, Extent, Resource, ResourceAddress};

fn resources(text: &str) -> Vec<Resource> {
    ResourceAddress::parse(text, NODE).map(|address| address.resources().collect()).unwrap_or_default()
}

#[test]
fn every_resource_has_its_address() {
    for resource in Resource::ALL {
        assert_eq!(resources(&address(resource)), [resource]);
    }
}

#[test]
fn the_current_node_has_several_names() {
    for node in [NODE, ".", "*", "compute-*", "*.com", "c*1*m", "**"] {
        for root in ["/cluster/node", "/."] {
            let text = format!("{root}/{node}/sync/ptp-status/lock-state");
            assert_eq!(resources(&text), [Resource::LockState], "{text}");
        }
    }
}

#[test]
fn a_parent_stands_for_all_below_it() {
    assert_eq!(resources("/./*/sync"), Resource::ALL);
    assert_eq!(resources("/././sync/ptp-status"), [Resource::LockState, Resource::ClockClass]);
    assert_eq!(resources("/././sync/synce-status/"), [Resource::SynceLockState, Resource::SynceClockQuality]);
}

#[test]
fn one_trailing_slash_and_the_former_name_of_clock_class_are_understood() {
    assert_eq!(resources(&format!("{}/", address(Resource::SyncState))), [Resource::SyncState]);
    assert_eq!(resources("/././sync/ptp-status/ptp-clock-class-change"), [Resource::ClockClass]);
}

#[test]
fn an_address_that_can_never_fire_here_is_none() {
    for text in [
        "",
        "/",
        "/notfound",
        "/sync/ptp-status/lock-state",
        "foo/sync/ptp-status/lock-state",
        "/cluster/node",
        "/cluster/node/",
        "/cluster/node/compute-1.example.com",
        "/cluster/node/compute-1.example.com/notfound",
        "/cluster/node/compute-1.example.com/syn",
        "/cluster/node/compute-1.example.com/sync/ptp-status/lock",
        "/cluster/node/compute-1.example.com/sync/ptp-status/lock-state/extra",
        "/cluster/node/compute-1.example.com//sync",
        "/cluster/node/compute-1.example.com/sync//",
        "/cluster/node/compute-2.example.com/sync/ptp-status/lock-state",
        "/cluster/node/COMPUTE-1.example.com/sync/ptp-status/lock-state",
        "/cluster/node/compute-2*/sync/ptp-status/lock-state",
        "/cluster/node/compute/sync/ptp-status/lock-state",
        "/elsewhere/node/compute-1.example.com/sync/ptp-status/lock-state",
        "/./compute-2.example.com/sync/ptp-status/lock-state",
        "/./*",
        "/././",
    ] {
        assert_eq!(ResourceAddress::parse(text, NODE), None, "{text}");
    }
}

#[test]
fn what_is_pulled_is_what_was_pushed() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.os(3);
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    world.pass_ms(10_000);
    world.ptp(7);
    for event in world.take_events() {
        for text in [address(event.resource), format!("/./.{}", event.resource.path())] {
            assert_eq!(world.core.current_state(&text).unwrap(), event);
        }
    }
}

#[test]
fn several_clocks_are_pulled_together_at_the_time_of_the_newest_change() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(1, 2, "s2");
    world.pass_ms(1000);
    world.ptp_of(0, 1, "s2");
    let pushed = world.take_events();
    let newest = pushed.last().unwrap();
    let state = world.core.current_state(&address(Resource::LockState)).unwrap();
    assert_eq!(describe(&state), "E1 ens1fx LOCKED 1 ens2fx LOCKED 2");
    assert_eq!(state.time, newest.time);
    // It is none of the pushed events, and the same one until something changes.
    assert!(pushed.iter().all(|event| event.id != state.id));
    assert_eq!(world.core.current_state(&address(Resource::LockState)).unwrap(), state);
    world.ptp_of(0, 900, "s2");
    assert_ne!(world.core.current_state(&address(Resource::LockState)).unwrap().id, state.id);
}

#[test]
fn without_data_there_is_no_current_state() {
    let world = World::ordinary_clock();
    for resource in Resource::ALL {
        let error = world.core.current_state(&address(resource)).unwrap_err();
        assert_eq!(error, CurrentStateError::NoData { address: address(resource) });
    }
}

#[test]
fn an_unknown_resource_and_another_node_have_no_current_state() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    for text in ["/resourceDoesNotExist", "/cluster/node/other/sync/ptp-status/lock-state"] {
        let error = world.core.current_state(text).unwrap_err();
        assert_eq!(error, CurrentStateError::UnknownResource { address: text.into() });
    }
}

#[test]
fn a_subtree_is_pulled_as_one_event_at_the_time_of_the_newest_change() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os(3);
    let node = world.take_events().into_iter().find(|event| event.resource == Resource::SyncState).unwrap();
    world.pass_ms(1000);
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    let newest = world.take_events().pop().unwrap();
    let pulled = |text: &str| world.core.current_state(text).unwrap();
    let all = pulled("/././sync");
    assert_eq!(describe(&all), "E4 LOCKED + E1 ens1fx LOCKED 1 ens2fx LOCKED 2 + E3 LOCKED 3 + E2 ens1fx 6");
    assert!(all.time == newest.time && all.id != newest.id);
    let status = pulled("/././sync/sync-status");
    assert_eq!(describe(&status), "E4 LOCKED + E3 LOCKED 3");
    assert!(status.time == node.time && status.id != node.id && status.id != all.id);
    // Without the state of the node the newest change leads.
    assert_eq!(describe(&pulled("/././sync/ptp-status")), "E2 ens1fx 6 + E1 ens1fx LOCKED 1 ens2fx LOCKED 2");
}

/// Whether a value has the full address of its resource does not depend on what is known of the others.
#[test]
fn a_subtree_of_which_one_resource_is_known_is_still_a_subtree() {
    let mut world = World::ordinary_clock();
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    let class = world.take_events().remove(0);
    let pulled = world.core.current_state("/././sync").unwrap();
    assert_eq!(pulled.extent, Extent::Subtree { others: vec![] });
    assert_eq!((pulled.time, &pulled.values), (class.time, &class.values));
    // It looks otherwise, so that it is another event: still a UUID of version 4.
    assert_ne!(pulled.id, class.id);
    assert_eq!((pulled.id.0[6] >> 4, pulled.id.0[8] >> 6), (4, 2));
}

#[test]
fn a_subtree_of_a_single_resource_is_that_resource() {
    let mut world = World::ordinary_clock();
    world.line("gnss[5]:[ts2phc.0.config] ens1f0 gnss_status 3 offset 5 s2");
    let event = world.take_events().remove(0);
    assert_eq!(world.core.current_state("/././sync/gnss-status").unwrap(), event);
}

#[test]
fn a_subtree_of_which_nothing_is_known_has_no_current_state() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    let address = "/././sync/synce-status".to_string();
    assert_eq!(world.core.current_state(&address), Err(CurrentStateError::NoData { address }));
}

#[test]
fn a_dropped_clock_has_no_current_state() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.reconfigure(|configuration| configuration.instances.clear());
    for resource in [Resource::LockState, Resource::SyncState] {
        let error = world.core.current_state(&address(resource)).unwrap_err();
        assert_eq!(error, CurrentStateError::NoData { address: address(resource) });
    }
}
