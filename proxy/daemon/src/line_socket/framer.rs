//! From bytes as they arrive to whole lines.

use crate::limits::LINE_BYTES_MAX;

/// Cuts a stream at its last line feed, and lets go of a line that grows too long.
#[derive(Debug, Default)]
pub(super) struct Framer {
    buffer: Vec<u8>,
    /// Up to here there is no line feed.
    scanned: usize,
    /// The rest of a line that was too long is passing by.
    discarding: bool,
}

/// Lines that are complete.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// Each with its line feed, except a last one at the end of the stream.
    pub(super) lines: Vec<u8>,
    /// Lines that have been let go.
    pub(super) overlong: u64,
}

impl Frame {
    /// Whether there is nothing to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.overlong == 0
    }
}

impl Framer {
    /// Where to append what was read, before a call of [`Self::complete`].
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Takes the lines that are complete. One that came whole in one read may still be too long: the driver, which cuts
    /// the lines apart, sees to that.
    pub(super) fn complete(&mut self) -> Frame {
        self.discard();
        let mut frame = Frame::default();
        if let Some(last) = self.buffer[self.scanned..].iter().rposition(|byte| *byte == b'\n') {
            // Copied, so that the room for reading stays and what waits for the driver is no larger than its lines.
            frame.lines = self.buffer.drain(..=self.scanned + last).collect();
        }
        self.scanned = self.buffer.len();
        if self.buffer.len() > LINE_BYTES_MAX {
            self.buffer.clear();
            self.scanned = 0;
            self.discarding = true;
            frame.overlong = 1;
        }
        frame
    }

    /// Takes what is left at the end of the stream: a last line without a line feed.
    pub(super) fn finish(mut self) -> Frame {
        self.discard();
        Frame { lines: self.buffer, overlong: 0 }
    }

    fn discard(&mut self) {
        if !self.discarding {
            return;
        }
        match self.buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                self.buffer.drain(..=end);
                self.discarding = false;
            }
            None => self.buffer.clear(),
        }
        self.scanned = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Framer};
    use crate::limits::LINE_BYTES_MAX;

    fn push(framer: &mut Framer, bytes: &[u8]) -> Frame {
        framer.buffer().extend_from_slice(bytes);
        framer.complete()
    }

    fn frame(lines: &[u8], overlong: u64) -> Frame {
        Frame { lines: lines.to_vec(), overlong }
    }

    #[test]
    fn lines_leave_when_their_line_feed_arrives() {
        let mut framer = Framer::default();
        assert_eq!(push(&mut framer, b"one\ntwo\nthr"), frame(b"one\ntwo\n", 0));
        assert_eq!(push(&mut framer, b"e"), frame(b"", 0));
        assert_eq!(push(&mut framer, b"e\n"), frame(b"three\n", 0));
        assert_eq!(framer.finish(), frame(b"", 0));
    }

    #[test]
    fn an_unterminated_last_line_is_delivered_at_the_end() {
        let mut framer = Framer::default();
        assert_eq!(push(&mut framer, b"one\ntwo"), frame(b"one\n", 0));
        assert_eq!(framer.finish(), frame(b"two", 0));
    }

    #[test]
    fn a_line_of_the_greatest_length_is_kept() {
        let mut framer = Framer::default();
        let line = vec![b'a'; LINE_BYTES_MAX];
        assert_eq!(push(&mut framer, &line), frame(b"", 0));
        assert_eq!(push(&mut framer, b"\n").lines.len(), LINE_BYTES_MAX + 1);
    }

    #[test]
    fn a_longer_line_is_discarded_up_to_its_line_feed_and_counted_once() {
        let mut framer = Framer::default();
        let part = vec![b'a'; LINE_BYTES_MAX + 1];
        assert_eq!(push(&mut framer, &part), frame(b"", 1));
        assert_eq!(push(&mut framer, &part), frame(b"", 0));
        assert_eq!(push(&mut framer, b"end\nnext\n"), frame(b"next\n", 0));
    }

    #[test]
    fn a_longer_line_that_never_ends_is_not_delivered() {
        let mut framer = Framer::default();
        push(&mut framer, &vec![b'a'; LINE_BYTES_MAX + 1]);
        push(&mut framer, b"tail");
        assert_eq!(framer.finish(), frame(b"", 0));
    }
}
