//! Randomness: one seeded stream per purpose, and the distributions drawn from them.
//!
//! ChaCha8 is a published algorithm and every stream is addressed by number, so seeds outlive upgrades. What comes out
//! is the same on every machine but for one reservation: the ziggurat method of `statrs` compares with `exp` once in 100
//! draws and returns `ln` once in 3000, and the platform decides the last bit of those. Such a bit moves a time stamp by
//! 10^-15 ns; lines show whole nanoseconds, so it would take some 10^14 lines to see one.

use rand::RngExt;
use rand::distr::Distribution;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use statrs::distribution::{Exp, Normal};

/// What a stream is for. The numbers are part of every seed's meaning: never reused, never renumbered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    PhcWhite = 1,
    PhcWalk = 2,
    PhcFlicker = 3,
    OsWhite = 4,
    OsWalk = 5,
    OsFlicker = 6,
    PathToNode = 7,
    PathToGrandmaster = 8,
    PathQueue = 9,
    AnnounceTimer = 10,
    DelayTimer = 11,
    ClockReading = 12,
    ClockReadingDelay = 13,
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    generator: ChaCha8Rng,
    normal: Normal,
    exponential: Exp,
}

impl Noise {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose as u64);
        Self {
            generator,
            normal: Normal::standard(),
            exponential: Exp::new(1.0).expect("the rate is positive"),
        }
    }

    /// Normal, mean 0, standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        self.normal.sample(&mut self.generator)
    }

    /// Exponential, mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        self.exponential.sample(&mut self.generator)
    }

    /// Uniform between 0 and 1, both excluded.
    pub(crate) fn uniform(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        let step = self.generator.random::<u64>() >> 11;
        (step as f64 + 0.5) / STEPS
    }

    /// Uniform in 0..below, a whole number; 0 if `below` is 0.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.generator.random_range(0..below) }
    }
}

/// A number that was computed with a function of the platform's mathematical library, without the last bits in which
/// such libraries differ.
pub(crate) fn portable(number: f64) -> f64 {
    const BITS: f64 = (1_u64 << 40) as f64;
    (number * BITS).round() / BITS
}

/// To the nearest whole number of nanoseconds; numbers that do not fit saturate.
#[expect(clippy::cast_possible_truncation, reason = "saturates, which is what is wanted")]
pub(crate) fn whole_ns(ns: f64) -> i64 {
    ns.round() as i64
}

#[cfg(test)]
mod tests {
    use super::{Noise, Purpose, portable, whole_ns};

    #[test]
    fn distributions_have_their_moments() {
        let mut noise = Noise::new(9, Purpose::PathToNode);
        let n = 100_000;
        let normal: Vec<f64> = (0..n).map(|_| noise.normal()).collect();
        let exponential: f64 = (0..n).map(|_| noise.exponential()).sum();
        let mean = normal.iter().sum::<f64>() / f64::from(n);
        let variance = normal.iter().map(|x| x * x).sum::<f64>() / f64::from(n);
        // Five standard errors of each.
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.023, "{mean} {variance}");
        assert!((exponential / f64::from(n) - 1.0).abs() < 0.016);
    }

    #[test]
    fn streams_differ_by_seed_and_by_purpose() {
        let first = |seed, purpose| Noise::new(seed, purpose).normal();
        assert_eq!(first(1, Purpose::PhcWhite), first(1, Purpose::PhcWhite));
        assert_ne!(first(1, Purpose::PhcWhite), first(2, Purpose::PhcWhite));
        assert_ne!(first(1, Purpose::PhcWhite), first(1, Purpose::OsWhite));
    }

    #[test]
    fn a_whole_number_below_nothing_is_zero() {
        let mut noise = Noise::new(1, Purpose::DelayTimer);
        assert_eq!(noise.below(0), 0);
        assert!((0..1000).all(|_| noise.below(3) < 3));
    }

    #[test]
    fn the_last_bits_of_a_portable_number_are_gone() {
        assert_eq!(portable(0.1 + 1e-16), portable(0.1));
        assert!((portable(1.608) - 1.608).abs() < 1e-12);
    }

    #[test]
    fn nanoseconds_round_and_saturate() {
        assert_eq!(whole_ns(-2.5), -3);
        assert_eq!(whole_ns(1e30), i64::MAX);
        assert_eq!(whole_ns(f64::NAN), 0);
    }
}
