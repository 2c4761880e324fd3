//! Durations as they are written in scenario files: `120s`, `1.5s`, `62.5ms`.

const NS_PER_S: u64 = 1_000_000_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_US: u64 = 1_000;

/// Nanoseconds of a duration: digits, perhaps a point and more digits, and `s`, `ms`, `us` or `ns`. `None` when it is
/// written otherwise, is not a whole number of nanoseconds, or does not fit.
pub(crate) fn parse_ns(text: &str) -> Option<u64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let unit_ns = match unit {
        "s" => NS_PER_S,
        "ms" => NS_PER_MS,
        "us" => NS_PER_US,
        "ns" => 1,
        _ => return None,
    };
    let (whole, decimals) = match number.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, decimals)) => (whole, decimals),
        None => (number, ""),
    };
    let mut ns = digits(whole)?.checked_mul(unit_ns)?;
    let mut place_ns = unit_ns;
    for digit in decimals.chars() {
        let digit = u64::from(digit.to_digit(10)?);
        if digit != 0 && place_ns % 10 != 0 {
            return None;
        }
        place_ns /= 10;
        ns = ns.checked_add(digit * place_ns)?;
    }
    Some(ns)
}

/// `u64::from_str` would also take a sign.
fn digits(text: &str) -> Option<u64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

/// An instant or a duration in seconds, with as many decimals as it has.
pub(crate) fn in_seconds(ns: u64) -> String {
    let text = format!("{}.{:09}", ns / NS_PER_S, ns % NS_PER_S);
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::{in_seconds, parse_ns};

    #[test]
    fn durations_are_read_to_the_nanosecond() {
        let cases = [
            ("120s", Some(120_000_000_000)),
            ("1.5s", Some(1_500_000_000)),
            ("62.5ms", Some(62_500_000)),
            ("0.000000001s", Some(1)),
            ("7us", Some(7_000)),
            ("0s", Some(0)),
            ("1.50s", Some(1_500_000_000)),
            ("0.0000000001s", None),
            ("1.5ns", None),
            ("5", None),
            ("5 s", None),
            ("-5s", None),
            ("+5s", None),
            ("5.s", None),
            (".5s", None),
            ("5m", None),
            ("s", None),
            ("", None),
            ("99999999999999s", None),
        ];
        for (text, expected_ns) in cases {
            assert_eq!(parse_ns(text), expected_ns, "{text:?}");
        }
    }

    #[test]
    fn instants_are_shown_without_needless_zeros() {
        assert_eq!(in_seconds(1_500_000_000), "1.5s");
        assert_eq!(in_seconds(120_000_000_000), "120s");
        assert_eq!(in_seconds(1), "0.000000001s");
    }
}
