//! What chronyd says. It prints free text without a tag; the daemon puts its prefix in front
//! (`openshift/linuxptp-daemon pkg/daemon/daemon.go`).

use core::fmt;

use crate::error::{Field, LineError};
use crate::line::Body;
use crate::scan::text;

/// A line of chronyd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChronydText<'a> {
    /// All of it, verbatim; neither empty nor with a blank in front.
    pub text: &'a str,
    /// What it says of the clock.
    pub says: ChronydSays,
}

/// What a line of chronyd says of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChronydSays {
    /// `Selected source`, anywhere in the line: chronyd follows a source.
    SelectedSource,
    /// `no selectable sources`, anywhere in a line that selects none: chronyd follows nothing.
    NoSelectableSources,
    /// Nothing.
    Other,
}

impl<'a> ChronydText<'a> {
    /// Reads what a text says.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let says = if text.contains("Selected source") {
            ChronydSays::SelectedSource
        } else if text.contains("no selectable sources") {
            ChronydSays::NoSelectableSources
        } else {
            ChronydSays::Other
        };
        Self { text, says }
    }
}

/// Reads a text of chronyd, which may be any; `None` when it is empty.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Body<'_>>, LineError> {
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(Body::Chronyd(ChronydText::new(text(line, Field::Text)?))))
}

impl fmt::Display for ChronydText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
