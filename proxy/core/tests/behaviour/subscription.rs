//! Subscriptions: from the request over the initial notification and the store to the end.

use crate::world::{NODE, World, address, describe};
use proxy_core::limits::{REWRITE_PAUSE_NS, SUBSCRIPTIONS_MAX};
use proxy_core::{
    Absence, Answer, GnssState, HandshakeOutcome, Input, Outcome, Reading, Resource, Subject, SubscribeError,
    Subscription, SubscriptionId, SyncState,
};
use std::sync::Arc;

const CONSUMER: &str = "http://consumer.example.com:9043/event";

fn lock_state() -> String {
    address(Resource::LockState)
}

fn refused(error: SubscribeError) -> Option<Answer> {
    Some(Answer::NotSubscribed(error))
}

fn ids(world: &World) -> Vec<String> {
    world.core.subscriptions().map(|subscription| subscription.id.0.clone()).collect()
}

#[test]
fn a_confirmed_and_stored_subscription_is_active() {
    let mut world = World::ordinary_clock();
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!((world.answer_to(request), ids(&world).len()), (None, 0));
    world.answer_handshake(HandshakeOutcome::Confirmed);
    assert_eq!((world.answer_to(request), ids(&world).len()), (None, 0));
    let stored = world.finish_write(true);
    let Some(Answer::Subscribed(subscription)) = world.answer_to(request) else { panic!("not subscribed") };
    assert_eq!(stored, std::slice::from_ref(&subscription));
    assert_eq!(
        (subscription.resource_address.as_str(), &*subscription.endpoint),
        (lock_state().as_str(), CONSUMER)
    );
    assert_eq!(world.core.subscription(&subscription.id.0), Some(&subscription));
    assert_eq!(world.core.subscriptions().collect::<Vec<_>>(), [&subscription]);
}

#[test]
fn the_initial_notification_is_the_current_state() {
    let mut world = World::ordinary_clock();
    world.ptp(5);
    let pushed = world.take_events().remove(0);
    world.subscribe(&lock_state(), CONSUMER);
    let (_, endpoint, event) = &world.handshakes[0];
    assert_eq!((&**endpoint, event), (CONSUMER, &pushed));
}

#[test]
fn without_data_the_initial_notification_is_a_marked_placeholder() {
    let state = Reading::State(SyncState::Freerun);
    for (resource, readings) in [
        (Resource::SyncState, vec![state]),
        (Resource::LockState, vec![state, Reading::OffsetNs(0)]),
        (Resource::GnssSyncStatus, vec![Reading::Gnss(GnssState::Booting), Reading::OffsetNs(0)]),
        (Resource::OsClockSyncState, vec![state, Reading::OffsetNs(0)]),
        (Resource::SynceLockState, vec![state]),
        (Resource::ClockClass, vec![Reading::ClockClass(0)]),
        (Resource::SynceClockQuality, vec![Reading::QualityLevel(255)]),
    ] {
        let mut world = World::ordinary_clock();
        world.subscribe(&address(resource), CONSUMER);
        let event = &world.handshakes[0].2;
        assert_eq!(event.resource, resource);
        let absent = Subject::Absent(Absence::NothingReported);
        assert!(event.values.iter().all(|value| value.subject == absent));
        assert_eq!(event.values.iter().map(|value| value.reading).collect::<Vec<_>>(), readings);
        assert!(world.core.current_state(&address(resource)).is_err(), "a placeholder is no state");
    }
}

#[test]
fn the_placeholder_tells_whether_anything_was_reported() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.subscribe(&address(Resource::ClockClass), CONSUMER);
    assert_eq!(describe(&world.handshakes[0].2), "E2 ResourceNotReported 0");
}

#[test]
fn the_initial_notification_of_a_subtree_is_all_that_a_pull_of_it_says() {
    let mut world = World::ordinary_clock();
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    world.ptp(1);
    world.subscribe("/././sync", CONSUMER);
    let event = &world.handshakes[0].2;
    assert_eq!(describe(event), "E4 LOCKED + E1 ens1fx LOCKED 1 + E2 ens1fx 6");
    assert_eq!(world.core.current_state("/././sync").as_ref(), Ok(event));
}

#[test]
fn the_placeholder_of_a_clock_is_for_a_resource_that_it_can_have() {
    let mut world = World::ordinary_clock();
    world.subscribe("/././ens1f0/sync", CONSUMER);
    world.subscribe("/././CLOCK_REALTIME/sync", CONSUMER);
    let placeholders: Vec<_> = world.handshakes.iter().map(|(_, _, event)| describe(event)).collect();
    assert_eq!(placeholders, ["E1 NothingReported FREERUN 0", "E3 NothingReported FREERUN 0"]);
}

#[test]
fn an_address_that_can_never_fire_is_refused_without_bothering_the_endpoint() {
    let mut world = World::ordinary_clock();
    for text in ["/notfound", "/cluster/node/other/sync/ptp-status/lock-state"] {
        let request = world.subscribe(text, CONSUMER);
        assert_eq!(
            world.answer_to(request),
            refused(SubscribeError::UnknownResource { address: text.into() })
        );
    }
    assert!(world.handshakes.is_empty());
}

#[test]
fn the_same_subscription_is_refused_while_pending_and_while_active() {
    let mut world = World::ordinary_clock();
    world.subscribe(&lock_state(), CONSUMER);
    let while_handshaking = world.subscribe(&lock_state(), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    let while_storing = world.subscribe(&lock_state(), CONSUMER);
    world.finish_write(true);
    let while_active = world.subscribe(&lock_state(), CONSUMER);
    for request in [while_handshaking, while_storing, while_active] {
        assert_eq!(world.answer_to(request), refused(SubscribeError::Duplicate));
    }
    assert!(world.handshakes.is_empty());
    assert_eq!(ids(&world).len(), 1);
}

#[test]
fn another_endpoint_or_another_resource_is_another_subscription() {
    let mut world = World::ordinary_clock();
    world.subscribed(&lock_state(), CONSUMER);
    world.subscribed(&lock_state(), "http://other/");
    world.subscribed(&address(Resource::SyncState), CONSUMER);
    assert_eq!(ids(&world).len(), 3);
}

#[test]
fn an_unconfirmed_subscription_leaves_nothing_behind() {
    let mut world = World::ordinary_clock();
    let request = world.subscribe(&lock_state(), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Refused);
    assert_eq!(world.answer_to(request), refused(SubscribeError::NotConfirmed));
    assert_eq!((ids(&world).len(), world.writes.len(), world.core.deliveries_in_flight()), (0, 0, 0));
    world.ptp(1);
    assert!(world.deliveries.is_empty());
    world.subscribed(&lock_state(), CONSUMER);
}

#[test]
fn what_cannot_be_stored_is_not_subscribed() {
    let mut world = World::ordinary_clock();
    let request = world.subscribe(&lock_state(), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.finish_write(false);
    assert_eq!(world.answer_to(request), refused(SubscribeError::NotStored));
    assert_eq!(ids(&world).len(), 0);
    world.ptp(1);
    assert!(world.deliveries.is_empty());
}

#[test]
fn subscriptions_are_bounded_pending_ones_included() {
    let mut world = World::ordinary_clock();
    for number in 0..SUBSCRIPTIONS_MAX {
        world.subscribe(&lock_state(), &format!("http://consumer-{number}/"));
    }
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(world.answer_to(request), refused(SubscribeError::TooMany { limit: SUBSCRIPTIONS_MAX }));
    world.answer_handshake(HandshakeOutcome::Refused);
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(world.answer_to(request), None);
}

#[test]
fn subscriptions_are_bounded_as_the_settings_say() {
    let mut world = World::limited(3, 2);
    world.subscribed(&lock_state(), CONSUMER);
    world.subscribe(&address(Resource::ClockClass), CONSUMER);
    let of_endpoint = world.subscribe(&address(Resource::SyncState), CONSUMER);
    assert_eq!(world.answer_to(of_endpoint), refused(SubscribeError::TooManyForEndpoint { limit: 2 }));
    assert_eq!(world.core.snapshot().endpoint_limit_refusals, 1);
    world.subscribe(&lock_state(), "http://other/");
    let of_all = world.subscribe(&lock_state(), "http://third/");
    assert_eq!(world.answer_to(of_all), refused(SubscribeError::TooMany { limit: 3 }));
    // One that ends makes room.
    world.answer_handshake(HandshakeOutcome::Refused);
    let again = world.subscribe(&address(Resource::SyncState), CONSUMER);
    assert_eq!(world.answer_to(again), None);
}

#[test]
fn what_an_earlier_run_had_of_one_endpoint_is_adopted_whatever_the_bound() {
    let mut world = World::limited(10, 1);
    world.handle(Input::Restore(vec![
        stored("one", &lock_state()),
        stored("two", &address(Resource::SyncState)),
    ]));
    assert_eq!(ids(&world), ["one", "two"]);
}

#[test]
fn a_state_that_flips_during_the_handshake_arrives_after_it() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(describe(&world.handshakes[0].2), "E1 ens1fx LOCKED 1");
    world.ptp(900);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.ptp(2);
    world.ptp(800);
    assert!(world.deliveries.is_empty(), "nothing is delivered before it is subscribed");
    world.finish_write(true);
    let received: Vec<_> = world.accept_all().into_iter().map(|(_, event)| event).collect();
    assert_eq!(received, ["E1 ens1fx FREERUN 900", "E1 ens1fx LOCKED 2", "E1 ens1fx FREERUN 800"]);
}

#[test]
fn writes_of_one_endpoint_follow_each_other_and_hold_all_that_is_acknowledged() {
    let mut world = World::ordinary_clock();
    let requests = Resource::ALL.map(|resource| world.subscribe(&address(resource), CONSUMER));
    for _ in Resource::ALL {
        world.answer_handshake(HandshakeOutcome::Confirmed);
    }
    assert_eq!(world.writes.len(), 1);
    assert_eq!(world.finish_write(true).len(), 1);
    assert_eq!(world.writes.len(), 1);
    assert_eq!(world.finish_write(true).len(), 7);
    for request in requests {
        assert!(matches!(world.answer_to(request), Some(Answer::Subscribed(_))));
    }
    assert!(world.writes.is_empty());
    assert_eq!(world.core.deliveries_in_flight(), 0);
}

#[test]
fn a_failed_write_does_not_take_the_next_one_along() {
    let mut world = World::ordinary_clock();
    let first = world.subscribe(&lock_state(), CONSUMER);
    let second = world.subscribe(&address(Resource::SyncState), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.finish_write(false);
    assert_eq!(world.answer_to(first), refused(SubscribeError::NotStored));
    let stored = world.finish_write(true);
    assert_eq!(stored.len(), 1);
    assert_eq!(world.answer_to(second), Some(Answer::Subscribed(stored[0].clone())));
}

#[test]
fn unsubscribing_is_answered_when_it_is_durable() {
    let mut world = World::ordinary_clock();
    let id = world.subscribed(&lock_state(), CONSUMER);
    let request = world.request();
    world.handle(Input::Unsubscribe { request, id });
    assert_eq!(world.answer_to(request), None);
    world.ptp(1);
    assert!(world.deliveries.is_empty(), "it receives nothing from the request on");
    assert_eq!(world.finish_write(true), []);
    assert_eq!(world.answer_to(request), Some(Answer::Unsubscribed));
    assert_eq!(ids(&world).len(), 0);
    world.subscribed(&lock_state(), CONSUMER);
}

#[test]
fn what_cannot_be_removed_from_the_store_stays_and_has_missed_nothing() {
    let mut world = World::ordinary_clock();
    let id = world.subscribed(&lock_state(), CONSUMER);
    let request = world.request();
    world.handle(Input::Unsubscribe { request, id: id.clone() });
    world.ptp(1);
    world.finish_write(false);
    assert_eq!(world.answer_to(request), Some(Answer::NotStored));
    assert_eq!(ids(&world), [id.0]);
    assert_eq!(world.accept_all().len(), 1);
}

#[test]
fn an_unknown_or_deleted_id_is_unknown() {
    let mut world = World::ordinary_clock();
    let id = world.subscribed(&lock_state(), CONSUMER);
    let first = world.request();
    world.handle(Input::Unsubscribe { request: first, id: id.clone() });
    for id in [id, SubscriptionId("00000000-0000-4000-8000-000000000000".into())] {
        let request = world.request();
        world.handle(Input::Unsubscribe { request, id: id.clone() });
        assert_eq!(world.answer_to(request), Some(Answer::UnknownSubscription));
        assert_eq!(world.core.subscription(&id.0), None);
    }
}

#[test]
fn unsubscribing_all_waits_for_every_endpoint() {
    let mut world = World::ordinary_clock();
    world.subscribed(&lock_state(), CONSUMER);
    world.subscribed(&address(Resource::SyncState), CONSUMER);
    world.subscribed(&lock_state(), "http://other/");
    let request = world.request();
    world.handle(Input::UnsubscribeAll { request });
    assert_eq!(world.writes.len(), 2);
    world.finish_write(true);
    assert_eq!(world.answer_to(request), None);
    world.finish_write(true);
    assert_eq!((world.answer_to(request), ids(&world).len()), (Some(Answer::Unsubscribed), 0));
}

#[test]
fn unsubscribing_all_keeps_what_cannot_be_removed() {
    for (first, second) in [(true, false), (false, true)] {
        let mut world = World::ordinary_clock();
        let ids_of = ["http://a/", "http://b/"].map(|endpoint| world.subscribed(&lock_state(), endpoint));
        let request = world.request();
        world.handle(Input::UnsubscribeAll { request });
        world.finish_write(first);
        world.finish_write(second);
        let kept = &ids_of[usize::from(first)];
        assert_eq!((world.answer_to(request), ids(&world)), (Some(Answer::NotStored), vec![kept.0.clone()]));
    }
}

#[test]
fn unsubscribing_all_of_none_is_done_at_once() {
    let mut world = World::ordinary_clock();
    let request = world.request();
    world.handle(Input::UnsubscribeAll { request });
    assert_eq!(world.answer_to(request), Some(Answer::Unsubscribed));
    assert!(world.writes.is_empty());
}

fn stored(id: &str, address: &str) -> Subscription {
    Subscription {
        id: SubscriptionId(id.into()),
        resource_address: address.into(),
        endpoint: Arc::from(CONSUMER),
    }
}

#[test]
fn subscriptions_of_an_earlier_run_are_adopted_with_their_ids_and_without_handshake() {
    let mut world = World::ordinary_clock();
    let elsewhere = "/cluster/node/renamed/sync/ptp-status/lock-state";
    let subscriptions =
        vec![stored("one", &lock_state()), stored("two", elsewhere), stored("one", &lock_state())];
    world.handle(Input::Restore(subscriptions));
    assert_eq!(ids(&world), ["one", "two"]);
    assert!(world.handshakes.is_empty() && world.writes.is_empty());
    world.ptp(1);
    assert_eq!(world.accept_all(), [(CONSUMER.to_string(), "E1 ens1fx LOCKED 1".to_string())]);
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(world.answer_to(request), refused(SubscribeError::Duplicate));
}

#[test]
fn an_earlier_run_with_too_many_subscriptions_is_adopted_up_to_the_bound() {
    let mut world = World::ordinary_clock();
    let numbers = 0..SUBSCRIPTIONS_MAX + 2;
    let subscriptions = numbers.map(|number| stored(&number.to_string(), &lock_state())).collect();
    world.handle(Input::Restore(subscriptions));
    let adopted = ids(&world);
    assert_eq!((adopted.len(), world.core.snapshot().subscriptions_not_adopted), (SUBSCRIPTIONS_MAX, 2));
    assert_eq!(adopted.last(), Some(&(SUBSCRIPTIONS_MAX - 1).to_string()));
    assert!(world.writes.is_empty(), "the store is left as it is");
    let request = world.subscribe(&address(Resource::SyncState), "http://other/");
    assert_eq!(world.answer_to(request), refused(SubscribeError::TooMany { limit: SUBSCRIPTIONS_MAX }));
}

#[test]
fn a_new_subscription_is_stored_beside_adopted_ones() {
    let mut world = World::ordinary_clock();
    world.handle(Input::Restore(vec![stored("one", &lock_state())]));
    world.subscribe(&address(Resource::SyncState), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    let written = world.finish_write(true);
    assert_eq!((written.len(), written[0].id.0.as_str()), (2, "one"));
}

#[test]
fn what_is_found_elsewhere_is_adopted_at_any_time_and_stored() {
    let mut world = World::ordinary_clock();
    world.subscribed(&lock_state(), CONSUMER);
    let state = address(Resource::SyncState);
    let elsewhere = Subscription { endpoint: "http://other/".into(), ..stored("two", &state) };
    // The first is a duplicate of what was subscribed meanwhile, the last of one that is found too.
    let found = vec![
        stored("old", &lock_state()),
        stored("one", &state),
        elsewhere,
        stored("one", &state),
        stored("more", &state),
    ];
    world.handle(Input::Adopt(found));
    assert_eq!(ids(&world)[1..], ["one", "two"]);
    assert!(world.handshakes.is_empty());
    let written: Vec<_> = [world.finish_write(true), world.finish_write(true)]
        .map(|list| list.into_iter().map(|one| one.id.0).collect::<Vec<_>>())
        .into();
    assert_eq!((written[0].len(), &*written[0][1], &written[1]), (2, "one", &vec!["two".to_owned()]));
    assert!(world.writes.is_empty());
    world.ptp(1);
    world.accept_all();
    assert_eq!(world.core.deliveries_in_flight(), 0);
}

#[test]
fn what_is_adopted_while_its_endpoint_is_being_written_is_in_the_next_write() {
    let mut world = World::ordinary_clock();
    world.subscribe(&lock_state(), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    world.handle(Input::Adopt(vec![stored("one", &address(Resource::SyncState))]));
    assert_eq!(world.finish_write(true).len(), 1);
    assert_eq!(world.finish_write(false).len(), 2);
    // A write that fails is repeated, and costs nobody anything.
    world.pass_ms(REWRITE_PAUSE_NS / 1_000_000);
    assert_eq!((world.finish_write(true).len(), ids(&world).len()), (2, 2));
}

/// Fails attempts until the endpoint is given up.
fn give_up(world: &mut World) {
    while world.ended.is_empty() {
        if world.deliveries.is_empty() {
            world.pass_ms(30_000);
        }
        world.report(Outcome::Failed);
    }
}

#[test]
fn a_failed_write_is_made_good_when_the_store_works_again() {
    for kept in [false, true] {
        let mut world = World::ordinary_clock();
        if kept {
            let id = world.subscribed(&lock_state(), CONSUMER);
            let request = world.request();
            world.handle(Input::Unsubscribe { request, id });
        } else {
            world.subscribe(&lock_state(), CONSUMER);
            world.answer_handshake(HandshakeOutcome::Confirmed);
        }
        world.finish_write(false);
        world.pass_ms(REWRITE_PAUSE_NS / 1_000_000);
        assert_eq!(world.finish_write(true).len(), usize::from(kept));
        assert_eq!((world.core.next_deadline(), ids(&world).len()), (None, usize::from(kept)));
    }
}

#[test]
fn endpoints_are_bounded_while_the_store_fails() {
    let mut world = World::ordinary_clock();
    for number in 0..SUBSCRIPTIONS_MAX {
        world.subscribe(&lock_state(), &format!("http://consumer-{number}/"));
        world.answer_handshake(HandshakeOutcome::Confirmed);
        world.finish_write(false);
    }
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(world.answer_to(request), refused(SubscribeError::TooMany { limit: SUBSCRIPTIONS_MAX }));
    world.pass_ms(REWRITE_PAUSE_NS / 1_000_000);
    world.finish_write(true);
    let request = world.subscribe(&lock_state(), CONSUMER);
    assert_eq!(world.answer_to(request), None);
}

#[test]
fn a_failed_removal_of_ended_subscriptions_is_tried_again() {
    let mut world = World::ordinary_clock();
    world.subscribed(&lock_state(), CONSUMER);
    world.ptp(1);
    give_up(&mut world);
    assert_eq!(world.finish_write(false), []);
    assert!(world.writes.is_empty());
    world.pass_ms(REWRITE_PAUSE_NS / 1_000_000 - 1);
    assert!(world.writes.is_empty());
    world.pass_ms(1);
    assert_eq!(world.finish_write(true), []);
    assert_eq!((world.core.next_deadline(), world.core.deliveries_in_flight()), (None, 0));
}

#[test]
fn a_new_subscription_removes_ended_ones_along_with_its_own_write() {
    let mut world = World::ordinary_clock();
    world.subscribed(&lock_state(), CONSUMER);
    world.ptp(1);
    give_up(&mut world);
    world.finish_write(false);
    world.subscribe(&address(Resource::SyncState), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    assert_eq!(world.finish_write(true).len(), 1);
    assert_eq!(world.core.next_deadline(), None);
}

#[test]
fn the_node_name_is_the_whole_third_segment() {
    let mut world = World::ordinary_clock();
    let short = NODE.split('.').next().unwrap();
    let text = format!("/cluster/node/{short}/sync/ptp-status/lock-state");
    let request = world.subscribe(&text, CONSUMER);
    assert_eq!(world.answer_to(request), refused(SubscribeError::UnknownResource { address: text }));
}
