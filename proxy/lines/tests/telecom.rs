//! Every form of ts2phc, of chronyd, of synce4l and of the daemon itself in both directions: a line that its program
//! writes, and what it means.
//!
//! The lines are real ones, from `scenarios/recorded` or from the source, test or document named beside them; the
//! expected values were read off the lines by hand. `logparser.go` and the tests without a path are of
//! redhat-cne/cloud-event-proxy, `plugins/ptp_operator/metrics`.

mod common;

use common::{both_ways, prefix, text_both_ways};
use ptp_lines::{
    Body, BoundaryClockStatus, ChronydSays, ChronydText, ClockClassChange, ConfigProgram, Dialect,
    DpllStatus, Extts, GnssStatus, GrandmasterStatus, HaProfile, Level, Line, Message, NmeaStatus,
    NumberForm, Ppb, ProcessStatus, Program, ReportedState, Servo, Stamp, StatusSeparator, Synce4lNotice,
    SynceQuality, SynceState, Ts2phcNotice, Ts2phcOffset,
};

/// The line of the daemon with this text, in the name of this program.
#[track_caller]
fn daemon_both_ways(program: Program<'_>, config: ConfigProgram, text: &str, body: Body<'_>) {
    let prefix = prefix(program, Stamp::Unix { s: 1_689_282_762 }, config, Level::Absent);
    let line = format!("{program}[1689282762]:[{}.0.config] {text}", config.name());
    both_ways(&line, Line::Message(Message { prefix, body }));
}

#[test]
fn ts2phc_offsets() {
    use Dialect::{V3, V4};
    let offset = |interface, dialect, offset_ns, servo, freq| Ts2phcOffset {
        interface,
        dialect,
        offset_ns,
        servo,
        freq,
        holdover: false,
    };
    let table = [
        (
            "ens7f0 offset         -2 s3 freq   +1500",
            offset("ens7f0", V4, -2, Servo::LockedStable, Ppb::from(1500)),
        ),
        // scenarios/recorded/4.4/tgm-ts2phc.log
        (
            "/dev/ptp0 offset     256335 s0 freq      -0",
            offset("/dev/ptp0", V4, 256_335, Servo::Unlocked, Ppb::rounded(-0.0)),
        ),
        (
            "/dev/ptp0 offset         10 s3 freq   +1510 holdover",
            Ts2phcOffset {
                holdover: true,
                ..offset("/dev/ptp0", V4, 10, Servo::LockedStable, Ppb::from(1510))
            },
        ),
        // metrics_test.go:296
        (
            "ens2f0 master offset          0 s2 freq      -0",
            offset("ens2f0", V3, 0, Servo::Locked, Ppb::rounded(-0.0)),
        ),
        (
            "master master offset         -5 s1 freq      +0",
            offset("master", V3, -5, Servo::Jump, Ppb::from(0)),
        ),
    ];
    for (text, body) in table {
        text_both_ways(Program::Ts2phc, text, Body::Ts2phcOffset(body));
    }
}

#[test]
fn ts2phc_notices_in_which_nothing_varies() {
    use Ts2phcNotice as N;
    let table = [
        ("source ts not valid", N::SourceNotValid),
        ("nmea source timed out", N::NmeaTimedOut),
        ("nmea: rmc time stamp stale", N::RmcStale),
        ("nmea: no valid rmc fix", N::NoRmcFix),
        ("nmea: unable to find utc time in leap second table", N::LeapSecondsUnknown),
        ("nmea: utc time is past leap second table expiry date", N::LeapSecondsExpired),
        ("nmea: utc time stamp is ambiguous", N::UtcAmbiguous),
        ("failed to read from nmea source", N::NmeaNotRead),
        ("poll returns zero, no events", N::NoEvents),
        ("PTP_MASK_CLEAR_ALL_FAILED request failed", N::MaskNotCleared),
    ];
    for (text, notice) in table {
        text_both_ways(Program::Ts2phc, text, Body::Ts2phcNotice(notice));
    }
}

#[test]
fn ts2phc_notices_about_one_clock_or_source() {
    use Ts2phcNotice as N;
    let skipped = |source_ns| N::TimestampSkipped {
        interface: "ens7f0",
        channel: 1,
        at_ns: 1_673_031_129_500_000_003,
        source_ns,
    };
    let table = [
        // ts2phc.c of linuxptp 4.4, and ts2phc_slave.c of 3.1.1
        (
            "ens7f0 offset         -2",
            N::FreeRunning { interface: "ens7f0", dialect: Dialect::V4, offset_ns: -2 },
        ),
        (
            "ens7f0 master offset 1234567890123",
            N::FreeRunning { interface: "ens7f0", dialect: Dialect::V3, offset_ns: 1_234_567_890_123 },
        ),
        (
            "ens7f0 lost holdover lock (offset       -250)",
            N::LostHoldoverLock { interface: "ens7f0", offset_ns: -250 },
        ),
        (
            "ens7f0 SKIP extts index 1 at 1673031129.500000003 src 1673031129.501",
            skipped(Some(1_673_031_129_000_000_501)),
        ),
        ("ens7f0 SKIP extts index 1 at 1673031129.500000003", skipped(None)),
        // scenarios/recorded/4.4/tgm-ts2phc.log
        (
            "adding tstamp 1795349886.000251833 to clock /dev/ptp0",
            N::TimestampAdded { at_ns: 1_795_349_886_000_251_833, clock: "/dev/ptp0" },
        ),
        ("PPS sink ens1f0 has ptp index 0", N::PpsSink { interface: "ens1f0", ptp_index: 0 }),
        ("nmea delay: 120893548 ns", N::NmeaDelay { delay_ns: 120_893_548 }),
        ("nmea delay: -5 ns", N::NmeaDelay { delay_ns: -5 }),
        ("nmea sentence: GNRMC,,", N::NmeaSentence("GNRMC,,")),
        ("failed to open nmea source 127.0.0.1:5566", N::NmeaNotOpened("127.0.0.1:5566")),
        ("sock_open: connect failed: Connection refused", N::SockOpen("connect failed: Connection refused")),
        (
            "config item (null).ts2phc.nmea_serialport is '/dev/ttyS0'",
            N::ConfigItem("(null).ts2phc.nmea_serialport is '/dev/ttyS0'"),
        ),
        (
            "PI servo: sync interval 1.000 kp 0.700 ki 0.300000",
            N::PiServo("sync interval 1.000 kp 0.700 ki 0.300000"),
        ),
    ];
    for (text, notice) in table {
        text_both_ways(Program::Ts2phc, text, Body::Ts2phcNotice(notice));
    }
}

#[test]
fn edges_that_ts2phc_has_time_stamped() {
    let extts = |at_ns, correction_ns, source_ns, offset_ns| Extts {
        interface: "ens7f0",
        channel: 0,
        at_ns,
        correction_ns,
        source_ns,
        offset_ns,
    };
    let s = 1_673_031_129_000_000_000;
    let table = [
        // ts2phc_slave.c of linuxptp 3.1.1
        (
            "ens7f0 extts index 0 at 1673031129.000000000 corr 0 src 1673031129.911642976 diff 0",
            extts(s, 0, s + 911_642_976, 0),
        ),
        // `.%ld`: nanoseconds of the source have no leading zeros.
        (
            "ens7f0 extts index 0 at 1673031129.000000001 corr -42 src 1673031129.7 diff -41",
            extts(s + 1, -42, s + 7, -41),
        ),
    ];
    for (text, read) in table {
        text_both_ways(Program::Ts2phc, text, Body::Ts2phcNotice(Ts2phcNotice::TimestampTaken(read)));
    }
}

#[test]
fn nmea_status() {
    use ReportedState::{S0, S2};
    let status = |status, offset_ns, state| {
        Body::NmeaStatus(NmeaStatus { interface: "ens2f0", status, offset_ns, state })
    };
    let table = [
        // openshift/linuxptp-daemon pkg/parser/ts2phc_parser.go:25
        ("ens2f0 nmea_status 0 offset 999999 s0", status(0, 999_999, S0)),
        ("ens2f0 nmea_status 1 offset 0 s2", status(1, 0, S2)),
        ("ens2f0 nmea_status -1 offset -7 -1", status(-1, -7, ReportedState::Other("-1"))),
    ];
    for (text, body) in table {
        daemon_both_ways(Program::Ts2phc, ConfigProgram::Ts2phc, text, body);
    }
}

/// A state word on the line of a grandmaster.
#[test]
fn reported_states() {
    use ReportedState::{Other, S0, S1, S2};
    let table = [
        // logparser.go:362
        ("s0", S0),
        ("s1", S1),
        ("s2", S2),
        // openshift/linuxptp-daemon pkg/event/event.go: PTP_UNKNOWN, PTP_NOTSET
        ("-1", Other("-1")),
        ("-2", Other("-2")),
        ("s3", Other("s3")),
    ];
    for (word, state) in table {
        let text = format!("ens2f1 T-GM-STATUS {word}");
        let body = Body::GrandmasterStatus(GrandmasterStatus { interface: "ens2f1", state });
        daemon_both_ways(Program::Grandmaster, ConfigProgram::Ts2phc, &text, body);
    }
}

#[test]
fn boundary_clock_status() {
    let status = |offset_ns, state| {
        Body::BoundaryClockStatus(BoundaryClockStatus { interface: "ens2f0", offset_ns, state })
    };
    let table = [
        // tbc_test.go:648
        ("ens2f0 offset 0 T-BC-STATUS s2", status(0, ReportedState::S2)),
        // openshift/linuxptp-daemon pkg/event/event_tbc.go: the offset when it knows none
        ("ens2f0 offset 99999999999 T-BC-STATUS s0", status(99_999_999_999, ReportedState::S0)),
        ("ens2f0 offset -55 T-BC-STATUS s1", status(-55, ReportedState::S1)),
    ];
    for (text, body) in table {
        daemon_both_ways(Program::BoundaryClock, ConfigProgram::Ts2phc, text, body);
    }
}

#[test]
fn dpll_status() {
    let all = DpllStatus {
        interface: "ens2f0",
        frequency_status: Some(3),
        offset_ns: Some(-8),
        phase_status: Some(3),
        pps_status: Some(1),
        state: ReportedState::S2,
    };
    let table = [
        // logparser.go:513, and an offset below zero
        ("ens2f0 frequency_status 3 offset -8 phase_status 3 pps_status 1 s2", all),
        // Hardware that cannot measure: openshift/linuxptp-daemon pkg/dpll/dpll.go, FlagNoPhaseOffset and the like
        ("ens2f0 offset -8 phase_status 3 pps_status 1 s2", DpllStatus { frequency_status: None, ..all }),
        (
            "ens2f0 frequency_status 3 pps_status 1 s2",
            DpllStatus { offset_ns: None, phase_status: None, ..all },
        ),
        (
            "ens2f0  -1",
            DpllStatus {
                frequency_status: None,
                offset_ns: None,
                phase_status: None,
                pps_status: None,
                state: ReportedState::Other("-1"),
                ..all
            },
        ),
    ];
    for (text, status) in table {
        daemon_both_ways(Program::Dpll, ConfigProgram::Ts2phc, text, Body::Dpll(status));
    }
}

#[test]
fn gnss_status() {
    let status =
        |fix, offset_ns, state| Body::Gnss(GnssStatus { interface: "ens2f1", fix, offset_ns, state });
    let table = [
        // metrics_test.go:328
        ("ens2f1 gnss_status 3 offset 5 s2", status(3, 5, ReportedState::S2)),
        // openshift/linuxptp-daemon pkg/daemon/gpsd.go: the offset when it has none
        ("ens2f1 gnss_status 0 offset 99999999 s0", status(0, 99_999_999, ReportedState::S0)),
    ];
    for (text, body) in table {
        daemon_both_ways(Program::Gnss, ConfigProgram::Ts2phc, text, body);
    }
}

#[test]
fn synce_states() {
    let table = [
        // logparser.go:655
        (
            "ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1",
            ("EEC_HOLDOVER", Some(2), Some(ReportedState::S1)),
        ),
        (
            "ens7f0 device synce1 eec_state EEC_LOCKED_HO_ACQ network_option 1 s2",
            ("EEC_LOCKED_HO_ACQ", Some(1), Some(ReportedState::S2)),
        ),
        // The daemon prints an unset state as nothing, but the blank before it.
        ("ens7f0 device synce1 eec_state EEC_INVALID ", ("EEC_INVALID", None, None)),
    ];
    for (text, (eec_state, network_option, state)) in table {
        let device = "synce1";
        let body = SynceState { interface: "ens7f0", device, eec_state, network_option, state };
        daemon_both_ways(Program::Synce4l, ConfigProgram::Synce4l, text, Body::SynceState(body));
    }
}

#[test]
fn synce_qualities() {
    let prtc = SynceQuality {
        interface: "ens7f0",
        quality: "PRTC",
        device: "synce1",
        ext_ql: Some(0x20),
        network_option: Some(2),
        ql: Some(1),
        state: Some(ReportedState::S2),
    };
    let table = [
        // logparser.go:658
        ("ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2", prtc),
        // Without the extended TLV
        (
            "ens7f0 clock_quality PRTC device synce1 network_option 2 ql 0x1 s2",
            SynceQuality { ext_ql: None, ..prtc },
        ),
        (
            "ens7f0 clock_quality PRS device synce1 ext_ql 0xff network_option 2 ql 0x0 ",
            SynceQuality { quality: "PRS", ext_ql: Some(0xff), ql: Some(0), state: None, ..prtc },
        ),
        (
            "ens7f0 clock_quality DNU device synce1 -2",
            SynceQuality {
                quality: "DNU",
                ext_ql: None,
                network_option: None,
                ql: None,
                state: Some(ReportedState::Other("-2")),
                ..prtc
            },
        ),
    ];
    for (text, quality) in table {
        daemon_both_ways(Program::Synce4l, ConfigProgram::Synce4l, text, Body::SynceQuality(quality));
    }
}

/// openshift/linuxptp-daemon pkg/synce/synce.go has these lines of synce4l in a comment.
#[test]
fn synce4l_notices() {
    use Synce4lNotice::{ActOn, EecState, ExtendedQuality, Quality};
    let (locked, interface) = ("EEC_LOCKED/EEC_LOCKED_HO_ACQ", "ens7f0");
    let table = [
        ("EEC_HOLDOVER on synce1", EecState { eec_state: "EEC_HOLDOVER", source: None, device: "synce1" }),
        (
            "EEC_LOCKED/EEC_LOCKED_HO_ACQ on GNSS of synce1",
            EecState { eec_state: locked, source: Some("GNSS"), device: "synce1" },
        ),
        ("act on EEC_LOCKED/EEC_LOCKED_HO_ACQ for ens7f0", ActOn { eec_state: locked, interface }),
        ("tx_rebuild_tlv: attached new TLV, QL=0xf on ens7f0", Quality { ql: 0xf, interface }),
        (
            "tx_rebuild_tlv: attached new extended TLV, EXT_QL=0xff on ens7f0",
            ExtendedQuality { ext_ql: 0xff, interface },
        ),
    ];
    for (text, notice) in table {
        text_both_ways(Program::Synce4l, text, Body::Synce4lNotice(notice));
    }
}

#[test]
fn chronyd_texts() {
    use ChronydSays::{NoSelectableSources, Other, SelectedSource};
    let table = [
        // scenarios/recorded/chrony-4.3/chronyd.log
        ("2026-11-22T12:21:56Z Selected source 10.9.9.1", SelectedSource),
        ("2026-11-22T12:22:16Z Can't synchronise: no selectable sources", NoSelectableSources),
        ("2026-11-22T12:22:34Z chronyd exiting", Other),
        // metrics_test.go:395
        ("Selected source 192.168.1.1", SelectedSource),
        ("System clock wrong by 0.000123 seconds", Other),
        ("no selectable sources; Selected source 192.168.1.1", SelectedSource),
    ];
    for (text, says) in table {
        let body = Body::Chronyd(ChronydText { text, says });
        assert_eq!(body, Body::Chronyd(ChronydText::new(text)));
        text_both_ways(Program::Chronyd, text, body);
        // openshift/linuxptp-daemon pkg/daemon/daemon.go:1669: the prefix that it puts before a line of chronyd
        let prefix =
            prefix(Program::Chronyd, Stamp::Pid { pid: 4711 }, ConfigProgram::Chronyd, Level::Absent);
        let line = format!("chronyd[4711][chronyd.0.config]: {text}");
        both_ways(&line, Line::Message(Message { prefix, body }));
    }
}

#[test]
fn high_availability_profiles() {
    let table = [
        // logparser.go:784
        ("ptp_ha_profile profile1 state 1", "profile1", true),
        ("ptp_ha_profile profile2 state 0", "profile2", false),
        // Names that are words of other forms of phc2sys
        ("ptp_ha_profile rms state 1", "rms", true),
        ("ptp_ha_profile phc state 1", "phc", true),
        ("ptp_ha_profile offset state 0", "offset", false),
    ];
    for (text, profile, active) in table {
        let body = Body::HaProfile(HaProfile { profile, active });
        daemon_both_ways(Program::Phc2sys, ConfigProgram::Phc2sys, text, body);
    }
}

#[test]
fn the_daemon_speaks_in_the_name_of_each_of_these_programs() {
    use Program::{BoundaryClock, Chronyd, Dpll, Gnss, Grandmaster, Synce4l, Ts2phc};
    let status = Body::ProcessStatus(ProcessStatus { value: 1, separator: StatusSeparator::Colon });
    let class = Body::ClockClassChange(ClockClassChange { class: 6, form: NumberForm::Integer });
    for program in [Ts2phc, Synce4l, Chronyd, Grandmaster, BoundaryClock, Dpll, Gnss] {
        daemon_both_ways(program, ConfigProgram::Ts2phc, "PTP_PROCESS_STATUS:1", status);
        daemon_both_ways(program, ConfigProgram::Ts2phc, "CLOCK_CLASS_CHANGE 6", class);
    }
}

/// Replayed lines keep the level, and linuxptp 3.1.1 does not expand it.
#[test]
fn a_level_in_the_tag_changes_no_form() {
    let stamp = Stamp::Monotonic { ms: 521_734_693 };
    for (suffix, level) in [(":6", Level::Number(6)), (":{level}", Level::Placeholder)] {
        let prefix = prefix(Program::Ts2phc, stamp, ConfigProgram::Ts2phc, level);
        let sample = Ts2phcOffset {
            interface: "/dev/ptp6",
            dialect: Dialect::V4,
            offset_ns: 0,
            servo: Servo::Locked,
            freq: Ppb::rounded(-0.0),
            holdover: false,
        };
        let class = ClockClassChange { class: 7, form: NumberForm::Integer };
        let state = ReportedState::S1;
        let table = [
            ("/dev/ptp6 offset          0 s2 freq      -0", Body::Ts2phcOffset(sample)),
            ("source ts not valid", Body::Ts2phcNotice(Ts2phcNotice::SourceNotValid)),
            ("CLOCK_CLASS_CHANGE 7", Body::ClockClassChange(class)),
            (
                "ens2f0 nmea_status 1 offset 0 s1",
                Body::NmeaStatus(NmeaStatus { interface: "ens2f0", status: 1, offset_ns: 0, state }),
            ),
        ];
        for (text, body) in table {
            let line = format!("ts2phc[521734.693]: [ts2phc.0.config{suffix}] {text}");
            both_ways(&line, Line::Message(Message { prefix, body }));
        }
    }
}
