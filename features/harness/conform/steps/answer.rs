//! What an answer must be.

use super::request::MARKER;
use crate::conform::case::Case;
use cucumber::then;
use serde_json::Value;
use std::time::Duration;

#[then(regex = r"^the answer is (\d{3})$")]
fn status_is(case: &mut Case, status: u16) {
    let answer = case.answer();
    assert_eq!(answer.status, status, "expected {status}, found {} {}", answer.status, answer.text());
}

#[then(regex = r"^the answer is (\d{3}) or (\d{3})$")]
fn status_is_one_of(case: &mut Case, one: u16, other: u16) {
    let found = case.answer().status;
    assert!(found == one || found == other, "expected {one} or {other}, found {found}");
}

#[then(regex = r"^the answer has the header (\S+)$")]
fn has_header(case: &mut Case, name: String) {
    let answer = case.answer();
    assert!(answer.header(&name.to_ascii_lowercase()).is_some(), "no {name} among {:?}", answer.headers);
}

#[then(regex = r"^the (\S+) of the answer is (.+)$")]
fn header_is(case: &mut Case, name: String, expected: String) {
    let found = case.answer().header(&name.to_ascii_lowercase()).unwrap_or("(absent)");
    assert_eq!(found, expected, "the header {name}");
}

/// Parameters, such as a charset, are left aside.
#[then(regex = r"^the answer has a body of the media type (\S+)$")]
fn media_type_is(case: &mut Case, expected: String) {
    let answer = case.answer();
    assert!(!answer.body.is_empty(), "expected a body, found none");
    let found = answer.header("content-type").unwrap_or("(absent)");
    let media_type = found.split(';').next().unwrap_or_default().trim();
    assert!(media_type.eq_ignore_ascii_case(&expected), "Content-Type: expected {expected}, found {found}");
}

#[then("the answer has the Content-Length of its body")]
fn has_length(case: &mut Case) {
    let answer = case.answer();
    let (found, expected) = (answer.header("content-length"), answer.body.len().to_string());
    assert!(!answer.body.is_empty(), "expected a body, found none");
    assert_eq!(found, Some(expected.as_str()), "Content-Length of a body of {expected} bytes");
}

#[then("the answer has no body")]
fn has_no_body(case: &mut Case) {
    let answer = case.answer();
    assert!(answer.body.is_empty(), "a body of {} bytes: {}", answer.body.len(), answer.text());
}

/// `Allow` names methods that are possible, and not the one that was refused.
#[then(regex = r"^the answer allows ([A-Z]+) and not ([A-Z]+)$")]
fn allows(case: &mut Case, possible: String, refused: String) {
    let answer = case.answer();
    let values = answer.headers.iter().filter(|(name, _)| name == "allow").map(|(_, value)| value.as_str());
    let allowed: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    assert!(!allowed.is_empty(), "expected the header Allow, found {:?}", answer.headers);
    assert!(allowed.contains(&possible.as_str()), "Allow: expected {possible} in it, found {allowed:?}");
    assert!(!allowed.contains(&refused.as_str()), "Allow: {refused} was refused, and is in {allowed:?}");
}

/// RFC 9457: an object; what it says of the status is the status.
#[then("the answer carries problem details")]
fn carries_problem_details(case: &mut Case) {
    media_type_is(case, "application/problem+json".to_owned());
    let answer = case.answer();
    let details = answer.json();
    assert!(details.is_object(), "expected problem details as a JSON object, found {}", answer.text());
    let status = &details["status"];
    let is_same = status.is_null() || status.as_u64() == Some(answer.status.into());
    assert!(is_same, "`status` of the problem details: expected {}, found {status}", answer.status);
    let is_told = ["type", "title", "detail"].iter().any(|key| details[*key].is_string());
    assert!(is_told, "expected a type, a title or a detail of the problem, found {details}");
}

#[then("the answer shows nothing of the request")]
fn shows_no_marker(case: &mut Case) {
    let answer = case.answer();
    assert!(!answer.text().contains(MARKER), "the body shows what was sent: {}", answer.text());
    let shown = answer.headers.iter().find(|(_, value)| value.contains(MARKER));
    assert!(shown.is_none(), "a header shows what was sent: {shown:?}");
}

#[then("the answer is an empty list")]
fn is_empty_list(case: &mut Case) {
    let answer = case.answer();
    let found: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    assert_eq!(found, Value::Array(Vec::new()), "expected [], found `{}`", answer.text());
}

#[then(regex = r"^(?:all|both) answers are (\d{3})$")]
fn all_are(case: &mut Case, status: u16) {
    let found: Vec<u16> = case.notes.answers.iter().map(|answer| answer.status).collect();
    assert!(!found.is_empty(), "nothing was asked");
    assert!(found.iter().all(|one| *one == status), "expected {status} for each, found {found:?}");
}

#[then(regex = r"^one answer is (\d{3}) and the others are (\d{3})$")]
fn one_is(case: &mut Case, one: u16, others: u16) {
    let found: Vec<u16> = case.notes.answers.iter().map(|answer| answer.status).collect();
    let count = |status: u16| found.iter().filter(|found| **found == status).count();
    assert!(
        count(one) == 1 && count(others) == found.len() - 1,
        "expected {one} once and {others} for the others, found {found:?}"
    );
}

#[then(regex = r"^the answer came within (\d+) seconds?$")]
fn came_within(case: &mut Case, seconds: u64) {
    let took = case.answered_within();
    assert!(took <= Duration::from_secs(seconds), "the answer took {took:?}");
}
