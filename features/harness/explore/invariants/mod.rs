//! What holds in every case, whatever happens: each invariant by a name that reports show.
//!
//! They judge the record of a run against the truth of the simulator and against rules of their own; nothing of the
//! proxy's own aggregation is asked.

mod delivery;
mod holdover;
mod order;
mod published;
mod restart;
mod truth;

pub(super) use published::Timelines;

use super::{Case, Record, Story};
use ptp_scenario::Topology;

/// What is known of a run.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The case.
    pub case: &'a Case,
    /// What the simulator made of it.
    pub story: &'a Story,
    /// What the proxy did.
    pub record: &'a Record,
    /// What it did when it was not killed; absent if the case kills nobody.
    pub uninterrupted: Option<&'a Record>,
}

/// Something that always holds.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    /// Its name.
    pub name: &'static str,
    /// Finds the first instance in which it does not hold: when, and what happened instead.
    pub check: fn(&Evidence<'_>) -> Option<(u64, String)>,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub invariant: &'static str,
    /// When, in nanoseconds since the start of the case.
    pub at_ns: u64,
    /// What happened.
    pub what: String,
}

/// All of them. The first that does not hold is reported.
pub const INVARIANTS: [Invariant; 14] = [
    Invariant { name: "time-goes-on", check: order::time_goes_on },
    Invariant { name: "queues-are-bounded", check: delivery::queues_are_bounded },
    Invariant { name: "times-never-go-back", check: order::times_never_go_back },
    Invariant { name: "sync-state-is-the-worst", check: order::sync_state_is_the_worst },
    Invariant { name: "only-changes-are-published", check: order::only_changes_are_published },
    Invariant { name: "no-event-twice", check: delivery::no_event_twice },
    Invariant { name: "in-order", check: delivery::in_order },
    Invariant { name: "no-event-lost", check: delivery::no_event_lost },
    Invariant { name: "latest-state-arrives", check: delivery::latest_state_arrives },
    Invariant { name: "os-clock-not-better-than-ptp", check: order::os_clock_is_not_better_than_ptp },
    Invariant { name: "holdover-ends-on-time", check: holdover::ends_on_time },
    Invariant { name: "lost-source-is-told", check: truth::lost_source_is_told },
    Invariant { name: "recovery-is-told", check: truth::recovery_is_told },
    Invariant { name: "restart-changes-nothing", check: restart::changes_nothing },
];

impl Evidence<'_> {
    /// Whether the state of the clocks is that of ptp4l's servos: linuxptp-daemon judges the others, in its own time, and
    /// ends their holdovers itself.
    fn is_of_ptp4l(&self) -> bool {
        match self.case.topology {
            Topology::OrdinaryClock
            | Topology::BoundaryClock
            | Topology::DualFollower
            | Topology::DualNicBoundaryClock => true,
            Topology::TelecomGrandmaster
            | Topology::TelecomGrandmasterTwoCards
            | Topology::TelecomBoundaryClock
            | Topology::SynchronousEthernet
            | Topology::NtpFailover
            | Topology::Bare => false,
        }
    }

    /// The first invariant that does not hold.
    pub fn first_violation(&self) -> Option<Violation> {
        INVARIANTS.iter().find_map(|invariant| {
            let (at_ns, what) = (invariant.check)(self)?;
            Some(Violation { invariant: invariant.name, at_ns, what })
        })
    }
}

/// An instant for a report.
pub(super) fn seconds(at_ns: u64) -> String {
    format!("{}.{:03} s", at_ns / 1_000_000_000, at_ns / 1_000_000 % 1000)
}
