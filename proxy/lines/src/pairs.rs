//! `key value` pairs in any order with a state at the end, the way the daemon prints the values of an event
//! (`openshift/linuxptp-daemon pkg/event/event.go`).

use crate::error::{Field, LineError};
use crate::reported_state::ReportedState;
use crate::scan::Scan;

/// What stands next in a list of pairs.
pub(crate) enum Next<'a> {
    /// A key; its value is the next word.
    Key(&'a [u8]),
    /// The state, which ends the list: what follows is passed over.
    State(ReportedState<'a>),
    /// The end of the line without a state.
    End,
}

impl<'a> Next<'a> {
    /// Reads a key, the state, or the end. No key looks like a state, so a missing state does not take the place of
    /// a value.
    pub(crate) fn read(scan: &mut Scan<'a>) -> Self {
        match scan.word() {
            None => Self::End,
            Some(word) => ReportedState::from_text(word).map_or(Self::Key(word), Self::State),
        }
    }
}

/// Passes over the value of an unknown key. A last word without a value is a torn key or a torn state.
pub(crate) fn skip_value(scan: &mut Scan<'_>) -> Result<(), LineError> {
    scan.word().map(drop).ok_or(LineError::Unreadable(Field::State))
}
