//! The page to hand on.

use super::super::html;
use super::fixture::{exchange, failing, hostile, mixed, run_of};

#[test]
fn the_page_opens_with_the_outcome() {
    let page = html::render(&mixed());
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(page.contains("<h1>Conformance report: http://127.0.0.1:9043/</h1>"));
    let outcome = "1 of 5 requirements failed; the weightiest is demanded by the public conformance tests.";
    assert!(page.contains(outcome), "{page}");
    assert!(page.contains("5 checks: 2 passed, 1 failed, 1 not run, 1 not applicable"));
    assert!(page.contains("<dt>Date</dt><dd>2026-11-22T20:00:00Z</dd>"));
}

#[test]
fn figures_are_a_table_of_levels_and_verdicts() {
    let page = html::render(&mixed());
    let row = "<th scope=\"row\">spec</th><td>the specification</td><td class=\"number\">1</td>\
         <td class=\"number\">0</td><td class=\"number\">1</td><td class=\"number\">0</td>";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("<th scope=\"row\" class=\"verdict passed\">passed</th><td>8, 9</td>"), "{page}");
    assert!(page.contains("<th scope=\"row\" class=\"verdict failed\">failed</th><td>13</td>"));
}

#[test]
fn what_failed_and_what_was_not_run_leads_to_its_requirement() {
    let page = html::render(&mixed());
    let failure =
        "<li><a href=\"#subscribe:12\">A bad one is refused</a> [body={]: Then the answer is 400 (test)</li>";
    assert!(page.contains(failure), "{page}");
    let not_run = "<h3>states cannot be changed here</h3><ul>\
         <li><a href=\"#subscribe:12\">A bad one is refused</a> [1 of 3 examples]</li>\
         <li><a href=\"#push:5\">A change is told</a></li></ul>";
    assert!(page.contains(not_run), "{page}");
    assert!(page.contains("<a href=\"#failures\">Failures (1)</a>"));
    assert!(page.contains("<a href=\"#not-run\">Not run (2)</a>"));
    for id in ["failures", "not-run", "subscribe:12", "push:5"] {
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn a_failure_is_unfolded_with_its_exchange_and_a_passed_requirement_is_folded() {
    let page = html::render(&mixed());
    assert_eq!(page.matches("<details open>").count(), 1);
    assert_eq!(page.matches("<details>").count(), 4);
    let failed = "Example body={: <span class=\"verdict failed\">failed</span> at the step \
         <q>Then the answer is 400</q></p><pre>expected 400\nfound 500</pre>\
         <p>Exchange 1 of 1, the suite asked the subject:</p>\
         <pre>POST /s HTTP/1.1\nhost: a\n\n{</pre><pre>HTTP/1.1 500 Internal Server Error</pre>";
    assert!(page.contains(failed), "{page}");
    assert!(page.contains("<pre>When a consumer subscribes\nThen the answer is 400</pre>"));
    assert!(page.contains("Pain points of users: 3"));
}

#[test]
fn interpretations_have_their_contradiction_and_say_when_they_were_chosen() {
    let page = html::render(&mixed());
    let row = "<th scope=\"row\">error-body</th><td>problem-details</td><td>no: empty</td><td>empty</td>\
         <td>clause 3.1.2 has errors carry problem details, the conformance tests of clause 5.3 demand empty bodies</td>";
    assert!(page.contains(row), "{page}");
}

#[test]
fn a_body_is_text_whatever_it_holds_and_nothing_outside_is_needed() {
    let page = html::render(&hostile());
    assert!(!page.contains("<script"), "{page}");
    let body = "<pre>&lt;/pre&gt;&lt;/script&gt;&lt;script&gt;alert('1')&lt;/script&gt; ]]&gt; &amp;lt; &quot;q&quot; \
         \\u{1b}[2Jcleared \\u{0} \\u{8} \\u{9b}31m \\u{fffe} \\u{ffff} \\u{202e}reversed \\t \u{e9}\u{fffd}</pre>";
    // Message, request and response.
    assert_eq!(page.matches(body).count(), 3, "{page}");
    let unseen: Vec<char> =
        page.chars().filter(|c| *c != '\n' && c.is_control() || *c == '\u{202e}').collect();
    assert_eq!(unseen, Vec::<char>::new());
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    for outside in ["src=", "url(", "@import", "<link", "href=\"http"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn long_bodies_and_many_exchanges_are_cut_with_a_note() {
    let page = html::render(&failing(vec![exchange("GET / HTTP/1.1", &"x".repeat(20_000)); 51]));
    assert!(page.contains("<p>Exchanges before those shown: 1</p><p>Exchange 2 of 51, the suite"));
    assert_eq!(page.matches("[cut here: 16384 of 20000 bytes are shown]").count(), 50);
}

#[test]
fn a_run_that_tested_nothing_does_not_look_passed() {
    let page = html::render(&run_of(Vec::new()));
    assert!(page.contains("<p class=\"outcome not-run\">No requirement was tested.</p>"), "{page}");
}
