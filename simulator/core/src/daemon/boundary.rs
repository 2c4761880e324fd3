//! The state and the clock class of a telecom boundary clock (`event_tbc.go` of `openshift/linuxptp-daemon`).

use super::dpll_watch::{DpllLine, NO_OFFSET_NS, Reported, THRESHOLD_NS};
use crate::time::NS_PER_S;
use crate::{HoldoverSetup, SimTime};
use std::collections::{BTreeMap, VecDeque};

/// Offsets of ptp4l, counted in lines, that make its source good once their mean is.
const SOURCE_FILTER_LEN: usize = 64;
/// Seconds that the window of a clock covers.
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
    Settling(Vec<u64>),
    Good,
}

/// The latest values of a clock, one for each second.
#[derive(Clone, Debug, Default)]
struct Window {
    offsets_ns: VecDeque<i64>,
    at: SimTime,
}

impl Window {
    fn push(&mut self, now: SimTime, offset_ns: i64) {
        if self.offsets_ns.len() == WINDOW_LEN {
            self.offsets_ns.pop_front();
        }
        self.offsets_ns.push_back(offset_ns);
        self.at = now;
    }

    /// The mean, once the window is full; none if it is old.
    fn mean_ns(&self, now: SimTime) -> Option<i64> {
        if self.offsets_ns.len() < WINDOW_LEN || now.since(self.at) > OLD_NS {
            return None;
        }
        Some(self.offsets_ns.iter().sum::<i64>() / i64::try_from(WINDOW_LEN).unwrap_or(1))
    }
}

/// The class of a boundary clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// As announced by its grandmaster.
    Upstream,
    Own(u8),
}

/// A telecom boundary clock.
#[derive(Clone, Debug)]
pub(super) struct Boundary {
    holdover: HoldoverSetup,
    in_sync_times: u32,
    source: Source,
    /// Offsets of ptp4l in the running second: sum and number.
    second: (i64, i64),
    ptp: Window,
    /// By card: what was said last, whether it leads, and its window.
    dplls: BTreeMap<usize, (DpllLine, bool, Window)>,
    state: Reported,
    in_sync: u32,
    last_class: Option<Class>,
}

impl Boundary {
    /// `in_sync_times` evaluations in a row must be good for LOCKED.
    pub(super) fn new(holdover: HoldoverSetup, in_sync_times: u32) -> Self {
        Self {
            holdover,
            in_sync_times,
            source: Source::Lost,
            second: (0, 0),
            ptp: Window::default(),
            dplls: BTreeMap::new(),
            state: Reported::Freerun,
            in_sync: 0,
            last_class: None,
        }
    }

    /// The upstream port has selected a master.
    pub(super) fn source_selected(&mut self) {
        self.source = Source::Settling(Vec::with_capacity(SOURCE_FILTER_LEN));
    }

    /// The upstream port has lost its master.
    pub(super) fn source_lost(&mut self) {
        self.source = Source::Lost;
        self.in_sync = 0;
    }

    /// ptp4l has printed an offset.
    pub(super) fn offset(&mut self, offset_ns: i64) {
        self.second = (self.second.0 + offset_ns, self.second.1 + 1);
        let Source::Settling(offsets) = &mut self.source else { return };
        if offsets.len() == SOURCE_FILTER_LEN {
            offsets.remove(0);
        }
        offsets.push(offset_ns.unsigned_abs());
        let is_full = offsets.len() == SOURCE_FILTER_LEN;
        if is_full && offsets.iter().sum::<u64>() / 64 < THRESHOLD_NS.unsigned_abs() {
            self.source = Source::Good;
        }
    }

    /// A second of ptp4l's offsets is over. Returns whether there were any.
    pub(super) fn second_is_over(&mut self, now: SimTime) -> bool {
        let (sum_ns, number) = std::mem::take(&mut self.second);
        if number == 0 {
            return false;
        }
        self.ptp.push(now, sum_ns / number);
        true
    }

    /// A DPLL has been judged.
    pub(super) fn dpll(&mut self, now: SimTime, card: usize, line: DpllLine, leads: bool) {
        let known = self.dplls.entry(card).or_insert((line, leads, Window::default()));
        known.0 = line;
        // Followers tell twice per second, one of which counts.
        if known.2.offsets_ns.is_empty() || now.since(known.2.at) >= NS_PER_S * 9 / 10 {
            known.2.push(now, line.offset_ns);
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
            Reported::Holdover => self.leading().map_or(NO_OFFSET_NS, |line| line.offset_ns),
            Reported::Locked => self.worst_ns(now),
        }
    }

    /// After an event. Returns a class to be told.
    pub(super) fn judge(&mut self, now: SimTime) -> Option<Class> {
        let source_is_good = self.source == Source::Good
            && self.dplls.values().all(|(line, leads, _)| *leads || line.state == Reported::Locked);
        let is_in_sync = self.worst_ns(now).abs() < THRESHOLD_NS;
        self.in_sync = if source_is_good && is_in_sync { self.in_sync.saturating_add(1) } else { 0 };
        let may_lock = self.in_sync >= self.in_sync_times;
        let (state, class) = match self.state {
            Reported::Freerun if may_lock => (Reported::Locked, Some(Class::Upstream)),
            Reported::Freerun => (Reported::Freerun, None),
            Reported::Locked | Reported::Holdover if self.is_beyond_holdover() => {
                (Reported::Freerun, Some(Class::Own(FREERUN)))
            }
            Reported::Locked if self.source == Source::Lost => {
                (Reported::Holdover, Some(Class::Own(IN_SPEC)))
            }
            Reported::Locked => (Reported::Locked, None),
            Reported::Holdover if may_lock => (Reported::Locked, Some(Class::Upstream)),
            Reported::Holdover if self.is_out_of_spec() => {
                (Reported::Holdover, Some(Class::Own(OUT_OF_SPEC)))
            }
            Reported::Holdover => (Reported::Holdover, None),
        };
        self.state = state;
        let class = class.filter(|class| self.last_class != Some(*class));
        self.last_class = class.or(self.last_class);
        class
    }

    fn leading(&self) -> Option<DpllLine> {
        self.dplls.values().find(|(_, leads, _)| *leads).map(|(line, ..)| *line)
    }

    /// The largest of the means of all windows; none of them may be short or old.
    fn worst_ns(&self, now: SimTime) -> i64 {
        let windows = self.dplls.values().map(|(_, _, window)| window).chain([&self.ptp]);
        let means: Option<Vec<i64>> = windows.map(|window| window.mean_ns(now)).collect();
        means.and_then(|means| means.into_iter().max_by_key(|mean| mean.abs())).unwrap_or(NO_OFFSET_NS)
    }

    fn is_beyond_holdover(&self) -> bool {
        let max_ns = u64::from(self.holdover.max_offset_ns);
        let mean_ns = self.ptp.offsets_ns.back().copied().unwrap_or(0);
        let follower_fault =
            self.dplls.values().any(|(line, leads, _)| !leads && line.state == Reported::Freerun);
        let leading_ns = self.leading().map_or(0, |line| line.offset_ns.unsigned_abs());
        leading_ns > max_ns || mean_ns.unsigned_abs() > max_ns || follower_fault
    }

    fn is_out_of_spec(&self) -> bool {
        let max_ns = u64::from(self.holdover.max_in_spec_offset_ns);
        self.leading().is_some_and(|line| line.offset_ns.unsigned_abs() > max_ns)
    }
}
