//! The comparison of what was published with what was expected.

use crate::duration::in_seconds;
use crate::limits::ALIGNED_MAX;
use crate::{Expectation, Window};
use sim_core::SimTime;
use std::fmt;

/// An event that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The virtual time that it carries.
    pub at: SimTime,
    /// Resource path without cluster and node.
    pub resource: String,
    /// Its value.
    pub value: String,
}

/// The outcome of [`judge`]. Shown, it tells every difference on a line of its own, the first one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Every difference, in the order of time; empty if all is as expected.
    pub differences: Vec<Difference>,
}

impl Verdict {
    /// Whether everything came as expected, and nothing else.
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// One difference between what was expected and what came. `index` is a place among the expectations, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// An expected event did not come, or not in its turn.
    Missing {
        /// Which.
        index: usize,
        /// The expected event.
        resource: String,
        /// Its value.
        value: String,
        /// When it should have come.
        window: Window,
    },
    /// An event came that nobody expected, or not in its turn.
    Unexpected {
        /// The event.
        observed: Observed,
    },
    /// An expected event came in its turn, but outside its window.
    OutsideWindow {
        /// Which.
        index: usize,
        /// The event.
        observed: Observed,
        /// When it should have come.
        window: Window,
    },
    /// While a resource might flap it took a value that it may not take.
    ForbiddenValue {
        /// Which.
        index: usize,
        /// The event.
        observed: Observed,
    },
    /// A resource changed while it must not.
    Changed {
        /// Which.
        index: usize,
        /// The event.
        observed: Observed,
    },
    /// There were fewer events than there should be while resources might flap.
    TooFew {
        /// Which.
        index: usize,
        /// How many there were.
        seen: usize,
        /// How many there should be.
        at_least: usize,
        /// In which time.
        window: Window,
    },
    /// A resource that might flap did not end as it should.
    WrongEnd {
        /// Which.
        index: usize,
        /// The resource.
        resource: String,
        /// How it should end.
        expected: String,
        /// How it ended; absent if it did not change at all.
        seen: Option<String>,
        /// In which time.
        window: Window,
    },
}

impl Difference {
    /// The instant that it is about.
    fn at(&self) -> SimTime {
        match self {
            Self::Missing { window, .. } | Self::TooFew { window, .. } | Self::WrongEnd { window, .. } => {
                window.until
            }
            Self::Unexpected { observed }
            | Self::OutsideWindow { observed, .. }
            | Self::ForbiddenValue { observed, .. }
            | Self::Changed { observed, .. } => observed.at,
        }
    }
}

/// Compares the events of a run, in the order in which they were published, with the expectations of its scenario.
///
/// Exact: every expected event must come in its turn and within its window, and no other may come.
pub fn judge(expect: &[Expectation], observed: &[Observed]) -> Verdict {
    let mut differences = Vec::new();
    let mut single = Vec::new();
    for (index, expectation) in expect.iter().enumerate() {
        match expectation {
            Expectation::Event { resource, value, window } => {
                single.push(Single { index, resource, value, window: *window });
            }
            Expectation::Flapping { .. } => judge_flapping(index, expectation, observed, &mut differences),
            Expectation::Unchanged { .. } => {
                let changes = observed.iter().filter(|event| takes(expectation, event)).cloned();
                differences.extend(changes.map(|observed| Difference::Changed { index, observed }));
            }
        }
    }
    let taken = |event: &Observed| expect.iter().any(|expectation| takes(expectation, event));
    let events: Vec<&Observed> = observed.iter().filter(|event| !taken(event)).collect();
    judge_singles(&single, &events, &mut differences);
    differences.sort_by_key(Difference::at);
    Verdict { differences }
}

#[derive(Clone, Copy)]
struct Single<'a> {
    index: usize,
    resource: &'a str,
    value: &'a str,
    window: Window,
}

impl Single<'_> {
    fn is(&self, event: &Observed) -> bool {
        self.resource == event.resource && self.value == event.value
    }

    fn missing(&self) -> Difference {
        Difference::Missing {
            index: self.index,
            resource: self.resource.to_owned(),
            value: self.value.to_owned(),
            window: self.window,
        }
    }
}

/// Whether the event belongs to that time, whatever its turn.
fn takes(expectation: &Expectation, event: &Observed) -> bool {
    match expectation {
        Expectation::Event { .. } => false,
        Expectation::Flapping { .. } | Expectation::Unchanged { .. } => {
            expectation.names(&event.resource) && expectation.window().contains(event.at)
        }
    }
}

fn judge_flapping(
    index: usize,
    expectation: &Expectation,
    observed: &[Observed],
    into: &mut Vec<Difference>,
) {
    let Expectation::Flapping { values, window, at_least, ends, .. } = expectation else {
        return;
    };
    let events: Vec<&Observed> = observed.iter().filter(|event| takes(expectation, event)).collect();
    for event in events.iter().filter(|event| !values.contains(&event.value)) {
        into.push(Difference::ForbiddenValue { index, observed: (*event).clone() });
    }
    if events.len() < *at_least {
        into.push(Difference::TooFew { index, seen: events.len(), at_least: *at_least, window: *window });
    }
    for (resource, expected) in ends {
        let last = events.iter().rev().find(|event| event.resource == *resource);
        if last.is_none_or(|event| event.value != *expected) {
            into.push(Difference::WrongEnd {
                index,
                resource: resource.clone(),
                expected: expected.clone(),
                seen: last.map(|event| event.value.clone()),
                window: *window,
            });
        }
    }
}

/// Lays both sequences side by side so that as many as possible match in order; the rest is missing or unexpected.
fn judge_singles(expected: &[Single<'_>], events: &[&Observed], into: &mut Vec<Difference>) {
    let (aligned, beyond) = events.split_at(events.len().min(ALIGNED_MAX));
    let lengths = matches_from(expected, aligned);
    let (mut e, mut o) = (0, 0);
    while e < expected.len() && o < aligned.len() {
        if expected[e].is(aligned[o]) {
            if !expected[e].window.contains(aligned[o].at) {
                into.push(Difference::OutsideWindow {
                    index: expected[e].index,
                    observed: aligned[o].clone(),
                    window: expected[e].window,
                });
            }
            (e, o) = (e + 1, o + 1);
        } else if lengths[e + 1][o] >= lengths[e][o + 1] {
            into.push(expected[e].missing());
            e += 1;
        } else {
            into.push(Difference::Unexpected { observed: aligned[o].clone() });
            o += 1;
        }
    }
    into.extend(expected[e..].iter().map(Single::missing));
    let rest = aligned[o..].iter().chain(beyond);
    into.extend(rest.map(|event| Difference::Unexpected { observed: (*event).clone() }));
}

/// The length of the longest common subsequence from every pair of places on.
fn matches_from(expected: &[Single<'_>], events: &[&Observed]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; events.len() + 1]; expected.len() + 1];
    for e in (0..expected.len()).rev() {
        for o in (0..events.len()).rev() {
            lengths[e][o] = if expected[e].is(events[o]) {
                lengths[e + 1][o + 1] + 1
            } else {
                lengths[e + 1][o].max(lengths[e][o + 1])
            };
        }
    }
    lengths
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.passed() {
            return f.write_str("as expected");
        }
        write!(f, "{} differences", self.differences.len())?;
        self.differences.iter().try_for_each(|difference| write!(f, "\n{difference}"))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { index, resource, value, window } => {
                write!(f, "{window}: expectation {}, {resource} {value}, did not come in its turn", index + 1)
            }
            Self::Unexpected { observed } => write!(f, "{observed} was not expected here"),
            Self::OutsideWindow { index, observed, window } => {
                write!(f, "{observed} is outside the window of expectation {}, {window}", index + 1)
            }
            Self::ForbiddenValue { index, observed } => {
                write!(f, "{observed} is not a value that expectation {} allows", index + 1)
            }
            Self::Changed { index, observed } => {
                write!(f, "{observed} is a change that expectation {} rules out", index + 1)
            }
            Self::TooFew { index, seen, at_least, window } => {
                write!(f, "{window}: expectation {} wants {at_least} events, there were {seen}", index + 1)
            }
            Self::WrongEnd { index, resource, expected, seen, window } => {
                let seen = seen.as_deref().unwrap_or("unchanged");
                write!(
                    f,
                    "{window}: expectation {} wants {resource} to end {expected}, it ended {seen}",
                    index + 1
                )
            }
        }
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", in_seconds(self.at.ns), self.resource, self.value)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", in_seconds(self.from.ns), in_seconds(self.until.ns))
    }
}
