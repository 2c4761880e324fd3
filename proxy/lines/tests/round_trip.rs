//! Properties of the grammar on generated lines of every form, and on any bytes at all.

use proptest::prelude::*;
use proptest::sample::select;
use ptp_lines::{
    BestMaster, Body, BoundaryClockStatus, ChronydText, Clock, ClockClassChange, ClockIdentity, Command,
    ConfigName, ConfigProgram, DelaySummary, Dialect, DpllStatus, Extts, ForeignMaster, GnssStatus,
    GrandmasterStatus, HaProfile, Level, Line, Message, NmeaStatus, NumberForm, OffsetSource, Phc2sysOffset,
    Phc2sysSelection, Phc2sysSummary, Port, PortEvent, PortIdentity, PortState, PortTransition, Ppb, Prefix,
    ProcessStatus, Program, Ptp4lOffset, ReportedState, Servo, Stamp, StatusSeparator, Summary,
    Synce4lNotice, SynceQuality, SynceState, Tag, Ts2phcNotice, Ts2phcOffset, parse, strip_level,
};

fn printed(line: Line<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    line.print(&mut bytes);
    bytes
}

/// Lives as long as the test: generated values borrow their names.
fn leaked(pattern: &'static str) -> impl Strategy<Value = &'static str> {
    pattern.prop_map(|text| &*text.leak())
}

/// Anything without blanks: interface names, device paths, and worse.
fn word() -> impl Strategy<Value = &'static str> {
    prop_oneof![leaked("[a-z]{2,4}[0-9]{1,2}f[0-9]"), leaked("/[a-z/.]{1,20}"), leaked("[!-~é]{1,16}")]
}

fn ppb() -> impl Strategy<Value = Ppb> {
    prop_oneof![
        any::<i64>().prop_map(Ppb::from),
        (-1_000_000_i64..1_000_000).prop_map(Ppb::from),
        Just(Ppb::rounded(-0.0))
    ]
}

fn nanoseconds() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -1000_i64..1000]
}

fn servo() -> impl Strategy<Value = Servo> {
    select(vec![Servo::Unlocked, Servo::Jump, Servo::Locked, Servo::LockedStable])
}

fn dialect() -> impl Strategy<Value = Dialect> {
    select(vec![Dialect::V3, Dialect::V4])
}

fn port() -> impl Strategy<Value = Port<'static>> {
    (any::<u16>(), proptest::option::of(word())).prop_map(|(number, name)| Port { number, name })
}

fn clock() -> impl Strategy<Value = Clock<'static>> {
    let device = word().prop_filter("reads as another clock", |name| *name != "CLOCK_REALTIME");
    prop_oneof![Just(Clock::Realtime), device.prop_map(Clock::Device)]
}

fn clock_identity() -> impl Strategy<Value = ClockIdentity> {
    any::<[u8; 8]>().prop_map(ClockIdentity)
}

fn port_identity() -> impl Strategy<Value = PortIdentity> {
    (clock_identity(), any::<u16>()).prop_map(|(clock, number)| PortIdentity { clock, number })
}

fn ptp4l_offset() -> impl Strategy<Value = Ptp4lOffset> {
    (nanoseconds(), servo(), ppb(), proptest::option::of(nanoseconds())).prop_map(
        |(offset_ns, servo, freq, path_delay_ns)| Ptp4lOffset { offset_ns, servo, freq, path_delay_ns },
    )
}

fn summary() -> impl Strategy<Value = Summary> {
    let delay = (ppb(), any::<u64>()).prop_map(|(mean_ns, stddev_ns)| DelaySummary { mean_ns, stddev_ns });
    (any::<u64>(), any::<u64>(), ppb(), any::<u64>(), proptest::option::of(delay)).prop_map(
        |(rms_ns, max_ns, freq, freq_stddev, delay)| Summary { rms_ns, max_ns, freq, freq_stddev, delay },
    )
}

fn port_transition() -> impl Strategy<Value = PortTransition<'static>> {
    let state = || select(PortState::ALL.to_vec());
    let cause = prop_oneof![
        (select(PortEvent::ALL.to_vec()), proptest::option::of(leaked("[A-Z_]{0,20}"))),
        leaked("[A-Z]{3,20}_LATER").prop_map(|name| (PortEvent::Unknown(name), None)),
        Just((PortEvent::Unnamed, None)),
    ];
    (port(), state(), state(), cause).prop_map(|(port, from, to, (event, fault))| PortTransition {
        port,
        from,
        to,
        event,
        fault,
    })
}

fn phc2sys_offset() -> impl Strategy<Value = Phc2sysOffset<'static>> {
    let source = select(vec![OffsetSource::Phc, OffsetSource::Sys, OffsetSource::Pps]);
    (clock(), source, nanoseconds(), servo(), ppb(), proptest::option::of(nanoseconds())).prop_map(
        |(clock, source, offset_ns, servo, freq, delay_ns)| Phc2sysOffset {
            clock,
            source,
            offset_ns,
            servo,
            freq,
            delay_ns,
        },
    )
}

fn selection() -> impl Strategy<Value = Phc2sysSelection<'static>> {
    use Phc2sysSelection as S;
    prop_oneof![
        port_identity().prop_map(S::PortChangedState),
        Just(S::Reconfiguring),
        clock().prop_map(S::ForSynchronization),
        (clock(), dialect()).prop_map(|(clock, dialect)| S::AsSource { clock, dialect }),
        clock().prop_map(S::AsOutOfDomainSource),
        (clock(), clock()).prop_map(|(clock, selected)| S::Skipping { clock, selected }),
        dialect().prop_map(|dialect| S::SourceNotReady { dialect }),
        Just(S::NoPhcReady),
        dialect().prop_map(|dialect| S::MultipleSources { dialect }),
        Just(S::NothingToSynchronize),
        Just(S::WaitingForPtp4l),
    ]
}

fn program() -> impl Strategy<Value = Program<'static>> {
    use Program::{
        BoundaryClock, Chronyd, Dpll, Gnss, Gpsd, Gpspipe, Grandmaster, Other, Phc2sys, Pmc, Ptp4l,
    };
    use Program::{Synce4l, Ts2phc};
    let known = [
        Ptp4l,
        Phc2sys,
        Ts2phc,
        Synce4l,
        Chronyd,
        Pmc,
        Gpsd,
        Gpspipe,
        Grandmaster,
        BoundaryClock,
        Dpll,
        Gnss,
    ];
    let other = leaked("[A-Za-z0-9_-]{1,32}")
        .prop_filter("reads as a known program", move |name| known.iter().all(|known| known.name() != *name));
    prop_oneof![select(known.to_vec()), other.prop_map(Other)]
}

fn state() -> impl Strategy<Value = ReportedState<'static>> {
    use ReportedState::{Other, S0, S1, S2};
    let other = leaked("s[3-9]|s[0-9]{2,3}|-[0-9]{1,3}").prop_map(Other);
    prop_oneof![Just(S0), Just(S1), Just(S2), other]
}

/// Free text as programs print it: neither empty nor with a blank in front.
fn free_text() -> impl Strategy<Value = &'static str> {
    leaked("[!-~é][ -~é]{0,40}")
}

fn ts2phc_offset() -> impl Strategy<Value = Ts2phcOffset<'static>> {
    (word(), dialect(), nanoseconds(), servo(), ppb(), any::<bool>()).prop_map(
        |(interface, dialect, offset_ns, servo, freq, holdover)| Ts2phcOffset {
            interface,
            dialect,
            offset_ns,
            servo,
            freq,
            holdover,
        },
    )
}

/// Notices whose words are separated by blanks that do not matter.
fn ts2phc_words() -> impl Strategy<Value = Ts2phcNotice<'static>> {
    use Ts2phcNotice as N;
    let skipped = (word(), any::<u32>(), any::<u64>(), proptest::option::of(any::<u64>())).prop_map(
        |(interface, channel, at_ns, source_ns)| N::TimestampSkipped { interface, channel, at_ns, source_ns },
    );
    prop_oneof![
        (word(), dialect(), nanoseconds()).prop_map(|(interface, dialect, offset_ns)| N::FreeRunning {
            interface,
            dialect,
            offset_ns
        }),
        extts().prop_map(N::TimestampTaken),
        skipped,
    ]
}

fn extts() -> impl Strategy<Value = Extts<'static>> {
    (word(), any::<u32>(), any::<u64>(), any::<i32>(), any::<u64>(), nanoseconds()).prop_map(
        |(interface, channel, at_ns, correction_ns, source_ns, offset_ns)| Extts {
            interface,
            channel,
            at_ns,
            correction_ns,
            source_ns,
            offset_ns,
        },
    )
}

/// Notices that are sentences.
fn ts2phc_sentences() -> impl Strategy<Value = Ts2phcNotice<'static>> {
    use Ts2phcNotice as N;
    let fixed = select(vec![
        N::SourceNotValid,
        N::NmeaTimedOut,
        N::RmcStale,
        N::NoRmcFix,
        N::LeapSecondsUnknown,
        N::LeapSecondsExpired,
        N::UtcAmbiguous,
        N::NmeaNotRead,
        N::NoEvents,
        N::MaskNotCleared,
    ]);
    prop_oneof![
        fixed,
        (word(), nanoseconds())
            .prop_map(|(interface, offset_ns)| N::LostHoldoverLock { interface, offset_ns }),
        nanoseconds().prop_map(|delay_ns| N::NmeaDelay { delay_ns }),
        (any::<u64>(), word()).prop_map(|(at_ns, clock)| N::TimestampAdded { at_ns, clock }),
        (word(), any::<u32>()).prop_map(|(interface, ptp_index)| N::PpsSink { interface, ptp_index }),
        free_text().prop_map(N::NmeaSentence),
        free_text().prop_map(N::NmeaNotOpened),
        free_text().prop_map(N::SockOpen),
        free_text().prop_map(N::ConfigItem),
        free_text().prop_map(N::PiServo),
    ]
}

fn synce4l_notice() -> impl Strategy<Value = Synce4lNotice<'static>> {
    use Synce4lNotice as N;
    let eec_state = || leaked("EEC_[!-~]{0,20}");
    prop_oneof![
        (eec_state(), proptest::option::of(word()), word())
            .prop_map(|(eec_state, source, device)| N::EecState { eec_state, source, device }),
        (eec_state(), word()).prop_map(|(eec_state, interface)| N::ActOn { eec_state, interface }),
        (any::<u8>(), word()).prop_map(|(ql, interface)| N::Quality { ql, interface }),
        (any::<u8>(), word()).prop_map(|(ext_ql, interface)| N::ExtendedQuality { ext_ql, interface }),
    ]
}

fn dpll_status() -> impl Strategy<Value = DpllStatus<'static>> {
    let value = || proptest::option::of(nanoseconds());
    (word(), value(), value(), value(), value(), state()).prop_map(
        |(interface, frequency_status, offset_ns, phase_status, pps_status, state)| DpllStatus {
            interface,
            frequency_status,
            offset_ns,
            phase_status,
            pps_status,
            state,
        },
    )
}

fn synce_state() -> impl Strategy<Value = SynceState<'static>> {
    let option = proptest::option::of(any::<i64>());
    (word(), word(), word(), option, proptest::option::of(state())).prop_map(
        |(interface, device, eec_state, network_option, state)| SynceState {
            interface,
            device,
            eec_state,
            network_option,
            state,
        },
    )
}

fn synce_quality() -> impl Strategy<Value = SynceQuality<'static>> {
    let ql = || proptest::option::of(any::<u8>());
    let option = proptest::option::of(any::<i64>());
    (word(), word(), word(), ql(), option, ql(), proptest::option::of(state())).prop_map(
        |(interface, quality, device, ext_ql, network_option, ql, state)| SynceQuality {
            interface,
            quality,
            device,
            ext_ql,
            network_option,
            ql,
            state,
        },
    )
}

fn body_of_linuxptp() -> BoxedStrategy<(Program<'static>, Body<'static>)> {
    let of_ptp4l = prop_oneof![
        ptp4l_offset().prop_map(Body::Ptp4lOffset),
        summary().prop_map(Body::Ptp4lSummary),
        port_transition().prop_map(Body::PortTransition),
        clock_identity().prop_map(|clock| Body::BestMaster(BestMaster::Local(clock))),
        clock_identity().prop_map(|clock| Body::BestMaster(BestMaster::Foreign(clock))),
        (port(), port_identity())
            .prop_map(|(port, master)| Body::ForeignMaster(ForeignMaster { port, master })),
    ];
    let of_phc2sys = prop_oneof![
        phc2sys_offset().prop_map(Body::Phc2sysOffset),
        (clock(), summary())
            .prop_map(|(clock, summary)| Body::Phc2sysSummary(Phc2sysSummary { clock, summary })),
        selection().prop_map(Body::Phc2sysSelection),
        (word(), any::<bool>()).prop_map(|(profile, active)| Body::HaProfile(HaProfile { profile, active })),
    ];
    let of_ts2phc = prop_oneof![
        ts2phc_offset().prop_map(Body::Ts2phcOffset),
        ts2phc_words().prop_map(Body::Ts2phcNotice),
        ts2phc_sentences().prop_map(Body::Ts2phcNotice),
        (word(), any::<i64>(), nanoseconds(), state()).prop_map(|(interface, status, offset_ns, state)| {
            Body::NmeaStatus(NmeaStatus { interface, status, offset_ns, state })
        }),
    ];
    prop_oneof![
        of_ptp4l.boxed().prop_map(|body| (Program::Ptp4l, body)),
        of_phc2sys.boxed().prop_map(|body| (Program::Phc2sys, body)),
        of_ts2phc.boxed().prop_map(|body| (Program::Ts2phc, body)),
        synce4l_notice().prop_map(|notice| (Program::Synce4l, Body::Synce4lNotice(notice))),
        free_text().prop_map(|text| (Program::Chronyd, Body::Chronyd(ChronydText::new(text)))),
    ]
    .boxed()
}

fn body_of_the_daemon() -> BoxedStrategy<(Program<'static>, Body<'static>)> {
    let grandmaster = (word(), state()).prop_map(|(interface, state)| GrandmasterStatus { interface, state });
    let boundary_clock = (word(), nanoseconds(), state())
        .prop_map(|(interface, offset_ns, state)| BoundaryClockStatus { interface, offset_ns, state });
    let gnss = (word(), any::<i64>(), nanoseconds(), state())
        .prop_map(|(interface, fix, offset_ns, state)| GnssStatus { interface, fix, offset_ns, state });
    let separator = select(vec![StatusSeparator::Colon, StatusSeparator::Blank]);
    let form = select(vec![NumberForm::Integer, NumberForm::SixDecimals]);
    let of_any = prop_oneof![
        (any::<i64>(), separator)
            .prop_map(|(value, separator)| Body::ProcessStatus(ProcessStatus { value, separator })),
        (any::<u8>(), form)
            .prop_map(|(class, form)| Body::ClockClassChange(ClockClassChange { class, form })),
    ];
    prop_oneof![
        grandmaster.prop_map(|status| (Program::Grandmaster, Body::GrandmasterStatus(status))),
        boundary_clock.prop_map(|status| (Program::BoundaryClock, Body::BoundaryClockStatus(status))),
        gnss.prop_map(|status| (Program::Gnss, Body::Gnss(status))),
        dpll_status().prop_map(|status| (Program::Dpll, Body::Dpll(status))),
        (program(), of_any),
    ]
    .boxed()
}

/// A body, the program that says it, and a stamp with which it says it.
fn said() -> impl Strategy<Value = (Program<'static>, Body<'static>, Stamp)> {
    let whole_seconds = any::<u64>().prop_map(|s| Stamp::Unix { s });
    let of_synce =
        prop_oneof![synce_state().prop_map(Body::SynceState), synce_quality().prop_map(Body::SynceQuality)];
    prop_oneof![
        3 => (body_of_linuxptp(), stamp()).prop_map(|((program, body), stamp)| (program, body, stamp)),
        3 => (body_of_the_daemon(), stamp()).prop_map(|((program, body), stamp)| (program, body, stamp)),
        1 => (of_synce, whole_seconds).prop_map(|(body, stamp)| (Program::Synce4l, body, stamp)),
    ]
}

/// Whether blanks inside the text are part of what it says.
fn is_sentence(body: &Body<'_>) -> bool {
    use Ts2phcNotice::{FreeRunning, TimestampSkipped, TimestampTaken};
    if let Body::Ts2phcNotice(notice) = body {
        return !matches!(notice, FreeRunning { .. } | TimestampTaken(_) | TimestampSkipped { .. });
    }
    matches!(body, Body::Phc2sysSelection(_) | Body::Chronyd(_))
}

fn stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        any::<u64>().prop_map(|ms| Stamp::Monotonic { ms }),
        (0..10_000_000_u64).prop_map(|ms| Stamp::Monotonic { ms }),
        any::<u64>().prop_map(|s| Stamp::Unix { s }),
        any::<u64>().prop_map(|pid| Stamp::Pid { pid }),
    ]
}

fn tag() -> impl Strategy<Value = Tag> {
    use ConfigProgram::{Chronyd, Phc2sys, Ptp4l, Synce4l, Ts2phc};
    let level = prop_oneof![Just(Level::Absent), (0..8_u8).prop_map(Level::Number), Just(Level::Placeholder)];
    (select(vec![Ptp4l, Phc2sys, Ts2phc, Synce4l, Chronyd]), any::<u32>(), level)
        .prop_map(|(program, index, level)| Tag { config: ConfigName { program, index }, level })
}

fn message() -> impl Strategy<Value = Message<'static>> {
    (said(), tag())
        .prop_map(|((program, body, stamp), tag)| Message { prefix: Prefix { program, stamp, tag }, body })
}

fn command() -> impl Strategy<Value = Command<'static>> {
    prop_oneof![
        Just(Command::Restart),
        Just(Command::LiveStart),
        any::<u64>().prop_map(|unix_ns| Command::Time { unix_ns }),
        leaked("[!-~]{1,64}").prop_map(|token| Command::Sync { token }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_generated_message_is_read_as_it_was_meant(message in message()) {
        let line = printed(Line::Message(message));
        prop_assert_eq!(parse(&line), Ok(Line::Message(message)), "{}", line.escape_ascii());
    }

    #[test]
    fn every_generated_command_is_read_as_it_was_meant(command in command()) {
        let line = printed(Line::Command(command));
        prop_assert_eq!(parse(&line), Ok(Line::Command(command)), "{}", line.escape_ascii());
    }

    #[test]
    fn a_config_name_is_read_back(tag in tag()) {
        prop_assert_eq!(ConfigName::parse(tag.config.to_string().as_bytes()), Some(tag.config));
    }

    #[test]
    fn stripping_takes_the_level_off_a_message_and_nothing_else(message in message()) {
        let line = printed(Line::Message(message));
        // A name may itself look like a level, which the daemon strips too.
        prop_assume!(!message.body.to_string().contains(['{', '}']) && !message.body.to_string().contains(".config"));
        let mut stripped = Vec::new();
        strip_level(&line, &mut stripped);
        let mut expected = message;
        expected.prefix.tag.level = Level::Absent;
        prop_assert_eq!(stripped, printed(Line::Message(expected)));
    }

    #[test]
    fn the_width_of_blanks_does_not_matter(message in message(), blanks in "[ \t]{1,5}") {
        prop_assume!(!is_sentence(&message.body));
        let line = String::from_utf8(printed(Line::Message(message))).unwrap();
        let words: Vec<_> = line.split_ascii_whitespace().collect();
        let spaced = words.join(&blanks);
        prop_assert_eq!(parse(spaced.as_bytes()), Ok(Line::Message(message)));
    }

    #[test]
    fn any_bytes_are_read_without_panic_and_what_is_not_known_is_verbatim(bytes: Vec<u8>) {
        prop_assert_eq!(parse(&bytes), Ok(Line::Other(&bytes)));
        prop_assert_eq!(printed(Line::Other(&bytes)), bytes);
    }

    #[test]
    fn a_damaged_line_is_an_error_or_other_or_means_what_it_prints(
        message in message(),
        at: prop::sample::Index,
        replacement in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut line = printed(Line::Message(message));
        let at = at.index(line.len());
        line.splice(at..=at, replacement);
        match parse(&line) {
            Ok(Line::Other(bytes)) => prop_assert_eq!(bytes, &line),
            Ok(read) => {
                let again = printed(read);
                prop_assert_eq!(parse(&again), Ok(read));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
