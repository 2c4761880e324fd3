//! Where we differ from the incumbent on purpose: `scenarios/incumbent/deviations.toml`.

use crate::case::{Case, Recorded};
use crate::event::{Event, Kind, Reading};
use crate::sample;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviations {
    /// What was decided, by the id of the decision.
    pub(crate) decisions: BTreeMap<String, String>,
    /// What holds for every case.
    pub(crate) everywhere: Vec<Everywhere>,
    /// What holds for one case, in the order of the cases.
    #[serde(rename = "case")]
    pub(crate) cases: Vec<Deviation>,
}

/// A difference that the comparison knows for every case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Everywhere {
    pub(crate) decisions: Vec<String>,
    pub(crate) what: String,
}

/// The corrected expectation of one case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    pub(crate) name: String,
    pub(crate) decisions: Vec<String>,
    /// What the incumbent does wrong and what we do.
    pub(crate) what: String,
    /// All events, in the compact form, if they differ.
    #[serde(default)]
    pub(crate) events: Option<Vec<String>>,
    /// Samples that are new or have another value: short name, space, value.
    #[serde(default)]
    pub(crate) set: Vec<String>,
    /// Samples that are not there: short names.
    #[serde(default)]
    pub(crate) remove: Vec<String>,
    /// What `CurrentState` gives where it is not what was pushed last, in the compact form without `@`.
    #[serde(default)]
    pub(crate) pull: Vec<String>,
}

/// What is expected of us.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) events: Vec<Event>,
    pub(crate) samples: BTreeMap<String, f64>,
    /// Values of `CurrentState` in order of their resources; what is not there answers 404.
    pub(crate) pulls: BTreeMap<Kind, Vec<Reading>>,
}

impl Deviations {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// That of a case.
    pub(crate) fn of(&self, name: &str) -> Option<&Deviation> {
        self.cases.iter().find(|deviation| deviation.name == name)
    }

    /// What is wrong with the file itself, given all cases.
    pub(crate) fn problems(&self, cases: &[Case]) -> Vec<String> {
        let mut problems = self.unknown_decisions();
        let order: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        let places: Vec<Option<usize>> =
            self.cases.iter().map(|one| order.iter().position(|name| *name == one.name)).collect();
        for (deviation, place) in self.cases.iter().zip(&places) {
            match place {
                None => problems.push(format!("{}: there is no such case", deviation.name)),
                Some(place) => {
                    let case = &cases[*place];
                    problems.extend(
                        deviation.idle_patches(case).into_iter().map(|p| format!("{}: {p}", case.name)),
                    );
                }
            }
        }
        if !places.is_sorted_by(|one, next| one < next) {
            problems.push("deviations are not in the order of the cases, or one is there twice".to_owned());
        }
        problems
    }

    fn unknown_decisions(&self) -> Vec<String> {
        let everywhere = self.everywhere.iter().flat_map(|one| &one.decisions);
        let used: BTreeSet<&String> =
            self.cases.iter().flat_map(|one| &one.decisions).chain(everywhere).collect();
        let known: BTreeSet<&String> = self.decisions.keys().collect();
        let unknown = used.difference(&known).map(|id| format!("decision {id} is unknown"));
        let unused = known.difference(&used).map(|id| format!("decision {id} changes no case"));
        let silent = self.cases.iter().filter(|one| one.decisions.is_empty());
        unknown.chain(unused).chain(silent.map(|one| format!("{}: no decision", one.name))).collect()
    }
}

impl Deviation {
    /// Corrections that correct nothing.
    fn idle_patches(&self, case: &Case) -> Vec<String> {
        let node = &case.config.node;
        let mut idle = Vec::new();
        for patch in &self.set {
            let unchanged = split_sample(patch, node)
                .map(|(name, value)| case.expect.metrics.get(&name).is_some_and(|old| same(*old, value)));
            if unchanged != Ok(false) {
                idle.push(format!("{patch}: unreadable, or no change"));
            }
        }
        for patch in &self.remove {
            if !sample::full_name(patch, node).is_ok_and(|name| case.expect.metrics.contains_key(&name)) {
                idle.push(format!("{patch}: unreadable, or not there anyway"));
            }
        }
        let recorded: Vec<String> =
            case.expect.events.iter().map(|event| Event::recorded(event).show(node)).collect();
        if self.events.as_ref() == Some(&recorded) {
            idle.push("the events are as recorded".to_owned());
        }
        idle
    }
}

impl Expected {
    /// What the incumbent did, corrected where we deviate.
    pub(crate) fn of(case: &Case, deviation: Option<&Deviation>) -> Result<Self, String> {
        let node = &case.config.node;
        let Recorded { events, metrics, .. } = &case.expect;
        let mut expected = Self {
            events: events.iter().map(Event::recorded).collect(),
            samples: metrics.clone(),
            pulls: BTreeMap::new(),
        };
        if let Some(deviation) = deviation {
            expected.correct(deviation, node)?;
        }
        expected.pulls = pulls(case, &expected.events)?;
        let mut replaced: BTreeMap<Kind, Vec<Reading>> = BTreeMap::new();
        for text in deviation.iter().flat_map(|deviation| &deviation.pull) {
            let event = Event::parse_state(0, text, node)?;
            let kind = Kind::with_path(&event.source).ok_or("no such resource")?;
            replaced.entry(kind).or_default().extend(event.readings);
        }
        expected.pulls.extend(replaced);
        expected.pulls.values_mut().for_each(|readings| readings.sort());
        Ok(expected)
    }

    fn correct(&mut self, deviation: &Deviation, node: &str) -> Result<(), String> {
        if let Some(events) = &deviation.events {
            self.events = events.iter().map(|text| Event::parse(text, node)).collect::<Result<_, _>>()?;
        }
        for patch in &deviation.remove {
            self.samples.remove(&sample::full_name(patch, node)?);
        }
        for patch in &deviation.set {
            let (name, value) = split_sample(patch, node)?;
            self.samples.insert(name, value);
        }
        Ok(())
    }
}

/// What is pulled is what was pushed last for each clock: one representation for both. What a stored state says counts
/// as pushed before.
fn pulls(case: &Case, events: &[Event]) -> Result<BTreeMap<Kind, Vec<Reading>>, String> {
    let stored = case.config.store_metrics_json.as_ref().and_then(|store| store["last_clock_state"].as_str());
    let stored = stored.filter(|state| ["LOCKED", "HOLDOVER", "FREERUN"].contains(state));
    let stored = match stored {
        Some(state) => Some(Event::parse_state(0, &format!("sync-state {state}"), &case.config.node)?),
        None => None,
    };
    let mut latest: BTreeMap<(Kind, String), Vec<Reading>> = BTreeMap::new();
    for event in stored.iter().chain(events) {
        let kind =
            Kind::with_path(&event.source).ok_or_else(|| format!("{} is no resource", event.source))?;
        let subject = event.readings.first().map(|reading| reading.resource.clone()).unwrap_or_default();
        latest.insert((kind, subject), event.readings.clone());
    }
    let mut pulls: BTreeMap<Kind, Vec<Reading>> = BTreeMap::new();
    for ((kind, _), readings) in latest {
        pulls.entry(kind).or_default().extend(readings);
    }
    Ok(pulls)
}

fn split_sample(patch: &str, node: &str) -> Result<(String, f64), String> {
    let (name, value) = patch.rsplit_once(' ').ok_or_else(|| format!("{patch:?} has no value"))?;
    let value = value.parse().map_err(|_| format!("{patch:?} has no number"))?;
    Ok((sample::full_name(name, node)?, value))
}

/// Equal as samples are: a negative zero is another number.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits()
}
