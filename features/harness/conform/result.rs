//! What a run of the suite has found, whatever it is reported as.

use super::interpretation::Interpretations;
use super::level::{Level, Profile};
use std::collections::BTreeSet;
use std::time::Duration;

/// A whole run.
#[derive(Clone, Debug)]
pub struct SuiteResult {
    /// What was tested, for example its URL.
    pub subject: String,
    /// How states were changed, in words.
    pub stimulus: String,
    /// The representation that the subject was held to.
    pub profile: Profile,
    /// How the text was read where it can be read in several ways.
    pub interpretations: Interpretations,
    /// When the run began, RFC 3339.
    pub began: String,
    /// How long it took.
    pub took: Duration,
    /// The seed of the order, if the scenarios were shuffled.
    pub shuffled: Option<u64>,
    /// Every requirement of the suite, in its order: those that were not run, too.
    pub requirements: Vec<RequirementResult>,
}

/// One requirement: one scenario, or one scenario outline with all its examples.
#[derive(Clone, Debug)]
pub struct RequirementResult {
    /// What it is.
    pub requirement: Requirement,
    /// What was found; one for a scenario, one for each example of an outline.
    pub cases: Vec<CaseResult>,
}

/// One requirement of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// A name that is its own in the suite: the feature's file and the line, `subscribe:12`.
    pub id: String,
    /// The requirement in a sentence.
    pub title: String,
    /// The feature that it belongs to.
    pub feature: String,
    /// Checks that it makes, by number; see `features/conform/README.md`.
    pub checks: BTreeSet<u8>,
    /// Pain points of users that it shows, by number.
    pub pain_points: BTreeSet<u8>,
    /// Who demands it; never empty.
    pub levels: BTreeSet<Level>,
    /// The clauses, tables or sources that demand it, for example `table 7`.
    pub clauses: Vec<String>,
    /// The Gherkin text of its steps, a line for each.
    pub steps: Vec<String>,
}

/// What was found of a scenario or of one example of an outline.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// What tells it from the other examples, `status=404`; empty for a scenario.
    pub example: String,
    /// What was found.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The subject does what the requirement says.
    Passed,
    /// It does not.
    Failed(Failure),
    /// Nothing is known: what it takes was not there, for example a way to change states.
    NotRun {
        /// What was missing.
        reason: String,
    },
    /// The requirement is not one of this profile or interpretation.
    NotApplicable {
        /// Of which it is.
        reason: String,
    },
}

/// How a subject failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The step that did not hold, as in the feature.
    pub step: String,
    /// Expected and found.
    pub message: String,
    /// The HTTP exchanges of the scenario, in order.
    pub exchanges: Vec<Exchange>,
}

/// One HTTP exchange as text, bounded in size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Who asked whom.
    pub direction: Direction,
    /// Request line, headers, body.
    pub request: String,
    /// Status line, headers, body; or why there was none.
    pub response: String,
}

/// Who asked whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The suite asked the subject.
    ToSubject,
    /// The subject notified a consumer of this name.
    ToConsumer(String),
}

/// How many cases of a kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not run.
    pub not_run: usize,
    /// Not applicable.
    pub not_applicable: usize,
}

impl Verdict {
    /// Its name in reports: `passed`, `failed`, `not run`, `not applicable`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotRun { .. } => "not run",
            Self::NotApplicable { .. } => "not applicable",
        }
    }

    /// How much it weighs when several cases are summed up: the heaviest is the verdict of all.
    fn weight(&self) -> u8 {
        match self {
            Self::NotApplicable { .. } => 0,
            Self::Passed => 1,
            Self::NotRun { .. } => 2,
            Self::Failed(_) => 3,
        }
    }
}

impl RequirementResult {
    /// The verdict of all cases: failed if one failed, else not run if one was not, else passed.
    pub fn verdict(&self) -> &Verdict {
        let heaviest = self.cases.iter().map(|case| &case.verdict).max_by_key(|verdict| verdict.weight());
        heaviest.expect("every requirement has at least one case")
    }

    /// The weightiest level that demands it.
    pub fn level(&self) -> Level {
        *self.requirement.levels.first().expect("every requirement has a level")
    }
}

impl SuiteResult {
    /// Requirements by verdict.
    pub fn tally(&self) -> Tally {
        tally(self.requirements.iter().map(RequirementResult::verdict))
    }

    /// The numbered checks by verdict: a check of several requirements has the heaviest of their verdicts.
    pub fn checks(&self) -> Tally {
        let numbers: BTreeSet<u8> =
            self.requirements.iter().flat_map(|one| one.requirement.checks.iter().copied()).collect();
        tally(numbers.into_iter().map(|number| self.check(number).expect("a requirement makes it")))
    }

    /// The verdict of a numbered check; none if no requirement makes it.
    pub fn check(&self, number: u8) -> Option<&Verdict> {
        let making = self.requirements.iter().filter(|one| one.requirement.checks.contains(&number));
        making.map(RequirementResult::verdict).max_by_key(|verdict| verdict.weight())
    }

    /// The weightiest level at which a requirement failed.
    pub fn worst_failure(&self) -> Option<Level> {
        let failed = self.requirements.iter().filter(|one| matches!(one.verdict(), Verdict::Failed(_)));
        failed.map(RequirementResult::level).min()
    }
}

pub(super) fn tally<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Tally {
    verdicts.fold(Tally::default(), |mut tally, verdict| {
        match verdict {
            Verdict::Passed => tally.passed += 1,
            Verdict::Failed(_) => tally.failed += 1,
            Verdict::NotRun { .. } => tally.not_run += 1,
            Verdict::NotApplicable { .. } => tally.not_applicable += 1,
        }
        tally
    })
}
