//! The tables of the page.

use super::figures::ClockFigures;
use super::read::{Notification, RunData};
use super::truth_table::seconds;
use crate::conform::report::legible;
use maud::{Markup, html};
use sim_core::stability::mask::{Finding, Mask, Outcome, Place};

/// Rows of each end of the table of events.
const EVENTS_SHOWN: usize = 250;

/// Actions and marks that are shown.
pub(super) const TOLD_MAX: usize = 200;

fn head(names: &[&str]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name) } } } } }
}

/// The figures of every clock.
pub(super) fn clocks(figures: &[ClockFigures<'_>]) -> Markup {
    let ns = |value: Option<f64>| value.map_or("none".to_owned(), |ns| format!("{ns:.1}"));
    let peak = |peak: Option<(f64, f64)>| {
        peak.map_or("none".to_owned(), |(at_s, ns)| format!("{ns:+.1} at {at_s:.0} s"))
    };
    let states = |one: &ClockFigures<'_>| {
        let states = one.states_s.iter().map(|(state, s)| format!("{} {s:.3} s", legible(state)));
        states.collect::<Vec<_>>().join(", ")
    };
    html! {
        table {
            caption { "True errors. Tracking: only the whole seconds in which the servo was locked and got samples." }
            (head(&["Clock", "Largest while tracking [ns]", "Largest since set [ns]", "cTE [ns]", "dTE_L peak to peak [ns]", "Time in each state"]))
            tbody {
                @for one in figures {
                    tr {
                        th scope="row" { (legible(&one.clock.title())) }
                        td { (peak(one.worst_tracking)) }
                        td { (peak(one.worst_synchronized)) }
                        td { (ns(one.constant_ns)) }
                        td { (ns(one.low_pass_peak_to_peak_ns)) }
                        td { (states(one)) }
                    }
                }
            }
        }
    }
}

/// How a clock stands to a mask.
pub(super) fn findings(clock: &str, mask: &Mask, findings: &[Finding]) -> Markup {
    html! {
        table {
            caption { (legible(clock)) " against " (mask.name) ": " (mask.title) "." }
            (head(&["Limit", "Measured [ns]", "Allowed [ns]", "Where it is worst", "Margin", "Verdict", "Clause"]))
            tbody { @for finding in findings { (row(finding)) } }
        }
    }
}

fn row(finding: &Finding) -> Markup {
    let (measured, allowed, place) = match finding.outcome {
        Outcome::Measured { measured_ns, limit_ns, place } => {
            let place = match place {
                Place::Time { at_s } => format!("{at_s:.0} s after the clock first tracked"),
                Place::Tau { tau_s } => format!("observation interval {tau_s} s"),
                Place::Whole => "over the whole time".to_owned(),
            };
            (format!("{measured_ns:.2}"), format!("{limit_ns:.2}"), place)
        }
        Outcome::TooShort { needed_s } => {
            ("not measured".to_owned(), String::new(), format!("needs {needed_s} s of tracking"))
        }
    };
    let margin = finding.outcome.margin_ns().map_or(String::new(), |margin| format!("{margin:+.2} ns"));
    html! {
        tr {
            th scope="row" { (finding.limit.quantity.name()) }
            td.number { (measured) }
            td.number { (allowed) }
            td { (place) }
            td.number { (margin) }
            td { (verdict(finding.outcome.passed())) }
            td { (finding.limit.clause) }
        }
    }
}

/// A verdict in words and colour.
pub(super) fn verdict(passed: Option<bool>) -> Markup {
    match passed {
        Some(true) => html! { span class="verdict passed" { "✓ passed" } },
        Some(false) => html! { span class="verdict failed" { "✗ failed" } },
        None => html! { span class="verdict not-run" { "– not judged" } },
    }
}

/// What was done to the node, with the numbers that the drawings use.
pub(super) fn told(run: &RunData) -> Markup {
    html! {
        ol {
            @for told in run.told.iter().take(TOLD_MAX) {
                li { (format!("{:.3} s: ", seconds(told.at_ns))) (legible(&told.text)) }
            }
        }
        @if run.told.len() > TOLD_MAX { p { "Not shown: " (run.told.len() - TOLD_MAX) " more." } }
    }
}

/// Events in order, with what happened last before each of them.
pub(super) fn events(run: &RunData) -> Markup {
    let events: Vec<&Notification> = run.notifications.iter().filter(|n| n.delivered_us.is_some()).collect();
    let hidden = events.len().saturating_sub(2 * EVENTS_SHOWN);
    let causes = causes_ns(run);
    html! {
        div.scroll {
            table {
                caption { "Events as the consumer got them. Since the cause: virtual time since the last action, or since the last change of a true state. Delivered in: wall time from writing the lines that caused it." }
                (head(&["Time [s]", "Resource", "Value", "Offset [ns]", "Since the cause [s]", "Delivered in [ms]"]))
                tbody {
                    @for (index, event) in events.iter().enumerate() {
                        @if hidden > 0 && index == EVENTS_SHOWN {
                            tr { td colspan="6" { "Not shown: " (hidden) " events." } }
                        }
                        @if index < EVENTS_SHOWN || index >= EVENTS_SHOWN + hidden { (event_row(event, &causes)) }
                    }
                }
            }
        }
    }
}

fn event_row(one: &Notification, causes: &[u64]) -> Markup {
    let before = causes[..causes.partition_point(|at_ns| *at_ns <= one.at_ns)].last();
    let since = before.map_or(String::new(), |cause| format!("{:.3}", seconds(one.at_ns - cause)));
    let delivered = one.delivered_us.map_or(String::new(), |us| format!("{:.1}", us as f64 / 1_000.0));
    let offset = one.event.offset_ns().map_or(String::new(), |ns| ns.to_string());
    html! {
        tr {
            td.number { (format!("{:.3}", seconds(one.at_ns))) }
            td { (legible(&one.event.short_resource())) }
            td { (legible(one.event.value())) }
            td.number { (offset) }
            td.number { (since) }
            td.number { (delivered) }
        }
    }
}

/// When something happened that may be the cause of an event, in order.
fn causes_ns(run: &RunData) -> Vec<u64> {
    let changes = run.clocks.iter().flat_map(|clock| {
        let pairs = clock.rows.windows(2).filter(|pair| pair[0].state != pair[1].state);
        pairs.map(|pair| pair[1].at_ns)
    });
    let mut causes: Vec<u64> = run.told.iter().map(|told| told.at_ns).chain(changes).collect();
    causes.sort_unstable();
    causes
}
