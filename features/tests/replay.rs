//! Recorded logs of real linuxptp against the proxy, event for event.
//!
//! What must come is worked out here from the text of the logs by a few lines of arithmetic of their own: it shares
//! nothing with the proxy but the rules.

use ptp_lab::replay::{BOOT_UNIX_S, ReplaySettings, Thresholds, read_log, replay};
use ptp_lab::timeline::Kept;
use ptp_lab::{Played, ProxyProgram, Recorded};
use std::path::Path;

const LOCK_STATE: &str = "/sync/ptp-status/lock-state";
const OS_CLOCK: &str = "/sync/sync-status/os-clock-sync-state";
const SYNC_STATE: &str = "/sync/sync-status/sync-state";

/// Time in milliseconds as the stamps have it, value, offset.
type Expected = (u64, &'static str, Option<i64>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Locked,
    Holdover,
    Freerun,
}

use State::{Freerun, Holdover, Locked};

impl State {
    fn name(self) -> &'static str {
        match self {
            Locked => "LOCKED",
            Holdover => "HOLDOVER",
            Freerun => "FREERUN",
        }
    }
}

const HOLDOVER_MS: u64 = 5_000;

fn in_range(offset_ns: i64) -> bool {
    -100 < offset_ns && offset_ns < 100
}

/// What the clock of the operating system depends on beside its own samples.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// The one clock of the node.
    Lock,
    /// Several clocks, one of which is always good.
    Nothing,
}

/// The clocks of a node with one clock of ptp4l or ts2phc, as the log tells them.
struct Arithmetic {
    bound: Bound,
    has_left_slave: bool,
    /// The clock is that of ts2phc, which ports do not lower and which knows no timeout.
    is_pps: bool,
    lock: Option<(State, i64)>,
    os: Option<(State, i64)>,
    sync: Option<State>,
    holdover_ends_ms: Option<u64>,
    lock_events: Vec<Expected>,
    os_events: Vec<Expected>,
    sync_events: Vec<Expected>,
}

impl Arithmetic {
    /// Takes the lines of a log, then the time until a holdover that has begun is over.
    fn of(lines: &[(u64, &str)], bound: Bound) -> Self {
        let mut node = Self {
            bound,
            has_left_slave: false,
            is_pps: false,
            lock: None,
            os: None,
            sync: None,
            holdover_ends_ms: None,
            lock_events: Vec::new(),
            os_events: Vec::new(),
            sync_events: Vec::new(),
        };
        for (ms, text) in lines {
            node.pass_time(*ms);
            node.line(*ms, text);
        }
        node.pass_time(u64::MAX);
        node
    }

    fn pass_time(&mut self, ms: u64) {
        if let Some(end) = self.holdover_ends_ms.filter(|end| *end <= ms) {
            let offset = self.lock.expect("in holdover").1;
            self.set_lock(end, Freerun, offset);
        }
    }

    fn line(&mut self, ms: u64, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let Some(at) = words.windows(2).position(|pair| pair == ["master", "offset"]) {
            self.ptp_sample(ms, words[at + 2].parse().expect("an offset"), words[at + 3]);
        } else if let Some(at) =
            words.windows(3).position(|three| three == ["CLOCK_REALTIME", "phc", "offset"])
        {
            self.os_sample(ms, words[at + 3].parse().expect("an offset"), words[at + 4]);
        } else if let Some(at) =
            words.iter().position(|word| *word == "offset").filter(|_| text.starts_with("ts2phc["))
        {
            let is_holdover = words.last() == Some(&"holdover");
            self.pps_sample(ms, words[at + 1].parse().expect("an offset"), words[at + 2], is_holdover);
        } else if let Some(at) =
            words.iter().position(|word| *word == "to").filter(|_| text.contains("] port 1 "))
        {
            self.has_left_slave = words[at + 1] != "SLAVE";
            if let Some((Locked, offset)) = self.lock.filter(|_| self.has_left_slave && !self.is_pps) {
                self.set_lock(ms, Holdover, offset);
            }
        }
    }

    fn ptp_sample(&mut self, ms: u64, offset: i64, servo: &str) {
        if self.has_left_slave {
            return;
        }
        let before = self.lock.map(|lock| lock.0);
        let state = match (before, servo, in_range(offset)) {
            (_, "s2", true) => Locked,
            (Some(Holdover), "s2", false) => return,
            _ => Freerun,
        };
        self.set_lock(ms, state, offset);
    }

    fn pps_sample(&mut self, ms: u64, offset: i64, servo: &str, is_holdover: bool) {
        self.is_pps = true;
        let before = self.lock.map(|lock| lock.0);
        let state = match (before, servo, in_range(offset)) {
            (Some(Locked | Holdover), _, _) if is_holdover => Holdover,
            (_, "s2" | "s3", true) if !is_holdover => Locked,
            (Some(Holdover), "s2" | "s3", false) => return,
            _ => Freerun,
        };
        self.set_lock(ms, state, offset);
    }

    fn os_sample(&mut self, ms: u64, offset: i64, servo: &str) {
        let bound = self.lock.filter(|_| self.bound == Bound::Lock).map_or(Locked, |lock| lock.0);
        let state = if servo == "s2" && in_range(offset) { bound } else { Freerun };
        self.set_os(ms, state, offset);
    }

    fn set_lock(&mut self, ms: u64, state: State, offset: i64) {
        let before = self.lock.replace((state, offset)).map(|lock| lock.0);
        if before == Some(state) {
            return;
        }
        self.holdover_ends_ms = (state == Holdover && !self.is_pps).then_some(ms + HOLDOVER_MS);
        self.lock_events.push((ms, state.name(), Some(offset)));
        let lowers = self.bound == Bound::Lock && before.is_some_and(|before| state > before);
        if let Some((os, os_offset)) = self.os.filter(|_| lowers) {
            self.set_os(ms, os.max(state), os_offset);
        }
        self.set_sync(ms);
    }

    fn set_os(&mut self, ms: u64, state: State, offset: i64) {
        if self.os.replace((state, offset)).map(|os| os.0) != Some(state) {
            self.os_events.push((ms, state.name(), Some(offset)));
        }
        self.set_sync(ms);
    }

    fn set_sync(&mut self, ms: u64) {
        let worst =
            self.lock.map(|lock| lock.0).max(self.os.map(|os| os.0)).expect("one of them was just set");
        if self.sync.replace(worst) != Some(worst) {
            self.sync_events.push((ms, worst.name(), None));
        }
    }
}

fn recorded(names: &[&str]) -> Vec<Recorded> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/recorded");
    names.iter().map(|name| read_log(&dir.join(name)).expect("the recording is in the repository")).collect()
}

/// The stamped lines of all logs in order of their stamps, in milliseconds; ties in the order of the files.
fn stamped(logs: &[Recorded]) -> Vec<(u64, &str)> {
    let stamp_ms = |line: &str| -> Option<u64> {
        let (seconds, ms) = line.split_once('[')?.1.split_once(']')?.0.split_once('.')?;
        Some(seconds.parse::<u64>().ok()? * 1_000 + ms.parse::<u64>().ok()?)
    };
    let mut lines: Vec<(u64, &str)> = logs
        .iter()
        .flat_map(|log| log.text.lines())
        .filter_map(|line| Some((stamp_ms(line)?, line)))
        .collect();
    lines.sort_by_key(|line| line.0);
    lines
}

fn settings(logs: Vec<Recorded>) -> ReplaySettings {
    ReplaySettings {
        logs,
        config_dir: None,
        profile: None,
        interface: None,
        thresholds: Thresholds { max_offset_ns: 100, min_offset_ns: -100, holdover_s: 5 },
        boot_unix_s: Some(BOOT_UNIX_S),
        program: ProxyProgram::from_environment_or_lab(env!("CARGO_BIN_EXE_ptp-lab")),
        seed: 1,
        keep: None,
        record: None,
    }
}

fn play(settings: ReplaySettings) -> Played {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime
        .expect("a runtime")
        .block_on(replay(settings, &mut Kept::default()))
        .expect("the replay goes through")
}

fn published(played: &Played, resource: &str) -> Vec<(u64, String, Option<i64>)> {
    let of_resource = played.events.iter().filter(|(_, event)| event.resource == resource);
    of_resource
        .map(|(at_ns, event)| {
            assert_eq!(at_ns % 1_000_000, 0, "every stamp is whole milliseconds");
            (at_ns / 1_000_000, event.value().to_owned(), event.offset_ns())
        })
        .collect()
}

fn owned(expected: &[Expected]) -> Vec<(u64, String, Option<i64>)> {
    expected.iter().map(|(ms, value, offset)| (*ms, (*value).to_owned(), *offset)).collect()
}

/// Every event of the replay, its time, value and offset, against the arithmetic.
fn check(names: &[&str], lock_events_at_least: usize) {
    check_settings(settings(recorded(names)), Bound::Lock, lock_events_at_least);
}

fn check_settings(settings: ReplaySettings, bound: Bound, lock_events_at_least: usize) {
    let expected = Arithmetic::of(&stamped(&settings.logs), bound);
    assert!(expected.lock_events.len() >= lock_events_at_least, "the recording has a story to tell");
    let played = play(settings);
    assert_eq!(published(&played, LOCK_STATE), owned(&expected.lock_events));
    assert_eq!(published(&played, OS_CLOCK), owned(&expected.os_events));
    assert_eq!(published(&played, SYNC_STATE), owned(&expected.sync_events));
}

#[test]
fn a_recorded_ordinary_clock_gives_the_events_that_its_log_implies() {
    check(&["4.4/clknetsim-oc44-oc.log", "4.4/clknetsim-oc44-phc2sys.log"], 6);
}

#[test]
fn a_recorded_boundary_clock_gives_the_events_that_its_log_implies() {
    check(&["4.4/clknetsim-bc44-bc.log", "4.4/clknetsim-bc44-phc2sys.log"], 4);
}

#[test]
fn a_recorded_boundary_clock_whose_link_is_lost_gives_the_events_that_its_log_implies() {
    check(&["4.4/ha-bc0.log"], 4);
}

#[test]
fn a_recorded_clock_whose_grandmaster_degrades_gives_the_events_that_its_log_implies() {
    check(&["4.4/clknetsim-gmclass44-oc.log"], 3);
}

const TGM: [&str; 3] = ["4.4/tgm-ts2phc.log", "4.4/tgm-gm.log", "4.4/tgm-phc2sys.log"];

#[test]
fn a_recorded_telecom_grandmaster_gives_the_events_that_its_log_implies() {
    check(&TGM, 6);
}

/// The daemon's own lines are not in the log: without its T-GM status the clock of ts2phc stands for itself.
#[test]
fn the_story_of_the_recorded_telecom_grandmaster_is_in_its_lock_state() {
    let played = play(settings(recorded(&TGM)));
    let lock_state = published(&played, LOCK_STATE);
    let values: Vec<(u64, &str)> = lock_state.iter().map(|event| (event.0, event.1.as_str())).collect();
    // Stepped in its second sample; the third is the first that is locked.
    assert_eq!(values[..2], [(1_906_757, "FREERUN"), (1_908_758, "LOCKED")]);
    // The receiver has no fix from 1938.25 s to 1973.27 s: ts2phc is in holdover from its next second until a fix is back.
    assert_eq!(values[2], (1_939_757, "HOLDOVER"));
    assert!(values[3].0 > 1_973_270 && values[3].1 == "LOCKED", "{values:?}");
    // NMEA is silent from 1985.97 s to 1994.82 s.
    let silent = values.iter().find(|(ms, _)| *ms > 1_985_970).expect("it is noticed");
    assert_eq!(silent.1, "HOLDOVER");
    assert_eq!(values.last().map(|last| last.1), Some("LOCKED"));
    // The address names the interface, which the log names once, and not its device.
    let of_a_device = |address: &str| address.contains("/dev/") || !address.contains("/ens1f0/");
    let lock_states = played.events.iter().filter(|(_, event)| event.resource == LOCK_STATE);
    assert!(lock_states.flat_map(|(_, event)| &event.values).all(|value| !of_a_device(&value.address)));
}

/// The recording has the log of one of two boundary clocks; phc2sys follows the better one.
#[test]
fn a_recorded_high_availability_pair_gives_the_events_that_its_logs_imply() {
    let node = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = node.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    write("ptp4l.0.config", "#profile: bc1\n[global]\n[ens1f0]\nmasterOnly 0\n[ens1f1]\nmasterOnly 1\n");
    write("ptp4l.1.config", "#profile: bc2\n[global]\n[ens2f0]\nmasterOnly 0\n[ens2f1]\nmasterOnly 1\n");
    write("phc2sys.2.config", "#profile: ha\n[global]\n");
    let profile = write(
        "profile",
        r#"[{"name": "bc1"}, {"name": "bc2"}, {"name": "ha", "ptpSettings": {"haProfiles": "bc1,bc2"}}]"#,
    );
    let settings = ReplaySettings {
        config_dir: Some(node.path().to_owned()),
        profile: Some(profile),
        ..settings(recorded(&["4.4/ha-bc0.log", "4.4/ha-phc2sys.log"]))
    };
    check_settings(settings, Bound::Nothing, 4);
}

/// Its lines are those of chronyd; whole seconds from the first, as they are stamped.
#[test]
fn a_recorded_chronyd_moves_the_clock_of_the_operating_system() {
    let settings = ReplaySettings { boot_unix_s: None, ..settings(recorded(&["chrony-4.3/chronyd.log"])) };
    let played = play(settings);
    // 12:21:56, 12:22:16 and 12:22:22, the first line being of 12:21:50.
    let expected = [(6_000, "LOCKED", Some(0)), (26_000, "FREERUN", Some(0)), (32_000, "LOCKED", Some(0))];
    assert_eq!(published(&played, OS_CLOCK), owned(&expected));
    let of_the_node = expected.map(|(ms, value, _)| (ms, value, None));
    assert_eq!(published(&played, SYNC_STATE), owned(&of_the_node));
    assert_eq!(published(&played, LOCK_STATE), []);
}

#[test]
fn the_story_of_the_recording_is_in_its_lock_state() {
    let logs = recorded(&["4.4/clknetsim-oc44-oc.log", "4.4/clknetsim-oc44-phc2sys.log"]);
    let lock_state = published(&play(settings(logs)), LOCK_STATE);
    let quiet: Vec<_> = lock_state.iter().filter(|event| event.0 < 200_000).cloned().collect();
    let acquired = (1_526, "LOCKED", Some(-5));
    // The grandmaster is silent from 120 s to 150 s; its last sample was 3 ns.
    let silent = [(120_825, "HOLDOVER", Some(3)), (125_825, "FREERUN", Some(3))];
    // The first samples after it are out of range; -100 is, too, for the bounds are strict.
    let back = (150_589, "LOCKED", Some(-91));
    assert_eq!(quiet, owned(&[acquired, silent[0], silent[1], back]));
    let burst = lock_state.iter().filter(|event| (200_000..=231_000).contains(&event.0)).count();
    assert!(burst >= 2, "the delay burst leaves the range and comes back: {lock_state:?}");
    assert_eq!(lock_state.last().map(|event| event.1.as_str()), Some("LOCKED"));
}

#[test]
fn a_clock_that_never_locks_has_no_lock_state() {
    let logs = recorded(&["3.1.1/veth-oc.log"]);
    let text = &logs[0].text;
    assert!(
        text.contains("INITIALIZING to LISTENING") && !text.contains("to SLAVE") && !text.contains(" s2 ")
    );
    let played = play(settings(logs.clone()));
    assert_eq!(published(&played, LOCK_STATE), []);
    let lock_state =
        played.current.iter().find(|(resource, _)| *resource == LOCK_STATE).map(|(_, reply)| reply.status);
    assert_eq!(lock_state, Some(404));
}

#[test]
fn a_replay_gives_the_same_events_every_time() {
    let logs = || recorded(&["4.4/clknetsim-oc44-oc.log", "4.4/clknetsim-oc44-phc2sys.log"]);
    let [first, second] = [play(settings(logs())), play(settings(logs()))];
    assert!(!first.events.is_empty());
    assert_eq!(first.events, second.events);
}
