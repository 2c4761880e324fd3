//! Runs a scenario: the simulated node's lines to a proxy, and what the proxy publishes against what is expected.

use crate::record::{About, EventLog, NodeLog, Recording, RecordingSink};
use crate::timeline::{Sink, Verdict, What};
use crate::{
    Happening, LabError, Moment, Played, Player, ProxyProgram, Testbed, TestbedSettings, WireEvent, Wiring,
};
use ptp_scenario::{Difference, Expectation, Observed, Scenario, judge};
use sim_core::{Action, Emission, Setup, SimTime, TrueState, Truth, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// The scenario.
    pub scenario: Scenario,
    /// Another seed than the scenario's.
    pub seed: Option<u64>,
    /// The program that is started as the proxy.
    pub program: ProxyProgram,
    /// Where to keep the node's files; temporary if absent.
    pub keep: Option<PathBuf>,
    /// How many connections carry the lines.
    pub wiring: Wiring,
    /// Where to record the run; not recorded if absent.
    pub record: Option<PathBuf>,
}

/// Runs the scenario and judges it. The verdict is in the summary, which the sink is told, too.
///
/// # Errors
/// When the node's files cannot be written, or the proxy cannot be reached.
pub async fn run(settings: RunSettings, sink: &mut dyn Sink) -> Result<Played, LabError> {
    let scenario = settings.scenario;
    let seed = settings.seed.unwrap_or(scenario.setup.seed);
    let recording = Recording::begin(settings.record, About::scenario("run", &scenario, seed))?;
    let mut node_log = NodeLog::open(recording.folder())?;
    let mut sink = RecordingSink { shown: sink, log: EventLog::open(recording.folder())? };
    let setup = Setup { seed, ..scenario.setup };
    let testbed = Testbed::start(TestbedSettings {
        node: scenario.node,
        program: settings.program,
        seed: setup.seed,
        keep: settings.keep,
        arguments: Vec::new(),
    })
    .await?;
    let start_unix_ns = scenario.start_unix_s * 1_000_000_000;
    let mut player = Player::begin(testbed, settings.wiring, (start_unix_ns, 0), &mut sink).await?;
    let mut truth = ToldTruth::default();
    for emission in World::new(setup) {
        node_log.emission(&emission)?;
        let Emission { at, what } = emission;
        for happening in truth.happenings(what) {
            player.play(Moment { at_ns: at.ns, happening }).await?;
        }
    }
    let mut played = player.finish(scenario.duration_s * 1_000_000_000).await?;
    let observed: Vec<Observed> = played.events.iter().map(observed).collect();
    played.summary.verdict = Some(verdict(&scenario.expect, &judge(&scenario.expect, &observed)));
    node_log.finish()?;
    sink.log.finish()?;
    recording.conclude((&played.summary).into())?;
    Ok(played)
}

fn verdict(expect: &[Expectation], judged: &ptp_scenario::Verdict) -> Verdict {
    let failed: BTreeSet<usize> = judged.differences.iter().filter_map(expectation).collect();
    Verdict {
        matched: expect.len() - failed.len(),
        expected: expect.len(),
        passed: judged.passed(),
        explanation: judged.differences.iter().map(ToString::to_string).collect(),
    }
}

/// The expectation that a difference is about.
fn expectation(difference: &Difference) -> Option<usize> {
    match difference {
        Difference::Unexpected { .. } => None,
        Difference::Missing { index, .. }
        | Difference::OutsideWindow { index, .. }
        | Difference::ForbiddenValue { index, .. }
        | Difference::Changed { index, .. }
        | Difference::TooFew { index, .. }
        | Difference::WrongEnd { index, .. } => Some(*index),
    }
}

fn observed((at_ns, event): &(u64, WireEvent)) -> Observed {
    Observed {
        at: SimTime::from_ns(*at_ns),
        resource: event.resource.clone(),
        value: event.value().to_owned(),
    }
}

/// What was told last: the truth comes every second, and only its changes are worth a line.
#[derive(Debug, Default)]
struct ToldTruth {
    cards: BTreeMap<usize, &'static str>,
    os: Option<&'static str>,
    grandmasters: BTreeMap<usize, Option<u8>>,
}

impl ToldTruth {
    fn happenings(&mut self, what: sim_core::What) -> Vec<Happening> {
        match what {
            sim_core::What::Opened { connection } => vec![Happening::Opened(connection)],
            sim_core::What::Line { connection, text } => {
                vec![Happening::Line { connection: Some(connection), text }]
            }
            sim_core::What::Closed { connection } => vec![Happening::Closed(connection)],
            sim_core::What::Action(action) => {
                let told = Happening::Told(What::Action(action.to_string()));
                std::iter::once(told).chain(to_the_proxy(&action)).collect()
            }
            sim_core::What::Truth(truth) => {
                self.changes(&truth).into_iter().map(|text| Happening::Told(What::Truth(text))).collect()
            }
        }
    }

    fn changes(&mut self, truth: &Truth) -> Vec<String> {
        let mut changes = Vec::new();
        for (index, class) in truth.grandmaster_classes.iter().enumerate() {
            if self.grandmasters.insert(index, *class) != Some(*class) {
                let grandmaster = numbered("grandmaster", index);
                changes.push(match class {
                    Some(class) => format!("{grandmaster} announces clock class {class}"),
                    None => format!("{grandmaster} is silent"),
                });
            }
        }
        for (index, card) in truth.cards.iter().enumerate() {
            let state = word(card.clock);
            if self.cards.insert(index, state) != Some(state) {
                changes.push(format!(
                    "{} {state}, phc error {:+.0} ns",
                    numbered("ptp", index),
                    card.phc_error_ns
                ));
            }
        }
        let os = word(truth.os_clock);
        if self.os.replace(os) != Some(os) {
            changes.push(format!("os clock {os}, error {:+.0} ns", truth.os_error_ns));
        }
        changes
    }
}

/// There is mostly one.
fn numbered(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name} {}", index + 1) }
}

/// What the harness has to do itself.
fn to_the_proxy(action: &Action) -> Option<Happening> {
    if *action == Action::ProxyDown {
        Some(Happening::ProxyDown)
    } else if *action == Action::ProxyUp {
        Some(Happening::ProxyUp)
    } else {
        None
    }
}

fn word(state: TrueState) -> &'static str {
    match state {
        TrueState::Unsynchronized => "unsynchronized",
        TrueState::Tracking => "tracking",
        TrueState::Coasting { .. } => "coasting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::CardTruth;

    #[test]
    fn the_truth_is_told_when_it_changes() {
        let mut told = ToldTruth::default();
        let mut truth = Truth {
            cards: vec![CardTruth { clock: TrueState::Tracking, phc_error_ns: 2.6, dpll: None, gnss: None }],
            os_clock: TrueState::Tracking,
            os_error_ns: -12.0,
            grandmaster_classes: vec![Some(6)],
        };
        let first = [
            "grandmaster announces clock class 6",
            "ptp tracking, phc error +3 ns",
            "os clock tracking, error -12 ns",
        ];
        assert_eq!(told.changes(&truth), first);
        truth.cards[0].phc_error_ns = 5.0;
        assert!(told.changes(&truth).is_empty());
        truth.cards[0].clock = TrueState::Coasting { since: SimTime::START };
        assert_eq!(told.changes(&truth), ["ptp coasting, phc error +5 ns"]);
    }
}
