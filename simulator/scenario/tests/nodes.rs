//! Nodes of every topology: their parts can be changed by name, what is not there is told, and their files are those
//! of linuxptp-daemon.

use ptp_scenario::{NodeFiles, Problem, Scenario, Tag, Topology};
use serde_json::Value;
use sim_core::{Action, DpllChange, GnssChange, Leap, ProcessId, ProcessProgram, SimTime, SynceInput, World};

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
        ("synce", &["synce4l.0.config", "ptp4l.0.config"]),
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
    assert_eq!(ha["ptpSettings"]["haProfiles"], "bc1,bc2");
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
    assert_eq!(transmitter["ptpSettings"]["controllingProfile"], "receiver");
    assert!(receiver["ptpSettings"]["controllingProfile"].is_null());
    assert!(receiver["ts2phcOpts"].as_str().unwrap().contains("external_pps"));
}

#[test]
fn synchronous_ethernet_and_network_time_have_their_own_files() {
    let synce = parsed("synce", "[[profile]]\nname = \"synce\"\n[profile.synce4l]\nnetwork_option = 1\n");
    let text = config(&synce.node, "synce4l.0.config");
    assert_eq!(
        text,
        "#profile: synce\n\n[global]\nmessage_tag [synce4l.0.config]\n\n\
         [<synce1>]\nnetwork_option 1\nextended_tlv 1\n[ens1f0]\n"
    );
    let ntp = parsed("ntp-failover", "[ntp]\nserver = \"192.0.2.7\"\n");
    let text = config(&ntp.node, "chronyd.0.config");
    assert!(text.contains("server 192.0.2.7 iburst\n"), "{text}");
    assert!(text.contains("bindcmdaddress /tmp/chrony/chronyd.sock\n"), "{text}");
    assert_eq!(profiles(&ntp.node)[0]["chronydOpts"], "-d");
}

#[test]
fn a_profile_may_have_thresholds_of_its_own() {
    let more = "[thresholds]\nmax_offset_ns = 70\n[[profile]]\nname = \"bc2\"\n\
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
name = "gm2"
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
name = "bc2"
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
    assert_eq!((setup.grandmasters.len(), setup.cards.len(), setup.links.len()), (3, 3, 3));
    assert_eq!(setup.grandmasters[1].data_set.clock_class, 7);
    assert_eq!(setup.grandmasters[1].clock_identity.to_string(), "abcdef.fffe.000001");
    assert_eq!(setup.grandmasters[2].data_set.priority2, 200);
    let identities: Vec<_> = setup.grandmasters.iter().map(|one| one.clock_identity).collect();
    assert!(identities[0] != identities[2] && identities[1] != identities[2]);
    assert_eq!(setup.cards[1].stamps.noise_ns, 2.0);
    assert_eq!(setup.cards[1].phc.frequency_ppb, 3.0);
    assert_eq!(setup.cards[1].phc.aging_ppb_per_day, 0.53, "as an OCXO has it");
    assert_eq!(setup.cards[2].gnss.map(|gnss| gnss.pps_noise_ns), Some(6.0));
    assert_eq!(setup.cards[2].ptp_device, 2);
    assert_eq!((setup.links[1].grandmaster, setup.links[1].path.noise_ns), (1, 9.0));
    assert_eq!((setup.links[2].grandmaster, setup.links[2].path.asymmetry_ns), (2, -5.0));
    let bc2 = setup.profiles[1].ptp4l.as_ref().unwrap();
    assert_eq!((bc2.ports.len(), bc2.clock_class_threshold), (2, 135));
    assert_eq!((bc2.ports[1].server_only, bc2.ports[1].local_priority), (false, 9));
    let third = &setup.profiles[3];
    assert_eq!(third.config_index, 3);
    assert_eq!(third.ptp4l.as_ref().unwrap().ports.len(), 1);
    assert!(!third.ptp4l.as_ref().unwrap().gm_capable && third.phc2sys.is_none());
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
        (ha, "\"grandmaster-silent\"\ngrandmaster = \"gm2\"", Action::GrandmasterSilent { grandmaster: 1 }),
        (
            ha,
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
            "\"synce-quality\"\nssm = 15\nextended = 255",
            Action::SynceInput {
                interface: "ens1f0".to_owned(),
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
            "\"process-stall\"\nprocess = \"ptp4l\"\nprofile = \"bc2\"",
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
        (ha, "\"grandmaster-silent\"", "\"grandmaster\" must say which: there are 2"),
        (
            ha,
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
            "\"process-crash\"\nprocess = \"phc2sys\"\nprofile = \"bc1\"",
            "the profile \"bc1\" does not run it",
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
            ha,
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
            "[[profile]]\nname = \"bc2\"\nconfig_index = 0\n",
            "profiles \"bc1\" and \"bc2\" have the same \"config_index\", 0",
        ),
        (
            ha,
            "[[profile]]\nname = \"bc1\"\n[[profile.ptp4l.port]]\ninterface = \"x\"\n",
            "no card has an interface \"x\"",
        ),
        (
            ha,
            "[[profile]]\nname = \"bc1\"\n[profile.ptp4l]\nslave_only = 1\n",
            "ptp4l knows no \"slave_only\"",
        ),
        (ha, "[os_clock]\nkind = \"quartz\"\n", "\"kind\" is not crystal, tcxo or ocxo"),
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
