//! The files of a node for each topology that the daemon runs, as the operator and the daemon write them.
//!
//! Profiles are those of `k8snetworkplumbingwg/ptp-operator api/v1/ptpconfig_types.go`, process configurations what
//! `openshift/linuxptp-daemon pkg/daemon/config.go` renders from them, as far as a proxy reads them.

use crate::replay::Thresholds;
use ptp_scenario::NodeFiles;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One ptp4l that follows a grandmaster on `ens1f0`.
    OrdinaryClock,
    /// A telecom grandmaster on two cards: `ens7f0` has the GNSS receiver, `ens8f0` follows.
    TelecomGrandmaster,
    /// A telecom boundary clock: `ptp4l.1` receives on `ens4f0`, `ptp4l.0` transmits on `ens4f1`.
    TelecomBoundaryClock,
    /// Two boundary clocks on a card each, `ens1f0` and `ens2f0`; phc2sys follows the first.
    DualNic,
    /// The same in a high-availability group: `phc2sys.2` follows whichever is better.
    HighAvailability,
    /// One ptp4l with two ports that may follow, `ens3f0` and `ens3f1`.
    DualFollower,
    /// An ordinary clock on `ens3f0` that has chronyd to fall back on.
    NtpFallback,
    /// synce4l on the device `synce1` with `ens7f0`.
    SynchronousEthernet,
}

impl Topology {
    /// The name of every node here.
    pub const NODE_NAME: &str = "node1";

    /// All files of the node, and the aliases of its interfaces.
    pub fn files(self, thresholds: Thresholds) -> NodeFiles {
        NodeFiles {
            node_name: Self::NODE_NAME.to_owned(),
            profile_json: self.profile_json(thresholds),
            configs: self
                .configs()
                .into_iter()
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect(),
            aliases: self.aliases(),
        }
    }

    /// The profile file of the node, all of whose profiles have these thresholds.
    pub fn profile_json(self, thresholds: Thresholds) -> String {
        let profiles: Vec<Value> = self.profiles().into_iter().map(|own| profile(own, thresholds)).collect();
        Value::Array(profiles).to_string()
    }

    /// What each profile has of its own.
    fn profiles(self) -> Vec<Value> {
        let phc2sys = "-a -r -n 24";
        match self {
            Self::OrdinaryClock => vec![json!({"name": "ordinary-clock", "phc2sysOpts": phc2sys})],
            Self::TelecomGrandmaster => {
                let ts2phc_conf = "[nmea]\nts2phc.master 1\n";
                vec![
                    json!({"name": "grandmaster", "phc2sysOpts": phc2sys, "ts2phcOpts": "-m", "ts2phcConf": ts2phc_conf}),
                ]
            }
            Self::TelecomBoundaryClock => vec![
                json!({"name": "transmitter", "ptpSettings": {"controllingProfile": "receiver"}}),
                json!({"name": "receiver", "phc2sysOpts": phc2sys, "ts2phcOpts": "-s generic -a --ts2phc.rh_external_pps 1"}),
            ],
            Self::DualNic => vec![json!({"name": "bc1", "phc2sysOpts": phc2sys}), json!({"name": "bc2"})],
            Self::HighAvailability => {
                let group = json!({"haProfiles": "bc1,bc2"});
                vec![
                    json!({"name": "bc1"}),
                    json!({"name": "bc2"}),
                    json!({"name": "ha", "ptp4lOpts": "", "phc2sysOpts": phc2sys, "ptpSettings": group}),
                ]
            }
            Self::DualFollower => vec![json!({"name": "dual-follower", "phc2sysOpts": phc2sys})],
            Self::NtpFallback => vec![json!({"name": "ntp", "phc2sysOpts": phc2sys, "chronydOpts": "-d"})],
            Self::SynchronousEthernet => vec![json!({"name": "synce", "synce4lOpts": "-2"})],
        }
    }

    /// Process configurations: file name and contents.
    fn configs(self) -> Vec<(&'static str, &'static str)> {
        let [bc1, bc2] = [
            ("ptp4l.0.config", "#profile: bc1\n[global]\n[ens1f0]\nmasterOnly 0\n[ens1f1]\nmasterOnly 1\n"),
            ("ptp4l.1.config", "#profile: bc2\n[global]\n[ens2f0]\nmasterOnly 0\n[ens2f1]\nmasterOnly 1\n"),
        ];
        match self {
            Self::OrdinaryClock => vec![("ptp4l.0.config", "#profile: ordinary-clock\n[global]\n[ens1f0]\n")],
            Self::TelecomGrandmaster => vec![(
                "ptp4l.0.config",
                "#profile: grandmaster\n[global]\n[ens7f0]\nmasterOnly 1\n[ens8f0]\nmasterOnly 1\n",
            )],
            Self::TelecomBoundaryClock => vec![
                ("ptp4l.0.config", "#profile: transmitter\n[global]\n[ens4f1]\nmasterOnly 1\n"),
                ("ptp4l.1.config", "#profile: receiver\n[global]\n[ens4f0]\nserverOnly 0\n"),
            ],
            Self::DualNic => vec![bc1, bc2],
            Self::HighAvailability => vec![
                bc1,
                bc2,
                ("phc2sys.2.config", "#profile: ha\n[global]\nmessage_tag [phc2sys.2.config:{level}]\n"),
            ],
            Self::DualFollower => vec![(
                "ptp4l.0.config",
                "#profile: dual-follower\n[global]\nslaveOnly 1\n[ens3f0]\nmasterOnly 0\n[ens3f1]\nmasterOnly 0\n",
            )],
            Self::NtpFallback => vec![
                ("ptp4l.0.config", "#profile: ntp\n[global]\nslaveOnly 1\n[ens3f0]\nmasterOnly 0\n"),
                ("chronyd.0.config", "#profile: ntp\n\nbindcmdaddress /tmp/chrony/chronyd.sock\n"),
            ],
            Self::SynchronousEthernet => vec![(
                "synce4l.0.config",
                "#profile: synce\n[global]\nmessage_tag [synce4l.0.config]\n[<synce1>]\nnetwork_option 2\nextended_tlv 1\n[ens7f0]\n",
            )],
        }
    }

    /// As the daemon makes them: the number of the port becomes `x` (`openshift/linuxptp-daemon pkg/utils/utils.go`).
    fn aliases(self) -> BTreeMap<String, String> {
        let ports = self.configs().into_iter().flat_map(|(_, text)| text.lines()).filter_map(port_of_section);
        ports
            .map(|port| {
                (port.to_owned(), format!("{}x", port.trim_end_matches(|c: char| c.is_ascii_digit())))
            })
            .collect()
    }
}

/// `ens1f0` of `[ens1f0]`.
fn port_of_section(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').filter(|name| name.starts_with("ens"))
}

/// A whole profile: what it has of its own, the thresholds, and the options of ptp4l unless it has some of its own.
fn profile(mut own: Value, thresholds: Thresholds) -> Value {
    if own.get("ptp4lOpts").is_none() {
        own["ptp4lOpts"] = json!("-2 -s");
    }
    own["ptpClockThreshold"] = json!({
        "holdOverTimeout": thresholds.holdover_s,
        "maxOffsetThreshold": thresholds.max_offset_ns,
        "minOffsetThreshold": thresholds.min_offset_ns,
    });
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_that_a_configuration_names_is_in_the_profile_file() {
        for topology in [
            Topology::OrdinaryClock,
            Topology::TelecomGrandmaster,
            Topology::TelecomBoundaryClock,
            Topology::DualNic,
            Topology::HighAvailability,
            Topology::DualFollower,
            Topology::NtpFallback,
            Topology::SynchronousEthernet,
        ] {
            let files = topology.files(Thresholds::default());
            for (_, text) in &files.configs {
                let name = text.lines().find_map(|line| line.strip_prefix("#profile: ")).expect("it has one");
                assert!(files.profile_json.contains(&format!("\"name\":\"{name}\"")), "{topology:?}: {name}");
            }
        }
    }

    #[test]
    fn aliases_are_those_of_the_cards() {
        let aliases = Topology::DualNic.files(Thresholds::default()).aliases;
        let pairs: Vec<(&str, &str)> =
            aliases.iter().map(|(name, alias)| (name.as_str(), alias.as_str())).collect();
        assert_eq!(
            pairs,
            [("ens1f0", "ens1fx"), ("ens1f1", "ens1fx"), ("ens2f0", "ens2fx"), ("ens2f1", "ens2fx")]
        );
    }
}
