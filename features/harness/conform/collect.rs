//! From the events of cucumber to results.

use super::case::{Case, NotRun};
use super::result::{CaseResult, Failure, Verdict};
use crate::wall_clock;
use cucumber::event::{Cucumber, Feature, Rule, Scenario, Step, StepError};
use cucumber::{Event, Writer, cli, parser};
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The tag that says which case of the catalogue a scenario is.
pub(super) const CASE_TAG: &str = "case:";

/// Called with every case that has ended.
pub(super) type Told = Arc<dyn Fn(&str, &CaseResult) + Send + Sync>;

/// The results so far, by the tag of the case.
pub(super) type Results = Arc<Mutex<BTreeMap<String, CaseResult>>>;

/// Collects the results of a run.
pub(super) struct Collector {
    results: Results,
    told: Told,
    under_way: BTreeMap<String, (Instant, Verdict)>,
}

impl Collector {
    pub(super) fn new(results: Results, told: Told) -> Self {
        Self { results, told, under_way: BTreeMap::new() }
    }

    fn scenario(&mut self, tags: &[String], event: &Scenario<Case>) {
        let Some(case) = tags.iter().find_map(|tag| tag.strip_prefix(CASE_TAG)) else { return };
        match event {
            Scenario::Started => {
                self.under_way.insert(case.to_owned(), (wall_clock::now(), Verdict::Passed));
            }
            Scenario::Hook(..) | Scenario::Log(_) => {}
            Scenario::Background(step, event) | Scenario::Step(step, event) => {
                let step = format!("{}{}", step.keyword, step.value);
                if let (Some(verdict), Some(under_way)) = (verdict(step, event), self.under_way.get_mut(case))
                {
                    under_way.1 = verdict;
                }
            }
            Scenario::Finished => {
                let Some((began, verdict)) = self.under_way.remove(case) else { return };
                let result = CaseResult { example: String::new(), verdict, took: began.elapsed() };
                (self.told)(case, &result);
                let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
                results.insert(case.to_owned(), result);
            }
        }
    }
}

impl Writer<Case> for Collector {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<Cucumber<Case>>>, _cli: &Self::Cli) {
        // The features are parsed before the run.
        let Ok(event) = event else { return };
        match event.value {
            Cucumber::Feature(_, Feature::Scenario(scenario, event))
            | Cucumber::Feature(_, Feature::Rule(_, Rule::Scenario(scenario, event))) => {
                self.scenario(&scenario.tags, &event.event);
            }
            Cucumber::Feature(..)
            | Cucumber::Started
            | Cucumber::ParsingFinished { .. }
            | Cucumber::Finished => {}
        }
    }
}

/// What the end of a step says; nothing as long as all is well.
fn verdict(step: String, event: &Step<Case>) -> Option<Verdict> {
    let failure = |message: String, case: Option<&Arc<Case>>| {
        let exchanges = case.map(|case| case.exchanges().to_vec()).unwrap_or_default();
        Some(Verdict::Failed(Failure { step: step.clone(), message, exchanges }))
    };
    match event {
        Step::Started | Step::Passed(..) => None,
        Step::Skipped => failure("the suite has no definition of this step".to_owned(), None),
        Step::Failed(_, _, case, error) => match error {
            StepError::NotFound => failure("the suite has no definition of this step".to_owned(), None),
            StepError::AmbiguousMatch(error) => failure(error.to_string(), None),
            StepError::Panic(cause) => match cause.downcast_ref::<NotRun>() {
                Some(NotRun(reason)) => Some(Verdict::NotRun { reason: reason.clone() }),
                None => failure(message(cause.as_ref()), case.as_ref()),
            },
        },
    }
}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().cloned();
    text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "the step ended without a word".to_owned())
}
