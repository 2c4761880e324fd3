//! A folder of recordings: everything comes from its files.
//!
//! `NAME.clknetsim.conf` is the model and makes a recording; `NAME-*.log` are the logs of its processes, told apart by
//! what is in them; `NAME.offset.txt` holds the true offsets in seconds, a line per second and a column per node;
//! `NAME-ROLE.conf` configures the ptp4l of `NAME-ROLE.log`, and `base.conf` each that has no such file.

use crate::lines::{Transition, forwarded, instants_s, last_s, samples, summaries, transitions};
use ptp_lines::PortState;
use ptp_scenario::Ptp4lConfig;
use ptp_scenario::clknetsim::{GrandmasterNode, Model, Run};
use sim_core::{Action, Expression, PacketVariable, Phc2sysSetup, PortSetup, Ptp4lSetup, Setup, SimTime};
use std::path::{Path, PathBuf};

/// Between becoming master and the first Announce.
const FIRST_ANNOUNCE_S: f64 = 0.000_977;
/// Stamps are cut off to milliseconds: what they hide, on average of what the recorded ones allow.
const WITHIN_MS_S: f64 = 0.000_25;

/// A recorded run of real linuxptp and its model.
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) model: Model,
    /// The log of the clock under test, node 2.
    pub(crate) ptp4l: Vec<String>,
    /// The log of phc2sys, if there is one.
    pub(crate) phc2sys: Vec<String>,
    /// One row per second, one column per node, in seconds.
    pub(crate) truth: Vec<Vec<f64>>,
    run: Run,
    timeline: Vec<(SimTime, Action)>,
}

struct Log {
    role: String,
    lines: Vec<String>,
}

/// Every recording of a folder, by name.
pub(crate) fn recordings(folder: &Path) -> Vec<Recording> {
    let mut names: Vec<String> = files(folder)
        .filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".clknetsim.conf")?.to_owned()))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{} has no *.clknetsim.conf", folder.display());
    names.into_iter().map(|name| Recording::read(folder, name)).collect()
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries.map(|entry| entry.expect("an entry").path())
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

impl Recording {
    fn read(folder: &Path, name: String) -> Self {
        let data = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|e| e.to_string());
        let model = Model::parse(&text(&folder.join(format!("{name}.clknetsim.conf"))), &data);
        let model = model.unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        let logs = logs(folder, &name);
        let node = find(&logs, "ptp4l[", |lines| {
            !instants_s(lines, "selected best master clock").is_empty()
                && lines.iter().any(|line| line.contains("path delay") || line.contains(" rms "))
        });
        let node = node.unwrap_or_else(|| panic!("{name}: no log of a ptp4l that follows"));
        let phc2sys = find(&logs, "phc2sys[", |_| true).map(|log| log.lines.clone()).unwrap_or_default();
        let truth = std::fs::read_to_string(folder.join(format!("{name}.offset.txt"))).unwrap_or_default();
        let truth: Vec<Vec<f64>> = truth.lines().map(row).collect();
        let run = Run {
            seed: 0,
            duration_s: match truth.len() {
                0 => whole(last_s(&node.lines).ceil()),
                rows => rows as u64 - 1,
            },
            ptp4l: configuration(folder, &name, node),
            grandmasters: grandmasters(folder, &name, &logs, &node.lines),
            phc2sys: phc2sys_options(&phc2sys),
        };
        let mut timeline = clock_classes(&model, &logs, &node.lines);
        timeline.extend(silences(&logs));
        timeline.sort_by_key(|(at, _)| *at);
        Self { name, ptp4l: node.lines.clone(), phc2sys, truth, run, timeline, model }
    }

    /// A simulation of the same model.
    pub(crate) fn setup(&self, seed: u64) -> Setup {
        let setup = self.model.setup(&Run { seed, ..self.run.clone() });
        let setup = setup.unwrap_or_else(|problems| panic!("{}: {problems:?}", self.name));
        Setup { timeline: self.timeline.clone(), ..setup }
    }

    pub(crate) fn sync_interval_s(&self) -> f64 {
        f64::from(self.run.grandmasters[0].ptp4l.log_sync_interval).exp2()
    }

    /// When the program of a node starts.
    pub(crate) fn starts_s(&self) -> Vec<f64> {
        self.model.nodes.values().map(|node| node.start_s).collect()
    }

    pub(crate) fn ports(&self) -> usize {
        self.run.ptp4l.ports.len()
    }

    pub(crate) fn duration_s(&self) -> f64 {
        self.run.duration_s as f64
    }

    /// The number of the node that runs phc2sys.
    pub(crate) fn follower(&self) -> Option<u32> {
        let mut nodes = self.model.nodes.iter();
        nodes.find(|(_, node)| node.reference_base.is_some()).map(|(number, _)| *number)
    }

    /// The instants at which the model or somebody else changes something, in order.
    pub(crate) fn changes_s(&self) -> Vec<f64> {
        let expressions =
            self.model.nodes.values().flat_map(|node| node.delays.values().chain(&node.frequency));
        let mut changes: Vec<f64> = expressions.flat_map(changes_of).collect();
        changes.extend(self.timeline.iter().map(|(at, _)| at.ns as f64 / 1e9));
        changes.retain(|at_s| 0.0 < *at_s && *at_s < self.duration_s());
        changes.sort_by(f64::total_cmp);
        changes.dedup();
        changes
    }
}

fn row(line: &str) -> Vec<f64> {
    line.split_whitespace().map(|word| word.parse().expect("a true offset")).collect()
}

fn logs(folder: &Path, name: &str) -> Vec<Log> {
    let mut logs: Vec<Log> = files(folder)
        .filter_map(|path| {
            let file = path.file_name()?.to_str()?;
            let role = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".log")?.to_owned();
            Some(Log { role, lines: text(&path).lines().map(forwarded).collect() })
        })
        .collect();
    logs.sort_by(|a, b| a.role.cmp(&b.role));
    logs
}

/// The log of such a program that is like this; one whose clock is node 2 before others.
fn find<'l>(logs: &'l [Log], program: &str, is: impl Fn(&[String]) -> bool) -> Option<&'l Log> {
    let of_program = |log: &&Log| log.lines.iter().any(|line| line.starts_with(program)) && is(&log.lines);
    let of_node_2 =
        |log: &&Log| !instants_s(&log.lines, "selected local clock 123456.fffe.780102").is_empty();
    let found: Vec<&Log> = logs.iter().filter(of_program).collect();
    found.iter().copied().find(|log| of_node_2(log)).or(found.first().copied())
}

fn configuration(folder: &Path, name: &str, log: &Log) -> Ptp4lSetup {
    let own = folder.join(format!("{name}-{}.conf", log.role));
    let (mut setup, is_own) = if own.exists() { (read(&own), true) } else { (base(folder), false) };
    if setup.ports.is_empty() {
        let port = log.lines.iter().find_map(|line| line.split_once("port 1 (")?.1.split_once(')'));
        setup.ports.push(PortSetup::on(port.expect("the name of port 1").0));
    }
    // The shared configuration does not say it, the option of the command line does.
    setup.client_only |= !is_own && log.role.starts_with("oc");
    setup
}

/// Node 1, and the nodes of further logs whose roles begin with gm.
fn grandmasters(folder: &Path, name: &str, logs: &[Log], node: &[String]) -> Vec<GrandmasterNode> {
    let configuration = |role: &str| {
        let own = folder.join(format!("{name}-{role}.conf"));
        // Without a configuration of its own it is one that its clients accept.
        if own.exists() { read(&own) } else { Ptp4lSetup { clock_class: 6, ..base(folder) } }
    };
    let mut grandmasters: Vec<GrandmasterNode> = grandmaster_logs(logs)
        .map(|log| GrandmasterNode {
            node: number(log).unwrap_or(1),
            ptp4l: configuration(&log.role),
            master_from: transitions(&log.lines).iter().find(|t| serves(t)).map(|t| instant(t.at_s)),
        })
        .collect();
    if grandmasters.is_empty() {
        // From the first Announce that its client hears.
        let heard_s = instants_s(node, "new foreign master").first().map(|at_s| at_s - FIRST_ANNOUNCE_S);
        let master_from = heard_s.map(instant);
        grandmasters.push(GrandmasterNode { node: 1, ptp4l: configuration("gm"), master_from });
    }
    grandmasters
}

fn grandmaster_logs(logs: &[Log]) -> impl Iterator<Item = &Log> {
    logs.iter().filter(|log| log.role.starts_with("gm"))
}

/// The number of a log's node: the last byte of its clock's identity.
fn number(log: &Log) -> Option<u32> {
    let identity = log.lines.iter().find_map(|line| line.split_once("selected local clock 123456.fffe.7801"));
    u32::from_str_radix(identity?.1.get(..2)?, 16).ok()
}

fn serves(transition: &Transition) -> bool {
    [PortState::Master, PortState::GrandMaster].contains(&transition.change.2)
}

/// How grandmasters choose among themselves is not simulated: it is as their logs say.
fn silences(logs: &[Log]) -> Vec<(SimTime, Action)> {
    let mut timeline = Vec::new();
    for (grandmaster, log) in grandmaster_logs(logs).enumerate() {
        for transition in transitions(&log.lines).into_iter().skip_while(|t| !serves(t)).skip(1) {
            let action = if serves(&transition) {
                Action::GrandmasterSpeaks { grandmaster }
            } else {
                Action::GrandmasterSilent { grandmaster }
            };
            timeline.push((instant(transition.at_s), action));
        }
    }
    timeline
}

fn instant(at_s: f64) -> SimTime {
    SimTime::from_ns(whole((at_s + WITHIN_MS_S) * 1e9))
}

fn base(folder: &Path) -> Ptp4lSetup {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/recorded/4.4/base.conf");
    let own = folder.join("base.conf");
    read(if own.exists() { &own } else { &shared })
}

fn read(path: &Path) -> Ptp4lSetup {
    let config = Ptp4lConfig::parse(&text(path));
    config.unwrap_or_else(|problems| panic!("{}: {problems:?}", path.display())).setup
}

/// From the median time between two offsets, or between two summaries of 16 offsets per second.
fn phc2sys_options(lines: &[String]) -> Phc2sysSetup {
    let offsets: Vec<f64> = samples(lines).iter().map(|s| s.at_s).collect();
    let summaries: Vec<f64> = summaries(lines).iter().map(|s| s.at_s).collect();
    let whole = |number: f64, default| u32::try_from(whole(number)).unwrap_or(default).max(1);
    let defaults = Phc2sysSetup::default();
    match (median_gap_s(&offsets), median_gap_s(&summaries)) {
        (Some(gap_s), _) => Phc2sysSetup { rate_hz: whole(1.0 / gap_s, defaults.rate_hz), ..defaults },
        (None, Some(gap_s)) => {
            Phc2sysSetup { summary_samples: whole(gap_s * f64::from(defaults.rate_hz), 0), ..defaults }
        }
        (None, None) => defaults,
    }
}

fn median_gap_s(at_s: &[f64]) -> Option<f64> {
    let mut gaps_s: Vec<f64> = at_s.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps_s.sort_by(f64::total_cmp);
    gaps_s.get(gaps_s.len() / 2).copied()
}

/// A node that starts later and is no clock runs pmc, which sets the class of the grandmaster. Its log says which;
/// without one, what becomes of the client does.
fn clock_classes(model: &Model, logs: &[Log], node: &[String]) -> Vec<(SimTime, Action)> {
    let own = logs.iter().filter(|log| log.role.starts_with("pmc"));
    let mut said = own.filter_map(|log| {
        let class =
            log.lines.iter().find_map(|line| line.trim().strip_prefix("clockClass")?.trim().parse().ok());
        class as Option<u8>
    });
    let after = |at_s: f64, text: &str| instants_s(node, text).iter().any(|t| (at_s..at_s + 1.0).contains(t));
    let is_pmc = |node: &ptp_scenario::clknetsim::ModelNode| {
        node.start_s > 0.0 && node.frequency.is_none() && node.reference_error.is_none()
    };
    let mut starts: Vec<f64> =
        model.nodes.values().filter(|node| is_pmc(node)).map(|node| node.start_s).collect();
    starts.sort_by(f64::total_cmp);
    let classes = starts.into_iter().filter_map(|at_s| {
        let class = said.next().or_else(|| {
            let is_ignored = after(at_s, "Master clock quality received is greater than configured");
            let is_back = after(at_s, "selected best master clock");
            if is_ignored { Some(248) } else { is_back.then_some(6) }
        })?;
        let action = Action::GrandmasterClockClass { grandmaster: 0, class };
        Some((SimTime::from_ns(whole(at_s * 1e9)), action))
    });
    classes.collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nothing here is below 0")]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

/// The instants at which `(equal T time C)` changes.
fn changes_of(expression: &Expression) -> Vec<f64> {
    if let Expression::Equal { tolerance, values } = expression
        && let (Expression::Constant(tolerance), [a, b]) = (tolerance.as_ref(), values.as_slice())
        && let (Expression::Variable(PacketVariable::Time), Expression::Constant(at))
        | (Expression::Constant(at), Expression::Variable(PacketVariable::Time)) = (a, b)
    {
        return vec![at - tolerance, at + tolerance];
    }
    parts(expression).iter().flat_map(changes_of).collect()
}

fn parts(expression: &Expression) -> &[Expression] {
    match expression {
        Expression::Add(parts)
        | Expression::Multiply(parts)
        | Expression::Modulo(parts)
        | Expression::Accumulate(parts)
        | Expression::Equal { values: parts, .. }
        | Expression::Maximum(parts)
        | Expression::Minimum(parts) => parts,
        Expression::Constant(_)
        | Expression::Variable(_)
        | Expression::Uniform
        | Expression::Normal
        | Expression::Exponential
        | Expression::Poisson { .. }
        | Expression::Series(_)
        | Expression::Pulse { .. }
        | Expression::Wave { .. } => &[],
    }
}
