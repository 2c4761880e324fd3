//! The report for CI.

use super::super::junit;
use super::fixture::{exchange, failing, hostile, mixed};
use crate::conform::result::SuiteResult;
use quick_junit::{Report, TestCase, TestCaseStatus};

fn read(run: &SuiteResult) -> Report {
    let xml = junit::render(run).expect("written");
    Report::deserialize_from_str(&xml).expect("well-formed")
}

fn status(case: &TestCase) -> (&str, Option<&str>, Option<&str>, Option<&str>) {
    match &case.status {
        TestCaseStatus::Success { .. } => ("passed", None, None, None),
        TestCaseStatus::NonSuccess { message, ty, description, .. } => {
            ("failed", ty.as_deref(), message.as_deref(), description.as_deref())
        }
        TestCaseStatus::Skipped { message, ty, description } => {
            ("skipped", ty.as_deref(), message.as_deref(), description.as_deref())
        }
    }
}

#[test]
fn each_feature_is_a_suite_and_each_case_a_case() {
    let report = read(&mixed());
    let suites: Vec<_> =
        report.test_suites.iter().map(|s| (s.name.as_str(), s.tests, s.failures, s.skipped)).collect();
    assert_eq!(suites, [("Subscriptions", 4, 1, 1), ("Notifications", 3, 0, 2)]);
    let names: Vec<_> = report.test_suites[0].test_cases.iter().map(|case| case.name.as_str()).collect();
    let expected = [
        "A valid one is taken",
        "A bad one is refused [body=empty]",
        "A bad one is refused [body={]",
        "A bad one is refused [body=null]",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_failure_has_its_exchange_and_what_was_skipped_its_reason() {
    let report = read(&mixed());
    let [subscriptions, notifications] = &report.test_suites[..] else { panic!("two features") };
    let text = "step: Then the answer is 400
  expected 400
  found 500
exchange 1 of 1, the suite asked the subject:
  > POST /s HTTP/1.1
  > host: a
  >
  > {
  < HTTP/1.1 500 Internal Server Error";
    let failed = &subscriptions.test_cases[2];
    assert_eq!(status(failed), ("failed", Some("test"), Some("expected 400\nfound 500"), Some(text)));
    let not_run = ("skipped", Some("not run"), Some("not run: states cannot be changed here"), None);
    assert_eq!(status(&subscriptions.test_cases[3]), not_run);
    let other = ("skipped", Some("not applicable"), Some("not applicable: of profile oran"), None);
    assert_eq!(status(&notifications.test_cases[1]), other);
    assert_eq!(status(&notifications.test_cases[2]), ("passed", None, None, None));
}

#[test]
fn every_suite_says_what_was_tested_and_how_the_text_was_read() {
    let report = read(&mixed());
    for suite in &report.test_suites {
        let value =
            |name: &str| suite.properties.iter().find(|p| p.name.as_str() == name).map(|p| p.value.as_str());
        assert_eq!(value("subject"), Some("http://127.0.0.1:9043/"));
        assert_eq!(value("profile"), Some("compat"));
        assert_eq!(value("seed"), Some("42"));
        assert_eq!(value("interpretation.error-body"), Some("problem-details"));
        assert_eq!(value("interpretation.data-form"), Some("object"));
    }
    let case = &report.test_suites[0].test_cases[1];
    let properties: Vec<_> = case.properties.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect();
    let expected = [
        ("requirement", "subscribe:12"),
        ("checks", "13"),
        ("levels", "test"),
        ("clauses", "clause 5.3.1"),
        ("pain points", "3"),
    ];
    assert_eq!(properties, expected);
}

/// XML 1.0 section 2.2.
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[test]
fn any_body_gives_legal_xml_and_stays_readable() {
    let xml = junit::render(&hostile()).expect("written");
    assert!(xml.chars().all(is_legal), "{xml}");
    assert!(!xml.contains("]]>"), "it may not stand in text: {xml}");
    let report = Report::deserialize_from_str(&xml).expect("well-formed");
    let (_, _, _, text) = status(&report.test_suites[0].test_cases[0]);
    let line = "  < </pre></script><script>alert('1')</script> ]]> &lt; \"q\" \
         \\u{1b}[2Jcleared \\u{0} \\u{8} \\u{9b}31m \\u{fffe} \\u{ffff} \\u{202e}reversed \\t \u{e9}\u{fffd}";
    assert!(text.expect("a failure has a text").contains(line), "{text:?}");
}

#[test]
fn long_bodies_and_many_exchanges_are_cut_with_a_note() {
    let exchanges = vec![exchange("GET / HTTP/1.1", &"x".repeat(20_000)); 51];
    let report = read(&failing(exchanges));
    let text = status(&report.test_suites[0].test_cases[0]).3.expect("a failure has a text");
    assert!(text.contains("\nexchanges before those shown: 1\nexchange 2 of 51, the suite asked"), "{text}");
    assert_eq!(text.matches("  < [cut here: 16384 of 20000 bytes are shown]").count(), 50);
}
