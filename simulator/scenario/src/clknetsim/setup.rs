//! From a model to a simulation of it.

use super::{Model, ModelNode};
use crate::Problem;
use sim_core::{
    CardSetup, ClockIdentity, ClockModel, ClockRole, DataSet, Expression, GrandmasterSetup, LinkSetup,
    ModelSetup, PathModel, PathSetup, Phc2sysSetup, ProcessId, ProcessProgram, ProfileSetup, Ptp4lSetup,
    Setup, SimTime,
};

/// The node whose ptp4l is simulated.
const NODE: u32 = 2;
/// clknetsim's network runs at 100 Gb/s and stamps are set back to the begin of a frame of 44 + 46 bytes: 7.2 ns, as
/// whole nanoseconds (`recvmsg` in its `client.c`).
const EARLY_STAMPS_NS: f64 = 7.0;
/// phc2sys asks ptp4l for the UTC offset when it has run for so long, and has the answer at its next update.
const UTC_OFFSET_AFTER_NS: u64 = 10_000_000_001;
/// linuxptp's currentUtcOffset, which phc2sys adds to what it reads.
const UTC_OFFSET_S: f64 = 37.0;

/// What a model leaves open.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Seed of all randomness.
    pub seed: u64,
    /// How long to simulate, in seconds.
    pub duration_s: u64,
    /// Configuration of the ptp4l under test; its identity follows from its node.
    pub ptp4l: Ptp4lSetup,
    /// The nodes that the clock under test may follow; the timeline addresses them by their place here.
    pub grandmasters: Vec<GrandmasterNode>,
    /// Options of phc2sys, if the model has a node for it.
    pub phc2sys: Phc2sysSetup,
}

/// A node that runs ptp4l as a grandmaster. How several of them choose among themselves is not simulated: all send,
/// unless the timeline silences one.
#[derive(Clone, Debug, PartialEq)]
pub struct GrandmasterNode {
    /// Its number.
    pub node: u32,
    /// Configuration of its ptp4l: its intervals, its data set and its announce receipt timeout.
    pub ptp4l: Ptp4lSetup,
    /// When it becomes master; its announce receipt timeout with half of the random part after its start if absent.
    pub master_from: Option<SimTime>,
}

impl Model {
    /// A simulation of this model. Node 2 is the clock under test, and the node whose `_refclock_base` is node 2 runs
    /// phc2sys; nodes that are neither these nor grandmasters are left out.
    ///
    /// # Errors
    /// What the model does not say, and what the simulator cannot do.
    pub fn setup(&self, run: &Run) -> Result<Setup, Vec<Problem>> {
        let mut problems = Vec::new();
        let paths: Vec<Option<PathModel>> =
            run.grandmasters.iter().map(|grandmaster| self.path(grandmaster.node, &mut problems)).collect();
        let follower = self.follower(&mut problems);
        if run.ptp4l.ports.is_empty() {
            problems.push(without_line("the configuration of ptp4l has no port".to_owned()));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let paths = paths.into_iter().enumerate().filter_map(|(index, path)| Some((index, path?)));
        let mut model = ModelSetup { paths: paths.collect(), ..ModelSetup::default() };
        let node = self.nodes.get(&NODE).cloned().unwrap_or_default();
        model.hardware_clocks.insert(0, clock(&node));
        model.starts.insert(process(ProcessProgram::Ptp4l), start(&node));
        let nodes: Vec<ModelNode> = run
            .grandmasters
            .iter()
            .map(|grandmaster| self.nodes.get(&grandmaster.node).cloned().unwrap_or_default())
            .collect();
        model.grandmasters = nodes.iter().map(clock).enumerate().collect();
        if let Some(follower) = follower {
            model.os_clock = Some(clock(follower));
            model.starts.insert(process(ProcessProgram::Phc2sys), start(follower));
        }
        let interfaces: Vec<String> = run.ptp4l.ports.iter().map(|port| port.interface.clone()).collect();
        Ok(Setup {
            seed: run.seed,
            duration_s: run.duration_s,
            grandmasters: run.grandmasters.iter().zip(&nodes).map(|(gm, node)| gm.setup(node)).collect(),
            links: (0..nodes.len()).map(|grandmaster| link(&interfaces[0], grandmaster)).collect(),
            cards: vec![CardSetup { interfaces, ptp_device: 1, ..CardSetup::default() }],
            profiles: vec![run.profile(follower)],
            model,
            ..Setup::ordinary_clock()
        })
    }

    /// The nodes that have no part in the simulation: clients of node 2, and those that run pmc.
    pub fn left_out(&self, run: &Run) -> Vec<u32> {
        let is_left_out = |(number, node): &(&u32, &ModelNode)| {
            let is_grandmaster = run.grandmasters.iter().any(|grandmaster| grandmaster.node == **number);
            !is_grandmaster && **number != NODE && node.reference_base != Some(NODE)
        };
        self.nodes.iter().filter(is_left_out).map(|(number, _)| *number).collect()
    }

    fn path(&self, grandmaster: u32, problems: &mut Vec<Problem>) -> Option<PathModel> {
        let mut delay = |from, to| {
            let delay = self.nodes.get(&from).and_then(|node| node.delays.get(&to));
            if delay.is_none() {
                let what =
                    format!("the model has no node{from}_delay{to}, between a grandmaster and node {NODE}");
                problems.push(without_line(what));
            }
            delay.cloned()
        };
        let (to_node, to_grandmaster) = (delay(grandmaster, NODE), delay(NODE, grandmaster));
        Some(PathModel {
            to_node: to_node?,
            to_grandmaster: to_grandmaster?,
            early_stamps_ns: EARLY_STAMPS_NS,
            grandmaster_number: grandmaster,
            node_number: NODE,
        })
    }

    /// The node that runs phc2sys.
    fn follower(&self, problems: &mut Vec<Problem>) -> Option<&ModelNode> {
        let followers: Vec<&ModelNode> =
            self.nodes.values().filter(|node| node.reference_base == Some(NODE)).collect();
        for (number, node) in &self.nodes {
            if node.reference_error.is_some() && node.reference_base != Some(NODE) {
                let what =
                    format!("node{number}_refclock has another base than node{NODE}: that is not supported");
                problems.push(without_line(what));
            }
        }
        if followers.len() > 1 {
            let what = format!("more than one node reads the clock of node {NODE}: that is not supported");
            problems.push(without_line(what));
        }
        followers.first().copied()
    }
}

impl GrandmasterNode {
    fn setup(&self, node: &ModelNode) -> GrandmasterSetup {
        let config = &self.ptp4l;
        let mut setup = GrandmasterSetup {
            clock_identity: identity(self.node),
            log_announce_interval: config.log_announce_interval,
            log_sync_interval: config.log_sync_interval,
            ..GrandmasterSetup::default()
        };
        setup.data_set = DataSet {
            clock_class: config.clock_class,
            clock_accuracy: config.clock_accuracy,
            offset_scaled_log_variance: config.offset_scaled_log_variance,
            priority1: config.priority1,
            priority2: config.priority2,
            ..DataSet::default()
        };
        let timeout_s = (f64::from(config.announce_receipt_timeout) + 0.5)
            * f64::from(config.log_announce_interval).exp2();
        setup.master_from = self.master_from.unwrap_or(start(node).after_ns(ns(timeout_s)));
        setup
    }
}

impl Run {
    fn profile(&self, follower: Option<&ModelNode>) -> ProfileSetup {
        let is_boundary = self.ptp4l.ports.len() > 1;
        let phc2sys = follower.map(|follower| Phc2sysSetup {
            utc_offset_after_ns: UTC_OFFSET_AFTER_NS,
            reading_error: follower.reference_error.clone().map(without_utc_offset),
            reading_noise_ns: 0.0,
            reading_delay_ns: 0.0,
            reading_delay_noise_ns: 0.0,
            ..self.phc2sys.clone()
        });
        ProfileSetup {
            name: "clknetsim".to_owned(),
            config_index: 0,
            role: if is_boundary { ClockRole::BoundaryClock } else { ClockRole::OrdinaryClock },
            ptp4l: Some(Ptp4lSetup { clock_identity: identity(NODE), ..self.ptp4l.clone() }),
            phc2sys,
            ts2phc: None,
            synce4l: None,
            chronyd: None,
        }
    }
}

fn link(interface: &str, grandmaster: usize) -> LinkSetup {
    LinkSetup { interface: interface.to_owned(), grandmaster, path: PathSetup::default() }
}

/// The identity that clknetsim's network addresses lead to.
fn identity(node: u32) -> ClockIdentity {
    ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, node.to_le_bytes()[0]])
}

fn process(program: ProcessProgram) -> ProcessId {
    ProcessId { program, profile: 0 }
}

fn start(node: &ModelNode) -> SimTime {
    SimTime::from_ns(ns(node.start_s))
}

fn clock(node: &ModelNode) -> ClockModel {
    ClockModel {
        initial_error_ns: node.initial_error_s * 1e9,
        frequency: node.frequency.clone().unwrap_or(Expression::Constant(0.0)),
        step: node.step.clone(),
    }
}

/// Models have the UTC offset in the error of the reference clock, because phc2sys adds it.
fn without_utc_offset(error: Expression) -> Expression {
    Expression::Add(vec![error, Expression::Constant(UTC_OFFSET_S)])
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn ns(s: f64) -> u64 {
    (s * 1e9).round().max(0.0) as u64
}

fn without_line(what: String) -> Problem {
    Problem { line: None, what }
}
