//! The network that the node is in: grandmasters, and the paths between them and the node's interfaces.

use crate::chronyd::Servers;
use crate::noise::{Noise, Stream};
use crate::oscillator::Clock;
use crate::ptp4l::UTC_OFFSET_S;
use crate::queue::{Event, Queue};
use crate::time::{NS_PER_S, interval_ns};
use crate::{DataSet, GrandmasterSetup, Leap, Setup, SimTime};
use ptp_lines::ClockIdentity;

mod path;

pub(crate) use path::Path;
use path::PtpMessage;

/// Between becoming master and the first Announce: 2^-10 s (`port_e2e_transition` in linuxptp's `port.c`).
const FIRST_ANNOUNCE_NS: u64 = 976_562;

/// announceReceiptTimeout of a grandmaster, and what its port takes to initialize itself (recorded run `4.4/veth`).
const ANNOUNCE_RECEIPT_TIMEOUT: u64 = 6;
const INITIALIZATION_NS: u64 = 17_000_000;
const DAY_S: u64 = 86_400;

/// Everything outside of the node.
#[derive(Debug)]
pub(crate) struct Network {
    grandmasters: Vec<Grandmaster>,
    links: Vec<Link>,
    /// The servers of network time.
    pub(crate) ntp: Servers,
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
        let grandmasters = setup.grandmasters.iter().enumerate().map(|(index, grandmaster)| {
            let model = setup.model.grandmasters.get(&index);
            let clock = model.map(|m| Clock::modelled(m, setup.seed, Stream::grandmaster_model(index)));
            Grandmaster { clock, ..Grandmaster::new(grandmaster, setup.start_unix_s) }
        });
        Self {
            ntp: Servers::Answer,
            grandmasters: grandmasters.collect(),
            links: (0..setup.links.len()).map(|index| Link::new(setup, index)).collect(),
        }
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
        grandmaster.pass_leap(now);
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
                if let Some(path) = self.links.get_mut(link).filter(|link| speaks && link.served_from <= now)
                {
                    path.path.carry_to_node(now, (link, packet), queue);
                }
                return;
            }
        };
        let speaks = grandmaster.speaks;
        for (number, link) in self.links.iter_mut().enumerate().filter(|(_, link)| link.grandmaster == index)
        {
            if speaks && link.served_from <= now {
                link.path.carry_to_node(now, (number, packet), queue);
            } else {
                // Drawn all the same, so that a silence leaves the noise after it as it was.
                link.path.next_to_node_ns(now, packet.message());
            }
        }
    }

    /// A link has come back, and those at its end know. A grandmaster that is alone on it has lost its own link as well:
    /// its port initializes itself, and waits for other masters, before it serves again.
    pub(crate) fn link_is_back(&mut self, known_at: SimTime, interface: &str) {
        let mut there = self.links.iter_mut().filter(|link| link.interface == interface);
        let (Some(link), None) = (there.next(), there.next()) else { return };
        let Some(grandmaster) = self.grandmasters.get(link.grandmaster) else { return };
        let interval_ns = grandmaster.announce_interval_ns;
        let wait_ns = ANNOUNCE_RECEIPT_TIMEOUT * interval_ns + link.timeout.below(interval_ns);
        link.served_from = known_at.after_ns(INITIALIZATION_NS + wait_ns);
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

/// A grandmaster whose clock is true but for its steps.
#[derive(Debug)]
pub(crate) struct Grandmaster {
    /// If its clock is not true.
    clock: Option<Clock>,
    clock_identity: ClockIdentity,
    pub(crate) speaks: bool,
    pub(crate) announce: Announce,
    /// What it shows minus true time, in nanoseconds.
    pub(crate) error_ns: i64,
    announce_interval_ns: u64,
    sync_interval_ns: u64,
    start_unix_s: u64,
    /// When the leap second that it announces has passed, in UNIX time.
    leap_passed_unix_s: u64,
}

impl Grandmaster {
    fn new(setup: &GrandmasterSetup, start_unix_s: u64) -> Self {
        Self {
            clock: None,
            clock_identity: setup.clock_identity,
            speaks: true,
            announce: Announce { data_set: setup.data_set, leap: Leap::None, utc_offset_s: UTC_OFFSET_S },
            error_ns: 0,
            announce_interval_ns: interval_ns(setup.log_announce_interval),
            sync_interval_ns: interval_ns(setup.log_sync_interval),
            start_unix_s,
            leap_passed_unix_s: u64::MAX,
        }
    }

    /// From its next Announce on it announces a leap second at the end of this UTC day, or none.
    pub(crate) fn announce_leap(&mut self, now: SimTime, leap: Leap) {
        let unix_s = self.unix_s(now);
        self.leap_passed_unix_s = (unix_s - unix_s % DAY_S).saturating_add(DAY_S);
        self.announce.leap = leap;
    }

    /// After the leap second it announces none, and another distance from UTC (`clock_update_leap_status`).
    fn pass_leap(&mut self, now: SimTime) {
        if self.unix_s(now) < self.leap_passed_unix_s {
            return;
        }
        self.announce.utc_offset_s += match self.announce.leap {
            Leap::None => 0,
            Leap::Insert => 1,
            Leap::Delete => -1,
        };
        self.announce.leap = Leap::None;
        self.leap_passed_unix_s = u64::MAX;
    }

    fn unix_s(&self, now: SimTime) -> u64 {
        self.start_unix_s.saturating_add(now.ns / NS_PER_S)
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
    /// The grandmaster's port serves from then on.
    served_from: SimTime,
    timeout: Noise,
}

impl Link {
    fn new(setup: &Setup, index: usize) -> Self {
        Self {
            interface: setup.links[index].interface.clone(),
            grandmaster: setup.links[index].grandmaster,
            path: Path::new(setup, index),
            served_from: SimTime::START,
            timeout: Noise::new(setup.seed, Stream::link(index, 3)),
        }
    }
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
