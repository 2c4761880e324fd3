//! Scenario files: a story for the simulator in TOML, the files of the node that it happens to, and the events that a
//! correct proxy publishes while it happens.
//!
//! [`Scenario::parse`] reads one and reports everything that is wrong with it at once; [`judge`] compares what was
//! published with what was expected. The format is described in `scenarios/README.md`.
//!
//! This crate knows neither the proxy nor any wire format: resources and values are the words of the scenario file.

pub mod clknetsim;
mod duration;
mod expectation;
mod judge;
mod limits;
mod node;
mod problem;
mod ptp4l_config;
mod scenario;
mod section;
mod settings;

pub use expectation::{Expectation, Window};
pub use judge::{Difference, Observed, Verdict, judge};
pub use node::NodeFiles;
pub use problem::Problem;
pub use ptp4l_config::Ptp4lConfig;
pub use scenario::Scenario;
