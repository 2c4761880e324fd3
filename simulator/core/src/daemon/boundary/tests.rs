//! The states of a telecom boundary clock, transition by transition.

use super::super::dpll_watch::{DpllLine, NO_OFFSET_NS, Reported};
use super::{Boundary, Class, InSync, Trigger};
use crate::{DpllLock, HoldoverSetup, SimTime};

/// The settings of the conformance tests.
const HOLDOVER: HoldoverSetup =
    HoldoverSetup { max_offset_ns: 500, timeout_s: 300, max_in_spec_offset_ns: 100 };
const IN_SYNC: InSync = InSync { threshold_ns: 10, times: 12 };

/// A clock with a leading DPLL and one that follows it, and the seconds that it has lived.
struct Node {
    boundary: Boundary,
    s: u64,
    leading: (Reported, i64),
    follower: Reported,
}

impl Node {
    fn new() -> Self {
        let boundary = Boundary::new(HOLDOVER, IN_SYNC);
        Self { boundary, s: 0, leading: (Reported::Locked, 2), follower: Reported::Locked }
    }

    fn now(&self) -> SimTime {
        SimTime::from_s(self.s)
    }

    fn dpll(&mut self, card: usize, (state, offset_ns): (Reported, i64)) -> Option<Class> {
        let lock = DpllLock::Locked;
        let line = DpllLine { frequency: lock, phase: lock, offset_ns, has_pps: true, state };
        self.boundary.dpll(self.now(), card, line, card == 0);
        self.boundary.judge(self.now(), if card == 0 { Trigger::LeadingDpll } else { Trigger::Other })
    }

    /// One second: the leading DPLL tells once, the other one twice, and ptp4l prints 16 offsets if it follows.
    fn second(&mut self, ptp_ns: Option<i64>) -> Vec<Class> {
        self.s += 1;
        let mut told = Vec::new();
        told.extend(self.dpll(0, self.leading));
        let follower = (self.follower, self.leading.1);
        told.extend(self.dpll(1, follower));
        told.extend(self.dpll(1, follower));
        for offset_ns in ptp_ns.into_iter().flat_map(|offset_ns| [offset_ns; 16]) {
            if self.boundary.offset(offset_ns) {
                told.extend(self.boundary.judge(self.now(), Trigger::Other));
            }
        }
        if self.boundary.second_is_over(self.now()) {
            told.extend(self.boundary.judge(self.now(), Trigger::Other));
        }
        told
    }

    fn seconds(&mut self, count: u64, ptp_ns: Option<i64>) -> Vec<Class> {
        (0..count).flat_map(|_| self.second(ptp_ns)).collect()
    }

    fn lose(&mut self) -> Option<Class> {
        self.boundary.source_lost();
        self.boundary.judge(self.now(), Trigger::Other)
    }

    fn locked() -> Self {
        let mut node = Self::new();
        node.boundary.source_selected();
        assert_eq!(node.seconds(60, Some(1)), [Class::Upstream]);
        assert_eq!(node.boundary.state(), Reported::Locked);
        node
    }
}

#[test]
fn it_locks_after_64_lines_a_full_window_and_twelve_evaluations() {
    let mut node = Node::new();
    node.boundary.source_selected();
    // 64 lines are 4 s, ten seconds fill the window of ptp4l: one evaluation at the end of 14 s, and four in each second
    // after it, of which the twelfth is in the seventeenth.
    let until = |node: &mut Node| (1..100).find(|_| !node.second(Some(1)).is_empty()).unwrap();
    assert_eq!(until(&mut node), 17);
    assert_eq!(node.boundary.offset_ns(node.now()), 2, "the worst: 2 of the leading DPLL, 1 of ptp4l");
}

#[test]
fn it_stays_free_running_while_anything_is_missing() {
    let mut unselected = Node::new();
    assert_eq!(unselected.seconds(60, Some(1)), []);
    let mut noisy = Node::new();
    noisy.boundary.source_selected();
    assert_eq!(noisy.seconds(60, Some(10)), [], "10 ns are not below 10 ns");
    let mut far = Node::new();
    far.boundary.source_selected();
    far.leading.1 = 11;
    assert_eq!(far.seconds(60, Some(1)), []);
    let mut alone = Node::new();
    alone.boundary.source_selected();
    alone.follower = Reported::Freerun;
    assert_eq!(alone.seconds(60, Some(1)), []);
    assert_eq!(alone.boundary.offset_ns(alone.now()), NO_OFFSET_NS);
}

#[test]
fn a_lost_source_is_class_135_and_the_offset_is_that_of_the_dpll() {
    let mut node = Node::locked();
    assert_eq!(node.lose(), Some(Class::Own(135)));
    node.s += 1;
    assert_eq!(node.dpll(0, (Reported::Holdover, 3)), None);
    assert_eq!((node.boundary.state(), node.boundary.offset_ns(node.now())), (Reported::Holdover, 3));
}

#[test]
fn a_leading_dpll_that_is_not_locked_is_a_lost_source() {
    let mut node = Node::locked();
    assert_eq!(node.dpll(0, (Reported::Holdover, 0)), Some(Class::Own(135)));
}

#[test]
fn beyond_its_specification_it_is_class_165_once_and_beyond_the_holdover_248() {
    let mut node = Node::locked();
    assert_eq!(node.lose(), Some(Class::Own(135)));
    for (offset_ns, class) in [
        (100, None),
        (102, Some(Class::Own(165))),
        (103, None),
        // Smaller again is not in specification again.
        (90, None),
        (104, None),
        (500, None),
        (501, Some(Class::Own(248))),
        (502, None),
    ] {
        node.s += 1;
        assert_eq!(node.dpll(0, (Reported::Holdover, offset_ns)), class, "{offset_ns}");
    }
    assert_eq!(
        (node.boundary.state(), node.boundary.offset_ns(node.now())),
        (Reported::Freerun, NO_OFFSET_NS)
    );
}

#[test]
fn a_locked_clock_runs_free_when_an_offset_is_too_large_or_a_follower_fails() {
    let mut node = Node::locked();
    assert_eq!(node.dpll(1, (Reported::Freerun, NO_OFFSET_NS)), Some(Class::Own(248)));
    let mut node = Node::locked();
    assert_eq!(node.dpll(0, (Reported::Locked, -501)), Some(Class::Own(248)));
    let mut node = Node::locked();
    // The mean over ten seconds: (9 + 5,101) / 10 = 511 ns.
    assert_eq!(node.second(Some(5_101)), [Class::Own(248)]);
}

#[test]
fn a_source_that_is_back_soon_is_good_after_64_lines() {
    let mut node = Node::locked();
    node.lose();
    node.leading.0 = Reported::Holdover;
    assert_eq!(node.seconds(4, None), []);
    // Its evaluations have been counted all the time.
    node.leading.0 = Reported::Locked;
    node.boundary.source_selected();
    assert_eq!(node.seconds(3, Some(1)), []);
    assert_eq!(node.second(Some(1)), [Class::Upstream]);
}

#[test]
fn a_source_that_is_back_after_a_long_time_is_counted_anew() {
    let mut node = Node::locked();
    node.lose();
    node.leading = (Reported::Holdover, 60);
    assert_eq!(node.seconds(30, None), []);
    node.leading = (Reported::Locked, 2);
    node.boundary.source_selected();
    // The window of the DPLLs is small when 9 of its 10 values are new, (60 + 9 * 2) / 10 = 7 ns: at the end of the third
    // second. Then follow three evaluations and one for the 64th line, four with the second of ptp4l, and three more.
    let back_s = (1..60).find(|_| !node.second(Some(1)).is_empty()).unwrap();
    assert_eq!(back_s, 6);
}
