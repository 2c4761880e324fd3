//! The files of the node: as linuxptp-daemon and its operator write them.

mod configs;
mod options;
mod profiles;

use crate::world::Described;
use sim_core::{CardSetup, ProfileSetup, Setup};
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

/// The files of a node.
pub(crate) fn of(world: &Described) -> NodeFiles {
    NodeFiles {
        node_name: world.node_name.clone(),
        profile_json: profiles::json(world),
        configs: world.setup.profiles.iter().flat_map(|profile| configs::of(&world.setup, profile)).collect(),
        aliases: aliases(world),
    }
}

/// Those that the file gives; for the others what the daemon makes of the names.
fn aliases(world: &Described) -> BTreeMap<String, String> {
    let interfaces = world.setup.cards.iter().flat_map(|card| &card.interfaces);
    let made = interfaces.map(|interface| (interface.clone(), alias(interface)));
    made.chain(world.aliases.clone()).collect()
}

/// The alias of an interface: an `x` in the place of the number of its port, as `openshift/linuxptp-daemon
/// pkg/utils/utils.go` has it. `ens1f0` and `ens1f1` are both `ens1fx`, and `ens1f0np0` and the VLAN `ens1f0.100` are
/// `ens1fx` and `ens1fx.100`.
fn alias(interface: &str) -> String {
    let (port, vlan) = interface.split_once('.').map_or((interface, None), |(port, vlan)| (port, Some(vlan)));
    let port = match port.rsplit_once("np") {
        Some((name, number)) if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) => {
            name
        }
        Some(_) | None => port,
    };
    let stem = port.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match vlan {
        Some(vlan) => format!("{stem}x.{vlan}"),
        None => format!("{stem}x"),
    }
}

/// The cards that a profile uses.
fn cards_of<'a>(setup: &'a Setup, profile: &'a ProfileSetup) -> impl Iterator<Item = &'a CardSetup> {
    let used = move |interface: &String| {
        let ptp4l = profile.ptp4l.iter().flat_map(|ptp4l| &ptp4l.ports).map(|port| &port.interface);
        let ts2phc = profile.ts2phc.iter().flat_map(|ts2phc| &ts2phc.interfaces);
        let synce4l = profile.synce4l.iter().flat_map(|synce4l| &synce4l.ports).map(|port| &port.interface);
        ptp4l.chain(ts2phc).chain(synce4l).any(|name| name == interface)
    };
    setup.cards.iter().filter(move |card| card.interfaces.iter().any(used))
}

#[cfg(test)]
mod tests {
    use super::alias;

    #[test]
    fn the_number_of_the_port_gives_way_to_an_x() {
        for (interface, expected) in [
            ("ens1f0", "ens1fx"),
            ("ens1f1", "ens1fx"),
            ("eth10", "ethx"),
            ("ens2f0np0", "ens2fx"),
            ("ens1f0.100", "ens1fx.100"),
        ] {
            assert_eq!(alias(interface), expected, "{interface}");
        }
    }
}
