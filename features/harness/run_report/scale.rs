//! From quantities to places in a drawing.

/// A line of numbers laid along a line of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// The quantity at the one end, and at the other.
    pub(super) range: (f64, f64),
    /// The pixels at these ends.
    pub(super) pixels: (f64, f64),
}

impl Scale {
    /// The pixel of a quantity; quantities beyond an end are drawn at it.
    pub(super) fn place(&self, value: f64) -> f64 {
        let (from, to) = self.range;
        let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// Round numbers in the range, about `count` of them.
    pub(super) fn ticks(&self, count: f64) -> Vec<f64> {
        let (from, to) = self.range;
        let step = round_step((to - from) / count);
        let first = (from / step).ceil();
        let ticks = std::iter::successors(Some(first), |index| Some(index + 1.0));
        // Adding 0 turns -0 into 0.
        ticks.map(|index| index * step + 0.0).take_while(|tick| *tick <= to + step * 1e-9).take(100).collect()
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not less.
fn round_step(least: f64) -> f64 {
    // A quotient of exact powers is as near to the decimal as can be; a product of tenths is not.
    let decades = (-12..=22).map(|decade| 10.0_f64.powi(decade.max(0)) / 10.0_f64.powi(-decade.min(0)));
    let mut steps = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * decade));
    steps.find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(least)
}

/// A unit in which a span of time reads well: its name, and its length in seconds.
pub(super) fn time_unit(span_s: f64) -> (&'static str, f64) {
    if span_s > 10_800.0 {
        ("h", 3_600.0)
    } else if span_s > 1_200.0 {
        ("min", 60.0)
    } else {
        ("s", 1.0)
    }
}

/// A number without needless decimals.
pub(super) fn short(value: f64) -> String {
    let text = if value.abs() >= 1e6 || (value != 0.0 && value.abs() < 1e-3) {
        format!("{value:e}")
    } else {
        format!("{value:.6}").trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if text == "-0" { "0".to_owned() } else { text }
}

/// At most two points for each pixel, the lowest and the highest, in the order in which they came: no peak gets lost.
pub(super) fn decimated(points: &[(f64, f64)], scale: Scale) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for column in points.chunk_by(|a, b| scale.place(a.0).floor() == scale.place(b.0).floor()) {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (column.iter().min_by(by_value), column.iter().max_by(by_value)) else {
            continue;
        };
        let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
        kept.push(*first);
        if second != first {
            kept.push(*second);
        }
    }
    kept
}
