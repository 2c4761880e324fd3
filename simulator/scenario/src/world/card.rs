//! Cards with their clocks, and the clock of the operating system.

use super::{NS_MAX, PPB_MAX, card_of};
use crate::limits::{CARDS_MAX, INTERFACES_MAX};
use crate::section::Section;
use sim_core::{CardSetup, DpllSetup, GnssSetup, OscillatorSetup, Setup};

/// Reads `[[card]]`, `[phc]` and `[os_clock]`.
pub(super) fn read(root: &Section<'_>, setup: &mut Setup) {
    if let Some(section) = root.section("phc") {
        if let [card] = &mut setup.cards[..] {
            oscillator(section, &mut card.phc);
        } else {
            section.note(section.line(), "the node has not exactly one card: write [[card]] and [card.phc]");
        }
    }
    for section in root.sections("card", CARDS_MAX) {
        card(section, setup);
    }
    if let Some(section) = root.section("os_clock") {
        oscillator(section, &mut setup.os_clock);
    }
}

/// The card that has one of the interfaces, or another one.
fn card(section: Section<'_>, setup: &mut Setup) {
    section.require("interfaces");
    let mut interfaces = Vec::new();
    section.texts("interfaces", &mut interfaces);
    if section.has("interfaces") && !(1..=INTERFACES_MAX).contains(&interfaces.len()) {
        section.note_at("interfaces", format!("\"interfaces\" is not 1 to {INTERFACES_MAX} names"));
    }
    for interface in &interfaces {
        super::check_name(&section, "interfaces", interface);
    }
    let index = interfaces.iter().find_map(|interface| card_of(setup, interface)).unwrap_or_else(|| {
        let ptp_device = u32::try_from(setup.cards.len()).unwrap_or(u32::MAX);
        setup.cards.push(CardSetup { interfaces: Vec::new(), ptp_device, ..CardSetup::default() });
        setup.cards.len() - 1
    });
    let twice = interfaces.iter().enumerate().any(|(place, interface)| {
        interfaces[..place].contains(interface)
            || card_of(setup, interface).is_some_and(|other| other != index)
    });
    if twice {
        section.note_at("interfaces", "an interface is on one card, and there once");
    }
    let into = &mut setup.cards[index];
    into.interfaces = interfaces;
    parts(&section, into);
    section.finish();
}

fn parts(section: &Section<'_>, into: &mut CardSetup) {
    section.whole("ptp_device", 0..=99, &mut into.ptp_device);
    section.number("stamp_noise_ns", 0.0..=NS_MAX, &mut into.stamps.noise_ns);
    section.whole("stamp_granularity_ns", 1..=1_000_000, &mut into.stamps.granularity_ns);
    if let Some(phc) = section.section("phc") {
        oscillator(phc, &mut into.phc);
    }
    if let Some(dpll) = section.section("dpll") {
        let into = into.dpll.get_or_insert_with(DpllSetup::default);
        oscillator(dpll, &mut into.oscillator);
    }
    if let Some(gnss) = section.section("gnss") {
        let into = into.gnss.get_or_insert_with(GnssSetup::default);
        gnss.number("pps_noise_ns", 0.0..=NS_MAX, &mut into.pps_noise_ns);
        gnss.finish();
    }
}

/// The kinds of oscillators by their names.
const KINDS: [(&str, fn() -> OscillatorSetup); 3] = [
    ("crystal", OscillatorSetup::plain_crystal),
    ("tcxo", OscillatorSetup::temperature_compensated),
    ("ocxo", OscillatorSetup::oven_controlled),
];

fn oscillator(section: Section<'_>, into: &mut OscillatorSetup) {
    let mut kind: Option<fn() -> OscillatorSetup> = None;
    section.choice("kind", &KINDS.map(|(name, kind)| (name, Some(kind))), &mut kind);
    if let Some(kind) = kind {
        *into = kind();
    }
    section.number("initial_error_ns", -NS_MAX..=NS_MAX, &mut into.initial_error_ns);
    section.number("frequency_ppb", -PPB_MAX..=PPB_MAX, &mut into.frequency_ppb);
    section.number("white_ppb", 0.0..=PPB_MAX, &mut into.white_ppb);
    section.number("random_walk_ppb", 0.0..=PPB_MAX, &mut into.random_walk_ppb);
    section.number("flicker_ppb", 0.0..=PPB_MAX, &mut into.flicker_ppb);
    section.number("aging_ppb_per_day", -PPB_MAX..=PPB_MAX, &mut into.aging_ppb_per_day);
    section.finish();
}
