//! The proxy in a campaign: its core, with a clock and a disk that the engine keeps.

use super::limits::UNSUBSCRIBE_AFTER;
use proxy_core::{
    Attempt, Core, Delivery, Event, Input, Memory, Mono, NodeConfiguration, Now, Origin, Outcome, Output,
    Settings, Subscription, Utc, limits,
};
use ptp_lines::Line;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a proxy is started with.
#[derive(Clone, Debug)]
pub struct Birth {
    /// Decides the ids of its events.
    pub seed: [u8; 32],
    /// When, in nanoseconds since the start of the case.
    pub at_ns: u64,
    /// UNIX time of the start of the case in nanoseconds.
    pub start_unix_ns: u64,
    /// Files of the node.
    pub configuration: NodeConfiguration,
    /// Aliases of its interfaces.
    pub aliases: BTreeMap<String, String>,
    /// Subscriptions that the store holds.
    pub subscriptions: Vec<Subscription>,
    /// What an earlier proxy has kept, if there was one.
    pub memory: Option<Memory>,
}

/// What a proxy does.
#[derive(Clone, Debug)]
pub enum Said {
    /// A change is published.
    Published(Arc<Event>),
    /// An event is sent; to be answered by [`Proxy::answered`].
    Sends {
        /// The attempt.
        attempt: u64,
        /// Where to.
        endpoint: Arc<str>,
        /// What.
        event: Arc<Event>,
    },
    /// What it remembers has changed: [`Proxy::memory`] is to be kept.
    Remembers,
    /// A subscription is given up.
    GivesUp(Subscription),
}

/// A proxy under test, one life of it. Times are nanoseconds since the start of the case.
pub trait Proxy {
    /// A line of the event socket.
    fn line(&mut self, at_ns: u64, origin: Origin, text: &str);
    /// An attempt has ended; one that is not known is none.
    fn answered(&mut self, at_ns: u64, attempt: u64, outcome: Outcome);
    /// Time passes: a deadline has come.
    fn passes(&mut self, at_ns: u64);
    /// What to do next.
    fn poll(&mut self) -> Option<Said>;
    /// When it wants to be told that time has passed.
    fn next_deadline_ns(&self) -> Option<u64>;
    /// What it wants to be kept.
    fn memory(&self) -> Memory;
    /// Events that wait for the subscriber that is furthest behind.
    fn longest_queue(&self) -> usize;
}

/// The real core.
#[derive(Debug)]
pub struct CoreProxy {
    core: Core,
    born_ns: u64,
    start_unix_ns: u64,
    now: Now,
    attempts: BTreeMap<u64, Attempt>,
    attempts_made: u64,
}

impl CoreProxy {
    /// A core that starts, and goes on where an earlier one has ended.
    pub fn start(birth: Birth) -> Self {
        let settings = Settings {
            node_name: super::configuration::NODE_NAME.to_owned(),
            unsubscribe_after: UNSUBSCRIBE_AFTER,
            subscriptions_max: limits::SUBSCRIPTIONS_MAX,
            subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
        };
        // Deadlines are measured in a timescale that begins anew with each life.
        let now = Now { mono: Mono { ns: 1 }, utc: Utc { unix_ns: birth.start_unix_ns + birth.at_ns } };
        let mut proxy = Self {
            core: Core::new(settings, birth.seed, now),
            born_ns: birth.at_ns,
            start_unix_ns: birth.start_unix_ns,
            now,
            attempts: BTreeMap::new(),
            attempts_made: 0,
        };
        proxy.core.handle(now, Input::Aliases(birth.aliases));
        proxy.core.handle(now, Input::Configure(birth.configuration));
        proxy.core.handle(now, Input::Restore(birth.subscriptions));
        if let Some(memory) = birth.memory {
            proxy.core.handle(now, Input::Recall(memory));
        }
        proxy
    }

    fn pass_to(&mut self, at_ns: u64) {
        let mono_ns = 1 + at_ns.saturating_sub(self.born_ns);
        self.now = Now { mono: Mono { ns: mono_ns }, utc: Utc { unix_ns: self.start_unix_ns + at_ns } };
    }
}

impl Proxy for CoreProxy {
    fn line(&mut self, at_ns: u64, origin: Origin, text: &str) {
        self.pass_to(at_ns);
        let bytes = text.as_bytes();
        match ptp_lines::parse(bytes) {
            Ok(Line::Message(message)) => {
                self.core.handle(self.now, Input::Line { origin, message, text: bytes });
            }
            // For the shell, or not known to the grammar: the shell counts it.
            Ok(Line::Command(_) | Line::Other(_)) | Err(_) => {}
        }
    }

    fn answered(&mut self, at_ns: u64, attempt: u64, outcome: Outcome) {
        self.pass_to(at_ns);
        if let Some(attempt) = self.attempts.remove(&attempt) {
            self.core.handle(self.now, Input::Delivered { attempt, outcome });
        }
    }

    fn passes(&mut self, at_ns: u64) {
        self.pass_to(at_ns);
        self.core.handle(self.now, Input::Timeout);
    }

    fn poll(&mut self) -> Option<Said> {
        loop {
            match self.core.poll_output()? {
                Output::Changed(event) => return Some(Said::Published(event)),
                Output::Remember => return Some(Said::Remembers),
                Output::Deliver(Delivery { attempt, endpoint, event, .. }) => {
                    self.attempts_made += 1;
                    self.attempts.insert(self.attempts_made, attempt);
                    return Some(Said::Sends { attempt: self.attempts_made, endpoint, event });
                }
                Output::Ended { subscription, .. } => return Some(Said::GivesUp(subscription)),
                Output::Store { ticket, .. } => {
                    self.core.handle(self.now, Input::Stored { ticket, durable: true });
                }
                // Nobody subscribes or unsubscribes while a case runs.
                Output::Handshake { .. } | Output::Answer { .. } => {}
            }
        }
    }

    fn next_deadline_ns(&self) -> Option<u64> {
        self.core.next_deadline().map(|deadline| deadline.ns.saturating_sub(1) + self.born_ns)
    }

    fn memory(&self) -> Memory {
        self.core.memory(self.now)
    }

    fn longest_queue(&self) -> usize {
        self.core.snapshot().backlog.longest_queue
    }
}
