//! The telecom grandmaster and the telecom boundary clock: GNSS receiver, DPLLs and ts2phc.

use crate::common::{deviation, message, recorded, simulated};
use ptp_lines::{Body, Servo, Ts2phcOffset};
use sim_core::{
    Action, CardTruth, Connection, DpllChange, DpllLock, GnssChange, GnssTruth, OscillatorSetup, ProcessId,
    ProcessProgram, Setup, SimTime, TrueState, Truth, What, World,
};

const TS2PHC: Connection = ts2phc(0);

const fn ts2phc(profile: usize) -> Connection {
    Connection::Process(ProcessId { program: ProcessProgram::Ts2phc, profile })
}

/// A telecom grandmaster of one card with the options of the recorded run `4.4/tgm`.
fn grandmaster(seed: u64, duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    let mut setup = Setup { seed, duration_s, timeline, ..Setup::telecom_grandmaster(1) };
    let ts2phc = setup.profiles[0].ts2phc.as_mut().expect("it has a ts2phc");
    ts2phc.holdover_s = 25;
    ts2phc.servo_offset_threshold_ns = 100;
    ts2phc.servo_num_offset_values = 5;
    setup
}

fn gnss(at_s: u64, change: GnssChange) -> (SimTime, Action) {
    (SimTime::from_s(at_s), Action::Gnss { card: 0, change })
}

fn dpll(at_s: u64, card: usize, change: DpllChange) -> (SimTime, Action) {
    (SimTime::from_s(at_s), Action::Dpll { card, change })
}

fn truths(setup: Setup) -> Vec<(f64, Truth)> {
    let truths = World::new(setup).filter_map(|emission| match emission.what {
        What::Truth(truth) => Some((emission.at.ns as f64 / 1e9, truth)),
        What::Line { .. } | What::Opened { .. } | What::Closed { .. } | What::Action(_) => None,
    });
    truths.collect()
}

/// The truth about a card at an instant.
fn card_at(truths: &[(f64, Truth)], card: usize, at_s: f64) -> CardTruth {
    truths.iter().rev().find(|(told_s, _)| *told_s <= at_s).expect("the truth is told every second").1.cards
        [card]
}

fn gnss_at(truths: &[(f64, Truth)], at_s: f64) -> GnssTruth {
    card_at(truths, 0, at_s).gnss.expect("the card has a receiver")
}

/// What a line of ts2phc says, without its numbers; `None` for what it prints of its options and its connection.
fn kind(line: &str) -> Option<String> {
    let text = line.split_once("]: ")?.1.split_once("config] ")?.1;
    let noise =
        ["config item", "PI servo", "PPS sink", "PTP_MASK", "sock_open", "failed to open", "failed to read"];
    if noise.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let words = text.split_whitespace().filter(|word| {
        let number = word.trim_start_matches(['+', '-']);
        !number.starts_with(|c: char| c.is_ascii_digit())
            && !word.starts_with("/dev/")
            && !word.starts_with("ens")
    });
    Some(match text.split_once("GNRMC") {
        Some((start, _)) => start.to_owned(),
        None => words.collect::<Vec<_>>().join(" "),
    })
}

/// Kinds with how often they come in a row.
fn runs(kinds: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut runs: Vec<(String, usize)> = Vec::new();
    for kind in kinds {
        match runs.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            Some(_) | None => runs.push((kind, 1)),
        }
    }
    runs
}

/// The lines of level 6 and less: what is not for debugging.
fn without_debugging(lines: &[String]) -> Vec<String> {
    let debugging =
        ["adding tstamp", "nmea sentence", "nmea delay", "nmea: no valid", "poll returns", "config item"];
    let is_for_all = |line: &&String| !debugging.iter().any(|text| line.contains(text));
    lines.iter().filter(is_for_all).cloned().collect()
}

fn position(lines: &[String], text: &str) -> usize {
    lines.iter().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text}"))
}

/// Instant in seconds and sample of each offset line.
fn offsets(lines: &[String]) -> Vec<(f64, String, Ts2phcOffset<'static>)> {
    lines.iter().filter_map(|line| offset(line)).collect()
}

fn offset(line: &str) -> Option<(f64, String, Ts2phcOffset<'static>)> {
    let Body::Ts2phcOffset(read) = message(line)?.body else { return None };
    let stamp = line.split_once('[')?.1.split_once(']')?.0;
    Some((stamp.parse().ok()?, read.interface.to_owned(), Ts2phcOffset { interface: "", ..read }))
}

#[test]
fn the_story_of_a_lost_fix_is_told_in_the_recorded_lines_and_counts() {
    let timeline = vec![gnss(60, GnssChange::AntennaOff), gnss(100, GnssChange::AntennaOn)];
    let story = |lines: &[String]| {
        let until = lines.iter().rposition(|line| line.contains("source ts not valid")).unwrap();
        let kinds = without_debugging(&lines[..until]);
        // A second in holdover has two lines.
        let kinds = kinds.iter().filter_map(|line| kind(line)).collect::<Vec<_>>().join("\n");
        let kinds = kinds.replace("source ts not valid\noffset s3 freq holdover", "holdover");
        runs(kinds.lines().map(str::to_owned))
    };
    let recorded = recorded("tgm-ts2phc.log");
    // Up to the end of the first loss; then sentences stop.
    let recorded = story(&recorded[..position(&recorded, "NMEA silent")]);
    let simulated = story(&simulated(&grandmaster(1, 105, timeline), TS2PHC));
    let words = |story: &[(String, usize)]| story.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>();
    assert_eq!(words(&simulated), words(&recorded));
    let count = |story: &[(String, usize)], kind: &str| story.iter().find(|(of, _)| of == kind).unwrap().1;
    // s2 until five offsets in a row are small; ts2phc.holdover is 25 s.
    for (kind, expected) in
        [("offset s0 freq", 1), ("offset s1 freq", 1), ("offset s2 freq", 4), ("holdover", 25)]
    {
        assert_eq!(count(&recorded, kind), expected, "recorded {kind}");
        assert_eq!(count(&simulated, kind), expected, "simulated {kind}");
    }
}

#[test]
fn at_level_7_each_second_has_the_recorded_lines() {
    let timeline = vec![gnss(60, GnssChange::AntennaOff)];
    let simulated = simulated(&grandmaster(2, 75, timeline), TS2PHC);
    let recorded = recorded("tgm-ts2phc.log");
    // From one stamp of an edge to the next, without the sentence, whose place depends on when the edge is read.
    let second = |lines: &[String], from: &str| {
        let from = lines.iter().rposition(|line| line.contains(from)).unwrap();
        let start = lines[..from].iter().rposition(|line| line.contains("adding tstamp")).unwrap();
        let kinds = lines[start..].iter().filter_map(|line| kind(line));
        let kinds = kinds.filter(|kind| !kind.starts_with("nmea sentence"));
        kinds
            .enumerate()
            .take_while(|(n, kind)| *n == 0 || kind != "adding tstamp to clock")
            .collect::<Vec<_>>()
    };
    for last_of in [" s2 freq", "freq   +1502 holdover"] {
        let recorded = second(&recorded, last_of);
        let simulated = second(&simulated, if last_of.ends_with("holdover") { "holdover" } else { last_of });
        assert_eq!(simulated, recorded);
    }
    let lines = without_debugging(&simulated);
    let mut quiet = grandmaster(2, 75, vec![gnss(60, GnssChange::AntennaOff)]);
    quiet.profiles[0].ts2phc.as_mut().unwrap().logging_level = 6;
    let kinds = |lines: &[String]| lines.iter().filter_map(|line| kind(line)).collect::<Vec<_>>();
    assert_eq!(kinds(&crate::common::simulated(&quiet, TS2PHC)), kinds(&lines), "level 6 has the rest");
}

#[test]
fn silence_of_the_time_of_day_is_noticed_after_five_seconds() {
    let timeline = vec![gnss(60, GnssChange::NmeaLost), gnss(70, GnssChange::NmeaBack)];
    let lines = without_debugging(&simulated(&grandmaster(3, 80, timeline), TS2PHC));
    let at_s = |text: &str| -> Vec<f64> { crate::common::instants_s(&lines, text) };
    // The last sentence came at 59.12 s, the next one comes at 70.12 s: the time out is 2 s, each time.
    let timed_out = at_s("nmea source timed out");
    assert_eq!(timed_out.len(), 5, "{timed_out:?}");
    for (timed_out_s, expected_s) in timed_out.iter().zip([61.12, 63.12, 65.12, 67.12, 69.12]) {
        assert!((timed_out_s - expected_s).abs() < 0.03, "{timed_out_s} {expected_s}");
    }
    // An edge is read within 0.2 s: the first that is read 5 s after the sentence is that of 64 or of 65, the last
    // before the next one that of 69 or of 70.
    let stale = at_s("nmea: rmc time stamp stale");
    assert!((64.1..65.21).contains(&stale[0]), "{stale:?}");
    assert!((69.0..70.15).contains(stale.last().unwrap()), "{stale:?}");
    assert!((5..=7).contains(&stale.len()), "{stale:?}");
    assert_eq!(stale, at_s("source ts not valid").split_off(at_s("source ts not valid").len() - stale.len()));
    assert_eq!(stale, at_s("holdover"));
    let seconds = offsets(&lines).iter().filter(|(at_s, ..)| *at_s > 50.0).count();
    assert_eq!(seconds, 30, "an offset in each second from 50 to 79");
}

#[test]
fn without_pulses_offsets_stop_and_the_source_stays_valid() {
    let timeline = vec![gnss(60, GnssChange::PpsLost), gnss(70, GnssChange::PpsBack)];
    let lines = simulated(&grandmaster(4, 90, timeline), TS2PHC);
    let offsets = offsets(&lines);
    let gap: Vec<f64> =
        offsets.iter().map(|(at_s, ..)| *at_s).filter(|at_s| (59.5..71.5).contains(at_s)).collect();
    assert!(gap.iter().all(|at_s| *at_s < 61.0 || *at_s > 70.0), "{gap:?}");
    let (.., back) = offsets.iter().find(|(at_s, ..)| *at_s > 70.0).unwrap();
    // The DPLL has carried the clock: it is stable at once.
    assert_eq!((back.servo, back.holdover), (Servo::LockedStable, false));
    assert!(back.offset_ns.abs() <= 50, "{back:?}");
    let from = lines.iter().position(|line| line.contains("ts2phc[61.2")).unwrap_or(0);
    let polls = crate::common::instants_s(&lines[from..], "poll returns zero, no events");
    // The last edge is that of 59 or 60 s, and says nothing for 10 or 11 s: every 2 s.
    assert!((4..=5).contains(&polls.len()), "{polls:?}");
    assert!(!crate::common::instants_s(&lines, "source ts not valid").iter().any(|at_s| *at_s > 35.0));
}

#[test]
fn offsets_of_a_clock_on_its_dpll_are_those_of_an_e810() {
    // Recorded: 94 of 100 are 0, none is beyond 1 ns, deviation 0.25 ns. 1000 offsets of a run; runs differ by some
    // hundredths, because the clock keeps the fraction of a nanosecond that it has come to rest at.
    for seed in 0..4 {
        let setup = Setup { seed, duration_s: 1_060, ..Setup::telecom_grandmaster(1) };
        let lines = simulated(&setup, TS2PHC);
        let offsets: Vec<f64> = offsets(&lines)
            .iter()
            .filter(|(at_s, ..)| *at_s > 60.0)
            .map(|(_, _, line)| line.offset_ns as f64)
            .collect();
        let zeros = offsets.iter().filter(|offset| **offset == 0.0).count() as f64 / offsets.len() as f64;
        assert!((0.89..=0.99).contains(&zeros), "seed {seed}: {zeros}");
        assert!(offsets.iter().all(|offset| offset.abs() <= 2.0));
        assert!((0.1..=0.34).contains(&deviation(offsets.iter().copied())));
    }
}

#[test]
fn offsets_of_a_clock_without_a_dpll_are_those_of_bare_pulses() {
    // 4 ns of noise and a sawtooth of +-4 ns make sqrt(16 + 16 / 3) = 4.6 ns of pulses; a servo of 0.7 and 0.3 makes
    // 5.9 ns of these, says the reference model. 1000 offsets: 5 standard errors are 0.7 ns.
    for seed in 0..3 {
        let mut setup = Setup { seed, duration_s: 1_060, ..Setup::telecom_grandmaster(1) };
        setup.cards[0].dpll = None;
        let lines = simulated(&setup, TS2PHC);
        let offsets = offsets(&lines);
        let steady = offsets.iter().filter(|(at_s, ..)| *at_s > 60.0);
        let deviation_ns = deviation(steady.map(|(.., line)| line.offset_ns as f64));
        assert!((5.2..=6.8).contains(&deviation_ns), "seed {seed}: {deviation_ns}");
    }
}

#[test]
fn a_cold_receiver_has_its_first_fix_after_26_to_30_seconds() {
    for seed in 0..6 {
        let truths = truths(grandmaster(seed, 60, Vec::new()));
        let fix_s = truths.iter().find(|(_, truth)| truth.cards[0].gnss.unwrap().fix == 3).unwrap().0;
        // Told once per second.
        assert!((26.0..=31.0).contains(&fix_s), "{fix_s}");
        let steady = (45..60).map(|at_s| gnss_at(&truths, f64::from(at_s)).accuracy_ns);
        assert!(
            steady.clone().all(|accuracy_ns| (3..=8).contains(&accuracy_ns)),
            "{:?}",
            steady.collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_fix_outlives_the_antenna_for_1_to_3_seconds_and_the_accuracy_gets_half_as_bad_again_each_second() {
    for seed in 0..6 {
        let timeline = vec![gnss(60, GnssChange::AntennaOff), gnss(110, GnssChange::AntennaOn)];
        let truths = truths(grandmaster(seed, 150, timeline));
        let lost_s = (60..80).find(|at_s| gnss_at(&truths, f64::from(*at_s) + 0.5).fix == 0).unwrap();
        assert!((60..=63).contains(&lost_s), "{lost_s}");
        let accuracy_ns = |at_s: u32| f64::from(gnss_at(&truths, f64::from(at_s) + 0.5).accuracy_ns);
        let growth = accuracy_ns(75) / accuracy_ns(65);
        // 1.5^10
        assert!((growth / 57.7 - 1.0).abs() < 0.05, "{growth}");
        assert!(accuracy_ns(100) > 1e5);
        // A hot start takes some 2 s.
        let fixed_s = (110..150).find(|at_s| gnss_at(&truths, f64::from(*at_s) + 0.5).fix == 3).unwrap();
        assert!((111..=113).contains(&fixed_s), "{fixed_s}");
        assert!(accuracy_ns(140) < 9.0);
    }
}

#[test]
fn a_survey_ends_in_a_fix_of_time_only() {
    let mut setup = grandmaster(1, 80, Vec::new());
    setup.cards[0].gnss.as_mut().unwrap().survey_in_s = 30;
    let truths = truths(setup);
    // The first fix comes between 26 and 30 s.
    assert_eq!((gnss_at(&truths, 50.0).fix, gnss_at(&truths, 62.0).fix), (3, 5));
}

#[test]
fn a_jammed_receiver_keeps_its_fix() {
    let timeline =
        vec![gnss(60, GnssChange::Jamming { accuracy_ns: 250 }), gnss(90, GnssChange::JammingOver)];
    let truths = truths(grandmaster(1, 120, timeline));
    assert_eq!(gnss_at(&truths, 80.0), GnssTruth { fix: 3, accuracy_ns: 250 });
    assert!(gnss_at(&truths, 110.0).accuracy_ns <= 8);
}

#[test]
fn a_gpsd_that_dies_is_back_within_four_seconds_and_one_line_says_so() {
    let process = ProcessId { program: ProcessProgram::Gpsd, profile: 0 };
    for seed in 0..4 {
        let timeline = vec![(SimTime::from_ms(60_500), Action::ProcessCrash { process })];
        let lines = simulated(&grandmaster(seed, 80, timeline), TS2PHC);
        let status: Vec<&String> = lines.iter().filter(|line| line.starts_with("gpsd[")).collect();
        // The first one goes with the connection.
        let [_, status] = status.as_slice() else { panic!("{status:?}") };
        assert!(status.ends_with("]:[ts2phc.0.config] PTP_PROCESS_STATUS:1"), "{status}");
        let sentences = crate::common::instants_s(&lines, "nmea sentence");
        let gap = sentences.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        // Down for 1 to 4 s; sentences come at whole seconds.
        assert!((1.9..=5.1).contains(&gap), "{gap}");
        assert!(sentences.iter().filter(|at_s| (60.0..66.0).contains(*at_s)).count() < 6);
    }
}

/// The states of the phase loop in their order.
fn phases(truths: &[(f64, Truth)], card: usize, from_s: f64) -> Vec<DpllLock> {
    let mut phases: Vec<DpllLock> = truths
        .iter()
        .filter(|(at_s, _)| *at_s >= from_s)
        .map(|(_, truth)| truth.cards[card].dpll.expect("the card has a DPLL").phase)
        .collect();
    phases.dedup();
    phases
}

#[test]
fn dplls_lock_lose_their_source_and_lock_again() {
    use DpllLock::{Holdover, Locked, LockedHoldoverAcquired, Unlocked};
    let timeline = vec![gnss(120, GnssChange::AntennaOff), gnss(180, GnssChange::AntennaOn)];
    let setup = Setup { seed: 5, duration_s: 240, timeline, ..Setup::telecom_grandmaster(2) };
    let truths = truths(setup);
    let expected = [Unlocked, Locked, LockedHoldoverAcquired, Holdover, LockedHoldoverAcquired];
    assert_eq!(phases(&truths, 0, 0.0), expected);
    // The second card goes on with the pulses of the first.
    assert_eq!(phases(&truths, 1, 60.0), [LockedHoldoverAcquired]);
    // A fix is lost after 1 to 3 s and a pulse is missing 1 s later; back after 2 s, and the DPLL 2 s later.
    let first_s = |lock, from_s: f64| {
        let is_it = |at_s: f64, truth: &Truth| at_s >= from_s && truth.cards[0].dpll.unwrap().phase == lock;
        truths.iter().find(|(at_s, truth)| is_it(*at_s, truth)).unwrap().0
    };
    assert!((121.0..=125.0).contains(&first_s(Holdover, 0.0)));
    assert!((182.0..=186.0).contains(&first_s(LockedHoldoverAcquired, 180.0)));
    for card in 0..2 {
        let state = |at_s| card_at(&truths, card, at_s).clock;
        assert_eq!(state(110.0), TrueState::Tracking, "card {card}");
        assert!(matches!(state(150.0), TrueState::Coasting { since } if since < SimTime::from_s(124)));
        assert_eq!(state(230.0), TrueState::Tracking, "card {card}");
    }
}

#[test]
fn a_dpll_that_is_unlocked_runs_free_until_it_may_lock_again() {
    use DpllLock::{Locked, LockedHoldoverAcquired, Unlocked};
    for card in 0..2 {
        let timeline = vec![dpll(100, card, DpllChange::Unlock), dpll(130, card, DpllChange::Relock)];
        let setup = Setup { seed: 6, duration_s: 180, timeline, ..Setup::telecom_grandmaster(2) };
        let truths = truths(setup);
        let expected = [LockedHoldoverAcquired, Unlocked, Locked, LockedHoldoverAcquired];
        assert_eq!(phases(&truths, card, 60.0), expected);
        assert_eq!(phases(&truths, 1 - card, 60.0), [LockedHoldoverAcquired]);
        assert!(matches!(card_at(&truths, card, 120.0).clock, TrueState::Coasting { .. }));
    }
}

#[test]
fn the_dpll_of_a_boundary_clock_locks_to_the_clock_that_ptp4l_steers() {
    use DpllLock::{Holdover, Locked, LockedHoldoverAcquired, Unlocked};
    let setup = Setup { seed: 1, duration_s: 120, ..Setup::telecom_boundary_clock() };
    let lines = simulated(&setup, ts2phc(1));
    let truths = truths(setup);
    // As recorded at the bring-up of its pins, after the clock was stepped: 4, 1, 2, 3. Its frequency loop has no source.
    assert_eq!(phases(&truths, 0, 18.5), [Holdover, Unlocked, Locked, LockedHoldoverAcquired]);
    let steady = card_at(&truths, 0, 110.0);
    assert_eq!(steady.dpll.unwrap().frequency, Unlocked);
    assert!((steady.dpll.unwrap().output_error_ns - steady.phc_error_ns).abs() < 5.0, "{steady:?}");
    for card in 0..2 {
        let CardTruth { clock, phc_error_ns, .. } = card_at(&truths, card, 110.0);
        assert_eq!(clock, TrueState::Tracking);
        assert!(phc_error_ns.abs() < 30.0, "card {card}: {phc_error_ns}");
    }
    // ts2phc steers the second card only, and calls it by its interface.
    let offsets = offsets(&lines);
    assert!(offsets.len() > 100 && offsets.iter().all(|(_, interface, _)| interface == "ens8f0"));
}

/// Error of the clock so long after the DPLL has lost its source.
fn holdover_error_ns(mut setup: Setup, loss_s: u64, after_s: u64) -> f64 {
    setup.timeline = vec![gnss(loss_s, GnssChange::AntennaOff)];
    setup.duration_s = loss_s + after_s + 10;
    // Nothing here needs these two.
    (setup.profiles[0].ptp4l, setup.profiles[0].phc2sys) = (None, None);
    let truths = truths(setup);
    let entry_s = truths
        .iter()
        .find(|(_, truth)| truth.cards[0].dpll.expect("the card has a DPLL").phase == DpllLock::Holdover);
    card_at(&truths, 0, entry_s.expect("the DPLL goes to holdover").0 + after_s as f64).phc_error_ns
}

#[test]
fn in_holdover_a_clock_drifts_by_the_aging_of_its_oscillator() {
    let mut setup = Setup::telecom_grandmaster(1);
    let receiver = setup.cards[0].gnss.as_mut().unwrap();
    (receiver.pps_noise_ns, receiver.sawtooth_ns) = (0.0, 0.0);
    setup.cards[0].dpll.as_mut().unwrap().oscillator =
        OscillatorSetup { frequency_ppb: 0.025, aging_ppb_per_day: 0.53, ..OscillatorSetup::perfect() };
    // D t^2 / 2 with D = 0.53 ppb / 86400 s and t = 4 h: 636 ns. The frequency is learnt through 0.3 ns of comparison
    // noise: some 0.001 ppb, or 14 ns in 4 h; three of these.
    let error_ns = holdover_error_ns(setup, 1_000, 14_400);
    assert!((error_ns - 636.0).abs() < 45.0, "{error_ns}");
}

#[test]
fn an_oven_in_holdover_drifts_as_published() {
    // 636 ns of aging; the random walk of 0.0001 ppb per root of a second makes 0.0001 sqrt(t^3 / 3) = 100 ns, flicker
    // of 0.001 ppb some 40 ns, and a frequency that is learnt to 0.02 ppb 290 ns. The mean of 4 runs has a standard
    // error of 160 ns: three of these. No run is far beyond the 1 us in 4 h that is published for an OCXO.
    let errors_ns: Vec<f64> = (0..4)
        .map(|seed| holdover_error_ns(Setup { seed, ..Setup::telecom_grandmaster(1) }, 1_000, 14_400))
        .collect();
    let mean_ns = errors_ns.iter().sum::<f64>() / 4.0;
    assert!((mean_ns - 636.0).abs() < 480.0, "{errors_ns:?}");
    assert!(errors_ns.iter().all(|error_ns| error_ns.abs() < 1_700.0), "{errors_ns:?}");
}

#[test]
fn warmth_changes_the_frequency_of_a_clock_that_is_left_alone() {
    let mut setup = Setup { duration_s: 300, ..Setup::telecom_grandmaster(1) };
    setup.cards[0].dpll.as_mut().unwrap().oscillator = OscillatorSetup {
        temperature: OscillatorSetup::oven_controlled().temperature,
        ..OscillatorSetup::perfect()
    };
    // No receiver has a fix before 26 s: it runs on its oscillator. 20 K by 0.05 ppb per kelvin are 1 ns per second.
    setup.timeline = vec![
        (SimTime::START, Action::Gnss { card: 0, change: GnssChange::AntennaOff }),
        (SimTime::from_s(100), Action::TemperatureStep { by_k: 20.0 }),
    ];
    let truths = truths(setup);
    let error_ns = |at_s| card_at(&truths, 0, at_s).phc_error_ns;
    assert!((error_ns(100.0) - error_ns(10.0)).abs() < 0.1);
    assert!((error_ns(300.0) - error_ns(100.0) - 200.0).abs() < 0.2, "{}", error_ns(300.0) - error_ns(100.0));
}
