//! What the timeline does to the world.

use super::{Action, LinkState, SimTime, World};
use crate::dpll::DpllInput;
use crate::gnss::GnssInput;
use crate::network::Grandmaster;
use crate::ptp4l::Ptp4lInput;
use crate::queue::Event;

/// From a link that goes down or comes up to a ptp4l that knows, over netlink: seen in the recorded run `4.4/veth`.
const LINK_NOTICE_NS: u64 = 10_000_000;

impl World {
    pub(super) fn act(&mut self, now: SimTime, index: usize) {
        let Some((_, action)) = self.setup.timeline.get(index).cloned() else {
            return;
        };
        self.outbox.action(now, action.clone());
        match action {
            Action::GrandmasterSilent { grandmaster } => self.change(grandmaster, |gm| gm.speaks = false),
            Action::GrandmasterSpeaks { grandmaster } => self.change(grandmaster, |gm| gm.speaks = true),
            Action::GrandmasterClockClass { grandmaster, class } => {
                self.change(grandmaster, |gm| gm.announce.data_set.clock_class = class);
            }
            Action::GrandmasterPriority2 { grandmaster, priority2 } => {
                self.change(grandmaster, |gm| gm.announce.data_set.priority2 = priority2);
            }
            Action::GrandmasterStep { grandmaster, by_ns } => {
                self.change(grandmaster, |gm| gm.error_ns = gm.error_ns.saturating_add(by_ns));
            }
            Action::GrandmasterLeap { grandmaster, leap } => {
                self.change(grandmaster, |gm| gm.announce.leap = leap);
            }
            Action::PacketDelayBurst { interface, mean_ns } => {
                self.network.paths(&interface).for_each(|path| path.queueing_mean_ns = mean_ns);
            }
            Action::PacketDelayNormal { interface } => {
                self.network.paths(&interface).for_each(|path| path.queueing_mean_ns = 0.0);
            }
            Action::PathAsymmetry { interface, asymmetry_ns } => {
                self.network.paths(&interface).for_each(|path| path.added_asymmetry_ns = asymmetry_ns);
            }
            Action::LinkDown { interface } => self.set_link(now, &interface, LinkState::Down),
            Action::LinkUp { interface } => self.set_link(now, &interface, LinkState::Up),
            Action::HardwareClockStep { card, by_ns } => {
                if let Some(card) = self.hardware.cards.get_mut(card) {
                    card.phc.step(now, by_ns);
                }
            }
            Action::OsClockStep { by_ns } => self.hardware.os_clock.step(now, by_ns),
            Action::Gnss { card, change } => {
                self.queue.plan(now, Event::Gnss { card, input: GnssInput::Change(change) });
            }
            Action::Dpll { card, change } => {
                self.queue.plan(now, Event::Dpll { card, input: DpllInput::Change(change) });
            }
            Action::ProcessCrash { process } => self.stop(now, process),
            Action::ProcessStall { process } => self.processes.stall(process),
            Action::ProcessResume { process } => {
                self.with_processes(now, |processes, _, reach| processes.resume(process, reach));
            }
            Action::TransmitStampsLost { interface, count } => {
                self.to_port(now, &interface, |port| Ptp4lInput::TransmitStampsLost { port, count });
            }
            Action::SynceInput { .. }
            | Action::NtpLost
            | Action::NtpBack
            | Action::ProfilesApplied
            | Action::DaemonRestart
            | Action::ProxyDown
            | Action::ProxyUp
            | Action::ProxyBlocked
            | Action::ProxyUnblocked => {}
        }
    }

    fn change(&mut self, grandmaster: usize, change: impl FnOnce(&mut Grandmaster)) {
        if let Some(grandmaster) = self.network.grandmaster(grandmaster) {
            change(grandmaster);
        }
    }

    fn set_link(&mut self, now: SimTime, interface: &str, state: LinkState) {
        let Some(index) = self.hardware.set_link(interface, state) else { return };
        self.queue.plan(now.after_ns(LINK_NOTICE_NS), Event::LinkNotice { index, state });
    }
}
