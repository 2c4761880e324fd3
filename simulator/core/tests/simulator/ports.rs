//! The ports of ptp4l: what they print, in which order, and after how long, against recorded runs and linuxptp's own
//! timers.

use crate::common::{PTP4L, clknetsim_oc44, instants_s, recorded, samples, simulated};
use ptp_lines::Servo;
use sim_core::{Action, Leap, OptionNames, PortSetup, ProcessId, ProcessProgram, Setup, SimTime};

const IDENTITIES: [(&str, &str); 6] = [
    ("123456.fffe.780102", "OWN"),
    ("123456.fffe.780101", "MASTER"),
    ("123456.fffe.780111", "OTHER"),
    ("da26a5.fffe.dc0504", "OWN"),
    ("8a1af4.fffe.88d1f5", "MASTER"),
    ("b6ec86.fffe.53e224", "OWN"),
];

/// What ptp4l says beside samples, with its instants, from one instant to another. Start-up, and what only the machine
/// of a recording says, are left out; clocks and interfaces get the same names everywhere.
fn story(lines: &[String], from_s: f64, until_s: f64) -> Vec<(f64, String)> {
    const LEFT_OUT: [&str; 4] = ["master offset", "failed", "INITIALIZING", "selected /dev/"];
    let told = lines.iter().filter(|line| line.starts_with("ptp4l[") && line.contains("]: "));
    let told = told.filter_map(|line| {
        let at_s: f64 = line.strip_prefix("ptp4l[")?.split_once(']')?.0.parse().ok()?;
        let mut text = line.split_once("config] ")?.1.to_owned();
        for (identity, name) in IDENTITIES {
            text = text.replace(identity, name);
        }
        for (interface, name) in [("ens1f0", "eth0"), ("ens1f1", "eth1"), ("/dev/ptp1", "/dev/ptp0")] {
            text = text.replace(interface, name);
        }
        Some((at_s, text))
    });
    told.filter(|(at_s, text)| {
        (from_s..until_s).contains(at_s) && !LEFT_OUT.iter().any(|left_out| text.contains(left_out))
    })
    .collect()
}

fn texts(story: &[(f64, String)]) -> Vec<&str> {
    story.iter().map(|(_, text)| text.as_str()).collect()
}

/// The same texts in the same order, each after the same time since its cause within 20 %, or 50 ms.
fn assert_same_story(got: (&[(f64, String)], f64), real: (&[(f64, String)], f64)) {
    assert_eq!(texts(got.0), texts(real.0));
    for ((got_s, text), (real_s, _)) in got.0.iter().zip(real.0) {
        let (got_s, real_s) = (got_s - got.1, real_s - real.1);
        let tolerance_s = (0.2 * real_s).max(0.05);
        assert!((got_s - real_s).abs() <= tolerance_s, "{text}: after {got_s} s, recorded {real_s} s");
    }
}

fn at(s: u64, action: Action) -> (SimTime, Action) {
    (SimTime::from_s(s), action)
}

fn link_down(interface: &str) -> Action {
    Action::LinkDown { interface: interface.to_owned() }
}

fn link_up(interface: &str) -> Action {
    Action::LinkUp { interface: interface.to_owned() }
}

fn with(base: Setup, duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    Setup { duration_s, timeline, ..base }
}

/// The boundary clock with the clocks of `4.4/clknetsim-bc44`.
fn boundary_clock(seed: u64, duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    let mut setup = with(Setup::boundary_clock(), duration_s, timeline);
    setup.seed = seed;
    setup.cards[0].phc = clknetsim_oc44(seed).cards[0].phc;
    setup.grandmasters[0].master_from = SimTime::from_ns(839_100_000);
    setup
}

#[test]
fn a_boundary_clock_loses_its_grandmaster_and_finds_it_again_as_recorded() {
    let real = recorded("clknetsim-bc44-bc.log");
    let silence = vec![
        at(120, Action::GrandmasterSilent { grandmaster: 0 }),
        at(150, Action::GrandmasterSpeaks { grandmaster: 0 }),
    ];
    for seed in 1..4 {
        let got = simulated(&boundary_clock(seed, 170, silence.clone()), PTP4L);
        // From the choice of the grandmaster on; until then the order depends on whose timer is the shorter one.
        for (from_s, until_s) in [(1.0, 2.0), (120.0, 121.0), (150.0, 152.0)] {
            let (got, real) = (story(&got, from_s, until_s), story(&real, from_s, until_s));
            assert!(real.len() >= 4, "{real:?}");
            assert_same_story((&got, from_s), (&real, from_s));
        }
    }
}

#[test]
fn a_boundary_clock_takes_another_servo_whenever_it_begins_to_follow_and_keeps_its_frequency() {
    let silence = vec![
        at(20, Action::GrandmasterSilent { grandmaster: 0 }),
        at(40, Action::GrandmasterSpeaks { grandmaster: 0 }),
    ];
    let lines = simulated(&boundary_clock(1, 50, silence), PTP4L);
    let after: Vec<_> = samples(&lines).into_iter().filter(|sample| sample.at_s > 40.0).take(4).collect();
    // As recorded from 150.339 s on: three samples without correction, then locked without a jump.
    assert_eq!(
        after.iter().map(|sample| sample.servo).collect::<Vec<_>>(),
        [Servo::Unlocked, Servo::Unlocked, Servo::Unlocked, Servo::Locked]
    );
    assert!(after.iter().all(|sample| (sample.freq_ppb - 2_000.0).abs() < 60.0), "{after:?}");
}

#[test]
fn a_boundary_clock_loses_its_link_and_gets_it_back_as_recorded() {
    let real = recorded("ha-bc0.log");
    let lines = simulated(
        &boundary_clock(2, 45, vec![at(20, link_down("ens1f0")), at(30, link_up("ens1f0"))]),
        PTP4L,
    );
    // The recording was marked at 2082.09 s and 2092.11 s.
    let (got, told) = (story(&lines, 20.0, 30.0), story(&real, 2082.09, 2092.0));
    assert_same_story((&got, 20.0), (&told, 2082.09));
    let (mut got, mut told) = (story(&lines, 30.0, 33.0), story(&real, 2092.11, 2095.0));
    assert_eq!(got.len(), 10);
    // The foreign master is heard before or after the port's own timer has fired.
    got.sort_by(|(_, one), (_, other)| one.cmp(other));
    told.sort_by(|(_, one), (_, other)| one.cmp(other));
    assert_same_story((&got, 30.0), (&told, 2092.11));
}

/// A grandmaster: one port that only serves, and a clock of class 6.
fn grandmaster(timeline: Vec<(SimTime, Action)>) -> Setup {
    let mut setup = with(Setup::ordinary_clock(), 20, timeline);
    setup.grandmasters.clear();
    setup.links.clear();
    let ptp4l = setup.profiles[0].ptp4l.as_mut().expect("the ordinary clock has a ptp4l");
    ptp4l.client_only = false;
    ptp4l.clock_class = 6;
    ptp4l.ports[0].server_only = true;
    setup
}

#[test]
fn a_grandmaster_takes_its_role_as_recorded() {
    let lines = simulated(&grandmaster(Vec::new()), PTP4L);
    let got: Vec<_> =
        story(&lines, 0.0, 5.0).into_iter().map(|(s, text)| (s, text.replace("780102", ""))).collect();
    // Its port was initialized at 1911.260 s.
    assert_same_story((&got, 0.0), (&story(&recorded("tgm-gm.log"), 1911.2, 1912.5), 1911.260));
    assert_eq!(got.len(), 3);
}

#[test]
fn a_grandmaster_that_loses_its_link_takes_its_role_again() {
    let lines = simulated(&grandmaster(vec![at(5, link_down("ens1f0")), at(10, link_up("ens1f0"))]), PTP4L);
    let told = story(&lines, 5.0, 20.0);
    assert_eq!(
        texts(&told),
        [
            "port 1 (eth0): link down",
            "port 1 (eth0): MASTER to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)",
            "port 1 (eth0): assuming the grand master role",
            "port 1 (eth0): link up",
            "port 1 (eth0): FAULTY to LISTENING on INIT_COMPLETE",
            "port 1 (eth0): LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES",
            "port 1 (eth0): assuming the grand master role",
        ]
    );
}

#[test]
fn another_grandmaster_is_followed_when_the_first_falls_silent_and_left_when_it_is_back() {
    let mut setup = with(
        Setup::dual_follower(),
        60,
        vec![
            at(20, Action::GrandmasterSilent { grandmaster: 0 }),
            at(40, Action::GrandmasterSpeaks { grandmaster: 0 }),
        ],
    );
    // Both are heard on the first port.
    setup.links[1].interface = "ens1f0".to_owned();
    setup.profiles[0].ptp4l.as_mut().unwrap().ports.truncate(1);
    let lines = simulated(&setup, PTP4L);
    let lost = story(&lines, 20.0, 22.0);
    let away = "port 1 (eth0): SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES";
    assert!(texts(&lost).starts_with(&[away]), "{lost:?}");
    // Six intervals of 125 ms after the last Announce, and up to one more.
    assert!((20.6..=20.9).contains(&lost[0].0), "{lost:?}");
    assert!(texts(&lost).contains(&"selected best master clock OTHER"));
    assert_eq!(texts(&lost).last(), Some(&"port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED"));
    // 250 ms to qualify, and at most 125 ms and a Sync until the first sample.
    assert!(lost.last().unwrap().0 < 21.4, "{lost:?}");
    let back = story(&lines, 40.0, 60.0);
    assert_eq!(
        texts(&back),
        [
            "selected best master clock MASTER",
            "port 1 (eth0): SLAVE to UNCALIBRATED on RS_SLAVE",
            "port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
        ]
    );
    assert!(
        samples(&lines).iter().filter(|sample| sample.at_s > 5.0).all(|sample| sample.servo == Servo::Locked)
    );
}

#[test]
fn priority2_and_class_choose_between_grandmasters_as_the_clauses_say() {
    let mut setup = with(
        Setup::dual_follower(),
        40,
        vec![
            at(10, Action::GrandmasterPriority2 { grandmaster: 1, priority2: 127 }),
            at(20, Action::GrandmasterClockClass { grandmaster: 1, class: 7 }),
            at(30, Action::GrandmasterPriority2 { grandmaster: 0, priority2: 200 }),
        ],
    );
    setup.links[1].interface = "ens1f0".to_owned();
    setup.profiles[0].ptp4l.as_mut().unwrap().ports.truncate(1);
    let lines = simulated(&setup, PTP4L);
    let chosen = |from_s, until_s| -> Vec<String> {
        let texts = story(&lines, from_s, until_s).into_iter().map(|(_, text)| text);
        texts.filter(|text| text.starts_with("selected best")).collect()
    };
    assert_eq!(chosen(5.0, 20.0), ["selected best master clock OTHER"], "127 is before 128");
    assert_eq!(chosen(20.0, 30.0), ["selected best master clock MASTER"], "class 6 is before class 7");
    assert!(chosen(30.0, 40.0).is_empty(), "class comes before priority2");
}

#[test]
fn a_dual_follower_changes_its_port_within_a_second_and_keeps_its_servo() {
    let lines = simulated(
        &with(Setup::dual_follower(), 50, vec![at(20, link_down("ens1f0")), at(30, link_up("ens1f0"))]),
        PTP4L,
    );
    let told = story(&lines, 20.0, 30.0);
    assert_eq!(told[1].1, "port 1 (eth0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
    let (slave_s, text) = told.last().unwrap();
    assert_eq!(text, "port 2 (eth1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    assert!(slave_s - told[1].0 < 1.0, "{told:?}");
    assert!(
        samples(&lines).iter().filter(|sample| sample.at_s > 5.0).all(|sample| sample.servo == Servo::Locked)
    );
    assert!(texts(&story(&lines, 30.0, 50.0)).contains(&"port 2 (eth1): SLAVE to LISTENING on RS_PASSIVE"));
}

#[test]
fn a_port_of_a_boundary_clock_stands_back_for_a_grandmaster_as_good() {
    let mut setup = with(Setup::dual_follower(), 20, Vec::new());
    setup.profiles[0].ptp4l.as_mut().unwrap().client_only = false;
    let lines = simulated(&setup, PTP4L);
    // MASTER until the second grandmaster is qualified: the same class, so the ways to both are compared.
    assert_eq!(instants_s(&lines, "port 2 (ens1f1): MASTER to PASSIVE on RS_PASSIVE").len(), 1);
}

#[test]
fn a_worse_second_grandmaster_makes_the_port_a_master_after_the_qualification() {
    let mut setup = with(
        Setup::dual_follower(),
        40,
        vec![at(20, Action::GrandmasterPriority2 { grandmaster: 1, priority2: 200 })],
    );
    setup.profiles[0].ptp4l.as_mut().unwrap().client_only = false;
    let lines = simulated(&setup, PTP4L);
    let told = story(&lines, 20.0, 40.0);
    assert_eq!(
        texts(&told),
        [
            "port 2 (eth1): PASSIVE to PRE_MASTER on RS_MASTER",
            "port 2 (eth1): PRE_MASTER to MASTER on QUALIFICATION_TIMEOUT_EXPIRES",
        ]
    );
    // stepsRemoved is 1: two announce intervals of 125 ms.
    assert!((told[1].0 - told[0].0 - 0.25).abs() < 0.0015, "{told:?}");
}

#[test]
fn a_lost_transmit_stamp_is_a_fault_for_the_fault_reset_interval() {
    let lost = vec![at(20, Action::TransmitStampsLost { interface: "ens1f0".to_owned(), count: 1 })];
    let lines = simulated(&with(Setup::ordinary_clock(), 30, lost), PTP4L);
    let all: Vec<&String> = lines.iter().filter(|line| line.contains("]: ")).collect();
    let fault = all.iter().position(|line| line.contains("timed out")).unwrap();
    let texts: Vec<&str> =
        all[fault..fault + 5].iter().map(|line| line.split_once("config] ").unwrap().1).collect();
    // `sk.c` and `port.c`; the port was locked before.
    assert_eq!(
        texts[..4],
        [
            "timed out while polling for tx timestamp",
            "increasing tx_timestamp_timeout or increasing kworker priority may correct this issue, but a driver bug \
             likely causes it",
            "port 1 (ens1f0): send delay request failed",
            "port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)",
        ]
    );
    let fault_s = instants_s(&lines, "FAULT_DETECTED")[0];
    let cleared_s = instants_s(&lines, "FAULTY to LISTENING on INIT_COMPLETE")[0];
    // 2^-4 s, and the 17 ms that a port takes.
    assert!((cleared_s - fault_s - 0.0795).abs() < 0.002, "{fault_s} {cleared_s}");
    assert!(*instants_s(&lines, "UNCALIBRATED to SLAVE").last().unwrap() > cleared_s);
}

#[test]
fn a_step_of_the_grandmaster_by_3_s_is_followed_by_a_step_after_four_samples() {
    let step = vec![at(20, Action::GrandmasterStep { grandmaster: 0, by_ns: 3_000_000_000 })];
    let lines = simulated(&with(Setup::ordinary_clock(), 30, step), PTP4L);
    let after: Vec<_> = samples(&lines).into_iter().filter(|sample| sample.at_s > 20.0).collect();
    let states: Vec<Servo> = after.iter().take(6).map(|sample| sample.servo).collect();
    let (s0, s1, s2) = (Servo::Unlocked, Servo::Jump, Servo::Locked);
    assert_eq!(states, [s0, s0, s0, s0, s1, s2]);
    // Five sync intervals.
    assert!((after[5].at_s - after[0].at_s - 0.3125).abs() < 0.002);
    assert_eq!(instants_s(&lines, "SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT").len(), 1);
    assert!(instants_s(&lines, "clockcheck").is_empty(), "it has stepped the clock itself");
}

#[test]
fn a_step_of_the_grandmaster_by_50_us_is_slewed() {
    let step = vec![at(20, Action::GrandmasterStep { grandmaster: 0, by_ns: 50_000 })];
    let lines = simulated(&with(Setup::ordinary_clock(), 40, step), PTP4L);
    let after: Vec<_> = samples(&lines).into_iter().filter(|sample| sample.at_s > 20.0).collect();
    assert!(after.iter().all(|sample| sample.servo == Servo::Locked));
    // The real one: overshoot of 11 581 ns, and the last sample above 100 ns 6.8 s after the step.
    let overshoot_ns = after.iter().map(|sample| sample.offset_ns).fold(0.0, f64::max);
    assert!((9_000.0..15_000.0).contains(&overshoot_ns), "{overshoot_ns}");
    let last_s = after
        .iter()
        .filter(|sample| sample.offset_ns.abs() > 100.0)
        .map(|sample| sample.at_s)
        .fold(0.0, f64::max);
    assert!((25.0..29.0).contains(&last_s), "{last_s}");
}

#[test]
fn a_step_of_the_hardware_clock_by_1500_ms_is_noticed_by_the_clock_check() {
    let step = vec![at(20, Action::HardwareClockStep { card: 0, by_ns: 1_500_000_000 })];
    let lines = simulated(&with(Setup::ordinary_clock(), 30, step), PTP4L);
    let noticed_s = instants_s(&lines, "clockcheck: clock jumped forward or running faster than expected!");
    // At the first look, of which there is one per second of the clock.
    assert!(noticed_s.len() == 1 && (20.0..=21.1).contains(&noticed_s[0]), "{noticed_s:?}");
    let next = samples(&lines).into_iter().find(|sample| sample.at_s >= noticed_s[0]).unwrap();
    assert_eq!(next.servo, Servo::Unlocked);
}

#[test]
fn a_leap_second_is_told_when_it_is_announced_and_when_it_has_passed() {
    let mut setup = with(
        Setup::ordinary_clock(),
        60,
        vec![at(10, Action::GrandmasterLeap { grandmaster: 0, leap: Leap::Insert })],
    );
    // Half a minute before midnight: 1 798 761 600 is 20 819 days.
    setup.start_unix_s = 20_819 * 86_400 - 30;
    let told = story(&simulated(&setup, PTP4L), 5.0, 60.0)
        .into_iter()
        .filter(|(_, text)| text.starts_with("updating"))
        .collect::<Vec<_>>();
    assert_eq!(
        texts(&told),
        [
            "updating time properties to insert leap second",
            "updating time properties to no leap second",
            "updating UTC offset to 38",
        ]
    );
}

#[test]
fn a_ptp4l_that_goes_on_after_a_stop_has_missed_its_master() {
    let process = ProcessId { program: ProcessProgram::Ptp4l, profile: 0 };
    let stop = |stop_s, go_s| {
        let timeline =
            vec![at(stop_s, Action::ProcessStall { process }), at(go_s, Action::ProcessResume { process })];
        simulated(&with(Setup::ordinary_clock(), 30, timeline), PTP4L)
    };
    let lines = stop(10, 20);
    assert_eq!(instants_s(&lines, "SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES"), [20.0]);
    let slave_s = *instants_s(&lines, "UNCALIBRATED to SLAVE").last().unwrap();
    // Two Announces, a delay within 125 ms, and a Sync.
    assert!((20.1..20.6).contains(&slave_s), "{slave_s}");
    assert!(samples(&lines).iter().all(|sample| !(10.0..20.0).contains(&sample.at_s)));
}

#[test]
fn a_summary_stands_for_two_seconds_as_recorded() {
    let mut setup = Setup { duration_s: 30, timeline: Vec::new(), ..clknetsim_oc44(1) };
    setup.profiles[0].ptp4l.as_mut().unwrap().summary_interval = 1;
    let first = |lines: &[String]| -> Vec<f64> {
        let line = lines.iter().find(|line| line.contains("] rms ")).unwrap();
        let words: Vec<&str> = line.split_once("rms").unwrap().1.split_whitespace().collect();
        [words[0], words[2], words[4]].map(|word| word.parse().unwrap()).to_vec()
    };
    let lines = simulated(&setup, PTP4L);
    assert!(samples(&lines).is_empty(), "no sample has a line of its own");
    // The offset before the step is in it: rms, largest and mean frequency within 3 %.
    for (got, real) in first(&lines).iter().zip(first(&recorded("clknetsim-summary44-oc.log"))) {
        assert!((got / real - 1.0).abs() < 0.03, "{got} {real}");
    }
    let at_s = instants_s(&lines, "] rms ");
    assert!(at_s.windows(2).all(|pair| (pair[1] - pair[0] - 2.0).abs() < 0.002), "{at_s:?}");
}

#[test]
fn options_of_an_older_release_change_nothing_that_is_forwarded() {
    let mut current = with(Setup::ordinary_clock(), 5, Vec::new());
    let deprecated = current.clone();
    current.profiles[0].ptp4l.as_mut().unwrap().option_names = OptionNames::Current;
    assert_eq!(simulated(&current, PTP4L), simulated(&deprecated, PTP4L));
}

#[test]
fn a_local_priority_chooses_the_port() {
    let mut setup = with(Setup::dual_follower(), 10, Vec::new());
    let preferred = PortSetup { local_priority: 1, ..PortSetup::on("ens1f1") };
    setup.profiles[0].ptp4l.as_mut().unwrap().ports[1] = preferred;
    let lines = simulated(&setup, PTP4L);
    assert!(lines.iter().any(|line| line.contains("port 2 (ens1f1): UNCALIBRATED to SLAVE")));
}

#[test]
fn the_time_of_a_grandmaster_that_is_not_followed_means_nothing() {
    let mut setup = with(
        Setup::dual_follower(),
        20,
        vec![at(10, Action::GrandmasterStep { grandmaster: 1, by_ns: 1_000_000 })],
    );
    setup.links[1].interface = "ens1f0".to_owned();
    let followed = samples(&simulated(&setup, PTP4L));
    let largest_ns = followed.iter().filter(|sample| sample.at_s > 9.0).map(|sample| sample.offset_ns.abs());
    // Ten standard deviations of the 4 ns of noise of a packet.
    assert!(largest_ns.fold(0.0, f64::max) < 40.0);
}
