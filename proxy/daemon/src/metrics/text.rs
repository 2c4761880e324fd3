//! Prometheus' text format, version 0.0.4, byte for byte as Go's client library writes it.
//!
//! Existing dashboards and test suites read pages of prometheus/common `expfmt/text_create.go`. Other writers of the
//! format differ in how they print large numbers and empty help texts.

use super::family::whole;
use crate::histogram::Histogram;
use std::fmt::Write as _;

/// The media type of a page.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The comments in front of the samples of a name. A help text is announced even when it is empty.
pub(super) fn header(page: &mut String, name: &str, help: &str, kind: &str) {
    let help = help.replace('\\', r"\\").replace('\n', r"\n");
    write_all(page, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
}

/// One sample. Labels are printed in the order in which they are given.
pub(super) fn sample(page: &mut String, name: &str, labels: &[(String, String)], value: f64) {
    page.push_str(name);
    for (index, (label, text)) in labels.iter().enumerate() {
        let text = text.replace('\\', r"\\").replace('\n', r"\n").replace('"', r#"\""#);
        let before = if index == 0 { '{' } else { ',' };
        write_all(page, format_args!("{before}{label}=\"{text}\""));
    }
    if !labels.is_empty() {
        page.push('}');
    }
    page.push(' ');
    number(page, value);
    page.push('\n');
}

/// One distribution: its buckets, whose bound is the last label, then sum and count, as `expfmt` orders them.
pub(super) fn histogram(page: &mut String, name: &str, labels: &[(String, String)], histogram: &Histogram) {
    let bucket = format!("{name}_bucket");
    for (bound, count) in histogram.cumulative() {
        let mut le = String::new();
        number(&mut le, bound);
        let labels = [labels, &[("le".to_owned(), le)]].concat();
        sample(page, &bucket, &labels, whole(count));
    }
    sample(page, &format!("{name}_sum"), labels, histogram.sum());
    sample(page, &format!("{name}_count"), labels, whole(histogram.count()));
}

/// A number as `strconv.AppendFloat(b, f, 'g', -1, 64)` writes it, which switches to an exponent below 1e-4 and from 1e6
/// on (Go `strconv/ftoa.go`). Both zeros are `0` (`expfmt`, `writeFloat`).
fn number(page: &mut String, value: f64) {
    if value.is_nan() {
        page.push_str("NaN");
    } else if value.is_infinite() {
        page.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if value == 0.0 {
        page.push('0');
    } else if (1e-4..1e6).contains(&value.abs()) {
        write_all(page, format_args!("{value}"));
    } else {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        write_all(page, format_args!("{digits}e{sign}{exponent:0>2}"));
    }
}

fn write_all(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a string never fails");
}

#[cfg(test)]
mod tests {
    use super::{header, histogram, number, sample};
    use crate::histogram::Histogram;

    fn shown(value: f64) -> String {
        let mut text = String::new();
        number(&mut text, value);
        text
    }

    /// Expected values by the rule of Go's `strconv/ftoa.go`: shortest digits, an exponent of at least two digits if
    /// the decimal exponent is below -4 or at least 6.
    #[test]
    fn numbers_are_written_as_go_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.0, "-1"),
            (-3972.0, "-3972"),
            (0.5, "0.5"),
            (999_999.0, "999999"),
            (999_999.5, "999999.5"),
            (1_000_000.0, "1e+06"),
            (-1_234_567.0, "-1.234567e+06"),
            (99_999_999_999.0, "9.9999999999e+10"),
            // -9999999999999999 is between two samples; this is the nearer one.
            (-1e16, "-1e+16"),
            (1e21, "1e+21"),
            (1e100, "1e+100"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (-2.5e-7, "-2.5e-07"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(shown(value), text);
        }
    }

    #[test]
    fn a_number_is_read_back_as_itself() {
        for exponent in -320..=308 {
            for mantissa in [1.0, -1.0, 1.000_000_000_000_000_2, 9.999_999_999_999_998] {
                let value: f64 = format!("{mantissa}e{exponent}").parse().unwrap();
                assert_eq!(shown(value).parse::<f64>().unwrap().to_bits(), value.to_bits(), "{value}");
            }
        }
    }

    #[test]
    fn labels_and_help_texts_are_escaped() {
        let mut page = String::new();
        header(&mut page, "name", "a \\ b\n\"c\"", "gauge");
        sample(&mut page, "name", &[("label".to_owned(), "a \\ b\n\"c\"".to_owned())], 2.0);
        assert_eq!(
            page,
            "# HELP name a \\\\ b\\n\"c\"\n# TYPE name gauge\nname{label=\"a \\\\ b\\n\\\"c\\\"\"} 2\n"
        );
    }

    #[test]
    fn a_histogram_has_its_buckets_cumulative_and_then_sum_and_count() {
        let mut observed = Histogram::new(&[0.0001, 0.25, 1.0, 2_000_000.0]);
        for (size, times) in [(0.0001, 1), (0.125, 2), (1.5, 1), (4_000_000.0, 1)] {
            observed.add(size, times);
        }
        let mut page = String::new();
        histogram(&mut page, "name", &[("a".to_owned(), "b".to_owned())], &observed);
        histogram(&mut page, "bare", &[], &Histogram::new(&[5.0]));
        assert_eq!(
            page,
            "\
name_bucket{a=\"b\",le=\"0.0001\"} 1
name_bucket{a=\"b\",le=\"0.25\"} 3
name_bucket{a=\"b\",le=\"1\"} 3
name_bucket{a=\"b\",le=\"2e+06\"} 4
name_bucket{a=\"b\",le=\"+Inf\"} 5
name_sum{a=\"b\"} 4.0000017501e+06
name_count{a=\"b\"} 5
bare_bucket{le=\"5\"} 0
bare_bucket{le=\"+Inf\"} 0
bare_sum 0
bare_count 0
"
        );
    }

    #[test]
    fn an_empty_help_text_is_announced_and_a_sample_may_have_no_label() {
        let mut page = String::new();
        header(&mut page, "name", "", "counter");
        sample(&mut page, "name", &[], 7.0);
        assert_eq!(page, "# HELP name \n# TYPE name counter\nname 7\n");
    }
}
