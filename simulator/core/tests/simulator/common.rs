//! What the tests share: the clock model of the recorded runs, and readers of lines, recorded or simulated.

use ptp_lines::{Body, Line, Message, PortEvent, PortState, Prefix, Servo, Stamp, parse, strip_level};
use sim_core::{
    Action, CardSetup, Connection, GrandmasterSetup, LinkSetup, OscillatorSetup, PathSetup, PortSetup,
    ProcessId, ProcessProgram, Setup, SimTime, Truth, What, World,
};
use std::path::PathBuf;

/// The clocks and the network of `scenarios/recorded/4.4/clknetsim-oc44.clknetsim.conf`, and what happens in that run.
pub(crate) fn clknetsim_oc44(seed: u64) -> Setup {
    let mut setup = Setup {
        seed,
        duration_s: 300,
        links: vec![LinkSetup {
            interface: "eth0".to_owned(),
            grandmaster: 0,
            path: PathSetup { delay_ns: 500.0, noise_ns: 4.0, ..PathSetup::default() },
        }],
        cards: vec![CardSetup {
            interfaces: vec!["eth0".to_owned()],
            phc: oscillator(350_000.0, 2_000.0, 0.1, 0.1),
            ..CardSetup::default()
        }],
        os_clock: oscillator(500_000_000.0, -12_000.0, 0.0, 1.0),
        grandmasters: vec![GrandmasterSetup {
            master_from: SimTime::from_ns(839_100_000),
            ..GrandmasterSetup::default()
        }],
        timeline: vec![
            (SimTime::from_s(120), Action::GrandmasterSilent { grandmaster: 0 }),
            (SimTime::from_s(150), Action::GrandmasterSpeaks { grandmaster: 0 }),
            (
                SimTime::from_s(200),
                Action::PacketDelayBurst { interface: "eth0".to_owned(), mean_ns: 3_000.0 },
            ),
            (SimTime::from_s(230), Action::PacketDelayNormal { interface: "eth0".to_owned() }),
        ],
        ..Setup::default()
    };
    let profile = &mut setup.profiles[0];
    profile.ptp4l.as_mut().expect("it has one").ports = vec![PortSetup::on("eth0")];
    let phc2sys = profile.phc2sys.as_mut().expect("it has one");
    // node3_refclock: 20 ns of noise; clknetsim reads clocks in no time.
    phc2sys.reading_noise_ns = 20.0;
    phc2sys.reading_delay_ns = 0.0;
    phc2sys.reading_delay_noise_ns = 0.0;
    setup
}

/// The same for `clknetsim-gmclass44`.
pub(crate) fn clknetsim_gmclass44(seed: u64) -> Setup {
    let mut setup = clknetsim_oc44(seed);
    setup.cards[0].phc = oscillator(120_000.0, -3_000.0, 0.0, 0.2);
    Setup {
        duration_s: 160,
        timeline: vec![
            (SimTime::from_s(60), Action::GrandmasterClockClass { grandmaster: 0, class: 7 }),
            (SimTime::from_s(90), Action::GrandmasterClockClass { grandmaster: 0, class: 140 }),
            (SimTime::from_s(120), Action::GrandmasterClockClass { grandmaster: 0, class: 248 }),
        ],
        ..setup
    }
}

/// clknetsim renews frequencies once per second: `sum` is a random walk with that step.
fn oscillator(
    initial_error_ns: f64,
    frequency_ppb: f64,
    white_ppb: f64,
    random_walk_ppb: f64,
) -> OscillatorSetup {
    OscillatorSetup {
        initial_error_ns,
        frequency_ppb,
        white_ppb,
        random_walk_ppb,
        ..OscillatorSetup::perfect()
    }
}

pub(crate) const PTP4L: Connection =
    Connection::Process(ProcessId { program: ProcessProgram::Ptp4l, profile: 0 });
pub(crate) const PHC2SYS: Connection =
    Connection::Process(ProcessId { program: ProcessProgram::Phc2sys, profile: 0 });

/// The lines of one connection of a simulation.
pub(crate) fn simulated(setup: &Setup, from: Connection) -> Vec<String> {
    let lines = World::new(setup.clone()).filter_map(|emission| match emission.what {
        What::Line { connection, text } if connection == from => Some(text),
        What::Line { .. } | What::Opened { .. } | What::Closed { .. } | What::Action(_) | What::Truth(_) => {
            None
        }
    });
    lines.collect()
}

/// The lines of a recorded file of linuxptp 4.4, as linuxptp-daemon would have forwarded them.
pub(crate) fn recorded(file: &str) -> Vec<String> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "..", "scenarios", "recorded", "4.4", file].iter().collect();
    let text = std::fs::read_to_string(&path).expect("the recording is there");
    let stripped = text.lines().map(|line| {
        let mut stripped = Vec::new();
        strip_level(line.as_bytes(), &mut stripped);
        String::from_utf8(stripped).expect("it is text")
    });
    stripped.collect()
}

/// One offset line of ptp4l or phc2sys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) at_s: f64,
    pub(crate) offset_ns: f64,
    pub(crate) servo: Servo,
    pub(crate) freq_ppb: f64,
}

/// One change of state of port 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transition {
    pub(crate) at_s: f64,
    pub(crate) from: PortState,
    pub(crate) to: PortState,
    pub(crate) event: PortEvent<'static>,
}

pub(crate) fn samples(lines: &[String]) -> Vec<Sample> {
    lines.iter().filter_map(|line| sample(&message(line)?)).collect()
}

fn sample(message: &Message<'_>) -> Option<Sample> {
    let (offset_ns, servo, freq) = if let Body::Ptp4lOffset(line) = message.body {
        (line.offset_ns, line.servo, line.freq)
    } else if let Body::Phc2sysOffset(line) = message.body {
        (line.offset_ns, line.servo, line.freq)
    } else {
        return None;
    };
    let at_s = at_s(&message.prefix);
    Some(Sample { at_s, offset_ns: offset_ns as f64, servo, freq_ppb: freq.ppb() as f64 })
}

/// Without the initialization, which linuxptp-daemon forwards to nobody.
pub(crate) fn transitions(lines: &[String]) -> Vec<Transition> {
    lines.iter().filter_map(|line| transition(&message(line)?)).collect()
}

fn transition(message: &Message<'_>) -> Option<Transition> {
    let Body::PortTransition(line) = message.body else {
        return None;
    };
    let is_running = line.port.number == 1 && line.from != PortState::Initializing;
    let at_s = at_s(&message.prefix);
    let event = PortEvent::ALL.into_iter().find(|known| *known == line.event).expect("an event of fsm.h");
    is_running.then_some(Transition { at_s, from: line.from, to: line.to, event })
}

/// The instants of the lines that contain this text.
pub(crate) fn instants_s(lines: &[String], text: &str) -> Vec<f64> {
    let with_text = lines.iter().filter(|line| line.contains(text));
    with_text.filter_map(|line| Some(at_s(&Prefix::parse(line.as_bytes())?.0))).collect()
}

pub(crate) fn message(line: &str) -> Option<Message<'_>> {
    match parse(line.as_bytes()).expect("no line is malformed") {
        Line::Message(message) => Some(message),
        Line::Command(_) | Line::Other(_) => None,
    }
}

fn at_s(prefix: &Prefix<'_>) -> f64 {
    match prefix.stamp {
        Stamp::Monotonic { ms } => ms as f64 / 1000.0,
        Stamp::Unix { s } => s as f64,
        Stamp::Pid { .. } => panic!("the simulator has no chronyd"),
    }
}

/// The samples from one instant to another.
pub(crate) fn between(samples: &[Sample], from_s: f64, until_s: f64) -> Vec<Sample> {
    samples.iter().copied().filter(|sample| from_s <= sample.at_s && sample.at_s < until_s).collect()
}

pub(crate) fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

pub(crate) fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let mean_of = mean(values.clone());
    mean(values.map(|value| (value - mean_of) * (value - mean_of))).sqrt()
}

pub(crate) fn largest(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.offset_ns.abs()).fold(0.0, f64::max)
}

/// The truth, once per second and at each change, with the second in which it is told.
pub(crate) fn truths_of(setup: &Setup) -> Vec<(u64, Truth)> {
    let truths = World::new(setup.clone()).filter_map(|emission| match emission.what {
        What::Truth(truth) => Some((emission.at.ns / 1_000_000_000, truth)),
        What::Line { .. } | What::Opened { .. } | What::Closed { .. } | What::Action(_) => None,
    });
    truths.collect()
}
