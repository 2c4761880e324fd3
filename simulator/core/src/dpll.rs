//! a DPLL.

use crate::DpllSetup;
use crate::queue::Queue;

/// What comes to a DPLL.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DpllInput {
    /// The timeline does something to it.
    Change(crate::DpllChange),
}

/// a DPLL.
#[derive(Debug)]
pub(crate) struct Dpll {
    setup: DpllSetup,
}

impl Dpll {
    pub(crate) fn new(setup: DpllSetup, _card: usize, _seed: u64, _queue: &mut Queue) -> Self {
        Self { setup }
    }
}

/// What the kernel notifies of a DPLL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DpllReport {
    /// Of its frequency loop (EEC).
    pub(crate) frequency: DpllLock,
    /// Of its phase loop (PPS).
    pub(crate) phase: DpllLock,
    /// Phase offset from its source, in nanoseconds.
    pub(crate) phase_offset_ns: i64,
}

/// State of a loop, with the numbers that linuxptp-daemon prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DpllLock {
    Unlocked = 1,
    Locked = 2,
    LockedHoldoverAcquired = 3,
    Holdover = 4,
}
