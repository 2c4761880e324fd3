//! Proxies that do one thing wrong.

use proxy_core::{Event, EventId, Memory, Origin, Outcome, Reading, Resource, SyncState};
use ptp_lab::explore::{Birth, CoreProxy, Proxy, Said};
use std::collections::VecDeque;
use std::sync::Arc;

/// What it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It keeps one delivery to itself.
    Drops { nth: usize },
    /// It sends one event twice.
    Repeats { nth: usize },
    /// It sends a HOLDOVER after what comes next.
    Swaps,
    /// It publishes one event again.
    PublishesAgain { nth: usize },
    /// It publishes this state of the PTP clock, and all after it, two seconds late.
    HoldsBack { from: SyncState },
    /// It says nothing more once a clock is in FREERUN after HOLDOVER.
    HidesRecovery,
    /// It always says that the node is LOCKED.
    WrongWorst,
    /// Its holdover lasts a second longer than the profile says.
    LongHoldover,
    /// It remembers nothing of an earlier life.
    Forgets,
    /// After a restart it does not hear phc2sys.
    DeafAfterRestart,
    /// It panics when a clock goes to HOLDOVER.
    Panics,
}

/// A proxy with a fault.
pub(crate) struct Faulty {
    core: CoreProxy,
    fault: Fault,
    is_reborn: bool,
    now_ns: u64,
    count: usize,
    /// What is to be said next.
    next: VecDeque<Said>,
    /// What was to be said before what comes next.
    swapped: Option<Said>,
    /// What is said late, and when.
    late: VecDeque<(u64, Said)>,
    /// It says nothing after this.
    silent_ns: Option<u64>,
    hidden: Vec<EventId>,
}

impl Faulty {
    pub(crate) fn start(fault: Fault, mut birth: Birth) -> Self {
        let is_reborn = birth.memory.is_some();
        if fault == Fault::LongHoldover {
            birth.configuration.profiles[0].thresholds.holdover_timeout_s += 1;
        }
        if fault == Fault::Forgets {
            birth.memory = None;
        }
        let now_ns = birth.at_ns;
        let core = CoreProxy::start(birth);
        Self {
            core,
            fault,
            is_reborn,
            now_ns,
            count: 0,
            next: VecDeque::new(),
            swapped: None,
            late: VecDeque::new(),
            silent_ns: None,
            hidden: Vec::new(),
        }
    }

    /// What is said in place of this, in order.
    fn instead(&mut self, said: Said) -> Vec<Said> {
        match self.fault {
            Fault::Drops { nth } => {
                if let Said::Sends { attempt, .. } = &said
                    && self.is_nth(nth)
                {
                    self.core.answered(self.now_ns, *attempt, Outcome::Accepted);
                    return Vec::new();
                }
                vec![said]
            }
            Fault::Repeats { nth } => {
                let is_meant = matches!(said, Said::Sends { .. }) && self.is_nth(nth);
                if is_meant { vec![said.clone(), said] } else { vec![said] }
            }
            Fault::PublishesAgain { nth } => {
                let is_meant = matches!(said, Said::Published(_)) && self.is_nth(nth);
                if is_meant { vec![said.clone(), said] } else { vec![said] }
            }
            Fault::Swaps => self.swap(said),
            Fault::HoldsBack { from } => {
                if !self.late.is_empty() || lock_state(&said) == Some(from) {
                    self.late.push_back((self.now_ns + 2_000_000_000, said));
                    return Vec::new();
                }
                vec![said]
            }
            Fault::HidesRecovery => {
                if let Said::Published(event) = &said
                    && self.silent_ns.is_some_and(|since_ns| since_ns < self.now_ns)
                {
                    self.hidden.push(event.id);
                }
                // A clock is in FREERUN at its start, too.
                if lock_state(&said) == Some(SyncState::Freerun) && self.now_ns > 50_000_000_000 {
                    self.silent_ns = Some(self.now_ns);
                }
                match &said {
                    Said::Published(event) if self.hidden.contains(&event.id) => Vec::new(),
                    Said::Sends { attempt, event, .. } if self.hidden.contains(&event.id) => {
                        self.core.answered(self.now_ns, *attempt, Outcome::Accepted);
                        Vec::new()
                    }
                    Said::Published(_) | Said::Sends { .. } | Said::Remembers | Said::GivesUp(_) => {
                        vec![said]
                    }
                }
            }
            Fault::WrongWorst => vec![locked(said)],
            Fault::Panics if lock_state(&said) == Some(SyncState::Holdover) => panic!("as it was told to"),
            Fault::Panics | Fault::LongHoldover | Fault::Forgets | Fault::DeafAfterRestart => vec![said],
        }
    }

    fn is_nth(&mut self, nth: usize) -> bool {
        self.count += 1;
        self.count == nth
    }

    /// The first delivery of a HOLDOVER of the PTP clock comes after the next delivery of that clock.
    fn swap(&mut self, said: Said) -> Vec<Said> {
        let Said::Sends { event, endpoint, attempt } = &said else { return vec![said] };
        if event.resource != Resource::LockState || !endpoint.contains(":9100/") {
            return vec![said];
        }
        if let Some(first) = self.swapped.take() {
            return vec![said, first];
        }
        if state(event) == Some(SyncState::Holdover) {
            self.core.answered(self.now_ns, *attempt, Outcome::Accepted);
            self.swapped = Some(said);
            return Vec::new();
        }
        vec![said]
    }
}

impl Proxy for Faulty {
    fn line(&mut self, at_ns: u64, origin: Origin, text: &str) {
        self.now_ns = at_ns;
        if self.fault != Fault::DeafAfterRestart || !self.is_reborn || !text.starts_with("phc2sys") {
            self.core.line(at_ns, origin, text);
        }
    }

    fn answered(&mut self, at_ns: u64, attempt: u64, outcome: Outcome) {
        self.now_ns = at_ns;
        self.core.answered(at_ns, attempt, outcome);
    }

    fn passes(&mut self, at_ns: u64) {
        self.now_ns = at_ns;
        self.core.passes(at_ns);
    }

    fn poll(&mut self) -> Option<Said> {
        loop {
            if let Some(said) = self.next.pop_front() {
                return Some(said);
            }
            if self.late.front().is_some_and(|(at_ns, _)| *at_ns <= self.now_ns) {
                return self.late.pop_front().map(|(_, said)| said);
            }
            let said = self.core.poll()?;
            let instead = self.instead(said);
            self.next.extend(instead);
        }
    }

    fn next_deadline_ns(&self) -> Option<u64> {
        let late = self.late.front().map(|(at_ns, _)| *at_ns);
        [self.core.next_deadline_ns(), late].into_iter().flatten().min()
    }

    fn memory(&self) -> Memory {
        self.core.memory()
    }

    fn longest_queue(&self) -> usize {
        self.core.longest_queue()
    }
}

/// The state of the PTP clock, if that is what is published.
fn lock_state(said: &Said) -> Option<SyncState> {
    match said {
        Said::Published(event) if event.resource == Resource::LockState => state(event),
        Said::Published(_) | Said::Sends { .. } | Said::Remembers | Said::GivesUp(_) => None,
    }
}

fn state(event: &Event) -> Option<SyncState> {
    event.values.iter().find_map(|value| {
        let Reading::State(state) = value.reading else { return None };
        Some(state)
    })
}

/// The same, but sync-state is LOCKED.
fn locked(said: Said) -> Said {
    let Said::Published(event) = &said else { return said };
    if event.resource != Resource::SyncState {
        return said;
    }
    let mut event = Event::clone(event);
    for value in &mut event.values {
        if let Reading::State(_) = value.reading {
            value.reading = Reading::State(SyncState::Locked);
        }
    }
    Said::Published(Arc::new(event))
}
