//! The world as a whole: order, repeatability, boot, clock classes, truth.

use crate::common::{PHC2SYS, PTP4L, clknetsim_oc44, simulated};
use sim_core::{Action, Connection, Emission, Setup, SimTime, TrueState, Truth, What, World};

fn short(seed: u64) -> Setup {
    Setup { seed, duration_s: 20, ..Setup::default() }
}

fn truths(setup: Setup) -> Vec<(SimTime, Truth)> {
    let truths = World::new(setup).filter_map(|emission| match emission.what {
        What::Truth(truth) => Some((emission.at, truth)),
        What::Line { .. } | What::Opened { .. } | What::Closed { .. } | What::Action(_) => None,
    });
    truths.collect()
}

#[test]
fn the_same_setup_gives_the_same_emissions() {
    let once: Vec<Emission> = World::new(clknetsim_oc44(5)).collect();
    let again: Vec<Emission> = World::new(clknetsim_oc44(5)).collect();
    assert!(once.len() > 8_000 && once == again);
}

#[test]
fn another_seed_gives_other_lines() {
    assert_ne!(simulated(&short(1), PTP4L), simulated(&short(2), PTP4L));
    assert_ne!(simulated(&short(1), PHC2SYS), simulated(&short(2), PHC2SYS));
}

#[test]
fn what_happens_later_changes_nothing_before() {
    let edited = Setup {
        timeline: vec![(SimTime::from_s(15), Action::GrandmasterSilent { grandmaster: 0 })],
        ..short(1)
    };
    let before = |setup| World::new(setup).take_while(|e| e.at < SimTime::from_s(15)).collect::<Vec<_>>();
    assert_eq!(before(short(1)), before(edited));
}

#[test]
fn a_burst_leaves_the_noise_of_the_clocks_as_it_was() {
    let end = |timeline| truths(Setup { timeline, ..short(1) }).pop().unwrap().1;
    let calm = end(Vec::new());
    let burst = end(vec![
        (SimTime::from_s(2), Action::PacketDelayBurst { interface: "ens1f0".to_owned(), mean_ns: 100.0 }),
        (SimTime::from_s(3), Action::PacketDelayNormal { interface: "ens1f0".to_owned() }),
    ]);
    assert!(
        (calm.cards[0].phc_error_ns - burst.cards[0].phc_error_ns).abs() < 5.0,
        "the servo has forgotten it"
    );
}

#[test]
fn emissions_come_in_the_order_of_time_and_end_with_the_duration() {
    let emissions: Vec<Emission> = World::new(clknetsim_oc44(1)).collect();
    assert!(emissions.is_sorted_by_key(|emission| emission.at));
    assert_eq!(emissions.last().unwrap().at, SimTime::from_s(300));
}

#[test]
fn the_node_boots_in_the_order_of_the_daemon() {
    let boot: Vec<(Connection, String)> = World::new(short(1))
        .filter_map(|emission| match emission.what {
            What::Line { connection, text } => Some((connection, text)),
            What::Opened { .. } | What::Closed { .. } | What::Action(_) | What::Truth(_) => None,
        })
        .take(4)
        .collect();
    let expected = [
        (Connection::Control, "CMD RESTART"),
        (PTP4L, "CMD LIVE_START"),
        (PTP4L, "ptp4l[1795350000]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (PTP4L, "pmc[1795350000]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
    ];
    assert_eq!(boot, expected.map(|(connection, text)| (connection, text.to_owned())));
    let phc2sys = simulated(&short(1), PHC2SYS);
    assert_eq!(phc2sys[0], "CMD LIVE_START");
    assert_eq!(phc2sys[1], "phc2sys[1795350001]:[ptp4l.0.config] PTP_PROCESS_STATUS:1");
}

#[test]
fn both_kinds_of_stamp_come_from_one_clock() {
    let setup = Setup { start_unix_s: 1_000, boot_offset_ns: 500_250_000_000, ..short(1) };
    let ptp4l = simulated(&setup, PTP4L);
    assert!(ptp4l[1].starts_with("ptp4l[1000]:["), "{}", ptp4l[1]);
    // 1.0900 s after the start, cut off to milliseconds.
    let best = ptp4l.iter().find(|line| line.contains("selected best master clock")).unwrap();
    assert!(best.starts_with("ptp4l[501.339]: ["), "{best}");
}

#[test]
fn the_index_of_the_configuration_is_in_every_tag() {
    let mut setup = short(1);
    setup.profiles[0].config_index = 3;
    for connection in [PTP4L, PHC2SYS, Connection::EventHandler] {
        let lines = simulated(&setup, connection);
        assert!(!lines.is_empty());
        assert!(lines.iter().all(|line| line.starts_with("CMD ") || line.contains("[ptp4l.3.config]")));
    }
}

#[test]
fn the_grandmasters_class_is_told_with_the_nodes_own_and_repeated_every_minute() {
    let setup = Setup {
        duration_s: 130,
        timeline: vec![
            (SimTime::from_s(20), Action::GrandmasterClockClass { grandmaster: 0, class: 7 }),
            (SimTime::from_s(30), Action::GrandmasterSilent { grandmaster: 0 }),
        ],
        ..Setup::default()
    };
    let lines: Vec<String> = simulated(&setup, Connection::EventHandler)
        .iter()
        .map(|line| line.replace("ptp4l[17953", "").replace("]:[ptp4l.0.config] CLOCK_CLASS_CHANGE", ""))
        .collect();
    // Known 1 s after 1.090; after the Announce of 20.090; after the loss of 30.7 to 30.8; repeats at 60 and 120.
    let expected =
        ["50002 6", "50002 255", "50021 7", "50021 255", "50031 255", "50031 255", "50060 255", "50120 255"];
    assert_eq!(lines, expected);
}

#[test]
fn the_truth_follows_the_processes() {
    let setup = Setup {
        duration_s: 60,
        timeline: vec![
            (SimTime::from_s(20), Action::GrandmasterSilent { grandmaster: 0 }),
            (SimTime::from_s(40), Action::GrandmasterSpeaks { grandmaster: 0 }),
        ],
        ..Setup::default()
    };
    let mut changes: Vec<(SimTime, TrueState, TrueState)> = Vec::new();
    for (at, truth) in truths(setup) {
        if changes.last().is_none_or(|(_, ptp, os)| (*ptp, *os) != (truth.cards[0].clock, truth.os_clock)) {
            changes.push((at, truth.cards[0].clock, truth.os_clock));
        }
    }
    let names = |state: &TrueState| match state {
        TrueState::Unsynchronized => "-",
        TrueState::Tracking => "tracking",
        TrueState::Coasting { .. } => "coasting",
    };
    let story: Vec<_> =
        changes.iter().map(|(at, ptp, os)| (at.ns / 1_000_000_000, names(ptp), names(os))).collect();
    let expected = [
        (0, "-", "-"),
        (1, "tracking", "-"),
        (11, "tracking", "tracking"),
        (20, "coasting", "tracking"),
        (20, "coasting", "coasting"),
        (40, "tracking", "coasting"),
        (40, "tracking", "tracking"),
    ];
    assert_eq!(story, expected);
    let TrueState::Coasting { since } = changes[3].1 else { panic!("{changes:?}") };
    assert_eq!(since, changes[3].0);
}

#[test]
fn the_truth_is_told_every_second_with_the_class_that_is_announced() {
    let setup = Setup {
        timeline: vec![(SimTime::from_s(10), Action::GrandmasterSilent { grandmaster: 0 })],
        ..short(1)
    };
    let truths = truths(setup);
    for s in 0..=20 {
        let (_, truth) = truths.iter().find(|(at, _)| *at == SimTime::from_s(s)).unwrap();
        let class = if s < 10 { Some(6) } else { None };
        assert_eq!(truth.grandmaster_classes, [class], "at {s} s");
    }
    let (_, start) = &truths[0];
    assert_eq!((start.cards[0].phc_error_ns, start.os_error_ns), (350_000.0, 500_000_000.0));
    let (_, end) = truths.last().unwrap();
    assert!(
        end.cards[0].phc_error_ns.abs() < 500.0,
        "stepped and locked, then coasting: {}",
        end.cards[0].phc_error_ns
    );
}

#[test]
fn actions_are_told_when_they_are_carried_out() {
    let setup = Setup {
        timeline: vec![
            (SimTime::from_s(3), Action::GrandmasterClockClass { grandmaster: 0, class: 7 }),
            (SimTime::from_s(3), Action::GrandmasterSilent { grandmaster: 0 }),
        ],
        ..short(1)
    };
    let actions: Vec<(SimTime, String)> = World::new(setup)
        .filter_map(|emission| match emission.what {
            What::Action(action) => Some((emission.at, action.to_string())),
            What::Opened { .. } | What::Closed { .. } | What::Line { .. } | What::Truth(_) => None,
        })
        .collect();
    let told = ["the grandmaster announces clock class 7", "the grandmaster falls silent"];
    assert_eq!(actions, told.map(|text| (SimTime::from_s(3), text.to_owned())));
}

#[test]
fn an_offset_beyond_the_step_threshold_restarts_the_servo_and_calibrates_the_port_anew() {
    let mut setup = Setup {
        timeline: vec![
            (
                SimTime::from_s(13),
                Action::PacketDelayBurst { interface: "ens1f0".to_owned(), mean_ns: 3_000.0 },
            ),
            (SimTime::from_s(14), Action::PacketDelayNormal { interface: "ens1f0".to_owned() }),
        ],
        ..short(1)
    };
    setup.profiles[0].ptp4l.as_mut().unwrap().step_threshold_ns = 5_000;
    let lines = simulated(&setup, PTP4L);
    let fault =
        lines.iter().position(|line| line.ends_with("SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT"));
    let fault = fault.expect("an exponential delay of 3 us exceeds 5 us within 16 packets");
    assert!(lines[fault - 1].contains(" s0 freq "), "{}", lines[fault - 1]);
    assert!(
        lines[fault..].iter().any(|line| line.ends_with("UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED"))
    );
    let lost = truths(setup.clone())
        .into_iter()
        .any(|(at, truth)| at > SimTime::from_s(13) && truth.cards[0].clock == TrueState::Unsynchronized);
    assert!(lost, "a servo that starts over does not follow anything");
    let phc2sys = simulated(&setup, PHC2SYS);
    assert!(phc2sys.iter().any(|line| line.ends_with("source clock not ready, waiting...")));
}

#[test]
fn a_clock_class_that_is_never_repeated_is_told_once() {
    let mut setup = Setup { duration_s: 200, ..short(1) };
    setup.daemon.clock_class_repeat_ns = 0;
    assert_eq!(simulated(&setup, Connection::EventHandler).len(), 2);
}

#[test]
fn a_grandmaster_that_never_speaks_is_never_followed() {
    let setup =
        Setup { timeline: vec![(SimTime::START, Action::GrandmasterSilent { grandmaster: 0 })], ..short(1) };
    let lines = simulated(&setup, PTP4L);
    assert_eq!(lines.len(), 4, "the start, and the choice of the local clock: {lines:?}");
    assert!(lines[3].ends_with("selected local clock 123456.fffe.780102 as best master"));
    assert!(simulated(&setup, PHC2SYS).is_empty(), "phc2sys waits for an offset");
    assert!(simulated(&setup, Connection::EventHandler).is_empty());
}
