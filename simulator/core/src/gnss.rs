//! A GNSS receiver: fix, estimate of its accuracy, 1PPS and time of day; and gpsd and gpspipe, which read it.
//!
//! Once per second, just before its next pulse, it settles what that pulse and the sentence after it are like.

use crate::daemon::DaemonInput;
use crate::noise::{Noise, Stream, whole_ns};
use crate::queue::{Event, Queue};
use crate::time::{NS_PER_MS, NS_PER_S};
use crate::ts2phc::{Rmc, Ts2phcInput};
use crate::{GnssChange, GnssSetup, GnssStart, GnssTruth, ProcessId, ProcessProgram, SimTime};

/// From what a receiver settles to the pulse.
const BEFORE_PULSE_NS: u64 = 10 * NS_PER_MS;
/// From a pulse to its sentence, and the standard deviation: `nmea delay` of the recorded run `4.4/tgm`.
const SENTENCE_AFTER_NS: f64 = 121_500_000.0;
const SENTENCE_NOISE_NS: f64 = 2_500_000.0;
/// From a pulse to what gpsd tells of it.
const REPORT_AFTER_NS: u64 = 150 * NS_PER_MS;
/// First fix: from a cold start 26 s and up to 4 s more, from a hot one 1.5 s and up to 1 s more.
const COLD_NS: (u64, u64) = (26 * NS_PER_S, 4 * NS_PER_S);
const HOT_NS: (u64, u64) = (1_500 * NS_PER_MS, NS_PER_S);
/// A fix outlives the antenna by 1 s and up to 2 s more.
const FADING_NS: (u64, u64) = (NS_PER_S, 2 * NS_PER_S);
/// linuxptp-daemon starts a dead gpsd or gpspipe after 1 s and up to 3 s more.
const CHILD_DOWN_NS: (u64, u64) = (NS_PER_S, 3 * NS_PER_S);

/// Without the satellites the estimate grows by this per second, up to half a millisecond; back with them it shrinks.
const ACCURACY_GROWTH: f64 = 1.5;
const ACCURACY_WORST_NS: f64 = 500_000.0;
const ACCURACY_SHRINK: f64 = 0.25;
const ACCURACY_LOCKED_NS: (f64, f64) = (3.0, 8.0);
/// What the daemon prints while the receiver has no estimate.
const NO_ACCURACY_NS: u32 = 99_999_999;
/// Deviation of the pulses of a jammed receiver over its estimate.
const JAMMED_PULSES: f64 = 0.2;

/// What comes to a GNSS receiver.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GnssInput {
    /// It is about to pulse.
    Settle,
    /// A sentence has come out of it.
    Sentence(Rmc),
    /// gpsd has polled it.
    Polled(GnssReport),
    /// The timeline does something to it.
    Change(GnssChange),
    /// gpsd or gpspipe dies; linuxptp-daemon starts it again by itself.
    ChildDies { child: GnssChild },
    /// gpsd or gpspipe is stopped, ended or started.
    Child { child: GnssChild, state: ChildState },
}

/// The programs between receiver and ts2phc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GnssChild {
    Gpsd,
    Gpspipe,
}

impl GnssChild {
    /// The child that a process is, if it is one.
    pub(crate) fn of(program: ProcessProgram) -> Option<Self> {
        match program {
            ProcessProgram::Gpsd => Some(Self::Gpsd),
            ProcessProgram::Gpspipe => Some(Self::Gpspipe),
            ProcessProgram::Chronyd
            | ProcessProgram::Ts2phc
            | ProcessProgram::Synce4l
            | ProcessProgram::Pmc
            | ProcessProgram::Ptp4l
            | ProcessProgram::Phc2sys => None,
        }
    }

    fn program(self) -> ProcessProgram {
        match self {
            Self::Gpsd => ProcessProgram::Gpsd,
            Self::Gpspipe => ProcessProgram::Gpspipe,
        }
    }
}

/// Whether such a program passes on what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChildState {
    Runs,
    Down,
}

/// A GNSS receiver.
#[derive(Debug)]
pub(crate) struct Gnss {
    setup: GnssSetup,
    card: usize,
    reception: Reception,
    /// When it had its first fix.
    first_fix: Option<SimTime>,
    accuracy_ns: f64,
    jammed_to_ns: Option<u32>,
    nmea: Output,
    pps: Output,
    gpsd: ChildState,
    gpspipe: ChildState,
    /// Error of the next pulse; none comes without.
    pulse_error_ns: Option<f64>,
    sawtooth_turns: f64,
    pulses: Noise,
    estimates: Noise,
    delays: Noise,
    sentences: Noise,
}

/// What the receiver makes of its antenna.
#[derive(Clone, Copy, Debug)]
enum Reception {
    /// No signal.
    Nothing,
    /// Signals, and a fix at that time.
    Searching { fix_at: SimTime },
    /// A fix.
    Fixed,
    /// No signal, and still a fix until that time.
    Fading { lost_at: SimTime },
}

/// One of its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Connected,
    CutOff,
}

/// What gpsd reads from the receiver: UBX-NAV-STATUS and UBX-NAV-CLOCK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GnssReport {
    /// gpsFix: 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GNSS and dead reckoning, 5 time only.
    pub(crate) fix: u8,
    /// tAcc, in nanoseconds.
    pub(crate) accuracy_ns: u32,
}

impl Gnss {
    pub(crate) fn new(setup: GnssSetup, card: usize, seed: u64, queue: &mut Queue) -> Self {
        let noise = |which| Noise::new(seed, Stream::gnss(card, which));
        let mut delays = noise(2);
        let first = match setup.start {
            GnssStart::Cold => COLD_NS,
            GnssStart::Hot => HOT_NS,
        };
        let fix_at = SimTime::START.after_ns(first.0 + delays.below(first.1));
        let settle_at = SimTime::from_ns(NS_PER_S - BEFORE_PULSE_NS);
        queue.plan(settle_at, Event::Gnss { card, input: GnssInput::Settle });
        Self {
            setup,
            card,
            reception: Reception::Searching { fix_at },
            first_fix: None,
            accuracy_ns: NO_ACCURACY_NS.into(),
            jammed_to_ns: None,
            nmea: Output::Connected,
            pps: Output::Connected,
            gpsd: ChildState::Runs,
            gpspipe: ChildState::Runs,
            pulse_error_ns: None,
            sawtooth_turns: 0.0,
            pulses: noise(0),
            estimates: noise(1),
            delays,
            sentences: noise(3),
        }
    }

    /// Error of the pulse of this second; `None` if there is none.
    pub(crate) fn pulse_error_ns(&self) -> Option<f64> {
        self.pulse_error_ns
    }

    /// Whether its 1PPS is connected, whatever it carries.
    pub(crate) fn is_pps_connected(&self) -> bool {
        self.pps == Output::Connected
    }

    pub(crate) fn truth(&self, now: SimTime) -> GnssTruth {
        let GnssReport { fix, accuracy_ns } = self.report(now);
        GnssTruth { fix, accuracy_ns }
    }

    /// Something for it; `reader` is the profile whose ts2phc reads it.
    pub(crate) fn handle(
        &mut self,
        now: SimTime,
        input: GnssInput,
        reader: Option<usize>,
        queue: &mut Queue,
    ) {
        match input {
            GnssInput::Settle => self.settle(now, queue),
            GnssInput::Sentence(rmc) => self.pass_on(now, rmc, reader, queue),
            GnssInput::Polled(report) => self.tell(now, report, queue),
            GnssInput::Change(change) => self.change(now, change),
            GnssInput::ChildDies { child } => self.child_dies(now, child, reader, queue),
            GnssInput::Child { child, state } => *self.child(child) = state,
        }
    }

    fn settle(&mut self, now: SimTime, queue: &mut Queue) {
        let card = self.card;
        queue.plan(now.after_ns(NS_PER_S), Event::Gnss { card, input: GnssInput::Settle });
        let pulse_at = now.after_ns(BEFORE_PULSE_NS);
        self.receive(pulse_at);
        self.estimate();
        let error_ns = self.next_pulse_error_ns();
        let has_pulse = self.has_fix() && self.is_pps_connected();
        self.pulse_error_ns = has_pulse.then_some(error_ns);
        let rmc = self.next_sentence(pulse_at);
        queue.plan(rmc.arrives_at, Event::Gnss { card, input: GnssInput::Sentence(rmc) });
        let input = GnssInput::Polled(self.report(pulse_at));
        queue.plan(pulse_at.after_ns(REPORT_AFTER_NS), Event::Gnss { card, input });
    }

    fn receive(&mut self, now: SimTime) {
        match self.reception {
            Reception::Searching { fix_at } if fix_at <= now => {
                self.reception = Reception::Fixed;
                if self.first_fix.is_none() {
                    self.first_fix = Some(now);
                    self.accuracy_ns = 1_000.0;
                }
            }
            Reception::Fading { lost_at } if lost_at <= now => self.reception = Reception::Nothing,
            Reception::Nothing
            | Reception::Searching { .. }
            | Reception::Fixed
            | Reception::Fading { .. } => {}
        }
    }

    /// The estimate of its accuracy, one second on.
    fn estimate(&mut self) {
        let locked_ns = f64::from(self.setup.accuracy_ns) + self.estimates.normal();
        if self.first_fix.is_none() {
            return;
        }
        let grown_ns = (self.accuracy_ns * ACCURACY_GROWTH).min(ACCURACY_WORST_NS);
        self.accuracy_ns = match (self.reception, self.jammed_to_ns) {
            (Reception::Fixed, None) => {
                let (best_ns, worst_ns) = ACCURACY_LOCKED_NS;
                (self.accuracy_ns * ACCURACY_SHRINK).max(locked_ns.clamp(best_ns, worst_ns))
            }
            (Reception::Fixed, Some(to_ns)) => grown_ns.min(f64::from(to_ns)),
            (Reception::Nothing | Reception::Searching { .. } | Reception::Fading { .. }, _) => grown_ns,
        };
    }

    fn next_pulse_error_ns(&mut self) -> f64 {
        // The sawtooth is a beat between true seconds and the receiver's own clock, whose frequency wanders.
        const TURNS_PER_S: f64 = 0.137;
        const TURNS_NOISE: f64 = 0.02;
        self.sawtooth_turns =
            (self.sawtooth_turns + TURNS_PER_S + TURNS_NOISE * self.pulses.normal()).rem_euclid(1.0);
        let sawtooth_ns = self.setup.sawtooth_ns * (2.0 * self.sawtooth_turns - 1.0);
        let jammed_ns = if self.jammed_to_ns.is_some() { JAMMED_PULSES * self.accuracy_ns } else { 0.0 };
        self.setup.pps_noise_ns.max(jammed_ns) * self.pulses.normal() + sawtooth_ns
    }

    /// The sentence that follows the pulse.
    fn next_sentence(&mut self, pulse_at: SimTime) -> Rmc {
        const DEVIATIONS: (f64, f64) = (-3.0, 5.0);
        let deviations = self.sentences.normal().clamp(DEVIATIONS.0, DEVIATIONS.1);
        let late_ns = whole_ns(SENTENCE_AFTER_NS + SENTENCE_NOISE_NS * deviations);
        let arrives_at = pulse_at.after_ns(late_ns.unsigned_abs());
        Rmc { pulse_at, arrives_at, is_valid: self.has_fix() }
    }

    /// gpsd and gpspipe pass a sentence on to ts2phc.
    fn pass_on(&self, now: SimTime, rmc: Rmc, reader: Option<usize>, queue: &mut Queue) {
        let flows = self.nmea == Output::Connected
            && self.gpsd == ChildState::Runs
            && self.gpspipe == ChildState::Runs;
        if let (true, Some(profile)) = (flows, reader) {
            let process = ProcessId { program: ProcessProgram::Ts2phc, profile };
            let input = Ts2phcInput::Sentence(rmc).into();
            queue.plan(now, Event::ToProcess { process, input });
        }
    }

    /// gpsd tells linuxptp-daemon.
    fn tell(&self, now: SimTime, report: GnssReport, queue: &mut Queue) {
        if self.gpsd == ChildState::Runs {
            queue.plan(now, Event::Daemon(DaemonInput::Gnss { card: self.card, report }));
        }
    }

    fn change(&mut self, now: SimTime, change: GnssChange) {
        match change {
            GnssChange::AntennaOff => {
                self.reception = match self.reception {
                    Reception::Fixed => Reception::Fading {
                        lost_at: now.after_ns(FADING_NS.0 + self.delays.below(FADING_NS.1)),
                    },
                    Reception::Searching { .. } => Reception::Nothing,
                    same @ (Reception::Nothing | Reception::Fading { .. }) => same,
                }
            }
            GnssChange::AntennaOn => {
                self.reception = match self.reception {
                    Reception::Nothing => self.search(now),
                    Reception::Fading { .. } => Reception::Fixed,
                    same @ (Reception::Searching { .. } | Reception::Fixed) => same,
                }
            }
            GnssChange::Jamming { accuracy_ns } => self.jammed_to_ns = Some(accuracy_ns),
            GnssChange::JammingOver => self.jammed_to_ns = None,
            GnssChange::NmeaLost => self.nmea = Output::CutOff,
            GnssChange::NmeaBack => self.nmea = Output::Connected,
            GnssChange::PpsLost => {
                self.pps = Output::CutOff;
                self.pulse_error_ns = None;
            }
            GnssChange::PpsBack => self.pps = Output::Connected,
        }
    }

    fn search(&mut self, now: SimTime) -> Reception {
        let (least_ns, more_ns) = if self.first_fix.is_some() { HOT_NS } else { COLD_NS };
        Reception::Searching { fix_at: now.after_ns(least_ns + self.delays.below(more_ns)) }
    }

    fn child_dies(&mut self, now: SimTime, child: GnssChild, reader: Option<usize>, queue: &mut Queue) {
        *self.child(child) = ChildState::Down;
        let back_at = now.after_ns(CHILD_DOWN_NS.0 + self.delays.below(CHILD_DOWN_NS.1));
        let input = GnssInput::Child { child, state: ChildState::Runs };
        queue.plan(back_at, Event::Gnss { card: self.card, input });
        if let Some(profile) = reader {
            let process = ProcessId { program: child.program(), profile };
            queue.plan(back_at, Event::Daemon(DaemonInput::ChildRestarted { process }));
        }
    }

    fn child(&mut self, child: GnssChild) -> &mut ChildState {
        match child {
            GnssChild::Gpsd => &mut self.gpsd,
            GnssChild::Gpspipe => &mut self.gpspipe,
        }
    }

    fn has_fix(&self) -> bool {
        match self.reception {
            Reception::Fixed | Reception::Fading { .. } => true,
            Reception::Nothing | Reception::Searching { .. } => false,
        }
    }

    fn report(&self, now: SimTime) -> GnssReport {
        const FIX_3D: u8 = 3;
        const FIX_TIME_ONLY: u8 = 5;
        let survey_ns = u64::from(self.setup.survey_in_s) * NS_PER_S;
        let knows_position =
            survey_ns > 0 && self.first_fix.is_some_and(|first| now.since(first) >= survey_ns);
        let fix = match (self.has_fix(), knows_position) {
            (false, _) => 0,
            (true, false) => FIX_3D,
            (true, true) => FIX_TIME_ONLY,
        };
        let accuracy_ns = u32::try_from(whole_ns(self.accuracy_ns)).unwrap_or(NO_ACCURACY_NS);
        GnssReport { fix, accuracy_ns }
    }
}
