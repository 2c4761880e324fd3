//! ptp4l goes on after somebody has stopped it (SIGSTOP, SIGCONT).

use super::{Ptp4l, Ptp4lInput, Reach};
use crate::SimTime;

impl Ptp4l {
    /// It goes on after it was stopped. Timers that have passed meanwhile fire at once, those of announces included: one
    /// poll sees them together with at most one of the messages that the kernel has kept. These messages are old, and
    /// are left out.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        for index in 0..self.ports.len() {
            let port = &self.ports[index];
            let (number, is_up) = (port.number, reach.hardware.is_up(&port.setup.interface));
            let mut overdue = Vec::new();
            let passed = |timer: Option<SimTime>| timer.is_some_and(|at| at <= reach.now);
            if passed(port.timers.announce) {
                overdue.push(Ptp4lInput::AnnounceReceiptTimeout { port: number });
            }
            if passed(port.timers.delay) {
                overdue.push(Ptp4lInput::DelayTimer { port: number });
            }
            if passed(port.timers.qualification) {
                overdue.push(Ptp4lInput::QualificationTimeout { port: number });
            }
            if passed(port.timers.fault) {
                overdue.push(Ptp4lInput::FaultTimer { port: number });
            }
            if port.link_is_up != is_up {
                overdue.push(match is_up {
                    true => Ptp4lInput::LinkUp { port: number },
                    false => Ptp4lInput::LinkDown { port: number },
                });
            }
            self.set_timers_to(index, reach.now);
            overdue.into_iter().for_each(|input| self.handle(input, reach));
        }
        self.handle(Ptp4lInput::StateDecision, reach);
    }

    /// Timers that have passed count as firing now.
    fn set_timers_to(&mut self, index: usize, now: SimTime) {
        let timers = &mut self.ports[index].timers;
        let all = [&mut timers.announce, &mut timers.delay, &mut timers.qualification, &mut timers.fault];
        for timer in all.into_iter().flatten() {
            *timer = now.max(*timer);
        }
    }
}
