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

#[cfg(test)]
mod tests {
    use super::{Candidate, Contest, Preference};
    use crate::{DataSet, DatasetComparison};
    use ptp_lines::{ClockIdentity, PortIdentity, PortState};

    const RULES: [DatasetComparison; 2] = [DatasetComparison::Telecom, DatasetComparison::Ieee1588];

    fn clock(last: u8) -> ClockIdentity {
        ClockIdentity([0, 0, 0, 0xff, 0xfe, 0, 0, last])
    }

    /// A grandmaster of that identity, heard from itself on port 1 of clock 9.
    fn heard(identity: u8) -> Candidate {
        let receiver = PortIdentity { clock: clock(9), number: 1 };
        let sender = PortIdentity { clock: clock(identity), number: 1 };
        Candidate {
            grandmaster: clock(identity),
            data_set: DataSet::default(),
            local_priority: 128,
            sender,
            receiver,
        }
    }

    /// The own clock, of class 248, as a boundary clock has it.
    fn own() -> Candidate {
        let port = PortIdentity { clock: clock(9), number: 0 };
        let data_set = DataSet { clock_class: 248, clock_accuracy: 0xfe, ..DataSet::default() };
        Candidate { data_set, sender: port, receiver: port, ..heard(9) }
    }

    /// Asserts it in both directions.
    fn assert_first(first: &Candidate, second: &Candidate, rules: DatasetComparison) {
        assert_eq!(first.compare(second, rules), Preference::First, "{rules:?}");
        assert_eq!(second.compare(first, rules), Preference::Second, "{rules:?}");
    }

    #[test]
    fn quality_is_compared_in_the_order_of_the_clauses() {
        // Each is better in one member than the one after it, which is better in every member further down.
        let (of, base) = (|data_set| Candidate { data_set, ..heard(2) }, DataSet::default());
        let ladder = [
            of(DataSet { clock_accuracy: 0xfe, offset_scaled_log_variance: 0xffff, priority2: 255, ..base }),
            of(DataSet { clock_class: 7, offset_scaled_log_variance: 0xffff, priority2: 255, ..base }),
            of(DataSet { clock_class: 7, clock_accuracy: 0x22, priority2: 255, ..base }),
            of(DataSet {
                clock_class: 7,
                clock_accuracy: 0x22,
                offset_scaled_log_variance: 0x4e5e,
                priority2: 127,
                ..base
            }),
            of(DataSet { clock_class: 7, clock_accuracy: 0x22, offset_scaled_log_variance: 0x4e5e, ..base }),
        ];
        for rules in RULES {
            for pair in ladder.windows(2) {
                // Another identity, for only different grandmasters are compared so; and a worse one.
                let first = Candidate { grandmaster: clock(200), ..pair[0] };
                assert_first(&first, &pair[1], rules);
            }
        }
    }

    #[test]
    fn priority1_has_a_say_in_ieee_1588_only() {
        let preferred = Candidate {
            data_set: DataSet { clock_class: 7, priority1: 1, ..DataSet::default() },
            ..heard(3)
        };
        assert_first(&preferred, &heard(2), DatasetComparison::Ieee1588);
        assert_first(&heard(2), &preferred, DatasetComparison::Telecom);
    }

    #[test]
    fn a_local_priority_has_a_say_in_g8275_only_and_after_priority2() {
        let preferred = Candidate { local_priority: 1, ..heard(3) };
        assert_first(&preferred, &heard(2), DatasetComparison::Telecom);
        assert_first(&heard(2), &preferred, DatasetComparison::Ieee1588);
        let worse = Candidate { data_set: DataSet { priority2: 129, ..DataSet::default() }, ..preferred };
        assert_first(&heard(2), &worse, DatasetComparison::Telecom);
    }

    #[test]
    fn of_locked_grandmasters_g8275_takes_the_nearest_and_ieee_1588_the_smallest_identity() {
        let far = Candidate { data_set: DataSet { steps_removed: 3, ..DataSet::default() }, ..heard(2) };
        assert_first(&heard(3), &far, DatasetComparison::Telecom);
        assert_first(&far, &heard(3), DatasetComparison::Ieee1588);
        // From class 128 on the distance says nothing in G.8275.1 either.
        let class = |candidate: Candidate, clock_class| Candidate {
            data_set: DataSet { clock_class, ..candidate.data_set },
            ..candidate
        };
        assert_first(&class(heard(3), 127), &class(far, 127), DatasetComparison::Telecom);
        assert_first(&class(far, 128), &class(heard(3), 128), DatasetComparison::Telecom);
    }

    #[test]
    fn of_two_ways_the_shorter_one_then_the_smaller_sender_then_the_smaller_port_is_taken() {
        let way = |steps_removed, sender: u8, port| Candidate {
            data_set: DataSet { steps_removed, ..DataSet::default() },
            sender: PortIdentity { clock: clock(sender), number: 1 },
            receiver: PortIdentity { clock: clock(9), number: port },
            ..heard(1)
        };
        for rules in RULES {
            let compared = |first: Candidate, second: Candidate| first.compare(&second, rules);
            assert_eq!(compared(way(0, 3, 1), way(2, 2, 1)), Preference::First, "two steps fewer");
            // One step fewer: it depends on whether the receiver of the longer way is before its sender.
            assert_eq!(compared(way(0, 3, 1), way(1, 2, 1)), Preference::FirstByTopology);
            assert_eq!(compared(way(0, 3, 1), way(1, 20, 1)), Preference::First);
            assert_eq!(compared(way(1, 2, 1), way(0, 3, 1)), Preference::SecondByTopology);
            assert_eq!(compared(way(1, 20, 1), way(0, 3, 1)), Preference::Second);
            assert_eq!(compared(way(1, 2, 2), way(1, 3, 1)), Preference::FirstByTopology);
            assert_eq!(compared(way(1, 2, 2), way(1, 2, 1)), Preference::SecondByTopology);
            assert_eq!(compared(way(1, 2, 1), way(1, 2, 1)), Preference::Neither);
        }
    }

    /// What a port in that state becomes for a clock: its own clock, the best on any port, and the best on this one.
    fn recommended(
        state: PortState,
        own: &Candidate,
        (best, port_best, hears_best): (Option<&Candidate>, Option<&Candidate>, bool),
    ) -> Option<PortState> {
        let rules = DatasetComparison::Telecom;
        Contest { own, best, port_best, hears_best, rules }.recommended(state)
    }

    #[test]
    fn ports_become_what_the_state_decision_of_ieee_1588_says() {
        let (own, a, b) = (own(), heard(1), heard(2));
        let b_by_priority = Candidate { data_set: DataSet { priority2: 129, ..DataSet::default() }, ..b };
        let locked = Candidate { data_set: DataSet { clock_class: 6, ..own.data_set }, ..own };
        let master = PortState::Master;
        // Figure 33: M1 and P1 for a clock of class 127 at most, then M2, S1, P2, M3.
        assert_eq!(recommended(master, &locked, (None, None, false)), Some(PortState::GrandMaster));
        assert_eq!(recommended(master, &locked, (Some(&a), Some(&a), true)), Some(PortState::Passive));
        assert_eq!(recommended(master, &own, (None, None, false)), Some(PortState::GrandMaster));
        assert_eq!(recommended(master, &own, (Some(&a), Some(&a), true)), Some(PortState::Slave));
        assert_eq!(recommended(master, &own, (Some(&a), Some(&b), false)), Some(PortState::Passive));
        assert_eq!(
            recommended(master, &own, (Some(&a), Some(&b_by_priority), false)),
            Some(PortState::Master)
        );
        assert_eq!(recommended(master, &own, (Some(&a), None, false)), Some(PortState::Master));
        // A port that has heard nobody goes on listening.
        assert_eq!(recommended(PortState::Listening, &own, (Some(&a), None, false)), None);
    }
}
