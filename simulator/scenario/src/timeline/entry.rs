//! One entry of the timeline: what it names must be there.

use super::STEP_NS_MAX;
use crate::section::Section;
use crate::world::{self, Described};
use sim_core::{Action, DpllChange, GnssChange, ProcessId, ProcessProgram, ProfileSetup};
use std::ops::RangeInclusive;

/// One entry, and the world that it happens to.
pub(super) struct Entry<'a> {
    pub(super) section: Section<'a>,
    pub(super) world: &'a Described,
}

impl Entry<'_> {
    /// A required whole number from 0 to `most`.
    pub(super) fn whole<T: TryFrom<i64> + Default>(&self, key: &'static str, most: i64) -> Option<T> {
        let mut value = T::default();
        self.section.require(key);
        self.section.whole(key, 0..=most, &mut value);
        self.section.has(key).then_some(value)
    }

    /// A required number.
    pub(super) fn number(&self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let mut value = 0.0;
        self.section.require(key);
        self.section.number(key, range, &mut value);
        self.section.has(key).then_some(value)
    }

    /// A required jump.
    pub(super) fn step(&self) -> Option<i64> {
        let mut by_ns = 0;
        self.section.require("by_ns");
        self.section.whole("by_ns", -STEP_NS_MAX..=STEP_NS_MAX, &mut by_ns);
        self.section.has("by_ns").then_some(by_ns)
    }

    /// A required choice.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let mut value = None;
        self.section.require(key);
        let choices: Vec<(&'static str, Option<T>)> =
            choices.iter().map(|(name, meant)| (*name, Some(*meant))).collect();
        self.section.choice(key, &choices, &mut value);
        value
    }

    /// The named grandmaster, or the only one.
    pub(super) fn grandmaster(&self) -> Option<usize> {
        let names = &self.world.grandmasters;
        let mut name = String::new();
        self.section.text("grandmaster", &mut name);
        if self.section.has("grandmaster") {
            return world::named(&self.section, names, &name);
        }
        if names.len() != 1 {
            let what = format!("\"grandmaster\" must say which: there are {}", names.len());
            self.section.note(self.section.line(), what);
            return None;
        }
        Some(0)
    }

    /// The named interface, or the only one that hears a grandmaster, or the only one at all.
    pub(super) fn interface(&self) -> Option<String> {
        let setup = &self.world.setup;
        let mut name = String::new();
        self.section.text("interface", &mut name);
        if self.section.has("interface") {
            world::check_interface(&self.section, "interface", setup, &name);
            return Some(name);
        }
        if let [link] = &setup.links[..] {
            return Some(link.interface.clone());
        }
        let all: Vec<&String> = setup.cards.iter().flat_map(|card| &card.interfaces).collect();
        if let [only] = all[..] {
            return Some(only.clone());
        }
        self.section.note(self.section.line(), "\"interface\" must say which: there is not exactly one");
        None
    }

    /// The card with the named interface, or the only one.
    pub(super) fn card(&self) -> Option<usize> {
        self.card_with("card", |_| true)
    }

    /// Something becomes of the receiver of a card.
    pub(super) fn gnss(&self, change: GnssChange) -> Option<Action> {
        let cards = &self.world.setup.cards;
        let card = self.card_with("GNSS receiver", |card| cards[card].gnss.is_some())?;
        Some(Action::Gnss { card, change })
    }

    /// Something becomes of the DPLL of a card.
    pub(super) fn dpll(&self, change: DpllChange) -> Option<Action> {
        let cards = &self.world.setup.cards;
        let card = self.card_with("DPLL", |card| cards[card].dpll.is_some())?;
        Some(Action::Dpll { card, change })
    }

    fn card_with(&self, what: &str, has: impl Fn(usize) -> bool) -> Option<usize> {
        let setup = &self.world.setup;
        let mut name = String::new();
        self.section.text("interface", &mut name);
        if self.section.has("interface") {
            world::check_interface(&self.section, "interface", setup, &name);
            let card = world::card_of(setup, &name)?;
            if !has(card) {
                self.section.note_at("interface", format!("the card of {name:?} has no {what}"));
            }
            return Some(card);
        }
        let mut all = (0..setup.cards.len()).filter(|card| has(*card));
        match (all.next(), all.next()) {
            (Some(only), None) => return Some(only),
            (None, _) => self.section.note(self.section.line(), format!("the node has no {what}")),
            (Some(_), Some(_)) => {
                let what = format!("\"interface\" must say which {what}: there are several");
                self.section.note(self.section.line(), what);
            }
        }
        None
    }

    /// The named process of the named profile, or of the only one that runs it.
    pub(super) fn process(&self) -> Option<ProcessId> {
        let program = self.choice("process", &PROGRAMS);
        let mut name = String::new();
        self.section.text("profile", &mut name);
        let program = program?;
        let profiles = &self.world.setup.profiles;
        let mut running = (0..profiles.len()).filter(|place| runs(&profiles[*place], program));
        if self.section.has("profile") {
            let profile = profiles.iter().position(|profile| profile.name == name);
            match profile {
                None => self.section.note_at("profile", format!("there is no profile {name:?}")),
                Some(place) if !running.any(|running| running == place) => {
                    self.section.note_at("process", format!("the profile {name:?} does not run it"));
                }
                Some(_) => {}
            }
            return Some(ProcessId { program, profile: profile? });
        }
        match (running.next(), running.next()) {
            (Some(profile), None) => return Some(ProcessId { program, profile }),
            (None, _) => self.section.note_at("process", "no profile runs it"),
            (Some(_), Some(_)) => {
                self.section
                    .note(self.section.line(), "\"profile\" must say which: several run this process");
            }
        }
        None
    }
}

/// The programs by their names.
const PROGRAMS: [(&str, ProcessProgram); 8] = [
    ("ptp4l", ProcessProgram::Ptp4l),
    ("phc2sys", ProcessProgram::Phc2sys),
    ("ts2phc", ProcessProgram::Ts2phc),
    ("synce4l", ProcessProgram::Synce4l),
    ("chronyd", ProcessProgram::Chronyd),
    ("gpsd", ProcessProgram::Gpsd),
    ("gpspipe", ProcessProgram::Gpspipe),
    ("pmc", ProcessProgram::Pmc),
];

/// Whether a profile starts that program.
fn runs(profile: &ProfileSetup, program: ProcessProgram) -> bool {
    match program {
        ProcessProgram::Chronyd => profile.chronyd.is_some(),
        ProcessProgram::Gpsd | ProcessProgram::Gpspipe | ProcessProgram::Ts2phc => profile.ts2phc.is_some(),
        ProcessProgram::Synce4l => profile.synce4l.is_some(),
        ProcessProgram::Pmc | ProcessProgram::Ptp4l => profile.ptp4l.is_some(),
        ProcessProgram::Phc2sys => profile.phc2sys.is_some(),
    }
}
