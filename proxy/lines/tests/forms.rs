//! Every form of ptp4l and phc2sys, the prefixes and the control lines in both directions: a line that its program writes, and what it means.
//!
//! The lines are real ones, from `scenarios/recorded` or from the source, test or document named beside them; the
//! expected values were read off the lines by hand.

mod common;

use common::{both_ways, prefix, text_both_ways};
use ptp_lines::{
    BestMaster, Body, Clock, ClockClassChange, ClockIdentity, Command, ConfigProgram, DelaySummary, Dialect,
    ForeignMaster, Level, Line, Message, NumberForm, OffsetSource, Phc2sysOffset, Phc2sysSelection,
    Phc2sysSummary, Port, PortEvent, PortIdentity, PortState, PortTransition, Ppb, Prefix, ProcessStatus,
    Program, Ptp4lOffset, Servo, Stamp, StatusSeparator, Summary,
};

#[test]
fn control_lines() {
    both_ways("CMD RESTART", Line::Command(Command::Restart));
    both_ways("CMD LIVE_START", Line::Command(Command::LiveStart));
    let unix_ns = 1_757_326_382_000_000_001;
    both_ways("CMD TIME 1757326382.000000001", Line::Command(Command::Time { unix_ns }));
    both_ways("CMD TIME 0.000000000", Line::Command(Command::Time { unix_ns: 0 }));
    both_ways("CMD TIME 18446744073.709551615", Line::Command(Command::Time { unix_ns: u64::MAX }));
    both_ways("CMD SYNC 42-a!", Line::Command(Command::Sync { token: "42-a!" }));
}

/// The line of a process status with this prefix.
#[track_caller]
fn prefix_both_ways(text: &str, program: Program<'_>, stamp: Stamp, config: ConfigProgram, level: Level) {
    let prefix = prefix(program, stamp, config, level);
    assert_eq!(prefix.to_string(), text);
    assert_eq!(Prefix::parse(text.as_bytes()), Some((prefix, &b""[..])));
    let body = Body::ProcessStatus(ProcessStatus { value: 1, separator: StatusSeparator::Colon });
    both_ways(&format!("{text} PTP_PROCESS_STATUS:1"), Line::Message(Message { prefix, body }));
}

#[test]
fn prefixes_of_linuxptp() {
    use ConfigProgram::{Phc2sys, Ptp4l};
    let stamp = Stamp::Monotonic { ms: 72_444_014 };
    let table = [
        ("ptp4l[72444.014]: [ptp4l.0.config]", Program::Ptp4l, Ptp4l, Level::Absent),
        // Replayed lines keep the level: openshift/linuxptp-daemon pkg/event/event.go, EmitPortRoleLogs.
        ("ptp4l[72444.014]: [ptp4l.0.config:5]", Program::Ptp4l, Ptp4l, Level::Number(5)),
        // linuxptp 3.1.1 does not expand the placeholder.
        ("ptp4l[72444.014]: [ptp4l.0.config:{level}]", Program::Ptp4l, Ptp4l, Level::Placeholder),
        // phc2sys shares the tag of ptp4l, but in a high-availability profile.
        ("phc2sys[72444.014]: [ptp4l.0.config]", Program::Phc2sys, Ptp4l, Level::Absent),
        ("phc2sys[72444.014]: [phc2sys.0.config]", Program::Phc2sys, Phc2sys, Level::Absent),
    ];
    for (text, program, config, level) in table {
        prefix_both_ways(text, program, stamp, config, level);
    }
}

#[test]
fn prefixes_of_the_daemon() {
    use ConfigProgram::{Chronyd, Ptp4l, Synce4l, Ts2phc};
    let stamp = Stamp::Unix { s: 1_780_430_740 };
    let table = [
        ("phc2sys[1780430740]:[ptp4l.0.config]", Program::Phc2sys, Ptp4l),
        ("ts2phc[1780430740]:[ts2phc.0.config]", Program::Ts2phc, Ts2phc),
        ("synce4l[1780430740]:[synce4l.0.config]", Program::Synce4l, Synce4l),
        ("chronyd[1780430740]:[chronyd.0.config]", Program::Chronyd, Chronyd),
        ("pmc[1780430740]:[ptp4l.0.config]", Program::Pmc, Ptp4l),
        ("gpsd[1780430740]:[ts2phc.0.config]", Program::Gpsd, Ts2phc),
        ("gpspipe[1780430740]:[ts2phc.0.config]", Program::Gpspipe, Ts2phc),
        ("GM[1780430740]:[ts2phc.0.config]", Program::Grandmaster, Ts2phc),
        ("dpll[1780430740]:[ts2phc.0.config]", Program::Dpll, Ts2phc),
        ("gnss[1780430740]:[ts2phc.0.config]", Program::Gnss, Ts2phc),
        ("later[1780430740]:[ts2phc.0.config]", Program::Other("later"), Ts2phc),
        ("T-BC[1780430740]:[ts2phc.0.config]", Program::BoundaryClock, Ts2phc),
    ];
    for (text, program, config) in table {
        prefix_both_ways(text, program, stamp, config, Level::Absent);
    }
}

#[test]
fn the_prefix_that_the_daemon_puts_before_a_line_of_chronyd() {
    // openshift/linuxptp-daemon pkg/daemon/daemon.go:1669
    let text = "chronyd[4711][chronyd.0.config]:";
    let stamp = Stamp::Pid { pid: 4711 };
    prefix_both_ways(text, Program::Chronyd, stamp, ConfigProgram::Chronyd, Level::Absent);
}

#[test]
fn ptp4l_offsets() {
    let offset = |offset_ns, servo, freq, path_delay_ns| {
        Body::Ptp4lOffset(Ptp4lOffset { offset_ns, servo, freq, path_delay_ns })
    };
    let table = [
        // redhat-cne/cloud-event-proxy plugins/ptp_operator/metrics/logparser.go:30
        (
            "master offset         -1 s2 freq   -3972 path delay        89",
            offset(-1, Servo::Locked, Ppb::from(-3972), Some(89)),
        ),
        // logparser.go:100
        (
            "master offset   -2162130 s2 freq +22451884 path delay    374976",
            offset(-2_162_130, Servo::Locked, Ppb::from(22_451_884), Some(374_976)),
        ),
        // A servo that has not sampled yet prints a negative zero.
        (
            "master offset     102935 s0 freq      -0 path delay       512",
            offset(102_935, Servo::Unlocked, Ppb::rounded(-0.0), Some(512)),
        ),
        (
            "master offset     -12345 s1 freq      +0 path delay      -512",
            offset(-12_345, Servo::Jump, Ppb::from(0), Some(-512)),
        ),
        ("master offset          5 s3 freq      +2", offset(5, Servo::LockedStable, Ppb::from(2), None)),
        (
            "master offset -9223372036854775808 s2 freq +9223372036854775807 path delay 9223372036854775807",
            offset(i64::MIN, Servo::Locked, Ppb::from(i64::MAX), Some(i64::MAX)),
        ),
    ];
    for (text, body) in table {
        text_both_ways(Program::Ptp4l, text, body);
    }
}

#[test]
fn summaries() {
    let summary = |rms_ns, max_ns, freq, freq_stddev, delay: Option<(i64, u64)>| {
        let delay = delay.map(|(mean, stddev_ns)| DelaySummary { mean_ns: Ppb::from(mean), stddev_ns });
        Summary { rms_ns, max_ns, freq: Ppb::from(freq), freq_stddev, delay }
    };
    // scenarios/recorded/4.4/clknetsim-summary44-oc.log
    text_both_ways(
        Program::Ptp4l,
        "rms   13 max   29 freq  +2012 +/-   9 delay   493 +/-   1",
        Body::Ptp4lSummary(summary(13, 29, 2012, 9, Some((493, 1)))),
    );
    // The first summary contains the offset before the step.
    text_both_ways(
        Program::Ptp4l,
        "rms 124679 max 352825 freq   +964 +/- 922",
        Body::Ptp4lSummary(summary(124_679, 352_825, 964, 922, None)),
    );
    // scenarios/recorded/4.4/clknetsim-summary44-phc2sys.log
    text_both_ways(
        Program::Phc2sys,
        "CLOCK_REALTIME rms  113 max  201 freq -12315 +/- 116 delay     0 +/-   0",
        Body::Phc2sysSummary(Phc2sysSummary {
            clock: Clock::Realtime,
            summary: summary(113, 201, -12_315, 116, Some((0, 0))),
        }),
    );
    text_both_ways(
        Program::Phc2sys,
        "ens7f1 rms 3151717 max 3151717 freq -6085106 +/-   0 delay    -5 +/-   0",
        Body::Phc2sysSummary(Phc2sysSummary {
            clock: Clock::Device("ens7f1"),
            summary: summary(3_151_717, 3_151_717, -6_085_106, 0, Some((-5, 0))),
        }),
    );
}

#[test]
fn port_transitions() {
    use PortEvent::{
        FaultDetected, InitComplete, MasterClockSelected, RsListening, RsMaster, Unknown, Unnamed,
    };
    use PortState::{Faulty, Initializing, Listening, Master, Slave, Uncalibrated};
    let port = |number, name| Port { number, name };
    let ens1f0 = port(1, Some("ens1f0"));
    let uds = port(0, Some("/var/run/ptp4l"));
    let fault = Some("FT_UNSPECIFIED");
    let table = [
        // scenarios/recorded/4.4/ha-bc0.log
        (
            "port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
            (ens1f0, Uncalibrated, Slave, MasterClockSelected, None),
        ),
        // scenarios/recorded/4.4/veth-oc.log: the management socket
        (
            "port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE",
            (uds, Initializing, Listening, InitComplete, None),
        ),
        // logparser_test.go:431
        (
            "port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)",
            (ens1f0, Slave, Faulty, FaultDetected, fault),
        ),
        // linuxptp 3.1.1 has no name; openshift/linuxptp-daemon pkg/parser/ptp4l_parser.go:16
        (
            "port 3: UNCALIBRATED to MASTER on RS_MASTER",
            (port(3, None), Uncalibrated, Master, RsMaster, None),
        ),
        // Not linuxptp's, but read: no event, and an event that fsm.h does not have.
        ("port 1 (ens1f0): LISTENING to SLAVE", (ens1f0, Listening, Slave, Unnamed, None)),
        (
            "port 1: MASTER to LISTENING on RS_LISTENING",
            (port(1, None), Master, Listening, RsListening, None),
        ),
        (
            "port 1: SLAVE to LISTENING on SOME_NEW_EVENT",
            (port(1, None), Slave, Listening, Unknown("SOME_NEW_EVENT"), None),
        ),
    ];
    for (text, (port, from, to, event, fault)) in table {
        let body = Body::PortTransition(PortTransition { port, from, to, event, fault });
        text_both_ways(Program::Ptp4l, text, body);
    }
}

/// The words of linuxptp's `ps_str` and `ev_str` (`port.c`, `util.c`), spelt out here a second time.
#[test]
fn every_port_state_and_event_has_its_word() {
    let states =
        "INITIALIZING FAULTY DISABLED LISTENING PRE_MASTER MASTER PASSIVE UNCALIBRATED SLAVE GRAND_MASTER";
    let events = "NONE POWERUP INITIALIZE DESIGNATED_ENABLED DESIGNATED_DISABLED FAULT_CLEARED FAULT_DETECTED \
                  STATE_DECISION_EVENT QUALIFICATION_TIMEOUT_EXPIRES ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES \
                  SYNCHRONIZATION_FAULT MASTER_CLOCK_SELECTED INIT_COMPLETE RS_MASTER RS_GRAND_MASTER RS_SLAVE \
                  RS_PASSIVE RS_LISTENING";
    assert_eq!(PortState::ALL.map(PortState::name).join(" "), states);
    let named: Vec<_> = PortEvent::ALL.into_iter().map(|event| event.name().unwrap()).collect();
    assert_eq!(named.join(" "), events);
    let port = Port { number: 1, name: None };
    for state in PortState::ALL {
        for event in PortEvent::ALL {
            let text = format!("port 1: {state} to FAULTY on {}", event.name().unwrap());
            let to = PortState::Faulty;
            let body = PortTransition { port, from: state, to, event, fault: None };
            text_both_ways(Program::Ptp4l, &text, Body::PortTransition(body));
        }
    }
}

#[test]
fn masters() {
    let local = ClockIdentity([0x6e, 0x34, 0x59, 0xff, 0xfe, 0x74, 0xa6, 0x50]);
    let foreign = ClockIdentity([0x50, 0x7c, 0x6f, 0xff, 0xfe, 0x1f, 0xb1, 0x6c]);
    let table = [
        // scenarios/recorded/3.1.1/veth-oc.log
        (
            "selected local clock 6e3459.fffe.74a650 as best master",
            Body::BestMaster(BestMaster::Local(local)),
        ),
        ("selected best master clock 507c6f.fffe.1fb16c", Body::BestMaster(BestMaster::Foreign(foreign))),
        (
            "port 1 (ens4f1): new foreign master 507c6f.fffe.1fb16c-4",
            Body::ForeignMaster(ForeignMaster {
                port: Port { number: 1, name: Some("ens4f1") },
                master: PortIdentity { clock: foreign, number: 4 },
            }),
        ),
    ];
    for (text, body) in table {
        text_both_ways(Program::Ptp4l, text, body);
    }
}

#[test]
fn phc2sys_offsets() {
    let offset = |clock, source, offset_ns, servo, freq, delay_ns| {
        let freq = Ppb::from(freq);
        Body::Phc2sysOffset(Phc2sysOffset { clock, source, offset_ns, servo, freq, delay_ns })
    };
    let table = [
        // logparser.go:101
        (
            "CLOCK_REALTIME phc offset       -62 s0 freq  -78368 delay   1100",
            offset(Clock::Realtime, OffsetSource::Phc, -62, Servo::Unlocked, -78_368, Some(1100)),
        ),
        // scenarios/recorded/4.4/tgm-phc2sys.log
        (
            "CLOCK_REALTIME phc offset 299911628 s1 freq  -11017 delay    502",
            offset(Clock::Realtime, OffsetSource::Phc, 299_911_628, Servo::Jump, -11_017, Some(502)),
        ),
        (
            "ens1f1 sys offset        17 s2 freq    +828 delay      0",
            offset(Clock::Device("ens1f1"), OffsetSource::Sys, 17, Servo::Locked, 828, Some(0)),
        ),
        (
            "/dev/ptp1 phc offset        17 s3 freq    +828",
            offset(Clock::Device("/dev/ptp1"), OffsetSource::Phc, 17, Servo::LockedStable, 828, None),
        ),
        // phc2sys.c: a 1PPS device has no delay
        (
            "CLOCK_REALTIME pps offset       -62 s2 freq  -78368",
            offset(Clock::Realtime, OffsetSource::Pps, -62, Servo::Locked, -78_368, None),
        ),
    ];
    for (text, body) in table {
        text_both_ways(Program::Phc2sys, text, body);
    }
}

#[test]
fn phc2sys_selections() {
    use Dialect::{V3, V4};
    use Phc2sysSelection as S;
    let clock = ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x02]);
    let eth0 = Clock::Device("eth0");
    let table = [
        ("port 123456.fffe.780102-1 changed state", S::PortChangedState(PortIdentity { clock, number: 1 })),
        ("reconfiguring after port state change", S::Reconfiguring),
        ("selecting CLOCK_REALTIME for synchronization", S::ForSynchronization(Clock::Realtime)),
        ("selecting eth0 for synchronization", S::ForSynchronization(eth0)),
        ("selecting eth0 as domain source clock", S::AsSource { clock: eth0, dialect: V4 }),
        ("selecting eth0 as the master clock", S::AsSource { clock: eth0, dialect: V3 }),
        ("selecting eth0 as out-of-domain source clock", S::AsOutOfDomainSource(eth0)),
        (
            "skipping ens1f1: eth0 has the same clock and is already selected",
            S::Skipping { clock: Clock::Device("ens1f1"), selected: eth0 },
        ),
        ("source clock not ready, waiting...", S::SourceNotReady { dialect: V4 }),
        ("master clock not ready, waiting...", S::SourceNotReady { dialect: V3 }),
        ("no PHC ready, waiting...", S::NoPhcReady),
        ("multiple source clocks available, postponing sync...", S::MultipleSources { dialect: V4 }),
        ("multiple master clocks available, postponing sync...", S::MultipleSources { dialect: V3 }),
        ("nothing to synchronize", S::NothingToSynchronize),
        ("Waiting for ptp4l...", S::WaitingForPtp4l),
    ];
    for (text, selection) in table {
        text_both_ways(Program::Phc2sys, text, Body::Phc2sysSelection(selection));
    }
}

#[test]
fn what_the_daemon_says_in_the_name_of_any_program() {
    let status = |value, separator| Body::ProcessStatus(ProcessStatus { value, separator });
    let class = |class, form| Body::ClockClassChange(ClockClassChange { class, form });
    let table = [
        // tbc_test.go:633
        ("PTP_PROCESS_STATUS:0", status(0, StatusSeparator::Colon)),
        ("PTP_PROCESS_STATUS:1", status(1, StatusSeparator::Colon)),
        // ntp_test.go:64
        ("PTP_PROCESS_STATUS 0", status(0, StatusSeparator::Blank)),
        ("PTP_PROCESS_STATUS:-7", status(-7, StatusSeparator::Colon)),
        // openshift/linuxptp-daemon pkg/utils/clock_class_log.go:10
        ("CLOCK_CLASS_CHANGE 6", class(6, NumberForm::Integer)),
        ("CLOCK_CLASS_CHANGE 255", class(255, NumberForm::Integer)),
        // logparser_test.go:529
        ("CLOCK_CLASS_CHANGE 165.000000", class(165, NumberForm::SixDecimals)),
    ];
    for (text, body) in table {
        for program in
            [Program::Ptp4l, Program::Phc2sys, Program::Ts2phc, Program::Pmc, Program::Other("later")]
        {
            text_both_ways(program, text, body);
        }
    }
}
