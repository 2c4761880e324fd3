//! The state and the clock class of a telecom boundary clock (`event_tbc.go` of `openshift/linuxptp-daemon`).

use super::dpll_watch::{DpllLine, NO_OFFSET_NS, Reported};
use crate::time::NS_PER_S;
use crate::{HoldoverSetup, SimTime};
use std::collections::{BTreeMap, VecDeque};

/// Offsets of ptp4l, counted in lines, that make its source good once their mean is.
const SOURCE_FILTER_LEN: usize = 64;
/// Values that a window holds.
const WINDOW_LEN: usize = 10;
/// What was told longer ago counts for nothing.
const OLD_NS: u64 = 2 * NS_PER_S;
/// Clock classes, ITU-T G.8275.1 table 2.
const IN_SPEC: u8 = 135;
const OUT_OF_SPEC: u8 = 165;
const FREERUN: u8 = 248;

/// What ptp4l makes of its source.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Lost,
    /// A master was selected: these are the offsets since, as absolute values.
    Settling(VecDeque<u64>),
    Good,
}

/// The latest values of one kind of clock.
#[derive(Clone, Debug, Default)]
struct Window(VecDeque<i64>);

impl Window {
    fn push(&mut self, offset_ns: i64) {
        if self.0.len() == WINDOW_LEN {
            self.0.pop_front();
        }
        self.0.push_back(offset_ns);
    }

    /// One that nothing has come into yet stands in nobody's way.
    fn is_filling(&self) -> bool {
        !self.0.is_empty() && self.0.len() < WINDOW_LEN
    }

    /// None if there is nothing.
    fn mean_ns(&self) -> Option<i64> {
        let len = i64::try_from(self.0.len()).ok().filter(|len| *len > 0)?;
        Some(self.0.iter().sum::<i64>() / len)
    }
}

/// What a DPLL has told last.
#[derive(Clone, Copy, Debug)]
struct Told {
    line: DpllLine,
    leads: bool,
    at: SimTime,
}

/// The class of a boundary clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// As announced by its grandmaster.
    Upstream,
    Own(u8),
}

/// What an evaluation follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// The DPLL that leads.
    LeadingDpll,
    /// Another DPLL, or ptp4l.
    Other,
}

/// When a boundary clock counts as synchronized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InSync {
    /// inSyncConditionThreshold, in nanoseconds: the worst offset is below this.
    pub(super) threshold_ns: u32,
    /// inSyncConditionTimes: in so many evaluations in a row.
    pub(super) times: u32,
}

/// A telecom boundary clock.
#[derive(Clone, Debug)]
pub(super) struct Boundary {
    holdover: HoldoverSetup,
    in_sync: InSync,
    source: Source,
    /// Offsets of ptp4l in the running second: sum and number.
    second: (i64, i64),
    ptp: Window,
    ptp_told: Option<(i64, SimTime)>,
    /// By card.
    dplls: BTreeMap<usize, Told>,
    /// All DPLLs share one.
    dpll: Window,
    state: Reported,
    in_sync_count: u32,
    was_in_spec: bool,
}

impl Boundary {
    pub(super) fn new(holdover: HoldoverSetup, in_sync: InSync) -> Self {
        Self {
            holdover,
            in_sync,
            source: Source::Lost,
            second: (0, 0),
            ptp: Window::default(),
            ptp_told: None,
            dplls: BTreeMap::new(),
            dpll: Window::default(),
            state: Reported::Freerun,
            in_sync_count: 0,
            was_in_spec: false,
        }
    }

    /// The upstream port has selected a master.
    pub(super) fn source_selected(&mut self) {
        self.source = Source::Settling(VecDeque::with_capacity(SOURCE_FILTER_LEN));
    }

    /// The upstream port has lost its master.
    pub(super) fn source_lost(&mut self) {
        self.source = Source::Lost;
        self.second = (0, 0);
    }

    /// ptp4l has printed an offset. Returns whether its source is good from now on.
    pub(super) fn offset(&mut self, offset_ns: i64) -> bool {
        let offsets = match &mut self.source {
            Source::Lost => return false,
            Source::Good => {
                self.second = (self.second.0 + offset_ns, self.second.1 + 1);
                return false;
            }
            Source::Settling(offsets) => offsets,
        };
        if offsets.len() == SOURCE_FILTER_LEN {
            offsets.pop_front();
        }
        offsets.push_back(offset_ns.unsigned_abs());
        let below_ns = u64::from(self.in_sync.threshold_ns) * SOURCE_FILTER_LEN as u64;
        let is_good = offsets.len() == SOURCE_FILTER_LEN && offsets.iter().sum::<u64>() < below_ns;
        if is_good {
            self.source = Source::Good;
        }
        is_good
    }

    /// A second of ptp4l's offsets is over. Returns whether there were any.
    pub(super) fn second_is_over(&mut self, now: SimTime) -> bool {
        let (sum_ns, number) = std::mem::take(&mut self.second);
        if number == 0 {
            return false;
        }
        self.ptp.push(sum_ns / number);
        self.ptp_told = Some((sum_ns / number, now));
        true
    }

    /// A DPLL has been judged.
    pub(super) fn dpll(&mut self, now: SimTime, card: usize, line: DpllLine, leads: bool) {
        // The first word of each only makes it known.
        if self.dplls.insert(card, Told { line, leads, at: now }).is_some() {
            self.dpll.push(line.offset_ns);
        }
    }

    /// The last state.
    pub(super) fn state(&self) -> Reported {
        self.state
    }

    /// The offset that goes with it.
    pub(super) fn offset_ns(&self, now: SimTime) -> i64 {
        match self.state {
            Reported::Freerun => NO_OFFSET_NS,
            Reported::Holdover => self.dpll.0.back().copied().unwrap_or(NO_OFFSET_NS),
            Reported::Locked => self.worst_ns(now),
        }
    }

    /// After an event, once there is a DPLL that leads. Returns a class to be told.
    pub(super) fn judge(&mut self, now: SimTime, trigger: Trigger) -> Option<Class> {
        let leading = self.leading()?;
        let next = match self.state {
            Reported::Freerun => self.leave_freerun(now),
            Reported::Locked | Reported::Holdover if self.is_beyond_holdover(leading) => {
                Some((Reported::Freerun, Class::Own(FREERUN)))
            }
            Reported::Locked => self.leave_locked(),
            Reported::Holdover => self.leave_holdover(now, trigger, leading),
        };
        let (state, class) = next?;
        self.state = state;
        Some(class)
    }

    fn leave_freerun(&mut self, now: SimTime) -> Option<(Reported, Class)> {
        (!self.is_source_lost() && self.is_in_sync(now)).then(|| self.lock())
    }

    fn leave_locked(&mut self) -> Option<(Reported, Class)> {
        let is_lost = self.is_source_lost();
        self.was_in_spec |= is_lost;
        is_lost.then_some((Reported::Holdover, Class::Own(IN_SPEC)))
    }

    fn leave_holdover(
        &mut self,
        now: SimTime,
        trigger: Trigger,
        leading: DpllLine,
    ) -> Option<(Reported, Class)> {
        // Counted also while the source is lost.
        if self.is_in_sync(now) && !self.is_source_lost() {
            return Some(self.lock());
        }
        let leaves = trigger == Trigger::LeadingDpll && self.leaves_spec(leading);
        leaves.then_some((Reported::Holdover, Class::Own(OUT_OF_SPEC)))
    }

    fn lock(&mut self) -> (Reported, Class) {
        self.was_in_spec = true;
        (Reported::Locked, Class::Upstream)
    }

    fn leading(&self) -> Option<DpllLine> {
        self.dplls.values().find(|told| told.leads).map(|told| told.line)
    }

    /// ptp4l has no master that is good, or some DPLL is not locked.
    fn is_source_lost(&self) -> bool {
        self.source != Source::Good || self.dplls.values().any(|told| told.line.state != Reported::Locked)
    }

    fn is_in_sync(&mut self, now: SimTime) -> bool {
        let is_small = self.worst_ns(now).unsigned_abs() < u64::from(self.in_sync.threshold_ns);
        self.in_sync_count = if is_small { self.in_sync_count.saturating_add(1) } else { 0 };
        is_small && self.in_sync_count >= self.in_sync.times
    }

    /// The largest offset that is not old: the mean of the window for the DPLL that leads, the last one for others.
    fn worst_ns(&self, now: SimTime) -> i64 {
        if self.dpll.is_filling() || self.ptp.is_filling() {
            return NO_OFFSET_NS;
        }
        let is_new = |at: SimTime| now.since(at) <= OLD_NS;
        let of_dpll = |told: &Told| match told.leads {
            true => self.dpll.mean_ns(),
            false => Some(told.line.offset_ns),
        };
        let dplls = self.dplls.values().filter(|told| is_new(told.at)).filter_map(of_dpll);
        let ptp = self.ptp_told.filter(|(_, at)| is_new(*at)).map(|(offset_ns, _)| offset_ns);
        dplls.chain(ptp).max_by_key(|offset_ns| offset_ns.unsigned_abs()).unwrap_or(NO_OFFSET_NS)
    }

    fn is_beyond_holdover(&self, leading: DpllLine) -> bool {
        let max_ns = u64::from(self.holdover.max_offset_ns);
        let mean_ns = self.ptp.mean_ns().unwrap_or(0);
        // A follower is at fault only while the one that it follows is fine.
        let follower_fault = leading.state == Reported::Locked
            && self.dplls.values().any(|told| !told.leads && told.line.state != Reported::Locked);
        leading.offset_ns.unsigned_abs() > max_ns || mean_ns.unsigned_abs() > max_ns || follower_fault
    }

    /// Once only: what has left its specification does not come back to it but through a lock.
    fn leaves_spec(&mut self, leading: DpllLine) -> bool {
        let max_ns = u64::from(self.holdover.max_in_spec_offset_ns);
        let is_in_spec = leading.offset_ns.unsigned_abs() <= max_ns;
        let leaves = self.was_in_spec && !is_in_spec;
        self.was_in_spec = self.was_in_spec && is_in_spec;
        leaves
    }
}

#[cfg(test)]
mod tests;
