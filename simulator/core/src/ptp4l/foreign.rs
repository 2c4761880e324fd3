//! The masters that a port hears (`foreign.h`, and `add_foreign_master` and its neighbours in `port.c`).

use super::best_master::Candidate;
use crate::network::Announce;
use crate::{DatasetComparison, SimTime};
use ptp_lines::PortIdentity;

/// FOREIGN_MASTER_THRESHOLD and FOREIGN_MASTER_TIME_WINDOW, IEEE 1588-2019 9.3.2.4.5.
const QUALIFYING_ANNOUNCES: usize = 2;
const QUALIFYING_INTERVALS: u64 = 4;

/// One of them.
#[derive(Debug)]
struct ForeignMaster {
    sender: PortIdentity,
    /// The link over which it is heard.
    link: usize,
    /// Its last Announces that still count, the newest first; never more than one above the threshold.
    heard: Vec<(SimTime, Announce)>,
}

/// All of one port.
#[derive(Debug)]
pub(super) struct ForeignMasters {
    records: Vec<ForeignMaster>,
    best: Option<PortIdentity>,
    window_ns: u64,
}

/// What an Announce is to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The first of a master; it does not count yet.
    NewMaster,
    /// It says something else than the one before, or makes its master qualified.
    Change,
    /// It says what the one before has said.
    Same,
}

/// A port's best master.
#[derive(Clone, Copy, Debug)]
pub(super) struct PortBest {
    pub(super) candidate: Candidate,
    pub(super) announce: Announce,
    pub(super) link: usize,
}

impl ForeignMaster {
    fn forget_old(&mut self, now: SimTime, window_ns: u64) {
        self.heard.truncate(QUALIFYING_ANNOUNCES);
        while self.heard.last().is_some_and(|(at, _)| now.since(*at) >= window_ns) {
            self.heard.pop();
        }
    }

    /// Returns whether it says something else than the one before.
    fn push(&mut self, now: SimTime, announce: Announce) -> bool {
        self.heard.insert(0, (now, announce));
        self.heard.get(1).is_some_and(|(_, before)| before.data_set != announce.data_set)
    }
}

impl ForeignMasters {
    pub(super) fn new(announce_interval_ns: u64) -> Self {
        Self { records: Vec::new(), best: None, window_ns: QUALIFYING_INTERVALS * announce_interval_ns }
    }

    /// An Announce that is not known to be of the port's best master.
    pub(super) fn hear(&mut self, now: SimTime, from: (PortIdentity, usize), announce: Announce) -> Heard {
        let (sender, link) = from;
        let Some(record) = self.records.iter_mut().find(|record| record.sender == sender) else {
            self.records.insert(0, ForeignMaster { sender, link, heard: Vec::new() });
            return Heard::NewMaster;
        };
        record.link = link;
        record.forget_old(now, self.window_ns);
        let qualifies = record.heard.len() == QUALIFYING_ANNOUNCES - 1;
        let differs = record.push(now, announce);
        if qualifies || differs { Heard::Change } else { Heard::Same }
    }

    /// An Announce of the port's best master, when the port follows it or stands back for it.
    pub(super) fn hear_best(&mut self, now: SimTime, announce: Announce) -> Heard {
        let best = self.best;
        let Some(record) = self.records.iter_mut().find(|record| Some(record.sender) == best) else {
            return Heard::Same;
        };
        record.forget_old(now, self.window_ns);
        if record.push(now, announce) { Heard::Change } else { Heard::Same }
    }

    pub(super) fn is_best(&self, sender: PortIdentity) -> bool {
        self.best == Some(sender)
    }

    /// What the best master said is forgotten: it was not heard in time.
    pub(super) fn forget_best(&mut self) {
        let best = self.best;
        if let Some(record) = self.records.iter_mut().find(|record| Some(record.sender) == best) {
            record.heard.clear();
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.records.clear();
        self.best = None;
    }

    /// The best master of the port (`port_compute_best`). A qualified one that is not has to qualify anew.
    pub(super) fn choose(
        &mut self,
        now: SimTime,
        (receiver, local_priority): (PortIdentity, u8),
        rules: DatasetComparison,
    ) -> Option<PortBest> {
        let mut best: Option<PortBest> = None;
        for record in &mut self.records {
            let Some((_, announce)) = record.heard.first().copied() else { continue };
            record.forget_old(now, self.window_ns);
            if record.heard.len() < QUALIFYING_ANNOUNCES {
                continue;
            }
            let candidate = Candidate::foreign(&announce, record.sender, receiver, local_priority);
            let is_better = best.is_none_or(|best| candidate.compare(&best.candidate, rules).is_first());
            if is_better {
                best = Some(PortBest { candidate, announce, link: record.link });
            } else {
                record.heard.clear();
            }
        }
        self.best = best.map(|best| best.candidate.sender);
        best
    }
}
