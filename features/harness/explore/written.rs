//! A case as a scenario file.

use super::configuration::NODE_NAME;
use super::invariants::{Timelines, seconds};
use super::{Conduct, Failure};
use ptp_scenario::{Draft, Expectation, Window};
use sim_core::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// What is left of a failed case as a scenario: it lets everything pass that the proxy did, and names the end.
///
/// What a scenario has no words for, deaths of the core and the conduct of subscribers, is in its comments.
pub fn draft(failure: &Failure) -> Draft {
    let shrunk = &failure.shrunk;
    let case = &shrunk.case;
    Draft {
        comments: comments(failure),
        title: format!("Seed {}: {}", failure.seed, shrunk.violation.invariant),
        story: "Found by a campaign of random cases, and made as small as it got.".to_owned(),
        topology: case.topology,
        node_name: NODE_NAME.to_owned(),
        setup: case.setup.clone(),
        thresholds: case.thresholds,
        expect: expectation(failure).into_iter().collect(),
    }
}

fn comments(failure: &Failure) -> Vec<String> {
    let (seed, shrunk) = (failure.seed, &failure.shrunk);
    let violation = &shrunk.violation;
    let mut comments = vec![
        format!("{}, at {}: {}", violation.invariant, seconds(violation.at_ns), violation.what),
        format!("Seed {seed}. To repeat: ptp-lab explore --seeds {seed}..{}", seed.saturating_add(1)),
    ];
    for restart in &shrunk.case.restarts {
        let down = seconds(restart.down_ns);
        comments.push(format!("The proxy is killed before line {} and is back after {down}.", restart.line));
    }
    for (number, subscriber) in shrunk.case.subscribers.iter().enumerate() {
        let conduct = match subscriber.conduct {
            Conduct::Prompt => "answers at once".to_owned(),
            Conduct::Slow { answers_after_ns } => format!("answers after {}", seconds(answers_after_ns)),
            Conduct::Complains => "answers 500".to_owned(),
            Conduct::Refuses { from_ns, until_ns } => {
                format!("refuses connections from {} to {}", seconds(from_ns), seconds(until_ns))
            }
            Conduct::Hangs { from_ns, until_ns } => {
                format!("hangs from {} to {}", seconds(from_ns), seconds(until_ns))
            }
        };
        comments.push(format!("Subscriber {number} of {} {conduct}.", subscriber.addresses.join(", ")));
    }
    comments
}

/// Whatever was published may be; it must end as it ended.
fn expectation(failure: &Failure) -> Option<Expectation> {
    let timelines = Timelines::of(&failure.shrunk.record);
    let mut ends = BTreeMap::new();
    let mut values = BTreeSet::new();
    for ((resource, _), readings) in timelines.topics() {
        values.extend(readings.iter().map(|(_, reading)| reading.to_string()));
        if let Some((_, last)) = readings.last() {
            ends.insert(resource.path().to_owned(), last.to_string());
        }
    }
    let window =
        Window { from: SimTime::START, until: SimTime::from_s(failure.shrunk.case.setup.duration_s) };
    let resources: Vec<String> = ends.keys().cloned().collect();
    (!resources.is_empty()).then(|| Expectation::Flapping {
        resources,
        values: values.into_iter().collect(),
        window,
        at_least: 1,
        ends,
    })
}
