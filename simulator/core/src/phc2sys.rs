//! phc2sys: it steers the clock of the operating system after a hardware clock, and in automatic mode (`-a -r`) the
//! hardware clocks of other cards, too (`phc2sys.c` of linuxptp 4.4).

use crate::hardware::Hardware;
use crate::process::{Life, Slot};
use crate::ptp4l::Ptp4l;
use crate::reach::Reach;
use crate::time::NS_PER_S;
use crate::{Leap, Phc2sysSetup, Phc2sysSource, Setup, SimTime};
use domain::{Domain, Look, PortRole};
use ptp_lines::{Body, Phc2sysSelection, PortState, Servo};
use steered::{Round, Steered, Target};

mod domain;
mod leap;
mod selection;
mod steered;

/// Between two attempts to reach ptp4l at the start.
const WAIT_NS: u64 = NS_PER_S;

/// What phc2sys handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phc2sysInput {
    /// Its interval has passed.
    Tick,
    /// The ptp4l of a profile has sent a change of the state of a port.
    PortChanged { profile: usize, port: u16, state: PortState },
}

impl From<Phc2sysInput> for crate::process::ProcessInput {
    fn from(input: Phc2sysInput) -> Self {
        Self::Phc2sys(input)
    }
}

/// A phc2sys process.
#[derive(Debug)]
pub(crate) struct Phc2sys {
    life: Life,
    setup: Phc2sysSetup,
    seed: u64,
    start_unix_s: u64,
    mode: Mode,
    phase: Phase,
    realtime: Option<Steered>,
}

#[derive(Debug)]
enum Mode {
    /// `-a`
    Following(Following),
    /// `-s`: a card, and the profile whose ptp4l is asked.
    Fixed { card: Option<usize>, profile: Option<usize>, next_query: SimTime, leap: Leap },
}

/// What it knows of the ptp4l that it follows.
#[derive(Debug)]
struct Following {
    domains: Vec<Domain>,
    /// The place of a domain, and of a clock in it.
    realtime_source: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No ptp4l has answered yet.
    Waiting,
    /// It chooses from that time on.
    Running { from: SimTime },
}

impl Phc2sys {
    /// The profiles whose ptp4l a phc2sys subscribes to.
    pub(crate) fn follows(setup: &Setup, profile: usize) -> Vec<usize> {
        match setup.profiles.get(profile).and_then(|profile| profile.phc2sys.as_ref()) {
            None => Vec::new(),
            Some(phc2sys) => match &phc2sys.source {
                Phc2sysSource::Automatic => vec![profile],
                Phc2sysSource::HighAvailability { profiles } => profiles.clone(),
                Phc2sysSource::Interface { .. } => Vec::new(),
            },
        }
    }

    /// A process that starts now.
    pub(crate) fn start(
        options: &Phc2sysSetup,
        setup: &Setup,
        life: Life,
        ptp4l: &[Slot<Ptp4l>],
        reach: &mut Reach<'_>,
    ) -> Self {
        let mut phc2sys = Self {
            life,
            setup: options.clone(),
            seed: setup.seed,
            start_unix_s: setup.start_unix_s,
            mode: Mode::new(setup, (life.process.profile, &options.source), reach.hardware),
            phase: Phase::Waiting,
            realtime: None,
        };
        phc2sys.attempt(ptp4l, reach);
        phc2sys
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        self.life.plan(reach.now, Phc2sysInput::Tick, reach.queue);
    }

    /// `ptp4l` is by profile.
    pub(crate) fn handle(&mut self, input: Phc2sysInput, ptp4l: &[Slot<Ptp4l>], reach: &mut Reach<'_>) {
        match (input, self.phase) {
            (Phc2sysInput::Tick, Phase::Waiting) => {
                let waiting = Phc2sysSelection::WaitingForPtp4l;
                reach.printer.linuxptp(reach.now, self.life.process, Body::Phc2sysSelection(waiting));
                self.attempt(ptp4l, reach);
            }
            (Phc2sysInput::Tick, Phase::Running { from }) => self.tick(from, ptp4l, reach),
            (Phc2sysInput::PortChanged { profile, port, state }, _) => {
                self.notified((profile, port, state), ptp4l);
            }
        }
    }

    /// State of the servo of the clock of the operating system after the last sample, if it gets samples now.
    pub(crate) fn steering(&self) -> Option<Servo> {
        let has_source = match &self.mode {
            Mode::Following(following) => following.realtime_source.is_some(),
            Mode::Fixed { card, .. } => card.is_some() && self.phase != Phase::Waiting,
        };
        self.realtime.as_ref().filter(|_| has_source)?.state()
    }

    fn interval_ns(&self) -> u64 {
        NS_PER_S / u64::from(self.setup.rate_hz.max(1))
    }

    fn notified(&mut self, (profile, port, state): (usize, u16, PortState), ptp4l: &[Slot<Ptp4l>]) {
        let Mode::Following(following) = &mut self.mode else { return };
        let Some(slot) = ptp4l.get(profile) else { return };
        for domain in following.domains.iter_mut().filter(|domain| domain.profile == profile) {
            domain.notified(slot.lives(), port, state);
        }
    }

    /// Begins if ptp4l answers, and otherwise tries again later.
    fn attempt(&mut self, ptp4l: &[Slot<Ptp4l>], reach: &mut Reach<'_>) {
        let (wait_ns, answers) = match &mut self.mode {
            Mode::Following(following) => (self.setup.utc_offset_after_ns, following.begin(reach.now, ptp4l)),
            Mode::Fixed { profile, .. } => {
                (0, profile.is_none_or(|profile| has_synchronized(ptp4l, profile)))
            }
        };
        if answers {
            self.phase = Phase::Running { from: reach.now.after_ns(wait_ns) };
            self.life.plan(reach.now.after_ns(self.interval_ns()), Phc2sysInput::Tick, reach.queue);
        } else {
            self.life.plan(reach.now.after_ns(WAIT_NS), Phc2sysInput::Tick, reach.queue);
        }
    }

    fn tick(&mut self, from: SimTime, ptp4l: &[Slot<Ptp4l>], reach: &mut Reach<'_>) {
        self.life.plan(reach.now.after_ns(self.interval_ns()), Phc2sysInput::Tick, reach.queue);
        let place = (self.seed, self.life.process.profile);
        let context = Context { life: self.life, setup: &self.setup, place, unix_s: self.start_unix_s };
        let source = match &mut self.mode {
            Mode::Following(following) => {
                following.look(self.life, ptp4l, reach);
                following.choose(from, self.life, reach);
                following.steer_sinks(&context, reach);
                following.realtime()
            }
            Mode::Fixed { card, profile, next_query, leap } => {
                if reach.now >= *next_query {
                    *next_query = reach.now.after_ns(10 * NS_PER_S);
                    let slot = profile.and_then(|profile| ptp4l.get(profile));
                    *leap = slot.and_then(Slot::running).map_or(*leap, Ptp4l::leap);
                }
                card.map(|card| (card, *leap))
            }
        };
        let Some((source, leap)) = source else { return };
        let realtime = self.realtime.get_or_insert_with(|| context.steered(Target::Realtime, 0, reach));
        realtime.update(Round { life: self.life, source, leap }, reach);
    }
}

/// What is common to all clocks that a phc2sys steers.
#[derive(Debug)]
struct Context<'a> {
    life: Life,
    setup: &'a Phc2sysSetup,
    place: (u64, usize),
    unix_s: u64,
}

impl Context<'_> {
    /// A clock, by its number in this process.
    fn steered(&self, target: Target, number: u8, reach: &mut Reach<'_>) -> Steered {
        Steered::new(self.setup, target, (self.place.0, self.place.1, number), self.unix_s, reach)
    }
}

impl Mode {
    fn new(setup: &Setup, (own, source): (usize, &Phc2sysSource), hardware: &Hardware) -> Self {
        let ptp4l = |profile: usize| setup.profiles.get(profile).and_then(|profile| profile.ptp4l.as_ref());
        match source {
            Phc2sysSource::Interface { interface } => Self::Fixed {
                card: hardware.card_index(interface),
                profile: ptp4l(own).is_some().then_some(own),
                next_query: SimTime::START,
                leap: Leap::None,
            },
            Phc2sysSource::Automatic | Phc2sysSource::HighAvailability { .. } => {
                let profiles = Phc2sys::follows(setup, own).into_iter();
                let domains = profiles.filter_map(|place| Some(Domain::new(place, ptp4l(place)?, hardware)));
                Self::Following(Following { domains: domains.collect(), realtime_source: None })
            }
        }
    }
}

impl Following {
    /// Whether every ptp4l answers.
    fn begin(&mut self, now: SimTime, ptp4l: &[Slot<Ptp4l>]) -> bool {
        let runs = |domain: &Domain| ptp4l.get(domain.profile).is_some_and(|slot| slot.running().is_some());
        if !self.domains.iter().all(runs) {
            return false;
        }
        for domain in &mut self.domains {
            if let Some(slot) = ptp4l.get(domain.profile) {
                domain.begin(now, slot);
            }
        }
        true
    }

    fn look(&mut self, life: Life, ptp4l: &[Slot<Ptp4l>], reach: &mut Reach<'_>) {
        for (domain, number) in self.domains.iter_mut().zip(1..) {
            let Some(slot) = ptp4l.get(domain.profile) else { continue };
            match domain.look(reach.now, slot) {
                Look::Quiet => {}
                Look::Lost => {
                    let text = format!("Lost connection to ptp4l #{number}");
                    reach.printer.linuxptp_text(reach.now, life.process, &text);
                }
            }
            for port in domain.read_changes() {
                let body = Body::Phc2sysSelection(Phc2sysSelection::PortChangedState(port));
                reach.printer.linuxptp(reach.now, life.process, body);
            }
        }
    }

    fn choose(&mut self, from: SimTime, life: Life, reach: &mut Reach<'_>) {
        if reach.now >= from && self.domains.iter().any(|domain| domain.has_changed) {
            let (now, printer) = (reach.now, &mut *reach.printer);
            self.reconfigure(&mut |selection| {
                printer.linuxptp(now, life.process, Body::Phc2sysSelection(selection));
            });
        }
    }

    /// The card that the clock of the operating system follows, and what its ptp4l says of a leap second.
    fn realtime(&self) -> Option<(usize, Leap)> {
        let (domain, clock) = self.realtime_source?;
        let domain = self.domains.get(domain)?;
        Some((domain.clocks.get(clock)?.card, domain.leap))
    }

    /// Hardware clocks that follow the one of another card (`update_domain_clocks`).
    fn steer_sinks(&mut self, context: &Context<'_>, reach: &mut Reach<'_>) {
        let mut first_number = 1_u8;
        for index in 0..self.domains.len() {
            let source = self.domains[index].source;
            let source = source.and_then(|(from, clock)| self.domains.get(from)?.clocks.get(clock));
            let source = source.map(|clock| clock.card);
            let domain = &mut self.domains[index];
            if let Some(source) = source {
                domain.steer_sinks((source, first_number), context, reach);
            }
            first_number = first_number.saturating_add(u8::try_from(domain.clocks.len()).unwrap_or(u8::MAX));
        }
    }
}

impl Domain {
    /// `first_number` is that of its first clock in this process.
    fn steer_sinks(
        &mut self,
        (source, first_number): (usize, u8),
        context: &Context<'_>,
        reach: &mut Reach<'_>,
    ) {
        for &sink in &self.sinks {
            let sunk = &mut self.clocks[sink];
            if sunk.card == source || sunk.role >= PortRole::Uncalibrated {
                continue;
            }
            let (card, interface) = (sunk.card, &sunk.interface);
            let steered = sunk.steered.get_or_insert_with(|| {
                let target = Target::Card { card, interface: interface.clone() };
                let number = first_number.saturating_add(u8::try_from(sink).unwrap_or(u8::MAX));
                context.steered(target, number, reach)
            });
            steered.update(Round { life: context.life, source, leap: self.leap }, reach);
        }
    }
}

/// `run_pmc_wait_sync`: a port follows or serves.
fn has_synchronized(ptp4l: &[Slot<Ptp4l>], profile: usize) -> bool {
    let states = ptp4l.get(profile).and_then(Slot::running).map(Ptp4l::port_states).unwrap_or_default();
    states
        .iter()
        .any(|(_, state)| [PortState::Slave, PortState::Master, PortState::GrandMaster].contains(state))
}
