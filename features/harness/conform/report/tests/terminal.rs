//! The report for people.

use super::super::terminal;
use super::fixture::{exchange, failing, hostile, mixed, run_of};
use crate::conform::result::SuiteResult;
use crate::timeline::Colour;

fn text(run: &SuiteResult, colour: Colour) -> String {
    let mut out = Vec::new();
    terminal::write(&mut out, run, colour).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn failures_come_first_and_the_figures_last() {
    let text = text(&mixed(), Colour::Off);
    let found = "failed: subscribe:12 A bad one is refused [body={]
  demanded by: test (clause 5.3.1)
  checks: 13
  step: Then the answer is 400
    expected 400
    found 500
  exchange 1 of 1, the suite asked the subject:
    > POST /s HTTP/1.1
    > host: a
    >
    > {
    < HTTP/1.1 500 Internal Server Error

not run: states cannot be changed here
  subscribe:12 A bad one is refused [1 of 3 examples]
  push:5 A change is told

where the text can be read in several ways, it was read so:
  error-body=problem-details (chosen; profile compat has empty): clause 3.1.2 has errors carry problem details, \
the conformance tests of clause 5.3 demand empty bodies
  code-value-type=decimal64.3: clauses 7.2.3.10 and 7.2.3.11 say metric; \
consumers built on sdk-go know decimal64.3 only
";
    assert!(text.starts_with(found), "{text}");
    let figures = "
requirements by the weightiest level that demands them:
           passed  failed  not run  not applicable
  spec          1       0        1               0
  test          0       1        0               0
  dropin        0       0        0               1
  quality       1       0        0               0

5 checks: 2 passed, 1 failed, 1 not run, 1 not applicable
5 requirements: 2 passed, 1 failed, 1 not run, 1 not applicable
";
    assert!(text.ends_with(figures), "{text}");
}

#[test]
fn a_run_without_findings_is_interpretations_and_figures() {
    let text = text(&run_of(Vec::new()), Colour::Off);
    assert!(text.starts_with("where the text can be read in several ways, it was read so:\n"), "{text}");
    assert!(text.ends_with("\n0 requirements: 0 passed, 0 failed, 0 not run, 0 not applicable\n"), "{text}");
}

#[test]
fn a_body_cannot_move_the_cursor_or_leave_ascii() {
    let text = text(&hostile(), Colour::Off);
    let foreign: Vec<char> = text.chars().filter(|c| *c != '\n' && !(' '..='~').contains(c)).collect();
    assert_eq!(foreign, Vec::<char>::new());
    assert!(
        text.contains(r"\u{1b}[2Jcleared \u{0} \u{8} \u{9b}31m \u{fffe} \u{ffff} \u{202e}reversed \t \u{e9}")
    );
}

#[test]
fn colours_are_for_the_words_that_say_what_a_block_is() {
    let text = text(&mixed(), Colour::On);
    assert!(text.starts_with("\x1b[31mfailed\x1b[0m: subscribe:12 "), "{text}");
    assert!(text.contains("\n\x1b[33mnot run\x1b[0m: states"), "{text}");
    assert!(
        text.ends_with("\x1b[31m5 requirements: 2 passed, 1 failed, 1 not run, 1 not applicable\x1b[0m\n")
    );
}

#[test]
fn of_many_exchanges_the_last_three_are_shown_and_long_bodies_are_cut() {
    let mut exchanges: Vec<_> = (1..=5).map(|n| exchange(&format!("GET /{n}"), "HTTP/1.1 200 OK")).collect();
    // Two bytes each: the bound of 2048 bytes falls between two characters only without the first byte.
    exchanges[4].response = format!("a{}", "\u{e9}".repeat(2_000));
    let text = text(&failing(exchanges), Colour::Off);
    assert!(text.contains("  exchanges before those shown: 2\n  exchange 3 of 5, the suite"), "{text}");
    assert!(!text.contains("GET /2"), "{text}");
    assert!(text.contains("    < [cut here: 2047 of 4001 bytes are shown]\n"), "{text}");
}
