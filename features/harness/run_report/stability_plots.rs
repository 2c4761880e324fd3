//! Stability over the observation interval, on logarithmic axes, beside the masks.

use super::figures::ClockFigures;
use super::plots::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH};
use super::scale::{Scale, short};
use super::svg::Svg;
use sim_core::stability::mask::{Bound, Mask, Quantity};
use sim_core::stability::{Overlap, PhaseSeries, Point, adev, curve, dte_low_pass, mtie, tdev};

/// An estimator with its usual settings.
type Estimator = fn(&PhaseSeries, usize) -> Option<Point>;

/// A drawing to be made.
struct Plot<'a> {
    name: &'static str,
    unit: &'static str,
    estimator: Estimator,
    /// The limits that belong into it: of the time error itself, and of its slow part.
    quantities: Option<(Quantity, Quantity)>,
    masks: &'a [&'static Mask],
}

/// One of the lines in a drawing: seconds and values.
struct Curve {
    label: String,
    class: String,
    points: Vec<(f64, f64)>,
}

/// TDEV, MTIE and ADEV of all clocks.
pub(super) fn stability(clocks: &[ClockFigures<'_>], masks: &[&'static Mask]) -> Vec<String> {
    let plot = |name, unit, estimator, quantities| Plot { name, unit, estimator, quantities, masks };
    let overlapping: Estimator = |series, factor| adev(series, factor, Overlap::Full);
    let plots = [
        plot("TDEV", "ns", tdev, Some((Quantity::Tdev, Quantity::DteLowPassTdev))),
        plot("MTIE", "ns", mtie, Some((Quantity::Mtie, Quantity::DteLowPassMtie))),
        plot("ADEV", "ns/s", overlapping, None),
    ];
    plots.iter().filter_map(|plot| plot.draw(clocks)).collect()
}

impl Plot<'_> {
    fn draw(&self, clocks: &[ClockFigures<'_>]) -> Option<String> {
        let mut curves: Vec<Curve> = clocks.iter().flat_map(|clock| self.measured(clock)).collect();
        let longest_s = curves.iter().flat_map(|c| &c.points).map(|point| point.0).fold(1.0, f64::max);
        if curves.iter().all(|curve| curve.points.is_empty()) {
            return None;
        }
        curves.extend(self.masks.iter().flat_map(|mask| self.limits(mask, longest_s)));
        let (x, y) = axes(&curves);
        let title = format!("{} over the observation interval", self.name);
        let description = "Logarithmic axes. Measured curves are solid or dotted, masks are dashed.";
        let mut svg = Svg::new(self.name, (WIDTH, HEIGHT), &title, description);
        decades(&mut svg, x, y, self.name, self.unit);
        for (index, curve) in curves.iter().enumerate() {
            let log = |(tau, value): &(f64, f64)| (x.place(tau.log10()), y.place(value.log10()));
            let points: Vec<(f64, f64)> = curve.points.iter().map(log).collect();
            // Names stand below each other, at the end of a sample of their line.
            let at = TOP + 12.0 + 15.0 * index as f64;
            svg.path(&curve.class, &[points, vec![(LEFT + 10.0, at - 4.0), (LEFT + 40.0, at - 4.0)]]);
            svg.label("legend", (LEFT + 46.0, at), "start", &curve.label);
        }
        Some(svg.finish())
    }

    /// The curve of a clock, and that of its slow part where a mask asks for it.
    fn measured(&self, figures: &ClockFigures<'_>) -> Vec<Curve> {
        let Some(series) = &figures.series else { return Vec::new() };
        let points = |series: &PhaseSeries| {
            let points = curve(series, &series.factors(), self.estimator);
            // Zero has no logarithm.
            points.iter().filter(|p| p.value > 0.0).map(|p| (p.tau_s, p.value)).collect::<Vec<_>>()
        };
        let clock = figures.clock.title();
        let kind = if figures.clock.is_os_clock() { "curve os" } else { "curve ptp" };
        let mut curves = vec![Curve {
            label: format!("{clock}, {}", self.name),
            class: kind.to_owned(),
            points: points(series),
        }];
        let slow_wanted = self.quantities.is_some_and(|(_, slow)| {
            self.masks.iter().any(|mask| mask.limits.iter().any(|limit| limit.quantity == slow))
        });
        if slow_wanted && !figures.clock.is_os_clock() {
            let label = format!("{clock}, {} of dTE_L", self.name);
            curves.push(Curve {
                label,
                class: format!("{kind} slow"),
                points: points(&dte_low_pass(series)),
            });
        }
        curves.retain(|curve| !curve.points.is_empty());
        curves
    }

    fn limits(&self, mask: &Mask, longest_s: f64) -> Vec<Curve> {
        let Some((whole, slow)) = self.quantities else { return Vec::new() };
        let wanted = mask.limits.iter().filter(|limit| limit.quantity == whole || limit.quantity == slow);
        let curve = |limit: &sim_core::stability::mask::Limit| Curve {
            label: format!("limit {}, {}", mask.name, limit.quantity.name()),
            class: "curve mask".to_owned(),
            points: corners(limit.bound, longest_s),
        };
        wanted.map(curve).filter(|curve| !curve.points.is_empty()).collect()
    }
}

/// A limit as points: close enough to each other that a slope looks right on logarithmic axes.
fn corners(bound: Bound, longest_s: f64) -> Vec<(f64, f64)> {
    let steps = (0..=80).map(|step| 10.0_f64.powf(f64::from(step) / 80.0 * longest_s.log10().max(1.0)));
    steps.filter_map(|tau_s| Some((tau_s, bound.at(tau_s)?))).collect()
}

/// Whole decades around everything.
fn axes(curves: &[Curve]) -> (Scale, Scale) {
    let all = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = (low.log10().floor(), high.log10().ceil());
        (low, high.max(low + 1.0))
    };
    let x = Scale { range: range(&mut all().map(|point| point.0)), pixels: (LEFT, RIGHT) };
    let y = Scale { range: range(&mut all().map(|point| point.1)), pixels: (BOTTOM, TOP) };
    (x, y)
}

fn decades(svg: &mut Svg, x: Scale, y: Scale, name: &str, unit: &str) {
    let whole = |scale: Scale| {
        let decades = std::iter::successors(Some(scale.range.0), |decade| Some(decade + 1.0));
        decades.take_while(move |decade| *decade <= scale.range.1).take(40)
    };
    for decade in whole(x) {
        svg.line("grid", (x.place(decade), TOP), (x.place(decade), BOTTOM));
        svg.label("tick", (x.place(decade), BOTTOM + 16.0), "middle", &short(10.0_f64.powf(decade)));
    }
    for decade in whole(y) {
        svg.line("grid", (LEFT, y.place(decade)), (RIGHT, y.place(decade)));
        svg.label("tick", (LEFT - 6.0, y.place(decade) + 4.0), "end", &short(10.0_f64.powf(decade)));
    }
    svg.label("tick", (LEFT, TOP - 9.0), "start", &format!("{name} [{unit}]"));
    svg.label("tick", (RIGHT, BOTTOM + 32.0), "end", "observation interval [s]");
}
