//! What is published, and what is true.

use super::Evidence;
use super::published::Timelines;
use crate::explore::configuration::alias;
use crate::explore::limits::{BACK_AFTER_NS, NS_PER_S, TOLD_AT_ONCE_NS};
use proxy_core::{Resource, Subject, SyncState};
use sim_core::{Action, CardTruth, TrueState, Truth};

/// A clock that has lost its source is not published as LOCKED for longer than a second: linuxptp says so at once. A
/// ptp4l that is stopped says nothing, and no line tells a proxy that it is stopped.
pub(super) fn lost_source_is_told(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    if !evidence.is_of_ptp4l() {
        return None;
    }
    let timelines = Timelines::of(evidence.record);
    let untold: Vec<_> = evidence.record.absences().into_iter().chain(stalls(evidence)).collect();
    for card in 0..evidence.case.setup.cards.len() {
        let Some(subject) = subject(evidence, card) else { continue };
        for (from_ns, until_ns) in spans_without_source(evidence, card) {
            let told_ns = from_ns + TOLD_AT_ONCE_NS;
            let is_untold = |(from, until): &(u64, u64)| {
                *from <= told_ns && from_ns <= until.saturating_add(TOLD_AT_ONCE_NS)
            };
            let is_away = untold.iter().any(is_untold);
            let locked =
                timelines.state_at(Resource::LockState, &subject, told_ns) == Some(SyncState::Locked);
            if told_ns < until_ns && locked && !is_away {
                return Some((
                    told_ns,
                    format!("{subject} is LOCKED, and follows nothing since {from_ns} ns"),
                ));
            }
        }
    }
    None
}

/// A clock that has followed its source well for a few samples is published as LOCKED, and the clock of the operating
/// system with it.
pub(super) fn recovery_is_told(evidence: &Evidence<'_>) -> Option<(u64, String)> {
    if !evidence.is_of_ptp4l() || !is_quiet(evidence) {
        return None;
    }
    let timelines = Timelines::of(evidence.record);
    let disturbances = disturbances(evidence);
    (0..evidence.case.setup.cards.len()).find_map(|card| {
        let subject = subject(evidence, card)?;
        let mut good_since_ns = None;
        let mut looks = evidence.story.truth.iter();
        looks.find_map(|(at_ns, truth)| {
            let is_disturbed =
                disturbances.iter().any(|(from_ns, until_ns)| from_ns <= at_ns && at_ns <= until_ns);
            let is_good = !is_disturbed && follows_well(evidence, truth.cards.get(card)?, *at_ns);
            good_since_ns = if is_good { good_since_ns.or(Some(*at_ns)) } else { None };
            let since_ns = good_since_ns?;
            // A port that fails beside the one that is followed may lower the clock until its next sample.
            let from_ns = at_ns.saturating_sub(BACK_AFTER_NS);
            let is_told = from_ns < since_ns || timelines.is_locked_within(&subject, (from_ns, *at_ns));
            (!is_told)
                .then(|| (*at_ns, format!("{subject} is not LOCKED, and follows well since {since_ns} ns")))
        })
    })
}

/// What the lock-state of a card's clock speaks of.
fn subject(evidence: &Evidence<'_>, card: usize) -> Option<Subject> {
    let interface = evidence.case.setup.cards.get(card)?.interfaces.first()?;
    Some(Subject::Master { alias: alias(interface) })
}

/// The times in which the clock of a card has nothing to follow, as (from, until) in nanoseconds.
fn spans_without_source(evidence: &Evidence<'_>, card: usize) -> Vec<(u64, u64)> {
    let mut spans = Vec::new();
    let mut since_ns = None;
    let follows = |truth: &Truth| truth.cards.get(card).is_some_and(|card| card.clock == TrueState::Tracking);
    for (at_ns, truth) in &evidence.story.truth {
        if follows(truth) {
            spans.extend(since_ns.take().map(|from_ns| (from_ns, *at_ns)));
        } else {
            since_ns = since_ns.or(Some(*at_ns));
        }
    }
    spans.extend(since_ns.map(|from_ns| (from_ns, evidence.case.setup.duration_s * NS_PER_S)));
    spans
}

/// Whether noise by itself stays within the thresholds: eight standard deviations.
fn is_quiet(evidence: &Evidence<'_>) -> bool {
    let noise_ns = evidence.case.setup.links.iter().map(|link| link.path.noise_ns).fold(0.0, f64::max);
    let walk_ppb = evidence.case.setup.cards.iter().map(|card| card.phc.random_walk_ppb).fold(0.0, f64::max);
    noise_ns * 8.0 < narrowest_ns(evidence) && walk_ppb < 0.5
}

/// The narrower threshold in nanoseconds.
fn narrowest_ns(evidence: &Evidence<'_>) -> f64 {
    let thresholds = &evidence.case.thresholds;
    let narrowest = thresholds.max_offset_ns.min(-thresholds.min_offset_ns);
    i32::try_from(narrowest).map_or(0.0, f64::from)
}

fn follows_well(evidence: &Evidence<'_>, card: &CardTruth, at_ns: u64) -> bool {
    let steps = evidence.case.setup.timeline.iter().filter(|(at, _)| at.ns <= at_ns);
    let grandmaster_ns: f64 = steps
        .filter_map(|(_, action)| {
            let Action::GrandmasterStep { by_ns, .. } = action else { return None };
            i32::try_from(*by_ns).ok().map(f64::from)
        })
        .sum();
    card.clock == TrueState::Tracking
        && (card.phc_error_ns - grandmaster_ns).abs() * 4.0 < narrowest_ns(evidence)
}

/// The times in which what a servo sees is not what is true, or nobody tells the proxy, as (from, until) in nanoseconds.
fn disturbances(evidence: &Evidence<'_>) -> Vec<(u64, u64)> {
    let mut disturbances = evidence.record.absences();
    disturbances.extend(stalls(evidence));
    disturbances.extend(spans(
        evidence,
        |action| matches!(action, Action::PacketDelayBurst { .. }),
        |action| matches!(action, Action::PacketDelayNormal { .. }),
    ));
    disturbances.iter_mut().for_each(|(_, until_ns)| *until_ns = until_ns.saturating_add(BACK_AFTER_NS));
    disturbances
}

/// The times in which a process is stopped.
fn stalls(evidence: &Evidence<'_>) -> Vec<(u64, u64)> {
    spans(
        evidence,
        |action| matches!(action, Action::ProcessStall { .. }),
        |action| matches!(action, Action::ProcessResume { .. } | Action::ProcessCrash { .. }),
    )
}

/// From each action that begins something to the last one that ends it; without one for ever.
fn spans(evidence: &Evidence<'_>, begins: fn(&Action) -> bool, ends: fn(&Action) -> bool) -> Vec<(u64, u64)> {
    let timeline = &evidence.case.setup.timeline;
    let all = timeline.iter().enumerate().filter(|(_, (_, action))| begins(action));
    all.map(|(index, (from, _))| {
        let end = timeline[index..].iter().rev().find(|(_, later)| ends(later));
        (from.ns, end.map_or(u64::MAX, |(until, _)| until.ns))
    })
    .collect()
}
