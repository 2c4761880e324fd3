//! What a row of the table of requirements unfolds to: the steps, and what was found of each case.

use super::super::super::result::{CaseResult, Failure, RequirementResult, Verdict};
use super::super::quote::{self, cut, legible, quoted};
use super::super::summary::list;
use super::verdict;
use crate::limits::{REPORT_EXCHANGES_MAX, REPORT_TEXT_BYTES_MAX};
use maud::{Markup, html};

/// Folded, unless a case failed: a failure is to be seen without a click, and on paper.
pub(super) fn details(one: &RequirementResult) -> Markup {
    let requirement = &one.requirement;
    let failed = matches!(one.verdict(), Verdict::Failed(_));
    html! {
        details open[failed] {
            summary { @if failed { "Steps and failure" } @else { "Steps" } }
            pre { (requirement.steps.join("\n")) }
            @if !requirement.pain_points.is_empty() {
                p { "Pain points of users: " (list(&requirement.pain_points)) }
            }
            @for case in &one.cases { (found(case)) }
        }
    }
}

fn found(case: &CaseResult) -> Markup {
    let example = html! {
        @if !case.example.is_empty() { "Example " (legible(&case.example)) ": " }
        (verdict(&case.verdict))
    };
    html! {
        @match &case.verdict {
            Verdict::Passed => p { (example) },
            Verdict::NotRun { reason } | Verdict::NotApplicable { reason } => {
                p { (example) ": " (legible(reason)) }
            },
            Verdict::Failed(failure) => {
                p { (example) " at the step " q { (legible(&failure.step)) } }
                (exchanges(failure))
            },
        }
    }
}

fn exchanges(failure: &Failure) -> Markup {
    let (left_out, shown) = quoted(&failure.exchanges, REPORT_EXCHANGES_MAX);
    html! {
        pre { (shortened(&failure.message)) }
        @if left_out > 0 { p { "Exchanges before those shown: " (left_out) } }
        @for (number, exchange) in (left_out + 1..).zip(shown) {
            p {
                "Exchange " (number) " of " (failure.exchanges.len()) ", "
                (legible(&quote::direction(&exchange.direction))) ":"
            }
            pre { (shortened(&exchange.request)) }
            pre { (shortened(&exchange.response)) }
        }
    }
}

fn shortened(text: &str) -> String {
    legible(&cut(text, REPORT_TEXT_BYTES_MAX))
}
