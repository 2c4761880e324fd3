//! Drives a proxy through a story: lines and deadlines in the order of virtual time, answers as the subscribers give
//! them, and deaths and births.

use super::configuration::{aliases, configuration};
use super::daemon_memory::DaemonMemory;
use super::limits::{ATTEMPT_NS, NS_PER_S, SETTLE_NS, STEPS_AT_ONE_INSTANT_MAX};
use super::{Birth, Case, Conduct, Entry, Proxy, Record, Restart, Said, Story, What};
use proxy_core::{Event, Memory, NodeConfiguration, Origin, Outcome, Subscription, SubscriptionId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Starts the proxy under test.
pub type Maker<'a> = &'a (dyn Fn(Birth) -> Box<dyn Proxy> + Sync);

/// Lines between two looks at the queues: looking costs more than a line.
const LOOK_EVERY_LINES: usize = 1024;

/// Plays a story to proxies that live between these restarts.
pub fn play(case: &Case, story: &Story, restarts: &[Restart], maker: Maker<'_>) -> Record {
    let mut engine = Engine::new(case, maker);
    engine.start(0);
    let mut restarts = restarts.iter().copied().peekable();
    let mut back_ns = None;
    for (index, (at_ns, text)) in story.lines.iter().enumerate() {
        if let Some(back) = back_ns.filter(|back| *back <= *at_ns) {
            engine.start(back);
            back_ns = None;
        }
        engine.pass_to(*at_ns);
        if let Some(restart) = restarts.next_if(|restart| restart.line <= index)
            && engine.proxy.is_some()
        {
            engine.kill(*at_ns);
            back_ns = Some(at_ns + restart.down_ns);
            if restart.down_ns == 0 {
                engine.start(*at_ns);
                back_ns = None;
            }
        }
        engine.line(*at_ns, text);
        if index % LOOK_EVERY_LINES == 0 {
            engine.look();
        }
    }
    let end_ns = case.setup.duration_s * NS_PER_S;
    if let Some(back) = back_ns {
        engine.start(back.max(end_ns));
    }
    engine.pass_to(end_ns + SETTLE_NS);
    engine.look();
    engine.record
}

struct Engine<'a> {
    case: &'a Case,
    maker: Maker<'a>,
    configuration: NodeConfiguration,
    /// None while it is down.
    proxy: Option<Box<dyn Proxy>>,
    daemon: DaemonMemory,
    subscriptions: Vec<Subscription>,
    endpoints: Vec<Arc<str>>,
    /// What is on disk.
    memory: Option<Memory>,
    lives: u64,
    now_ns: u64,
    step: u64,
    /// Answers that are under way, by their time and order.
    answers: BTreeMap<(u64, u64), Answer>,
    answers_begun: u64,
    record: Record,
}

struct Answer {
    attempt: u64,
    subscriber: usize,
    event: Arc<Event>,
    outcome: Outcome,
}

impl<'a> Engine<'a> {
    fn new(case: &'a Case, maker: Maker<'a>) -> Self {
        let endpoints: Vec<Arc<str>> =
            (0..case.subscribers.len()).map(|index| Arc::from(Case::endpoint(index))).collect();
        let all = case.subscribers.iter().zip(&endpoints).enumerate();
        let subscriptions = all.flat_map(|(number, (subscriber, endpoint))| {
            subscriber.addresses.iter().enumerate().map(move |(nth, address)| Subscription {
                id: SubscriptionId(format!("s{number}-{nth}")),
                resource_address: address.clone(),
                endpoint: Arc::clone(endpoint),
            })
        });
        Self {
            case,
            maker,
            configuration: configuration(case),
            proxy: None,
            daemon: DaemonMemory::default(),
            subscriptions: subscriptions.collect(),
            endpoints,
            memory: None,
            lives: 0,
            now_ns: 0,
            step: 0,
            answers: BTreeMap::new(),
            answers_begun: 0,
            record: Record::default(),
        }
    }

    fn start(&mut self, at_ns: u64) {
        self.now_ns = self.now_ns.max(at_ns);
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.case.seed.to_le_bytes());
        seed[8..16].copy_from_slice(&self.lives.to_le_bytes());
        self.lives += 1;
        self.note(What::Started);
        self.proxy = Some((self.maker)(Birth {
            seed,
            at_ns: self.now_ns,
            start_unix_ns: self.case.setup.start_unix_s * NS_PER_S,
            configuration: self.configuration.clone(),
            aliases: aliases(self.case),
            subscriptions: self.subscriptions.clone(),
            memory: self.memory.as_ref().map(as_read_back),
        }));
        self.carry_out();
        let told: Vec<String> = self.daemon.lines().map(str::to_owned).collect();
        for text in told {
            self.told(Origin::Unmarked, &text);
        }
    }

    fn kill(&mut self, at_ns: u64) {
        self.now_ns = at_ns;
        self.look();
        self.proxy = None;
        self.answers.clear();
        self.step += 1;
        self.note(What::Killed);
    }

    fn line(&mut self, at_ns: u64, text: &str) {
        self.now_ns = at_ns;
        self.daemon.hears(text);
        self.told(Origin::Live, text);
    }

    fn told(&mut self, origin: Origin, text: &str) {
        if let Some(proxy) = &mut self.proxy {
            self.step += 1;
            proxy.line(self.now_ns, origin, text);
            self.carry_out();
        }
    }

    /// Fires what is due until then, in order.
    fn pass_to(&mut self, at_ns: u64) {
        let mut steps_here = 0;
        while let Some(proxy) = &mut self.proxy {
            let deadline_ns = proxy.next_deadline_ns().unwrap_or(u64::MAX);
            let answer_ns = self.answers.first_key_value().map_or(u64::MAX, |((at_ns, _), _)| *at_ns);
            let next_ns = deadline_ns.min(answer_ns);
            if next_ns > at_ns {
                break;
            }
            steps_here = if next_ns > self.now_ns { 0 } else { steps_here + 1 };
            if steps_here > STEPS_AT_ONE_INSTANT_MAX {
                self.note(What::StandsStill);
                break;
            }
            self.now_ns = self.now_ns.max(next_ns);
            self.step += 1;
            if deadline_ns <= answer_ns {
                proxy.passes(self.now_ns);
            } else if let Some((_, answer)) = self.answers.pop_first() {
                self.answer(answer);
            }
            self.carry_out();
        }
        self.now_ns = self.now_ns.max(at_ns);
    }

    fn carry_out(&mut self) {
        while let Some(said) = self.proxy.as_mut().and_then(|proxy| proxy.poll()) {
            match said {
                Said::Published(event) => self.note(What::Published(event)),
                Said::Sends { attempt, endpoint, event } => self.send(attempt, &endpoint, event),
                Said::Remembers => self.memory = self.proxy.as_ref().map(|proxy| proxy.memory()),
                Said::GivesUp(subscription) => {
                    self.subscriptions.retain(|kept| kept.id != subscription.id);
                    if let Some(subscriber) = self.subscriber(&subscription.endpoint) {
                        self.note(What::GivenUp { subscriber });
                    }
                }
            }
        }
    }

    fn send(&mut self, attempt: u64, endpoint: &str, event: Arc<Event>) {
        let Some(subscriber) = self.subscriber(endpoint) else { return };
        let at_ns = self.now_ns;
        let is_within = |from_ns, until_ns| from_ns <= at_ns && at_ns < until_ns;
        let (after_ns, outcome) = match self.case.subscribers[subscriber].conduct {
            Conduct::Slow { answers_after_ns } => (answers_after_ns, Outcome::Accepted),
            Conduct::Complains => (0, Outcome::Answered { status: 500 }),
            Conduct::Refuses { from_ns, until_ns } if is_within(from_ns, until_ns) => (1, Outcome::Failed),
            Conduct::Hangs { from_ns, until_ns } if is_within(from_ns, until_ns) => {
                (ATTEMPT_NS, Outcome::Failed)
            }
            Conduct::Prompt | Conduct::Refuses { .. } | Conduct::Hangs { .. } => (0, Outcome::Accepted),
        };
        let answer = Answer { attempt, subscriber, event, outcome };
        if after_ns == 0 {
            return self.answer(answer);
        }
        self.answers_begun += 1;
        self.answers.insert((at_ns + after_ns, self.answers_begun), answer);
    }

    fn answer(&mut self, answer: Answer) {
        let Answer { attempt, subscriber, event, outcome } = answer;
        match outcome {
            Outcome::Accepted | Outcome::Answered { .. } => self.note(What::Received { subscriber, event }),
            Outcome::Failed => {}
        }
        if let Some(proxy) = &mut self.proxy {
            proxy.answered(self.now_ns, attempt, outcome);
        }
    }

    fn subscriber(&self, endpoint: &str) -> Option<usize> {
        self.endpoints.iter().position(|known| **known == *endpoint)
    }

    fn look(&mut self) {
        let longest = self.proxy.as_ref().map_or(0, |proxy| proxy.longest_queue());
        self.record.longest_queue = self.record.longest_queue.max(longest);
    }

    fn note(&mut self, what: What) {
        self.record.entries.push(Entry { at_ns: self.now_ns, step: self.step, what });
    }
}

/// What is on disk, as the next life reads it.
fn as_read_back(memory: &Memory) -> Memory {
    let text = serde_json::to_string(memory).expect("a memory can be written as JSON");
    serde_json::from_str(&text).expect("a memory that was written can be read")
}
