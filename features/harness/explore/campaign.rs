//! Many seeds, judged one by one on as many threads as are wanted.

use super::{Case, Evidence, Maker, Record, Shrunk, Story, Violation, draw, play, shrink};
use crate::wall_clock;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What to explore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// The seeds.
    pub seeds: Range<u64>,
    /// How many at a time, at least 1.
    pub jobs: usize,
    /// Whether each case is simulated and played twice, and everything compared.
    pub twice: bool,
}

/// What became of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tried {
    /// The first invariant that does not hold.
    pub violation: Option<Violation>,
    /// Lines that the simulator made.
    pub lines: usize,
    /// Events that were published.
    pub events: usize,
    /// What the proxy did.
    pub record: Record,
}

/// A seed whose case failed, and what is left of it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What the case was made into.
    pub shrunk: Shrunk,
}

/// How a campaign went.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Cases.
    pub seeds: u64,
    /// Those that failed, by seed.
    pub failures: Vec<Failure>,
    /// Virtual seconds, each case once.
    pub simulated_s: u64,
    /// Lines of all cases.
    pub lines: usize,
    /// Published events of all cases.
    pub events: usize,
    /// How long it took.
    pub took: Duration,
}

/// The first seed of a commit: the number that the first eight hexadecimal digits of its hash make.
pub fn first_seed(hash: &str) -> Option<u64> {
    let digits = hash.get(..8)?;
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if all_digits { u64::from_str_radix(digits, 16).ok() } else { None }
}

/// Tries every seed, and makes those that fail smaller. `tell` is told after each seed.
pub fn explore(campaign: &Campaign, maker: Maker<'_>, tell: &(dyn Fn(u64, &Tried) + Sync)) -> Figures {
    let begun = wall_clock::now();
    let next = AtomicU64::new(campaign.seeds.start);
    let figures = Mutex::new(Figures::default());
    std::thread::scope(|scope| {
        for _ in 0..campaign.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= campaign.seeds.end {
                        break;
                    }
                    let case = draw(seed);
                    let tried = case.tried(campaign.twice, maker);
                    tell(seed, &tried);
                    let failure = tried
                        .violation
                        .clone()
                        .map(|violation| Failure { seed, shrunk: shrink(&case, violation, maker) });
                    let mut figures = figures.lock().expect("no thread panics while it counts");
                    figures.count(&case, &tried, failure);
                }
            });
        }
    });
    let mut figures = figures.into_inner().expect("no thread panics while it counts");
    figures.failures.sort_by_key(|failure| failure.seed);
    figures.took = begun.elapsed();
    figures
}

impl Figures {
    fn count(&mut self, case: &Case, tried: &Tried, failure: Option<Failure>) {
        self.seeds += 1;
        self.simulated_s += case.setup.duration_s;
        self.lines += tried.lines;
        self.events += tried.events;
        self.failures.extend(failure);
    }
}

impl Case {
    /// Simulates and plays the case and judges what happened.
    pub fn tried(&self, twice: bool, maker: Maker<'_>) -> Tried {
        let fails = |invariant, what: &str| Tried {
            violation: Some(Violation { invariant, at_ns: 0, what: what.to_owned() }),
            ..Tried::default()
        };
        let Some(story) = unpanicked(|| Story::of(self)) else {
            return fails("simulator-never-panics", "the simulator panics");
        };
        let played = unpanicked(|| play(self, &story, &self.restarts, maker));
        // Without restarts one run is both.
        let restarts = !self.restarts.is_empty();
        let whole =
            if restarts { unpanicked(|| play(self, &story, &[], maker)) } else { Some(Record::default()) };
        let (Some(record), Some(whole)) = (played, whole) else {
            return fails("proxy-never-panics", "the core of the proxy panics");
        };
        if twice && Story::of(self) != story {
            return fails("same-seed-same-lines", "the simulator says something else the second time");
        }
        if twice && play(self, &story, &self.restarts, maker) != record {
            return fails("same-seed-same-events", "the proxy says something else the second time");
        }
        let uninterrupted = restarts.then_some(&whole);
        let violation =
            Evidence { case: self, story: &story, record: &record, uninterrupted }.first_violation();
        Tried { violation, lines: story.lines.len(), events: record.published().count(), record }
    }
}

/// The result, unless there is a panic instead.
fn unpanicked<T>(act: impl FnOnce() -> T) -> Option<T> {
    // What panics is dropped as a whole, so nothing half done is seen.
    catch_unwind(AssertUnwindSafe(act)).ok()
}
