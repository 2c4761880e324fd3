//! Deliveries: in order, one at a time for each subscriber, retried, bounded, given up.

use crate::world::{World, address, describe};
use proxy_core::limits::QUEUED_EVENTS_MAX;
use proxy_core::{Backlog, Delivery, HandshakeOutcome, Input, Outcome, Resource};
use std::collections::BTreeMap;

const CONSUMER: &str = "http://consumer/";

/// A change of lock-state and of sync-state with this offset.
fn flip(world: &mut World, offset_ns: i64) {
    world.ptp(offset_ns);
}

fn subscribed() -> World {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world
}

#[test]
fn events_arrive_in_order_one_at_a_time() {
    let mut world = subscribed();
    for offset_ns in [1, 900, 2, 901] {
        flip(&mut world, offset_ns);
        assert_eq!(world.deliveries.len(), 1);
    }
    let received: Vec<_> = world.accept_all().into_iter().map(|(_, event)| event).collect();
    assert_eq!(
        received,
        ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900", "E1 ens1fx LOCKED 2", "E1 ens1fx FREERUN 901"]
    );
    assert_eq!(world.core.snapshot().deliveries.accepted, 4);
}

#[test]
fn only_subscribed_resources_are_delivered() {
    let mut world = subscribed();
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    world.os(3);
    assert!(world.deliveries.is_empty());
}

#[test]
fn a_subtree_receives_everything_below_it() {
    let mut world = World::ordinary_clock();
    world.subscribed("/./*/sync", CONSUMER);
    world.ptp(1);
    world.os(3);
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    let received: Vec<_> = world.accept_all().into_iter().map(|(_, event)| event).collect();
    assert_eq!(received, ["E1 ens1fx LOCKED 1", "E4 LOCKED", "E3 LOCKED 3", "E2 ens1fx 6"]);
}

#[test]
fn all_subscribers_receive_the_same_event() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), "http://a/");
    world.subscribed("/././sync/ptp-status/lock-state/", "http://b/");
    world.ptp(1);
    let events: Vec<_> = world.deliveries.iter().map(|delivery| delivery.event.clone()).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0], events[1]);
    assert_eq!(events[0], world.take_events()[0]);
}

#[test]
fn a_hanging_subscriber_holds_nobody_else_up() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), "http://hangs/");
    world.subscribed(&address(Resource::LockState), "http://works/");
    world.ptp(1);
    let hanging = world.deliveries.pop_front().unwrap();
    for offset_ns in [900, 2, 901] {
        world.ptp(offset_ns);
    }
    let received = world.accept_all();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|(endpoint, _)| endpoint == "http://works/"));
    assert_eq!(describe(&hanging.event), "E1 ens1fx LOCKED 1");
    assert_eq!(world.core.deliveries_in_flight(), 1);
}

#[test]
fn a_failed_event_is_sent_again_before_newer_ones() {
    let mut world = subscribed();
    flip(&mut world, 1);
    world.report(Outcome::Failed);
    flip(&mut world, 900);
    assert!(world.deliveries.is_empty());
    world.pass_ms(250);
    let received: Vec<_> = world.accept_all().into_iter().map(|(_, event)| event).collect();
    assert_eq!(received, ["E1 ens1fx LOCKED 1", "E1 ens1fx FREERUN 900"]);
}

#[test]
fn pauses_double_up_to_thirty_seconds() {
    let mut world = subscribed();
    flip(&mut world, 1);
    for pause_ms in [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
        world.report(Outcome::Failed);
        world.pass_ms(pause_ms - 1);
        assert!(world.deliveries.is_empty(), "before {pause_ms} ms");
        world.pass_ms(1);
        assert_eq!(world.deliveries.len(), 1, "after {pause_ms} ms");
    }
}

#[test]
fn success_ends_the_back_off() {
    let mut world = subscribed();
    flip(&mut world, 1);
    for pause_ms in [250, 500] {
        world.report(Outcome::Failed);
        world.pass_ms(pause_ms);
    }
    world.report(Outcome::Accepted);
    flip(&mut world, 900);
    world.report(Outcome::Failed);
    world.pass_ms(250);
    assert_eq!(world.deliveries.len(), 1);
}

#[test]
fn another_answer_than_204_is_counted_and_not_repeated() {
    let mut world = subscribed();
    for round in 0..12 {
        flip(&mut world, if round % 2 == 0 { 1 } else { 900 });
        world.report(Outcome::Answered { status: 500 });
    }
    assert!(world.deliveries.is_empty() && world.ended.is_empty());
    assert_eq!(world.core.snapshot().deliveries.answered, 12);
    assert_eq!(world.core.subscriptions().count(), 1);
}

/// Lets the next attempt fail, after its pause.
fn fail_once(world: &mut World) {
    if world.deliveries.is_empty() {
        world.pass_ms(30_000);
    }
    world.report(Outcome::Failed);
}

#[test]
fn ten_failures_in_a_row_end_all_subscriptions_of_the_endpoint() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world.subscribed(&address(Resource::ClockClass), CONSUMER);
    let other = world.subscribed(&address(Resource::LockState), "http://other/");
    flip(&mut world, 1);
    world.deliveries.swap(0, 1);
    world.report(Outcome::Accepted);
    for _ in 0..9 {
        fail_once(&mut world);
    }
    assert!(world.ended.is_empty());
    fail_once(&mut world);
    let ended: Vec<_> =
        world.ended.iter().map(|(s, failures)| (s.resource_address.clone(), *failures)).collect();
    assert_eq!(ended, [(address(Resource::LockState), 10), (address(Resource::ClockClass), 10)]);
    let (_, endpoint, list) = &world.writes[0];
    assert_eq!((&**endpoint, list.len()), (CONSUMER, 0));
    assert_eq!(world.core.subscriptions().map(|s| s.id.clone()).collect::<Vec<_>>(), [other]);
    assert_eq!(world.core.snapshot().subscriptions_ended, 2);
    world.finish_write(true);
    assert_eq!(world.core.next_deadline(), None);
}

#[test]
fn failures_of_all_subscriptions_of_an_endpoint_add_up() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    world.subscribed(&address(Resource::SyncState), CONSUMER);
    flip(&mut world, 1);
    for _ in 0..5 {
        assert!(world.ended.is_empty());
        assert_eq!(world.deliveries.len(), 2);
        world.report(Outcome::Failed);
        world.report(Outcome::Failed);
        world.pass_ms(30_000);
    }
    assert_eq!(world.ended.len(), 2);
}

#[test]
fn an_answer_in_between_starts_the_count_anew() {
    for outcome in [Outcome::Accepted, Outcome::Answered { status: 500 }] {
        let mut world = subscribed();
        flip(&mut world, 1);
        for _ in 0..9 {
            fail_once(&mut world);
        }
        world.pass_ms(30_000);
        world.report(outcome);
        flip(&mut world, 900);
        for _ in 0..9 {
            fail_once(&mut world);
        }
        assert!(world.ended.is_empty());
    }
}

#[test]
fn a_confirmed_handshake_starts_the_count_anew() {
    let mut world = subscribed();
    flip(&mut world, 1);
    for _ in 0..9 {
        fail_once(&mut world);
    }
    world.subscribed(&address(Resource::ClockClass), CONSUMER);
    for _ in 0..9 {
        fail_once(&mut world);
    }
    assert!(world.ended.is_empty());
    fail_once(&mut world);
    assert_eq!(world.ended.len(), 2);
}

#[test]
fn a_subscription_that_is_being_stored_survives_the_end_of_its_siblings_with_a_count_of_its_own() {
    let mut world = subscribed();
    world.subscribe(&address(Resource::SyncState), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    flip(&mut world, 1);
    for _ in 0..10 {
        fail_once(&mut world);
    }
    assert_eq!(world.ended.len(), 1);
    world.finish_write(true);
    assert_eq!(world.finish_write(true).len(), 1);
    for _ in 0..9 {
        fail_once(&mut world);
    }
    assert_eq!((world.ended.len(), world.core.subscriptions().count()), (1, 1));
}

#[test]
fn an_attempt_that_outlives_its_subscription_changes_nothing() {
    let mut world = subscribed();
    flip(&mut world, 1);
    let id = world.core.subscriptions().next().unwrap().id.clone();
    let request = world.request();
    world.handle(Input::Unsubscribe { request, id });
    world.finish_write(true);
    assert_eq!(world.core.deliveries_in_flight(), 1);
    world.report(Outcome::Failed);
    assert_eq!((world.core.deliveries_in_flight(), world.core.next_deadline()), (0, None));
}

#[test]
fn a_subscription_that_ends_while_it_pauses_leaves_no_timer() {
    let mut world = subscribed();
    flip(&mut world, 1);
    world.report(Outcome::Failed);
    let id = world.core.subscriptions().next().unwrap().id.clone();
    let request = world.request();
    world.handle(Input::Unsubscribe { request, id });
    world.finish_write(true);
    assert_eq!(world.core.next_deadline(), None);
}

#[test]
fn a_full_queue_lets_superseded_events_go_and_keeps_the_latest_of_each_clock() {
    let mut world = World::two_boundary_clocks();
    world.subscribed("/././sync", CONSUMER);
    world.ptp_of(1, 2, "s2");
    world.line("ptp4l[1726600506]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6");
    // The other clock flips until the queue is full several times over: lock-state only, for the node stays
    // FREERUN.
    world.ptp_of(1, 900, "s2");
    let flips = i64::try_from(3 * QUEUED_EVENTS_MAX).unwrap();
    for round in 0..flips {
        world.ptp_of(0, if round % 2 == 0 { 1 } else { 1000 + round }, "s2");
    }
    let published = world.take_events().len();
    let received: Vec<_> = world.accept_all().into_iter().map(|(_, event)| event).collect();
    assert_eq!(received.len(), QUEUED_EVENTS_MAX);
    let dropped = world.core.snapshot().deliveries.dropped;
    assert_eq!(usize::try_from(dropped).unwrap() + received.len(), published);
    // What was being sent stays first; after it, the latest of everything is there, in order of publication.
    assert_eq!(received[0], "E1 ens2fx LOCKED 2");
    assert!(received.contains(&"E2 ens1fx 6".to_string()));
    assert!(received.contains(&"E1 ens2fx FREERUN 900".to_string()));
    assert!(received.contains(&"E4 FREERUN".to_string()));
    assert_eq!(received.last().unwrap(), &format!("E1 ens1fx FREERUN {}", 1000 + flips - 1));
}

#[test]
fn counters_tell_what_was_published_and_how_attempts_ended() {
    let mut world = subscribed();
    flip(&mut world, 1);
    world.report(Outcome::Failed);
    world.pass_ms(250);
    world.report(Outcome::Accepted);
    flip(&mut world, 900);
    world.report(Outcome::Answered { status: 404 });
    let snapshot = world.core.snapshot();
    let counts = snapshot.deliveries;
    assert_eq!((counts.accepted, counts.answered, counts.failed, counts.dropped), (1, 1, 1, 0));
    assert_eq!(snapshot.subscriptions_active, 1);
    let lock_state = snapshot.events.iter().find(|(resource, _)| *resource == Resource::LockState).unwrap();
    assert_eq!(lock_state.1, 2);
}

#[test]
fn what_waits_for_subscribers_is_told_to_metrics() {
    let mut world = World::ordinary_clock();
    for endpoint in ["http://a/", "http://b/", "http://c/"] {
        world.subscribed(&address(Resource::LockState), endpoint);
    }
    world.subscribe(&address(Resource::SyncState), "http://d/");
    for offset_ns in [1, 900, 2] {
        flip(&mut world, offset_ns);
    }
    world.report(Outcome::Failed);
    world.report(Outcome::Accepted);
    let expected = Backlog {
        // Two for b, and for d, whose initial notification is older, those that it has not confirmed yet.
        events_waiting: 3 + 2 + 3 + 3,
        longest_queue: 3,
        attempts_under_way: 2,
        retries_scheduled: 1,
        handshakes_pending: 1,
    };
    assert_eq!(world.core.snapshot().backlog, expected);
}

#[test]
fn how_long_queues_get_is_told_to_metrics() {
    let mut world = subscribed();
    let counts = |world: &World| {
        let lengths = world.core.snapshot().queue_lengths;
        assert_eq!(lengths.len(), QUEUED_EVENTS_MAX + 1);
        lengths.into_iter().enumerate().filter(|(_, count)| *count > 0).collect::<Vec<_>>()
    };
    assert_eq!(counts(&world), []);
    flip(&mut world, 1);
    flip(&mut world, 900);
    assert_eq!(counts(&world), [(1, 1), (2, 1)]);
    world.report(Outcome::Accepted);
    flip(&mut world, 2);
    assert_eq!(counts(&world), [(1, 1), (2, 2)]);
    // A full queue lets one go for each that comes.
    for number in 0..QUEUED_EVENTS_MAX {
        flip(&mut world, if number % 2 == 0 { 900 } else { 1 });
    }
    assert_eq!(counts(&world).last(), Some(&(QUEUED_EVENTS_MAX, 3)));
}

#[test]
fn nine_failures_an_answer_and_five_failures_leave_it_subscribed() {
    let mut world = subscribed();
    flip(&mut world, 1);
    for _ in 0..9 {
        fail_once(&mut world);
    }
    world.pass_ms(30_000);
    world.report(Outcome::Accepted);
    flip(&mut world, 900);
    for _ in 0..5 {
        fail_once(&mut world);
    }
    assert_eq!((world.ended.len(), world.core.subscriptions().count()), (0, 1));
}

#[test]
fn a_subscriber_that_was_away_gets_what_it_has_missed_when_it_returns_in_time() {
    let mut world = subscribed();
    flip(&mut world, 1);
    for _ in 0..9 {
        fail_once(&mut world);
        flip(&mut world, 900);
        flip(&mut world, 1);
    }
    world.pass_ms(30_000);
    let received = world.accept_all();
    assert_eq!(received.len(), 1 + 2 * 9);
    assert_eq!(received.last().unwrap().1, "E1 ens1fx LOCKED 1");
}

/// The next run knows what the store has.
#[test]
fn an_endpoint_that_was_given_up_does_not_come_back_with_the_next_run() {
    let mut world = World::ordinary_clock();
    world.subscribed(&address(Resource::LockState), CONSUMER);
    let kept = world.subscribed(&address(Resource::LockState), "http://other/");
    flip(&mut world, 1);
    world.deliveries.swap(0, 1);
    world.report(Outcome::Accepted);
    // A write is under way when it ends, so that the end must wait for it and come out all the same.
    world.subscribe(&address(Resource::ClockClass), CONSUMER);
    world.answer_handshake(HandshakeOutcome::Confirmed);
    for _ in 0..10 {
        fail_once(&mut world);
    }
    assert_eq!(world.ended.len(), 1);
    world.finish_write(true);
    let (_, endpoint, _) = &world.writes[0];
    assert_eq!(&**endpoint, CONSUMER);
    let stored = world.finish_write(true);
    let resources: Vec<_> = stored.iter().map(|subscription| subscription.resource_address.clone()).collect();
    assert_eq!(resources, [address(Resource::ClockClass)], "what was confirmed meanwhile stays");

    let mut next = World::ordinary_clock();
    let others = world.core.subscriptions().filter(|one| one.id == kept).cloned();
    next.handle(Input::Restore(stored.into_iter().chain(others).collect()));
    next.ptp(1);
    assert_eq!(next.accept_all(), [("http://other/".to_string(), "E1 ens1fx LOCKED 1".to_string())]);
}

/// How the endpoints of the crowd behave, by their number modulo ten.
fn outcome(number: usize, attempts_before: u32) -> Option<Outcome> {
    match (number % 10, attempts_before) {
        // It hangs three times; the shell gives each attempt up after 2 s.
        (0, 0..3) => None,
        (1, 0..5) => Some(Outcome::Failed),
        (2, _) => Some(Outcome::Answered { status: 500 }),
        _ => Some(Outcome::Accepted),
    }
}

/// A thousand endpoints and what they have got.
struct Crowd {
    world: World,
    attempts: BTreeMap<usize, u32>,
    received: BTreeMap<usize, Vec<String>>,
    hanging: Vec<Delivery>,
}

impl Crowd {
    const SIZE: usize = 1000;

    /// Answers all attempts that are under way, and those that follow from them.
    fn answer(&mut self) {
        while let Some(delivery) = self.world.deliveries.pop_front() {
            let name = delivery.endpoint.trim_matches(|byte: char| !byte.is_ascii_digit());
            let number: usize = name.parse().expect("a name that ends with a number");
            let attempts = self.attempts.entry(number).or_default();
            *attempts += 1;
            match outcome(number, *attempts - 1) {
                None => self.hanging.push(delivery),
                Some(outcome) => {
                    if outcome != Outcome::Failed {
                        self.received.entry(number).or_default().push(describe(&delivery.event));
                    }
                    let Delivery { attempt, .. } = delivery;
                    self.world.handle(Input::Delivered { attempt, outcome });
                }
            }
        }
    }
}

#[test]
fn a_thousand_subscribers_all_get_a_burst_whole_and_in_order_whatever_some_of_them_do() {
    let mut world = World::ordinary_clock();
    world.keeps = false;
    for number in 0..Crowd::SIZE {
        world.subscribed(&address(Resource::LockState), &format!("http://consumer-{number}/"));
    }
    let burst: Vec<i64> = (0..30).map(|round| if round % 2 == 0 { round } else { 1000 + round }).collect();
    burst.iter().for_each(|offset_ns| flip(&mut world, *offset_ns));
    let expected: Vec<_> = burst
        .iter()
        .map(|offset_ns| {
            format!("E1 ens1fx {} {offset_ns}", if *offset_ns < 100 { "LOCKED" } else { "FREERUN" })
        })
        .collect();
    let mut crowd =
        Crowd { world, attempts: BTreeMap::new(), received: BTreeMap::new(), hanging: Vec::new() };
    crowd.answer();
    // No time has passed: those that work have everything, those that do not hold nobody up.
    assert_eq!((crowd.received.len(), crowd.hanging.len()), (800, 100));
    for _ in 0..10 {
        crowd.world.pass_ms(2000);
        for Delivery { attempt, .. } in std::mem::take(&mut crowd.hanging) {
            crowd.world.handle(Input::Delivered { attempt, outcome: Outcome::Failed });
        }
        crowd.answer();
    }
    assert_eq!(crowd.received.len(), Crowd::SIZE);
    assert!(crowd.received.values().all(|events| *events == expected));
    let counts = crowd.world.core.snapshot().deliveries;
    assert_eq!((counts.accepted, counts.answered, counts.dropped), (900 * 30, 100 * 30, 0));
    assert_eq!(counts.failed, 100 * 3 + 100 * 5);
    assert_eq!((crowd.world.ended.len(), crowd.world.core.next_deadline()), (0, None));
}
