//! The page.

use super::figures::{self, ClockFigures};
use super::read::RunData;
use super::{lanes, plots, stability_plots, tables};
use crate::PRODUCER;
use crate::conform::report::legible;
use crate::record::Outcome;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sim_core::stability::mask::{Finding, Mask};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = include_str!("page.css");

/// Patterns that tell states apart without colour.
const PATTERNS: &str = concat!(
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>",
    "<pattern id=\"slanted\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">",
    "<rect class=\"holding-ground\" width=\"8\" height=\"8\"/><path class=\"stripe\" d=\"M-2 2L2 -2M0 8L8 0M6 10L10 6\"/>",
    "</pattern>",
    "<pattern id=\"crossed\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">",
    "<rect class=\"bad-ground\" width=\"8\" height=\"8\"/><path class=\"stripe\" d=\"M0 8L8 0M0 0L8 8\"/>",
    "</pattern></defs></svg>"
);

/// A clock with how it stands to a mask.
struct Judged<'a> {
    clock: String,
    mask: &'a Mask,
    findings: Vec<Finding>,
}

/// The page of a run.
pub(super) fn render(run: &RunData, masks: &[&'static Mask]) -> String {
    let clocks = figures::clocks(run);
    let judged: Vec<Judged<'_>> = clocks.iter().flat_map(|clock| judged(clock, masks)).collect();
    let title = run.about.as_ref().map_or("A run".to_owned(), |about| about.title.clone());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Run report: " (legible(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (PreEscaped(PATTERNS))
                header { h1 { "Run report: " (legible(&title)) } (headline(run, &judged)) (about(run)) }
                main {
                    (states(run))
                    (errors(run))
                    (stability(&clocks, masks, &judged))
                    (histograms(run))
                    section { h2 { "Events" } (tables::events(run)) }
                }
                footer { p { "Made by " (PRODUCER) "." } }
            }
        }
    };
    page.into_string()
}

fn judged<'a>(clock: &ClockFigures<'_>, masks: &[&'a Mask]) -> Vec<Judged<'a>> {
    let one = |mask: &&'a Mask| Judged { clock: clock.clock.title(), mask, findings: clock.findings(mask) };
    masks.iter().map(one).filter(|judged| !judged.findings.is_empty()).collect()
}

impl Judged<'_> {
    /// Fails with any limit; passes when all that could be measured hold, and there was something to measure.
    fn passed(&self) -> Option<bool> {
        let verdicts: Vec<bool> = self.findings.iter().filter_map(|one| one.outcome.passed()).collect();
        (!verdicts.is_empty()).then(|| verdicts.iter().all(|passed| *passed))
    }
}

fn headline(run: &RunData, judged: &[Judged<'_>]) -> Markup {
    let outcome = run.about.as_ref().and_then(|about| about.outcome.as_ref());
    let verdict = outcome.and_then(|outcome| outcome.verdict.as_ref());
    let unfinished = run.about.is_some() && outcome.is_none();
    html! {
        p.outcome {
            "Expectations: " (tables::verdict(verdict.map(|verdict| verdict.passed)))
            @if let Some(verdict) = verdict { ", " (verdict.matched) " of " (verdict.expected) " matched" }
        }
        @for one in judged {
            p.outcome { (one.clock) " against " (one.mask.name) ": " (tables::verdict(one.passed())) }
        }
        @if unfinished { p.outcome { "The run did not come to its end." } }
        @if let Some(verdict) = verdict.filter(|verdict| !verdict.explanation.is_empty()) {
            ul { @for line in &verdict.explanation { li { (legible(line)) } } }
        }
        @if !run.missing.is_empty() {
            p { "Not in the run folder: " (run.missing.join(", ")) ". What would come of it is not shown." }
        }
    }
}

fn about(run: &RunData) -> Markup {
    let Some(about) = &run.about else { return html! {} };
    html! {
        dl {
            dt { "Scenario" } dd { (legible(&about.name)) }
            dt { "Task" } dd { (legible(&about.task)) " by " (legible(&about.producer)) }
            dt { "Seed" } dd { (about.seed) }
            dt { "Start" } dd { "UNIX time " (about.start_unix_s) " s" }
            @if let Some(t) = about.thresholds {
                dt { "Thresholds" } dd { (t.min_offset_ns) " ns to " (t.max_offset_ns) " ns, holdover " (t.holdover_s) " s" }
            }
            @if let Some(outcome) = &about.outcome { (came(outcome)) }
        }
    }
}

fn came(outcome: &Outcome) -> Markup {
    let ms = |us: u64| format!("{:.1} ms", us as f64 / 1_000.0);
    html! {
        dt { "Simulated" } dd { (format!("{:.3} s", super::truth_table::seconds(outcome.simulated_ns))) }
        dt { "Lines" } dd { (outcome.lines) }
        dt { "Events" } dd { (outcome.events) }
        @if let Some([p50, p99, max]) = outcome.latency_us {
            dt { "Delivery" } dd { "p50 " (ms(p50)) ", p99 " (ms(p99)) ", longest " (ms(max)) " (wall time)" }
        }
    }
}

fn states(run: &RunData) -> Markup {
    html! {
        section {
            h2 { "States" }
            @match lanes::lanes(run) {
                Some(drawing) => figure { (PreEscaped(drawing)) },
                None => p { "Nothing was published, and nothing is known of the truth." },
            }
            @if !run.told.is_empty() { h3 { "What was done" } (tables::told(run)) }
        }
    }
}

fn errors(run: &RunData) -> Markup {
    let (of_os, of_ptp): (Vec<&String>, Vec<&String>) =
        run.reported.keys().partition(|reporter| reporter.starts_with("phc2sys"));
    let mut drawings = Vec::new();
    for (index, clock) in run.clocks.iter().enumerate() {
        let reporters = if clock.is_os_clock() { of_os.clone() } else { of_ptp_clock(run, index, &of_ptp) };
        drawings.push((plots::errors(run, index, Some(clock), &reporters), reporters));
    }
    if run.clocks.is_empty() && !run.reported.is_empty() {
        let reporters: Vec<&String> = run.reported.keys().collect();
        drawings.push((plots::errors(run, 0, None, &reporters), reporters));
    }
    html! {
        section {
            h2 { "Errors" }
            p { "Solid: true error. Dotted: what the lines report. Dashed: thresholds. Numbers: what was done. What is beyond the axis is drawn at its end." }
            @for (drawing, reporters) in &drawings {
                figure {
                    (PreEscaped(drawing))
                    figcaption {
                        "Reported: "
                        @if reporters.is_empty() { "nothing" } @else {
                            @for (index, reporter) in reporters.iter().enumerate() { @if index > 0 { ", " } (legible(reporter)) }
                        }
                    }
                }
            }
            @if drawings.is_empty() { p { "Neither lines nor truth are there." } }
            (tables::clocks(&figures::clocks(run)))
        }
    }
}

/// With several cards the reporters are taken in the order of their names; with one they are all of it.
fn of_ptp_clock<'a>(run: &RunData, index: usize, reporters: &[&'a String]) -> Vec<&'a String> {
    let cards = run.clocks.iter().filter(|clock| !clock.is_os_clock()).count();
    if cards == 1 { reporters.to_vec() } else { reporters.get(index).copied().into_iter().collect() }
}

fn stability(clocks: &[ClockFigures<'_>], masks: &[&'static Mask], judged: &[Judged<'_>]) -> Markup {
    html! {
        section {
            h2 { "Stability" }
            p { "Of the true error in the seconds in which the clock tracked; other seconds are gaps. An observation interval is judged up to a tenth of the time." }
            @let drawings = stability_plots::stability(clocks, masks);
            @for drawing in &drawings { figure { (PreEscaped(drawing)) } }
            @if drawings.is_empty() { p { "No clock tracked long enough." } }
            @for one in judged { (tables::findings(&one.clock, one.mask, &one.findings)) }
        }
    }
}

fn histograms(run: &RunData) -> Markup {
    let drawings = run.clocks.iter().enumerate().filter_map(|(index, clock)| plots::histogram(index, clock));
    html! {
        section {
            h2 { "Distribution" }
            @for drawing in drawings { figure { (PreEscaped(drawing)) } }
        }
    }
}
