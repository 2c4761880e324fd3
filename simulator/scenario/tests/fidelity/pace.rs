//! The same transitions in the same order, as quickly.

use crate::lines::{Transition, remarks, samples, transitions};
use crate::recording::Recording;
use crate::{cases, tell};
use ptp_lines::{PortState, Servo};

/// Stamps are printed in milliseconds.
const STAMP_S: f64 = 0.001;
/// Delays agree within this part of them, or within two intervals of what they wait for.
const PART: f64 = 0.2;
const INTERVALS: f64 = 2.0;

fn lock_s(lines: &[String]) -> f64 {
    let slave = |t: &&Transition| t.change.2 == PortState::Slave;
    transitions(lines).iter().find(slave).expect("a port that becomes slave").at_s
}

#[test]
fn the_clock_locks_as_soon_as_the_recorded_one() {
    for case in cases() {
        let real_s = lock_s(&case.recording.ptp4l);
        let locks_s: Vec<f64> = case.simulations.iter().map(|simulation| lock_s(&simulation.ptp4l)).collect();
        let earliest_s = locks_s.iter().copied().fold(f64::INFINITY, f64::min);
        let latest_s = locks_s.iter().copied().fold(0.0, f64::max);
        let name = &case.recording.name;
        tell(&format!("{name}: locked at {real_s:.3} s; simulated {earliest_s:.3} to {latest_s:.3} s"));
        let tolerance_s = INTERVALS * case.recording.sync_interval_s() + STAMP_S;
        for lock_s in locks_s {
            assert!((lock_s - real_s).abs() <= tolerance_s, "{name}: {lock_s} s, recorded {real_s} s");
        }
    }
}

/// Instants, each with the delay since what caused it: a change of the model, or what was printed before.
fn delays_s(recording: &Recording, at_s: &[f64]) -> Vec<f64> {
    let mut causes_s = recording.starts_s();
    causes_s.extend(recording.changes_s());
    let before = [0.0].into_iter().chain(at_s.iter().copied());
    let delays = at_s.iter().zip(before).map(|(at_s, before_s)| {
        let change_s = causes_s.iter().copied().filter(|cause_s| cause_s <= at_s).fold(0.0, f64::max);
        at_s - change_s.max(before_s)
    });
    delays.collect()
}

/// What a port went through. Which of two ports is first is a matter of chance: each is looked at for itself.
fn of_port(transitions: &[Transition], port: u16) -> Vec<Transition> {
    transitions.iter().copied().filter(|transition| transition.change.0 == port).collect()
}

#[test]
fn ports_change_their_states_as_the_recorded_ones_do() {
    for case in cases() {
        let all = transitions(&case.recording.ptp4l);
        for port in (1..=u16::MAX).take(case.recording.ports()) {
            let real = of_port(&all, port);
            for simulation in &case.simulations {
                let got = of_port(&transitions(&simulation.ptp4l), port);
                assert_same_pace(&case.recording, simulation.seed, &got, &real);
            }
        }
        tell(&format!("{}: {} transitions, in order, by all seeds", case.recording.name, all.len()));
    }
}

fn assert_same_pace(recording: &Recording, seed: u64, got: &[Transition], real: &[Transition]) {
    let name = &recording.name;
    let changes = |transitions: &[Transition]| transitions.iter().map(|t| t.change).collect::<Vec<_>>();
    assert_eq!(changes(got), changes(real), "{name}, seed {seed}");
    let delays = |transitions: &[Transition]| {
        delays_s(recording, &transitions.iter().map(|t| t.at_s).collect::<Vec<_>>())
    };
    for ((transition, got_s), real_s) in real.iter().zip(delays(got)).zip(delays(real)) {
        let tolerance_s = (PART * real_s).max(INTERVALS * recording.sync_interval_s() + STAMP_S);
        let differs_s = (got_s - real_s).abs();
        assert!(
            differs_s <= tolerance_s,
            "{name}, seed {seed}: {got_s} s, recorded {real_s}: {transition:?}"
        );
    }
}

/// What is said of one port, or, for 0, of the clock.
fn remarks_of(lines: &[String], port: usize) -> Vec<String> {
    let is_of = |text: &String| match port {
        // When it selects its own clock before the first master is heard is a matter of chance.
        0 => !text.starts_with("port ") && !text.contains("selected local clock"),
        port => text.starts_with(&format!("port {port} ")),
    };
    remarks(lines).into_iter().map(|(_, text)| text).filter(is_of).collect()
}

#[test]
fn ptp4l_remarks_what_the_recorded_one_remarks() {
    for case in cases() {
        for simulation in &case.simulations {
            let (name, seed) = (&case.recording.name, simulation.seed);
            for port in 0..=case.recording.ports() {
                let got = remarks_of(&simulation.ptp4l, port);
                assert_eq!(got, remarks_of(&case.recording.ptp4l, port), "{name}, seed {seed}, port {port}");
            }
        }
    }
}

/// What phc2sys says of one port, or, for 0, of clocks.
fn of_phc2sys(lines: &[String], port: usize) -> Vec<(f64, String)> {
    let is_of = |text: &str| match port {
        0 => !text.ends_with(" changed state"),
        port => text.ends_with(&format!("-{port} changed state")),
    };
    remarks(lines).into_iter().filter(|(_, text)| is_of(text)).collect()
}

#[test]
fn phc2sys_says_what_the_recorded_one_says_when_it_says_it() {
    for case in cases().iter().filter(|case| !case.recording.phc2sys.is_empty()) {
        for port in 0..=case.recording.ports() {
            let real = of_phc2sys(&case.recording.phc2sys, port);
            for simulation in &case.simulations {
                let got = of_phc2sys(&simulation.phc2sys, port);
                assert_said_alike(&case.recording, simulation.seed, &got, &real);
            }
        }
    }
}

fn assert_said_alike(recording: &Recording, seed: u64, got: &[(f64, String)], real: &[(f64, String)]) {
    let name = &recording.name;
    let texts = |remarks: &[(f64, String)]| remarks.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(got), texts(real), "{name}, seed {seed}");
    let delays = |remarks: &[(f64, String)]| {
        delays_s(recording, &remarks.iter().map(|(at_s, _)| *at_s).collect::<Vec<_>>())
    };
    for ((got_s, real_s), (_, text)) in delays(got).into_iter().zip(delays(real)).zip(real) {
        let tolerance_s = (PART * real_s).max(INTERVALS * recording.sync_interval_s() + STAMP_S);
        assert!(
            (got_s - real_s).abs() <= tolerance_s,
            "{name}, seed {seed}: {got_s} s, recorded {real_s}: {text}"
        );
    }
}

/// The states of the first samples, and the first one of each stretch without a gap of a second.
fn servo_states(lines: &[String]) -> Vec<Servo> {
    const FIRST: usize = 6;
    let samples = samples(lines);
    let resumed =
        samples.windows(2).filter(|pair| pair[1].at_s - pair[0].at_s > 1.0).map(|pair| pair[1].servo);
    samples.iter().take(FIRST).map(|s| s.servo).chain(resumed).collect()
}

#[test]
fn servos_start_and_resume_in_the_states_of_the_recorded_ones() {
    for case in cases() {
        for simulation in &case.simulations {
            let (name, seed) = (&case.recording.name, simulation.seed);
            let recording = &case.recording;
            assert_eq!(
                servo_states(&simulation.ptp4l),
                servo_states(&recording.ptp4l),
                "{name}, seed {seed}"
            );
            if !recording.phc2sys.is_empty() {
                let phc2sys = servo_states(&simulation.phc2sys);
                assert_eq!(phc2sys, servo_states(&recording.phc2sys), "{name}, phc2sys, seed {seed}");
            }
        }
    }
}
