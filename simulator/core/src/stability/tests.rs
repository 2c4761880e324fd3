//! The estimators against published values, and the masks at their corners.

use super::mask::{MASKS, Mask, Outcome, Place, Quantity, evaluate};
use super::*;

/// Annex 8.E of NBS Monograph 140 as phase (NIST SP 1065, table 29): 9 averages of frequency with their mean removed.
const NBS14_PHASE: [f64; 10] =
    [0.0, 103.11111, 123.22222, 157.33333, 166.44444, 48.55555, -96.33333, -2.22222, 111.88889, 0.0];

fn nbs14() -> PhaseSeries {
    PhaseSeries::new(1.0, &NBS14_PHASE).expect("finite")
}

/// The 1000 frequencies of NIST SP 1065, section 12.4, summed up to 1001 time errors.
fn thousand() -> PhaseSeries {
    let (mut n, mut phase) = (1_234_567_890_u64, vec![0.0]);
    for i in 0..1000 {
        phase.push(phase[i] + n as f64 / 2_147_483_647.0);
        n = 16_807 * n % 2_147_483_647;
    }
    PhaseSeries::new(1.0, &phase).expect("finite")
}

/// Equal in the digits that are published.
#[track_caller]
fn assert_published(found: Option<Point>, published: f64, tolerance: f64) {
    let value = found.expect("long enough").value;
    assert!((value / published - 1.0).abs() < tolerance, "{value} is not {published}");
}

#[test]
fn the_small_data_set_gives_the_values_of_table_30() {
    let series = nbs14();
    // Phases are published with 5 decimals, deviations with 7 digits.
    let tolerance = 2e-7;
    for (factor, values) in [
        (1, [91.22945, 91.22945, 91.22945, 52.67135, 70.80607]),
        (2, [115.8082, 85.95287, 74.78849, 86.35831, 85.61487]),
    ] {
        assert_published(adev(&series, factor, Overlap::None), values[0], 5e-7);
        assert_published(adev(&series, factor, Overlap::Full), values[1], tolerance);
        assert_published(mdev(&series, factor), values[2], tolerance);
        assert_published(tdev(&series, factor), values[3], tolerance);
        assert_published(hdev(&series, factor, Overlap::Full), values[4], tolerance);
    }
    assert_published(hdev(&series, 2, Overlap::None), 116.7980, 5e-7);
}

#[test]
fn the_large_data_set_gives_the_values_of_table_31() {
    let series = thousand();
    for (factor, [normal, overlapping, modified, time, hadamard]) in [
        (1, [2.922319e-1, 2.922319e-1, 2.922319e-1, 1.687202e-1, 2.943883e-1]),
        (10, [9.965736e-2, 9.159953e-2, 6.172376e-2, 3.563623e-1, 9.581083e-2]),
        (100, [3.897804e-2, 3.241343e-2, 2.170921e-2, 1.253382, 3.237638e-2]),
    ] {
        assert_published(adev(&series, factor, Overlap::None), normal, 5e-7);
        assert_published(adev(&series, factor, Overlap::Full), overlapping, 5e-7);
        assert_published(mdev(&series, factor), modified, 5e-7);
        assert_published(tdev(&series, factor), time, 5e-7);
        assert_published(hdev(&series, factor, Overlap::Full), hadamard, 5e-7);
    }
    let terms = |found: Option<Point>| found.expect("long enough").terms;
    // 1001 phases: floor(1000 / 10) - 1, 1001 - 2 * 10 and 1001 - 3 * 10 + 1.
    assert_eq!(terms(adev(&series, 10, Overlap::None)), 99);
    assert_eq!(terms(adev(&series, 10, Overlap::Full)), 981);
    assert_eq!(terms(mdev(&series, 10)), 972);
}

#[test]
fn mtie_is_the_largest_peak_to_peak_of_any_window() {
    let series = nbs14();
    let found = |factor| mtie(&series, factor).map(|point| point.value);
    // Neighbours: 48.55555 to -96.33333. Three samples: 166.44444 to -96.33333, which is also the whole range.
    assert!((found(1).expect("long enough") - 144.88888).abs() < 1e-9);
    assert!((found(2).expect("long enough") - 262.77777).abs() < 1e-9);
    assert!((found(9).expect("long enough") - 262.77777).abs() < 1e-9);
    assert_eq!(found(10), None);
    assert_eq!(found(0), None);
}

#[test]
fn mtie_is_what_a_plain_search_finds() {
    let series = thousand();
    let x: Vec<f64> = series.samples().iter().map(|x| x.expect("no gap")).collect();
    for factor in [1, 7, 100, 999, 1000] {
        let range = |window: &[f64]| {
            window.iter().copied().fold(f64::MIN, f64::max) - window.iter().copied().fold(f64::MAX, f64::min)
        };
        let searched = x.windows(factor + 1).map(range).fold(0.0, f64::max);
        assert_eq!(mtie(&series, factor).map(|point| point.value), Some(searched), "{factor}");
    }
}

#[test]
fn a_constant_offset_is_no_instability_and_a_constant_frequency_is_seen_by_mtie_alone() {
    let ramp: Vec<f64> = (0..100).map(|i| 1e9 + 2.0 * f64::from(i)).collect();
    let series = PhaseSeries::new(0.5, &ramp).expect("finite");
    for point in [adev(&series, 5, Overlap::Full), mdev(&series, 5), hdev(&series, 5, Overlap::Full)] {
        assert_eq!(point.map(|point| point.value), Some(0.0));
    }
    // Five steps of 2 ns in 2.5 s.
    assert_eq!(mtie(&series, 5).map(|point| (point.tau_s, point.value)), Some((2.5, 10.0)));
}

#[test]
fn what_touches_a_gap_is_left_out() {
    let mut samples: Vec<Option<f64>> = NBS14_PHASE.map(Some).to_vec();
    samples[4] = None;
    let series = PhaseSeries::with_gaps(1.0, samples).expect("finite");
    assert_eq!(series.missing(), 1);
    // Of 8 second differences those at 2, 3 and 4 need sample 4.
    let found = adev(&series, 1, Overlap::Full).expect("terms are left");
    assert_eq!(found.terms, 5);
    let difference = |i: usize| NBS14_PHASE[i + 2] - 2.0 * NBS14_PHASE[i + 1] + NBS14_PHASE[i];
    let squares: f64 = [0, 1, 5, 6, 7].map(|i| difference(i) * difference(i)).iter().sum();
    assert!((found.value - (squares / 10.0).sqrt()).abs() < 1e-9);
    assert_eq!(mdev(&series, 2).map(|point| point.terms), None);
    // 157.33333 to -96.33333 is all that is left of the fall.
    assert!((mtie(&series, 3).expect("long enough").value - 253.66666).abs() < 1e-9);
}

#[test]
fn numbers_that_are_no_series_are_refused() {
    assert_eq!(PhaseSeries::new(0.0, &[1.0]), Err(NotASeries::Interval));
    assert_eq!(PhaseSeries::new(f64::NAN, &[1.0]), Err(NotASeries::Interval));
    assert_eq!(PhaseSeries::new(1.0, &[1.0, f64::NAN]), Err(NotASeries::Sample { index: 1 }));
    let empty = PhaseSeries::new(1.0, &[]).expect("nothing wrong with it");
    assert!(empty.factors().is_empty() && max_abs_te(&empty).is_none() && constant_te_ns(&empty).is_none());
    for found in [mtie(&empty, 1), mdev(&empty, 1), adev(&empty, 1, Overlap::Full), mdev(&empty, usize::MAX)]
    {
        assert_eq!(found, None);
    }
}

#[test]
fn the_time_error_has_a_largest_value_and_an_average() {
    let series = PhaseSeries::new(1.0, &[1.0, -7.0, 3.0, 7.0]).expect("finite");
    assert_eq!(max_abs_te(&series), Some((1.0, -7.0)));
    assert_eq!(constant_te_ns(&series), Some(1.0));
    assert_eq!(peak_to_peak_ns(&series), Some(14.0));
}

#[test]
fn the_low_pass_follows_a_step_with_its_time_constant_and_the_rest_is_quick() {
    // A step of 100 ns: after n samples of 1 s, 100 (1 - exp(-0.2 pi n)); 100 (1 - exp(-0.628319)) = 46.6515.
    let step: Vec<f64> = std::iter::once(0.0).chain([100.0; 60]).collect();
    let series = PhaseSeries::new(1.0, &step).expect("finite");
    let [slow, quick] = [dte_low_pass(&series), dte_high_pass(&series)];
    let at = |series: &PhaseSeries, index: usize| series.samples()[index].expect("no gap");
    assert!((at(&slow, 1) - 46.6515).abs() < 1e-3, "{}", at(&slow, 1));
    assert!((at(&quick, 1) - 53.3485).abs() < 1e-3);
    assert!((at(&slow, 60) - 100.0).abs() < 1e-9);
    assert!((peak_to_peak_ns(&quick).expect("samples") - 53.3485).abs() < 1e-3);
}

#[test]
fn masks_have_their_corners_where_the_recommendations_have_them() {
    let at = |name: &str, quantity: Quantity, tau_s: f64| {
        let mask = Mask::named(name).expect("there is one");
        let limit = mask.limits.iter().find(|limit| limit.quantity == quantity).expect("it has one");
        limit.bound.at(tau_s)
    };
    // 0.275 * 273 + 25 = 100.075 and 0.275 * 54.5 + 25 = 39.9875.
    assert_eq!(at("prtc-a", Quantity::Mtie, 0.1), None);
    assert_eq!(at("prtc-a", Quantity::Mtie, 100.0), Some(52.5));
    assert!((at("prtc-a", Quantity::Mtie, 273.0).expect("a limit") - 100.075).abs() < 1e-9);
    assert_eq!(at("prtc-a", Quantity::Mtie, 273.1), Some(100.0));
    assert!((at("prtc-b", Quantity::Mtie, 54.5).expect("a limit") - 39.9875).abs() < 1e-9);
    assert_eq!(at("prtc-b", Quantity::Mtie, 1e6), Some(40.0));
    assert_eq!(
        [100.0, 1_000.0, 10_000.0].map(|tau| at("prtc-a", Quantity::Tdev, tau)),
        [3.0, 30.0, 30.0].map(Some)
    );
    assert_eq!([100.0, 500.0, 501.0].map(|tau| at("prtc-b", Quantity::Tdev, tau)), [1.0, 5.0, 5.0].map(Some));
    assert_eq!(at("prtc-a", Quantity::Tdev, 10_001.0), None);
    let budget: Vec<_> =
        ["eprtc", "prtc-b", "prtc-a", "class-c", "class-b", "class-a", "point-c", "end-to-end"]
            .iter()
            .filter_map(|name| at(name, Quantity::MaxAbsTe, 1.0))
            .collect();
    assert_eq!(budget, [30.0, 40.0, 100.0, 30.0, 70.0, 100.0, 1_100.0, 1_500.0]);
    assert_eq!(at("class-d", Quantity::MaxAbsTeLowPass, 1.0), Some(5.0));
    assert_eq!(MASKS.len(), 9);
}

fn outcome(series: &PhaseSeries, mask: &str, quantity: Quantity) -> Outcome {
    let findings = evaluate(series, Mask::named(mask).expect("there is one"));
    findings.into_iter().find(|finding| finding.limit.quantity == quantity).expect("it has one").outcome
}

#[test]
fn the_worst_margin_is_told_with_its_place() {
    // 0.1 ns/s for 2001 s: MTIE is 0.1 tau, TDEV 0, the largest time error 200 ns at the end, the average 100 ns.
    let ramp: Vec<f64> = (0..=2000).map(|i| f64::from(i) / 10.0).collect();
    let series = PhaseSeries::new(1.0, &ramp).expect("finite");
    let found = outcome(&series, "prtc-a", Quantity::MaxAbsTe);
    assert_eq!(
        found,
        Outcome::Measured { measured_ns: 200.0, limit_ns: 100.0, place: Place::Time { at_s: 2000.0 } }
    );
    assert_eq!((found.margin_ns(), found.passed()), (Some(-100.0), Some(false)));
    // Of the intervals up to a tenth, 200 s, the longest comes nearest: 20 of 80 ns.
    match outcome(&series, "prtc-a", Quantity::Mtie) {
        Outcome::Measured { measured_ns, limit_ns, place } => {
            assert!((measured_ns - 20.0).abs() < 1e-9 && (limit_ns - 80.0).abs() < 1e-9);
            assert_eq!(place, Place::Tau { tau_s: 200.0 });
        }
        Outcome::TooShort { needed_s } => panic!("{needed_s}"),
    }
    let average = outcome(&series, "class-a", Quantity::ConstantTe).margin_ns().expect("long enough");
    // 50 - 100.
    assert!((average + 50.0).abs() < 1e-9);
    assert_eq!(outcome(&series, "prtc-a", Quantity::Tdev).passed(), Some(true));
}

#[test]
fn just_at_the_limit_conforms_and_a_hair_beyond_does_not() {
    let flat = |level: f64| PhaseSeries::new(1.0, &[level; 30]).expect("finite");
    let passed = |level| outcome(&flat(level), "prtc-a", Quantity::MaxAbsTe).passed();
    assert_eq!([passed(100.0), passed(-100.0), passed(-100.000001)], [Some(true), Some(true), Some(false)]);
}

#[test]
fn a_series_that_is_too_short_is_not_judged() {
    let series = PhaseSeries::new(1.0, &[0.0; 9]).expect("finite");
    assert_eq!(outcome(&series, "prtc-a", Quantity::Mtie), Outcome::TooShort { needed_s: 10.0 });
    let average = outcome(&series, "class-a", Quantity::ConstantTe);
    assert_eq!((average, average.passed()), (Outcome::TooShort { needed_s: 1_000.0 }, None));
}

#[test]
fn factors_are_five_per_decade_up_to_a_third() {
    let series = PhaseSeries::new(1.0, &[0.0; 100]).expect("finite");
    assert_eq!(series.factors(), [1, 2, 3, 5, 7, 10, 20, 30]);
}
