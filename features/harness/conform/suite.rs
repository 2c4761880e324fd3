//! A run of the suite.

use super::case::{Case, ConsumerPlace, Context};
use super::catalogue::{self, CatalogueError, Entry, Omission, Selection};
use super::collect::{CASE_TAG, Collector, Results, Told};
use super::interpretation::Interpretations;
use super::level::{Level, Profile};
use super::result::{CaseResult, Requirement, RequirementResult, SuiteResult, Verdict};
use super::subject::SubjectSettings;
use crate::wall_clock;
use cucumber::gherkin::Feature;
use cucumber::{World as _, WriterExt as _, cli, parser};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// What to run, against what.
#[derive(Clone, Debug)]
pub struct SuiteSettings {
    /// What is under test.
    pub subject: SubjectSettings,
    /// The representation that it is held to.
    pub profile: Profile,
    /// How the text is read.
    pub interpretations: Interpretations,
    /// Requirements of these levels are run.
    pub levels: BTreeSet<Level>,
    /// Only these numbered checks; all if empty.
    pub checks: BTreeSet<u8>,
    /// Shuffles the scenarios with this seed.
    pub shuffle: Option<u64>,
    /// Where the suite's consumers listen.
    pub consumers: ConsumerPlace,
}

/// Runs the suite. `told` hears the name of each requirement and what was found as soon as it is.
///
/// # Errors
/// When the features of the suite are not what they should be.
pub async fn run(
    settings: SuiteSettings,
    told: impl Fn(&str, &CaseResult) + Send + Sync + 'static,
) -> Result<SuiteResult, CatalogueError> {
    let entries = catalogue::all()?;
    let selection = Selection {
        profile: settings.profile,
        interpretations: &settings.interpretations,
        levels: &settings.levels,
        checks: &settings.checks,
        subject: &settings.subject,
    };
    let omissions: Vec<Option<Omission>> = entries.iter().map(|entry| entry.omission(&selection)).collect();
    let (began, clock) = (wall_clock::utc_text(), wall_clock::now());
    let results = Results::default();
    let titles: BTreeMap<String, String> =
        entries.iter().map(|entry| (entry.requirement.id.clone(), entry.requirement.title.clone())).collect();
    let by_title: Told = Arc::new(move |case, result| {
        let id = case.split_once('#').map_or(case, |(id, _)| id);
        told(titles.get(id).map_or(case, String::as_str), result);
    });
    let chosen = entries.iter().zip(&omissions).filter(|(_, omission)| omission.is_none());
    let mut features: Vec<Feature> = chosen.flat_map(|(entry, _)| features(entry)).collect();
    if let Some(seed) = settings.shuffle {
        features.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    }
    execute(features, &settings, Collector::new(Arc::clone(&results), by_title)).await;
    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
    let requirements = entries
        .into_iter()
        .zip(omissions)
        .map(|(entry, omission)| requirement_result(entry, omission, &mut results))
        .collect();
    Ok(SuiteResult {
        subject: settings.subject.description(),
        stimulus: settings.subject.stimulus(),
        profile: settings.profile,
        interpretations: settings.interpretations,
        began,
        took: clock.elapsed(),
        shuffled: settings.shuffle,
        requirements,
    })
}

/// All requirements of the suite, in its order.
///
/// # Errors
/// When the features of the suite are not what they should be.
pub fn requirements() -> Result<Vec<Requirement>, CatalogueError> {
    Ok(catalogue::all()?.into_iter().map(|entry| entry.requirement).collect())
}

async fn execute(features: Vec<Feature>, settings: &SuiteSettings, collector: Collector) {
    let context = Arc::new(Context {
        subject: settings.subject.clone(),
        profile: settings.profile,
        interpretations: settings.interpretations.clone(),
        consumers: settings.consumers.clone(),
    });
    Case::cucumber::<&str>()
        .with_parser::<_, Vec<Feature>>(Parsed)
        // Events of scenarios that run at a time come mixed; the collector tells them apart.
        .with_writer(collector.assert_normalized())
        .max_concurrent_scenarios(settings.subject.scenarios_at_once())
        .with_default_cli()
        .before(move |_, _, _, case| {
            case.prepare(Arc::clone(&context));
            Box::pin(async {})
        })
        .after(|_, _, _, _, case| {
            Box::pin(async move {
                if let Some(case) = case {
                    case.end().await;
                }
            })
        })
        .run(features)
        .await;
}

/// Features that are parsed already.
struct Parsed;

impl parser::Parser<Vec<Feature>> for Parsed {
    type Cli = cli::Empty;
    type Output = futures_util::stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, features: Vec<Feature>, _cli: cli::Empty) -> Self::Output {
        let features: Vec<parser::Result<Feature>> = features.into_iter().map(Ok).collect();
        futures_util::stream::iter(features)
    }
}

/// A feature of its own for each case of a requirement, tagged so that its result is found again.
fn features(entry: &Entry) -> Vec<Feature> {
    let tagged = entry.cases.iter().enumerate().map(|(number, (scenario, _))| {
        let mut feature = entry.frame.clone();
        let mut scenario = scenario.clone();
        scenario.tags.push(format!("{CASE_TAG}{}#{number}", entry.requirement.id));
        feature.scenarios = vec![scenario];
        feature
    });
    tagged.collect()
}

fn requirement_result(
    entry: Entry,
    omission: Option<Omission>,
    results: &mut BTreeMap<String, CaseResult>,
) -> RequirementResult {
    let Entry { requirement, cases, .. } = entry;
    let id = &requirement.id;
    let cases = cases.into_iter().enumerate().map(|(number, (_, example))| {
        let found = results.remove(&format!("{id}#{number}"));
        let verdict = match (&omission, found) {
            (None, Some(found)) => return CaseResult { example, ..found },
            (None, None) => Verdict::NotRun { reason: "the run ended before it".to_owned() },
            (Some(Omission::NotRun(reason)), _) => Verdict::NotRun { reason: reason.clone() },
            (Some(Omission::NotApplicable(reason)), _) => Verdict::NotApplicable { reason: reason.clone() },
        };
        CaseResult { example, verdict, took: Duration::ZERO }
    });
    let cases = cases.collect();
    RequirementResult { requirement, cases }
}
