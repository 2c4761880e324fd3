//! The whole table of every topology, printed: a changed cell is a visible difference.

use super::*;
use crate::{InstanceConfiguration, PortConfiguration, PortRole, Profile};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use ptp_lines::{ConfigName, ConfigProgram};

const THRESHOLDS: Thresholds = Thresholds { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_s: 5 };
const NOW: Mono = Mono { ns: 0 };
const CARD: &str = "ens1f0";
const WORDS: [ReportedState<'_>; 4] =
    [ReportedState::S0, ReportedState::S1, ReportedState::S2, ReportedState::Other("-1")];

/// Facts that lead the clock of ptp4l from nothing to each of its states.
fn ptp4l_ways() -> [Vec<Fact<'static>>; 4] {
    let sample = |servo| Fact::MasterSample { servo, offset_ns: 1, has_path_delay: true };
    [
        vec![],
        vec![sample(Servo::Unlocked)],
        vec![sample(Servo::Locked)],
        vec![sample(Servo::Locked), Fact::SourceLost],
    ]
}

/// The same for the clock of ts2phc.
fn ts2phc_ways() -> [Vec<Fact<'static>>; 3] {
    let sample = |servo, holdover| Fact::PpsSample { interface: CARD, servo, offset_ns: 1, holdover };
    [
        vec![sample(Servo::Unlocked, false)],
        vec![sample(Servo::Locked, false)],
        vec![sample(Servo::Locked, false), sample(Servo::Locked, true)],
    ]
}

fn facts() -> Vec<Fact<'static>> {
    let master = |servo, offset_ns, has_path_delay| Fact::MasterSample { servo, offset_ns, has_path_delay };
    let pps = |servo, offset_ns, holdover| Fact::PpsSample { interface: CARD, servo, offset_ns, holdover };
    let mut facts = vec![
        master(Servo::Locked, 2, true),
        master(Servo::Locked, 200, true),
        master(Servo::Jump, 2, true),
        master(Servo::Locked, 2, false),
        Fact::SourceLost,
        Fact::HoldoverExpired,
        pps(Servo::LockedStable, 2, false),
        pps(Servo::Locked, 200, false),
        pps(Servo::Unlocked, 2, false),
        pps(Servo::LockedStable, 2, true),
        Fact::Ptp4lDown,
        Fact::Ts2phcDown,
    ];
    facts.extend(WORDS.map(|state| Fact::GrandmasterStatus { interface: CARD, state }));
    facts.extend(WORDS.map(|state| Fact::BoundaryClockStatus { interface: CARD, state, offset_ns: 7 }));
    facts
}

fn clocks(kind: &ProfileKind, way: &[Fact<'_>]) -> Clocks {
    let mut clocks = Clocks::new(kind);
    for fact in way {
        clocks.apply(*fact, &THRESHOLDS, NOW);
    }
    clocks
}

fn shown(clocks: &Clocks) -> String {
    let main: Vec<String> = clocks
        .main()
        .iter()
        .map(|clock| {
            let offset = if clock.is_measured { format!("{}", clock.offset_ns) } else { "?".into() };
            format!("{:?} {:?} {offset}", clock.name, clock.state)
        })
        .collect();
    let own = clocks.ptp4l.state();
    format!("{} | ptp4l {own:?}", if main.is_empty() { "nothing".into() } else { main.join(", ") })
}

fn short(fact: &Fact<'_>) -> String {
    match fact {
        Fact::MasterSample { servo, offset_ns, has_path_delay } => {
            format!("ptp4l {servo} {offset_ns}{}", if *has_path_delay { "" } else { ", no path delay" })
        }
        Fact::PpsSample { servo, offset_ns, holdover, .. } => {
            format!("ts2phc {servo} {offset_ns}{}", if *holdover { " holdover" } else { "" })
        }
        Fact::GrandmasterStatus { state, .. } => format!("T-GM {state:?}"),
        Fact::BoundaryClockStatus { state, .. } => format!("T-BC {state:?}"),
        Fact::SourceLost | Fact::HoldoverExpired | Fact::Ptp4lDown | Fact::Ts2phcDown => format!("{fact:?}"),
    }
}

fn table(kind: &ProfileKind, ways: &[Vec<Fact<'static>>]) -> String {
    let mut table = String::new();
    for way in ways {
        table += &format!("from {}\n", shown(&clocks(kind, way)));
        for fact in facts() {
            let mut clocks = clocks(kind, way);
            clocks.apply(fact, &THRESHOLDS, NOW);
            table += &format!("  {:<24} {}\n", short(&fact), shown(&clocks));
        }
    }
    table
}

#[test]
fn an_ordinary_or_boundary_clock_is_what_ptp4l_makes_of_it() {
    insta::assert_snapshot!("ptp4l", table(&ProfileKind::Clock, &ptp4l_ways()));
}

#[test]
fn before_its_first_status_a_grandmaster_is_what_ts2phc_makes_of_each_card() {
    insta::assert_snapshot!("ts2phc", table(&ProfileKind::Clock, &ts2phc_ways()));
}

#[test]
fn a_grandmaster_is_what_the_daemon_says() {
    let ways = WORDS.map(|state| vec![Fact::GrandmasterStatus { interface: CARD, state }]);
    insta::assert_snapshot!("grandmaster", table(&ProfileKind::Clock, &ways));
}

#[test]
fn a_telecom_boundary_clock_is_what_the_daemon_says() {
    let ways = WORDS.map(|state| vec![Fact::BoundaryClockStatus { interface: CARD, state, offset_ns: 5 }]);
    let ways: Vec<_> = core::iter::once(vec![]).chain(ways).collect();
    insta::assert_snapshot!("boundary_clock", table(&ProfileKind::TelecomBoundaryClock, &ways));
}

#[test]
fn the_system_clock_of_a_ha_group_is_bounded_by_the_best_of_its_members() {
    let instance = |index, kind: ProfileKind, way: &[Fact<'_>]| {
        let config = ConfigName { program: ConfigProgram::Ptp4l, index };
        let name = format!("bc{index}");
        let port = PortConfiguration { name: CARD.into(), role: PortRole::Slave };
        let configuration = InstanceConfiguration { config, profile: name.clone(), ports: vec![port] };
        let profile = Profile { name, thresholds: THRESHOLDS, kind, has_chronyd: false };
        let mut instance = Instance::new(configuration, profile);
        instance.clocks = clocks(&ProfileKind::Clock, way);
        let lock_state = worst(instance.clocks.main().into_iter().map(|clock| clock.state));
        instance.behind_os = behind_os(&instance.clocks, lock_state);
        instance
    };
    let group = ProfileKind::HighAvailability { profiles: vec!["bc0".into(), "bc1".into()] };
    let mut table = String::new();
    for one in ptp4l_ways() {
        for other in ptp4l_ways() {
            let instances = [
                instance(0, ProfileKind::Clock, &one),
                instance(1, ProfileKind::Clock, &other),
                instance(2, group.clone(), &[]),
            ];
            let [first, second] = [0, 1].map(|index| instances[index].behind_os);
            table += &format!("{first:?}, {second:?}: {:?}\n", os_bound(&instances, 2));
        }
    }
    insta::assert_snapshot!("ha_group", table);
}
