//! The files of the node: as linuxptp-daemon and its operator write them for an ordinary clock.

use crate::section::Section;
use serde::Serialize;
use sim_core::Setup;
use std::collections::BTreeMap;

/// The files of a node, as linuxptp-daemon and its operator write them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFiles {
    /// The node's name in the cluster, which is also the name of its profile file.
    pub node_name: String,
    /// The contents of the profile file: a JSON array of profiles.
    pub profile_json: String,
    /// Process configurations: file name and contents.
    pub configs: Vec<(String, String)>,
    /// Aliases of the node's interfaces.
    pub aliases: BTreeMap<String, String>,
}

/// A profile, by the names of the operator's PtpConfig resource.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    name: &'a str,
    interface: &'a str,
    #[serde(rename = "ptp4lOpts")]
    ptp4l_opts: &'a str,
    #[serde(rename = "phc2sysOpts")]
    phc2sys_opts: String,
    #[serde(rename = "ptp4lConf")]
    ptp4l_conf: String,
    ptp_clock_threshold: ClockThreshold,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockThreshold {
    hold_over_timeout: u64,
    max_offset_threshold: i64,
    min_offset_threshold: i64,
}

/// The thresholds of a scenario; the defaults are those of the operator.
struct Thresholds {
    max_offset_ns: i64,
    min_offset_ns: i64,
    holdover_timeout_ns: u64,
}

const NS_PER_S: u64 = 1_000_000_000;

/// Reads `[node]` and `[thresholds]`; names the node in the setup.
pub(crate) fn files(root: &Section<'_>, setup: &mut Setup) -> NodeFiles {
    root.require("node");
    let mut name = String::new();
    let mut alias = String::new();
    let mut profile = "ordinary-clock".to_owned();
    let mut interface = interface_of(setup).to_owned();
    if let Some(section) = root.section("node") {
        section.require("name");
        section.text("name", &mut name);
        section.text("interface", &mut interface);
        section.text("profile", &mut profile);
        section.whole("config_index", 0..=99, &mut setup.profiles[0].config_index);
        section.duration_ns("up_for", &mut setup.boot_offset_ns);
        alias.clone_from(&interface);
        section.text("alias", &mut alias);
        section.finish();
    }
    name_interface(setup, &interface);
    setup.profiles[0].name.clone_from(&profile);
    let thresholds = thresholds(root);
    let conf = Ptp4lConf { setup };
    let profile_json = profile_json(&profile, &conf, &thresholds);
    let config_name = format!("ptp4l.{}.config", setup.profiles[0].config_index);
    NodeFiles {
        node_name: name,
        profile_json,
        configs: vec![(config_name, conf.rendered(&profile))],
        aliases: BTreeMap::from([(interface, alias)]),
    }
}

/// The interface of the ordinary clock.
fn interface_of(setup: &Setup) -> &str {
    setup.links.first().map_or("", |link| link.interface.as_str())
}

fn name_interface(setup: &mut Setup, interface: &str) {
    let names = setup.links.iter_mut().map(|link| &mut link.interface);
    let names = names.chain(setup.cards.iter_mut().flat_map(|card| &mut card.interfaces));
    let ports = setup.profiles.iter_mut().filter_map(|profile| profile.ptp4l.as_mut());
    let names = names.chain(ports.flat_map(|ptp4l| &mut ptp4l.ports).map(|port| &mut port.interface));
    names.for_each(|name| interface.clone_into(name));
}

fn thresholds(root: &Section<'_>) -> Thresholds {
    let mut thresholds =
        Thresholds { max_offset_ns: 100, min_offset_ns: -100, holdover_timeout_ns: 5 * NS_PER_S };
    let Some(section) = root.section("thresholds") else {
        return thresholds;
    };
    section.whole("max_offset_ns", 1..=1_000_000_000, &mut thresholds.max_offset_ns);
    section.whole("min_offset_ns", -1_000_000_000..=-1, &mut thresholds.min_offset_ns);
    section.duration_ns("holdover_timeout", &mut thresholds.holdover_timeout_ns);
    if thresholds.holdover_timeout_ns == 0 || !thresholds.holdover_timeout_ns.is_multiple_of(NS_PER_S) {
        let what = "\"holdover_timeout\" is not a whole number of seconds, 1 or more";
        section.note(section.line_of("holdover_timeout"), what);
    }
    section.finish();
    thresholds
}

fn profile_json(name: &str, conf: &Ptp4lConf<'_>, thresholds: &Thresholds) -> String {
    let profile = Profile {
        name,
        interface: interface_of(conf.setup),
        ptp4l_opts: "-2 -s --summary_interval -4",
        phc2sys_opts: format!(
            "-a -r -n 24 -m -N 8 -R {}",
            conf.setup.profiles[0].phc2sys.map_or(1, |phc2sys| phc2sys.rate_hz)
        ),
        ptp4l_conf: conf.written(),
        ptp_clock_threshold: ClockThreshold {
            hold_over_timeout: thresholds.holdover_timeout_ns / NS_PER_S,
            max_offset_threshold: thresholds.max_offset_ns,
            min_offset_threshold: thresholds.min_offset_ns,
        },
    };
    serde_json::to_string(&[profile]).expect("strings and numbers can be written as JSON")
}

/// The configuration of ptp4l.
struct Ptp4lConf<'a> {
    setup: &'a Setup,
}

impl Ptp4lConf<'_> {
    /// As the author of the profile wrote it.
    fn written(&self) -> String {
        format!("[global]\n{}[{}]\n", self.options(), interface_of(self.setup))
    }

    /// As the daemon renders it.
    fn rendered(&self, profile: &str) -> String {
        let index = self.setup.profiles[0].config_index;
        format!(
            "#profile: {profile}\n\n[global]\n{}message_tag [ptp4l.{index}.config:{{level}}]\n\
             uds_address /var/run/ptp4l.{index}.socket\n\n[{}]\n",
            self.options(),
            interface_of(self.setup)
        )
    }

    fn options(&self) -> String {
        let Some(ptp4l) = &self.setup.profiles[0].ptp4l else { return String::new() };
        let options = [
            ("slaveOnly", "1".to_owned()),
            ("twoStepFlag", "1".to_owned()),
            ("domainNumber", "24".to_owned()),
            ("dataset_comparison", "G.8275.x".to_owned()),
            ("logAnnounceInterval", ptp4l.log_announce_interval.to_string()),
            ("logSyncInterval", ptp4l.log_sync_interval.to_string()),
            ("logMinDelayReqInterval", ptp4l.log_min_delay_request_interval.to_string()),
            ("announceReceiptTimeout", ptp4l.announce_receipt_timeout.to_string()),
            ("clock_class_threshold", ptp4l.clock_class_threshold.to_string()),
            ("pi_proportional_const", ptp4l.servo.proportional.to_string()),
            ("pi_integral_const", ptp4l.servo.integral.to_string()),
            ("first_step_threshold", seconds(ptp4l.first_step_threshold_ns)),
            ("step_threshold", seconds(ptp4l.step_threshold_ns)),
        ];
        options.into_iter().map(|(name, value)| format!("{name} {value}\n")).collect()
    }
}

/// linuxptp writes thresholds in seconds.
fn seconds(ns: u64) -> String {
    format!("{}.{:09}", ns / NS_PER_S, ns % NS_PER_S)
}
