//! What holds whatever happens: random lines, requests, outcomes and pauses.

use crate::world::{World, address, instance};
use proptest::prelude::*;
use proxy_core::{
    Answer, Event, EventId, HandshakeOutcome, Input, NodeConfiguration, Origin, Outcome, PortRole, Reading,
    RequestId, Resource, Subject, Subscription, SubscriptionId, SyncState,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Addresses of more than one resource, of some clocks only, and of nothing.
const SUBTREES: [&str; 6] = [
    "/./*/sync",
    "/././sync/ptp-status",
    "/././ens1f0/sync",
    "/././ens2fx/master/sync/ptp-status",
    "/././CLOCK_REALTIME/sync",
    "/nowhere",
];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Line { live: bool, text: String },
    Wait { ms: u64, leap: bool },
    Reconfigure { instances: u32 },
    Subscribe { address: String, endpoint: String },
    Unsubscribe { nth: usize },
    UnsubscribeAll,
    Handshake { confirmed: bool },
    Stored { durable: bool },
    Delivered { nth: usize, outcome: u8 },
}

fn line() -> impl Strategy<Value = String> {
    let index = 0..3u32;
    let offset = prop_oneof![Just(5i64), Just(-99), Just(100), Just(40_000)];
    let servo = prop_oneof![Just("s0"), Just("s1"), Just("s2"), Just("s2"), Just("s3")];
    let delay = prop_oneof![3 => Just(" path delay 89"), 1 => Just("")];
    let states =
        ["INITIALIZING", "FAULTY", "LISTENING", "PASSIVE", "UNCALIBRATED", "SLAVE", "SLAVE", "MASTER"];
    let state = || prop::sample::select(states.to_vec());
    let program = prop::sample::select(vec!["ptp4l", "phc2sys", "ts2phc", "gpsd"]);
    prop_oneof![
        (index.clone(), offset.clone(), servo.clone(), delay).prop_map(|(index, offset, servo, delay)| format!(
            "ptp4l[5.000]: [ptp4l.{index}.config] master offset {offset:>10} {servo} freq   -3972{delay}"
        )),
        (index.clone(), offset, servo).prop_map(|(index, offset, servo)| format!(
            "phc2sys[5.000]: [ptp4l.{index}.config] CLOCK_REALTIME phc offset {offset:>9} {servo} freq  -78368 delay   1100"
        )),
        (index.clone(), 1..10u32, 0..4u32, state(), state()).prop_map(|(index, stamp, port, from, to)| format!(
            "ptp4l[{stamp}.000]: [ptp4l.{index}.config:5] port {port}: {from} to {to} on RS_SLAVE"
        )),
        (index.clone(), program, 0..3u32).prop_map(|(index, program, value)| format!(
            "{program}[5]:[ptp4l.{index}.config] PTP_PROCESS_STATUS:{value}"
        )),
        (index, 6..9u8)
            .prop_map(|(index, class)| format!("ptp4l[5]:[ptp4l.{index}.config] CLOCK_CLASS_CHANGE {class}")),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let mut addresses: Vec<_> = Resource::ALL.map(address).into();
    addresses.extend(SUBTREES.map(str::to_string));
    let endpoints = vec!["http://a/".to_string(), "http://b/".to_string()];
    prop_oneof![
        12 => (any::<bool>(), line()).prop_map(|(live, text)| Step::Line { live, text }),
        3 => (prop_oneof![0..600u64, 0..40_000u64], any::<bool>()).prop_map(|(ms, leap)| Step::Wait { ms, leap }),
        1 => (0..4u32).prop_map(|instances| Step::Reconfigure { instances }),
        3 => (prop::sample::select(addresses), prop::sample::select(endpoints))
            .prop_map(|(address, endpoint)| Step::Subscribe { address, endpoint }),
        1 => (0..4usize).prop_map(|nth| Step::Unsubscribe { nth }),
        1 => Just(Step::UnsubscribeAll),
        4 => prop::bool::weighted(0.8).prop_map(|confirmed| Step::Handshake { confirmed }),
        4 => prop::bool::weighted(0.7).prop_map(|durable| Step::Stored { durable }),
        8 => (0..3usize, 0..5u8).prop_map(|(nth, outcome)| Step::Delivered { nth, outcome }),
    ]
}

fn configuration(instances: u32) -> NodeConfiguration {
    let instances = ["ens1f0", "ens2f0", "ens3f0"]
        .into_iter()
        .zip(0..instances)
        .map(|(port, index)| instance(index, "bc", &[(port, PortRole::Slave), ("ens9f0", PortRole::Master)]))
        .collect();
    NodeConfiguration { profiles: vec![], instances }
}

/// A world, and what the consumers and the disk know.
struct Run {
    world: World,
    requests: Vec<RequestId>,
    /// Endpoints of the requests to subscribe.
    endpoints: Vec<(RequestId, String)>,
    /// What each endpoint has confirmed, by what it speaks of, in the order of confirmation.
    received: BTreeMap<(String, String), Vec<Arc<Event>>>,
    /// The latest event of each topic that was published while the endpoint had an active subscription to it, and has had
    /// one ever since.
    owed: BTreeMap<(String, String), Arc<Event>>,
    /// Events that may reach an endpoint twice: they were published while it was confirming a subscription.
    repeatable: BTreeSet<(String, EventId)>,
    /// What was being sent for a subscription when it was to end.
    orphaned: BTreeSet<(SubscriptionId, EventId)>,
    disk: BTreeMap<Arc<str>, Vec<Subscription>>,
    published: BTreeMap<String, Arc<Event>>,
    /// Events in the order of publication.
    order: Vec<EventId>,
}

impl Run {
    fn new() -> Self {
        Self {
            world: World::seeded([3; 32], configuration(2)),
            requests: Vec::new(),
            endpoints: Vec::new(),
            received: BTreeMap::new(),
            owed: BTreeMap::new(),
            repeatable: BTreeSet::new(),
            orphaned: BTreeSet::new(),
            order: Vec::new(),
            disk: BTreeMap::new(),
            published: BTreeMap::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Line { live, text } => {
                let origin = if *live { Origin::Live } else { Origin::Unmarked };
                self.world.line_from(origin, text);
            }
            Step::Wait { ms, leap: true } => self.world.leap_ms(*ms),
            Step::Wait { ms, leap: false } => self.world.pass_ms(*ms),
            Step::Reconfigure { instances } => {
                let configuration = configuration(*instances);
                self.world.handle(Input::Configure(configuration));
            }
            Step::Subscribe { address, endpoint } => {
                let request = self.world.subscribe(address, endpoint);
                self.requests.push(request);
                self.endpoints.push((request, endpoint.clone()));
            }
            Step::Unsubscribe { nth } => {
                let Some(id) = self.world.core.subscriptions().nth(*nth).map(|s| s.id.clone()) else {
                    return;
                };
                let request = self.world.request();
                self.note_in_flight(|ending| *ending == id);
                self.world.handle(Input::Unsubscribe { request, id });
                self.requests.push(request);
            }
            Step::UnsubscribeAll => {
                let request = self.world.request();
                self.note_in_flight(|_| true);
                self.world.handle(Input::UnsubscribeAll { request });
                self.requests.push(request);
            }
            Step::Handshake { confirmed } => self.handshake(*confirmed),
            Step::Stored { durable } => self.stored(*durable),
            Step::Delivered { nth, outcome } => self.delivered(*nth, *outcome),
        }
        self.check();
    }

    fn handshake(&mut self, confirmed: bool) {
        if !self.world.handshakes.is_empty() {
            let outcome = if confirmed { HandshakeOutcome::Confirmed } else { HandshakeOutcome::Refused };
            self.world.answer_handshake(outcome);
        }
    }

    fn stored(&mut self, durable: bool) {
        let Some((_, endpoint, list)) = self.world.writes.front().cloned() else {
            return;
        };
        if durable {
            self.disk.insert(endpoint, list);
        }
        self.world.finish_write(durable);
    }

    fn delivered(&mut self, nth: usize, outcome: u8) {
        let count = self.world.deliveries.len();
        if count == 0 {
            return;
        }
        self.world.deliveries.rotate_left(nth % count);
        let outcome = match outcome {
            0..3 => Outcome::Accepted,
            3 => Outcome::Answered { status: 500 },
            _ => Outcome::Failed,
        };
        let delivery = &self.world.deliveries[0];
        // An attempt may outlive its subscription.
        let is_orphaned = self.orphaned.contains(&(delivery.subscription.clone(), delivery.event.id));
        if outcome != Outcome::Failed && !is_orphaned {
            let key = (delivery.endpoint.to_string(), topic(&delivery.event));
            self.received.entry(key).or_default().push(Arc::clone(&delivery.event));
        }
        self.world.report(outcome);
    }

    fn note_in_flight(&mut self, is_ending: impl Fn(&SubscriptionId) -> bool) {
        let in_flight = self.world.deliveries.iter().filter(|one| is_ending(&one.subscription));
        self.orphaned.extend(in_flight.map(|one| (one.subscription.clone(), one.event.id)));
    }

    /// Which endpoints must get an event, and which may get it twice.
    fn owe(&mut self, event: &Arc<Event>) {
        self.order.push(event.id);
        let subscriptions = self.world.core.subscriptions();
        for subscription in subscriptions.filter(|one| covers(&one.resource_address, event)) {
            let key = (subscription.endpoint.to_string(), topic(event));
            self.owed.insert(key, Arc::clone(event));
        }
        let pending = self.endpoints.iter().filter(|(request, _)| self.world.answer_to(*request).is_none());
        self.repeatable.extend(pending.map(|(_, endpoint)| (endpoint.clone(), event.id)));
    }

    /// What holds after every step.
    fn check(&mut self) {
        let (core, events) = (&self.world.core, &mut self.owed);
        events.retain(|(endpoint, _), event| {
            let mut subscriptions = core.subscriptions().filter(|one| *one.endpoint == **endpoint);
            subscriptions.any(|subscription| covers(&subscription.resource_address, event))
        });
        for event in self.world.take_events() {
            self.owe(&event);
            let before = self.published.insert(topic(&event), Arc::clone(&event));
            if let Some(before) = before {
                assert_ne!(before.id, event.id);
            }
        }
        let state =
            |resource| self.world.core.current_state(&address(resource)).ok().map(|event| worst(&event));
        let clocks = state(Resource::LockState).max(state(Resource::OsClockSyncState));
        assert_eq!(state(Resource::SyncState), clocks, "the node is as good as its worst clock");

        let in_flight = self.world.handshakes.len() + self.world.writes.len() + self.world.deliveries.len();
        assert_eq!(self.world.core.deliveries_in_flight(), in_flight);
        // Acknowledged is stored: whatever is active is on disk already.
        for subscription in self.world.core.subscriptions() {
            assert!(self.disk[&subscription.endpoint].contains(subscription), "not stored: {subscription:?}");
        }
    }

    /// What each endpoint has got in the end.
    fn check_received(&self) {
        for ((endpoint, of), event) in &self.owed {
            let received = self.received.get(&(endpoint.clone(), of.clone()));
            let last = received.and_then(|events| events.last());
            assert_eq!(last, Some(event), "the latest always arrives: {of} at {endpoint}");
        }
        let order = |event: &Event| self.order.iter().position(|id| *id == event.id);
        for ((endpoint, _), events) in &self.received {
            for pair in events.windows(2) {
                let is_repeatable = self.repeatable.contains(&(endpoint.clone(), pair[1].id));
                assert!(order(&pair[0]) <= order(&pair[1]), "out of order at {endpoint}: {pair:?}");
                assert!(pair[0].id != pair[1].id || is_repeatable, "twice at {endpoint}: {pair:?}");
            }
        }
    }

    /// From now on everything works; time passes until nothing is left to do.
    fn settle(&mut self) {
        for _ in 0..2000 {
            if self.world.core.deliveries_in_flight() == 0 && self.world.core.next_deadline().is_none() {
                return;
            }
            self.handshake(true);
            self.stored(true);
            self.delivered(0, 0);
            self.world.pass_ms(1000);
            self.check();
        }
        panic!("it never settles: {:?}", self.world.core);
    }
}

/// Whether an address of this test covers an event.
fn covers(address: &str, event: &Event) -> bool {
    let start = address.find("/sync").expect("an address that can be subscribed to");
    let clock = match &address[..start] {
        "/././ens1f0" => Some("ens1fx"),
        "/././ens2fx/master" => Some("ens2fx"),
        "/././CLOCK_REALTIME" => Some("CLOCK_REALTIME"),
        _ => None,
    };
    let of = match &event.values[0].subject {
        Subject::Master { alias } => alias,
        Subject::OsClock => "CLOCK_REALTIME",
        Subject::Node
        | Subject::GnssFix { .. }
        | Subject::SyncePort(_)
        | Subject::SynceQuality(_)
        | Subject::SynceExtendedQuality(_)
        | Subject::Absent(_) => "",
    };
    event.resource.path().starts_with(&address[start..]) && clock.is_none_or(|clock| clock == of)
}

/// What an event speaks of.
fn topic(event: &Event) -> String {
    let subjects: Vec<&Subject> = event.values.iter().map(|value| &value.subject).collect();
    format!("{:?} {subjects:?}", event.resource)
}

fn worst(event: &Event) -> SyncState {
    let states = event
        .values
        .iter()
        .filter_map(|value| if let Reading::State(state) = value.reading { Some(state) } else { None });
    states.max().expect("an event of a state has one")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_converges_and_everybody_is_answered_once(steps in prop::collection::vec(step(), 1..150)) {
        let mut run = Run::new();
        for step in &steps {
            run.step(step);
        }
        run.settle();
        for request in &run.requests {
            prop_assert!(run.world.answer_to(*request).is_some(), "{:?} was never answered", request);
        }
        let active: Vec<Subscription> = run.world.core.subscriptions().cloned().collect();
        let stored: usize = run.disk.values().map(Vec::len).sum();
        prop_assert_eq!(stored, active.len(), "the store holds what is active and nothing else");
        run.check_received();
        let subscribed = run.world.answers.iter().filter(|(_, answer)| matches!(answer, Answer::Subscribed(_)));
        prop_assert!(subscribed.count() >= active.len());
    }

    #[test]
    fn the_same_steps_give_the_same_run(steps in prop::collection::vec(step(), 1..60)) {
        let runs = [(); 2].map(|()| {
            let mut run = Run::new();
            steps.iter().for_each(|step| run.step(step));
            format!("{:?} {:?}", run.world.core, run.published)
        });
        prop_assert_eq!(&runs[0], &runs[1]);
    }
}
