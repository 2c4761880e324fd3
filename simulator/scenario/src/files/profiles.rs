//! The profiles of the node, by the names of the operator's PtpConfig resource
//! (`k8snetworkplumbingwg/ptp-operator api/v1/ptpconfig_types.go`).

use super::{cards_of, options};
use crate::world::{Described, Thresholds};
use serde::Serialize;
use serde_json::{Value, json};
use sim_core::{ClockRole, Phc2sysSetup, Phc2sysSource, ProfileSetup, Ptp4lSetup, Setup};
use std::collections::BTreeMap;

const NS_PER_S: u64 = 1_000_000_000;

/// A profile. What it does not run it has no key for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<&'a str>,
    #[serde(rename = "ptp4lOpts", skip_serializing_if = "Option::is_none")]
    ptp4l_opts: Option<String>,
    #[serde(rename = "phc2sysOpts", skip_serializing_if = "Option::is_none")]
    phc2sys_opts: Option<String>,
    #[serde(rename = "ts2phcOpts", skip_serializing_if = "Option::is_none")]
    ts2phc_opts: Option<&'static str>,
    #[serde(rename = "synce4lOpts", skip_serializing_if = "Option::is_none")]
    synce4l_opts: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chronyd_opts: Option<&'static str>,
    #[serde(rename = "ptp4lConf", skip_serializing_if = "Option::is_none")]
    ptp4l_conf: Option<String>,
    #[serde(rename = "ts2phcConf", skip_serializing_if = "Option::is_none")]
    ts2phc_conf: Option<String>,
    #[serde(rename = "synce4lConf", skip_serializing_if = "Option::is_none")]
    synce4l_conf: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chronyd_conf: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ptp_settings: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    plugins: BTreeMap<&'static str, Value>,
    ptp_clock_threshold: ClockThreshold,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockThreshold {
    hold_over_timeout: u64,
    max_offset_threshold: i64,
    min_offset_threshold: i64,
}

/// The profile file of the node.
pub(super) fn json(world: &Described) -> String {
    let thresholds = world.thresholds.iter().copied().chain(std::iter::repeat(Thresholds::default()));
    let profiles = world.setup.profiles.iter().zip(thresholds);
    let profiles: Vec<Profile<'_>> =
        profiles.map(|(profile, thresholds)| of(&world.setup, profile, thresholds)).collect();
    serde_json::to_string(&profiles).expect("strings and numbers can be written as JSON")
}

fn of<'a>(setup: &'a Setup, profile: &'a ProfileSetup, thresholds: Thresholds) -> Profile<'a> {
    let ptp4l = profile.ptp4l.as_ref();
    Profile {
        name: &profile.name,
        interface: ptp4l.and_then(only_interface),
        ptp4l_opts: ptp4l.map(options::ptp4l_arguments),
        phc2sys_opts: profile.phc2sys.as_ref().map(phc2sys_arguments),
        ts2phc_opts: profile.ts2phc.as_ref().map(|_| options::ts2phc_arguments(profile.role)),
        synce4l_opts: profile.synce4l.as_ref().map(|_| "-m"),
        chronyd_opts: profile.chronyd.as_ref().map(|_| "-d"),
        ptp4l_conf: ptp4l
            .map(|ptp4l| format!("[global]\n{}{}", options::ptp4l(ptp4l), options::ports(ptp4l))),
        ts2phc_conf: profile.ts2phc.as_ref().map(|ts2phc| {
            format!("[global]\n{}{}", options::ts2phc(ts2phc), options::ts2phc_sections(profile, ts2phc))
        }),
        synce4l_conf: profile
            .synce4l
            .as_ref()
            .map(|synce4l| format!("[global]\n{}", options::synce4l_sections(synce4l))),
        chronyd_conf: profile.chronyd.as_ref().map(|chronyd| options::chronyd(setup, chronyd)),
        ptp_settings: settings(setup, profile),
        plugins: plugins(setup, profile),
        ptp_clock_threshold: ClockThreshold {
            hold_over_timeout: thresholds.holdover_timeout_s,
            max_offset_threshold: thresholds.max_offset_ns,
            min_offset_threshold: thresholds.min_offset_ns,
        },
    }
}

/// Profiles with several ports name them in their sections.
fn only_interface(ptp4l: &Ptp4lSetup) -> Option<&str> {
    let [only] = &ptp4l.ports[..] else { return None };
    Some(&only.interface)
}

fn phc2sys_arguments(phc2sys: &Phc2sysSetup) -> String {
    let source = match &phc2sys.source {
        Phc2sysSource::Automatic | Phc2sysSource::HighAvailability { .. } => "-a -r".to_owned(),
        Phc2sysSource::Interface { interface } => format!("-s {interface} -w"),
    };
    let summary = match phc2sys.summary_samples {
        0 => String::new(),
        samples => format!(" -u {samples}"),
    };
    format!("{source} -n 24 -m -N 8 -R {}{summary}", phc2sys.rate_hz)
}

/// What tells the daemon and its consumers the kinds of profiles apart.
fn settings(setup: &Setup, profile: &ProfileSetup) -> BTreeMap<&'static str, String> {
    let mut settings = BTreeMap::new();
    match profile.role {
        ClockRole::TelecomGrandmaster => {
            settings.insert("clockType", "T-GM".to_owned());
        }
        ClockRole::TelecomBoundaryClock => {
            settings.insert("clockType", "T-BC".to_owned());
            if profile.ts2phc.is_none()
                && let Some(receiver) = receiver(setup)
            {
                settings.insert("controllingProfile", receiver.name.clone());
            }
        }
        ClockRole::OrdinaryClock | ClockRole::BoundaryClock => {}
    }
    if let Some(Phc2sysSource::HighAvailability { profiles }) =
        profile.phc2sys.as_ref().map(|one| &one.source)
    {
        let members = profiles.iter().filter_map(|place| setup.profiles.get(*place));
        let names: Vec<&str> = members.map(|member| member.name.as_str()).collect();
        settings.insert("haProfiles", names.join(","));
    }
    settings
}

/// The profile of a telecom boundary clock that follows: its DPLL keeps the time for the others.
fn receiver(setup: &Setup) -> Option<&ProfileSetup> {
    let mut profiles = setup.profiles.iter();
    profiles.find(|other| other.role == ClockRole::TelecomBoundaryClock && other.ts2phc.is_some())
}

/// The card's plugin, with the holdover that the DPLL of the first card is said to be good for, and the one that falls
/// back on network time.
fn plugins(setup: &Setup, profile: &ProfileSetup) -> BTreeMap<&'static str, Value> {
    let dpll = cards_of(setup, profile).find_map(|card| card.dpll).map(|dpll| {
        let settings = json!({
            "LocalMaxHoldoverOffSet": dpll.holdover.max_offset_ns,
            "LocalHoldoverTimeout": dpll.holdover.timeout_s,
            "MaxInSpecOffset": dpll.holdover.max_in_spec_offset_ns,
        });
        ("e810", json!({"enableDefaultConfig": false, "settings": settings}))
    });
    let failover = profile.chronyd.as_ref().and_then(|chronyd| chronyd.failover).map(|failover| {
        let settings = json!({
            "ts2phcTolerance": failover.ts2phc_tolerance_ns / NS_PER_S,
            "startupDelay": failover.startup_delay_ns / NS_PER_S,
        });
        ("ntpfailover", json!({"gnssFailover": true, "settings": settings}))
    });
    dpll.into_iter().chain(failover).collect()
}
