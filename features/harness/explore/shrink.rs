//! Makes a case that fails smaller, as long as the same invariant fails.

use super::limits::{NS_PER_S, SHRINK_RUNS_MAX};
use super::{Case, Conduct, Maker, Record, Violation};
use ptp_scenario::DraftThresholds;
use sim_core::SimTime;

/// What is left of a case.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest case that was found.
    pub case: Case,
    /// How it fails.
    pub violation: Violation,
    /// What the proxy does in it.
    pub record: Record,
    /// How many runs it took.
    pub runs: usize,
}

/// Makes a case smaller. Deterministic, and at most a fixed number of runs.
pub fn shrink(case: &Case, violation: Violation, maker: Maker<'_>) -> Shrunk {
    let shrunk = Shrunk { case: case.clone(), violation, record: Record::default(), runs: 0 };
    let mut shrinking = Shrinking { shrunk, maker };
    shrinking.accept(case.clone());
    loop {
        let before = shrinking.shrunk.case.clone();
        shrinking.restarts();
        shrinking.subscribers();
        shrinking.duration();
        shrinking.timeline();
        shrinking.times();
        shrinking.parameters();
        if shrinking.shrunk.case == before || shrinking.shrunk.runs >= SHRINK_RUNS_MAX {
            return shrinking.shrunk;
        }
    }
}

struct Shrinking<'a> {
    shrunk: Shrunk,
    maker: Maker<'a>,
}

impl Shrinking<'_> {
    /// Takes the candidate if it fails in the same way.
    fn accept(&mut self, candidate: Case) -> bool {
        if self.shrunk.runs >= SHRINK_RUNS_MAX {
            return false;
        }
        self.shrunk.runs += 1;
        let tried = candidate.tried(self.shrunk.violation.invariant.starts_with("same-seed"), self.maker);
        match tried.violation {
            Some(violation) if violation.invariant == self.shrunk.violation.invariant => {
                self.shrunk.case = candidate;
                self.shrunk.violation = violation;
                self.shrunk.record = tried.record;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Takes the case with this change if it differs and fails in the same way.
    fn change(&mut self, change: impl FnOnce(&mut Case)) -> bool {
        let mut candidate = self.shrunk.case.clone();
        change(&mut candidate);
        candidate != self.shrunk.case && self.accept(candidate)
    }

    fn restarts(&mut self) {
        self.change(|case| case.restarts.clear());
        for index in (0..self.shrunk.case.restarts.len()).rev() {
            if !self.change(|case| _ = case.restarts.remove(index)) {
                self.change(|case| case.restarts[index].down_ns = 0);
            }
        }
    }

    fn subscribers(&mut self) {
        for index in (0..self.shrunk.case.subscribers.len()).rev() {
            if !self.change(|case| drop(case.subscribers.remove(index))) {
                self.change(|case| case.subscribers[index].conduct = Conduct::Prompt);
                self.change(|case| case.subscribers[index].addresses.truncate(1));
            }
        }
    }

    fn duration(&mut self) {
        let needed_s = self.shrunk.violation.at_ns / NS_PER_S + 2;
        let half_s = self.shrunk.case.setup.duration_s / 2;
        for duration_s in [needed_s, half_s, half_s * 3 / 2] {
            self.change(|case| {
                let duration_s = duration_s.clamp(1, case.setup.duration_s);
                case.setup.duration_s = duration_s;
                case.setup.timeline.retain(|(at, _)| *at <= SimTime::from_s(duration_s));
            });
        }
    }

    /// Drops halves, quarters and so on, and single entries last.
    fn timeline(&mut self) {
        let mut size = self.shrunk.case.setup.timeline.len();
        while size > 0 {
            let mut from = self.shrunk.case.setup.timeline.len();
            while from > 0 {
                from = from.saturating_sub(size);
                let until = (from + size).min(self.shrunk.case.setup.timeline.len());
                self.change(|case| drop(case.setup.timeline.drain(from..until)));
            }
            size /= 2;
        }
    }

    /// Rounds instants up to whole tens of seconds, or seconds.
    fn times(&mut self) {
        for index in 0..self.shrunk.case.setup.timeline.len() {
            for unit_s in [10, 1] {
                let rounded = self.change(|case| {
                    let end_s = case.setup.duration_s;
                    let at = &mut case.setup.timeline[index].0;
                    let rounded_s = at.ns.div_ceil(unit_s * NS_PER_S) * unit_s;
                    *at = SimTime::from_s(rounded_s.min(end_s));
                    case.setup.timeline.sort_by_key(|(at, _)| *at);
                });
                if rounded {
                    break;
                }
            }
        }
    }

    /// Puts the values of the topology in place of those that were drawn: all at once, or part by part.
    fn parameters(&mut self) {
        let plain = self.shrunk.case.topology.setup();
        let thresholds = DraftThresholds { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_s: 5 };
        let all = self.change(|case| {
            let setup = plain.clone();
            case.thresholds = thresholds;
            case.setup = sim_core::Setup {
                seed: case.setup.seed,
                start_unix_s: case.setup.start_unix_s,
                duration_s: case.setup.duration_s,
                timeline: std::mem::take(&mut case.setup.timeline),
                ..setup
            };
        });
        if all {
            return;
        }
        self.change(|case| case.thresholds = thresholds);
        self.change(|case| case.setup.cards.clone_from(&plain.cards));
        self.change(|case| case.setup.os_clock = plain.os_clock);
        self.change(|case| case.setup.daemon = plain.daemon);
        self.change(|case| case.setup.boot_offset_ns = plain.boot_offset_ns);
        self.change(|case| case.setup.links.clone_from(&plain.links));
        self.change(|case| {
            case.setup.profiles.clone_from(&plain.profiles);
            case.setup.grandmasters.clone_from(&plain.grandmasters);
        });
        self.change(|case| case.setup.links.iter_mut().for_each(|link| link.path.noise_ns = 0.0));
        self.change(|case| case.setup.seed = 1);
    }
}
