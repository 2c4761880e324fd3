//! Virtual time.

/// Nanoseconds since the start of the simulation. The grandmaster's clock is true, so this is also true time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime {
    /// Nanoseconds since the start.
    pub ns: u64,
}

impl SimTime {
    /// The start of the simulation.
    pub const START: Self = Self { ns: 0 };

    /// That many nanoseconds after the start.
    pub const fn from_ns(ns: u64) -> Self {
        Self { ns }
    }

    /// That many milliseconds after the start; saturates.
    pub const fn from_ms(ms: u64) -> Self {
        Self { ns: ms.saturating_mul(NS_PER_MS) }
    }

    /// That many seconds after the start; saturates.
    pub const fn from_s(s: u64) -> Self {
        Self { ns: s.saturating_mul(NS_PER_S) }
    }

    /// The instant that many nanoseconds later; saturates.
    #[must_use]
    pub const fn after_ns(self, ns: u64) -> Self {
        Self { ns: self.ns.saturating_add(ns) }
    }

    /// Nanoseconds from an earlier instant to this one; 0 if that one is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.ns.saturating_sub(earlier.ns)
    }
}

pub(crate) const NS_PER_MS: u64 = 1_000_000;
pub(crate) const NS_PER_S: u64 = 1_000_000_000;

/// 2 to this power, in seconds, as nanoseconds; powers beyond -9 to 9 count as those.
pub(crate) fn interval_ns(log2_s: i8) -> u64 {
    let log2_s = log2_s.clamp(-9, 9);
    let power = 1 << log2_s.unsigned_abs();
    if log2_s < 0 { NS_PER_S / power } else { NS_PER_S * power }
}
