//! The place where simulator and proxy meet.
//!
//! Everything that a testbed of one node needs: the node's files ([`NodeDir`]), the daemon's HTTP side ([`FakeDaemon`]), the
//! proxy as a process of its own ([`ProxyProcess`]), the writer of the event socket with virtual time ([`LineFeed`]) and
//! that of the report socket ([`ReportFeed`]), the files of a node for each [`Topology`], consumers that record what they are sent ([`Consumer`]), a client of the API ([`RestClient`]), and on top of them
//! playing a scenario ([`run`]) or recorded logs ([`replay`]) and telling what happened ([`timeline`]).
//!
//! The proxy under test is always another process on real sockets, and what it says is read as raw JSON: its types are
//! not known here. But for [`explore`], which drives the core of the proxy in this process, thousands of times.

pub mod conform;
mod consumer;
mod error;
mod event;
pub mod explore;
mod fake_daemon;
mod feeds;
pub mod limits;
mod line_feed;
mod merge;
mod node_dir;
mod play;
mod proxy_process;
pub mod record;
pub mod replay;
mod report_feed;
mod reported;
mod rest_client;
pub mod run;
pub mod run_report;
pub mod simulate;
mod testbed;
pub mod timeline;
mod topology;
mod wall_clock;

/// What makes reports and recordings.
pub(crate) const PRODUCER: &str = concat!("ptp-lab ", env!("CARGO_PKG_VERSION"));

pub use consumer::{
    Authority, Conduct, Consumer, ConsumerSettings, Identity, Outcome, Received, TlsIdentity,
};
pub use error::LabError;
pub use event::{NotAnEvent, WireEvent, WireValue, unix_ns};
pub use fake_daemon::FakeDaemon;
pub use feeds::Wiring;
pub use line_feed::LineFeed;
pub use merge::{Merged, Recorded, RecordedLine, RecordedWhat, merge};
pub use node_dir::NodeDir;
pub use play::{Happening, Moment, Played, Player};
pub use proxy_process::{ProxyProcess, ProxyProgram, ProxyStart, Signal};
pub use report_feed::ReportFeed;
pub use rest_client::{Reply, RestClient};
pub use testbed::{RESOURCES, Testbed, TestbedSettings, resource_path};
pub use topology::Topology;
