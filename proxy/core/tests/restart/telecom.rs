//! Telecom grandmasters, telecom boundary clocks and Synchronous Ethernet.

use crate::script::{Script, profile};
use PortRole::{Master, Slave};
use proxy_core::{PortRole, ProfileKind};

const PTP4L: &str = "ptp4l.0.config";
const TS2PHC: &str = "ts2phc.0.config";

/// One second of a T-GM: its receiver, its DPLL and what the daemon makes of them.
struct Second<'a> {
    fix: u8,
    gnss: &'a str,
    ts2phc: Option<(i64, &'a str)>,
    dpll: (u8, i64, &'a str),
    status: &'a str,
    os_ns: i64,
}

fn pass(script: &mut Script, seconds: u64, second: &Second<'_>) {
    for _ in 0..seconds {
        let Second { fix, gnss, ts2phc, dpll: (lock, dpll_ns, dpll), status, os_ns } = second;
        script.pass_ms(100);
        script.daemon("gnss", &format!("[{TS2PHC}] ens7f0 gnss_status {fix} offset 5 {gnss}"));
        if let Some((offset_ns, servo)) = ts2phc {
            let text = format!("[{TS2PHC}] ens7f0 offset {offset_ns:>10} {servo}");
            script.says("ts2phc", &text);
            script.daemon("ts2phc", &format!("[{TS2PHC}] ens7f0 nmea_status 1 offset 0 s2"));
        }
        script.pass_ms(400);
        script.daemon(
            "dpll",
            &format!(
                "[{TS2PHC}] ens7f0 frequency_status {lock} offset {dpll_ns} phase_status {lock} pps_status 1 {dpll}"
            ),
        );
        script.daemon("GM", &format!("[{TS2PHC}] ens7f0 T-GM-STATUS {status}"));
        script.pass_ms(500);
        script.os(PTP4L, *os_ns, "s2");
    }
}

const LOCKED: Second<'_> = Second {
    fix: 3,
    gnss: "s2",
    ts2phc: Some((-2, "s3 freq   +1500")),
    dpll: (3, 4, "s2"),
    status: "s2",
    os_ns: 6,
};

const IN_HOLDOVER: Second<'_> = Second {
    fix: 0,
    gnss: "s0",
    ts2phc: Some((7, "s3 freq   +1500 holdover")),
    dpll: (4, 11, "s1"),
    status: "s1",
    os_ns: 6,
};

const OUT_OF_SPECIFICATION: Second<'_> =
    Second { ts2phc: None, dpll: (1, 99_999_999_999, "s0"), status: "s0", ..IN_HOLDOVER };

#[test]
fn a_grandmaster_that_loses_its_satellites_and_runs_out_of_holdover() {
    let mut script = Script::new(
        "t-gm",
        vec![profile("gm", ProfileKind::Clock)],
        &[(PTP4L, "gm", &[("ens7f0", Master), ("ens7f1", Master)])],
    );
    script.process("ts2phc", TS2PHC, 1);
    script.process("gpsd", TS2PHC, 1);
    script.process("ptp4l", PTP4L, 1);
    script.port(0, "port 1 (ens7f0): INITIALIZING to LISTENING on INIT_COMPLETE");
    script.port(0, "port 1 (ens7f0): LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
    // No fix yet: gnss; lock-state and sync-state; os-clock; class.
    let cold = Second { dpll: (1, 0, "s0"), ..OUT_OF_SPECIFICATION };
    pass(&mut script, 3, &cold);
    script.class(TS2PHC, 248);
    // Each of ts2phc's own clocks counts for nothing beside the daemon's status. gnss; lock-state; os-clock with
    // sync-state; class.
    pass(&mut script, 5, &LOCKED);
    script.class(TS2PHC, 6);
    pass(&mut script, 5, &Second { dpll: (3, 9, "s2"), ..LOCKED });
    // gnss; then all of lock-state, sync-state and os-clock; class.
    pass(&mut script, 1, &Second { fix: 0, gnss: "s0", ..LOCKED });
    pass(&mut script, 5, &IN_HOLDOVER);
    script.class(TS2PHC, 7);
    pass(&mut script, 5, &Second { dpll: (4, 25, "s1"), ..IN_HOLDOVER });
    // All three; class.
    pass(&mut script, 5, &OUT_OF_SPECIFICATION);
    script.class(TS2PHC, 248);
    // ts2phc ends and is started again, which changes nothing that is published.
    script.process("ts2phc", TS2PHC, 0);
    script.pass_ms(1_000);
    script.process("ts2phc", TS2PHC, 1);
    // gnss; lock-state; os-clock with sync-state; class.
    pass(&mut script, 5, &LOCKED);
    script.class(TS2PHC, 6);
    script.check((1 + 2 + 1 + 1) + 5 + (1 + 3 + 1) + 4 + 5);
}

#[test]
fn clocks_of_ts2phc_before_the_daemon_has_a_status_for_them() {
    let mut script = Script::new(
        "two-cards-t-gm",
        vec![profile("gm", ProfileKind::Clock)],
        &[(PTP4L, "gm", &[("ens7f0", Master)])],
    );
    let sample = |script: &mut Script, name: &str, offset_ns: i64, rest: &str| {
        script.says("ts2phc", &format!("[{TS2PHC}] {name} offset {offset_ns:>10} {rest}"));
    };
    // Two lock-states and sync-state: first FREERUN, then LOCKED.
    for (offset_ns, rest) in [(256_335, "s0 freq      -0"), (5, "s2 freq   +1497"), (4, "s3 freq   +1497")] {
        script.pass_ms(1_000);
        sample(&mut script, "ens7f0", offset_ns, rest);
        sample(&mut script, "ens8f0", -offset_ns, rest);
    }
    script.os(PTP4L, 3, "s2");
    // The second card alone, into holdover and back.
    for _ in 0..5 {
        script.pass_ms(1_000);
        sample(&mut script, "ens7f0", 3, "s3 freq   +1500");
        sample(&mut script, "ens8f0", 2, "s3 freq   +1500 holdover");
        script.os(PTP4L, 3, "s2");
    }
    for _ in 0..5 {
        script.pass_ms(1_000);
        sample(&mut script, "ens7f0", 3, "s3 freq   +1500");
        sample(&mut script, "ens8f0", 2, "s3 freq   +1500");
        script.os(PTP4L, 3, "s2");
    }
    // ts2phc ends: both lock-states, sync-state, os-clock.
    script.process("ts2phc", TS2PHC, 0);
    script.pass_ms(1_000);
    script.process("ts2phc", TS2PHC, 1);
    sample(&mut script, "ens7f0", 3, "s3 freq   +1500");
    sample(&mut script, "ens8f0", 2, "s3 freq   +1500");
    // Both lock-states and sync-state FREERUN; both LOCKED; with the second sync-state; os-clock. Holdover of one:
    // lock-state, sync-state, os-clock, which a fresh sample keeps there. Back: lock-state; os-clock, sync-state. The
    // end: two, sync-state and os-clock. Back: two lock-states.
    script.check(3 + 3 + 1 + 3 + 3 + 4 + 2);
}

#[test]
fn a_boundary_clock_that_loses_its_upstream() {
    let mut script = Script::new(
        "t-bc",
        vec![profile("tr", ProfileKind::TelecomBoundaryClock), profile("tt", ProfileKind::Clock)],
        &[
            ("ptp4l.1.config", "tr", &[("ens4f0", Slave), ("ens4f1", Master)]),
            ("ptp4l.0.config", "tt", &[("ens5f0", Master)]),
        ],
    );
    let status = |script: &mut Script, offset_ns: i64, word: &str| {
        script.daemon("T-BC", &format!("[ts2phc.1.config] ens4f0 offset {offset_ns} T-BC-STATUS {word}"));
    };
    let seconds = |script: &mut Script, count: i64, (offset_ns, word): (i64, &str)| {
        for second in 0..count {
            script.pass_ms(500);
            script.ptp(1, second, "s2");
            script.pass_ms(500);
            status(script, offset_ns, word);
            script.os("ptp4l.1.config", second % 3, "s2");
        }
    };
    script.process("ptp4l", "ptp4l.1.config", 1);
    script.port(1, "port 1 (ens4f0): LISTENING to UNCALIBRATED on RS_SLAVE");
    script.port(1, "port 1 (ens4f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    // Lock-state, sync-state, os-clock; class.
    seconds(&mut script, 3, (99_999_999_999, "s0"));
    script.class("ts2phc.1.config", 248);
    // Lock-state; os-clock and sync-state; class.
    seconds(&mut script, 5, (3, "s2"));
    script.class("ts2phc.1.config", 6);
    seconds(&mut script, 5, (5, "s2"));
    // The upstream is lost: all three; class; a worse class within the holdover; all three and class.
    script.port(1, "port 1 (ens4f0): SLAVE to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES");
    for (count, offset_ns, word, class) in
        [(3, 12, "s1", 135), (3, 101, "s1", 165), (3, 99_999_999_999, "s0", 248)]
    {
        for _ in 0..count {
            script.pass_ms(1_000);
            status(&mut script, offset_ns, word);
        }
        script.class("ts2phc.1.config", class);
    }
    script.port(1, "port 1 (ens4f0): MASTER to UNCALIBRATED on RS_SLAVE");
    script.port(1, "port 1 (ens4f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    // Lock-state; os-clock and sync-state; class.
    seconds(&mut script, 5, (2, "s2"));
    script.class("ts2phc.1.config", 6);
    // ptp4l ends, and all three with it; it is started again, and they come back.
    script.process("ptp4l", "ptp4l.1.config", 0);
    script.pass_ms(1_000);
    script.process("ptp4l", "ptp4l.1.config", 1);
    seconds(&mut script, 5, (2, "s2"));
    script.check(4 + 4 + 4 + 1 + 4 + 4 + 3 + 3);
}

#[test]
fn ports_of_synchronous_ethernet() {
    const SYNCE: &str = "synce4l.0.config";
    let mut script = Script::new("synce", Vec::new(), &[]);
    let says = |script: &mut Script, text: &str| {
        script.daemon("synce4l", &format!("[{SYNCE}] {text}"));
    };
    script.process("synce4l", SYNCE, 1);
    for name in ["ens7f0", "ens8f0"] {
        let device = format!("{name} device synce1 eec_state");
        says(&mut script, &format!("{device} EEC_HOLDOVER network_option 2 s1"));
        script.pass_ms(1_000);
        says(&mut script, &format!("{device} EEC_LOCKED_HO_ACQ network_option 2 s2"));
        says(&mut script, &format!("{device} EEC_LOCKED_HO_ACQ network_option 2 s2"));
        let quality = format!("{name} clock_quality PRTC device synce1");
        says(&mut script, &format!("{quality} ext_ql 0x20 network_option 2 ql 0x1 s2"));
        says(&mut script, &format!("{quality} network_option 2 ql 0x1 s2"));
        says(&mut script, &format!("{quality} network_option 2 ql 0x1 s2"));
        script.pass_ms(1_000);
    }
    script.process("synce4l", SYNCE, 0);
    script.process("synce4l", SYNCE, 1);
    says(&mut script, "ens7f0 device synce1 eec_state EEC_FREERUN network_option 2 s0");
    // Two states and two qualities each; one more state.
    script.check(2 * 4 + 1);
}
