//! Scenario files: what can be written in them, and what is said about mistakes.

use ptp_scenario::{Expectation, Problem, Scenario};
use sim_core::{Action, Setup, SimTime};

const SMALL: &str = r#"
title = "t"
story = "s"
start_unix_s = 1000
duration = "60s"
seed = 7
expect = []

[node]
name = "n"
"#;

#[track_caller]
fn parsed(text: &str) -> Scenario {
    Scenario::parse("x", text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[track_caller]
fn problems(text: &str) -> Vec<String> {
    Scenario::parse("x", text).expect_err("it is bad").iter().map(Problem::to_string).collect()
}

#[test]
fn what_is_not_written_is_as_in_the_simulator() {
    let scenario = parsed(SMALL);
    let setup = Setup { seed: 7, start_unix_s: 1000, duration_s: 60, ..Setup::default() };
    assert_eq!(scenario.setup, setup);
    assert_eq!((scenario.name.as_str(), scenario.title.as_str(), scenario.story.as_str()), ("x", "t", "s"));
    assert_eq!((scenario.start_unix_s, scenario.duration_s), (1000, 60));
    assert!(scenario.expect.is_empty());
}

/// What [`SMALL`] leaves out: every key that there is.
const REST: &str = r#"
interface = "eth7"
alias = "ethx"
profile = "p.1"
config_index = 2
up_for = "1.5s"

[thresholds]
max_offset_ns = 50
min_offset_ns = -40
holdover_timeout = "9s"

[grandmaster]
clock_class = 13
master_from = "62.5ms"

[path]
delay_ns = 1
noise_ns = 2.5

[phc]
initial_error_ns = -3
frequency_ppb = 4.0
white_ppb = 5
random_walk_ppb = 6
flicker_ppb = 7
aging_ppb_per_day = -8

[os_clock]
frequency_ppb = -9

[ptp4l]
log_announce_interval = 1
log_sync_interval = 0
log_min_delay_request_interval = -1
announce_receipt_timeout = 3
clock_class_threshold = 248
first_step_threshold_ns = 10
step_threshold_ns = 0
max_frequency_ppb = 11
pi_proportional_const = 0.6
pi_integral_const = 0.0003

[phc2sys]
rate_hz = 1
first_step_threshold_ns = 12
step_threshold_ns = 13
max_frequency_ppb = 14
utc_offset_after = "15s"
reading_noise_ns = 16
reading_delay_ns = 17
reading_delay_noise_ns = 18
pi_proportional_const = 19
pi_integral_const = 20

[daemon]
phc2sys_start_latency = "21ns"
clock_class_latency = "22us"
clock_class_repeat = "23s"

[[timeline]]
at = "1s"
action = "grandmaster-silent"

[[timeline]]
at = "1s"
action = "grandmaster-speaks"

[[timeline]]
at = "2s"
action = "grandmaster-clock-class"
class = 7

[[timeline]]
at = "3s"
action = "packet-delay-burst"
mean_ns = 3e3

[[timeline]]
at = "4s"
action = "packet-delay-normal"

[[timeline]]
at = "5s"
action = "link-down"

[[timeline]]
at = "60s"
action = "link-up"
"#;

fn full() -> Scenario {
    parsed(&format!("{SMALL}{REST}"))
}

#[test]
fn everything_that_can_be_written_reaches_the_setup() {
    let scenario = full();
    let setup = &scenario.setup;
    assert_eq!((setup.links[0].interface.as_str(), setup.profiles[0].config_index), ("eth7", 2));
    assert_eq!(setup.boot_offset_ns, 1_500_000_000);
    assert_eq!(
        (setup.grandmasters[0].data_set.clock_class, setup.grandmasters[0].master_from.ns),
        (13, 62_500_000)
    );
    assert_eq!((setup.links[0].path.delay_ns, setup.links[0].path.noise_ns), (1.0, 2.5));
    let phc = setup.cards[0].phc;
    assert_eq!((phc.initial_error_ns, phc.frequency_ppb, phc.white_ppb), (-3.0, 4.0, 5.0));
    assert_eq!((phc.random_walk_ppb, phc.flicker_ppb, phc.aging_ppb_per_day), (6.0, 7.0, -8.0));
    assert_eq!(setup.os_clock.frequency_ppb, -9.0);
    let ptp4l = setup.profiles[0].ptp4l.as_ref().unwrap();
    assert_eq!((ptp4l.log_announce_interval, ptp4l.log_sync_interval), (1, 0));
    assert_eq!((ptp4l.log_min_delay_request_interval, ptp4l.announce_receipt_timeout), (-1, 3));
    assert_eq!(
        (ptp4l.clock_class_threshold, ptp4l.first_step_threshold_ns, ptp4l.step_threshold_ns),
        (248, 10, 0)
    );
    assert_eq!(
        (ptp4l.max_frequency_ppb, ptp4l.servo.proportional, ptp4l.servo.integral),
        (11.0, 0.6, 0.0003)
    );
    let phc2sys = setup.profiles[0].phc2sys.as_ref().unwrap();
    assert_eq!((phc2sys.rate_hz, phc2sys.first_step_threshold_ns, phc2sys.step_threshold_ns), (1, 12, 13));
    assert_eq!((phc2sys.max_frequency_ppb, phc2sys.utc_offset_after_ns), (14.0, 15_000_000_000));
    assert_eq!((phc2sys.reading_noise_ns, phc2sys.reading_delay_ns), (16.0, 17.0));
    assert_eq!((phc2sys.servo.proportional, phc2sys.servo.integral), (19.0, 20.0));
    assert_eq!(phc2sys.reading_delay_noise_ns, 18.0);
    let daemon = setup.daemon;
    assert_eq!((daemon.phc2sys_start_latency_ns, daemon.clock_class_latency_ns), (21, 22_000));
    assert_eq!(daemon.clock_class_repeat_ns, 23_000_000_000);
}

#[test]
fn every_action_can_be_written() {
    let timeline = [
        (1, Action::GrandmasterSilent { grandmaster: 0 }),
        (1, Action::GrandmasterSpeaks { grandmaster: 0 }),
        (2, Action::GrandmasterClockClass { grandmaster: 0, class: 7 }),
        (3, Action::PacketDelayBurst { interface: "eth7".to_owned(), mean_ns: 3_000.0 }),
        (4, Action::PacketDelayNormal { interface: "eth7".to_owned() }),
        (5, Action::LinkDown { interface: "eth7".to_owned() }),
        (60, Action::LinkUp { interface: "eth7".to_owned() }),
    ];
    assert_eq!(full().setup.timeline, timeline.map(|(s, action)| (SimTime::from_s(s), action)));
}

#[test]
fn the_files_of_the_node_are_those_of_linuxptp_daemon() {
    let more = "alias = \"ens1fx\"\ninterface = \"ens1f0\"\n[thresholds]\nholdover_timeout = \"9s\"\n";
    let node = parsed(&format!("{SMALL}{more}")).node;
    assert_eq!(node.node_name, "n");
    let [(name, contents)] = &node.configs[..] else { panic!("{:?}", node.configs) };
    assert_eq!(name, "ptp4l.0.config");
    let lines: Vec<&str> = contents.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[..3], ["#profile: ordinary-clock", "[global]", "slaveOnly 1"]);
    assert!(lines.contains(&"message_tag [ptp4l.0.config:{level}]"));
    assert!(lines.contains(&"uds_address /var/run/ptp4l.0.socket"));
    assert!(lines.contains(&"step_threshold 2.000000000"), "in seconds");
    assert_eq!(lines.last(), Some(&"[ens1f0]"));
    assert_eq!(node.aliases["ens1f0"], "ens1fx");
    for part in [
        r#"[{"name":"ordinary-clock","interface":"ens1f0","ptp4lOpts":"-2 -s --summary_interval -4""#,
        r#""phc2sysOpts":"-a -r -n 24 -m -N 8 -R 16""#,
        r#""ptpClockThreshold":{"holdOverTimeout":9,"maxOffsetThreshold":100,"minOffsetThreshold":-100}"#,
    ] {
        assert!(node.profile_json.contains(part), "{}", node.profile_json);
    }
}

#[test]
fn an_interface_without_an_alias_has_the_one_that_the_daemon_makes() {
    assert_eq!(parsed(SMALL).node.aliases["ens1f0"], "ens1fx");
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = r#"title = 7
story = "s"
start_unix_s = -1
duration = "60"
sead = 7

[node]
nam = "n"
config_index = 100

[path]
noise_ns = -1.0

[phc]
frequency_ppb = "fast"

[[timeline]]
at = "5s"
action = "grandmaster-silent"

[[timeline]]
at = "4s"
action = "earthquake"

[[timeline]]
action = "grandmaster-clock-class"

[[expect]]
resource = "lock-state"
value = "LOCKED"
from = "9s"
until = "8s"

[[expect]]
flapping = ["/sync/a"]
values = ["LOCKED"]
from = "1s"
until = "2s"
at_least = 1
ends = { "/sync/b" = "LOCKED" }
"#;
    let expected = [
        "line 1: \"title\" is not a string",
        "line 3: \"start_unix_s\" is not a whole number from 0 to 4294967295",
        "line 4: \"duration\" is not a duration such as \"1.5s\" or \"62.5ms\"",
        "line 5: the file knows no \"sead\"",
        "line 7: node has no \"name\"",
        "line 8: node knows no \"nam\"",
        "line 9: \"config_index\" is not a whole number from 0 to 99",
        "line 12: \"noise_ns\" is not a number from 0 to 1000000000000",
        "line 15: \"frequency_ppb\" is not a number from -1000000000 to 1000000000",
        "line 22: the timeline goes backwards",
        "line 23: \"action\" is not grandmaster-silent, grandmaster-speaks, grandmaster-clock-class, \
         grandmaster-priority2, grandmaster-step, grandmaster-leap, packet-delay-burst, packet-delay-normal, \
         path-asymmetry, link-down, link-up, transmit-stamps-lost, hardware-clock-step, os-clock-step, \
         temperature-step, gnss-antenna-off, gnss-antenna-on, gnss-jamming, gnss-jamming-over, gnss-nmea-lost, gnss-nmea-back, \
         gnss-pps-lost, gnss-pps-back, dpll-unlock, dpll-relock, synce-quality, synce-lost, ntp-lost, ntp-back, \
         process-crash, process-stall, process-resume, profiles-applied, daemon-restart, proxy-down, proxy-up, \
         proxy-blocked or proxy-unblocked",
        "line 25: timeline has no \"at\"",
        "line 25: timeline has no \"class\"",
        "line 29: \"lock-state\" is not a resource path such as \"/sync/ptp-status/lock-state\"",
        "line 32: the window ends before it begins",
        "line 40: \"/sync/b\" cannot end in \"LOCKED\": it is not among the flapping ones",
        "the file has no \"seed\"",
    ];
    assert_eq!(problems(text), expected);
}

#[test]
fn a_file_that_is_not_toml_is_told_where() {
    let found = problems("title = \nstory = \"s\"\nx = = 1\n");
    assert!(found.len() >= 2 && found[0].starts_with("line 1: "), "{found:?}");
    assert!(found.iter().any(|problem| problem.starts_with("line 3: ")), "{found:?}");
}

fn with_expect(entries: &str) -> String {
    format!("{}{entries}", SMALL.replace("expect = []", ""))
}

#[test]
fn expectations_keep_their_order_and_their_windows() {
    let scenario = parsed(&with_expect(
        r#"
[[expect]]
resource = "/sync/b"
value = "2"
from = "1.5s"
until = "2s"

[[expect]]
flapping = ["/sync/a"]
values = ["x", "y"]
from = "1s"
until = "60s"
at_least = 3
ends = { "/sync/a" = "y" }
"#,
    ));
    assert_eq!(scenario.expect.len(), 2);
    assert!(scenario.expect[0].names("/sync/b") && !scenario.expect[0].names("/sync/a"));
    assert_eq!(scenario.expect[0].window().from, SimTime::from_ms(1500));
    let Expectation::Flapping { at_least: 3, values, ends, .. } = &scenario.expect[1] else { panic!() };
    assert_eq!((values.len(), ends["/sync/a"].as_str()), (2, "y"));
}

#[test]
fn nothing_may_be_expected_of_a_resource_while_it_flaps_or_after_the_end() {
    let entries = r#"
[[expect]]
flapping = ["/sync/a"]
values = ["x"]
from = "1s"
until = "5s"
at_least = 0
ends = {}

[[expect]]
resource = "/sync/a"
value = "x"
from = "5s"
until = "61s"
"#;
    let found = problems(&with_expect(entries));
    assert!(
        found[0].ends_with("a resource that may flap is expected to change in the same window"),
        "{found:?}"
    );
    assert!(found[1].ends_with("the window ends after the scenario"), "{found:?}");
}

#[test]
fn a_resource_that_must_not_change_is_not_expected_to() {
    let unchanged = "[[expect]]\nunchanged = [\"/sync/a\"]\nfrom = \"1s\"\nuntil = \"5s\"\n";
    let event = |resource: &str, at: &str| {
        format!("[[expect]]\nresource = {resource:?}\nvalue = \"x\"\nfrom = {at:?}\nuntil = {at:?}\n")
    };
    let scenario = parsed(&with_expect(&format!("{unchanged}{}", event("/sync/b", "5s"))));
    assert!(
        matches!(&scenario.expect[0], Expectation::Unchanged { resources, .. } if resources == &["/sync/a"])
    );
    parsed(&with_expect(&format!("{unchanged}{}", event("/sync/a", "5.1s"))));
    let found = problems(&with_expect(&format!("{unchanged}{}", event("/sync/a", "5s"))));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("a resource that must not change is expected to change in the same window"));
}

#[test]
fn what_happens_after_the_end_is_a_mistake() {
    let entry = "[[timeline]]\nat = \"61s\"\naction = \"link-up\"\n";
    assert_eq!(problems(&format!("{SMALL}{entry}")), ["line 12: this is after the end of the scenario"]);
}

#[test]
fn the_bounds_of_a_file_are_told() {
    let long = format!("{SMALL}#{}", "x".repeat(256 * 1024));
    assert_eq!(problems(&long), ["the file is longer than 262144 bytes"]);

    let duration = |text: &str| SMALL.replace("60s", text);
    parsed(&duration("2592000s"));
    for bad in ["2592001s", "0s", "1.5s"] {
        let told = "line 5: \"duration\" is not a whole number of seconds from 1 to 2592000";
        assert_eq!(problems(&duration(bad)), [told], "{bad}");
    }

    let actions = |n| format!("{SMALL}{}", "[[timeline]]\nat = \"1s\"\naction = \"link-up\"\n".repeat(n));
    parsed(&actions(1000));
    assert!(problems(&actions(1001))[0].ends_with("more than 1000 of \"timeline\""));

    let one = "[[expect]]\nresource = \"/sync/a\"\nvalue = \"x\"\nfrom = \"1s\"\nuntil = \"2s\"\n";
    parsed(&with_expect(&one.repeat(1000)));
    assert!(problems(&with_expect(&one.repeat(1001)))[0].ends_with("more than 1000 of \"expect\""));
}

#[test]
fn a_section_that_is_no_table_is_a_mistake() {
    let text = SMALL.replace("seed = 7", "seed = 7\npath = 3\ntimeline = \"x\"");
    assert_eq!(
        problems(&text),
        ["line 7: \"path\" is not a table", "line 8: \"timeline\" is not an array of tables"]
    );
}
