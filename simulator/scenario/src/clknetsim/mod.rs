//! Clock and network models in the configuration language of clknetsim, which runs real linuxptp in virtual time: the
//! format is that of its `README`.

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
