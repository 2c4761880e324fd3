//! Expressions beside the documentation of clknetsim.

use super::{Evaluation, Expression, Packet, PacketVariable, WaveShape};
use crate::noise::{Noise, Stream};

fn evaluation(expression: Expression) -> Evaluation {
    Evaluation::new(expression, Noise::new(1, Stream::link(0, 0)))
}

fn values(expression: Expression, n: usize) -> Vec<f64> {
    let mut evaluation = evaluation(expression);
    (0..n).map(|_| evaluation.next(&Packet::default())).collect()
}

fn numbers(numbers: &[f64]) -> Vec<Expression> {
    numbers.iter().map(|number| Expression::Constant(*number)).collect()
}

#[test]
fn arithmetic_is_that_of_the_documentation() {
    let one = |expression| values(expression, 1)[0];
    assert_eq!(one(Expression::Add(numbers(&[1.0, 2.0, -5.0]))), -2.0);
    assert_eq!(one(Expression::Multiply(numbers(&[2.0, 3.0, -1.0]))), -6.0);
    assert_eq!(one(Expression::Modulo(numbers(&[17.5, 10.0, 5.0]))), 2.5);
    assert_eq!(one(Expression::Modulo(numbers(&[-17.5, 10.0]))), -7.5, "as fmod");
    assert_eq!(one(Expression::Maximum(numbers(&[-3.0, -1.0, -2.0]))), -1.0);
    assert_eq!(one(Expression::Minimum(numbers(&[3.0, 1.0, 2.0]))), 1.0);
    assert_eq!(one(Expression::Add(Vec::new())), 0.0);
    assert_eq!(one(Expression::Multiply(Vec::new())), 1.0);
}

#[test]
fn values_are_equal_when_they_are_no_further_apart_than_the_tolerance() {
    let equal = |tolerance, of: &[f64]| {
        let tolerance = Box::new(Expression::Constant(tolerance));
        values(Expression::Equal { tolerance, values: numbers(of) }, 1)[0]
    };
    assert_eq!(equal(15.0, &[120.0, 135.0]), 1.0, "the bound is inside");
    assert_eq!(equal(15.0, &[119.999, 135.0]), 0.0);
    assert_eq!(equal(15.0, &[125.0, 135.0, 141.0]), 0.0, "all of them, not pairs with the first");
    assert_eq!(equal(0.0, &[]), 1.0);
}

#[test]
fn sums_add_up_over_evaluations_each_for_itself() {
    let sum = |step| Expression::Accumulate(numbers(&[step]));
    let two = Expression::Add(vec![sum(1.0), sum(100.0)]);
    assert_eq!(values(two, 3), [101.0, 202.0, 303.0]);
    // 1, 1+2, 1+2+3
    assert_eq!(values(Expression::Accumulate(vec![sum(1.0)]), 3), [1.0, 3.0, 6.0]);
    let tolerance = Box::new(sum(1.0));
    let equal = Expression::Equal { tolerance, values: vec![Expression::Constant(0.0), sum(-0.75)] };
    // Tolerances 1, 2, 3 against 0.75, 1.5, 2.25.
    assert_eq!(values(equal, 3), [1.0, 1.0, 1.0]);
}

#[test]
fn waves_go_from_evaluation_to_evaluation() {
    assert_eq!(values(Expression::Pulse { high: 2.0, low: 1.0 }, 6), [1.0, 1.0, -1.0, 1.0, 1.0, -1.0]);
    let wave = |shape| values(Expression::Wave { shape, period: 4.0 }, 5);
    let close = |got: Vec<f64>, expected: [f64; 5]| {
        assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{got:?}");
    };
    close(wave(WaveShape::Sine), [0.0, 1.0, 0.0, -1.0, 0.0]);
    close(wave(WaveShape::Cosine), [1.0, 0.0, -1.0, 0.0, 1.0]);
    close(wave(WaveShape::Triangle), [-1.0, 0.0, 1.0, 0.0, -1.0]);
    assert_eq!(values(Expression::Series(vec![5.0, 7.0]), 3), [5.0, 7.0, 5.0]);
    assert_eq!(values(Expression::Series(Vec::new()), 1), [0.0]);
}

#[test]
fn random_numbers_have_the_moments_of_their_distributions() {
    let moments = |expression| {
        let n = 100_000;
        let values = values(expression, n);
        let mean = values.iter().sum::<f64>() / n as f64;
        (mean, values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64)
    };
    #[track_caller]
    fn assert_moments((mean, variance): (f64, f64), expected: (f64, f64)) {
        // Six standard errors of the mean; the variance within 5 per cent.
        let error = 6.0 * (expected.1 / 1e5).sqrt();
        assert!((mean - expected.0).abs() < error, "mean {mean}");
        assert!((variance / expected.1 - 1.0).abs() < 0.05, "variance {variance}");
    }
    assert_moments(moments(Expression::Uniform), (0.5, 1.0 / 12.0));
    assert_moments(moments(Expression::Normal), (0.0, 1.0));
    assert_moments(moments(Expression::Exponential), (1.0, 1.0));
    assert_moments(moments(Expression::Poisson { mean: 5.0 }), (5.0, 5.0));
}

#[test]
fn a_delay_expression_sees_its_packet() {
    let packet = Packet { time_s: 1.5, from: 1, to: 2, port: 319, length: 44, subnet: 3 };
    let seen = |variable| evaluation(Expression::Variable(variable)).next(&packet);
    assert_eq!(seen(PacketVariable::Time), 1.5);
    assert_eq!((seen(PacketVariable::From), seen(PacketVariable::To)), (1.0, 2.0));
    assert_eq!((seen(PacketVariable::Port), seen(PacketVariable::Length)), (319.0, 44.0));
    assert_eq!(seen(PacketVariable::Subnet), 3.0);
}
