//! The world: everything that is simulated, and the loop that moves it on.

use crate::daemon::Daemon;
use crate::grandmaster::{Grandmaster, Path};
use crate::noise::Purpose;
use crate::oscillator::{Clock, Purposes};
use crate::outbox::Outbox;
use crate::phc2sys::{self, Phc2sys};
use crate::ptp4l::{self, Ptp4l, interval_ns};
use crate::queue::{Event, Ptp4lInput, Queue};
use crate::time::NS_PER_S;
use crate::truth::TrueStates;
use crate::{Action, Emission, Setup, SimTime, Truth};

/// From a link that goes down or comes up to a ptp4l that knows, over netlink: seen in the recorded run `4.4/veth`.
const LINK_NOTICE_NS: u64 = 10_000_000;

/// A simulation under way: an iterator of what it lets out, ordered by time, until its duration has passed.
#[derive(Debug)]
pub struct World {
    setup: Setup,
    last: SimTime,
    queue: Queue,
    outbox: Outbox,
    grandmaster: Grandmaster,
    phc: Clock,
    os_clock: Clock,
    ptp4l: Ptp4l,
    phc2sys: Option<Phc2sys>,
    daemon: Daemon,
    true_states: TrueStates,
}

impl World {
    /// A world at its start.
    pub fn new(setup: Setup) -> Self {
        let mut queue = Queue::default();
        let mut outbox = Outbox::new(&setup);
        for (index, (at, _)) in setup.timeline.iter().enumerate() {
            queue.plan(*at, Event::Action { index });
        }
        queue.plan(SimTime::START, Event::TruthDue);
        let intervals_ns =
            (interval_ns(setup.ptp4l.log_announce_interval), interval_ns(setup.ptp4l.log_sync_interval));
        let path = Path::new(setup.path, setup.seed);
        let phc = Purposes { white: Purpose::PhcWhite, walk: Purpose::PhcWalk, flicker: Purpose::PhcFlicker };
        let os = Purposes { white: Purpose::OsWhite, walk: Purpose::OsWalk, flicker: Purpose::OsFlicker };
        Self {
            last: SimTime::from_s(setup.duration_s),
            grandmaster: Grandmaster::new(&setup.grandmaster, intervals_ns, path, &mut queue),
            phc: Clock::new(setup.phc, setup.seed, phc),
            os_clock: Clock::new(setup.os_clock, setup.seed, os),
            ptp4l: Ptp4l::new(&setup, &mut queue),
            phc2sys: None,
            daemon: Daemon::new(setup.daemon, &mut queue, &mut outbox),
            true_states: TrueStates::default(),
            queue,
            outbox,
            setup,
        }
    }

    fn handle(&mut self, now: SimTime, event: Event) {
        match event {
            Event::Action { index } => self.act(now, index),
            Event::AnnounceDue => self.grandmaster.announce_due(now, &mut self.queue),
            Event::SyncDue => self.grandmaster.sync_due(now, &mut self.queue),
            Event::DelayRequest { t3_ns, round } => {
                self.grandmaster.delay_request(now, t3_ns, round, &mut self.queue);
            }
            Event::Ptp4l(input) => self.run_ptp4l(now, input),
            Event::PortChanged { state } => {
                if let Some(phc2sys) = &mut self.phc2sys {
                    phc2sys.port_changed(state);
                }
            }
            Event::Phc2sysStart => self.start_phc2sys(now),
            Event::Phc2sysTick => self.run_phc2sys(now),
            Event::ParentChanged { class } => self.daemon.parent_changed(now, class, &mut self.queue),
            Event::ClassKnown { class } => self.daemon.class_known(now, class, &mut self.outbox),
            Event::ClassRepeat => self.daemon.class_repeat(now, &mut self.queue, &mut self.outbox),
            Event::TruthDue => {
                self.queue.plan(now.after_ns(NS_PER_S), Event::TruthDue);
                self.tell_truth(now);
            }
        }
        if self.true_states.observe(now, &self.ptp4l, self.phc2sys.as_ref()) {
            self.tell_truth(now);
        }
    }

    fn act(&mut self, now: SimTime, index: usize) {
        let Some((_, action)) = self.setup.timeline.get(index) else {
            return;
        };
        self.outbox.action(now, action.to_string());
        match *action {
            Action::GrandmasterSilent => self.grandmaster.set_speaks(false),
            Action::GrandmasterSpeaks => self.grandmaster.set_speaks(true),
            Action::GrandmasterClockClass { class } => self.grandmaster.set_class(class),
            Action::PacketDelayBurst { mean_ns } => self.grandmaster.set_queueing(mean_ns),
            Action::PacketDelayNormal => self.grandmaster.set_queueing(0.0),
            Action::LinkDown => self.notice_link(now, Ptp4lInput::LinkDown),
            Action::LinkUp => self.notice_link(now, Ptp4lInput::LinkUp),
        }
    }

    fn notice_link(&mut self, now: SimTime, input: Ptp4lInput) {
        self.queue.plan(now.after_ns(LINK_NOTICE_NS), Event::Ptp4l(input));
    }

    fn run_ptp4l(&mut self, now: SimTime, input: Ptp4lInput) {
        let offset_ns = self.ptp4l.handle(
            input,
            &mut ptp4l::Reach {
                now,
                phc: &mut self.phc,
                grandmaster: &mut self.grandmaster,
                queue: &mut self.queue,
                outbox: &mut self.outbox,
            },
        );
        if let Some(offset_ns) = offset_ns {
            self.daemon.offset_seen(now, offset_ns, &mut self.queue);
        }
    }

    fn start_phc2sys(&mut self, now: SimTime) {
        self.daemon.phc2sys_is_up(now, &mut self.outbox);
        self.phc2sys = Some(Phc2sys::new(&self.setup, self.ptp4l.port_state(), now, &mut self.queue));
    }

    fn run_phc2sys(&mut self, now: SimTime) {
        if let Some(phc2sys) = &mut self.phc2sys {
            phc2sys.tick(&mut phc2sys::Reach {
                now,
                phc: &mut self.phc,
                os_clock: &mut self.os_clock,
                queue: &mut self.queue,
                outbox: &mut self.outbox,
            });
        }
    }

    fn tell_truth(&mut self, now: SimTime) {
        let truth = Truth {
            ptp_clock: self.true_states.ptp_clock(),
            os_clock: self.true_states.os_clock(),
            phc_error_ns: self.phc.error_ns(now),
            os_error_ns: self.os_clock.error_ns(now),
            grandmaster_clock_class: self.grandmaster.announced_class(),
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
    use crate::{Action, Setup, SimTime};

    #[test]
    fn what_is_planned_does_not_grow_with_time() {
        let timeline = vec![
            (SimTime::from_s(100), Action::PacketDelayBurst { mean_ns: 3_000.0 }),
            (SimTime::from_s(200), Action::GrandmasterSilent),
            (SimTime::from_s(300), Action::GrandmasterSpeaks),
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
