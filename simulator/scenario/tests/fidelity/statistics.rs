//! The two-sample Kolmogorov-Smirnov test, and how far apart samples of a series must be to be independent.

/// What a test of two samples yields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// The largest distance between the two empirical distribution functions.
    pub(crate) statistic: f64,
    /// Probability of such a distance or a larger one, if both samples come from one distribution.
    pub(crate) p: f64,
}

/// Above so many cells of the lattice the asymptotic distribution is exact enough.
const LATTICE_MAX: usize = 60_000;

/// Two-sided two-sample Kolmogorov-Smirnov test. Small samples: exact, given the ties (Schröer and Trenkler 1995);
/// large ones: Kolmogorov's distribution with the correction of Stephens 1970, which ties make conservative.
pub(crate) fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> Outcome {
    assert!(!a.is_empty() && !b.is_empty(), "nothing to compare");
    let steps = steps(a, b);
    let (n, m) = (a.len(), b.len());
    let largest = steps.iter().filter(|s| s.ends_tie).map(|s| distance((s.i, s.j), (n, m))).max();
    let largest = largest.expect("there is a step");
    let statistic = largest as f64 / (n as f64 * m as f64);
    let p =
        if n * m <= LATTICE_MAX { exact_p(&steps, (n, m), largest) } else { asymptotic_p(statistic, n, m) };
    Outcome { statistic, p }
}

/// One step through both samples in order.
struct Step {
    /// Values of the first sample up to here.
    i: usize,
    /// Values of the second sample up to here.
    j: usize,
    /// The next value is another one.
    ends_tie: bool,
}

fn steps(a: &[f64], b: &[f64]) -> Vec<Step> {
    let mut pooled: Vec<(f64, bool)> =
        a.iter().map(|x| (*x, true)).chain(b.iter().map(|x| (*x, false))).collect();
    pooled.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut i, mut j) = (0, 0);
    let next = pooled.iter().skip(1).map(|x| Some(x.0)).chain([None]);
    let steps = pooled.iter().zip(next).map(|((value, first), next)| {
        if *first {
            i += 1
        } else {
            j += 1
        }
        Step { i, j, ends_tie: next != Some(*value) }
    });
    steps.collect()
}

/// |i/n - j/m|, times n m.
fn distance((i, j): (usize, usize), (n, m): (usize, usize)) -> usize {
    (i * m).abs_diff(j * n)
}

/// One minus the probability that a random order of the pooled values stays below that distance wherever a tie ends.
fn exact_p(steps: &[Step], (n, m): (usize, usize), largest: usize) -> f64 {
    // Probability to come to (i, j) and to have stayed below; one row for each i.
    let mut row = vec![0.0; m + 1];
    for i in 0..=n {
        for j in 0..=m {
            let left = |i, j| (n - i + m - j) as f64;
            let from_i = if i > 0 { row[j] * (n - i + 1) as f64 / left(i - 1, j) } else { 0.0 };
            let from_j = if j > 0 { row[j - 1] * (m - j + 1) as f64 / left(i, j - 1) } else { 0.0 };
            let at = i + j;
            let exceeds = at > 0 && steps[at - 1].ends_tie && distance((i, j), (n, m)) >= largest;
            row[j] = if exceeds {
                0.0
            } else if at == 0 {
                1.0
            } else {
                from_i + from_j
            };
        }
    }
    1.0 - row[m]
}

fn asymptotic_p(statistic: f64, n: usize, m: usize) -> f64 {
    let root = (n as f64 * m as f64 / (n + m) as f64).sqrt();
    kolmogorov((root + 0.12 + 0.11 / root) * statistic)
}

/// P(K >= x) = 2 sum (-1)^(k-1) e^(-2 k² x²).
fn kolmogorov(x: f64) -> f64 {
    const SMALLEST: f64 = 0.2;
    if x < SMALLEST {
        return 1.0;
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * x * x).exp() * if k % 2 == 1 { 2.0 } else { -2.0 };
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// The smallest distance at which the values of a series are not significantly correlated: below two standard errors of
/// a white series.
pub(crate) fn correlation_length(series: &[f64]) -> usize {
    let n = series.len() as f64;
    let mean = series.iter().sum::<f64>() / n;
    let deviations: Vec<f64> = series.iter().map(|x| x - mean).collect();
    let variance: f64 = deviations.iter().map(|x| x * x).sum();
    if variance == 0.0 {
        return 1;
    }
    let correlation = |lag: usize| {
        let products = deviations.iter().zip(&deviations[lag..]).map(|(a, b)| a * b);
        products.sum::<f64>() / variance
    };
    (1..series.len()).find(|lag| correlation(*lag).abs() < 2.0 / n.sqrt()).unwrap_or(series.len())
}

/// Every so many-th value.
pub(crate) fn thinned(series: &[f64], distance: usize) -> Vec<f64> {
    series.iter().copied().step_by(distance.max(1)).collect()
}

#[test]
fn the_asymptotic_distribution_has_the_published_critical_values() {
    // Smirnov 1948; Critical values 1.2238, 1.3581, 1.6276 and 1.9495 at 10, 5, 1 and 0.1 per cent.
    for (x, p) in [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01), (1.9495, 0.001)] {
        assert!((kolmogorov(x) / p - 1.0).abs() < 1e-3, "{x}: {}", kolmogorov(x));
    }
    assert_eq!(kolmogorov(0.1), 1.0);
}

/// Two samples of this size with one gap of `k` values between their distribution functions.
fn shifted(n: u32, k: u32) -> (Vec<f64>, Vec<f64>) {
    let a = (0..n).map(f64::from).collect();
    let b = (0..n).map(|i| f64::from(i + k) - 0.5).collect();
    (a, b)
}

#[test]
fn small_samples_are_tested_exactly() {
    // Gnedenko and Korolyuk 1951: P(D >= k/n) = 2 (C(2n, n-k) - C(2n, n-2k) + ...) / C(2n, n).
    // n = 5, k = 5: 2 / 252. n = 10, k = 7: 2 (1140 - 0) / 184756. n = 10, k = 5: 2 (15504 - 1) / 184756.
    for (n, k, p) in [(5, 5, 2.0 / 252.0), (10, 7, 2280.0 / 184_756.0), (10, 5, 31_006.0 / 184_756.0)] {
        let (a, b) = shifted(n, k);
        let got = kolmogorov_smirnov(&a, &b);
        assert!((got.statistic - f64::from(k) / f64::from(n)).abs() < 1e-12, "{got:?}");
        assert!((got.p - p).abs() < 1e-12, "n {n}, k {k}: {got:?}, expected {p}");
    }
}

#[test]
fn ties_are_taken_into_account() {
    // 1 1 2 against 1 2 2: the orders of {1, 1, 1} and {2, 2, 2} with a difference of at least one third after the ones
    // are all but none: after three values of the pool i is 0 to 3, and i = 1 and 2 differ by 1/3, 0 and 3 by 1.
    let got = kolmogorov_smirnov(&[1.0, 1.0, 2.0], &[1.0, 2.0, 2.0]);
    assert!((got.statistic - 1.0 / 3.0).abs() < 1e-12 && (got.p - 1.0).abs() < 1e-12, "{got:?}");
    // 1 1 1 against 2 2 2: i = 0 and 3 only, 2 of C(6, 3) = 20 orders.
    let got = kolmogorov_smirnov(&[1.0; 3], &[2.0; 3]);
    assert!((got.p - 0.1).abs() < 1e-12, "{got:?}");
    assert_eq!(kolmogorov_smirnov(&[1.0; 9], &[1.0; 7]).p, 1.0);
}

#[test]
fn the_exact_and_the_asymptotic_distribution_meet() {
    let (a, b) = shifted(240, 30);
    let exact = kolmogorov_smirnov(&a, &b);
    let asymptotic = asymptotic_p(exact.statistic, 240, 240);
    // D = 1/8, sqrt(120) D = 1.37: close to 5 per cent.
    assert!(
        (exact.p - 0.05).abs() < 0.005 && (exact.p / asymptotic - 1.0).abs() < 0.1,
        "{exact:?} {asymptotic}"
    );
}

#[test]
fn a_moving_average_is_correlated_as_far_as_it_reaches() {
    // A linear congruential generator (Knuth, MMIX) as a source of white noise.
    let mut state = 1_u64;
    let mut white = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64
    };
    let noise: Vec<f64> = (0..4000).map(|_| white()).collect();
    let averages: Vec<f64> = noise.windows(10).map(|window| window.iter().sum()).collect();
    assert!((8..=12).contains(&correlation_length(&averages)), "{}", correlation_length(&averages));
    assert!(correlation_length(&noise) <= 2);
    assert_eq!(correlation_length(&[3.0; 5]), 1);
    assert_eq!(thinned(&[1.0, 2.0, 3.0, 4.0], 3), [1.0, 4.0]);
}
