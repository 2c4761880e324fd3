//! phc2sys, by its options.

use super::ptp4l::{THRESHOLD_NS_MAX, gains};
use super::{NS_MAX, PPB_MAX, check_interface};
use crate::section::Section;
use sim_core::{Phc2sysSetup, Phc2sysSource, Setup};

/// Reads `[phc2sys]` and `[profile.phc2sys]`.
pub(super) fn read(section: Section<'_>, setup: &Setup, into: &mut Phc2sysSetup) {
    source(&section, setup, &mut into.source);
    section.whole("rate_hz", 1..=128, &mut into.rate_hz);
    section.whole("summary_samples", 0..=1_000_000, &mut into.summary_samples);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.whole("sanity_freq_limit_ppb", 0..=1_000_000_000, &mut into.sanity_freq_limit_ppb);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    section.duration_ns("utc_offset_after", &mut into.utc_offset_after_ns);
    section.number("reading_noise_ns", 0.0..=NS_MAX, &mut into.reading_noise_ns);
    section.number("reading_delay_ns", 0.0..=NS_MAX, &mut into.reading_delay_ns);
    section.number("reading_delay_noise_ns", 0.0..=NS_MAX, &mut into.reading_delay_noise_ns);
    gains(&section, &mut into.servo);
    section.finish();
}

/// One of three keys says what it follows.
fn source(section: &Section<'_>, setup: &Setup, into: &mut Phc2sysSource) {
    let mut automatic = ();
    let (mut interface, mut names) = (String::new(), Vec::new());
    section.choice("source", &[("automatic", ())], &mut automatic);
    section.text("source_interface", &mut interface);
    section.texts("source_profiles", &mut names);
    let mut said =
        ["source", "source_interface", "source_profiles"].into_iter().filter(|key| section.has(key));
    let Some(key) = said.next() else { return };
    if let Some(other) = said.next() {
        section.note_at(other, format!("there is a {key:?} already"));
    }
    *into = match key {
        "source_interface" => {
            check_interface(section, key, setup, &interface);
            Phc2sysSource::Interface { interface }
        }
        "source_profiles" => Phc2sysSource::HighAvailability { profiles: group(section, setup, &names) },
        _ => Phc2sysSource::Automatic,
    };
}

/// The places of the profiles of a group.
fn group(section: &Section<'_>, setup: &Setup, names: &[String]) -> Vec<usize> {
    let place = |name: &String| setup.profiles.iter().position(|profile| profile.name == *name);
    for name in names.iter().filter(|name| place(name).is_none()) {
        section.note_at("source_profiles", format!("there is no profile {name:?}"));
    }
    names.iter().filter_map(place).collect()
}
