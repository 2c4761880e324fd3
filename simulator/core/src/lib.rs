//! A deterministic radio node: a grandmaster, a node with a hardware clock, linuxptp's servos and state machines, and
//! the lines that they print.
//!
//! A [`World`] is made from a [`Setup`] and is an iterator of [`Emission`]s: the lines of the event socket, what was
//! done to the world, and the truth behind it. The same setup gives the same bytes.
//!
//! ```
//! use sim_core::{Action, Setup, SimTime, What, World};
//!
//! let timeline = vec![(SimTime::from_s(20), Action::GrandmasterSilent { grandmaster: 0 })];
//! let world = World::new(Setup { seed: 1, duration_s: 30, timeline, ..Setup::default() });
//! let mut lines = world.filter_map(|emission| match emission.what {
//!     What::Line { text, .. } => Some(text),
//!     What::Opened { .. } | What::Closed { .. } | What::Action(_) | What::Truth(_) => None,
//! });
//! assert!(lines.any(|line| line.ends_with("SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES")));
//! ```
//!
//! What follows from what: [`Action`]s change the grandmaster, the network or the link; packets reach ptp4l, whose port
//! state machine and servo steer the hardware clock; phc2sys compares that with the clock of the operating system and
//! steers it; linuxptp-daemon starts the processes and reports clock classes.
//!
//! This crate reads no clock, opens nothing and draws no randomness but from its seed. It knows no thresholds, no
//! events and no consumer: what the lines mean to somebody is not its business.

mod action;
mod chronyd;
mod civil_time;
mod clock_check;
mod daemon;
mod dpll;
mod emission;
mod expression;
mod fleet;
mod gnss;
mod hardware;
mod network;
mod noise;
mod oscillator;
mod outbox;
mod phc2sys;
mod port_state;
mod printer;
mod process;
mod processes;
mod ptp4l;
mod queue;
mod reach;
mod servo;
mod setup;
pub mod stability;
mod summary;
mod synce4l;
mod synce_quality;
mod time;
mod timestamps;
mod truth;
mod ts2phc;
mod world;

pub use action::{Action, DpllChange, GnssChange, Leap, SynceInput};
pub use dpll::DpllLock;
pub use emission::{CardTruth, Connection, DpllTruth, Emission, GnssTruth, TrueState, Truth, What};
pub use expression::{Expression, PacketVariable, WaveShape};
pub use fleet::Fleet;
pub use process::{ProcessId, ProcessProgram};
pub use ptp_lines::ClockIdentity;
pub use setup::{
    Boot, CardSetup, ChronydSetup, ClockModel, ClockRole, DaemonSetup, DataSet, DatasetComparison,
    DelayFilter, DpllSetup, DpllSource, GnssSetup, GnssStart, GrandmasterSetup, HoldoverSetup, LinkSetup,
    ModelSetup, NtpFailoverSetup, NtpSetup, OptionNames, OscillatorSetup, PathModel, PathSetup, Phc2sysSetup,
    Phc2sysSource, PortSetup, ProfileSetup, Ptp4lSetup, ServoGains, ServoScales, Setup, StampSetup,
    Synce4lSetup, SynceExternalSetup, SyncePortSetup, TemperatureSetup, TimestampProcessing, TimestampSetup,
    Ts2phcSetup,
};
pub use time::SimTime;
pub use world::World;
