//! Properties of the grammar on generated lines of every form, and on any bytes at all.

use proptest::prelude::*;
use proptest::sample::select;
use ptp_lines::{
    BestMaster, Body, Clock, ClockClassChange, ClockIdentity, Command, ConfigName, ConfigProgram,
    DelaySummary, ForeignMaster, Level, Line, Message, NumberForm, OffsetSource, Phc2sysOffset,
    Phc2sysSelection, Phc2sysSummary, Port, PortEvent, PortIdentity, PortState, PortTransition, Ppb, Prefix,
    ProcessStatus, Program, Ptp4lOffset, Servo, SourceWording, Stamp, StatusSeparator, Summary, Tag, parse,
    strip_level,
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

fn wording() -> impl Strategy<Value = SourceWording> {
    select(vec![SourceWording::Source, SourceWording::Master])
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
    let source = select(vec![OffsetSource::Phc, OffsetSource::Sys]);
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
        (clock(), wording()).prop_map(|(clock, wording)| S::AsSource { clock, wording }),
        clock().prop_map(S::AsOutOfDomainSource),
        (clock(), clock()).prop_map(|(clock, selected)| S::Skipping { clock, selected }),
        wording().prop_map(|wording| S::SourceNotReady { wording }),
        Just(S::NoPhcReady),
        wording().prop_map(|wording| S::MultipleSources { wording }),
        Just(S::NothingToSynchronize),
        Just(S::WaitingForPtp4l),
    ]
}

fn program() -> impl Strategy<Value = Program<'static>> {
    use Program::{Chronyd, Gpsd, Gpspipe, Other, Phc2sys, Pmc, Ptp4l, Synce4l, Ts2phc};
    let known = [Ptp4l, Phc2sys, Ts2phc, Synce4l, Chronyd, Pmc, Gpsd, Gpspipe];
    let other = leaked("[A-Za-z0-9_-]{1,32}")
        .prop_filter("reads as a known program", move |name| known.iter().all(|known| known.name() != *name));
    prop_oneof![select(known.to_vec()), other.prop_map(Other)]
}

/// A body, and the program that says it.
fn program_and_body() -> impl Strategy<Value = (Program<'static>, Body<'static>)> {
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
    ];
    let separator = select(vec![StatusSeparator::Colon, StatusSeparator::Blank]);
    let form = select(vec![NumberForm::Integer, NumberForm::SixDecimals]);
    let of_any = prop_oneof![
        (any::<i64>(), separator)
            .prop_map(|(value, separator)| Body::ProcessStatus(ProcessStatus { value, separator })),
        (any::<u8>(), form)
            .prop_map(|(class, form)| Body::ClockClassChange(ClockClassChange { class, form })),
    ];
    prop_oneof![
        of_ptp4l.prop_map(|body| (Program::Ptp4l, body)),
        of_phc2sys.prop_map(|body| (Program::Phc2sys, body)),
        (program(), of_any),
    ]
}

fn stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        any::<u64>().prop_map(|ms| Stamp::Monotonic { ms }),
        (0..10_000_000_u64).prop_map(|ms| Stamp::Monotonic { ms }),
        any::<u64>().prop_map(|s| Stamp::Unix { s })
    ]
}

fn tag() -> impl Strategy<Value = Tag> {
    use ConfigProgram::{Chronyd, Phc2sys, Ptp4l, Synce4l, Ts2phc};
    let level = prop_oneof![Just(Level::Absent), (0..8_u8).prop_map(Level::Number), Just(Level::Placeholder)];
    (select(vec![Ptp4l, Phc2sys, Ts2phc, Synce4l, Chronyd]), any::<u32>(), level)
        .prop_map(|(program, index, level)| Tag { config: ConfigName { program, index }, level })
}

fn message() -> impl Strategy<Value = Message<'static>> {
    (program_and_body(), stamp(), tag())
        .prop_map(|((program, body), stamp, tag)| Message { prefix: Prefix { program, stamp, tag }, body })
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
        prop_assume!(!matches!(message.body, Body::Phc2sysSelection(_)));
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
