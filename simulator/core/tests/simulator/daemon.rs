//! linuxptp-daemon from outside: its connections, what it starts in which order, and what it says again.

use crate::common::{PHC2SYS, PTP4L};
use sim_core::{Action, Boot, Connection, ProcessId, ProcessProgram, Setup, SimTime, What, World};

/// What happens on the socket, in words: `+` opened, `-` closed, else the line.
fn socket(setup: Setup) -> Vec<(f64, Connection, String)> {
    let told = World::new(setup).filter_map(|emission| {
        let (connection, text) = match emission.what {
            What::Opened { connection } => (connection, "+".to_owned()),
            What::Closed { connection } => (connection, "-".to_owned()),
            What::Line { connection, text } => (connection, text),
            What::Action(_) | What::Truth(_) => return None,
        };
        Some((emission.at.ns as f64 / 1e9, connection, text))
    });
    told.collect()
}

/// What the daemon itself says, without stamps: lines with the time at which they are written, in milliseconds.
fn own_words(told: &[(f64, Connection, String)], from_s: f64, until_s: f64) -> Vec<(u64, String)> {
    let in_time = told.iter().filter(|(at_s, ..)| (from_s..until_s).contains(at_s));
    let words = in_time.filter_map(|(at_s, connection, text)| {
        let name = match connection {
            Connection::Process(process) => process.to_string(),
            Connection::EventHandler => "own".to_owned(),
            Connection::Control => "control".to_owned(),
        };
        // A stamp of linuxptp's is followed by a blank.
        let said = match text.split_once("]:") {
            Some((_, rest)) if rest.starts_with(' ') => return None,
            Some((start, rest)) => format!("{} {rest}", start.split('[').next().unwrap_or(start)),
            None => text.clone(),
        };
        Some((whole_ms(*at_s), format!("{name}: {said}")))
    });
    words.collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation is short and has no past"
)]
fn whole_ms(at_s: f64) -> u64 {
    (at_s * 1e3).round() as u64
}

fn at(s: u64, action: Action) -> (SimTime, Action) {
    (SimTime::from_s(s), action)
}

fn crash(program: ProcessProgram) -> Action {
    Action::ProcessCrash { process: ProcessId { program, profile: 0 } }
}

fn ordinary(duration_s: u64, timeline: Vec<(SimTime, Action)>) -> Setup {
    Setup { seed: 1, duration_s, timeline, ..Setup::default() }
}

fn cold(base: Setup, duration_s: u64) -> Setup {
    let mut setup = Setup { seed: 1, duration_s, ..base };
    setup.daemon.boot = Boot::Cold;
    setup
}

/// Compares what the daemon says with expected words and times in milliseconds.
fn assert_words(words: &[(u64, String)], expected: &[(u64, &str)]) {
    let expected: Vec<(u64, String)> = expected.iter().map(|(ms, text)| (*ms, (*text).to_owned())).collect();
    assert_eq!(words, expected);
}

const STATUS: &str = "PTP_PROCESS_STATUS";

#[test]
fn an_ordinary_clock_boots_cold_as_the_daemon_starts_it() {
    let told = socket(cold(Setup::ordinary_clock(), 20));
    // pmc takes 3 s before and 3 s after its start; the proxy asks 5 ms after it has accepted the first process.
    let words = own_words(&told, 0.0, 7.0);
    assert_words(
        &words[..7],
        &[
            (0, "own: +"),
            (6_000, "ptp4l: +"),
            (6_000, "control: +"),
            (6_000, "control: CMD RESTART"),
            (6_000, "control: -"),
            (6_005, "ptp4l: CMD LIVE_START"),
            (6_005, &format!("ptp4l: ptp4l [ptp4l.0.config] {STATUS}:1")),
        ],
    );
    assert_eq!(words[7], (6_005, format!("ptp4l: pmc [ptp4l.0.config] {STATUS}:1")));
    // phc2sys starts with the first offset below a second.
    let first = |connection, text: &str| {
        told.iter().find(|(_, on, line)| *on == connection && line.contains(text)).unwrap().0
    };
    let (offset_s, phc2sys_s) = (first(PTP4L, "master offset"), first(PHC2SYS, "+"));
    assert!((phc2sys_s - offset_s - 0.02).abs() < 1e-6, "{offset_s} {phc2sys_s}");
}

#[test]
fn a_telecom_grandmaster_waits_for_gpsd_gpspipe_and_each_dpll() {
    let first = |cards, program| {
        let process = ProcessId { program, profile: 0 };
        let told = socket(cold(Setup::telecom_grandmaster(cards), 30));
        told.iter().find(|(_, on, _)| *on == Connection::Process(process)).unwrap().0
    };
    // 6 s for each of them, and ptp4l after ts2phc, at once: a grandmaster has no pmc.
    assert!((first(1, ProcessProgram::Ts2phc) - 18.0).abs() < 1e-9);
    assert!((first(1, ProcessProgram::Ptp4l) - 18.0).abs() < 1e-9);
    assert!((first(2, ProcessProgram::Ts2phc) - 24.0).abs() < 1e-9);
}

#[test]
fn a_telecom_boundary_clock_starts_its_profiles_as_the_recorded_node_did() {
    let told = socket(cold(Setup::telecom_boundary_clock(), 30));
    let lives: Vec<(u64, String)> = own_words(&told, 0.0, 30.0)
        .into_iter()
        .filter(|(_, text)| text.contains("_STATUS:1"))
        // phc2sys comes with the first offset of ts2phc, whenever that is.
        .filter(|(_, text)| !text.starts_with("own") && !text.starts_with("phc2sys"))
        .collect();
    // The downstream ptp4l, controlled by the other profile, has no pmc and starts at once; two DPLLs take 12 s; then the
    // pmc of the upstream one takes 6 s.
    let expected = [
        (5, "ptp4l: ptp4l [ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (12_000, "ts2phc of profile 2: ts2phc [ts2phc.1.config] PTP_PROCESS_STATUS:1"),
        (18_000, "ptp4l of profile 2: ptp4l [ptp4l.1.config] PTP_PROCESS_STATUS:1"),
        (18_000, "ptp4l of profile 2: pmc [ptp4l.1.config] PTP_PROCESS_STATUS:1"),
    ];
    assert_words(&lives, &expected);
}

#[test]
fn profiles_that_are_applied_anew_stop_everything_in_order_and_boot_cold() {
    let told = socket(ordinary(60, vec![at(20, Action::ProfilesApplied)]));
    let words = own_words(&told, 20.0, 28.4);
    assert_words(
        &words,
        &[
            (20_000, "ptp4l: ptp4l [ptp4l.0.config] PTP_PROCESS_STATUS:0"),
            (20_000, "ptp4l: -"),
            (21_000, "phc2sys: phc2sys [ptp4l.0.config] PTP_PROCESS_STATUS:0"),
            (21_000, "phc2sys: -"),
            // A second after that, and the 6 s of pmc.
            (28_000, "ptp4l: +"),
            (28_000, "control: +"),
            (28_000, "control: CMD RESTART"),
            (28_000, "control: -"),
            (28_005, "ptp4l: CMD LIVE_START"),
            (28_005, "ptp4l: ptp4l [ptp4l.0.config] PTP_PROCESS_STATUS:1"),
            (28_005, "ptp4l: pmc [ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        ],
    );
    assert!(
        told.iter().any(|(at_s, on, line)| *at_s > 28.0 && *on == PHC2SYS && line.contains("phc offset"))
    );
}

#[test]
fn profiles_that_are_applied_twice_are_started_once() {
    let told = socket(ordinary(60, vec![at(20, Action::ProfilesApplied), at(24, Action::ProfilesApplied)]));
    for connection in [PTP4L, PHC2SYS] {
        let mut open = false;
        for (at_s, _, text) in told.iter().filter(|(_, on, _)| *on == connection) {
            match text.as_str() {
                "+" | "-" => assert!(std::mem::replace(&mut open, text == "+") != (text == "+"), "{at_s}"),
                _ => assert!(open, "{at_s}: {text}"),
            }
        }
        assert!(open);
    }
    let restarts: Vec<f64> =
        told.iter().filter(|(.., text)| text == "CMD RESTART").map(|(at_s, ..)| *at_s).collect();
    // At the start; and once for both: nothing runs at 24 s, so that only pmc is waited for.
    assert_eq!(restarts, [0.0, 30.0]);
}

#[test]
fn a_restart_of_the_pod_is_silent_for_15_seconds_and_the_boot() {
    let told = socket(ordinary(60, vec![at(20, Action::DaemonRestart)]));
    let after: Vec<&(f64, Connection, String)> = told.iter().filter(|(at_s, ..)| *at_s >= 20.0).collect();
    let closed = after.iter().take_while(|(at_s, ..)| *at_s < 20.001);
    assert!(closed.clone().all(|(.., text)| text == "-") && closed.count() == 3, "{:?}", &after[..4]);
    let first_line = after.iter().find(|(.., text)| text != "-" && text != "+").unwrap();
    // 15 s, and 6 s for pmc.
    assert_eq!((first_line.0, first_line.2.as_str()), (41.0, "CMD RESTART"));
    // The numbers of the configurations are the same.
    assert!(after.iter().any(|(.., text)| text.ends_with(":[ptp4l.0.config] PTP_PROCESS_STATUS:1")));
}

#[test]
fn a_process_that_dies_is_back_after_a_second_with_a_new_connection() {
    for (program, connection, name) in
        [(ProcessProgram::Ptp4l, PTP4L, "ptp4l"), (ProcessProgram::Phc2sys, PHC2SYS, "phc2sys")]
    {
        // A new phc2sys asks for the UTC offset after ten seconds.
        let told = socket(ordinary(45, vec![at(30, crash(program))]));
        let words: Vec<(u64, String)> = own_words(&told, 30.0, 32.0)
            .into_iter()
            .filter(|(_, text)| text.starts_with(&format!("{name}:")))
            .collect();
        let status = |value| format!("{name}: {name} [ptp4l.0.config] {STATUS}:{value}");
        let mut expected = vec![
            (30_000, status(0)),
            (30_000, format!("{name}: -")),
            (31_000, format!("{name}: +")),
            (31_000, format!("{name}: CMD LIVE_START")),
            (31_000, status(1)),
        ];
        if program == ProcessProgram::Ptp4l {
            expected.push((31_000, format!("ptp4l: pmc [ptp4l.0.config] {STATUS}:1")));
        }
        assert_eq!(words, expected);
        assert!(
            told.iter()
                .any(|(at_s, on, text)| *at_s > 31.0 && *on == connection && text.contains(" offset "))
        );
    }
}

#[test]
fn a_phc2sys_that_is_alone_goes_on_without_ptp4l() {
    let told = socket(ordinary(32, vec![at(30, crash(ProcessProgram::Ptp4l))]));
    let offsets = told.iter().filter(|(at_s, on, text)| {
        (30.0..31.0).contains(at_s) && *on == PHC2SYS && text.contains("phc offset") && text.contains(" s2 ")
    });
    assert!((15..=17).contains(&offsets.count()), "16 per second");
}

#[test]
fn a_proxy_that_asks_is_told_ports_then_processes_then_the_class() {
    let mut setup = ordinary(40, Vec::new());
    setup.daemon.logs_asked_after_ns = None;
    let mut world = World::new(setup);
    world.logs_asked(SimTime::from_s(30));
    let lines: Vec<String> = world
        .filter_map(|emission| match emission.what {
            What::Line { connection: Connection::EventHandler, text }
                if emission.at == SimTime::from_s(30) =>
            {
                Some(text)
            }
            What::Line { .. }
            | What::Opened { .. }
            | What::Closed { .. }
            | What::Action(_)
            | What::Truth(_) => None,
        })
        .collect();
    let [port, ptp4l, phc2sys, class] = lines.as_slice() else { panic!("{lines:?}") };
    // As it was printed, with the level in its tag.
    assert!(
        port.contains(": [ptp4l.0.config:5] port 1 (ens1f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED")
    );
    assert_eq!(ptp4l, "ptp4l[1795350030]:[ptp4l.0.config] PTP_PROCESS_STATUS:1");
    // Here, and only here, phc2sys bears a configuration of its own.
    assert_eq!(phc2sys, "phc2sys[1795350030]:[phc2sys.0.config] PTP_PROCESS_STATUS:1");
    assert_eq!(class, "ptp4l[1795350030]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 255");
}

#[test]
fn a_telecom_clock_tells_its_state_first_when_it_is_asked() {
    for (base, state) in [
        (Setup::telecom_grandmaster(1), "GM[1795350100]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2"),
        (Setup::telecom_boundary_clock(), "T-BC[1795350100]:[ts2phc.1.config] ens4f0 offset "),
    ] {
        let mut setup = Setup { seed: 1, duration_s: 101, ..base };
        setup.daemon.logs_asked_after_ns = None;
        let mut world = World::new(setup);
        // Between the events of that second.
        let asked_at = SimTime::from_ms(100_700);
        world.logs_asked(asked_at);
        let first = world.find(|emission| emission.at == asked_at).unwrap();
        let What::Line { text, connection } = first.what else { panic!("{first:?}") };
        assert_eq!(connection, Connection::EventHandler);
        assert!(text.starts_with(state), "{text}");
    }
}

#[test]
fn nobody_who_asks_keeps_a_process_waiting_for_more_than_a_minute() {
    let mut setup = cold(Setup::ordinary_clock(), 70);
    setup.daemon.logs_asked_after_ns = None;
    let told = socket(setup);
    let ptp4l: Vec<(f64, &str)> =
        told.iter().filter(|(_, on, _)| *on == PTP4L).map(|(at_s, _, text)| (*at_s, text.as_str())).collect();
    assert_eq!(&ptp4l[..2], [(6.0, "+"), (66.0, "CMD LIVE_START")]);
    // What it has printed meanwhile is gone.
    assert!(ptp4l.iter().all(|(_, text)| !text.contains("LISTENING")), "{ptp4l:?}");
}

#[test]
fn a_proxy_that_is_gone_loses_lines_until_a_second_after_it_is_back() {
    let timeline = vec![at(20, Action::ProxyDown), at(25, Action::ProxyUp)];
    let told = socket(ordinary(40, timeline));
    let at_s = |connection, what: &str| -> Vec<f64> {
        let is_it = |(_, on, text): &&(f64, Connection, String)| *on == connection && text == what;
        told.iter().filter(is_it).map(|(at_s, ..)| *at_s).filter(|at_s| *at_s >= 20.0).collect()
    };
    for connection in [PTP4L, PHC2SYS] {
        let (closed, opened) = (at_s(connection, "-"), at_s(connection, "+"));
        // The first write after the end finds out, within a sixteenth of a second.
        assert!(closed.len() == 1 && (20.0..20.08).contains(&closed[0]), "{closed:?}");
        assert!(opened.len() == 1 && (25.0..26.0).contains(&opened[0]), "{opened:?}");
        let silent = |(at_s, on, _): &&(f64, Connection, String)| {
            *on == connection && (closed[0]..opened[0]).contains(at_s)
        };
        // The close itself.
        assert_eq!(told.iter().filter(silent).count(), 1);
        let back: Vec<&str> = told
            .iter()
            .filter(|(at_s, on, _)| *on == connection && *at_s >= opened[0])
            .map(|(.., text)| text.as_str())
            .take(3)
            .collect();
        assert_eq!(back[..2], ["+", "CMD LIVE_START"]);
        assert!(back[2].ends_with("PTP_PROCESS_STATUS:1"), "{back:?}");
    }
    // It asks for the logs, and is told.
    let told_again = told.iter().any(|(at_s, on, text)| {
        *at_s > 25.0 && *on == Connection::EventHandler && text.contains("CLOCK_CLASS_CHANGE 255")
    });
    assert!(told_again);
}

#[test]
fn a_proxy_that_does_not_read_misses_the_newest_lines_and_no_order() {
    let timeline = vec![at(20, Action::ProxyBlocked), at(80, Action::ProxyUnblocked)];
    let told = socket(ordinary(90, timeline));
    assert!(!told.iter().any(|(at_s, ..)| (20.001..80.0).contains(at_s)), "nothing is read");
    let stamps: Vec<f64> = told
        .iter()
        .filter(|(_, on, text)| *on == PTP4L && text.contains("master offset"))
        .map(|(.., text)| text["ptp4l[".len()..].split(']').next().unwrap().parse().unwrap())
        .collect();
    assert!(stamps.is_sorted());
    let waited = stamps.iter().filter(|stamp| (20.0..80.0).contains(*stamp)).count();
    // 212,992 bytes of socket take 277 small writes of 768 bytes, and the daemon's channel 256 lines more; 16 per second
    // for 60 s are 960.
    assert_eq!(waited, 277 + 256);
    assert!(!stamps.iter().any(|stamp| (54.0..80.0).contains(stamp)), "533 lines are 33.3 s");
}

#[test]
fn a_class_is_repeated_each_minute_under_the_configuration_of_ptp4l() {
    let told = socket(Setup { seed: 1, duration_s: 200, ..Setup::telecom_grandmaster(1) });
    let classes: Vec<(u64, String)> = own_words(&told, 0.0, 200.0)
        .into_iter()
        .filter(|(_, text)| text.contains("CLOCK_CLASS_CHANGE"))
        .collect();
    let (changes, repeats): (Vec<_>, Vec<_>) =
        classes.into_iter().partition(|(_, text)| text.contains("ts2phc.0"));
    assert_eq!(
        changes.last().map(|(_, text)| text.as_str()),
        Some("own: ptp4l [ts2phc.0.config] CLOCK_CLASS_CHANGE 6")
    );
    let expected = "own: ptp4l [ptp4l.0.config] CLOCK_CLASS_CHANGE 6";
    assert_words(&repeats, &[(60_000, expected), (120_000, expected), (180_000, expected)]);
}
