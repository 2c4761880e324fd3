//! A run as JUnit XML for CI: a suite for each feature, a case for each scenario and for each example of an outline.
//!
//! JUnit knows no verdict for what was not run or is not applicable: both are skipped cases, told apart by their type.

use super::super::result::{CaseResult, Failure, RequirementResult, SuiteResult, Verdict};
use super::quote::{self, Bounds, cut, legible};
use super::summary::{self, list};
use crate::LabError;
use crate::limits::{REPORT_EXCHANGES_MAX, REPORT_TEXT_BYTES_MAX};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::io;
use std::time::Duration;

const BOUNDS: Bounds = Bounds { text_bytes: REPORT_TEXT_BYTES_MAX, exchanges: REPORT_EXCHANGES_MAX };

/// The report as a document.
///
/// # Errors
/// When the library refuses to write it.
pub fn render(result: &SuiteResult) -> Result<String, LabError> {
    let mut report = Report::new("conformance");
    // A time that is none is left out; the properties have it as it is.
    report.timestamp = result.began.parse().ok();
    report.set_time(result.took);
    for (feature, requirements) in by_feature(result) {
        report.add_test_suite(suite(result, feature, &requirements));
    }
    report.to_string().map_err(|source| LabError::Output { source: io::Error::other(source) })
}

/// Features in the order in which the suite has them first.
fn by_feature(result: &SuiteResult) -> Vec<(&str, Vec<&RequirementResult>)> {
    let mut features: Vec<(&str, Vec<&RequirementResult>)> = Vec::new();
    for one in &result.requirements {
        let feature = one.requirement.feature.as_str();
        match features.iter_mut().find(|(name, _)| *name == feature) {
            Some((_, requirements)) => requirements.push(one),
            None => features.push((feature, vec![one])),
        }
    }
    features
}

fn suite(result: &SuiteResult, feature: &str, requirements: &[&RequirementResult]) -> TestSuite {
    let mut suite = TestSuite::new(legible(feature));
    suite.timestamp = result.began.parse().ok();
    let cases = || requirements.iter().flat_map(|one| one.cases.iter().map(move |case| (*one, case)));
    suite.set_time(cases().map(|(_, case)| case.took).sum::<Duration>());
    suite.add_properties(properties(result));
    suite.add_test_cases(cases().map(|(one, case)| test_case(one, case)));
    suite
}

fn properties(result: &SuiteResult) -> Vec<Property> {
    let seed = result.shuffled.map_or_else(|| "none".to_owned(), |seed| seed.to_string());
    let mut properties = vec![
        property("producer", super::PRODUCER),
        property("subject", &result.subject),
        property("stimulus", &result.stimulus),
        property("profile", result.profile.as_str()),
        property("began", &result.began),
        property("seed", &seed),
    ];
    let readings = summary::readings(result).into_iter();
    properties.extend(
        readings
            .map(|one| property(&format!("interpretation.{}", one.point.description().name), one.reading)),
    );
    properties
}

fn property(name: &str, value: &str) -> Property {
    Property::new(name, legible(value))
}

fn test_case(one: &RequirementResult, case: &CaseResult) -> TestCase {
    let requirement = &one.requirement;
    // No line number in it, so that the history of a case outlives edits of the feature.
    let name = match case.example.as_str() {
        "" => requirement.title.clone(),
        example => format!("{} [{example}]", requirement.title),
    };
    let mut test_case = TestCase::new(legible(&name), status(one, &case.verdict));
    test_case.set_classname(legible(&requirement.feature));
    test_case.set_time(case.took);
    for (name, value) in [
        ("requirement", requirement.id.clone()),
        ("checks", list(&requirement.checks)),
        ("levels", list(&requirement.levels)),
        ("clauses", list(&requirement.clauses)),
        ("pain points", list(&requirement.pain_points)),
    ] {
        test_case.add_property(property(name, &value));
    }
    test_case
}

fn status(one: &RequirementResult, verdict: &Verdict) -> TestCaseStatus {
    match verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Failed(failure) => failed(one, failure),
        Verdict::NotRun { reason } | Verdict::NotApplicable { reason } => {
            let mut status = TestCaseStatus::skipped();
            status.set_type(verdict.name()).set_message(legible(&format!("{}: {reason}", verdict.name())));
            status
        }
    }
}

fn failed(one: &RequirementResult, failure: &Failure) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(one.level().as_str());
    status.set_message(legible(&cut(&failure.message, BOUNDS.text_bytes)));
    status.set_description(legible(&quote::lines(failure, BOUNDS).join("\n")));
    status
}
