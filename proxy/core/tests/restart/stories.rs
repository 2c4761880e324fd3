//! Ordinary and boundary clocks, their processes, NTP, and reports.

use crate::script::{Script, profile};
use PortRole::{Master, Slave};
use proxy_core::{GnssState, PortRole, Profile, ProfileKind, Reported, SyncState};

const OC: &str = "ptp4l.0.config";
const TO_SLAVE: &str = "port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED";
const TO_FAULTY: &str = "port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)";
const TO_LISTENING: &str = "port 1 (ens1f0): FAULTY to LISTENING on INIT_COMPLETE";
const TO_UNCALIBRATED: &str = "port 1 (ens1f0): LISTENING to UNCALIBRATED on RS_SLAVE";

fn ordinary_clock(name: &str) -> Script {
    let mut script =
        Script::new(name, vec![profile("oc", ProfileKind::Clock)], &[(OC, "oc", &[("ens1f0", Slave)])]);
    script.process("ptp4l", OC, 1);
    script.port(0, "port 1 (ens1f0): INITIALIZING to LISTENING on INIT_COMPLETE");
    script.port(0, TO_UNCALIBRATED);
    script
}

/// Both clocks are measured, for so many tenths of a second.
fn steady(script: &mut Script, tenths: i64) {
    for tenth in 0..tenths {
        script.pass_ms(50);
        script.ptp(0, tenth % 7 - 3, "s2");
        script.pass_ms(50);
        script.os(OC, tenth % 11 - 5, "s2");
    }
}

#[test]
fn a_holdover_that_runs_out_and_one_that_does_not() {
    let mut script = ordinary_clock("holdover");
    script.ptp(0, 40_000, "s0");
    script.port(0, TO_SLAVE);
    // Lock-state, sync-state; class; os-clock.
    script.ptp(0, 12, "s2");
    script.class(OC, 6);
    steady(&mut script, 10);
    // Holdover of all three; they end 5 s later. The class is that of a clock without a master.
    script.port(0, TO_FAULTY);
    script.pass_ms(1_000);
    script.class(OC, 248);
    script.pass_ms(6_000);
    script.port(0, TO_LISTENING);
    script.port(0, TO_UNCALIBRATED);
    script.port(0, TO_SLAVE);
    // Lock-state; then os-clock and sync-state.
    script.ptp(0, 8, "s2");
    script.class(OC, 6);
    steady(&mut script, 10);
    // Holdover of all three; lock-state comes back first.
    script.port(0, TO_FAULTY);
    script.pass_ms(3_000);
    script.port(0, TO_LISTENING);
    script.port(0, TO_UNCALIBRATED);
    script.port(0, TO_SLAVE);
    steady(&mut script, 10);
    // Out of range: FREERUN of all three, and back.
    script.ptp(0, 101, "s2");
    steady(&mut script, 10);
    script.check(4 + 3 + 1 + 3 + 4 + 3 + 3 + 3 + 3);
}

#[test]
fn processes_that_end_and_are_started_again() {
    let mut script = ordinary_clock("processes");
    script.port(0, TO_SLAVE);
    script.process("phc2sys", OC, 1);
    steady(&mut script, 5);
    // ptp4l: FREERUN of all three, and back.
    script.process("ptp4l", OC, 0);
    script.process("pmc", OC, 0);
    script.pass_ms(1_000);
    script.process("ptp4l", OC, 1);
    script.process("pmc", OC, 1);
    script.port(0, "port 1 (ens1f0): INITIALIZING to LISTENING on INIT_COMPLETE");
    script.port(0, TO_UNCALIBRATED);
    script.port(0, TO_SLAVE);
    steady(&mut script, 5);
    // phc2sys: FREERUN of os-clock and sync-state, and back.
    script.process("phc2sys", OC, 0);
    script.pass_ms(1_000);
    script.process("phc2sys", OC, 1);
    steady(&mut script, 5);
    // ptp4l ends in a holdover: three events, and three.
    script.port(0, TO_FAULTY);
    script.pass_ms(1_000);
    script.process("ptp4l", OC, 0);
    script.pass_ms(10_000);
    script.check(3 + 3 + 3 + 2 + 2 + 3 + 3);
}

#[test]
fn two_cards_of_which_each_loses_its_master() {
    let profiles = vec![profile("bc1", ProfileKind::Clock), profile("bc2", ProfileKind::Clock)];
    let mut script = Script::new(
        "dual-nic",
        profiles,
        &[
            (OC, "bc1", &[("ens1f0", Slave), ("ens1f1", Master)]),
            ("ptp4l.1.config", "bc2", &[("ens2f0", Slave), ("ens2f1", Master)]),
        ],
    );
    let both = |script: &mut Script, tenths: i64| {
        for tenth in 0..tenths {
            script.pass_ms(100);
            script.ptp(0, tenth % 5, "s2");
            script.ptp(1, -(tenth % 5), "s2");
            script.os(OC, tenth % 3, "s2");
        }
    };
    // Two lock-states, sync-state, os-clock; two classes.
    both(&mut script, 5);
    script.class(OC, 6);
    script.class("ptp4l.1.config", 6);
    // The second card: lock-state and sync-state into holdover and FREERUN. The os-clock follows the first one.
    script.port(1, "port 1 (ens2f0): SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT");
    for _ in 0..80 {
        script.pass_ms(100);
        script.ptp(0, 7, "s2");
        script.os(OC, 9, "s2");
    }
    script.port(1, "port 1 (ens2f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    both(&mut script, 5);
    // The first one: all of lock-state, os-clock and sync-state into holdover; back before it ends.
    script.port(0, TO_FAULTY);
    script.pass_ms(2_000);
    script.ptp(1, 3, "s2");
    script.port(0, TO_LISTENING);
    script.port(0, TO_UNCALIBRATED);
    script.port(0, TO_SLAVE);
    both(&mut script, 5);
    script.check(4 + 2 + 2 + 2 + 2 + 3 + 3);
}

#[test]
fn two_ports_of_which_the_other_takes_over() {
    let mut script = Script::new(
        "dual-follower",
        vec![profile("oc", ProfileKind::Clock)],
        &[(OC, "oc", &[("ens1f0", Slave), ("ens1f1", Slave)])],
    );
    script.port(0, "port 1 (ens1f0): LISTENING to UNCALIBRATED on RS_SLAVE");
    script.port(0, "port 2 (ens1f1): LISTENING to PASSIVE on RS_PASSIVE");
    script.port(0, TO_SLAVE);
    steady(&mut script, 5);
    // The second port takes over within the holdover, and loses its master in turn.
    for (lost, next, name, other) in [(1, 2, "ens1f0", "ens1f1"), (2, 1, "ens1f1", "ens1f0")] {
        script.port(0, &format!("port {lost} ({name}): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)"));
        script.pass_ms(100);
        script.port(0, &format!("port {next} ({other}): PASSIVE to UNCALIBRATED on RS_SLAVE"));
        script.pass_ms(300);
        let to_slave = "UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED";
        script.port(0, &format!("port {next} ({other}): {to_slave}"));
        steady(&mut script, 5);
        script.port(0, &format!("port {lost} ({name}): FAULTY to LISTENING on INIT_COMPLETE"));
        script.port(0, &format!("port {lost} ({name}): LISTENING to PASSIVE on RS_PASSIVE"));
        steady(&mut script, 5);
    }
    // The first port hands over without a gap, so that nothing is published; then the second is lost for good.
    script.port(0, "port 1 (ens1f0): SLAVE to PASSIVE on RS_PASSIVE");
    script.port(0, "port 2 (ens1f1): PASSIVE to UNCALIBRATED on RS_SLAVE");
    script.port(0, "port 2 (ens1f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    steady(&mut script, 3);
    script.port(0, "port 2 (ens1f1): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
    script.pass_ms(10_000);
    script.check(3 + 2 * (3 + 3) + 3 + 3);
}

#[test]
fn one_phc2sys_that_follows_the_better_of_two_cards() {
    const HA: &str = "phc2sys.2.config";
    let members = vec!["bc1".to_owned(), "bc2".to_owned()];
    let kind = ProfileKind::HighAvailability { profiles: members };
    let profiles =
        vec![profile("bc1", ProfileKind::Clock), profile("bc2", ProfileKind::Clock), profile("ha", kind)];
    let mut script = Script::new(
        "ptp-ha",
        profiles,
        &[
            (OC, "bc1", &[("ens1f0", Slave)]),
            ("ptp4l.1.config", "bc2", &[("ens2f0", Slave)]),
            (HA, "ha", &[]),
        ],
    );
    script.process("phc2sys", HA, 1);
    let follows = |script: &mut Script, first: u8| {
        script.daemon("phc2sys", &format!("[{HA}] ptp_ha_profile bc1 state {first}"));
        script.daemon("phc2sys", &format!("[{HA}] ptp_ha_profile bc2 state {}", 1 - first));
    };
    follows(&mut script, 1);
    let lost = |index: u32| {
        let name = index + 1;
        format!("port 1 (ens{name}f0): SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT")
    };
    let back = |index: u32| {
        let name = index + 1;
        format!("port 1 (ens{name}f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED")
    };
    // Two lock-states, sync-state, os-clock.
    script.ptp(0, 1, "s2");
    script.ptp(1, 2, "s2");
    script.os(HA, 3, "s2");
    // The first is lost: its lock-state and sync-state. Then the second: the os-clock too.
    script.port(0, &lost(0));
    follows(&mut script, 0);
    for _ in 0..8 {
        script.pass_ms(500);
        script.ptp(1, 5, "s2");
        script.os(HA, 6, "s2");
    }
    script.port(1, &lost(1));
    // FREERUN: the first lock-state with sync-state 1 s later, the second with the os-clock 5 s later.
    script.pass_ms(10_000);
    script.port(1, &back(1));
    // The second lock-state, the os-clock; the first lock-state and sync-state.
    script.ptp(1, 4, "s2");
    script.os(HA, 2, "s2");
    script.port(0, &back(0));
    script.ptp(0, 7, "s2");
    follows(&mut script, 1);
    script.process("phc2sys", HA, 0);
    script.pass_ms(1_000);
    script.process("phc2sys", HA, 1);
    script.os(HA, 2, "s2");
    script.check(4 + 2 + 2 + 2 + 2 + 2 + 2 + 2 + 2);
}

fn with_chronyd(name: &str) -> Script {
    let profile = Profile { has_chronyd: true, ..profile("oc", ProfileKind::Clock) };
    Script::new(name, vec![profile], &[(OC, "oc", &[("ens1f0", Slave)]), ("chronyd.0.config", "oc", &[])])
}

const NTP: &str = "chronyd.0.config";

#[test]
fn ntp_takes_over_and_gives_back() {
    let mut script = with_chronyd("ntp");
    let chronyd = |script: &mut Script, text: &str| {
        script.push(&format!("chronyd[4711][{NTP}]: 2026-11-22T12:21:56Z {text}"));
    };
    steady(&mut script, 5);
    // phc2sys ends; chronyd is there in time, loses its source and finds it again.
    script.process("phc2sys", OC, 0);
    script.process("chronyd", NTP, 1);
    script.pass_ms(2_000);
    chronyd(&mut script, "Selected source 10.9.9.1");
    script.pass_ms(10_000);
    chronyd(&mut script, "Can't synchronise: no selectable sources");
    script.pass_ms(1_000);
    chronyd(&mut script, "Selected source 10.9.9.1");
    // phc2sys takes the clock back, once its servo is locked.
    script.process("phc2sys", OC, 1);
    script.os(OC, 50_000, "s0");
    steady(&mut script, 5);
    script.process("chronyd", NTP, 0);
    script.pass_ms(10_000);
    // Again, and chronyd does not come: FREERUN 5 s later.
    script.process("phc2sys", OC, 0);
    script.pass_ms(10_000);
    script.process("chronyd", NTP, 1);
    chronyd(&mut script, "Selected source 10.9.9.1");
    // chronyd ends, and nothing takes over: FREERUN 5 s later.
    script.process("chronyd", NTP, 0);
    script.pass_ms(10_000);
    // Lock-state, os-clock, sync-state; and six times os-clock with sync-state.
    script.check(3 + 2 + 2 + 2 + 2 + 2);
}

#[test]
fn ntp_that_has_been_there_all_the_time() {
    let mut script = with_chronyd("ntp-ready");
    steady(&mut script, 5);
    script.process("chronyd", NTP, 1);
    script.push(&format!("chronyd[4711][{NTP}]: 2026-11-22T12:21:56Z Selected source 10.9.9.1"));
    steady(&mut script, 5);
    // Nothing is published: the clock stays LOCKED.
    script.process("phc2sys", OC, 0);
    script.pass_ms(60_000);
    script.ptp(0, 3, "s2");
    script.push(&format!(
        "chronyd[4711][{NTP}]: 2026-11-22T12:22:16Z Can't synchronise: no selectable sources"
    ));
    script.check(3 + 2);
}

#[test]
fn a_recorded_chronyd_without_any_other_process() {
    let log = include_str!("../../../../scenarios/recorded/chrony-4.3/chronyd.log");
    let mut script = with_chronyd("chronyd");
    let second_of_minute = |stamp: &str| -> u64 {
        let (minute, second) = (&stamp[14..16], &stamp[17..19]);
        minute.parse::<u64>().expect("a minute") * 60 + second.parse::<u64>().expect("a second")
    };
    let lines: Vec<_> = log.lines().filter(|line| !line.starts_with("####")).collect();
    for (index, line) in lines.iter().enumerate() {
        let before = lines[index.saturating_sub(1)];
        script.pass_ms(1000 * (second_of_minute(line) - second_of_minute(before)));
        script.push(&format!("chronyd[4711][{NTP}]: {line}"));
    }
    script.process("chronyd", NTP, 0);
    // Selected, none, selected, and 5 s after its end FREERUN: each with sync-state.
    script.check(2 + 2 + 2 + 2);
}

#[test]
fn a_daemon_that_reports_states() {
    use SyncState::{Freerun, Holdover, Locked};
    let mut script = Script::new("reports", Vec::new(), &[]);
    script.report("oc", "ens1f0", Reported::PtpState { state: Freerun, offset_ns: None });
    script.report("oc", "ens1f0", Reported::SyncState(Freerun));
    script.report("oc", "", Reported::OsClockState { state: Freerun, offset_ns: None });
    script.report("oc", "ens1f0", Reported::ClockClass(248));
    script.pass_ms(1_000);
    script.report("oc", "ens1f0", Reported::PtpState { state: Locked, offset_ns: None });
    script.report("oc", "ens1f0", Reported::ClockClass(6));
    script.report("oc", "", Reported::OsClockState { state: Locked, offset_ns: None });
    // Only now the node is locked: the daemon's own view of it counts.
    script.report("oc", "ens1f0", Reported::SyncState(Locked));
    script.report("tgm", "ens7f0", Reported::GnssState(GnssState::Synchronized));
    script.report("tgm", "ens7f0", Reported::SynceState(Locked));
    script.report("tgm", "ens7f0", Reported::SynceQuality { ql: 1, extended_ql: Some(0x20) });
    script.report("tgm", "ens7f0", Reported::SynceQuality { ql: 2, extended_ql: Some(0xff) });
    script.pass_ms(60_000);
    // The daemon's view alone.
    script.report("oc", "ens1f0", Reported::SyncState(Holdover));
    script.report("oc", "ens1f0", Reported::SyncState(Locked));
    script.report("oc", "ens1f0", Reported::PtpState { state: Holdover, offset_ns: None });
    script.report("oc", "ens1f0", Reported::PtpState { state: Freerun, offset_ns: None });
    // Nothing counts any more; what is reported then is new.
    script.report("", "", Reported::Clear);
    script.pass_ms(1_000);
    script.report("oc", "ens1f0", Reported::SyncState(Holdover));
    script.report("oc", "ens1f0", Reported::PtpState { state: Locked, offset_ns: None });
    script.check(2 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 2 + 2 + 1 + 1);
}

/// The daemon's table lacks what a port does on its way to MASTER, so that its replay is older than what is known.
#[test]
fn a_port_whose_last_transition_the_daemon_does_not_keep() {
    let mut script = Script::new(
        "unkept",
        vec![profile("bc", ProfileKind::Clock)],
        &[(OC, "bc", &[("ens1f0", Slave), ("ens1f1", Master)])],
    );
    script.port(0, "port 2 (ens1f1): LISTENING to PASSIVE on RS_PASSIVE");
    script.port(0, TO_UNCALIBRATED);
    script.port(0, TO_SLAVE);
    steady(&mut script, 3);
    script.port(0, "port 2 (ens1f1): PASSIVE to PRE_MASTER on RS_MASTER");
    script.port(0, "port 2 (ens1f1): PRE_MASTER to MASTER on QUALIFICATION_TIMEOUT_EXPIRES");
    steady(&mut script, 3);
    // Holdover of all three, and FREERUN 5 s later.
    script.port(0, "port 1 (ens1f0): SLAVE to PRE_MASTER on RS_MASTER");
    script.pass_ms(10_000);
    script.port(0, "port 1 (ens1f0): PRE_MASTER to MASTER on QUALIFICATION_TIMEOUT_EXPIRES");
    script.check(3 + 3 + 3);
}
