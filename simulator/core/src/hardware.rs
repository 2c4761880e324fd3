//! The hardware of the node: cards with their clocks, and the clock of the operating system.

use crate::dpll::{Dpll, DpllInput};
use crate::gnss::Gnss;
use crate::noise::{Noise, Stream, whole_ns};
use crate::oscillator::Clock;
use crate::queue::Queue;
use crate::{CardSetup, DpllSource, OscillatorSetup, Setup, SimTime, StampSetup};

/// Everything that can be read, steered and stepped.
#[derive(Debug)]
pub(crate) struct Hardware {
    pub(crate) cards: Vec<Card>,
    pub(crate) os_clock: Clock,
}

/// A network card.
#[derive(Debug)]
pub(crate) struct Card {
    /// Its interfaces, and whether their links are up.
    interfaces: Vec<(String, LinkState)>,
    pub(crate) ptp_device: u32,
    pub(crate) phc: Clock,
    stamps: StampSetup,
    stamp_noise: Noise,
    pub(crate) dpll: Option<Dpll>,
    pub(crate) gnss: Option<Gnss>,
}

/// Whether packets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    Up,
    Down,
}

impl Hardware {
    pub(crate) fn new(setup: &Setup, queue: &mut Queue) -> Self {
        let cards =
            setup.cards.iter().enumerate().map(|(index, card)| Card::new(index, card, setup.seed, queue));
        let mut cards: Vec<Card> = cards.collect();
        for (card, model) in &setup.model.hardware_clocks {
            if let Some(Card { phc, .. }) = cards.get_mut(*card) {
                *phc = Clock::modelled(model, setup.seed, Stream::phc_model(*card));
            }
        }
        let os_clock = match &setup.model.os_clock {
            Some(model) => Clock::modelled(model, setup.seed, Stream::OS_CLOCK_MODEL),
            None => Clock::new(setup.os_clock, setup.seed, Stream::OS_CLOCK),
        };
        Self { cards, os_clock }
    }

    /// The card with this interface.
    pub(crate) fn card_of(&mut self, interface: &str) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.has(interface))
    }

    /// The place of the card with this interface.
    pub(crate) fn card_index(&self, interface: &str) -> Option<usize> {
        self.cards.iter().position(|card| card.has(interface))
    }

    /// The interface at this place among those of all cards.
    pub(crate) fn interface(&self, index: usize) -> Option<&str> {
        self.cards.iter().flat_map(|card| &card.interfaces).nth(index).map(|(name, _)| name.as_str())
    }

    /// Lets packets pass an interface, or no longer; returns its place among those of all cards.
    pub(crate) fn set_link(&mut self, interface: &str, state: LinkState) -> Option<usize> {
        let mut interfaces = self.cards.iter_mut().flat_map(|card| &mut card.interfaces).enumerate();
        let (index, (_, link)) = interfaces.find(|(_, (name, _))| name == interface)?;
        *link = state;
        Some(index)
    }

    /// Whether packets pass this interface; not if there is none of this name.
    pub(crate) fn is_up(&self, interface: &str) -> bool {
        let link = self.cards.iter().flat_map(|card| &card.interfaces).find(|(name, _)| name == interface);
        link.is_some_and(|(_, state)| *state == LinkState::Up)
    }
}

/// What runs on the pulses of the node.
impl Hardware {
    /// Something for a DPLL.
    pub(crate) fn handle_dpll(&mut self, now: SimTime, card: usize, input: DpllInput, queue: &mut Queue) {
        let Some(source) = self.cards.get(card).and_then(|card| card.dpll.as_ref()).map(Dpll::source) else {
            return;
        };
        let pulse_ns = self.pulses_of(now, card, source);
        let Some(Card { dpll: Some(dpll), phc, .. }) = self.cards.get_mut(card) else { return };
        dpll.handle(now, input, (pulse_ns, phc), queue);
    }

    /// Error of the pulses that come to a DPLL, if they come.
    fn pulses_of(&mut self, now: SimTime, card: usize, source: DpllSource) -> Option<f64> {
        match source {
            DpllSource::Gnss => self.cards.get(card)?.gnss.as_ref()?.pulse_error_ns(),
            DpllSource::HardwareClock => Some(self.cards.get_mut(card)?.phc.error_ns(now)),
            DpllSource::Card(leader) if leader != card => {
                Some(self.cards.get_mut(leader)?.phc.output_ns(now))
            }
            DpllSource::Card(_) | DpllSource::Synce => None,
        }
    }

    /// Error of the edge of this second at the time stamp input of a card: that of its DPLL's output, or of the GNSS
    /// receiver on it, or else of `leader`, the card that the cable of the others comes from. `None` without an edge.
    pub(crate) fn edge_ns(&mut self, now: SimTime, card: usize, leader: usize) -> Option<f64> {
        let Card { dpll, gnss, phc, .. } = self.cards.get_mut(card)?;
        match (dpll, gnss) {
            (Some(_), Some(gnss)) if !gnss.is_pps_connected() => None,
            (Some(_), _) => Some(phc.output_ns(now)),
            (None, Some(gnss)) => gnss.pulse_error_ns(),
            (None, None) if card != leader => self.edge_ns(now, leader, leader),
            (None, None) => None,
        }
    }

    /// Whether that edge comes from a source that is there: GNSS in the end, or a clock that somebody else steers.
    pub(crate) fn is_edge_traceable(&self, card: usize, leader: usize) -> bool {
        let Some(Card { dpll, gnss, .. }) = self.cards.get(card) else { return false };
        match (dpll.as_ref(), gnss.as_ref()) {
            (Some(dpll), gnss) => {
                dpll.follows()
                    && match dpll.source() {
                        DpllSource::Gnss => gnss.is_some_and(|gnss| gnss.pulse_error_ns().is_some()),
                        DpllSource::Card(source) if source != card => self.is_edge_traceable(source, source),
                        DpllSource::HardwareClock => true,
                        DpllSource::Card(_) | DpllSource::Synce => false,
                    }
            }
            (None, Some(gnss)) => gnss.pulse_error_ns().is_some(),
            (None, None) => card != leader && self.is_edge_traceable(leader, leader),
        }
    }

    /// Makes all of it warmer.
    pub(crate) fn warm(&mut self, now: SimTime, by_k: f64) {
        self.cards.iter_mut().for_each(|card| card.phc.warm(now, by_k));
        self.os_clock.warm(now, by_k);
    }
}

impl Card {
    fn new(index: usize, setup: &CardSetup, seed: u64, queue: &mut Queue) -> Self {
        Self {
            interfaces: setup.interfaces.iter().map(|name| (name.clone(), LinkState::Up)).collect(),
            ptp_device: setup.ptp_device,
            phc: clock(index, setup, seed).in_steps_of(setup.frequency_step_ppb),
            stamps: setup.stamps,
            stamp_noise: Noise::new(seed, Stream::stamps(index)),
            dpll: setup.dpll.map(|dpll| Dpll::new(dpll, index, seed, queue)),
            gnss: setup.gnss.map(|gnss| Gnss::new(gnss, index, seed, queue)),
        }
    }

    pub(crate) fn has(&self, interface: &str) -> bool {
        self.interfaces.iter().any(|(name, _)| name == interface)
    }

    /// A time stamp of its hardware clock, in nanoseconds since the start.
    pub(crate) fn stamp_ns(&mut self, now: SimTime) -> i64 {
        let noise_ns = self.stamp_noise_ns();
        let read_ns = self.phc.read_ns(now);
        self.granular(read_ns.saturating_add(whole_ns(noise_ns)))
    }

    /// A time stamp of an edge that is due now but for its error: an edge of a clock that is ahead comes early.
    pub(crate) fn stamp_edge_ns(&mut self, now: SimTime, edge_error_ns: f64) -> i64 {
        let error_ns = self.phc.error_ns(now) - edge_error_ns + self.stamp_noise_ns();
        self.granular(i64::try_from(now.ns).unwrap_or(i64::MAX).saturating_add(whole_ns(error_ns)))
    }

    fn stamp_noise_ns(&mut self) -> f64 {
        if self.stamps.noise_ns > 0.0 { self.stamps.noise_ns * self.stamp_noise.normal() } else { 0.0 }
    }

    fn granular(&self, stamp_ns: i64) -> i64 {
        let granularity_ns = i64::from(self.stamps.granularity_ns.max(1));
        stamp_ns.div_euclid(granularity_ns).saturating_mul(granularity_ns)
    }
}

/// The hardware clock of a card: on its own oscillator, or on that of its DPLL.
fn clock(index: usize, setup: &CardSetup, seed: u64) -> Clock {
    match setup.dpll {
        None => Clock::new(setup.phc, seed, Stream::phc(index)),
        Some(dpll) => {
            let initial_error_ns = setup.phc.initial_error_ns;
            let oscillator = OscillatorSetup { initial_error_ns, ..dpll.oscillator };
            Clock::new(oscillator, seed, Stream::dpll(index, 0)).on(Dpll::drive(dpll))
        }
    }
}
