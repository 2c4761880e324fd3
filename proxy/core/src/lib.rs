//! The state of a node's clocks, its subscriptions and its deliveries, without input or output.
//!
//! A [`Core`] is told the time and what happened, and returns what to do:
//!
//! ```text
//! loop {
//!     core.handle(now, input);                       // a line, a request, the outcome of a delivery, or Timeout
//!     while let Some(output) = core.poll_output() {  // until None: deliver, store, answer, log
//!         carry_out(output);
//!     }
//!     wait_for(next_input, core.next_deadline());    // at the deadline: Input::Timeout
//! }
//! ```
//!
//! It reads no clock, draws no randomness but from its seed, opens nothing and never panics on input. `now`
//! must not go backwards. The same inputs at the same times with the same seed give the same outputs.
#![no_std]

extern crate alloc;

mod address;
mod clock;
mod configuration;
mod core;
mod counters;
mod event;
mod identity;
mod instance;
mod interface;
mod io;
mod journal;
pub mod limits;
mod memory;
mod names;
mod node;
mod port;
mod processes;
mod random;
mod registry;
mod report;
mod snapshot;
mod subscription;
mod synce;
mod time;
mod topology;

pub use self::core::{Core, CurrentStateError};
pub use address::ResourceAddress;
pub use configuration::{
    InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind, Thresholds,
};
pub use event::{
    Absence, Cause, Event, Extent, GnssState, Reading, Resource, ResourceValues, Subject, SyncState,
    SyncePort, Value,
};
pub use identity::EventId;
pub use io::{
    Answer, Attempt, Delivery, HandshakeOutcome, Input, Origin, Outcome, Output, RequestId, Settings,
    StoreTicket, SubscribeError,
};
pub use memory::{
    ClockName, Detail, Memory, NtpSource, RememberedAlias, RememberedConfiguration, RememberedNodeReport,
    RememberedOs, RememberedProcess, RememberedRole, RememberedState, Source, Steering,
};
pub use report::{Report, Reported};
pub use snapshot::{
    Backlog, ClockClassReading, ClockStateReading, DeliveryCounts, HaProfileReading, InterfaceRole,
    InterfaceStatus, InterfaceStatusKind, Measurement, ProcessReading, ServoFigures, Snapshot,
    SynceQualityReading,
};
pub use subscription::{Subscription, SubscriptionId};
pub use time::{Mono, Now, Utc};
