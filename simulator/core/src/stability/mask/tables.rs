//! The numbers of the recommendations.

use super::{Bound, Limit, Mask, Quantity, Segment};

/// All masks, in the order from the best source to the end of the chain.
pub const MASKS: &[Mask] = &[
    Mask {
        name: "eprtc",
        title: "enhanced primary reference time clock, ITU-T G.8272.1",
        limits: &[single(Quantity::MaxAbsTe, 30.0, "G.8272.1, clause 6.1")],
    },
    Mask { name: "prtc-b", title: "primary reference time clock, class B, ITU-T G.8272", limits: PRTC_B },
    Mask { name: "prtc-a", title: "primary reference time clock, class A, ITU-T G.8272", limits: PRTC_A },
    Mask { name: "class-d", title: "telecom boundary clock, class D, ITU-T G.8273.2", limits: CLASS_D },
    Mask { name: "class-c", title: "telecom boundary clock, class C, ITU-T G.8273.2", limits: CLASS_C },
    Mask { name: "class-b", title: "telecom boundary clock, class B, ITU-T G.8273.2", limits: CLASS_B },
    Mask { name: "class-a", title: "telecom boundary clock, class A, ITU-T G.8273.2", limits: CLASS_A },
    Mask {
        name: "point-c",
        title: "network limit at reference point C, ITU-T G.8271.1",
        limits: &[single(Quantity::MaxAbsTe, 1_100.0, "G.8271.1, clause 7.3")],
    },
    Mask {
        name: "end-to-end",
        title: "end to end, accuracy level 4, ITU-T G.8271",
        limits: &[single(Quantity::MaxAbsTe, 1_500.0, "G.8271, table 1")],
    },
];

const PRTC_A: &[Limit] = &[
    single(Quantity::MaxAbsTe, 100.0, "G.8272, clause 6.1"),
    over_tau(
        Quantity::Mtie,
        &[sloped((0.1, 273.0), 25.0, 0.275), flat((273.0, f64::INFINITY), 100.0)],
        "G.8272, clause 6.2",
    ),
    over_tau(
        Quantity::Tdev,
        &[flat((0.1, 100.0), 3.0), sloped((100.0, 1_000.0), 0.0, 0.03), flat((1_000.0, 10_000.0), 30.0)],
        "G.8272, clause 6.2",
    ),
];

const PRTC_B: &[Limit] = &[
    single(Quantity::MaxAbsTe, 40.0, "G.8272, clause 6.1"),
    over_tau(
        Quantity::Mtie,
        &[sloped((0.1, 54.5), 25.0, 0.275), flat((54.5, f64::INFINITY), 40.0)],
        "G.8272, clause 6.2",
    ),
    over_tau(
        Quantity::Tdev,
        &[flat((0.1, 100.0), 1.0), sloped((100.0, 500.0), 0.0, 0.01), flat((500.0, 100_000.0), 5.0)],
        "G.8272, clause 6.2",
    ),
];

/// Noise of a clock is measured at constant temperature up to this observation interval, in seconds.
const CONSTANT_TEMPERATURE_S: f64 = 1_000.0;

/// At variable temperature up to this one.
const VARIABLE_TEMPERATURE_S: f64 = 10_000.0;

const CLASS_A: &[Limit] = &[
    single(Quantity::MaxAbsTe, 100.0, NOISE),
    single(Quantity::ConstantTe, 50.0, NOISE),
    over_tau(Quantity::DteLowPassMtie, &[flat((0.0, VARIABLE_TEMPERATURE_S), 40.0)], NOISE),
    over_tau(Quantity::DteLowPassTdev, &[flat((0.0, CONSTANT_TEMPERATURE_S), 4.0)], NOISE),
    single(Quantity::DteHighPassPeakToPeak, 70.0, NOISE),
];

const CLASS_B: &[Limit] = &[
    single(Quantity::MaxAbsTe, 70.0, NOISE),
    single(Quantity::ConstantTe, 20.0, NOISE),
    over_tau(Quantity::DteLowPassMtie, &[flat((0.0, VARIABLE_TEMPERATURE_S), 40.0)], NOISE),
    over_tau(Quantity::DteLowPassTdev, &[flat((0.0, CONSTANT_TEMPERATURE_S), 4.0)], NOISE),
    single(Quantity::DteHighPassPeakToPeak, 70.0, NOISE),
];

const CLASS_C: &[Limit] = &[
    single(Quantity::MaxAbsTe, 30.0, NOISE),
    single(Quantity::ConstantTe, 10.0, NOISE),
    over_tau(Quantity::DteLowPassMtie, &[flat((0.0, CONSTANT_TEMPERATURE_S), 10.0)], NOISE),
    over_tau(Quantity::DteLowPassTdev, &[flat((0.0, CONSTANT_TEMPERATURE_S), 2.0)], NOISE),
    single(Quantity::DteHighPassPeakToPeak, 30.0, NOISE),
];

/// The other limits of class D are for further study.
const CLASS_D: &[Limit] = &[single(Quantity::MaxAbsTeLowPass, 5.0, NOISE)];

const NOISE: &str = "G.8273.2, clause 7.1";

const fn single(quantity: Quantity, limit_ns: f64, clause: &'static str) -> Limit {
    Limit { quantity, bound: Bound::Single { limit_ns }, clause }
}

const fn over_tau(quantity: Quantity, segments: &'static [Segment], clause: &'static str) -> Limit {
    Limit { quantity, bound: Bound::OverTau { segments }, clause }
}

const fn flat((from_s, until_s): (f64, f64), constant_ns: f64) -> Segment {
    Segment { from_s, until_s, constant_ns, slope_ns_per_s: 0.0 }
}

const fn sloped((from_s, until_s): (f64, f64), constant_ns: f64, slope_ns_per_s: f64) -> Segment {
    Segment { from_s, until_s, constant_ns, slope_ns_per_s }
}
