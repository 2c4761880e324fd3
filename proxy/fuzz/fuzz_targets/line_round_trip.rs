//! What is read prints a line that means the same, and that line prints itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ptp_lines::{Level, Line, parse, strip_level};

fn printed(line: Line<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    line.print(&mut bytes);
    bytes
}

fuzz_target!(|line: &[u8]| {
    let Ok(read) = parse(line) else {
        return;
    };
    let canonical = printed(read);
    assert_eq!(parse(&canonical), Ok(read));

    // The daemon's stripping takes the level off, and nothing else of a line without names that look like levels.
    let Line::Message(mut message) = read else {
        return;
    };
    let text = message.body.to_string();
    if text.contains(['{', '}']) || text.contains(".config") {
        return;
    }
    let mut stripped = Vec::new();
    strip_level(&canonical, &mut stripped);
    message.prefix.tag.level = Level::Absent;
    assert_eq!(stripped, printed(Line::Message(message)));
});
