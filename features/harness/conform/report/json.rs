//! A run as one JSON object. `features/conform/report.schema.json` describes the same members for programs.

use super::super::level::Level;
use super::super::result::{
    CaseResult, Direction, Exchange, Failure, RequirementResult, SuiteResult, Tally, Verdict,
};
use super::quote::{cut, quoted};
use super::summary::{self, Reading};
use crate::limits::{REPORT_EXCHANGES_MAX, REPORT_TEXT_BYTES_MAX};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The version of this form. It grows when a member goes away or changes its meaning, not when one is added.
const FORMAT: u8 = 1;

/// The report as one indented object and a line end.
pub fn render(result: &SuiteResult) -> String {
    let object = Run::of(result);
    let text = serde_json::to_string_pretty(&object).expect("every key is a string and memory takes all");
    text + "\n"
}

/// A whole run.
#[derive(Serialize)]
struct Run<'a> {
    /// [`FORMAT`].
    format: u8,
    /// The program and its version.
    producer: &'static str,
    /// The text that the requirements are of.
    specification: &'static str,
    /// What was tested, for example its URL.
    subject: &'a str,
    /// How states were changed, in words.
    stimulus: &'a str,
    /// `compat` or `oran`.
    profile: &'static str,
    /// When the run began, RFC 3339.
    began: &'a str,
    /// How long it took, in seconds.
    took_s: f64,
    /// The seed of the order; null if the scenarios were not shuffled.
    seed: Option<u64>,
    /// The weightiest level at which a requirement failed; null if none did.
    worst_failure: Option<&'static str>,
    /// How the text was read where it can be read in several ways.
    interpretations: Vec<Interpretation>,
    /// The figures.
    tallies: Tallies,
    /// The numbered checks, by number.
    checks: Vec<Check<'a>>,
    /// Every requirement of the suite, in its order.
    requirements: Vec<Requirement<'a>>,
}

/// A reading of the text.
#[derive(Serialize)]
struct Interpretation {
    /// The name of the point, as on the command line.
    name: &'static str,
    /// How it was read.
    reading: &'static str,
    /// Whether the profile reads it so by itself.
    default: bool,
    /// What contradicts what.
    contradiction: &'static str,
}

/// How many there were of each verdict.
#[derive(Serialize)]
struct Tallies {
    /// Of the requirements.
    requirements: Count,
    /// Of the numbered checks.
    checks: Count,
    /// Of the requirements of each level; a requirement counts once, at the weightiest level that demands it.
    levels: BTreeMap<&'static str, Count>,
}

/// How many there were of each verdict.
#[derive(Serialize)]
struct Count {
    /// Passed.
    passed: usize,
    /// Failed.
    failed: usize,
    /// Not run.
    not_run: usize,
    /// Not applicable.
    not_applicable: usize,
}

/// One numbered check.
#[derive(Serialize)]
struct Check<'a> {
    /// Its number.
    number: u8,
    /// The heaviest verdict of the requirements that make it.
    verdict: &'static str,
    /// The ids of these.
    requirements: Vec<&'a str>,
}

/// One requirement.
#[derive(Serialize)]
struct Requirement<'a> {
    /// A name that is its own in the suite.
    id: &'a str,
    /// The requirement in a sentence.
    title: &'a str,
    /// The feature that it belongs to.
    feature: &'a str,
    /// Numbers of the checks that it makes.
    checks: &'a BTreeSet<u8>,
    /// Numbers of the pain points of users that it shows.
    pain_points: &'a BTreeSet<u8>,
    /// Who demands it, the weightiest first.
    #[serde(serialize_with = "names")]
    levels: &'a BTreeSet<Level>,
    /// The clauses, tables or sources that demand it.
    clauses: &'a [String],
    /// The Gherkin text of its steps.
    steps: &'a [String],
    /// The verdict of all cases.
    verdict: &'static str,
    /// One for a scenario, one for each example of an outline.
    cases: Vec<Case<'a>>,
}

/// What was found of a scenario or of one example of an outline.
#[derive(Serialize)]
struct Case<'a> {
    /// What tells it from the other examples; empty for a scenario.
    example: &'a str,
    /// `passed`, `failed`, `not run` or `not applicable`.
    verdict: &'static str,
    /// How long it took, in seconds.
    took_s: f64,
    /// Why it was not run or is not applicable; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// How it failed; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failed<'a>>,
}

/// How a case failed.
#[derive(Serialize)]
struct Failed<'a> {
    /// The step that did not hold.
    step: &'a str,
    /// Expected and found.
    message: Cow<'a, str>,
    /// How many exchanges there were before those that follow.
    exchanges_left_out: usize,
    /// The last HTTP exchanges of the scenario, in order.
    exchanges: Vec<Exchanged<'a>>,
}

/// One HTTP exchange.
#[derive(Serialize)]
struct Exchanged<'a> {
    /// `to subject` or `to consumer`.
    direction: &'static str,
    /// The name of the consumer that the subject notified; null if the suite asked the subject.
    consumer: Option<&'a str>,
    /// Request line, headers, body; a long one is cut, with a note at its end.
    request: Cow<'a, str>,
    /// Status line, headers, body, or why there was none; a long one is cut, with a note at its end.
    response: Cow<'a, str>,
}

impl<'a> Run<'a> {
    fn of(result: &'a SuiteResult) -> Self {
        let levels = summary::by_level(result).map(|(level, tally)| (level.as_str(), Count::from(tally)));
        Self {
            format: FORMAT,
            producer: super::PRODUCER,
            specification: super::SPECIFICATION,
            subject: &result.subject,
            stimulus: &result.stimulus,
            profile: result.profile.as_str(),
            began: &result.began,
            took_s: result.took.as_secs_f64(),
            seed: result.shuffled,
            worst_failure: result.worst_failure().map(Level::as_str),
            interpretations: summary::readings(result).into_iter().map(Interpretation::from).collect(),
            tallies: Tallies {
                requirements: result.tally().into(),
                checks: result.checks().into(),
                levels: levels.into(),
            },
            checks: summary::checks(result).into_iter().map(check).collect(),
            requirements: result.requirements.iter().map(Requirement::of).collect(),
        }
    }
}

impl From<Reading> for Interpretation {
    fn from(one: Reading) -> Self {
        let point = one.point.description();
        Self {
            name: point.name,
            reading: one.reading,
            default: one.reading == one.of_profile,
            contradiction: point.contradiction,
        }
    }
}

impl From<Tally> for Count {
    fn from(tally: Tally) -> Self {
        let Tally { passed, failed, not_run, not_applicable } = tally;
        Self { passed, failed, not_run, not_applicable }
    }
}

fn check<'a>((number, verdict, making): (u8, &Verdict, Vec<&'a RequirementResult>)) -> Check<'a> {
    let requirements = making.into_iter().map(|one| one.requirement.id.as_str()).collect();
    Check { number, verdict: verdict.name(), requirements }
}

impl<'a> Requirement<'a> {
    fn of(one: &'a RequirementResult) -> Self {
        let requirement = &one.requirement;
        Self {
            id: &requirement.id,
            title: &requirement.title,
            feature: &requirement.feature,
            checks: &requirement.checks,
            pain_points: &requirement.pain_points,
            levels: &requirement.levels,
            clauses: &requirement.clauses,
            steps: &requirement.steps,
            verdict: one.verdict().name(),
            cases: one.cases.iter().map(Case::of).collect(),
        }
    }
}

impl<'a> Case<'a> {
    fn of(case: &'a CaseResult) -> Self {
        let (reason, failure) = match &case.verdict {
            Verdict::Passed => (None, None),
            Verdict::Failed(failure) => (None, Some(Failed::of(failure))),
            Verdict::NotRun { reason } | Verdict::NotApplicable { reason } => (Some(reason.as_str()), None),
        };
        let (example, verdict) = (case.example.as_str(), case.verdict.name());
        Self { example, verdict, took_s: case.took.as_secs_f64(), reason, failure }
    }
}

impl<'a> Failed<'a> {
    fn of(failure: &'a Failure) -> Self {
        let (exchanges_left_out, exchanges) = quoted(&failure.exchanges, REPORT_EXCHANGES_MAX);
        Self {
            step: &failure.step,
            message: cut(&failure.message, REPORT_TEXT_BYTES_MAX),
            exchanges_left_out,
            exchanges: exchanges.iter().map(Exchanged::of).collect(),
        }
    }
}

impl<'a> Exchanged<'a> {
    fn of(exchange: &'a Exchange) -> Self {
        let (direction, consumer) = match &exchange.direction {
            Direction::ToSubject => ("to subject", None),
            Direction::ToConsumer(name) => ("to consumer", Some(name.as_str())),
        };
        let [request, response] =
            [&exchange.request, &exchange.response].map(|text| cut(text, REPORT_TEXT_BYTES_MAX));
        Self { direction, consumer, request, response }
    }
}

fn names<S: Serializer>(levels: &BTreeSet<Level>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(levels.iter().map(|level| level.as_str()))
}
