//! Lines may name anything, and what they name must not fill the memory: bytes in use are counted.
//!
//! The counter is that of the whole process, so this is a program of one test.

use cap::Cap;
use proxy_core::{
    Core, Input, InstanceConfiguration, Mono, NodeConfiguration, Now, Origin, Output, PortConfiguration,
    PortRole, Profile, ProfileKind, Report, Reported, Settings, Snapshot, Subscription, SubscriptionId,
    SyncState, Thresholds, Utc, limits,
};
use ptp_lines::{ConfigName, ConfigProgram, Line};
use std::alloc::System;
use std::fmt::Write;
use std::sync::Arc;

#[global_allocator]
static BYTES: Cap<System> = Cap::new(System, usize::MAX);

/// Inputs that each name something new. The whole number takes too long without optimization.
const INPUTS: usize = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// After so many every table is full.
const FILLING: usize = 100_000;

/// Bytes that full tables may take on a node with [`INSTANCES`] configurations: some 200 entries (interfaces, processes,
/// ports, profiles) and 400 events (two of each interface and port, one of each report, those that wait for the
/// subscriber), of half a kilobyte each: a few short texts and the line that was the cause.
const FULL_TABLES_BYTES_MAX: usize = (200 + 400) * 512;

/// Bytes by which what is in use may differ from one moment to another once the tables are full: the latest event of
/// some source may have a longer cause than the one before, and a queue may have grown its room.
const FLUCTUATION_BYTES_MAX: usize = 64 * 1024;

const INSTANCES: u32 = 3;
const NOW: Now = Now { mono: Mono { ns: 0 }, utc: Utc { unix_ns: 1_700_000_000_000_000_000 } };

/// Lines with a number that has not been there before (`#`) in place of what they name. Configurations 0 to 2 are
/// those of the node.
const LINES: [&str; 22] = [
    "ptp4l[5.000]: [ptp4l.#.config] master offset 5 s2 freq -3972 path delay 89",
    "phc2sys[5.000]: [phc2sys.#.config] CLOCK_REALTIME phc offset 5 s2 freq -78368 delay 1100",
    "ts2phc[5.000]: [ts2phc.#.config] ens1f0 offset 5 s2 freq +1500",
    "GM[5]:[ts2phc.#.config] ens1f0 T-GM-STATUS s2",
    "chronyd[5][chronyd.#.config]: Selected source 10.9.9.1",
    "ptp4l[5]:[ptp4l.#.config] CLOCK_CLASS_CHANGE 6",
    "ptp4l[5.000]: [ptp4l.0.config] port 1 (x#): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
    "ptp4l[5.000]: [ptp4l.0.config] port 7 (x#): new foreign master 507c6f.fffe.1fb16c-4",
    "ts2phc[5.000]: [ts2phc.0.config] x# offset 5 s2 freq +1500",
    "ts2phc[5.000]: [ts2phc.0.config] x# offset 5 s3 freq +1500 holdover",
    "ts2phc[5]:[ts2phc.0.config] x# nmea_status 1 offset 0 s2",
    "dpll[5]:[ts2phc.0.config] x# frequency_status 3 offset 0 phase_status 3 pps_status 1 s2",
    "gnss[5]:[ts2phc.0.config] x# gnss_status 3 offset 5 s2",
    "phc2sys[5.000]: [ptp4l.0.config] x# phc offset 5 s2 freq -78368 delay 1100",
    "GM[5]:[ts2phc.1.config] x# T-GM-STATUS s2",
    "T-BC[5]:[ts2phc.2.config] x# offset # T-BC-STATUS s2",
    "synce4l[5]:[synce4l.0.config] x# device synce1 eec_state EEC_HOLDOVER network_option 2 s1",
    "synce4l[5]:[synce4l.#.config] ens7f0 device synce# clock_quality PRTC ext_ql 0x20 network_option 2 ql 0x1 s2",
    "synce4l[5]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce# network_option 2 ql 0x1 s2",
    "phc2sys[5]:[ptp4l.0.config] ptp_ha_profile p# state 1",
    "x#[5]:[ptp4l.0.config] PTP_PROCESS_STATUS:1",
    "ptp4l[5]:[ptp4l.#.config] PTP_PROCESS_STATUS:1",
];

#[test]
fn millions_of_names_that_the_node_does_not_have_leave_nothing_behind() {
    let mut core = node();
    let mut text = String::with_capacity(4096);
    let before = BYTES.allocated();
    feed(&mut core, &mut text, 0..FILLING);
    let full = BYTES.allocated();
    println!("{} bytes for full tables", full - before);
    assert!(full - before < FULL_TABLES_BYTES_MAX, "{} bytes", full - before);

    feed(&mut core, &mut text, FILLING..INPUTS);
    let after = BYTES.allocated();
    println!("{} bytes after {INPUTS} inputs", after - before);
    assert!(after < full + FLUCTUATION_BYTES_MAX, "{} more bytes", after - full);
    check_tables(&core.snapshot());
}

/// Every table is full, and no table is more than that.
fn check_tables(snapshot: &Snapshot) {
    let instances = usize::try_from(INSTANCES).expect("a small number");
    let foreign = limits::FOREIGN_INTERFACES_MAX;
    let of_process =
        |process: &str| snapshot.measurements.iter().filter(|one| one.process == process).count();
    // Interfaces of the first configuration, in the order in which the lines name them.
    assert!(of_process("ts2phc") + of_process("dpll") + of_process("gnss") >= foreign / 2);
    assert!(
        of_process("ts2phc") <= foreign && of_process("dpll") <= foreign && of_process("gnss") <= foreign
    );
    assert_eq!(snapshot.processes.len(), limits::FOREIGN_PROCESSES_MAX);
    assert!(snapshot.synce_qualities.len() <= limits::SYNCE_PORTS_MAX);
    assert_eq!(snapshot.ha_profiles.len(), limits::HA_PROFILES_MAX);
    assert_eq!(snapshot.interface_roles.len(), 2 * instances);
    assert!(snapshot.clock_states.len() <= 3 * instances * (foreign + 2) + limits::SYNCE_PORTS_MAX);
    let ignored =
        |reason: &str| snapshot.ignored.iter().find(|(name, _)| *name == reason).expect("a known reason").1;
    for reason in ["unknown_config", "process_table_full", "table_full"] {
        assert!(ignored(reason) > 1000, "{reason}");
    }
}

/// Hands over inputs that nobody has seen, one for each number.
fn feed(core: &mut Core, text: &mut String, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let template = number % (LINES.len() + 1);
        text.clear();
        match LINES.get(template) {
            Some(line) => {
                write_line(text, line, number);
                tell(core, text.as_bytes());
            }
            None => report(core, text, number),
        }
        // Nobody carries anything out: the subscriber does not answer, and nothing is kept.
        while let Some(output) = core.poll_output() {
            match output {
                Output::Changed(_) | Output::Remember | Output::Deliver(_) => {}
                Output::Handshake { .. }
                | Output::Store { .. }
                | Output::Answer { .. }
                | Output::Ended { .. } => panic!("nobody has asked for anything"),
            }
        }
    }
}

fn write_line(text: &mut String, line: &str, number: usize) {
    for (index, part) in line.split('#').enumerate() {
        if index > 0 {
            write!(text, "{number}").expect("a text can be written to");
        }
        text.push_str(part);
    }
    // Now and then a name is longer than a table takes, or a state is another one.
    if number.is_multiple_of(1024) {
        *text = text.replacen('x', &"x".repeat(limits::NAME_BYTES_MAX + 1), 1);
    } else if number % 1024 < LINES.len() {
        *text = text.replace("STATUS s2", "STATUS s1");
    }
}

fn tell(core: &mut Core, line: &[u8]) {
    // A line with a program's name of more than 32 bytes is none, and synce4l's are checked strictly.
    if let Ok(Line::Message(message)) = ptp_lines::parse(line) {
        core.handle(NOW, Input::Line { origin: Origin::Live, message, text: line });
    }
}

fn report(core: &mut Core, text: &mut String, number: usize) {
    write!(text, "p{number}").expect("a text can be written to");
    let said = match number % 3 {
        0 => Reported::PtpState { state: SyncState::Locked, offset_ns: None },
        1 => Reported::SyncState(SyncState::Holdover),
        _ => Reported::SynceQuality { ql: 1, extended_ql: None },
    };
    core.handle(NOW, Input::Report(Report { profile: text, interface: text, said, text: text.as_bytes() }));
}

/// A node with a subscriber to everything that never answers.
fn node() -> Core {
    let settings = Settings {
        node_name: "compute-1.example.com".to_owned(),
        unsubscribe_after: 10,
        subscriptions_max: limits::SUBSCRIPTIONS_MAX,
        subscriptions_per_endpoint_max: limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX,
    };
    let mut core = Core::new(settings, [1; 32], NOW);
    let instance = |index| InstanceConfiguration {
        config: ConfigName { program: ConfigProgram::Ptp4l, index },
        profile: format!("p{index}"),
        ports: ["ens1f0", "ens1f1"]
            .map(|name| PortConfiguration { name: name.to_owned(), role: PortRole::Slave })
            .into(),
    };
    let profile = |index| Profile {
        name: format!("p{index}"),
        thresholds: Thresholds::default(),
        kind: ProfileKind::Clock,
        has_chronyd: true,
    };
    let profiles = (0..INSTANCES).map(profile).collect();
    let instances = (0..INSTANCES).map(instance).collect();
    core.handle(NOW, Input::Configure(NodeConfiguration { profiles, instances }));
    core.handle(
        NOW,
        Input::Restore(vec![Subscription {
            id: SubscriptionId("everything".to_owned()),
            resource_address: "/././sync".to_owned(),
            endpoint: Arc::from("http://127.0.0.1:9085/event"),
        }]),
    );
    core
}
