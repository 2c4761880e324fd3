//! The line grammar of linuxptp and of the daemon around it: parse and print, side by side.
//!
//! One file per program or notion holds its forms in both directions. Parsing borrows from the input and
//! allocates nothing; printing a parsed line gives back the bytes that the program wrote. A line that is not
//! known is [`Line::Other`], kept verbatim; only a known form with an unreadable field is a [`LineError`].
//!
//! Programs write one spelling of every form, the *canonical* one: `print(parse(line)) == line`. Reading is
//! wider, because lines also come from other builds and other hands: any run of blanks separates two words, a
//! number may carry a needless sign or leading zeros, and words after a complete form are passed over. Such a
//! line keeps its meaning and prints canonically. Words are compared exactly and case-sensitively.
//!
//! This crate does not know thresholds, states, resource names or JSON, and reads neither clock nor socket.
#![no_std]

mod boundary_clock;
mod chronyd;
mod clock_class;
mod command;
mod dialect;
mod dpll;
mod error;
mod gnss;
mod grandmaster;
mod ha_profile;
mod identity;
mod level;
mod line;
mod number;
mod pairs;
mod phc2sys;
mod port;
mod prefix;
mod process_status;
mod ptp4l;
mod reported_state;
mod scan;
mod selection;
mod servo;
mod summary;
mod synce4l;
mod synce4l_notice;
mod tag;
mod ts2phc;
mod ts2phc_notice;

pub use boundary_clock::BoundaryClockStatus;
pub use chronyd::{ChronydSays, ChronydText};
pub use clock_class::{ClockClassChange, NumberForm};
pub use command::Command;
pub use dialect::Dialect;
pub use dpll::DpllStatus;
pub use error::{Field, LineError};
pub use gnss::GnssStatus;
pub use grandmaster::GrandmasterStatus;
pub use ha_profile::HaProfile;
pub use identity::{ClockIdentity, PortIdentity};
pub use level::strip_level;
pub use line::{Body, Line, Message, parse};
pub use number::{Ppb, rounded_magnitude};
pub use phc2sys::{Clock, OffsetSource, Phc2sysOffset, Phc2sysSummary};
pub use port::{ForeignMaster, Port, PortEvent, PortState, PortTransition};
pub use prefix::{Prefix, Program, Stamp};
pub use process_status::{ProcessStatus, StatusSeparator};
pub use ptp4l::{BestMaster, Ptp4lOffset};
pub use reported_state::ReportedState;
pub use selection::Phc2sysSelection;
pub use servo::Servo;
pub use summary::{DelaySummary, Summary};
pub use synce4l::{SynceQuality, SynceState};
pub use synce4l_notice::Synce4lNotice;
pub use tag::{ConfigName, ConfigProgram, Level, Tag};
pub use ts2phc::{NmeaStatus, Ts2phcOffset};
pub use ts2phc_notice::{Extts, Ts2phcNotice};
