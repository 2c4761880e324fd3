//! Seeded campaigns: random nodes and faults, the real core of the proxy in virtual time, and invariants against the
//! truth.
//!
//! A seed is a [`Case`]; the simulator makes its lines, the engine drives the core with them and answers as the drawn
//! subscribers do, and [`invariants`](self::Invariant) judge the record. A case that fails is made smaller as long as the
//! same invariant fails, and written as a scenario file. No process, no socket, no wall clock: the same seed gives the
//! same bytes.

mod campaign;
mod case;
mod configuration;
mod daemon_memory;
mod draw;
mod engine;
mod invariants;
mod limits;
mod proxy;
mod record;
mod shrink;
mod story;
mod written;

pub use campaign::{Campaign, Failure, Figures, Tried, explore, first_seed};
pub use case::{Case, Conduct, Restart, Subscriber};
pub use draw::draw;
pub use engine::{Maker, play};
pub use invariants::{Evidence, INVARIANTS, Invariant, Violation};
pub use proxy::{Birth, CoreProxy, Proxy, Said};
pub use record::{Entry, Record, What};
pub use shrink::{Shrunk, shrink};
pub use story::Story;
pub use written::draft;
