//! What the daemon makes of a DPLL (`pkg/dpll/dpll.go` of `openshift/linuxptp-daemon`): an effective state of its two
//! loops, and a holdover that it computes itself.

use crate::dpll::{DpllLock, DpllReport};
use crate::time::NS_PER_S;
use crate::{DpllSource, HoldoverSetup, SimTime};

/// The offset of a DPLL, or of a clock, that is of no use.
pub(super) const NO_OFFSET_NS: i64 = 99_999_999_999;
/// `PtpClockThreshold`: an offset in this range, ends excluded for servos and included here, is good.
pub(super) const THRESHOLD_NS: i64 = 100;

/// State of something as the daemon reports it, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reported {
    /// `s0`
    Freerun,
    /// `s1`
    Holdover,
    /// `s2`
    Locked,
}

/// What the line about a DPLL says beside its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DpllLine {
    pub(super) frequency: DpllLock,
    pub(super) phase: DpllLock,
    pub(super) offset_ns: i64,
    /// pps_status 1.
    pub(super) has_pps: bool,
    pub(super) state: Reported,
}

/// One DPLL.
#[derive(Clone, Debug)]
pub(super) struct DpllWatch {
    holdover: HoldoverSetup,
    source: DpllSource,
    in_spec: bool,
    source_lost: bool,
    held_since: Option<SimTime>,
    last: Option<DpllLine>,
}

impl DpllWatch {
    pub(super) fn new(holdover: HoldoverSetup, source: DpllSource) -> Self {
        Self { holdover, source, in_spec: false, source_lost: false, held_since: None, last: None }
    }

    /// Since when the daemon counts a holdover, if it does.
    pub(super) fn held_since(&self) -> Option<SimTime> {
        self.held_since
    }

    /// The kernel has told. Returns what to say, if anything: in holdover the daemon's own count speaks.
    pub(super) fn told(&mut self, now: SimTime, report: DpllReport) -> Option<DpllLine> {
        let (state, offset_ns) = match self.effective(report) {
            DpllLock::Unlocked => {
                self.in_spec = false;
                self.source_lost = true;
                self.held_since = None;
                (Reported::Freerun, NO_OFFSET_NS)
            }
            DpllLock::Holdover if !self.leads() => (Reported::Freerun, NO_OFFSET_NS),
            DpllLock::Holdover if self.is_beyond_holdover(report) => {
                self.in_spec = false;
                self.source_lost = true;
                self.held_since = None;
                (Reported::Freerun, NO_OFFSET_NS)
            }
            DpllLock::Holdover if self.held_since.is_some() => return None,
            DpllLock::Holdover if !self.in_spec => {
                self.source_lost = true;
                (Reported::Freerun, NO_OFFSET_NS)
            }
            DpllLock::Holdover => {
                self.held_since = Some(now);
                (Reported::Holdover, 0)
            }
            DpllLock::Locked | DpllLock::LockedHoldoverAcquired => self.locked(report.phase_offset_ns),
        };
        Some(self.say(report.frequency, report.phase, (offset_ns, state)))
    }

    /// The source is back, or has never gone.
    fn locked(&mut self, offset_ns: i64) -> (Reported, i64) {
        self.held_since = None;
        if offset_ns.abs() <= THRESHOLD_NS {
            self.in_spec = true;
            self.source_lost = false;
            (Reported::Locked, offset_ns)
        } else {
            self.in_spec = false;
            (Reported::Freerun, NO_OFFSET_NS)
        }
    }

    /// Behind ptp4l, the offset that the chip itself tells in holdover counts as well.
    fn is_beyond_holdover(&self, report: DpllReport) -> bool {
        self.source == DpllSource::HardwareClock
            && report.phase_offset_ns.unsigned_abs() > u64::from(self.holdover.max_offset_ns)
    }

    /// A second of a holdover has passed. Returns what to say, one or two lines.
    pub(super) fn holdover_second(&mut self, now: SimTime) -> Vec<DpllLine> {
        let (Some(since), Some(last)) = (self.held_since, self.last) else { return Vec::new() };
        let elapsed_s = now.since(since) / NS_PER_S;
        let (timeout_s, max_ns) =
            (u64::from(self.holdover.timeout_s), u64::from(self.holdover.max_offset_ns));
        // Rounded to the nearest, halves up.
        let offset_ns = (2 * elapsed_s * max_ns + timeout_s) / (2 * timeout_s).max(1);
        let offset_ns = i64::try_from(offset_ns).unwrap_or(i64::MAX);
        if elapsed_s >= timeout_s {
            return vec![self.give_up(last)];
        }
        let is_out = offset_ns > i64::from(self.holdover.max_in_spec_offset_ns);
        match self.source {
            DpllSource::Gnss | DpllSource::Synce if is_out => {
                let out = self.say(last.frequency, last.phase, (offset_ns, Reported::Freerun));
                vec![out, self.give_up(last)]
            }
            // Whether it is out of specification is for the boundary clock to judge.
            DpllSource::Gnss | DpllSource::Synce | DpllSource::HardwareClock | DpllSource::Card(_) => {
                vec![self.say(last.frequency, last.phase, (offset_ns, Reported::Holdover))]
            }
        }
    }

    fn give_up(&mut self, last: DpllLine) -> DpllLine {
        self.in_spec = false;
        self.source_lost = true;
        self.held_since = None;
        self.say(last.frequency, last.phase, (NO_OFFSET_NS, Reported::Freerun))
    }

    fn say(&mut self, frequency: DpllLock, phase: DpllLock, (offset_ns, state): (i64, Reported)) -> DpllLine {
        let line = DpllLine { frequency, phase, offset_ns, has_pps: !self.source_lost, state };
        self.last = Some(line);
        line
    }

    /// A DPLL that follows another card leads nothing.
    fn leads(&self) -> bool {
        match self.source {
            DpllSource::Gnss | DpllSource::HardwareClock | DpllSource::Synce => true,
            DpllSource::Card(_) => false,
        }
    }

    /// Of a boundary clock only the phase counts; else the worse loop does.
    fn effective(&self, report: DpllReport) -> DpllLock {
        match self.source {
            DpllSource::HardwareClock => report.phase,
            DpllSource::Synce => report.frequency,
            DpllSource::Gnss | DpllSource::Card(_) => {
                if badness(report.phase) >= badness(report.frequency) {
                    report.phase
                } else {
                    report.frequency
                }
            }
        }
    }
}

fn badness(lock: DpllLock) -> u8 {
    match lock {
        DpllLock::Unlocked => 3,
        DpllLock::Holdover => 2,
        DpllLock::Locked => 1,
        DpllLock::LockedHoldoverAcquired => 0,
    }
}

#[cfg(test)]
mod tests;
