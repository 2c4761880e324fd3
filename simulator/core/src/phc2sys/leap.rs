//! What phc2sys does about leap seconds (`clock_handle_leap`, `leap_second_status`, `sysclk_set_leap`).

use crate::time::NS_PER_S;
use crate::{Leap, SimTime};

const DAY_S: u64 = 86_400;
/// A flag that comes before is for this midnight; one that stays after midnight is late (`leap_second_status`).
const LATE_UNTIL_S: u64 = 6 * 3600;
/// The clock update is suspended while the clock shows this second of the day.
const LAST_SECOND: u64 = DAY_S - 1;

/// Whether the clock may be steered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspension {
    Suspended,
    Steered,
}

/// Follows the leap seconds of the clock of the operating system, which the kernel carries out.
#[derive(Debug)]
pub(super) struct LeapWatch {
    unix_start_s: u64,
    /// What phc2sys has told the kernel.
    set: Leap,
    /// What the kernel has yet to carry out, and at which UNIX time.
    due: Option<(Leap, u64)>,
    /// Seconds that the kernel has inserted, less those that it has left out.
    leapt_s: i64,
}

impl LeapWatch {
    pub(super) fn new(unix_start_s: u64) -> Self {
        Self { unix_start_s, set: Leap::None, due: None, leapt_s: 0 }
    }

    /// Looks at the clock, while ptp4l announces this; returns a line to print, too.
    pub(super) fn look(&mut self, now: SimTime, node: Leap) -> (Suspension, Option<&'static str>) {
        self.leap(now);
        if node == Leap::None && self.set == Leap::None {
            return (Suspension::Steered, None);
        }
        let second = self.unix_s(now) % DAY_S;
        if second == LAST_SECOND {
            return (Suspension::Suspended, Some("clock update suspended due to leap second"));
        }
        let wanted = match self.set {
            _ if second <= LATE_UNTIL_S => Leap::None,
            Leap::None => node,
            // It stays set until midnight, even if ptp4l announces nothing any more.
            Leap::Insert | Leap::Delete => self.set,
        };
        let news = if wanted == self.set { None } else { self.set_leap(wanted, now) };
        (Suspension::Steered, news)
    }

    fn set_leap(&mut self, leap: Leap, now: SimTime) -> Option<&'static str> {
        let unix_s = self.unix_s(now);
        self.set = leap;
        self.due = match leap {
            Leap::None => None,
            Leap::Insert | Leap::Delete => Some((leap, unix_s - unix_s % DAY_S + DAY_S)),
        };
        match leap {
            Leap::None => None,
            Leap::Insert => Some("clock set to insert leap second at midnight (UTC)"),
            Leap::Delete => Some("clock set to delete leap second at midnight (UTC)"),
        }
    }

    /// The kernel plays the last second of the day twice, or leaves it out.
    fn leap(&mut self, now: SimTime) {
        let Some((leap, midnight_s)) = self.due else { return };
        let leapt_s = match leap {
            Leap::None => return,
            Leap::Insert if self.unix_s(now) >= midnight_s => 1,
            Leap::Delete if self.unix_s(now) + 1 >= midnight_s => -1,
            Leap::Insert | Leap::Delete => return,
        };
        self.leapt_s += leapt_s;
        self.due = None;
    }

    /// What the clock shows.
    fn unix_s(&self, now: SimTime) -> u64 {
        let unleapt_s = self.unix_start_s.saturating_add(now.ns / NS_PER_S);
        unleapt_s.saturating_add_signed(self.leapt_s.saturating_neg())
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_S, LeapWatch, Suspension};
    use crate::{Leap, SimTime};

    /// A watch that begins a minute before midnight, and how often it is suspended in two minutes at once per second.
    fn suspended_s(leap: Leap) -> Vec<u64> {
        let mut watch = LeapWatch::new(20_000 * DAY_S - 60);
        let looks = (0..120).map(|s| (s, watch.look(SimTime::from_s(s), leap).0));
        looks.filter(|(_, suspension)| *suspension == Suspension::Suspended).map(|(s, _)| s).collect()
    }

    #[test]
    fn the_last_second_is_played_twice_or_not_at_all() {
        assert_eq!(suspended_s(Leap::Insert), [59, 60]);
        assert_eq!(suspended_s(Leap::Delete), [0; 0]);
        assert_eq!(suspended_s(Leap::None), [0; 0]);
    }

    #[test]
    fn a_flag_that_is_late_sets_nothing() {
        let mut watch = LeapWatch::new(20_000 * DAY_S + 3_600);
        assert_eq!(watch.look(SimTime::START, Leap::Insert), (Suspension::Steered, None));
        // Noon is after six in the morning.
        let (_, news) = watch.look(SimTime::from_s(11 * 3_600), Leap::Insert);
        assert_eq!(news, Some("clock set to insert leap second at midnight (UTC)"));
    }
}
