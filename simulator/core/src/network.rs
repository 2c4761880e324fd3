//! The network that the node is in: grandmasters, and the paths between them and the node's interfaces.

use crate::noise::Stream;
use crate::oscillator::Clock;
use crate::ptp4l::UTC_OFFSET_S;
use crate::queue::{Event, Queue};
use crate::time::interval_ns;
use crate::{DataSet, GrandmasterSetup, Leap, Setup, SimTime};
use ptp_lines::ClockIdentity;

mod path;

pub(crate) use path::Path;
use path::PtpMessage;

/// Between becoming master and the first Announce: 2^-10 s (`port_e2e_transition` in linuxptp's `port.c`).
const FIRST_ANNOUNCE_NS: u64 = 976_562;

/// Everything outside of the node.
#[derive(Debug)]
pub(crate) struct Network {
    grandmasters: Vec<Grandmaster>,
    links: Vec<Link>,
}

/// A message from a grandmaster on its way to an interface of the node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packet {
    Announce(Announce),
    /// A Sync and its Follow_Up.
    Sync {
        t1_ns: i64,
    },
    /// `round` is that of its request.
    DelayResponse {
        t3_ns: i64,
        t4_ns: i64,
        round: u32,
    },
}

impl Packet {
    fn message(self) -> PtpMessage {
        match self {
            Self::Announce(_) => PtpMessage::Announce,
            Self::Sync { .. } => PtpMessage::Sync,
            Self::DelayResponse { .. } => PtpMessage::DelayResponse,
        }
    }
}

/// What an Announce says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announce {
    /// As set up, but for what the timeline has changed since.
    pub(crate) data_set: DataSet,
    pub(crate) leap: Leap,
    /// currentUtcOffset: TAI minus UTC, in seconds.
    pub(crate) utc_offset_s: i16,
}

/// Something that a grandmaster has to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GrandmasterInput {
    AnnounceDue,
    SyncDue,
    /// A Delay_Req has come over this link.
    DelayRequest {
        link: usize,
        t3_ns: i64,
        round: u32,
    },
}

impl Network {
    pub(crate) fn new(setup: &Setup, queue: &mut Queue) -> Self {
        for (index, grandmaster) in setup.grandmasters.iter().enumerate() {
            let sync_interval_ns = interval_ns(grandmaster.log_sync_interval);
            let plan = |queue: &mut Queue, at, input| queue.plan(at, Event::Grandmaster { index, input });
            let from = grandmaster.master_from;
            plan(queue, from.after_ns(FIRST_ANNOUNCE_NS), GrandmasterInput::AnnounceDue);
            plan(queue, from.after_ns(sync_interval_ns), GrandmasterInput::SyncDue);
        }
        let links = setup.links.iter().enumerate().map(|(index, link)| Link {
            interface: link.interface.clone(),
            grandmaster: link.grandmaster,
            path: Path::new(setup, index),
        });
        let grandmasters = setup.grandmasters.iter().enumerate().map(|(index, grandmaster)| {
            let model = setup.model.grandmasters.get(&index);
            let clock = model.map(|m| Clock::modelled(m, setup.seed, Stream::grandmaster_model(index)));
            Grandmaster { clock, ..Grandmaster::new(grandmaster) }
        });
        Self { grandmasters: grandmasters.collect(), links: links.collect() }
    }

    /// The classes that the grandmasters announce; none while one is silent.
    pub(crate) fn announced_classes(&self) -> Vec<Option<u8>> {
        let class = |gm: &Grandmaster| gm.speaks.then_some(gm.announce.data_set.clock_class);
        self.grandmasters.iter().map(class).collect()
    }

    /// A grandmaster to change.
    pub(crate) fn grandmaster(&mut self, index: usize) -> Option<&mut Grandmaster> {
        self.grandmasters.get_mut(index)
    }

    /// The identity of the clock that sends over a link.
    pub(crate) fn sender(&self, link: usize) -> Option<ClockIdentity> {
        Some(self.grandmasters.get(self.links.get(link)?.grandmaster)?.clock_identity)
    }

    /// The interface of the node at the end of a link.
    pub(crate) fn interface(&self, link: usize) -> Option<&str> {
        self.links.get(link).map(|link| link.interface.as_str())
    }

    /// Every path to that interface.
    pub(crate) fn paths(&mut self, interface: &str) -> impl Iterator<Item = &mut Path> {
        let there = self.links.iter_mut().filter(move |link| link.interface == interface);
        there.map(|link| &mut link.path)
    }

    pub(crate) fn handle(&mut self, now: SimTime, index: usize, input: GrandmasterInput, queue: &mut Queue) {
        let Some(grandmaster) = self.grandmasters.get_mut(index) else { return };
        let again = |interval_ns, queue: &mut Queue| {
            queue.plan(now.after_ns(interval_ns), Event::Grandmaster { index, input });
        };
        let packet = match input {
            GrandmasterInput::AnnounceDue => {
                again(grandmaster.announce_interval_ns, queue);
                Packet::Announce(grandmaster.announce)
            }
            GrandmasterInput::SyncDue => {
                again(grandmaster.sync_interval_ns, queue);
                Packet::Sync { t1_ns: grandmaster.shown_ns(now) }
            }
            GrandmasterInput::DelayRequest { link, t3_ns, round } => {
                let t4_ns = grandmaster.shown_ns(now);
                let packet = Packet::DelayResponse { t3_ns, t4_ns, round };
                let speaks = grandmaster.speaks;
                if let Some(Link { path, .. }) = self.links.get_mut(link).filter(|_| speaks) {
                    path.carry_to_node(now, (link, packet), queue);
                }
                return;
            }
        };
        let speaks = grandmaster.speaks;
        for (index_of_link, link) in self.links.iter_mut().enumerate().filter(|(_, l)| l.grandmaster == index)
        {
            if speaks {
                link.path.carry_to_node(now, (index_of_link, packet), queue);
            } else {
                // Drawn all the same, so that a silence leaves the noise after it as it was.
                link.path.next_to_node_ns(now, packet.message());
            }
        }
    }

    /// The node sends a Delay_Req over a link.
    pub(crate) fn carry_delay_request(
        &mut self,
        now: SimTime,
        link: usize,
        (t3_ns, round): (i64, u32),
        queue: &mut Queue,
    ) {
        if let Some(Link { grandmaster, path, .. }) = self.links.get_mut(link) {
            let Some(delay_ns) = path.next_to_grandmaster_ns(now) else { return };
            let input = GrandmasterInput::DelayRequest { link, t3_ns, round };
            queue.plan(now.after_ns(delay_ns), Event::Grandmaster { index: *grandmaster, input });
        }
    }
}

/// A grandmaster whose clock is true but for its steps, or driven by expressions.
#[derive(Debug)]
pub(crate) struct Grandmaster {
    clock: Option<Clock>,
    clock_identity: ClockIdentity,
    pub(crate) speaks: bool,
    pub(crate) announce: Announce,
    /// What it shows minus true time, in nanoseconds.
    pub(crate) error_ns: i64,
    announce_interval_ns: u64,
    sync_interval_ns: u64,
}

impl Grandmaster {
    fn new(setup: &GrandmasterSetup) -> Self {
        Self {
            clock: None,
            clock_identity: setup.clock_identity,
            speaks: true,
            announce: Announce { data_set: setup.data_set, leap: Leap::None, utc_offset_s: UTC_OFFSET_S },
            error_ns: 0,
            announce_interval_ns: interval_ns(setup.log_announce_interval),
            sync_interval_ns: interval_ns(setup.log_sync_interval),
        }
    }

    fn shown_ns(&mut self, now: SimTime) -> i64 {
        let true_ns = i64::try_from(now.ns).unwrap_or(i64::MAX);
        let clock_ns = self.clock.as_mut().map_or(true_ns, |clock| clock.read_ns(now));
        clock_ns.saturating_add(self.error_ns)
    }
}

#[derive(Debug)]
struct Link {
    interface: String,
    grandmaster: usize,
    path: Path,
}

#[cfg(test)]
mod tests {
    use super::Network;
    use crate::queue::Queue;
    use crate::{ClockModel, Expression, Setup, SimTime};

    #[test]
    fn a_grandmaster_may_have_a_clock_of_its_own() {
        let mut setup = Setup::ordinary_clock();
        let clock = ClockModel { initial_error_ns: 70.0, frequency: Expression::Constant(1e-8), step: None };
        setup.model.grandmasters.insert(0, clock);
        let mut network = Network::new(&setup, &mut Queue::default());
        let grandmaster = network.grandmaster(0).expect("it is there");
        grandmaster.error_ns = 1_000;
        // 70 ns at the start, 10 ns per second, and a step of 1 us by the timeline.
        assert_eq!(grandmaster.shown_ns(SimTime::from_s(3)), 3_000_001_100);
    }
}
