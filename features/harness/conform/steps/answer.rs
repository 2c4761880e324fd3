//! What an answer must be.

use crate::conform::case::Case;
use cucumber::then;
use std::time::Duration;

#[then(regex = r"^the answer is (\d{3})$")]
fn status_is(case: &mut Case, status: u16) {
    let answer = case.answer();
    assert_eq!(answer.status, status, "expected {status}, found {}", answer.status);
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

#[then("the answer has no body")]
fn has_no_body(case: &mut Case) {
    let answer = case.answer();
    assert!(answer.body.is_empty(), "a body of {} bytes: {}", answer.body.len(), answer.text());
}

#[then(regex = r"^the answer came within (\d+) seconds?$")]
fn came_within(case: &mut Case, seconds: u64) {
    let took = case.answered_within();
    assert!(took <= Duration::from_secs(seconds), "the answer took {took:?}");
}
