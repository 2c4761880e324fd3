//! Runs of real processes: `scenarios/recorded`.

use crate::gap::every_gap;
use crate::kill::every_kill_point;
use crate::run::Run;
use crate::script::Instance;
use PortRole::{Master, Slave};
use proxy_core::{
    InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind, Thresholds,
};
use ptp_lines::{ConfigName, Prefix, Stamp};
use std::collections::BTreeMap;
use std::path::Path;

/// Nodes that were recorded, each with its processes.
struct Recording<'a> {
    name: &'a str,
    logs: &'a [&'a str],
    /// Processes that have a configuration: its name, the profile and the ports.
    instances: &'static [Instance<'static>],
    /// Lines of the daemon, which was not there: at which stamp, in milliseconds, and what.
    daemon: &'static [(u64, &'static str)],
}

const OC44: Recording<'_> = Recording {
    name: "clknetsim-oc44",
    logs: &["4.4/clknetsim-oc44-oc.log", "4.4/clknetsim-oc44-phc2sys.log"],
    instances: &[("ptp4l.0.config", "oc", &[("eth0", Slave)])],
    daemon: &[
        (0, "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (1_000, "phc2sys[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (3_000, "ptp4l[3]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6"),
    ],
};

const BC44: Recording<'_> = Recording {
    name: "clknetsim-bc44",
    logs: &["4.4/clknetsim-bc44-bc.log", "4.4/clknetsim-bc44-phc2sys.log"],
    instances: &[("ptp4l.0.config", "bc", &[("eth0", Slave), ("eth1", Master)])],
    daemon: &[
        (0, "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (1_000, "phc2sys[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
        (3_000, "ptp4l[3]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6"),
        (121_500, "ptp4l[121]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 248"),
        (152_000, "ptp4l[152]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6"),
    ],
};

#[test]
fn an_ordinary_clock_whose_grandmaster_is_silent_and_whose_path_is_noisy() {
    check(&OC44);
}

#[test]
fn a_boundary_clock_whose_grandmaster_is_silent() {
    check(&BC44);
}

#[test]
fn an_ordinary_clock_whose_grandmaster_changes_its_class() {
    check(&Recording {
        name: "clknetsim-gmclass44",
        logs: &["4.4/clknetsim-gmclass44-oc.log"],
        instances: &[("ptp4l.0.config", "oc", &[("eth0", Slave)])],
        daemon: &[
            (3_000, "ptp4l[3]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6"),
            (61_000, "ptp4l[61]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 7"),
        ],
    });
}

#[test]
fn clocks_that_print_summaries() {
    check(&Recording {
        name: "clknetsim-summary44",
        logs: &["4.4/clknetsim-summary44-oc.log", "4.4/clknetsim-summary44-phc2sys.log"],
        instances: &[("ptp4l.0.config", "oc", &[("eth0", Slave)])],
        daemon: &[
            (0, "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
            (3_000, "ptp4l[3]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 6"),
        ],
    });
}

#[test]
fn a_boundary_clock_on_two_cards_with_one_phc2sys() {
    check(&Recording {
        name: "ha",
        logs: &["4.4/ha-bc0.log", "4.4/ha-phc2sys.log"],
        instances: &[
            ("ptp4l.0.config", "bc0", &[("ens1f0", Slave), ("ens1f1", Master)]),
            ("ptp4l.1.config", "bc1", &[("ens2f0", Slave), ("ens2f1", Master)]),
            ("phc2sys.2.config", "ha", &[]),
        ],
        daemon: &[
            (2_058_080, "ptp4l[1]:[ptp4l.0.config] PTP_PROCESS_STATUS:1"),
            (2_058_080, "phc2sys[1]:[phc2sys.2.config] PTP_PROCESS_STATUS:1"),
            (2_064_151, "phc2sys[1]:[phc2sys.2.config] ptp_ha_profile bc0 state 1"),
        ],
    });
}

#[test]
fn a_telecom_grandmaster_that_loses_its_satellites_and_its_1pps() {
    check(&Recording {
        name: "tgm",
        logs: &["4.4/tgm-ts2phc.log", "4.4/tgm-gm.log", "4.4/tgm-phc2sys.log"],
        instances: &[("ptp4l.0.config", "gm", &[("ens1f0", Master)])],
        daemon: &[(1_903_220, "ts2phc[1]:[ts2phc.0.config] PTP_PROCESS_STATUS:1")],
    });
}

#[test]
fn an_ordinary_clock_of_each_release_that_is_not_steered() {
    for name in ["3.1.1/veth-oc.log", "4.4/veth-oc.log"] {
        check(&Recording {
            name,
            logs: &[name],
            instances: &[("ptp4l.0.config", "oc", &[("ens1f0", Slave)])],
            // A servo that never locks follows no master; what is left are roles and the class.
            daemon: &[(1_055_000, "ptp4l[1055]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 248")],
        });
    }
}

/// A second and more, of both processes.
#[test]
fn a_proxy_that_is_away_for_a_while_knows_in_the_end_what_it_would_have_known() {
    for recording in [OC44, BC44] {
        assert!(every_gap(&recording.run(), 40) > 1000);
    }
}

fn check(recording: &Recording<'_>) {
    let tally = every_kill_point(&recording.run());
    assert!(tally.kills > 0 && tally.events > 0, "nothing happens in {}", recording.name);
}

impl Recording<'_> {
    fn run(&self) -> Run {
        let mut lines: Vec<(u64, String)> =
            self.daemon.iter().map(|(at_ms, text)| (*at_ms, (*text).to_owned())).collect();
        for log in self.logs {
            lines.extend(forwarded(&text(log)));
        }
        lines.sort_by_key(|(at_ms, _)| *at_ms);
        let configuration = self.configuration();
        let aliases = BTreeMap::from([("eth0".to_owned(), "ethx".to_owned())]);
        let mut run = Run { name: self.name.to_owned(), configuration, aliases, steps: Vec::new() };
        for (at_ms, line) in lines {
            run.push_line(at_ms * 1_000_000, &line);
        }
        run
    }

    fn configuration(&self) -> NodeConfiguration {
        let instance = |(config, profile, ports): &Instance<'_>| InstanceConfiguration {
            config: ConfigName::parse(config.as_bytes()).expect("the name of a configuration"),
            profile: (*profile).to_owned(),
            ports: ports
                .iter()
                .map(|(name, role)| PortConfiguration { name: (*name).to_owned(), role: *role })
                .collect(),
        };
        let profiles = self.instances.iter().map(|(_, name, ports)| {
            // The profile of a phc2sys without ports of its own is that of a group.
            let members = self.instances.iter().filter(|(.., ports)| !ports.is_empty());
            let kind = if ports.is_empty() {
                ProfileKind::HighAvailability {
                    profiles: members.map(|(_, name, _)| (*name).into()).collect(),
                }
            } else {
                ProfileKind::Clock
            };
            let thresholds = Thresholds::default();
            Profile { name: (*name).to_owned(), thresholds, kind, has_chronyd: false }
        });
        NodeConfiguration {
            profiles: profiles.collect(),
            instances: self.instances.iter().map(instance).collect(),
        }
    }
}

/// The lines of a log as the daemon forwards them, each with its stamp in milliseconds: without the level of the tag,
/// and with the name of the interface instead of that of its clock.
fn forwarded(log: &str) -> Vec<(u64, String)> {
    let mut lines = Vec::new();
    for line in log.lines() {
        let mut bytes = Vec::new();
        ptp_lines::strip_level(line.as_bytes(), &mut bytes);
        let line = String::from_utf8(bytes).expect("only ASCII was taken out").replace("/dev/ptp0", "ens1f0");
        if let Some((Prefix { stamp: Stamp::Monotonic { ms }, .. }, _)) = Prefix::parse(line.as_bytes()) {
            lines.push((ms, line));
        }
    }
    lines
}

fn text(log: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/recorded").join(log);
    std::fs::read_to_string(path).expect("a recording can be read")
}
