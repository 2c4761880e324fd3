//! What all reports say of a run as a whole.

use super::super::interpretation::{Interpretations, Point};
use super::super::level::Level;
use super::super::result::{CaseResult, Failure, RequirementResult, SuiteResult, Tally, Verdict, tally};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// How the text was read at one point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Where.
    pub(super) point: Point,
    /// How.
    pub(super) reading: &'static str,
    /// How the profile reads it.
    pub(super) of_profile: &'static str,
}

/// Requirements with cases of the same verdict and reason.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    /// Why.
    pub(super) reason: &'a str,
    /// Each with the number of its cases that have it.
    pub(super) members: Vec<(&'a RequirementResult, usize)>,
}

/// `1, 2, 3`
pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// How many there are of all verdicts.
pub(super) fn total(tally: Tally) -> usize {
    tally.passed + tally.failed + tally.not_run + tally.not_applicable
}

/// `102 checks: 99 passed, 1 failed, 2 not run, 0 not applicable`
pub(super) fn sentence(what: &str, tally: Tally) -> String {
    let Tally { passed, failed, not_run, not_applicable } = tally;
    let all = total(tally);
    format!(
        "{all} {what}: {passed} passed, {failed} failed, {not_run} not run, {not_applicable} not applicable"
    )
}

/// Requirements by verdict, for each level. A requirement counts once, at the weightiest level that demands it.
pub(super) fn by_level(result: &SuiteResult) -> [(Level, Tally); Level::ALL.len()] {
    Level::ALL.map(|level| {
        let demanded = result.requirements.iter().filter(|one| one.level() == level);
        (level, tally(demanded.map(RequirementResult::verdict)))
    })
}

/// Who is meant by a level, in words.
pub(super) fn demanded_by(level: Level) -> &'static str {
    match level {
        Level::Spec => "the specification",
        Level::Test => "the public conformance tests",
        Level::Dropin => "consumers that know redhat-cne/cloud-event-proxy",
        Level::Quality => "networks that depend on the endpoint",
    }
}

/// The numbered checks, each with its verdict and the requirements that make it.
pub(super) fn checks(result: &SuiteResult) -> Vec<(u8, &Verdict, Vec<&RequirementResult>)> {
    let making =
        |number: u8| result.requirements.iter().filter(move |r| r.requirement.checks.contains(&number));
    let all = result.requirements.iter().flat_map(|one| one.requirement.checks.iter().copied());
    let numbers: BTreeSet<u8> = all.collect();
    let check =
        |number| (number, result.check(number).expect("a requirement makes it"), making(number).collect());
    numbers.into_iter().map(check).collect()
}

/// How the text was read.
pub(super) fn readings(result: &SuiteResult) -> Vec<Reading> {
    let defaults = Interpretations::of_profile(result.profile);
    let reading = |(point, reading)| Reading { point, reading, of_profile: defaults.reading(point) };
    result.interpretations.all().map(reading).collect()
}

/// Every failed case with its requirement: the weightiest level first, else in the order of the suite.
pub(super) fn failures(result: &SuiteResult) -> Vec<(&RequirementResult, &CaseResult, &Failure)> {
    let of = |one| failed_cases(one).map(move |(case, failure)| (one, case, failure));
    let mut failures: Vec<_> = result.requirements.iter().flat_map(of).collect();
    failures.sort_by_key(|(one, ..)| one.level());
    failures
}

fn failed_cases(one: &RequirementResult) -> impl Iterator<Item = (&CaseResult, &Failure)> {
    one.cases.iter().filter_map(|case| match &case.verdict {
        Verdict::Failed(failure) => Some((case, failure)),
        Verdict::Passed | Verdict::NotRun { .. } | Verdict::NotApplicable { .. } => None,
    })
}

/// Cases that were not run, by reason.
pub(super) fn not_run(result: &SuiteResult) -> Vec<Group<'_>> {
    grouped(result, |verdict| match verdict {
        Verdict::NotRun { reason } => Some(reason),
        Verdict::Passed | Verdict::Failed(_) | Verdict::NotApplicable { .. } => None,
    })
}

/// Cases that are not applicable, by reason.
pub(super) fn not_applicable(result: &SuiteResult) -> Vec<Group<'_>> {
    grouped(result, |verdict| match verdict {
        Verdict::NotApplicable { reason } => Some(reason),
        Verdict::Passed | Verdict::Failed(_) | Verdict::NotRun { .. } => None,
    })
}

fn grouped<'a>(result: &'a SuiteResult, reason: fn(&'a Verdict) -> Option<&'a str>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<&str, Vec<(&RequirementResult, usize)>> = BTreeMap::new();
    for one in &result.requirements {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in one.cases.iter().filter_map(|case| reason(&case.verdict)) {
            *reasons.entry(reason).or_default() += 1;
        }
        for (reason, cases) in reasons {
            groups.entry(reason).or_default().push((one, cases));
        }
    }
    groups.into_iter().map(|(reason, members)| Group { reason, members }).collect()
}

/// `2 of 3 examples`, or nothing for a scenario.
pub(super) fn of_examples(one: &RequirementResult, cases: usize) -> Option<String> {
    let outline = one.cases.len() > 1 || one.cases.iter().any(|case| !case.example.is_empty());
    outline.then(|| format!("{cases} of {} examples", one.cases.len()))
}
