//! Rounding and printing as C's `%.0f` family does.

use proptest::prelude::*;
use ptp_lines::{Ppb, Servo, rounded_magnitude};

const LARGEST: f64 = 4_503_599_627_370_496.0;

/// Expected values: `printf("%+7.0f|%+6.0f|%5.0f", x, x, x)` of glibc.
#[test]
fn frequencies_print_as_c_prints_them() {
    let table = [
        (0.0, "     +0|    +0|    0"),
        (-0.0, "     -0|    -0|   -0"),
        (-0.4, "     -0|    -0|   -0"),
        (0.5, "     +0|    +0|    0"),
        (-0.5, "     -0|    -0|   -0"),
        (0.500_000_1, "     +1|    +1|    1"),
        (1.5, "     +2|    +2|    2"),
        (2.5, "     +2|    +2|    2"),
        (-2.5, "     -2|    -2|   -2"),
        (-3.5, "     -4|    -4|   -4"),
        (2012.49, "  +2012| +2012| 2012"),
        (-12_315.0, " -12315|-12315|-12315"),
        (22_451_884.0, "+22451884|+22451884|22451884"),
    ];
    for (value, expected) in table {
        let ppb = Ppb::rounded(value);
        assert_eq!(format!("{ppb:+7}|{ppb:+6}|{ppb:5}"), expected, "{value}");
    }
}

#[test]
fn a_negative_zero_is_zero_and_stays_negative() {
    let zero = Ppb::rounded(-0.4);
    assert_eq!(zero.ppb(), 0);
    assert_ne!(zero, Ppb::from(0));
    assert_eq!(format!("{zero}"), "-0");
}

#[test]
fn what_no_clock_has_is_clamped() {
    for (value, expected) in [
        (f64::NAN, 0),
        (-f64::NAN, 0),
        (f64::INFINITY, 1 << 52),
        (f64::NEG_INFINITY, -(1 << 52)),
        (1e300, 1 << 52),
        (LARGEST - 0.5, 1 << 52),
        (LARGEST - 1.0, (1 << 52) - 1),
        (f64::MIN_POSITIVE, 0),
    ] {
        assert_eq!(Ppb::rounded(value).ppb(), expected, "{value}");
    }
    assert_eq!(format!("{:+}", Ppb::rounded(-f64::NAN)), "+0");
    assert_eq!(Ppb::from(i64::MIN).ppb(), i64::MIN);
    assert_eq!(format!("{:+}", Ppb::from(i64::MIN)), "-9223372036854775808");
}

#[test]
fn a_servo_is_locked_in_s2_and_s3() {
    let locked = [Servo::Unlocked, Servo::Jump, Servo::Locked, Servo::LockedStable].map(Servo::is_locked);
    assert_eq!(locked, [false, false, true, true]);
}

proptest! {
    /// The standard library rounds the exact decimal value half to even, as glibc does.
    #[test]
    fn rounding_agrees_with_the_standard_library(value in -LARGEST..LARGEST) {
        prop_assert_eq!(format!("{:+}", Ppb::rounded(value)), format!("{value:+.0}"));
    }

    #[test]
    fn halves_agree_with_the_standard_library(twice in -2_000_000_000_i32..2_000_000_000) {
        let value = f64::from(twice) / 2.0;
        prop_assert_eq!(format!("{:+}", Ppb::rounded(value)), format!("{value:+.0}"));
        prop_assert_eq!(rounded_magnitude(value).to_string(), format!("{:.0}", value.abs()));
    }

    #[test]
    fn every_integer_survives(ppb: i64) {
        prop_assert_eq!(Ppb::from(ppb).ppb(), ppb);
        prop_assert_eq!(format!("{:+12}", Ppb::from(ppb)), format!("{ppb:+12}"));
    }
}
