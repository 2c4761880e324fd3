//! The hardware of the node: cards with their clocks, and the clock of the operating system.

use crate::dpll::Dpll;
use crate::gnss::Gnss;
use crate::noise::{Noise, Stream};
use crate::oscillator::Clock;
use crate::queue::Queue;
use crate::{CardSetup, Setup, SimTime, StampSetup};

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

impl Card {
    fn new(index: usize, setup: &CardSetup, seed: u64, queue: &mut Queue) -> Self {
        Self {
            interfaces: setup.interfaces.iter().map(|name| (name.clone(), LinkState::Up)).collect(),
            ptp_device: setup.ptp_device,
            phc: Clock::new(setup.phc, seed, Stream::phc(index)),
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
        let noise_ns = if self.stamps.noise_ns > 0.0 {
            crate::noise::whole_ns(self.stamps.noise_ns * self.stamp_noise.normal())
        } else {
            0
        };
        let granularity_ns = i64::from(self.stamps.granularity_ns.max(1));
        let stamp_ns = self.phc.read_ns(now).saturating_add(noise_ns);
        stamp_ns.div_euclid(granularity_ns).saturating_mul(granularity_ns)
    }
}
