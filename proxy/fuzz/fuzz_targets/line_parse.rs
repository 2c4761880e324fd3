//! Any bytes are a line: nothing panics, and what is not known comes back verbatim.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ptp_lines::{ConfigName, Line, Prefix, parse, strip_level};

fuzz_target!(|line: &[u8]| {
    match parse(line) {
        Ok(Line::Other(bytes)) => assert_eq!(bytes, line),
        Ok(Line::Command(command)) => assert!(command.to_string().starts_with("CMD ")),
        Ok(Line::Message(message)) => {
            let (prefix, _) = Prefix::parse(line).expect("a message has a prefix");
            assert_eq!(prefix, message.prefix);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Some((_, text)) = Prefix::parse(line) {
        assert!(line.ends_with(text));
    }
    if let Some(config) = ConfigName::parse(line) {
        assert_eq!(config.to_string().as_bytes(), line);
    }
    let mut stripped = Vec::new();
    strip_level(line, &mut stripped);
    assert!(stripped.len() <= line.len());
});
