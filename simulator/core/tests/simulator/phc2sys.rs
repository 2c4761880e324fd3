//! phc2sys: whom it follows, what it steers and what it says, against the recorded runs.

use crate::common::{between, deviation, instants_s, mean, message, recorded, samples, simulated, truths_of};
use ptp_lines::{Body, Servo};
use sim_core::{
    Action, Connection, Leap, Phc2sysSetup, Phc2sysSource, ProcessId, ProcessProgram, Setup, SimTime,
    TrueState,
};

const fn phc2sys(profile: usize) -> Connection {
    Connection::Process(ProcessId { program: ProcessProgram::Phc2sys, profile })
}

const OWN: Connection = phc2sys(0);
const HA: Connection = phc2sys(2);

fn at(s: u64) -> SimTime {
    SimTime::from_s(s)
}

fn link(interface: &str, up: bool) -> Action {
    let interface = interface.to_owned();
    if up { Action::LinkUp { interface } } else { Action::LinkDown { interface } }
}

fn crash(program: ProcessProgram) -> Action {
    Action::ProcessCrash { process: ProcessId { program, profile: 0 } }
}

/// What phc2sys says of its choice after an instant.
fn choices(lines: &[String], from_s: f64, until_s: f64) -> Vec<String> {
    let choices = lines.iter().filter(|line| {
        let stamped = line.split(['[', ']']).nth(1).and_then(|stamp| stamp.parse::<f64>().ok());
        let is_choice =
            message(line).is_some_and(|message| matches!(message.body, Body::Phc2sysSelection(_)));
        is_choice && stamped.is_some_and(|at_s| (from_s..until_s).contains(&at_s))
    });
    choices.filter_map(|line| Some(line.split_once("config] ")?.1.to_owned())).collect()
}

fn steered(lines: &[String], clock: &str) -> Vec<f64> {
    let of_clock = lines.iter().filter(|line| {
        let body = message(line).map(|message| message.body);
        if let Some(Body::Phc2sysOffset(offset)) = body { offset.clock.to_string() == clock } else { false }
    });
    of_clock.flat_map(|line| instants_s(std::slice::from_ref(line), "offset")).collect()
}

fn ha(timeline: Vec<(SimTime, Action)>) -> Vec<String> {
    let mut setup = Setup { duration_s: 60, timeline, ..Setup::dual_nic_boundary_clock() };
    setup.profiles[2].phc2sys.as_mut().expect("it has one").rate_hz = 1;
    simulated(&setup, HA)
}

#[test]
fn two_cards_are_chosen_between_as_in_the_recorded_run() {
    let real = recorded("ha-phc2sys.log");
    let down = |interface| (at(20), link(interface, false));
    let first = ha(vec![down("ens1f0"), (at(30), link("ens1f0", true))]);
    // Start, loss of the first card, of the second, of both.
    // The recorded one was started when both were followed already.
    assert!(choices(&first, 0.0, 15.0).ends_with(&choices(&real, 2064.0, 2065.0)), "start");
    assert_eq!(choices(&first, 20.0, 25.0), choices(&real, 2082.0, 2083.0), "the first card is lost");
    let back = choices(&real, 2094.0, 2095.0);
    assert!(choices(&first, 30.0, 45.0).ends_with(&back[2..]), "the first card is back");
    let second = ha(vec![down("ens2f0")]);
    assert_eq!(choices(&second, 20.0, 25.0), choices(&real, 2104.0, 2105.0), "the second card is lost");
    let both = ha(vec![down("ens2f0"), (at(30), link("ens1f0", false))]);
    assert_eq!(choices(&both, 30.0, 45.0), choices(&real, 2113.0, 2114.0), "both are lost");
    assert!(steered(&both, "CLOCK_REALTIME").iter().all(|at_s| *at_s < 32.0), "nothing is steered then");
}

#[test]
fn a_card_without_a_master_follows_the_other_one() {
    let lines = ha(vec![(at(20), link("ens1f0", false)), (at(30), link("ens1f0", true))]);
    let other = steered(&lines, "ens1f1");
    // A port that has no master is noticed at the next of phc2sys's looks, one second apart.
    assert!(other.first().is_some_and(|at_s| (20.0..21.5).contains(at_s)), "{other:?}");
    assert!(other.last().is_some_and(|at_s| (30.0..33.0).contains(at_s)), "{other:?}");
    let missing =
        steered(&lines, "CLOCK_REALTIME").windows(2).filter(|pair| pair[1] - pair[0] > 1.01).count();
    assert_eq!(missing, 0, "the clock of the operating system is steered all the time");
}

#[test]
fn the_daemon_says_which_profile_is_active_before_the_line_that_it_follows_from() {
    let lines = ha(vec![(at(20), link("ens1f0", false))]);
    let from = lines.iter().position(|line| line.contains("ens2f0 as domain")).unwrap();
    let after = lines.iter().rposition(|line| line.contains("ens2f0 as out-of-domain")).unwrap();
    assert!(lines[from - 1].ends_with("ptp_ha_profile boundary-clock-2 state 0"), "{}", lines[from - 1]);
    assert!(lines[from - 1].contains("]:[phc2sys.2.config] "), "a line of the daemon");
    assert!(lines[after - 2].ends_with("ptp_ha_profile boundary-clock-2 state 1"));
    assert!(lines[after - 1].ends_with("ptp_ha_profile boundary-clock-1 state 0"));
}

#[test]
fn a_boundary_clock_names_its_ports_as_in_the_recorded_run() {
    let real = recorded("clknetsim-bc44-phc2sys.log");
    let timeline = vec![
        (at(120), Action::GrandmasterSilent { grandmaster: 0 }),
        (at(150), Action::GrandmasterSpeaks { grandmaster: 0 }),
    ];
    let lines = simulated(&Setup { duration_s: 170, timeline, ..Setup::boundary_clock() }, OWN);
    let renamed = |lines: Vec<String>| -> Vec<String> {
        lines.iter().map(|line| line.replace("ens1f", "eth")).collect()
    };
    // The recorded one started 1 s before this one.
    assert_eq!(renamed(choices(&lines, 20.0, 170.0)), renamed(choices(&real, 11.0, 199.0)));
}

#[test]
fn a_fixed_source_is_followed_without_a_word_about_it() {
    let mut setup = Setup { duration_s: 30, ..Setup::ordinary_clock() };
    let source = Phc2sysSource::Interface { interface: "ens1f0".to_owned() };
    setup.profiles[0].phc2sys = Some(Phc2sysSetup { source, ..Phc2sysSetup::default() });
    let lines = simulated(&setup, OWN);
    let said = choices(&lines, 0.0, 30.0);
    assert!(said.iter().all(|said| said == "Waiting for ptp4l..."), "{said:?}");
    let states: Vec<Servo> = samples(&lines).iter().take(3).map(|sample| sample.servo).collect();
    assert_eq!(states, [Servo::Unlocked, Servo::Jump, Servo::Locked]);
}

#[test]
fn a_summary_has_the_form_of_a_recorded_one_once_per_so_many_samples() {
    let mut setup = Setup { duration_s: 40, ..Setup::ordinary_clock() };
    setup.profiles[0].phc2sys.as_mut().unwrap().summary_samples = 16;
    let lines = simulated(&setup, OWN);
    assert!(samples(&lines).is_empty());
    let at_s = instants_s(&lines, "CLOCK_REALTIME rms ");
    // phc2sys has a source after some 11 s; 16 samples take a second.
    assert!((25..=29).contains(&at_s.len()), "{}", at_s.len());
    assert!(at_s.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 0.002));
}

#[test]
fn a_locked_phc2sys_is_as_noisy_as_an_e810() {
    let (mut offset_ns, mut freq_ppb) = (Vec::new(), Vec::new());
    for seed in 1..=6 {
        let lines = simulated(&Setup { seed, duration_s: 70, ..Setup::ordinary_clock() }, OWN);
        let locked = between(&samples(&lines), 30.0, 70.0);
        offset_ns.push(deviation(locked.iter().map(|sample| sample.offset_ns)));
        freq_ppb.push(deviation(locked.iter().map(|sample| sample.freq_ppb)));
        let delays = lines.iter().filter_map(|line| {
            let Body::Phc2sysOffset(offset) = message(line)?.body else { return None };
            offset.delay_ns
        });
        let delays: Vec<i64> = delays.collect();
        // 522 - 3.3 * 26 and 522 + 1.5 * 26.
        assert!(delays.iter().all(|delay_ns| (436..=561).contains(delay_ns)), "seed {seed}");
        let mean_ns = mean(delays.iter().map(|delay_ns| *delay_ns as f64));
        assert!((515.0..525.0).contains(&mean_ns), "seed {seed}: {mean_ns}");
    }
    // 8.3 ns and 9 to 12 ppb measured on an E810. A deviation of 640 samples, of which some 200 are independent, is
    // uncertain by 5 per cent, and the mean of six by 2: four such are 0.7 ns and 1 ppb.
    let (offset_ns, freq_ppb) = (mean(offset_ns.into_iter()), mean(freq_ppb.into_iter()));
    assert!((7.6..9.0).contains(&offset_ns), "{offset_ns} ns");
    assert!((9.0..12.0).contains(&freq_ppb), "{freq_ppb} ppb");
}

#[test]
fn a_phc2sys_that_was_stopped_goes_on_without_a_burst() {
    let process = ProcessId { program: ProcessProgram::Phc2sys, profile: 0 };
    let timeline =
        vec![(at(30), Action::ProcessStall { process }), (at(60), Action::ProcessResume { process })];
    let lines = simulated(&Setup { duration_s: 70, timeline, ..Setup::ordinary_clock() }, OWN);
    let all = samples(&lines);
    assert!(between(&all, 30.1, 60.0).is_empty());
    let after = between(&all, 60.0, 61.0);
    assert!((15..=17).contains(&after.len()), "16 per second, not 480 at once: {}", after.len());
    assert_eq!(after[0].servo, Servo::Locked);
}

#[test]
fn a_phc2sys_that_dies_finds_the_clock_as_fast_as_it_left_it() {
    let timeline = vec![(at(40), crash(ProcessProgram::Phc2sys))];
    let mut setup = Setup { duration_s: 60, timeline, ..Setup::ordinary_clock() };
    setup.profiles[0].phc2sys.as_mut().unwrap().utc_offset_after_ns = 0;
    let lines = simulated(&setup, OWN);
    let all = samples(&lines);
    let before = between(&all, 39.0, 40.0);
    let after = between(&all, 40.1, 60.0);
    assert!((41.0..41.2).contains(&after[0].at_s), "one second later: {}", after[0].at_s);
    assert!(after[0].offset_ns.abs() < 1_000.0, "{}", after[0].offset_ns);
    assert_eq!(after[0].freq_ppb, before.last().unwrap().freq_ppb, "the kernel has kept it");
    let states: Vec<Servo> = after.iter().take(2).map(|sample| sample.servo).collect();
    assert_eq!(states, [Servo::Unlocked, Servo::Locked], "no step");
}

#[test]
fn a_ptp4l_that_died_is_found_again_at_the_next_question() {
    let timeline = vec![(at(35), crash(ProcessProgram::Ptp4l))];
    let mut setup = Setup { duration_s: 60, timeline, ..Setup::ordinary_clock() };
    setup.profiles[0].phc2sys.as_mut().unwrap().utc_offset_after_ns = 0;
    let lines = simulated(&setup, OWN);
    let silent = between(&samples(&lines), 35.1, 36.9);
    assert!(silent.len() >= 26, "it has not been told, and goes on: {}", silent.len());
    assert!(silent.iter().all(|sample| sample.servo == Servo::Locked));
    assert_eq!(instants_s(&lines, "Lost connection").len(), 0);
    // It asks every 10 s, and hears of no state in between.
    let heard = instants_s(&lines, "changed state");
    let heard: Vec<f64> = heard.into_iter().filter(|at_s| *at_s > 35.0).collect();
    assert!(heard.first().is_none_or(|at_s| (36.0..46.0).contains(at_s)), "{heard:?}");
    assert!(between(&samples(&lines), 50.0, 60.0).iter().all(|sample| sample.offset_ns.abs() < 1_000.0));
    assert_eq!(between(&samples(&lines), 50.0, 60.0).len(), 160);
}

#[test]
fn a_ptp4l_that_does_not_answer_is_lost_after_half_a_minute() {
    let process = ProcessId { program: ProcessProgram::Ptp4l, profile: 0 };
    let timeline = vec![(at(35), Action::ProcessStall { process })];
    let mut setup = Setup { duration_s: 90, timeline, ..Setup::ordinary_clock() };
    setup.profiles[0].phc2sys.as_mut().unwrap().utc_offset_after_ns = 0;
    let lines = simulated(&setup, OWN);
    let lost = instants_s(&lines, "Lost connection to ptp4l #1");
    // The last answer came at most 10 s before.
    assert!(lost.len() == 1 && (55.0..65.1).contains(&lost[0]), "{lost:?}");
    assert!(between(&samples(&lines), lost[0] + 0.001, 90.0).is_empty(), "its clock is no source any more");
}

#[test]
fn a_step_of_the_clock_by_a_second_and_a_half_is_noticed() {
    let timeline = vec![(at(30), Action::OsClockStep { by_ns: -1_500_000_000 })];
    let lines = simulated(&Setup { duration_s: 60, timeline, ..Setup::ordinary_clock() }, OWN);
    let text = "clockcheck: clock jumped backward or running slower than expected!";
    let noticed = instants_s(&lines, text);
    assert_eq!(noticed.len(), 1, "{noticed:?}");
    let after = between(&samples(&lines), 30.0, 31.5);
    assert!((after[0].offset_ns + 1.5e9).abs() < 1_000.0, "{}", after[0].offset_ns);
    assert!((30.0..31.1).contains(&noticed[0]), "checked once per second: {noticed:?}");
    let over = between(&after, noticed[0], 31.5);
    let states: Vec<Servo> = over.iter().take(2).map(|sample| sample.servo).collect();
    assert_eq!(states, [Servo::Unlocked, Servo::Locked], "it starts over, without a step");
}

#[test]
fn a_small_step_of_the_clock_is_slewed() {
    let timeline = vec![(at(30), Action::OsClockStep { by_ns: -20_000_000 })];
    let lines = simulated(&Setup { duration_s: 90, timeline, ..Setup::ordinary_clock() }, OWN);
    let after = between(&samples(&lines), 30.0, 90.0);
    assert!(after.iter().all(|sample| sample.servo == Servo::Locked));
    // -20 ms * (0.7 + 0.3) at once.
    assert!((-21e6..-19e6).contains(&after[0].freq_ppb), "{}", after[0].freq_ppb);
    // The loop forgets with a time constant of 2 / (16 Hz * 0.7 / 16) = 2.9 s: 50 s are 17 of them.
    assert!(between(&after, 80.0, 90.0).iter().all(|sample| sample.offset_ns.abs() < 100.0));
}

#[test]
fn a_leap_second_suspends_the_clock_for_the_second_that_is_played_twice() {
    // 2026-11-22T23:59:00Z
    let start_unix_s = 1_795_391_940;
    assert_eq!((start_unix_s + 60) % 86_400, 0);
    let timeline = vec![(at(5), Action::GrandmasterLeap { grandmaster: 0, leap: Leap::Insert })];
    let setup = Setup { start_unix_s, duration_s: 90, timeline, ..Setup::ordinary_clock() };
    let lines = simulated(&setup, OWN);
    let set = instants_s(&lines, "clock set to insert leap second at midnight (UTC)");
    assert!(set.len() == 1 && set[0] < 30.0, "{set:?}");
    let suspended = instants_s(&lines, "clock update suspended due to leap second");
    // 23:59:59 comes twice: 2 s, 16 per second.
    assert!((31..=33).contains(&suspended.len()), "{}", suspended.len());
    assert!(suspended.iter().all(|at_s| (59.0..61.0).contains(at_s)), "{suspended:?}");
    assert!(between(&samples(&lines), 61.0, 90.0).iter().all(|sample| sample.offset_ns.abs() < 200.0));
}

#[test]
fn the_true_state_follows_the_source_of_two_cards() {
    let timeline = vec![(at(20), link("ens1f0", false)), (at(30), link("ens2f0", false))];
    let setup = Setup { duration_s: 40, timeline, ..Setup::dual_nic_boundary_clock() };
    let os_clock = |s: u64| truths_of(&setup).into_iter().rfind(|(at_s, _)| *at_s <= s).unwrap().1.os_clock;
    assert_eq!(os_clock(29), TrueState::Tracking);
    assert!(matches!(os_clock(39), TrueState::Coasting { .. }));
}
