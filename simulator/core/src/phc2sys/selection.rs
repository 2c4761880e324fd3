//! How phc2sys chooses its source and what it steers: `reconfigure` and `reconfigure_domain` of `phc2sys.c`.

use super::Following;
use super::domain::{Domain, PortRole};
use ptp_lines::{Clock as ClockName, Dialect, Phc2sysSelection};

const DIALECT: Dialect = Dialect::V4;

/// Whether a ptp4l is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Ready,
    /// It is not, and nobody else is looked at.
    Postponed,
}

impl Following {
    /// Chooses anew, and says how.
    pub(super) fn reconfigure(&mut self, say: &mut dyn FnMut(Phc2sysSelection<'_>)) {
        say(Phc2sysSelection::Reconfiguring);
        for index in 0..self.domains.len() {
            if reconfigure_domain(index, &mut self.domains[index], say) == Outcome::Postponed {
                return;
            }
        }
        // The clock of the operating system has a domain of its own, which comes last and never has a source.
        self.realtime_source = None;
        let own_source = |index: &usize| self.domains[*index].source;
        let Some(source) = (0..self.domains.len()).find_map(|index| own_source(&index)) else { return };
        say(Phc2sysSelection::ForSynchronization(ClockName::Realtime));
        if self.domains.len() > 1 {
            let clock = ClockName::Device(&self.domains[source.0].clocks[source.1].interface);
            say(Phc2sysSelection::AsOutOfDomainSource(clock));
        }
        self.realtime_source = Some(source);
        for domain in &mut self.domains {
            domain.source = domain.source.or(Some(source));
        }
    }
}

fn reconfigure_domain(
    place: usize,
    domain: &mut Domain,
    say: &mut dyn FnMut(Phc2sysSelection<'_>),
) -> Outcome {
    domain.has_changed = false;
    domain.sinks.clear();
    domain.source = None;
    if !domain.is_subscribed() {
        return Outcome::Ready;
    }
    let (mut follows, mut may_follow) = (None, 0_u32);
    for index in 0..domain.clocks.len() {
        take_role(domain, index);
        match domain.clocks[index].role {
            PortRole::Disabled | PortRole::PreMaster | PortRole::Master => select(domain, index, say),
            PortRole::Uncalibrated => may_follow += 1,
            PortRole::Slave => {
                follows = Some(index);
                may_follow += 1;
            }
        }
    }
    let refusal = match (may_follow, follows, domain.sinks.is_empty()) {
        (2.., ..) => Some(Phc2sysSelection::MultipleSources { dialect: DIALECT }),
        (1, None, _) => Some(Phc2sysSelection::SourceNotReady { dialect: DIALECT }),
        (0, _, true) => Some(Phc2sysSelection::NoPhcReady),
        (0, _, false) | (1, Some(_), _) => None,
    };
    if let Some(refusal) = refusal {
        say(refusal);
        return Outcome::Postponed;
    }
    if let Some(index) = follows {
        domain.source = Some((place, index));
        let clock = ClockName::Device(&domain.clocks[index].interface);
        say(Phc2sysSelection::AsSource { clock, dialect: DIALECT });
    }
    Outcome::Ready
}

/// `clock_reinit`
fn take_role(domain: &mut Domain, index: usize) {
    let clock = &mut domain.clocks[index];
    let Some(role) = clock.new_role.take() else { return };
    clock.role = role;
    if role == PortRole::Master
        && let Some(steered) = &mut clock.steered
    {
        steered.reset();
    }
}

/// Of interfaces of one card only the first is steered.
fn select(domain: &mut Domain, index: usize, say: &mut dyn FnMut(Phc2sysSelection<'_>)) {
    let clock = &domain.clocks[index];
    let selected = domain.sinks.iter().map(|sink| &domain.clocks[*sink]).find(|sink| sink.card == clock.card);
    if let Some(selected) = selected {
        say(Phc2sysSelection::Skipping {
            clock: ClockName::Device(&clock.interface),
            selected: ClockName::Device(&selected.interface),
        });
        return;
    }
    say(Phc2sysSelection::ForSynchronization(ClockName::Device(&clock.interface)));
    domain.sinks.insert(0, index);
    if let Some(steered) = &mut domain.clocks[index].steered {
        steered.selected();
    }
}
