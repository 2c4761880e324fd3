//! What a seed stands for.

use ptp_scenario::{DraftThresholds, Topology};
use sim_core::Setup;

/// One case of a campaign: a node, what happens to it, who listens, and when the proxy is killed.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The seed that it was drawn from.
    pub seed: u64,
    /// The whole node that the setup began with.
    pub topology: Topology,
    /// The node, and the timeline of what happens to it.
    pub setup: Setup,
    /// The thresholds of all its profiles.
    pub thresholds: DraftThresholds,
    /// Who listens, each at an endpoint of its own.
    pub subscribers: Vec<Subscriber>,
    /// When the proxy is killed, in the order of lines.
    pub restarts: Vec<Restart>,
}

/// One death of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// It is killed just before this line, counted from 0; beyond the last line it is not killed.
    pub line: usize,
    /// For so long there is no proxy, in nanoseconds: lines of that time are lost.
    pub down_ns: u64,
}

/// A consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// The addresses that it has subscribed to, which may overlap.
    pub addresses: Vec<String>,
    /// How it answers.
    pub conduct: Conduct,
}

/// How a consumer answers. Times count from the start of the case, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// 204, at once.
    Prompt,
    /// 204, after a while.
    Slow {
        /// How long.
        answers_after_ns: u64,
    },
    /// Another answer than 204: it has the event, and the proxy warns.
    Complains,
    /// Connections are refused for a while; prompt otherwise.
    Refuses {
        /// Since when.
        from_ns: u64,
        /// Until when.
        until_ns: u64,
    },
    /// It accepts connections and answers nothing for a while; prompt otherwise.
    Hangs {
        /// Since when.
        from_ns: u64,
        /// Until when.
        until_ns: u64,
    },
}

impl Case {
    /// The endpoint of a subscriber.
    pub fn endpoint(subscriber: usize) -> String {
        format!("http://127.0.0.1:{}/event", 9100 + subscriber)
    }

    /// The holdover timeout in nanoseconds.
    pub fn holdover_ns(&self) -> u64 {
        u64::from(self.thresholds.holdover_timeout_s) * super::limits::NS_PER_S
    }
}
