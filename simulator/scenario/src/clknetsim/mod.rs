//! Clock and network models in the configuration language of clknetsim, which runs real linuxptp in virtual time: the
//! format is that of its `README`. The same model can so be run by real programs and by the simulator.
//!
//! [`Model::parse`] reads one and tells everything that is wrong with it at once; [`Model::setup`] makes a simulation of
//! it. `nodeN_freq` is evaluated once per second, `nodeN_delayM` for each packet, and a delay that is not above 0 loses
//! its packet; `nodeN_offset`, `_start`, `_step`, `_refclock` and `_refclock_base` are what they are there. Every function
//! of an expression is known. Parameters of the kernel's own loops are read and have no effect: linuxptp does not use
//! them.
//!
//! Not simulated: `_delay_correction` (transparent clocks), a `_refclock` that is not the clock of node 2, clients of a
//! boundary clock, and how several grandmasters choose among themselves. Timers run on true time, not on the clock of
//! their node, which is some parts per million another time. Random numbers have the same distributions as clknetsim's,
//! and are others.

mod expression;
mod line;
mod model;
mod setup;

pub use model::{Model, ModelNode};
pub use setup::{GrandmasterNode, Run};

/// Bytes of a model.
const FILE_LEN_MAX: usize = 256 * 1024;
/// Largest number of a node; clknetsim gives each an address of a /24 network.
const NODE_MAX: u32 = 254;
/// Initial errors and starts beyond these are typing mistakes, in seconds.
const OFFSET_S_MAX: f64 = 1e6;
/// Frequencies beyond these end clknetsim, in seconds per second.
const FREQUENCY_MAX: f64 = 0.2;
