//! What linuxptp-daemon does to a line of its children before it forwards it.

/// Writes the line as linuxptp-daemon forwards it: without braces, and without the level in message tags.
///
/// All `{` and `}` go first, so that `[ptp4l.0.config:{level}]` ends as `[ptp4l.0.config]`; then every
/// `<name>.<name>.config:<level>` loses `:<level>`, and `:<more>` after that. Names and levels are runs of
/// ASCII letters and digits. The daemon does this to the whole line, not to the tag alone
/// (`openshift/linuxptp-daemon pkg/daemon/daemon.go`, `removeMessageSuffix`).
pub fn strip_level(line: &[u8], out: &mut impl Extend<u8>) {
    // Matches do not overlap: a name cannot begin before the end of the previous match.
    let mut matched_to = 0;
    let mut at = 0;
    while at < line.len() {
        let suffix_end = if line[at] == b':' && ends_with_config(&line[matched_to..at]) {
            level_end(line, at)
        } else {
            None
        };
        if let Some(end) = suffix_end {
            at = level_end(line, end).unwrap_or(end);
            matched_to = at;
        } else {
            out.extend((!is_brace(line[at])).then_some(line[at]));
            at += 1;
        }
    }
}

/// Whether the text ends in `<name>.<name>.config`, braces aside.
fn ends_with_config(text: &[u8]) -> bool {
    let mut back = text.iter().rev().copied().filter(|&byte| !is_brace(byte));
    if !b".config".iter().rev().all(|&expected| back.next() == Some(expected)) {
        return false;
    }
    let mut name_len = 0usize;
    let point = back.by_ref().find(|byte| {
        name_len += 1;
        !byte.is_ascii_alphanumeric()
    });
    point == Some(b'.') && name_len > 1 && back.next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// Where a `:` and a run of letters and digits that begin here end, braces aside; `None` if they do not.
fn level_end(line: &[u8], start: usize) -> Option<usize> {
    let mut left = line.iter().enumerate().skip(start).filter(|(_, byte)| !is_brace(**byte));
    if left.next()?.1 != &b':' {
        return None;
    }
    let mut end = None;
    for (index, _) in left.take_while(|(_, byte)| byte.is_ascii_alphanumeric()) {
        end = Some(index + 1);
    }
    end
}

fn is_brace(byte: u8) -> bool {
    byte == b'{' || byte == b'}'
}
