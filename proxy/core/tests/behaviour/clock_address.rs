//! Addresses that name some clocks of the node only.

use crate::world::{NODE, World, describe, instance};
use proxy_core::{
    Answer, CurrentStateError, Input, PortRole, Report, Reported, Resource, ResourceAddress, SubscribeError,
    Subscription, SubscriptionId, SyncState,
};
use std::sync::Arc;

const CONSUMER: &str = "http://consumer/";

/// A grandmaster's card, a boundary clock's card, the clock of the operating system, and two ports of a device.
fn busy() -> World {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os(3);
    world.line("ptp4l[1726600506]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 6");
    world.line("gnss[5]:[ts2phc.0.config] ens1f0 gnss_status 3 offset 5 s2");
    for interface in ["ens7f0", "ens7f1"] {
        world.line(&format!(
            "synce4l[5]:[synce4l.0.config] {interface} device synce1 eec_state EEC_LOCKED network_option 2 s2"
        ));
    }
    world.events();
    world
}

fn pulled(world: &World, below_node: &str) -> Result<String, CurrentStateError> {
    let address = format!("/cluster/node/{NODE}/{below_node}");
    world.core.current_state(&address).map(|event| describe(&event))
}

/// What an endpoint has got since the last time.
fn received(world: &mut World) -> Vec<String> {
    world.accept_all().into_iter().map(|(_, event)| event).collect()
}

#[test]
fn a_pull_shows_the_clocks_that_are_named_and_no_others() {
    let world = busy();
    for (below_node, expected) in [
        ("ens1fx/sync/ptp-status/lock-state", "E1 ens1fx LOCKED 1"),
        ("ens2fx/sync/ptp-status/lock-state", "E1 ens2fx LOCKED 2"),
        ("ens2f0/sync/ptp-status/lock-state/", "E1 ens2fx LOCKED 2"),
        ("ens2f1/master/sync/ptp-status/lock-state", "E1 ens2fx LOCKED 2"),
        ("ens2fx/master/sync/ptp-status", "E2 ens2fx 6 + E1 ens2fx LOCKED 2"),
        ("ens1fx/sync", "E5 ens1fx SYNCHRONIZED 5 fix 3 + E1 ens1fx LOCKED 1"),
        ("CLOCK_REALTIME/sync/sync-status/os-clock-sync-state", "E3 LOCKED 3"),
        ("CLOCK_REALTIME/sync", "E3 LOCKED 3"),
        ("synce1/ens7f1/sync/synce-status/lock-state", "E6 synce1/ens7f1 LOCKED"),
        ("synce1/sync/synce-status/lock-state", "E6 synce1/ens7f0 LOCKED synce1/ens7f1 LOCKED"),
    ] {
        assert_eq!(pulled(&world, below_node).as_deref(), Ok(expected), "{below_node}");
    }
}

#[test]
fn what_no_such_clock_can_have_is_unknown() {
    let mut world = busy();
    for below_node in [
        "ens1fx/sync/sync-status/sync-state",
        "ens1fx/sync/sync-status",
        "ens1fx/sync/sync-status/os-clock-sync-state",
        "ens1fx/sync/synce-status/lock-state",
        "CLOCK_REALTIME/sync/ptp-status/clock-class",
        "CLOCK_REALTIME/master/sync/sync-status/os-clock-sync-state",
        "synce1/sync/ptp-status/lock-state",
        "synce1/master/sync/synce-status/lock-state",
        "synce1/ens7f9/sync/synce-status/lock-state",
        "synce/sync/synce-status/lock-state",
        "ens9fx/sync/ptp-status/lock-state",
        "ens1f/sync/ptp-status/lock-state",
        "master/sync/ptp-status/lock-state",
        "ens1fx/extra/sync/ptp-status/lock-state",
        "ens1fx//sync/ptp-status/lock-state",
        "/sync/ptp-status/lock-state",
        "ens1fx/lock-state",
        "ens1fx",
    ] {
        let address = format!("/cluster/node/{NODE}/{below_node}");
        let unknown = CurrentStateError::UnknownResource { address: address.clone() };
        assert_eq!(pulled(&world, below_node), Err(unknown), "{below_node}");
        let request = world.subscribe(&address, CONSUMER);
        let unknown = SubscribeError::UnknownResource { address };
        assert_eq!(world.answer_to(request), Some(Answer::NotSubscribed(unknown)), "{below_node}");
    }
    assert!(world.handshakes.is_empty());
}

#[test]
fn a_configured_clock_that_has_said_nothing_has_no_data() {
    let world = World::two_boundary_clocks();
    let address = format!("/cluster/node/{NODE}/ens2f1/sync/ptp-status/lock-state");
    assert_eq!(world.core.current_state(&address), Err(CurrentStateError::NoData { address }));
}

#[test]
fn a_subscription_to_a_clock_gets_the_events_of_that_clock() {
    let mut world = World::two_boundary_clocks();
    world.subscribed("/././ens2f0/sync", CONSUMER);
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.os(3);
    world.line("ptp4l[1726600506]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 6");
    assert_eq!(received(&mut world), ["E1 ens2fx LOCKED 2", "E2 ens2fx 6"]);
}

#[test]
fn interfaces_may_have_dots_in_their_names() {
    let mut world = World::unnamed(vec![
        instance(0, "vlan", &[("ens1f0.100", PortRole::Slave)]),
        instance(1, "plain", &[("ens1f0", PortRole::Slave)]),
    ]);
    world.subscribed("/./*/ens1f0.100/sync/ptp-status/lock-state", CONSUMER);
    world.ptp_of(1, 2, "s2");
    world.ptp_of(0, 1, "s2");
    assert_eq!(received(&mut world), ["E1 ens1f0.100 LOCKED 1"]);
}

fn rename(world: &mut World, pairs: &[(&str, &str)]) {
    let pairs = pairs.iter().map(|(interface, alias)| ((*interface).into(), (*alias).into()));
    world.handle(Input::Aliases(pairs.collect()));
}

#[test]
fn a_clock_that_is_renamed_keeps_its_subscribers_by_every_name() {
    let mut world = World::ordinary_clock();
    for (below_node, endpoint) in [("ens1fx", "http://alias/"), ("ens1f0", "http://interface/")] {
        world.subscribed(&format!("/././{below_node}/sync/ptp-status/lock-state"), endpoint);
    }
    rename(&mut world, &[("ens1f0", "leftx")]);
    world.subscribed("/././leftx/sync/ptp-status/lock-state", "http://new/");
    world.ptp(1);
    let endpoints: Vec<_> = world.accept_all().into_iter().map(|(endpoint, _)| endpoint).collect();
    assert_eq!(endpoints, ["http://alias/", "http://interface/", "http://new/"]);
    assert_eq!(pulled(&world, "ens1fx/sync/ptp-status/lock-state").as_deref(), Ok("E1 leftx LOCKED 1"));
}

#[test]
fn a_former_name_lasts_from_run_to_run() {
    let mut world = World::ordinary_clock();
    world.subscribed("/././ens1fx/sync/ptp-status/lock-state", CONSUMER);
    rename(&mut world, &[("ens1f0", "leftx")]);
    let subscriptions = world.core.subscriptions().cloned().collect();
    let mut next = World::unnamed(vec![instance(0, "oc", &[("ens1f0", PortRole::Slave)])]);
    next.handle(Input::Restore(subscriptions));
    next.handle(Input::Recall(world.kept));
    next.ptp(1);
    assert_eq!(received(&mut next), ["E1 leftx LOCKED 1"]);
}

#[test]
fn an_adopted_subscription_waits_for_its_clock() {
    let mut world = World::ordinary_clock();
    let stored = |id: &str, below_node: &str| Subscription {
        id: SubscriptionId(id.into()),
        resource_address: format!("/cluster/node/{NODE}/{below_node}"),
        endpoint: Arc::from(CONSUMER),
    };
    world.handle(Input::Restore(vec![
        stored("one", "synce1/ens7f0/sync/synce-status/lock-state"),
        stored("two", "leftx/sync/ptp-status/lock-state"),
    ]));
    world.ptp(1);
    assert_eq!((received(&mut world), world.core.subscriptions().count()), (vec![], 2));
    world.line("synce4l[5]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED network_option 2 s2");
    rename(&mut world, &[("ens1f0", "leftx")]);
    world.ptp(900);
    assert_eq!(received(&mut world), ["E6 synce1/ens7f0 LOCKED", "E1 leftx FREERUN 900"]);
}

#[test]
fn a_clock_that_is_only_reported_has_its_address() {
    let mut world = World::ordinary_clock();
    let said = Reported::PtpState { state: SyncState::Locked, offset_ns: None };
    world.handle(Input::Report(Report { profile: "p", interface: "ens9f0", said, text: b"{}" }));
    assert_eq!(pulled(&world, "ens9f0/sync/ptp-status/lock-state").as_deref(), Ok("E1 ens9f0 LOCKED"));
    let said = Reported::SynceState(SyncState::Holdover);
    world.handle(Input::Report(Report { profile: "p", interface: "ens9f0", said, text: b"{}" }));
    assert_eq!(
        pulled(&world, "ens9f0/sync").as_deref(),
        Ok("E6 ens9f0 HOLDOVER + E1 ens9f0 LOCKED"),
        "a port without a device goes by its interface"
    );
}

#[test]
fn only_resources_that_such_a_clock_may_have_are_covered() {
    let resources = |text: &str| -> Vec<Resource> {
        ResourceAddress::parse(text, NODE).expect("an address").resources().collect()
    };
    let masters = [Resource::LockState, Resource::GnssSyncStatus, Resource::ClockClass];
    assert_eq!(resources("/././any/master/sync"), masters);
    assert_eq!(resources("/././CLOCK_REALTIME/sync"), [Resource::OsClockSyncState]);
    assert_eq!(ResourceAddress::parse("/././any/sync/sync-status", NODE), None);
    // An interface may be called like the root of the resources.
    assert_eq!(resources("/././sync/sync/ptp-status"), [Resource::LockState, Resource::ClockClass]);
}
