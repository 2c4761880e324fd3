//! Faults of a port: its link goes down and comes back (`port_link_status`), or its driver loses a transmit time stamp.
//!
//! The latencies are those of the recorded run `4.4/veth`.

use super::{Ptp4l, Ptp4lInput, Reach};
use crate::time::interval_ns;
use ptp_lines::{PortEvent, PortState};

/// From the fault to the state decision that it causes: closing the sockets takes that long.
const DECISION_NS: u64 = 24_000_000;
/// From the end of a fault to the port that is initialized.
const INITIALIZATION_NS: u64 = 17_000_000;

impl Ptp4l {
    pub(super) fn link_down(&mut self, index: usize, reach: &mut Reach<'_>) {
        let was_up = std::mem::replace(&mut self.ports[index].link_is_up, false);
        if !was_up {
            return;
        }
        self.say(index, "link down", reach);
        self.fault(index, reach);
        self.life.plan(reach.now.after_ns(DECISION_NS), Ptp4lInput::StateDecision, reach.queue);
    }

    pub(super) fn link_up(&mut self, index: usize, reach: &mut Reach<'_>) {
        let was_up = std::mem::replace(&mut self.ports[index].link_is_up, true);
        if was_up {
            return;
        }
        self.say(index, "link up", reach);
        self.initialize(index, reach);
    }

    /// The time of the fault is over. A port without a link stays as it is.
    pub(super) fn fault_timer(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].link_is_up && self.ports[index].state == PortState::Faulty {
            self.initialize(index, reach);
        }
    }

    pub(super) fn fault_cleared(&mut self, index: usize, reach: &mut Reach<'_>) {
        if self.ports[index].link_is_up {
            self.dispatch(index, PortEvent::FaultCleared, false, reach);
        }
    }

    /// Whether the time stamp of a message that is sent now is lost. ptp4l takes that for a fault of the port.
    pub(super) fn loses_stamp(&mut self, index: usize, message: &str, reach: &mut Reach<'_>) -> bool {
        let port = &mut self.ports[index];
        if port.stamps_to_lose == 0 {
            return false;
        }
        port.stamps_to_lose -= 1;
        self.print("timed out while polling for tx timestamp", reach);
        self.print(
            "increasing tx_timestamp_timeout or increasing kworker priority may correct this issue, but a driver bug \
             likely causes it",
            reach,
        );
        self.say(index, &format!("send {message} failed"), reach);
        self.fault(index, reach);
        true
    }

    fn fault(&mut self, index: usize, reach: &mut Reach<'_>) {
        self.dispatch(index, PortEvent::FaultDetected, false, reach);
        let deadline = reach.now.after_ns(interval_ns(self.setup.fault_reset_interval));
        self.ports[index].timers.fault = Some(deadline);
        let number = self.ports[index].number;
        self.life.plan(deadline, Ptp4lInput::FaultTimer { port: number }, reach.queue);
    }

    fn initialize(&mut self, index: usize, reach: &mut Reach<'_>) {
        self.ports[index].timers.fault = None;
        let number = self.ports[index].number;
        let input = Ptp4lInput::FaultCleared { port: number };
        self.life.plan(reach.now.after_ns(INITIALIZATION_NS), input, reach.queue);
    }
}
