//! Clocks and paths given as expressions, as clknetsim's configuration files give them.

use crate::{Expression, ProcessId, SimTime};
use std::collections::BTreeMap;

/// A model that takes the place of oscillators and paths: what is not in it is as the rest of the
/// [`Setup`](crate::Setup) says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelSetup {
    /// Hardware clocks of cards, by their place in [`Setup::cards`](crate::Setup::cards).
    pub hardware_clocks: BTreeMap<usize, ClockModel>,
    /// The clock of the operating system.
    pub os_clock: Option<ClockModel>,
    /// Clocks of grandmasters, which are true otherwise, by their place in
    /// [`Setup::grandmasters`](crate::Setup::grandmasters).
    pub grandmasters: BTreeMap<usize, ClockModel>,
    /// Paths, by the place of their link in [`Setup::links`](crate::Setup::links).
    pub paths: BTreeMap<usize, PathModel>,
    /// Processes that start at these instants, whatever linuxptp-daemon would do.
    pub starts: BTreeMap<ProcessId, SimTime>,
}

/// A clock.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockModel {
    /// Clock minus true time at the start, in nanoseconds.
    pub initial_error_ns: f64,
    /// Its frequency error in seconds per second, evaluated at the start and once per second; between two evaluations
    /// it runs evenly.
    pub frequency: Expression,
    /// It is set forward by so many seconds at each evaluation.
    pub step: Option<Expression>,
}

/// A path between a grandmaster and the node.
#[derive(Clone, Debug, PartialEq)]
pub struct PathModel {
    /// Delay of a packet to the node in seconds, evaluated for each packet; one that is not above 0 is lost.
    pub to_node: Expression,
    /// The same towards the grandmaster.
    pub to_grandmaster: Expression,
    /// By how many nanoseconds stamps of received event messages come early.
    pub early_stamps_ns: f64,
    /// Number of the grandmaster's node, for the expressions.
    pub grandmaster_number: u32,
    /// Number of the node itself, for the expressions.
    pub node_number: u32,
}
