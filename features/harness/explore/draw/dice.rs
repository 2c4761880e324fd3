//! Choices, from one seeded stream for each purpose.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What is chosen, by the number of its stream. Part of the meaning of every seed: never renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Topology and parameters.
    Node,
    /// The timeline.
    Faults,
    /// Who listens.
    Subscribers,
    /// When the proxy is killed.
    Restarts,
}

/// A stream of choices. Whole numbers only: the same on every machine.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, purpose: Purpose) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(match purpose {
            Purpose::Node => 1,
            Purpose::Faults => 2,
            Purpose::Subscribers => 3,
            Purpose::Restarts => 4,
        });
        Self(generator)
    }

    /// From `least` to `most`, both included. The slight bias of the remainder does not matter here.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.0.next_u64() % (most.saturating_sub(least).saturating_add(1)).max(1)
    }

    /// Whether something happens that happens in so many of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of these, each as likely.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let last = u64::try_from(choices.len().saturating_sub(1)).unwrap_or_default();
        choices[usize::try_from(self.between(0, last)).unwrap_or_default()]
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, choices: &'a [(u64, T)]) -> &'a T {
        let sum: u64 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(0, sum.saturating_sub(1));
        for (weight, choice) in choices {
            if left < *weight {
                return choice;
            }
            left -= weight;
        }
        &choices[0].1
    }

    /// A number of either sign whose size is a digit with so many zeros, drawn evenly among the decades.
    pub(super) fn signed(&mut self, zeros: std::ops::RangeInclusive<u32>) -> i64 {
        let power = self.between(u64::from(*zeros.start()), u64::from(*zeros.end()));
        let size = self.between(1, 9) * 10u64.pow(u32::try_from(power).unwrap_or_default());
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        if self.chance(50) { size } else { -size }
    }
}
