//! States over time: what was published of each resource above what was true of each clock.

use super::plots::{LEFT, RIGHT, WIDTH, time_axis, time_scale, told_lines};
use super::read::RunData;
use super::scale::Scale;
use super::svg::Svg;
use super::truth_table::seconds;
use std::collections::BTreeMap;

const LANE: f64 = 26.0;
const TOP: f64 = 22.0;

/// A state that is too short to be seen joins its neighbours in one mark, narrower than this many pixels.
const NARROW: f64 = 1.0;

/// A state from one moment to another, in seconds since the start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stay {
    pub(super) from_s: f64,
    pub(super) until_s: f64,
    pub(super) state: String,
}

/// All lanes in one drawing.
pub(super) fn lanes(run: &RunData) -> Option<String> {
    let mut lanes = published(run);
    lanes.extend(run.clocks.iter().map(|clock| {
        let states = clock.rows.iter().map(|row| (seconds(row.at_ns), row.state.clone())).collect();
        (format!("true: {}", clock.title()), stays(states, run.end_s))
    }));
    if lanes.is_empty() {
        return None;
    }
    let bottom = TOP + LANE * lanes.len() as f64;
    let description = "Each lane is divided into states. Plain is good, slanted stripes are holdover or coasting, \
        crossed stripes are freerun or failure; every state has its name.";
    let mut svg = Svg::new("lanes", (WIDTH, bottom + 40.0), "States over time", description);
    let x = Scale { pixels: (LEFT + 110.0, RIGHT), ..time_scale(run) };
    time_axis(&mut svg, x, (TOP, bottom));
    for (index, (name, stays)) in lanes.iter().enumerate() {
        let top = TOP + LANE * index as f64;
        svg.label("lane", (x.pixels.0 - 6.0, top + 17.0), "end", name);
        for stay in &joined(stays, x) {
            draw(&mut svg, x, top, stay);
        }
    }
    told_lines(&mut svg, run, x, (TOP, bottom));
    Some(svg.finish())
}

fn draw(svg: &mut Svg, x: Scale, top: f64, stay: &Stay) {
    let (left, right) = (x.place(stay.from_s), x.place(stay.until_s));
    let width = (right - left).max(NARROW);
    let title = format!("{} from {:.3} s to {:.3} s", stay.state, stay.from_s, stay.until_s);
    svg.bar(class(&stay.state), (left, top + 3.0), (width, LANE - 6.0), &title);
    // Seven pixels for each letter are enough.
    if width > 7.0 * stay.state.chars().count() as f64 + 6.0 {
        svg.label("state", ((left + right) / 2.0, top + 17.0), "middle", &stay.state);
    }
}

/// What a state looks like: a colour and a pattern for each.
pub(super) fn class(state: &str) -> &'static str {
    match state {
        "LOCKED" | "SYNCHRONIZED" | "tracking" => "good",
        "HOLDOVER" | "coasting" => "holding",
        "FREERUN" | "unsynchronized" | "ANTENNA-DISCONNECTED" | "ANTENNA-SHORT-CIRCUIT" => "bad",
        failure if failure.starts_with("FAILURE") => "bad",
        _ => "other",
    }
}

/// One lane for each resource of each address. What was known at first holds until the first event; a resource of which
/// nothing was ever known has no lane.
fn published(run: &RunData) -> Vec<(String, Vec<Stay>)> {
    let mut changes: BTreeMap<(String, String), Vec<(f64, String)>> = BTreeMap::new();
    let mut placeholders = BTreeMap::new();
    for one in &run.notifications {
        let resource = one.event.short_resource();
        let change = (seconds(one.at_ns), one.event.value().to_owned());
        if one.event.is_placeholder() {
            placeholders.entry(resource).or_insert(change);
        } else {
            let address = one.event.values.first().map(|value| value.address.clone()).unwrap_or_default();
            changes.entry((resource, address)).or_default().push(change);
        }
    }
    let several = |resource: &str| changes.keys().filter(|(named, _)| named == resource).count() > 1;
    let lane = |((resource, address), changes): (&(String, String), &Vec<(f64, String)>)| {
        let states = placeholders.get(resource).into_iter().chain(changes).cloned().collect();
        // `/cluster/node/n/ens1fx/master` is known by its interface.
        let place = address.split('/').nth(4).filter(|_| several(resource));
        let name = place.map_or(resource.clone(), |place| format!("{resource} {place}"));
        (name, stays(states, run.end_s))
    };
    changes.iter().map(lane).collect()
}

/// Each state until the next one, the last one until the end; repetitions are no change.
pub(super) fn stays(mut states: Vec<(f64, String)>, end_s: f64) -> Vec<Stay> {
    states.dedup_by(|later, earlier| later.1 == earlier.1);
    let ends: Vec<f64> = states.iter().skip(1).map(|(at_s, _)| *at_s).chain([end_s]).collect();
    let stay = |((from_s, state), until_s): ((f64, String), f64)| Stay { from_s, until_s, state };
    states.into_iter().zip(ends).map(stay).collect()
}

/// Neighbours that are all too narrow become one, so that a state that flaps for a day stays small.
fn joined(stays: &[Stay], x: Scale) -> Vec<Stay> {
    let is_narrow = |stay: &Stay| x.place(stay.until_s) - x.place(stay.from_s) < NARROW;
    let mut joined: Vec<Stay> = Vec::new();
    let mut run_of: Option<(f64, usize)> = None;
    for stay in stays {
        let begun = run_of
            .filter(|(from_s, _)| is_narrow(stay) && x.place(stay.until_s) - x.place(*from_s) < 4.0 * NARROW);
        if let (Some((from_s, count)), Some(last)) = (begun, joined.last_mut()) {
            *last = Stay { from_s, until_s: stay.until_s, state: format!("{} changes", count + 1) };
            run_of = Some((from_s, count + 1));
        } else {
            run_of = is_narrow(stay).then_some((stay.from_s, 1));
            joined.push(stay.clone());
        }
    }
    joined
}
