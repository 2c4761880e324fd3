//! What is yet to happen, ordered by time and, at one instant, by when it was planned.

use crate::SimTime;
use ptp_lines::PortState;
use std::collections::BTreeMap;

/// Something that is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// An entry of the timeline is due.
    Action { index: usize },
    /// The grandmaster's Announce timer.
    AnnounceDue,
    /// The grandmaster's Sync timer.
    SyncDue,
    /// A Delay_Req comes to the grandmaster.
    DelayRequest { t3_ns: i64, round: u32 },
    /// Something for ptp4l to handle.
    Ptp4l(Ptp4lInput),
    /// ptp4l tells its subscribers that its port has changed its state.
    PortChanged { state: PortState },
    /// ptp4l tells its subscribers that its grandmaster has changed; the class is its grandmaster's.
    ParentChanged { class: u8 },
    /// The daemon has started phc2sys.
    Phc2sysStart,
    /// phc2sys's interval has passed.
    Phc2sysTick,
    /// The daemon has learnt the class of the grandmaster.
    ClassKnown { class: u8 },
    /// The daemon's clock for repeats of the clock class.
    ClassRepeat,
    /// Once per second.
    TruthDue,
}

/// What ptp4l handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ptp4lInput {
    /// An Announce has come.
    Announce { class: u8 },
    /// A Sync has come, and its Follow_Up.
    Sync { t1_ns: i64 },
    /// A Delay_Resp has come. `round` is that of its request: one that is over is not answered any more.
    DelayResponse { t3_ns: i64, t4_ns: i64, round: u32 },
    /// The announce receipt timer, unless it has been set anew.
    AnnounceReceiptTimeout,
    /// The timer for the next Delay_Req, unless it has been set anew.
    DelayTimer,
    /// The kernel says that the link is down.
    LinkDown,
    /// The port's fault is taken into account in the choice of the best master.
    FaultDecision,
    /// The kernel says that the link is up.
    LinkUp,
    /// The port has been initialized anew.
    FaultCleared,
}

/// The plan: timers, packets under way and the rest of the timeline. How long it gets follows from the intervals and
/// delays of the setup, not from its duration.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    planned: BTreeMap<(SimTime, u64), Event>,
    sequence: u64,
}

impl Queue {
    pub(crate) fn plan(&mut self, at: SimTime, event: Event) {
        self.planned.insert((at, self.sequence), event);
        self.sequence += 1;
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.planned.len()
    }

    /// The next event, if it is not later than that.
    pub(crate) fn pop_until(&mut self, last: SimTime) -> Option<(SimTime, Event)> {
        let next = self.planned.first_entry()?;
        if next.key().0 > last {
            return None;
        }
        let ((at, _), event) = next.remove_entry();
        Some((at, event))
    }
}
