//! Limits of the recommendations, and how a series stands to them.

mod evaluate;
mod tables;

pub use evaluate::{Finding, Outcome, Place, evaluate};
pub use tables::MASKS;

/// A named set of limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mask {
    /// How a command line calls it, for example `prtc-a`.
    pub name: &'static str,
    /// What it is, with its recommendation.
    pub title: &'static str,
    /// What must hold.
    pub limits: &'static [Limit],
}

impl Mask {
    /// The mask of a name; see [`MASKS`].
    pub fn named(name: &str) -> Option<&'static Self> {
        MASKS.iter().find(|mask| mask.name == name)
    }
}

/// One limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Of what.
    pub quantity: Quantity,
    /// How much.
    pub bound: Bound,
    /// Where it is written.
    pub clause: &'static str,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Largest absolute time error, unfiltered.
    MaxAbsTe,
    /// Largest absolute time error behind the 0.1 Hz low pass.
    MaxAbsTeLowPass,
    /// Constant time error, either sign.
    ConstantTe,
    /// MTIE of the time error.
    Mtie,
    /// TDEV of the time error.
    Tdev,
    /// MTIE of the slow part of the time error.
    DteLowPassMtie,
    /// TDEV of the slow part of the time error.
    DteLowPassTdev,
    /// Peak to peak of the quick part of the time error.
    DteHighPassPeakToPeak,
}

impl Quantity {
    /// As the trade writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MaxAbsTe => "max|TE|",
            Self::MaxAbsTeLowPass => "max|TE_L|",
            Self::ConstantTe => "cTE",
            Self::Mtie => "MTIE",
            Self::Tdev => "TDEV",
            Self::DteLowPassMtie => "dTE_L MTIE",
            Self::DteLowPassTdev => "dTE_L TDEV",
            Self::DteHighPassPeakToPeak => "dTE_H peak to peak",
        }
    }
}

/// How much may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// One number, in nanoseconds.
    Single {
        /// The largest that conforms.
        limit_ns: f64,
    },
    /// A curve over the observation interval, from the shortest to the longest.
    OverTau {
        /// Its parts, in order; no limit holds before the first and after the last.
        segments: &'static [Segment],
    },
}

/// A part of a curve: `constant_ns + slope_ns_per_s * tau` for `from_s < tau <= until_s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Observation intervals longer than this, in seconds,
    pub from_s: f64,
    /// up to this, in seconds; may be infinite.
    pub until_s: f64,
    /// The part that does not depend on tau, in nanoseconds.
    pub constant_ns: f64,
    /// The part that grows with tau, in nanoseconds per second.
    pub slope_ns_per_s: f64,
}

impl Bound {
    /// The limit at an observation interval, in nanoseconds; `None` where there is none. A single number holds at each.
    pub fn at(&self, tau_s: f64) -> Option<f64> {
        match self {
            Self::Single { limit_ns } => Some(*limit_ns),
            Self::OverTau { segments } => {
                let segment = segments.iter().find(|part| part.from_s < tau_s && tau_s <= part.until_s)?;
                Some(segment.constant_ns + segment.slope_ns_per_s * tau_s)
            }
        }
    }
}
