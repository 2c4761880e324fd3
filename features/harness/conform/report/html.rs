//! A run as one page to hand on: nothing outside of it is needed, and nothing in it can run.
//!
//! What the subject has sent is text: maud escapes it, and the policy in the head forbids scripts and any request should
//! that ever fail.

mod cases;

use super::super::level::Level;
use super::super::result::{RequirementResult, SuiteResult, Tally, Verdict};
use super::quote::legible;
use super::summary::{self, Group, list};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeSet;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = include_str!("page.css");

/// The report as a page.
pub fn render(result: &SuiteResult) -> String {
    let title = format!("Conformance report: {}", legible(&result.subject));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p { "Against " (super::SPECIFICATION) ", by " (super::PRODUCER) "." }
                    (outcome(result))
                    (contents(result))
                }
                main {
                    (run(result))
                    (figures(result))
                    (failures(result))
                    (groups("not-run", "Not run", "Nothing is known of these: what it takes was not there.", &summary::not_run(result)))
                    (groups("not-applicable", "Not applicable", "These are of another profile or another reading of the text.", &summary::not_applicable(result)))
                    (readings(result))
                    (requirements(result))
                }
            }
        }
    };
    page.into_string()
}

fn outcome(result: &SuiteResult) -> Markup {
    let tally = result.tally();
    html! {
        @match result.worst_failure() {
            Some(level) => p class="outcome failed" {
                (tally.failed) " of " (summary::total(tally)) " requirements failed; the weightiest is demanded by "
                (summary::demanded_by(level)) "."
            },
            None if tally.passed > 0 => p class="outcome passed" { "No requirement failed." },
            None => p class="outcome not-run" { "No requirement was tested." },
        }
        p { (summary::sentence("checks", result.checks())) br; (summary::sentence("requirements", tally)) }
    }
}

fn contents(result: &SuiteResult) -> Markup {
    let cases =
        |groups: Vec<Group<'_>>| groups.iter().flat_map(|g| &g.members).map(|(_, n)| n).sum::<usize>();
    html! {
        nav aria-label="Contents" {
            ul {
                li { a href="#run" { "The run" } }
                li { a href="#figures" { "Figures" } }
                li { a href="#failures" { "Failures (" (summary::failures(result).len()) ")" } }
                li { a href="#not-run" { "Not run (" (cases(summary::not_run(result))) ")" } }
                li { a href="#not-applicable" { "Not applicable (" (cases(summary::not_applicable(result))) ")" } }
                li { a href="#interpretations" { "Interpretations" } }
                li { a href="#requirements" { "Requirements (" (result.requirements.len()) ")" } }
            }
        }
    }
}

fn run(result: &SuiteResult) -> Markup {
    let order = match result.shuffled {
        Some(seed) => format!("shuffled with seed {seed}"),
        None => "that of the suite".to_owned(),
    };
    html! {
        section aria-labelledby="run" {
            h2 id="run" { "The run" }
            dl {
                dt { "Subject" } dd { (legible(&result.subject)) }
                dt { "Date" } dd { (legible(&result.began)) }
                dt { "Duration" } dd { (format!("{:.1} s", result.took.as_secs_f64())) }
                dt { "Profile" } dd { (result.profile) }
                dt { "States changed by" } dd { (legible(&result.stimulus)) }
                dt { "Order" } dd { (order) }
            }
        }
    }
}

fn figures(result: &SuiteResult) -> Markup {
    html! {
        section aria-labelledby="figures" {
            h2 id="figures" { "Figures" }
            div.scroll {
                table {
                    caption { "Requirements by verdict. Each counts once, at the weightiest level that demands it." }
                    (head(&["Level", "Demanded by"], &["Passed", "Failed", "Not run", "Not applicable"]))
                    tbody {
                        @for (level, tally) in summary::by_level(result) {
                            tr {
                                th scope="row" { (level) }
                                td { (summary::demanded_by(level)) }
                                @for number in counts(tally) { td.number { (number) } }
                            }
                        }
                        tr {
                            th scope="row" { "all" }
                            td {}
                            @for number in counts(result.tally()) { td.number { (number) } }
                        }
                    }
                }
            }
            (check_numbers(result))
        }
    }
}

/// Numbered checks by verdict.
fn check_numbers(result: &SuiteResult) -> Markup {
    let checks = summary::checks(result);
    let of = |name: &str| -> BTreeSet<u8> {
        checks.iter().filter(|(_, verdict, _)| verdict.name() == name).map(|(number, ..)| *number).collect()
    };
    html! {
        div.scroll {
            table.wide {
                caption { "Numbered checks by verdict. A check has the heaviest verdict of its requirements." }
                (head(&["Verdict", "Checks"], &[]))
                tbody {
                    @for name in ["failed", "not run", "not applicable", "passed"] {
                        @let numbers = of(name);
                        tr {
                            th scope="row" class=(format!("verdict {}", name.replace(' ', "-"))) { (name) }
                            td { @if numbers.is_empty() { "none" } @else { (list(&numbers)) } }
                        }
                    }
                }
            }
        }
    }
}

fn counts(tally: Tally) -> [usize; 4] {
    [tally.passed, tally.failed, tally.not_run, tally.not_applicable]
}

fn head(texts: &[&str], numbers: &[&str]) -> Markup {
    html! {
        thead {
            tr {
                @for text in texts { th scope="col" { (text) } }
                @for number in numbers { th.number scope="col" { (number) } }
            }
        }
    }
}

fn failures(result: &SuiteResult) -> Markup {
    let failures = summary::failures(result);
    html! {
        section aria-labelledby="failures" {
            h2 id="failures" { "Failures" }
            @if failures.is_empty() { p { "None." } }
            ul {
                @for (one, case, failure) in &failures {
                    li { (link(one, &case.example)) ": " (legible(&failure.step)) " (" (one.level()) ")" }
                }
            }
        }
    }
}

fn groups(id: &str, title: &str, meaning: &str, groups: &[Group<'_>]) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (title) }
            @if groups.is_empty() { p { "None." } } @else { p { (meaning) } }
            @for group in groups {
                h3 { (legible(group.reason)) }
                ul {
                    @for (one, cases) in &group.members {
                        li { (link(one, &summary::of_examples(one, *cases).unwrap_or_default())) }
                    }
                }
            }
        }
    }
}

/// A requirement by its title, leading to its row.
fn link(one: &RequirementResult, detail: &str) -> Markup {
    html! {
        a href=(format!("#{}", anchor(one))) { (one.requirement.title) }
        @if !detail.is_empty() { " [" (legible(detail)) "]" }
    }
}

/// The id of a requirement's row: no section has a colon in its id, and every requirement has.
fn anchor(one: &RequirementResult) -> String {
    one.requirement.id.replace(char::is_whitespace, "-")
}

fn readings(result: &SuiteResult) -> Markup {
    html! {
        section aria-labelledby="interpretations" {
            h2 id="interpretations" { "Interpretations" }
            div.scroll {
                table.wide {
                    caption { "Where the text can be read in several ways, this run read it so." }
                    (head(&["Point", "Reading", "Profile's own", "Other readings", "What contradicts what"], &[]))
                    tbody {
                        @for one in summary::readings(result) {
                            @let point = one.point.description();
                            tr {
                                th scope="row" { (point.name) }
                                td { (one.reading) }
                                td { @if one.reading == one.of_profile { "yes" } @else { "no: " (one.of_profile) } }
                                td { (list(point.readings.iter().filter(|reading| **reading != one.reading))) }
                                td { (point.contradiction) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn requirements(result: &SuiteResult) -> Markup {
    html! {
        section aria-labelledby="requirements" {
            h2 id="requirements" { "Requirements" }
            div.scroll {
                table.wide {
                    caption { "Every requirement of the suite, by feature." }
                    (head(&["Checks", "Requirement", "Clauses", "Levels", "Verdict"], &[]))
                    @for part in result.requirements.chunk_by(|a, b| a.requirement.feature == b.requirement.feature) {
                        tbody {
                            tr { th scope="rowgroup" colspan="5" { (part[0].requirement.feature) } }
                            @for one in part { (row(one)) }
                        }
                    }
                }
            }
        }
    }
}

fn row(one: &RequirementResult) -> Markup {
    let requirement = &one.requirement;
    html! {
        tr id=(anchor(one)) {
            td.checks { (list(&requirement.checks)) }
            td {
                (requirement.title) " " small { (requirement.id) }
                (cases::details(one))
            }
            td { (list(&requirement.clauses)) }
            td { (list(requirement.levels.iter().map(|level: &Level| level.as_str()))) }
            td { (verdict(one.verdict())) }
        }
    }
}

fn verdict(verdict: &Verdict) -> Markup {
    let name = verdict.name();
    html! { span class=(format!("verdict {}", name.replace(' ', "-"))) { (name) } }
}
