//! The PTP clock as lock-state shows it.

use crate::world::{START_UNIX_NS, World, instance, profile};
use proxy_core::{Mono, NodeConfiguration, PortRole, Profile, ProfileKind, SyncState, Thresholds};

#[test]
fn first_locked_sample_in_range_is_locked() {
    for servo in ["s2", "s3"] {
        let mut world = World::ordinary_clock();
        world.ptp_of(0, -1, servo);
        assert_eq!(world.events(), ["E1 ens1fx LOCKED -1", "E4 LOCKED"]);
    }
}

#[test]
fn first_unlocked_sample_is_freerun() {
    for servo in ["s0", "s1"] {
        let mut world = World::ordinary_clock();
        world.ptp_of(0, -1, servo);
        assert_eq!(world.events(), ["E1 ens1fx FREERUN -1", "E4 FREERUN"]);
    }
}

#[test]
fn acquisition_publishes_freerun_and_then_locked() {
    let mut world = World::ordinary_clock();
    world.ptp_of(0, 900, "s0");
    world.ptp_of(0, 800, "s1");
    world.ptp(8);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 900", "E4 FREERUN", "E1 ens1fx LOCKED 8", "E4 LOCKED"]);
}

#[test]
fn steady_lock_publishes_nothing() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    for offset_ns in [2, -3, 99, -99] {
        world.ptp(offset_ns);
    }
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn both_thresholds_are_exclusive() {
    for (inside, outside) in [(99, 100), (-99, -100)] {
        let mut world = World::ordinary_clock();
        world.ptp(inside);
        world.ptp(outside);
        let (locked, freerun) =
            (format!("E1 ens1fx LOCKED {inside}"), format!("E1 ens1fx FREERUN {outside}"));
        assert_eq!(world.events(), [locked.as_str(), "E4 LOCKED", &freerun, "E4 FREERUN"]);
    }
}

#[test]
fn thresholds_are_those_of_the_profile_with_the_whole_name() {
    let wide = Thresholds { max_offset_ns: 1000, min_offset_ns: -1000, holdover_timeout_s: 5 };
    for (name, state) in [("oc.v1", SyncState::Locked), ("oc", SyncState::Freerun)] {
        let mut world = World::configured(NodeConfiguration {
            profiles: vec![Profile { thresholds: wide, ..profile("oc.v1", ProfileKind::Clock) }],
            instances: vec![instance(0, name, &[("ens1f0", PortRole::Slave)])],
        });
        world.ptp(500);
        assert_eq!(world.core.snapshot().clock_states[0].state, state, "{name}");
    }
}

#[test]
fn freerun_stays_silent_while_out_of_range_and_metrics_follow() {
    let mut world = World::ordinary_clock();
    world.ptp_of(0, 1, "s0");
    world.events();
    world.ptp(5000);
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.core.snapshot().measurements[0].offset_ns, 5000);
}

#[test]
fn losing_the_master_is_holdover_with_the_last_offset() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.events();
    world.lose_master();
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 8", "E4 HOLDOVER"]);
}

#[test]
fn holdover_ends_in_freerun_when_the_timeout_passes() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.pass_ms(300);
    world.lose_master();
    world.events();
    world.pass_ms(4999);
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(1);
    let events = world.take_events();
    assert_eq!(
        events.iter().map(|event| crate::world::describe(event)).collect::<Vec<_>>(),
        ["E1 ens1fx FREERUN 8", "E4 FREERUN"]
    );
    assert_eq!(world.core.next_deadline(), None);
}

#[test]
fn expiry_is_stamped_with_its_own_time_even_when_noticed_later() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.take_events();
    world.leap_ms(60_000);
    world.ptp(5);
    let stamps: Vec<u64> =
        world.take_events().iter().map(|event| event.time.unix_ns - START_UNIX_NS).collect();
    // FREERUN for the clock and the node at 5 s, LOCKED for both at 60 s.
    assert_eq!(stamps, [5_000_000_000, 5_000_000_000, 60_000_000_000, 60_000_000_000]);
}

#[test]
fn several_holdovers_that_have_passed_fire_in_order() {
    let mut world = World::two_boundary_clocks();
    world.ptp_of(0, 1, "s2");
    world.ptp_of(1, 2, "s2");
    world.line("ptp4l[1.000]: [ptp4l.1.config] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED");
    world.pass_ms(1000);
    world.lose_master();
    world.take_events();
    world.leap_ms(60_000);
    world.handle(proxy_core::Input::Timeout);
    let events = world.take_events();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (crate::world::describe(event), (event.time.unix_ns - START_UNIX_NS) / 1_000_000))
        .collect();
    assert_eq!(
        seen,
        [
            ("E1 ens2fx FREERUN 2".to_string(), 5000),
            ("E4 FREERUN".to_string(), 5000),
            ("E1 ens1fx FREERUN 1".to_string(), 6000),
        ]
    );
}

#[test]
fn holdover_ends_in_locked_by_a_sample_in_range_and_the_timer_is_gone() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.events();
    world.ptp(9);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 9", "E4 LOCKED"]);
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn becoming_slave_again_does_not_end_holdover() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.events();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn holdover_stays_while_out_of_range_and_keeps_its_offset() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.events();
    world.ptp(7000);
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(5000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 8", "E4 FREERUN"]);
}

#[test]
fn holdover_ended_by_an_unlocked_sample_is_published() {
    for servo in ["s0", "s1"] {
        let mut world = World::ordinary_clock();
        world.ptp(8);
        world.lose_master();
        world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
        world.events();
        world.ptp_of(0, 33, servo);
        assert_eq!(world.events(), ["E1 ens1fx FREERUN 33", "E4 FREERUN"]);
        world.pass_ms(60_000);
        assert_eq!(world.events(), [""; 0]);
    }
}

#[test]
fn a_second_loss_starts_a_new_timeout() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.pass_ms(4000);
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.ptp(9);
    world.lose_master();
    world.events();
    world.pass_ms(4999);
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(1);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 9", "E4 FREERUN"]);
}

#[test]
fn a_repeated_loss_neither_publishes_nor_prolongs() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.events();
    world.pass_ms(4000);
    world.lose_master();
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(1000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN 8", "E4 FREERUN"]);
}

#[test]
fn nothing_that_leaves_the_clock_in_holdover_prolongs_it() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.lose_master();
    world.events();
    world.pass_ms(4000);
    world.port("port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.ptp(7000);
    world.line("ptp4l[1.000]: [ptp4l.0.config] master offset         -1 s2 freq   -3972");
    world.lose_master();
    assert_eq!(world.events(), [""; 0]);
    world.pass_ms(1000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN -1", "E4 FREERUN"]);
}

#[test]
fn a_time_before_that_of_earlier_input_counts_as_the_latter() {
    let mut world = World::ordinary_clock();
    world.ptp(8);
    world.pass_ms(10_000);
    world.ptp(9);
    world.events();
    world.set_back_ms(8000);
    world.lose_master();
    assert_eq!(world.core.next_deadline(), Some(Mono { ns: 15_000_000_000 }));
}

#[test]
fn holdover_is_entered_from_locked_only() {
    let mut never_sampled = World::ordinary_clock();
    never_sampled.lose_master();
    assert_eq!(never_sampled.events(), [""; 0]);

    let mut never_locked = World::ordinary_clock();
    never_locked.ptp_of(0, 900, "s0");
    never_locked.events();
    never_locked.lose_master();
    never_locked.pass_ms(60_000);
    assert_eq!(never_locked.events(), [""; 0]);
    assert_eq!(never_locked.core.snapshot().clock_states[0].state, SyncState::Freerun);
}

#[test]
fn a_sample_without_path_delay_is_a_holdover_that_ends() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    world.line("ptp4l[1.000]: [ptp4l.0.config] master offset         -1 s2 freq   -3972");
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER -1", "E4 HOLDOVER"]);
    world.pass_ms(5000);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN -1", "E4 FREERUN"]);
}

#[test]
fn a_sample_without_path_delay_does_not_lock_an_unknown_clock() {
    let mut world = World::ordinary_clock();
    world.line("ptp4l[1.000]: [ptp4l.0.config] master offset         -1 s2 freq   -3972");
    assert_eq!(world.events(), ["E1 ens1fx FREERUN -1", "E4 FREERUN"]);
}

#[test]
fn largest_offset_is_absolute_and_lasts() {
    let mut world = World::ordinary_clock();
    for offset_ns in [-62, 5, 3] {
        world.ptp(offset_ns);
    }
    assert_eq!(world.core.snapshot().measurements[0].servo.unwrap().max_offset_ns, 62);
    world.ptp(i64::MIN + 1);
    assert_eq!(world.core.snapshot().measurements[0].servo.unwrap().max_offset_ns, i64::MAX.unsigned_abs());
}

#[test]
fn summaries_feed_metrics_only() {
    let mut world = World::ordinary_clock();
    world
        .line("ptp4l[74737.942]: [ptp4l.0.config] rms   53 max   74 freq -16642 +/-  40 delay  1089 +/-  20");
    world.line("phc2sys[3560354.300]: [ptp4l.0.config] CLOCK_REALTIME rms    4 max    5 freq -76829 +/-   0 delay  1085 +/-   0");
    assert_eq!(world.events(), [""; 0]);
    let snapshot = world.core.snapshot();
    assert_eq!(snapshot.clock_states, []);
    let figures: Vec<_> = snapshot
        .measurements
        .iter()
        .map(|m| {
            let servo = m.servo.unwrap();
            let of_servo = (servo.max_offset_ns, servo.frequency_adjustment.ppb(), servo.delay_ns);
            (m.process, m.from, m.iface.as_str(), m.offset_ns, of_servo)
        })
        .collect();
    assert_eq!(
        figures,
        [
            ("ptp4l", "master", "ens1fx", 53, (74, -16642, 1089)),
            ("phc2sys", "phc", "CLOCK_REALTIME", 4, (5, -76829, 1085)),
        ]
    );
}
