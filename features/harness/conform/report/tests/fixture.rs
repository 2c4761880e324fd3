//! Runs made up by hand.

use super::super::super::interpretation::Interpretations;
use super::super::super::level::{Level, Profile};
use super::super::super::result::{
    CaseResult, Direction, Exchange, Failure, Requirement, RequirementResult, SuiteResult, Verdict,
};
use std::time::Duration;

/// Everything that markup, terminals and XML could stumble over.
pub(super) const HOSTILE: &str = "</pre></script><script>alert('1')</script> ]]> &lt; \"q\" \
     \u{1b}[2Jcleared \0 \u{8} \u{9b}31m \u{fffe} \u{ffff} \u{202e}reversed \t \u{e9}\u{fffd}";

pub(super) fn case(example: &str, verdict: Verdict) -> CaseResult {
    CaseResult { example: example.to_owned(), verdict, took: Duration::from_millis(250) }
}

pub(super) fn failed(exchanges: Vec<Exchange>) -> Verdict {
    let message = "expected 400\nfound 500".to_owned();
    Verdict::Failed(Failure { step: "Then the answer is 400".to_owned(), message, exchanges })
}

pub(super) fn exchange(request: &str, response: &str) -> Exchange {
    Exchange { direction: Direction::ToSubject, request: request.to_owned(), response: response.to_owned() }
}

fn requirement(id: &str, title: &str, levels: &[Level], clauses: &[&str]) -> Requirement {
    Requirement {
        id: id.to_owned(),
        title: title.to_owned(),
        feature: "Subscriptions".to_owned(),
        checks: [].into(),
        pain_points: [].into(),
        levels: levels.iter().copied().collect(),
        clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
        steps: vec!["When a consumer subscribes".to_owned(), "Then the answer is 400".to_owned()],
    }
}

pub(super) fn run_of(requirements: Vec<RequirementResult>) -> SuiteResult {
    let mut interpretations = Interpretations::of_profile(Profile::Compat);
    interpretations.choose("error-body=problem-details").expect("there is one");
    SuiteResult {
        subject: "http://127.0.0.1:9043/".to_owned(),
        stimulus: "nothing changes states".to_owned(),
        profile: Profile::Compat,
        interpretations,
        began: "2026-11-22T20:00:00Z".to_owned(),
        took: Duration::from_millis(12_500),
        shuffled: Some(42),
        requirements,
    }
}

/// One requirement with one failed case.
pub(super) fn failing(exchanges: Vec<Exchange>) -> SuiteResult {
    let requirement = requirement("subscribe:12", "A bad one is refused", &[Level::Test], &["clause 5.3.1"]);
    run_of(vec![RequirementResult { requirement, cases: vec![case("", failed(exchanges))] }])
}

/// A failure whose exchange holds [`HOSTILE`] everywhere.
pub(super) fn hostile() -> SuiteResult {
    let mut run = failing(vec![Exchange {
        direction: Direction::ToConsumer(HOSTILE.to_owned()),
        request: HOSTILE.to_owned(),
        response: HOSTILE.to_owned(),
    }]);
    run.subject = HOSTILE.to_owned();
    let message = HOSTILE.to_owned();
    let failure = Failure { message, ..failure_of(&run).clone() };
    run.requirements[0].cases[0] = case(HOSTILE, Verdict::Failed(failure));
    run
}

pub(super) fn failure_of(run: &SuiteResult) -> &Failure {
    match &run.requirements[0].cases[0].verdict {
        Verdict::Failed(failure) => failure,
        Verdict::Passed | Verdict::NotRun { .. } | Verdict::NotApplicable { .. } => panic!("it failed"),
    }
}

/// Every verdict, an outline with mixed cases, a requirement of two levels, one without a check.
pub(super) fn mixed() -> SuiteResult {
    let not_run = || Verdict::NotRun { reason: "states cannot be changed here".to_owned() };
    let valid = Requirement {
        checks: [8, 9].into(),
        ..requirement(
            "subscribe:3",
            "A valid one is taken",
            &[Level::Spec, Level::Test],
            &["table 7", "table 30"],
        )
    };
    let bad = Requirement {
        checks: [13].into(),
        pain_points: [3].into(),
        ..requirement("subscribe:12", "A bad one is refused", &[Level::Test], &["clause 5.3.1"])
    };
    let bad_cases = vec![
        case("body=empty", Verdict::Passed),
        case(
            "body={",
            failed(vec![exchange(
                "POST /s HTTP/1.1\r\nhost: a\r\n\r\n{",
                "HTTP/1.1 500 Internal Server Error",
            )]),
        ),
        case("body=null", not_run()),
    ];
    let push = |requirement| Requirement { feature: "Notifications".to_owned(), ..requirement };
    let change = Requirement {
        checks: [60].into(),
        ..push(requirement("push:5", "A change is told", &[Level::Spec], &["clause 5.1.1.1"]))
    };
    let metric = Requirement {
        checks: [67].into(),
        ..push(requirement("push:20", "A class is a metric", &[Level::Dropin], &["sdk-go"]))
    };
    let alone = push(requirement("push:31", "A hung one delays nobody", &[Level::Quality], &[]));
    let one = |requirement, verdict| RequirementResult { requirement, cases: vec![case("", verdict)] };
    run_of(vec![
        one(valid, Verdict::Passed),
        RequirementResult { requirement: bad, cases: bad_cases },
        one(change, not_run()),
        one(metric, Verdict::NotApplicable { reason: "of profile oran".to_owned() }),
        one(alone, Verdict::Passed),
    ])
}
