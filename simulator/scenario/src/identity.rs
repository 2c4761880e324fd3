//! Clock identities as linuxptp prints them: `123456.fffe.780101`.

use sim_core::ClockIdentity;

/// Reads one: 6, 4 and 6 hexadecimal digits in lower case.
pub(crate) fn parse(text: &str) -> Option<ClockIdentity> {
    let parts: Vec<&str> = text.split('.').collect();
    let [first, middle, last] = parts[..] else { return None };
    if [first.len(), middle.len(), last.len()] != [6, 4, 6] {
        return None;
    }
    let digits = [first, middle, last].concat();
    if !digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    u64::from_str_radix(&digits, 16).ok().map(|number| ClockIdentity(number.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn identities_are_read_as_they_are_printed() {
        let identity = parse("123456.fffe.780101").expect("it is one");
        assert_eq!(identity.0, [0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x01]);
        assert_eq!(identity.to_string(), "123456.fffe.780101");
        for bad in [
            "",
            "123456fffe780101",
            "123456.fffe.78010",
            "12345.6fffe.780101",
            "12345g.fffe.780101",
            "+23456.fffe.780101",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
