//! The grandmaster, and the network between it and the node.

use crate::noise::{Noise, Purpose};
use crate::queue::{Event, Ptp4lInput, Queue};
use crate::{GrandmasterSetup, PathSetup, SimTime};

/// Between becoming master and the first Announce: 2^-10 s (`port_e2e_transition` in linuxptp's `port.c`).
const FIRST_ANNOUNCE_NS: u64 = 976_562;

/// A grandmaster whose clock is true.
#[derive(Debug)]
pub(crate) struct Grandmaster {
    speaks: bool,
    class: u8,
    announce_interval_ns: u64,
    sync_interval_ns: u64,
    path: Path,
}

impl Grandmaster {
    pub(crate) fn new(
        setup: &GrandmasterSetup,
        intervals_ns: (u64, u64),
        path: Path,
        queue: &mut Queue,
    ) -> Self {
        let (announce_interval_ns, sync_interval_ns) = intervals_ns;
        queue.plan(setup.master_from.after_ns(FIRST_ANNOUNCE_NS), Event::AnnounceDue);
        queue.plan(setup.master_from.after_ns(sync_interval_ns), Event::SyncDue);
        Self { speaks: true, class: setup.clock_class, announce_interval_ns, sync_interval_ns, path }
    }

    /// The class that it announces; none while it is silent.
    pub(crate) fn announced_class(&self) -> Option<u8> {
        self.speaks.then_some(self.class)
    }

    pub(crate) fn set_speaks(&mut self, speaks: bool) {
        self.speaks = speaks;
    }

    pub(crate) fn set_class(&mut self, class: u8) {
        self.class = class;
    }

    pub(crate) fn set_queueing(&mut self, mean_ns: f64) {
        self.path.queueing_mean_ns = mean_ns;
    }

    /// Its timers run on while it is silent.
    pub(crate) fn announce_due(&mut self, now: SimTime, queue: &mut Queue) {
        queue.plan(now.after_ns(self.announce_interval_ns), Event::AnnounceDue);
        let delay_ns = self.path.next_to_node_ns();
        if self.speaks {
            queue.plan(now.after_ns(delay_ns), Event::Ptp4l(Ptp4lInput::Announce { class: self.class }));
        }
    }

    pub(crate) fn sync_due(&mut self, now: SimTime, queue: &mut Queue) {
        queue.plan(now.after_ns(self.sync_interval_ns), Event::SyncDue);
        let delay_ns = self.path.next_to_node_ns();
        if self.speaks {
            queue.plan(now.after_ns(delay_ns), Event::Ptp4l(Ptp4lInput::Sync { t1_ns: shown_ns(now) }));
        }
    }

    /// The node sends a Delay_Req.
    pub(crate) fn carry_delay_request(&mut self, now: SimTime, t3_ns: i64, round: u32, queue: &mut Queue) {
        let delay_ns = self.path.next_to_grandmaster_ns();
        queue.plan(now.after_ns(delay_ns), Event::DelayRequest { t3_ns, round });
    }

    pub(crate) fn delay_request(&mut self, now: SimTime, t3_ns: i64, round: u32, queue: &mut Queue) {
        let delay_ns = self.path.next_to_node_ns();
        if self.speaks {
            let t4_ns = shown_ns(now);
            queue.plan(
                now.after_ns(delay_ns),
                Event::Ptp4l(Ptp4lInput::DelayResponse { t3_ns, t4_ns, round }),
            );
        }
    }
}

fn shown_ns(now: SimTime) -> i64 {
    i64::try_from(now.ns).unwrap_or(i64::MAX)
}

/// The network: the same delay in both directions, noise on each packet, and queues towards the node.
#[derive(Debug)]
pub(crate) struct Path {
    setup: PathSetup,
    queueing_mean_ns: f64,
    to_node: Noise,
    to_grandmaster: Noise,
    queue: Noise,
}

impl Path {
    pub(crate) fn new(setup: PathSetup, seed: u64) -> Self {
        Self {
            setup,
            queueing_mean_ns: 0.0,
            to_node: Noise::new(seed, Purpose::PathToNode),
            to_grandmaster: Noise::new(seed, Purpose::PathToGrandmaster),
            queue: Noise::new(seed, Purpose::PathQueue),
        }
    }

    fn next_to_node_ns(&mut self) -> u64 {
        // Drawn for every packet, burst or not, so that a burst leaves the noise after it as it was.
        let queueing_ns = self.queue.exponential() * self.queueing_mean_ns;
        packet_delay_ns(self.setup.delay_ns + self.setup.noise_ns * self.to_node.normal() + queueing_ns)
    }

    fn next_to_grandmaster_ns(&mut self) -> u64 {
        packet_delay_ns(self.setup.delay_ns + self.setup.noise_ns * self.to_grandmaster.normal())
    }
}

/// A packet does not come before it is sent.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn packet_delay_ns(delay_ns: f64) -> u64 {
    delay_ns.round().max(0.0) as u64
}
