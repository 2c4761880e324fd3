//! The sections that describe the world, over the simulator's defaults.

use crate::limits::{DURATION_S_MAX, TIMELINE_MAX};
use crate::section::Section;
use sim_core::{Action, LinkSetup, OscillatorSetup, ServoGains, Setup, SimTime};

const NS_PER_S: u64 = 1_000_000_000;
/// Frequencies and offsets beyond these are typing mistakes.
const PPB_MAX: f64 = 1e9;
const NS_MAX: f64 = 1e12;
const THRESHOLD_NS_MAX: i64 = 1_000_000_000_000;

/// What the simulator starts from.
pub(crate) fn setup(root: &Section<'_>) -> Setup {
    let mut setup = Setup::default();
    for key in ["start_unix_s", "duration", "seed"] {
        root.require(key);
    }
    root.whole("start_unix_s", 0..=i64::from(u32::MAX), &mut setup.start_unix_s);
    root.whole("seed", 0..=i64::MAX, &mut setup.seed);
    setup.duration_s = duration_s(root);
    grandmaster_and_path(root, &mut setup);
    if let (Some(section), Some(card)) = (root.section("phc"), setup.cards.first_mut()) {
        oscillator(section, &mut card.phc);
    }
    if let Some(section) = root.section("os_clock") {
        oscillator(section, &mut setup.os_clock);
    }
    ptp4l(root, &mut setup);
    phc2sys(root, &mut setup);
    if let Some(section) = root.section("daemon") {
        section.duration_ns("phc2sys_start_latency", &mut setup.daemon.phc2sys_start_latency_ns);
        section.duration_ns("clock_class_latency", &mut setup.daemon.clock_class_latency_ns);
        section.duration_ns("clock_class_repeat", &mut setup.daemon.clock_class_repeat_ns);
        section.finish();
    }
    follow_intervals(&mut setup);
    setup
}

/// The grandmaster of an ordinary clock sends at the intervals that its ptp4l expects.
fn follow_intervals(setup: &mut Setup) {
    let Some(ptp4l) = setup.profiles.first().and_then(|profile| profile.ptp4l.as_ref()) else { return };
    for grandmaster in &mut setup.grandmasters {
        grandmaster.log_announce_interval = ptp4l.log_announce_interval;
        grandmaster.log_sync_interval = ptp4l.log_sync_interval;
    }
}

fn duration_s(root: &Section<'_>) -> u64 {
    // Without a readable duration nothing is after the end.
    let mut duration_ns = DURATION_S_MAX * NS_PER_S;
    root.duration_ns("duration", &mut duration_ns);
    let duration_s = duration_ns / NS_PER_S;
    if !duration_ns.is_multiple_of(NS_PER_S) || !(1..=DURATION_S_MAX).contains(&duration_s) {
        let what = format!("\"duration\" is not a whole number of seconds from 1 to {DURATION_S_MAX}");
        root.note(root.line_of("duration"), what);
    }
    duration_s.clamp(1, DURATION_S_MAX)
}

fn grandmaster_and_path(root: &Section<'_>, setup: &mut Setup) {
    if let (Some(section), Some(grandmaster)) = (root.section("grandmaster"), setup.grandmasters.first_mut())
    {
        section.whole("clock_class", 0..=255, &mut grandmaster.data_set.clock_class);
        section.duration_ns("master_from", &mut grandmaster.master_from.ns);
        section.finish();
    }
    if let (Some(section), Some(LinkSetup { path, .. })) = (root.section("path"), setup.links.first_mut()) {
        section.number("delay_ns", 0.0..=NS_MAX, &mut path.delay_ns);
        section.number("noise_ns", 0.0..=NS_MAX, &mut path.noise_ns);
        section.finish();
    }
}

fn oscillator(section: Section<'_>, into: &mut OscillatorSetup) {
    section.number("initial_error_ns", -NS_MAX..=NS_MAX, &mut into.initial_error_ns);
    section.number("frequency_ppb", -PPB_MAX..=PPB_MAX, &mut into.frequency_ppb);
    section.number("white_ppb", 0.0..=PPB_MAX, &mut into.white_ppb);
    section.number("random_walk_ppb", 0.0..=PPB_MAX, &mut into.random_walk_ppb);
    section.number("flicker_ppb", 0.0..=PPB_MAX, &mut into.flicker_ppb);
    section.number("aging_ppb_per_day", -PPB_MAX..=PPB_MAX, &mut into.aging_ppb_per_day);
    section.finish();
}

fn ptp4l(root: &Section<'_>, setup: &mut Setup) {
    let profile = setup.profiles.first_mut().and_then(|profile| profile.ptp4l.as_mut());
    let (Some(section), Some(into)) = (root.section("ptp4l"), profile) else {
        return;
    };
    section.whole("log_announce_interval", -7..=4, &mut into.log_announce_interval);
    section.whole("log_sync_interval", -7..=1, &mut into.log_sync_interval);
    section.whole("log_min_delay_request_interval", -7..=5, &mut into.log_min_delay_request_interval);
    section.whole("announce_receipt_timeout", 2..=255, &mut into.announce_receipt_timeout);
    section.whole("clock_class_threshold", 0..=255, &mut into.clock_class_threshold);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    gains(&section, &mut into.servo);
    section.finish();
}

fn phc2sys(root: &Section<'_>, setup: &mut Setup) {
    let profile = setup.profiles.first_mut().and_then(|profile| profile.phc2sys.as_mut());
    let (Some(section), Some(into)) = (root.section("phc2sys"), profile) else {
        return;
    };
    section.whole("rate_hz", 1..=128, &mut into.rate_hz);
    section.whole("first_step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.first_step_threshold_ns);
    section.whole("step_threshold_ns", 0..=THRESHOLD_NS_MAX, &mut into.step_threshold_ns);
    section.number("max_frequency_ppb", 1.0..=PPB_MAX, &mut into.max_frequency_ppb);
    section.duration_ns("utc_offset_after", &mut into.utc_offset_after_ns);
    section.number("reading_noise_ns", 0.0..=NS_MAX, &mut into.reading_noise_ns);
    section.number("reading_delay_ns", 0.0..=NS_MAX, &mut into.reading_delay_ns);
    section.number("reading_delay_noise_ns", 0.0..=NS_MAX, &mut into.reading_delay_noise_ns);
    gains(&section, &mut into.servo);
    section.finish();
}

fn gains(section: &Section<'_>, into: &mut ServoGains) {
    section.number("pi_proportional_const", 0.0..=1e3, &mut into.proportional);
    section.number("pi_integral_const", 0.0..=1e3, &mut into.integral);
}

pub(crate) fn timeline(root: &Section<'_>, end: SimTime, interface: &str) -> Vec<(SimTime, Action)> {
    let mut timeline = Vec::new();
    let mut last = SimTime::START;
    for section in root.sections("timeline", TIMELINE_MAX) {
        section.require("at");
        section.require("action");
        let mut at = last;
        section.duration_ns("at", &mut at.ns);
        if at < last {
            section.note(section.line_of("at"), "the timeline goes backwards");
        }
        if at > end {
            section.note(section.line_of("at"), "this is after the end of the scenario");
        }
        last = last.max(at);
        if let Some(action) = action(&section, interface) {
            timeline.push((at, action));
        }
        section.finish();
    }
    timeline
}

const ACTIONS: &str = "grandmaster-silent, grandmaster-speaks, grandmaster-clock-class, packet-delay-burst, \
     packet-delay-normal, link-down or link-up";

fn action(section: &Section<'_>, interface: &str) -> Option<Action> {
    let mut name = String::new();
    section.text("action", &mut name);
    match name.as_str() {
        "grandmaster-silent" => Some(Action::GrandmasterSilent { grandmaster: 0 }),
        "grandmaster-speaks" => Some(Action::GrandmasterSpeaks { grandmaster: 0 }),
        "grandmaster-clock-class" => {
            let mut class = 0;
            section.require("class");
            section.whole("class", 0..=255, &mut class);
            Some(Action::GrandmasterClockClass { grandmaster: 0, class })
        }
        "packet-delay-burst" => {
            let mut mean_ns = 0.0;
            section.require("mean_ns");
            section.number("mean_ns", 0.0..=NS_MAX, &mut mean_ns);
            Some(Action::PacketDelayBurst { interface: interface.to_owned(), mean_ns })
        }
        "packet-delay-normal" => Some(Action::PacketDelayNormal { interface: interface.to_owned() }),
        "link-down" => Some(Action::LinkDown { interface: interface.to_owned() }),
        "link-up" => Some(Action::LinkUp { interface: interface.to_owned() }),
        "" => None,
        _ => {
            section.note(section.line_of("action"), format!("\"action\" is not {ACTIONS}"));
            None
        }
    }
}
