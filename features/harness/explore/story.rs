//! What the simulator makes of a case: its lines and the truth behind them.

use super::Case;
use sim_core::{Truth, What, World};

/// The lines of a node and the truth, in the order of time. Times in nanoseconds since the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Lines of the event socket.
    pub lines: Vec<(u64, String)>,
    /// The true states, after each change and once per second.
    pub truth: Vec<(u64, Truth)>,
}

impl Story {
    /// Simulates the case.
    pub fn of(case: &Case) -> Self {
        let mut story = Self::default();
        for emission in World::new(case.setup.clone()) {
            match emission.what {
                What::Line { text, .. } => story.lines.push((emission.at.ns, text)),
                What::Truth(truth) => story.truth.push((emission.at.ns, truth)),
                What::Opened { .. } | What::Closed { .. } | What::Action(_) => {}
            }
        }
        story
    }
}
