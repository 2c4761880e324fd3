//! The world: everything that is simulated, and the loop that moves it on.

use crate::daemon::{self, Daemon};
use crate::dpll::DpllInput;
use crate::gnss::GnssInput;
use crate::hardware::{Hardware, LinkState};
use crate::network::{Network, Packet};
use crate::outbox::Outbox;
use crate::printer::Printer;
use crate::processes::Processes;
use crate::ptp4l::Ptp4lInput;
use crate::queue::{Event, Queue};
use crate::reach::Reach;
use crate::time::NS_PER_S;
use crate::truth::TrueStates;
use crate::{Action, Emission, ProcessId, Setup, SimTime, Truth};

mod act;

/// A simulation under way: an iterator of what it lets out, ordered by time, until its duration has passed.
#[derive(Debug)]
pub struct World {
    setup: Setup,
    last: SimTime,
    queue: Queue,
    outbox: Outbox,
    printer: Printer,
    hardware: Hardware,
    network: Network,
    processes: Processes,
    daemon: Daemon,
    true_states: TrueStates,
}

impl World {
    /// A world at its start.
    pub fn new(setup: Setup) -> Self {
        let mut queue = Queue::default();
        let outbox = Outbox::new(setup.start_unix_s);
        for (index, (at, _)) in setup.timeline.iter().enumerate() {
            queue.plan(*at, Event::Action { index });
        }
        let network = Network::new(&setup, &mut queue);
        let hardware = Hardware::new(&setup, &mut queue);
        let daemon = Daemon::new(&setup, &mut queue);
        queue.plan(SimTime::START, Event::TruthDue);
        Self {
            last: SimTime::from_s(setup.duration_s),
            printer: Printer::new(&setup),
            processes: Processes::new(setup.profiles.len()),
            true_states: TrueStates::new(&setup),
            daemon,
            hardware,
            network,
            queue,
            outbox,
            setup,
        }
    }

    /// The proxy asks linuxptp-daemon for `/emit-logs` at that time, which must not be in the past. For setups in which
    /// the simulation does not assume when it does: [`DaemonSetup::logs_asked_after_ns`](crate::DaemonSetup).
    pub fn logs_asked(&mut self, at: SimTime) {
        self.queue.plan(at, Event::Daemon(daemon::DaemonInput::LogsAsked));
    }

    fn handle(&mut self, now: SimTime, event: Event) {
        match event {
            Event::Action { index } => self.act(now, index),
            Event::Grandmaster { index, input } => self.network.handle(now, index, input, &mut self.queue),
            Event::Packet { link, packet } => self.receive(now, link, packet),
            Event::Process { life, input } => {
                self.with_processes(now, |processes, _, reach| processes.handle(life, input, reach));
            }
            Event::ToProcess { process, input } => {
                self.with_processes(now, |processes, _, reach| processes.tell(process, input, reach));
            }
            Event::Start { process } => self.start(now, process),
            Event::Stop { process } => self.terminate(now, process),
            Event::Gnss { card, input } => self.gnss(now, card, input),
            Event::Dpll { card, input } => self.dpll(now, card, input),
            Event::LinkNotice { index, state } => self.notice_link(now, index, state),
            Event::Daemon(input) => self.with_daemon(now, |daemon, reach| daemon.handle(input, reach)),
            Event::TruthDue => {
                self.queue.plan(now.after_ns(NS_PER_S), Event::TruthDue);
                self.tell_truth(now);
            }
        }
        self.pass_lines_on(now);
        if self.true_states.observe(now, &self.processes, &self.hardware) {
            self.tell_truth(now);
        }
    }

    /// What processes have printed goes through the daemon.
    fn pass_lines_on(&mut self, now: SimTime) {
        while let Some(line) = self.printer.take() {
            self.with_daemon(now, |daemon, reach| daemon.printed(line, reach));
        }
    }

    fn receive(&mut self, now: SimTime, link: usize, packet: Packet) {
        let Some(interface) = self.network.interface(link).map(str::to_owned) else { return };
        if self.hardware.is_up(&interface) {
            self.hand_to_port(now, &interface, |port| Ptp4lInput::Packet { port, link, packet });
        }
    }

    fn notice_link(&mut self, now: SimTime, index: usize, state: LinkState) {
        let Some(interface) = self.hardware.interface(index).map(str::to_owned) else { return };
        self.hand_to_port(now, &interface, |port| match state {
            LinkState::Down => Ptp4lInput::LinkDown { port },
            LinkState::Up => Ptp4lInput::LinkUp { port },
        });
    }

    fn hand_to_port(&mut self, now: SimTime, interface: &str, input: impl Fn(u16) -> Ptp4lInput) {
        self.with_processes(now, |processes, setup, reach| {
            processes.hand_to_port((setup, interface), input, reach)
        });
    }

    fn start(&mut self, now: SimTime, process: ProcessId) {
        if !self.daemon.starts(process) {
            return;
        }
        let has = self.with_processes(now, |processes, setup, reach| processes.start(process, setup, reach));
        if has {
            // What it has printed so far the daemon reads before it has a connection, and drops.
            while self.printer.take().is_some() {}
            self.with_daemon(now, |daemon, reach| daemon.started(process, reach));
        }
    }

    /// linuxptp-daemon stops a process with SIGTERM.
    fn terminate(&mut self, now: SimTime, process: ProcessId) {
        self.with_processes(now, |processes, _, reach| processes.last_words(process, reach));
        self.pass_lines_on(now);
        self.stop(now, process);
    }

    fn stop(&mut self, now: SimTime, process: ProcessId) {
        if self.processes.end(process) {
            self.with_daemon(now, |daemon, reach| daemon.ended(process, reach));
        }
    }

    fn gnss(&mut self, now: SimTime, card: usize, input: GnssInput) {
        let Some(setup) = self.setup.cards.get(card) else { return };
        let reader = self.setup.profiles.iter().position(|profile| {
            let read = profile.ts2phc.iter().flat_map(|ts2phc| &ts2phc.interfaces);
            read.into_iter().any(|interface| setup.interfaces.contains(interface))
        });
        if let Some(gnss) = self.hardware.cards.get_mut(card).and_then(|card| card.gnss.as_mut()) {
            gnss.handle(now, input, reader, &mut self.queue);
        }
    }

    fn dpll(&mut self, now: SimTime, card: usize, input: DpllInput) {
        self.hardware.handle_dpll(now, card, input, &mut self.queue);
    }

    fn with_processes<T>(
        &mut self,
        now: SimTime,
        act: impl FnOnce(&mut Processes, &Setup, &mut Reach<'_>) -> T,
    ) -> T {
        let followers = self.processes.followers();
        let mut reach = Reach {
            now,
            hardware: &mut self.hardware,
            network: &mut self.network,
            queue: &mut self.queue,
            printer: &mut self.printer,
            followers: &followers,
        };
        act(&mut self.processes, &self.setup, &mut reach)
    }

    fn with_daemon(&mut self, now: SimTime, act: impl FnOnce(&mut Daemon, &mut daemon::Reach<'_>)) {
        let mut reach =
            daemon::Reach { now, queue: &mut self.queue, outbox: &mut self.outbox, printer: &self.printer };
        act(&mut self.daemon, &mut reach);
    }

    fn tell_truth(&mut self, now: SimTime) {
        let truth = Truth {
            cards: self.true_states.cards(now, &mut self.hardware),
            os_clock: self.true_states.os_clock(),
            os_error_ns: self.hardware.os_clock.error_ns(now),
            grandmaster_classes: self.network.announced_classes(),
        };
        self.outbox.truth(now, truth);
    }
}

impl Iterator for World {
    type Item = Emission;

    fn next(&mut self) -> Option<Emission> {
        loop {
            if let Some(emission) = self.outbox.take() {
                return Some(emission);
            }
            let (now, event) = self.queue.pop_until(self.last)?;
            self.handle(now, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::World;
    use crate::ptp4l::Ptp4lInput;
    use crate::queue::Event;
    use crate::{Action, DataSet, ProcessId, ProcessProgram, Setup, SimTime, What};

    #[test]
    fn settings_of_a_grandmaster_make_its_ports_take_their_role_again() {
        let mut setup = Setup { duration_s: 10, ..Setup::default() };
        setup.links.clear();
        let ptp4l = setup.profiles[0].ptp4l.as_mut().unwrap();
        (ptp4l.client_only, ptp4l.clock_class) = (false, 6);
        let mut world = World::new(setup);
        let settings = DataSet { clock_class: 7, ..DataSet::default() };
        let process = ProcessId { program: ProcessProgram::Ptp4l, profile: 0 };
        let input = Ptp4lInput::GrandmasterSettings(settings).into();
        world.queue.plan(SimTime::from_s(5), Event::ToProcess { process, input });
        let lines: Vec<String> = world
            .filter_map(|emission| match emission.what {
                What::Line { text, .. } if emission.at >= SimTime::from_s(5) => Some(text),
                What::Line { .. }
                | What::Opened { .. }
                | What::Closed { .. }
                | What::Action(_)
                | What::Truth(_) => None,
            })
            .collect();
        // As at 60.000 s in the recorded run `4.4/clknetsim-gmclass44`; nobody is told of a class by ptp4l.
        assert_eq!(lines, ["ptp4l[5.000]: [ptp4l.0.config] port 1 (ens1f0): assuming the grand master role"]);
    }

    #[test]
    fn what_is_planned_does_not_grow_with_time() {
        let timeline = vec![
            (
                SimTime::from_s(100),
                Action::PacketDelayBurst { interface: "ens1f0".to_owned(), mean_ns: 3_000.0 },
            ),
            (SimTime::from_s(200), Action::GrandmasterSilent { grandmaster: 0 }),
            (SimTime::from_s(300), Action::GrandmasterSpeaks { grandmaster: 0 }),
        ];
        let mut world = World::new(Setup { duration_s: 900, timeline, ..Setup::default() });
        let mut longest = 0;
        while world.next().is_some() {
            longest = longest.max(world.queue.len());
        }
        // Up to 8 announce timers per second are set anew in the 0.875 s that each of them takes; the rest is single.
        assert!(longest <= 24, "{longest}");
    }
}
