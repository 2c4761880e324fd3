//! Nodes of every topology: their parts can be changed by name, what is not there is told, and their files are those
//! of linuxptp-daemon.

use ptp_scenario::{NodeFiles, Problem, Scenario, Tag, Topology};
use serde_json::{Value, json};
use sim_core::{
    Action, DpllChange, DpllSource, GnssChange, GnssStart, Leap, Phc2sysSource, ProcessId, ProcessProgram,
    SimTime, SynceInput, World,
};

fn head(topology: &str) -> String {
    format!(
        "title = \"t\"\nstory = \"s\"\nstart_unix_s = 1000\nduration = \"60s\"\nseed = 7\nexpect = []\n\
         topology = \"{topology}\"\n\n[node]\nname = \"n\"\n"
    )
}

#[track_caller]
fn parsed(topology: &str, more: &str) -> Scenario {
    let text = format!("{}{more}", head(topology));
    Scenario::parse("x", &text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The problems without their lines.
#[track_caller]
fn problems(topology: &str, more: &str) -> Vec<String> {
    let problems = Scenario::parse("x", &format!("{}{more}", head(topology))).expect_err("it is bad");
    problems.into_iter().map(|Problem { what, .. }| what).collect()
}

fn profiles(node: &NodeFiles) -> Vec<Value> {
    serde_json::from_str(&node.profile_json).expect("an array")
}

fn config<'a>(node: &'a NodeFiles, name: &str) -> &'a str {
    let found = node.configs.iter().find(|(config, _)| config == name);
    found.map_or_else(|| panic!("no {name} among {:?}", node.configs), |(_, text)| text)
}

#[test]
fn every_topology_can_be_named_and_played() {
    for (name, topology) in Topology::NAMED {
        let scenario = parsed(name, "");
        assert_eq!(scenario.topology, topology);
        assert!(World::new(scenario.setup).count() > 0, "{name}");
    }
}

#[test]
fn every_configuration_names_a_profile_of_the_profile_file_first() {
    for (name, _) in Topology::NAMED {
        let node = parsed(name, "").node;
        let names: Vec<String> =
            profiles(&node).iter().map(|profile| profile["name"].as_str().unwrap().to_owned()).collect();
        for (file, text) in &node.configs {
            let profile = text.lines().next().unwrap().strip_prefix("#profile: ").expect("it is first");
            assert!(names.iter().any(|known| known == profile), "{name}: {file} of {profile}");
        }
    }
}

/// Which configurations the daemon renders for which topology; those of a boundary clock with two cards are the
/// three of the reference's table: two ptp4l and the phc2sys that chooses.
#[test]
fn each_topology_has_the_configurations_of_its_processes() {
    let expected: [(&str, &[&str]); 9] = [
        ("ordinary-clock", &["ptp4l.0.config"]),
        ("boundary-clock", &["ptp4l.0.config"]),
        ("dual-nic-boundary-clock", &["ptp4l.0.config", "ptp4l.1.config", "phc2sys.2.config"]),
        ("dual-follower", &["ptp4l.0.config"]),
        ("t-gm", &["ts2phc.0.config", "ptp4l.0.config"]),
        ("t-gm-two-cards", &["ts2phc.0.config", "ptp4l.0.config"]),
        ("t-bc", &["ptp4l.0.config", "ts2phc.1.config", "ptp4l.1.config"]),
        ("synce", &["ts2phc.0.config", "synce4l.0.config", "ptp4l.0.config"]),
        ("ntp-failover", &["chronyd.0.config", "ts2phc.0.config", "ptp4l.0.config"]),
    ];
    for (name, files) in expected {
        let node = parsed(name, "").node;
        let found: Vec<&str> = node.configs.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!(found, files, "{name}");
    }
}

#[test]
fn the_profiles_of_a_high_availability_group_name_each_other() {
    let node = parsed("dual-nic-boundary-clock", "").node;
    let [bc1, bc2, ha] = &profiles(&node)[..] else { panic!("{}", node.profile_json) };
    assert_eq!(ha["ptpSettings"]["haProfiles"], "boundary-clock-1,boundary-clock-2");
    assert!(ha["phc2sysOpts"].is_string() && ha["ptp4lOpts"].is_null());
    for one in [bc1, bc2] {
        assert!(one["ptp4lOpts"].is_string() && one["phc2sysOpts"].is_null());
        assert!(one["ptpSettings"].is_null());
    }
    let group = config(&node, "phc2sys.2.config");
    assert!(group.contains("message_tag [phc2sys.2.config:{level}]"), "{group}");
    let aliases: Vec<(&str, &str)> =
        node.aliases.iter().map(|(name, alias)| (name.as_str(), alias.as_str())).collect();
    assert_eq!(
        aliases,
        [("ens1f0", "ens1fx"), ("ens1f1", "ens1fx"), ("ens2f0", "ens2fx"), ("ens2f1", "ens2fx")]
    );
}

#[test]
fn a_boundary_clock_tells_which_ports_never_follow() {
    let node = parsed("boundary-clock", "").node;
    let text = config(&node, "ptp4l.0.config");
    assert!(text.contains("slaveOnly 0\n"), "{text}");
    assert!(text.ends_with("[ens1f0]\nmasterOnly 0\n[ens1f1]\nmasterOnly 1\n"), "{text}");
}

#[test]
fn a_telecom_grandmaster_takes_the_time_of_day_from_its_receiver() {
    let node = parsed("t-gm-two-cards", "").node;
    let [profile] = &profiles(&node)[..] else { panic!("{}", node.profile_json) };
    assert_eq!(profile["ptpSettings"]["clockType"], "T-GM");
    assert!(!profile["ts2phcOpts"].as_str().unwrap().contains("external_pps"), "it follows no other pulse");
    // openshift/linuxptp-daemon pkg/dpll/dpll.go: 1500 ns after 14400 s.
    assert_eq!(profile["plugins"]["e810"]["settings"]["LocalMaxHoldoverOffSet"], 1500);
    assert_eq!(profile["plugins"]["e810"]["settings"]["LocalHoldoverTimeout"], 14_400);
    let ts2phc = config(&node, "ts2phc.0.config");
    for part in ["[nmea]\nts2phc.master 1\n", "\n[ens7f0]\n", "\n[ens8f0]\n", "nmea_serialport /gpsd/data\n"]
    {
        assert!(ts2phc.contains(part), "{part:?}: {ts2phc}");
    }
    assert!(ts2phc.contains("message_tag [ts2phc.0.config:{level}]\n"), "{ts2phc}");
    let ptp4l = config(&node, "ptp4l.0.config");
    assert_eq!(ptp4l.matches("masterOnly 1").count(), 4, "it serves on two ports of two cards: {ptp4l}");
    assert!(ptp4l.contains("boundary_clock_jbod 1"), "the cards have a clock each");
}

#[test]
fn the_transmitter_of_a_telecom_boundary_clock_is_controlled_by_its_receiver() {
    let node = parsed("t-bc", "").node;
    let [transmitter, receiver] = &profiles(&node)[..] else { panic!("{}", node.profile_json) };
    assert_eq!(transmitter["ptpSettings"]["controllingProfile"], receiver["name"]);
    assert!(receiver["ptpSettings"]["controllingProfile"].is_null());
    assert!(receiver["ts2phcOpts"].as_str().unwrap().contains("external_pps"));
}

#[test]
fn synchronous_ethernet_and_network_time_have_their_own_files() {
    let more = "[[profile]]\nname = \"telecom-grandmaster-synce\"\n[profile.synce4l]\nnetwork_option = 1\n\
                interfaces = [\"ens7f1\"]\n[profile.synce4l.external]\nname = \"SMA1\"\nssm = 2\nextended = 255\n";
    let synce = parsed("synce", more);
    assert_eq!(
        config(&synce.node, "synce4l.0.config"),
        "#profile: telecom-grandmaster-synce\n\n[global]\nmessage_tag [synce4l.0.config]\n\n\
         [<synce1>]\nnetwork_option 1\nextended_tlv 1\n[ens7f1]\n[{SMA1}]\ninput_QL 0x2\ninput_ext_QL 0xff\n"
    );
    let ntp = parsed(
        "ntp-failover",
        "[ntp]\nserver = \"192.0.2.7\"\n[[profile]]\nname = \"telecom-grandmaster-ntp\"\n\
         [profile.chronyd]\nlog_poll_interval = 4\n[profile.chronyd.failover]\nts2phc_tolerance = \"7s\"\n",
    );
    let text = config(&ntp.node, "chronyd.0.config");
    assert!(text.contains("server 192.0.2.7 iburst minpoll 4 maxpoll 4\n"), "{text}");
    assert!(text.contains("bindcmdaddress /tmp/chrony/chronyd.sock\n"), "{text}");
    let profile = &profiles(&ntp.node)[0];
    assert_eq!(profile["chronydOpts"], "-d");
    let plugin = &profile["plugins"]["ntpfailover"];
    assert_eq!((&plugin["gnssFailover"], &plugin["settings"]["ts2phcTolerance"]), (&json!(true), &json!(7)));
}

#[test]
fn a_profile_may_have_thresholds_of_its_own() {
    let more = "[thresholds]\nmax_offset_ns = 70\n[[profile]]\nname = \"boundary-clock-2\"\n\
                [profile.thresholds]\nmin_offset_ns = -30\nholdover_timeout = \"12s\"\n";
    let node = parsed("dual-nic-boundary-clock", more).node;
    let thresholds: Vec<(i64, i64, i64)> = profiles(&node)
        .iter()
        .map(|profile| &profile["ptpClockThreshold"])
        .map(|one| {
            let number = |key: &str| one[key].as_i64().unwrap();
            (number("maxOffsetThreshold"), number("minOffsetThreshold"), number("holdOverTimeout"))
        })
        .collect();
    assert_eq!(thresholds, [(70, -100, 5), (70, -30, 12), (70, -100, 5)]);
}

#[test]
fn an_entry_with_a_known_name_changes_a_part_and_another_one_adds_one() {
    let more = r#"
[[grandmaster]]
name = "gm1"
clock_class = 7
clock_identity = "abcdef.fffe.000001"

[[grandmaster]]
name = "spare"
priority2 = 200

[[card]]
interfaces = ["ens2f0", "ens2f1"]
stamp_noise_ns = 2
[card.phc]
kind = "ocxo"
frequency_ppb = 3

[[card]]
interfaces = ["ens9f0"]
[card.gnss]
pps_noise_ns = 6

[[link]]
interface = "ens2f0"
noise_ns = 9

[[link]]
interface = "ens9f0"
grandmaster = "spare"
asymmetry_ns = -5

[[profile]]
name = "boundary-clock-2"
[profile.ptp4l]
clock_class_threshold = 135
[[profile.ptp4l.port]]
interface = "ens2f1"
server_only = false
local_priority = 9

[[profile]]
name = "third"
role = "t-bc"
[profile.ptp4l]
gm_capable = false
[[profile.ptp4l.port]]
interface = "ens9f0"
"#;
    let setup = parsed("dual-nic-boundary-clock", more).setup;
    assert_eq!((setup.grandmasters.len(), setup.cards.len(), setup.links.len()), (2, 3, 3));
    assert_eq!(setup.grandmasters[0].data_set.clock_class, 7);
    assert_eq!(setup.grandmasters[0].clock_identity.to_string(), "abcdef.fffe.000001");
    assert_eq!(setup.grandmasters[1].data_set.priority2, 200);
    assert_ne!(setup.grandmasters[0].clock_identity, setup.grandmasters[1].clock_identity);
    assert_eq!(setup.cards[1].stamps.noise_ns, 2.0);
    assert_eq!(setup.cards[1].phc.frequency_ppb, 3.0);
    assert_eq!(setup.cards[1].phc.aging_ppb_per_day, 0.53, "as an OCXO has it");
    assert_eq!(setup.cards[2].gnss.map(|gnss| gnss.pps_noise_ns), Some(6.0));
    assert_eq!(setup.cards[2].ptp_device, 2);
    assert_eq!((setup.links[1].grandmaster, setup.links[1].path.noise_ns), (0, 9.0));
    assert_eq!((setup.links[2].grandmaster, setup.links[2].path.asymmetry_ns), (1, -5.0));
    let bc2 = setup.profiles[1].ptp4l.as_ref().unwrap();
    assert_eq!((bc2.ports.len(), bc2.clock_class_threshold), (2, 135));
    assert_eq!((bc2.ports[1].server_only, bc2.ports[1].local_priority), (false, 9));
    let third = &setup.profiles[3];
    assert_eq!(third.config_index, 3);
    assert_eq!(third.ptp4l.as_ref().unwrap().ports.len(), 1);
    assert!(!third.ptp4l.as_ref().unwrap().gm_capable && third.phc2sys.is_none());
}

#[test]
fn physics_can_be_written() {
    let more = r#"
[[card]]
interfaces = ["ens7f0", "ens7f1"]
frequency_step_ppb = 0.5
[card.gnss]
start = "hot"
accuracy_ns = 7
sawtooth_ns = 0
survey_in_s = 600
[card.dpll]
time_constant_s = 40
lock_pulses = 6
holdover_pulses = 11
requalify_pulses = 3
holdover_max_offset_ns = 500
holdover_timeout_s = 300
max_in_spec_offset_ns = 100
[card.dpll.oscillator]
kind = "rubidium"
sensitivity_ppb_per_k = 0.5
swing_k = 4
swing_period_s = 3600
swing_rises_at_s = -60

[[card]]
interfaces = ["ens8f0", "ens8f1"]
[card.dpll]
source_card = "ens9f0"

[[card]]
interfaces = ["ens9f0"]
[card.dpll]
source = "synce"

[[profile]]
name = "telecom-grandmaster"
[profile.ts2phc]
holdover_s = 7200
servo_offset_threshold_ns = 800
servo_num_offset_values = 5
first_step_threshold_ns = 30000
logging_level = 6

[[timeline]]
at = "1s"
action = "temperature-step"
by_k = -2.5
"#;
    let scenario = parsed("t-gm-two-cards", more);
    let setup = &scenario.setup;
    assert_eq!(setup.cards[0].frequency_step_ppb, 0.5);
    let gnss = setup.cards[0].gnss.unwrap();
    assert_eq!((gnss.start, gnss.accuracy_ns, gnss.survey_in_s), (GnssStart::Hot, 7, 600));
    assert_eq!(gnss.sawtooth_ns, 0.0);
    let dpll = setup.cards[0].dpll.unwrap();
    assert_eq!((dpll.source, dpll.time_constant_s), (DpllSource::Gnss, 40.0));
    assert_eq!((dpll.lock_pulses, dpll.holdover_pulses, dpll.requalify_pulses), (6, 11, 3));
    let holdover = dpll.holdover;
    assert_eq!((holdover.max_offset_ns, holdover.timeout_s, holdover.max_in_spec_offset_ns), (500, 300, 100));
    assert_eq!(dpll.oscillator.frequency_ppb, 0.014, "as rubidium has it");
    let temperature = dpll.oscillator.temperature;
    assert_eq!((temperature.sensitivity_ppb_per_k, temperature.swing_k), (0.5, 4.0));
    assert_eq!((temperature.period_s, temperature.rises_at_s), (3600.0, -60.0));
    assert_eq!(setup.cards[1].dpll.unwrap().source, DpllSource::Card(2), "though it is named later");
    assert_eq!(setup.cards[2].dpll.unwrap().source, DpllSource::Synce);
    let ts2phc = setup.profiles[0].ts2phc.as_ref().unwrap();
    assert_eq!((ts2phc.holdover_s, ts2phc.servo_offset_threshold_ns), (7200, 800));
    assert_eq!((ts2phc.servo_num_offset_values, ts2phc.first_step_threshold_ns), (5, 30_000));
    assert_eq!(ts2phc.logging_level, 6);
    assert_eq!(setup.timeline, [(SimTime::from_s(1), Action::TemperatureStep { by_k: -2.5 })]);
    assert_eq!(profiles(&scenario.node)[0]["plugins"]["e810"]["settings"]["LocalMaxHoldoverOffSet"], 500);
}

#[test]
fn phc2sys_follows_its_own_ptp4l_an_interface_or_a_group() {
    let options = |scenario: &Scenario, place: usize| profiles(&scenario.node)[place]["phc2sysOpts"].clone();
    let own = parsed("boundary-clock", "[phc2sys]\nsummary_samples = 32\nsanity_freq_limit_ppb = 0\n");
    let phc2sys = own.setup.profiles[0].phc2sys.as_ref().unwrap();
    assert_eq!((&phc2sys.source, phc2sys.summary_samples), (&Phc2sysSource::Automatic, 32));
    assert_eq!(
        (phc2sys.sanity_freq_limit_ppb, options(&own, 0)),
        (0, json!("-a -r -n 24 -m -N 8 -R 16 -u 32"))
    );

    let one = parsed("boundary-clock", "[phc2sys]\nsource_interface = \"ens1f1\"\n");
    assert_eq!(options(&one, 0), json!("-s ens1f1 -w -n 24 -m -N 8 -R 16"));

    let more = "[[profile]]\nname = \"group\"\n[profile.phc2sys]\nsource_profiles = [\"later\", \"boundary-clock\"]\n\
                [[profile]]\nname = \"later\"\n[profile.ptp4l]\n";
    let group = parsed("boundary-clock", more);
    let source = &group.setup.profiles[1].phc2sys.as_ref().unwrap().source;
    assert_eq!(*source, Phc2sysSource::HighAvailability { profiles: vec![2, 0] }, "the preferred one first");
    assert_eq!(profiles(&group.node)[1]["ptpSettings"]["haProfiles"], "later,boundary-clock");

    let bad = "[phc2sys]\nsource = \"automatic\"\nsource_interface = \"eth9\"\n";
    assert_eq!(problems("boundary-clock", bad), ["there is a \"source\" already"]);
    let bad = "[phc2sys]\nsource_profiles = [\"x\"]\n";
    assert_eq!(problems("boundary-clock", bad), ["there is no profile \"x\""]);
}

#[test]
fn a_bare_node_is_what_the_file_says_and_nothing_else() {
    let setup = parsed("bare", "").setup;
    assert_eq!((setup.grandmasters.len(), setup.links.len()), (0, 0));
    assert_eq!((setup.cards.len(), setup.profiles.len()), (0, 0));
}

fn only_action(topology: &str, entry: &str) -> Action {
    let scenario = parsed(topology, &format!("[[timeline]]\nat = \"5s\"\naction = {entry}\n"));
    let [(at, action)] = &scenario.setup.timeline[..] else { panic!("one action") };
    assert_eq!(*at, SimTime::from_s(5));
    action.clone()
}

#[test]
fn actions_find_what_they_name() {
    let ha = "dual-nic-boundary-clock";
    let process = |program, profile| ProcessId { program, profile };
    let cases = [
        (
            "dual-follower",
            "\"grandmaster-silent\"\ngrandmaster = \"gm2\"",
            Action::GrandmasterSilent { grandmaster: 1 },
        ),
        (
            "dual-follower",
            "\"grandmaster-step\"\ngrandmaster = \"gm1\"\nby_ns = -7",
            Action::GrandmasterStep { grandmaster: 0, by_ns: -7 },
        ),
        (
            "ordinary-clock",
            "\"grandmaster-leap\"\nleap = \"delete\"",
            Action::GrandmasterLeap { grandmaster: 0, leap: Leap::Delete },
        ),
        (ha, "\"link-down\"\ninterface = \"ens2f1\"", Action::LinkDown { interface: "ens2f1".to_owned() }),
        (
            "ordinary-clock",
            "\"transmit-stamps-lost\"\ncount = 3",
            Action::TransmitStampsLost { interface: "ens1f0".to_owned(), count: 3 },
        ),
        (
            ha,
            "\"hardware-clock-step\"\ninterface = \"ens2f1\"\nby_ns = 1000000",
            Action::HardwareClockStep { card: 1, by_ns: 1_000_000 },
        ),
        ("bare", "\"os-clock-step\"\nby_ns = -1500000000", Action::OsClockStep { by_ns: -1_500_000_000 }),
        ("t-gm-two-cards", "\"gnss-antenna-off\"", Action::Gnss { card: 0, change: GnssChange::AntennaOff }),
        (
            "t-gm",
            "\"gnss-jamming\"\naccuracy_ns = 250",
            Action::Gnss { card: 0, change: GnssChange::Jamming { accuracy_ns: 250 } },
        ),
        (
            "t-gm-two-cards",
            "\"dpll-unlock\"\ninterface = \"ens8f1\"",
            Action::Dpll { card: 1, change: DpllChange::Unlock },
        ),
        (
            "synce",
            "\"synce-quality\"\ninterface = \"ens7f0\"\nssm = 15\nextended = 255",
            Action::SynceInput {
                interface: "ens7f0".to_owned(),
                input: SynceInput::Quality { ssm: 15, extended: 255 },
            },
        ),
        (
            ha,
            "\"process-crash\"\nprocess = \"phc2sys\"",
            Action::ProcessCrash { process: process(ProcessProgram::Phc2sys, 2) },
        ),
        (
            ha,
            "\"process-stall\"\nprocess = \"ptp4l\"\nprofile = \"boundary-clock-2\"",
            Action::ProcessStall { process: process(ProcessProgram::Ptp4l, 1) },
        ),
        (
            "t-gm",
            "\"process-crash\"\nprocess = \"gpsd\"",
            Action::ProcessCrash { process: process(ProcessProgram::Gpsd, 0) },
        ),
        ("bare", "\"proxy-down\"", Action::ProxyDown),
        ("bare", "\"daemon-restart\"", Action::DaemonRestart),
    ];
    for (topology, entry, expected) in cases {
        assert_eq!(only_action(topology, entry), expected, "{topology}: {entry}");
    }
}

fn bad_action(topology: &str, entry: &str) -> Vec<String> {
    problems(topology, &format!("[[timeline]]\nat = \"5s\"\naction = {entry}\n"))
}

#[test]
fn an_action_on_what_is_not_there_is_a_mistake() {
    let ha = "dual-nic-boundary-clock";
    let cases = [
        ("dual-follower", "\"grandmaster-silent\"", "\"grandmaster\" must say which: there are 2"),
        (
            "dual-follower",
            "\"grandmaster-silent\"\ngrandmaster = \"x\"",
            "there is no grandmaster \"x\"; there is gm1, gm2",
        ),
        ("t-gm", "\"grandmaster-silent\"", "\"grandmaster\" must say which: there are 0"),
        (ha, "\"link-down\"", "\"interface\" must say which: there is not exactly one"),
        (ha, "\"link-down\"\ninterface = \"eth0\"", "no card has an interface \"eth0\""),
        (ha, "\"gnss-antenna-off\"", "the node has no GNSS receiver"),
        (
            "t-gm-two-cards",
            "\"gnss-antenna-off\"\ninterface = \"ens8f0\"",
            "the card of \"ens8f0\" has no GNSS receiver",
        ),
        ("t-gm-two-cards", "\"dpll-unlock\"", "\"interface\" must say which DPLL: there are several"),
        (
            ha,
            "\"process-crash\"\nprocess = \"ptp4l\"",
            "\"profile\" must say which: several run this process",
        ),
        (ha, "\"process-crash\"\nprocess = \"ts2phc\"", "no profile runs it"),
        (
            ha,
            "\"process-crash\"\nprocess = \"phc2sys\"\nprofile = \"boundary-clock-1\"",
            "the profile \"boundary-clock-1\" does not run it",
        ),
        (ha, "\"process-crash\"\nprocess = \"ptp4l\"\nprofile = \"x\"", "there is no profile \"x\""),
        ("bare", "\"proxy-down\"\nprocess = \"ptp4l\"", "timeline knows no \"process\""),
        ("bare", "\"os-clock-step\"", "timeline has no \"by_ns\""),
    ];
    for (topology, entry, expected) in cases {
        assert_eq!(bad_action(topology, entry), [expected], "{topology}: {entry}");
    }
}

#[test]
fn a_part_that_refers_to_what_is_not_there_is_a_mistake() {
    let ha = "dual-nic-boundary-clock";
    let cases = [
        (ha, "[path]\n", "the node has not exactly one link: write [[link]] with its interface"),
        (ha, "[phc]\n", "the node has not exactly one card: write [[card]] and [card.phc]"),
        (ha, "[ptp4l]\n", "the node has not exactly one ptp4l: write [[profile]] and [profile.ptp4l]"),
        (
            "dual-follower",
            "[grandmaster]\n",
            "the node has not exactly one grandmaster: write [[grandmaster]] with its name",
        ),
        (
            "t-gm",
            "[[link]]\ninterface = \"ens7f0\"\n",
            "there is not exactly one \"grandmaster\" that this link could mean",
        ),
        (
            "ordinary-clock",
            "[[link]]\ninterface = \"ens1f0\"\ngrandmaster = \"b\"\n",
            "there is no grandmaster \"b\"; there is gm1",
        ),
        ("ordinary-clock", "[[link]]\ninterface = \"x\"\n", "no card has an interface \"x\""),
        ("ordinary-clock", "[[card]]\ninterfaces = []\n", "\"interfaces\" is not 1 to 16 names"),
        (
            ha,
            "[[card]]\ninterfaces = [\"ens1f0\", \"ens2f0\"]\n",
            "an interface is on one card, and there once",
        ),
        (
            ha,
            "[[profile]]\nname = \"boundary-clock-2\"\nconfig_index = 0\n",
            "profiles \"boundary-clock-1\" and \"boundary-clock-2\" have the same \"config_index\", 0",
        ),
        (
            ha,
            "[[profile]]\nname = \"boundary-clock-1\"\n[[profile.ptp4l.port]]\ninterface = \"x\"\n",
            "no card has an interface \"x\"",
        ),
        (
            ha,
            "[[profile]]\nname = \"boundary-clock-1\"\n[profile.ptp4l]\nslave_only = 1\n",
            "ptp4l knows no \"slave_only\"",
        ),
        (
            "t-gm",
            "[[card]]\ninterfaces = [\"ens7f0\"]\n[card.dpll]\nsource_card = \"ens7f0\"\n",
            "a card does not take its 1PPS from itself",
        ),
        (
            ha,
            "[os_clock]\nkind = \"quartz\"\n",
            "\"kind\" is not perfect, crystal, tcxo, ocxo, high-performance-ocxo or rubidium",
        ),
        (
            "ordinary-clock",
            "[grandmaster]\nclock_identity = \"12\"\n",
            "\"clock_identity\" is not a clock identity such as \"123456.fffe.780101\"",
        ),
    ];
    for (topology, more, expected) in cases {
        assert_eq!(problems(topology, more), [expected], "{topology}: {more}");
    }
}

#[test]
fn a_topology_that_is_none_is_told_with_those_that_are() {
    assert_eq!(
        problems("grandmaster", ""),
        [
            "\"topology\" is not ordinary-clock, boundary-clock, dual-nic-boundary-clock, dual-follower, t-gm, \
          t-gm-two-cards, t-bc, synce, ntp-failover or bare"
        ]
    );
}

#[test]
fn tags_are_pain_points_and_situations() {
    let tagged = |tags: &str| {
        let text = head("ordinary-clock").replace("seed = 7", &format!("seed = 7\ntags = {tags}"));
        Scenario::parse("x", &text).map(|scenario| scenario.tags).map_err(|problems| problems[0].to_string())
    };
    assert_eq!(tagged(r#"["P8", "S15"]"#), Ok(vec![Tag::PainPoint(8), Tag::Situation(15)]));
    assert_eq!(tagged(r#"["P49", "S40"]"#).unwrap().iter().map(Tag::to_string).collect::<String>(), "P49S40");
    for bad in ["P0", "P50", "S41", "P08", "p8", "S", "X1", "", "P+1", "P256"] {
        let told = tagged(&format!("[{bad:?}]")).expect_err("it is bad");
        assert_eq!(told, format!("line 6: {bad:?} is no tag: P1 to P49 or S1 to S40"));
    }
    assert_eq!(tagged(r#"["P1", "P1"]"#), Err("line 6: \"P1\" is there twice".to_owned()));
}
