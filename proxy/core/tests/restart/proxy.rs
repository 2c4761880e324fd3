//! A proxy around a core: its clock, its disk and its one subscriber.

use crate::daemon::Replay;
use crate::run::{Run, Said, message};
use proxy_core::{
    Core, Delivery, Event, EventId, Input, Memory, Mono, Now, Origin, Outcome, Output, Report, Resource,
    Settings, Subscription, SubscriptionId, Utc, limits,
};
use std::sync::Arc;

/// When every run begins, in nanoseconds since the epoch.
pub(crate) const START_UNIX_NS: u64 = 1_700_000_000_000_000_000;

const NODE: &str = "compute-1.example.com";

/// Where the subscriber is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subscriber {
    /// It confirms every event at once.
    Present,
    /// It does not answer.
    Away,
}

/// One life of the proxy.
pub(crate) struct Proxy {
    pub(crate) core: Core,
    subscriber: Subscriber,
    /// The run's time at which this life's clock began, in nanoseconds.
    born_ns: u64,
    now: Now,
    /// Events since the last [`Proxy::take_events`].
    events: Vec<Arc<Event>>,
    /// Ids of all events that were sent to the subscriber.
    pub(crate) sent: Vec<EventId>,
    /// What was to be kept, if that has changed since the last [`Proxy::take_memory`].
    kept: Option<Memory>,
}

/// The current state of all resources, in the order of [`Resource::ALL`].
pub(crate) type CurrentStates = [Option<Arc<Event>>; 7];

impl Proxy {
    /// A proxy that starts at a time of the run, in nanoseconds.
    pub(crate) fn start(run: &Run, subscriber: Subscriber, at_ns: u64) -> Self {
        // Deadlines are measured in a timescale that begins anew with each life.
        let now = Now { mono: Mono { ns: 1 }, utc: Utc { unix_ns: START_UNIX_NS + at_ns } };
        // The subscriber that is away is not given up.
        let settings = Settings {
            node_name: NODE.to_owned(),
            unsubscribe_after: u32::MAX,
            subscriptions_max: limits::SUBSCRIPTIONS_MAX,
            subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
        };
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&at_ns.to_le_bytes());
        seed[8] = 1;
        let core = Core::new(settings, seed, now);
        let (events, sent) = (Vec::new(), Vec::new());
        let mut proxy = Self { core, subscriber, born_ns: at_ns, now, events, sent, kept: None };
        proxy.handle(Input::Aliases(run.aliases.clone()));
        proxy.handle(Input::Configure(run.configuration.clone()));
        let everything = Subscription {
            id: SubscriptionId("everything".to_owned()),
            resource_address: "/././sync".to_owned(),
            endpoint: Arc::from("http://127.0.0.1:9085/event"),
        };
        proxy.handle(Input::Restore(vec![everything]));
        proxy
    }

    /// Recalls an earlier life; returns what can be pulled at once, before anything else happens.
    pub(crate) fn recall(&mut self, memory: &Memory) -> CurrentStates {
        self.core.handle(self.now, Input::Recall(memory.clone()));
        let currents = self.current_states();
        self.carry_out();
        currents
    }

    /// The daemon answers the proxy's question.
    pub(crate) fn is_told(&mut self, replay: &Replay) {
        for text in &replay.lines {
            let message = message(text).expect("a replay has messages only");
            self.handle(Input::Line { origin: Origin::Unmarked, message, text: text.as_bytes() });
        }
        for report in &replay.reports {
            self.hears(report);
        }
    }

    pub(crate) fn hears(&mut self, said: &Said) {
        match said {
            Said::Line(text) => {
                let message = message(text).expect("a run has messages only");
                self.handle(Input::Line { origin: Origin::Live, message, text: text.as_bytes() });
            }
            Said::Report { profile, interface, said, text } => {
                let report = Report { profile, interface, said: *said, text: text.as_bytes() };
                self.handle(Input::Report(report));
            }
        }
    }

    /// Moves the clock to a time of the run. No deadline may lie before it.
    pub(crate) fn pass_to(&mut self, at_ns: u64) {
        assert!(self.next_deadline_ns().is_none_or(|deadline| deadline >= at_ns), "a deadline was missed");
        self.now.mono.ns = 1 + at_ns - self.born_ns;
        self.now.utc.unix_ns = START_UNIX_NS + at_ns;
    }

    /// A deadline has come.
    pub(crate) fn fires(&mut self) {
        self.handle(Input::Timeout);
    }

    /// The next deadline as a time of the run, in nanoseconds.
    pub(crate) fn next_deadline_ns(&self) -> Option<u64> {
        self.core.next_deadline().map(|deadline| deadline.ns - 1 + self.born_ns)
    }

    pub(crate) fn take_events(&mut self) -> Vec<Arc<Event>> {
        std::mem::take(&mut self.events)
    }

    /// What is to be kept, if that has changed.
    pub(crate) fn take_memory(&mut self) -> Option<Memory> {
        self.kept.take()
    }

    pub(crate) fn memory(&self) -> Memory {
        self.core.memory(self.now)
    }

    pub(crate) fn current_states(&self) -> CurrentStates {
        Resource::ALL.map(|resource| self.core.current_state(&format!("/./.{}", resource.path())).ok())
    }

    fn handle(&mut self, input: Input<'_>) {
        self.core.handle(self.now, input);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Changed(event) => self.events.push(event),
                Output::Remember => self.kept = Some(self.memory()),
                Output::Deliver(Delivery { attempt, event, .. }) => {
                    self.sent.push(event.id);
                    match self.subscriber {
                        Subscriber::Present => {
                            let outcome = Outcome::Accepted;
                            self.core.handle(self.now, Input::Delivered { attempt, outcome });
                        }
                        Subscriber::Away => {}
                    }
                }
                Output::Handshake { .. } | Output::Store { .. } | Output::Answer { .. } => {
                    panic!("nobody has asked for anything")
                }
                Output::Ended { .. } => panic!("the subscriber is never given up"),
            }
        }
    }
}
