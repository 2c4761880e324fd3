//! What the daemon of the proxy would read from the files of a case's node.

use super::Case;
use proxy_core::{
    InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind, Thresholds,
};
use ptp_lines::{ConfigName, ConfigProgram};
use sim_core::{ClockRole, Phc2sysSource, ProfileSetup};
use std::collections::BTreeMap;

/// The name of every node of a campaign.
pub(super) const NODE_NAME: &str = "node1";

/// The configuration of a case's node.
pub(super) fn configuration(case: &Case) -> NodeConfiguration {
    let thresholds = Thresholds {
        max_offset_ns: case.thresholds.max_offset_ns,
        min_offset_ns: case.thresholds.min_offset_ns,
        holdover_timeout_s: case.thresholds.holdover_timeout_s,
    };
    let profiles = case.setup.profiles.iter().map(|profile| Profile {
        name: profile.name.clone(),
        thresholds,
        kind: kind(case, profile),
        has_chronyd: profile.chronyd.is_some(),
    });
    NodeConfiguration {
        profiles: profiles.collect(),
        instances: case.setup.profiles.iter().filter_map(instance).collect(),
    }
}

fn kind(case: &Case, profile: &ProfileSetup) -> ProfileKind {
    let source = profile.phc2sys.as_ref().map(|phc2sys| &phc2sys.source);
    if let Some(Phc2sysSource::HighAvailability { profiles }) = source {
        let all = &case.setup.profiles;
        let names = profiles.iter().filter_map(|place| all.get(*place)).map(|other| other.name.clone());
        return ProfileKind::HighAvailability { profiles: names.collect() };
    }
    match profile.role {
        ClockRole::TelecomBoundaryClock => ProfileKind::TelecomBoundaryClock,
        ClockRole::OrdinaryClock | ClockRole::BoundaryClock | ClockRole::TelecomGrandmaster => {
            ProfileKind::Clock
        }
    }
}

fn instance(profile: &ProfileSetup) -> Option<InstanceConfiguration> {
    let ptp4l = profile.ptp4l.as_ref()?;
    let role = |server_only| if server_only { PortRole::Master } else { PortRole::Slave };
    let ports = ptp4l.ports.iter();
    Some(InstanceConfiguration {
        config: ConfigName { program: ConfigProgram::Ptp4l, index: profile.config_index },
        profile: profile.name.clone(),
        ports: ports
            .map(|port| PortConfiguration { name: port.interface.clone(), role: role(port.server_only) })
            .collect(),
    })
}

/// The aliases of the node's interfaces, as the daemon makes them: the number of the port becomes `x`
/// (`openshift/linuxptp-daemon pkg/utils/utils.go`).
pub(super) fn aliases(case: &Case) -> BTreeMap<String, String> {
    let interfaces = case.setup.cards.iter().flat_map(|card| &card.interfaces);
    interfaces.map(|interface| (interface.clone(), alias(interface))).collect()
}

/// The alias of an interface.
pub(super) fn alias(interface: &str) -> String {
    format!("{}x", interface.trim_end_matches(|c: char| c.is_ascii_digit()))
}
