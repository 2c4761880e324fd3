//! Status of processes.

use crate::world::{World, config};
use proxy_core::limits::FOREIGN_PROCESSES_MAX;
use proxy_core::{ProcessReading, SyncState};
use ptp_lines::ConfigProgram;

fn status(world: &mut World, value: i64) {
    world.line(&format!("ptp4l[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:{value}"));
}

fn only_process(world: &World) -> ProcessReading {
    let [process] = &world.core.snapshot().processes[..] else { panic!("one process has reported") };
    process.clone()
}

#[test]
fn starts_are_counted_and_repeats_are_not() {
    let mut world = World::ordinary_clock();
    for (value, starts) in [(1, 1), (1, 1), (0, 1), (0, 1), (1, 2), (1, 2)] {
        status(&mut world, value);
        let process = only_process(&world);
        assert_eq!((process.status, process.starts), (value, starts));
    }
}

#[test]
fn a_process_that_is_first_seen_down_has_not_started() {
    let mut world = World::ordinary_clock();
    status(&mut world, 0);
    assert_eq!(only_process(&world).starts, 0);
}

#[test]
fn other_numbers_are_shown_and_mean_nothing() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    status(&mut world, 1);
    world.events();
    status(&mut world, 7);
    status(&mut world, 1);
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(only_process(&world).starts, 1);
}

#[test]
fn ptp4l_down_is_freerun_in_events_and_metrics() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    status(&mut world, 0);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN ?", "E4 FREERUN"]);
    assert_eq!(world.core.snapshot().clock_states[0].state, SyncState::Freerun);
}

#[test]
fn ptp4l_down_in_holdover_is_published_and_ends_the_timer() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.lose_master();
    world.events();
    status(&mut world, 0);
    assert_eq!(world.events(), ["E1 ens1fx FREERUN ?", "E4 FREERUN"]);
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn a_process_that_goes_down_before_any_sample_changes_no_state() {
    let mut world = World::ordinary_clock();
    status(&mut world, 0);
    world.line("phc2sys[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.core.snapshot().clock_states, []);
}

#[test]
fn a_clock_recovers_after_its_process_has_come_back() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    status(&mut world, 0);
    status(&mut world, 1);
    world.events();
    world.ptp(4);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 4", "E4 LOCKED"]);
}

#[test]
fn a_replayed_status_of_phc2sys_is_the_same_process() {
    let mut world = World::ordinary_clock();
    world.line("phc2sys[1780430740]:[phc2sys.0.config] PTP_PROCESS_STATUS:1");
    world.line("phc2sys[1780430741]:[ptp4l.0.config] PTP_PROCESS_STATUS:1");
    let process = only_process(&world);
    assert_eq!((process.config, process.starts), (config(ConfigProgram::Ptp4l, 0), 1));
}

#[test]
fn a_status_keeps_the_configuration_of_its_line() {
    let mut world = World::ordinary_clock();
    world.line("ts2phc[1780430740]:[ts2phc.0.config] PTP_PROCESS_STATUS:1");
    assert_eq!(only_process(&world).config, config(ConfigProgram::Ts2phc, 0));
}

#[test]
fn processes_of_unknown_configurations_are_kept_up_to_a_bound() {
    let mut world = World::ordinary_clock();
    for index in 0..FOREIGN_PROCESSES_MAX + 5 {
        world.line(&format!("ptp4l[1780430740]:[ptp4l.{}.config] PTP_PROCESS_STATUS:1", index + 100));
    }
    assert_eq!(world.core.snapshot().processes.len(), FOREIGN_PROCESSES_MAX);
    assert_eq!(world.ignored("process_table_full"), 5);
    status(&mut world, 1);
    assert_eq!(world.core.snapshot().processes.len(), FOREIGN_PROCESSES_MAX + 1);
    world.line("ptp4l[1780430740]:[ptp4l.100.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.ignored("process_table_full"), 5);
}
