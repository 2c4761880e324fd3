//! Scenario files: a story for the simulator in TOML, the files of the node that it happens to, and the events that a
//! correct proxy publishes while it happens.
//!
//! [`Scenario::parse`] reads one and reports everything that is wrong with it at once; [`judge()`] compares what was
//! published with what was expected. The format is described in `scenarios/README.md`.
//!
//! This crate knows neither the proxy nor any wire format: resources and values are the words of the scenario file.

mod blank;
pub mod clknetsim;
mod draft;
mod duration;
mod expectation;
mod files;
mod identity;
mod judge;
mod keys;
mod kind;
mod limits;
mod problem;
mod ptp4l_config;
mod scenario;
mod schema;
mod section;
mod tag;
mod timeline;
mod topology;
mod world;

pub use draft::{Draft, DraftThresholds, NotWritable};
pub use expectation::{Expectation, Window};
pub use files::NodeFiles;
pub use judge::{Difference, Observed, Verdict, judge};
pub use problem::Problem;
pub use ptp4l_config::Ptp4lConfig;
pub use scenario::Scenario;
pub use schema::{keys, schema};
pub use tag::Tag;
pub use topology::Topology;
