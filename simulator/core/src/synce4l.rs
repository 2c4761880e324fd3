//! synce4l: it follows the state of a DPLL, chooses the best source of frequency, and sends quality levels (`synce_dev.c`
//! and `synce_port_ctrl.c` of intel/synce4l, with the state from the kernel's DPLL).

use crate::dpll::DpllLock;
use crate::process::Life;
use crate::reach::Reach;
use crate::synce_quality::QualityLevel;
use crate::time::NS_PER_S;
use crate::{Synce4lSetup, SynceInput};
use ptp_lines::{Body, Synce4lNotice};

/// From its start to its first look at its sources.
const FIRST_LOOK_NS: u64 = NS_PER_S / 10;
/// From a decision to a quality level in the messages that a port sends: 53 ms in a log that linuxptp-daemon quotes
/// (`pkg/synce/synce.go`).
const REBUILD_NS: u64 = 53_000_000;
const HOLDOVER: &str = "EEC_HOLDOVER";
const LOCKED: &str = "EEC_LOCKED/EEC_LOCKED_HO_ACQ";

/// What synce4l handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Synce4lInput {
    /// It looks at its sources.
    Look,
    /// What it sends is built anew.
    Rebuild,
    /// Something comes in on a port, by its place.
    Received { port: usize, input: SynceInput },
}

impl From<Synce4lInput> for crate::process::ProcessInput {
    fn from(input: Synce4lInput) -> Self {
        Self::Synce4l(input)
    }
}

/// A synce4l process.
#[derive(Debug)]
pub(crate) struct Synce4l {
    life: Life,
    setup: Synce4lSetup,
    ports: Vec<Port>,
    active: Source,
    has_begun: bool,
}

#[derive(Clone, Copy, Debug)]
struct Port {
    received: SynceInput,
    /// What it is to send, and what it sends.
    wanted: QualityLevel,
    sent: Option<QualityLevel>,
}

/// A source of frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    None,
    External,
    /// By its place.
    Port(usize),
}

/// What the DPLL does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eec {
    Locked,
    Holdover,
}

impl Synce4l {
    pub(crate) fn start(setup: &Synce4lSetup, life: Life, _seed: u64, reach: &mut Reach<'_>) -> Self {
        let nothing = Port { received: SynceInput::Lost, wanted: QualityLevel::DO_NOT_USE, sent: None };
        life.plan(reach.now.after_ns(FIRST_LOOK_NS), Synce4lInput::Look, reach.queue);
        Self {
            life,
            ports: vec![nothing; setup.ports.len()],
            setup: setup.clone(),
            active: Source::None,
            has_begun: false,
        }
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, reach: &mut Reach<'_>) {
        self.life.plan(reach.now, Synce4lInput::Look, reach.queue);
    }

    pub(crate) fn handle(&mut self, input: Synce4lInput, reach: &mut Reach<'_>) {
        match input {
            Synce4lInput::Look => {
                self.life.plan(reach.now.after_ns(NS_PER_S), Synce4lInput::Look, reach.queue);
                self.look(reach);
            }
            Synce4lInput::Rebuild => self.rebuild(reach),
            Synce4lInput::Received { port, input } => {
                if let Some(port) = self.ports.get_mut(port) {
                    port.received = input;
                    self.look(reach);
                }
            }
        }
    }

    /// `dev_step_dpll`
    fn look(&mut self, reach: &mut Reach<'_>) {
        if !self.has_begun {
            self.has_begun = true;
            self.act(HOLDOVER, reach);
            self.send(reach);
        }
        let best = self.best(reach);
        let before = std::mem::replace(&mut self.active, best);
        match (before, best) {
            (Source::None, Source::None) => {}
            (Source::External | Source::Port(_), Source::None) => self.hold_over(before, reach),
            (_, Source::External) if before != best => {
                let name = self.setup.external.as_ref().map_or("", |external| external.name.as_str());
                self.print(self.state(LOCKED, Some(name)), reach);
                self.act(LOCKED, reach);
            }
            (_, Source::Port(index)) if before != best => {
                self.act(LOCKED, reach);
                let name = self.setup.ports.get(index).map_or("", |port| port.interface.as_str());
                self.print(self.state(LOCKED, Some(name)), reach);
            }
            (_, Source::External | Source::Port(_)) => {}
        }
        self.send(reach);
    }

    /// What its only source was may not be used any more. The DPLL loses its lock with the signal, and keeps it while
    /// only the quality level forbids its use.
    fn hold_over(&self, before: Source, reach: &mut Reach<'_>) {
        let eec = match before {
            Source::None | Source::External => Eec::Holdover,
            Source::Port(index) => match self.ports.get(index).map(|port| port.received) {
                Some(SynceInput::Quality { .. }) => Eec::Locked,
                Some(SynceInput::Lost) | None => Eec::Holdover,
            },
        };
        self.print(self.state(HOLDOVER, None), reach);
        match eec {
            Eec::Holdover => self.act(HOLDOVER, reach),
            Eec::Locked => {}
        }
    }

    fn best(&self, reach: &mut Reach<'_>) -> Source {
        let option = self.setup.network_option;
        let external = self.setup.external.as_ref().filter(|_| self.external_is_followed(reach));
        let external = external.map(|external| {
            let level = QualityLevel { ssm: external.ssm, extended: external.extended };
            (level.priority(option), Source::External)
        });
        let ports = self.ports.iter().enumerate().filter_map(|(index, port)| {
            let level = level(port.received).filter(|level| level.is_usable())?;
            Some((level.priority(option), Source::Port(index)))
        });
        external
            .into_iter()
            .chain(ports)
            .min_by_key(|(priority, _)| *priority)
            .map_or(Source::None, |best| best.1)
    }

    /// Whether the DPLL of the first port's card follows what it is to follow.
    fn external_is_followed(&self, reach: &mut Reach<'_>) -> bool {
        let Some(port) = self.setup.ports.first() else { return false };
        let dpll = reach.hardware.card_of(&port.interface).and_then(|card| card.dpll.as_ref());
        match dpll.map(|dpll| dpll.truth(0.0).frequency) {
            Some(DpllLock::Locked | DpllLock::LockedHoldoverAcquired) => true,
            Some(DpllLock::Unlocked | DpllLock::Holdover) | None => false,
        }
    }

    /// What the ports are to send from now on. The port that is the source sends that it must not be used.
    fn send(&mut self, reach: &mut Reach<'_>) {
        let level = match self.active {
            Source::None => None,
            Source::External => self
                .setup
                .external
                .as_ref()
                .map(|external| QualityLevel { ssm: external.ssm, extended: external.extended }),
            Source::Port(index) => self.ports.get(index).and_then(|port| level(port.received)),
        };
        let level = level.unwrap_or(QualityLevel::DO_NOT_USE);
        let source = self.active;
        let mut must_rebuild = false;
        for (index, port) in self.ports.iter_mut().enumerate() {
            let is_source = source == Source::Port(index);
            port.wanted = if is_source { QualityLevel::DO_NOT_USE } else { level };
            must_rebuild |= port.sent != Some(port.wanted);
        }
        if must_rebuild {
            self.life.plan(reach.now.after_ns(REBUILD_NS), Synce4lInput::Rebuild, reach.queue);
        }
    }

    /// `tx_rebuild_tlv`
    fn rebuild(&mut self, reach: &mut Reach<'_>) {
        let extended_tlv = self.setup.extended_tlv;
        for (port, setup) in self.ports.iter_mut().zip(&self.setup.ports) {
            if port.sent == Some(port.wanted) {
                continue;
            }
            port.sent = Some(port.wanted);
            let QualityLevel { ssm: ql, extended: ext_ql } = port.wanted;
            let interface = setup.interface.as_str();
            let mut notices = vec![Synce4lNotice::Quality { ql, interface }];
            notices.extend(extended_tlv.then_some(Synce4lNotice::ExtendedQuality { ext_ql, interface }));
            for notice in notices {
                reach.printer.linuxptp(reach.now, self.life.process, Body::Synce4lNotice(notice));
            }
        }
    }

    fn act(&self, eec_state: &'static str, reach: &mut Reach<'_>) {
        for port in &self.setup.ports {
            self.print(Synce4lNotice::ActOn { eec_state, interface: &port.interface }, reach);
        }
    }

    fn state<'a>(&'a self, eec_state: &'a str, source: Option<&'a str>) -> Synce4lNotice<'a> {
        Synce4lNotice::EecState { eec_state, source, device: &self.setup.device }
    }

    fn print(&self, notice: Synce4lNotice<'_>, reach: &mut Reach<'_>) {
        reach.printer.linuxptp(reach.now, self.life.process, Body::Synce4lNotice(notice));
    }
}

fn level(input: SynceInput) -> Option<QualityLevel> {
    match input {
        SynceInput::Quality { ssm, extended } => Some(QualityLevel { ssm, extended }),
        SynceInput::Lost => None,
    }
}
