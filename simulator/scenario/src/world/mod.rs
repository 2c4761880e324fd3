//! The sections that describe the world: a topology, and what is different in this file.
//!
//! Parts are named in files and numbered in a [`Setup`]: an entry with the name of a part changes it, one with another
//! name adds a part.

mod card;
mod network;
mod node;
mod phc2sys;
mod profile;
mod ptp4l;
mod thresholds;

pub(crate) use network::named;
pub(crate) use thresholds::Thresholds;

use crate::limits::DURATION_S_MAX;
use crate::section::Section;
use crate::topology::Topology;
use sim_core::Setup;
use std::collections::BTreeMap;

const NS_PER_S: u64 = 1_000_000_000;
/// Frequencies and offsets beyond these are typing mistakes.
pub(crate) const PPB_MAX: f64 = 1e9;
pub(crate) const NS_MAX: f64 = 1e12;

/// A world, and what files say of it that the simulator does not know.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) topology: Topology,
    pub(crate) setup: Setup,
    pub(crate) node_name: String,
    /// The names of the grandmasters, in their order.
    pub(crate) grandmasters: Vec<String>,
    /// Those that the file gives.
    pub(crate) aliases: BTreeMap<String, String>,
    /// Those of each profile, in their order.
    pub(crate) thresholds: Vec<Thresholds>,
}

/// Reads everything but the timeline.
pub(crate) fn read(root: &Section<'_>) -> Described {
    let mut topology = Topology::OrdinaryClock;
    root.choice("topology", &Topology::NAMED, &mut topology);
    let setup = topology.setup();
    let mut world = Described {
        topology,
        grandmasters: (1..=setup.grandmasters.len()).map(|number| format!("gm{number}")).collect(),
        thresholds: Vec::new(),
        node_name: String::new(),
        aliases: BTreeMap::new(),
        setup,
    };
    times(root, &mut world.setup);
    node::read(root, &mut world);
    profile::only_ptp4l(root, &mut world.setup);
    network::grandmasters(root, &mut world);
    card::read(root, &mut world.setup);
    network::links(root, &mut world);
    profile::read(root, &mut world);
    if let Some(section) = root.section("ntp") {
        section.text("server", &mut world.setup.ntp.server);
        section.finish();
    }
    daemon(root, &mut world.setup);
    world
}

fn times(root: &Section<'_>, setup: &mut Setup) {
    for key in ["start_unix_s", "duration", "seed"] {
        root.require(key);
    }
    root.whole("start_unix_s", 0..=i64::from(u32::MAX), &mut setup.start_unix_s);
    root.whole("seed", 0..=i64::MAX, &mut setup.seed);
    // Without a readable duration nothing is after the end.
    let mut duration_ns = DURATION_S_MAX * NS_PER_S;
    root.duration_ns("duration", &mut duration_ns);
    let duration_s = duration_ns / NS_PER_S;
    if !duration_ns.is_multiple_of(NS_PER_S) || !(1..=DURATION_S_MAX).contains(&duration_s) {
        let what = format!("\"duration\" is not a whole number of seconds from 1 to {DURATION_S_MAX}");
        root.note_at("duration", what);
    }
    setup.duration_s = duration_s.clamp(1, DURATION_S_MAX);
}

fn daemon(root: &Section<'_>, setup: &mut Setup) {
    let Some(section) = root.section("daemon") else { return };
    section.duration_ns("phc2sys_start_latency", &mut setup.daemon.phc2sys_start_latency_ns);
    section.duration_ns("clock_class_latency", &mut setup.daemon.clock_class_latency_ns);
    section.duration_ns("clock_class_repeat", &mut setup.daemon.clock_class_repeat_ns);
    section.finish();
}

/// A required name that is not empty, fits, and may stand in the files of the node and on the event socket: those
/// separate words by blanks and brackets.
pub(crate) fn name(section: &Section<'_>, key: &'static str, into: &mut String) {
    section.text(key, into);
    check_name(section, key, into);
}

pub(crate) fn check_name(section: &Section<'_>, key: &'static str, name: &str) {
    let fits = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '[' | ']' | '/' | ':' | '"');
    if section.has(key)
        && (name.is_empty() || name.len() > crate::limits::NAME_LEN_MAX || !name.chars().all(fits))
    {
        section.note_at(
            key,
            format!(
                "{name:?} is no name: 1 to {} letters, digits, dots and dashes",
                crate::limits::NAME_LEN_MAX
            ),
        );
    }
}

/// Notes an interface that no card has.
pub(crate) fn check_interface(section: &Section<'_>, key: &'static str, setup: &Setup, interface: &str) {
    if section.has(key) && card_of(setup, interface).is_none() {
        section.note_at(key, format!("no card has an interface {interface:?}"));
    }
}

/// The card with that interface.
pub(crate) fn card_of(setup: &Setup, interface: &str) -> Option<usize> {
    setup.cards.iter().position(|card| card.interfaces.iter().any(|own| own == interface))
}
