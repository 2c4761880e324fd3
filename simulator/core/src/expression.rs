//! Arithmetic expressions that drive clocks and delays: the language of clknetsim's configuration files (its `README`
//! and `generator.cc`).

use crate::noise::{Noise, portable};
use std::f64::consts::TAU;

/// An expression. It has no unit of its own: where it is used says whether it yields seconds or seconds per second.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A number.
    Constant(f64),
    /// Something about the packet that is being sent.
    Variable(PacketVariable),
    /// `(+ …)`
    Add(Vec<Expression>),
    /// `(* …)`
    Multiply(Vec<Expression>),
    /// `(% …)`: the first, then the remainder of its division by each of the others, with the sign of the first.
    Modulo(Vec<Expression>),
    /// `(sum …)`: the total over all evaluations so far, this one included.
    Accumulate(Vec<Expression>),
    /// `(uniform)`: between 0 and 1.
    Uniform,
    /// `(normal)`: mean 0, standard deviation 1.
    Normal,
    /// `(exponential)`: mean 1.
    Exponential,
    /// `(poisson …)`
    Poisson {
        /// Mean, from 1 to 20.
        mean: f64,
    },
    /// `(file …)`: these numbers one after the other, again and again; 0 if there is none.
    Series(Vec<f64>),
    /// `(pulse …)`: 1 in so many evaluations, then -1 in so many, again and again.
    Pulse {
        /// Evaluations that yield 1.
        high: f64,
        /// Evaluations that yield -1.
        low: f64,
    },
    /// `(sine …)`, `(cosine …)` and `(triangle …)`: between -1 and 1.
    Wave {
        /// Its form.
        shape: WaveShape,
        /// Evaluations in one period; more than 0.
        period: f64,
    },
    /// `(equal …)`: 1 if the largest and the smallest value are no further apart than that, else 0.
    Equal {
        /// How far apart they may be.
        tolerance: Box<Expression>,
        /// The values; none are equal.
        values: Vec<Expression>,
    },
    /// `(max …)`; 0 of none.
    Maximum(Vec<Expression>),
    /// `(min …)`; 0 of none.
    Minimum(Vec<Expression>),
}

/// The form of an [`Expression::Wave`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveShape {
    /// Begins at 0 and rises.
    Sine,
    /// Begins at 1.
    Cosine,
    /// Begins at -1 and rises.
    Triangle,
}

/// What an expression may ask about the packet that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketVariable {
    /// `time`: true time in seconds since the start.
    Time,
    /// `from`: number of the sending node.
    From,
    /// `to`: number of the receiving node.
    To,
    /// `port`: the UDP port that it is sent to: 319 for event messages, 320 for general ones.
    Port,
    /// `length`: bytes of the PTP message.
    Length,
    /// `subnet`: number of the network, from 1.
    Subnet,
}

/// A packet that is being sent, as expressions see it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Packet {
    pub(crate) time_s: f64,
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) port: u16,
    pub(crate) length: u16,
    pub(crate) subnet: u32,
}

/// An expression being evaluated again and again: what it remembers, and its own stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    expression: Expression,
    /// One number for each part that remembers something, in the order in which they are evaluated. No part is ever
    /// skipped, so the order is always the same.
    memory: Vec<f64>,
    noise: Noise,
}

impl Evaluation {
    pub(crate) fn new(expression: Expression, noise: Noise) -> Self {
        Self { memory: vec![0.0; expression.memory_len()], expression, noise }
    }

    /// The next value.
    pub(crate) fn next(&mut self, packet: &Packet) -> f64 {
        let Self { expression, memory, noise } = self;
        expression.evaluate(&mut Context { packet, memory: memory.iter_mut(), noise })
    }
}

struct Context<'a> {
    packet: &'a Packet,
    memory: std::slice::IterMut<'a, f64>,
    noise: &'a mut Noise,
}

impl Context<'_> {
    /// Adds to the memory of the part that is being evaluated, and returns what was there before.
    fn remember(&mut self, more: f64) -> f64 {
        let Some(slot) = self.memory.next() else { return 0.0 };
        std::mem::replace(slot, *slot + more)
    }
}

impl Expression {
    fn parts(&self) -> &[Expression] {
        match self {
            Self::Add(parts)
            | Self::Multiply(parts)
            | Self::Modulo(parts)
            | Self::Accumulate(parts)
            | Self::Equal { values: parts, .. }
            | Self::Maximum(parts)
            | Self::Minimum(parts) => parts,
            Self::Constant(_)
            | Self::Variable(_)
            | Self::Uniform
            | Self::Normal
            | Self::Exponential
            | Self::Poisson { .. }
            | Self::Series(_)
            | Self::Pulse { .. }
            | Self::Wave { .. } => &[],
        }
    }

    fn memory_len(&self) -> usize {
        let own = match self {
            Self::Accumulate(_) | Self::Series(_) | Self::Pulse { .. } | Self::Wave { .. } => 1,
            Self::Equal { tolerance, .. } => tolerance.memory_len(),
            Self::Constant(_)
            | Self::Variable(_)
            | Self::Add(_)
            | Self::Multiply(_)
            | Self::Modulo(_)
            | Self::Uniform
            | Self::Normal
            | Self::Exponential
            | Self::Poisson { .. }
            | Self::Maximum(_)
            | Self::Minimum(_) => 0,
        };
        own + self.parts().iter().map(Self::memory_len).sum::<usize>()
    }

    fn evaluate(&self, context: &mut Context<'_>) -> f64 {
        match self {
            Self::Constant(number) => *number,
            Self::Variable(variable) => variable.of(context.packet),
            Self::Add(parts) => parts.iter().map(|part| part.evaluate(context)).sum(),
            Self::Multiply(parts) => parts.iter().map(|part| part.evaluate(context)).product(),
            Self::Modulo(parts) => fold(parts, context, |a, b| a % b),
            Self::Accumulate(parts) => {
                let more = parts.iter().map(|part| part.evaluate(context)).sum();
                context.remember(more) + more
            }
            Self::Uniform => context.noise.uniform(),
            Self::Normal => context.noise.normal(),
            Self::Exponential => context.noise.exponential(),
            Self::Poisson { mean } => poisson(*mean, context.noise),
            Self::Series(numbers) => series(numbers, context.remember(1.0)),
            Self::Pulse { high, low } => {
                if context.remember(1.0) % (high + low) < *high {
                    1.0
                } else {
                    -1.0
                }
            }
            Self::Wave { shape, period } => shape.at(context.remember(1.0) / period),
            Self::Equal { tolerance, values } => {
                let tolerance = tolerance.evaluate(context);
                let values: Vec<f64> = values.iter().map(|value| value.evaluate(context)).collect();
                let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
                if values.is_empty() || largest - smallest <= tolerance { 1.0 } else { 0.0 }
            }
            Self::Maximum(parts) => fold(parts, context, f64::max),
            Self::Minimum(parts) => fold(parts, context, f64::min),
        }
    }
}

/// From the first on; 0 of none.
fn fold(parts: &[Expression], context: &mut Context<'_>, combine: fn(f64, f64) -> f64) -> f64 {
    parts.iter().map(|part| part.evaluate(context)).reduce(combine).unwrap_or(0.0)
}

/// How many uniform numbers can be multiplied before the product falls to e^-mean (Knuth, The Art of Computer
/// Programming 3.4.1).
fn poisson(mean: f64, noise: &mut Noise) -> f64 {
    const COUNT_MAX: u32 = 100;
    let least = portable((-mean).exp());
    let mut product = 1.0;
    let mut count = 0;
    while count < COUNT_MAX {
        product *= noise.uniform();
        if product <= least {
            break;
        }
        count += 1;
    }
    f64::from(count)
}

fn series(numbers: &[f64], evaluations: f64) -> f64 {
    let at = evaluations % numbers.len() as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number, and not below 0"
    )]
    let at = at as usize;
    numbers.get(at).copied().unwrap_or(0.0)
}

impl WaveShape {
    fn at(self, periods: f64) -> f64 {
        match self {
            Self::Sine => portable((periods * TAU).sin()),
            Self::Cosine => portable((periods * TAU).cos()),
            Self::Triangle => 1.0 - 4.0 * (periods - periods.floor() - 0.5).abs(),
        }
    }
}

impl PacketVariable {
    fn of(self, packet: &Packet) -> f64 {
        match self {
            Self::Time => packet.time_s,
            Self::From => f64::from(packet.from),
            Self::To => f64::from(packet.to),
            Self::Port => f64::from(packet.port),
            Self::Length => f64::from(packet.length),
            Self::Subnet => f64::from(packet.subnet),
        }
    }
}

#[cfg(test)]
mod tests;
