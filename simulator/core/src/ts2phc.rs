//! ts2phc: it compares hardware clocks with a 1PPS, learns from NMEA which second that was, and steers the clocks
//! (`ts2phc.c`, `ts2phc_nmea_pps_source.c`, `ts2phc_pps_sink.c` of linuxptp 4.4).

use crate::noise::{Noise, Stream};
use crate::process::Life;
use crate::reach::Reach;
use crate::time::{NS_PER_MS, NS_PER_S};
use crate::{Setup, SimTime, Ts2phcSetup};
use ptp_lines::{Body, Dialect, Ppb, Servo, Ts2phcNotice, Ts2phcOffset};

mod sentence;
mod sink;

use sink::Sink;

pub(crate) use sentence::Rmc;

/// From an edge to its lines: the kernel is polled, and reads the card.
const EDGE_READ_NS: (u64, u64) = (50 * NS_PER_MS, 150 * NS_PER_MS);
/// Without a sentence, or without an edge, for so long ts2phc says so, and again each time.
const TIMEOUT_NS: u64 = 2_000 * NS_PER_MS;
/// A sentence that is older says nothing about an edge.
const STALE_NS: u64 = 5 * NS_PER_S;
/// TAI minus UTC since 2017, in seconds: the clocks show TAI.
const TAI_OFFSET_S: u64 = 37;

/// What ts2phc handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ts2phcInput {
    /// A second has begun: the edges come.
    Edge,
    /// It has read the edges of a second.
    Collected { edge_at: SimTime },
    /// A sentence has come.
    Sentence(Rmc),
    /// No sentence came since the one of this number.
    SentenceTimeout { after: u64 },
    /// No edge came since the one of this number.
    EdgeTimeout { after: u64 },
}

impl From<Ts2phcInput> for crate::process::ProcessInput {
    fn from(input: Ts2phcInput) -> Self {
        Self::Ts2phc(input)
    }
}

/// A ts2phc process.
#[derive(Debug)]
pub(crate) struct Ts2phc {
    life: Life,
    setup: Ts2phcSetup,
    start_unix_s: u64,
    source: Source,
    /// The card that the cable to the others comes from.
    leader: usize,
    sinks: Vec<Sink>,
    /// The last edge for which the source was valid.
    valid_at: Option<SimTime>,
    edges: u64,
    reading: Noise,
}

/// What knows which second it is.
#[derive(Debug)]
enum Source {
    /// A GNSS receiver.
    Nmea { last: Option<Rmc>, sentences: u64 },
    /// The clock of another card.
    Clock,
}

/// What the source says about an edge.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    Valid,
    /// Not, and for so long that nothing is extrapolated.
    Invalid,
    /// Not, but extrapolated.
    Extrapolated,
}

/// How a clock is steered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steering {
    pub(crate) servo: Servo,
    /// Whether the last edge had a valid source.
    pub(crate) has_source: bool,
}

impl Ts2phc {
    pub(crate) fn start(options: &Ts2phcSetup, life: Life, setup: &Setup, reach: &mut Reach<'_>) -> Self {
        let leader = options.interfaces.first().and_then(|first| reach.hardware.card_index(first));
        let leads_by_gnss = leader
            .and_then(|leader| reach.hardware.cards.get(leader))
            .is_some_and(|card| card.gnss.is_some());
        let (source, sinks) = if leads_by_gnss {
            (Source::Nmea { last: None, sentences: 0 }, options.interfaces.as_slice())
        } else {
            (Source::Clock, options.interfaces.get(1..).unwrap_or_default())
        };
        let sinks = sinks.iter().filter_map(|interface| Sink::new(interface, options, reach));
        let ts2phc = Self {
            life,
            start_unix_s: setup.start_unix_s,
            source,
            leader: leader.unwrap_or(0),
            sinks: sinks.collect(),
            setup: options.clone(),
            valid_at: None,
            edges: 0,
            reading: Noise::new(setup.seed, Stream::ts2phc(life.process.profile, 0)),
        };
        ts2phc.wait(reach);
        ts2phc
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        for sink in &mut self.sinks {
            sink.stamp_ns = None;
        }
        self.wait(reach);
    }

    fn wait(&self, reach: &mut Reach<'_>) {
        let next_second = SimTime::from_s(reach.now.ns / NS_PER_S + 1);
        self.life.plan(next_second, Ts2phcInput::Edge, reach.queue);
        let timeout_at = reach.now.after_ns(TIMEOUT_NS);
        self.life.plan(timeout_at, Ts2phcInput::EdgeTimeout { after: self.edges }, reach.queue);
        if let Source::Nmea { sentences, .. } = self.source {
            self.life.plan(timeout_at, Ts2phcInput::SentenceTimeout { after: sentences }, reach.queue);
        }
    }

    pub(crate) fn handle(&mut self, input: Ts2phcInput, reach: &mut Reach<'_>) {
        match input {
            Ts2phcInput::Edge => self.edge(reach),
            Ts2phcInput::Collected { edge_at } => self.collected(edge_at, reach),
            Ts2phcInput::Sentence(rmc) => self.sentence(rmc, reach),
            Ts2phcInput::SentenceTimeout { after } => self.sentence_timeout(after, reach),
            Ts2phcInput::EdgeTimeout { after } => self.edge_timeout(after, reach),
        }
    }

    /// How the clock behind one of these interfaces is steered after the last edge, if it gets any.
    pub(crate) fn steering(&self, now: SimTime, card: usize) -> Option<Steering> {
        // The edge of the second before, and the time that it takes to read one.
        const LATE_NS: u64 = 2 * NS_PER_S;
        let sink = self.sinks.iter().find(|sink| sink.card == card)?;
        let (servo, at) = sink.last?;
        let has_source = self.valid_at.is_some_and(|valid| now.since(valid) <= LATE_NS);
        (now.since(at) <= LATE_NS).then_some(Steering { servo, has_source })
    }

    fn edge(&mut self, reach: &mut Reach<'_>) {
        let now = reach.now;
        self.life.plan(now.after_ns(NS_PER_S), Ts2phcInput::Edge, reach.queue);
        let (least_ns, more_ns) = EDGE_READ_NS;
        let read_at = now.after_ns(least_ns + self.reading.below(more_ns));
        let leader_ns = match self.source {
            Source::Nmea { .. } => None,
            Source::Clock => reach.hardware.cards.get_mut(self.leader).map(|card| card.phc.error_ns(now)),
        };
        let mut edges = 0;
        for sink in &mut self.sinks {
            sink.stamp_ns = None;
            let edge_ns = reach.hardware.edge_ns(now, sink.card, self.leader).or(leader_ns);
            let Some((edge_ns, card)) = edge_ns.zip(reach.hardware.cards.get_mut(sink.card)) else {
                continue;
            };
            sink.stamp_ns = Some(card.stamp_edge_ns(now, edge_ns));
            edges += 1;
        }
        // It waits until every clock has stamped an edge.
        if edges == self.sinks.len() && edges != 0 {
            self.life.plan(read_at, Ts2phcInput::Collected { edge_at: now }, reach.queue);
        }
    }

    fn collected(&mut self, edge_at: SimTime, reach: &mut Reach<'_>) {
        self.edges += 1;
        let timeout = Ts2phcInput::EdgeTimeout { after: self.edges };
        self.life.plan(reach.now.after_ns(TIMEOUT_NS), timeout, reach.queue);
        self.print_stamps(reach);
        let verdict = self.judge(edge_at, reach);
        for index in 0..self.sinks.len() {
            self.synchronize((index, verdict), edge_at, reach);
        }
    }

    /// Says, and prints, what the source says about an edge.
    fn judge(&mut self, edge_at: SimTime, reach: &mut Reach<'_>) -> Verdict {
        if self.is_source_valid(reach) {
            self.valid_at = Some(edge_at);
            return Verdict::Valid;
        }
        self.print(Ts2phcNotice::SourceNotValid, reach);
        let holdover_ns = u64::from(self.setup.holdover_s) * NS_PER_S;
        if self.valid_at.is_some_and(|valid| edge_at.since(valid) <= holdover_ns) {
            Verdict::Extrapolated
        } else {
            Verdict::Invalid
        }
    }

    fn is_source_valid(&self, reach: &mut Reach<'_>) -> bool {
        let Source::Nmea { last, .. } = self.source else { return true };
        match last {
            Some(rmc) if reach.now.since(rmc.arrives_at) > STALE_NS => {
                self.print(Ts2phcNotice::RmcStale, reach);
                false
            }
            Some(rmc) if rmc.is_valid => {
                self.debug(Ts2phcNotice::NmeaDelay { delay_ns: rmc.delay_ns() }, reach);
                true
            }
            Some(_) | None => {
                self.debug(Ts2phcNotice::NoRmcFix, reach);
                false
            }
        }
    }

    fn synchronize(&mut self, (index, verdict): (usize, Verdict), edge_at: SimTime, reach: &mut Reach<'_>) {
        let Some(sink) = self.sinks.get_mut(index) else { return };
        let Some(stamp_ns) = sink.stamp_ns else { return };
        let holdover = match verdict {
            Verdict::Valid => false,
            Verdict::Extrapolated if sink.is_stable() => true,
            Verdict::Extrapolated | Verdict::Invalid => return,
        };
        let offset_ns = stamp_ns.saturating_sub(i64::try_from(edge_at.ns).unwrap_or(i64::MAX));
        let correction = sink.servo.sample(offset_ns, stamp_ns);
        sink.last = Some((correction.state, edge_at));
        let interface = &sink.device;
        if holdover && correction.state != Servo::LockedStable {
            let notice = Ts2phcNotice::LostHoldoverLock { interface, offset_ns };
            return reach.printer.linuxptp(reach.now, self.life.process, Body::Ts2phcNotice(notice));
        }
        let line = Ts2phcOffset {
            interface,
            dialect: Dialect::V4,
            offset_ns,
            servo: correction.state,
            freq: Ppb::rounded(correction.freq_ppb),
            holdover,
        };
        reach.printer.linuxptp(reach.now, self.life.process, Body::Ts2phcOffset(line));
        let Some(card) = reach.hardware.cards.get_mut(sink.card) else { return };
        match correction.state {
            Servo::Unlocked => {}
            Servo::Jump => {
                card.phc.steer(reach.now, -correction.freq_ppb);
                card.phc.step(reach.now, offset_ns.saturating_neg());
            }
            Servo::Locked | Servo::LockedStable => card.phc.steer(reach.now, -correction.freq_ppb),
        }
    }

    fn sentence(&mut self, rmc: Rmc, reach: &mut Reach<'_>) {
        let Source::Nmea { last, sentences } = &mut self.source else { return };
        *last = Some(rmc);
        *sentences += 1;
        let timeout = Ts2phcInput::SentenceTimeout { after: *sentences };
        self.life.plan(reach.now.after_ns(TIMEOUT_NS), timeout, reach.queue);
        if self.is_debugging() {
            let sentence = rmc.sentence(self.start_unix_s);
            self.print(Ts2phcNotice::NmeaSentence(&sentence), reach);
        }
    }

    fn sentence_timeout(&self, after: u64, reach: &mut Reach<'_>) {
        let Source::Nmea { sentences, .. } = self.source else { return };
        if sentences == after {
            let timeout = Ts2phcInput::SentenceTimeout { after };
            self.life.plan(reach.now.after_ns(TIMEOUT_NS), timeout, reach.queue);
            self.print(Ts2phcNotice::NmeaTimedOut, reach);
        }
    }

    fn edge_timeout(&self, after: u64, reach: &mut Reach<'_>) {
        if self.edges == after {
            let timeout = Ts2phcInput::EdgeTimeout { after };
            self.life.plan(reach.now.after_ns(TIMEOUT_NS), timeout, reach.queue);
            self.debug(Ts2phcNotice::NoEvents, reach);
        }
    }

    fn print_stamps(&self, reach: &mut Reach<'_>) {
        let start_ns = self.start_unix_s.saturating_add(TAI_OFFSET_S).saturating_mul(NS_PER_S);
        for sink in &self.sinks {
            let Some(stamp_ns) = sink.stamp_ns else { continue };
            let at_ns = start_ns.saturating_add_signed(stamp_ns);
            self.debug(Ts2phcNotice::TimestampAdded { at_ns, clock: &sink.device }, reach);
        }
    }

    fn print(&self, notice: Ts2phcNotice<'_>, reach: &mut Reach<'_>) {
        reach.printer.linuxptp(reach.now, self.life.process, Body::Ts2phcNotice(notice));
    }

    /// A line of level 7.
    fn debug(&self, notice: Ts2phcNotice<'_>, reach: &mut Reach<'_>) {
        if self.is_debugging() {
            self.print(notice, reach);
        }
    }

    fn is_debugging(&self) -> bool {
        const DEBUG: u8 = 7;
        self.setup.logging_level >= DEBUG
    }
}
