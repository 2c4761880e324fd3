//! Drawings over time, and the histogram.

use super::read::RunData;
use super::scale::{Scale, decimated, short, time_unit};
use super::svg::Svg;
use super::truth_table::{TrueClock, seconds};

/// Size of a drawing and of the space around its axes, in pixels.
pub(super) const WIDTH: f64 = 960.0;
pub(super) const HEIGHT: f64 = 300.0;
pub(super) const LEFT: f64 = 90.0;
pub(super) const RIGHT: f64 = 945.0;
pub(super) const TOP: f64 = 22.0;
pub(super) const BOTTOM: f64 = 262.0;

/// Bars of a histogram.
const BARS: usize = 41;

/// The axis of time of all drawings of a run.
pub(super) fn time_scale(run: &RunData) -> Scale {
    Scale { range: (run.begin_s, run.end_s), pixels: (LEFT, RIGHT) }
}

/// Ticks, numbers and the name of the axis of time.
pub(super) fn time_axis(svg: &mut Svg, scale: Scale, (top, bottom): (f64, f64)) {
    let (unit, unit_s) = time_unit(scale.range.1 - scale.range.0);
    let in_unit = Scale { range: (scale.range.0 / unit_s, scale.range.1 / unit_s), ..scale };
    for tick in in_unit.ticks(10.0) {
        let x = in_unit.place(tick);
        svg.line("grid", (x, top), (x, bottom));
        svg.label("tick", (x, bottom + 16.0), "middle", &short(tick));
    }
    svg.label("tick", (RIGHT, bottom + 32.0), "end", &format!("time since the start [{unit}]"));
}

/// Ticks, numbers and the name of the other axis.
fn value_axis(svg: &mut Svg, scale: Scale, name: &str) {
    for tick in scale.ticks(6.0) {
        let y = scale.place(tick);
        svg.line("grid", (LEFT, y), (RIGHT, y));
        svg.label("tick", (LEFT - 6.0, y + 4.0), "end", &short(tick));
    }
    svg.label("tick", (LEFT, TOP - 9.0), "start", name);
}

/// What was done to the node, as numbered lines.
pub(super) fn told_lines(svg: &mut Svg, run: &RunData, scale: Scale, (top, bottom): (f64, f64)) {
    for (index, told) in run.told.iter().enumerate().take(super::tables::TOLD_MAX) {
        let x = scale.place(seconds(told.at_ns));
        svg.begin("g", &[("class", "told")]);
        svg.wrapped("title", &[], &format!("{}: {}", index + 1, told.text));
        svg.line("told", (x, top), (x, bottom));
        svg.label("told", (x, top - 3.0), "middle", &(index + 1).to_string());
        svg.end();
    }
}

/// The error of a clock over time with what was reported of it, and the thresholds.
pub(super) fn errors(
    run: &RunData,
    index: usize,
    clock: Option<&TrueClock>,
    reporters: &[&String],
) -> String {
    let title = clock.map_or("Reported offsets".to_owned(), |clock| format!("{}: errors", clock.title()));
    let limit_ns = limit_ns(run, clock, reporters);
    let description = format!(
        "True error as a solid line, reported offsets as a dotted line, thresholds as dashed lines. Beyond {} ns the drawing is cut.",
        short(limit_ns)
    );
    let mut svg = Svg::new(&format!("errors-{index}"), (WIDTH, HEIGHT), &title, &description);
    let x = time_scale(run);
    let y = Scale { range: (-limit_ns, limit_ns), pixels: (BOTTOM, TOP) };
    time_axis(&mut svg, x, (TOP, BOTTOM));
    value_axis(&mut svg, y, "error [ns]");
    if let Some(thresholds) = run.about.as_ref().and_then(|about| about.thresholds) {
        for (name, ns) in [("maximum", thresholds.max_offset_ns), ("minimum", thresholds.min_offset_ns)] {
            svg.line("threshold", (LEFT, y.place(ns as f64)), (RIGHT, y.place(ns as f64)));
            svg.label("tick", (RIGHT - 4.0, y.place(ns as f64) - 4.0), "end", &format!("{name} {ns} ns"));
        }
    }
    for reporter in reporters {
        if let Some(points) = run.reported.get(*reporter) {
            svg.path("reported", &[drawn(points, x, y)]);
        }
    }
    if let Some(clock) = clock {
        let points: Vec<_> = clock.rows.iter().map(|row| (seconds(row.at_ns), row.error_ns)).collect();
        svg.path("true", &[drawn(&points, x, y)]);
    }
    told_lines(&mut svg, run, x, (TOP, BOTTOM));
    svg.finish()
}

fn drawn(points: &[(f64, f64)], x: Scale, y: Scale) -> Vec<(f64, f64)> {
    decimated(points, x).into_iter().map(|(at, value)| (x.place(at), y.place(value))).collect()
}

/// So much that everything is seen that the clock did after it was set; what was before would hide it.
fn limit_ns(run: &RunData, clock: Option<&TrueClock>, reporters: &[&String]) -> f64 {
    let thresholds = run.about.as_ref().and_then(|about| about.thresholds);
    let threshold = thresholds.map_or(1.0, |t| t.max_offset_ns.abs().max(t.min_offset_ns.abs()) as f64);
    let largest = match clock {
        Some(clock) => {
            let synchronized = clock.rows.iter().filter(|row| row.is_synchronized());
            synchronized.map(|row| row.error_ns.abs()).fold(0.0, f64::max)
        }
        None => {
            let samples = reporters.iter().filter_map(|name| run.reported.get(*name)).flatten();
            let mut sizes: Vec<f64> = samples.map(|(_, ns)| ns.abs()).collect();
            sizes.sort_by(f64::total_cmp);
            sizes.get(sizes.len() * 98 / 100).copied().unwrap_or(0.0)
        }
    };
    (threshold * 1.5).max(largest * 1.1).max(1.0)
}

/// How often which error was, of the seconds in which the clock tracked.
pub(super) fn histogram(index: usize, clock: &TrueClock) -> Option<String> {
    let series = clock.series()?;
    let errors: Vec<f64> = series.samples().iter().flatten().copied().collect();
    let reach = errors.iter().map(|ns| ns.abs()).fold(0.5, f64::max);
    let width_ns = 2.0 * reach / BARS as f64;
    let from = |bar: usize| bar as f64 * width_ns - reach;
    let mut counts = vec![0_usize; BARS];
    for ns in &errors {
        // The bar whose upper end is the first one that is beyond; the largest belongs to the last bar.
        let bar = (0..BARS).find(|bar| *ns < from(bar + 1)).unwrap_or(BARS - 1);
        counts[bar] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1).max(1);
    let title = format!("{}: histogram of the error", clock.title());
    let description = format!("{} seconds in {BARS} bars of {width_ns:.3} ns", errors.len());
    let mut svg = Svg::new(&format!("histogram-{index}"), (WIDTH, HEIGHT), &title, &description);
    let x = Scale { range: (-reach, reach), pixels: (LEFT, RIGHT) };
    let y = Scale { range: (0.0, highest as f64), pixels: (BOTTOM, TOP) };
    value_axis(&mut svg, y, "seconds");
    for tick in x.ticks(10.0) {
        svg.label("tick", (x.place(tick), BOTTOM + 16.0), "middle", &short(tick));
    }
    svg.label("tick", (RIGHT, BOTTOM + 32.0), "end", "error [ns]");
    for (bar, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (left, right, top) = (x.place(from(bar)), x.place(from(bar + 1)), y.place(*count as f64));
        let title = format!("{:.2} to {:.2} ns: {count} s", from(bar), from(bar + 1));
        svg.bar("bar", (left, top), ((right - left - 1.0).max(0.5), BOTTOM - top), &title);
    }
    Some(svg.finish())
}
