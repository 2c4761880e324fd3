//! What the tests of single forms share.

use ptp_lines::{Body, ConfigName, ConfigProgram, Level, Line, Message, Prefix, Program, Stamp, Tag, parse};

/// Reads the line as this, and prints this as the line.
#[track_caller]
pub(crate) fn both_ways(line: &str, meaning: Line<'_>) {
    assert_eq!(parse(line.as_bytes()), Ok(meaning), "{line}");
    let mut printed = Vec::new();
    meaning.print(&mut printed);
    assert_eq!(printed.escape_ascii().to_string(), line.as_bytes().escape_ascii().to_string());
}

/// The same for a line of linuxptp with this text.
#[track_caller]
pub(crate) fn text_both_ways(program: Program<'_>, text: &str, body: Body<'_>) {
    let prefix = prefix(program, Stamp::Monotonic { ms: 1_464 }, ConfigProgram::Ptp4l, Level::Absent);
    both_ways(&format!("{program}[1.464]: [ptp4l.0.config] {text}"), Line::Message(Message { prefix, body }));
    assert_eq!(body.to_string(), text);
}

pub(crate) fn prefix(program: Program<'_>, stamp: Stamp, config: ConfigProgram, level: Level) -> Prefix<'_> {
    Prefix { program, stamp, tag: Tag { config: ConfigName { program: config, index: 0 }, level } }
}
