//! What holds whatever happens: random lines, requests, outcomes and pauses.

use crate::world::{World, address, instance};
use proptest::prelude::*;
use proxy_core::{
    Answer, Event, HandshakeOutcome, Input, NodeConfiguration, Origin, Outcome, PortRole, Reading, RequestId,
    Resource, Subject, Subscription, SyncState,
};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    addresses.extend(["/./*/sync".to_string(), "/nowhere".to_string()]);
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
    /// Latest event that each subscription got, by what it speaks of.
    received: BTreeMap<(String, String), Arc<Event>>,
    disk: BTreeMap<Arc<str>, Vec<Subscription>>,
    published: BTreeMap<String, Arc<Event>>,
}

impl Run {
    fn new() -> Self {
        Self {
            world: World::seeded([3; 32], configuration(2)),
            requests: Vec::new(),
            received: BTreeMap::new(),
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
            }
            Step::Unsubscribe { nth } => {
                let Some(id) = self.world.core.subscriptions().nth(*nth).map(|s| s.id.clone()) else {
                    return;
                };
                let request = self.world.request();
                self.world.handle(Input::Unsubscribe { request, id });
                self.requests.push(request);
            }
            Step::UnsubscribeAll => {
                let request = self.world.request();
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
        if outcome != Outcome::Failed {
            let key = (delivery.subscription.0.clone(), topic(&delivery.event));
            self.received.insert(key, Arc::clone(&delivery.event));
        }
        self.world.report(outcome);
    }

    /// What holds after every step.
    fn check(&mut self) {
        for event in self.world.take_events() {
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
        for subscription in &active {
            for ((id, of), received) in &run.received {
                if *id == subscription.id.0 {
                    prop_assert_eq!(received, &run.published[of], "the latest always arrives");
                }
            }
        }
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
