//! Profiles and process configurations as the daemon and people write them.

use super::{Fingerprint, NodeFiles, Reading};
use crate::limits::{NODE_FILE_BYTES_MAX, NODE_FILES_MAX};
use proxy_core::{NodeConfiguration, PortRole, Thresholds};
use std::fs;
use std::path::PathBuf;
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
        NodeFiles::at(self.directory.path().to_owned(), self.profile_file())
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
    let mut nowhere = NodeFiles::at("/nonexistent/a".into(), "/nonexistent/b".into());
    assert_eq!(nowhere.read(), Reading::default());
    assert_eq!(nowhere.fingerprint(), Some(Fingerprint::default()));
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
fn only_exact_names_are_process_configurations() {
    let mut node = Node::new();
    for name in [
        "ptp4l.0.config.bak",
        "xptp4l.0.config",
        "ptp4l..config",
        "ptp4l.x.config",
        "ptp4lx0xconfig",
        "ts2phc.0.config",
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
    let before = node.files().fingerprint();
    assert_eq!(node.files().fingerprint(), before);
    let node = node.with_file("ptp4l.0.config", "#profile: other\n");
    let after = node.files().fingerprint();
    assert_ne!(after, before);
    let node = node.with_profile("[]");
    assert_ne!(node.files().fingerprint(), after);
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
    files.config_dir = node.directory.path().join("ptp4l.0.config");
    let after = files.read();
    assert_eq!((after.configuration, after.is_partial), (before.configuration, true));
    assert_eq!(files.fingerprint(), None);
}
