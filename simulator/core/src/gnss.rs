//! a GNSS receiver.

use crate::GnssSetup;
use crate::queue::Queue;

/// What comes to a GNSS receiver.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GnssInput {
    /// The timeline does something to it.
    Change(crate::GnssChange),
}

/// a GNSS receiver.
#[derive(Debug)]
pub(crate) struct Gnss {
    setup: GnssSetup,
}

impl Gnss {
    pub(crate) fn new(setup: GnssSetup, _card: usize, _seed: u64, _queue: &mut Queue) -> Self {
        Self { setup }
    }
}

/// What gpsd reads from the receiver: UBX-NAV-STATUS and UBX-NAV-CLOCK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GnssReport {
    /// gpsFix: 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GNSS and dead reckoning, 5 time only.
    pub(crate) fix: u8,
    /// tAcc, in nanoseconds.
    pub(crate) accuracy_ns: u32,
}
