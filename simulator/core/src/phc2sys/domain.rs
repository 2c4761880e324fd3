//! One ptp4l as phc2sys sees it: `struct domain` of `phc2sys.c`, and `pmc_agent.c`.

use super::steered::Steered;
use crate::hardware::Hardware;
use crate::process::Slot;
use crate::ptp4l::Ptp4l;
use crate::time::NS_PER_S;
use crate::{Leap, Ptp4lSetup, SimTime};
use ptp_lines::{ClockIdentity, PortIdentity, PortState};

/// Between two questions to ptp4l, each of which renews the subscription (`PMC_UPDATE_INTERVAL`).
const QUERY_INTERVAL_NS: u64 = 10 * NS_PER_S;
/// A ptp4l that has not answered for this long is lost.
const LOST_AFTER_NS: u64 = 30 * NS_PER_S;

/// A port state as phc2sys tells them apart (`port_state_normalize`). The greater one decides about a clock with several
/// ports (`clock_compute_state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PortRole {
    /// The port's clock is nobody's source, and no port serves with it.
    Disabled,
    /// The port is about to serve.
    PreMaster,
    /// The port serves.
    Master,
    /// The port's clock may become the source.
    Uncalibrated,
    /// The port's clock is the source.
    Slave,
}

impl PortRole {
    pub(super) fn of(state: PortState) -> Self {
        match state {
            PortState::Uncalibrated => Self::Uncalibrated,
            PortState::Slave => Self::Slave,
            PortState::Master => Self::Master,
            PortState::PreMaster => Self::PreMaster,
            PortState::Initializing
            | PortState::Faulty
            | PortState::Disabled
            | PortState::Listening
            | PortState::Passive
            | PortState::GrandMaster => Self::Disabled,
        }
    }
}

/// The clock of an interface. Interfaces of one card have a clock each here, and share the real one.
#[derive(Debug)]
pub(super) struct PortClock {
    pub(super) interface: String,
    pub(super) card: usize,
    pub(super) role: PortRole,
    /// Its role from the next choice on.
    pub(super) new_role: Option<PortRole>,
    /// Once it has been steered.
    pub(super) steered: Option<Steered>,
}

/// A port, whose number is its place and 1.
#[derive(Clone, Copy, Debug)]
struct Port {
    role: PortRole,
    /// By its place among the clocks.
    clock: usize,
}

/// Whether ptp4l is there.
#[derive(Clone, Copy, Debug)]
enum Subscription {
    /// Nobody answers.
    None,
    /// This life of ptp4l has been subscribed to, and has answered last at that time.
    To { life: u32, heard: SimTime },
}

/// What came of a look at ptp4l.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing new.
    Quiet,
    /// ptp4l has gone.
    Lost,
}

/// A ptp4l and its clocks.
#[derive(Debug)]
pub(super) struct Domain {
    /// By the place of its profile.
    pub(super) profile: usize,
    identity: ClockIdentity,
    /// In the order in which they are looked at: that of the ports, backwards.
    pub(super) clocks: Vec<PortClock>,
    ports: Vec<Port>,
    /// Clocks to steer, by their place; the last one selected comes first.
    pub(super) sinks: Vec<usize>,
    /// The source: the place of a domain, and of a clock in it.
    pub(super) source: Option<(usize, usize)>,
    pub(super) has_changed: bool,
    pub(super) leap: Leap,
    subscription: Subscription,
    next_query: SimTime,
    /// Port states that ptp4l has sent and no tick has read.
    unread: Vec<(u16, PortRole)>,
}

impl Domain {
    pub(super) fn new(profile: usize, setup: &Ptp4lSetup, hardware: &Hardware) -> Self {
        let interfaces = setup.ports.iter().map(|port| &port.interface);
        let clocks: Vec<PortClock> = interfaces
            .filter_map(|interface| {
                let card = hardware.card_index(interface)?;
                let clock = PortClock {
                    interface: interface.clone(),
                    card,
                    role: PortRole::Disabled,
                    new_role: None,
                    steered: None,
                };
                Some(clock)
            })
            .rev()
            .collect();
        let ports = setup.ports.iter().filter_map(|port| {
            let clock = clocks.iter().position(|clock| clock.interface == port.interface)?;
            Some(Port { role: PortRole::Disabled, clock })
        });
        Self {
            profile,
            identity: setup.clock_identity,
            ports: ports.collect(),
            clocks,
            sinks: Vec::new(),
            source: None,
            has_changed: true,
            leap: Leap::None,
            subscription: Subscription::None,
            next_query: SimTime::START,
            unread: Vec::new(),
        }
    }

    /// It begins with the states that the ports have now, without a word about them.
    pub(super) fn begin(&mut self, now: SimTime, slot: &Slot<Ptp4l>) {
        self.query(now, slot);
        for (number, role) in std::mem::take(&mut self.unread) {
            self.set_role(number, role);
        }
        for index in 0..self.clocks.len() {
            self.clocks[index].new_role = Some(self.role_of(index));
        }
        self.has_changed = true;
    }

    pub(super) fn is_subscribed(&self) -> bool {
        match self.subscription {
            Subscription::None => false,
            Subscription::To { .. } => true,
        }
    }

    /// A notification, from that life of ptp4l.
    pub(super) fn notified(&mut self, from: u32, port: u16, state: PortState) {
        match self.subscription {
            Subscription::To { life, .. } if life == from => self.unread.push((port, PortRole::of(state))),
            Subscription::None | Subscription::To { .. } => {}
        }
    }

    /// Asks ptp4l, if it is time.
    pub(super) fn look(&mut self, now: SimTime, slot: &Slot<Ptp4l>) -> Look {
        if now >= self.next_query {
            self.query(now, slot);
        }
        match self.subscription {
            Subscription::To { heard, .. } if now.since(heard) > LOST_AFTER_NS => {
                self.subscription = Subscription::None;
                self.has_changed = true;
                Look::Lost
            }
            Subscription::None | Subscription::To { .. } => Look::Quiet,
        }
    }

    fn query(&mut self, now: SimTime, slot: &Slot<Ptp4l>) {
        self.next_query = now.after_ns(QUERY_INTERVAL_NS);
        let Some(ptp4l) = slot.running() else { return };
        let known = match self.subscription {
            Subscription::None => None,
            Subscription::To { life, .. } => Some(life),
        };
        self.leap = ptp4l.leap();
        self.subscription = Subscription::To { life: slot.lives(), heard: now };
        if known != Some(slot.lives()) {
            self.has_changed |= known.is_none();
            let states = ptp4l.port_states();
            self.unread = states.into_iter().map(|(port, state)| (port, PortRole::of(state))).collect();
        }
    }

    /// The ports whose states have changed since the last tick.
    pub(super) fn read_changes(&mut self) -> Vec<PortIdentity> {
        let unread = std::mem::take(&mut self.unread);
        let changed = unread.into_iter().filter(|(number, role)| self.set_role(*number, *role));
        let changed: Vec<u16> = changed.map(|(number, _)| number).collect();
        changed.into_iter().map(|number| PortIdentity { clock: self.identity, number }).collect()
    }

    /// Returns whether the port had another role.
    fn set_role(&mut self, number: u16, role: PortRole) -> bool {
        let Some(port) = usize::from(number).checked_sub(1).and_then(|index| self.ports.get_mut(index))
        else {
            return false;
        };
        if port.role == role {
            return false;
        }
        port.role = role;
        let index = port.clock;
        let role = self.role_of(index);
        let clock = &mut self.clocks[index];
        if clock.role != role || clock.new_role.is_some() {
            clock.new_role = Some(role);
            self.has_changed = true;
        }
        true
    }

    fn role_of(&self, clock: usize) -> PortRole {
        let ports = self.ports.iter().filter(|port| port.clock == clock);
        ports.map(|port| port.role).max().unwrap_or(PortRole::Disabled)
    }
}
