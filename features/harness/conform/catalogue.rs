//! The requirements of the suite: the features, which are part of the program, and what their tags say.
//!
//! | tag | meaning |
//! |---|---|
//! | `@check-22` | makes the numbered check 22 |
//! | `@P7` | shows pain point 7 of users |
//! | `@spec` `@test` `@dropin` `@quality` | who demands it |
//! | `@clause:table-7` | where it is demanded; dashes are blanks |
//! | `@needs:stimulus` | what it takes, see [`Need`] |
//! | `@profile:oran` | the profile that it belongs to; both without it |
//! | `@reading:error-body=empty` | the reading of a contradiction under which it holds, see [`Point`] |
//!
//! Tags of a feature count for all its scenarios.

use super::interpretation::{Interpretations, Point};
use super::level::{Level, Profile};
use super::result::Requirement;
use super::subject::{Need, SubjectSettings};
use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Scenario};
use std::collections::BTreeSet;

/// The features: file name without its ending, and text.
const FEATURES: &[(&str, &str)] = &[
    ("http", include_str!("../../conform/http.feature")),
    ("subscribe", include_str!("../../conform/subscribe.feature")),
    ("handshake", include_str!("../../conform/handshake.feature")),
    ("push", include_str!("../../conform/push.feature")),
    ("manage", include_str!("../../conform/manage.feature")),
    ("pull", include_str!("../../conform/pull.feature")),
    ("addressing", include_str!("../../conform/addressing.feature")),
    ("delivery", include_str!("../../conform/delivery.feature")),
    ("persistence", include_str!("../../conform/persistence.feature")),
    ("security", include_str!("../../conform/security.feature")),
    ("dropin", include_str!("../../conform/dropin.feature")),
];

/// One requirement with everything that decides whether it is run.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) requirement: Requirement,
    needs: BTreeSet<Need>,
    profile: Option<Profile>,
    reading: Option<(Point, String)>,
    /// The scenario, or one for each example of an outline, with the words of the example.
    pub(super) cases: Vec<(Scenario, String)>,
    /// The feature without scenarios.
    pub(super) frame: Feature,
}

/// Why a requirement is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Omission {
    /// Something is missing.
    NotRun(String),
    /// It is none of this profile or reading.
    NotApplicable(String),
}

/// What is wrong with a feature of the suite: a mistake of its author, which a test finds.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CatalogueError {
    /// It is not Gherkin.
    #[error("{feature}: {detail}")]
    NotGherkin {
        /// Which file.
        feature: String,
        /// Why.
        detail: String,
    },
    /// A tag means nothing.
    #[error("{id}: the tag @{tag} means nothing")]
    UnknownTag {
        /// Of which requirement.
        id: String,
        /// Without `@`.
        tag: String,
    },
    /// Nobody demands it, or it makes neither a check nor shows a pain point, or names no clause.
    #[error("{id} has no {what}")]
    Incomplete {
        /// Which requirement.
        id: String,
        /// What is missing.
        what: &'static str,
    },
}

/// All requirements, in the order of the features.
pub(super) fn all() -> Result<Vec<Entry>, CatalogueError> {
    let mut entries = Vec::new();
    for (name, text) in FEATURES {
        let not_gherkin = |detail: String| CatalogueError::NotGherkin { feature: (*name).to_owned(), detail };
        let feature =
            Feature::parse(text, GherkinEnv::default()).map_err(|error| not_gherkin(error.to_string()))?;
        for scenario in &feature.scenarios {
            entries.push(entry(name, &feature, scenario)?);
        }
    }
    Ok(entries)
}

fn entry(name: &str, feature: &Feature, scenario: &Scenario) -> Result<Entry, CatalogueError> {
    let id = format!("{name}:{}", scenario.position.line);
    let mut frame = feature.clone();
    frame.scenarios = vec![scenario.clone()];
    let expanded = frame
        .clone()
        .expand_examples()
        .map_err(|error| CatalogueError::NotGherkin { feature: id.clone(), detail: error.to_string() })?;
    frame.scenarios = Vec::new();
    let cases = expanded.scenarios.into_iter().zip(examples(scenario)).collect();
    let requirement = Requirement {
        id,
        title: scenario.name.clone(),
        feature: feature.name.clone(),
        checks: BTreeSet::new(),
        pain_points: BTreeSet::new(),
        levels: BTreeSet::new(),
        clauses: Vec::new(),
        steps: scenario.steps.iter().map(|step| format!("{}{}", step.keyword, step.value)).collect(),
    };
    let mut entry = Entry { requirement, needs: BTreeSet::new(), profile: None, reading: None, cases, frame };
    for tag in feature.tags.iter().chain(&scenario.tags) {
        entry.take_tag(tag)?;
    }
    entry.is_complete()?;
    Ok(entry)
}

/// The words of each example of an outline, `status=404`; one empty text for a scenario.
fn examples(scenario: &Scenario) -> Vec<String> {
    let tables = scenario.examples.iter().filter_map(|examples| examples.table.as_ref());
    let mut words = Vec::new();
    for table in tables {
        let Some((header, rows)) = table.rows.split_first() else { continue };
        for row in rows {
            let pairs = header.iter().zip(row).map(|(name, value)| format!("{name}={value}"));
            words.push(pairs.collect::<Vec<_>>().join(", "));
        }
    }
    if words.is_empty() { vec![String::new()] } else { words }
}

impl Entry {
    fn take_tag(&mut self, tag: &str) -> Result<(), CatalogueError> {
        let unknown = || CatalogueError::UnknownTag { id: self.requirement.id.clone(), tag: tag.to_owned() };
        if let Ok(level) = tag.parse::<Level>() {
            self.requirement.levels.insert(level);
        } else if let Some(number) = tag.strip_prefix("check-") {
            self.requirement.checks.insert(number.parse().map_err(|_| unknown())?);
        } else if let Some(clause) = tag.strip_prefix("clause:") {
            self.requirement.clauses.push(clause.replace('-', " "));
        } else if let Some(need) = tag.strip_prefix("needs:") {
            let need = Need::ALL.into_iter().find(|one| one.as_str() == need).ok_or_else(unknown)?;
            self.needs.insert(need);
        } else if let Some(profile) = tag.strip_prefix("profile:") {
            self.profile = Some(profile.parse().map_err(|_| unknown())?);
        } else if let Some(reading) = tag.strip_prefix("reading:") {
            let mut readings = Interpretations::of_profile(Profile::Compat);
            readings.choose(reading).map_err(|_| unknown())?;
            let (name, value) = reading.split_once('=').ok_or_else(unknown)?;
            let point = Point::ALL.into_iter().find(|point| point.description().name == name);
            self.reading = Some((point.ok_or_else(unknown)?, value.to_owned()));
        } else {
            let number = tag.strip_prefix('P').and_then(|number| number.parse().ok());
            self.requirement.pain_points.insert(number.ok_or_else(unknown)?);
        }
        Ok(())
    }

    fn is_complete(&self) -> Result<(), CatalogueError> {
        let Requirement { id, checks, pain_points, levels, clauses, .. } = &self.requirement;
        let what = if levels.is_empty() {
            "level"
        } else if clauses.is_empty() {
            "clause"
        } else if checks.is_empty() && pain_points.is_empty() {
            "check or pain point"
        } else {
            return Ok(());
        };
        Err(CatalogueError::Incomplete { id: id.clone(), what })
    }

    /// Why it is not run against a subject, if it is not.
    pub(super) fn omission(&self, selection: &Selection<'_>) -> Option<Omission> {
        if let Some(profile) = self.profile.filter(|profile| *profile != selection.profile) {
            return Some(Omission::NotApplicable(format!("a requirement of the {profile} profile")));
        }
        if let Some((point, reading)) = &self.reading
            && selection.interpretations.reading(*point) != reading
        {
            let name = point.description().name;
            return Some(Omission::NotApplicable(format!("a requirement of the reading {name}={reading}")));
        }
        if self.requirement.levels.is_disjoint(selection.levels) {
            return Some(Omission::NotRun("its level was not asked for".to_owned()));
        }
        let is_named = |check: &u8| selection.checks.contains(check);
        if !selection.checks.is_empty() && !self.requirement.checks.iter().any(is_named) {
            return Some(Omission::NotRun("it was not asked for".to_owned()));
        }
        let missing = self.needs.iter().find(|need| !selection.subject.offers(**need))?;
        Some(Omission::NotRun(missing.reason().to_owned()))
    }
}

/// What decides which requirements are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection<'a> {
    pub(super) profile: Profile,
    pub(super) interpretations: &'a Interpretations,
    pub(super) levels: &'a BTreeSet<Level>,
    /// Numbered checks; all if empty.
    pub(super) checks: &'a BTreeSet<u8>,
    pub(super) subject: &'a SubjectSettings,
}
