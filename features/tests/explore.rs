//! Campaigns: what they find, what they leave alone, and what is left of a case that fails.
//!
//! Each faulty proxy here does one thing wrong, and the invariant with that name must say so.

#[path = "explore/faulty.rs"]
mod faulty;

use faulty::{Fault, Faulty};
use proxy_core::SyncState;
use ptp_lab::explore::{
    Birth, Campaign, Case, Conduct, CoreProxy, Failure, Maker, Proxy, Restart, Story, Subscriber, draft,
    draw, explore, first_seed, play, shrink,
};
use ptp_scenario::{DraftThresholds, Topology};
use sim_core::{Action, SimTime};

/// Seeds that every test run tries; the gate tries others with each commit.
const SEEDS: std::ops::Range<u64> = 0..8;

fn real(birth: Birth) -> Box<dyn Proxy> {
    Box::new(CoreProxy::start(birth))
}

/// A quiet ordinary clock that loses its grandmaster from 60 s to 80 s, with a holdover of 5 s, and a proxy that is
/// killed in between.
fn plain() -> Case {
    let topology = Topology::OrdinaryClock;
    let mut setup = topology.setup();
    setup.duration_s = 130;
    setup.links[0].path.noise_ns = 3.0;
    setup.cards[0].phc.frequency_ppb = 500.0;
    setup.timeline = vec![
        (SimTime::from_s(20), Action::GrandmasterClockClass { grandmaster: 0, class: 7 }),
        (SimTime::from_s(30), Action::OsClockStep { by_ns: 700_000 }),
        (SimTime::from_s(60), Action::GrandmasterSilent { grandmaster: 0 }),
        (SimTime::from_s(80), Action::GrandmasterSpeaks { grandmaster: 0 }),
        (SimTime::from_s(100), Action::GrandmasterClockClass { grandmaster: 0, class: 6 }),
    ];
    let address = "/././sync".to_owned();
    let subscriber = |conduct| Subscriber { addresses: vec![address.clone()], conduct };
    let mut case = Case {
        seed: 1,
        topology,
        setup,
        thresholds: DraftThresholds { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_s: 5 },
        subscribers: vec![
            subscriber(Conduct::Prompt),
            subscriber(Conduct::Slow { answers_after_ns: 40_000_000 }),
        ],
        restarts: Vec::new(),
    };
    let lines = Story::of(&case).lines;
    let line_at = |s: u64| lines.partition_point(|(at_ns, _)| *at_ns < s * 1_000_000_000);
    // In LOCKED, and at the end with nothing left to say again.
    case.restarts =
        vec![Restart { line: line_at(45), down_ns: 0 }, Restart { line: line_at(120), down_ns: 0 }];
    case
}

/// The invariant that a proxy with this fault violates first.
fn found(fault: Fault) -> Option<&'static str> {
    let maker: Maker<'_> = &|birth| Box::new(Faulty::start(fault, birth));
    plain().tried(false, maker).violation.map(|violation| violation.invariant)
}

#[test]
fn the_real_core_keeps_every_invariant_in_the_plain_case() {
    let tried = plain().tried(true, &real);
    assert_eq!(tried.violation, None);
    // LOCKED, HOLDOVER, FREERUN, LOCKED of the PTP clock alone.
    assert!(tried.events >= 4, "{} events", tried.events);
}

#[test]
fn the_real_core_keeps_every_invariant_in_random_cases() {
    let campaign = Campaign { seeds: SEEDS, jobs: 2, twice: true };
    let figures = explore(&campaign, &real, &|_, _| {});
    let failures: Vec<_> =
        figures.failures.iter().map(|failure| (failure.seed, failure.shrunk.violation.clone())).collect();
    assert_eq!(failures, []);
    assert_eq!(figures.seeds, 8);
    assert!(figures.events > 8, "nothing happens in these cases");
}

#[test]
fn an_event_that_is_not_delivered_is_lost() {
    assert_eq!(found(Fault::Drops { nth: 3 }), Some("no-event-lost"));
}

#[test]
fn an_event_that_is_delivered_again_is_there_twice() {
    assert_eq!(found(Fault::Repeats { nth: 3 }), Some("no-event-twice"));
}

#[test]
fn events_that_are_delivered_in_the_wrong_order_are_noticed() {
    assert_eq!(found(Fault::Swaps), Some("in-order"));
}

#[test]
fn a_state_that_is_published_again_is_no_change() {
    assert_eq!(found(Fault::PublishesAgain { nth: 2 }), Some("only-changes-are-published"));
}

#[test]
fn a_loss_that_is_published_two_seconds_late_is_noticed() {
    assert_eq!(found(Fault::HoldsBack { from: SyncState::Holdover }), Some("lost-source-is-told"));
}

#[test]
fn a_recovery_that_is_never_published_is_noticed() {
    assert_eq!(found(Fault::HidesRecovery), Some("recovery-is-told"));
}

#[test]
fn a_sync_state_that_is_not_the_worst_is_noticed() {
    assert_eq!(found(Fault::WrongWorst), Some("sync-state-is-the-worst"));
}

#[test]
fn a_holdover_that_is_a_second_too_long_is_noticed() {
    assert_eq!(found(Fault::LongHoldover), Some("holdover-ends-on-time"));
}

#[test]
fn a_proxy_that_has_forgotten_everything_contradicts_what_it_has_said() {
    // The step at 30 s has left the clock of the operating system in FREERUN, and PTP alone is LOCKED after the restart.
    assert_eq!(found(Fault::Forgets), Some("sync-state-is-the-worst"));
}

#[test]
fn a_proxy_that_does_not_hear_phc2sys_after_a_restart_does_not_converge() {
    assert_eq!(found(Fault::DeafAfterRestart), Some("restart-changes-nothing"));
}

#[test]
fn a_panic_is_a_failure_of_the_case_and_not_of_the_campaign() {
    assert_eq!(found(Fault::Panics), Some("proxy-never-panics"));
}

#[test]
fn an_injected_failure_shrinks_to_the_two_entries_that_it_takes() {
    let maker: Maker<'_> = &|birth| Box::new(Faulty::start(Fault::LongHoldover, birth));
    let case = plain();
    let violation = case.tried(false, maker).violation.expect("the fault shows");
    let shrunk = shrink(&case, violation, maker);
    assert_eq!(shrunk.violation.invariant, "holdover-ends-on-time");
    assert!(shrunk.case.setup.timeline.len() <= 2, "{:?}", shrunk.case.setup.timeline);
    assert!(shrunk.case.restarts.is_empty());
    assert!(shrunk.case.subscribers.is_empty());
    // 60 s to the silence, and 7 s of timeouts; not the 130 s of the whole case.
    assert!(shrunk.case.setup.duration_s < 80, "{} s", shrunk.case.setup.duration_s);
    let failure = Failure { seed: 1, shrunk };
    let draft = draft(&failure);
    let text = draft.to_toml();
    assert!(text.starts_with("# holdover-ends-on-time, at "), "{text}");
    assert!(text.contains("ptp-lab explore --seeds 1..2"), "{text}");
    let scenario = draft.checked("explore-1").expect("it is a scenario");
    assert_eq!(scenario.setup, failure.shrunk.case.setup);
}

#[test]
fn shrinking_the_same_case_again_gives_the_same() {
    let maker: Maker<'_> = &|birth| Box::new(Faulty::start(Fault::WrongWorst, birth));
    let case = plain();
    let violation = case.tried(false, maker).violation.expect("the fault shows");
    let [one, other] = [violation.clone(), violation].map(|violation| shrink(&case, violation, maker));
    assert_eq!(one.case, other.case);
    assert_eq!(one.runs, other.runs);
}

#[test]
fn a_seed_is_a_case() {
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7).setup, draw(8).setup);
    let story = Story::of(&draw(7));
    let record = |case: &Case| play(case, &story, &case.restarts, &real);
    assert_eq!(record(&draw(7)), record(&draw(7)));
}

#[test]
fn cases_differ_in_all_that_is_drawn() {
    let cases: Vec<Case> = (0..200).map(draw).collect();
    let count = |holds: fn(&Case) -> bool| cases.iter().filter(|case| holds(case)).count();
    // Of 200 cases each of these is drawn in some 20 or more.
    for (what, seen) in [
        ("ordinary clocks", count(|case| case.topology == Topology::OrdinaryClock)),
        ("boundary clocks", count(|case| case.topology == Topology::BoundaryClock)),
        ("dual followers", count(|case| case.topology == Topology::DualFollower)),
        ("restarts", count(|case| !case.restarts.is_empty())),
        ("absences", count(|case| case.restarts.iter().any(|restart| restart.down_ns > 0))),
        ("no restarts", count(|case| case.restarts.is_empty())),
        ("several subscribers", count(|case| case.subscribers.len() > 1)),
        ("many faults", count(|case| case.setup.timeline.len() > 6)),
    ] {
        assert!(seen >= 10, "{seen} cases with {what}");
    }
}

#[test]
fn every_drawn_case_can_be_written_as_a_scenario() {
    for seed in 0..60 {
        let case = draw(seed);
        let draft = ptp_scenario::Draft {
            comments: Vec::new(),
            title: "t".to_owned(),
            story: "s".to_owned(),
            topology: case.topology,
            node_name: "node1".to_owned(),
            setup: case.setup,
            thresholds: case.thresholds,
            expect: Vec::new(),
        };
        draft.checked("s").unwrap_or_else(|problem| panic!("seed {seed}: {problem}\n{}", draft.to_toml()));
    }
}

#[test]
fn the_first_seed_of_a_commit_is_the_number_of_its_first_eight_digits() {
    // 0x0000002a is 42, 0xffffffff is 2^32 - 1.
    assert_eq!(first_seed("0000002a9f0c"), Some(42));
    assert_eq!(first_seed("FFFFFFFF"), Some(4_294_967_295));
    for text in ["", "1234567", "12345g78", "+1234567"] {
        assert_eq!(first_seed(text), None, "{text}");
    }
}
