//! Paths between grandmasters and the node: how long packets take, and which are lost.

use super::Packet;
use crate::expression::{self, Evaluation};
use crate::noise::{Noise, Stream};
use crate::queue::{Event, Queue};
use crate::{PathModel, PathSetup, Setup, SimTime};

/// A path.
#[derive(Debug)]
pub(crate) struct Path {
    /// Mean of the time in queues, in nanoseconds.
    pub(crate) queueing_mean_ns: f64,
    /// Beside that of the setup.
    pub(crate) added_asymmetry_ns: f64,
    delays: Delays,
    queue: Noise,
}

/// Where the delays come from.
#[derive(Debug)]
enum Delays {
    /// A delay in each direction, and noise on each packet.
    Setup(Box<NoisyDelays>),
    /// Expressions, evaluated for each packet.
    Model(Box<ModelledDelays>),
}

#[derive(Debug)]
struct NoisyDelays {
    setup: PathSetup,
    to_node: Noise,
    to_grandmaster: Noise,
}

#[derive(Debug)]
struct ModelledDelays {
    to_node: Evaluation,
    to_grandmaster: Evaluation,
    early_stamps_ns: f64,
    grandmaster_number: u32,
    node_number: u32,
}

/// The messages of PTP that a path carries. linuxptp sends everything in two steps: a Sync has its Follow_Up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PtpMessage {
    Announce,
    Sync,
    FollowUp,
    DelayRequest,
    DelayResponse,
}

impl PtpMessage {
    /// UDP port, IEEE 1588-2019 C.2: event messages are stamped.
    fn port(self) -> u16 {
        match self {
            Self::Sync | Self::DelayRequest => 319,
            Self::Announce | Self::FollowUp | Self::DelayResponse => 320,
        }
    }

    /// Bytes, IEEE 1588-2019 13.5 to 13.8.
    fn length(self) -> u16 {
        match self {
            Self::Sync | Self::DelayRequest | Self::FollowUp => 44,
            Self::DelayResponse => 54,
            Self::Announce => 64,
        }
    }
}

impl Path {
    pub(super) fn new(setup: &Setup, link: usize) -> Self {
        let noise = |which| Noise::new(setup.seed, Stream::link(link, which));
        let delays = match setup.model.paths.get(&link) {
            Some(model) => Delays::Model(Box::new(ModelledDelays::new(model, noise))),
            None => Delays::Setup(Box::new(NoisyDelays {
                setup: setup.links[link].path,
                to_node: noise(0),
                to_grandmaster: noise(1),
            })),
        };
        Self { queueing_mean_ns: 0.0, added_asymmetry_ns: 0.0, delays, queue: noise(2) }
    }

    /// Carries a packet to the node, unless it is lost.
    pub(super) fn carry_to_node(&mut self, now: SimTime, (link, packet): (usize, Packet), queue: &mut Queue) {
        if let Some(delay_ns) = self.next_to_node_ns(now, packet.message()) {
            queue.plan(now.after_ns(delay_ns), Event::Packet { link, packet });
        }
    }

    /// The delay of the next packet to the node; none if it is lost.
    pub(super) fn next_to_node_ns(&mut self, now: SimTime, message: PtpMessage) -> Option<u64> {
        // Drawn for every packet, burst or not, so that a burst leaves the noise after it as it was.
        let queueing_ns = self.queue.exponential() * self.queueing_mean_ns;
        let half_added_ns = self.added_asymmetry_ns / 2.0;
        match &mut self.delays {
            Delays::Setup(delays) => {
                let NoisyDelays { setup, to_node, .. } = delays.as_mut();
                let half_ns = setup.asymmetry_ns / 2.0 + half_added_ns;
                let noise_ns = setup.noise_ns * to_node.normal();
                Some(packet_delay_ns(setup.delay_ns + half_ns + noise_ns + queueing_ns))
            }
            Delays::Model(delays) => {
                let delay_ns = delays.next_to_node_ns(now, message)?;
                Some(packet_delay_ns(delay_ns + half_added_ns + queueing_ns))
            }
        }
    }

    /// The delay of the next Delay_Req; none if it is lost.
    pub(super) fn next_to_grandmaster_ns(&mut self, now: SimTime) -> Option<u64> {
        let half_added_ns = self.added_asymmetry_ns / 2.0;
        match &mut self.delays {
            Delays::Setup(delays) => {
                let NoisyDelays { setup, to_grandmaster, .. } = delays.as_mut();
                let half_ns = setup.asymmetry_ns / 2.0 + half_added_ns;
                let noise_ns = setup.noise_ns * to_grandmaster.normal();
                Some(packet_delay_ns(setup.delay_ns - half_ns + noise_ns))
            }
            Delays::Model(delays) => {
                Some(packet_delay_ns(delays.next_to_grandmaster_ns(now)? - half_added_ns))
            }
        }
    }
}

impl ModelledDelays {
    fn new(model: &PathModel, noise: impl Fn(u8) -> Noise) -> Self {
        Self {
            to_node: Evaluation::new(model.to_node.clone(), noise(4)),
            to_grandmaster: Evaluation::new(model.to_grandmaster.clone(), noise(5)),
            early_stamps_ns: model.early_stamps_ns,
            grandmaster_number: model.grandmaster_number,
            node_number: model.node_number,
        }
    }

    fn next_to_node_ns(&mut self, now: SimTime, message: PtpMessage) -> Option<f64> {
        let (from, to) = (self.grandmaster_number, self.node_number);
        let mut next = |message| received_ns(self.to_node.next(&packet(now, (from, to), message)));
        let delay_ns = next(message);
        // A Sync is of no use without its Follow_Up; its time of arrival is what counts.
        let follow_up_ns = if message == PtpMessage::Sync { next(PtpMessage::FollowUp) } else { delay_ns };
        follow_up_ns?;
        Some(delay_ns? - if message.port() == 319 { self.early_stamps_ns } else { 0.0 })
    }

    fn next_to_grandmaster_ns(&mut self, now: SimTime) -> Option<f64> {
        let ends = (self.node_number, self.grandmaster_number);
        let packet = packet(now, ends, PtpMessage::DelayRequest);
        Some(received_ns(self.to_grandmaster.next(&packet))? - self.early_stamps_ns)
    }
}

/// A delay in seconds as one in nanoseconds; none if it says that the packet is lost.
fn received_ns(delay_s: f64) -> Option<f64> {
    (delay_s > 0.0).then_some(delay_s * 1e9)
}

fn packet(now: SimTime, (from, to): (u32, u32), message: PtpMessage) -> expression::Packet {
    expression::Packet {
        time_s: now.ns as f64 / 1e9,
        from,
        to,
        port: message.port(),
        length: message.length(),
        subnet: 1,
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

#[cfg(test)]
mod tests {
    use super::{Path, PtpMessage};
    use crate::{Expression, PacketVariable, PathModel, Setup, SimTime};

    /// A path whose delay towards the node is that, and 2 us towards the grandmaster.
    fn path(to_node: Expression) -> Path {
        let mut setup = Setup::ordinary_clock();
        let model = PathModel {
            to_node,
            to_grandmaster: Expression::Constant(2e-6),
            early_stamps_ns: 7.0,
            grandmaster_number: 1,
            node_number: 2,
        };
        setup.model.paths.insert(0, model);
        Path::new(&setup, 0)
    }

    #[test]
    fn event_messages_of_a_model_are_stamped_early_and_others_are_not() {
        let mut path = path(Expression::Constant(5e-7));
        let mut to_node_ns = |message| path.next_to_node_ns(SimTime::START, message);
        assert_eq!(to_node_ns(PtpMessage::Sync), Some(493));
        assert_eq!(to_node_ns(PtpMessage::Announce), Some(500));
        assert_eq!(to_node_ns(PtpMessage::DelayResponse), Some(500));
        assert_eq!(path.next_to_grandmaster_ns(SimTime::START), Some(1993));
    }

    #[test]
    fn a_delay_that_is_not_above_zero_loses_the_packet() {
        let mut lost = path(Expression::Constant(0.0));
        assert_eq!(lost.next_to_node_ns(SimTime::START, PtpMessage::Announce), None);
        // The second packet of each pair is lost: it is the Follow_Up of the Sync.
        let every_other = Expression::Pulse { high: 1.0, low: 1.0 };
        let mut path = path(every_other);
        assert_eq!(path.next_to_node_ns(SimTime::START, PtpMessage::Sync), None);
        assert!(path.next_to_node_ns(SimTime::START, PtpMessage::Announce).is_some());
    }

    #[test]
    fn expressions_see_what_is_sent_when_from_where() {
        let seen = |variable, message| {
            let mut path = path(Expression::Variable(variable));
            path.next_to_node_ns(SimTime::from_ms(1500), message).map(|ns| ns as f64 / 1e9)
        };
        assert_eq!(seen(PacketVariable::Time, PtpMessage::Announce), Some(1.5));
        assert_eq!(seen(PacketVariable::Port, PtpMessage::Announce), Some(320.0));
        assert_eq!(seen(PacketVariable::Port, PtpMessage::Sync), Some(318.999_999_993), "early by 7 ns");
        assert_eq!(seen(PacketVariable::Length, PtpMessage::DelayResponse), Some(54.0));
        assert_eq!(seen(PacketVariable::From, PtpMessage::Announce), Some(1.0));
        assert_eq!(seen(PacketVariable::To, PtpMessage::Announce), Some(2.0));
    }
}
