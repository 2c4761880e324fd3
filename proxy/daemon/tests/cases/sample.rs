//! Samples of the metrics page, by their text.

use std::collections::BTreeMap;

/// What all names of the incumbent's own samples begin with.
pub(crate) const PREFIX: &str = "openshift_ptp_";

/// The samples of a page whose names begin with [`PREFIX`]: name and labels as printed, and the printed value.
pub(crate) fn read_page(page: &str) -> BTreeMap<String, String> {
    let samples =
        page.lines().filter(|line| line.starts_with(PREFIX)).filter_map(|line| line.rsplit_once(' '));
    samples.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The full name of a sample that is written without [`PREFIX`] and without the label of the node:
/// `clock_state{iface="ens1fx",process="ptp4l"}`. Labels are printed in the order of their names.
pub(crate) fn full_name(short: &str, node: &str) -> Result<String, String> {
    let unreadable = || format!("{short:?} is no sample");
    let (name, labels) =
        short.strip_suffix('}').and_then(|text| text.split_once('{')).ok_or_else(unreadable)?;
    let node = format!("node=\"{node}\"");
    // Between two labels stands `",`; a value may hold a comma of its own.
    let mut labels: Vec<String> =
        labels.trim_end_matches('"').split("\",").map(|label| format!("{label}\"")).chain([node]).collect();
    if labels.iter().any(|label| !label.contains("=\"")) {
        return Err(unreadable());
    }
    labels.sort();
    Ok(format!("{PREFIX}{name}{{{}}}", labels.join(",")))
}

/// A number as the incumbent's page shows it: as Go's `strconv.FormatFloat(number, 'g', -1, 64)` writes it, but for zero,
/// which has no sign there (prometheus/common `expfmt/text_create.go`, `writeFloat`).
pub(crate) fn go_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) =
        scientific.split_once('e').expect("finite numbers have an exponent in this form");
    let exponent: i32 = exponent.parse().expect("the exponent is a whole number");
    if (-4..6).contains(&exponent) {
        return number.to_string();
    }
    format!("{digits}e{exponent:+03}")
}

#[test]
fn numbers_are_written_as_go_writes_them() {
    // From Go's documentation of strconv: %e is used for exponents below -4 and, when the precision is the smallest
    // that is exact, from 6 on; an exponent has two digits at least.
    for (number, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (-3972.0, "-3972"),
        (999_999.0, "999999"),
        (1_000_000.0, "1e+06"),
        (9_452_637.0, "9.452637e+06"),
        (99_999_999_999.0, "9.9999999999e+10"),
        (-9_999_999_999_999_999.0, "-1e+16"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e100, "1.5e+100"),
    ] {
        assert_eq!(go_text(number), text);
    }
}

#[test]
fn a_short_name_is_completed_with_the_prefix_and_the_node() {
    let full = r#"openshift_ptp_synce_ssm_ql{iface="e",node="n",ql_type="Extended SSM, or not"}"#;
    let short = r#"synce_ssm_ql{iface="e",ql_type="Extended SSM, or not"}"#;
    assert_eq!(full_name(short, "n"), Ok(full.to_owned()));
    assert!(full_name("synce_ssm_ql", "n").is_err());
    assert!(full_name("synce_ssm_ql{iface}", "n").is_err());
}
