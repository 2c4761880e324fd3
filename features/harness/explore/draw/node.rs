//! Parameters of a node: networks, oscillators, rates and noise.

use super::dice::Dice;
use sim_core::{OscillatorSetup, Setup};

/// Changes values of a whole node, and no parts.
pub(super) fn vary(setup: &mut Setup, dice: &mut Dice) {
    for link in &mut setup.links {
        link.path.delay_ns = dice.pick(&[80.0, 500.0, 1586.0, 20_000.0]);
        link.path.noise_ns = dice.pick(&[0.0, 1.0, 3.0, 4.0, 4.0, 12.0, 40.0]);
    }
    for card in &mut setup.cards {
        card.phc = oscillator(card.phc, dice);
    }
    if dice.chance(50) {
        setup.os_clock = oscillator(setup.os_clock, dice);
    }
    rates(setup, dice);
    if dice.chance(30) {
        setup.daemon.clock_class_latency_ns = dice.pick(&[10_000_000, 300_000_000, 2_000_000_000]);
    }
    setup.boot_offset_ns = dice.between(0, 10_000_000) * 1_000_000;
}

/// A crystal, good or bad, and how wrong its clock is at the start.
fn oscillator(plain: OscillatorSetup, dice: &mut Dice) -> OscillatorSetup {
    let whole = |ns: i64| i32::try_from(ns).map_or(0.0, f64::from);
    let quality =
        if dice.chance(20) { OscillatorSetup::oven_controlled() } else { OscillatorSetup { ..plain } };
    OscillatorSetup {
        initial_error_ns: whole(dice.signed(0..=7)),
        frequency_ppb: whole(dice.signed(0..=4)),
        random_walk_ppb: dice.pick(&[0.0, 0.01, quality.random_walk_ppb, 1.0]),
        ..quality
    }
}

/// How often Announce and Sync come, and how often phc2sys looks. All grandmasters and ptp4l agree on it.
fn rates(setup: &mut Setup, dice: &mut Dice) {
    let log_sync_interval = dice.pick(&[-4, -4, -3, -1, 0]);
    let log_announce_interval = dice.pick(&[-3, -3, -1, 0, 1]);
    for grandmaster in &mut setup.grandmasters {
        grandmaster.log_sync_interval = log_sync_interval;
        grandmaster.log_announce_interval = log_announce_interval;
    }
    for profile in &mut setup.profiles {
        if let Some(ptp4l) = &mut profile.ptp4l {
            ptp4l.log_sync_interval = log_sync_interval;
            ptp4l.log_announce_interval = log_announce_interval;
            ptp4l.log_min_delay_request_interval = log_sync_interval;
            ptp4l.announce_receipt_timeout = dice.pick(&[3, 3, 4, 6]);
        }
        if let Some(phc2sys) = &mut profile.phc2sys {
            phc2sys.rate_hz = dice.pick(&[1, 2, 8, 16]);
            phc2sys.reading_noise_ns = dice.pick(&[0.0, 3.0, 7.4, 25.0]);
        }
    }
}
