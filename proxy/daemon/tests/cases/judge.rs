//! What differs between what was expected and what was seen, as lines to read.

use crate::case::Case;
use crate::deviation::{Deviation, Expected};
use crate::event::{Event, Kind, Reading};
use crate::sample;
use std::collections::{BTreeMap, BTreeSet};

/// What a proxy did with a case.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) events: Vec<Event>,
    /// Samples of the incumbent's names with their values as printed.
    pub(crate) samples: BTreeMap<String, String>,
    /// Answers of `CurrentState`; what answered 404 is not there.
    pub(crate) pulls: BTreeMap<Kind, Event>,
}

/// All differences: `-` is expected, `+` was seen.
pub(crate) fn differences(expected: &Expected, seen: &Seen, node: &str) -> Vec<String> {
    let mut all = event_differences(expected, seen, node);
    all.extend(sample_differences(&expected.samples, &seen.samples));
    for kind in Kind::ALL {
        all.extend(pull_difference(kind, expected.pulls.get(&kind), seen.pulls.get(&kind)));
    }
    all
}

fn event_differences(expected: &Expected, seen: &Seen, node: &str) -> Vec<String> {
    if expected.events == seen.events {
        return Vec::new();
    }
    let show = |events: &[Event]| events.iter().map(|event| event.show(node)).collect::<Vec<_>>();
    side_by_side(&show(&expected.events), &show(&seen.events))
}

/// Both lists in one, by their longest common subsequence.
fn side_by_side(expected: &[String], seen: &[String]) -> Vec<String> {
    // longest[i][j]: of expected[i..] and seen[j..].
    let mut longest = vec![vec![0; seen.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..seen.len()).rev() {
            longest[i][j] = if expected[i] == seen[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < expected.len() || j < seen.len() {
        if i < expected.len() && j < seen.len() && expected[i] == seen[j] {
            lines.push(format!("  {}", expected[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == seen.len() || (i < expected.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            lines.push(format!("- {}", expected[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", seen[j]));
            j += 1;
        }
    }
    lines
}

fn sample_differences(expected: &BTreeMap<String, f64>, seen: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = expected.keys().chain(seen.keys()).collect();
    let mut lines = Vec::new();
    for name in names {
        let wanted = expected.get(name).map(|number| sample::go_text(*number));
        let value = seen.get(name);
        if wanted.as_ref() != value {
            lines.extend(wanted.map(|wanted| format!("- {name} {wanted}")));
            lines.extend(value.map(|value| format!("+ {name} {value}")));
        }
    }
    lines
}

fn pull_difference(kind: Kind, expected: Option<&Vec<Reading>>, seen: Option<&Event>) -> Vec<String> {
    let sorted = seen.map(|event| {
        let mut readings = event.readings.clone();
        readings.sort();
        readings
    });
    let is_of_kind = seen.is_none_or(|event| event.source == kind.path());
    if expected == sorted.as_ref() && is_of_kind {
        return Vec::new();
    }
    let show = |readings: Option<&Vec<Reading>>| match readings {
        None => "404".to_owned(),
        Some(readings) => readings.iter().map(Reading::show).collect::<Vec<_>>().join(", "),
    };
    let of = seen.map(|event| event.source.as_str()).filter(|_| !is_of_kind).unwrap_or_default();
    vec![
        format!("- CurrentState of {}: {}", kind.name(), show(expected)),
        format!("+ CurrentState of {}: {} {of}", kind.name(), show(sorted.as_ref())),
    ]
}

/// States that the incumbent's `CurrentState` told and ours does not, unless the states of this case are corrected.
///
/// What it told without an event before is no state for us, placeholders for the unknown included: we answer 404.
pub(crate) fn untold(
    case: &Case,
    deviation: Option<&Deviation>,
    expected: &Expected,
    seen: &Seen,
) -> Vec<String> {
    if deviation.is_some_and(|deviation| deviation.events.is_some()) {
        return Vec::new();
    }
    let is_placeholder =
        |resource: &str| ["/ptp-not-set", "/event-not-found"].iter().any(|end| resource.ends_with(end));
    let mut lines = Vec::new();
    for (path, readings) in &case.expect.current_state_found {
        let Some(kind) = Kind::with_path(path).filter(|kind| expected.pulls.contains_key(kind)) else {
            continue;
        };
        let told = seen.pulls.get(&kind).map_or(&[][..], |event| &event.readings);
        let states = readings.iter().filter(|one| one.data_type == "notification");
        for state in states.filter(|one| !is_placeholder(&one.resource)) {
            if !told.iter().any(|one| one.resource == state.resource && one.value == state.value) {
                lines.push(format!("- CurrentState of {}: {} {}", kind.name(), state.resource, state.value));
            }
        }
    }
    lines
}

#[test]
fn differences_stand_where_they_belong() {
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(side_by_side(&list("a b d"), &list("a c d e")), ["  a", "- b", "+ c", "  d", "+ e"]);
}

#[test]
fn a_sample_differs_by_its_presence_its_value_and_its_text() {
    let expected =
        [("a".to_owned(), 1.0), ("b".to_owned(), 1e16), ("c".to_owned(), -0.5), ("d".to_owned(), 2.0)];
    let seen = [("a", "1"), ("b", "10000000000000000"), ("c", "0"), ("e", "3")];
    let seen = seen.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        sample_differences(&BTreeMap::from(expected), &BTreeMap::from(seen)),
        ["- b 1e+16", "+ b 10000000000000000", "- c -0.5", "+ c 0", "- d 2", "+ e 3"]
    );
}
