//! What ptp4l does when the link of its port goes down and comes back (`port_link_status` and `clock.c`).
//!
//! The latencies are those of the recorded run `4.4/veth`.

use super::{Ptp4l, Ptp4lInput, Reach};
use ptp_lines::{PortEvent, PortState};

/// From the fault to the state decision that it causes.
const DECISION_NS: u64 = 24_000_000;
/// From the link that is up to the port that is initialized.
const INITIALIZATION_NS: u64 = 17_000_000;

impl Ptp4l {
    pub(super) fn link_down(&mut self, reach: &mut Reach<'_>) {
        if self.port_state == PortState::Faulty {
            return;
        }
        self.say("link down", reach);
        self.dispatch(PortEvent::FaultDetected, false, reach);
        self.life.plan(reach.now.after_ns(DECISION_NS), Ptp4lInput::FaultDecision, reach.queue);
    }

    /// With no port left that hears anybody, the client-only clock finds itself the best, and complains about it.
    pub(super) fn fault_decision(&mut self, reach: &mut Reach<'_>) {
        if self.port_state != PortState::Faulty {
            return;
        }
        self.foreign = None;
        self.choose_local_clock(reach);
        self.say("assuming the grand master role", reach);
        self.say("master state recommended in slave only mode", reach);
        self.say("defaultDS.priority1 probably misconfigured", reach);
    }

    pub(super) fn link_up(&mut self, reach: &mut Reach<'_>) {
        if self.port_state != PortState::Faulty {
            return;
        }
        self.say("link up", reach);
        self.life.plan(reach.now.after_ns(INITIALIZATION_NS), Ptp4lInput::FaultCleared, reach.queue);
    }

    pub(super) fn fault_cleared(&mut self, reach: &mut Reach<'_>) {
        self.foreign = None;
        self.dispatch(PortEvent::FaultCleared, false, reach);
    }

    fn say(&self, text: &str, reach: &mut Reach<'_>) {
        let text = format!("{}: {text}", self.port());
        reach.printer.linuxptp_text(reach.now, self.life.process, &text);
    }
}
