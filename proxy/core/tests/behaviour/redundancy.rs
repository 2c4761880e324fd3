//! Several subscriptions of one endpoint: an event goes to it once.

use crate::world::{World, address};
use proxy_core::limits::QUEUED_EVENTS_MAX;
use proxy_core::{HandshakeOutcome, Input, Outcome, Resource, SubscriptionId};

const CONSUMER: &str = "http://consumer/";

/// A consumer of everything that also wants each resource by itself.
fn overlapping() -> (World, SubscriptionId) {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    let all = world.subscribed("/././sync", CONSUMER);
    world.subscribed("/././sync/ptp-status", CONSUMER);
    world.subscribed("/././ens1fx/sync", CONSUMER);
    (world, all)
}

fn received(world: &mut World) -> Vec<String> {
    world.accept_all().into_iter().map(|(_, event)| event).collect()
}

fn unsubscribe(world: &mut World, id: SubscriptionId) {
    let request = world.request();
    world.handle(Input::Unsubscribe { request, id });
}

#[test]
fn an_event_goes_to_an_endpoint_once_by_the_subscription_that_covers_most() {
    let (mut world, all) = overlapping();
    world.ptp(1);
    assert!(world.deliveries.iter().all(|delivery| delivery.subscription == all));
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E4 LOCKED"]);
    assert_eq!(world.core.subscriptions().count(), 4, "all of them stay listed");
}

#[test]
fn of_two_that_cover_the_same_the_older_one_gets_the_event() {
    let mut world = World::ordinary_clock();
    let older = world.subscribed(&address(Resource::LockState), CONSUMER);
    world.subscribed("/././sync/ptp-status/lock-state", CONSUMER);
    world.ptp(1);
    assert_eq!(world.deliveries[0].subscription, older);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1"]);
}

#[test]
fn when_the_broader_one_ends_the_narrower_ones_get_events_again() {
    let (mut world, all) = overlapping();
    unsubscribe(&mut world, all);
    // From the request on, before the store is written.
    world.ptp(1);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1"]);
    world.finish_write(true);
    world.ptp(900);
    assert_eq!(received(&mut world), ["E1 ens1fx FREERUN 900"]);
}

#[test]
fn what_the_broader_one_has_not_delivered_when_it_ends_the_narrower_one_delivers() {
    let (mut world, all) = overlapping();
    world.ptp(1);
    world.report(Outcome::Failed);
    world.ptp(900);
    unsubscribe(&mut world, all);
    world.finish_write(true);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900"]);
}

#[test]
fn a_broader_one_that_cannot_be_removed_repeats_nothing() {
    let (mut world, all) = overlapping();
    world.ptp(1);
    world.report(Outcome::Failed);
    unsubscribe(&mut world, all);
    world.ptp(900);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900"]);
    world.finish_write(false);
    world.pass_ms(250);
    // The narrower ones do not cover the state of the node.
    assert_eq!(received(&mut world), ["E4 LOCKED", "E4 FREERUN"]);
}

#[test]
fn a_broader_one_does_not_overtake_what_a_narrower_one_has_still_to_deliver() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world.ptp(1);
    world.report(Outcome::Failed);
    world.subscribed("/././sync", CONSUMER);
    world.ptp(900);
    assert!(world.deliveries.is_empty(), "E1 waits for its predecessor, E4 for E1");
    world.pass_ms(250);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900", "E4 FREERUN"]);
}

#[test]
fn a_pending_one_holds_nothing_back_from_the_others() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world.subscribe("/././sync", CONSUMER);
    world.ptp(1);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1"]);
    world.answer_handshake(HandshakeOutcome::Refused);
    world.ptp(900);
    assert_eq!(received(&mut world), ["E1 ens1fx FREERUN 900"]);
}

/// The initial notification was made before; it must not be the last that the endpoint hears.
#[test]
fn after_a_handshake_the_latest_of_what_the_endpoint_has_had_meanwhile_comes_once_more() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world.subscribe("/././sync/ptp-status", CONSUMER);
    world.ptp(1);
    world.ptp(900);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900"]);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.finish_write(true);
    assert_eq!(received(&mut world), ["E1 ens1fx FREERUN 900"]);
}

#[test]
fn two_that_are_confirmed_one_after_the_other_do_not_tell_the_same_story_twice() {
    let mut world = World::ordinary_clock();
    world.subscribe(&address(Resource::LockState), CONSUMER);
    world.subscribe("/././sync/ptp-status", CONSUMER);
    world.ptp(1);
    world.ptp(900);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.finish_write(true);
    assert_eq!(received(&mut world), ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900"]);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.finish_write(true);
    assert_eq!(received(&mut world), ["E1 ens1fx FREERUN 900"]);
}

#[test]
fn other_endpoints_are_not_concerned() {
    let (mut world, _) = overlapping();
    world.subscribed(&address(Resource::LockState), "http://other/");
    world.ptp(1);
    let mut endpoints: Vec<_> = world.accept_all().into_iter().collect();
    endpoints.retain(|(endpoint, _)| endpoint == "http://other/");
    assert_eq!(endpoints, [("http://other/".to_string(), "E1 ens1fx LOCKED 1".to_string())]);
}

#[test]
fn a_full_queue_of_the_narrower_one_holds_the_broader_one_back_only_in_what_both_cover() {
    let mut world = World::ordinary_clock();
    world.subscribed("/././sync/ptp-status", CONSUMER);
    world.ptp(1);
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    for round in 0..QUEUED_EVENTS_MAX {
        world.ptp(if round % 2 == 0 { 900 } else { 1 });
    }
    world.subscribed("/././sync", CONSUMER);
    world.os(3);
    assert_eq!(world.deliveries.len(), 2, "the clock of the operating system is not concerned");
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 7");
    let received = received(&mut world);
    let classes: Vec<_> = received.iter().filter(|event| event.starts_with("E2")).collect();
    assert_eq!(classes, ["E2 ens1fx 6", "E2 ens1fx 7"]);
    assert_eq!(received.len(), QUEUED_EVENTS_MAX + 2);
    assert_eq!((world.core.deliveries_in_flight(), world.core.snapshot().backlog.events_waiting), (0, 0));
}
