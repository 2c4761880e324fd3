//! Quoting a subject: its bodies may be long and may hold anything.

use super::super::result::{Direction, Exchange, Failure};
use std::borrow::Cow;

/// How much of a failure is quoted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes of a message, a request or a response.
    pub(super) text_bytes: usize,
    /// Exchanges, the last ones.
    pub(super) exchanges: usize,
}

/// The start of a text, up to a bound in bytes, with a note if that is not all.
pub(super) fn cut(text: &str, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(bytes_max);
    Cow::Owned(format!("{}\n[cut here: {end} of {} bytes are shown]", &text[..end], text.len()))
}

/// The text with every character written out, as `\u{1b}`, that would not be seen as itself. What remains is legal in
/// XML 1.0 and HTML; both kinds of line ends are `\n`.
pub(crate) fn legible(text: &str) -> String {
    written_out(text, |c| c.is_control() || is_unseen(c))
}

/// Like [`legible`], and everything beyond ASCII is written out, too.
pub(super) fn ascii(text: &str) -> String {
    written_out(text, |c| c.is_control() || !c.is_ascii())
}

fn written_out(text: &str, hidden: fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        if c != '\n' && hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Characters without a shape that change what is around them (direction marks, separators, joiners), and those that
/// are none (XML 1.0 section 2.2).
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The exchanges that are quoted, and how many before them are not.
pub(super) fn quoted(exchanges: &[Exchange], max: usize) -> (usize, &[Exchange]) {
    let left_out = exchanges.len().saturating_sub(max);
    (left_out, &exchanges[left_out..])
}

/// Who asked whom, in words.
pub(super) fn direction(direction: &Direction) -> String {
    match direction {
        Direction::ToSubject => "the suite asked the subject".to_owned(),
        Direction::ToConsumer(name) => format!("the subject notified consumer {name}"),
    }
}

/// The step, the message and the exchanges in lines; not yet legible.
pub(super) fn lines(failure: &Failure, bounds: Bounds) -> Vec<String> {
    let mut lines = vec![format!("step: {}", failure.step)];
    lines.extend(marked("  ", &failure.message, bounds));
    let (left_out, shown) = quoted(&failure.exchanges, bounds.exchanges);
    if left_out > 0 {
        lines.push(format!("exchanges before those shown: {left_out}"));
    }
    for (number, exchange) in (left_out + 1..).zip(shown) {
        let direction = direction(&exchange.direction);
        lines.push(format!("exchange {number} of {}, {direction}:", failure.exchanges.len()));
        lines.extend(marked("  > ", &exchange.request, bounds));
        lines.extend(marked("  < ", &exchange.response, bounds));
    }
    lines
}

fn marked(mark: &str, text: &str, bounds: Bounds) -> Vec<String> {
    let text = cut(text, bounds.text_bytes);
    text.lines().map(|line| format!("{mark}{line}").trim_end().to_owned()).collect()
}
