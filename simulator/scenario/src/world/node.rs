//! `[node]`: the host, and short forms for a node with one interface or one profile.

use super::Described;
use crate::section::Section;
use sim_core::{Phc2sysSource, Setup};

/// Reads `[node]`.
pub(super) fn read(root: &Section<'_>, world: &mut Described) {
    root.require("node");
    let Some(section) = root.section("node") else { return };
    section.require("name");
    super::name(&section, "name", &mut world.node_name);
    section.duration_ns("up_for", &mut world.setup.boot_offset_ns);
    interface(&section, world);
    profile(&section, &mut world.setup);
    let mut aliases = Vec::new();
    section.text_pairs("aliases", &mut aliases);
    world.aliases.extend(aliases);
    section.finish();
}

/// The only interface and its alias.
fn interface(section: &Section<'_>, world: &mut Described) {
    let mut names = world.setup.cards.iter().flat_map(|card| &card.interfaces);
    let mut interface = names.next().cloned().unwrap_or_default();
    let is_only = !interface.is_empty() && names.next().is_none();
    super::name(section, "interface", &mut interface);
    let mut alias = String::new();
    super::name(section, "alias", &mut alias);
    if is_only {
        rename_interface(&mut world.setup, &interface);
        if section.has("alias") {
            world.aliases.insert(interface, alias);
        }
        return;
    }
    for key in ["interface", "alias"] {
        if section.has(key) {
            section.note_at(key, format!("the node has not exactly one interface: {key:?} could mean any"));
        }
    }
}

fn rename_interface(setup: &mut Setup, interface: &str) {
    let names = setup.links.iter_mut().map(|link| &mut link.interface);
    let names = names.chain(setup.cards.iter_mut().flat_map(|card| &mut card.interfaces));
    let ports = setup.profiles.iter_mut().filter_map(|profile| profile.ptp4l.as_mut());
    let names = names.chain(ports.flat_map(|ptp4l| &mut ptp4l.ports).map(|port| &mut port.interface));
    names.for_each(|name| interface.clone_into(name));
    let synce4l = setup.profiles.iter_mut().filter_map(|profile| profile.synce4l.as_mut());
    let names = synce4l.flat_map(|synce4l| &mut synce4l.ports).map(|port| &mut port.interface);
    names.for_each(|name| interface.clone_into(name));
    let ts2phc = setup.profiles.iter_mut().filter_map(|profile| profile.ts2phc.as_mut());
    ts2phc.flat_map(|ts2phc| &mut ts2phc.interfaces).for_each(|name| interface.clone_into(name));
    for phc2sys in setup.profiles.iter_mut().filter_map(|profile| profile.phc2sys.as_mut()) {
        if let Phc2sysSource::Interface { interface: name } = &mut phc2sys.source {
            interface.clone_into(name);
        }
    }
}

/// The only profile.
fn profile(section: &Section<'_>, setup: &mut Setup) {
    if let [profile] = &mut setup.profiles[..] {
        super::name(section, "profile", &mut profile.name);
        section.whole("config_index", 0..=99, &mut profile.config_index);
        return;
    }
    let (mut name, mut index) = (String::new(), 0_u32);
    section.text("profile", &mut name);
    section.whole("config_index", 0..=99, &mut index);
    for key in ["profile", "config_index"] {
        if section.has(key) {
            section.note_at(key, format!("the node has not exactly one profile: {key:?} could mean any"));
        }
    }
}
