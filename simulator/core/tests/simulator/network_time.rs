//! chronyd, and the plug-in that lets it take over from phc2sys.

use crate::common::{message, simulated, truths_of};
use ptp_lines::{Body, ChronydSays};
use sim_core::{
    Action, ChronydSetup, Connection, GnssChange, ProcessId, ProcessProgram, Setup, SimTime, TrueState,
};

const fn of(program: ProcessProgram) -> Connection {
    Connection::Process(ProcessId { program, profile: 0 })
}

const CHRONYD: Connection = of(ProcessProgram::Chronyd);

fn at(s: u64) -> SimTime {
    SimTime::from_s(s)
}

/// The lines of chronyd itself, without prefix and time.
fn said(lines: &[String]) -> Vec<String> {
    let said = lines.iter().filter_map(|line| line.strip_prefix("chronyd[4711][chronyd.0.config]: "));
    said.filter_map(|line| Some(line.split_once("Z ")?.1.to_owned())).collect()
}

/// The recorded lines that do not depend on the machine.
fn recorded() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/recorded/chrony-4.3/chronyd.log");
    let text = std::fs::read_to_string(path).expect("the recording is there");
    let lines = text.lines().filter_map(|line| line.split_once("Z ")).map(|(_, said)| said.to_owned());
    lines.filter(|said| !["Wrong", "Disabled", "Could not"].iter().any(|own| said.starts_with(own))).collect()
}

fn alone(timeline: Vec<(SimTime, Action)>) -> Setup {
    let mut setup = Setup { duration_s: 120, timeline, ..Setup::ordinary_clock() };
    setup.profiles[0].phc2sys = None;
    setup.profiles[0].chronyd =
        Some(ChronydSetup { log_poll_interval: 1, failover: None, ..ChronydSetup::default() });
    setup
}

#[test]
fn chronyd_says_what_it_said_in_the_recording() {
    let timeline = vec![(at(30), Action::NtpLost), (at(70), Action::NtpBack)];
    let got = said(&simulated(&alone(timeline), CHRONYD));
    let real = recorded();
    // Nobody ends it.
    assert_eq!(got, real[..real.len() - 1]);
    assert_eq!(real.last().unwrap(), "chronyd exiting");
}

#[test]
fn a_source_is_lost_after_eight_questions_without_an_answer() {
    let lines = simulated(&alone(vec![(at(30), Action::NtpLost)]), CHRONYD);
    let lost = lines.iter().find(|line| line.contains("no selectable sources")).unwrap();
    // 8 * 2 s after 12:20:30.
    assert!(lost.contains("]: 2026-11-22T12:20:46Z Can't"), "{lost}");
    let says: Vec<ChronydSays> = lines
        .iter()
        .filter_map(|line| {
            let Body::Chronyd(text) = message(line)?.body else { return None };
            Some(text.says)
        })
        .collect();
    assert_eq!(says, [ChronydSays::Other, ChronydSays::SelectedSource, ChronydSays::NoSelectableSources]);
}

#[test]
fn chronyd_steers_the_clock_while_it_has_a_source() {
    let truths = truths_of(&alone(vec![(at(60), Action::NtpLost)]));
    let state = |s| truths.iter().rfind(|(at_s, _)| *at_s <= s).unwrap().1.os_clock;
    assert_eq!(state(5), TrueState::Unsynchronized);
    assert_eq!(state(50), TrueState::Tracking);
    assert!(matches!(state(100), TrueState::Coasting { .. }));
}

#[test]
fn chronyd_takes_over_when_ts2phc_has_lost_its_source_and_gives_back() {
    let change = |change| Action::Gnss { card: 0, change };
    let timeline = vec![(at(400), change(GnssChange::NmeaLost)), (at(700), change(GnssChange::NmeaBack))];
    let mut setup = Setup { duration_s: 800, timeline, ..Setup::ntp_failover() };
    // So that it is the source that counts, not its extrapolation.
    setup.profiles[0].ts2phc.as_mut().unwrap().holdover_s = 10;
    let chronyd = simulated(&setup, CHRONYD);
    let phc2sys = simulated(&setup, of(ProcessProgram::Phc2sys));
    let statuses = |lines: &[String]| -> Vec<String> {
        lines.iter().filter_map(|line| Some(line.split_once("PTP_PROCESS_STATUS:")?.1.to_owned())).collect()
    };
    assert_eq!(statuses(&chronyd), ["1", "0", "1", "0"], "once in vain");
    assert_eq!(statuses(&phc2sys), ["1", "0", "1"]);
    let got = said(&chronyd);
    assert!(got.iter().any(|said| said == "Selected source 10.9.9.1"), "{got:?}");
    assert_eq!(got.last().unwrap(), "chronyd exiting");
}
