//! Profiles and process configurations as the daemon and people write them.

use super::{Fingerprint, NodeFiles, Places, Reading};
use crate::limits::{NODE_FILE_BYTES_MAX, NODE_FILES_MAX, NODE_PROFILES_MAX, PORTS_MAX};
use proxy_core::{NodeConfiguration, PortRole, ProfileKind, Thresholds};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Node {
    directory: TempDir,
}

impl Node {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn with_profile(self, json: &str) -> Self {
        fs::write(self.profile_file(), json).unwrap();
        self
    }

    fn with_file(self, name: &str, text: &str) -> Self {
        fs::write(self.directory.path().join(name), text).unwrap();
        self
    }

    fn profile_file(&self) -> PathBuf {
        self.directory.path().join("node.json")
    }

    fn files(&self) -> NodeFiles {
        NodeFiles::at(self.places())
    }

    fn places(&self) -> Places {
        Places { config_dir: self.directory.path().to_owned(), profile_file: self.profile_file() }
    }

    fn process_config(&self) -> PathBuf {
        self.directory.path().join("ptp4l.0.config")
    }

    /// The kind of the only profile, whether it has chronyd, and the number of problems.
    fn kind(&self) -> (ProfileKind, bool, usize) {
        let (configuration, problems) = self.read();
        assert_eq!(configuration.profiles.len(), 1);
        (configuration.profiles[0].kind.clone(), configuration.profiles[0].has_chronyd, problems)
    }

    /// What was read, and the number of problems.
    fn read(&self) -> (NodeConfiguration, usize) {
        let reading = self.files().read();
        (reading.configuration, reading.problems.len())
    }

    fn thresholds(&self) -> Vec<(i64, i64, u32)> {
        let profiles = self.read().0.profiles;
        let thresholds = profiles.iter().map(|profile| profile.thresholds);
        thresholds.map(|one| (one.max_offset_ns, one.min_offset_ns, one.holdover_timeout_s)).collect()
    }

    fn ports(&self) -> Vec<(String, PortRole)> {
        let instances = self.read().0.instances;
        instances.into_iter().flat_map(|instance| instance.ports).map(|port| (port.name, port.role)).collect()
    }
}

fn thresholds_of(object: &str) -> Vec<(i64, i64, u32)> {
    Node::new().with_profile(&format!(r#"[{{"name":"oc","ptpClockThreshold":{object}}}]"#)).thresholds()
}

#[test]
fn a_node_without_files_has_no_configuration_and_no_problem() {
    let node = Node::new();
    assert_eq!(node.read(), (NodeConfiguration::default(), 0));
    let nowhere = Places { config_dir: "/nonexistent/a".into(), profile_file: "/nonexistent/b".into() };
    assert_eq!(nowhere.fingerprint(), Some(Fingerprint::default()));
    assert_eq!(NodeFiles::at(nowhere).read(), Reading::default());
}

#[test]
fn thresholds_follow_the_rules_of_the_operator() {
    assert_eq!(thresholds_of("null"), [(100, -100, 5)]);
    assert_eq!(thresholds_of("{}"), [(100, -100, 5)]);
    assert_eq!(
        thresholds_of(r#"{"holdOverTimeout":9,"maxOffsetThreshold":200,"minOffsetThreshold":-150}"#),
        [(200, -150, 9)]
    );
    // Not positive: the default. An omitted minimum is -100. A minimum above the maximum is one below it.
    assert_eq!(thresholds_of(r#"{"holdOverTimeout":0,"maxOffsetThreshold":-1}"#), [(100, -100, 5)]);
    assert_eq!(thresholds_of(r#"{"maxOffsetThreshold":50}"#), [(50, -100, 5)]);
    assert_eq!(thresholds_of(r#"{"maxOffsetThreshold":50,"minOffsetThreshold":60}"#), [(50, 49, 5)]);
    assert_eq!(thresholds_of(r#"{"holdOverTimeout":9999999999}"#), [(100, -100, u32::MAX)]);
}

#[test]
fn keys_are_matched_without_regard_to_case() {
    let node = Node::new().with_profile(r#"[{"NAME":"oc","PtpClockThreshold":{"MAXOFFSETTHRESHOLD":7}}]"#);
    assert_eq!(node.thresholds(), [(7, -100, 5)]);
}

#[test]
fn a_file_may_hold_one_profile_or_none() {
    assert_eq!(Node::new().with_profile(r#"{"name":"oc"}"#).thresholds(), [(100, -100, 5)]);
    assert_eq!(Node::new().with_profile("null").read().1, 0);
    assert_eq!(Node::new().with_profile("[]").read().1, 0);
}

#[test]
fn a_bad_profile_is_a_problem_and_the_others_count() {
    for bad in [r#"{"name":null}"#, "7", "{}", r#"{"name":5}"#] {
        let node = Node::new().with_profile(&format!(r#"[{bad},{{"name":"good.v1"}}]"#));
        let (configuration, problems) = node.read();
        assert_eq!(problems, 1, "{bad}");
        assert_eq!(configuration.profiles[0].name, "good.v1");
    }
    for bad in ["{", "7", "", "\"x\""] {
        assert_eq!(Node::new().with_profile(bad).read(), (NodeConfiguration::default(), 1), "{bad}");
    }
}

#[test]
fn a_threshold_of_another_type_is_a_problem_and_its_default_holds() {
    let node = Node::new().with_profile(r#"[{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":"9"}}]"#);
    assert_eq!((node.thresholds(), node.read().1), (vec![(100, -100, 5)], 1));
    let node = Node::new().with_profile(r#"[{"name":"oc","ptpClockThreshold":[]}]"#);
    assert_eq!((node.thresholds(), node.read().1), (vec![(100, -100, 5)], 1));
}

fn kind_of(fields: &str) -> (ProfileKind, bool, usize) {
    Node::new().with_profile(&format!(r#"[{{"name":"p",{fields}}}]"#)).kind()
}

fn group(names: &[&str]) -> ProfileKind {
    ProfileKind::HighAvailability { profiles: names.iter().map(|&name| name.to_owned()).collect() }
}

#[test]
fn the_settings_of_a_profile_say_what_kind_of_clock_it_makes() {
    let cases = [
        (r#""ptp4lOpts":"-2 -s""#, ProfileKind::Clock),
        (r#""ptpSettings":null"#, ProfileKind::Clock),
        (r#""ptpSettings":{"logReduce":"true"}"#, ProfileKind::Clock),
        (r#""ptpSettings":{"haProfiles":"bc1,bc2"}"#, group(&["bc1", "bc2"])),
        (r#""PTPSETTINGS":{"HAPROFILES":" bc.1 , , bc 2"}"#, group(&["bc.1", "bc 2"])),
        (r#""ptpSettings":{"haProfiles":""}"#, group(&[])),
        (r#""ptpSettings":{"controllingProfile":"01-tbc-tr"}"#, ProfileKind::TelecomBoundaryClock),
        (r#""ptpSettings":{"controllingProfile":""}"#, ProfileKind::TelecomBoundaryClock),
        (r#""ts2phcOpts":"-s generic --ts2phc.master external_pps""#, ProfileKind::TelecomBoundaryClock),
        (r#""ts2PhcOpts":"external_pps""#, ProfileKind::TelecomBoundaryClock),
        (r#""ts2phcOpts":"-s nmea""#, ProfileKind::Clock),
        (r#""ptpSettings":{"haProfiles":"a","controllingProfile":"b"}"#, ProfileKind::TelecomBoundaryClock),
    ];
    for (fields, expected) in cases {
        assert_eq!(kind_of(fields), (expected, false, 0), "{fields}");
    }
}

#[test]
fn chronyd_is_configured_when_it_has_options() {
    for (fields, expected) in [
        (r#""chronydOpts":"-d""#, true),
        (r#""CHRONYDOPTS":"-d""#, true),
        (r#""chronydOpts":"""#, false),
        (r#""chronydOpts":null"#, false),
        (r#""chronydConf":"pool x""#, false),
    ] {
        assert_eq!(kind_of(fields), (ProfileKind::Clock, expected, 0), "{fields}");
    }
}

#[test]
fn a_setting_of_another_type_is_a_problem_and_ignored() {
    for fields in [
        r#""ptpSettings":"haProfiles""#,
        r#""ptpSettings":[]"#,
        r#""ts2phcOpts":["external_pps"]"#,
        r#""chronydOpts":true"#,
    ] {
        assert_eq!(kind_of(fields), (ProfileKind::Clock, false, 1), "{fields}");
    }
    assert_eq!(kind_of(r#""ptpSettings":{"haProfiles":7}"#), (group(&[]), false, 1));
}

#[test]
fn only_sections_that_are_ports_count_as_ports() {
    let node = Node::new().with_file(
        "ptp4l.0.config",
        "#profile: bc\n\n[global]\nmessage_tag [ptp4l.0.config:{level}]\nserverOnly 1\n# [comment]\n\
         [unicast_master_table]\ntable_id 1\nUDPv4 192.0.2.1\n[ens1f0]\nserverOnly 0\n  [ens1f1]\nserverOnly\t1\n\
         [ens2f0]\nmasterOnly 1\n[ens2f1]\nslaveOnly 1\n[ens3f0]\nserverOnly yes\n[ens1f0]\nserverOnly 1\n",
    );
    assert_eq!(
        node.ports(),
        [
            ("ens1f0".to_owned(), PortRole::Master),
            ("ens1f1".to_owned(), PortRole::Master),
            ("ens2f0".to_owned(), PortRole::Master),
            ("ens2f1".to_owned(), PortRole::Slave),
            ("ens3f0".to_owned(), PortRole::Unknown),
        ]
    );
}

#[test]
fn the_newer_name_of_an_option_counts_more() {
    let node = Node::new().with_file("ptp4l.0.config", "#profile: p\n[a]\nmasterOnly 1\nserverOnly 0\n");
    assert_eq!(node.ports(), [("a".to_owned(), PortRole::Slave)]);
}

#[test]
fn a_profile_name_is_the_whole_rest_of_its_line() {
    let node = Node::new().with_file("ptp4l.3.config", "#profile:  oc.v1 with blanks \n[global]\n");
    let (configuration, problems) = node.read();
    assert_eq!(configuration.instances[0].profile, "oc.v1 with blanks");
    assert_eq!((configuration.instances[0].config.to_string().as_str(), problems), ("ptp4l.3.config", 0));
}

#[test]
fn a_file_without_a_profile_or_with_a_broken_section_is_a_problem() {
    let node = Node::new().with_file("ptp4l.0.config", "[ens1f0\n[]\n[ens1f1]\n");
    assert_eq!(node.read().1, 3);
    assert_eq!(node.ports(), [("ens1f1".to_owned(), PortRole::Slave)]);
}

#[test]
fn names_of_interfaces_may_have_odd_characters() {
    let names = ["ens1f0.100", "eth0:1", "enp3s0f0np0", "wan-1_a", "ens1f0@if2", "\u{e9}th", "<br0>", "1"];
    let text: String = names.iter().map(|name| format!("[{name}]\r\nserverOnly 0\r\n")).collect();
    let node = Node::new().with_file("ptp4l.0.config", &format!("#profile: p\n[global]\n{text}"));
    assert_eq!(node.ports(), names.map(|name| (name.to_owned(), PortRole::Slave)));
    // As linuxptp's config.c has it: the first word within the brackets, whatever follows them.
    let node = Node::new().with_file("ptp4l.0.config", "#profile: p\n[ ens1f0 x ] # y\n");
    assert_eq!(node.ports(), [("ens1f0".to_owned(), PortRole::Slave)]);
}

#[test]
fn only_ptp4l_has_ports() {
    let mut node = Node::new();
    for program in ["phc2sys", "synce4l", "chronyd"] {
        let text = "#profile: p\n[global]\n[synce4l.0.config]\n[<synce1>]\nnetwork_option 2\n[ens7f0]\n";
        node = node.with_file(&format!("{program}.0.config"), text);
    }
    let (configuration, problems) = node.read();
    let names: Vec<String> = configuration.instances.iter().map(|one| one.config.to_string()).collect();
    assert_eq!(names, ["phc2sys.0.config", "synce4l.0.config", "chronyd.0.config"]);
    assert_eq!((node.ports(), problems), (Vec::new(), 0));
}

#[test]
fn only_exact_names_are_process_configurations() {
    let mut node = Node::new();
    for name in [
        "ptp4l.0.config.bak",
        "xptp4l.0.config",
        "ptp4l..config",
        "ptp4l.x.config",
        "ptp4lx0xconfig",
        "ts2phc.0.config",
        "ptp4l.00.config",
        "ptp4l.4294967296.config",
    ] {
        node = node.with_file(name, "#profile: p\n[a]\n");
    }
    node = node.with_file("phc2sys.2.config", "#profile: ha\n[phc2sys.2.config:{level}]\n");
    let (configuration, problems) = node.read();
    let names: Vec<String> = configuration.instances.iter().map(|one| one.config.to_string()).collect();
    assert_eq!((names, problems), (vec!["phc2sys.2.config".to_owned()], 0));
    assert_eq!(configuration.instances[0].ports, []);
}

#[test]
fn a_file_that_is_too_large_is_a_problem() {
    let size = usize::try_from(NODE_FILE_BYTES_MAX).unwrap() + 1;
    let node = Node::new().with_profile(&" ".repeat(size)).with_file("ptp4l.0.config", &" ".repeat(size));
    assert_eq!(node.read(), (NodeConfiguration::default(), 2));
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let node = Node::new();
    fs::write(node.directory.path().join("ptp4l.0.config"), b"#profile: p\n[\xff\xfe]\n\xff\n").unwrap();
    fs::write(node.profile_file(), b"[{\"name\":\"\xff\"}]").unwrap();
    let (configuration, _) = node.read();
    assert_eq!(configuration.instances[0].profile, "p");
    assert_eq!(configuration.profiles[0].thresholds, Thresholds::default());
}

#[test]
fn the_fingerprint_changes_with_the_files() {
    let node = Node::new().with_file("ptp4l.0.config", "#profile: p\n");
    let before = node.places().fingerprint();
    assert_eq!(node.places().fingerprint(), before);
    let node = node.with_file("ptp4l.0.config", "#profile: other\n");
    let after = node.places().fingerprint();
    assert_ne!(after, before);
    let node = node.with_profile("[]");
    assert_ne!(node.places().fingerprint(), after);
}

/// As a kubelet mounts a ConfigMap: the file is a link through `..data`, a link that is swapped.
fn mount(directory: &Path, version: &str, json: &str) {
    let data = directory.join(version);
    fs::create_dir(&data).unwrap();
    fs::write(data.join("node.json"), json).unwrap();
    symlink(version, directory.join("..data_tmp")).unwrap();
    fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
}

#[test]
fn the_fingerprint_changes_with_a_swapped_link_though_time_and_size_are_the_same() {
    let node = Node::new();
    let directory = node.directory.path();
    let of = |version: &str| directory.join(version).join("node.json");
    mount(directory, "..1", r#"[{"name":"one"}]"#);
    symlink("..data/node.json", node.profile_file()).unwrap();
    let mut files = node.files();
    assert_eq!(files.read().configuration.profiles[0].name, "one");
    let before = node.places().fingerprint();
    let modified = fs::metadata(of("..1")).unwrap().modified().unwrap();

    mount(directory, "..2", r#"[{"name":"two"}]"#);
    fs::File::options().write(true).open(of("..2")).unwrap().set_modified(modified).unwrap();
    assert_ne!(node.places().fingerprint(), before);
    let reading = files.read();
    assert_eq!((reading.configuration.profiles[0].name.as_str(), reading.is_changed), ("two", true));
    assert!(!files.read().is_changed);
}

#[test]
fn no_more_process_configurations_are_read_than_the_limit() {
    let mut node = Node::new();
    for index in 0..=NODE_FILES_MAX {
        node = node.with_file(&format!("ptp4l.{index}.config"), "#profile: p\n");
    }
    let (configuration, problems) = node.read();
    assert_eq!((configuration.instances.len(), problems), (NODE_FILES_MAX, 1));
}

#[test]
fn what_cannot_be_read_for_a_moment_stays_as_it_was_and_what_is_gone_goes() {
    let node = Node::new()
        .with_profile(r#"[{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":7}}]"#)
        .with_file("ptp4l.0.config", "#profile: oc\n[ens1f0]\n")
        .with_file("ptp4l.1.config", "#profile: oc\n[ens1f1]\n");
    let mut files = node.files();
    let before = files.read();
    assert!(!before.is_partial);
    // A directory in the place of a file cannot be read.
    fs::remove_file(node.profile_file()).unwrap();
    fs::create_dir(node.profile_file()).unwrap();
    fs::remove_file(node.directory.path().join("ptp4l.0.config")).unwrap();
    fs::create_dir(node.directory.path().join("ptp4l.0.config")).unwrap();
    let after = files.read();
    assert_eq!(after.configuration, before.configuration);
    assert_eq!((after.problems.len(), after.is_partial), (2, true));

    fs::remove_dir(node.directory.path().join("ptp4l.0.config")).unwrap();
    assert_eq!(files.read().configuration.instances, before.configuration.instances[1..]);
}

#[test]
fn a_directory_that_cannot_be_listed_for_a_moment_leaves_what_is_known() {
    let node = Node::new().with_file("ptp4l.0.config", "#profile: oc\n[ens1f0]\n");
    let mut files = node.files();
    let before = files.read();
    // A file in the place of a directory cannot be listed.
    files.places.config_dir = node.process_config();
    let after = files.read();
    assert_eq!((after.configuration, after.is_partial), (before.configuration, true));
    assert_eq!(files.places().fingerprint(), None);
}

#[test]
fn what_is_half_written_stays_as_it_was_until_it_is_whole() {
    let profiles = r#"[{"name":"oc","ptpClockThreshold":{"maxOffsetThreshold":7}}]"#;
    let process_config = "#profile: oc\n[ens1f0]\n[ens1f1]\n";
    let node = Node::new().with_profile(profiles).with_file("ptp4l.0.config", process_config);
    let mut files = node.files();
    let whole = files.read();
    assert_eq!((whole.is_partial, whole.is_changed, whole.problems.len()), (false, true, 0));
    for length in 0..profiles.len() {
        fs::write(node.profile_file(), &profiles[..length]).unwrap();
        let reading = files.read();
        assert_eq!(reading.configuration, whole.configuration, "cut after {length} bytes");
        assert_eq!((reading.is_partial, reading.is_changed, reading.problems.len()), (true, false, 1));
    }
    let node = node.with_profile(profiles);
    // Without its profile, or in the middle of a header.
    for text in ["", "#profi", "#profile: \n", "#profile: oc\n[ens1f0]\n[ens"] {
        fs::write(node.process_config(), text).unwrap();
        let reading = files.read();
        assert_eq!(reading.configuration, whole.configuration, "{text:?}");
        assert_eq!((reading.is_partial, reading.problems.len()), (true, 1), "{text:?}");
    }
    let _node = node.with_file("ptp4l.0.config", "#profile: oc\n[ens1f0]\n");
    let reading = files.read();
    assert_eq!((reading.is_partial, reading.is_changed), (false, true));
    assert_eq!(reading.configuration.instances[0].ports.len(), 1);
}

#[test]
fn a_file_that_never_was_without_problems_counts_as_far_as_it_goes() {
    let node = Node::new().with_file("ptp4l.0.config", "[ens1f0]\n");
    let mut files = node.files();
    let reading = files.read();
    assert_eq!((reading.problems.len(), reading.is_partial), (1, false));
    let _node = node.with_file("ptp4l.0.config", "[ens1f0]\n[ens1f1]\n");
    let reading = files.read();
    assert_eq!(reading.configuration.instances[0].ports.len(), 2);
    assert_eq!((reading.problems.len(), reading.is_partial, reading.is_changed), (1, false, true));
}

#[test]
fn a_file_that_comes_back_half_written_is_not_taken_for_what_it_was_before_it_went() {
    let node = Node::new().with_file("ptp4l.0.config", "#profile: oc\n[ens1f0]\n");
    let mut files = node.files();
    files.read();
    fs::remove_file(node.process_config()).unwrap();
    assert_eq!(files.read().configuration.instances, []);
    let _node = node.with_file("ptp4l.0.config", "[ens1f1]\n");
    let reading = files.read();
    assert_eq!(reading.configuration.instances[0].ports[0].name, "ens1f1");
}

#[test]
fn ports_and_profiles_are_bounded() {
    let sections: String = (0..=PORTS_MAX).map(|number| format!("[eth{number}]\n")).collect();
    let node = Node::new().with_file("ptp4l.0.config", &format!("#profile: p\n[global]\n{sections}"));
    assert_eq!(node.ports().len(), PORTS_MAX);
    let profiles: Vec<String> =
        (0..=NODE_PROFILES_MAX).map(|number| format!(r#"{{"name":"p{number}"}}"#)).collect();
    let node = Node::new().with_profile(&format!("[{}]", profiles.join(",")));
    assert_eq!(node.thresholds().len(), NODE_PROFILES_MAX);
}
