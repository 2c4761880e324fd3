//! The state and the clock class of a telecom grandmaster (`event.go` of `openshift/linuxptp-daemon`).

use super::dpll_watch::Reported;
use std::collections::BTreeMap;

/// Two of these without an offset between them make ts2phc free-running.
const INVALID_SOURCES: u32 = 2;

/// The clock classes that the daemon gives a telecom grandmaster, ITU-T G.8275.1 table 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrandmasterClass {
    /// 6: locked to GNSS.
    Locked,
    /// 7: in holdover, within its specification.
    Holdover,
    /// 248: neither.
    Freerun,
}

impl GrandmasterClass {
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Locked => 6,
            Self::Holdover => 7,
            Self::Freerun => 248,
        }
    }
}

/// Where an event of the node comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Gnss,
    Dpll { offset_ns: i64 },
    Ts2phc,
}

/// The receiver, as the daemon sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Receiver {
    state: Reported,
    source_lost: bool,
}

/// What an event leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// The state, once anything is known.
    pub(super) state: Option<Reported>,
    /// A class to be told.
    pub(super) class: Option<(GrandmasterClass, u8)>,
}

/// A telecom grandmaster.
#[derive(Clone, Debug, Default)]
pub(super) struct Grandmaster {
    /// By card: the state, and whether it leads.
    dplls: BTreeMap<usize, (Reported, bool)>,
    receiver: Option<Receiver>,
    /// By interface.
    ts2phc: BTreeMap<String, Reported>,
    invalid_sources: u32,
    state: Option<Reported>,
    class: Option<GrandmasterClass>,
    accuracy: u8,
}

impl Grandmaster {
    /// The receiver has told.
    pub(super) fn gnss(&mut self, state: Reported, source_lost: bool) {
        self.receiver = Some(Receiver { state, source_lost });
    }

    /// A DPLL has been judged.
    pub(super) fn dpll(&mut self, card: usize, state: Reported, leads: bool) {
        self.dplls.insert(card, (state, leads));
    }

    /// ts2phc has printed an offset.
    pub(super) fn ts2phc(&mut self, interface: &str, state: Reported) {
        self.invalid_sources = 0;
        match self.ts2phc.get_mut(interface) {
            Some(known) => *known = state,
            None => {
                self.ts2phc.insert(interface.to_owned(), state);
            }
        }
    }

    /// ts2phc has printed that the time of day is not valid.
    pub(super) fn source_not_valid(&mut self) {
        self.invalid_sources += 1;
        if self.invalid_sources >= INVALID_SOURCES {
            self.ts2phc.values_mut().for_each(|state| *state = Reported::Freerun);
        }
    }

    /// ts2phc has ended: everything is forgotten.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The last state, once the receiver is known.
    pub(super) fn state(&self) -> Option<Reported> {
        self.receiver.and(self.state)
    }

    /// After an event. `serves` says whether ptp4l is there to be told of a class: if not, the next event tries again.
    pub(super) fn judge(&mut self, cause: Cause, serves: bool) -> Judgement {
        let (state, class) = self.look_up();
        if let Some(state) = state {
            self.state = Some(state);
        }
        let class = class.and_then(|class| self.tell(class, cause, serves));
        Judgement { state: self.state(), class }
    }

    /// The table: the state and the class, each absent where it stays as it is.
    fn look_up(&self) -> (Option<Reported>, Option<GrandmasterClass>) {
        use GrandmasterClass as Class;
        use Reported::{Freerun, Holdover, Locked};
        let ts2phc = self.ts2phc.values().min().copied();
        let Some(receiver) = self.receiver else {
            return (None, None);
        };
        match (self.worst_dpll(), receiver.state, receiver.source_lost, ts2phc) {
            (Some(Freerun), ..) => (Some(Freerun), Some(Class::Freerun)),
            (Some(Holdover), ..) => (Some(Holdover), Some(Class::Holdover)),
            (_, Locked, _, Some(Locked)) => (Some(Locked), Some(Class::Locked)),
            (_, Locked, _, Some(Holdover)) => (Some(Holdover), Some(Class::Holdover)),
            (_, Locked, _, Some(Freerun) | None) => (Some(Freerun), Some(Class::Freerun)),
            // The DPLL will tell of its holdover.
            (_, Freerun | Holdover, true, Some(Locked) | None) => (None, None),
            (_, Freerun | Holdover, true, Some(Freerun)) => (Some(Freerun), None),
            (_, Freerun | Holdover, true, Some(Holdover)) => (Some(Holdover), Some(Class::Holdover)),
            (_, Freerun | Holdover, false, Some(Freerun | Locked) | None) => {
                (Some(Freerun), Some(Class::Freerun))
            }
            (_, Freerun | Holdover, false, Some(Holdover)) => (None, None),
        }
    }

    /// The worst of all cards counts, also without the one that leads. Beside a leader that is locked, any other state
    /// means running free.
    fn worst_dpll(&self) -> Option<Reported> {
        let worst = self.dplls.values().map(|(state, _)| *state).min()?;
        let leader_is_locked = self.dplls.values().any(|(state, leads)| *leads && *state == Reported::Locked);
        if leader_is_locked && worst != Reported::Locked { Some(Reported::Freerun) } else { Some(worst) }
    }

    /// A class that differs is told. So is 7 again with each event of a DPLL whose offset means another accuracy than
    /// the one that was set with the class: that one is never set anew.
    fn tell(
        &mut self,
        class: GrandmasterClass,
        cause: Cause,
        serves: bool,
    ) -> Option<(GrandmasterClass, u8)> {
        let accuracy = match (class, cause) {
            (GrandmasterClass::Holdover, Cause::Dpll { offset_ns }) => accuracy_of(offset_ns),
            (GrandmasterClass::Locked | GrandmasterClass::Holdover, _) => 0x21,
            (GrandmasterClass::Freerun, _) => 0xfe,
        };
        if self.class == Some(class) {
            let is_dpll = matches!(cause, Cause::Dpll { .. });
            let differs = class == GrandmasterClass::Holdover && is_dpll && accuracy != self.accuracy;
            return differs.then_some((class, self.accuracy));
        }
        if !serves {
            return None;
        }
        self.class = Some(class);
        self.accuracy = accuracy;
        Some((class, accuracy))
    }
}

/// clockAccuracy for an offset, IEEE 1588-2019 table 5.
fn accuracy_of(offset_ns: i64) -> u8 {
    match offset_ns.unsigned_abs() {
        0..=25 => 0x20,
        26..=100 => 0x21,
        101..=250 => 0x22,
        251..=1_000 => 0x23,
        1_001..=2_500 => 0x24,
        _ => 0xfe,
    }
}

#[cfg(test)]
mod tests;
