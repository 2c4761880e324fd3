//! A clock that phc2sys steers: `update_clock` and `clock_handle_leap` of `phc2sys.c`.

use super::leap::{LeapWatch, Suspension};
use crate::clock_check::ClockCheck;
use crate::expression::{Evaluation, Packet};
use crate::hardware::Hardware;
use crate::noise::{Noise, Stream, whole_ns};
use crate::oscillator::Clock;
use crate::printer::Printer;
use crate::process::Life;
use crate::reach::Reach;
use crate::servo::{PiServo, ServoSetup};
use crate::summary::SummaryWindow;
use crate::{Leap, Phc2sysSetup, SimTime};
use ptp_lines::{Body, Clock as ClockName, OffsetSource, Phc2sysOffset, Phc2sysSummary, Ppb, Servo};

/// Reading two hardware clocks one after the other takes longer than reading one and the clock of the operating system:
/// 600 ns instead of 515 ns in the recorded run `4.4/ha`.
const SECOND_CARD_DELAY_NS: f64 = 85.0;

/// The stream of an expression for the error of readings; those of the clocks that are steered are counted from 0.
const ERROR_STREAM: u8 = 31;

/// What is steered.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// The clock of the operating system.
    Realtime,
    /// The hardware clock of a card, by its place, under the name of an interface.
    Card { card: usize, interface: String },
}

/// Comparing clocks: the noise and the delay of it.
#[derive(Debug)]
pub(super) struct Readings {
    noise_ns: f64,
    /// In place of the noise.
    error: Option<Evaluation>,
    delay_ns: f64,
    delay_noise_ns: f64,
    reading: Noise,
    delay: Noise,
}

/// What is known of one comparison beside its outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    pub(super) life: Life,
    /// The card whose clock is the source.
    pub(super) source: usize,
    /// What ptp4l says of a leap second.
    pub(super) leap: Leap,
}

/// A clock that is steered, from the first time on.
#[derive(Debug)]
pub(super) struct Steered {
    target: Target,
    servo: PiServo,
    state: Option<Servo>,
    check: ClockCheck,
    summary: Option<SummaryWindow>,
    leap: LeapWatch,
    readings: Readings,
}

impl Readings {
    fn new(setup: &Phc2sysSetup, target: &Target, (seed, profile, number): (u64, usize, u8)) -> Self {
        let noise = |which| Noise::new(seed, Stream::phc2sys(profile, 2 * number + which));
        let further_ns = match target {
            Target::Realtime => 0.0,
            Target::Card { .. } => SECOND_CARD_DELAY_NS,
        };
        let error = match target {
            Target::Realtime => setup.reading_error.clone(),
            Target::Card { .. } => None,
        };
        Self {
            noise_ns: setup.reading_noise_ns,
            error: error.map(|error| {
                Evaluation::new(error, Noise::new(seed, Stream::phc2sys(profile, ERROR_STREAM)))
            }),
            delay_ns: setup.reading_delay_ns + further_ns,
            delay_noise_ns: setup.reading_delay_noise_ns,
            reading: noise(0),
            delay: noise(1),
        }
    }

    /// What a comparison shows too much.
    fn error_ns(&mut self) -> f64 {
        match &mut self.error {
            Some(error) => error.next(&Packet::default()) * 1e9,
            None => self.noise_ns * self.reading.normal(),
        }
    }

    /// phc2sys takes the quickest of several readings, so the slow side of the distribution is short.
    fn delay_ns(&mut self) -> i64 {
        const QUICKEST: f64 = -3.3;
        const SLOWEST: f64 = 1.5;
        let deviations = self.delay.normal().clamp(QUICKEST, SLOWEST);
        whole_ns(self.delay_ns + self.delay_noise_ns * deviations)
    }
}

impl Steered {
    /// A clock that runs as the kernel remembers. `place` is the seed, the profile and the number of the clock in it.
    pub(super) fn new(
        setup: &Phc2sysSetup,
        target: Target,
        place: (u64, usize, u8),
        unix_start_s: u64,
        reach: &mut Reach<'_>,
    ) -> Self {
        let servo = ServoSetup {
            gains: setup.servo,
            interval_s: 1.0 / f64::from(setup.rate_hz.max(1)),
            first_step_threshold_ns: setup.first_step_threshold_ns,
            step_threshold_ns: setup.step_threshold_ns,
            max_frequency_ppb: setup.max_frequency_ppb,
        };
        let adjustment_ppb = clock(&target, reach.hardware).map_or(0.0, |clock| clock.adjustment_ppb());
        Self {
            servo: PiServo::new(servo).starting_at(-adjustment_ppb),
            state: None,
            check: ClockCheck::new(setup.sanity_freq_limit_ppb),
            summary: (setup.summary_samples > 0).then(|| SummaryWindow::of(setup.summary_samples)),
            leap: LeapWatch::new(unix_start_s),
            readings: Readings::new(setup, &target, place),
            target,
        }
    }

    /// State of its servo after the last sample.
    pub(super) fn state(&self) -> Option<Servo> {
        self.state
    }

    /// It was following, and now serves: the servo starts over (`clock_reinit`).
    pub(super) fn reset(&mut self) {
        self.servo.reset();
    }

    /// It is going to be steered from now on.
    pub(super) fn selected(&mut self) {
        self.check.forget();
    }

    /// Compares it with its source, and steers it.
    pub(super) fn update(&mut self, round: Round, reach: &mut Reach<'_>) {
        let noise_ns = self.readings.error_ns();
        let delay_ns = self.readings.delay_ns();
        let Some(source) = reach.hardware.cards.get_mut(round.source) else { return };
        let source_ns = source.phc.error_ns(reach.now);
        let Some(own) = clock(&self.target, reach.hardware) else { return };
        let (error_ns, local_ns) = (own.error_ns(reach.now), own.read_ns(reach.now));
        let offset_ns = whole_ns(error_ns - source_ns + noise_ns);
        if self.is_suspended(round, reach) {
            return;
        }
        if let Some(complaint) = self.check.sample(reach.now, local_ns) {
            reach.printer.linuxptp_text(reach.now, round.life.process, complaint.text());
            self.servo.reset();
        }
        let correction = self.servo.sample(offset_ns, local_ns);
        self.state = Some(correction.state);
        match correction.state {
            Servo::Unlocked => {}
            Servo::Jump => {
                self.step(-offset_ns, reach);
                self.steer(-correction.freq_ppb, reach);
            }
            Servo::Locked | Servo::LockedStable => self.steer(-correction.freq_ppb, reach),
        }
        let sample = (offset_ns, correction.state, correction.freq_ppb, delay_ns);
        self.report(sample, round.life, (reach.now, reach.printer));
    }

    /// Whether it is the second of a leap, in which nobody knows what the clock should show. Only the clock of the
    /// operating system is on UTC.
    fn is_suspended(&mut self, round: Round, reach: &mut Reach<'_>) -> bool {
        match self.target {
            Target::Card { .. } => return false,
            Target::Realtime => {}
        }
        let (suspension, news) = self.leap.look(reach.now, round.leap);
        if let Some(text) = news {
            reach.printer.linuxptp_text(reach.now, round.life.process, text);
        }
        suspension == Suspension::Suspended
    }

    fn step(&mut self, by_ns: i64, reach: &mut Reach<'_>) {
        self.check.step(by_ns);
        if let Some(clock) = clock(&self.target, reach.hardware) {
            clock.step(reach.now, by_ns);
        }
    }

    fn steer(&mut self, adjustment_ppb: f64, reach: &mut Reach<'_>) {
        self.check.set_frequency(adjustment_ppb);
        if let Some(clock) = clock(&self.target, reach.hardware) {
            clock.steer(reach.now, adjustment_ppb);
        }
    }

    fn report(
        &mut self,
        (offset_ns, servo, freq_ppb, delay_ns): (i64, Servo, f64, i64),
        life: Life,
        (now, printer): (SimTime, &mut Printer),
    ) {
        let clock = match &self.target {
            Target::Realtime => ClockName::Realtime,
            Target::Card { interface, .. } => ClockName::Device(interface),
        };
        let body = match &mut self.summary {
            Some(window) => {
                window.delay(delay_ns);
                let Some(summary) = window.sample(offset_ns, freq_ppb) else { return };
                Body::Phc2sysSummary(Phc2sysSummary { clock, summary })
            }
            None => Body::Phc2sysOffset(Phc2sysOffset {
                clock,
                source: OffsetSource::Phc,
                offset_ns,
                servo,
                freq: Ppb::rounded(freq_ppb),
                delay_ns: Some(delay_ns),
            }),
        };
        printer.linuxptp(now, life.process, body);
    }
}

fn clock<'a>(target: &Target, hardware: &'a mut Hardware) -> Option<&'a mut Clock> {
    match target {
        Target::Realtime => Some(&mut hardware.os_clock),
        Target::Card { card, .. } => hardware.cards.get_mut(*card).map(|card| &mut card.phc),
    }
}
