//! What the timeline does to the world.

use super::{Action, LinkState, ProcessId, SimTime, World};
use crate::chronyd::{ChronydInput, Servers};
use crate::daemon::{Daemon, Proxy};
use crate::dpll::{DpllInput, Signal};
use crate::gnss::{ChildState, GnssChild, GnssInput};
use crate::network::Grandmaster;
use crate::process::ProcessInput;
use crate::ptp4l::Ptp4lInput;
use crate::queue::Event;
use crate::synce4l::Synce4lInput;
use crate::{ProcessProgram, SynceInput};

/// From a link that goes down or comes up to a ptp4l that knows, over netlink: seen in the recorded run `4.4/veth`.
const LINK_NOTICE_NS: u64 = 10_000_000;
/// QL-DNU of option 1, and QL-DUS of option 2: ITU-T G.781.
const DO_NOT_USE: u8 = 0xf;

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
                self.change(grandmaster, |gm| gm.announce_leap(now, leap));
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
            Action::TemperatureStep { by_k } => self.hardware.warm(now, by_k),
            Action::ProcessCrash { process } => self.crash(now, process),
            Action::ProcessStall { process } => {
                self.processes.stall(process);
                let state = ChildState::Down;
                self.tell_gnss_child(now, process, |child| GnssInput::Child { child, state });
            }
            Action::ProcessResume { process } => {
                let state = ChildState::Runs;
                self.tell_gnss_child(now, process, |child| GnssInput::Child { child, state });
                self.with_processes(now, |processes, _, reach| processes.resume(process, reach));
            }
            Action::TransmitStampsLost { interface, count } => {
                self.hand_to_port(now, &interface, |port| Ptp4lInput::TransmitStampsLost { port, count });
            }
            Action::SynceInput { interface, input } => self.synce_input(now, &interface, input),
            Action::NtpLost => self.set_ntp(now, Servers::Silent),
            Action::NtpBack => self.set_ntp(now, Servers::Answer),
            Action::ProfilesApplied => self.with_daemon(now, Daemon::apply_anew),
            Action::DaemonRestart => self.with_daemon(now, Daemon::restart),
            Action::ProxyDown => self.set_proxy(now, Proxy::Gone),
            Action::ProxyBlocked => self.set_proxy(now, Proxy::Blocked),
            Action::ProxyUp | Action::ProxyUnblocked => self.set_proxy(now, Proxy::Reads),
        }
    }

    fn set_proxy(&mut self, now: SimTime, proxy: Proxy) {
        self.with_daemon(now, |daemon, reach| daemon.set_proxy(proxy, reach));
    }

    fn change(&mut self, grandmaster: usize, change: impl FnOnce(&mut Grandmaster)) {
        if let Some(grandmaster) = self.network.grandmaster(grandmaster) {
            change(grandmaster);
        }
    }

    fn set_link(&mut self, now: SimTime, interface: &str, state: LinkState) {
        let Some(index) = self.hardware.set_link(interface, state) else { return };
        if state == LinkState::Up {
            self.network.link_is_back(now.after_ns(LINK_NOTICE_NS), interface);
        }
        self.queue.plan(now.after_ns(LINK_NOTICE_NS), Event::LinkNotice { index, state });
    }

    /// A process may be one of those between a GNSS receiver and ts2phc.
    fn tell_gnss_child(&mut self, now: SimTime, process: ProcessId, input: impl Fn(GnssChild) -> GnssInput) {
        let Some(child) = GnssChild::of(process.program) else { return };
        let profile = self.setup.profiles.get(process.profile);
        let read: Vec<&String> = profile
            .and_then(|profile| profile.ts2phc.as_ref())
            .map_or_else(Vec::new, |ts2phc| ts2phc.interfaces.iter().collect());
        for (card, setup) in self.setup.cards.iter().enumerate() {
            if setup.interfaces.iter().any(|interface| read.contains(&interface)) {
                self.queue.plan(now, Event::Gnss { card, input: input(child) });
            }
        }
    }

    /// linuxptp-daemon starts it again, whatever the reason.
    fn crash(&mut self, now: SimTime, process: ProcessId) {
        self.stop(now, process);
        self.tell_gnss_child(now, process, |child| GnssInput::ChildDies { child });
    }

    fn set_ntp(&mut self, now: SimTime, servers: Servers) {
        self.network.ntp = servers;
        let input = ProcessInput::Chronyd(ChronydInput::ServersChanged);
        for profile in 0..self.setup.profiles.len() {
            let process = ProcessId { program: ProcessProgram::Chronyd, profile };
            self.queue.plan(now, Event::ToProcess { process, input });
        }
    }

    /// The synce4l of a port hears what comes in, too.
    fn tell_synce4l(&mut self, now: SimTime, interface: &str, input: SynceInput) {
        for (profile, setup) in self.setup.profiles.iter().enumerate() {
            let ports = setup.synce4l.iter().flat_map(|synce4l| &synce4l.ports).enumerate();
            for (port, _) in ports.filter(|(_, port)| port.interface == interface) {
                let process = ProcessId { program: ProcessProgram::Synce4l, profile };
                let input = ProcessInput::Synce4l(Synce4lInput::Received { port, input });
                self.queue.plan(now, Event::ToProcess { process, input });
            }
        }
    }

    /// The DPLL of a card sees whether there is a signal of Synchronous Ethernet that may be used.
    fn synce_input(&mut self, now: SimTime, interface: &str, input: SynceInput) {
        self.tell_synce4l(now, interface, input);
        let Some(card) = self.hardware.card_index(interface) else { return };
        let signal = match input {
            SynceInput::Quality { ssm, .. } if ssm != DO_NOT_USE => Signal::Usable,
            SynceInput::Quality { .. } | SynceInput::Lost => Signal::Lost,
        };
        self.queue.plan(now, Event::Dpll { card, input: DpllInput::Synce(signal) });
    }
}
