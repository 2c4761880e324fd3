//! chronyd: it follows servers of network time, and steers the clock of the operating system while it runs (chrony 4.3).

use crate::civil_time::utc;
use crate::noise::{Noise, Stream, whole_ns};
use crate::process::Life;
use crate::reach::Reach;
use crate::time::NS_PER_S;
use crate::{ChronydSetup, Setup, SimTime};

/// From its start to its first line.
const BANNER_AFTER_NS: u64 = 20_000_000;
/// From its start, or the return of the servers, to a selection: the four quick samples of `iburst`, two seconds apart.
const SELECTION_AFTER_NS: u64 = 6 * NS_PER_S;
/// Questions in a row without an answer that make a server unselectable: the bits of its reachability register.
const UNREACHABLE_POLLS: u64 = 8;
/// It goes on correcting the clock this often.
const CORRECTION_NS: u64 = 16 * NS_PER_S;
/// The offset of the first selection that it steps, not slews: `makestep 1 3` of its example configuration.
const STEP_NS: f64 = 1e9;
/// Noise of network time in a local network.
const NETWORK_NOISE_NS: f64 = 20_000.0;
/// Part of the offset that a correction takes away, and that it learns of the frequency.
const PROPORTIONAL: f64 = 0.3;
const INTEGRAL: f64 = 0.03;
/// As the recorded one says.
const FEATURES: &str =
    "+CMDMON +NTP +REFCLOCK +RTC +PRIVDROP +SCFILTER +SIGND +ASYNCDNS +NTS +SECHASH +IPV6 -DEBUG";

/// Whether the servers of network time answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Servers {
    Answer,
    Silent,
}

/// What chronyd handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ChronydInput {
    /// It says who it is.
    Banner,
    /// It has enough samples to select a source, unless the servers have fallen silent since.
    Selection { asked: u32 },
    /// A server has not answered for too long, unless it answers again.
    Unreachable { asked: u32 },
    /// It corrects the clock.
    Correction { asked: u32 },
    /// The servers answer, or no longer.
    ServersChanged,
}

impl From<ChronydInput> for crate::process::ProcessInput {
    fn from(input: ChronydInput) -> Self {
        Self::Chronyd(input)
    }
}

/// A chronyd process.
#[derive(Debug)]
pub(crate) struct Chronyd {
    life: Life,
    setup: ChronydSetup,
    server: String,
    start_unix_s: u64,
    /// How often the servers have come or gone: what was planned before does not count any more.
    asked: u32,
    follows: bool,
    drift_ppb: f64,
    noise: Noise,
}

impl Chronyd {
    pub(crate) fn start(options: &ChronydSetup, setup: &Setup, life: Life, reach: &mut Reach<'_>) -> Self {
        let chronyd = Self {
            life,
            setup: options.clone(),
            server: setup.ntp.server.clone(),
            start_unix_s: setup.start_unix_s,
            asked: 0,
            follows: false,
            drift_ppb: reach.hardware.os_clock.adjustment_ppb(),
            noise: Noise::new(setup.seed, Stream::network_time(life.process.profile, 16)),
        };
        life.plan(reach.now.after_ns(BANNER_AFTER_NS), ChronydInput::Banner, reach.queue);
        chronyd.ask(reach);
        chronyd
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        self.asked += 1;
        self.ask(reach);
    }

    pub(crate) fn handle(&mut self, input: ChronydInput, reach: &mut Reach<'_>) {
        match input {
            ChronydInput::Banner => {
                self.print(&format!("chronyd version 4.3 starting ({FEATURES})"), reach);
            }
            ChronydInput::Selection { asked } if asked == self.asked => self.select(reach),
            ChronydInput::Unreachable { asked } if asked == self.asked => self.lose(reach),
            ChronydInput::Correction { asked } if asked == self.asked && self.follows => self.correct(reach),
            ChronydInput::Selection { .. }
            | ChronydInput::Unreachable { .. }
            | ChronydInput::Correction { .. } => {}
            ChronydInput::ServersChanged => {
                self.asked += 1;
                self.ask(reach);
            }
        }
    }

    /// Whether it steers the clock of the operating system.
    pub(crate) fn is_steering(&self) -> bool {
        self.follows
    }

    /// SIGTERM.
    pub(crate) fn exit(&self, reach: &mut Reach<'_>) {
        self.print("chronyd exiting", reach);
    }

    /// Waits for what comes of the servers being as they are.
    fn ask(&self, reach: &mut Reach<'_>) {
        let asked = self.asked;
        let poll_ns = NS_PER_S << self.setup.log_poll_interval.min(17);
        match (reach.network.ntp, self.follows) {
            (Servers::Answer, false) => {
                let at = reach.now.after_ns(SELECTION_AFTER_NS);
                self.life.plan(at, ChronydInput::Selection { asked }, reach.queue);
            }
            (Servers::Answer, true) => self.plan_correction(reach.now, reach),
            (Servers::Silent, _) => {
                let at = reach.now.after_ns(UNREACHABLE_POLLS * poll_ns);
                self.life.plan(at, ChronydInput::Unreachable { asked }, reach.queue);
            }
        }
    }

    fn select(&mut self, reach: &mut Reach<'_>) {
        self.follows = true;
        self.print(&format!("Selected source {}", self.server), reach);
        self.correct(reach);
    }

    fn lose(&mut self, reach: &mut Reach<'_>) {
        if self.follows {
            self.follows = false;
            self.print("Can't synchronise: no selectable sources", reach);
        }
    }

    fn correct(&mut self, reach: &mut Reach<'_>) {
        let noise_ns = NETWORK_NOISE_NS * self.noise.normal();
        let offset_ns = reach.hardware.os_clock.error_ns(reach.now) + noise_ns;
        let interval_s = CORRECTION_NS as f64 / NS_PER_S as f64;
        if offset_ns.abs() > STEP_NS {
            reach.hardware.os_clock.step(reach.now, whole_ns(-offset_ns));
        } else {
            self.drift_ppb -= INTEGRAL * offset_ns / interval_s;
            let adjustment_ppb = self.drift_ppb - PROPORTIONAL * offset_ns / interval_s;
            reach.hardware.os_clock.steer(reach.now, adjustment_ppb);
        }
        self.plan_correction(reach.now.after_ns(CORRECTION_NS), reach);
    }

    fn plan_correction(&self, at: SimTime, reach: &mut Reach<'_>) {
        self.life.plan(at, ChronydInput::Correction { asked: self.asked }, reach.queue);
    }

    /// A line begins with the time of the clock that it steers, which is close enough to the true one.
    fn print(&self, text: &str, reach: &mut Reach<'_>) {
        let at = utc(self.start_unix_s.saturating_add(reach.now.ns / NS_PER_S));
        reach.printer.line(self.life.process, format!("{at} {text}"));
    }
}
