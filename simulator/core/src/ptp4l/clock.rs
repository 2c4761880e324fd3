//! ptp4l's clock: from time stamps to samples of the servo, and from these to the hardware clock (`clock_synchronize`).

use super::{Ptp4l, Reach};
use crate::Ptp4lSetup;
use crate::servo::{PiServo, ServoSetup};
use crate::summary::SummaryWindow;
use crate::time::{NS_PER_S, interval_ns};
use crate::timestamps::Offset;
use ptp_lines::{Body, PortEvent, Ppb, Ptp4lOffset, Servo};

/// What the driver of an E810 lets its clock be adjusted by (`max_adj` in `ice_ptp.c` of Linux); linuxptp asks for no
/// more.
const HARDWARE_LIMIT_PPB: f64 = 100_000_000.0;

/// A servo that takes over a clock which runs at that frequency beside its oscillator.
pub(super) fn servo(setup: &Ptp4lSetup, adjustment_ppb: f64) -> PiServo {
    let options = ServoSetup {
        gains: setup.servo,
        interval_s: interval_ns(setup.log_sync_interval) as f64 / NS_PER_S as f64,
        first_step_threshold_ns: setup.first_step_threshold_ns,
        step_threshold_ns: setup.step_threshold_ns,
        max_frequency_ppb: setup.max_frequency_ppb.min(HARDWARE_LIMIT_PPB),
    };
    PiServo::new(options).scaled(setup.servo_scales).starting_at(-adjustment_ppb)
}

impl Ptp4l {
    pub(super) fn sync(&mut self, index: usize, link: usize, t1_ns: i64, reach: &mut Reach<'_>) {
        // The stamp is taken, and the clock looked at, whoever has sent it.
        let Some(t2_ns) = self.stamp_ns(index, reach) else { return };
        if let Some(complaint) = self.check.sample(reach.now, t2_ns) {
            self.print(complaint.text(), reach);
            self.servo.reset();
        }
        if !self.hears_parent(index, link) {
            return;
        }
        let sample = self.timestamps.sync(t1_ns, t2_ns);
        if let Some(estimate) = &mut self.estimate {
            let freq_ppb = estimate.sync(t1_ns, t2_ns);
            self.compare(index, sample, freq_ppb, reach);
        } else if let Some(sample) = sample {
            self.synchronize(index, sample, t2_ns, reach);
        }
    }

    /// What a clock that runs free makes of a Sync: it never locks (`clock_no_adjust`).
    fn compare(
        &mut self,
        index: usize,
        sample: Option<Offset>,
        freq_ppb: Option<f64>,
        reach: &mut Reach<'_>,
    ) {
        self.last_offset = sample.unwrap_or(self.last_offset);
        if let Some(freq_ppb) = freq_ppb {
            self.report(self.last_offset, Servo::Unlocked, freq_ppb, reach);
        }
        self.dispatch(index, PortEvent::SynchronizationFault, false, reach);
    }

    /// A message counts if the master that is followed has sent it (`check_source_identity`).
    fn hears_parent(&self, index: usize, link: usize) -> bool {
        self.ports[index].follows() && self.best.is_some_and(|best| (best.port, best.link) == (index, link))
    }

    pub(super) fn delay_response(
        &mut self,
        (index, link): (usize, usize),
        (t3_ns, t4_ns): (i64, i64),
        round: u32,
    ) {
        if self.hears_parent(index, link) && round == self.ports[index].delay_round {
            let delay_ns = self.timestamps.delay(t3_ns, t4_ns);
            if let Some((window, delay_ns)) = self.summary.as_mut().zip(delay_ns) {
                window.delay(delay_ns);
            }
        }
    }

    pub(super) fn stamp_ns(&self, index: usize, reach: &mut Reach<'_>) -> Option<i64> {
        Some(reach.hardware.card_of(&self.ports[index].setup.interface)?.stamp_ns(reach.now))
    }

    /// `clock_synchronize`, and what `port_synchronize` makes of it.
    fn synchronize(&mut self, index: usize, sample: Offset, t2_ns: i64, reach: &mut Reach<'_>) {
        let correction = self.servo.weighted_sample(sample.offset_ns, t2_ns, sample.weight);
        self.servo_state = Some(correction.state);
        self.report(sample, correction.state, correction.freq_ppb, reach);
        match correction.state {
            Servo::Unlocked => self.dispatch(index, PortEvent::SynchronizationFault, false, reach),
            Servo::Jump => {
                self.steer(-correction.freq_ppb, reach);
                self.step(-sample.offset_ns, reach);
                self.timestamps.forget_time_stamps();
                self.ports[index].delay_round += 1;
                self.dispatch(index, PortEvent::SynchronizationFault, false, reach);
            }
            Servo::Locked | Servo::LockedStable => {
                self.steer(-correction.freq_ppb, reach);
                self.dispatch(index, PortEvent::MasterClockSelected, false, reach);
            }
        }
    }

    fn report(&mut self, sample: Offset, servo: Servo, freq_ppb: f64, reach: &mut Reach<'_>) {
        let body = match &mut self.summary {
            Some(window) => match window.sample(sample.offset_ns, freq_ppb) {
                Some(summary) => Body::Ptp4lSummary(summary),
                None => return,
            },
            None => Body::Ptp4lOffset(Ptp4lOffset {
                offset_ns: sample.offset_ns,
                servo,
                freq: Ppb::rounded(freq_ppb),
                path_delay_ns: Some(sample.path_delay_ns),
            }),
        };
        reach.printer.linuxptp(reach.now, self.life.process, body);
    }

    fn steer(&mut self, adjustment_ppb: f64, reach: &mut Reach<'_>) {
        self.check.set_frequency(adjustment_ppb);
        if let Some(card) = reach.hardware.card_of(&self.clock_interface) {
            card.phc.steer(reach.now, adjustment_ppb);
        }
    }

    fn step(&mut self, by_ns: i64, reach: &mut Reach<'_>) {
        self.check.step(by_ns);
        if let Some(card) = reach.hardware.card_of(&self.clock_interface) {
            card.phc.step(reach.now, by_ns);
        }
    }

    /// A port of several cards that begins to follow takes its own card's clock, and a servo that knows only how fast
    /// that clock runs (`clock_switch_phc`).
    pub(super) fn switch_clock(&mut self, index: usize, reach: &mut Reach<'_>) {
        let interface = &self.ports[index].setup.interface;
        let Some(card) = reach.hardware.card_of(interface) else { return };
        self.servo = servo(&self.setup, card.phc.adjustment_ppb());
        self.servo_state = None;
        self.clock_interface.clone_from(interface);
        let text = format!("Switched to /dev/ptp{} as PTP clock", card.ptp_device);
        self.print(&text, reach);
    }
}

/// Whether each sample is told, or a summary of many. Samples of a clock that runs free are an interval of its
/// frequency estimate apart (`clock_sync_interval`).
pub(super) fn summary(setup: &Ptp4lSetup) -> Option<SummaryWindow> {
    let is_estimated = setup.free_running && setup.freq_est_interval > setup.log_sync_interval;
    let between_samples = if is_estimated { setup.freq_est_interval } else { setup.log_sync_interval };
    SummaryWindow::new(setup.summary_interval, between_samples)
}
