//! The order of what is published, and what follows from what.

use super::Evidence;
use super::published::after_each_step;
use crate::explore::What;
use crate::explore::record::states;
use proxy_core::{Resource, SyncState};
use std::collections::BTreeMap;

/// Virtual time never stands still: no deadline is due again and again.
pub(super) fn time_goes_on(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let stands = evidence.record.entries.iter().find(|entry| entry.what == What::StandsStill)?;
    Some((stands.at_ns, "a deadline is due again and again".to_owned()))
}

/// The time of an event is never before that of an earlier event of its resource, nor after its publication:
/// it is the time of the change.
pub(super) fn times_never_go_back(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let start_unix_ns = evidence.case.setup.start_unix_s * 1_000_000_000;
    let mut latest: BTreeMap<Resource, u64> = BTreeMap::new();
    for (at_ns, event) in evidence.record.published() {
        let time_ns = event.time.unix_ns.saturating_sub(start_unix_ns);
        let before = latest.insert(event.resource, time_ns).unwrap_or_default();
        if time_ns < before || time_ns > at_ns {
            let path = event.resource.path();
            return Some((at_ns, format!("{path} is stamped {time_ns} ns, after {before} ns")));
        }
    }
    None
}

/// Two events in a row of one resource and clock never say the same: changes are published, and
/// nothing else.
pub(super) fn only_changes_are_published(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    let mut latest = BTreeMap::new();
    for (at_ns, event) in evidence.record.published() {
        let told: Vec<_> = states(event).collect();
        let repeats = told.iter().all(|(topic, reading)| latest.get(topic) == Some(reading));
        if repeats {
            let values: Vec<String> = event.values.iter().map(ToString::to_string).collect();
            return Some((at_ns, format!("{} says again: {}", event.resource.path(), values.join(", "))));
        }
        latest.extend(told);
    }
    None
}

/// After every input sync-state is the worst of all lock-states and the clock of the operating system.
pub(super) fn sync_state_is_the_worst(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    after_each_step(evidence.record, |_, latest| {
        let of = |wanted: fn(Resource) -> bool| {
            latest.iter().filter(move |((resource, _), _)| wanted(*resource)).map(|(_, state)| *state).max()
        };
        let is_part = |resource| matches!(resource, Resource::LockState | Resource::OsClockSyncState);
        let (whole, worst) = (of(|resource| resource == Resource::SyncState), of(is_part));
        (whole != worst).then(|| format!("sync-state is {whole:?}, the worst of its parts {worst:?}"))
    })
}

/// While phc2sys follows the hardware clock, the clock of the operating system is not LOCKED when the worst PTP clock is
/// not. For nodes whose phc2sys follows the only hardware clock.
pub(super) fn os_clock_is_not_better_than_ptp(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    if evidence.case.setup.profiles.len() != 1 || evidence.case.setup.cards.len() != 1 {
        return None;
    }
    after_each_step(evidence.record, |_, latest| {
        let of =
            |wanted| latest.iter().find(|((resource, _), _)| *resource == wanted).map(|(_, state)| *state);
        let (ptp, os) = (of(Resource::LockState)?, of(Resource::OsClockSyncState)?);
        let is_better = os == SyncState::Locked && ptp != SyncState::Locked;
        is_better.then(|| format!("the clock of the operating system is LOCKED while PTP is {ptp:?}"))
    })
}
