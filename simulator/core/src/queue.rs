//! What is yet to happen, ordered by time and, at one instant, by when it was planned.

use crate::daemon::DaemonInput;
use crate::dpll::DpllInput;
use crate::gnss::GnssInput;
use crate::hardware::LinkState;
use crate::network::{GrandmasterInput, Packet};
use crate::process::{Life, ProcessInput};
use crate::{ProcessId, SimTime};
use std::collections::BTreeMap;

/// Something that is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// An entry of the timeline is due.
    Action { index: usize },
    /// Something for a grandmaster to do.
    Grandmaster { index: usize, input: GrandmasterInput },
    /// A message comes to the node over a link.
    Packet { link: usize, packet: Packet },
    /// Something for one life of a process to handle.
    Process { life: Life, input: ProcessInput },
    /// Something for a process, whichever life of it runs then.
    ToProcess { process: ProcessId, input: ProcessInput },
    /// linuxptp-daemon starts a process.
    Start { process: ProcessId },
    /// linuxptp-daemon stops a process.
    Stop { process: ProcessId },
    /// Something for a GNSS receiver.
    Gnss { card: usize, input: GnssInput },
    /// Something for a DPLL.
    Dpll { card: usize, input: DpllInput },
    /// Something for linuxptp-daemon to handle.
    Daemon(DaemonInput),
    /// The kernel tells of the link of an interface, by its place among those of all cards.
    LinkNotice { index: usize, state: LinkState },
    /// Once per second.
    TruthDue,
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
