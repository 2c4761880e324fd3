//! Cards with their clocks, and the clock of the operating system.

use super::{NS_MAX, PPB_MAX, card_of};
use crate::limits::{CARDS_MAX, INTERFACES_MAX};
use crate::section::Section;
use sim_core::{CardSetup, DpllSource, GnssSetup, GnssStart, OscillatorSetup, Setup};

/// A month: longer times and more pulses are typing mistakes.
const SECONDS_MAX: i64 = 30 * 86_400;

/// Reads `[[card]]`, `[phc]` and `[os_clock]`.
pub(super) fn read(root: &Section<'_>, setup: &mut Setup) {
    if let Some(section) = root.section("phc") {
        if let [card] = &mut setup.cards[..] {
            oscillator(section, &mut card.phc);
        } else {
            section.note(section.line(), "the node has not exactly one card: write [[card]] and [card.phc]");
        }
    }
    let cards: Vec<(Section<'_>, usize)> = root
        .sections("card", CARDS_MAX)
        .into_iter()
        .map(|section| {
            let index = card(&section, setup);
            (section, index)
        })
        .collect();
    // A card may take its 1PPS from one that the file names later.
    for (section, index) in cards {
        if let Some(section) = section.section("dpll") {
            dpll(section, setup, index);
        }
        section.finish();
    }
    if let Some(section) = root.section("os_clock") {
        oscillator(section, &mut setup.os_clock);
    }
}

/// The card that has one of the interfaces, or another one.
fn card(section: &Section<'_>, setup: &mut Setup) -> usize {
    section.require("interfaces");
    let mut interfaces = Vec::new();
    section.texts("interfaces", &mut interfaces);
    if section.has("interfaces") && !(1..=INTERFACES_MAX).contains(&interfaces.len()) {
        section.note_at("interfaces", format!("\"interfaces\" is not 1 to {INTERFACES_MAX} names"));
    }
    for interface in &interfaces {
        super::check_name(section, "interfaces", interface);
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
    parts(section, into);
    index
}

fn parts(section: &Section<'_>, into: &mut CardSetup) {
    section.whole("ptp_device", 0..=99, &mut into.ptp_device);
    section.number("frequency_step_ppb", 0.0..=PPB_MAX, &mut into.frequency_step_ppb);
    section.number("stamp_noise_ns", 0.0..=NS_MAX, &mut into.stamps.noise_ns);
    section.whole("stamp_granularity_ns", 1..=1_000_000, &mut into.stamps.granularity_ns);
    if let Some(phc) = section.section("phc") {
        oscillator(phc, &mut into.phc);
    }
    if let Some(section) = section.section("gnss") {
        let gnss = into.gnss.get_or_insert_with(GnssSetup::default);
        section.number("pps_noise_ns", 0.0..=NS_MAX, &mut gnss.pps_noise_ns);
        section.number("sawtooth_ns", 0.0..=NS_MAX, &mut gnss.sawtooth_ns);
        section.whole("accuracy_ns", 0..=1_000_000, &mut gnss.accuracy_ns);
        section.choice("start", &[("cold", GnssStart::Cold), ("hot", GnssStart::Hot)], &mut gnss.start);
        section.whole("survey_in_s", 0..=SECONDS_MAX, &mut gnss.survey_in_s);
        section.finish();
    }
}

fn dpll(section: Section<'_>, setup: &mut Setup, index: usize) {
    let mut dpll = setup.cards[index].dpll.unwrap_or_default();
    if let Some(section) = section.section("oscillator") {
        oscillator(section, &mut dpll.oscillator);
    }
    section.choice("source", &SOURCES, &mut dpll.source);
    let mut interface = String::new();
    section.text("source_card", &mut interface);
    if section.has("source_card") {
        super::check_interface(&section, "source_card", setup, &interface);
        match card_of(setup, &interface) {
            Some(own) if own == index => {
                section.note_at("source_card", "a card does not take its 1PPS from itself");
            }
            Some(other) => dpll.source = DpllSource::Card(other),
            None => {}
        }
        if section.has("source") {
            section.note_at("source", "there is a \"source_card\" already");
        }
    }
    section.number("time_constant_s", 2.0..=1e6, &mut dpll.time_constant_s);
    section.whole("lock_pulses", 0..=SECONDS_MAX, &mut dpll.lock_pulses);
    section.whole("holdover_pulses", 0..=SECONDS_MAX, &mut dpll.holdover_pulses);
    section.whole("requalify_pulses", 0..=SECONDS_MAX, &mut dpll.requalify_pulses);
    section.whole("holdover_max_offset_ns", 0..=1_000_000_000, &mut dpll.holdover.max_offset_ns);
    section.whole("holdover_timeout_s", 1..=SECONDS_MAX, &mut dpll.holdover.timeout_s);
    section.whole("max_in_spec_offset_ns", 0..=1_000_000_000, &mut dpll.holdover.max_in_spec_offset_ns);
    setup.cards[index].dpll = Some(dpll);
    section.finish();
}

/// What a DPLL locks to, if not to another card.
const SOURCES: [(&str, DpllSource); 3] =
    [("gnss", DpllSource::Gnss), ("hardware-clock", DpllSource::HardwareClock), ("synce", DpllSource::Synce)];

/// Makes an oscillator of some kind.
type Kind = fn() -> OscillatorSetup;

/// The kinds of oscillators by their names.
const KINDS: [(&str, Kind); 6] = [
    ("perfect", OscillatorSetup::perfect),
    ("crystal", OscillatorSetup::plain_crystal),
    ("tcxo", OscillatorSetup::temperature_compensated),
    ("ocxo", OscillatorSetup::oven_controlled),
    ("high-performance-ocxo", OscillatorSetup::high_performance_oven_controlled),
    ("rubidium", OscillatorSetup::rubidium),
];

fn oscillator(section: Section<'_>, into: &mut OscillatorSetup) {
    let mut kind: Option<Kind> = None;
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
    let temperature = &mut into.temperature;
    section.number("sensitivity_ppb_per_k", -PPB_MAX..=PPB_MAX, &mut temperature.sensitivity_ppb_per_k);
    section.number("swing_k", 0.0..=100.0, &mut temperature.swing_k);
    section.number("swing_period_s", 1.0..=1e7, &mut temperature.period_s);
    section.number("swing_rises_at_s", -1e7..=1e7, &mut temperature.rises_at_s);
    section.finish();
}
