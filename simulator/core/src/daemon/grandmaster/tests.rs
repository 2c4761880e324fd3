//! The table of a telecom grandmaster, row by row, and what is said again.

use super::super::dpll_watch::Reported::{self, Freerun, Holdover, Locked};
use super::{Cause, Grandmaster, GrandmasterClass as Class, Judgement};

const CARD: &str = "ens7f0";

/// The receiver: its state, and whether its source is lost.
#[derive(Clone, Copy, Debug)]
enum Gnss {
    Locked,
    Lost,
    Bad,
}

/// What a row leads to: a state and a class, each absent where it stays as it was.
type Outcome = (Option<Reported>, Option<Class>);

fn tell(
    grandmaster: &mut Grandmaster,
    (dpll, gnss, ts2phc): (Option<Reported>, Gnss, Reported),
) -> Judgement {
    if let Some(dpll) = dpll {
        grandmaster.dpll(0, dpll, true);
    }
    match gnss {
        Gnss::Locked => grandmaster.gnss(Locked, false),
        Gnss::Lost => grandmaster.gnss(Freerun, true),
        Gnss::Bad => grandmaster.gnss(Freerun, false),
    }
    grandmaster.ts2phc(CARD, ts2phc);
    grandmaster.judge(Cause::Ts2phc, true)
}

/// `GM` and its class in `event.go`: worst DPLL, receiver, ts2phc; state and class.
const TABLE: &[(Option<Reported>, Gnss, Reported, Outcome)] = &[
    (Some(Freerun), Gnss::Locked, Locked, (Some(Freerun), Some(Class::Freerun))),
    (Some(Freerun), Gnss::Lost, Holdover, (Some(Freerun), Some(Class::Freerun))),
    (Some(Holdover), Gnss::Locked, Locked, (Some(Holdover), Some(Class::Holdover))),
    (Some(Holdover), Gnss::Lost, Freerun, (Some(Holdover), Some(Class::Holdover))),
    (Some(Locked), Gnss::Locked, Locked, (Some(Locked), Some(Class::Locked))),
    (None, Gnss::Locked, Locked, (Some(Locked), Some(Class::Locked))),
    (Some(Locked), Gnss::Locked, Freerun, (Some(Freerun), Some(Class::Freerun))),
    (None, Gnss::Locked, Freerun, (Some(Freerun), Some(Class::Freerun))),
    (Some(Locked), Gnss::Locked, Holdover, (Some(Holdover), Some(Class::Holdover))),
    (Some(Locked), Gnss::Lost, Locked, (None, None)),
    (None, Gnss::Lost, Locked, (None, None)),
    (Some(Locked), Gnss::Lost, Freerun, (Some(Freerun), None)),
    (Some(Locked), Gnss::Lost, Holdover, (Some(Holdover), Some(Class::Holdover))),
    (Some(Locked), Gnss::Bad, Freerun, (Some(Freerun), Some(Class::Freerun))),
    (Some(Locked), Gnss::Bad, Locked, (Some(Freerun), Some(Class::Freerun))),
    (Some(Locked), Gnss::Bad, Holdover, (None, None)),
];

#[test]
fn every_row_of_the_table_leads_to_its_state_and_class() {
    // From each state before it, so that what stays can be told from what is set.
    let before = [
        ((Some(Locked), Gnss::Locked, Locked), Locked, Class::Locked),
        ((Some(Holdover), Gnss::Locked, Locked), Holdover, Class::Holdover),
        ((Some(Freerun), Gnss::Locked, Locked), Freerun, Class::Freerun),
    ];
    for (inputs, old_state, old_class) in before {
        for (dpll, gnss, ts2phc, (state, class)) in TABLE {
            let mut grandmaster = Grandmaster::default();
            tell(&mut grandmaster, inputs);
            if dpll.is_none() {
                grandmaster.dplls.clear();
            }
            let judgement = tell(&mut grandmaster, (*dpll, *gnss, *ts2phc));
            let row = format!("{dpll:?} {gnss:?} {ts2phc:?} after {old_state:?}");
            assert_eq!(judgement.state, Some(state.unwrap_or(old_state)), "{row}");
            let told = class.filter(|class| *class != old_class);
            assert_eq!(judgement.class.map(|(class, _)| class), told, "{row}");
        }
    }
}

#[test]
fn nothing_is_said_before_the_receiver_is_known() {
    let mut grandmaster = Grandmaster::default();
    grandmaster.dpll(0, Locked, true);
    grandmaster.ts2phc(CARD, Locked);
    assert_eq!(grandmaster.judge(Cause::Ts2phc, true), Judgement::default());
}

#[test]
fn the_worst_dpll_counts_and_beside_a_locked_leader_any_other_state_is_running_free() {
    // Leader, follower, node. `UpdateState` of `stats.go`: s0 is worse than s1, and s1 than s2, whoever leads; then
    // `hasNonLeadingDPLLFault` of `event.go`, which looks at a follower only beside a leader in s2.
    for (leader, follower, expected) in [
        (Some(Locked), Locked, Locked),
        (Some(Locked), Holdover, Freerun),
        (Some(Locked), Freerun, Freerun),
        (Some(Holdover), Locked, Holdover),
        (Some(Holdover), Holdover, Holdover),
        (Some(Holdover), Freerun, Freerun),
        (Some(Freerun), Locked, Freerun),
        (Some(Freerun), Holdover, Freerun),
        (None, Locked, Locked),
        (None, Holdover, Holdover),
        (None, Freerun, Freerun),
    ] {
        let mut grandmaster = Grandmaster::default();
        grandmaster.dpll(1, follower, false);
        let state = tell(&mut grandmaster, (leader, Gnss::Locked, Locked)).state;
        assert_eq!(state, Some(expected), "leader {leader:?}, follower {follower:?}");
    }
}

#[test]
fn the_worst_interface_of_ts2phc_counts() {
    let mut grandmaster = Grandmaster::default();
    grandmaster.ts2phc("ens8f0", Holdover);
    assert_eq!(tell(&mut grandmaster, (Some(Locked), Gnss::Locked, Locked)).state, Some(Holdover));
}

#[test]
fn two_invalid_sources_without_an_offset_between_them_make_ts2phc_run_free() {
    let mut grandmaster = Grandmaster::default();
    tell(&mut grandmaster, (Some(Locked), Gnss::Locked, Locked));
    grandmaster.source_not_valid();
    assert_eq!(grandmaster.judge(Cause::Gnss, true).state, Some(Locked));
    grandmaster.ts2phc(CARD, Locked);
    grandmaster.source_not_valid();
    assert_eq!(grandmaster.judge(Cause::Gnss, true).state, Some(Locked), "an offset came between");
    grandmaster.source_not_valid();
    let judgement = grandmaster.judge(Cause::Gnss, true);
    assert_eq!((judgement.state, judgement.class), (Some(Freerun), Some((Class::Freerun, 0xfe))));
}

#[test]
fn a_class_that_ptp4l_could_not_be_told_is_tried_again() {
    let mut grandmaster = Grandmaster::default();
    grandmaster.gnss(Locked, false);
    grandmaster.ts2phc(CARD, Locked);
    assert_eq!(grandmaster.judge(Cause::Ts2phc, false).class, None);
    assert_eq!(grandmaster.judge(Cause::Gnss, true).class, Some((Class::Locked, 0x21)));
    assert_eq!(grandmaster.judge(Cause::Gnss, true).class, None);
}

/// How often class 7 is told again by a DPLL in holdover with that offset.
fn is_repeated(first: Cause, offset_ns: i64) -> bool {
    let mut grandmaster = Grandmaster::default();
    tell(&mut grandmaster, (Some(Locked), Gnss::Locked, Locked));
    match first {
        Cause::Dpll { .. } => grandmaster.dpll(0, Holdover, true),
        Cause::Gnss | Cause::Ts2phc => grandmaster.ts2phc(CARD, Holdover),
    }
    assert!(grandmaster.judge(first, true).class.is_some());
    grandmaster.dpll(0, Holdover, true);
    assert_eq!(grandmaster.judge(Cause::Gnss, true).class, None, "only with an event of a DPLL");
    grandmaster.judge(Cause::Dpll { offset_ns }, true).class.is_some()
}

#[test]
fn class_7_is_told_again_while_the_accuracy_differs_from_the_one_at_its_start() {
    // Up to 25 ns is 0x20, up to 100 ns 0x21, up to 250 ns 0x22: IEEE 1588-2019 table 5. A DPLL begins at 0 ns.
    let dpll = Cause::Dpll { offset_ns: 0 };
    assert_eq!([0, 25, 26, 101].map(|offset_ns| is_repeated(dpll, offset_ns)), [false, false, true, true]);
    // ts2phc sets 0x21.
    let by_ts2phc = [0, 25, 26, 100, 101].map(|offset_ns| is_repeated(Cause::Ts2phc, offset_ns));
    assert_eq!(by_ts2phc, [true, true, false, false, true]);
}

#[test]
fn the_end_of_ts2phc_makes_everything_unknown() {
    let mut grandmaster = Grandmaster::default();
    tell(&mut grandmaster, (Some(Locked), Gnss::Locked, Locked));
    grandmaster.reset();
    assert_eq!(grandmaster.state(), None);
    // The same class is told once more.
    let judgement = tell(&mut grandmaster, (Some(Locked), Gnss::Locked, Locked));
    assert_eq!(judgement.class, Some((Class::Locked, 0x21)));
}
