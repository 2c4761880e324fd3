//! What linuxptp-daemon makes of GNSS, DPLLs, ts2phc and ptp4l: the rows of the field scenarios, and how often each line
//! comes.

use crate::common::simulated;
use sim_core::{
    Action, Connection, DpllChange, GnssChange, HoldoverSetup, ProcessId, ProcessProgram, Setup, SimTime,
};
use std::collections::BTreeMap;

const NO_OFFSET: &str = "99999999999";

/// A line of the daemon's own.
#[derive(Clone, Debug)]
struct Told {
    /// Seconds since the start: the stamp.
    s: u64,
    /// `dpll`, `gnss`, `GM` and so on.
    source: String,
    /// Everything after the configuration.
    words: Vec<String>,
}

impl Told {
    fn word(&self, after: &str) -> &str {
        let at = self.words.iter().position(|word| word == after).expect("it is there");
        &self.words[at + 1]
    }

    fn state(&self) -> &str {
        self.words.last().expect("it is there")
    }

    fn is_of(&self, source: &str, interface: &str) -> bool {
        self.source == source && self.words[0] == interface
    }
}

/// The daemon's own lines without replays, which follow only from connections.
fn told(setup: &Setup) -> Vec<Told> {
    let mut setup = setup.clone();
    setup.daemon.logs_asked_after_ns = None;
    let start_unix_s = setup.start_unix_s;
    let read = |line: String| {
        let (start, rest) = line.split_once("]:[").expect("it is there");
        let (source, stamp) = start.split_once('[').expect("it is there");
        let words = rest.split_once("] ").expect("it is there").1.split_whitespace().map(str::to_owned);
        Told {
            s: stamp.parse::<u64>().expect("it is there") - start_unix_s,
            source: source.to_owned(),
            words: words.collect(),
        }
    };
    simulated(&setup, Connection::EventHandler).into_iter().map(read).collect()
}

/// Changes only, as `source interface state`, and clock classes, which are told by themselves; with their seconds.
fn changes(told: &[Told], from_s: u64) -> Vec<(u64, String)> {
    let mut last: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut changes = Vec::new();
    for line in told {
        let key = (line.source.clone(), line.words[0].clone());
        let state = line.state().to_owned();
        if last.insert(key, state.clone()) != Some(state.clone()) && line.s >= from_s {
            let what = match line.words[0].as_str() {
                "CLOCK_CLASS_CHANGE" => "class".to_owned(),
                interface => format!("{} {interface}", line.source),
            };
            changes.push((line.s, format!("{what} {state}")));
        }
    }
    changes
}

fn words(changes: &[(u64, String)]) -> Vec<&str> {
    changes.iter().map(|(_, what)| what.as_str()).collect()
}

fn second_of(changes: &[(u64, String)], what: &str) -> u64 {
    changes.iter().find(|(_, text)| text == what).unwrap_or_else(|| panic!("{what} in {changes:?}")).0
}

fn gnss(s: u64, change: GnssChange) -> (SimTime, Action) {
    (SimTime::from_s(s), Action::Gnss { card: 0, change })
}

fn dpll(s: u64, card: usize, change: DpllChange) -> (SimTime, Action) {
    (SimTime::from_s(s), Action::Dpll { card, change })
}

fn grandmaster(cards: usize, duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    Setup { seed: 1, duration_s, timeline, ..Setup::telecom_grandmaster(cards) }
}

fn boundary(duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    Setup { seed: 1, duration_s, timeline, ..Setup::telecom_boundary_clock() }
}

#[test]
fn a_telecom_grandmaster_comes_up_from_free_running_to_class_6() {
    let changes = changes(&told(&grandmaster(1, 60, Vec::new())), 0);
    // The fix comes in 26 to 30 s; before it nothing is locked.
    let (before, after): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(s, _)| *s < 26);
    let mut first = words(&before);
    first.sort_unstable();
    assert_eq!(first, ["GM ens7f0 s0", "class 248", "dpll ens7f0 s0", "gnss ens7f0 s0"]);
    let mut then = words(&after);
    then.sort_unstable();
    let expected = [
        "GM ens7f0 s2",
        "class 6",
        "dpll ens7f0 s2",
        "gnss ens7f0 s2",
        "ts2phc ens7f0 s0",
        "ts2phc ens7f0 s2",
    ];
    assert_eq!(then, expected);
    // Everything is there before the state, and the class with it.
    let locked_s = second_of(&after, "GM ens7f0 s2");
    assert!(
        ["gnss ens7f0 s2", "ts2phc ens7f0 s2", "dpll ens7f0 s2"]
            .iter()
            .all(|what| second_of(&after, what) <= locked_s)
    );
    assert!(locked_s - second_of(&after, "class 6") <= 1);
}

#[test]
fn a_short_loss_of_gnss_is_holdover_and_class_7_and_back() {
    let timeline = vec![gnss(90, GnssChange::AntennaOff), gnss(150, GnssChange::AntennaOn)];
    let told = told(&grandmaster(1, 180, timeline));
    let changes = changes(&told, 90);
    let (lost, back): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(s, _)| *s < 150);
    let mut what = words(&lost);
    what.sort_unstable();
    assert_eq!(what, ["GM ens7f0 s1", "class 7", "dpll ens7f0 s1", "gnss ens7f0 s0", "ts2phc ens7f0 s1"]);
    // A fix outlives the antenna by 1 to 3 s; the rest is there within two seconds.
    assert!(lost.iter().all(|(s, _)| (91..=95).contains(s)), "{lost:?}");
    assert!(second_of(&lost, "GM ens7f0 s1") - second_of(&lost, "class 7") <= 1);
    let mut what = words(&back);
    what.sort_unstable();
    assert_eq!(what, ["GM ens7f0 s2", "class 6", "dpll ens7f0 s2", "gnss ens7f0 s2", "ts2phc ens7f0 s2"]);
    // The receiver counts again when its accuracy is below 100 ns, and is the last.
    let class_s = second_of(&back, "class 6");
    assert_eq!(class_s, second_of(&back, "gnss ens7f0 s2"));
    assert!((151..165).contains(&class_s));
}

#[test]
fn the_offset_of_a_holdover_is_its_slope_times_its_seconds() {
    let told = told(&grandmaster(1, 240, vec![gnss(90, GnssChange::PpsLost)]));
    let held: Vec<&Told> = told.iter().filter(|line| line.source == "dpll" && line.state() == "s1").collect();
    assert!(held.len() > 140);
    for (elapsed_s, line) in held.iter().enumerate() {
        // 1500 ns in 14,400 s.
        let expected_ns = (1_500.0 * elapsed_s as f64 / 14_400.0).round();
        assert_eq!(line.word("offset"), format!("{expected_ns}"));
        assert_eq!(line.s, held[0].s + elapsed_s as u64, "one per second");
        assert_eq!((line.word("frequency_status"), line.word("phase_status")), ("4", "4"));
        assert_eq!(line.word("pps_status"), "1");
    }
}

/// A grandmaster with that holdover that loses its antenna at 90 s.
fn held_over(holdover: HoldoverSetup, duration_s: u64) -> Vec<Told> {
    let mut setup = grandmaster(1, duration_s, vec![gnss(90, GnssChange::AntennaOff)]);
    setup.cards[0].dpll.as_mut().expect("it is there").holdover = holdover;
    told(&setup)
}

#[test]
fn a_loss_beyond_the_specification_ends_in_two_lines_free_running_and_class_248() {
    // 2 ns per second: 42 ns after 21 s.
    let told =
        held_over(HoldoverSetup { max_offset_ns: 600, timeout_s: 300, max_in_spec_offset_ns: 40 }, 150);
    let first = told.iter().position(|line| line.source == "dpll" && line.word("offset") == "42").unwrap();
    let held = told.iter().find(|line| line.source == "dpll" && line.state() == "s1").unwrap();
    assert_eq!(told[first].s - held.s, 21);
    assert_eq!((told[first].state(), told[first].word("pps_status")), ("s0", "1"));
    // The state and the class come with the first line.
    let after: Vec<String> = told[first + 1..first + 4].iter().map(|line| line.words.join(" ")).collect();
    let given_up = format!("ens7f0 frequency_status 4 offset {NO_OFFSET} phase_status 4 pps_status 0 s0");
    assert_eq!(after, ["ens7f0 T-GM-STATUS s0", "CLOCK_CLASS_CHANGE 248", &given_up]);
}

#[test]
fn a_holdover_that_times_out_ends_in_one_line() {
    let told = held_over(HoldoverSetup { max_offset_ns: 60, timeout_s: 30, max_in_spec_offset_ns: 60 }, 150);
    let dpll: Vec<&Told> = told.iter().filter(|line| line.source == "dpll").collect();
    let first = dpll.iter().position(|line| line.state() == "s1").unwrap();
    let last = dpll.iter().rposition(|line| line.state() == "s1").unwrap();
    // From 0 to 29 s.
    assert_eq!((last - first, dpll[last].word("offset")), (29, "58"));
    assert_eq!((dpll[last + 1].s - dpll[first].s, dpll[last + 1].word("offset")), (30, NO_OFFSET));
    let changes = changes(&told, dpll[last].s);
    assert_eq!(words(&changes), ["dpll ens7f0 s0", "GM ens7f0 s0", "class 248"]);
}

#[test]
fn class_7_is_repeated_each_second_while_its_accuracy_is_another_one() {
    let told =
        held_over(HoldoverSetup { max_offset_ns: 600, timeout_s: 300, max_in_spec_offset_ns: 600 }, 130);
    let held_s = told.iter().find(|line| line.source == "dpll" && line.state() == "s1").unwrap().s;
    let repeats: Vec<u64> = told
        .iter()
        .filter(|line| line.words == ["CLOCK_CLASS_CHANGE", "7"] && line.s % 60 != 0)
        .map(|line| line.s - held_s)
        .collect();
    // 2 ns per second: the offset is beyond 25 ns from 13 s on. The DPLL was the first to tell.
    let expected: Vec<u64> =
        std::iter::once(0).chain(13..).filter(|s| (held_s + s) % 60 != 0).take(15).collect();
    assert_eq!(repeats[..15], expected);
}

#[test]
fn a_jammed_receiver_changes_nothing_but_its_own_state() {
    let told = told(&grandmaster(1, 130, vec![gnss(90, GnssChange::Jamming { accuracy_ns: 250 })]));
    assert_eq!(words(&changes(&told, 90)), ["gnss ens7f0 s0"]);
    let last = told.iter().rfind(|line| line.source == "gnss").unwrap();
    assert_eq!(last.words, ["ens7f0", "gnss_status", "3", "offset", "250", "s0"]);
}

#[test]
fn without_the_time_of_day_ts2phc_holds_over_and_then_runs_free() {
    let mut setup = grandmaster(1, 140, vec![gnss(90, GnssChange::NmeaLost)]);
    setup.profiles[0].ts2phc.as_mut().unwrap().holdover_s = 20;
    let changes = changes(&told(&setup), 90);
    let expected = ["ts2phc ens7f0 s1", "class 7", "GM ens7f0 s1", "class 248", "GM ens7f0 s0"];
    let mut what = words(&changes);
    // The state may be told in the second of the class or in the next.
    what.sort_unstable();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(what, sorted);
    // Stale after 5 s; holdover is 20 s; two seconds without an offset make it free-running, at the next event.
    let held_s = second_of(&changes, "ts2phc ens7f0 s1");
    assert!((94..=95).contains(&held_s));
    let freerun_s = second_of(&changes, "class 248");
    assert!((held_s + 20..=held_s + 23).contains(&freerun_s), "{changes:?}");
}

#[test]
fn without_pulses_the_dpll_holds_over_while_ts2phc_says_nothing() {
    let told = told(&grandmaster(1, 130, vec![gnss(90, GnssChange::PpsLost)]));
    assert_eq!(words(&changes(&told, 90)), ["dpll ens7f0 s1", "GM ens7f0 s1", "class 7"]);
    assert!(!told.iter().any(|line| line.source == "ts2phc" && line.s > 91));
}

#[test]
fn a_dpll_that_loses_its_lock_is_free_running_whichever_card_it_is_on() {
    for (card, interface) in [(0, "ens7f0"), (1, "ens8f0")] {
        let timeline = vec![dpll(90, card, DpllChange::Unlock), dpll(110, card, DpllChange::Relock)];
        let told = told(&grandmaster(2, 150, timeline));
        let changes = changes(&told, 90);
        let (lost, back): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(s, _)| *s < 110);
        let lock_lost = format!("dpll {interface} s0");
        assert_eq!(words(&lost), [lock_lost.as_str(), "GM ens7f0 s0", "class 248"]);
        assert!(lost.iter().all(|(s, _)| *s == 90));
        let lost =
            told.iter().find(|line| line.s == 90 && line.is_of("dpll", interface) && line.state() == "s0");
        let expected =
            format!("{interface} frequency_status 1 offset {NO_OFFSET} phase_status 1 pps_status 0 s0");
        assert_eq!(lost.unwrap().words.join(" "), expected);
        let mut what = words(&back);
        what.sort_unstable();
        assert_eq!(what, ["GM ens7f0 s2", "class 6", &format!("dpll {interface} s2")]);
    }
}

#[test]
fn a_ts2phc_that_dies_makes_the_state_free_running_until_it_is_stable_again() {
    let process = ProcessId { program: ProcessProgram::Ts2phc, profile: 0 };
    let timeline = vec![(SimTime::from_ms(90_500), Action::ProcessCrash { process })];
    let told = told(&grandmaster(1, 120, timeline));
    let changes = changes(&told, 90);
    let expected =
        ["GM ens7f0 s0", "class 248", "ts2phc ens7f0 s0", "ts2phc ens7f0 s2", "class 6", "GM ens7f0 s2"];
    assert_eq!(words(&changes), expected);
    // Nothing is known until the receiver has told again, at most a second later.
    assert!(!told.iter().any(|line| line.source == "GM" && line.s == 90 && line.state() == "s0"));
    assert!(second_of(&changes, "GM ens7f0 s2") <= 95);
}

#[test]
fn a_boundary_clock_loses_its_grandmaster_leaves_its_specification_and_gives_up() {
    let silent = Action::GrandmasterSilent { grandmaster: 0 };
    let speaks = Action::GrandmasterSpeaks { grandmaster: 0 };
    let timeline = vec![(SimTime::from_s(200), silent), (SimTime::from_s(600), speaks)];
    let told = told(&boundary(700, timeline));
    let changes = changes(&told, 200);
    let own: Vec<(u64, String)> = changes.into_iter().filter(|(_, what)| !what.starts_with("dpll")).collect();
    let expected = [
        "class 135",
        "T-BC ens4f0 s1",
        "class 165",
        "T-BC ens4f0 s0",
        "class 248",
        "class 6",
        "T-BC ens4f0 s2",
    ];
    assert_eq!(words(&own), expected);
    // Announces are missed after 0.75 to 0.875 s; the DPLL notices with its next pulse, and its slope is 500 ns in 300 s:
    // 102 ns after 61 s, and the timeout after 300 s.
    let seconds: Vec<u64> = own.iter().take(5).map(|(s, _)| *s).collect();
    assert_eq!(seconds, [200, 201, 262, 501, 501]);
    let repeated: Vec<u64> = told
        .iter()
        .filter(|line| line.words == ["CLOCK_CLASS_CHANGE", "6"] && line.s > 600)
        .map(|line| line.s)
        .collect();
    assert_eq!(repeated[0], repeated[1], "told twice, 150 ms apart");
    // Recorded: 27 s after the port follows again, which takes 0.4 s.
    assert!((620..=650).contains(&repeated[0]), "{repeated:?}");
    let held = told.iter().find(|line| line.source == "T-BC" && line.s == 250).unwrap();
    // 49 s of 1.667 ns: 81.7 ns.
    assert_eq!(held.words, ["ens4f0", "offset", "82", "T-BC-STATUS", "s1"]);
}

#[test]
fn a_boundary_clock_that_is_soon_back_is_never_out_of_its_specification() {
    let silent = Action::GrandmasterSilent { grandmaster: 0 };
    let speaks = Action::GrandmasterSpeaks { grandmaster: 0 };
    let timeline = vec![(SimTime::from_s(200), silent), (SimTime::from_s(220), speaks)];
    let changes = changes(&told(&boundary(290, timeline)), 200);
    let own: Vec<&str> = words(&changes).into_iter().filter(|what| !what.starts_with("dpll")).collect();
    // Which of the two comes first hangs on whether the state has been told in that second.
    let (lost, mut back) = (&own[..2], own[2..].to_vec());
    back.sort_unstable();
    assert_eq!(
        (lost, back.as_slice()),
        (&["class 135", "T-BC ens4f0 s1"][..], &["T-BC ens4f0 s2", "class 6"][..])
    );
    // 64 lines are 4 s.
    assert!(second_of(&changes, "class 6") >= 224);
}

/// How many lines of each kind come in 600 s that begin when everything is steady.
fn counts(setup: &Setup, from_s: u64) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for line in told(setup).iter().filter(|line| (from_s..from_s + 600).contains(&line.s)) {
        *counts.entry(format!("{} {}", line.source, line.words[0])).or_default() += 1;
    }
    counts
}

fn assert_counts(counts: &BTreeMap<String, u64>, expected: &[(&str, u64)]) {
    let counts: Vec<(&str, u64)> = counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(counts, expected);
}

#[test]
fn each_line_comes_as_often_as_on_the_recorded_node() {
    // Once per second: the state, the receiver, ts2phc of the card with the receiver and the leading DPLL; twice the DPLL
    // that follows; the class once per minute.
    let of_grandmaster = [
        ("GM ens7f0", 600),
        ("dpll ens7f0", 600),
        ("dpll ens8f0", 1_200),
        ("gnss ens7f0", 600),
        ("ptp4l CLOCK_CLASS_CHANGE", 10),
        ("ts2phc ens7f0", 600),
    ];
    assert_counts(&counts(&grandmaster(2, 750, Vec::new()), 120), &of_grandmaster);
    let of_boundary = [
        ("T-BC ens4f0", 600),
        ("dpll ens4f0", 600),
        ("dpll ens8f0", 1_200),
        ("ptp4l CLOCK_CLASS_CHANGE", 10),
    ];
    assert_counts(&counts(&boundary(750, Vec::new()), 120), &of_boundary);
    // In holdover the leading DPLL, and the state, stay at one per second.
    let silent = (SimTime::from_s(100), Action::Gnss { card: 0, change: GnssChange::PpsLost });
    let held = counts(&grandmaster(1, 750, vec![silent]), 120);
    assert_eq!((held["dpll ens7f0"], held["GM ens7f0"]), (600, 600));
}

#[test]
fn a_state_follows_the_line_that_it_comes_from_and_comes_once_in_a_second() {
    for (setup, source) in [(grandmaster(2, 150, Vec::new()), "GM"), (boundary(150, Vec::new()), "T-BC")] {
        let told = told(&setup);
        let states: Vec<usize> = (0..told.len()).filter(|at| told[*at].source == source).collect();
        assert!(states.len() > 100);
        assert!(states.windows(2).all(|pair| told[pair[0]].s < told[pair[1]].s));
        // After the first line of its second that is an event of the node, once the receiver is known.
        let is_event = |line: &Told| line.words[0] != "CLOCK_CLASS_CHANGE";
        for at in states.into_iter().filter(|at| told[*at].s > 1) {
            let earlier =
                told[..at].iter().rev().take_while(|line| line.s == told[at].s).filter(|line| is_event(line));
            // ptp4l's offsets make an event of a boundary clock without a line.
            assert!(earlier.count() <= 1, "{:?}", told[at]);
        }
    }
}
