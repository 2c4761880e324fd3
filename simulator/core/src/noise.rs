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

/// What a stream is for, by its number. The numbers are part of every seed's meaning: never reused, never renumbered.
///
/// Below 256 there is one of each; from there on each card, link and profile has a block of 256 numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream(u64);

/// Numbers in a block, and blocks of a kind.
const BLOCK: u64 = 256;
const BLOCKS: u64 = 1 << 16;

impl Stream {
    /// White, walk and flicker noise of the oscillator are this and the next two.
    pub(crate) const OS_CLOCK: Self = Self(4);

    /// White, walk and flicker noise of the oscillator of a hardware clock are this and the next two.
    pub(crate) fn phc(card: usize) -> Self {
        Self::block(1, card, 0)
    }

    pub(crate) fn stamps(card: usize) -> Self {
        Self::block(1, card, 8)
    }

    /// Of a DPLL: `which` is 0 to 15, the first three for its oscillator.
    pub(crate) fn dpll(card: usize, which: u8) -> Self {
        Self::block(1, card, 16 + which % 16)
    }

    /// Of a GNSS receiver: `which` is 0 to 15.
    pub(crate) fn gnss(card: usize, which: u8) -> Self {
        Self::block(1, card, 32 + which % 16)
    }

    /// The streams of the expressions of a clock: its frequency, and steps next to it.
    pub(crate) const OS_CLOCK_MODEL: Self = Self(12);

    /// The same for the hardware clock of a card.
    pub(crate) fn phc_model(card: usize) -> Self {
        Self::block(1, card, 4)
    }

    /// The same for the clock of a grandmaster.
    pub(crate) fn grandmaster_model(grandmaster: usize) -> Self {
        Self::block(4, grandmaster, 0)
    }

    /// Packets of a link: 0 to the node, 1 from it, 2 what waits in queues, 3 how long the other end waits for masters,
    /// 4 and 5 as 0 and 1 for expressions.
    pub(crate) fn link(link: usize, which: u8) -> Self {
        Self::block(2, link, which)
    }

    /// Of ptp4l in a profile: 0 to 31 are two for each port, from 32 on what ports share.
    pub(crate) fn ptp4l(profile: usize, which: u8) -> Self {
        Self::block(3, profile, which % 64)
    }

    /// Of phc2sys in a profile: `which` is 0 to 31.
    pub(crate) fn phc2sys(profile: usize, which: u8) -> Self {
        Self::block(3, profile, 64 + which % 32)
    }

    /// Of ts2phc in a profile: `which` is 0 to 31.
    pub(crate) fn ts2phc(profile: usize, which: u8) -> Self {
        Self::block(3, profile, 96 + which % 32)
    }

    /// Of synce4l and chronyd in a profile: `which` is 0 to 31.
    pub(crate) fn network_time(profile: usize, which: u8) -> Self {
        Self::block(3, profile, 128 + which % 32)
    }

    /// The stream so many numbers further on.
    pub(crate) fn next(self, by: u64) -> Self {
        Self(self.0 + by)
    }

    fn block(kind: u64, index: usize, which: u8) -> Self {
        let index = index as u64 % BLOCKS;
        Self((kind * BLOCKS + index) * BLOCK + u64::from(which))
    }
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    generator: ChaCha8Rng,
    normal: Normal,
    exponential: Exp,
}

impl Noise {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream.0);
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
    use super::{Noise, Stream, portable, whole_ns};

    #[test]
    fn distributions_have_their_moments() {
        let mut noise = Noise::new(9, Stream::link(0, 0));
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
        let first = |seed, stream| Noise::new(seed, stream).normal();
        assert_eq!(first(1, Stream::phc(0)), first(1, Stream::phc(0)));
        assert_ne!(first(1, Stream::phc(0)), first(2, Stream::phc(0)));
        assert_ne!(first(1, Stream::phc(0)), first(1, Stream::OS_CLOCK));
        assert_ne!(first(1, Stream::phc(0)), first(1, Stream::phc(1)));
    }

    #[test]
    fn no_stream_has_two_purposes() {
        let mut streams: Vec<u64> = (0..3).map(|of| Stream::OS_CLOCK.next(of).0).collect();
        for index in 0..3 {
            streams.extend((0..3).map(|of| Stream::phc(index).next(of).0));
            streams.push(Stream::stamps(index).0);
            streams.extend(
                (0..16).flat_map(|which| [Stream::dpll(index, which).0, Stream::gnss(index, which).0]),
            );
            streams.extend((0..3).map(|which| Stream::link(index, which).0));
            streams.extend((0..64).map(|which| Stream::ptp4l(index, which).0));
            streams.extend((0..32).flat_map(|which| {
                [
                    Stream::phc2sys(index, which).0,
                    Stream::ts2phc(index, which).0,
                    Stream::network_time(index, which).0,
                ]
            }));
        }
        let all = streams.len();
        streams.sort_unstable();
        streams.dedup();
        assert_eq!(streams.len(), all);
    }

    #[test]
    fn a_whole_number_below_nothing_is_zero() {
        let mut noise = Noise::new(1, Stream::ptp4l(0, 1));
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
