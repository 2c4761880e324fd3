//! The report for programs.

use super::super::{PRODUCER, json};
use super::fixture::{HOSTILE, exchange, failing, hostile, mixed};
use crate::conform::result::SuiteResult;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../../conform/report.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

/// The report, which the schema allows.
fn read(run: &SuiteResult) -> Value {
    let report: Value = serde_json::from_str(&json::render(run)).expect("the report is JSON");
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is one");
    let errors: Vec<_> =
        validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
    report
}

#[test]
fn a_report_says_what_was_tested_and_how_the_text_was_read() {
    let report = read(&mixed());
    assert_eq!(report["format"], 1);
    assert_eq!(report["producer"], PRODUCER);
    assert_eq!(report["subject"], "http://127.0.0.1:9043/");
    assert_eq!(report["stimulus"], "nothing changes states");
    assert_eq!(report["profile"], "compat");
    assert_eq!(report["began"], "2026-11-22T20:00:00Z");
    assert_eq!(report["took_s"], 12.5);
    assert_eq!(report["seed"], 42);
    assert_eq!(report["worst_failure"], "test");
    assert_eq!(report["interpretations"].as_array().map(Vec::len), Some(10));
    let chosen = json!({
        "name": "error-body", "reading": "problem-details", "default": false,
        "contradiction": "clause 3.1.2 has errors carry problem details, \
            the conformance tests of clause 5.3 demand empty bodies",
    });
    assert_eq!(report["interpretations"][0], chosen);
    assert_eq!(report["interpretations"][1]["default"], true);
}

#[test]
fn a_report_counts_requirements_checks_and_levels() {
    let report = read(&mixed());
    let count = |[passed, failed, not_run, not_applicable]: [u8; 4]| json!({"passed": passed, "failed": failed, "not_run": not_run, "not_applicable": not_applicable});
    let levels = json!({
        "spec": count([1, 0, 1, 0]), "test": count([0, 1, 0, 0]),
        "dropin": count([0, 0, 0, 1]), "quality": count([1, 0, 0, 0]),
    });
    let all = count([2, 1, 1, 1]);
    assert_eq!(report["tallies"], json!({"requirements": all, "checks": all, "levels": levels}));
    let checks = json!([
        {"number": 8, "verdict": "passed", "requirements": ["subscribe:3"]},
        {"number": 9, "verdict": "passed", "requirements": ["subscribe:3"]},
        {"number": 13, "verdict": "failed", "requirements": ["subscribe:12"]},
        {"number": 60, "verdict": "not run", "requirements": ["push:5"]},
        {"number": 67, "verdict": "not applicable", "requirements": ["push:20"]},
    ]);
    assert_eq!(report["checks"], checks);
}

#[test]
fn an_outline_has_all_its_cases_each_with_what_was_found() {
    let report = read(&mixed());
    let failure = json!({
        "step": "Then the answer is 400",
        "message": "expected 400\nfound 500",
        "exchanges_left_out": 0,
        "exchanges": [{
            "direction": "to subject", "consumer": null,
            "request": "POST /s HTTP/1.1\r\nhost: a\r\n\r\n{",
            "response": "HTTP/1.1 500 Internal Server Error",
        }],
    });
    let expected = json!({
        "id": "subscribe:12",
        "title": "A bad one is refused",
        "feature": "Subscriptions",
        "checks": [13],
        "pain_points": [3],
        "levels": ["test"],
        "clauses": ["clause 5.3.1"],
        "steps": ["When a consumer subscribes", "Then the answer is 400"],
        "verdict": "failed",
        "cases": [
            {"example": "body=empty", "verdict": "passed", "took_s": 0.25},
            {"example": "body={", "verdict": "failed", "took_s": 0.25, "failure": failure},
            {"example": "body=null", "verdict": "not run", "took_s": 0.25, "reason": "states cannot be changed here"},
        ],
    });
    assert_eq!(report["requirements"][1], expected);
}

#[test]
fn bodies_are_kept_as_they_were() {
    let report = read(&hostile());
    let exchange = &report["requirements"][0]["cases"][0]["failure"]["exchanges"][0];
    let expected =
        json!({"direction": "to consumer", "consumer": HOSTILE, "request": HOSTILE, "response": HOSTILE});
    assert_eq!(exchange, &expected);
}

#[test]
fn long_bodies_and_many_exchanges_are_cut_with_a_note() {
    let report = read(&failing(vec![exchange("GET / HTTP/1.1", &"x".repeat(20_000)); 51]));
    let failure = &report["requirements"][0]["cases"][0]["failure"];
    assert_eq!(failure["exchanges_left_out"], 1);
    assert_eq!(failure["exchanges"].as_array().map(Vec::len), Some(50));
    let body = failure["exchanges"][49]["response"].as_str().expect("text");
    assert_eq!(body, "x".repeat(16_384) + "\n[cut here: 16384 of 20000 bytes are shown]");
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert_eq!(json::render(&mixed()), json::render(&mixed()));
}

#[test]
fn the_schema_describes_every_member_and_allows_no_other() {
    fn walk(schema: &Value, path: &str) {
        if let Some(properties) = schema["properties"].as_object().filter(|_| schema["type"] == "object") {
            assert_eq!(schema["additionalProperties"], false, "{path}");
            for (name, member) in properties {
                assert!(member["description"].is_string(), "{path}.{name} is not described");
                walk(member, &format!("{path}.{name}"));
            }
        }
    }
    let schema = schema();
    walk(&schema, "report");
    let definitions = schema["$defs"].as_object().expect("there are definitions");
    for (name, definition) in definitions {
        walk(definition, name);
    }
    let mut report = read(&mixed());
    report["requirements"][0]["cases"][0]["reason"] = json!("a passed case has none");
    assert!(!jsonschema::draft202012::is_valid(&schema, &report));
}
