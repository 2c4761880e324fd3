//! What reports do to the node: each state is kept and published when it differs from the one before.

use super::lines::is_short;
use super::{At, Node};
use crate::counters::Ignored;
use crate::journal::Change;
use crate::limits::REPORTED_MAX;
use crate::{Reading, Report, Reported, Resource, Source, Subject, SyncState, Value};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// The latest report of each kind, by profile and interface.
#[derive(Debug, Default)]
pub(super) struct ReportedStates {
    table: BTreeMap<Key, Reported>,
}

/// Profile, interface, and what the report speaks of.
type Key = (String, String, Resource);

impl ReportedStates {
    /// States that count for the node as a whole.
    pub(super) fn states(&self) -> impl Iterator<Item = SyncState> {
        self.table.values().filter_map(|said| match said {
            Reported::PtpState { state, .. }
            | Reported::OsClockState { state, .. }
            | Reported::SyncState(state) => Some(*state),
            Reported::ClockClass(_)
            | Reported::GnssState(_)
            | Reported::SynceState(_)
            | Reported::SynceQuality { .. }
            | Reported::Clear => None,
        })
    }

    /// Those of the node as a whole: profile, interface, state.
    pub(super) fn of_the_node(&self) -> impl Iterator<Item = (&str, &str, SyncState)> {
        self.table.iter().filter_map(|((profile, interface, _), said)| match said {
            Reported::SyncState(state) => Some((profile.as_str(), interface.as_str(), *state)),
            Reported::PtpState { .. }
            | Reported::OsClockState { .. }
            | Reported::ClockClass(_)
            | Reported::GnssState(_)
            | Reported::SynceState(_)
            | Reported::SynceQuality { .. }
            | Reported::Clear => None,
        })
    }

    /// Keeps a report of an earlier run.
    pub(super) fn recall(&mut self, profile: &str, interface: &str, said: Reported) {
        // There is room for what an earlier run had; a file that was tampered with may have more.
        if let Some(resource) = resource(said).filter(|_| self.table.len() < REPORTED_MAX) {
            self.table.insert((profile.to_string(), interface.to_string(), resource), said);
        }
    }
}

impl Node {
    /// Takes in a report.
    pub(crate) fn handle_report(&mut self, at: At<'_>, report: &Report<'_>) {
        let Some(resource) = resource(report.said) else { return self.clear_reports(at) };
        let (profile, interface) = (report.profile.to_string(), report.interface.to_string());
        let key = (profile.clone(), interface.clone(), resource);
        let has_room = self.reported.table.len() < REPORTED_MAX || self.reported.table.contains_key(&key);
        if !has_room || !is_short(&profile) || !is_short(&interface) {
            return self.counters.ignored(Ignored::TableFull);
        }
        let said = without_absent_level(report.said);
        let earlier = self.reported.table.insert(key, said);
        if earlier.is_some_and(|earlier| is_same(earlier, said)) {
            return;
        }
        self.is_to_remember = true;
        let values = self.reported_values(&interface, said);
        if !values.is_empty() {
            self.publish(at, Source::Report { profile, interface }, resource, values);
        }
        self.refresh_sync(at);
    }

    fn clear_reports(&mut self, at: At<'_>) {
        for (profile, interface, _) in core::mem::take(&mut self.reported.table).into_keys() {
            self.changes.push_back(Change::Withdrawn(Source::Report { profile, interface }));
        }
        self.refresh_sync(at);
    }

    /// What is published of a report; nothing of the node's own state, which is derived.
    fn reported_values(&self, interface: &str, said: Reported) -> Vec<Value> {
        let master = || Subject::Master { alias: self.alias(interface).to_string() };
        let port = || crate::SyncePort { device: String::new(), interface: interface.to_string() };
        let value = |subject, reading| Value { subject, reading };
        let clock = |subject: Subject, state, offset_ns: Option<i64>| {
            let readings = core::iter::once(Reading::State(state)).chain(offset_ns.map(Reading::OffsetNs));
            readings.map(|reading| value(subject.clone(), reading)).collect()
        };
        match said {
            Reported::PtpState { state, offset_ns } => clock(master(), state, offset_ns),
            Reported::OsClockState { state, offset_ns } => clock(Subject::OsClock, state, offset_ns),
            Reported::ClockClass(class) => vec![value(master(), Reading::ClockClass(class))],
            Reported::GnssState(state) => vec![value(master(), Reading::Gnss(state))],
            Reported::SynceState(state) => vec![value(Subject::SyncePort(port()), Reading::State(state))],
            Reported::SynceQuality { ql, extended_ql } => {
                let extended = extended_ql.unwrap_or(Reading::QUALITY_LEVEL_NONE);
                vec![
                    value(Subject::SynceQuality(port()), Reading::QualityLevel(ql)),
                    value(Subject::SynceExtendedQuality(port()), Reading::QualityLevel(extended)),
                ]
            }
            Reported::SyncState(_) | Reported::Clear => Vec::new(),
        }
    }
}

/// Whether two reports of one kind say the same, offsets aside.
fn is_same(one: Reported, other: Reported) -> bool {
    match (one, other) {
        (Reported::PtpState { state, .. }, Reported::PtpState { state: then, .. })
        | (Reported::OsClockState { state, .. }, Reported::OsClockState { state: then, .. }) => state == then,
        _ => one == other,
    }
}

/// The same report with one way to say that there is no enhanced code.
fn without_absent_level(said: Reported) -> Reported {
    if let Reported::SynceQuality { ql, extended_ql: Some(Reading::QUALITY_LEVEL_NONE) } = said {
        Reported::SynceQuality { ql, extended_ql: None }
    } else {
        said
    }
}

/// What a report speaks of; nothing when it takes all others back.
fn resource(said: Reported) -> Option<Resource> {
    Some(match said {
        Reported::PtpState { .. } => Resource::LockState,
        Reported::OsClockState { .. } => Resource::OsClockSyncState,
        Reported::SyncState(_) => Resource::SyncState,
        Reported::ClockClass(_) => Resource::ClockClass,
        Reported::GnssState(_) => Resource::GnssSyncStatus,
        Reported::SynceState(_) => Resource::SynceLockState,
        Reported::SynceQuality { .. } => Resource::SynceClockQuality,
        Reported::Clear => return None,
    })
}
