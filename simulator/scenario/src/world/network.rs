//! Grandmasters and links.

use super::{Described, NS_MAX};
use crate::limits::{GRANDMASTERS_MAX, LINKS_MAX};
use crate::section::Section;
use sim_core::{GrandmasterSetup, LinkSetup, PathSetup};

/// Reads `[grandmaster]` or `[[grandmaster]]`.
pub(super) fn grandmasters(root: &Section<'_>, world: &mut Described) {
    if !root.has_array("grandmaster") {
        if let Some(section) = root.section("grandmaster") {
            only_grandmaster(section, world);
        }
        return;
    }
    for section in root.sections("grandmaster", GRANDMASTERS_MAX) {
        let mut name = String::new();
        section.require("name");
        super::name(&section, "name", &mut name);
        let index = world.grandmasters.iter().position(|known| *known == name).unwrap_or_else(|| {
            world.grandmasters.push(name);
            world.setup.grandmasters.push(new_grandmaster(world));
            world.setup.grandmasters.len() - 1
        });
        grandmaster(section, &mut world.setup.grandmasters[index]);
    }
}

/// It sends as often as the first one, and differs from the others by its identity.
fn new_grandmaster(world: &Described) -> GrandmasterSetup {
    let mut new = GrandmasterSetup::default();
    if let Some(first) = world.setup.grandmasters.first() {
        new.log_announce_interval = first.log_announce_interval;
        new.log_sync_interval = first.log_sync_interval;
    }
    let number = u8::try_from(world.setup.grandmasters.len()).unwrap_or(u8::MAX);
    new.clock_identity.0[7] = new.clock_identity.0[7].wrapping_add(number.wrapping_mul(16));
    new
}

fn only_grandmaster(section: Section<'_>, world: &mut Described) {
    if let ([only], [name]) = (&mut world.setup.grandmasters[..], &mut world.grandmasters[..]) {
        super::name(&section, "name", name);
        grandmaster(section, only);
    } else {
        section.note(
            section.line(),
            "the node has not exactly one grandmaster: write [[grandmaster]] with its name",
        );
    }
}

fn grandmaster(section: Section<'_>, into: &mut GrandmasterSetup) {
    section.identity("clock_identity", &mut into.clock_identity);
    let data_set = &mut into.data_set;
    section.whole("clock_class", 0..=255, &mut data_set.clock_class);
    section.whole("clock_accuracy", 0..=255, &mut data_set.clock_accuracy);
    section.whole("offset_scaled_log_variance", 0..=65_535, &mut data_set.offset_scaled_log_variance);
    section.whole("priority1", 0..=255, &mut data_set.priority1);
    section.whole("priority2", 0..=255, &mut data_set.priority2);
    section.whole("steps_removed", 0..=255, &mut data_set.steps_removed);
    let mut identity = into.clock_identity;
    section.identity("grandmaster_identity", &mut identity);
    if section.has("grandmaster_identity") {
        data_set.grandmaster_identity = Some(identity);
    }
    section.whole("log_announce_interval", -7..=4, &mut into.log_announce_interval);
    section.whole("log_sync_interval", -7..=1, &mut into.log_sync_interval);
    section.duration_ns("master_from", &mut into.master_from.ns);
    section.finish();
}

/// Reads `[path]` and `[[link]]`.
pub(super) fn links(root: &Section<'_>, world: &mut Described) {
    if let Some(section) = root.section("path") {
        if let [link] = &mut world.setup.links[..] {
            path(&section, &mut link.path);
            section.finish();
        } else {
            section
                .note(section.line(), "the node has not exactly one link: write [[link]] with its interface");
        }
    }
    for section in root.sections("link", LINKS_MAX) {
        section.require("interface");
        let mut interface = String::new();
        section.text("interface", &mut interface);
        super::check_interface(&section, "interface", &world.setup, &interface);
        let index = grandmaster_of(&section, world, &interface);
        let links = &mut world.setup.links;
        let known = links.iter().position(|link| link.interface == interface && link.grandmaster == index);
        let place = known.unwrap_or_else(|| {
            links.push(LinkSetup { interface, grandmaster: index, path: PathSetup::default() });
            links.len() - 1
        });
        path(&section, &mut links[place].path);
        section.finish();
    }
}

/// The one that is named; else the one that the interface hears already; else the only one.
fn grandmaster_of(section: &Section<'_>, world: &Described, interface: &str) -> usize {
    let mut name = String::new();
    section.text("grandmaster", &mut name);
    if section.has("grandmaster") {
        return named(section, &world.grandmasters, &name).unwrap_or_default();
    }
    let mut heard = world.setup.links.iter().filter(|link| link.interface == interface);
    match (heard.next(), heard.next(), world.grandmasters.len()) {
        (Some(link), None, _) => link.grandmaster,
        (None, None, 1) => 0,
        (Some(_) | None, Some(_) | None, _) => {
            section
                .note(section.line(), "there is not exactly one \"grandmaster\" that this link could mean");
            0
        }
    }
}

/// The place of a grandmaster; notes a name that is none.
pub(crate) fn named(section: &Section<'_>, grandmasters: &[String], name: &str) -> Option<usize> {
    let index = grandmasters.iter().position(|known| known == name);
    if index.is_none() {
        let known = if grandmasters.is_empty() { "none".to_owned() } else { grandmasters.join(", ") };
        section.note_at("grandmaster", format!("there is no grandmaster {name:?}; there is {known}"));
    }
    index
}

fn path(section: &Section<'_>, into: &mut PathSetup) {
    section.number("delay_ns", 0.0..=NS_MAX, &mut into.delay_ns);
    section.number("asymmetry_ns", -NS_MAX..=NS_MAX, &mut into.asymmetry_ns);
    section.number("noise_ns", 0.0..=NS_MAX, &mut into.noise_ns);
}
