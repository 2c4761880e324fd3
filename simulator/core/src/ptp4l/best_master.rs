//! Which of two clocks is the better master, and what a port becomes for it (`bmc.c`, `telecom.c`).

use super::OwnClock;
use crate::network::Announce;
use crate::{DataSet, DatasetComparison};
use ptp_lines::{ClockIdentity, PortIdentity, PortState};
use std::cmp::Ordering;

/// What is compared of a clock: the grandmaster that it offers, and the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) grandmaster: ClockIdentity,
    pub(super) data_set: DataSet,
    pub(super) local_priority: u8,
    pub(super) sender: PortIdentity,
    pub(super) receiver: PortIdentity,
}

/// What comes of comparing a first clock with a second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preference {
    First,
    /// The way to the first is the better one to the same grandmaster, or to one as good.
    FirstByTopology,
    Neither,
    SecondByTopology,
    Second,
}

impl Preference {
    pub(super) fn is_first(self) -> bool {
        [Self::First, Self::FirstByTopology].contains(&self)
    }

    /// Of two numbers the smaller one.
    fn smaller(first: Ordering) -> Self {
        match first {
            Ordering::Less => Self::First,
            Ordering::Equal => Self::Neither,
            Ordering::Greater => Self::Second,
        }
    }
}

impl Candidate {
    /// The node's own clock (`clock_default_ds`).
    pub(super) fn own(clock: &OwnClock) -> Self {
        let port = PortIdentity { clock: clock.identity, number: 0 };
        Self {
            grandmaster: clock.identity,
            data_set: clock.data_set,
            local_priority: clock.local_priority,
            sender: port,
            receiver: port,
        }
    }

    /// A clock that a port hears (`announce_to_dataset`).
    pub(super) fn foreign(
        announce: &Announce,
        sender: PortIdentity,
        receiver: PortIdentity,
        local_priority: u8,
    ) -> Self {
        let data_set = announce.data_set;
        let grandmaster = data_set.grandmaster_identity.unwrap_or(sender.clock);
        Self { grandmaster, data_set, local_priority, sender, receiver }
    }

    /// The better one of two, by the rules that the options name.
    pub(super) fn compare(&self, other: &Self, rules: DatasetComparison) -> Preference {
        match rules {
            DatasetComparison::Telecom => self.compare_telecom(other),
            DatasetComparison::Ieee1588 => self.compare_ieee1588(other),
        }
    }

    /// ITU-T G.8275.1 6.3.7: priority1 has no say, a local priority has, and of several grandmasters that are locked the
    /// nearest is taken.
    fn compare_telecom(&self, other: &Self) -> Preference {
        let order = self.quality().cmp(&other.quality());
        let order = order.then(self.local_priority.cmp(&other.local_priority));
        /// From this class on a clock is not locked to a primary reference.
        const FIRST_UNLOCKED_CLASS: u8 = 128;
        if order != Ordering::Equal {
            return Preference::smaller(order);
        }
        if self.data_set.clock_class < FIRST_UNLOCKED_CLASS || self.grandmaster == other.grandmaster {
            return self.compare_topology(other);
        }
        Preference::smaller(self.grandmaster.cmp(&other.grandmaster))
    }

    /// IEEE 1588-2019 9.3.4, figure 34.
    fn compare_ieee1588(&self, other: &Self) -> Preference {
        if self.grandmaster == other.grandmaster {
            return self.compare_topology(other);
        }
        let order = self.data_set.priority1.cmp(&other.data_set.priority1);
        let order = order.then(self.quality().cmp(&other.quality()));
        Preference::smaller(order.then(self.grandmaster.cmp(&other.grandmaster)))
    }

    /// Class, accuracy, variance and priority2, in the order in which both rules compare them.
    fn quality(&self) -> (u8, u8, u16, u8) {
        let DataSet { clock_class, clock_accuracy, offset_scaled_log_variance, priority2, .. } =
            self.data_set;
        (clock_class, clock_accuracy, offset_scaled_log_variance, priority2)
    }

    /// IEEE 1588-2019 9.3.4, figure 35 (`dscmp2`). A port that hears itself is not compared any further.
    fn compare_topology(&self, other: &Self) -> Preference {
        let (first, second) = (self.data_set.steps_removed, other.data_set.steps_removed);
        if first.abs_diff(second) > 1 {
            return Preference::smaller(first.cmp(&second));
        }
        match first.cmp(&second) {
            Ordering::Less => match other.receiver.cmp(&other.sender) {
                Ordering::Less => Preference::First,
                Ordering::Greater => Preference::FirstByTopology,
                Ordering::Equal => Preference::Neither,
            },
            Ordering::Greater => match self.receiver.cmp(&self.sender) {
                Ordering::Less => Preference::Second,
                Ordering::Greater => Preference::SecondByTopology,
                Ordering::Equal => Preference::Neither,
            },
            Ordering::Equal => {
                let order = self.sender.cmp(&other.sender);
                match order.then(self.receiver.number.cmp(&other.receiver.number)) {
                    Ordering::Less => Preference::FirstByTopology,
                    Ordering::Greater => Preference::SecondByTopology,
                    Ordering::Equal => Preference::Neither,
                }
            }
        }
    }
}

/// What a port is to the choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contest<'a> {
    pub(super) own: &'a Candidate,
    /// The best master on any port.
    pub(super) best: Option<&'a Candidate>,
    /// The best master on this port.
    pub(super) port_best: Option<&'a Candidate>,
    /// Whether the best master is heard on this port.
    pub(super) hears_best: bool,
    pub(super) rules: DatasetComparison,
}

impl Contest<'_> {
    /// What the port is recommended to be; none while it has to listen (`bmc_state_decision`, figure 33).
    pub(super) fn recommended(&self, state: PortState) -> Option<PortState> {
        /// Up to this class a clock never follows another.
        const LAST_GRANDMASTER_CLASS: u8 = 127;
        if self.port_best.is_none() && state == PortState::Listening {
            return None;
        }
        let own_beats = |other: Option<&Candidate>| {
            other.is_none_or(|other| self.own.compare(other, self.rules).is_first())
        };
        if self.own.data_set.clock_class <= LAST_GRANDMASTER_CLASS {
            let is_best = own_beats(self.port_best);
            return Some(if is_best { PortState::GrandMaster } else { PortState::Passive });
        }
        if own_beats(self.best) {
            return Some(PortState::GrandMaster);
        }
        if self.hears_best {
            return Some(PortState::Slave);
        }
        let by_topology = self.best.zip(self.port_best).is_some_and(|(best, port_best)| {
            best.compare(port_best, self.rules) == Preference::FirstByTopology
        });
        Some(if by_topology { PortState::Passive } else { PortState::Master })
    }
}
